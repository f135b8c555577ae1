"""What a search could not resolve: degenerate critical points, kinks and poles, told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape.geometry.enclosure import derivatives
from landscape.geometry.isolation import SMALLEST_ROUGH, Isolation
from landscape.geometry.jets import TORN
from landscape.geometry.winding import rectangle, winding
from landscape.surface import Array, Surface

DIGITS = 60  # in which a degenerate point is polished: floats lose it in the noise of a flat gradient
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
    tree = KDTree(centres / sides)
    near = tree.sparse_distance_matrix(tree, 4 * size)
    _, group = connected_components(near, directed=False)
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
    here = float(surface.value(place))
    slack = 4 * cluster.steepness * SMALLEST_ROUGH if cluster.rough else 0.0  # the place is not exact
    clear = False
    for factor in (1.0, 30.0, 1e3, 3e4):
        radius = cluster.radius * factor
        if factor > 1 and (radius > WIDEST * sides).any():
            break
        above = surface.value(_ring(place, radius)) - here
        noise = 8 * np.finfo(float).eps * (abs(here) + float(np.abs(above).max())) + slack
        if not np.isfinite(above).all() or (above < -noise).any():
            return False
        clear = bool((above > noise).all())
    return clear


def polished(surface: Surface, cluster: Cluster, sides: Array) -> Array:
    """A degenerate point to full precision: Newton's method in 60 digits.

    It converges slowly there, since the Hessian vanishes at the end, and floats would lose it long before
    in the rounding of a gradient that is all but zero.
    """
    import mpmath
    import sympy as sp

    expression = surface.expression
    names = [sp.Symbol(name, real=True) for name in ("x", "y", *expression.parameters)]
    derivatives_ = [*expression.first_derivatives, *expression.second_derivatives]
    function = sp.lambdify(names, derivatives_, modules="mpmath", cse=True)
    with mpmath.workdps(DIGITS):
        x, y = mpmath.mpf(float(cluster.centre[0])), mpmath.mpf(float(cluster.centre[1]))
        parameters = [mpmath.mpf(value) for value in surface.values]
        for _ in range(120):
            try:
                g_x, g_y, xx, xy, yy = function(x, y, *parameters)
                determinant = xx * yy - xy * xy
                step_x = (yy * g_x - xy * g_y) / determinant
                step_y = (xx * g_y - xy * g_x) / determinant
            except (ArithmeticError, ValueError, TypeError):
                break  # exactly there, or where it cannot be evaluated
            x, y = x - step_x, y - step_y
            if abs(step_x) < 1e-18 * sides[0] and abs(step_y) < 1e-18 * sides[1]:
                break
        place = np.array([float(mpmath.re(x)), float(mpmath.re(y))])
    near = np.isfinite(place).all() and (np.abs(place - cluster.centre) <= cluster.radius).all()
    place = place if near else cluster.centre
    return np.where(np.abs(place) < 1e-15 * sides, 0.0, place)
