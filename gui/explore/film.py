"""The race as an export: the map, the surface, the loss curves, who is who."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QRect, QSizeF

from gui.explore.curves import loss_curves
from gui.theme import Theme, looks
from gui.views.canvas import Canvas
from gui.views.film_frame import GAP, TYPE_SCALE, Film, Place, Reel, Sheet, columns, give_size, rows
from gui.views.legend_view import LegendView
from gui.views.map_view import MapView
from gui.views.strip_chart import StripChart
from gui.views.surface_view import SurfaceView
from gui.views.tints import Areas
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.geometry.stability import sharpness_on, stability_limit
from landscape.race import Race, solve
from landscape.relief import Relief, relief
from landscape.scene import Overlays, Scene
from landscape.surface import Array

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape

FINE = (480, 640)  # samples of the map: a picture may be four times as large as the window
NEEDED = "On Debian or Ubuntu: sudo apt install libgl1-mesa-dri libgl1 libopengl0 libegl1."
LEGEND_ROW, LEGEND_WIDTH = 3.0, 21.0  # in heights of the axis type


@dataclass(frozen=True)
class Drawn:
    """What the frames are drawn from."""

    race: Race
    ground: Relief
    contours: list[Array]
    shape: Shape
    areas: Areas
    heading: str


def _prepared(scene: Scene, export: Export, steps: Sequence[int]) -> Iterator[Any]:
    if not any(racer.enabled for racer in scene.optimizers):
        raise LandscapeError("No rule takes part in this scene: switch at least one on.")
    yield "Solving the race …"
    *_, race = solve(scene)
    ground = relief(race.surface, scene.log_scale)
    contours = ground.contours() if scene.view.contours else []
    from landscape.geometry.shape import analysed

    *_, shape = analysed(race.surface)
    yield Drawn(race, ground, contours, shape, *_areas(race, shape))


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


def _opened(drawn: Drawn, theme: Theme, export: Export, question: str) -> Reel:
    race, scene = drawn.race, drawn.race.scene
    views: dict[str, Canvas] = {}
    if export.view != "surface":
        views["map"] = MapView()
    if export.view != "map":
        views["surface"] = _surface_view()
    if export.curves:
        views["curves"] = StripChart()
    if export.legend:
        views["legend"] = LegendView()
    for view in views.values():
        view.set_theme(theme, TYPE_SCALE)

    def placed(area: QRect, scale: float) -> list[Place]:
        unit = theme.axis * TYPE_SCALE * scale
        legend = QSizeF(LEGEND_WIDTH * unit, LEGEND_ROW * unit * len(race.entries))
        places = race_places(list(views), area, legend, GAP * scale)
        for name, place in places.items():
            give_size(views[name], place, scale)
        return [(views[name], place) for name, place in places.items()]

    surface = scene.surface.surface
    words = scene.title or surface.title, scene.caption or surface.teaches
    sheet = Sheet(theme, export, *words, placed, question)
    overlays = scene.overlays.without_answers() if question else scene.overlays
    styles = looks(scene.optimizers, theme)
    for view in views.values():
        if isinstance(view, MapView):
            _fill_map(view, drawn, overlays)
        elif isinstance(view, SurfaceView):
            view.show_relief(drawn.ground, scene.view.colormap, scene.view.contours)
        elif isinstance(view, StripChart):
            curves = loss_curves(race, styles, drawn.shape, overlays.plateaus)
            view.show_curves(curves.until(0) if question else curves)
        elif isinstance(view, LegendView):
            view.show_names([(styles[e.index], e.racer.optimizer.title) for e in race.entries])
        if isinstance(view, MapView | SurfaceView):
            view.show_shape(drawn.shape, overlays)
            view.show_race(race, styles)

    trouble: list[str] = []
    for view in views.values():
        if isinstance(view, SurfaceView):
            view.failed.connect(trouble.append)

    def show(step: int, turn: float) -> None:
        for view in views.values():
            if isinstance(view, MapView | SurfaceView | StripChart):
                view.set_step(step)
            if isinstance(view, SurfaceView):
                view.set_camera(scene.view.azimuth + turn, scene.view.elevation, scene.view.distance)

    return Reel(sheet, show, trouble)


def _surface_view() -> SurfaceView:
    """A 3-D view that draws.

    Raises
    ------
    LandscapeError
        where there is no OpenGL.
    """
    try:
        from gui.views.gl_scene import GlScene

        scene = GlScene()
    except Exception as error:  # whatever a system may lack
        reason = str(error).rstrip(".")
        raise LandscapeError(f"3-D cannot be drawn here: {reason}. {NEEDED}") from None
    view = SurfaceView()
    view.set_scene(scene)
    return view


def _fill_map(board: MapView, drawn: Drawn, overlays: Overlays) -> None:
    race, scene = drawn.race, drawn.race.scene
    board.show_domain(drawn.ground.x, drawn.ground.y)
    board.set_equal_scales(scene.equal_scales)
    fine = relief(race.surface, scene.log_scale, FINE, board.x_range, board.y_range, drawn.ground.scale)
    contours = drawn.contours
    if board.needs_part:
        contours = fine.contours() if scene.view.contours else []
    board.show_relief(fine, contours, scene.view.colormap)
    if overlays == scene.overlays:
        board.show_areas(drawn.areas, drawn.heading)
    else:
        board.show_areas(Areas(drawn.areas.plateaus), "")


def race_places(names: Sequence[str], area: QRect, legend: QSizeF, gap: float) -> dict[str, QRect]:
    """Where the views of a race are.

    Wide pictures have one board at the left and the rest in a column beside it, or two boards above the rest;
    square ones have the rest below, and tall ones everything one below the other.
    """
    boards = [name for name in ("map", "surface") if name in names]
    rest = [name for name in ("curves", "legend") if name in names]
    wide, tall = area.width() > 1.3 * area.height(), area.height() > 1.3 * area.width()
    high = min(legend.height() / area.height(), 0.2 if tall else 0.4)
    broad = min(legend.width() / area.width(), 0.36)
    if not rest:
        pictures, below = area, []
    elif tall:
        shares = {"curves": 0.38 - high * ("legend" in rest), "legend": high}
        wanted = [shares[name] for name in rest]
        pictures, *below = rows(area, [1 - sum(wanted), *wanted], gap)
    elif wide and (len(boards) == 1 or "curves" not in rest):
        aside = 0.36 if "curves" in rest else broad
        pictures, side = columns(area, [1 - aside, aside], gap)
        below = [side] if len(rest) == 1 else rows(side, [1 - high, high], gap)
    else:
        pictures, low = rows(area, [0.68, 0.32], gap)
        below = [low] if len(rest) == 1 else columns(low, [1 - broad, broad], gap)
    cut = rows if tall else columns
    return dict(zip([*boards, *rest], [*cut(pictures, [1.0] * len(boards), gap), *below], strict=True))


def _steps(scene: Scene) -> int:
    return scene.steps


RACE_FILM = Film(_steps, _prepared, _opened)
