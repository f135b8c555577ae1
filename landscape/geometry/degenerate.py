"""What a search could not resolve: degenerate critical points, kinks and poles, told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.geometry.enclosure import derivatives, enclosure
from landscape.geometry.isolation import SMALLEST_ROUGH, Isolation
from landscape.geometry.jets import TORN
from landscape.geometry.winding import rectangle, winding
from landscape.surface import Array, Surface

FLOOR = 40  # digits more than rounding that a gradient must have left
DIGITS = 160  # in which a degenerate point is polished: of order m, a gradient hides a share of 1 − 1/m
BESIDE_LINE = 2.0**-6  # of the sides: nearer to a line, boxes are thought to belong to it
WIDEST = 2.0**-5  # of the sides: how far a loop around a cluster may go out


@dataclass(frozen=True)
class Cluster:
    """Tiny boxes that touch one another.

    Attributes
    ----------
    centre, radius : of all boxes; the radius is that of the loop around them
    index : winding number of ∇f around it, None if it cannot be told
    rough, torn : whether f may have a kink there, or a hole or a pole
    steepness : ‖∇f‖ on the loop times the sides, against which a curvature is small or not
    """

    centre: Array
    radius: Array
    index: int | None
    rough: bool
    torn: bool
    steepness: float


def clusters(surface: Surface, state: Isolation, sides: Array) -> Iterator[Cluster]:
    """The unresolved boxes, taken together where they touch; those on lines and flats are left out."""
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    if not len(state.low):
        return
    centres = (state.low + state.high) / 2
    size = float(((state.high - state.low) / sides).max())
    # By cells of a raster, since very many boxes may lie on one another.
    cells, cell_of = np.unique(np.floor(centres / sides / (4 * size)), axis=0, return_inverse=True)
    near = KDTree(cells).sparse_distance_matrix(KDTree(cells), 1.5, p=np.inf)
    group = connected_components(near, directed=False)[1][cell_of.ravel()]
    groups = [np.flatnonzero(group == number) for number in range(int(group.max()) + 1)]
    groups = [of for of in groups if not _explained(centres[of].mean(axis=0), state, 8 * size * sides, sides)]
    while groups:
        of = groups.pop()
        low, high = state.low[of].min(axis=0), state.high[of].max(axis=0)
        centre = (low + high) / 2
        index, radius = _index(surface, centre, (high - low) / 2, state.points, sides)
        also = [k for k, other in enumerate(groups) if (np.abs(centres[other] - centre) <= radius).any()]
        if also:  # they share a loop, so they are one
            groups = [*(g for k, g in enumerate(groups) if k not in also),
                      np.concatenate([of, *(groups[k] for k in also)])]  # fmt: skip
            continue
        with np.errstate(all="ignore"):
            slopes = np.linalg.norm(derivatives(surface, _ring(centre, radius))[1] * sides, axis=1)
        steepness = float(np.nanmean(slopes)) if np.isfinite(slopes).any() else 0.0
        rough, torn = bool(state.rough[of].any()), bool((state.flags[of] & TORN).any())
        centre = np.where(np.abs(centre) < 1e-12 * sides, 0.0, centre)
        yield Cluster(centre, radius, index, rough, torn, steepness)


def _explained(centre: Array, state: Isolation, reach: Array, sides: Array) -> bool:
    """Whether boxes belong to a line or to a flat region that is known already."""
    return beside_flat(centre, state, reach) or any(
        np.linalg.norm((line.points - centre) / sides, axis=1).min() < BESIDE_LINE for line in state.lines
    )


def beside_flat(place: Array, state: Isolation, reach: Array) -> bool:
    """Whether a place is within reach of a box in which the gradient is zero everywhere."""
    touching = (place >= state.flat_low - reach) & (place <= state.flat_high + reach)
    return bool(touching.all(axis=1).any())


def _index(
    surface: Surface, centre: Array, half: Array, others: Array, sides: Array
) -> tuple[int | None, Array]:
    """The winding number on the smallest rectangle on which it can be counted, and its half sides.

    What other critical points in the rectangle contribute to it is taken off.
    """
    radius = np.maximum(2 * half, 2.0**-24 * sides)
    while (radius < WIDEST * sides).all():
        turning = winding(surface, rectangle(centre - radius, centre + radius))
        found = turning.number
        if turning.reason == "undefined":
            break  # it would only run into the same hole again
        if found is not None:
            enclosed = others[(np.abs(others - centre) <= radius).all(axis=1)]
            hessians = derivatives(surface, enclosed)[2]
            return found - int(np.sign(np.linalg.det(hessians)).sum()), radius
        radius = radius * 3
    return None, radius


def _ring(centre: Array, radius: Array) -> Array:
    angle = 2 * np.pi * (np.arange(144) + 0.31) / 144
    return centre + np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius


def is_lowest(surface: Surface, place: Array, cluster: Cluster, sides: Array) -> bool:
    """Whether a place is a local minimum: its index is 1, and the losses on rings around it are higher."""
    if cluster.index != 1:
        return False  # an isolated minimum of the plane has index 1
    here = enclosure(surface, place[None], place[None])
    grain = max(SMALLEST_ROUGH, float((32 * np.spacing(np.abs(place)) / sides).max()))
    slack = 4 * cluster.steepness * grain if cluster.rough else 0.0  # the place is not exact
    clear = False
    for factor in (1.0, 30.0, 1e3, 3e4, 1e6):
        radius = cluster.radius * factor
        if factor > 1 and (radius > WIDEST * sides).any():
            break
        ring = _ring(place, radius)
        there = enclosure(surface, ring, ring)  # bounds, since the differences can be all rounding
        if (there.flags != 0).any() or (there.hi[0] < here.lo[0] - slack).any():
            return False
        clear = bool((there.lo[0] > here.hi[0] + slack).all())
    return clear


@dataclass(frozen=True)
class Polished:
    """A critical point in full precision; `regular` if its Hessian does not vanish in any direction."""

    place: Array
    regular: bool


def polished(surface: Surface, cluster: Cluster, sides: Array) -> Polished | None:
    """The critical point in a cluster, by Newton's method in very many digits; None if it finds none.

    Where the Hessian vanishes, the steps shrink by a constant ratio: now and then they are summed up at
    once (Aitken). Floats would lose the point long before, in the rounding of a gradient that is all but
    zero.
    """
    import mpmath
    import sympy as sp

    expression = surface.expression
    names = [sp.Symbol(name, real=True) for name in ("x", "y", *expression.parameters)]
    wanted = [*expression.first_derivatives, *expression.second_derivatives]
    function = sp.lambdify(names, wanted, modules="mpmath", cse=True)
    with mpmath.workdps(DIGITS):
        for method in (_newton, _reduced_newton):
            found = method(function, cluster.centre, surface.values, sides)
            if found is not None and (np.abs(found[0] - cluster.centre) <= cluster.radius).all():
                break
        else:
            return None
        place, (xx, xy, yy) = found
        # Scaled to the sides, against what the gradient is around: what vanishes is far below both.
        least = abs(xx * yy - xy * xy) * sides[0] * sides[1]
        largest = max(abs(xx) * sides[0] ** 2, abs(yy) * sides[1] ** 2, abs(xy) * sides[0] * sides[1])
        regular = bool(least > 1e-12 * max(largest, cluster.steepness) ** 2)
    return Polished(np.where(np.abs(place) < 1e-15 * sides, 0.0, place), regular)


def _newton(function: Any, start: Array, values: Sequence[float], sides: Array) -> tuple[Array, Any] | None:
    """Where Newton's method goes from here, and the Hessian there; None if it goes nowhere."""
    import mpmath

    at = mpmath.matrix([float(part) for part in start])
    parameters = [mpmath.mpf(value) for value in values]
    before, steepest = mpmath.mpf(0), mpmath.mpf(0)
    for turn in range(240):
        try:
            g_x, g_y, *hessian = function(at[0], at[1], *parameters)
            xx, xy, yy = hessian
            slope = abs(g_x) + abs(g_y)
            steepest = max(steepest, slope)
            if slope <= steepest * mpmath.mpf(10) ** (FLOOR - DIGITS):
                break  # what is left of the gradient is rounding, and leads nowhere
            step = mpmath.matrix([yy * g_x - xy * g_y, xx * g_y - xy * g_x]) / (xx * yy - xy * xy)
        except (ArithmeticError, ValueError, TypeError):
            return None
        size = mpmath.norm(step)
        ratio = size / before if before else mpmath.mpf(0)
        if 0 < ratio < 1 and size / (1 - ratio) < 1e-16 * min(sides):
            at = at - step / (1 - ratio)
            _, _, *hessian = function(at[0], at[1], *parameters)
            break
        steady = turn % 4 == 3 and 0 < ratio < 1
        at = at - (step / (1 - ratio) if steady else step)
        before = mpmath.mpf(0) if steady else size
        if not mpmath.isfinite(size) or abs(at[0]) + abs(at[1]) > 1e12:
            return None
    else:
        return None
    return np.array([float(mpmath.re(part)) for part in at]), hessian


