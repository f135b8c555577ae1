"""Keeps what is being explored in a file of its own, so that closing or a crash loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QObject, QStandardPaths, QTimer

from gui.document import Document
from gui.jobs import Jobs
from landscape.errors import LandscapeError
from landscape.files import write_whole
from landscape.scene import Scene

SECONDS = 2.0  # after the last change


class Session(QObject):
    """Writes the document's scene now and then; `previous` is the scene of the time before."""

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self._written = document.whole
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
        self._file = Path(folder) / "session.toml"
        self.previous = self._file.with_name("previous-session.toml")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(SECONDS * 1000))
        self._timer.timeout.connect(self._write_later)
        document.changed.connect(lambda *_: self._timer.start())
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if self._file.is_file():
                self._file.replace(self.previous)
        except OSError:
            pass  # a home that cannot be written: the program works without a memory

    def _write_later(self) -> None:
        scene, file = self._document.whole, self._file
        self._jobs.start("session", lambda: _write(scene, file), self._wrote)

    def _wrote(self, scene: Scene) -> None:
        self._written = scene

    def close(self) -> None:
        """Write what has not been written yet."""
        self._timer.stop()
        if self._document.whole != self._written:
            for _ in _write(self._document.whole, self._file):
                pass


def _write(scene: Scene, file: Path) -> Iterator[Scene]:
    try:
        write_whole(file, scene.to_toml().encode())
    except LandscapeError:
        return  # the user did not ask for it, so is not told
    yield scene
