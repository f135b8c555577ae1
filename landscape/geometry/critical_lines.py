"""Whole lines of critical points, such as the floor of a trough: found as such, not as a cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from landscape.geometry.enclosure import derivatives, enclosure
from landscape.surface import Array, Surface

SINGULAR = 1e-6  # an eigenvalue this small against the other counts as zero
FEWEST = 8  # boxes that make a line
SHORTEST = 2.0**-6  # of the rectangle's sides
LONGEST_GAP = 4.0  # between neighbours on a line, in boxes
CLEARANCE = 4.0  # boxes this near to a line are not looked at any further
Mask = np.ndarray[Any, np.dtype[np.bool_]]
LineKind = Literal["minimum", "maximum", "saddle", "degenerate", "kink"]


@dataclass(frozen=True)
class Line:
    """A line on which the gradient vanishes everywhere.

    Attributes
    ----------
    points : `(m, 2)`, in order along it
    closed : whether it returns to its first point
    kind : what it is across: "minimum" for the floor of a trough, "maximum" for a crest; "kink" where the
        slope jumps across it and has no component along it
    """

    points: Array
    closed: bool
    kind: LineKind


class LineSearch:
    """Gathers places that lie on lines, as a search comes across them, and strings them together."""

    def __init__(self, surface: Surface, sides: Array) -> None:
        self._surface, self._sides = surface, sides
        self._places = np.empty((0, 2))
        self._rough = np.empty(0, dtype=bool)
        self._cell = 0.0  # spacing of the places, as a share of the sides
        self._lines: tuple[Line, ...] | None = ()
        self.undecided = np.empty((0, 2))

    def gather(self, low: Array, high: Array, rough: Mask) -> Mask:
        """Look at boxes `(n, 2)` that cover lines: which of them are on one, or too near to tell.

        Each is moved to the critical set by Gauss-Newton steps. It is on a line if the Hessian has one
        vanishing eigenvalue there and the gradient stays zero a little to both sides along its eigenvector.
        """
        from scipy.spatial import KDTree

        places = (low + high) / 2
        cell = float(np.median(np.linalg.norm((high - low) / self._sides, axis=1)))
        settled, on_line = _on_lines(self._surface, places, self._sides, cell)
        settled = np.where(rough[:, None], places, settled)
        found: Mask = on_line | rough
        if found.sum() >= FEWEST:
            self._cell = max(self._cell, cell)
            self._places = np.concatenate([self._places, settled[found]])
            self._rough = np.concatenate([self._rough, rough[found]])
            self._lines = None
        if not len(self._places):
            return np.zeros(len(places), dtype=bool)
        nearest = KDTree(self._places / self._sides).query(places / self._sides)[0]
        return np.asarray(nearest < CLEARANCE * self._cell)

    def lines(self) -> tuple[Line, ...]:
        """The lines known so far."""
        if self._lines is None:
            strung = list(self._strung())
            real = [_jumps_over_zero(self._surface, line, self._sides) for line in strung]
            self._lines = tuple(line for line, is_real in zip(strung, real, strict=True) if is_real)
            refuted = [line.points[:1] for line, is_real in zip(strung, real, strict=True) if not is_real]
            self.undecided = np.concatenate([np.empty((0, 2)), *refuted])
        return self._lines

    def _strung(self) -> Iterator[Line]:
        for walk, closed in _walks(self._places / self._sides, self._cell):
            points = self._places[walk]
            points.flags.writeable = False
            yield Line(points, closed, _kind(self._surface, points, bool(self._rough[walk].mean() > 0.5)))


def _on_lines(surface: Surface, places: Array, sides: Array, cell: float) -> tuple[Array, Any]:
    """Where each place settles on the critical set, and whether that is on a line."""
    settled = _settle(surface, places, sides, 30)
    _, _, hessian = derivatives(surface, settled)
    good: Any = np.isfinite(hessian).all(axis=(1, 2)) & np.isfinite(settled).all(axis=1)
    scaled = np.where(good[:, None, None], hessian, np.eye(2)) * sides[:, None] * sides
    values, vectors = np.linalg.eigh(scaled)
    smaller = np.abs(values).argmin(axis=1)
    k = np.arange(len(places))
    along = vectors[k, :, smaller]  # in units of the sides
    other = np.abs(values[k, 1 - smaller])
    good &= np.abs(values[k, smaller]) <= np.maximum(SINGULAR * other, 1e-300)
    good &= np.abs((settled - places) / sides).max(axis=1) < 6 * cell
    good &= _vanishes(surface, settled, other, sides)
    for direction in (-1, 1):
        beside = settled + direction * 1.5 * cell * along * sides
        back = _settle(surface, beside, sides, 12)
        good &= np.abs((back - beside) / sides).max(axis=1) < cell
        good &= _vanishes(surface, back, other, sides)
    return settled, good


def _settle(surface: Surface, places: Array, sides: Array, steps: int) -> Array:
    """Gauss-Newton: the shortest step that makes the linearized gradient vanish, again and again."""
    points = places.copy()
    for _ in range(steps):
        _, gradient, hessian = derivatives(surface, points)
        good: Any = np.isfinite(hessian).all(axis=(1, 2)) & np.isfinite(gradient).all(axis=1)
        scaled = np.where(good[:, None, None], hessian * sides[:, None] * sides, 0.0)
        values, vectors = np.linalg.eigh(scaled)
        largest = np.abs(values).max(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            inverse = np.where(np.abs(values) > 1e-4 * largest, 1 / values, 0.0)
        slope = np.where(good[:, None], gradient * sides, 0.0)
        step = np.einsum("nij,nj,nkj,nk->ni", vectors, inverse, vectors, slope)
        step = np.clip(np.nan_to_num(step), -0.02, 0.02)
        points = points - step * sides
        if np.abs(step).max() < 1e-15:
            break
    return points


def _vanishes(surface: Surface, points: Array, curvature: Array, sides: Array) -> Any:
    """Whether the gradient there is zero but for rounding, of its own terms or of the points."""
    jet = enclosure(surface, points, points)
    with np.errstate(all="ignore"):
        middle, slack = (jet.lo[1:3] + jet.hi[1:3]).T / 2 * sides, (jet.hi[1:3] - jet.lo[1:3]).T * sides
        shift = 1e-13 * curvature[:, None] * (1 + np.abs(points / sides))
        return (np.abs(middle) <= 32 * slack + shift).all(axis=1) & (jet.flags == 0)


def _walks(scaled: Array, cell: float) -> Iterator[tuple[list[int], bool]]:
    """Walks along the lines that places lie on, about one place a cell, and whether each closes.

    From an end on, each place is joined to the nearest that has not been visited; where that is far, a
    new walk begins.
    """
    from scipy.spatial import KDTree

    kept: list[int] = []
    blocked = np.zeros(len(scaled), dtype=bool)
    tree = KDTree(scaled)
    for k in range(len(scaled)):
        if not blocked[k]:
            kept.append(k)
            blocked[tree.query_ball_point(scaled[k], cell)] = True
    thinned = scaled[kept]
    free = np.ones(len(kept), dtype=bool)
    while free.any():
        begin = _chain(thinned, int(free.argmax()), free.copy(), cell)[-1]  # an end, if there is one
        walk = _chain(thinned, begin, free, cell)
        if len(walk) >= FEWEST and np.linalg.norm(np.ptp(thinned[walk], axis=0)) > SHORTEST:
            gap = float(np.linalg.norm(thinned[walk[0]] - thinned[walk[-1]]))
            closed = gap < LONGEST_GAP * cell
            yield [kept[k] for k in (*walk, *walk[: int(closed)])], closed


def _chain(scaled: Array, start: int, free: Mask, cell: float) -> list[int]:
    walk = [start]
    free[start] = False
    while free.any():
        distance = np.where(free, np.linalg.norm(scaled - scaled[walk[-1]], axis=1), np.inf)
        nearest = int(distance.argmin())
        if distance[nearest] > LONGEST_GAP * cell:
            break
        walk.append(nearest)
        free[nearest] = False
    return walk


def _jumps_over_zero(surface: Surface, line: Line, sides: Array) -> bool:
    """Whether zero lies between the gradients on both sides of a kink; a smooth line need not be asked."""
    if line.kind != "kink":
        return True
    middle = (line.points[1:] + line.points[:-1]) / 2
    along = np.diff(line.points, axis=0) / sides
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None] * sides
    one = derivatives(surface, middle + 0.004 * across)[1] * sides
    other = derivatives(surface, middle - 0.004 * across)[1] * sides
    known = np.isfinite(one + other).all(axis=1)
    if not known.any():
        return False
    one, way = one[known], (other - one)[known]
    with np.errstate(all="ignore"):
        share = np.clip(np.nan_to_num(-(one * way).sum(axis=1) / (way * way).sum(axis=1)), 0, 1)[:, None]
    nearest = np.linalg.norm(one + share * way, axis=1)
    steepest = np.maximum(np.linalg.norm(one, axis=1), np.linalg.norm(one + way, axis=1))
    return bool(np.median(nearest / np.maximum(steepest, 1e-300)) < 0.1)


def _kind(surface: Surface, points: Array, rough: bool) -> LineKind:
    if rough:
        return "kink"
    values = np.linalg.eigvalsh(derivatives(surface, points)[2])
    low, high = np.median(values, axis=0)
    size = max(abs(low), abs(high))
    if size == 0 or min(abs(low), abs(high)) > 1e-4 * size:
        return "degenerate"
    return "minimum" if high > -low else "maximum"
