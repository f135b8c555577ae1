"""The race as an animation: the map, the loss curves, who is who."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage

from gui.theme import Theme, looks
from gui.views.film_frame import USUAL_HEIGHT, Film, Size, film_frame, head_height
from gui.views.legend_view import LegendView
from gui.views.map_view import MapView
from gui.views.strip_chart import Curves, StripChart
from gui.views.tints import Areas
from landscape.errors import LandscapeError
from landscape.geometry.stability import sharpness_on, stability_limit
from landscape.race import Race, solve
from landscape.relief import Relief, relief
from landscape.scene import Scene
from landscape.surface import Array

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape


@dataclass(frozen=True)
class Drawn:
    """What the frames are drawn from."""

    race: Race
    ground: Relief
    contours: list[Array]
    losses: tuple[Array, ...]
    shape: Shape
    areas: Areas
    heading: str


def _prepared(scene: Scene, frames: int) -> Iterator[Any]:
    if not any(racer.enabled for racer in scene.optimizers):
        raise LandscapeError("No rule takes part in this scene: switch at least one on.")
    *_, race = solve(scene)
    ground = relief(race.surface, scene.log_scale)
    contours = ground.contours() if scene.view.contours else []
    from landscape.geometry.shape import analysed

    *_, shape = analysed(race.surface)
    losses = race.losses_above_lowest(shape.critical.minima)
    yield Drawn(race, ground, contours, losses, shape, *_areas(race, shape))


def _areas(race: Race, shape: Shape) -> tuple[Areas, str]:
    """The areas that the scene asks for, and whose they are."""
    from landscape.geometry.basins import basins

    scene, overlays = race.scene, race.scene.overlays
    flat = shape.plateaus if overlays.plateaus and not overlays.basins else None
    entry = race.entry(scene.focus)
    if entry is None:
        return Areas(flat), ""
    red = None
    if overlays.stability and shape.hessians is not None:
        red = sharpness_on(entry.path, 0, shape.hessians) > stability_limit(entry.path.optimizer)
    if not overlays.basins:
        return Areas(flat, None, red), ""
    rule = entry.racer.optimizer
    *_, found = basins(
        race.surface, rule, steps=scene.steps, schedule=scene.schedule, attractors=shape.critical.attractors
    )
    return Areas(None, found, red), rule.title


def _colours(scene: Scene, theme: Theme) -> list[str]:
    return [look.colour for look in looks(scene.optimizers, theme)]


def _frames(drawn: Drawn, theme: Theme, size: Size, frames: int) -> Iterator[QImage]:
    race, ground, scene = drawn.race, drawn.ground, drawn.race.scene
    styles = looks(scene.optimizers, theme)
    chosen = tuple(styles[entry.index] for entry in race.entries)
    width, height = size
    head, margin = head_height(size), 16 * height / USUAL_HEIGHT
    map_area = QRectF(margin, head, width - 2 * margin, height * 0.66 - head)
    chart_area = QRectF(margin, height * 0.68, width * 0.72, height * 0.32 - margin)
    legend_area = QRectF(chart_area.right() + margin, chart_area.top(), width, chart_area.height())
    legend_area.setRight(width - margin)

    board, chart, legend = MapView(), StripChart(), LegendView()
    views = (board, chart, legend)
    for view in views:
        view.set_theme(theme, 1.15)
    board.show_domain(ground.x, ground.y)
    board.show_relief(ground, drawn.contours, scene.view.colormap)
    board.show_shape(drawn.shape, scene.overlays)
    board.show_areas(drawn.areas, drawn.heading)
    board.show_race(race, styles)
    chart.show_curves(Curves("loss above the lowest, log scale", drawn.losses, chosen, log=True))
    legend.show_names([(styles[e.index], e.racer.optimizer.title) for e in race.entries])

    surface = scene.surface.surface
    title, caption = scene.title or surface.title, scene.caption or surface.teaches
    places = tuple(zip(views, (map_area, chart_area, legend_area), strict=True))
    for k in (frames - 1, *range(frames - 1)):
        step = round(scene.steps * k / (frames - 1))
        board.set_step(step)
        chart.set_step(step)
        yield film_frame(theme, size, title, caption, places)
    for view in views:
        view.deleteLater()


RACE_FILM = Film(_prepared, _frames, _colours)
