"""The lesson maker's dialogs about files: where from, where to, and what becomes of unsaved changes."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.lecture.maker_bench import Bench
from gui.lecture.maker_draft import NOTHING
from landscape.lesson import Lesson

FILTER = "Lessons (*.toml)"
SCENES = "Landscape scenes (*.toml)"


class Filing(QObject):
    """Asks, and lets the bench do it.

    Signals
    -------
    begun() : another lesson is edited
    """

    begun = pyqtSignal()

    def __init__(self, bench: Bench, window: QWidget) -> None:
        super().__init__(window)
        self._bench, self._window = bench, window
        bench.lessonRead.connect(self._lesson_read)

    def add_files_dialog(self) -> None:
        """Ask for scene files and add them."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Add scenes", str(self._folder()), SCENES)
        if names:
            self._bench.add_files([Path(name) for name in names])

    def new(self) -> None:
        """Begin an empty lesson."""
        if self.may_leave():
            self._bench.draft.begin(NOTHING, None)
            self.begun.emit()

    def open_dialog(self) -> None:
        """Ask for a lesson and open it for editing."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Edit a lesson", str(self._folder()), FILTER)
        if name:
            self._bench.add_files([Path(name)])

    def _lesson_read(self, lesson: Lesson, path: Path | None, kept_in: Path | None) -> None:
        if self.may_leave():
            self._bench.begin(lesson, path, kept_in)
            self.begun.emit()

    def save(self) -> None:
        """Save where the lesson came from, else ask."""
        if self._bench.draft.path is None:
            self.save_as()
        else:
            self._bench.save(self._bench.draft.path)

    def save_as(self) -> None:
        """Ask where to save."""
        path = self._ask_where()
        if path is not None:
            self._bench.save(path)

    def _ask_where(self) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the lesson", str(self._folder() / "lesson.toml"), FILTER
        )
        path = Path(name)
        return (path if path.suffix else path.with_suffix(".toml")) if name else None

    def _folder(self) -> Path:
        path = self._bench.draft.path
        return path.parent if path else Path.home()

    def may_leave(self) -> bool:
        """Ask what should become of unsaved changes; False to stay with them."""
        draft = self._bench.draft
        if not draft.dirty:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window, "Save the lesson?",
            f"{draft.lesson.title or 'The lesson'} has changes that are not saved.",
            buttons.Save | buttons.Discard | buttons.Cancel, buttons.Save,
        )  # fmt: skip
        if answer == buttons.Save:
            path = draft.path or self._ask_where()
            return path is not None and self._bench.save_now(path)
        if answer == buttons.Discard:
            draft.begin(NOTHING, None)
        return answer == buttons.Discard
