"""Pins: where somebody thinks that a ball will end; afterwards each with a line to where it did."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import Look, Theme
from gui.views.marks import draw_ball

STEM = 30.0  # pixels from a pin's foot to its head, at scale 1


@dataclass(frozen=True)
class Pin:
    """A prediction.

    Attributes
    ----------
    look : of the rule that it is about
    at : where it stands, in the surface's coordinates
    turn : degrees by which it leans to the right, so that pins at one place can be told apart
    end : where the ball did end, once that may be seen
    chosen : whether it is the one that keys move
    """

    look: Look
    at: tuple[float, float]
    turn: float = 0.0
    end: tuple[float, float] | None = None
    chosen: bool = False


def draw_pins(
    painter: QPainter, pins: Sequence[Pin], project: Callable[[np.ndarray], np.ndarray], area: QRectF,
    theme: Theme, scale: float,
) -> None:  # fmt: skip
    """All pins, the lines to the ends below their heads; `project` turns places `(n, 2)` into pixels."""
    if not pins:
        return
    joined = [(pin, pin.end) for pin in pins if pin.end is not None]
    feet = project(np.array([pin.at for pin, _ in joined], dtype=float).reshape(-1, 2))
    ends = project(np.array([end for _, end in joined], dtype=float).reshape(-1, 2))
    for (pin, _), foot, end in zip(joined, feet, ends, strict=True):
        if np.isfinite([*foot, *end]).all():  # on the ground that is drawn
            _draw_miss(painter, QLineF(QPointF(*foot), QPointF(*end)), pin.look, theme, scale)
    for pin, foot in zip(pins, project(np.array([pin.at for pin in pins], dtype=float)), strict=True):
        if np.isfinite(foot).all():
            _draw_pin(painter, pin, QPointF(*foot), area, theme, scale)


def _draw_miss(painter: QPainter, line: QLineF, look: Look, theme: Theme, scale: float) -> None:
    for colour, width in ((theme.casing, 4.5), (look.colour, 1.8)):
        painter.setPen(QPen(QColor(colour), width * scale))
        painter.drawLine(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((theme.casing, 4.5), (look.colour, 2.2)):
        painter.setPen(QPen(QColor(colour), width * scale))
        painter.drawEllipse(line.p2(), 15 * scale, 15 * scale)


def _draw_pin(painter: QPainter, pin: Pin, foot: QPointF, area: QRectF, theme: Theme, scale: float) -> None:
    up = -1.0 if foot.y() - 1.8 * STEM * scale > area.top() else 1.0  # at the upper edge it hangs
    across, along = math.sin(math.radians(pin.turn)), math.cos(math.radians(pin.turn))
    head = QPointF(foot.x() + across * STEM * scale, foot.y() + up * along * STEM * scale)
    for colour, width in ((theme.casing, 5.0), (pin.look.colour, 2.4)):
        painter.setPen(QPen(QColor(colour), width * scale, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(foot, head))
    painter.setPen(QPen(QColor(theme.casing), 1.5 * scale))
    painter.setBrush(QColor(pin.look.colour))
    painter.drawEllipse(foot, 3.6 * scale, 3.6 * scale)
    radius = 0.9 * theme.ball * scale
    if pin.chosen:
        for colour, width in ((theme.casing, 5.0), (theme.accent, 2.4)):
            painter.setPen(QPen(QColor(colour), width * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(head, radius + 6 * scale, radius + 6 * scale)
    draw_ball(painter, head, pin.look, theme, radius)
