"""Goes through a lesson: slide after slide, and at a question first the question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from gui.document import Document
from gui.jobs import Jobs
from landscape.errors import LandscapeError
from landscape.lesson import Lesson, Slide
from landscape.scene import Scene


class Player(QObject):
    """The lesson that is open, if one is, and where in it we are.

    Signals
    -------
    changed() : another slide, another lesson or none, or an answer is shown
    played() : the scene shall be played from its start
    held() : the scene shall stand still at its start until the answer is wanted
    said(sentence) : what the speaker should know
    """

    changed = pyqtSignal()
    played = pyqtSignal()
    held = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.lesson: Lesson | None = None
        self.titles: list[str] = []  # of the slides' scenes
        self.place = 0
        self.asking = False  # whether a question waits for its answer
        self.began = 0.0  # when the lesson was opened, by the monotonic clock
        self._folder = Path()
        self._answer: str | None = None  # the caption, while the question stands in its place

    @property
    def slide(self) -> Slide | None:
        """The slide that is shown."""
        return None if self.lesson is None else self.lesson.slides[self.place]

    def open(self, path: Path) -> None:
        """Read a lesson and show its first slide; what was being shown can be had back with undo."""
        self._jobs.start("lesson", lambda: _read(path), self._opened, self.said.emit)

    def _opened(self, found: tuple[Lesson, Path, list[str]]) -> None:
        self.begin(*found)

    def begin(self, lesson: Lesson, folder: Path, titles: list[str], place: int = 0) -> None:
        """Show a lesson that was read already, from this slide on."""
        self.lesson, self._folder, self.titles = lesson, folder, titles
        self.began = time.monotonic()
        self.place = place
        self._show()

    def close(self) -> None:
        """Leave the lesson; the scene that is shown stays."""
        if self.lesson is not None:
            self.lesson, self.asking = None, False
            self.changed.emit()

    def forward(self) -> None:
        """The answer if a question waits for it, else the next slide."""
        if self.asking:
            self.reveal()
        else:
            self.go_to(self.place + 1)

    def back(self) -> None:
        """The question before its answer, else the slide before."""
        slide = self.slide
        if slide is not None and slide.question and not self.asking:
            self._show()
        else:
            self.go_to(self.place - 1)

    def reveal(self) -> None:
        """Play: the answer is seen."""
        self.asking = False
        if self._answer is not None:
            self._document.edit("answer", record=False, caption=self._answer)
        self.changed.emit()
        self.played.emit()

    def go_to(self, place: int) -> None:
        """Show a slide by its number from 0."""
        if self.lesson is None:
            return
        if not 0 <= place < len(self.lesson.slides):
            self.said.emit("This is the last slide." if place > 0 else "This is the first slide.")
            return
        self.place = place
        self._show()

    def _show(self) -> None:
        slide = self.slide
        assert slide is not None
        try:
            scene = slide.scene(self._folder)
        except LandscapeError as error:  # a file that is gone by now: the next slide can still be shown
            self.said.emit(str(error))
            self.changed.emit()
            return
        self.asking = bool(slide.question)
        self._answer = scene.caption if self.asking else None
        if self.asking:  # the caption would give the answer away
            scene = scene.model_copy(update={"caption": slide.question})
        self._document.replace(scene, "show a slide", None, saved=True)
        self.changed.emit()
        if self.asking:
            self.held.emit()
        else:
            self.played.emit()


def _read(path: Path) -> Iterator[tuple[Lesson, Path, list[str]]]:
    """The lesson, its folder, and what its slides are called."""
    lesson = Lesson.load(path)
    if not lesson.slides:
        raise LandscapeError(f"{path.name} has no slides.")
    yield lesson, path.parent, [_title(slide, path.parent) for slide in lesson.slides]


def _title(slide: Slide, folder: Path) -> str:
    try:
        scene: Scene = slide.scene(folder)
    except LandscapeError:
        return slide.file
    return scene.title or scene.surface.surface.title
