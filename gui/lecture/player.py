"""Goes through a lesson: slide after slide, and at a question first the question.

While a question waits the document holds the slide's scene without what would give the answer away: its
title, its caption, and what is drawn of the answer. The whole scene comes back with the answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    opened() : a lesson begins
    changed() : another slide, another lesson or none, a question or its answer
    slideLeft() : what was put on the slide by hand goes with it
    played() : the scene shall be played from its start
    held() : the scene shall stand still at its start until the answer is wanted
    said(sentence) : what the speaker should know
    """

    opened = pyqtSignal()
    changed = pyqtSignal()
    slideLeft = pyqtSignal()
    played = pyqtSignal()
    held = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.lesson: Lesson | None = None
        self.titles: list[str] = []  # of the slides' scenes
        self.place = 0
        self.question = ""  # that waits for its answer
        self.began = 0.0  # when the lesson was opened, by the monotonic clock
        self._folder = Path()
        self._gone = False  # whether the slide could not be shown
        document.changed.connect(self._scene_changed)

    @property
    def asking(self) -> bool:
        """Whether a question waits for its answer."""
        return bool(self.question)

    @property
    def scene(self) -> Scene:
        """What is shown, with what a question keeps back: for the speaker's eyes."""
        return self._document.whole

    @property
    def slide(self) -> Slide | None:
        """The slide that is shown."""
        return None if self.lesson is None else self.lesson.slides[self.place]

    @property
    def next_scene(self) -> Scene | None:
        """That of the slide after this one; None if there is none, or it cannot be read."""
        if self.lesson is None or self.place + 1 >= len(self.lesson.slides):
            return None
        try:
            return self.lesson.slides[self.place + 1].scene(self._folder)
        except LandscapeError:
            return None

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
        self.slideLeft.emit()
        self.opened.emit()  # before anything is said about its slide
        self._show()

    def close(self) -> None:
        """Leave the lesson; the scene that is shown stays."""
        if self.lesson is not None:
            self.lesson = None
            if self.asking:
                self.reveal(play=False)
            else:
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
        if slide is not None and slide.question and not self.asking and not self._gone:
            self._show()
        else:
            self.go_to(self.place - 1)

    def reveal(self, play: bool = True) -> None:
        """The answer may be seen: play, or let whoever goes through it by hand go on."""
        self.question = ""
        self._document.unveil()
        self.changed.emit()
        if play:
            self.played.emit()

    def ask(self, question: str) -> None:
        """Ask this of the scene that is open, whether there is a lesson or not."""
        if not self.asking:
            self._document.veil(**_kept_back(self._document.scene, question))
            self._wait(question)

    def _wait(self, question: str) -> None:
        self.held.emit()
        self.question = question
        self.changed.emit()

    def _scene_changed(self, scene: Scene) -> None:
        """A question goes with its scene: with undo, or when another one is opened."""
        if self.asking and scene.caption != self.question:
            self.question = ""
            self._document.drop_veil()
            self.changed.emit()

    def go_to(self, place: int) -> None:
        """Show a slide by its number from 0."""
        if self.lesson is None:
            return
        if not 0 <= place < len(self.lesson.slides):
            self.said.emit("This is the last slide." if place > 0 else "This is the first slide.")
            return
        self.place = place
        self.slideLeft.emit()
        self._show()

    def _show(self) -> None:
        slide = self.slide
        assert slide is not None
        try:
            scene, self._gone = slide.scene(self._folder), False
        except LandscapeError as error:  # a file that is gone by now: the next slide can still be shown
            self._gone = True
            self.said.emit(str(error))
            if self.asking:
                self.reveal(play=False)
            else:
                self.changed.emit()
            return
        self.question = ""
        if slide.question:
            shown = _kept_back(scene, slide.question)
            self._document.replace(scene, "show a slide", None, saved=True, **shown)
            self._wait(slide.question)
        else:
            self._document.replace(scene, "show a slide", None, saved=True)
            self.changed.emit()
            self.played.emit()


def _kept_back(scene: Scene, question: str) -> dict[str, Any]:
    """What a scene shows in other words, or not at all, while a question waits."""
    return {"title": "Question", "caption": question, "overlays": scene.overlays.without_answers()}


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
