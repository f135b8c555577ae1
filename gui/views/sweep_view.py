"""Which learning rates a training survives: a strip of cells, with batch normalization and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.views.canvas import Canvas


@dataclass(frozen=True)
class SweepRow:
    """One training at all rates.

    Attributes
    ----------
    accuracy, learned, diverged : `(rates,)`
    """

    title: str
    rates: np.ndarray
    accuracy: np.ndarray
    learned: np.ndarray
    diverged: np.ndarray


class SweepView(Canvas):
    """A filled cell has learned, an empty one has not, a crossed one has left the numbers.

    Signals
    -------
    ratePicked(rate) : a cell was clicked
    """

    ratePicked = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[SweepRow] = ()
        self._rate = 0.0
        self._note = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Learning rates that the training survives")

    def show_sweeps(self, rows: Sequence[SweepRow], rate: float, note: str) -> None:
        """Show these rows, and where the present learning rate is."""
        self._rows, self._rate, self._note = rows, rate, note
        words = (f"{row.title}: {int(row.learned.sum())} of {len(row.rates)} learn" for row in rows)
        self.setAccessibleDescription("; ".join(words))
        self.still_changed()

    def _unit(self, area: QRectF) -> float:
        # In a low or narrow card large type must leave room for the cells.
        return min(self.theme.axis * self.type_scale, area.height() / 15, area.width() / 36)

    def _plot(self, area: QRectF) -> QRectF:
        unit = self._unit(area)
        return area.adjusted(7.5 * unit, 3.4 * unit, -1.6 * unit, -4.6 * unit)

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        unit = self._unit(area)
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        head = QRectF(area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2 * unit, 1.8 * unit)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, "learning rates · filled: learns · ×: diverges")
        foot = QRectF(
            area.left() + 1.2 * unit, area.bottom() - 2.2 * unit, area.width() - 2 * unit, 1.8 * unit
        )
        words = painter.fontMetrics().elidedText(self._note, Qt.TextElideMode.ElideRight, int(foot.width()))
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, words)
        plot = self._plot(area)
        for place, row in enumerate(self._rows):
            height = min(plot.height() / len(self._rows), 4.5 * unit)
            self._paint_row(
                painter, row, QRectF(plot.left(), plot.top() + place * height, plot.width(), height), unit
            )
        if self._rows:
            bottom = plot.top() + min(plot.height() / len(self._rows), 4.5 * unit) * len(self._rows)
            self._paint_axis(painter, plot, bottom, unit)
        else:
            self.paint_hint(painter, area)

    def _paint_row(self, painter: QPainter, row: SweepRow, place: QRectF, unit: float) -> None:
        painter.setFont(font(unit))
        painter.setPen(QColor(self.theme.text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(place.left() - 7 * unit, place.top(), 6.4 * unit, place.height()), right, row.title
        )
        width = place.width() / len(row.rates)
        for cell in range(len(row.rates)):
            box = QRectF(place.left() + cell * width, place.top() + 3, width, place.height() - 6)
            box = box.adjusted(1.5, 0, -1.5, 0)
            colour = QColor(self.theme.accent)
            if row.learned[cell]:
                colour.setAlphaF(0.35 + 0.65 * float(np.nan_to_num(row.accuracy[cell])))
                painter.fillRect(box, colour)
                continue
            painter.setPen(QPen(QColor(self.theme.warning if row.diverged[cell] else self.theme.dim), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
            if row.diverged[cell]:
                painter.drawLine(QLineF(box.topLeft(), box.bottomRight()))
                painter.drawLine(QLineF(box.topRight(), box.bottomLeft()))

    def _paint_axis(self, painter: QPainter, plot: QRectF, bottom: float, unit: float) -> None:
        rates = np.log10(self._rows[0].rates)
        width = plot.width() / len(rates)
        painter.setPen(QColor(self.theme.dim))
        for power in range(int(np.ceil(rates[0])), int(np.floor(rates[-1])) + 1):
            cell = int(np.abs(rates - power).argmin())
            x = plot.left() + (cell + 0.5) * width
            text = f"{10.0**power:g}"
            painter.drawText(
                QRectF(x - 3 * unit, bottom + 2, 6 * unit, 1.6 * unit), Qt.AlignmentFlag.AlignCenter, text
            )
        if self._rate > 0 and len(rates) > 1:
            share = (np.log10(self._rate) - rates[0]) / (rates[-1] - rates[0])
            x = plot.left() + width / 2 + share * (plot.width() - width)
            if plot.left() <= x <= plot.right():
                painter.setPen(QPen(QColor(self.theme.text), 2))
                painter.drawLine(QPointF(x, plot.top() - 4), QPointF(x, bottom + 2))
                label = QRectF(x - 5 * unit, bottom + 1.7 * unit, 10 * unit, 1.6 * unit)
                painter.drawText(label, Qt.AlignmentFlag.AlignCenter, f"α {self._rate:g}")

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        plot = self._plot(QRectF(self.rect()))
        if self._rows and plot.left() <= event.position().x() < plot.right():
            rates = self._rows[0].rates
            cell = int((event.position().x() - plot.left()) / plot.width() * len(rates))
            self.ratePicked.emit(float(f"{rates[cell]:.3g}"))
