"""What is written into a chart: the names of its curves, and flags where something was changed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QLineF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import Look, Theme, font
from gui.views.marks import line_pen

FLAG_ROWS = 3  # at the top and at the bottom, in which the words of flags find a place
SPARE = 0.1  # of their width that words may cover before they are placed elsewhere


def draw_curve_names(
    painter: QPainter, theme: Theme, looks: Sequence[Look], line: QRectF, unit: float
) -> float:
    """The curves' names with a piece of each, right-aligned in a line; returns where they begin."""
    painter.save()
    wanted = sum(QFontMetricsF(font(unit)).horizontalAdvance(look.label) + 3.7 * unit for look in looks)
    unit *= min(line.width() / max(wanted, 1.0), 1.0)
    painter.setFont(font(unit))
    right = line.right()
    for look in reversed(looks):
        width = painter.fontMetrics().horizontalAdvance(look.label)
        painter.setPen(QColor(theme.dim))
        box = QRectF(right - width, line.top(), width + 2, line.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, look.label)
        painter.setPen(line_pen(look, 2.2))
        y, right = line.center().y(), right - width - 0.5 * unit
        painter.drawLine(QLineF(right - 2.2 * unit, y, right, y))
        right -= 3.2 * unit
    painter.restore()
    return right


def draw_flag_lines(painter: QPainter, theme: Theme, places: Sequence[float], plot: QRectF) -> None:
    """A dashed line at each x."""
    pen = QPen(QColor(theme.accent), 1.3)
    pen.setDashPattern([3.0, 3.0])
    painter.setPen(pen)
    for x in places:
        painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))


def place_flag_words(
    flags: Sequence[tuple[float, str]], curves: Sequence[np.ndarray], plot: QRectF, unit: float
) -> list[tuple[QRectF, str]]:
    """Where the words of flags at x stand: beside their line, where they cover least.

    `curves` are pixels `(n, 2)`. Words keep clear of one another; where no room is left, they are left out:
    the line is seen, and its words would only hide others.
    """
    metrics, placed = QFontMetricsF(font(0.95 * unit)), list[tuple[QRectF, str]]()
    lines = [x for x, _ in flags]
    for x, text in flags:
        width, height = metrics.horizontalAdvance(text) + 2, 1.4 * unit
        best, found = math.inf, None
        for rank, (row, side) in enumerate(itertools.product(_rows(plot, height), ("right", "left"))):
            left = x + 0.4 * unit if side == "right" else x - 0.4 * unit - width
            box = QRectF(left, row, width, height)
            inside = plot.left() <= left and left + width <= plot.right() + 3
            if not inside or any(
                box.adjusted(-0.6 * unit, 1, 0.6 * unit, -1).intersects(b) for b, _ in placed
            ):
                continue
            crossed = sum(left < other < left + width for other in lines)
            # A little may be covered, else words would wander while curves grow.
            cost = max(_covered(box, curves) - SPARE, 0.0) + 0.5 * crossed + 0.02 * rank
            if cost < best:
                best, found = cost, box
        if found is not None:
            placed.append((found, text))
    return placed


def draw_flag_words(
    painter: QPainter, theme: Theme, placed: Sequence[tuple[QRectF, str]], unit: float
) -> None:
    """The words on a ground through which a curve is still seen."""
    ground = QColor(theme.card)
    ground.setAlphaF(0.8)
    painter.setFont(font(0.95 * unit))
    painter.setPen(QColor(theme.accent))
    for box, text in placed:
        painter.fillRect(box.adjusted(-2, 0, 1, 0), ground)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def _rows(plot: QRectF, height: float) -> list[float]:
    """The upper edges of the rows for words, in order of liking: at the top, then at the bottom."""
    rows = max(min(FLAG_ROWS, int(plot.height() / height)), 1)
    top = [plot.top() + row * height for row in range(rows)]
    return top + [plot.bottom() - (row + 1) * height for row in range(rows) if plot.height() > 6 * height]


def _covered(box: QRectF, curves: Sequence[np.ndarray]) -> float:
    """The share of a box's width in which curves run through it, summed over the curves."""
    x = np.linspace(box.left() - 2, box.right() + 2, 33)
    share = 0.0
    for pixels in curves:
        pixels = pixels[np.isfinite(pixels).all(axis=1)]
        if len(pixels):
            y = np.interp(x, pixels[:, 0], pixels[:, 1], left=np.nan, right=np.nan)
            low, high = np.fmin(y[:-1], y[1:]), np.fmax(y[:-1], y[1:])
            share += float(((high > box.top() - 2) & (low < box.bottom() + 2)).mean())
    return share
