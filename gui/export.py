"""Draws a scene off the screen into an animation file, with the window's own views."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication

from gui.explore.film import RACE_FILM
from gui.jobs import Jobs
from gui.theme import LIGHT, Theme
from gui.train.film import TRAINING_FILM
from gui.views.film_frame import Film
from gui.views.images import rgba_bytes
from landscape.files import write_whole
from landscape.scene import Scene

FRAMES_PER_SECOND = 20  # GIF delays are hundredths of a second: this is one that every viewer honours
SECONDS = 7.0
FRAMES = int(SECONDS * FRAMES_PER_SECOND)
SIZE = (960, 720)
HOLD_SECONDS = 1.5
FILMS = {"explore": RACE_FILM, "train": TRAINING_FILM}


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
        self._film = FILMS[scene.workspace]
        self._pictures: list[Any] = []
        self._colours = _palette(self._film, scene, theme)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_one)

    def start(self) -> None:
        """Begin."""
        self.progressed.emit("Drawing the animation …")
        self._jobs.start(
            "animation", lambda: self._film.prepare(self._scene, FRAMES), self._prepared, self._end
        )

    def _prepared(self, found: Any) -> None:
        if isinstance(found, str):
            self.progressed.emit(found)
            return
        self._drawing = self._film.draw(found, self._theme, SIZE, FRAMES)
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


def animate(scene: Scene, target: Path, theme: Theme = LIGHT) -> Path:
    """Write the scene as a GIF: its race, or its training. Returns the path.

    Raises
    ------
    LandscapeError
        if the file cannot be written; nothing half-made is left behind.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    pictures: list[Any] = []
    film = FILMS[scene.workspace]
    colours = _palette(film, scene, theme)
    *_, drawn = film.prepare(scene, FRAMES)
    for frame in film.draw(drawn, theme, SIZE, FRAMES):
        pictures.append(_indexed(frame, pictures, colours))
    written = next(_encoded(pictures, target))
    del application
    return written


def _palette(film: Film, scene: Scene, theme: Theme) -> list[int]:
    """Colours that no film may lose: those of the type and of what is told apart by colour."""
    names = [theme.text, theme.accent, theme.casing, *film.colours(scene, theme)]
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
