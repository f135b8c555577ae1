"""Branch and prune: every place in a rectangle where ∇f = 0, and nothing else, for certain.

A box is thrown away when bounds of the gradient exclude zero in it; it holds exactly one critical point
when the interval Newton operator maps it into its own interior (Krawczyk 1969; Neumaier 1990, ch. 5);
otherwise it is cut in two. What never resolves is either a degenerate point, a kink, or a whole line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from landscape.geometry.critical_lines import Line, LineSearch
from landscape.geometry.enclosure import derivatives, enclosure
from landscape.geometry.jets import VOID, Flags
from landscape.surface import Array, Surface

Mask = np.ndarray[Any, np.dtype[np.bool_]]

FIRST = (17, 15)  # boxes to begin with: odd, so that no cut runs through a middle
GROWTH = 0.06  # boxes are tested a little larger than they are, so that no point lies on a cut
LEAST_GROWTH = 0.001  # of the longer side: a box can have been contracted to a line
CUT = 0.47  # off the middle, for the same reason
SAME = 1e-8  # of the sides: two polished points this near can be one
PORTION = 3000  # boxes between two chances to give the search up
SMALLEST = 2.0**-34  # side of a box, as a share of the rectangle's, at which it counts as a point
SMALLEST_ROUGH = 2.0**-44  # where f has a kink: there no Newton's method finds the place exactly
BLIND = 2.0**-12  # boxes below this are not cut if rounding hides the gradient in all of them
HIDDEN = 8  # times its rounding: below, a gradient counts as hidden by it
LINE_SIDE = (2.0**-14, 2.0**-8)  # of boxes in which to look for whole lines of critical points
LINE_COUNT = 250
MOST_TRIES = 6
MOST_BOXES = 150_000


@dataclass(frozen=True)
class Isolation:
    """What is known so far.

    Attributes
    ----------
    points : `(k, 2)`, each proved to be the only critical point in its box, which holds one
    low, high : `(m, 2)`, boxes that can be neither proved nor excluded: tiny ones, or all that were left
    flags : `(m,)`, as in `jets`; `rough` is where f may have a kink
    flat_low, flat_high : boxes in which the gradient is zero everywhere
    lines : whole lines of critical points
    undecided : `(u, 2)`, places on lines of kinks where the gradient jumps past zero, but not provably
    finished : whether every other place is excluded
    """

    points: Array
    low: Array
    high: Array
    flags: Flags
    rough: Mask
    flat_low: Array
    flat_high: Array
    lines: tuple[Line, ...]
    undecided: Array
    finished: bool


@dataclass(frozen=True)
class _Boxes:
    """Boxes `(n, 2)` from low to high, their sides before they were contracted, and what f is like there."""

    low: Array
    high: Array
    before: Array
    flags: Flags
    rough: Mask
    blind: Mask  # the gradient cannot be told from zero

    def only(self, mask: Mask) -> _Boxes:
        return _Boxes(*(getattr(self, part.name)[mask] for part in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[_Boxes]) -> _Boxes:
        nothing, none = np.empty((0, 2)), np.empty(0, bool)
        parts = [cls(nothing, nothing, nothing, np.empty(0, np.uint8), none, none), *parts]
        return cls(*(np.concatenate([getattr(p, part.name) for p in parts]) for part in fields(cls)))


class _Search:
    def __init__(self, surface: Surface, low: Array, high: Array) -> None:
        self.surface, self.low, self.sides = surface, low, high - low
        self.found: list[tuple[Array, Array, Array]] = []  # points, and the zones that hold one each
        self.fresh = False
        self.left: list[_Boxes] = []
        self.flat: list[tuple[Array, Array]] = []
        self.lines = LineSearch(surface, self.sides)

    def first_boxes(self) -> tuple[Array, Array]:
        edges = [np.linspace(0, 1, count + 1) for count in FIRST]
        x, y = np.meshgrid(edges[0][:-1], edges[1][:-1], indexing="ij")
        corner = np.stack([x.ravel(), y.ravel()], axis=1)
        low = self.low + corner * self.sides
        return low, low + self.sides / FIRST

    def prune(self, low: Array, high: Array) -> _Boxes:
        """Throw out, prove, contract: the boxes that are left."""
        sides = high - low
        longest = (sides / self.sides).max(axis=1, keepdims=True) * self.sides
        grown = np.maximum(GROWTH * sides, LEAST_GROWTH * longest)
        from_, to = low - grown, high + grown
        c = (from_ + to) / 2
        n = len(low)
        jet = enclosure(self.surface, np.concatenate([from_, c]), np.concatenate([to, c]))
        g_lo, g_hi = jet.lo[1:3, :n], jet.hi[1:3, :n]
        alive = ((g_lo <= 0) & (g_hi >= 0)).all(axis=0) & (jet.flags[:n] & VOID == 0)
        flat = alive & (g_lo == 0).all(axis=0) & (g_hi == 0).all(axis=0)
        if flat.any():
            self.flat.append((low[flat], high[flat]))
            alive &= ~flat
        bounded: Any = np.isfinite(jet.lo) & np.isfinite(jet.hi)
        rough = ~bounded[3:, :n].all(axis=0)
        smooth = alive & ~rough & bounded[:3, n:].all(axis=0)
        at = np.flatnonzero(smooth & (jet.flags[n:] == 0))
        low, high = low.copy(), high.copy()
        if len(at):
            alive[at] = self._newton((low, high), (from_, to), jet, at)
        boxes = _Boxes(low, high, sides, jet.flags[:n], rough, np.zeros(n, dtype=bool)).only(alive)
        return self._with_blindness(boxes)

    def _with_blindness(self, boxes: _Boxes) -> _Boxes:
        """Mark the small boxes in whose corners and middle rounding hides the gradient."""
        small = ((boxes.high - boxes.low) / self.sides).max(axis=1) < BLIND
        at = np.flatnonzero(small & ~boxes.rough)
        if len(at):
            low, high = boxes.low[at], boxes.high[at]
            places = [(low + high) / 2, low, high]
            places += [np.stack([low[:, 0], high[:, 1]], axis=1), np.stack([high[:, 0], low[:, 1]], axis=1)]
            points = np.concatenate(places)
            jet = enclosure(self.surface, points, points)
            slack = jet.hi[1:3] - jet.lo[1:3]
            hidden = (np.abs(jet.lo[1:3] + jet.hi[1:3]) <= 2 * HIDDEN * slack).all(axis=0)
            boxes.blind[at] = hidden.reshape(len(places), len(at)).all(axis=0)
        return boxes

    def _newton(self, boxes: tuple[Array, Array], grown: tuple[Array, Array], jet: Any, at: Any) -> Mask:
        """The tests that use second derivatives, of boxes `at`, contracted in place: which stay open."""
        (low, high), (from_, to) = boxes, grown
        n, c = len(low), (from_ + to) / 2
        half = ((to - from_) / 2)[at]
        slope_lo, slope_hi = jet.lo[1:3, n:][:, at].T, jet.hi[1:3, n:][:, at].T
        slope, slack = (slope_lo + slope_hi) / 2, (slope_hi - slope_lo) / 2
        h_lo, h_hi = jet.lo[3:, :n][:, at], jet.hi[3:, :n][:, at]
        place = [[0, 1], [1, 2]]
        middle, spread = ((h_lo + h_hi) / 2)[place], ((h_hi - h_lo) / 2)[place]  # (2, 2, m)
        largest = np.maximum(np.abs(h_lo), np.abs(h_hi))[place]
        # The mean value theorem: how far the gradient can move from what it is in the middle.
        reach = np.einsum("ijm,mj->mi", largest, half) + slack
        open_ = (np.abs(slope) <= reach * (1 + 1e-14)).all(axis=1)
        with np.errstate(all="ignore"):
            unit = np.abs(middle).max(
                axis=(0, 1)
            )  # so that very flat or steep surfaces neither vanish nor overflow
            (a, b), (_, d) = middle / unit
            inverse = np.array([[d, -b], [-b, a]]) / ((a * d - b * b) * unit)
            size = np.abs(inverse)
            left_over = np.einsum("ijm,jkm->ikm", size, spread)  # |1 − Y·H|, but for rounding
            left_over += 1e-13 * np.einsum("ijm,jkm->ikm", size, np.abs(middle))
            step = np.einsum("ijm,mj->mi", inverse, slope)
            radius = np.einsum("ijm,mj->mi", left_over, half) + np.einsum("ijm,mj->mi", size, slack)
            radius += 1e-13 * np.abs(step)
            k_lo, k_hi = c[at] - step - radius, c[at] - step + radius
            usable = np.isfinite(k_lo).all(axis=1) & np.isfinite(k_hi).all(axis=1)
        k_lo, k_hi = np.where(usable[:, None], k_lo, -np.inf), np.where(usable[:, None], k_hi, np.inf)
        proved = open_ & (k_lo > from_[at]).all(axis=1) & (k_hi < to[at]).all(axis=1)
        new_low, new_high = np.maximum(low[at], k_lo), np.minimum(high[at], k_hi)
        open_ &= (new_low <= new_high).all(axis=1)
        if proved.any():
            self._found((c[at] - step)[proved], from_[at][proved], to[at][proved])
        open_ &= ~proved
        low[at[open_]], high[at[open_]] = new_low[open_], new_high[open_]
        return open_

    def _found(self, points: Array, zones_low: Array, zones_high: Array) -> None:
        """Polish points by Newton's method, and keep them."""
        for _ in range(4):
            _, gradient, hessian = derivatives(self.surface, points)
            with np.errstate(all="ignore"):
                unit = np.abs(hessian).max(axis=(1, 2))[:, None]
                gradient, hessian = gradient / unit, hessian / unit[:, None]
                determinant = hessian[:, 0, 0] * hessian[:, 1, 1] - hessian[:, 0, 1] ** 2
                x = hessian[:, 1, 1] * gradient[:, 0] - hessian[:, 0, 1] * gradient[:, 1]
                y = hessian[:, 0, 0] * gradient[:, 1] - hessian[:, 0, 1] * gradient[:, 0]
                moved = points - np.stack([x, y], axis=1) / determinant[:, None]
            inside: Any = ((moved >= zones_low) & (moved <= zones_high)).all(axis=1)
            before, points = points, np.where(inside[:, None], moved, points)
            if np.array_equal(points, before):
                break
        self.found.append((points, zones_low, zones_high))
        self.fresh = True

    def points(self) -> Array:
        """The points found, each once: neighbouring boxes find those near their common side together."""
        from scipy.spatial import KDTree

        if self.fresh:
            points, low, high = (np.concatenate([part[k] for part in self.found]) for k in range(3))
            pairs = KDTree(points / self.sides).query_pairs(SAME, output_type="ndarray")
            one, other = pairs[:, 0], pairs[:, 1]
            same = ((points[one] >= low[other]) & (points[one] <= high[other])).all(axis=1)
            same |= ((points[other] >= low[one]) & (points[other] <= high[one])).all(axis=1)
            keep = np.ones(len(points), dtype=bool)
            keep[np.maximum(one, other)[same]] = False
            self.found, self.fresh = [(points[keep], low[keep], high[keep])], False
        return self.found[0][0] if self.found else np.empty((0, 2))

    def can_cut(self, boxes: _Boxes) -> Mask:
        """Along which axes `(n, 2)` boxes are wide enough for there to be numbers between their ends."""
        grain = 32 * np.spacing(np.maximum(np.abs(boxes.low), np.abs(boxes.high)))
        return np.asarray(boxes.high - boxes.low > grain)

    def cut(self, boxes: _Boxes) -> tuple[Array, Array]:
        """Halve the boxes that have not shrunk by themselves, across their longer side."""
        shrunk: Mask = (boxes.high - boxes.low).prod(axis=1) < 0.3 * boxes.before.prod(axis=1)
        whole, halved = boxes.only(shrunk), boxes.only(~shrunk)
        low, high = halved.low, halved.high
        axis = np.where(self.can_cut(halved), (high - low) / self.sides, 0.0).argmax(axis=1)
        k = np.arange(len(low))
        first_high, second_low = high.copy(), low.copy()
        first_high[k, axis] = second_low[k, axis] = low[k, axis] + CUT * (high[k, axis] - low[k, axis])
        return (
            np.concatenate([whole.low, low, second_low]),
            np.concatenate([whole.high, first_high, high]),
        )

    def set_lines_aside(self, boxes: _Boxes) -> _Boxes:
        """Look for whole lines of critical points among the boxes; those that lie on none."""
        on_line = self.lines.gather(boxes.low, boxes.high, boxes.rough)
        return boxes.only(~on_line)

    def state(self, boxes: _Boxes, finished: bool) -> Isolation:
        """What is known, with these boxes still open."""
        left = _Boxes.joined([*self.left, boxes])
        nothing = np.empty((0, 2))
        flat_low, flat_high = (np.concatenate([nothing, *(f[k] for f in self.flat)]) for k in range(2))
        lines = self.lines.lines()
        return Isolation(
            self.points(), left.low, left.high, left.flags, left.rough, flat_low, flat_high, lines,
            self.lines.undecided, finished,
        )  # fmt: skip


