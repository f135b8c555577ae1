"""Basins of attraction: to which minimum a rule goes from every start of the domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from landscape.descent import checked_steps, learning_rates
from landscape.errors import FieldError
from landscape.geometry.basin_walk import DIVERGED, TRAVELLING, UNDEFINED, Labels, Walk
from landscape.geometry.critical_points import critical_points
from landscape.geometry.fused_walk import FusedWalk, fused_walk
from landscape.geometry.pace import Pace
from landscape.geometry.stability import largest_curvature, stability_limit
from landscape.geometry.wells import LARGEST_REACH, Indices, Wells
from landscape.optimizers import Optimizer
from landscape.schedules import Schedule
from landscape.surface import Array, Surface

__all__ = ["DIVERGED", "TRAVELLING", "UNDEFINED", "Basins", "basins"]

FIRST_IN_BLOCK = {8: 5, 4: 1, 2: 1, 1: 0}  # near the middle, and each lattice contains the one before
TILE = 4
MOST_CELLS = 4096 * 4096


@dataclass(frozen=True)
class Basins:
    """Where a rule ends from every cell of a surface's domain; arrays are read-only.

    Attributes
    ----------
    labels : `(ny, nx)`; [iy, ix] is for the start in the middle of that cell: an index into `minima`, or
        DIVERGED (left the numbers), UNDEFINED (stopped at a hole of the loss or of its slope), TRAVELLING
        (ended the steps, but not at a minimum)
    minima : `(k, 2)`, the attractors; one point in the middle for a whole line
    reach : `(k,)`, the distance within which a start has reached each; see `basins`
    cell : side, in cells, of the blocks that are known by one start each: 8, 4, 2, 1
    """

    surface: Surface
    optimizer: Optimizer
    labels: Labels
    minima: Array
    reach: Array
    cell: int

    @property
    def complete(self) -> bool:
        """Whether every cell has been computed."""
        return self.cell == 1

    @cached_property
    def fractions(self) -> dict[int, float]:
        """Share of the domain's area by label: every minimum's and the three others'; they sum to 1."""
        counts = np.bincount(self.labels.ravel() - UNDEFINED, minlength=len(self.minima) - UNDEFINED)
        return {k + UNDEFINED: float(count / self.labels.size) for k, count in enumerate(counts)}

    def numbered_like(self, other: Basins) -> Basins:
        """The same with the minima numbered as in another map, so that equal labels mean equal minima."""
        numbers, minima = [], list(other.minima)
        for minimum in self.minima:
            apart = [float(np.linalg.norm(minimum - known)) for known in minima]
            nearest = int(np.argmin(apart)) if apart else -1
            if nearest < 0 or apart[nearest] > 1e-3 * self.surface.size:
                nearest = len(minima)
                minima.append(minimum)
            numbers.append(nearest)
        # Negative labels count from the end.
        table = np.array([*numbers, UNDEFINED, TRAVELLING, DIVERGED], dtype=np.int16)
        labels, places = table[self.labels], np.array(minima).reshape(-1, 2)
        labels.flags.writeable = places.flags.writeable = False
        return replace(self, labels=labels, minima=places)


