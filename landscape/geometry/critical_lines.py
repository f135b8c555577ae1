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


@dataclass(frozen=True, eq=False)
class Line:
    """A line on which the gradient vanishes everywhere.

    Attributes
    ----------
    points : `(m, 2)`, in order along it
    closed : whether it returns to its first point
    kind : what it is across: "minimum" for the floor of a trough, "maximum" for a crest, "degenerate"
        where one side is higher and the other lower; "kink" where the slope jumps across it and has no
        component along it
    is_lowest : whether the loss is higher on both sides
    """

    points: Array
    closed: bool
    kind: LineKind
    is_lowest: bool


class LineSearch:
    """Gathers places that lie on lines, as a search comes across them, and strings them together."""

    def __init__(self, surface: Surface, sides: Array) -> None:
        self._surface, self._sides = surface, sides
        self._places = np.empty((0, 2))
        self._rough = np.empty(0, dtype=bool)
        self._cell = 0.0  # spacing of the places, as a share of the sides
        self._lines: tuple[Line, ...] = ()
        self.undecided = np.empty((0, 2))

    def gather(self, low: Array, high: Array, rough: Mask) -> Mask:
        """Look at boxes `(n, 2)` that cover lines: which of them hold nothing but a part of one.

        Each is moved to the critical set by Gauss-Newton steps. It is on a line if the Hessian has one
        vanishing eigenvalue there and the gradient stays zero a little to both sides along its eigenvector.
        That a box near such a line holds nothing else is proved by bounds of the curvature across it; on a
        line of kinks it cannot be proved, and one of its places counts as undecided.
        """
        places = (low + high) / 2
        cell = float(np.median(np.linalg.norm((high - low) / self._sides, axis=1)))
        settled, across, on_line = _on_lines(self._surface, places, self._sides, cell)
        settled = np.where(rough[:, None], places, settled)
        found: Mask = on_line | rough
        if found.sum() < FEWEST:
            return np.zeros(len(places), dtype=bool)
        self._cell = max(self._cell, cell)
        self._places = np.concatenate([self._places, settled[found]])
        self._rough = np.concatenate([self._rough, rough[found]])
        self._lines = tuple(self._strung())
        if not self._lines:
            return np.zeros(len(places), dtype=bool)
        return self._explained(low, high, rough, across)

    def _explained(self, low: Array, high: Array, rough: Mask, across: Array) -> Mask:
        """Which boxes lie along a line, and hold no other critical point."""
        from scipy.spatial import KDTree

        near = np.zeros(len(low), dtype=bool)
        middle, reach = (low + high) / 2, CLEARANCE * self._cell
        for kinked in (True, False):
            lines = [line.points for line in self._lines if (line.kind == "kink") == kinked]
            if lines:
                close = KDTree(np.concatenate(lines) / self._sides).query(middle / self._sides)[0] < reach
                near |= close & (rough == kinked)
        smooth = np.flatnonzero(near & ~rough)
        if len(smooth):
            # Grown so far that every line across the box meets the line of critical points in it: if the
            # curvature across is never zero there, the slope across vanishes once on each, on that line.
            grown = 1.25 * reach * self._sides
            jet = enclosure(self._surface, low[smooth] - grown, high[smooth] + grown)
            n = across[smooth].T
            squares = np.array([n[0] * n[0], 2 * n[0] * n[1], n[1] * n[1]])
            with np.errstate(all="ignore"):
                terms = np.sort([squares * jet.lo[3:], squares * jet.hi[3:]], axis=0).sum(axis=1)
            near[smooth] = (terms[0] > 0) | (terms[1] < 0)
        return near

    def lines(self) -> tuple[Line, ...]:
        """The lines known so far."""
        return self._lines

    def _strung(self) -> Iterator[Line]:
        self.undecided = np.empty((0, 2))
        for walk, closed in _walks(self._places / self._sides, self._cell):
            points = self._places[walk]
            points.flags.writeable = False
            kinked = bool(self._rough[walk].mean() > 0.5)
            if kinked:
                self.undecided = np.concatenate([self.undecided, points[:1]])
            if not kinked or _jumps_over_zero(self._surface, points, self._sides):
                kind, is_lowest = _kind(self._surface, points, self._sides, self._cell)
                yield Line(points, closed, "kink" if kinked else kind, is_lowest)


def _on_lines(surface: Surface, places: Array, sides: Array, cell: float) -> tuple[Array, Array, Any]:
    """Where each place settles on the critical set, the direction across, and whether that is on a line."""
    settled = _settle(surface, places, sides, 40)
    _, _, hessian = derivatives(surface, settled)
    good: Any = np.isfinite(hessian).all(axis=(1, 2)) & np.isfinite(settled).all(axis=1)
    scaled = np.where(good[:, None, None], hessian, np.eye(2)) * sides[:, None] * sides
    values, vectors = np.linalg.eigh(scaled)
    smaller = np.abs(values).argmin(axis=1)
    k = np.arange(len(places))
    # Where the whole Hessian vanishes, the slope a little way off tells which way the line goes.
    beside = np.array([_steepness(surface, settled + cell * vectors[:, :, j] * sides, sides) for j in (0, 1)])
    lost = np.abs(values).max(axis=1) * cell <= 1e-6 * beside.max(axis=0)
    smaller = np.where(lost, beside.argmin(axis=0), smaller)
    along = vectors[k, :, smaller]  # in units of the sides
    other = np.abs(values[k, 1 - smaller])
    good &= np.abs(values[k, smaller]) <= np.maximum(SINGULAR * other, 1e-300)
    good &= np.abs((settled - places) / sides).max(axis=1) < 6 * cell
    steep = beside.max(axis=0)
    good &= _vanishes(surface, settled, other, steep, sides)
    for direction in (-1, 1):
        beside = settled + direction * 1.5 * cell * along * sides
        back = _settle(surface, beside, sides, 12)
        good &= np.abs((back - beside) / sides).max(axis=1) < cell
        good &= _vanishes(surface, back, other, steep, sides)
    across = vectors[k, :, 1 - smaller] / sides  # as a covector: along it the slope is taken
    return settled, across * sides, good


