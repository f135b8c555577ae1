"""The scene's file: opening, saving, what was open last time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.document import Document
from gui.jobs import Jobs
from gui.lecture.player import Player
from gui.session import Session
from gui.settings import Settings
from landscape.errors import LandscapeError
from landscape.opening import opened
from landscape.scene import Scene

FILTER = "Landscape scenes (*.toml)"


class Filing(QObject):
    """Opens scenes into the document, and lessons into the player; saves the document.

    Signals
    -------
    shown() : the document holds another scene, which shall be played
    said(sentence) : what has been done, or why it could not be
    """

    shown = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(
        self, document: Document, jobs: Jobs, settings: Settings, session: Session, player: Player,
        window: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._document, self._jobs, self._settings, self._session = document, jobs, settings, session
        self._player, self._window = player, window

    def open_dialog(self) -> None:
        """Ask for a scene file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a scene", str(self._folder()), FILTER)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a scene or a lesson; the present scene can be had back with undo, and stays if this fails."""
        self._jobs.start(
            "open",
            lambda: _loaded(path),
            lambda scene: self._opened(path, scene),
            lambda reason: self.said.emit(f"{path.name}: {reason}"),
        )

    def _opened(self, path: Path, scene: Scene | None) -> None:
        if scene is None:
            self._player.open(path)
            return
        self._document.replace(scene, "open a file", path, saved=True)
        self._settings.add_recent(path)
        self.shown.emit()

    def reopen_session(self) -> None:
        """What was being explored when the program was last closed."""
        if not self._session.previous.is_file():
            self.said.emit("There is no earlier session to reopen.")
            return
        try:
            scene = Scene.load(self._session.previous)
        except LandscapeError as error:
            self.said.emit(f"The last session cannot be reopened: {error}")
            return
        self._document.replace(scene, "reopen the last session", None, saved=False)
        self.shown.emit()

    def save(self) -> bool:
        """Save where the scene came from, else ask."""
        return self.save_to(self._document.path) if self._document.path else self.save_as()

    def save_as(self) -> bool:
        """Ask where to save."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the scene", str(self._folder() / "scene.toml"), FILTER
        )
        if not name:
            return False
        path = Path(name)
        return self.save_to(path if path.suffix else path.with_suffix(".toml"))

    def save_to(self, path: Path) -> bool:
        """Save to this file."""
        saved = self._document.save(path)
        if saved:
            self._settings.add_recent(path)
            self.said.emit(f"Saved to {path}.")
        return saved

    def may_close(self) -> bool:
        """Ask what should become of changes to a scene that has a file."""
        if not self._document.dirty or self._document.path is None:
            return True
        buttons = QMessageBox.StandardButton
        name = self._document.whole.title or "The scene"
        answer = QMessageBox.question(
            self._window, "Save the changes?", f"{name} has changed since it was saved.",
            buttons.Save | buttons.Discard | buttons.Cancel, buttons.Save,
        )  # fmt: skip
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard

    def _folder(self) -> Path:
        return self._document.path.parent if self._document.path else Path.home()


def _loaded(path: Path) -> Iterator[Scene | None]:
    """Read a scene and compile its formula, away from the GUI thread; None for a lesson, which is played."""
    found = opened(path)
    if isinstance(found, Scene):
        found.surface.surface.compile()
    yield found if isinstance(found, Scene) else None
