"""What charts of scores have in common: an upright axis of accuracies, its brush, trials to be picked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import Theme, font
from gui.tune.score_brush import ScoreBrush
from gui.tune.shades import score_steps
from gui.tune.trial_lines import TrialLines
from gui.views.arrow_keys import WAYS, arrow_move
from gui.views.canvas import Canvas
from gui.views.ticks import ticks
from landscape.numerals import numeral
from landscape.tuning.selection import SCORE, Columns

FAINT = 0.22  # opacity of what does not light up


class ScoreChart(Canvas):
    """Trials over some axis, their accuracy upwards.

    Signals
    -------
    trialPicked(number) : this trial is to be looked at
    brushed(name, stretch) : the accuracies that light up; None for all
    """

    trialPicked = pyqtSignal(int)
    brushed = pyqtSignal(str, object)
    title = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: Columns | None = None
        self.lines: TrialLines | None = None
        self.lit: Any = np.empty(0, bool)
        self.steps: Any = np.empty(0, int)  # of colour
        self.picked: int | None = None
        self.ends = (0.0, 1.0)
        self.brush = ScoreBrush()
        self._bright: QPixmap | None = None
        self.setAccessibleName(self.title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # --- what is shown -----------------------------------------------------------------------------

    def show_trials(self, columns: Columns) -> None:
        """Show these trials; all of them light up until told otherwise."""
        self.columns, self.lines = columns, TrialLines(columns)
        self.steps = score_steps(columns.score)
        self.lit = np.ones(len(columns), bool)
        self.ends = self.value_range(columns)
        self.still_changed()

    def value_range(self, columns: Columns) -> tuple[float, float]:
        """The ends of the upright axis."""
        shown = np.concatenate([columns.accuracy.ravel(), columns.score])
        shown = shown[np.isfinite(shown)]
        low = float(shown.min(initial=1.0)) if len(shown) else 0.0
        return (0.0 if low < 0.5 else round(max(low - 0.05, 0.0), 1), 1.0)

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        if len(mask) == len(self.lit) and not np.array_equal(mask, self.lit):
            if self.lit.all() != mask.all():
                self.still_changed()
            self.lit, self._bright = mask, None
            self.update()

    def show_picked(self, number: int | None) -> None:
        """Bring the trial that is looked at to the front."""
        if number != self.picked:
            self.picked = number
            self.update()

    def show_brushes(self, brushes: Mapping[str, tuple[float, float]]) -> None:
        """Show which accuracies light up."""
        if brushes.get(SCORE) != self.brush.stretch:
            self.brush.stretch = brushes.get(SCORE)
            self.update()

    def still_changed(self) -> None:
        self._bright = None
        super().still_changed()

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens from now on."""
        self._bright = None
        super().set_theme(theme, type_scale)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._bright = None
        super().resizeEvent(event)

    # --- what the kinds of charts differ in ----------------------------------------------------------

    def paint_ground(self, painter: QPainter, plot: QRectF) -> None:
        """What lies below the trials: the other axis."""

    def paint_trials(self, painter: QPainter, plot: QRectF, rows: Any) -> None:
        """These trials."""

    def paint_front(self, painter: QPainter, plot: QRectF) -> None:
        """What lies above them: the best, and the one that is looked at."""

    def row_at(self, at: QPointF, plot: QRectF) -> int | None:
        """The row of the trial that is meant there."""
        return None

    def neighbour(self, row: int, right: int, down: int, rows: Any) -> int | None:
        """The row to go to from this one."""
        return None

    # --- painting ----------------------------------------------------------------------------------

    @property
    def unit(self) -> float:
        """The size of type."""
        return self.theme.axis * self.type_scale

    def plot_area(self, area: QRectF) -> QRectF:
        """Inside the axes."""
        unit = self.unit
        return area.adjusted(4.2 * unit, 3.2 * unit, -1.8 * unit, -2.6 * unit)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return self.columns is None or not len(self.columns)

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        unit, plot = self.unit, self.plot_area(area)
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        line = QRectF(
            area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2.4 * unit, 1.8 * unit
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.title)
        if self.empty:
            self.paint_hint(painter, area)
            return
        painter.setFont(font(unit))
        low, high = self.ends
        for level in ticks(low, high, max(2, int(plot.height() / (2.4 * unit)))):
            y = plot.bottom() - (level - low) / (high - low) * plot.height()
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
            painter.setPen(QColor(self.theme.dim))
            box = QRectF(plot.left() - 4 * unit, y - unit, 3.5 * unit, 2 * unit)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, numeral(level, 3)
            )
        self.paint_ground(painter, plot)
        if not self.lit.all():
            painter.save()
            painter.setOpacity(FAINT)
            self.paint_trials(painter, plot, np.arange(len(self.lit)))
            painter.restore()

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if self.empty:
            return
        plot = self.plot_area(area)
        rows = np.flatnonzero(self.lit)
        if painter.device() is not self:
            self.paint_trials(painter, plot, rows)
        else:
            if self._bright is None:
                ratio = self.devicePixelRatioF()
                self._bright = QPixmap(self.size() * ratio)
                self._bright.setDevicePixelRatio(ratio)
                self._bright.fill(Qt.GlobalColor.transparent)
                layer = QPainter(self._bright)
                layer.setRenderHint(QPainter.RenderHint.Antialiasing)
                self.paint_trials(layer, plot, rows)
                layer.end()
            painter.drawPixmap(QPointF(0, 0), self._bright)
        self.brush.paint(painter, self.theme, plot, self.ends)
        self.paint_front(painter, plot)
        self.focus_ring(painter, area)

    # --- pointer and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton and not self.empty:
            self.brush.press(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        plot = self.plot_area(QRectF(self.rect()))
        if event.buttons() & Qt.MouseButton.LeftButton:
            stretch = self.brush.drag(event.position().y(), plot, self.ends)
            if stretch is not None:
                self.brushed.emit(SCORE, stretch)
            return
        row = None if self.empty else self.row_at(event.position(), plot)
        self.setToolTip("" if row is None or self.lines is None else self.lines.words(row))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self.empty or self.brush.release():
            return
        row = self.row_at(event.position(), self.plot_area(QRectF(self.rect())))
        if row is not None and self.columns is not None:
            self.trialPicked.emit(int(self.columns.number[row]))
        elif self.brush.stretch is not None:
            self.brushed.emit(SCORE, None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if self.columns is None or self.empty:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Delete) and self.brush.stretch is not None:
            self.brushed.emit(SCORE, None)
        elif arrow_move(event) != (0, 0):
            row = self.columns.row(self.picked)
            best = None if self.lines is None else self.lines.best
            rows = np.flatnonzero(self.lit)
            goal = best if row is None else self.neighbour(row, *WAYS[Qt.Key(event.key())], rows)
            if goal is not None:
                self.trialPicked.emit(int(self.columns.number[goal]))
        else:
            event.ignore()
