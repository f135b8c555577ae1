"""What is measured of a whole path, for its `reasons`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from landscape.descent import Path
from landscape.geometry.critical_points import CriticalPoints
from landscape.geometry.escape import Escape, escape
from landscape.geometry.plateaus import Plateaus
from landscape.geometry.stability import largest_curvature, sharpness, stability_limit
from landscape.numerals import numeral, pair
from landscape.remarks import WINDOW
from landscape.surface import Array

LOST = 0.05  # of all steps, and `FEWEST`: what took less did not cost the path its time
FEWEST = 5
AT_REST = 0.02  # of the domain's size, and `APART` of the way to the next critical point: in this minimum
APART = 0.3
GREW = 2.0  # times as much: a rise that can be seen
MOVING = 1e-3  # of all that there was to move: less is as good as at rest
TINY = 1e-9  # of what it is measured against: rounding
CLOSE = 0.9  # of the limit: "just under" it
Found = tuple[str, int, int] | None  # a sentence, and the first and last step that it speaks of
SCALED = {"rmsprop": "√s", "adagrad": "√s", "adam": "√v̂", "adamw": "√v̂"}  # rules that divide, and by what


@dataclass(frozen=True)
class Facts:
    """What is measured of a path, up to its last position; `last` is that step."""

    path: Path
    critical: CriticalPoints | None
    plateaus: Plateaus | None

    @cached_property
    def last(self) -> int:
        """The last step with a position."""
        return self.path.last

    @cached_property
    def points(self) -> Array:
        """Positions: `(last+1, 2)`."""
        return self.path.points[: self.last + 1]

    @cached_property
    def losses(self) -> Array:
        """Losses: `(last+1,)`."""
        return self.path.losses[: self.last + 1]

    @cached_property
    def moves(self) -> Array:
        """Steps: `(last, 2)`."""
        return np.diff(self.points, axis=0)

    @cached_property
    def lengths(self) -> Array:
        """Their lengths: `(last,)`."""
        return np.hypot(*self.moves.T)

    @cached_property
    def slopes(self) -> Array:
        """‖∇f‖ where each step begins: `(last,)`."""
        return np.hypot(*self.path.gradients[: self.last].T)

    @cached_property
    def rates(self) -> Array:
        """Learning rates: `(last,)`."""
        return self.path.learning_rates[: self.last]

    @cached_property
    def sharpness(self) -> Array:
        """α·λ₁, of the scaled Hessian for rules that scale: `(last,)`."""
        return sharpness(self.path)[: self.last]

    @cached_property
    def limit(self) -> float:
        """What α·λ₁ must stay below."""
        return stability_limit(self.path.optimizer)

    @property
    def scales(self) -> str:
        """By what the rule divides its step; empty if by nothing."""
        return SCALED.get(self.path.optimizer.key, "")

    def beside_limit(self, sharpness: float) -> str:
        """An α·λ₁ against the rule's limit, in words."""
        share = sharpness / self.limit
        verdict = "above the" if share > 1 else "just under the" if share >= CLOSE else "below the"
        name = "scaled αλ₁" if self.scales else "αλ₁"
        digits = 3 if abs(share - 1) > 0.01 else 5
        return f"{name} = {numeral(sharpness, digits)}, {verdict} limit {numeral(self.limit, 3)}"

    def bend(self, first: int, last: int, axis: int) -> float:
        """α times the curvature along a coordinate, scaled as the rule scales: the median of a stretch."""
        among = slice(first, last)
        hessians = self.path.surface.hessian(self.points[among])
        largest = largest_curvature(hessians)
        with np.errstate(all="ignore"):
            share = hessians[:, axis, axis] / np.where(largest == 0, np.nan, largest)
            bent = np.nan_to_num(share * self.sharpness[among])
        return float(np.median(bent)) if len(bent) else 0.0

    def place(self, point: Array) -> str:
        """A point in words, no finer than can be seen."""
        return pair(np.where(np.abs(point) < 1e-6 * self.path.surface.size, 0.0, point), 3)

    @property
    def noisy(self) -> bool:
        """Whether noise was added."""
        return bool(self.path.noise.any())

    @cached_property
    def enough(self) -> int:
        """Steps that count as lost time."""
        return max(FEWEST, round(LOST * self.last))

    @cached_property
    def tail(self) -> int:
        """Steps at the end over which its rest is judged."""
        return min(max(WINDOW, self.last // 5), self.last)

    @cached_property
    def passage(self) -> Escape | None:
        """Its passage of a saddle."""
        return escape(self.path, self.critical) if self.critical is not None else None

    @cached_property
    def goal(self) -> tuple[Array, bool] | None:
        """The minimum (or the place on a line of minima) nearest to the end; whether it is a line's."""
        if self.critical is None:
            return None
        best, whole, nearest = self.points[-1], False, np.inf
        lines = self.critical.attractors[len(self.critical.minima) :]
        for places in (self.critical.minima, *lines):
            apart = np.hypot(*(places - self.points[-1]).T)
            if len(apart) and apart.min() < nearest:
                best, whole, nearest = places[apart.argmin()], places is not self.critical.minima, apart.min()
        return None if nearest == np.inf else (best, whole)

    @cached_property
    def distances(self) -> Array:
        """From that minimum: `(last+1,)`; inf where none is known."""
        if self.goal is None:
            return np.full(self.last + 1, np.inf)
        return np.hypot(*(self.points - self.goal[0]).T)

    @cached_property
    def arrived(self) -> int | None:
        """The step from which on it stays in that minimum."""
        if self.goal is None or self.critical is None:
            return None
        near, (place, whole) = AT_REST * self.path.surface.size, self.goal
        others = np.reshape([point.position for point in self.critical], (-1, 2))
        apart = np.hypot(*(others - place).T)
        near = near if whole else min([near, *(APART * apart[apart > TINY * near])])
        away = np.flatnonzero(self.distances > near)
        first = int(away[-1]) + 1 if len(away) else 0
        return first if first <= self.last else None


def runs(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Where a mask is true: `(n, 2)`, the first index of each run and the one after its last.

    >>> runs(np.array([True, False, True, True])).tolist()
    [[0, 1], [2, 4]]
    """
    padded = np.concatenate([[False], mask, [False]])
    return np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2)


def longest(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """The longest run of a mask; (0, 0) if there is none.

    >>> longest(np.array([True, False, True, True]))
    (2, 4)
    """
    found = runs(mask)
    if not len(found):
        return 0, 0
    first, after = found[(found[:, 1] - found[:, 0]).argmax()]
    return int(first), int(after)
