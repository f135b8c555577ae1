"""Keeps the lesson that is being made in a file of its own, so that a crash or a power cut loses nothing."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QLockFile, QObject, QStandardPaths, QTimer

from gui.jobs import Jobs
from gui.lecture.maker_draft import NOTHING, Draft
from landscape.errors import LandscapeError
from landscape.files import read_text, write_whole
from landscape.lesson import Lesson

GO_ON = "Go on with the lesson you were making"
SECONDS = 0.8  # after the last change
MARK = "# Not saved yet; belongs to "  # stands before the lesson's file, in the first line

_Kept = tuple[Lesson, Path | None]


def kept(besides: Path | None = None) -> list[Path]:
    """Lessons that were being made when the program ended, the latest first; none that others are making."""
    found = []
    for file in _folder().glob("*.toml"):
        try:
            found.append((file.stat().st_mtime, file))
        except OSError:  # another window has just saved it
            continue
    return [file for _, file in sorted(found, reverse=True) if file != besides and not _in_use(file)]


class Keeping(QObject):
    """While a draft has unsaved changes they are in the file; once it has none, the file is gone.

    Each making has a file of its own: whoever begins something new before looking at what was kept
    loses neither. It is locked, so that no other window takes it for one that a crash left behind.
    """

    def __init__(self, draft: Draft, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._draft, self._jobs = draft, jobs
        self.file = _folder() / f"{uuid.uuid4().hex}.toml"
        self._wanted: _Kept | None = None  # what should be in the file; None: no file
        self._there: _Kept | None = None  # what is in it
        self._hold: QLockFile | None = None
        self._lock = threading.Lock()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(SECONDS * 1000))
        self._timer.timeout.connect(self._begin)
        draft.changed.connect(self._timer.start)

    def go_on_in(self, file: Path) -> None:
        """The draft came from this file of an earlier time: it is kept there from now on."""
        self.finish()
        hold = _file_lock(file)
        with self._lock:
            if hold.tryLock(0):
                self.file, self._there, self._hold = file, (NOTHING, None), hold
        self._timer.start()

    def finish(self) -> None:
        """Bring the file up to date before the program goes on."""
        self._timer.stop()
        self._note()
        for _ in self._bring():
            pass
        with self._lock:
            self._hold = None

    def _begin(self) -> None:
        self._note()
        self._jobs.start("keep the lesson", self._bring, lambda _: None)

    def _note(self) -> None:
        draft = self._draft
        self._wanted = (draft.lesson, draft.path) if draft.dirty else None

    def _bring(self) -> Iterator[None]:
        with self._lock:  # a job that was overtaken, too, brings what is wanted by now
            wanted = self._wanted
            if wanted == self._there:
                return
            try:
                if wanted is None:
                    self.file.unlink(missing_ok=True)
                    self._hold = None
                else:
                    self.file.parent.mkdir(parents=True, exist_ok=True)
                    if self._hold is None:
                        self._hold = _file_lock(self.file)
                        self._hold.tryLock(0)
                    write_whole(self.file, _text(*wanted).encode())
            except (OSError, LandscapeError):
                return  # the user did not ask for it, so is not told
            self._there = wanted
        yield


def read_kept(file: Path) -> Iterator[tuple[Path, Lesson, Path | None]]:
    """The file, the lesson that was kept in it, and the lesson's own file if it had one."""
    try:
        lesson = Lesson.load(file)
    except LandscapeError as error:
        reason = str(error).removeprefix(f"{file} ")
        raise LandscapeError(f"The lesson kept in {file} cannot be opened: {reason}") from None
    first = read_text(file).split("\n", 1)[0]
    path = None
    if first.startswith(MARK):
        try:
            path = Path(json.loads(first.removeprefix(MARK)))
        except (ValueError, TypeError):  # somebody wrote in it: the lesson is what matters
            path = None
    yield file, lesson, path


def _file_lock(file: Path) -> QLockFile:
    """Held by whoever makes the lesson in this file; it ends with the program, however that ends."""
    lock = QLockFile(f"{file}.lock")
    lock.setStaleLockTime(0)
    return lock


def _in_use(file: Path) -> bool:
    lock = _file_lock(file)
    return not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError


def _text(lesson: Lesson, path: Path | None) -> str:
    return (f"{MARK}{json.dumps(str(path))}\n" if path else "") + lesson.to_toml()


def _folder() -> Path:
    place = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "lessons-being-made"