def _settle(surface: Surface, places: Array, sides: Array, steps: int) -> Array:
    """Gauss-Newton: the shortest step that makes the linearized gradient vanish, again and again."""
    points, before = places.copy(), np.full(len(places), np.nan)
    moving = np.arange(len(places))
    for turn in range(steps):
        _, gradient, hessian = derivatives(surface, points[moving])
        good: Any = np.isfinite(hessian).all(axis=(1, 2)) & np.isfinite(gradient).all(axis=1)
        moving, gradient, hessian = moving[good], gradient[good], hessian[good]
        if not len(moving):
            break
        values, vectors = np.linalg.eigh(hessian * sides[:, None] * sides)
        largest = np.abs(values).max(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            inverse = np.where(np.abs(values) > 1e-4 * largest, 1 / values, 0.0)
        step = np.nan_to_num(np.einsum("nij,nj,nkj,nk->ni", vectors, inverse, vectors, gradient * sides))
        size = np.linalg.norm(step, axis=1)
        if turn % 3 == 2:
            # Where the Hessian vanishes on the line, steps shrink by a constant ratio: sum them up at once.
            with np.errstate(all="ignore"):
                ratio = size / before[moving]
                steady = (ratio > 0.4) & (ratio < 0.98)
                step = np.where(steady[:, None], step / (1 - np.where(steady, ratio, 0.0))[:, None], step)
        before[moving] = size
        points[moving] -= np.clip(step, -0.02, 0.02) * sides
        moving = moving[size > 1e-15]
    return points


def _steepness(surface: Surface, points: Array, sides: Array) -> Array:
    slopes = derivatives(surface, points)[1] * sides
    return np.nan_to_num(np.linalg.norm(slopes, axis=1))


def _vanishes(surface: Surface, points: Array, curvature: Array, steepness: Array, sides: Array) -> Any:
    """Whether the gradient there is zero but for rounding, of its own terms or of the points.

    `steepness` is that a box away: what is a million millions smaller is a place not quite settled.
    """
    jet = enclosure(surface, points, points)
    with np.errstate(all="ignore"):
        middle, slack = (jet.lo[1:3] + jet.hi[1:3]).T / 2 * sides, (jet.hi[1:3] - jet.lo[1:3]).T * sides
        shift = 16 * np.finfo(float).eps * curvature[:, None] * (1 + np.abs(points / sides))
        shift = np.maximum(shift, 1e-12 * steepness[:, None])
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


def _beside(points: Array, sides: Array, far: float) -> tuple[Array, Array]:
    """Places beside the middles of a line's pieces, on one side and on the other."""
    middle = (points[1:] + points[:-1]) / 2
    along = np.diff(points, axis=0) / sides
    length = np.maximum(np.linalg.norm(along, axis=1), 1e-300)[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / length * sides
    return middle + far * across, middle - far * across


def _jumps_over_zero(surface: Surface, points: Array, sides: Array) -> bool:
    """Whether zero lies between the gradients on both sides of a line of kinks."""
    one, other = (derivatives(surface, places)[1] * sides for places in _beside(points, sides, 0.004))
    known = np.isfinite(one + other).all(axis=1)
    if not known.any():
        return False
    one, way = one[known], (other - one)[known]
    with np.errstate(all="ignore"):
        share = np.clip(np.nan_to_num(-(one * way).sum(axis=1) / (way * way).sum(axis=1)), 0, 1)[:, None]
    nearest = np.linalg.norm(one + share * way, axis=1)
    steepest = np.maximum(np.linalg.norm(one, axis=1), np.linalg.norm(one + way, axis=1))
    return bool(np.median(nearest / np.maximum(steepest, 1e-300)) < 0.1)


def _kind(surface: Surface, points: Array, sides: Array, cell: float) -> tuple[LineKind, bool]:
    """What a line is across, from the losses beside it, and whether those are all higher."""
    first, second = (surface.value(places) for places in _beside(points, sides, 3 * cell))
    here = surface.value(points[:-1])
    with np.errstate(all="ignore"):
        rises = np.stack([first - here, second - here])
        higher, lower = (np.nanmean(rises > 0, axis=1), np.nanmean(rises < 0, axis=1))
    if (higher > 0.9).all():
        return "minimum", True
    return ("maximum" if (lower > 0.9).all() else "degenerate"), False
