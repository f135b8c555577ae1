"""Around the scatter: its two axes, and the trials and a grid projected onto each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui.theme import Theme, font
from gui.tune.upright_axis import UprightAxis
from gui.views.lines import segments
from landscape.tuning.selection import Columns

CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
STRIP = 0.9  # units: how tall a projection is
WIDEST_TICK = 8.5  # units that the numbers of the upright axis may take
MANY = 1500  # trials, above which a projection is a mass and needs no smooth edges
SPREAD = 0.7  # of a cell, in which the trials with the same value lie
# In each direction another irrational, so that trials in a common cell fill it evenly (Roberts 2018).
ALONG = (0.7548776662466927, 0.5698402909980532)


def fitting(type_: QFont, texts: Sequence[str], room: float) -> str:
    """The first of these that fits; if none does, as much of the last as there is room for."""
    metrics = QFontMetricsF(type_)
    found = next((text for text in texts if metrics.horizontalAdvance(text) <= room), None)
    return found or metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, max(room, 0.0))


def tick_room(axis: UprightAxis) -> float:
    """The width of an axis' widest number, in units of type."""
    metrics = QFontMetricsF(font(100))
    widest = max((metrics.horizontalAdvance(text) for _, text in axis.ticks(20)), default=0.0)
    return min(widest / 100, WIDEST_TICK)


def spread(axes: tuple[UprightAxis, UprightAxis], columns: Columns) -> Any:
    """The shares of the trials, `(trials, 2)`; those with the same value lie apart within its cell."""
    both = []
    for axis, step in zip(axes, ALONG, strict=True):
        shares = axis.shares(columns.place(axis.name))
        if axis.cells is not None:
            cell = (np.searchsorted(axis.cells, shares, "right") - 1).clip(0, len(axis.cells) - 2)
            beside = (columns.number + 1) * step % 1 - 0.5
            shares = shares + SPREAD * beside * np.diff(axis.cells)[cell]
        both.append(shares)
    return np.stack(both, axis=1)


def count_words(count: int, symbol: str, grid: int) -> list[tuple[str, str]]:
    """How many values of an axis are tried, and by a grid; the fullest wording first.

    >>> count_words(256, "α", 3)[0]
    ('256 different values of α', 'a grid: 3')
    """
    values = "value" if count == 1 else "values"
    different = [f"{count} different values of {symbol}"] if count > 1 else []
    owns = [*different, f"{count} {values} of {symbol}", f"{count} {values}", str(count)]
    return [(own, f"a grid: {grid}" if grid else "") for own in owns]


def draw_axes(
    painter: QPainter, theme: Theme, unit: float, plot: QRectF, axes: tuple[UprightAxis, UprightAxis],
    titles: tuple[Sequence[str], Sequence[str]],
) -> None:  # fmt: skip
    """Grid, numbers and titles; of each title, the first wording that fits."""
    type_ = font(unit)
    painter.setFont(type_)
    hairline, dim = QPen(QColor(theme.hairline), 1), QColor(theme.dim)
    x, y = axes
    ticks = x.ticks(max(2, int(plot.width() / (4.5 * unit))))
    slot = plot.width() * min(np.diff([share for share, _ in ticks]), default=1.0) - 0.6 * unit
    for share, text in ticks:
        at = plot.left() + share * plot.width()
        painter.setPen(hairline)
        painter.drawLine(QLineF(at, plot.top(), at, plot.bottom()))
        painter.setPen(dim)
        box = QRectF(at - slot, plot.bottom() + 0.4 * unit, 2 * slot, 1.4 * unit)
        painter.drawText(box, CENTRE, fitting(type_, [text], slot))
    left = plot.left() - WIDEST_TICK * unit
    for share, text in y.ticks(max(2, int(plot.height() / (2.4 * unit)))):
        at = plot.bottom() - share * plot.height()
        painter.setPen(hairline)
        painter.drawLine(QLineF(plot.left(), at, plot.right(), at))
        painter.setPen(dim)
        box = QRectF(left, at - unit, (WIDEST_TICK - 0.5) * unit, 2 * unit)
        painter.drawText(box, RIGHT, fitting(type_, [text], box.width()))
    painter.setPen(QColor(theme.text))
    below = QRectF(plot.left() - 3 * unit, plot.bottom() + 2 * unit, plot.width() + 6 * unit, 1.5 * unit)
    painter.drawText(below, CENTRE, fitting(type_, titles[0], below.width()))
    room = plot.height() + 3 * unit
    painter.save()
    painter.translate(plot.left() - (tick_room(y) + 1.5) * unit, plot.center().y())
    painter.rotate(-90)
    painter.drawText(QRectF(-room / 2, -unit, room, 1.6 * unit), CENTRE, fitting(type_, titles[1], room))
    painter.restore()


