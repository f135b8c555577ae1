"""Where a search has been: its trials over two hyperparameters, and projected onto each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.layers import Layers
from gui.tune.plane_brush import PlaneBrush
from gui.tune.plane_frame import (
    draw_axes,
    draw_ghost,
    draw_projections,
    fitting,
    spread,
    tick_room,
)
from gui.tune.round_boxes import draw_boxes
from gui.tune.trial_lines import TrialLines
from gui.tune.trial_marks import FAINT, draw_trials, kinds
from gui.tune.upright_axis import UprightAxis, axis_words
from gui.views.arrow_keys import WAYS, arrow_move
from gui.views.canvas import Canvas
from landscape.numerals import counted
from landscape.tuning.selection import Columns
from landscape.tuning.space import Dimension

NAME = "Coverage"
KEYS = (
    "Up and down, and Alt with any arrow key, go from trial to trial. Shift and Alt with arrow keys move"
    " a box that lights up what lies in it, with Ctrl as well they resize it, Esc takes it away"
)
CAPTIONS = (
    ("each point one model · crosses diverged", " · faint: what a grid would try"),
    ("each point a model · ✕ diverged", " · + a grid"),
    ("✕ diverged", " · + what a grid would try"),
    ("✕ diverged", " · + a grid"),
)
NEAR = 9.0  # pixels from a trial at which it is meant
LARGEST, SMALLEST = 0.42, 0.12  # units: radius of a mark
COVER = 0.7  # of the plot, that the marks of all trials may cover: the more there are, the smaller they are
Box = dict[str, tuple[float, float]]


class CoverageView(Canvas):
    """A scatter of trials.

    Signals
    -------
    trialPicked(number) : this trial is to be looked at
    boxBrushed(box) : the stretches of both axes that light up; {} for all
    """

    trialPicked = pyqtSignal(int)
    boxBrushed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axes: tuple[UprightAxis, UprightAxis] | None = None
        self._columns: Columns | None = None
        self._lines: TrialLines | None = None
        self._places: Any = np.empty((0, 2))
        self._kinds: Any = np.empty(0, int)
        self._lit: Any = np.empty(0, bool)
        self._picked: int | None = None
        self._ghost: Any = None
        self._boxes: list[tuple[Box, str]] = []
        self._counts = (0, 0)  # different values on each axis
        self._layers = Layers(self)
        self.brush = PlaneBrush()
        self.setAccessibleName(NAME)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # --- what is shown -----------------------------------------------------------------------------

    def show_axes(self, x: Dimension, y: Dimension) -> None:
        """Show these two hyperparameters."""
        axes = (UprightAxis(x.name, x), UprightAxis(y.name, y))
        if axes != self._axes:
            self._axes = axes
            self._place()

    def show_trials(self, columns: Columns) -> None:
        """Show these trials; all of them light up until told otherwise."""
        self._columns, self._lines = columns, TrialLines(columns)
        self._kinds = kinds(columns)
        self._lit = np.ones(len(columns), bool)
        self._place()

    def _place(self) -> None:
        if self._columns is not None and self._axes is not None:
            named = {dimension.name for dimension in self._columns.dimensions}
            if all(axis.name in named for axis in self._axes):
                self._places = spread(self._axes, self._columns)
                values = [trial.values for trial in self._columns.trials]
                across, up = (len({each[axis.name] for each in values}) for axis in self._axes)
                self._counts = (across, up)
            else:
                self._places = np.empty((0, 2))
        self._say()
        self.still_changed()

    def _say(self) -> None:
        """Tell those who do not see it what is shown."""
        row = None if self._columns is None else self._columns.row(self._picked)
        said = "" if row is None or self._lines is None else f": {self._lines.words(row)}".replace("\n", "; ")
        self.setAccessibleName(NAME + said)
        if self._axes is not None:
            across, up = (axis_words(axis) for axis in self._axes)
            self.setAccessibleDescription(f"{counted(len(self._kinds), 'trial')}, {up} over {across}. {KEYS}")

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        if len(mask) == len(self._kinds) and not np.array_equal(mask, self._lit):
            self._lit = mask
            self._layers.forget("lit")
            self.update()

    def show_picked(self, number: int | None) -> None:
        """Ring the trial that is looked at."""
        if number != self._picked:
            self._picked = number
            self._say()
            self.update()

    def show_ghost(self, places: Any) -> None:
        """Show what a grid would try, `(points, 2)`, or None."""
        same = self._ghost is places or (
            self._ghost is not None and places is not None and np.array_equal(self._ghost, places)
        )
        if not same:
            self._ghost = places
            self.still_changed()

    def show_boxes(self, boxes: Sequence[tuple[Box, str]]) -> None:
        """Show where rounds have searched, each with its name."""
        if list(boxes) != self._boxes:
            self._boxes = list(boxes)
            self._layers.forget("boxes")
            self.update()

    def show_brushes(self, brushes: Mapping[str, tuple[float, float]]) -> None:
        """Show which stretches light up."""
        if self._axes is not None:
            self.brush.show({axis.name: brushes[axis.name] for axis in self._axes if axis.name in brushes})
            self.update()

    def still_changed(self) -> None:
        self._layers.forget()
        super().still_changed()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._layers.forget()
        super().resizeEvent(event)

    # --- where things are --------------------------------------------------------------------------

    def unit(self, area: QRectF) -> float:
        """The size of type: smaller where a view is too small for that of its theme."""
        return min(self.theme.axis * self.type_scale, area.width() / 21, area.height() / 17)

    def plot_area(self, area: QRectF) -> QRectF:
        """The square of all values; the projections lie above and to the right of it."""
        unit, numbers = self.unit(area), 3.0 if self._axes is None else tick_room(self._axes[1])
        return area.adjusted((numbers + 2.9) * unit, 5.6 * unit, -4.4 * unit, -4.2 * unit)

    def _pixels(self, places: Any, plot: QRectF) -> Any:
        x = plot.left() + places[:, 0] * plot.width()
        return np.stack([x, plot.bottom() - places[:, 1] * plot.height()], axis=1)

    def radius(self, area: QRectF) -> float:
        """Of a mark."""
        plot, unit = self.plot_area(area), self.unit(area)
        room = max(plot.width() * plot.height(), 1.0)
        fair = np.sqrt(COVER * room / (np.pi * max(len(self._kinds), 1)))
        return round(float(np.clip(fair, SMALLEST * unit, LARGEST * unit)), 1)

    def row_at(self, at: QPointF) -> int | None:
        """The row of the trial that is meant there: rather one that lights up."""
        if not len(self._places):
            return None
        away = self._pixels(self._places, self.plot_area(QRectF(self.rect()))) - (at.x(), at.y())
        distance = np.hypot(away[:, 0], away[:, 1]) + np.where(self._lit, 0.0, 3.0)
        row = int(distance.argmin())
        return row if distance[row] <= NEAR * max(self.type_scale, 1.0) else None

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        unit, plot = self.unit(area), self.plot_area(area)
        type_ = font(1.08 * unit)
        painter.setFont(type_)
        painter.setPen(QColor(self.theme.dim))
        title = QRectF(
            area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2.4 * unit, 1.8 * unit
        )
        captions = [own + (grid if self._ghost is not None else "") for own, grid in CAPTIONS]
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(title, left, fitting(type_, captions, title.width()))
        if self._axes is None or not len(self._places):
            self.paint_hint(painter, area)
            return
        x, y = self._axes
        draw_axes(painter, self.theme, unit, plot, (x, y), (_titles(x), _titles(y)))
        words = self._counts, (x.symbol, y.symbol)
        draw_projections(painter, self.theme, unit, plot, self._places, self._ghost, *words)
        if self._ghost is not None:
            draw_ghost(painter, self.theme, unit, self._pixels(self._ghost, plot))

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if self._axes is None or not len(self._places):
            return
        plot, unit = self.plot_area(area), self.unit(area)
        every = np.arange(len(self._kinds))
        # The faint ones are the picture of all with less opacity: a new choice paints what lights up, only.
        if not self._lit.all():
            self._draw_marks(painter, "all", every, area, FAINT)
            self._draw_marks(painter, "lit", np.flatnonzero(self._lit), area)
        else:
            self._draw_marks(painter, "all", every, area)
        names = self._names
        rects = [(self.brush.rect(box, plot, names), name) for box, name in self._boxes]
        self._layers.draw(painter, "boxes", lambda layer: draw_boxes(layer, self.theme, unit, plot, rects))
        self.brush.paint(painter, self.theme, plot, names, unit)
        row = None if self._columns is None else self._columns.row(self._picked)
        if row is not None:
            x, y = self._pixels(self._places[row : row + 1], plot)[0]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in ((4.5, self.theme.casing), (2.2, self.theme.text)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(QPointF(x, y), 0.85 * unit, 0.85 * unit)
        self.focus_ring(painter, area)

    def _draw_marks(
        self, painter: QPainter, layer: str, rows: Any, area: QRectF, opacity: float = 1.0
    ) -> None:
        pixels, radius = self._pixels(self._places[rows], self.plot_area(area)), self.radius(area)

        def paint(painter: QPainter) -> None:
            if len(rows):
                draw_trials(painter, pixels, self._kinds[rows], self.theme, radius, painter.opacity())

        self._layers.draw(painter, layer, paint, opacity)

    # --- pointer and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton and self._axes is not None and len(self._places):
            plot = self.plot_area(QRectF(self.rect()))
            self.brush.press(event.position(), plot, self._names, bool(event.modifiers()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        plot = self.plot_area(QRectF(self.rect()))
        if event.buttons() & Qt.MouseButton.LeftButton:
            box = self.brush.drag(event.position(), plot, self._snapped)
            if box is not None:
                self.boxBrushed.emit(box)
            return
        self.setCursor(self.brush.cursor(event.position(), plot, self._names))
        row = self.row_at(event.position())
        self.setToolTip("" if row is None or self._lines is None else self._lines.words(row))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or self.brush.release():
            return
        row = self.row_at(event.position())
        if row is not None and self._columns is not None:
            self.trialPicked.emit(int(self._columns.number[row]))
        elif self.brush.stretches:
            self.boxBrushed.emit({})

    def leaveEvent(self, event: QEvent | None) -> None:
        self.setToolTip("")
        super().leaveEvent(event)

    @property
    def _names(self) -> tuple[str, str]:
        assert self._axes is not None
        return (self._axes[0].name, self._axes[1].name)

    def _snapped(self, axis: int, low: float, high: float) -> tuple[float, float]:
        """Whole cells, where values come in cells."""
        assert self._axes is not None
        return self._axes[axis].between(low, high)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        alt, shift = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
        control = Qt.KeyboardModifier.ControlModifier
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        across, down = WAYS.get(Qt.Key(event.key()), (0, 0))
        if self._axes is None or not len(self._places):
            event.ignore()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Delete) and self.brush.stretches:
            self.boxBrushed.emit({})
        elif (across or down) and held in (alt | shift, alt | shift | control):
            self.boxBrushed.emit(self.brush.nudged(self._axes, (across, -down), bool(held & control)))
        elif arrow_move(event) != (0, 0):
            self._move_pick(across, -down)
        else:
            event.ignore()

    def _move_pick(self, right: int, up: int) -> None:
        """To the nearest trial in that direction; to the best where none is picked."""
        assert self._columns is not None
        columns, rows = self._columns, np.flatnonzero(self._lit)
        now = columns.row(self._picked)
        if now is None:
            best = None if self._lines is None else self._lines.best
            target = best if best is not None else (int(rows[0]) if len(rows) else None)
        else:
            away = self._places[rows] - self._places[now]
            along = away @ np.array([right, up], dtype=float)
            aside = np.abs(away @ np.array([up, right], dtype=float))
            cost = np.where(along > 1e-9, along + 2 * aside, np.inf)
            target = int(rows[cost.argmin()]) if len(rows) and np.isfinite(cost).any() else None
        if target is not None:
            self.trialPicked.emit(int(columns.number[target]))


def _titles(axis: UprightAxis) -> list[str]:
    """The wordings of an axis' title, the fullest first."""
    full = axis_words(axis)
    return [
        full,
        full.replace(axis.title, "").strip() if f"{axis.title} {axis.symbol}" in full else axis.symbol,
    ]
