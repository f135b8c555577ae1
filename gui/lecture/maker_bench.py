"""What is done while a lesson is made, but for windows and dialogs: its slides, its scenes, its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from gui.jobs import Jobs
from gui.lecture.maker_draft import Draft
from gui.lecture.maker_files import FileReader, Found, bundled_scenes, look_at, read_scene, write
from gui.lecture.maker_keeping import Keeping, kept, read_kept
from landscape.errors import LandscapeError
from landscape.lesson import Lesson, Slide
from landscape.lesson_overview import Entry, Source, at_first_sight, source
from landscape.resources import lesson_files
from landscape.scene import Scene


class Bench(QObject):
    """The draft, what its slides' scenes are, and the way from and to files.

    Signals
    -------
    changed() : the draft, or what is known of its slides
    said(sentence) : what whoever makes the lesson should know
    shown(scene) : the scene of a slide shall be shown
    tried(lesson, titles, place) : the lesson shall be played from this slide on
    lessonRead(lesson, path, kept_in) : it can be edited now; where it was kept, if it was not saved
    """

    changed = pyqtSignal()
    said = pyqtSignal(str)
    shown = pyqtSignal(object)
    tried = pyqtSignal(object, list, int)
    lessonRead = pyqtSignal(object, object, object)

    def __init__(self, present: Callable[[], Scene], jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._present, self._jobs = present, jobs
        self._told: dict[Source, Entry] = {}
        self.draft = Draft(self)
        self.keeping = Keeping(self.draft, jobs, self)
        self._reader = FileReader(jobs, self)
        self._reader.read.connect(self._files_read)
        self.draft.said.connect(self.said)
        self.draft.changed.connect(self._changed)

    # --- what the slides are ---------------------------------------------------------------------

    def entry(self, slide: Slide) -> Entry:
        """What is known of a slide's scene."""
        found = source(slide)
        return (self._told.get(found) if found else None) or at_first_sight(slide)

    def look(self, again: bool = False) -> None:
        """Read what the slides' scenes are called: those that are new, or `again` every file."""
        sources = {found for slide in self.draft.lesson.slides if (found := source(slide)) is not None}
        new = [found for found in sources if found not in self._told or (again and found[1])]
        if new:
            self._jobs.start("look at slides", lambda: look_at(new), self._looked, self.said.emit)

    def _changed(self) -> None:
        self.changed.emit()
        self.look()

    def _looked(self, found: dict[Source, Entry]) -> None:
        if any(self._told.get(key) != entry for key, entry in found.items()):
            self._told |= found
            self.changed.emit()

    # --- slides ----------------------------------------------------------------------------------

    def add_present(self) -> bool:
        """A copy of the scene in the window, after the chosen slide."""
        return self.draft.add([Slide(own=self._present())])

    def replace(self) -> None:
        """The scene in the window instead of the chosen slide's; what is said there stays."""
        self.draft.change("replace the scene of a slide", own=self._present())

    def read_bundled(self, then: Callable[[list[tuple[str, Slide]]], None]) -> None:
        """Give the bundled scenes' titles, with a slide for each, as soon as they are known."""
        self._jobs.start("bundled scenes", bundled_scenes, then, self.said.emit)

    def add_files(self, paths: Sequence[Path], place: int | None = None) -> None:
        """Add scenes as slides, in order; a lesson alone is opened for editing.

        The scenes are written out: the lesson is whole wherever it is taken, and what was rehearsed
        does not change when somebody changes the file.
        """
        if paths:
            self._reader.add(paths, place)
        else:
            self.said.emit("Only files can be added: drop scenes or a lesson (.toml) here.")

    def _files_read(self, found: Found, place: int | None) -> None:
        reasons = list(found.reasons)
        if found.scenes:
            at = None if place is None else min(place, len(self.draft.lesson.slides))
            self.draft.add([Slide(own=scene) for scene in found.scenes], at)
        if len(found.lessons) == 1 and not found.scenes:
            path, lesson = found.lessons[0]
            # A bundled lesson is a beginning: it is saved elsewhere.
            self.lessonRead.emit(lesson, None if path in lesson_files() else path, None)
        else:
            reasons += [f"{path.name} is a lesson: drop it alone to edit it." for path, _ in found.lessons]
        if reasons:
            more = f" And {len(reasons) - 3} more." if len(reasons) > 3 else ""
            self.said.emit(" ".join(reasons[:3]) + more)

    def show_slide(self) -> None:
        """Show the scene of the chosen slide in the window, to change it there."""
        slide = self.draft.slide
        if slide is not None:
            self._jobs.start("show a slide", lambda: read_scene(slide), self.shown.emit, self.said.emit)

    def try_it(self) -> None:
        """Play the lesson from the chosen slide on, as it is now."""
        lesson = self.draft.lesson
        if lesson.slides:
            titles = [self.entry(slide).title for slide in lesson.slides]
            self.tried.emit(lesson, titles, self.draft.place)

    # --- files -----------------------------------------------------------------------------------

    def begin(self, lesson: Lesson, path: Path | None, kept_in: Path | None) -> None:
        """Edit a lesson that was read."""
        if kept_in is not None:
            self.keeping.go_on_in(kept_in)
        self.draft.begin(lesson, path, saved=kept_in is None)

    @property
    def something_kept(self) -> bool:
        """Whether a lesson of an earlier time was never saved."""
        return bool(kept(self.keeping.file))

    def go_on(self) -> None:
        """Read what was kept when the program ended."""
        found = kept(self.keeping.file)
        if found:
            self._jobs.start("kept lesson", lambda: read_kept(found[0]), self._kept_read, self.said.emit)

    def _kept_read(self, found: tuple[Path, Lesson, Path | None]) -> None:
        file, lesson, path = found
        self.lessonRead.emit(lesson, path, file)

    def save(self, path: Path) -> None:
        """Save to this file; the window goes on meanwhile."""
        lesson = self.draft.lesson
        self._jobs.start("save the lesson", lambda: write(lesson, path), self._saved, self.said.emit)

    def _saved(self, written: tuple[Lesson, Path]) -> None:
        self.draft.was_saved(*written)
        self.said.emit(f"Saved to {written[1]}.")

    def save_now(self, path: Path) -> bool:
        """Save at once, since what comes next does not wait."""
        lesson = self.draft.lesson
        try:
            lesson.save(path)
        except LandscapeError as error:
            self.said.emit(str(error))
            return False
        self.draft.was_saved(lesson, path)
        return True
