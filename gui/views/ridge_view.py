"""Distributions over training as ridges: old ones faint above, the present one bright below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.views.canvas import Canvas
from gui.views.lines import polyline
from gui.views.ticks import ticks


@dataclass(frozen=True)
class Ridges:
    """One network's panel.

    Attributes
    ----------
    epochs : `(moments,)`
    grid : `(k,)`, values
    densities : `(moments, k)`
    medians : `(moments,)`
    bright : whether it is drawn in the accent's colour, else in grey
    """

    title: str
    epochs: np.ndarray
    grid: np.ndarray
    densities: np.ndarray
    medians: np.ndarray
    bright: bool


class RidgeView(Canvas):
    """One or two panels side by side on one scale.

    Signals
    -------
    epochPicked(epoch) : a ridge was clicked
    """

    epochPicked = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panels: Sequence[Ridges] = ()
        self._sentence = ""
        self.setAccessibleName("Inputs of a layer over training")

    def show_ridges(self, panels: Sequence[Ridges], sentence: str) -> None:
        """Show these distributions, and what they come to."""
        self._panels, self._sentence = panels, sentence
        self.setAccessibleDescription(sentence)
        self.still_changed()

    def _places(self, area: QRectF) -> list[QRectF]:
        unit = self.theme.axis * self.type_scale
        body = area.adjusted(4.2 * unit, 3.6 * unit, -1.4 * unit, -4.2 * unit)
        count = max(len(self._panels), 1)
        width = (body.width() - (count - 1) * 3 * unit) / count
        return [
            QRectF(body.left() + place * (width + 3 * unit), body.top(), width, body.height())
            for place in range(count)
        ]

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        outline = self.card(painter, area)
        if self.theme.card_edge:
            painter.setPen(QPen(QColor(self.theme.card_edge), 1.5))
            painter.drawPath(outline)
        unit = self.theme.axis * self.type_scale
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        foot = QRectF(
            area.left() + 1.2 * unit, area.bottom() - 2.2 * unit, area.width() - 2 * unit, 1.8 * unit
        )
        words = painter.fontMetrics().elidedText(
            self._sentence, Qt.TextElideMode.ElideRight, int(foot.width())
        )
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, words)
        for number, (panel, place) in enumerate(zip(self._panels, self._places(area), strict=False)):
            self._paint_panel(painter, panel, place, unit, number == 0)

    def _paint_panel(self, painter: QPainter, panel: Ridges, place: QRectF, unit: float, first: bool) -> None:
        painter.setFont(font(unit, 600 if panel.bright else 400))
        painter.setPen(QColor(self.theme.text if panel.bright else self.theme.dim))
        head = QRectF(place.left(), place.top() - 3.0 * unit, place.width(), 1.8 * unit)
        painter.drawText(head, Qt.AlignmentFlag.AlignCenter, panel.title)
        painter.setFont(font(unit))
        low, high = float(panel.grid[0]), float(panel.grid[-1])
        painter.setPen(QColor(self.theme.dim))
        for tick in ticks(low, high, max(2, int(place.width() / (5 * unit)))):
            x = place.left() + place.width() * (tick - low) / (high - low)
            box = QRectF(x - 3 * unit, place.bottom() + 0.2 * unit, 6 * unit, 1.5 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:g}".replace("-", "−"))
        moments = len(panel.epochs)
        gap = place.height() / (moments + 1)
        # A spike, as where a unit is dead, must not press all others flat.
        tallest = max(float(np.percentile(panel.densities.max(axis=1), 80)), 1e-12) if moments else 1.0
        across = place.left() + place.width() * (panel.grid - low) / (high - low)
        medians = []
        colour = QColor(self.theme.accent if panel.bright else self.theme.dim)
        for moment in range(moments):
            base = place.top() + (moment + 1.6) * gap
            heights = np.minimum(panel.densities[moment] / tallest, 1.6) * 1.9 * gap
            line = np.stack([across, base - heights], axis=1)
            shade = QColor(self.theme.card)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            painter.drawPolygon(polyline(np.concatenate([line, [[across[-1], base], [across[0], base]]])))
            pen = QColor(colour)
            pen.setAlphaF(0.35 + 0.65 * (moment + 1) / moments)
            painter.setPen(QPen(pen, (1.3 if moment < moments - 1 else 2.2) * (0.6 + 0.4 * self.type_scale)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polyline(line))
            if np.isfinite(panel.medians[moment]):
                at = place.left() + place.width() * (float(panel.medians[moment]) - low) / (high - low)
                medians.append((at, base))
            if first and (moment % max(moments // 5, 1) == 0 or moment == moments - 1):
                painter.setPen(QColor(self.theme.dim))
                box = QRectF(place.left() - 4 * unit, base - 0.9 * unit, 3.6 * unit, 1.6 * unit)
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(box, right, f"{panel.epochs[moment]:g}")
        painter.setPen(QPen(QColor(self.theme.text), 1.4, Qt.PenStyle.DotLine))
        if len(medians) > 1:
            painter.drawPolyline(polyline(np.array(medians)))
        painter.setBrush(QColor(self.theme.text))
        painter.setPen(Qt.PenStyle.NoPen)
        for at, base in medians:
            painter.drawEllipse(QPointF(at, base), 2.2, 2.2)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        for panel, place in zip(self._panels, self._places(QRectF(self.rect())), strict=False):
            if place.adjusted(-20, -10, 20, 10).contains(event.position()) and len(panel.epochs):
                gap = place.height() / (len(panel.epochs) + 1)
                moment = round((event.position().y() - place.top()) / gap - 1.3)
                self.epochPicked.emit(int(panel.epochs[min(max(moment, 0), len(panel.epochs) - 1)]))
