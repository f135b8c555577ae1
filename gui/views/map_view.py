"""The 2-D map: heights as colour, contour lines, trails, balls and the start that can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from gui.theme import Look, font, lookup_table
from gui.views.anatomy import Anatomy, draw_anatomy
from gui.views.canvas import Canvas
from gui.views.images import coloured_image
from gui.views.lines import draw_broken_line, draw_dots, thinned
from gui.views.marks import draw_ball, draw_label, line_pen
from gui.views.pins import Pin, draw_pins
from gui.views.shape_layer import ShapeLayer
from gui.views.ticks import ticks
from gui.views.tints import Areas
from landscape.numerals import numeral
from landscape.race import Race
from landscape.relief import Relief
from landscape.scene import Overlays
from landscape.surface import Range

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape

TAIL = 12  # steps of a swarm that are drawn as tails
MOST_TAILS = 60  # in a larger swarm tails would only be a blur
GRAB = 14.0  # pixels around the start in which the pointer shows that it can be grabbed


class MapView(Canvas):
    """Shows a relief and a race on it.

    Signals
    -------
    startPicked(x, y) : clicked or dragged to, in the surface's coordinates
    startReleased() : the drag is over
    hovered(x, y) : the pointer is over this point; (nan, nan) when it leaves
    viewChanged() : zoomed or panned; `x_range`, `y_range` say where to
    """

    startPicked = pyqtSignal(float, float)
    startReleased = pyqtSignal()
    hovered = pyqtSignal(float, float)
    viewChanged = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.x_range: Range = (-1.0, 1.0)
        self.y_range: Range = (-1.0, 1.0)
        self._domain: tuple[Range, Range] = (self.x_range, self.y_range)
        self._relief: Relief | None = None
        self._contours: list[np.ndarray] = []
        self._image: QImage | None = None
        self._colormap = "landscape"
        self._race: Race | None = None
        self._looks: list[Look] = []
        self._step = 0
        self._start: tuple[float, float] | None = None
        self._dragging = False
        self._panning: QPointF | None = None
        self._equal = False
        self._layer = ShapeLayer()
        self._anatomy: Anatomy | None = None
        self._pins: tuple[Pin, ...] = ()
        self._asking = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Map of the loss surface")

    # --- what is shown -----------------------------------------------------------------------------

    def show_relief(self, relief: Relief, contours: list[np.ndarray], colormap: str) -> None:
        """Show these heights and contour lines; the part that is looked at stays as it is."""
        self._relief, self._contours, self._colormap = relief, contours, colormap
        self._image = None
        self.still_changed()

    def show_domain(self, x: Range, y: Range) -> None:
        """Look at the whole of this domain."""
        self._domain = (x, y)
        self.x_range, self.y_range = self._whole()
        self.still_changed()

    def set_equal_scales(self, equal: bool) -> None:
        """Draw x and y at the same scale, so that a circle is round; the map then shows a little more."""
        if equal != self._equal:
            whole = not self.is_zoomed
            self._equal = equal
            if whole:
                self.reset_view()

    def _whole(self) -> tuple[Range, Range]:
        """The domain, widened to the view's proportions where scales are equal."""
        (x0, x1), (y0, y1) = self._domain
        if not self._equal or self.width() < 2 or self.height() < 2:
            return self._domain
        pixel = max((x1 - x0) / self.width(), (y1 - y0) / self.height())
        half_x, half_y = pixel * self.width() / 2, pixel * self.height() / 2
        middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
        return (middle_x - half_x, middle_x + half_x), (middle_y - half_y, middle_y + half_y)

    def show_race(self, race: Race, looks: list[Look]) -> None:
        """Show these paths."""
        self._race, self._looks, self._start = race, looks, race.scene.start
        self.update()

    def clear_race(self) -> None:
        """Show no paths."""
        self._race = None
        self.update()

    def set_step(self, step: int) -> None:
        """Show this moment of the race."""
        if step != self._step:
            self._step = step
            self.update()

    def show_shape(self, shape: Shape | None, overlays: Overlays) -> None:
        """Show critical points, watersheds and plateaus, as far as they are asked for."""
        self._layer.shape, self._layer.overlays = shape, overlays
        self.still_changed()

    def show_areas(self, areas: Areas, heading: str = "") -> None:
        """Show basins, plateaus and unstable regions as tinted areas of the domain; whose they are."""
        if self._layer.show_areas(areas, heading):
            self.still_changed()

    def show_anatomy(self, anatomy: Anatomy | None) -> None:
        """Show one stage of an update, or none."""
        self._anatomy = anatomy
        self.update()

    def show_pins(self, pins: tuple[Pin, ...], asking: bool) -> None:
        """Show where balls are thought to end; while that is being asked, not where they will."""
        self._pins, self._asking = pins, asking
        self.update()

    def fly_to(self, point: tuple[float, float]) -> None:
        """Look at the surroundings of a point and mark it."""
        self._layer.chosen = point
        ranges = []
        for place, (low, high) in zip(point, self._domain, strict=True):
            half = (high - low) / 6
            ranges.append((place - half, place + half))
        self.look_at(*ranges)

    @property
    def is_zoomed(self) -> bool:
        """Whether another part than the whole domain is looked at."""
        return (self.x_range, self.y_range) != self._whole()

    @property
    def needs_part(self) -> bool:
        """Whether the heights of the domain do not suffice for what is looked at."""
        return (self.x_range, self.y_range) != self._domain

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._equal:
            self.reset_view()

    def set_theme(self, theme: Any, type_scale: float = 1.0) -> None:
        self._image = None
        self._layer.forget_tint()
        super().set_theme(theme, type_scale)

    # --- coordinates -------------------------------------------------------------------------------

    def to_pixels(self, points: np.ndarray, area: QRectF | None = None) -> np.ndarray:
        """Surface coordinates `(..., 2)` -> pixels in the view (or in `area`)."""
        area = QRectF(self.rect()) if area is None else area
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        points = np.asarray(points, dtype=float)
        pixels = np.empty(points.shape)  # column by column, which is much quicker for long lines
        pixels[..., 0] = (points[..., 0] - x0) * (area.width() / (x1 - x0)) + area.left()
        pixels[..., 1] = (y1 - points[..., 1]) * (area.height() / (y1 - y0)) + area.top()
        return pixels

    def from_pixels(self, at: QPointF) -> tuple[float, float]:
        """A pixel of the view -> surface coordinates."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return (
            x0 + (x1 - x0) * at.x() / max(self.width(), 1),
            y1 - (y1 - y0) * at.y() / max(self.height(), 1),
        )

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        outline = self.card(painter, area)
        if self._relief is None:
            return
        painter.save()
        painter.setClipPath(outline)
        corners = self.to_pixels(
            np.array([[self._relief.x[0], self._relief.y[1]], [self._relief.x[1], self._relief.y[0]]]), area
        )
        target = QRectF(QPointF(*corners[0]), QPointF(*corners[1]))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._picture())

        def project(points: np.ndarray) -> np.ndarray:
            return self.to_pixels(points, area)

        self._layer.paint_areas(painter, project, self._domain, self.theme)
        painter.setPen(QPen(QColor(self.theme.contour), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for level in self._contours:
            draw_broken_line(painter, self.to_pixels(level, area))
        size = max(self.x_range[1] - self.x_range[0], self.y_range[1] - self.y_range[0])
        self._layer.paint_shape(painter, project, area, size, self.theme, self.type_scale)
        self._paint_axes(painter, area)
        painter.restore()
        self.card_edge(painter, outline)

    def _picture(self) -> QImage:
        """The heights as an image; holes are transparent."""
        if self._image is None:
            assert self._relief is not None
            table = lookup_table(self._colormap, self.theme)
            self._image = coloured_image(self._relief.heights, table)
        return self._image

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        """Tick labels inside the edges: the map fills its card."""
        type_ = font(self.theme.axis * self.type_scale)
        height = self.theme.axis * self.type_scale
        pad = 0.7 * height
        pen = QPen(QColor(self.theme.text), 1.2)
        most_x = max(3, int(area.width() / (5 * height)))
        most_y = max(3, int(area.height() / (4 * height)))
        for tick in ticks(*self.x_range, most_x):
            x = float(self.to_pixels(np.array([tick, 0.0]), area)[0])
            if area.left() + 3 * height < x < area.right() - 3 * height:
                painter.setPen(pen)
                painter.drawLine(QLineF(x, area.bottom() - 0.4 * height, x, area.bottom()))
                at = QPointF(x, area.bottom() - pad)
                draw_label(painter, at, numeral(tick), self.theme, type_, Qt.AlignmentFlag.AlignHCenter)
        for tick in ticks(*self.y_range, most_y):
            y = float(self.to_pixels(np.array([0.0, tick]), area)[1])
            if area.top() + 2 * height < y < area.bottom() - 3 * height:
                painter.setPen(pen)
                painter.drawLine(QLineF(area.left(), y, area.left() + 0.4 * height, y))
                draw_label(
                    painter, QPointF(area.left() + pad, y + 0.36 * height), numeral(tick), self.theme, type_
                )
        draw_label(painter, QPointF(area.right() - pad, area.bottom() - pad), "x", self.theme, type_,
                   Qt.AlignmentFlag.AlignRight)  # fmt: skip
        draw_label(painter, QPointF(area.left() + pad, area.top() + 1.6 * height), "y", self.theme, type_)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        race = self._race
        if race is None:
            return
        painter.save()
        painter.setClipPath(self.card_outline(area))
        width = self.theme.trail * (0.55 + 0.45 * self.type_scale)
        for entry in race.entries:
            if entry.swarm is not None:
                self._paint_swarm(painter, area, entry.swarm.points, self._looks[entry.index])
        for entry in race.entries:
            self._paint_trail(painter, area, entry.path.points, self._looks[entry.index], width)
        self._paint_start(painter, area)
        for entry in race.entries:
            at = self.to_pixels(entry.path.points[min(self._step, entry.path.last)], area)
            if _near(at, area):
                taken_apart = self._anatomy is not None and self._anatomy.index == entry.index
                radius = self.theme.ball * (0.55 + 0.45 * self.type_scale) * (0.5 if taken_apart else 1.0)
                draw_ball(painter, QPointF(*at), self._looks[entry.index], self.theme, radius)
        if self._anatomy is not None:
            draw_anatomy(
                painter, self._anatomy, lambda points: self.to_pixels(points, area), area, self.theme,
                0.55 + 0.45 * self.type_scale,
            )  # fmt: skip
        scale = 0.55 + 0.45 * self.type_scale
        draw_pins(painter, self._pins, lambda at: self.to_pixels(at, area), area, self.theme, scale)
        painter.restore()

    def _paint_trail(
        self, painter: QPainter, area: QRectF, points: np.ndarray, look: Look, width: float
    ) -> None:
        wanted = self._dragging and not self._asking
        if wanted and self._step < len(points) - 1:  # where it leads is what the hand looks for
            painter.setOpacity(0.55)
            painter.setPen(QPen(QColor(look.colour), 1.0))
            draw_broken_line(painter, thinned(self.to_pixels(points, area), area))
            painter.setOpacity(1.0)
        past = thinned(self.to_pixels(points[: self._step + 1], area), area)
        if len(past) < 2:
            return
        casing = QPen(QColor(self.theme.casing), width + 2.0)
        casing.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(casing)
        draw_broken_line(painter, past)
        painter.setPen(line_pen(look, width))
        draw_broken_line(painter, past)

    def _paint_swarm(self, painter: QPainter, area: QRectF, points: np.ndarray, look: Look) -> None:
        """Many starts: thin short tails and dots."""
        colour = QColor(look.colour)
        now = min(self._step, len(points) - 1)  # a longer race may be on its way
        tail = self.to_pixels(points[max(now - TAIL, 0) : now + 1], area)
        if tail.shape[1] <= MOST_TAILS:
            gaps = np.full((1, tail.shape[1], 2), np.nan)
            lines = np.swapaxes(np.concatenate([np.clip(tail, -5000, 5000), gaps]), 0, 1).reshape(-1, 2)
            colour.setAlphaF(0.5)
            painter.setPen(QPen(colour, 1.0))
            draw_broken_line(painter, lines)
            colour.setAlphaF(1.0)
        draw_dots(painter, tail[-1], colour, QColor(self.theme.casing))

    def _paint_start(self, painter: QPainter, area: QRectF) -> None:
        if self._start is None:
            return
        at = QPointF(*self.to_pixels(np.array(self._start), area))
        radius = 7.0 * (0.55 + 0.45 * self.type_scale)
        painter.setPen(QPen(QColor(self.theme.accent if self._dragging else self.theme.text), 2.2))
        painter.setBrush(QColor(self.theme.casing))
        painter.drawEllipse(at, radius, radius)

    # --- pointer and keys --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._pick(event.position())
        elif event.button() in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            self._panning = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        at = event.position()
        if self._dragging:
            self._pick(at)
        elif self._panning is not None:
            (x0, y0), (x1, y1) = self.from_pixels(self._panning), self.from_pixels(at)
            self.look_at(
                (self.x_range[0] + x0 - x1, self.x_range[1] + x0 - x1),
                (self.y_range[0] + y0 - y1, self.y_range[1] + y0 - y1),
            )
            self._panning = at
        elif self._start is not None and not self._asking:
            gap = np.hypot(*(self.to_pixels(np.array(self._start)) - [at.x(), at.y()]))
            grab = Qt.CursorShape.OpenHandCursor if gap < GRAB else Qt.CursorShape.CrossCursor
            self.setCursor(grab)
        self.hovered.emit(*self.from_pixels(at))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._dragging:
            self._dragging = False
            self.startReleased.emit()
            self.update()
        self._panning = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def leaveEvent(self, event: Any) -> None:
        self.hovered.emit(float("nan"), float("nan"))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        factor = 0.88 ** (event.angleDelta().y() / 120)
        self.zoom(factor, self.from_pixels(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.8)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1.25)
        elif event.key() == Qt.Key.Key_0:
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def zoom(self, factor: float, around: tuple[float, float] | None = None) -> None:
        """Zoom by a factor (below 1: in) around a point, the middle by default."""
        ranges = []
        for axis, (low, high) in enumerate((self.x_range, self.y_range)):
            middle = (low + high) / 2 if around is None else around[axis]
            full = self._domain[axis][1] - self._domain[axis][0]
            if not 1e-6 * full < (high - low) * factor < 20 * full:
                return
            ranges.append((middle + (low - middle) * factor, middle + (high - middle) * factor))
        self.look_at(*ranges)

    def reset_view(self) -> None:
        """Look at the whole domain again."""
        self.look_at(*self._whole())

    def look_at(self, x: Range, y: Range) -> None:
        """Look at this part."""
        self.x_range, self.y_range = x, y
        self.still_changed()
        self.viewChanged.emit()

    def _pick(self, at: QPointF) -> None:
        inside = QPointF(
            min(max(at.x(), 0.0), float(self.width())), min(max(at.y(), 0.0), float(self.height()))
        )
        self.startPicked.emit(*self.from_pixels(inside))


def _near(at: np.ndarray, area: QRectF) -> bool:
    return bool(np.isfinite(at).all()) and area.adjusted(-30, -30, 30, 30).contains(QPointF(*at))