def isolate(surface: Surface, low: Array, high: Array) -> Iterator[Isolation]:
    """Find and prove every critical point in the rectangle from `low` to `high`, each `(2,)`.

    Yields what is known after each portion of work.

    >>> from landscape import surfaces
    >>> *_, found = isolate(surfaces["twin_valleys"], np.array([-2.0, -2.0]), np.array([2.0, 2.0]))
    >>> (found.points[found.points[:, 0].argsort()].round(9) + 0.0).tolist(), found.finished, len(found.low)
    ([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]], True, 0)
    """
    search = _Search(surface, low, high)
    todo = search.first_boxes()
    done, looked_for_lines, tries = 0, 0, 0
    while len(todo[0]):
        kept: list[_Boxes] = []
        for first in range(0, len(todo[0]), PORTION):
            part = slice(first, first + PORTION)
            kept.append(search.prune(todo[0][part], todo[1][part]))
            yield search.state(_Boxes.joined(kept), finished=False)
        boxes = _Boxes.joined(kept)
        done += len(todo[0])
        if done > MOST_BOXES:
            yield search.state(boxes, finished=False)
            return
        sides = np.where(search.can_cut(boxes), (boxes.high - boxes.low) / search.sides, 0.0).max(axis=1)
        small = sides < np.where(boxes.rough, SMALLEST_ROUGH, np.where(boxes.blind, BLIND, SMALLEST))
        search.left.append(boxes.only(small))
        boxes, sides = boxes.only(~small), sides[~small]
        many = len(sides) > max(LINE_COUNT, 1.5 * looked_for_lines) and tries < MOST_TRIES
        if many and LINE_SIDE[0] < np.median(sides) < LINE_SIDE[1]:
            boxes = search.set_lines_aside(boxes)
            looked_for_lines, tries = len(boxes.low), tries + 1
        todo = search.cut(boxes)
    yield search.state(_Boxes.joined([]), finished=True)
