"""A large soft dot that follows the mouse over the whole window, to be seen from the last row."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, QRect, Qt, QTimer
from PyQt6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QRadialGradient
from PyQt6.QtWidgets import QWidget

EVERY = 16  # milliseconds
SHARE = 0.028  # of the window's height: the radius of the dot
RED = "#FF2D20"  # a laser's; with a pale and a dark rim it is seen on any ground


class Pointer(QWidget):
    """Lies over all of its parent, lets every event through, and repaints only where the dot was and is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName("Pointer")
        self.at: QPoint | None = None  # in this widget, or None while the mouse is elsewhere
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._follow)
        self.hide()

    @property
    def on(self) -> bool:
        """Whether it is to be seen."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Show it, or hide it."""
        if self.on:
            self._timer.stop()
            self.at = None
            self.hide()
        else:
            self.place()
            self.show()
            self.raise_()
            self._timer.start()
            self._follow()

    def place(self) -> None:
        """Cover the parent."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())

    @property
    def radius(self) -> int:
        """Of the dot with its rim, in pixels."""
        return max(round(SHARE * self.height()), 14)

    def dot(self, at: QPoint) -> QRect:
        """The square that the dot fills there."""
        side = 2 * self.radius + 4
        return QRect(at.x() - side // 2, at.y() - side // 2, side, side)

    def _follow(self) -> None:
        """Go to where the mouse is: asked, not told, since most widgets do not hear of its moves."""
        there = self.mapFromGlobal(QCursor.pos())
        at = there if self.rect().contains(there) else None
        if at != self.at:
            for place in (self.at, at):
                if place is not None:
                    self.update(self.dot(place))
            self.at = at

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.at is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, radius = QPointF(self.at), float(self.radius)
        soft = QRadialGradient(middle, radius)
        for place, colour, alpha in (
            (0.0, "#FFFFFF", 0.95), (0.18, RED, 0.95), (0.62, RED, 0.8), (0.7, "#FFFFFF", 0.85),
            (0.8, "#FFFFFF", 0.75), (0.86, "#000000", 0.45), (1.0, "#000000", 0.0),
        ):  # fmt: skip
            stop = QColor(colour)
            stop.setAlphaF(alpha)
            soft.setColorAt(place, stop)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawEllipse(middle, radius, radius)
        painter.end()