def _reduced_newton(
    function: Any, start: Array, values: Sequence[float], sides: Array
) -> tuple[Array, Any] | None:
    """The same in two directions by turns, where Newton's method runs in circles.

    In the direction of the larger curvature the gradient's component is brought to zero; along the curve
    on which it is, the other component is a function of one variable (Lyapunov and Schmidt).
    """
    import mpmath

    parameters = [mpmath.mpf(value) for value in values]
    _, _, *hessian = (float(part) for part in function(*map(mpmath.mpf, start.tolist()), *parameters))
    curvatures, vectors = np.linalg.eigh(np.array([[hessian[0], hessian[1]], [hessian[1], hessian[2]]]))
    strong = int(np.abs(curvatures).argmax())
    n, t = vectors[:, strong].tolist(), vectors[:, 1 - strong].tolist()
    x, y = (mpmath.mpf(part) for part in start.tolist())
    before = mpmath.mpf(0)

    def along(a: list[float], b: list[float], h: Any) -> Any:
        return a[0] * (h[0] * b[0] + h[1] * b[1]) + a[1] * (h[1] * b[0] + h[2] * b[1])

    for turn in range(200):
        try:
            for _ in range(40):
                g_x, g_y, *h = function(x, y, *parameters)
                down = (n[0] * g_x + n[1] * g_y) / along(n, n, h)
                x, y = x - down * n[0], y - down * n[1]
                if abs(down) < mpmath.mpf(10) ** (FLOOR - DIGITS):
                    break
            g_x, g_y, *h = function(x, y, *parameters)
            reduced = along(t, t, h) - along(t, n, h) ** 2 / along(n, n, h)
            step = (t[0] * g_x + t[1] * g_y) / reduced
        except (ArithmeticError, ValueError, TypeError):
            return None
        ratio = abs(step) / before if before else mpmath.mpf(0)
        steady = turn % 4 == 3 and 0 < ratio < 1
        arrived = 0 < ratio < 1 and abs(step) / (1 - ratio) < 1e-16 * min(sides)
        before = mpmath.mpf(0) if steady else abs(step)
        step = step / (1 - ratio) if steady or arrived else step
        x, y = x - step * t[0], y - step * t[1]
        if arrived:
            return np.array([float(mpmath.re(x)), float(mpmath.re(y))]), function(x, y, *parameters)[2:]
    return None
