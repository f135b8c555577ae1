"""The bundled scenes as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, QSize, pyqtSignal
from PyQt6.QtGui import QIcon, QImage, QPixmap
from PyQt6.QtWidgets import QWidget

from gui.jobs import Jobs
from gui.widgets.picture_picker import Pick, PicturePicker
from landscape.errors import LandscapeError
from landscape.resources import scene_files, thumbnail_of
from landscape.scene import Scene

PICTURE = QSize(176, 99)
WORKSPACES = {"explore": "race", "train": "training", "tune": "search"}


class SceneGallery(QObject):
    """Lets the user choose a bundled scene; they are read away from the GUI thread.

    Signals
    -------
    chosen(place) : the number of a scene, from 0
    said(sentence) : why there is nothing to choose from
    """

    chosen = pyqtSignal(int)
    said = pyqtSignal(str)

    def __init__(self, jobs: Jobs, window: QWidget) -> None:
        super().__init__(window)
        self._jobs, self._window = jobs, window
        self.picker: PicturePicker | None = None

    def open(self, place: int) -> None:
        """Open with this scene current."""
        if self.picker is not None:
            self.picker.open_at(str(place))
            return
        self._jobs.start("gallery", _read, partial(self._show, place), self.said.emit)

    def _show(self, place: int, found: list[tuple[Pick, QImage]]) -> None:
        self.picker = PicturePicker("Scenes", [pick for pick, _ in found], PICTURE, self._window)
        self.picker.resize(880, 640)
        for pick, picture in found:
            self.picker.show_picture(pick.key, QIcon(QPixmap.fromImage(picture)))
        self.picker.chosen.connect(lambda key: self.chosen.emit(int(key)))
        self.picker.open_at(str(place))


def _read() -> Iterator[list[tuple[Pick, QImage]]]:
    yield [(_pick(place, file), QImage(str(thumbnail_of(file)))) for place, file in enumerate(scene_files())]


def _pick(place: int, file: Path) -> Pick:
    try:
        scene = Scene.load(file)
    except LandscapeError as error:
        return Pick(str(place), file.stem, str(error))
    return Pick(str(place), scene.title, scene.caption, f"{scene.notes} {WORKSPACES[scene.workspace]}")
