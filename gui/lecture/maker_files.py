"""What the lesson maker reads and writes, away from the GUI thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from gui.jobs import Jobs
from landscape.errors import LandscapeError
from landscape.lesson import MAX_SLIDES, Lesson, Slide
from landscape.lesson_overview import Source, at_first_sight, looked_at
from landscape.opening import opened
from landscape.resources import scene_files
from landscape.scene import Scene


@dataclass(frozen=True)
class Found:
    """What was in some files, in their order: scenes, lessons with their files, and what was wrong."""

    scenes: tuple[Scene, ...] = ()
    lessons: tuple[tuple[Path, Lesson], ...] = ()
    reasons: tuple[str, ...] = ()


class FileReader(QObject):
    """Reads what is dropped or chosen, one lot after the other, so that none is lost.

    Signals
    -------
    read(found, place) : a lot was read; `place` is where its slides shall go, or None
    """

    read = pyqtSignal(object, object)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._waiting: list[tuple[Sequence[Path], int | None]] = []

    def add(self, paths: Sequence[Path], place: int | None) -> None:
        """Read these files when those before them are done."""
        self._waiting.append((paths, place))
        if len(self._waiting) == 1:
            self._begin()

    def _begin(self) -> None:
        paths = self._waiting[0][0]
        self._jobs.start("read slides", lambda: look_into(paths), self._done, self._failed)

    def _failed(self, reason: str) -> None:
        self._done(Found(reasons=(reason,)))

    def _done(self, found: Found) -> None:
        _, place = self._waiting.pop(0)
        if self._waiting:
            self._begin()
        self.read.emit(found, place)


def look_into(paths: Sequence[Path]) -> Iterator[Found]:
    """What is in these files; of too many only as many as can tell that they are."""
    scenes: list[Scene] = []
    lessons: list[tuple[Path, Lesson]] = []
    reasons: list[str] = []
    for path in paths[: 2 * MAX_SLIDES]:
        try:
            held = opened(path)
        except LandscapeError as error:
            reasons.append(str(error) if str(path) in str(error) else f"{path.name}: {error}")
            continue
        if isinstance(held, Lesson):
            lessons.append((path, held))
        else:
            scenes.append(held)
    yield Found(tuple(scenes), tuple(lessons), tuple(reasons))


def look_at(sources: Sequence[Source]) -> Iterator[object]:
    """What the scenes of slides are called."""
    yield looked_at(sources)


def read_scene(slide: Slide) -> Iterator[Scene]:
    """The scene of a slide, ready to be drawn."""
    scene = slide.scene()
    scene.surface.surface.compile()
    yield scene


def write(lesson: Lesson, path: Path) -> Iterator[tuple[Lesson, Path]]:
    """Save a lesson."""
    lesson.save(path)
    yield lesson, path


def bundled_scenes() -> Iterator[list[tuple[str, Slide]]]:
    """What the bundled scenes are called, and a slide for each."""
    slides = [Slide(bundled=file.stem.split("-", 1)[-1]) for file in scene_files()]
    told = looked_at((slide.bundled, "") for slide in slides)
    yield [(told.get((slide.bundled, ""), at_first_sight(slide)).title, slide) for slide in slides]
