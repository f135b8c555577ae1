"""Charts of scores with hands: stretches of accuracy are brushed, trials picked by pointer and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QToolTip

from gui.tune.score_picture import Plot, ScorePicture
from gui.views.arrow_keys import arrow_move
from landscape.tuning.selection import SCORE

CLEARS = (Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class ScoreChart(ScorePicture):
    """Trials over some axis, their accuracy upwards.

    Signals
    -------
    trialPicked(number) : this trial is to be looked at
    brushed(name, stretch) : the accuracies that light up; None for all
    """

    trialPicked = pyqtSignal(int)
    brushed = pyqtSignal(str, object)

    # --- what the kinds of charts differ in ----------------------------------------------------------

    def row_at(self, at: QPointF, plot: Plot) -> int | None:
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
        right, down = arrow_move(event)
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

    @property
    def _plot(self) -> Plot:
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