def draw_ghost(painter: QPainter, theme: Theme, unit: float, pixels: Any) -> None:
    """What a grid would try, at pixels `(points, 2)`: so faint that no trial is mistaken for it."""
    painter.setPen(QPen(QColor(theme.dim), max(theme.trail / 2.4, 1.2)))
    painter.setOpacity(0.6)
    arm = 0.42 * unit
    for across in (np.array([arm, 0.0]), np.array([0.0, arm])):
        painter.drawLines(segments(np.concatenate([pixels - across, pixels + across], axis=1)))
    painter.setOpacity(1.0)


def draw_projections(
    painter: QPainter, theme: Theme, unit: float, plot: QRectF, shares: Any, ghost: Any,
    counts: tuple[int, int], symbols: tuple[str, str],
) -> None:  # fmt: skip
    """All trials on either axis: a grid has few different values there, a random search many.

    Parameters
    ----------
    shares, ghost : `(trials, 2)` and `(points, 2)`, places of trials and of a grid; None if there is no grid
    counts : how many different values the trials have on each axis
    """
    tall = 2.9 * unit
    for axis, room in enumerate((plot.width(), plot.height())):
        places = shares[:, axis] * room
        grid = np.empty(0) if ghost is None else np.unique(ghost[:, axis]) * room
        painter.save()
        if axis == 0:
            painter.translate(plot.left(), plot.top() - 0.4 * unit - tall)
        else:  # beside the plot, read downwards
            painter.translate(plot.right() + 0.4 * unit + tall, plot.top())
            painter.rotate(90)
            places, grid = room - places, room - grid
        words = count_words(counts[axis], symbols[axis], len(grid))
        _draw_projection(painter, theme, unit, QRectF(0, 0, room, tall), places, grid, words)
        painter.restore()


def _draw_projection(
    painter: QPainter, theme: Theme, unit: float, line: QRectF, places: Any, grid: Any,
    words: Sequence[tuple[str, str]],
) -> None:  # fmt: skip
    """Trials along the lower edge of `line`, a grid's values among them, and both in words above.

    Parameters
    ----------
    places : `(trials,)`, pixels from the left end of the line
    grid : the same of a grid's values; none if there is no grid
    words : wordings for the trials and for the grid, the best first
    """
    top, bottom = line.bottom() - STRIP * unit, line.bottom()
    colour, many = QColor(theme.accent), len(places) > MANY
    colour.setAlphaF(min(max(200 / max(len(places), 1), 0.25), 0.8))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not many)
    painter.setPen(QPen(colour, max(theme.trail / 3, 1.0)))
    painter.drawLines(segments(_upright(line.left() + np.asarray(places), top, bottom)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    across = _upright(line.left() + np.asarray(grid), top - 0.2 * unit, bottom + 0.2 * unit)
    width = max(theme.trail / 1.3, 2.2)
    for ink, wide in ((theme.casing, width + 3.0), (theme.text, width)):
        painter.setPen(QPen(QColor(ink), wide))
        painter.drawLines(segments(across))
    _draw_words(painter, theme, unit, line.adjusted(0, 0, 0, -(STRIP + 0.5) * unit), words)


def _draw_words(
    painter: QPainter, theme: Theme, unit: float, line: QRectF, words: Sequence[tuple[str, str]]
) -> None:
    """How many values there are, in the colours of their marks; rather in small type than cut off."""
    metrics = QFontMetricsF(font(unit, 600))
    wordings = [(f"{own}; " if grid else own, grid) for own, grid in words]
    widths = [metrics.horizontalAdvance(own + grid) for own, grid in wordings]
    k = next((k for k, width in enumerate(widths) if width <= line.width()), len(widths) - 1)
    type_ = font(unit * min(line.width() / widths[k], 1.0), 600)
    painter.setFont(type_)
    metrics, at = QFontMetricsF(type_), QPointF(line.left(), line.bottom() - 0.3 * unit)
    for text, ink in zip(wordings[k], (theme.accent, theme.text), strict=True):
        painter.setPen(QColor(ink))
        painter.drawText(at, text)
        at.setX(at.x() + metrics.horizontalAdvance(text))


def _upright(x: Any, top: float, bottom: float) -> Any:
    """Upright lines as `(n, 4)`."""
    return np.stack([x, np.full(len(x), top), x, np.full(len(x), bottom)], axis=1)
