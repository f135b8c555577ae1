"""Every critical point of a surface in its domain, classified, with a check that none is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, overload

import numpy as np

from landscape.geometry.critical_lines import Line
from landscape.geometry.degenerate import Cluster, beside_flat, clusters, is_lowest, polished
from landscape.geometry.enclosure import derivatives
from landscape.geometry.isolation import Isolation, isolate
from landscape.geometry.winding import Winding, rectangle, winding
from landscape.numerals import numeral, pair
from landscape.surface import Array, Surface

Kind = Literal["minimum", "maximum", "saddle", "degenerate"]
ORDER: tuple[Kind, ...] = ("minimum", "saddle", "maximum", "degenerate")
PLURALS = {"minimum": "minima", "maximum": "maxima", "saddle": "saddles", "degenerate": "degenerate points"}
MARGIN = 1e-9  # of the sides: a point on the very edge belongs to the domain


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """A point at which the gradient vanishes.

    Attributes
    ----------
    position : `(2,)`
    eigenvalues : `(2,)`, of the Hessian, the smaller first
    eigenvectors : `(2, 2)`, their directions as columns
    kind : a saddle has eigenvalues of both signs; degenerate is where one vanishes
    index : winding number of ∇f around it: +1 around minima and maxima, −1 around saddles
    is_lowest : whether every loss right around it is higher, as at a minimum
    """

    position: Array
    loss: float
    eigenvalues: Array
    eigenvectors: Array
    kind: Kind
    index: int
    is_lowest: bool


@dataclass(frozen=True, eq=False)
class Singularity:
    """A place that acts as a critical point although ∇f does not exist there: a kink's tip, or a pole.

    `index` and `is_lowest` are as for a critical point.
    """

    position: Array
    loss: float
    kind: Literal["kink", "pole"]
    index: int
    is_lowest: bool


@dataclass(frozen=True, eq=False)
class CriticalPoints(Sequence[CriticalPoint]):
    """The critical points of a surface, a sequence sorted by kind and loss; arrays are read-only.

    Attributes
    ----------
    lines : whole lines of critical points, which are not in the sequence
    singularities : kinks and poles that act like critical points, which are not in the sequence either
    flat_share : share of the domain in which the gradient is exactly zero
    turning : the winding number of ∇f along the domain's edge, or why there is none
    proven : whether every other place of the domain was excluded by interval arithmetic
    doubtful : `(n, 2)`, where that was not possible
    searching : whether more may come
    """

    surface: Surface
    points: tuple[CriticalPoint, ...] = ()
    lines: tuple[Line, ...] = ()
    singularities: tuple[Singularity, ...] = ()
    flat_share: float = 0.0
    turning: Winding = field(default_factory=lambda: Winding(None))
    proven: bool = False
    doubtful: Array = field(default_factory=lambda: np.empty((0, 2)))
    searching: bool = False

    @overload
    def __getitem__(self, place: int) -> CriticalPoint: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[CriticalPoint, ...]: ...
    def __getitem__(self, place: int | slice) -> CriticalPoint | tuple[CriticalPoint, ...]:
        return self.points[place]

    def __len__(self) -> int:
        return len(self.points)

    def of(self, kind: Kind) -> tuple[CriticalPoint, ...]:
        """Those of one kind."""
        return tuple(point for point in self.points if point.kind == kind)

    @property
    def index_sum(self) -> int:
        """The sum of all indices found, kinks and poles included; a closed line counts 0."""
        return sum(p.index for p in self.points) + sum(s.index for s in self.singularities)

    @property
    def winding_number(self) -> int | None:
        """How often ∇f turns round along the domain's edge; None where it cannot be told."""
        return self.turning.number

    @property
    def complete(self) -> bool:
        """Whether nothing is missing: all else is excluded, and the sum agrees with the edge."""
        return self.proven and self._countable and self.winding_number == self.index_sum

    @property
    def _countable(self) -> bool:
        """Whether all that was found has an index that is known: flats and open lines have not."""
        closed = all(line.closed and line.kind in ("minimum", "maximum") for line in self.lines)
        return closed and not self.flat_share

    @cached_property
    def minima(self) -> Array:
        """Isolated places without a lower loss around, kinks included: `(k, 2)`, the deepest first."""
        found: list[CriticalPoint | Singularity] = [*self.points, *self.singularities]
        lowest = sorted((p for p in found if p.is_lowest), key=lambda p: p.loss)
        places = np.array([p.position for p in lowest]).reshape(-1, 2)
        places.flags.writeable = False
        return places

    @property
    def attractors(self) -> tuple[Array, ...]:
        """What a descent can end at, each `(m, 2)`: minima, then lines of minima as points along them."""
        lines = [line.points for line in self.lines if line.is_lowest]
        return (*(place[None] for place in self.minima), *lines)

    def sentence(self) -> str:
        """The check in words: "4 minima + 1 maximum − 4 saddles = 1, expected 1 ✓"."""
        if self.searching:
            return f"{self._sum()} so far, searching …"
        return f"{self._sum()}{self._verdict()}"

    def _sum(self) -> str:
        terms = []
        for kind in ("minimum", "maximum", "saddle"):
            if count := len(self.of(kind)):
                sign = "−" if kind == "saddle" else "+"
                terms.append((sign, f"{count} {kind if count == 1 else PLURALS[kind]}"))
        others: list[CriticalPoint | Singularity] = [*self.of("degenerate"), *self.singularities]
        for place in others:
            sign, size = ("−" if place.index < 0 else "+"), abs(place.index)
            terms.append((sign, f"{size} ({place.kind})"))
        if not terms:
            return "no isolated critical point found"
        text = "".join(f" {sign} {term}" for sign, term in terms)
        return text.removeprefix(" + ").lstrip() + f" = {numeral(self.index_sum)}"

    def _verdict(self) -> str:
        also = ""
        if self.lines:
            plural = "s" * (len(self.lines) > 1)
            also += f"; {len(self.lines)} whole line{plural} of critical points"
        if self.flat_share:
            also += f"; flat on {numeral(100 * self.flat_share, 2)} % of the domain"
        rest = "every other place is excluded" if self.proven else "some places could not be excluded"
        if self.turning.number is None:
            why = _NO_CHECK.get(self.turning.reason, "the edge was not followed")
            where = f" at {pair(self.turning.place, 3)}" if self.turning.place else ""
            return f"{also}. No check by the edge: {why}{where}; {rest}."
        expected = numeral(self.turning.number)
        if self.complete:
            return f", expected {expected} ✓{also}"
        if not self._countable:
            return f"{also}. No check by the edge: what is not a point has no index here; {rest}."
        missing = abs(self.turning.number - self.index_sum)
        if missing:
            count = "one is" if missing == 1 else f"at least {missing} are"
            return f", expected {expected}: {count} missing{also}"
        return f", expected {expected}, but {rest}{also}"


