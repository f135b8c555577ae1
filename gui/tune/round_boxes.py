"""The boxes in which the rounds of a search have searched, and where their names stand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import Theme, font
from gui.views.marks import draw_label


def draw_boxes(
    painter: QPainter, theme: Theme, unit: float, plot: QRectF, boxes: Sequence[tuple[QRectF, str]]
) -> None:
    """The boxes, the later the bolder, and their names."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place, (rect, _) in enumerate(boxes):
        painter.setPen(QPen(QColor(theme.accent), 1.6 + 0.4 * place))
        painter.drawRoundedRect(rect, 3, 3)
    for box, text in place_names(plot, boxes, unit):
        at = QPointF(box.left() + 0.3 * unit, box.bottom() - 0.4 * unit)
        draw_label(painter, at, text, theme, font(unit, 600), colour=theme.accent)


def place_names(plot: QRectF, boxes: Sequence[tuple[QRectF, str]], unit: float) -> list[tuple[QRectF, str]]:
    """Where the names stand, the last round's first: within the plot, and none on another.

    A name is near its own box and rather crosses no edge of any; where room is short, it is said without
    what follows the colon, and left out if even that finds no place.
    """
    metrics, height, placed = QFontMetricsF(font(unit, 600)), 1.5 * unit, list[tuple[QRectF, str]]()
    for k in reversed(range(len(boxes))):
        rect, name = boxes[k]
        others = [other for place, (other, _) in enumerate(boxes) if place != k]
        rows = [rect.top() - height, rect.top() + 1, rect.bottom() + 1, rect.bottom() - height - 1]
        rows += [rect.top() - 2 * height, rect.bottom() + 1 + height]
        found: list[tuple[float, QRectF, str]] = []
        for short, text in enumerate((name, name.split(":")[0])):
            width = metrics.horizontalAdvance(text) + 0.6 * unit
            columns = [rect.left(), rect.right() - width, rect.center().x() - width / 2]
            columns += [rect.right() + 0.4 * unit, rect.left() - 0.4 * unit - width]
            for rank, (row, left) in enumerate(itertools.product(rows, columns)):
                left = max(min(left, plot.right() - width), plot.left())
                box = QRectF(left, row, width, height)
                free = not any(box.intersects(other) for other, _ in placed)
                if free and plot.adjusted(-1, -1, 1, 1).contains(box):
                    cost = sum(_crosses(box, other) for other in (rect, *others)) + 0.6 * short
                    cost += 0.5 * sum(other.contains(box) and not other.contains(rect) for other in others)
                    found.append((cost + 0.02 * rank, box, text))
        if found:
            _, box, text = min(found, key=lambda spot: spot[0])
            placed.append((box, text))
    return placed


def _crosses(box: QRectF, other: QRectF) -> bool:
    """Whether an edge of the other one runs through a name."""
    return box.adjusted(1, 1, -1, -1).intersects(other) and not other.contains(box)
