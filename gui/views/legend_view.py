"""Ball, line and name of each rule: for when the cards beside the picture are hidden."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter
from PyQt6.QtWidgets import QWidget

from gui.theme import Look, font
from gui.views.canvas import Canvas
from gui.views.marks import draw_ball, line_pen


class LegendView(Canvas):
    """Shows who is who."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[tuple[Look, str]] = []

    def show_names(self, names: list[tuple[Look, str]]) -> None:
        """Show these rules with their names."""
        if names != self._names:
            self._names = names
            self.still_changed()

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, QColor(self.theme.window))
        if not self._names:
            return
        unit = self.theme.axis * self.type_scale
        row = min(3.0 * unit, area.height() / len(self._names))
        top = area.center().y() - row * len(self._names) / 2
        type_ = font(min(1.25 * unit, row * 0.55), 600)
        widest = max(QFontMetricsF(type_).horizontalAdvance(name) for _, name in self._names)
        room = area.width() - 7.4 * unit
        if widest > room:
            type_ = font(type_.pixelSize() * room / widest, 600)
        for place, (look, name) in enumerate(self._names):
            y = top + (place + 0.5) * row
            painter.setPen(line_pen(look, self.theme.trail))
            painter.drawLine(QPointF(area.left() + 2.6 * unit, y), QPointF(area.left() + 6.4 * unit, y))
            draw_ball(
                painter, QPointF(area.left() + 1.2 * unit, y), look, self.theme, min(unit * 0.8, row * 0.4)
            )
            painter.setFont(type_)
            painter.setPen(QColor(self.theme.text))
            box = QRectF(area.left() + 7.2 * unit, y - row / 2, area.width() - 7.2 * unit, row)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
