"""Basins of attraction: to which minimum a rule goes from every start of the domain."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.descent import checked_steps, learning_rates
from landscape.errors import FieldError
from landscape.geometry.critical_points import critical_points
from landscape.optimizers import Optimizer
from landscape.schedules import Schedule
from landscape.surface import Array, Surface

DIVERGED, TRAVELLING, UNDEFINED = -1, -2, -3
Labels = NDArray[np.int16]
Indices = NDArray[np.intp]

LARGEST_REACH = 1 / 20  # of the domain's diagonal: about the size of a ball drawn there
FIRST_IN_BLOCK = {8: 5, 4: 1, 2: 1, 1: 0}  # near the middle, and each lattice contains the one before
MOST_CELLS = 4096 * 4096
SOONEST, LATEST = 6, 64  # steps between two looks at who has settled
HERD = 12288  # starts walked together: their arrays stay in the cache
THREADS = 2
PATIENCE = 0.04  # seconds between two chances to give it up


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

    Ends near none of the attractors are followed by Newton's method: a strict minimum found within whose
    reach the end lies, such as one outside the domain, joins `minima` at the end of the list. A line of
    minima, or one at a kink, is only known if it is given.

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
    if attractors is None:
        attractors = critical_points(surface).attractors
    wells = _Wells(surface, [_checked_attractor(points) for points in attractors])
    return _refined(surface, optimizer, (int(shape[0]), int(shape[1])), rates, wells)


def _checked_attractor(given: Any) -> Array:
    try:
        points = np.array(given, dtype=float)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or not np.isfinite(points).all():
        raise FieldError("attractors", "Each attractor must be finite points, an array of shape (m, 2).")
    return points


def _refined(
    surface: Surface, optimizer: Optimizer, shape: tuple[int, int], rates: Array, wells: _Wells
) -> Iterator[Basins]:
    (ny, nx), known = shape, np.zeros(shape, dtype=bool)
    labels = np.full(shape, TRAVELLING, dtype=np.int16)
    ends = np.full((2, *shape), np.nan)  # of those that have reached nothing yet
    middles = [low + (np.arange(n) + 0.5) * ((high - low) / n)
               for n, (low, high) in ((nx, surface.x), (ny, surface.y))]  # fmt: skip
    stop, pool = Event(), ThreadPoolExecutor(THREADS, "basins")
    try:
        snapshot = _snapshot(surface, optimizer, labels, wells, max(FIRST_IN_BLOCK))
        paced = pool.submit(_Pace, optimizer, rates)
        while wait([paced], PATIENCE).not_done:
            yield snapshot
        for cell, first in FIRST_IN_BLOCK.items():
            # The block in the last column or row may be too narrow to hold its usual place.
            rows, columns = (np.minimum(np.arange(0, n, cell) + first, n - 1) for n in shape)
            wanted = np.zeros(shape, dtype=bool)
            wanted[np.ix_(rows, columns)] = True
            iy, ix = np.nonzero(wanted & ~known)
            starts = np.stack([middles[0][ix], middles[1][iy]])
            walk = _Walk(surface, optimizer, paced.result(), wells, starts, stop)
            for _ in walk.rounds(pool):
                yield snapshot
            labels[iy, ix], ends[:, iy, ix] = walk.labels, walk.ends
            known |= wanted
            wells = _match(labels, ends, wells)
            blocks = labels[np.ix_(rows[np.arange(ny) // cell], columns[np.arange(nx) // cell])]
            snapshot = _snapshot(surface, optimizer, np.where(known, labels, blocks), wells, cell)
            yield snapshot
    finally:
        stop.set()
        pool.shutdown()


def _snapshot(surface: Surface, optimizer: Optimizer, labels: Labels, wells: _Wells, cell: int) -> Basins:
    labels = labels.copy()
    labels.flags.writeable = False
    return Basins(surface, optimizer, labels, wells.middles, wells.reach, cell)


def _match(labels: Labels, ends: Array, wells: _Wells) -> _Wells:
    """Label the ends within reach of an attractor; the wells, with those that the other ends are in."""
    iy, ix = np.nonzero(np.isfinite(ends[0]))
    points = ends[:, iy, ix].T
    reached = wells.reached(points)
    found = _minima_near(wells, points[reached < 0])
    if len(found):
        wells = _Wells(wells.surface, [*wells.attractors, *found[:, None]])
        reached = wells.reached(points)
    there = reached >= 0
    iy, ix = iy[there], ix[there]
    labels[iy, ix], ends[:, iy, ix] = reached[there], np.nan
    return wells


def _minima_near(wells: _Wells, ends: Array) -> Array:
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
    reached = _Wells(surface, [point[None] for point in distinct]).reached(ends)
    return np.array(distinct)[np.unique(reached[reached >= 0])]


class _Wells:
    """The attractors with what is around them.

    Attributes
    ----------
    reach : `(k,)`, see `basins`
    floor, rim : `(k,)`, the loss at the bottom, and how much higher it is at least at the reach's edge
    stiffness : `(k,)`, the largest |gradient|/distance inside
    stiffness_by_axis : `(2, k)`, the same of the gradient's components and the larger component of the
        distance, which tells more where a rule moves one coordinate more easily than the other
    """

    def __init__(self, surface: Surface, attractors: Sequence[Array]) -> None:
        self.surface, self.attractors = surface, attractors
        self.points = np.concatenate([np.empty((0, 2)), *attractors])
        self.owner = np.repeat(np.arange(len(attractors)), [len(points) for points in attractors])
        self.middles = np.array([points[len(points) // 2] for points in attractors]).reshape(-1, 2)
        around = np.array([self._around(points) for points in attractors]).reshape(-1, 6).T
        self.reach, self.floor, self.rim, self.stiffness = around[:4]
        self.stiffness_by_axis = around[4:]
        self.middles.flags.writeable = self.reach.flags.writeable = False

    def _around(self, points: Array) -> tuple[float, ...]:
        """Reach, loss at the bottom, height of the rim above it, and stiffness."""
        largest = LARGEST_REACH * self.surface.size
        radii = np.linspace(0, 2 * largest, 17)[1:]
        at, outward, outer = _circles(points, radii, _turns(32))
        slope = (self.surface.gradient(at) * outward).sum(axis=-1)
        falls = (outer & ~(slope >= 0)).any(axis=(0, 2))
        rising = int(falls.argmax()) if falls.any() else len(radii)
        reach = radii[max(rising - 1, 0)] / 2

        radii = reach * np.arange(1, 9) / 8
        at, outward, outer = _circles(points, radii, _turns(32))
        gradient = self.surface.gradient(at)
        pull = np.hypot(gradient[..., 0], gradient[..., 1]) / radii[:, None]
        by_axis = np.abs(gradient) / (radii[:, None] * np.abs(outward).max(axis=-1))[..., None]
        # The lowest place on the rim can lie between two rays, in a narrow valley: zoom in on it.
        turns, width = _turns(32), 2 * np.pi / 32
        for _ in range(3 if len(points) == 1 else 1):
            at, _, outer = _circles(points, radii[-1:], turns)
            rim = np.where(outer, self.surface.value(at), np.inf)
            turns = turns[rim.min(axis=(0, 1)).argmin()] + np.linspace(-width, width, 33)
            width /= 16
        floor = float(self.surface.value(points).max())
        return reach, floor, float(rim.min()) - floor, pull.max(), *by_axis.max(axis=(0, 1, 2))

    @cached_property
    def guide(self) -> tuple[Array, Array, Indices]:
        """A raster, its origin and scale: [iy, ix] is the row of `points` nearest to there, or −1."""
        from scipy.spatial import KDTree

        n, most = 96, self.reach.max()
        low = self.points.min(axis=0) - most
        side = (np.ptp(self.points, axis=0) + 2 * most) / n
        xs, ys = (low + (np.arange(n)[:, None] + 0.5) * side).T
        distance, nearest = KDTree(self.points).query(np.stack(np.meshgrid(xs, ys), axis=-1))
        near = distance <= self.reach[self.owner[nearest]] + np.hypot(*side) / 2
        raster = np.pad(np.where(near, nearest, -1), 1, constant_values=-1)
        return (low - side)[:, None], 1 / side[:, None], raster.astype(np.intp)

    def inside(self, position: Array, loss: Callable[[Array], Array]) -> tuple[Indices, Indices, Array]:
        """Who of `(2, n)` is within reach of an attractor and lower than its rim; which; how high."""
        low, scale, raster = self.guide
        # What is outside the raster is sent to some place in it, and rejected by its distance.
        column, row = ((position - low) * scale).astype(np.intp)
        nearest = raster.take(row * raster.shape[1] + column, mode="clip")
        near = np.flatnonzero(nearest >= 0)
        nearest = nearest.take(near)
        owner = self.owner.take(nearest)
        at = position.take(near, axis=1)
        apart = at - self.points.T.take(nearest, axis=1)
        apart *= apart
        height = loss(at) - self.floor.take(owner)
        good = (apart[0] + apart[1] < self.reach.take(owner) ** 2) & (height < self.rim.take(owner))
        return near[good], owner[good], np.asarray(height[good])

    def reached(self, ends: Array) -> Indices:
        """The attractor that each of `(n, 2)` is within reach of, or −1."""
        from scipy.spatial import KDTree

        if not len(ends) or not len(self.points):
            return np.full(len(ends), -1)
        distance, nearest = KDTree(self.points).query(ends)
        owner = self.owner[nearest]
        return np.where(distance < self.reach[owner], owner, -1)


def _turns(count: int) -> Array:
    return np.linspace(0, 2 * np.pi, count, endpoint=False)


def _circles(points: Array, radii: Array, turns: Array) -> tuple[Array, Array, Any]:
    """Circles around points `(m, 2)`: places `(m, radii, turns, 2)`, their directions, and which are outer.

    Along a line, the circles of its points overlap: the outer places are no nearer to any other point.
    """
    from scipy.spatial import KDTree

    outward = np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    at = points[:, None, None] + radii[:, None, None] * outward
    if len(points) == 1:
        return at, outward, np.ones(at.shape[:-1], dtype=bool)
    tree = KDTree(points)
    gap = tree.query(points, k=2)[0].max()  # circles smaller than that do not overlap: they tell nothing
    return at, outward, (tree.query(at)[0] >= 0.99 * radii[:, None]) & (radii[:, None] > gap)


@dataclass
class _Herd:
    """Starts that walk together: who they are, where they are `(2, n)`, and their rule's memory."""

    who: Indices
    position: Array
    state: Any

    def only(self, kept: Indices) -> _Herd:
        return _Herd(self.who[kept], self.position.take(kept, axis=1),
                     _each(lambda leaf: leaf.take(kept, axis=1), self.state))  # fmt: skip

    def with_other(self, other: _Herd) -> _Herd:
        def join(a: Any, b: Any) -> Any:
            return np.concatenate([a, b], axis=-1)

        return _Herd(join(self.who, other.who), join(self.position, other.position),
                     _each(join, self.state, other.state))  # fmt: skip


