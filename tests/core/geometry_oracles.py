"""An independent way to a surface's critical points: Newton's method from very many starts, 40 digits.

Only the formula's SymPy tree is taken from the program; its bounds, its search and its winding number are
what is being judged here.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass

import mpmath as mp
import numpy as np
import sympy as sp
from scipy.spatial import KDTree

from landscape import Surface
from landscape.geometry.critical_points import CriticalPoints, critical_points

DIGITS = 40
PATIENCE = 30  # seconds of this process: how busy the machine is with others does not count


@contextmanager
def time_limit(seconds: int):
    def ring(*_):
        raise TimeoutError(f"still searching after {seconds} s")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def search(formula: str, x=(-2, 2), y=(-2, 2)) -> CriticalPoints:
    with time_limit(PATIENCE):
        return critical_points(Surface.from_formula(formula, x, y))


@dataclass(frozen=True)
class Truth:
    """A regular critical point: its place, loss, eigenvalues, smaller first."""

    x: float
    y: float
    loss: float
    low: float
    high: float

    @property
    def kind(self) -> str:
        return "minimum" if self.low > 0 else "maximum" if self.high < 0 else "saddle"

    @property
    def index(self) -> int:
        return -1 if self.kind == "saddle" else 1


def long_decimals(surface: Surface):
    """(x, y) -> [f, f_x, f_y, f_xx, f_xy, f_yy] in mpmath, differentiated by SymPy."""
    x, y = sp.symbols("x y", real=True)
    tree = surface.expression.tree
    wanted = [tree, *(sp.diff(tree, *by) for by in ((x,), (y,), (x, x), (x, y), (y, y)))]
    names = [x, y, *(sp.Symbol(p.name, real=True) for p in surface.parameters)]
    function = sp.lambdify(names, wanted, "mpmath", cse=True)
    return lambda a, b: function(a, b, *(mp.mpf(value) for value in surface.values))


def critical_by_newton(surface: Surface, per_side: int = 90, extra: np.ndarray | None = None) -> list[Truth]:
    """All regular critical points that Newton's method finds from a grid of starts, and from `extra`."""
    low = np.array([surface.x[0], surface.y[0]])
    sides = np.array([surface.x[1], surface.y[1]]) - low
    shares = (np.arange(per_side) + 0.5) / per_side
    points = np.stack(np.meshgrid(shares, shares), axis=-1).reshape(-1, 2) * sides + low
    if extra is not None:
        points = np.concatenate([points, extra])
    points = points[np.isfinite(surface.value(points))]
    for _ in range(60):
        step = _newton_step(surface, points)
        points = points - np.clip(step / sides, -0.02, 0.02) * sides
        alive = ((points > low - 0.1 * sides) & (points < low + 1.1 * sides)).all(axis=1)
        points = points[alive]
    last = np.abs(_newton_step(surface, points) / sides).max(axis=1, initial=0)
    points = _distinct(points[last < 1e-5], sides, 1e-8)
    function = long_decimals(surface)
    with mp.workdps(DIGITS):
        found = [truth for truth in (_polished(function, point, sides) for point in points) if truth]
    found = [t for t in found if (np.abs(np.array([t.x, t.y]) - low - sides / 2) <= sides / 2).all()]
    places = np.array([[t.x, t.y] for t in found]).reshape(-1, 2)
    kept = _distinct(places, sides, 1e-12)
    return [found[int(np.flatnonzero((places == place).all(axis=1))[0])] for place in kept]


def _newton_step(surface: Surface, points: np.ndarray) -> np.ndarray:
    g, h = surface.gradient(points), surface.hessian(points)
    with np.errstate(all="ignore"):
        scale = np.abs(h).max(axis=(1, 2))[:, None, None]
        h, g = h / scale, g / scale[:, :, 0]
        determinant = h[:, 0, 0] * h[:, 1, 1] - h[:, 0, 1] ** 2
        x = (h[:, 1, 1] * g[:, 0] - h[:, 0, 1] * g[:, 1]) / determinant
        y = (h[:, 0, 0] * g[:, 1] - h[:, 0, 1] * g[:, 0]) / determinant
    return np.nan_to_num(np.stack([x, y], axis=1), nan=1.0, posinf=1.0, neginf=-1.0)


def _distinct(points: np.ndarray, sides: np.ndarray, apart: float) -> np.ndarray:
    """One of each cluster of points nearer to one another than `apart`, as a share of the sides."""
    if not len(points):
        return points
    tree, kept = KDTree(points / sides), np.ones(len(points), dtype=bool)
    for k in range(len(points)):
        if kept[k]:
            near = [other for other in tree.query_ball_point(points[k] / sides, apart) if other > k]
            kept[near] = False
    return points[kept]


