"""One side of the contest: trials of two axes, and how good each value of the one that matters is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import Theme, font
from gui.tune.figures import fitting
from gui.tune.upright_axis import UprightAxis, axis_words
from gui.views.lines import polyline, segments
from gui.views.marks import shape_path

MOST_LINES = 60  # different values from which a line goes up to the curve
CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, eq=False)
class ContestPlot:
    """A picture of one search.

    Attributes
    ----------
    unit : of type, in pixels
    plot, strip : where the trials and the curve are drawn
    x, y : the axis that matters, and the other
    places : `(trials, 2)`
    hits : `(trials,)` of bool, which are good
    good : the stretch of the axis that matters
    """

    theme: Theme
    type_scale: float
    unit: float
    plot: QRectF
    strip: QRectF
    x: UprightAxis
    y: UprightAxis
    places: Any
    hits: Any
    good: tuple[float, float]

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        self._paint_axes(painter)
        self._paint_band(painter)
        self._paint_values(painter)
        self._paint_curve(painter)
        self._paint_trials(painter)

    @property
    def _stroke(self) -> float:
        """How much lines grow with type."""
        return 0.6 + 0.4 * self.type_scale

    def _across(self, shares: Any) -> Any:
        return self.plot.left() + shares * self.plot.width()

    def _curve(self, shares: Any) -> Any:
        """The height of the curve: a bump that is half as high at the ends of the good part."""
        low, high = self.good
        far = (2 * shares - low - high) / (high - low)
        return self.strip.bottom() - np.exp(-math.log(2) * far**2) * self.strip.height()

    def _paint_axes(self, painter: QPainter) -> None:
        unit, plot = self.unit, self.plot
        painter.setFont(font(unit))
        for share, text in self.x.ticks(max(2, int(plot.width() / (4.5 * unit)))):
            at = self._across(share)
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(at, plot.top(), at, plot.bottom()))
            painter.setPen(QColor(self.theme.dim))
            box = QRectF(at - 4 * unit, plot.bottom() + 0.2 * unit, 8 * unit, 1.4 * unit)
            painter.drawText(box, CENTRE, text)
        for share, text in self.y.ticks(max(2, int(plot.height() / (2.4 * unit)))):
            at = plot.bottom() - share * plot.height()
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(plot.left(), at, plot.right(), at))
            painter.setPen(QColor(self.theme.dim))
            box = QRectF(plot.left() - 4.6 * unit, at - unit, 4.2 * unit, 2 * unit)
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, RIGHT, words)
        painter.setPen(QPen(QColor(self.theme.hairline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(
            QRectF(plot.left(), plot.bottom() + 1.6 * unit, plot.width(), 1.5 * unit),
            CENTRE,
            axis_words(self.x),
        )
        words, room = f"{self.y.title}: does not matter here", plot.bottom() - self.strip.top()
        painter.setFont(fitting([words], unit, room))
        painter.setPen(QColor(self.theme.dim))
        painter.save()
        painter.translate(plot.left() - 5.2 * unit, plot.bottom() - room / 2)
        painter.rotate(-90)
        painter.drawText(QRectF(-room, -0.8 * unit, 2 * room, 1.6 * unit), CENTRE, words)
        painter.restore()

    def _paint_band(self, painter: QPainter) -> None:
        """What is good, with edges that can be dragged."""
        unit, top = self.unit, self.strip.top()
        low, high = (self._across(end) for end in self.good)
        colour = QColor(self.theme.accent)
        colour.setAlphaF(0.16)
        painter.fillRect(QRectF(low, top, high - low, self.plot.bottom() - top), colour)
        painter.setPen(QPen(QColor(self.theme.accent), 1.2))
        painter.setBrush(QColor(self.theme.accent))
        for edge in (low, high):
            painter.drawLine(QLineF(edge, top, edge, self.plot.bottom()))
            grip = QRectF(edge - 0.18 * unit, self.plot.center().y() - 0.8 * unit, 0.36 * unit, 1.6 * unit)
            painter.drawRoundedRect(grip, 0.18 * unit, 0.18 * unit)

    def _paint_values(self, painter: QPainter) -> None:
        """Each value of the axis that matters that was tried, up to the curve."""
        values, at = np.unique(self.places[:, 0], return_index=True)
        x, hits = self._across(values), self.hits[at]
        base = np.full(len(x), self.strip.bottom())
        if len(values) <= MOST_LINES:
            faint = QColor(self.theme.dim)
            faint.setAlphaF(0.5)
            painter.setPen(QPen(faint, 1, Qt.PenStyle.DotLine))
            painter.drawLines(segments(np.stack([x, base, x, base * 0 + self.plot.bottom()], axis=1)))
        tops = np.minimum(self._curve(values), base - 0.4 * self.unit)
        for good, ink in ((False, self.theme.dim), (True, self.theme.accent)):
            painter.setPen(QPen(QColor(ink), (2.6 if good else 1.4) * self._stroke))
            painter.drawLines(segments(np.stack([x, base, x, tops], axis=1)[hits == good]))

    def _paint_curve(self, painter: QPainter) -> None:
        unit, strip = self.unit, self.strip
        shares = np.linspace(0, 1, 240)
        painter.setPen(QPen(QColor(self.theme.text), 1.8 * self._stroke))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(polyline(np.stack([self._across(shares), self._curve(shares)], axis=1)))
        painter.setFont(font(unit))
        painter.setPen(QColor(self.theme.dim))
        for words, y in (("good", strip.top()), ("poor", strip.bottom() - 1.4 * unit)):
            painter.drawText(QRectF(strip.left() - 4.6 * unit, y, 4.2 * unit, 1.4 * unit), RIGHT, words)

    def _paint_trials(self, painter: QPainter) -> None:
        """A disc for each trial; those that hit are stars."""
        plot, places = self.plot, self.places
        spots = np.stack([self._across(places[:, 0]), plot.bottom() - places[:, 1] * plot.height()], axis=1)
        radius = max(min(0.45 * self.unit, 5.0 * self.unit / len(places) ** 0.5), 1.6)
        for width, ink in ((2 * radius + 1.6, self.theme.casing), (2 * radius, self.theme.dim)):
            pen = QPen(QColor(ink), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(polyline(spots[~self.hits]))
        star = shape_path("star", 1.6 * radius)
        painter.setPen(QPen(QColor(self.theme.casing), 1))
        painter.setBrush(QColor(self.theme.accent))
        for x, y in spots[self.hits].tolist():
            painter.drawPath(star.translated(x, y))
