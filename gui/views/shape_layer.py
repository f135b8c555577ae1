"""What is known of a surface's shape, as the map shows it: areas under the contour lines, signs over them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from gui.theme import Theme, font
from gui.views.images import rgba_image
from gui.views.lines import draw_broken_line
from gui.views.marks import draw_label
from gui.views.shape_marks import (
    MOST_SIGNS,
    cross_arms,
    draw_captions,
    draw_cross,
    draw_sign,
    draw_watershed,
    places,
)
from gui.views.tints import Areas, tint
from landscape.scene import Overlays
from landscape.surface import Range

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape

Project = Callable[[np.ndarray], np.ndarray]  # surface coordinates `(n, 2)` -> pixels


class ShapeLayer:
    """Holds what is shown and paints it.

    Attributes
    ----------
    chosen : the critical point that is marked, or None
    """

    def __init__(self) -> None:
        self.shape: Shape | None = None
        self.overlays = Overlays()
        self.chosen: tuple[float, float] | None = None
        self._areas = Areas()
        self._heading = ""
        self._tint: QImage | None = None

    def show_areas(self, areas: Areas, heading: str) -> bool:
        """Show these areas, and whose they are; False if that is what is shown already."""
        if areas.same_as(self._areas) and heading == self._heading:
            return False
        self._areas, self._heading, self._tint = areas, heading, None
        return True

    def forget_tint(self) -> None:
        """The theme has changed."""
        self._tint = None

    def paint_areas(
        self, painter: QPainter, project: Project, domain: tuple[Range, Range], theme: Theme
    ) -> None:
        """The tinted areas of the domain."""
        if self._areas.empty:
            return
        if self._tint is None:
            self._tint = rgba_image(tint(self._areas, theme))
        (x0, x1), (y0, y1) = domain
        corners = project(np.array([[x0, y1], [x1, y0]]))
        painter.drawImage(QRectF(QPointF(*corners[0]), QPointF(*corners[1])), self._tint)

    def paint_shape(
        self, painter: QPainter, project: Project, area: QRectF, size: float, theme: Theme, type_scale: float
    ) -> None:
        """Lines and signs; `size` is how much of the surface is looked at, in its coordinates."""
        scale = 0.55 + 0.45 * type_scale
        shape, overlays = self.shape, self.overlays
        if shape is not None and overlays.plateaus and shape.plateaus is not None:
            painter.setPen(QPen(QColor(theme.text), 1.3 * scale, Qt.PenStyle.DotLine))
            for plateau in shape.plateaus:
                for outline in plateau.outline:
                    draw_broken_line(painter, project(outline))
        if shape is not None and overlays.watersheds:
            for manifold in shape.manifolds:
                for lines, stable in ((manifold.unstable, False), (manifold.stable, True)):
                    for line in lines:
                        draw_watershed(painter, project(line), theme, scale, stable)
        if overlays.critical_points:
            self._paint_critical_points(painter, project, area, size, theme, scale)
        self._paint_numbers(painter, project, area, theme, theme.axis * type_scale)

    def _paint_critical_points(
        self, painter: QPainter, project: Project, area: QRectF, size: float, theme: Theme, scale: float
    ) -> None:
        if self.shape is None:
            return
        critical = self.shape.critical
        for line in critical.lines:
            for width, colour in ((5.0, theme.casing), (2.4, theme.text)):
                painter.setPen(QPen(QColor(colour), width * scale))
                draw_broken_line(painter, project(line.points))
        wide = area.adjusted(-20, -20, 20, 20)
        found = places(critical)
        pixels = project(np.array([place.position for place in found]).reshape(-1, 2))
        seen = [(p, at) for p, at in zip(found, pixels, strict=True) if wide.contains(QPointF(*at))]
        small = len(seen) > MOST_SIGNS
        if not small:
            for point, arms in cross_arms(critical, project, size):
                draw_cross(painter, project(point.position), arms, theme, scale)
        for place, at in reversed(seen):
            chosen = self.chosen is not None and np.allclose(place.position, self.chosen, atol=1e-12)
            draw_sign(painter, QPointF(*at), place, theme, scale, small, chosen)
        if not small:
            draw_captions(painter, seen, area, theme, scale)

    def _paint_numbers(
        self, painter: QPainter, project: Project, area: QRectF, theme: Theme, unit: float
    ) -> None:
        """Whose basins these are, and the number of each at its minimum."""
        if self._heading:
            at = QPointF(area.right() - unit, area.top() + 1.8 * unit)
            draw_label(painter, at, self._heading, theme, font(1.15 * unit, 600), Qt.AlignmentFlag.AlignRight)
        basins = self._areas.basins
        if basins is None or len(basins.minima) > MOST_SIGNS:
            return
        for place, minimum in enumerate(project(basins.minima)):
            if area.contains(QPointF(*minimum)):
                at = QPointF(minimum[0] + 0.9 * unit, minimum[1] - 0.9 * unit)
                draw_label(painter, at, str(place + 1), theme, font(1.1 * unit, 700))
