"""All hyperparameters of a search beside each other: a trial is a line from axis to axis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.axis_frame import AxisFrame
from gui.tune.layers import Layers
from gui.tune.trial_lines import TrialLines
from gui.tune.upright_axis import Stretch, UprightAxis, upright_axes
from gui.views.canvas import Canvas
from landscape.numerals import counted
from landscape.tuning.selection import Columns

TITLE = "brush any axis: it lights up everywhere"
TITLE_ON_PAPER = "every line is a trial"
NAME = "Parallel coordinates"
PAUSE = 120  # milliseconds without a change after which every line is drawn
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ParallelPicture(Canvas):
    """Shows trials as lines over upright axes; hands are added by `ParallelView`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: TrialLines | None = None
        self._axes: dict[str, UprightAxis] = {}
        self._order: list[str] = []
        self._lit: Any = np.zeros(0, bool)
        self._picked: int | None = None  # a trial's number
        self._over: int | None = None  # a row
        self._brushes: dict[str, Stretch] = {}
        self._insertion: float | None = None  # where an axis would go that is being moved
        self._at: str | None = None  # the axis where the keys are
        self._layers = Layers(self)
        self._placed: tuple[AxisFrame, Any] | None = None
        self._rough = True
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._sharpen)

    keys = ""  # what the keyboard does, for those who are told

    # --- what to show --------------------------------------------------------------------------------

    def show_trials(self, columns: Columns) -> None:
        """Show these trials, all of them lit."""
        flipped = {name for name, axis in self._axes.items() if axis.flipped}
        self._axes = {
            name: replace(axis, flipped=name in flipped) for name, axis in upright_axes(columns).items()
        }
        if set(self._order) != set(self._axes):
            self._order = list(self._axes)
        self._lines = TrialLines(columns)
        self._lit, self._over = np.ones(len(columns), bool), None
        self._at = self._at if self._at in self._axes else None
        self._describe()
        self._rough = True
        self.still_changed()

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        self._lit = np.asarray(mask, bool)
        self._describe()
        self._rough = True
        self._layers.forget("lit")
        self.update()

    def show_picked(self, number: int | None) -> None:
        """Show one trial above all others."""
        self._picked = number
        self.update()

    def show_brushes(self, brushes: dict[str, Stretch]) -> None:
        """Show these stretches, by axis."""
        self._brushes = dict(brushes)
        self._describe()
        self._layers.forget("lit")  # whose heading says what is brushed
        self.update()

    @property
    def _waits(self) -> bool:
        """Whether there is nothing to see yet; a hint may say why."""
        return self._lines is None or (bool(self.hint) and not len(self._lines.columns))

    @property
    def summary(self) -> str:
        """How many light up."""
        count, all_of_them = int(self._lit.sum()), len(self._lit)
        if not all_of_them:
            return "no trials yet"
        return (
            counted(all_of_them, "trial") if count == all_of_them else f"{count:,} of {all_of_them:,} trials"
        )

    def _describe(self) -> None:
        """Say it to those who do not see it."""
        name = self._at
        if name is None:
            self.setAccessibleName(NAME)
        else:
            axis = self._axes[name]
            stretch = axis.words(self._brushes[name]) if name in self._brushes else "all of it"
            self.setAccessibleName(f"{NAME}: {axis.title}, {stretch}")
        best = None if self._lines is None else self._lines.best
        words = "" if best is None or self._lines is None else f" {self._lines.words(best)}."
        self.setAccessibleDescription(f"{self.summary}.{words} {self.keys}.".replace("\n", ", "))

    def _brush_words(self) -> list[str]:
        return [
            f"{self._axes[name].symbol} {self._axes[name].words(self._brushes[name])}"
            for name in self._order
            if name in self._brushes
        ]

    def _sharpen(self) -> None:
        """Draw every line, now that nothing has changed for a while."""
        self._rough = False
        self._layers.forget("lit")
        self.update()

    # --- geometry ----------------------------------------------------------------------------------

    def frame_in(self, area: QRectF) -> AxisFrame:
        """The axes in an area."""
        lanes = self._lines.lanes if self._lines is not None else ()
        axes = [self._axes[name] for name in self._order]
        return AxisFrame.fitted(axes, lanes, area, self.theme.axis * self.type_scale)

    def _place(self, area: QRectF) -> tuple[AxisFrame, Any]:
        """The axes, and the heights of the lines at them; found once as long as nothing changes."""
        assert self._lines is not None
        if self._placed is None or self._placed[0].area != area:
            frame = self.frame_in(area)
            self._placed = frame, frame.heights(self._lines.columns)
        return self._placed

    def still_changed(self) -> None:
        self._layers.forget()
        self._placed = None
        super().still_changed()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._layers.forget()
        super().resizeEvent(event)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        if self._waits:
            self.paint_hint(painter, area)
        elif self._lines is not None:
            self._lines.paint_faint(painter, *self._place(area), self.theme)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if not self._waits:
            frame, heights = self._place(area)
            screen = painter.device() is self
            rough, chosen = self._rough and screen, self._at if screen and self.hasFocus() else None
            if rough and "lit" not in self._layers:
                self._pause.start()
            self._layers.draw(painter, "lit", lambda layer: self._paint_lit(layer, frame, heights, rough))
            self._paint_single(painter, frame, heights)
            self._layers.draw(painter, "axes", lambda layer: frame.paint_axes(layer, self.theme, chosen))
            for name, stretch in self._brushes.items():
                if name in self._axes:
                    frame.paint_stretch(painter, self.theme, self._axes[name], stretch)
            self._paint_marks(painter, frame, heights)
            self._paint_insertion(painter, frame)
        self.focus_ring(painter, area)

    def _paint_lit(self, painter: QPainter, frame: AxisFrame, heights: Any, rough: bool) -> None:
        assert self._lines is not None
        self._lines.paint_lit(painter, frame, heights, self.theme, self._lit, rough)
        self._paint_head(painter, frame)

    def _paint_head(self, painter: QPainter, frame: AxisFrame) -> None:
        """The title is dim, what is brushed and how many that leaves is bright."""
        unit = frame.unit
        head = QRectF(frame.area).adjusted(1.2 * unit, 0.5 * unit, -1.2 * unit, 0)
        head.setHeight(1.8 * unit)
        painter.setFont(font(1.08 * unit))
        metrics = painter.fontMetrics()
        painter.setPen(QColor(self.theme.text))
        words = "  ·  ".join([*self._brush_words(), self.summary])
        words = metrics.elidedText(words, Qt.TextElideMode.ElideLeft, int(head.width()))
        painter.drawText(head, RIGHT, words)
        head.setRight(head.right() - metrics.horizontalAdvance(words) - 1.5 * unit)
        painter.setPen(QColor(self.theme.dim))
        title = metrics.elidedText(
            TITLE if self.isEnabled() else TITLE_ON_PAPER,
            Qt.TextElideMode.ElideRight,
            max(int(head.width()), 0),
        )
        if len(title) > 8:  # a few letters say nothing
            painter.drawText(head, LEFT, title)

    def _paint_single(self, painter: QPainter, frame: AxisFrame, heights: Any) -> None:
        """The best, the one under the pointer, the one that is picked."""
        lines, theme = self._lines, self.theme
        assert lines is not None
        if lines.best is not None and self._lit[lines.best]:
            lines.paint_one(painter, frame, heights, theme, lines.best, theme.text, 1.6)
        if self._over is not None and painter.device() is self:
            lines.paint_one(painter, frame, heights, theme, self._over, theme.accent, 1.6)
        picked = lines.columns.row(self._picked)
        if picked is not None:
            lines.paint_one(painter, frame, heights, theme, picked, theme.accent, 3.0)

    def _paint_marks(self, painter: QPainter, frame: AxisFrame, heights: Any) -> None:
        lines = self._lines
        assert lines is not None
        lines.paint_rings(painter, frame, heights, self.theme, self._lit)
        picked = lines.columns.row(self._picked)
        if picked is not None:
            lines.paint_marks(painter, frame, heights, self.theme, picked, self.theme.accent)
        if lines.best is not None:
            lines.paint_star(painter, frame, heights, self.theme, lines.best)

    def _paint_insertion(self, painter: QPainter, frame: AxisFrame) -> None:
        """Where an axis would go that is dragged by its title."""
        if self._insertion is not None:
            painter.setPen(QPen(QColor(self.theme.accent), 2, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(self._insertion, frame.plot.top(), self._insertion, frame.plot.bottom()))