def _polished(function, point: np.ndarray, sides: np.ndarray) -> Truth | None:
    """Newton's method in long decimals; None where it does not converge fast, to a point with ∇f = 0."""
    x, y = mp.mpf(float(point[0])), mp.mpf(float(point[1]))
    try:
        for _ in range(30):
            _, g_x, g_y, xx, xy, yy = function(x, y)
            determinant = xx * yy - xy * xy
            step_x = (yy * g_x - xy * g_y) / determinant
            step_y = (xx * g_y - xy * g_x) / determinant
            x, y = x - step_x, y - step_y
            if abs(step_x) < 1e-24 * sides[0] and abs(step_y) < 1e-24 * sides[1]:
                break
        else:
            return None
        loss, _, _, xx, xy, yy = function(x, y)
    except (ZeroDivisionError, ValueError, TypeError):
        return None
    if max(abs(float(x) - point[0]) / sides[0], abs(float(y) - point[1]) / sides[1]) > 1e-4:
        return None
    middle, half = (xx + yy) / 2, mp.hypot((xx - yy) / 2, xy)
    return Truth(float(x), float(y), float(loss), float(middle - half), float(middle + half))


def critical_of_polynomial(surface: Surface) -> list[Truth]:
    """All critical points of a polynomial in its domain: real roots of a resultant, by exact algebra."""
    x, y = sp.symbols("x y", real=True)
    tree = sp.nsimplify(sp.expand(surface.expression.tree), rational=True)
    g_x, g_y = sp.Poly(sp.diff(tree, x), x, y), sp.Poly(sp.diff(tree, y), x, y)
    eliminated = sp.Poly(sp.resultant(g_x.as_expr(), g_y.as_expr(), y), x)
    function, found = long_decimals(surface), []
    with mp.workdps(DIGITS):
        for root in sp.Poly(eliminated.sqf_part(), x).nroots(n=60, maxsteps=400):
            if abs(sp.im(root)) > 1e-25 or not surface.x[0] <= float(sp.re(root)) <= surface.x[1]:
                continue
            at = sp.re(root)
            along = sp.Poly(g_y.as_expr().subs(x, at), y)
            if along.degree() < 1:
                along = sp.Poly(g_x.as_expr().subs(x, at), y)
            for other in along.nroots(n=60, maxsteps=400):
                if abs(sp.im(other)) > 1e-20 or not surface.y[0] <= float(sp.re(other)) <= surface.y[1]:
                    continue
                a, b = mp.mpf(str(at)), mp.mpf(str(sp.re(other)))
                loss, slope_x, slope_y, xx, xy, yy = function(a, b)
                size = 1 + max(abs(xx), abs(xy), abs(yy))
                if max(abs(slope_x), abs(slope_y)) < 1e-16 * size:
                    middle, half = (xx + yy) / 2, mp.hypot((xx - yy) / 2, xy)
                    found.append(Truth(*(float(v) for v in (a, b, loss, middle - half, middle + half))))
    return found


def assert_same(found, expected: list[Truth]) -> None:
    """The regular points found are those expected: one for one, positions to 1e-9, kinds, eigenvalues."""
    regular = [point for point in found if point.kind != "degenerate"]
    there = [(t.kind, round(t.x, 6), round(t.y, 6)) for t in expected]
    here = [(p.kind, *p.position.round(6).tolist()) for p in regular]
    missing, extra = sorted(set(there) - set(here)), sorted(set(here) - set(there))
    assert len(regular) == len(expected), (
        f"{len(regular)} for {len(expected)}: missing {missing[:4]}, extra {extra[:4]}"
    )
    if not expected:
        return
    tree = KDTree(np.array([[t.x, t.y] for t in expected]))
    taken: set[int] = set()
    for point in regular:
        distance, k = tree.query(point.position)
        true = expected[int(k)]
        assert int(k) not in taken, f"{point.position} twice"
        taken.add(int(k))
        assert distance <= 1e-9 + 4 * np.spacing(np.abs(point.position).max()), (
            f"{point.kind} off by {distance:g}: {point.position} for {true}"
        )
        assert point.kind == true.kind, f"{point.kind} for {true}"
        assert point.index == true.index
        largest = max(abs(true.low), abs(true.high))
        for value, exact in zip(point.eigenvalues, (true.low, true.high), strict=True):
            assert abs(value - exact) <= 1e-9 * abs(exact) + 1e-12 * largest, (point.eigenvalues, true)
        assert abs(point.loss - true.loss) <= 1e-9 * max(abs(true.loss), 1e-3 * largest), (point.loss, true)
