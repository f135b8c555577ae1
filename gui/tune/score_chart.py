"""What charts of scores have in common: an upright axis of accuracies, its brush, trials to be picked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from gui.theme import font
from gui.tune.score_brush import ScoreBrush
from gui.tune.shades import score_steps
from gui.tune.trial_lines import TrialLines
from gui.views.arrow_keys import WAYS, arrow_move
from gui.views.canvas import Canvas
from gui.views.ticks import ticks
from landscape.numerals import numeral
from landscape.tuning.selection import SCORE, Columns

PAUSE = 120  # milliseconds without a change, after which everything is drawn as finely as can be
CLEARS = (Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


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
    name = ""  # for those who do not see it
    keys = ""  # what the keyboard does, for the same

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
        self._rough = True  # a quick picture first, a fine one when nothing has changed for a while
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._sharpen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._describe()

    # --- what is shown -----------------------------------------------------------------------------

    def show_trials(self, columns: Columns) -> None:
        """Show these trials; all of them light up until told otherwise."""
        self.columns, self.lines = columns, TrialLines(columns)
        self.steps = score_steps(columns.score)
        self.lit = np.ones(len(columns), bool)
        self.ends = self.value_range(columns)
        self._describe()
        self._rough = True
        self.still_changed()

    def value_range(self, columns: Columns) -> tuple[float, float]:
        """The ends of the upright axis."""
        shown = np.concatenate([columns.accuracy.ravel(), columns.score])
        shown = shown[np.isfinite(shown)]
        low = float(shown.min(initial=1.0)) if len(shown) else 0.0
        return (0.0 if low < 0.5 else round(max(low - 0.05, 0.0), 1), 1.0)

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        mask = np.asarray(mask, bool)
        if len(mask) == len(self.lit) and not np.array_equal(mask, self.lit):
            if self.lit.all() != mask.all():
                self._still = None  # the faint ones are only there beside others
            self.lit, self._bright, self._rough = mask, None, True
            self._describe()
            self.update()

    def show_picked(self, number: int | None) -> None:
        """Bring the trial that is looked at to the front."""
        if number != self.picked:
            self.picked = number
            self._describe()
            self.update()

    def show_brushes(self, brushes: Mapping[str, tuple[float, float]]) -> None:
        """Show which accuracies light up."""
        if brushes.get(SCORE) != self.brush.stretch:
            self.brush.stretch = brushes.get(SCORE)
            self.update()

    @property
    def summary(self) -> str:
        """How many trials there are, and how many of them light up."""
        count, bright = len(self.lit), int(self.lit.sum())
        if not count:
            return "no trials yet"
        return f"{count:,} trials" if count == bright else f"{bright:,} of {count:,} trials light up"

    def words(self, row: int | None) -> str:
        """What a trial is and came to."""
        return "" if row is None or self.lines is None else self.lines.words(row)

    def _describe(self) -> None:
        """Say it to those who do not see it."""
        row = None if self.columns is None else self.columns.row(self.picked)
        picked = self.words(row).replace("\n", "; ")
        self.setAccessibleName(f"{self.name}: {picked}" if picked else self.name)
        best = self.words(None if self.lines is None else self.lines.best).replace("\n", "; ")
        self.setAccessibleDescription(". ".join(part for part in (self.summary, best, self.keys) if part))

    def _sharpen(self) -> None:
        """Draw everything finely, now that nothing has changed for a while."""
        self._rough, self._bright = False, None
        self.update()

    def still_changed(self) -> None:
        self._bright = None
        super().still_changed()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._bright = None
        super().resizeEvent(event)

    # --- what the kinds of charts differ in ----------------------------------------------------------

    def paint_ground(self, painter: QPainter, plot: QRectF) -> None:
        """What lies below the trials: the other axis."""

    def paint_faint(self, painter: QPainter, plot: QRectF) -> None:
        """All trials, hardly seen."""

    def paint_lit(self, painter: QPainter, plot: QRectF, rows: Any, rough: bool) -> None:
        """These trials; roughly if there is no time for more."""

    def paint_front(self, painter: QPainter, plot: QRectF) -> None:
        """What lies above them: the best, and the one that is looked at."""

    def row_at(self, at: QPointF, plot: QRectF) -> int | None:
        """The row of the trial that is meant there."""
        return None

    def neighbour(self, row: int, right: int, down: int) -> int | None:
        """The row to go to from this one, among those that light up."""
        return None

    def _first(self) -> int | None:
        """Where the keys begin: at the best that lights up."""
        order = self.by_score()
        bright = order[self.lit[order]]
        return int(bright[0]) if len(bright) else None

    def along(self, order: Any, row: int, forward: int) -> int | None:
        """The next row that lights up, in this order of all rows, forward or back."""
        place = int(np.flatnonzero(order == row)[0])
        rest = order[place + 1 :] if forward > 0 else order[:place][::-1]
        rest = rest[self.lit[rest]]
        return int(rest[0]) if len(rest) else None

    def by_score(self) -> Any:
        """All rows, the best first; those without a score last."""
        assert self.columns is not None
        return np.lexsort((self.columns.number, -np.nan_to_num(self.columns.score, nan=-np.inf)))

    # --- painting ----------------------------------------------------------------------------------

    @property
    def unit(self) -> float:
        """The size of type."""
        return self.theme.axis * self.type_scale

    def plot_area(self, area: QRectF) -> QRectF:
        """Inside the axes."""
        unit = self.unit
        return area.adjusted(4.2 * unit, 4.1 * unit, -1.8 * unit, -2.6 * unit)

    @property
    def heading(self) -> str:
        """What stands above the picture."""
        return self.title

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
        words = painter.fontMetrics().elidedText(self.heading, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
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
            self.paint_faint(painter, plot)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if self.empty:
            return
        plot = self.plot_area(area)
        if painter.device() is self:
            painter.drawPixmap(QPointF(0, 0), self._bright_layer(plot))
        else:
            self.paint_lit(painter, plot, np.flatnonzero(self.lit), rough=False)
        self.brush.paint(painter, self.theme, plot, self.ends)
        self.paint_front(painter, plot)
        self.focus_ring(painter, area)

    def _bright_layer(self, plot: QRectF) -> QPixmap:
        """What lights up, painted once."""
        ratio = self.devicePixelRatioF()
        if self._bright is None or self._bright.devicePixelRatio() != ratio:
            self._bright = QPixmap(self.size() * ratio)
            self._bright.setDevicePixelRatio(ratio)
            self._bright.fill(Qt.GlobalColor.transparent)
            layer = QPainter(self._bright)
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            try:
                self.paint_lit(layer, plot, np.flatnonzero(self.lit), self._rough)
            finally:
                layer.end()
            if self._rough:
                self._pause.start()
        return self._bright

    # --- pointer and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton and not self.empty:
            self.brush.press(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.buttons() & Qt.MouseButton.LeftButton and not self.empty:
            stretch = self.brush.drag(event.position().y(), self._plot, self.ends)
            if stretch is not None:
                self.brushed.emit(SCORE, stretch)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or self.brush.release() or self.columns is None:
            return
        row = None if self.empty else self.row_at(event.position(), self._plot)
        if row is not None:
            self.trialPicked.emit(int(self.columns.number[row]))
        elif self.brush.stretch is not None:
            self.brushed.emit(SCORE, None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        right, down = self._move(event)
        if self.columns is None or self.empty:
            event.ignore()
        elif event.key() in CLEARS and self.brush.stretch is not None:
            self.brushed.emit(SCORE, None)
        elif right or down:
            row = self.columns.row(self.picked)
            goal = self._first() if row is None else self.neighbour(row, right, down)
            if goal is not None:
                self.trialPicked.emit(int(self.columns.number[goal]))
        else:
            event.ignore()

    def _move(self, event: QKeyEvent) -> tuple[int, int]:
        """Where an arrow key leads: alone, where the window has no other use for it, or with Alt."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        alone = held == Qt.KeyboardModifier.NoModifier
        return WAYS.get(Qt.Key(event.key()), (0, 0)) if alone else arrow_move(event)

    @property
    def _plot(self) -> QRectF:
        return self.plot_area(QRectF(self.rect()))

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = QPointF(event.pos())
            words = "" if self.empty else self.words(self.row_at(at, self._plot))
            if words:
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
                event.ignore()
            return True
        return super().event(event)
