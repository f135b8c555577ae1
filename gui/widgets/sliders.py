"""Slim sliders: one knob, or two for a range. Keyboard and wheel work once they have the focus."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PyQt6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

STEPS = 1000


def _ignore_wheel_unless_focused(widget: QWidget, event: QWheelEvent | None) -> bool:
    """A wheel over a scrolling column should scroll it, not change what it passes over."""
    if event is not None and not widget.hasFocus():
        event.ignore()
        return True
    return False


class Slider(QAbstractSlider):
    """A track with one knob; the place runs from 0 to 1.

    Signals
    -------
    placeEdited(place) : moved by the user
    """

    placeEdited = pyqtSignal(float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRange(0, STEPS)
        self.setSingleStep(10)
        self.setPageStep(100)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a drag, arrow keys still step the race
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._showing = False
        self.valueChanged.connect(self._edited)

    def sizeHint(self) -> QSize:
        return QSize(110, 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(50, 22)

    def show_place(self, place: float) -> None:
        """Show this place without announcing it."""
        self._showing = True
        self.setValue(round(min(max(place, 0.0), 1.0) * self.maximum()))
        self._showing = False
        self.update()

    def _edited(self, value: int) -> None:
        self.update()
        if not self._showing:
            self.placeEdited.emit(value / max(self.maximum(), 1))

    def _track(self) -> QRectF:
        return QRectF(8, self.height() / 2 - 2, self.width() - 16, 4)

    def _at(self, event: Any) -> None:
        track = self._track()
        place = (event.position().x() - track.left()) / max(track.width(), 1)
        self.setValue(round(min(max(place, 0.0), 1.0) * self.maximum()))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._at(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if self.isSliderDown():
            self._at(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if not _ignore_wheel_unless_focused(self, event):
            super().wheelEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        place = self.value() / max(self.maximum(), 1)
        _paint_track(painter, self, self._track(), 0.0, place, (place,))
        painter.end()


class RangeSlider(QWidget):
    """A track with two knobs, for the ends of a domain; places run from 0 to 1.

    Signals
    -------
    rangeEdited(low, high) : moved by the user
    """

    rangeEdited = pyqtSignal(float, float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a drag, arrow keys still step the race
        self.setFixedHeight(22)
        self.setMinimumWidth(60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._places = [0.25, 0.75]
        self._held: int | None = None
        self._last_held = 1

    def show_range(self, low: float, high: float) -> None:
        """Show these places without announcing them."""
        self._places = [min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)]
        self.update()

    def _track(self) -> QRectF:
        return QRectF(8, self.height() / 2 - 2, self.width() - 16, 4)

    def _move(self, which: int, place: float) -> None:
        low, high = self._places
        if which == 0:
            low = min(max(place, 0.0), high - 0.02)
        else:
            high = max(min(place, 1.0), low + 0.02)
        if [low, high] != self._places:
            self._places = [low, high]
            self.update()
            self.rangeEdited.emit(low, high)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        place = (event.position().x() - self._track().left()) / max(self._track().width(), 1)
        self._held = min((0, 1), key=lambda k: abs(self._places[k] - place))
        self._last_held = self._held
        self._move(self._held, place)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if self._held is not None and event is not None:
            place = (event.position().x() - self._track().left()) / max(self._track().width(), 1)
            self._move(self._held, place)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._held = None

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and right move the high end; with Ctrl the low end."""
        assert event is not None
        if event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            super().keyPressEvent(event)
            return
        which = 0 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
        change = 0.02 if event.key() == Qt.Key.Key_Right else -0.02
        self._move(which, self._places[which] + change)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        low, high = self._places
        _paint_track(painter, self, self._track(), low, high, (low, high))
        painter.end()


def _paint_track(
    painter: QPainter, widget: QWidget, track: QRectF, low: float, high: float, knobs: tuple[float, ...]
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    palette = widget.palette()
    accent = palette.color(QPalette.ColorRole.Highlight)
    if not widget.isEnabled():
        accent = palette.color(QPalette.ColorRole.Mid)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Mid))
    painter.drawRoundedRect(track, 2, 2)
    painter.setBrush(accent)
    left = track.left() + low * track.width()
    painter.drawRoundedRect(QRectF(left, track.top(), (high - low) * track.width(), track.height()), 2, 2)
    for place in knobs:
        centre = QPointF(track.left() + place * track.width(), track.center().y())
        if widget.hasFocus():
            ring = QColor(accent)
            ring.setAlphaF(0.35)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ring)
            painter.drawEllipse(centre, 8, 8)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Window), 1.5))
        painter.setBrush(palette.color(QPalette.ColorRole.WindowText))
        painter.drawEllipse(centre, 5.5, 5.5)
