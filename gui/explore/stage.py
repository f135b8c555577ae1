"""The pictures of the Explore workspace, fed from a race: map, surface, curves, legend."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.explore.curves import loss_curves, measure_curves
from gui.theme import DARK, Theme, looks
from gui.views.anatomy import Anatomy
from gui.views.canvas import Canvas
from gui.views.legend_view import LegendView
from gui.views.map_view import MapView
from gui.views.pins import Pin
from gui.views.strip_chart import Curves, StripChart
from gui.views.surface_view import SurfaceView
from gui.views.tints import Areas
from landscape.race import Race
from landscape.relief import Relief, relief
from landscape.scene import Layout, Measure, Scene
from landscape.surface import Array, Range, Surface

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape

MAP_GRID = (240, 240)
SURFACE_GRID = (161, 161)


@dataclass(frozen=True)
class Ground:
    """A surface made ready to be drawn.

    Attributes
    ----------
    part : whether `map` shows a part of the domain only (zoomed in); `surface` is then None
    """

    map: Relief
    contours: list[Array]
    surface: Relief | None
    part: bool = False


def prepare_ground(surface: Surface, log: bool) -> Iterator[Ground]:
    """Sample a surface for all views."""
    whole = relief(surface, log, MAP_GRID)
    coarse = relief(surface, log, SURFACE_GRID, scale=whole.scale)
    yield Ground(whole, whole.contours(), coarse)


def prepare_part(whole: Relief, x: Range, y: Range) -> Iterator[Ground]:
    """Sample the part of a surface that the map looks at, in the colours of the whole."""
    part = relief(whole.surface, whole.scale.log, MAP_GRID, x, y, whole.scale)
    yield Ground(part, part.contours(), None, part=True)


def load_gl() -> Iterator[bool]:
    """Import what the 3-D view draws with, away from the GUI thread: more than all the rest together."""
    importlib.import_module("gui.views.gl_scene")
    yield True


class Stage(QWidget):
    """Lays the views out and tells each what to show; knows nothing of the document."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = MapView()
        self.other_map = MapView()  # beside the map: the basins of a second rule
        self.other_map.setAccessibleName("Basins of the second rule")
        self.other_map.hide()
        self.comparing = False
        self.shape: Shape | None = None
        self.scene = Scene()  # the present one; that of the race may differ in how it is looked at
        self.surface = SurfaceView()
        self.has_gl = True  # until it turns out otherwise
        self.loss = StripChart()
        self.loss.setAccessibleName("Loss against step")
        self.measure = StripChart()
        self.measure.setAccessibleName("Second measure against step")
        self.legend = LegendView()
        self.legend.hide()
        self.race: Race | None = None
        self._measure: Measure | None = None
        self.ground: Ground | None = None
        self._theme = DARK
        self._type_scale = 1.0
        self._step = 0
        self._asking = False

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        pictures, curves = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (pictures, (self.map, self.other_map, self.surface)),
            (curves, (self.loss, self.measure)),
        ):
            row.setSpacing(10)
            for widget in widgets:
                widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
                row.addWidget(widget, 1)
        curves.addWidget(self.legend)
        column.addLayout(pictures, 32)
        column.addLayout(curves, 13)

    def start_gl(self) -> None:
        """Bring OpenGL into the 3-D view.

        Raises
        ------
        LandscapeError
            where there is none; the sentence says why.
        """
        from gui.views.gl_scene import GlScene

        self.surface.set_scene(GlScene())

    def set_theme(self, theme: Theme, type_scale: float) -> None:
        """Draw with these tokens."""
        self._theme, self._type_scale = theme, type_scale
        views: tuple[Canvas, ...] = (
            self.map,
            self.other_map,
            self.surface,
            self.loss,
            self.measure,
            self.legend,
        )
        for view in views:
            view.set_theme(theme, type_scale)
        self.legend.setFixedWidth(round(20 * theme.axis * type_scale))
        if self.race is not None:
            self.show_race(self.race)

    def show_layout(self, layout: Layout) -> None:
        """Map, surface or both. Without OpenGL the map is always there."""
        self.map.setVisible(layout != "surface" or not self.has_gl or self.comparing)
        self.surface.setVisible(layout != "map" and self.has_gl and not self.comparing)
        self.other_map.setVisible(self.comparing)

    def show_shape(self, shape: Shape | None, scene: Scene) -> None:
        """Show what is known of the surface's shape."""
        self.shape = shape
        for view in (self.map, self.other_map, self.surface):
            view.show_shape(shape, scene.overlays)
        if self.race is not None:
            self._show_curves(self.race)

    def show_areas(self, areas: Areas, other: Areas | None) -> None:
        """Show tinted areas; `other` are those of a second rule, on a map of its own."""
        names = [racer.optimizer.title for racer in self.scene.optimizers]
        focus, against = self.scene.focus, self.scene.against
        self.map.show_areas(areas, names[focus] if focus is not None and areas.basins is not None else "")
        self.surface.show_areas(areas)
        if other is not None and against is not None:
            self.other_map.show_areas(other, names[against])

    def show_anatomy(self, anatomy: Anatomy | None) -> None:
        """Show one stage of an update on map and surface, or none."""
        self.map.show_anatomy(anatomy)
        self.surface.show_anatomy(anatomy)

    def show_ground(self, ground: Ground, scene: Scene) -> None:
        """Show a surface that was made ready."""
        contours = ground.contours if scene.view.contours else []
        if ground.part:
            self.map.show_relief(ground.map, contours, scene.view.colormap)
            return
        moved = self.ground is None or (ground.map.x, ground.map.y) != (self.ground.map.x, self.ground.map.y)
        new = self.ground is None or self.ground.map is not ground.map
        self.ground = ground
        if moved:
            self.map.show_domain(ground.map.x, ground.map.y)
            self.other_map.show_domain(ground.map.x, ground.map.y)
        if new:
            self._show_reliefs(scene)
        if self.race is not None:
            self._show_curves(self.race)

    def restyle(self, scene: Scene) -> None:
        """Other colours or scales, contour lines on or off."""
        if self.ground is not None:
            self._show_reliefs(scene)

    def _show_reliefs(self, scene: Scene) -> None:
        assert self.ground is not None
        view = scene.view
        self.map.set_equal_scales(scene.equal_scales)
        for board in (self.map, self.other_map):
            board.show_relief(self.ground.map, self.ground.contours if view.contours else [], view.colormap)
        if self.ground.surface is not None:
            self.surface.show_relief(self.ground.surface, view.colormap, view.contours)

    def show_race(self, race: Race) -> None:
        """Show these paths everywhere."""
        self.race = race
        styles = looks(race.scene.optimizers, self._theme)
        self.map.show_race(race, styles)
        self.surface.show_race(race, styles)
        self.legend.show_names([(styles[e.index], e.racer.optimizer.title) for e in race.entries])
        self._measure = race.scene.view.measure if self._measure is None else self._measure
        self._show_curves(race)

    def clear_race(self) -> None:
        """Show no paths: those there are do not belong to this surface."""
        self.race = None
        self.map.clear_race()
        self.surface.clear_race()
        for chart in (self.loss, self.measure):
            chart.show_curves(Curves("", (), ()))

    def show_measure(self, measure: Measure) -> None:
        """Show this measure in the second chart."""
        self._measure = measure
        if self.race is not None:
            self._show_curves(self.race)

    def _show_curves(self, race: Race) -> None:
        styles = looks(race.scene.optimizers, self._theme)
        known = self.shape if self.shape is not None and self.shape.surface == race.surface else None
        name: Measure = self._measure or race.scene.view.measure
        loss = loss_curves(race, styles, known, self.scene.overlays.plateaus)
        measure = measure_curves(race, name, styles, known)
        self.loss.show_curves(loss.until(self._step) if self._asking else loss)
        self.measure.show_curves(measure.until(self._step) if self._asking else measure)

    def set_step(self, step: int) -> None:
        """Show this moment everywhere."""
        self._step = step
        if self._asking and self.race is not None:
            self._show_curves(self.race)
        for view in (self.map, self.surface, self.loss, self.measure):
            view.set_step(step)

    def set_asking(self, on: bool) -> None:
        """While a question waits, show nothing of what comes after the present step."""
        self._asking = on
        if self.race is not None:
            self._show_curves(self.race)
        self.describe()

    def show_pins(self, pins: tuple[Pin, ...]) -> None:
        """Show where balls are thought to end."""
        self.map.show_pins(pins, self._asking)
        self.surface.show_pins(pins)

    def set_camera(self, scene: Scene) -> None:
        """Look at the surface from where the scene says."""
        self.surface.set_camera(scene.view.azimuth, scene.view.elevation, scene.view.distance)

    def describe(self) -> None:
        """Say in words what the pictures show, for those who cannot see them."""
        if self.race is None or not self.race.complete:
            return
        parts = []
        for entry in self.race.entries:
            path = entry.path
            end = float(path.losses[path.last]) if np.isfinite(path.losses[path.last]) else float("nan")
            how = "ends" if path.ended_at is None else f"{path.status} at step {path.ended_at}, last"
            parts.append(f"{entry.racer.optimizer.title} {how} at loss {end:.4g}")
        told = "Where they end is asked." if self._asking else "; ".join(parts) + "."
        text = f"{self.race.surface.title}. {told}"
        self.map.setAccessibleDescription(text)
        self.surface.setAccessibleDescription(text)
