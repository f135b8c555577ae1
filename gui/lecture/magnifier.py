"""A magnifier over the window: what is around the mouse, or around where the keyboard is, enlarged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer
from PyQt6.QtGui import (
    QColor,
    QCursor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QShortcut,
)
from PyQt6.QtWidgets import QApplication, QWidget

from gui.theme import DARK, Theme

EVERY = 16  # milliseconds between two looks at the mouse
GRAB_EVERY = 4  # such looks: a new picture of what lies below
AROUND = 0.12  # of what is enlarged, on each side: so far the lens can go with the picture that it has
SHARE = (0.42, 0.46)  # of the window's sides: the lens
STEPS = (1.5, 2.0, 2.5, 3.0, 4.0)
MOVE = 0.04  # of the window's height, for an arrow key
WAYS = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}


class Magnifier(QWidget):
    """A lens in the window, over the `source` of which it shows a part; all events go through it.

    It lies beside the source, not in it: so a picture of the source never has the lens in it. The lens moves
    at one tick and a new picture is taken at another, so that neither keeps the window waiting.
    """

    def __init__(self, source: QWidget, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Magnifier")
        self._source = source
        self._theme = DARK
        self.factor = STEPS[1]
        self.middle = QPoint()  # of what is enlarged, in the source
        self._mouse = QPoint()  # where it was seen last
        self._picture, self._pictured = QPixmap(), QRect()  # and of which part of the source it is
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._follow)
        self._keys = [
            *(self._key(name, partial(self._move, *way)) for name, way in WAYS.items()),
            *(self._key(name, lambda: self._turn(1)) for name in ("+", "=")),
            self._key("-", lambda: self._turn(-1)),
        ]
        self.hide()

    def _key(self, name: str, run: Callable[[], None]) -> QShortcut:
        """A key that is this widget's as long as it is seen, whoever has the keyboard."""
        shortcut = QShortcut(QKeySequence(name), self.window())
        shortcut.setEnabled(False)
        shortcut.activated.connect(run)
        return shortcut

    @property
    def on(self) -> bool:
        """Whether it is to be seen."""
        return self._timer.isActive()

    def set_theme(self, theme: Theme) -> None:
        """Its edge is in the theme's accent."""
        self._theme = theme
        self.update()

    def toggle(self) -> None:
        """Show it where the mouse is, or hide it."""
        on = not self.on
        for shortcut in self._keys:
            shortcut.setEnabled(on)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if on:
            self._mouse = QCursor.pos()
            here = self._source.mapFromGlobal(self._mouse)
            self.middle = here if self._source.rect().contains(here) else self._source.rect().center()
            self._timer.start()
            application.focusChanged.connect(self._focus_moved)
            self._look()
            self.show()
            self.raise_()
        else:
            self._timer.stop()
            application.focusChanged.disconnect(self._focus_moved)
            self.hide()
            self._picture, self._pictured = QPixmap(), QRect()

    def place(self) -> None:
        """The window has another size."""
        if self.on:
            self._go_to(self.middle)

    def take_key(self, event: QKeyEvent) -> bool:
        """A key that was pressed in another window, if it is one of the lens's."""
        names = (QKeySequence(event.keyCombination()), QKeySequence(event.text()))
        for shortcut in self._keys:
            if shortcut.isEnabled() and shortcut.key() in names:
                shortcut.activated.emit()
                return True
        return False

    def lens(self) -> QRect:
        """Where it lies in the source: around what it enlarges, as far as that is possible."""
        area = self._source.rect()
        rect = QRect(QPoint(0, 0), QSize(round(SHARE[0] * area.width()), round(SHARE[1] * area.height())))
        rect.moveCenter(self.middle)
        rect.moveLeft(min(max(rect.left(), 0), area.width() - rect.width()))
        rect.moveTop(min(max(rect.top(), 0), area.height() - rect.height()))
        return rect

    def seen(self) -> QRectF:
        """The part of the source that is enlarged: what is under the mouse stays under it."""
        lens = self.lens()
        corner = QPointF(self.middle) - QPointF(self.middle - lens.topLeft()) / self.factor
        return QRectF(corner, QSizeF(lens.size()) / self.factor)

    def _follow(self) -> None:
        mouse = QCursor.pos()
        self._looks += 1
        if self._looks >= GRAB_EVERY:
            self._look()
        elif mouse != self._mouse:
            self._mouse = mouse
            self._go_to(self._source.mapFromGlobal(mouse))

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Tab takes it to what the keyboard is in now."""
        if new is not None and new is not self._source and self._source.isAncestorOf(new):
            self._go_to(new.mapTo(self._source, new.rect().center()))

    def _move(self, right: int, down: int) -> None:
        step = round(MOVE * self._source.height())
        self._go_to(self.middle + QPoint(right * step, down * step))

    def _go_to(self, middle: QPoint) -> None:
        area = self._source.rect()
        self.middle = QPoint(
            min(max(middle.x(), 0), area.width() - 1), min(max(middle.y(), 0), area.height() - 1)
        )
        if QRectF(self._pictured).contains(self.seen()):
            self._show()
        else:
            self._look()

    def _turn(self, by: int) -> None:
        """A stronger lens, or a weaker one."""
        place = STEPS.index(self.factor) + by
        if 0 <= place < len(STEPS):
            self.factor = STEPS[place]
            self._look()

    def _look(self) -> None:
        """Take a new picture of what lies below."""
        self._looks = 0
        seen = self.seen().toAlignedRect()
        right, down = round(AROUND * seen.width()), round(AROUND * seen.height())
        self._pictured = seen.adjusted(-right, -down, right, down) & self._source.rect()
        self._picture = self._source.grab(self._pictured)
        self._show()

    def _show(self) -> None:
        """Lie where the mouse is, over the part that is enlarged."""
        lens = self.lens()
        self.setGeometry(QRect(self._source.mapTo(self.window(), lens.topLeft()), lens.size()))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = self._picture.devicePixelRatio()
        part = self.seen().translated(-QPointF(self._pictured.topLeft()))
        pixels = QRectF(part.topLeft() * ratio, part.size() * ratio)
        painter.drawPixmap(QRectF(self.rect()), self._picture, pixels)
        at = QPointF(self.middle - self.lens().topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((self._theme.casing, 6.0), (self._theme.accent, 3.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5))
            painter.drawEllipse(at, 7.0, 7.0)
        painter.end()
