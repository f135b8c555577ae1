"""The lesson that is being made: the one place where it changes; its undo, and its file."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from landscape.errors import LandscapeError
from landscape.lesson import Lesson, Slide
from landscape.lesson_edits import changed, inserted, moved, removed

MERGE_SECONDS = 1.5
MAX_UNDO = 300
NOTHING = Lesson()


@dataclass(frozen=True)
class _State:
    """What undo goes back to."""

    label: str
    lesson: Lesson
    place: int


class Draft(QObject):
    """A lesson, the slide that is chosen in it, and what has become of both.

    Signals
    -------
    changed() : another lesson, another slide is chosen, or it was saved
    said(sentence) : a change was not possible, and why
    """

    changed = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lesson = NOTHING
        self.place = -1  # of the slide that is chosen, from 0; -1 while there is none
        self.path: Path | None = None
        self._saved: Lesson | None = NOTHING
        self._undo: list[_State] = []
        self._redo: list[_State] = []
        self._last_edit: tuple[str, float] = ("", 0.0)

    @property
    def slide(self) -> Slide | None:
        """The slide that is chosen."""
        return self.lesson.slides[self.place] if self.place >= 0 else None

    @property
    def dirty(self) -> bool:
        """Whether there is anything to lose."""
        return self.lesson != self._saved

    @property
    def undo_label(self) -> str:
        """What undo would take back, or ""."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, or ""."""
        return self._redo[-1].label if self._redo else ""

    def begin(self, lesson: Lesson, path: Path | None, saved: bool = True) -> None:
        """Another lesson; `saved` if all of it can be had again."""
        self.path, self._saved = path, lesson if saved else None
        self._undo.clear()
        self._redo.clear()
        self._become(lesson, 0)

    def was_saved(self, lesson: Lesson, path: Path) -> None:
        """All of this lesson is in this file by now."""
        self.path, self._saved = path, lesson
        self._last_edit = ("", 0.0)
        self.changed.emit()

    def choose(self, place: int) -> None:
        """Choose a slide."""
        if place != self.place and 0 <= place < len(self.lesson.slides):
            self.place = place
            self._last_edit = ("", 0.0)
            self.changed.emit()

    def add(self, slides: Sequence[Slide], at: int | None = None) -> bool:
        """Put slides in: after the chosen one, if no place is named; the last of them is then chosen."""
        place = self.place + 1 if at is None else at
        label = "add a slide" if len(slides) == 1 else "add slides"
        return self._edit(label, lambda was: inserted(was, place, *slides), place + len(slides) - 1)

    def duplicate(self) -> None:
        """The chosen slide once more."""
        if self.slide is not None:
            self.add([self.slide])

    def remove(self) -> None:
        """Take the chosen slide out."""
        if self.slide is not None:
            self._edit("remove a slide", lambda was: removed(was, self.place), self.place)

    def move(self, place: int, to: int) -> None:
        """Move a slide to where it is at place `to` afterwards; beyond the ends nothing happens."""
        if place >= 0 and 0 <= to < len(self.lesson.slides):
            self._edit("move a slide", lambda was: moved(was, place, to), to)

    def change(self, label: str, **fields: Any) -> bool:
        """Change the chosen slide; quick changes of the same fields become one step of undo."""
        if self.slide is None:
            return False
        merged = "" if "own" in fields else f"{self.place} {sorted(fields)}"
        return self._edit(label, lambda was: changed(was, self.place, **fields), self.place, merged)

    def retitle(self, title: str) -> bool:
        """Give the whole another title."""
        return self._edit("title of the lesson", lambda was: was.edited(title=title), self.place, "title")

    def undo(self) -> None:
        """Take the last change back."""
        self._go(self._undo, self._redo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._go(self._redo, self._undo)

    def _edit(self, label: str, edit: Callable[[Lesson], Lesson], place: int, merged: str = "") -> bool:
        try:
            lesson = edit(self.lesson)
        except LandscapeError as error:
            self.said.emit(str(getattr(error, "reason", error)))
            return False
        now = time.monotonic()
        same = merged and self._last_edit[0] == merged and now - self._last_edit[1] < MERGE_SECONDS
        if lesson != self.lesson and not (same and self._undo):
            self._undo.append(_State(label, self.lesson, self.place))
            del self._undo[:-MAX_UNDO]
        if lesson != self.lesson:
            self._redo.clear()
        self._last_edit = (merged, now)
        self._become(lesson, place)
        return True

    def _go(self, source: list[_State], target: list[_State]) -> None:
        if source:
            state = source.pop()
            target.append(_State(state.label, self.lesson, self.place))
            self._last_edit = ("", 0.0)
            self._become(state.lesson, state.place)

    def _become(self, lesson: Lesson, place: int) -> None:
        self.lesson = lesson
        self.place = min(place, len(lesson.slides) - 1)
        self.changed.emit()
