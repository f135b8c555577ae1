"""The 3-D surface: lit, with draped contour lines, trails as tubes, and balls that sit on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import Look, Theme, lookup_table
from gui.views.anatomy import Anatomy, draw_anatomy
from gui.views.axis_box import frame_lines, height_ticks, paint_labels
from gui.views.camera import Box, Camera, first_hit, sampled
from gui.views.canvas import Canvas
from gui.views.ground_lines import ground_lines, rgb
from gui.views.lines import draw_dots
from gui.views.marks import draw_ball
from gui.views.meshes import Tube, draped, surface_mesh, tube
from gui.views.pins import Pin, draw_pins
from gui.views.shape_marks import MOST_SIGNS, Place, draw_sign, places
from gui.views.tints import Areas, tint
from landscape.numerals import numeral
from landscape.race import Race
from landscape.relief import Relief
from landscape.scene import Overlays

if TYPE_CHECKING:
    from gui.views.gl_scene import GlScene
    from landscape.geometry.shape import Shape

GRAB = 18.0  # pixels around the start in which it can be grabbed


class SurfaceView(Canvas):
    """Shows a relief in 3-D and a race on it; empty until `set_scene` brings OpenGL in.

    Signals
    -------
    startPicked(x, y) : clicked, or dragged to, on the surface
    startReleased() : the drag is over
    hovered(x, y) : the pointer is over this point; (nan, nan) off the surface
    cameraChanged(azimuth, elevation, distance) : turned or zoomed by hand
    failed(sentence) : OpenGL has stopped working
    """

    startPicked = pyqtSignal(float, float)
    startReleased = pyqtSignal()
    hovered = pyqtSignal(float, float)
    cameraChanged = pyqtSignal(float, float, float)
    failed = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera = Camera()
        self.box = Box.over((-1, 1), (-1, 1))
        self._scene: GlScene | None = None
        self._relief: Relief | None = None
        self._colormap = "landscape"
        self._contours = True
        self._race: Race | None = None
        self._looks: list[Look] = []
        self._step = 0
        self._start: tuple[float, float] | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self._trails_to_build = False
        self._lines_to_build = False
        self._shape: Shape | None = None
        self._overlays = Overlays()
        self._areas = Areas()
        self._anatomy: Anatomy | None = None
        self._pins: tuple[Pin, ...] = ()
        self._signs_for: tuple[Any, ...] | None = None
        self._signs_kept: list[tuple[Place, np.ndarray, bool]] = []
        self._area = QRectF(0, 0, 1, 1)
        self._extent = self.box.corners()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Surface in three dimensions")

    # --- what is shown -----------------------------------------------------------------------------

    def set_scene(self, scene: GlScene) -> None:
        """Draw with this from now on."""
        self._scene = scene
        self._build_ground()
        self._trails_to_build = self._lines_to_build = True

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        if (theme, type_scale) != (self.theme, self.type_scale):
            super().set_theme(theme, type_scale)
            self._build_ground()
            self._trails_to_build = self._lines_to_build = True

    def show_relief(self, relief: Relief, colormap: str, contours: bool = True) -> None:
        """Show these heights, with contour lines draped over them or without."""
        self._relief, self._colormap, self._contours = relief, colormap, contours
        self.box = Box.over(relief.x, relief.y)
        self._extent = _extent(relief, self.box)
        self._build_ground()
        self._trails_to_build = self._lines_to_build = True

    def show_race(self, race: Race, looks: list[Look]) -> None:
        """Show these paths."""
        self._race, self._looks, self._start = race, looks, race.scene.start
        self._trails_to_build = True
        self.update()

    def clear_race(self) -> None:
        """Show no paths."""
        self._race = None
        self._trails_to_build = True
        self.update()

    def set_step(self, step: int) -> None:
        """Show this moment of the race."""
        if step != self._step:
            self._step = step
            self.update()

    def show_shape(self, shape: Shape | None, overlays: Overlays) -> None:
        """Show critical points, watersheds and the outlines of plateaus, as far as they are asked for."""
        shown = (overlays.critical_points, overlays.watersheds, overlays.plateaus)
        before = self._overlays
        was = (before.critical_points, before.watersheds, before.plateaus)
        if shape is not self._shape or shown != was:
            self._shape, self._overlays = shape, overlays
            self._lines_to_build = True
            self.update()

    def show_areas(self, areas: Areas) -> None:
        """Show basins, plateaus and unstable regions as tints of the ground."""
        if not areas.same_as(self._areas):
            self._areas = areas
            self._build_ground()

    def show_anatomy(self, anatomy: Anatomy | None) -> None:
        """Show one stage of an update, or none."""
        self._anatomy = anatomy
        self.update()

    def show_pins(self, pins: tuple[Pin, ...]) -> None:
        """Show where balls are thought to end."""
        self._pins = pins
        self.update()

    def set_camera(self, azimuth: float, elevation: float, distance: float) -> None:
        """Look from there."""
        if (azimuth, elevation, distance) != self._place():
            self.camera = Camera(azimuth, elevation, distance)
            self._build_frame()
            self.update()

    def _place(self) -> tuple[float, float, float]:
        return (self.camera.azimuth, self.camera.elevation, self.camera.distance)

    def _build_ground(self) -> None:
        if self._relief is None or self._scene is None:
            return
        mesh = surface_mesh(
            self._relief.heights,
            self.box,
            lookup_table(self._colormap, self.theme),
            0.6 if self.theme.is_dark else 0.8,
            None if self._areas.empty else tint(self._areas, self.theme, self._relief.heights.shape[0]),
        )
        line = QColor(self.theme.contour if self._contours else Qt.GlobalColor.transparent)
        self._scene.show_ground(mesh, line, 1.1 * self.type_scale)
        self._build_frame()
        self.update()

    def _build_frame(self) -> None:
        if self._scene is not None:
            lines = frame_lines(self.box, self.camera, self._height_ticks())
            self._scene.show_frame(lines, QColor(self.theme.hairline))

    def _height_ticks(self) -> dict[float, float]:
        return {} if self._relief is None else height_ticks(self._relief.scale, self.box)

    def _build_trails(self) -> None:
        assert self._relief is not None
        assert self._scene is not None
        self._trails_to_build = False
        radius = 0.0032 * self.theme.trail * (0.6 + 0.4 * self.type_scale)
        casing_colour = rgb(self.theme.casing)
        trails: list[tuple[Tube, Tube]] = []
        for entry in self._race.entries if self._race is not None else ():
            look = self._looks[entry.index]
            world, steps = draped(entry.path.points, self._relief.heights, self.box, entry.path.last)
            world[:, 2] += radius * 0.7
            trail = tube(world, steps, radius, rgb(look.colour), look.dash)
            casing = tube(world, steps, radius * 1.55, casing_colour)
            if trail is not None and casing is not None:
                trails.append((trail, casing))
        self._scene.show_trails(trails)

    def _build_lines(self) -> None:
        assert self._scene is not None
        assert self._relief is not None
        self._lines_to_build = False
        lines = ground_lines(
            self._shape, self._overlays, self._relief.heights, self.box, self.theme, self.type_scale
        )
        self._scene.show_lines(lines)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card(painter, area)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if self._scene is None or self._relief is None:
            return
        self._fit(area)
        outline = self.card_outline(area)
        painter.save()
        painter.setClipPath(outline)
        scale = abs(painter.deviceTransform().m11())
        pixels = QSize(round(area.width() * scale), round(area.height() * scale))
        try:
            if self._trails_to_build:  # only now: a hidden view costs nothing
                self._build_trails()
            if self._lines_to_build:
                self._build_lines()
            picture = self._scene.picture(pixels, self.camera, self.box, QColor(self.theme.card), self._step)
        except Exception as error:  # whatever a driver may come up with: the map goes on
            self._scene = None
            painter.restore()
            self.failed.emit(f"OpenGL has stopped working ({error}).")
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(area, picture)
        paint_labels(
            painter, self.box, self.camera, self._project, self._height_ticks(), self.theme, self.type_scale
        )
        self._paint_signs(painter)
        self._paint_balls(painter)
        scale = 0.55 + 0.45 * self.type_scale
        if self._anatomy is not None:
            draw_anatomy(painter, self._anatomy, self._laid_down, area, self.theme, scale)
        draw_pins(painter, self._pins, self._laid_down, area, self.theme, scale)
        painter.restore()
        self.card_edge(painter, outline)

    def _fit(self, area: QRectF) -> None:
        """Let the box fill the view, with room for the numbers at the left and the right."""
        self._area = area
        unit = self.theme.axis * self.type_scale
        size = (max(area.width(), 1.0), max(area.height(), 1.0))
        digits = max((len(numeral(loss, 3)) for loss in self._height_ticks()), default=3)
        pad = (max(3.2, 0.6 * digits + 0.8) * unit, 2.2 * unit)
        self.camera = self.camera.fitted(self._extent, size, pad)

    def _project(self, world: np.ndarray) -> np.ndarray:
        return self.camera.project(world, self._area.width(), self._area.height())

    def _paint_signs(self, painter: QPainter) -> None:
        """The signs of the critical points, faint where the ground hides them."""
        scale = 0.55 + 0.45 * self.type_scale
        signs = self._signs()
        small = len(signs) > MOST_SIGNS
        for place, at, hidden in signs:
            painter.setOpacity(0.3 if hidden else 1.0)
            draw_sign(painter, QPointF(*at), place, self.theme, scale, small, False)
        painter.setOpacity(1.0)

    def _signs(self) -> list[tuple[Place, np.ndarray, bool]]:
        """Where each sign is and whether it is hidden; the same as long as nothing moves but the balls."""
        if self._shape is None or not self._overlays.critical_points:
            return []
        wanted = (self.camera, self.box, self._area.size(), id(self._relief), id(self._shape))
        if wanted != self._signs_for:
            self._signs_for, self._signs_kept = wanted, []
            found = places(self._shape.critical)[::-1]
            world = self.box.world(
                np.array([place.position for place in found]).reshape(-1, 2), np.zeros(len(found))
            )
            heights = (
                sampled(self._relief.heights, self.box, world) if self._relief is not None else world[:, 2]
            )
            world[:, 2] = (2 * heights - 1) * self.box.half[2]
            for place, ground, at in zip(found, world, self._project(world), strict=True):
                if np.isfinite(ground).all():
                    hidden = len(found) <= MOST_SIGNS and self._is_hidden(ground)
                    self._signs_kept.append((place, at, hidden))
        return self._signs_kept

    def _laid_down(self, points: np.ndarray) -> np.ndarray:
        """Surface points `(n, 2)` as pixels on the ground that is drawn; nan off it."""
        assert self._relief is not None
        world = self.box.world(points, np.zeros(len(points)))
        world[:, 2] = (2 * sampled(self._relief.heights, self.box, world) - 1) * self.box.half[2] + 0.012
        return self._project(world)

    def _paint_balls(self, painter: QPainter) -> None:
        if self._race is None or self._relief is None:
            return
        radius = self.theme.ball * (0.55 + 0.45 * self.type_scale)
        if self._start is not None:
            place = self._on_ground(np.array(self._start))
            if place is not None:
                painter.setPen(QPen(QColor(self.theme.accent if self._dragging else self.theme.text), 2.2))
                painter.setBrush(QColor(self.theme.casing))
                painter.setOpacity(0.35 if self._is_hidden(place) else 1.0)
                painter.drawEllipse(QPointF(*self._project(place)), radius * 0.75, radius * 0.75)
                painter.setOpacity(1.0)
        balls = []
        for entry in self._race.entries:
            place = self._on_ground(entry.path.points[min(self._step, entry.path.last)])
            if place is not None:
                distance = float(np.linalg.norm(place - self.camera.eye()))
                balls.append((distance, place, self._looks[entry.index]))
            if entry.swarm is not None:
                self._paint_swarm(
                    painter,
                    entry.swarm.points[min(self._step, len(entry.swarm.points) - 1)],
                    self._looks[entry.index],
                )
        lift = radius * np.cos(np.radians(self.camera.elevation))
        squash = max(np.sin(np.radians(abs(self.camera.elevation))), 0.15)
        for _, place, look in sorted(balls, key=lambda ball: -ball[0]):
            at = self._project(place)
            hidden = self._is_hidden(place)
            if not hidden:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(0, 0, 0, 90))
                painter.drawEllipse(QPointF(*at), radius, radius * squash)
            ball_at = QPointF(at[0], at[1] - lift)
            draw_ball(painter, ball_at, look, self.theme, radius, 0.35 if hidden else 1.0)

    def _paint_swarm(self, painter: QPainter, points: np.ndarray, look: Look) -> None:
        assert self._relief is not None
        world = self.box.world(np.nan_to_num(points, nan=1e9), np.zeros(len(points)))
        world[:, 2] = (2 * sampled(self._relief.heights, self.box, world) - 1) * self.box.half[2]
        dots = self._project(world[np.isfinite(world).all(axis=1)])
        draw_dots(painter, dots, QColor(look.colour), QColor(self.theme.casing))

    def _on_ground(self, point: np.ndarray) -> np.ndarray | None:
        """A surface point as it lies on the drawn ground; None outside or in a hole."""
        assert self._relief is not None
        if not np.isfinite(point).all():
            return None
        world = self.box.world(point, np.array(0.0))
        height = sampled(self._relief.heights, self.box, world[None])[0]
        if not np.isfinite(height):
            return None
        world[2] = (2 * height - 1) * self.box.half[2]
        return world

    def _is_hidden(self, place: np.ndarray) -> bool:
        """Whether the ground lies between the eye and this place."""
        assert self._relief is not None
        toward = self.camera.eye() - place
        along = np.linspace(0.02, 1.2, 90)[:, None] * toward / np.linalg.norm(toward)
        points = place + along
        ground = (2 * sampled(self._relief.heights, self.box, points) - 1) * self.box.half[2]
        side = 1.0 if self.camera.elevation >= 0 else -1.0
        with np.errstate(invalid="ignore"):
            return bool((side * (ground - points[:, 2]) > 0.012).any())

    # --- pointer and keys --------------------------------------------------------------------------

    def surface_point_at(self, at: QPointF) -> tuple[float, float] | None:
        """The point of the surface under a pixel, or None beside it."""
        if self._relief is None:
            return None
        origin, direction = self.camera.ray(at.x(), at.y(), self.width(), self.height())
        hit = first_hit(self._relief.heights, self.box, origin, direction)
        if hit is None:
            return None
        point, _ = self.box.surface(hit)
        return float(point[0]), float(point[1])

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._pressed = self._last = event.position()
        self._moved = False
        if event.button() == Qt.MouseButton.LeftButton and self._near_start(event.position()):
            self._dragging = True
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        at = event.position()
        if self._pressed is None:
            grab = self._near_start(at)
            self.setCursor(Qt.CursorShape.OpenHandCursor if grab else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(*(self.surface_point_at(at) or (float("nan"), float("nan"))))
            return
        moved = at - self._last
        self._moved |= (at - self._pressed).manhattanLength() > 4
        if self._dragging:
            point = self.surface_point_at(at)
            if point is not None:
                self.startPicked.emit(*point)
        elif self._moved:
            self._turn(-0.4 * moved.x(), 0.4 * moved.y())
        self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._dragging:
            self.startReleased.emit()
        elif self._pressed is not None and not self._moved and event.button() == Qt.MouseButton.LeftButton:
            point = self.surface_point_at(event.position())
            if point is not None:
                self.startPicked.emit(*point)
                self.startReleased.emit()
        self._pressed, self._dragging = None, False
        self.update()

    def leaveEvent(self, event: Any) -> None:
        self.hovered.emit(float("nan"), float("nan"))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        self.zoom(0.9 ** (event.angleDelta().y() / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        turns = {Qt.Key.Key_A: (-5, 0), Qt.Key.Key_D: (5, 0), Qt.Key.Key_W: (0, 5), Qt.Key.Key_S: (0, -5)}
        if event.key() in turns:
            self._turn(*turns[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.9)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1.1)
        else:
            super().keyPressEvent(event)

    def zoom(self, factor: float) -> None:
        """Nearer (below 1) or farther."""
        self.camera = self.camera.zoomed(factor)
        self.cameraChanged.emit(*self._place())
        self.update()

    def _turn(self, azimuth: float, elevation: float) -> None:
        self.camera = self.camera.turned(azimuth, elevation)
        self._build_frame()
        self.cameraChanged.emit(*self._place())
        self.update()

    def _near_start(self, at: QPointF) -> bool:
        if self._start is None or self._relief is None:
            return False
        place = self._on_ground(np.array(self._start))
        return place is not None and float(np.hypot(*(self._project(place) - [at.x(), at.y()]))) < GRAB


def _extent(relief: Relief, box: Box) -> np.ndarray:
    """Points that have to be in the picture: some of the surface, and the floor's corners."""
    xs, ys = np.meshgrid(relief.xs[::8], relief.ys[::8])
    world = box.world(np.stack([xs, ys], axis=-1), relief.heights[::8, ::8]).reshape(-1, 3)
    corners = box.corners()
    return np.concatenate([world[np.isfinite(world).all(axis=1)], corners[corners[:, 2] < 0]])
