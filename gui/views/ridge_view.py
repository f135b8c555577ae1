"""Distributions over training as ridges: old ones faint above, the present one bright below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.views.canvas import Canvas
from gui.views.lines import polyline
from gui.views.ticks import ticks
from landscape.numerals import numeral

OVERLAP = 1.9  # distances between two ridges that a usual peak is high
SPIKE = 1.6  # usual peaks that a spike comes to at most, however high it is
MARGIN = 12.0  # pixels around a panel that belong to it


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
        self.setMouseTracking(True)
        self.setAccessibleName("Inputs of a layer over training")

    def show_ridges(self, panels: Sequence[Ridges], sentence: str) -> None:
        """Show these distributions, and what they come to."""
        self._panels, self._sentence = panels, sentence
        self.setAccessibleDescription(sentence)
        self.still_changed()

    # --- geometry ----------------------------------------------------------------------------------

    def _unit(self, area: QRectF) -> float:
        # In a low card large type must leave room for the ridges.
        return min(self.theme.axis * self.type_scale, area.height() / 16)

    def _places(self, area: QRectF) -> list[QRectF]:
        unit = self._unit(area)
        body = area.adjusted(4.4 * unit, 2.6 * unit, -1.6 * unit, -4.0 * unit)
        count = max(len(self._panels), 1)
        between = (4.4 if self._epochs_differ else 2.4) * unit
        width = (body.width() - (count - 1) * between) / count
        return [
            QRectF(body.left() + place * (width + between), body.top(), width, body.height())
            for place in range(count)
        ]

    @property
    def _epochs_differ(self) -> bool:
        """Whether the panels show other moments, as when one training has diverged."""
        return any(not np.array_equal(panel.epochs, self._panels[0].epochs) for panel in self._panels)

    def _scale(self) -> tuple[float, float]:
        """The least and the largest value of all panels."""
        grids = [panel.grid for panel in self._panels if len(panel.grid) and np.isfinite(panel.grid).all()]
        if not grids:
            return (0.0, 1.0)
        low, high = min(float(grid[0]) for grid in grids), max(float(grid[-1]) for grid in grids)
        return (low, high) if high > low else (low - 0.5, low + 0.5)

    def _usual_peak(self) -> float:
        """How high a peak usually is, over all panels: each has the same area, so heights compare."""
        peaks = [_clean(panel.densities).max(axis=1) for panel in self._panels if panel.densities.size]
        pooled = np.concatenate(peaks) if peaks else np.empty(0)
        pooled = pooled[pooled > 0]
        return float(np.percentile(pooled, 80)) if len(pooled) else 1.0

    @staticmethod
    def _bases(place: QRectF, moments: int) -> np.ndarray:
        """The heights of the ridges' feet; above the first there is room for a spike."""
        gap = place.height() / (max(moments, 1) - 1 + OVERLAP * SPIKE)
        return place.top() + gap * (OVERLAP * SPIKE + np.arange(moments))

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        unit = self._unit(area)
        foot = area.adjusted(1.2 * unit, area.height() - 2.1 * unit, -1.2 * unit, -0.4 * unit)
        # A sentence that is a little too long is said in smaller type before it is cut.
        room = foot.width() / max(QFontMetricsF(font(1.08 * unit)).horizontalAdvance(self._sentence), 1.0)
        painter.setFont(font(1.08 * unit * min(max(0.98 * room, 0.75), 1.0)))
        painter.setPen(QColor(self.theme.dim))
        words = painter.fontMetrics().elidedText(
            self._sentence, Qt.TextElideMode.ElideRight, int(foot.width())
        )
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, words)
        if not self._panels and not self._sentence:
            self.paint_hint(painter, area)
        for number, (panel, place) in enumerate(zip(self._panels, self._places(area), strict=False)):
            self._paint_axes(painter, panel, place, unit, number == 0 or self._epochs_differ)
            if panel.densities.size:
                self._paint_ridges(painter, panel, place, unit)

    def _paint_axes(self, painter: QPainter, panel: Ridges, place: QRectF, unit: float, labels: bool) -> None:
        painter.setFont(font(1.08 * unit, 600 if panel.bright else 400))
        painter.setPen(QColor(self.theme.text if panel.bright else self.theme.dim))
        head = QRectF(place.left(), place.top() - 2.0 * unit, place.width(), 1.7 * unit)
        words = painter.fontMetrics().elidedText(panel.title, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(head, Qt.AlignmentFlag.AlignCenter, words)
        painter.setFont(font(unit))
        low, high = self._scale()
        for tick in ticks(low, high, max(3, int(place.width() / (5 * unit)))):
            x = place.left() + place.width() * (tick - low) / (high - low)
            if tick == 0:  # where ReLU turns on
                painter.setPen(QPen(QColor(self.theme.hairline), 1))
                painter.drawLine(QLineF(x, place.top(), x, place.bottom()))
            painter.setPen(QColor(self.theme.dim))
            box = QRectF(x - 3 * unit, place.bottom() + 0.15 * unit, 6 * unit, 1.5 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, numeral(tick, 3))
        if not labels or not len(panel.epochs):
            return
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self.theme.dim))
        box = QRectF(place.left() - 4.2 * unit, place.top() - 2.0 * unit, 3.8 * unit, 1.7 * unit)
        painter.drawText(box, right, "epoch")
        bases = self._bases(place, len(panel.epochs))
        last = np.inf
        for base, epoch in reversed(list(zip(bases.tolist(), panel.epochs.tolist(), strict=True))):
            if last - base < 1.5 * unit:  # the present one is always named, others where there is room
                continue
            now = last == np.inf
            painter.setPen(QColor(self.theme.text if now else self.theme.dim))
            painter.drawText(box.translated(0, base - 0.85 * unit - box.top()), right, f"{epoch:g}")
            last = base

    def _paint_ridges(self, painter: QPainter, panel: Ridges, place: QRectF, unit: float) -> None:
        moments = len(panel.epochs)
        bases = self._bases(place, moments)
        gap = place.height() / (moments - 1 + OVERLAP * SPIKE)
        low, high = self._scale()
        across = place.left() + place.width() * (panel.grid - low) / (high - low)
        heights = _flattened(_clean(panel.densities) / self._usual_peak()) * OVERLAP * gap
        ink = QColor(self.theme.accent if panel.bright else self.theme.dim)
        scale = 0.6 + 0.4 * self.type_scale
        for moment, base in enumerate(bases.tolist()):
            now = moment == moments - 1
            line = np.stack([across, base - heights[moment]], axis=1)
            ground = polyline(np.concatenate([line, [[across[-1], base], [across[0], base]]]))
            painter.setPen(Qt.PenStyle.NoPen)
            # A ridge hides those behind it, but not the line at 0, of which a little shines through.
            shade = QColor(self.theme.card)
            shade.setAlphaF(0.86)
            painter.setBrush(shade)
            painter.drawPolygon(ground)
            if now:
                tint = QColor(ink)
                tint.setAlphaF(0.22)
                painter.setBrush(tint)
                painter.drawPolygon(ground)
            stroke = QColor(ink)
            stroke.setAlphaF(0.3 + 0.7 * (moment + 1) / moments)
            painter.setPen(QPen(stroke, (2.4 if now else 1.3) * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(polyline(line))
        self._paint_medians(painter, panel, place, bases, unit)

    def _paint_medians(
        self, painter: QPainter, panel: Ridges, place: QRectF, bases: np.ndarray, unit: float
    ) -> None:
        """A mark of each ridge's median, joined, so that drift is seen; outside, it waits at the edge."""
        low, high = self._scale()
        with np.errstate(invalid="ignore"):
            share = np.clip((panel.medians - low) / (high - low), 0.0, 1.0)
        spots = np.stack([place.left() + place.width() * share, bases], axis=1)
        spots = spots[np.isfinite(panel.medians)]
        ink = QColor(self.theme.text)
        scale = 0.6 + 0.4 * self.type_scale
        painter.setPen(QPen(ink, 1.2 * scale))
        painter.drawPolyline(polyline(spots))
        painter.setBrush(ink)
        painter.setPen(QPen(QColor(self.theme.card), 1))
        for number, (x, y) in enumerate(spots.tolist()):
            radius = (0.34 if number == len(spots) - 1 else 0.23) * unit
            painter.drawEllipse(QPointF(x, y), radius, radius)

    # --- pointer -----------------------------------------------------------------------------------

    def _ridge_at(self, at: QPointF) -> tuple[Ridges, int] | None:
        """The panel and the moment whose ridge stands here."""
        for panel, place in zip(self._panels, self._places(QRectF(self.rect())), strict=False):
            if len(panel.epochs) and place.adjusted(-MARGIN, 0, MARGIN, MARGIN).contains(at):
                # A ridge stands on its foot: half a distance above the foot is still its own.
                bases = self._bases(place, len(panel.epochs))
                gap = place.height() / (len(bases) - 1 + OVERLAP * SPIKE)
                return panel, int(np.abs(bases - 0.4 * gap - at.y()).argmin())
        return None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self._ridge_at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.epochPicked.emit(int(found[0].epochs[found[1]]))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self._ridge_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if found is None else Qt.CursorShape.PointingHandCursor)
        if found is None:
            self.setToolTip("")
        else:
            panel, moment = found
            median = numeral(float(panel.medians[moment]), 3)
            self.setToolTip(f"{panel.title}, epoch {panel.epochs[moment]:g}: median {median}")


def _clean(densities: np.ndarray) -> np.ndarray:
    """What is not a number is not there."""
    return np.where(np.isfinite(densities), densities, 0.0).clip(0.0)


def _flattened(heights: np.ndarray) -> np.ndarray:
    """Heights above 1 pressed together below `SPIKE`: a spike, as of a dead unit, stays one and has a top."""
    room = SPIKE - 1.0
    return np.where(heights <= 1, heights, 1 + room * np.tanh((heights - 1) / room))
