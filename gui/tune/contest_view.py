"""Random against grid, side by side: the same number of trials, one axis that matters."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.coverage_view import axis_words
from gui.tune.upright_axis import UprightAxis
from gui.views.arrow_keys import WAYS
from gui.views.canvas import Canvas
from gui.views.lines import polyline, segments
from gui.views.marks import shape_path
from landscape.tuning.contest import Contest
from landscape.tuning.space import Dimension

NAMES = ("Grid", "Random")
STEP = 0.02  # of the axis: how far a key moves what is good
GRIP = 7.0


class ContestView(Canvas):
    """Two plots of trials, and what is good.

    Signals
    -------
    widthEdited(width) : the good part shall be so wide, as a share of the axis
    """

    widthEdited = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axes: tuple[UprightAxis, UprightAxis] | None = None
        self._trials: tuple[Any, Any] = (np.empty((0, 2)), np.empty((0, 2)))
        self._contest: Contest | None = None
        self.middle, self.width_share = 0.62, 0.1  # of what is good
        self._drag = ""
        self.setAccessibleName("Random against grid")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def show_plan(self, x: Dimension, y: Dimension, grid: Any, random: Any) -> None:
        """Show these trials, places `(trials, 2)` each; x is the axis that matters."""
        self._axes = (UprightAxis(x.name, x), UprightAxis(y.name, y))
        self._trials = (grid, random)
        self.still_changed()

    def show_width(self, width: float) -> None:
        """Show how much of the axis is good."""
        self.width_share = width
        self.middle = min(max(self.middle, width / 2), 1 - width / 2)
        self.still_changed()

    def show_contest(self, contest: Contest | None) -> None:
        """Show these chances."""
        self._contest = contest
        self.still_changed()

    @property
    def good(self) -> tuple[float, float]:
        """The stretch of the axis that is good."""
        return self.middle - self.width_share / 2, self.middle + self.width_share / 2

    def hits(self, side: int) -> Any:
        """Which trials of one search are good."""
        places = self._trials[side][:, 0]
        return (places >= self.good[0]) & (places < self.good[1])

    # --- painting ----------------------------------------------------------------------------------

    @property
    def _unit(self) -> float:
        return self.theme.axis * self.type_scale

    def plot_area(self, area: QRectF, side: int) -> QRectF:
        """One of the two plots."""
        unit = self._unit
        half = area.width() / 2
        left = area.left() + side * half
        return QRectF(
            left + 5.5 * unit, area.top() + 7.5 * unit, half - 7.5 * unit, area.height() - 15.5 * unit
        )

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        if self._axes is None or not len(self._trials[0]):
            self.paint_hint(painter, area)
            return
        for side in (0, 1):
            self._paint_side(painter, self.plot_area(area, side), side)

    def _paint_side(self, painter: QPainter, plot: QRectF, side: int) -> None:
        assert self._axes is not None
        unit = self._unit
        left, centre = (
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            Qt.AlignmentFlag.AlignCenter,
        )
        painter.setFont(font(1.5 * unit, 600))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(
            QRectF(plot.left(), plot.top() - 6.8 * unit, plot.width(), 2.2 * unit), left, NAMES[side]
        )
        low, high = self.good
        band = QRectF(
            plot.left() + low * plot.width(), plot.top(), (high - low) * plot.width(), plot.height()
        )
        colour = QColor(self.theme.accent)
        colour.setAlphaF(0.16)
        painter.fillRect(band, colour)
        self._paint_bump(painter, plot)
        painter.setFont(font(unit))
        x, y = self._axes
        for share, text in x.ticks(max(2, int(plot.width() / (5 * unit)))):
            at = plot.left() + share * plot.width()
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(at, plot.top(), at, plot.bottom()))
            painter.setPen(QColor(self.theme.dim))
            painter.drawText(
                QRectF(at - 4 * unit, plot.bottom() + 0.3 * unit, 8 * unit, 1.4 * unit), centre, text
            )
        for share, text in y.ticks(max(2, int(plot.height() / (2.4 * unit)))):
            at = plot.bottom() - share * plot.height()
            painter.setPen(QColor(self.theme.dim))
            box = QRectF(plot.left() - 5 * unit, at - unit, 4.5 * unit, 2 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QPen(QColor(self.theme.dim), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(
            QRectF(plot.left(), plot.bottom() + 1.8 * unit, plot.width(), 1.5 * unit), centre, axis_words(x)
        )
        self._paint_trials(painter, plot, side)
        self._paint_words(painter, plot, side)

    def _paint_bump(self, painter: QPainter, plot: QRectF) -> None:
        """How good each value of the axis that matters is, above the plot."""
        unit, share = self._unit, np.linspace(0, 1, 200)
        height = np.exp(-0.5 * ((share - self.middle) / max(self.width_share * 0.6, 1e-3)) ** 2)
        base = plot.top() - 1.5 * unit
        points = np.stack([plot.left() + share * plot.width(), base - 2.6 * unit * height], axis=1)
        painter.setPen(QPen(QColor(self.theme.warning), 0.6 * self.theme.trail))
        painter.drawPolyline(polyline(points))

    def _paint_trials(self, painter: QPainter, plot: QRectF, side: int) -> None:
        unit, places, hits = self._unit, self._trials[side], self.hits(side)
        x = plot.left() + places[:, 0] * plot.width()
        y = plot.bottom() - places[:, 1] * plot.height()
        radius = max(min(0.55 * unit, 6.0 * unit / max(len(places), 1) ** 0.5), 2.0)
        top = plot.top() - 1.3 * unit
        colour = QColor(self.theme.text)
        painter.setPen(QPen(colour, max(1.0, 0.12 * unit)))
        painter.drawLines(segments(np.stack([x, 0 * x + top, x, 0 * x + top + 0.9 * unit], axis=1)))
        for good, shape in ((False, "disc"), (True, "star")):
            path = shape_path(shape, radius if not good else 1.5 * radius)
            painter.setPen(QPen(QColor(self.theme.casing), 1))
            painter.setBrush(QColor(self.theme.warning if good else self.theme.dim))
            for row in np.flatnonzero(hits == good).tolist():
                painter.save()
                painter.translate(QPointF(x[row], y[row]))
                painter.drawPath(path)
                painter.restore()

    def _paint_words(self, painter: QPainter, plot: QRectF, side: int) -> None:
        assert self._axes is not None
        unit, places, hits = self._unit, self._trials[side], self.hits(side)
        different = len(np.unique(places[:, 0].round(12)))
        lines = [
            f"{len(places)} trials, {different} different values of {self._axes[0].symbol}"
            f" · here {int(hits.sum())} {'hits' if hits.sum() != 1 else 'hit'}"
        ]
        found = self._contest
        if found is not None:
            exact, seen = ((found.grid, found.grid_seen), (found.random, found.random_seen))[side]
            lines.append(
                f"finds a good {found.width:.0%} with chance {exact:.3f}"
                f" (seen {seen:.3f} ± {found.spread(exact):.3f} in {found.repeats})"
            )
        for place, words in enumerate(lines):
            painter.setPen(QColor(self.theme.text))
            size, room = (1.15 if place else 1.0) * unit, plot.width() + 5 * unit
            painter.setFont(font(size, 600 if place else 400))
            while painter.fontMetrics().horizontalAdvance(words) > room and size > 7:
                size *= 0.95
                painter.setFont(font(size, 600 if place else 400))
            line = QRectF(
                plot.left() - 4 * unit, plot.bottom() + (3.9 + 1.8 * place) * unit, room, 1.7 * unit
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        self.focus_ring(painter, area)

    # --- pointer and keys --------------------------------------------------------------------------

    def _share(self, event: QMouseEvent) -> float:
        area = QRectF(self.rect())
        side = int(event.position().x() > area.center().x())
        plot = self.plot_area(area, side)
        return min(max((event.position().x() - plot.left()) / max(plot.width(), 1), 0.0), 1.0)

    def _near_edge(self, share: float) -> bool:
        reach = GRIP / max(self.plot_area(QRectF(self.rect()), 0).width(), 1)
        return min(abs(share - end) for end in self.good) < reach

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._drag = "edge" if self._near_edge(self._share(event)) else "middle"
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        share = self._share(event)
        if not event.buttons() & Qt.MouseButton.LeftButton or not self._drag:
            shapes = Qt.CursorShape
            self.setCursor(shapes.SizeHorCursor if self._near_edge(share) else shapes.ArrowCursor)
        elif self._drag == "edge":
            self.widthEdited.emit(round(min(max(2 * abs(share - self.middle), 0.01), 0.5), 3))
        else:
            self._move_to(share)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._drag = ""

    def _move_to(self, middle: float) -> None:
        self.middle = min(max(middle, self.width_share / 2), 1 - self.width_share / 2)
        self.still_changed()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        across, down = WAYS.get(Qt.Key(event.key()), (0, 0))
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and across:
            self._move_to(self.middle + across * STEP)
        elif down and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.widthEdited.emit(round(min(max(self.width_share - down * 0.01, 0.01), 0.5), 3))
        else:
            event.ignore()
