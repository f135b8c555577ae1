"""Draws a scene off the screen into an animation file, with the same views as the window."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QObject, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication

from gui.jobs import Jobs
from gui.theme import LIGHT, Theme, font, looks
from gui.views.images import rgba_bytes
from gui.views.legend_view import LegendView
from gui.views.map_view import MapView
from gui.views.strip_chart import Curves, StripChart
from landscape.errors import LandscapeError
from landscape.files import write_whole
from landscape.race import solve
from landscape.relief import relief
from landscape.scene import Scene

FRAMES_PER_SECOND = 20  # GIF delays are hundredths of a second: this is one that every viewer honours
SECONDS = 7.0
FRAMES = int(SECONDS * FRAMES_PER_SECOND)
SIZE = (960, 720)
HOLD_SECONDS = 1.5


class AnimationWriter(QObject):
    """Draws one frame a turn of the event loop, then encodes on a thread.

    Signals
    -------
    progressed(sentence), finished(sentence)
    """

    progressed = pyqtSignal(str)
    finished = pyqtSignal(str)

    def __init__(self, scene: Scene, target: Path, theme: Theme, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._target, self._jobs = target, jobs
        self._drawing = draw_frames(scene, theme, SIZE)
        self._frames: list[QImage] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_one)

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def _draw_one(self) -> None:
        try:
            self._frames.append(next(self._drawing))
        except StopIteration:
            self._timer.stop()
            frames, target = self._frames, self._target
            self._jobs.start("animation", lambda: _encoded(frames, target), self._done, self.finished.emit)
        except LandscapeError as error:
            self._timer.stop()
            self.finished.emit(str(error))
        if len(self._frames) % 20 == 1:
            self.progressed.emit(f"Drawing frame {len(self._frames)} of {FRAMES} …")

    def _done(self, target: Path) -> None:
        self.finished.emit(f"Saved the animation to {target}.")


def animate(scene: Scene, target: Path, theme: Theme = LIGHT) -> Path:
    """Write the scene's race as a GIF: the map, the loss curves, who is who. Returns the path.

    Raises
    ------
    LandscapeError
        if the file cannot be written; nothing half-made is left behind.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    written = next(_encoded(list(draw_frames(scene, theme, SIZE)), target))
    del application
    return written


def _encoded(frames: list[QImage], target: Path) -> Iterator[Path]:
    from PIL import Image

    pictures = [
        Image.frombytes("RGBA", (frame.width(), frame.height()), rgba_bytes(frame)).convert("RGB")
        for frame in frames
    ]
    # One palette for all frames, taken from the last, which has every colour in it: no flicker.
    colours = pictures[-1].quantize(colors=255, method=Image.Quantize.MEDIANCUT)
    still = [picture.quantize(palette=colours, dither=Image.Dither.NONE) for picture in pictures]
    durations = [1000 // FRAMES_PER_SECOND] * (len(still) - 1) + [int(HOLD_SECONDS * 1000)]
    content = io.BytesIO()
    still[0].save(content, "GIF", save_all=True, append_images=still[1:], duration=durations, loop=0)
    write_whole(target, content.getvalue())
    yield target.resolve()


def draw_frames(scene: Scene, theme: Theme, size: tuple[int, int]) -> Iterator[QImage]:
    """The frames of the race, from the start to the end."""
    *_, race = solve(scene)
    ground = relief(race.surface, scene.log_scale)
    styles = looks(scene.optimizers, theme)
    chosen = tuple(styles[entry.index] for entry in race.entries)
    if not chosen:
        raise LandscapeError("No rule takes part in this scene: switch at least one on.")
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
    board.show_relief(ground, ground.contours(), scene.view.colormap)
    board.show_race(race, styles)
    losses = tuple(entry.path.losses - race.lowest for entry in race.entries)
    chart.show_curves(Curves("loss above the lowest, log scale", losses, chosen, log=True))
    legend.show_names([(styles[e.index], e.racer.optimizer.title) for e in race.entries])

    for k in range(FRAMES):
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
