"""Draws a scene off the screen into an animation file, with the window's own map, curves and legend."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication

from gui.jobs import Jobs
from gui.theme import LIGHT, Theme, font, looks
from gui.views.images import rgba_bytes
from gui.views.legend_view import LegendView
from gui.views.map_view import MapView
from gui.views.strip_chart import Curves, StripChart
from gui.views.tints import Areas
from landscape.errors import LandscapeError
from landscape.files import write_whole
from landscape.geometry.stability import sharpness_on, stability_limit
from landscape.race import Race, solve
from landscape.relief import Relief, relief
from landscape.scene import Scene
from landscape.surface import Array

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape

FRAMES_PER_SECOND = 20  # GIF delays are hundredths of a second: this is one that every viewer honours
SECONDS = 7.0
FRAMES = int(SECONDS * FRAMES_PER_SECOND)
SIZE = (960, 720)
HOLD_SECONDS = 1.5


class AnimationWriter(QObject):
    """Solves on a thread, draws one frame a turn of the event loop, encodes on a thread.

    Signals
    -------
    progressed(sentence), finished(sentence)
    """

    progressed = pyqtSignal(str)
    finished = pyqtSignal(str)

    def __init__(self, scene: Scene, target: Path, theme: Theme, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._scene, self._target, self._theme, self._jobs = scene, target, theme, jobs
        self._pictures: list[Any] = []
        self._colours = _palette(scene, theme)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_one)

    def start(self) -> None:
        """Begin."""
        self.progressed.emit("Drawing the animation …")
        self._jobs.start("animation", lambda: _prepared(self._scene), self._draw, self._end)

    def _draw(self, drawn: Drawn) -> None:
        self._drawing = draw_frames(drawn, self._theme, SIZE)
        self._timer.start()

    def _draw_one(self) -> None:
        try:
            self._pictures.append(_indexed(next(self._drawing), self._pictures, self._colours))
            if len(self._pictures) % 20 == 1:
                self.progressed.emit(f"Drawing frame {len(self._pictures)} of {FRAMES} …")
        except StopIteration:
            self._timer.stop()
            pictures, target = self._pictures, self._target
            self._jobs.start("animation", lambda: _encoded(pictures, target), self._done, self._end)
        except Exception as error:  # never half a film
            self._end(f"The animation could not be drawn: {error}.")

    def _done(self, target: Path) -> None:
        self._end(f"Saved the animation to {target}.")

    def _end(self, sentence: str) -> None:
        self._timer.stop()
        self._pictures = []
        self.finished.emit(sentence)


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


def animate(scene: Scene, target: Path, theme: Theme = LIGHT) -> Path:
    """Write the scene's race as a GIF: the map, the loss curves, who is who. Returns the path.

    Raises
    ------
    LandscapeError
        if the file cannot be written; nothing half-made is left behind.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    pictures: list[Any] = []
    colours = _palette(scene, theme)
    for frame in draw_frames(next(_prepared(scene)), theme, SIZE):
        pictures.append(_indexed(frame, pictures, colours))
    written = next(_encoded(pictures, target))
    del application
    return written


def _prepared(scene: Scene) -> Iterator[Drawn]:
    """Everything that has to be computed, away from the GUI thread."""
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


def _palette(scene: Scene, theme: Theme) -> list[int]:
    """Colours that no film may lose, however few pixels they take: those of the rules and of the type."""
    names = [
        theme.text,
        theme.accent,
        theme.casing,
        *(look.colour for look in looks(scene.optimizers, theme)),
    ]
    return [part for name in names for part in QColor(name).getRgb()[:3] if part is not None]


def _indexed(frame: QImage, before: list[Any], colours: list[int]) -> Any:
    """A frame in 255 colours.

    The first one drawn is the last of the film, with everything in it: all others share its palette,
    so that nothing flickers.
    """
    from PIL import Image

    picture = Image.frombytes("RGBA", (frame.width(), frame.height()), rgba_bytes(frame)).convert("RGB")
    if before:
        return picture.quantize(palette=before[0], dither=Image.Dither.NONE)
    own = 255 - len(colours) // 3
    common = picture.quantize(colors=own, method=Image.Quantize.MEDIANCUT).getpalette() or []
    table = Image.new("P", (1, 1))
    table.putpalette(common[: 3 * own] + colours)
    return picture.quantize(palette=table, dither=Image.Dither.NONE)


def _encoded(pictures: list[Any], target: Path) -> Iterator[Path]:
    film = [*pictures[1:], pictures[0]]
    durations = [1000 // FRAMES_PER_SECOND] * (len(film) - 1) + [int(HOLD_SECONDS * 1000)]
    content = io.BytesIO()
    film[0].save(content, "GIF", save_all=True, append_images=film[1:], duration=durations, loop=0)
    write_whole(target, content.getvalue())
    yield target.resolve()


def draw_frames(drawn: Drawn, theme: Theme, size: tuple[int, int]) -> Iterator[QImage]:
    """The frames of the race: the last one first, then from the start on."""
    race, ground, scene = drawn.race, drawn.ground, drawn.race.scene
    styles = looks(scene.optimizers, theme)
    chosen = tuple(styles[entry.index] for entry in race.entries)
    width, height = size
    scale = height / 720
    head, margin = 56 * scale, 16 * scale
    map_area = QRectF(margin, head, width - 2 * margin, height * 0.66 - head)
    chart_area = QRectF(margin, height * 0.68, width * 0.72, height * 0.32 - margin)
    legend_area = QRectF(chart_area.right() + margin, chart_area.top(), width, chart_area.height())
    legend_area.setRight(width - margin)

    board, chart, legend = MapView(), StripChart(), LegendView()
    for view in (board, chart, legend):
        view.set_theme(theme, 1.15)
    board.show_domain(ground.x, ground.y)
    board.show_relief(ground, drawn.contours, scene.view.colormap)
    board.show_shape(drawn.shape, scene.overlays)
    board.show_areas(drawn.areas, drawn.heading)
    board.show_race(race, styles)
    chart.show_curves(Curves("loss above the lowest, log scale", drawn.losses, chosen, log=True))
    legend.show_names([(styles[e.index], e.racer.optimizer.title) for e in race.entries])

    for k in (FRAMES - 1, *range(FRAMES - 1)):
        step = round(scene.steps * k / (FRAMES - 1))
        image = QImage(QSize(width, height), QImage.Format.Format_RGB32)
        image.fill(QColor(theme.window))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _write_head(painter, scene, theme, margin, scale, width)
        for view, area in ((board, map_area), (chart, chart_area), (legend, legend_area)):
            if isinstance(view, MapView | StripChart):
                view.set_step(step)
            picture = view.render_image(QSize(int(area.width()), int(area.height())), scale)
            painter.drawImage(area.topLeft(), picture)
        painter.end()
        yield image
    for view in (board, chart, legend):
        view.deleteLater()


def _write_head(
    painter: QPainter, scene: Scene, theme: Theme, margin: float, scale: float, width: int
) -> None:
    surface = scene.surface.surface
    title = scene.title or surface.title
    painter.setFont(font(22 * scale, 600))
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(margin, 36 * scale), title)
    begin = margin + painter.fontMetrics().horizontalAdvance(title) + 14 * scale
    painter.setFont(font(14 * scale))
    painter.setPen(QColor(theme.dim))
    caption = painter.fontMetrics().elidedText(
        scene.caption or surface.teaches, Qt.TextElideMode.ElideRight, int(width - begin - margin)
    )
    painter.drawText(QPointF(begin, 36 * scale), caption)