def basins(
    surface: Surface,
    optimizer: Optimizer,
    shape: tuple[int, int] = (256, 256),
    steps: int = 300,
    schedule: Schedule | None = None,
    attractors: Sequence[Array] | None = None,
) -> Iterator[Basins]:
    """Map the basins of attraction, coarse to fine; each snapshot keeps what the ones before computed.

    A start has *reached* a minimum if its path ends within that minimum's reach. The reach is half the
    distance over which the loss keeps rising in every direction from the minimum (so it is at most half
    way to the next critical point), and at most a twentieth of the domain's diagonal. It does not shrink
    with the learning rate: a rule whose step does not shrink keeps jittering around a minimum, by about
    the learning rate, and is there all the same; where the jitter is larger than the reach, it is not.
    Gradient descent and momentum settle nowhere where α·λ_max is beyond their limit: they circle around
    such a minimum for ever, and count as travelling.

    Ends near none of the attractors are followed by Newton's method: a strict minimum found within whose
    reach the end lies, such as one outside the domain, joins `minima` at the end of the list.

    Parameters
    ----------
    shape : (ny, nx) cells
    steps : of each start, at least 0
    schedule : factor on the learning rate; constant by default
    attractors : an array `(m, 2)` for each attractor: one row for a minimum; for a line of minima many
        along it, closer than its reach; by default the strict minima inside the domain

    Yields
    ------
    Snapshots of refining `cell`, the last one complete; a snapshot comes again where the next takes long,
    so that it can be given up by closing the iterator.

    Raises
    ------
    FieldError
        at once, for a shape, steps, attractors or a rule that cannot be mapped.

    >>> from landscape import GradientDescent, surfaces
    >>> *_, wells = basins(surfaces["twin_valleys"], GradientDescent(0.05), shape=(16, 16))
    >>> wells.fractions
    {-3: 0.0, -2: 0.0, -1: 0.0, 0: 0.5, 1: 0.5}
    """
    sides = tuple(shape) if isinstance(shape, Sequence) else ()
    whole = all(isinstance(n, int | np.integer) and not isinstance(n, bool) and n > 0 for n in sides)
    if len(sides) != 2 or not whole:
        raise FieldError("shape", f"shape is {shape!r}; it must be two whole numbers of at least 1: ny, nx.")
    if shape[0] * shape[1] > MOST_CELLS:
        raise FieldError("shape", f"{shape[0]} × {shape[1]} cells are too many: at most {MOST_CELLS:,}.")
    rates = learning_rates(optimizer, schedule, checked_steps(steps))
    given = None if attractors is None else [_checked_attractor(points) for points in attractors]
    pace = _pace(optimizer, rates)
    fused = fused_walk(surface, optimizer, pace)  # is compiled while the minima are searched for
    wells = _found_wells(surface) if given is None else Wells(surface, given)
    return _refined(surface, optimizer, (int(shape[0]), int(shape[1])), pace, fused, wells)


def _pace(optimizer: Any, rates: Array) -> Pace:
    """A rule's pace depends on no surface: another formula finds it there."""
    try:
        return _known_pace(optimizer, tuple(rates))
    except TypeError:  # a number that is an array of no dimensions cannot be looked up
        return Pace(optimizer, rates)


@lru_cache(maxsize=64)
def _known_pace(optimizer: Any, rates: tuple[float, ...]) -> Pace:
    return Pace(optimizer, np.array(rates))


@lru_cache(maxsize=8)
def _found_wells(surface: Surface) -> Wells:
    """The minima depend on no rule: one that is tuned finds them there."""
    return Wells(surface, critical_points(surface).attractors)


def _checked_attractor(given: Any) -> Array:
    try:
        points = np.array(given, dtype=float)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or not np.isfinite(points).all():
        raise FieldError("attractors", "Each attractor must be finite points, an array of shape (m, 2).")
    return points


def _refined(
    surface: Surface, optimizer: Optimizer, shape: tuple[int, int], pace: Pace, fused: FusedWalk | None,
    wells: Wells,
) -> Iterator[Basins]:  # fmt: skip
    (ny, nx), known = shape, np.zeros(shape, dtype=bool)
    labels = np.full(shape, TRAVELLING, dtype=np.int16)
    # Cells from which nothing is reached yet, and where they ended.
    going = np.empty(0, dtype=np.intp), np.empty((2, 0))
    order = _by_tiles(shape)
    middles = [low + (np.arange(n) + 0.5) * ((high - low) / n)
               for n, (low, high) in ((nx, surface.x), (ny, surface.y))]  # fmt: skip
    starts = np.stack(np.broadcast_arrays(middles[0], middles[1][:, None])).reshape(2, -1)
    last = float(pace.rates[-1]) if len(pace.rates) else 0.0
    snapshot = _snapshot(surface, optimizer, labels, wells, max(FIRST_IN_BLOCK), last)
    for cell, first in FIRST_IN_BLOCK.items():
        # The block in the last column or row may be too narrow to hold its usual place.
        rows, columns = (np.minimum(np.arange(0, n, cell) + first, n - 1) for n in shape)
        wanted = np.zeros(shape, dtype=bool)
        wanted[np.ix_(rows, columns)] = True
        cells = order[(wanted & ~known).take(order)]
        walk = Walk(surface, optimizer, pace, wells, starts.take(cells, axis=1), fused)
        for _ in walk.rounds():
            yield snapshot
        labels.ravel()[cells] = walk.labels
        ended = [going, *((cells.take(who), ends) for who, ends in walk.ended)]
        going = np.concatenate([who for who, _ in ended]), np.concatenate([end for _, end in ended], axis=1)
        known |= wanted
        wells, going = _match(labels.ravel(), *going, wells)
        picture = labels
        if cell > 1:
            blocks = labels.take(rows.repeat(cell)[:ny], axis=0).take(columns.repeat(cell)[:nx], axis=1)
            picture = np.where(known, labels, blocks)
        snapshot = _snapshot(surface, optimizer, picture, wells, cell, last)
        yield snapshot


