"""A box over two axes that lights up what lies within: drawn, moved, resized, by pointer or by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import Theme
from gui.tune.upright_axis import UprightAxis

GRIP = 6.0  # pixels around an edge at which it is taken hold of
LEAST = 4.0  # pixels of a drag, below which it was a click
Stretch = tuple[float, float]
Snap = Callable[[int, float, float], Stretch]


class PlaneBrush:
    """The stretches of the two axes, in places from 0 to 1, and the drag that is under way."""

    def __init__(self) -> None:
        self.stretches: dict[str, Stretch] = {}
        self._names = ("", "")
        self._began: QPointF | None = None
        self._grip = (0, 0)  # which edge is held on each axis: −1 the low, 1 the high one; 0 both
        self._moving = False
        self._before: tuple[Stretch, Stretch] | None = None  # what is moved or resized
        self._dragged = False

    def show(self, stretches: dict[str, Stretch]) -> None:
        """Show these."""
        self.stretches = stretches

    def rect(self, stretches: dict[str, Stretch], plot: QRectF, names: tuple[str, ...]) -> QRectF:
        """The box in pixels; it spans an axis that it says nothing of."""
        (x0, x1), (y0, y1) = (stretches.get(name, (0.0, 1.0)) for name in names)
        return QRectF(
            QPointF(plot.left() + x0 * plot.width(), plot.bottom() - y1 * plot.height()),
            QPointF(plot.left() + x1 * plot.width(), plot.bottom() - y0 * plot.height()),
        )

    def paint(
        self, painter: QPainter, theme: Theme, plot: QRectF, names: tuple[str, ...], unit: float
    ) -> None:
        """The box with its grips."""
        if not self.stretches:
            return
        rect = self.rect(self.stretches, plot, names)
        ground = QColor(theme.accent)
        ground.setAlphaF(0.12)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(theme.accent), 2.0))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setBrush(QColor(theme.accent))
        painter.setPen(Qt.PenStyle.NoPen)
        for corner in (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight()):
            painter.drawEllipse(corner, 0.28 * unit, 0.28 * unit)

    def _held(self, at: QPointF, plot: QRectF, names: tuple[str, str]) -> tuple[int, int] | None:
        """Which edges are under the pointer; None if none is."""
        if not self.stretches:
            return None
        rect = self.rect(self.stretches, plot, names)
        if not rect.adjusted(-GRIP, -GRIP, GRIP, GRIP).contains(at):
            return None
        x = -1 if abs(at.x() - rect.left()) < GRIP else 1 if abs(at.x() - rect.right()) < GRIP else 0
        y = 1 if abs(at.y() - rect.top()) < GRIP else -1 if abs(at.y() - rect.bottom()) < GRIP else 0
        return (x, y) if x or y else None

    def cursor(self, at: QPointF, plot: QRectF, names: tuple[str, str]) -> Qt.CursorShape:
        """What a drag would do there."""
        held = self._held(at, plot, names)
        if held is None:
            return Qt.CursorShape.CrossCursor if plot.contains(at) else Qt.CursorShape.ArrowCursor
        x, y = held
        if x and y:
            return Qt.CursorShape.SizeBDiagCursor if x == y else Qt.CursorShape.SizeFDiagCursor
        return Qt.CursorShape.SizeHorCursor if x else Qt.CursorShape.SizeVerCursor

    def press(self, at: QPointF, plot: QRectF, names: tuple[str, str], shift: bool) -> None:
        """A drag may begin: at an edge it resizes, with Shift inside it moves, else it draws anew."""
        self._names, self._began, self._dragged = names, at, False
        held = self._held(at, plot, names)
        inside = bool(self.stretches) and self.rect(self.stretches, plot, names).contains(at)
        self._moving = shift and inside and held is None
        self._grip = held or (0, 0)
        both = (self.stretches.get(names[0], (0.0, 1.0)), self.stretches.get(names[1], (0.0, 1.0)))
        self._before = both if held or self._moving else None

    def drag(self, at: QPointF, plot: QRectF, snap: Snap) -> dict[str, Stretch] | None:
        """The box as it is now; None while it is no drag yet."""
        if self._began is None or plot.width() <= 0 or plot.height() <= 0:
            return None
        if not self._dragged and (at - self._began).manhattanLength() < LEAST:
            return None
        self._dragged = True
        found: dict[str, Stretch] = {}
        for axis, name in enumerate(self._names):
            began, now = (self._place(point, plot, axis) for point in (self._began, at))
            if self._before is None:
                found[name] = snap(axis, *sorted((_within(began), _within(now))))
                continue
            low, high = self._before[axis]
            by = now - began
            if self._moving:
                by = min(max(by, -low), 1 - high)
                found[name] = (low + by, high + by)
            elif self._grip[axis]:
                low, high = (low + by, high) if self._grip[axis] < 0 else (low, high + by)
                found[name] = snap(axis, *sorted((_within(low), _within(high))))
            elif name in self.stretches:
                found[name] = (low, high)
        return found

    def release(self) -> bool:
        """Whether it was a drag, and not a click."""
        self._began, dragged = None, self._dragged
        return dragged

    def nudged(self, axes: tuple[UprightAxis, UprightAxis], steps: tuple[int, int], resize: bool) -> Any:
        """The box, or its high ends, so many steps further; a box in the middle if there is none."""
        if not self.stretches:
            return {axis.name: axis.between(0.4, 0.6) for axis in axes}
        found = dict(self.stretches)
        for axis, step in zip(axes, steps, strict=True):
            if step:
                found[axis.name] = axis.nudged(found.get(axis.name, (0.0, 1.0)), step, resize)
        return found

    @staticmethod
    def _place(at: QPointF, plot: QRectF, axis: int) -> float:
        if axis == 0:
            return (at.x() - plot.left()) / plot.width()
        return (plot.bottom() - at.y()) / plot.height()


def _within(place: float) -> float:
    return min(max(place, 0.0), 1.0)
