"""One upright axis of the parallel coordinates: its values, its ticks, and stretches of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gui.tune.axis_ticks import axis_ticks, value_text
from gui.views.ticks import ticks
from landscape.numerals import numeral
from landscape.tuning.selection import SCORE, Columns
from landscape.tuning.space import Dimension

STEP = 0.02  # of an axis: how far a key goes
SPREAD = 0.5  # of a value's cell: where trials that share it are drawn
GOLDEN = 0.5 * (math.sqrt(5) - 1)  # its multiples are spread evenly, however many there are
SCALES = {"linear": "", "log": "log", "log of 1-x": "log 1−β", "powers of 2": "2ⁿ"}
Stretch = tuple[float, float]


@dataclass(frozen=True)
class UprightAxis:
    """A hyperparameter, or the score where there is no `dimension`.

    Shares are places from 0 at the low end to 1 at the high end; values are what brushes are made of:
    places of a hyperparameter, scores from `low` to `high`.
    """

    name: str
    dimension: Dimension | None = None
    low: float = 0.0
    high: float = 1.0
    flipped: bool = False

    @property
    def title(self) -> str:
        """Its name in full."""
        return "accuracy" if self.dimension is None else self.dimension.kind.title

    @property
    def symbol(self) -> str:
        """Its name where room is short."""
        return "accuracy" if self.dimension is None else self.dimension.kind.symbol

    @property
    def scale(self) -> str:
        """What is said of its scale; nothing of a linear one or a choice."""
        plain = self.dimension is None or self.dimension.choices
        return "" if plain or self.dimension is None else SCALES[self.dimension.scale]

    @cached_property
    def cells(self) -> Any:
        """Where each value's cell begins and the last one ends, of an axis that has separate values."""
        dimension = self.dimension
        if dimension is None or dimension.count is None:
            return None
        if dimension.whole and dimension.scale == "log":
            halves = np.log(dimension.low - 0.5 + np.arange(dimension.count + 1))
            return (halves - halves[0]) / (halves[-1] - halves[0])
        return np.linspace(0, 1, dimension.count + 1)

    def shares(self, values: Any) -> Any:
        """How far along the axis values are."""
        return (np.asarray(values) - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The value there; the ends are exact."""
        share = min(max(share, 0.0), 1.0)
        return float(self.low * (1 - share) + self.high * share)

    def spread(self, columns: Columns) -> Any:
        """The share of each trial, `(trials,)`; those with the same value lie side by side in its cell."""
        shares = self.shares(columns.place(self.name))
        if self.cells is None:
            return shares
        cell = (np.searchsorted(self.cells, shares, "right") - 1).clip(0, len(self.cells) - 2)
        beside = (columns.number + 1) * GOLDEN % 1 - 0.5
        return shares + SPREAD * beside * np.diff(self.cells)[cell]

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Shares and what is written there."""
        if self.dimension is not None:
            return axis_ticks(self.dimension, most)
        levels = ticks(self.low, self.high, most)
        return [(float(self.shares(level)), numeral(level, 3)) for level in levels]

    def words(self, stretch: Stretch) -> str:
        """A stretch in words: its two ends, or of separate values those that lie in it."""
        low, high = stretch
        dimension = self.dimension
        if dimension is None:
            ends = [numeral(low, 3), numeral(high, 3)]
        elif self.cells is None:
            ends = [value_text(dimension.value(low)), value_text(dimension.value(high))]
        else:
            values = [dimension.value(place) for place in ((self.cells[:-1] + self.cells[1:]) / 2).tolist()]
            ends = [value_text(value) for value in values if low <= dimension.place(value) <= high]
        if not ends:
            return "none"
        return ends[0] if ends[0] == ends[-1] else f"{ends[0]} to {ends[-1]}"

    def between(self, one: float, other: float) -> Stretch:
        """The stretch between two shares, made larger to whole cells."""
        low, high = sorted((min(max(one, 0.0), 1.0), min(max(other, 0.0), 1.0)))
        if self.cells is not None:
            first, last = self._cells_in(low, high)
            low, high = self.cells[first], self.cells[last]
        return self.value(float(low)), self.value(float(high))

    def moved(self, stretch: Stretch, by: float) -> Stretch:
        """The stretch, shifted by a share, as far as the axis goes."""
        low, high = (float(share) for share in self.shares(stretch).clip(0, 1))
        if self.cells is None:
            by = min(max(by, -low), 1 - high)
            return self.value(low + by), self.value(high + by)
        first, last = self._cells_in(low, high)
        there = int(np.abs(self.cells - (low + by)).argmin()) - first
        there = min(max(there, -first), len(self.cells) - 1 - last)
        return self.value(self.cells[first + there]), self.value(self.cells[last + there])

    def nudged(self, stretch: Stretch, steps: int, resize: bool) -> Stretch:
        """The stretch, or its high end only, so many steps or cells further."""
        low, high = (float(share) for share in self.shares(stretch).clip(0, 1))
        if self.cells is None:
            if resize:
                return self.value(low), self.value(max(high + steps * STEP, min(low + STEP, 1.0)))
            return self.moved(stretch, steps * STEP)
        first, last = self._cells_in(low, high)
        most = len(self.cells) - 1
        steps = min(max(steps, first + 1 - last if resize else -first), most - last)
        first += 0 if resize else steps
        return self.value(self.cells[first]), self.value(self.cells[last + steps])

    def mirrored(self, stretch: Stretch) -> Stretch:
        """The stretch as it would be if the axis ran the other way; cells are taken to be alike."""
        low, high = (1 - float(share) for share in self.shares(stretch).clip(0, 1))
        return self.value(high), self.value(low)

    def _cells_in(self, low: float, high: float) -> tuple[int, int]:
        """Before which cell a stretch of shares begins, and before which one it ends; at least one."""
        first = int(np.searchsorted(self.cells, low + 1e-9, "right")) - 1
        first = min(max(first, 0), len(self.cells) - 2)
        return first, max(int(np.searchsorted(self.cells, high - 1e-9, "left")), first + 1)


def axis_words(axis: UprightAxis) -> str:
    """An axis' name, symbol and scale."""
    scale = {"log 1−β": "log of 1 − β", "2ⁿ": "powers of 2"}.get(axis.scale, axis.scale)
    symbol = "" if axis.symbol in axis.title or len(axis.symbol) > 2 else f" {axis.symbol}"
    return f"{axis.title}{symbol}" + (f" ({scale})" if scale else "")


def upright_axes(columns: Columns) -> dict[str, UprightAxis]:
    """The axes by name, the score last, from the lowest to the highest that there is."""
    axes = {dimension.name: UprightAxis(dimension.name, dimension) for dimension in columns.dimensions}
    finite = columns.score[np.isfinite(columns.score)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if high - low < 1e-9:  # all alike
        low, high = low - 0.05, high + 0.05
    axes[SCORE] = UprightAxis(SCORE, None, low, high)
    return axes
