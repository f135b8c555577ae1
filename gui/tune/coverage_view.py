"""Where a search has been: its trials over two hyperparameters, and projected onto each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import Theme, font
from gui.tune.plane_brush import PlaneBrush
from gui.tune.trial_lines import TrialLines
from gui.tune.trial_marks import FAINT, draw_trials, kinds
from gui.tune.upright_axis import UprightAxis
from gui.views.arrow_keys import WAYS, arrow_move
from gui.views.canvas import Canvas
from gui.views.lines import segments
from gui.views.marks import draw_label
from landscape.tuning.selection import Columns
from landscape.tuning.space import Dimension

CAPTION = "each point a model · ✕ diverged · + what a grid would try"
NEAR = 9.0  # pixels from a trial at which it is meant
MANY = 1500  # trials, above which marks are smaller
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
        self._bright: QPixmap | None = None  # the trials that light up
        self.brush = PlaneBrush()
        self.setAccessibleName("Coverage: trials over two hyperparameters")
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
                self._places = np.stack([axis.spread(self._columns) for axis in self._axes], axis=1)
            else:
                self._places = np.empty((0, 2))
        self.still_changed()

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        if len(mask) == len(self._kinds) and not np.array_equal(mask, self._lit):
            if self._lit.all() != mask.all():
                self.still_changed()  # the faint ones come, or go
            self._lit, self._bright = mask, None
            self.update()

    def show_picked(self, number: int | None) -> None:
        """Ring the trial that is looked at."""
        if number != self._picked:
            self._picked = number
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
            self.still_changed()

    def show_brushes(self, brushes: Mapping[str, tuple[float, float]]) -> None:
        """Show which stretches light up."""
        if self._axes is not None:
            self.brush.show({axis.name: brushes[axis.name] for axis in self._axes if axis.name in brushes})
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

    # --- where things are --------------------------------------------------------------------------

    @property
    def _unit(self) -> float:
        return self.theme.axis * self.type_scale

    def plot_area(self, area: QRectF) -> QRectF:
        """The square of all values; the projections lie above and to the right of it."""
        unit = self._unit
        return area.adjusted(6.2 * unit, 5.2 * unit, -3.2 * unit, -4.2 * unit)

    def _pixels(self, places: Any, plot: QRectF) -> Any:
        x = plot.left() + places[:, 0] * plot.width()
        return np.stack([x, plot.bottom() - places[:, 1] * plot.height()], axis=1)

    @property
    def _radius(self) -> float:
        size = 0.42 if len(self._kinds) < MANY else 0.26
        return round(size * self._unit, 1)

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
        unit, plot = self._unit, self.plot_area(area)
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        title = QRectF(
            area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2.4 * unit, 1.8 * unit
        )
        caption = CAPTION if self._ghost is not None else CAPTION.rsplit(" · ", 1)[0]
        shown = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideRight, int(title.width()))
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        if self._axes is None or not len(self._places):
            self.paint_hint(painter, area)
            return
        self._paint_axes(painter, plot)
        self._paint_projections(painter, plot)
        self._paint_ghost(painter, plot)
        if not self._lit.all():
            pixels = self._pixels(self._places, plot)
            painter.setClipRect(plot.adjusted(-9, -9, 9, 9))
            draw_trials(painter, pixels, self._kinds, self.theme, self._radius, FAINT)
            painter.setClipping(False)

    def _paint_axes(self, painter: QPainter, plot: QRectF) -> None:
        assert self._axes is not None
        unit = self._unit
        painter.setFont(font(unit))
        x, y = self._axes
        across, up = max(2, int(plot.width() / (4.5 * unit))), max(2, int(plot.height() / (2.4 * unit)))
        centre, right = (
            Qt.AlignmentFlag.AlignCenter,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        )
        for share, text in x.ticks(across):
            at = plot.left() + share * plot.width()
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(at, plot.top(), at, plot.bottom()))
            painter.setPen(QColor(self.theme.dim))
            painter.drawText(
                QRectF(at - 4 * unit, plot.bottom() + 0.4 * unit, 8 * unit, 1.4 * unit), centre, text
            )
        for share, text in y.ticks(up):
            at = plot.bottom() - share * plot.height()
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(plot.left(), at, plot.right(), at))
            painter.setPen(QColor(self.theme.dim))
            painter.drawText(QRectF(plot.left() - 5 * unit, at - unit, 4.5 * unit, 2 * unit), right, text)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(
            QRectF(plot.left(), plot.bottom() + 2 * unit, plot.width(), 1.5 * unit), centre, axis_words(x)
        )
        painter.save()
        painter.translate(plot.left() - 5.3 * unit, plot.center().y())
        painter.rotate(-90)
        words, room = axis_words(y), plot.height() + 3 * unit
        if painter.fontMetrics().horizontalAdvance(words) > room:
            words = f"{y.symbol} ({y.scale})" if y.scale else y.symbol
        painter.drawText(QRectF(-room / 2, -unit, room, 1.6 * unit), centre, words)
        painter.restore()

    def _paint_projections(self, painter: QPainter, plot: QRectF) -> None:
        """All trials on either axis: a grid has few different values there, a random search many."""
        unit, pixels = self._unit, self._pixels(self._places, plot)
        colour = QColor(self.theme.accent)
        colour.setAlphaF(0.75 if len(pixels) < 300 else 0.25)
        painter.setPen(QPen(colour, 1))
        top, right = plot.top() - 1.3 * unit, plot.right() + 0.5 * unit
        tall = np.full(len(pixels), 0.8 * unit)
        painter.drawLines(
            segments(np.stack([pixels[:, 0], top + 0 * tall, pixels[:, 0], top + tall], axis=1))
        )
        painter.drawLines(
            segments(np.stack([right + 0 * tall, pixels[:, 1], right + tall, pixels[:, 1]], axis=1))
        )
        words = [f"{self._different(0)} different values of {self._axes[0].symbol}"] if self._axes else []
        if self._ghost is not None:
            ghost = self._pixels(self._ghost, plot)
            painter.setPen(QPen(QColor(self.theme.warning), 2))
            for x in np.unique(ghost[:, 0]).tolist():
                painter.drawLine(QLineF(x, top - 0.2 * unit, x, top + unit))
            for y in np.unique(ghost[:, 1]).tolist():
                painter.drawLine(QLineF(right - 0.2 * unit, y, right + unit, y))
            words.append(f"a grid: {len(np.unique(self._ghost[:, 0]))}")
        painter.setFont(font(unit))
        painter.setPen(QColor(self.theme.text))
        line = QRectF(plot.left(), top - 1.8 * unit, plot.width(), 1.5 * unit)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, " · ".join(words))

    def _different(self, axis: int) -> int:
        assert self._axes is not None
        assert self._columns is not None
        return len({trial.values[self._axes[axis].name] for trial in self._columns.trials})

    def _paint_ghost(self, painter: QPainter, plot: QRectF) -> None:
        if self._ghost is None:
            return
        colour = QColor(self.theme.warning)
        colour.setAlphaF(0.55)
        painter.setPen(QPen(colour, 1.4))
        arm = 0.45 * self._unit
        at = self._pixels(self._ghost, plot)
        for across in (np.array([arm, 0.0]), np.array([0.0, arm])):
            painter.drawLines(segments(np.concatenate([at - across, at + across], axis=1)))

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if self._axes is None or not len(self._places):
            return
        plot = self.plot_area(area)
        self._paint_bright(painter, area, plot)
        self._paint_boxes(painter, plot)
        self.brush.paint(painter, self.theme, plot, tuple(axis.name for axis in self._axes), self._unit)
        row = None if self._columns is None else self._columns.row(self._picked)
        if row is not None:
            x, y = self._pixels(self._places[row : row + 1], plot)[0]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in ((4.5, self.theme.casing), (2.2, self.theme.text)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(QPointF(x, y), 0.85 * self._unit, 0.85 * self._unit)
        self.focus_ring(painter, area)

    def _paint_bright(self, painter: QPainter, area: QRectF, plot: QRectF) -> None:
        rows = np.flatnonzero(self._lit)
        pixels = self._pixels(self._places[rows], plot)
        if painter.device() is not self:
            draw_trials(painter, pixels, self._kinds[rows], self.theme, self._radius)
            return
        if self._bright is None:
            ratio = self.devicePixelRatioF()
            self._bright = QPixmap(self.size() * ratio)
            self._bright.setDevicePixelRatio(ratio)
            self._bright.fill(Qt.GlobalColor.transparent)
            layer = QPainter(self._bright)
            draw_trials(layer, pixels, self._kinds[rows], self.theme, self._radius)
            layer.end()
        painter.drawPixmap(QPointF(0, 0), self._bright)

    def _paint_boxes(self, painter: QPainter, plot: QRectF) -> None:
        """The rounds' boxes, nested, and their names where there is room."""
        assert self._axes is not None
        unit = self._unit
        taken: list[QRectF] = []
        for place, (box, name) in enumerate(self._boxes):
            rect = self.brush.rect(box, plot, tuple(a.name for a in self._axes))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 1.6 + 0.4 * place))
            painter.drawRoundedRect(rect, 3, 3)
            painter.setFont(font(unit, 600))
            width = painter.fontMetrics().horizontalAdvance(name) + 8
            spots = [
                QRectF(rect.left(), rect.top() - 1.6 * unit, width, 1.5 * unit),
                QRectF(rect.left(), rect.bottom() + 0.1 * unit, width, 1.5 * unit),
                QRectF(rect.right() - width, rect.top() - 1.6 * unit, width, 1.5 * unit),
                QRectF(rect.left() + 2, rect.top() + 2, width, 1.5 * unit),
                QRectF(rect.right() - width - 2, rect.bottom() - 1.6 * unit, width, 1.5 * unit),
            ]
            free = [s for s in spots if plot.contains(s) and not any(s.intersects(t) for t in taken)]
            if free:
                taken.append(free[0])
                draw_label(
                    painter, QPointF(free[0].left() + 3, free[0].bottom() - 0.4 * unit), name, self.theme,
                    font(unit, 600), colour=self.theme.accent,
                )  # fmt: skip

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
        if self.brush.release():
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


def axis_words(axis: UprightAxis) -> str:
    """An axis' name, symbol and scale."""
    scale = {"log 1−β": "log of 1 − β", "2ⁿ": "powers of 2"}.get(axis.scale, axis.scale)
    symbol = "" if axis.symbol in axis.title or len(axis.symbol) > 2 else f" {axis.symbol}"
    return f"{axis.title}{symbol}" + (f" ({scale})" if scale else "")
