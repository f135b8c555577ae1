"""Which classes are taken for which: counts of true against predicted classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.views.canvas import Canvas


class ConfusionView(Canvas):
    """Rows are true classes, columns predicted ones; the share found stands at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = np.zeros((0, 0), int)
        self._names: Sequence[str] = ()
        self._title = ""
        self.setAccessibleName("Confusion matrix")

    def show_matrix(self, counts: np.ndarray, class_names: Sequence[str], title: str) -> None:
        """Show these counts, `(classes, classes)`."""
        self._counts, self._names, self._title = counts, class_names, title
        total, right = int(counts.sum()), int(np.trace(counts))
        self.setAccessibleDescription(f"{right} of {total} right")
        self.still_changed()

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        outline = self.card(painter, area)
        if self.theme.card_edge:
            painter.setPen(QPen(QColor(self.theme.card_edge), 1.5))
            painter.drawPath(outline)
        classes = len(self._counts)
        if not classes:
            return
        unit = self.theme.axis * self.type_scale
        total, right = int(self._counts.sum()), int(np.trace(self._counts))
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        head = QRectF(area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2 * unit, 1.8 * unit)
        share = f", {right / total:.1%}" if total else ""
        painter.drawText(
            head, Qt.AlignmentFlag.AlignVCenter, f"{self._title}: {right} of {total} right{share}"
        )
        left, found = 8 * unit, 5 * unit
        body = area.adjusted(left, 4.4 * unit, -found - unit, -1.0 * unit)
        width, height = body.width() / classes, body.height() / classes
        painter.setFont(font(min(unit, 0.8 * height)))
        metrics = painter.fontMetrics()
        accent, middle = QColor(self.theme.accent), Qt.AlignmentFlag.AlignCenter
        for place, name in enumerate(self._names):
            painter.setPen(QColor(self.theme.dim))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(left - 1.5 * unit))
            row = QRectF(area.left() + unit, body.top() + place * height, left - 1.5 * unit, height)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(width - 2))
            column = QRectF(body.left() + place * width, body.top() - 1.7 * unit, width, 1.6 * unit)
            painter.drawText(column, middle, shown)
            whole = int(self._counts[place].sum())
            recall = f"{self._counts[place, place] / whole:.0%}" if whole else "–"
            painter.setPen(QColor(self.theme.text))
            painter.drawText(QRectF(body.right() + 4, row.top(), found - 4, height), middle, recall)
            for other in range(classes):
                count = int(self._counts[place, other])
                cell = QRectF(body.left() + other * width, row.top(), width, height).adjusted(1, 1, -1, -1)
                fill = QColor(accent if other == place else QColor(self.theme.warning))
                fill.setAlphaF(0.08 + 0.6 * count / max(whole, 1) if count else 0.04)
                painter.fillRect(cell, fill)
                if other == place:  # told apart without colour, too
                    painter.setPen(QPen(accent, 1))
                    painter.drawRect(cell)
                if count:
                    painter.setPen(QColor(self.theme.text))
                    painter.drawText(cell, middle, str(count))
