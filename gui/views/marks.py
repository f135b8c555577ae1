"""Balls, lines and cased labels: painted the same way in the map, the surface, the curves, the cards."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from gui.theme import Look, Theme, font

_CORNERS = {"square": (4, 45.0), "triangle": (3, -90.0), "diamond": (4, 0.0), "pentagon": (5, -90.0),
            "hexagon": (6, 0.0)}  # fmt: skip
# Equal radii look unequal: a triangle seems smaller than a disc.
_SIZE = {"square": 1.18, "triangle": 1.42, "diamond": 1.25, "pentagon": 1.12, "hexagon": 1.08, "star": 1.4}


def shape_path(shape: str, radius: float) -> QPainterPath:
    """A ball's outline around the origin."""
    path = QPainterPath()
    radius *= _SIZE.get(shape, 1.0)
    if shape == "disc":
        path.addEllipse(QPointF(0, 0), radius, radius)
        return path
    if shape == "star":
        corners = [(radius if k % 2 == 0 else radius * 0.55, -90.0 + 36 * k) for k in range(10)]
    else:
        count, turn = _CORNERS[shape]
        corners = [(radius, turn + 360 * k / count) for k in range(count)]
    points = [QPointF(r * math.cos(math.radians(a)), r * math.sin(math.radians(a))) for r, a in corners]
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def draw_ball(
    painter: QPainter, at: QPointF, look: Look, theme: Theme, radius: float, opacity: float = 1.0
) -> None:
    """A rule's ball with its letter, cased so that it reads on any ground."""
    painter.save()
    painter.setOpacity(opacity)
    painter.translate(at)
    outline = QPen(QColor(theme.casing), max(radius * 0.2, 1.2))
    outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(outline)
    painter.setBrush(QColor(look.colour))
    painter.drawPath(shape_path(look.shape, radius))
    if radius >= 6:
        painter.setFont(font(radius * (1.15 if len(look.label) == 1 else 0.95), 600))
        dark = QColor(look.colour).lightnessF() > 0.62
        painter.setPen(QColor("#0B0D10" if dark else "#FFFFFF"))
        drop = radius * (0.16 if look.shape == "triangle" else 0.0)
        box = QRectF(-2 * radius, -2 * radius + drop, 4 * radius, 4 * radius)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, look.label)
    painter.restore()


def line_pen(look: Look, width: float, scale: float = 1.0) -> QPen:
    """The rule's coloured line in its style; dash lengths are in pixels at scale 1."""
    pen = QPen(QColor(look.colour), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if look.dash else Qt.PenCapStyle.RoundCap)
    if look.dash:
        pen.setDashPattern([max(length * scale / width, 0.2) for length in look.dash])
    return pen


def draw_label(
    painter: QPainter, at: QPointF, text: str, theme: Theme, type_: QFont,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft, colour: str | None = None,
) -> QRectF:  # fmt: skip
    """Text with a casing, as roads have on a map; `at` is on its baseline. Returns its box."""
    metrics = QFontMetricsF(type_)
    width = metrics.horizontalAdvance(text)
    left = at.x()
    if align & Qt.AlignmentFlag.AlignHCenter:
        left -= width / 2
    elif align & Qt.AlignmentFlag.AlignRight:
        left -= width
    path = QPainterPath()
    path.addText(QPointF(left, at.y()), type_, text)
    casing = QColor(theme.casing)
    casing.setAlphaF(0.8)
    pen = QPen(casing, metrics.height() * 0.2)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, QColor(colour or theme.text))
    return QRectF(left, at.y() - metrics.ascent(), width, metrics.height())
