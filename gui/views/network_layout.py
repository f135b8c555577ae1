"""Where the parts of a drawn network stand, and which of its weights are drawn as lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PyQt6.QtCore import QPointF, QRectF

MOST_UNITS = 16  # drawn in a column; of more, as many are chosen evenly
LEAST_GAP = 7.5  # pixels between two units
FAINTEST = 0.03  # of the largest weight: thinner lines cannot be seen


@dataclass(frozen=True)
class LayerPicture:
    """One dense layer and what follows it.

    Attributes
    ----------
    weights : `(inputs, units)`
    bias, gamma, beta : `(units,)` or None
    activation : its name
    active : `(units,)`, share of the examples for which the unit is at work, or None
    """

    weights: np.ndarray
    bias: np.ndarray | None
    gamma: np.ndarray | None
    beta: np.ndarray | None
    activation: str
    active: np.ndarray | None


class Column(NamedTuple):
    """A layer: where it stands, which of its units are drawn, and their heights."""

    x: float
    units: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Layout:
    """Columns from the inputs to the classes.

    Attributes
    ----------
    gap : between two columns
    side : how many inputs lie side by side if they form a square, as pixels of a picture do; else 0
    unit : height of the type
    """

    body: QRectF
    columns: tuple[Column, ...]
    gap: float
    side: int
    unit: float

    def points(self, place: int) -> np.ndarray:
        """Where the drawn units of a column are, `(n, 2)`."""
        column = self.columns[place]
        x = np.full(len(column.y), column.x)
        if place == 0 and self.side:
            x += self.cell * (np.arange(self.side**2) % self.side - (self.side - 1) / 2)
        return np.stack([x, column.y], axis=1)

    @property
    def cell(self) -> float:
        """How wide an input is where they form a square."""
        return 0.0 if self.side < 2 else float(self.columns[0].y[self.side] - self.columns[0].y[0])

    def step(self, place: int) -> float:
        """How far apart the units of a column are."""
        y = self.columns[place].y
        return float(y[1] - y[0]) if len(y) > 1 else 3.2 * self.unit

    def band(self, place: int) -> QRectF:
        """The stage of batch normalization in front of a column."""
        x, _, y = self.columns[place]
        width = min(2.8 * self.unit, 0.28 * self.gap)
        middle = x - min(4.3 * self.unit, 0.45 * self.gap)
        return QRectF(middle - width / 2, y[0] - 0.6 * self.unit, width, y[-1] - y[0] + 1.2 * self.unit)

    def unit_at(self, at: QPointF, reach: float, normalized: Sequence[bool]) -> tuple[int, int] | None:
        """Which unit is here, as (column, unit); a row of the band in front belongs to its unit."""
        best, found = reach, None
        for place, column in enumerate(self.columns):
            points = self.points(place)
            beside = np.abs(at.x() - points[:, 0])
            if place and normalized[place - 1] and self.band(place).left() <= at.x() <= column.x:
                beside[:] = 0
            apart = np.hypot(beside, at.y() - points[:, 1])
            if len(apart) and apart.min() < best:
                best, found = float(apart.min()), (place, int(column.units[apart.argmin()]))
        return found


def lay_out(body: QRectF, unit: float, sizes: Sequence[int], kept: tuple[int, int] | None = None) -> Layout:
    """Place columns of so many units in a body; `kept` (column, unit) is among those that are drawn."""
    side = math.isqrt(sizes[0])
    if side < 4 or side**2 != sizes[0]:
        side = 0
    edge = min(0.8 * body.height(), 0.24 * body.width()) if side else 0.0
    gap = (body.width() - edge) / max(len(sizes) - 1, 1)
    rows = max(min(MOST_UNITS, int(body.height() / LEAST_GAP)), 2)
    columns = []
    for place, size in enumerate(sizes):
        if place == 0 and side:
            lines = np.repeat(np.arange(side) - (side - 1) / 2, side)
            heights = body.center().y() + edge / side * lines
            columns.append(Column(body.left() + edge / 2, np.arange(size), heights))
            continue
        units = np.unique(np.linspace(0, size - 1, min(size, rows)).round().astype(int))
        if kept is not None and kept[0] == place and size and kept[1] not in units:
            units[np.abs(units - kept[1]).argmin()] = kept[1]
        step = min(body.height() / max(len(units), 1), 3.2 * unit)
        y = body.center().y() + step * (np.arange(len(units)) - (len(units) - 1) / 2)
        columns.append(Column(body.left() + edge + place * gap, units, y))
    return Layout(body, tuple(columns), gap, side, unit)


def strongest(
    weights: np.ndarray, inputs: np.ndarray, units: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The strongest weights between the drawn units, weakest first.

    Returns their rows and columns among the drawn ones, and their shares of the layer's largest, with sign.
    """
    size = np.where(np.isfinite(weights), np.abs(weights), 0.0)
    largest = float(size.max(initial=0.0)) or 1.0
    block = size[np.ix_(inputs, units)] / largest
    order = np.argsort(block, axis=None, kind="stable")[-most:]
    order = order[block.flat[order] >= FAINTEST]
    rows, columns = np.divmod(order, max(block.shape[1], 1))
    negative = weights[inputs[rows], units[columns]] < 0
    return rows, columns, np.where(negative, -1.0, 1.0) * block.flat[order]
