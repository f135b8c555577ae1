"""What is written into a chart: the names of its curves, and flags where something was changed."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QLineF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import Look, Theme, font
from gui.views.marks import line_pen

FLAG_ROWS = 3  # in which the words of flags find a place


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


def draw_flags(
    painter: QPainter, theme: Theme, flags: Sequence[tuple[float, str]], plot: QRectF, unit: float
) -> None:
    """Dashed lines at x with words; words that would run into those before them go a line lower."""
    pen = QPen(QColor(theme.accent), 1.3)
    pen.setDashPattern([3.0, 3.0])
    painter.setPen(pen)
    for x, _ in flags:
        painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
    painter.setFont(font(0.95 * unit))
    painter.setPen(QColor(theme.accent))
    metrics, ends = painter.fontMetrics(), [plot.left() - 1.0] * FLAG_ROWS
    for x, text in flags:
        width = metrics.horizontalAdvance(text)
        left = x + 0.4 * unit if x + 0.4 * unit + width <= plot.right() else x - 0.4 * unit - width
        row = next((row for row, end in enumerate(ends) if left > end), None)
        if row is None:
            continue  # the line is seen; its words would only hide others
        ends[row] = left + width + 0.6 * unit
        box = QRectF(left, plot.top() + 1.4 * row * unit, width + 2, 1.4 * unit)
        painter.fillRect(box.adjusted(-2, 0, 1, 0), QColor(theme.card))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