_NO_CHECK = {
    "zero": "the gradient vanishes on the edge",
    "undefined": "the loss is not defined on all of the edge",
    "kink": "the slope jumps on the edge",
}


def critical_points(surface: Surface) -> CriticalPoints:
    """Every isolated critical point in the domain, proved complete where that is possible.

    Branch and prune with interval arithmetic (`isolation`), then the index check of Poincaré and Hopf.
    Positions are exact to rounding. Points on the edge belong to the domain.

    >>> from landscape import surfaces
    >>> found = critical_points(surfaces["himmelblau"])
    >>> found.sentence()
    '4 minima + 1 maximum − 4 saddles = 1, expected 1 ✓'
    >>> found[3].kind, found[3].position.round(6).tolist(), found[3].eigenvalues.round(6).tolist()
    ('minimum', [3.584428, -1.848127], [28.690677, 105.418908])
    """
    low, high, margin = _rectangle(surface)
    *_, state = isolate(surface, low - margin, high + margin)
    return _assembled(surface, state, low, high)


def finding_critical_points(surface: Surface) -> Iterator[CriticalPoints]:
    """As `critical_points`, but shows them as they come; the last is the whole of it."""
    low, high, margin = _rectangle(surface)
    shown = CriticalPoints(surface, searching=True)
    for state in isolate(surface, low - margin, high + margin):
        if len(state.points) > 1.25 * len(shown):
            shown = CriticalPoints(surface, _classified(surface, state.points), searching=True)
        yield shown
    yield _assembled(surface, state, low, high)


def _rectangle(surface: Surface) -> tuple[Array, Array, Array]:
    """The domain's corners, and how far beyond its edges is searched."""
    low, high = np.array([surface.x[0], surface.y[0]]), np.array([surface.x[1], surface.y[1]])
    return low, high, MARGIN * (high - low)


