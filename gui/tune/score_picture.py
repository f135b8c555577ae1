"""What pictures of scores have in common: an upright axis, trials that light up and faint ones, the brush."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.layers import Layers
from gui.tune.score_brush import ScoreBrush
from gui.tune.shades import score_steps
from gui.tune.trial_lines import TrialLines
from gui.views.canvas import Canvas
from gui.views.ticks import ticks
from landscape.numerals import counted, numeral
from landscape.tuning.selection import SCORE, Columns

PAUSE = 300  # milliseconds without a change, after which everything is drawn as finely as can be
QUICK = 4000  # trials up to which new ones are drawn finely at once


class Plot(QRectF):
    """The inside of the axes, and the size of type around it."""

    def __init__(self, inside: QRectF, unit: float) -> None:
        super().__init__(inside)
        self.unit = unit


class ScorePicture(Canvas):
    """Trials over some axis, their accuracy upwards."""

    title = ""
    name = ""  # for those who do not see it
    keys = ""  # what the keyboard does, for the same
    lane = 0.0  # units of height between the plot and the numbers below it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: Columns | None = None
        self.lines: TrialLines | None = None
        self.lit: Any = np.empty(0, bool)
        self.steps: Any = np.empty(0, int)  # of colour
        self.picked: int | None = None
        self.ends = (0.0, 1.0)
        self.brush = ScoreBrush()
        self._layers = Layers(self)
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
        self._rough = len(columns) > QUICK
        self.still_changed()

    def value_range(self, columns: Columns) -> tuple[float, float]:
        """The ends of the upright axis: from 0, or from somewhat under the lowest."""
        low = float(np.nanmin(columns.accuracy, initial=1.0)) if np.isfinite(columns.accuracy).any() else 0.0
        return (0.0 if low < 0.5 else np.floor(10 * (low - 0.03)) / 10, 1.0)

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        mask = np.asarray(mask, bool)
        if len(mask) == len(self.lit) and not np.array_equal(mask, self.lit):
            self.lit, self._rough = mask, True
            self._pause.stop()  # it begins anew with the picture
            self._layers.forget("lit")
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
        return counted(count, "trial") if count == bright else f"{bright:,} of {count:,} trials light up"

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
        self._rough = False
        self._layers.forget("lit")
        self.update()

    def still_changed(self) -> None:
        self._layers.forget()
        super().still_changed()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._layers.forget()
        super().resizeEvent(event)

    # --- what the kinds of charts differ in ----------------------------------------------------------

    def paint_ground(self, painter: QPainter, plot: Plot) -> None:
        """What lies below the trials: the other axis."""

    def paint_faint(self, painter: QPainter, plot: Plot, rough: bool) -> None:
        """All trials, hardly seen; roughly if there is no time for more."""

    def paint_lit(self, painter: QPainter, plot: Plot, rows: Any, rough: bool) -> None:
        """These trials; roughly if there is no time for more."""

    def paint_front(self, painter: QPainter, plot: Plot) -> None:
        """What lies above them: the best, and the one that is looked at."""

    # --- painting ----------------------------------------------------------------------------------

    def plot_area(self, area: QRectF) -> Plot:
        """Inside the axes; type is smaller where a view is too small for that of its theme."""
        below = 2.6 + self.lane
        unit = min(self.theme.axis * self.type_scale, area.height() / (below + 9), area.width() / 18)
        return Plot(area.adjusted(4.2 * unit, 4.1 * unit, -1.8 * unit, -below * unit), unit)

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
        plot = self.plot_area(area)
        unit = plot.unit
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

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if not self.empty:
            plot, rows = self.plot_area(area), np.flatnonzero(self.lit)
            screen = painter.device() is self
            rough = self._rough and screen
            if len(rows) < len(self.lit):
                quick = rough and "faint" not in self._layers
                name = "faint, roughly" if quick else "faint"
                self._layers.draw(painter, name, lambda layer: self.paint_faint(layer, plot, quick))
            self._layers.draw(painter, "lit", lambda layer: self.paint_lit(layer, plot, rows, rough))
            if rough and not self._pause.isActive():
                self._pause.start()
            self.brush.paint(painter, self.theme, plot, self.ends)
            self.paint_front(painter, plot)
        self.focus_ring(painter, area)
