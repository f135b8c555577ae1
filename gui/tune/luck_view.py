"""Luck: how likely it is that one of so many random trials lies among the best."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.figures import chance_words, paint_figure
from gui.views.canvas import Canvas
from gui.views.lines import polyline
from gui.views.ticks import log_ticks
from landscape.tuning.samplers import luck

SHARE = 0.05  # of the space: the best
FEWEST = 200  # trials that the axis reaches to at least
LEVELS = (0.0, 0.5, 1.0)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LuckView(Canvas):
    """The chance against the number of trials, which is on a log axis, and where the search is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.setAccessibleName("Luck")
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Show the chance after so many random trials."""
        self._count = max(count, 0)
        self.setAccessibleDescription(self.sentence)
        self.still_changed()

    @property
    def chance(self) -> str:
        """The chance in digits."""
        return chance_words(luck(self._count, SHARE)) if self._count else "0"

    @property
    def trials(self) -> str:
        """The trials in words."""
        return "1 random trial" if self._count == 1 else f"{self._count:,} random trials"

    @property
    def sentence(self) -> str:
        """What the picture says."""
        share = f"{100 * SHARE:g} %"
        return f"After {self.trials} the chance that at least one lies in the best {share} is {self.chance}"

    # --- geometry ----------------------------------------------------------------------------------

    def _unit(self, area: QRectF) -> float:
        return min(self.theme.axis * self.type_scale, area.height() / 12, area.width() / 26)

    @property
    def _most(self) -> float:
        """How many trials the axis reaches to."""
        return max(FEWEST, 1.25 * self._count)

    def plot_area(self, area: QRectF) -> QRectF:
        """Where the curve is drawn."""
        unit = self._unit(area)
        return area.adjusted(3.6 * unit, 4.6 * unit, -1.8 * unit, -3.4 * unit)

    def pixel(self, plot: QRectF, count: float, chance: float) -> QPointF:
        """Where a number of trials and a chance are."""
        share = math.log(max(count, 1.0)) / math.log(self._most)
        return QPointF(plot.left() + share * plot.width(), plot.bottom() - chance * plot.height())

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        unit, plot = self._unit(area), self.plot_area(area)
        head = QRectF(
            area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2.4 * unit, 3.2 * unit
        )
        paint_figure(
            painter, head, unit, self.theme, self.chance,
            (f"chance after {self.trials}", f"that at least one lies in the best {100 * SHARE:g} %"),
        )  # fmt: skip
        self._paint_axes(painter, plot, unit)
        scale = 0.6 + 0.4 * self.type_scale
        counts = np.unique(np.geomspace(1, self._most, 160).astype(int))
        spots = [self.pixel(plot, count, luck(count, SHARE)) for count in counts.tolist()]
        painter.setPen(QPen(QColor(self.theme.accent), 2.2 * scale))
        painter.drawPolyline(polyline(np.array([(spot.x(), spot.y()) for spot in spots])))
        if self._count:
            self._paint_now(painter, plot, unit, scale)

    def _paint_axes(self, painter: QPainter, plot: QRectF, unit: float) -> None:
        painter.setFont(font(unit))
        for level in LEVELS:
            y = self.pixel(plot, 1, level).y()
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
            painter.setPen(QColor(self.theme.dim))
            box = QRectF(plot.left() - 3.2 * unit, y - unit, 2.8 * unit, 2 * unit)
            painter.drawText(box, RIGHT, f"{level:g}")
        for tick in log_ticks(1, self._most, max(2, int(plot.width() / (5 * unit)))):
            words = f"{tick:,.0f}"
            wide = painter.fontMetrics().horizontalAdvance(words)
            left = min(self.pixel(plot, tick, 0).x() - wide / 2, plot.right() + unit - wide)
            box = QRectF(left, plot.bottom() + 0.2 * unit, wide + 1, 1.4 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        title = QRectF(plot.left(), plot.bottom() + 1.6 * unit, plot.width(), 1.4 * unit)
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, "random trials (log)")

    def _paint_now(self, painter: QPainter, plot: QRectF, unit: float, scale: float) -> None:
        at = self.pixel(plot, self._count, luck(self._count, SHARE))
        dashed = QPen(QColor(self.theme.text), scale, Qt.PenStyle.DashLine)
        painter.setPen(dashed)
        painter.drawLine(QLineF(at.x(), plot.bottom(), at.x(), at.y()))
        painter.drawLine(QLineF(plot.left(), at.y(), at.x(), at.y()))
        painter.setPen(QPen(QColor(self.theme.casing), 1.5 * scale))
        painter.setBrush(QColor(self.theme.text))
        painter.drawEllipse(at, 0.5 * unit, 0.5 * unit)
