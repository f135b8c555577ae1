"""Critical points, watersheds and plateaus as the map and the surface draw them: same signs, two grounds.

A sign is told by its shape, never by colour alone: a minimum is a ring with a dot, a maximum a peak, a
saddle a cross in the directions of its curvatures (dashed where the surface bends down), a degenerate
point an asterisk, a kink a chevron, a pole a barred ring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from gui.theme import Theme, font
from gui.views.lines import draw_broken_line
from gui.views.marks import draw_label
from landscape.numerals import numeral

if TYPE_CHECKING:
    from landscape.geometry.critical_points import CriticalPoint, CriticalPoints, Singularity

Project = Callable[[np.ndarray], np.ndarray]
Place: TypeAlias = "CriticalPoint | Singularity"

MOST_SIGNS = 60  # beyond it signs become dots
MOST_LABELS = 16
ARM = 24.0  # pixels of the longest arm of a cross


def places(critical: CriticalPoints) -> list[Place]:
    """All that gets a sign, the more important first."""
    order = {"saddle": 0, "minimum": 1, "maximum": 2, "degenerate": 0, "kink": 1, "pole": 2}
    return sorted([*critical.points, *critical.singularities], key=lambda place: order[place.kind])


def caption(place: Place) -> str:
    """A sign's label: what it is, and the number that matters there."""
    if place.kind == "saddle":
        low, high = place.eigenvalues
        return f"saddle  λ {numeral(low, 3)}, {numeral(high, 3)}"
    if place.kind == "degenerate":
        what = "degenerate minimum" if place.is_lowest else "degenerate"
        return f"{what}, index {numeral(place.index)}"
    return f"{place.kind}  {numeral(place.loss, 3)}"


def draw_sign(
    painter: QPainter, at: QPointF, place: Place, theme: Theme, scale: float, small: bool, chosen: bool
) -> None:
    """A sign at a pixel; small where there are very many."""
    radius = (2.6 if small else 6.0) * scale
    pen = QPen(QColor(theme.text), (1.2 if small else 2.0) * scale)
    casing = QPen(QColor(theme.casing), pen.widthF() + 2.4 * scale)
    if chosen:
        painter.setPen(QPen(QColor(theme.accent), 2.4 * scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, radius + 7 * scale, radius + 7 * scale)
    for stroke in (casing, pen):
        painter.setPen(stroke)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _outline(painter, at, place.kind, radius)
    if place.kind == "minimum" and not small:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        painter.drawEllipse(at, radius * 0.3, radius * 0.3)


def _outline(painter: QPainter, at: QPointF, kind: str, r: float) -> None:
    x, y = at.x(), at.y()
    if kind in ("minimum", "pole"):
        painter.drawEllipse(at, r, r)
        if kind == "pole":
            painter.drawLine(QLineF(x - r, y, x + r, y))
    elif kind == "maximum":
        painter.drawPolygon(
            QPolygonF([QPointF(x, y - r), QPointF(x + r, y + 0.8 * r), QPointF(x - r, y + 0.8 * r)])
        )
    elif kind == "kink":
        painter.drawPolyline(
            QPolygonF([QPointF(x - r, y - r), QPointF(x, y + 0.6 * r), QPointF(x + r, y - r)])
        )
    else:
        angles = np.arange(2 if kind == "saddle" else 3) * np.pi / (2 if kind == "saddle" else 3) + np.pi / 4
        for angle in angles:
            dx, dy = 0.8 * r * np.cos(angle), 0.8 * r * np.sin(angle)
            painter.drawLine(QLineF(x - dx, y - dy, x + dx, y + dy))


def cross_arms(
    critical: CriticalPoints, project: Project, size: float
) -> list[tuple[CriticalPoint, list[Any]]]:
    """Each point's eigen-cross: two lines in pixels, as long as the root of their curvature is large."""
    largest = max((float(np.abs(p.eigenvalues).max()) for p in critical.points), default=0.0)
    crosses = []
    for point in critical.points:
        arms = []
        for k in (0, 1):
            share = np.sqrt(abs(point.eigenvalues[k]) / largest) if largest else 0.0
            direction = point.eigenvectors[:, k] * size * 1e-3
            ends = project(np.array([point.position - direction, point.position + direction]))
            length = float(np.hypot(*(ends[1] - ends[0])))
            if length > 0 and np.isfinite(length):
                arm = (ends[1] - ends[0]) / length * share
                arms.append((arm, point.eigenvalues[k] < 0))
        crosses.append((point, arms))
    return crosses


def draw_cross(painter: QPainter, at: np.ndarray, arms: Sequence[Any], theme: Theme, scale: float) -> None:
    """Arms from `cross_arms` around a pixel, dashed where the surface bends down."""
    for width, colour in ((3.6, theme.casing), (1.6, theme.text)):
        for arm, is_down in arms:
            reach = arm * ARM * scale
            if np.hypot(*reach) < 9 * scale:
                reach = arm / max(np.hypot(*arm), 1e-9) * 9 * scale
            pen = QPen(QColor(colour), width * scale)
            if is_down:
                pen.setDashPattern([3.2 / width * 1.6, 3.2 / width * 1.3])
            painter.setPen(pen)
            painter.drawLine(QLineF(QPointF(*(at - reach)), QPointF(*(at + reach))))


def draw_captions(
    painter: QPainter, placed: Sequence[tuple[Place, np.ndarray]], area: QRectF, theme: Theme, scale: float
) -> None:
    """Labels where there is room: none over another, over a sign, or beyond the edge."""
    type_ = font(theme.axis * scale, 500)
    metrics = QFontMetricsF(type_)
    height = metrics.height()
    inner = area.adjusted(3.4 * height, 0.6 * height, -0.6 * height, -2.2 * height)
    taken = [QRectF(at[0] - 12 * scale, at[1] - 12 * scale, 24 * scale, 24 * scale) for _, at in placed]
    for place, at in placed[:MOST_LABELS]:
        text = caption(place)
        width = metrics.horizontalAdvance(text)
        gap = 14 * scale
        for left, top in (
            (at[0] - width / 2, at[1] + gap), (at[0] - width / 2, at[1] - gap - height),
            (at[0] + gap, at[1] - height / 2), (at[0] - gap - width, at[1] - height / 2),
        ):  # fmt: skip
            box = QRectF(left, top, width, height)
            if inner.contains(box) and not any(box.intersects(other) for other in taken):
                draw_label(painter, QPointF(left, top + metrics.ascent()), text, theme, type_)
                taken.append(box)
                break


def draw_watershed(
    painter: QPainter, pixels: np.ndarray, theme: Theme, scale: float, is_stable: bool
) -> None:
    """A line through a saddle: full where it divides basins, dotted where it leads down."""
    for width, colour in ((3.4, theme.casing), (1.6, theme.text)):
        pen = QPen(QColor(colour), width * scale)
        if not is_stable:
            if colour == theme.casing:
                continue
            pen.setDashPattern([1.5, 3.0])
        painter.setPen(pen)
        draw_broken_line(painter, pixels)
