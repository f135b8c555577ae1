"""One stage of an update, drawn where the ball is: arrows and boxes to a scale that is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.theme import Look, Theme, font
from gui.views.lines import draw_broken_line
from gui.views.marks import draw_label
from landscape.stages import Mark, Stage

HEAD = 9.0  # pixels of an arrow's head


@dataclass(frozen=True, eq=False)
class Anatomy:
    """A stage of the update that leaves a point, and the scales of its units."""

    stage: Stage
    point: np.ndarray
    scales: dict[str, float]
    look: Look
    index: int  # of the rule: its ball is drawn small, so that boxes can be seen around it


def outlines(anatomy: Anatomy) -> list[tuple[Mark, np.ndarray]]:
    """Each mark's line in surface coordinates: an arrow's points, or a box's closed outline."""
    found = []
    for mark in anatomy.stage.marks:
        factor = anatomy.scales.get(mark.units, 1.0)
        origin, vector = anatomy.point + factor * mark.origin, factor * mark.vector
        if not (np.isfinite(origin).all() and np.isfinite(vector).all()):
            continue
        if mark.shape == "arrow":
            line = origin + np.linspace(0, 1, 24)[:, None] * vector
        else:
            corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
            sides = [np.linspace(a, b, 12) for a, b in pairwise(corners)]
            line = origin + np.concatenate(sides) * vector
        found.append((mark, line))
    return found


def draw_anatomy(
    painter: QPainter, anatomy: Anatomy, project: Callable[[np.ndarray], np.ndarray], area: QRectF,
    theme: Theme, scale: float,
) -> None:  # fmt: skip
    """Draw the marks; `project` takes surface coordinates to pixels (nan where they are out of sight)."""
    type_ = font(1.15 * theme.axis * scale, 600)
    labels: list[tuple[QPointF, str]] = []
    strength = {"old": 0.55, "part": 0.9, "result": 1.0}
    for mark, line in outlines(anatomy):
        pixels = project(line)
        seen = np.isfinite(pixels).all(axis=1)
        if not seen.all():  # as far as the ground goes
            pixels = pixels[: int(seen.argmin())]
        if len(pixels) < 2:
            continue
        painter.setOpacity(strength[mark.role])
        width = (2.0 if mark.role == "old" else 3.2) * scale
        colour = anatomy.look.colour if mark.role == "result" else theme.text
        for stroke, paint in ((width + 2.6 * scale, theme.casing), (width, colour)):
            pen = QPen(QColor(paint), stroke)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if mark.role == "old":
                pen.setDashPattern([5 / width, 3.5 / width])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if mark.shape == "arrow":
                _draw_arrow(painter, pixels, HEAD * scale, paint)
            else:
                draw_broken_line(painter, pixels)
        end = pixels[-1] if mark.shape == "arrow" else pixels[pixels[:, 0].argmax()]
        labels.append((QPointF(float(end[0]) + 8 * scale, float(end[1]) - 5 * scale), mark.symbol))
    painter.setOpacity(1.0)
    taken: list[QRectF] = []
    for at, symbol in labels:
        for shift in (0.0, 16.0, -16.0, 32.0, -32.0, 48.0):
            spot = QPointF(
                min(max(at.x(), area.left() + 8), area.right() - 60 * scale), at.y() + shift * scale
            )
            box = QRectF(spot.x(), spot.y() - 14 * scale, 9 * scale * len(symbol), 16 * scale)
            if not any(box.intersects(other) for other in taken):
                break
        taken.append(draw_label(painter, spot, symbol, theme, type_))


def _draw_arrow(painter: QPainter, pixels: np.ndarray, head: float, colour: str) -> None:
    along = pixels[-1] - pixels[-2]
    whole = float(np.linalg.norm(np.diff(pixels, axis=0), axis=1).sum())
    length = float(np.hypot(*along))
    if whole < 1.5 or length == 0:
        painter.drawPoint(QPointF(*pixels[0]))
        return
    head = min(head, 0.6 * whole)
    unit = along / length
    side = np.array([-unit[1], unit[0]])
    tip = pixels[-1]
    back = tip - head * unit
    keep = np.linalg.norm(pixels - tip, axis=1) > head * 0.8
    shaft = np.concatenate([pixels[keep], back[None]]) if keep.any() else np.stack([pixels[0], back])
    draw_broken_line(painter, shaft)
    painter.setBrush(QColor(colour))
    corners = [tip, back + 0.55 * head * side, back - 0.55 * head * side]
    pen = painter.pen()
    painter.setPen(QPen(QColor(colour), max(pen.widthF() - 2.0, 1.0)))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    painter.setPen(pen)
    painter.drawLine(QLineF(QPointF(*back), QPointF(*back)))