def _each(change: Any, state: Any, *others: Any) -> Any:
    """The rule's memory with its arrays changed; its plain numbers, such as steps taken, are common."""
    return type(state)(*(change(*leaves) if np.ndim(leaves[0]) else leaves[0]
                         for leaves in zip(state, *others, strict=True)))  # fmt: skip


class _Pace:
    """When to look who has settled, and how a rule's moves change by themselves until the last step.

    At step `looks[j]`, a push of the gradient moves a start at once, and `echo[j]` times as far one step
    later (β for momentum). The same push would move it up to `growth[j]` times as far by the last step: the
    mean square of Adam and RMSProp fades, and the schedule may rise. Neither depends on the path, so one
    walker for each look tells.
    """

    def __init__(self, optimizer: Optimizer, rates: Array) -> None:
        self.rates, self.looks = rates, [0]
        # To look costs as much as a few steps: more rarely later, few steps are walked in vain.
        while self.looks[-1] < len(rates):
            stride = min(max(SOONEST, self.looks[-1] // 4), LATEST)
            self.looks.append(min(self.looks[-1] + stride, len(rates)))
        looks, rest = np.array(self.looks), np.zeros(len(self.looks))
        self.echo, response = rest.copy(), rest.copy()

        def after(push: Any, state: Any) -> Any:
            return optimizer.update(rest + push, state, rest, optimizer.learning_rate)

        with np.errstate(all="ignore"):
            state = optimizer.init(rest)
            for j, k in enumerate(self.looks):
                (coast, coasting), (moved, pushed) = after(0, state), after(1, state)
                response[j] = (coast - moved)[j]
                self.echo[j] = (after(0, coasting)[0] - after(0, pushed)[0])[j]
                strong = np.where(k < looks, 1e6, 0)  # pushes until its look, then none
                for _ in range(k, self.looks[min(j + 1, len(looks) - 1)]):
                    _, state = after(strong, state)
            self.echo /= response
            highest = np.maximum.accumulate(rates[::-1])[::-1]
            self.growth = np.maximum((coast - moved) / response, 1)
            self.growth[:-1] *= (highest / rates)[looks[:-1]]


class _Walk:
    """Walks starts `(2, n)` to their ends, all in step; who is sure to stay where it is stops early.

    Attributes
    ----------
    labels : `(n,)`
    ends : `(2, n)`; nan for whom the label says it all
    """

    def __init__(
        self, surface: Surface, optimizer: Optimizer, pace: _Pace, wells: _Wells, starts: Array, stop: Event
    ) -> None:
        self.surface, self.optimizer, self.pace = surface, optimizer, pace
        self.wells, self.starts, self.stop = wells, starts, stop
        self.labels = np.full(starts.shape[1], TRAVELLING, dtype=np.int16)
        self.ends = np.full(starts.shape, np.nan)
        self.values = tuple(map(np.float64, surface.values))
        # A loss may be undefined where its slope is not: such a formula is looked at in every step.
        self.careful = (
            not surface.expression.syntax.fold(_DefinedEverywhere())
            or getattr(optimizer, "epsilon", None) == 0
        )
        with np.errstate(all="ignore"):
            pulls, _ = optimizer.update(0 * starts, optimizer.init(starts), starts)
        self.may_settle = not pulls.any() and len(wells.points) > 0

    def rounds(self, pool: ThreadPoolExecutor) -> Iterator[None]:
        """Walk from look to look; yields now and then, so that it can be given up."""
        everyone = np.arange(self.starts.shape[1])
        count = -(-len(everyone) // HERD)
        herds = []
        for part in (everyone[k::count] for k in range(count)):  # dealt out like cards, for equal work
            starts = self.starts[:, part]
            herds.append(_Herd(part, starts, self.optimizer.init(starts)))
        yielded = time.monotonic()
        for look in range(1, len(self.pace.looks)):
            if len(herds) > 1:
                walking = [pool.submit(self._on, herd, look) for herd in herds]
                while wait(walking, PATIENCE).not_done:
                    yield
                    yielded = time.monotonic()
                herds = [future.result() for future in walking]
            else:  # two threads would only wait for each other between its short calls
                herds = [self._on(herd, look) for herd in herds]
            herds = _gathered([herd for herd in herds if len(herd.who)])
            if time.monotonic() > yielded + PATIENCE:
                yield
                yielded = time.monotonic()
        with np.errstate(all="ignore"):
            for herd in herds:
                self._examine(herd, self._gradient(herd.position), herd.position)
                fine = np.isfinite(herd.position).all(axis=0)
                self.ends[:, herd.who[fine]] = herd.position[:, fine]

    def _on(self, herd: _Herd, look: int) -> _Herd:
        """Walk a herd on to a look; the herd without those whose end is known then."""
        with np.errstate(all="ignore"):
            for k in range(self.pace.looks[look - 1], self.pace.looks[look]):
                if self.stop.is_set():
                    break
                self._step(herd, k)
            finite = np.isfinite(herd.position[0] + herd.position[1])
            lost = herd.who[~finite]
            self.labels[lost[self.labels[lost] == TRAVELLING]] = DIVERGED
            if self.may_settle and look + 1 < len(self.pace.looks):
                settled, labels = self._settled(herd, look)
                self.labels[herd.who[settled]] = labels
                finite[settled] = False
            return herd if finite.all() else herd.only(np.flatnonzero(finite))

    def _gradient(self, position: Array) -> Array:
        gradient = np.empty_like(position)
        gradient[0], gradient[1] = self.surface.expression.gradient(*position, *self.values)
        return gradient

    def _loss(self, position: Array) -> Array:
        return np.broadcast_to(self.surface.expression.value(*position, *self.values), position[0].shape)

    def _step(self, herd: _Herd, k: int) -> None:
        gradient = self._gradient(herd.position)
        step, herd.state = self.optimizer.update(gradient, herd.state, herd.position, self.pace.rates[k])
        if self.careful:
            self._examine(herd, gradient, step)
        herd.position = herd.position + step

    def _examine(self, herd: _Herd, gradient: Array, step: Array) -> None:
        """Stop those that are on no good ground, or whose rule knows no next step."""
        loss = self._loss(herd.position)
        good = np.isfinite(loss) & np.isfinite(gradient).all(axis=0) & ~np.isnan(step).any(axis=0)
        if good.all():
            return
        ended = np.flatnonzero(~good & np.isfinite(herd.position).all(axis=0))
        who, position = herd.who[ended], herd.position[:, ended]
        # Far outside, an overflow of the loss is still the way to infinity and not a hole.
        far = (np.abs(position).max(axis=0) > 1e6 * self.surface.size) | (not self.careful)
        self.labels[who] = np.where(far, DIVERGED, UNDEFINED)
        # The point of a kink has a loss but no slope: whoever hits it may have reached a minimum.
        self.ends[:, who] = np.where(np.isfinite(loss[ended]) & ~far, position, np.nan)
        herd.position = herd.position.copy()
        herd.position[:, ended] = np.nan

    def _settled(self, herd: _Herd, look: int) -> tuple[Indices, Indices]:
        """Who cannot leave the reach of a minimum any more, and the minimum.

        Near a minimum every rule here moves like a ball with friction, in each coordinate: how far a push
        of the gradient still moves it one step later is 1/mass, and without a gradient it would coast. Its
        energy, loss and ½·mass·coast², only decreases while the mass stays as it is. In finite steps it
        swings around that, by (2+s)/(2−s) at most, where s² is stiffness × response. Gradient descent is
        stable up to s² = 2, momentum up to 2(1+β). Where a rule's mass changes by itself, the worst until
        the last step is taken.
        """
        echo, growth = self.pace.echo[look], self.pace.growth[look]
        near, owner, height = self.wells.inside(herd.position, self._loss)
        at, rate = herd.position.take(near, axis=1), self.pace.rates[self.pace.looks[look]]
        state = _each(lambda leaf: leaf.take(near, axis=1), herd.state)
        push = self._gradient(at)
        coast, _ = self.optimizer.update(np.zeros_like(at), state, at, rate)
        moved, _ = self.optimizer.update(push, state, at, rate)
        response = (coast - moved) / push * growth
        kinetic = coast * coast / response * (growth * growth / (2 * echo))
        kinetic[coast == 0] = 0
        square = np.minimum(
            np.maximum(*(response * self.wells.stiffness_by_axis.take(owner, axis=1))),
            np.maximum(*response) * self.wells.stiffness.take(owner),
        )
        swing = (2 + np.sqrt(square)) / (2 - np.sqrt(square))
        energy = height + kinetic[0] + kinetic[1]
        sure = (square < 1.75 * (1 + echo)) & (np.minimum(*response) > 0) & (np.minimum(*kinetic) >= 0)
        sure &= energy * swing < self.wells.rim.take(owner)
        return near[sure], owner[sure]


def _gathered(herds: list[_Herd]) -> list[_Herd]:
    """Herds that have become small go on together: each costs a step's calls, however small it is."""
    gathered: list[_Herd] = []
    for herd in herds:
        if gathered and len(gathered[-1].who) + len(herd.who) <= HERD:
            gathered[-1] = gathered[-1].with_other(herd)
        else:
            gathered.append(herd)
    return gathered


class _DefinedEverywhere:
    """Whether a formula has a value and a slope everywhere, short of overflow; an `Algebra` of booleans."""

    TOTAL = frozenset({"sin", "cos", "atan", "sinh", "cosh", "tanh", "exp", "sigmoid", "abs", "min", "max"})

    def number(self, text: str, value: float) -> bool:
        return True

    def constant(self, name: str) -> bool:
        return True

    def name(self, name: str) -> bool:
        return True

    def negate(self, a: bool) -> bool:
        return a

    def combine(
        self, operation: type[ast.operator], a: bool, b: bool, right: float | None, result: float | None
    ) -> bool:
        if operation is ast.Div:
            return a and right is not None
        if operation is ast.Pow:
            return a and right is not None and right >= 0 and right == int(right)
        return a and b

    def call(self, name: str, arguments: list[bool], result: float | None) -> bool:
        return result is not None or (name in self.TOTAL and all(arguments))

    def is_sound(self, value: bool) -> bool:
        return True
