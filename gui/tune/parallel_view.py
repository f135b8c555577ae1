"""Parallel coordinates with hands: stretches of axes are brushed, lines picked, axes moved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from gui.tune.axis_frame import AxisFrame
from gui.tune.parallel_picture import NAME, ParallelPicture
from gui.tune.upright_axis import STEP, Stretch, UprightAxis
from gui.views.arrow_keys import arrow_move
from landscape.tuning.plan import BEST_SHARE

CLICK = 4.0  # pixels within which a press stays a click
SIDE = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
UP = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}
CLEARS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
CURSORS = {
    "": Qt.CursorShape.CrossCursor, "middle": Qt.CursorShape.OpenHandCursor,
    "low": Qt.CursorShape.SizeVerCursor, "high": Qt.CursorShape.SizeVerCursor,
    "title": Qt.CursorShape.SizeHorCursor,
}  # fmt: skip


@dataclass
class Hold:
    """What the pointer has taken hold of.

    Attributes
    ----------
    part : "title", or of a stretch its "middle", "low" or "high" end, or "" for a new one
    share : of the axis, where it was taken
    """

    axis: UprightAxis
    part: str
    at: QPointF
    share: float
    stretch: Stretch | None
    is_drag: bool = False


class ParallelView(ParallelPicture):
    """A search's trials as lines over upright axes, of which stretches can be brushed.

    Signals
    -------
    trialPicked(number) : its line was clicked
    brushed(axis, (low, high)) : a stretch is dragged: places of a hyperparameter, scores of "score";
        None in its place clears it
    """

    trialPicked = pyqtSignal(int)
    brushed = pyqtSignal(str, object)
    keys = (
        "Alt with left and right chooses an axis; up and down move its stretch, with Shift its upper end; "
        "Delete clears it; Ctrl with left and right moves the axis, Ctrl with up or down turns it over"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hold: Hold | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(NAME)

    def order(self) -> list[str]:
        """The axes' names from left to right."""
        return list(self._order)

    # --- pointer -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton and not self._waits:
            self._hold = self._held_at(event.position())
            if self._hold is None:
                self._pick(event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        at = event.position()
        if self._waits:
            return
        if self._hold is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(at)
            return
        off = at - self._hold.at
        self._hold.is_drag |= max(abs(off.x()), abs(off.y())) > CLICK
        if self._hold.is_drag and self._hold.part == "title":
            self._insertion = at.x()
            self.update()
        elif self._hold.is_drag:
            self._brush(self._hold, self._here.share(self._hold.axis, at.y()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        held, self._hold, self._insertion = self._hold, None, None
        if held is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if held.is_drag:
            if held.part == "title":
                place = (event.position().x() - self._here.left) / self._here.gap
                self._move_axis(held.axis.name, round(place))
        elif held.part == "" and held.stretch is not None:
            self.brushed.emit(held.axis.name, None)
        elif held.part != "title":
            self._pick(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        axis = self._here.title_at(event.position()) if not self._waits else None
        if axis is not None:
            self._turn_over(axis.name)
        else:  # two clicks in a row are two clicks
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        self._over = None
        self.update()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.words_at(QPointF(event.pos()))
            if words:
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
                event.ignore()
            return True
        return super().event(event)

    def words_at(self, at: QPointF) -> str:
        """What there is to be said about a place."""
        if self._waits or self._lines is None:
            return ""
        title = self._here.title_at(at)
        if title is not None:
            return f"{title.title}: drag to move the axis, double-click to turn it over"
        row = self._line_at(at)
        return "" if row is None else self._lines.words(row)

    @property
    def _here(self) -> AxisFrame:
        """The axes on the screen."""
        return self._place(QRectF(self.rect()))[0]

    def _line_at(self, at: QPointF) -> int | None:
        assert self._lines is not None
        frame, heights = self._place(QRectF(self.rect()))
        return self._lines.near(frame, heights, at, self._lit)

    def _held_at(self, at: QPointF) -> Hold | None:
        """What a press takes hold of there."""
        frame = self._here
        axis = frame.title_at(at)
        if axis is not None:
            return Hold(axis, "title", at, 0.0, None)
        axis = frame.axis_at(at)
        if axis is None:
            return None
        stretch = self._brushes.get(axis.name)
        return Hold(axis, frame.part_at(axis, stretch, at.y()), at, frame.share(axis, at.y()), stretch)

    def _hover(self, at: QPointF) -> None:
        held, over = self._held_at(at), self._line_at(at)
        if held is not None:
            self.setCursor(CURSORS[held.part])
        else:
            shape = Qt.CursorShape.ArrowCursor if over is None else Qt.CursorShape.PointingHandCursor
            self.setCursor(shape)
        over = None if held is not None else over
        if over != self._over:
            self._over = over
            self.update()

    def _brush(self, hold: Hold, share: float) -> None:
        """The stretch that a drag to this share makes, shown at once and told."""
        axis, stretch = hold.axis, hold.stretch
        if stretch is None or hold.part == "":
            stretch = axis.between(hold.share, share)
        elif hold.part == "middle":
            stretch = axis.moved(stretch, share - hold.share)
        else:
            low, high = (float(end) for end in axis.shares(stretch))
            stretch = axis.between(high if hold.part == "low" else low, share)
        if stretch != self._brushes.get(axis.name):
            self._brushes[axis.name] = stretch
            self._describe()
            self.update()
            self.brushed.emit(axis.name, stretch)

    def _pick(self, at: QPointF) -> None:
        row = self._line_at(at)
        if row is not None and self._lines is not None:
            self.trialPicked.emit(int(self._lines.columns.number[row]))

    # --- axes ------------------------------------------------------------------------------------------

    def _move_axis(self, name: str, place: int) -> None:
        """Put an axis at a place from the left."""
        before = list(self._order)
        self._order.remove(name)
        self._order.insert(min(max(place, 0), len(self._order)), name)
        if self._order != before:
            self.still_changed()

    def _turn_over(self, name: str) -> None:
        """Let an axis run the other way."""
        self._axes[name] = replace(self._axes[name], flipped=not self._axes[name].flipped)
        self.still_changed()

    # --- keys ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if self._waits or not self._act(event):
            event.ignore()  # without an axis, Space plays and Esc leaves, as everywhere

    def _act(self, event: QKeyEvent) -> bool:
        """Do what a key says; False if it says nothing here."""
        key = Qt.Key(event.key())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        along = arrow_move(event)[0]
        if along:
            self._step(along)
            return True
        if self._at is None:
            return False
        if key in SIDE and held == ctrl:
            self._move_axis(self._at, self._order.index(self._at) + SIDE[key])
        elif key in UP and held == ctrl:
            self._turn_over(self._at)
        elif key in UP:
            self._nudge(self._axes[self._at], UP[key], held == shift)
        elif key in CLEARS and self._at in self._brushes:
            self.brushed.emit(self._at, None)
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        """Let the keys be at the next axis."""
        last = len(self._order) - 1
        place = (0 if by > 0 else last) if self._at is None else self._order.index(self._at) + by
        self._at = self._order[min(max(place, 0), last)]
        self._axis_shown()

    def _nudge(self, axis: UprightAxis, steps: int, resize: bool) -> None:
        """Move an axis' stretch up or down, or its upper end; the first time make one."""
        stretch = self._brushes.get(axis.name)
        if stretch is None:
            stretch = self._around_best(axis)
        elif axis.flipped:  # what is above is its low end
            stretch = axis.mirrored(axis.nudged(axis.mirrored(stretch), steps, resize))
        else:
            stretch = axis.nudged(stretch, steps, resize)
        self.brushed.emit(axis.name, stretch)

    def _around_best(self, axis: UprightAxis) -> Stretch:
        """The stretch in which the best tenth of the trials lie."""
        assert self._lines is not None
        columns = self._lines.columns
        scored = np.flatnonzero(np.isfinite(columns.score))
        count = max(round(BEST_SHARE * len(scored)), 1)
        best = scored[np.argsort(-columns.score[scored], kind="stable")[:count]]
        if not len(best):
            return axis.between(0.4, 0.6)
        shares = axis.shares(columns.place(axis.name)[best])
        low, high = float(shares.min()), float(shares.max())
        room = max(STEP - (high - low), 0.0) / 2  # so that there is something to be seen
        return axis.between(low - room, high + room)

    def _axis_shown(self) -> None:
        """The axis where the keys are is shown by its title, and told."""
        self._layers.forget("axes")
        self._describe()
        self.update()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self._layers.forget("axes")
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._layers.forget("axes")
        super().focusOutEvent(event)