def _by_tiles(shape: tuple[int, int]) -> Indices:
    """All cells, those of a small square in a row: they settle at about the same time."""
    ny, nx = shape
    tiles = np.full((-(-ny // TILE) * TILE, -(-nx // TILE) * TILE), -1, dtype=np.intp)
    tiles[:ny, :nx] = np.arange(ny * nx).reshape(shape)
    order = tiles.reshape(-1, TILE, tiles.shape[1] // TILE, TILE).transpose(0, 2, 1, 3).ravel()
    return order if tiles.size == ny * nx else order[order >= 0]


def _snapshot(
    surface: Surface, optimizer: Optimizer, labels: Labels, wells: Wells, cell: int, rate: float
) -> Basins:
    labels = labels.copy()
    for place in np.flatnonzero(_repelled(optimizer, wells, rate)):
        labels[labels == place] = TRAVELLING
    labels.flags.writeable = False
    return Basins(surface, optimizer, labels, wells.middles, wells.reach, cell)


def _repelled(optimizer: Optimizer, wells: Wells, rate: float) -> Any:
    """At which minima the rule cannot settle: with α·λ_max beyond its limit it circles around them for ever.

    Rules that scale their gradient have no such limit, but a jitter of about their learning rate.
    """
    if optimizer.key not in ("gradient_descent", "momentum"):
        return np.zeros(len(wells.middles), dtype=bool)
    with np.errstate(invalid="ignore"):
        sharp = rate * largest_curvature(wells.surface.hessian(wells.middles))
        return np.asarray(sharp > stability_limit(optimizer))


def _match(labels: Labels, cells: Indices, ends: Array, wells: Wells) -> tuple[Wells, tuple[Indices, Array]]:
    """Label the cells whose ends `(2, n)` are within reach of an attractor.

    The wells, with those that the other ends are in; the cells and ends that are in none.
    """

    def unmatched(cells: Indices, ends: Array) -> tuple[Indices, Array]:
        reached = wells.reached(ends.T)
        there = reached >= 0
        labels[cells[there]] = reached[there]
        lost = np.flatnonzero(~there)
        return cells.take(lost), ends.take(lost, axis=1)

    cells, ends = unmatched(cells, ends)
    order = cells.argsort()  # which ends are followed must not hang on when they were found
    found = _minima_near(wells, ends.take(order, axis=1).T)
    if len(found):
        wells = Wells(wells.surface, [*wells.attractors, *found[:, None]])
        cells, ends = unmatched(cells, ends)
    return wells, (cells, ends)


def _minima_near(wells: Wells, ends: Array) -> Array:
    """Strict minima within whose reach some of the ends `(n, 2)` lie: `(m, 2)`."""
    if not len(ends):
        return np.empty((0, 2))
    surface, largest = wells.surface, LARGEST_REACH * wells.surface.size
    _, firsts = np.unique(np.round(ends / largest), axis=0, return_index=True)
    seeds = ends[np.sort(firsts)][:1000]
    points, steepness = seeds, np.zeros(len(seeds))
    for _ in range(40):
        gradient, hessian = surface.gradient(points), surface.hessian(points)
        a, b, d = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
        steepness = np.hypot(*gradient.T)
        with np.errstate(all="ignore"):
            step = np.stack([d, -b, -b, a], axis=1).reshape(-1, 2, 2) @ gradient[:, :, None]
            step = step[:, :, 0] / (a * d - b * b)[:, None]
        points = points - np.clip(np.nan_to_num(step, posinf=0, neginf=0), -largest, largest)
    low, high = np.linalg.eigvalsh(np.nan_to_num(surface.hessian(points))).T
    good = (low > 1e-9 * high) & (steepness <= 1e-8 * (1 + high * surface.size))
    good &= np.abs(points - seeds).max(axis=1) <= 3 * largest
    distinct: list[Array] = []
    for point in points[good]:
        if all(np.abs(point - other).max() > 1e-6 * surface.size for other in [*wells.middles, *distinct]):
            distinct.append(point)
    if not distinct:
        return np.empty((0, 2))
    reached = Wells(surface, [point[None] for point in distinct]).reached(ends)
    return np.array(distinct)[np.unique(reached[reached >= 0])]
