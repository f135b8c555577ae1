"""The bundled scenes: one after the other, by number, or chosen among their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QObject, QSize, pyqtSignal
from PyQt6.QtGui import QIcon, QImage, QPixmap
from PyQt6.QtWidgets import QWidget

from gui.document import Document
from gui.jobs import Jobs
from gui.widgets.picture_picker import Pick, PicturePicker, fitting
from landscape.errors import LandscapeError
from landscape.resources import scene_files, thumbnail_of
from landscape.scene import Scene

PICTURE = QSize(176, 99)
WORKSPACES = {"explore": "race", "train": "training", "tune": "search"}


class SceneGallery(QObject):
    """Shows bundled scenes in the document.

    Signals
    -------
    shown() : the document holds one of them, which shall be played
    said(sentence) : why there is none to be shown
    """

    shown = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(self, document: Document, jobs: Jobs, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._jobs, self._window = document, jobs, window
        self._place = 0
        self.picker: PicturePicker | None = None

    def titles(self) -> list[str]:
        """What they are called."""
        return [_title(path) for path in scene_files()]

    def show(self, place: int) -> None:
        """Show one of them by its number from 0."""
        try:
            scene = Scene.load(scene_files()[place])
        except LandscapeError as error:
            self.said.emit(str(error))
            return
        self._place = place
        self._document.replace(scene, "show a scene", None, saved=True)
        self.shown.emit()

    def move(self, by: int) -> None:
        """Show the next one, or the one before."""
        place = self._place + by
        if 0 <= place < len(scene_files()):
            self.show(place)
        else:
            self.said.emit("This is the last scene." if by > 0 else "This is the first scene.")

    def open(self) -> None:
        """Let the user choose; they are read away from the GUI thread, the first time."""
        if self.picker is None:
            self._jobs.start("gallery", _read, self._make_picker, self.said.emit)
        else:
            self.picker.open_at(str(self._place))

    def _make_picker(self, found: list[tuple[Pick, QImage]]) -> None:
        self.picker = PicturePicker("Scenes", [pick for pick, _ in found], PICTURE, self._window)
        self.picker.resize(fitting(QSize(880, 640), self._window))
        for pick, picture in found:
            self.picker.show_picture(pick.key, QIcon(QPixmap.fromImage(picture)))
        self.picker.chosen.connect(lambda key: self.show(int(key)))
        self.picker.open_at(str(self._place))


def _read() -> Iterator[list[tuple[Pick, QImage]]]:
    yield [(_pick(place, file), QImage(str(thumbnail_of(file)))) for place, file in enumerate(scene_files())]


def _pick(place: int, file: Path) -> Pick:
    try:
        scene = Scene.load(file)
    except LandscapeError as error:
        return Pick(str(place), file.stem, str(error))
    return Pick(str(place), scene.title, scene.caption, f"{scene.notes} {WORKSPACES[scene.workspace]}")


def _title(path: Path) -> str:
    try:
        return Scene.load(path).title or path.stem
    except LandscapeError:
        return path.stem
