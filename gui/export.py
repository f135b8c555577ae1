"""Draws a scene off the screen into an animation file, with the same views as the window."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication

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
HOLD_SECONDS = 1.5


def animate(scene: Scene, target: Path, theme: Theme = LIGHT, size: tuple[int, int] = (960, 720)) -> Path:
    """Write the scene's race as a GIF: the map, the loss curves, who is who. Returns the path.

    Raises
    ------
    LandscapeError
        if the file cannot be written; nothing half-made is left behind.
    """
    from PIL import Image

    application = QApplication.instance() or QApplication(sys.argv[:1])
    frames = [
        Image.frombytes("RGBA", (frame.width(), frame.height()), rgba_bytes(frame)).convert("RGB")
        for frame in draw_frames(scene, theme, size)
    ]
    # One palette for all frames, taken from the last, which has every colour in it: no flicker.
    colours = frames[-1].quantize(colors=255, method=Image.Quantize.MEDIANCUT)
    still = [frame.quantize(palette=colours, dither=Image.Dither.NONE) for frame in frames]
    delay = 1000 // FRAMES_PER_SECOND
    durations = [delay] * (len(still) - 1) + [int(HOLD_SECONDS * 1000)]
    content = io.BytesIO()
    still[0].save(
        content, "GIF", save_all=True, append_images=still[1:], duration=durations, loop=0, optimize=False
    )
    write_whole(target, content.getvalue())
    del application
    return target.resolve()


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

    count = int(SECONDS * FRAMES_PER_SECOND)
    for k in range(count):
        step = round(scene.steps * k / (count - 1))
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