def _assembled(surface: Surface, state: Isolation, low: Array, high: Array) -> CriticalPoints:
    sides = high - low
    points = list(_classified(surface, state.points))
    singular: list[Singularity] = []
    doubtful = [*state.undecided] if state.finished else [*state.undecided, *state.low[:1]]
    for cluster in clusters(surface, state, sides) if state.finished else ():
        if cluster.index is None:
            doubtful.append(cluster.centre)
        elif not cluster.rough:
            degenerate = _degenerate(surface, cluster, sides)
            if degenerate is None:
                doubtful.append(cluster.centre)
            else:
                points.append(degenerate)
        elif found := _singularity(surface, cluster, sides):
            singular.append(found)

    def inside(place: Any) -> bool:
        return bool((np.abs(place.position - (low + high) / 2) <= sides * (0.5 + MARGIN)).all())

    points = sorted(filter(inside, points), key=lambda p: (ORDER.index(p.kind), p.loss, *p.position))
    margin = MARGIN * sides
    turning = winding(surface, rectangle(low - margin, high + margin))
    edges_of_flats = [
        len(state.flat_low) and np.mean([beside_flat(p, state, sides / 100) for p in line.points]) > 0.5
        for line in state.lines
    ]
    lines = tuple(line for line, edge in zip(state.lines, edges_of_flats, strict=True) if not edge)
    flat = float((state.flat_high - state.flat_low).prod(axis=1).sum() / sides.prod())
    return CriticalPoints(
        surface, tuple(points), lines, tuple(filter(inside, singular)), min(flat, 1.0), turning,
        not doubtful, np.array(doubtful).reshape(-1, 2),
    )  # fmt: skip


def _classified(surface: Surface, places: Array) -> tuple[CriticalPoint, ...]:
    """Points whose Hessian was proved to be regular, so that signs of its eigenvalues tell the kind."""
    sides = np.array([surface.x[1] - surface.x[0], surface.y[1] - surface.y[0]])
    places = np.where(np.abs(places) < 1e-14 * sides, 0.0, places)  # no digit of it is certain
    losses, _, hessians = derivatives(surface, places)
    values, vectors = np.linalg.eigh(hessians)
    found = []
    for place, loss, value, vector in zip(places, losses, values, vectors, strict=True):
        kind: Kind = "minimum" if value[0] > 0 else "maximum" if value[1] < 0 else "saddle"
        index = -1 if kind == "saddle" else 1
        # A loss of 0 comes out as what the rounding of the position makes of it.
        rounding = (
            64 * np.abs(value).max() * (np.finfo(float).eps * max(float(np.abs(place).max()), 1e-300)) ** 2
        )
        loss = 0.0 if abs(loss) <= rounding else loss
        found.append(_point(place, loss, value, vector, kind, index, kind == "minimum"))
    return tuple(found)


def _point(
    place: Array, loss: float, values: Array, vectors: Array, kind: Kind, index: int, is_lowest: bool
) -> CriticalPoint:
    place, values, vectors = place + 0.0, values.copy(), vectors.copy()  # a −0 would only look odd
    for array in (place, values, vectors):
        array.flags.writeable = False
    return CriticalPoint(place, float(loss), values, vectors, kind, index, is_lowest)


def _singularity(surface: Surface, cluster: Cluster, sides: Array) -> Singularity | None:
    """A kink or a pole that acts like a critical point; None if the gradient only passes through."""
    loss = float(surface.value(cluster.centre))
    kind: Literal["kink", "pole"] = "kink" if np.isfinite(loss) and not cluster.torn else "pole"
    if not cluster.index:
        return None
    lowest = kind == "kink" and is_lowest(surface, cluster.centre, cluster, sides)
    cluster.centre.flags.writeable = False
    return Singularity(cluster.centre, loss, kind, cluster.index, lowest)


def _degenerate(surface: Surface, cluster: Cluster, sides: Array) -> CriticalPoint | None:
    """A degenerate point, None if there is more than one point in the cluster, or none can be made out."""
    assert cluster.index is not None
    found = polished(surface, cluster, sides)
    if found is None or found.regular:
        return None
    losses, _, hessians = derivatives(surface, found.place[None])
    values, vectors = np.linalg.eigh(hessians[0])
    lowest = is_lowest(surface, found.place, cluster, sides)
    return _point(found.place, losses[0], values, vectors, "degenerate", cluster.index, lowest)
