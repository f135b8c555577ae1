"""Ctrl+E: what is exported, how, and where to; with a preview, an estimate and a progress bar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QSize, Qt, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDesktopServices, QKeyEvent
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.export.clip import Clip
from gui.export.form import ExportForm
from gui.export.lesson_exporter import slide_clip
from gui.export.order import Order
from gui.export.place_row import PlaceRow
from gui.export.preview import Preview, preview_steps
from gui.export.subject import SubjectRows
from gui.export.words import duration_words, size_words
from gui.jobs import Jobs
from gui.widgets.card import FixedLines
from gui.widgets.picture_picker import fitting
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.lesson import Lesson
from landscape.scene import Scene

JOB = "export preview"
SETTLE_MILLISECONDS = 400  # after the last change, before anything is computed for it


class ExportDialog(QDialog):
    """Shows an order and lets it be changed; whoever opened it carries it out.

    Parameters
    ----------
    solid : whether 3-D can be drawn here
    folder : where the last file went

    Signals
    -------
    wanted(order) : carry this out
    estimateWanted(order) : say how large it would be
    pictureWanted(scene, export, step) : put this picture on the clipboard; step None: the last
    stopWanted() : give up what is being carried out
    """

    wanted = pyqtSignal(object)
    estimateWanted = pyqtSignal(object)
    pictureWanted = pyqtSignal(object, object, object)
    stopWanted = pyqtSignal()

    def __init__(
        self, jobs: Jobs, export: Export, format_: str, folder: Path, solid: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.resize(fitting(QSize(1080, 660), parent))
        self._jobs, self._solid = jobs, solid
        self._scene: Scene | None = None
        self._step = 0
        self._busy = False
        self._prepared: tuple[object, str] | None = None
        self.form = ExportForm(export, format_)
        self.preview = Preview()
        self.subject = SubjectRows()
        self.place = PlaceRow(folder)
        self.copy = QPushButton("Copy this picture")
        self.show_folder = QPushButton("Show the folder")
        self.start, self.stop = QPushButton("Export"), QPushButton("Cancel")
        self.start.setObjectName("primary")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress of the export")
        self.message = FixedLines(2)
        self._lay_out()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._settled)
        self.subject.chosen.connect(self._subject_chosen)
        self.form.changed.connect(self._form_changed)
        self.form.refused.connect(self.message.say)
        self.place.entered.connect(self._start)
        self.copy.clicked.connect(self._copy)
        self.show_folder.clicked.connect(self._open_folder)
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self.stopWanted)
        self.show_idle("")

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 14)
        outer.setSpacing(10)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addWidget(self.preview, 1)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        column.addWidget(self.subject)
        column.addWidget(self.form, 1)
        scroll = QScrollArea()
        scroll.setWidget(side)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(370)
        upper.addWidget(scroll)
        outer.addLayout(upper, 1)
        outer.addWidget(self.place)
        outer.addWidget(self.progress)
        lower = QHBoxLayout()
        lower.addWidget(self.message, 1)
        for button in (self.copy, self.show_folder, self.stop, self.start):
            lower.addWidget(button)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in a field takes its number, and begins nothing
        outer.addLayout(lower)

    # --- what is exported --------------------------------------------------------------------------

    def show_scene(self, scene: Scene, step: int) -> None:
        """The document's scene, and the step it stands at."""
        self._scene, self._step = scene, step
        if self.subject.lesson is None:
            self._subject_chosen()

    def show_lesson(self, lesson: Lesson | None, titles: list[str], place: int) -> None:
        """The lesson that is open, if one is."""
        self.subject.show_lesson(lesson, titles, place)

    def _subject_chosen(self) -> None:
        lesson, scene = self.subject.lesson, self._scene
        if scene is None:
            return
        race = lesson is not None or scene.workspace == "explore"
        self.form.show_subject(lesson is not None, self._solid and race, race)
        self._fit_path()
        self._settle.start(SETTLE_MILLISECONDS)

    def begin(self) -> None:
        """The dialog is open: compute what is to be seen."""
        self.start.setFocus()
        self._settle.start(0)

    def order(self) -> Order:
        """What is asked for."""
        lesson, scene = self.subject.lesson, self._scene
        assert scene is not None
        step = self._at if self.form.kind == "still" else None
        return Order(lesson or scene, self.place.target, self.form.export, step, self.form.clips)

    @property
    def _subject(self) -> object:
        """What the preview shows, once it is prepared."""
        lesson = self.subject.lesson
        return (self._scene,) if lesson is None else (lesson, self.subject.slide)

    @property
    def _at(self) -> int | None:
        """The step that is looked at: in the preview, or in the window as long as there is none."""
        if self._prepared is not None and self._prepared[0] == self._subject:
            return self.preview.step
        return self._step if self.subject.lesson is None else None

    def _copy(self) -> None:
        lesson, scene = self.subject.lesson, self._scene
        try:
            scene = scene if lesson is None else lesson.slides[self.subject.slide].scene()
        except LandscapeError as error:
            self.message.say(str(error))
            return
        self.pictureWanted.emit(scene, self.form.export, self._at)

    # --- preview and estimate ----------------------------------------------------------------------

    def _form_changed(self) -> None:
        self._fit_path()
        self._tell_estimate("")
        self.preview.show_export(self.form.export, self.form.kind == "still")
        self._settle.start(SETTLE_MILLISECONDS)

    def _settled(self) -> None:
        """Compute what is to be seen, unless that has been done."""
        lesson, scene = self.subject.lesson, self._scene
        slide = self.subject.slide
        export = self.form.export
        if not self.isVisible():
            return
        step = self._step if lesson is None else None

        def prepared() -> Iterator[str | Clip]:
            if lesson is not None:
                clip = slide_clip(lesson.slides[slide], export)
            else:
                assert scene is not None
                clip = Clip(scene, export)
            yield from clip.prepare(preview_steps(clip.last, step))
            yield clip

        subject = self._subject
        if self._prepared == (subject, export.view):
            self._ask_for_estimate()
            return

        def heard(found: str | Clip) -> None:
            if isinstance(found, str):
                self.preview.say(found)
            else:
                self._prepared = (subject, export.view)
                still = self.form.kind == "still"
                self.preview.show_clip(found.with_export(self.form.export), step, still)
                self._ask_for_estimate()

        self._prepared = None
        self.preview.close_clip()
        self._jobs.start(JOB, prepared, heard, self.preview.say)

    def _ask_for_estimate(self) -> None:
        if self.form.kind == "movie" and not self._busy:
            self.estimateWanted.emit(self.order())

    def show_estimate(self, answer: dict[str, float]) -> None:
        """What is expected of the present order."""
        long = duration_words(answer["frames"] / self.form.export.fps)
        size, seconds = size_words(answer["size"]), duration_words(answer["seconds"])
        self._tell_estimate(
            f"{long} long, {answer['frames']} frames: about {size}, ready after about {seconds}."
        )

    def _tell_estimate(self, sentence: str) -> None:
        if not self._busy:
            self.message.say(sentence)

    # --- carrying it out ---------------------------------------------------------------------------

    def _fit_path(self) -> None:
        self.place.set_suffix("" if self.form.clips else self.form.format)

    def _start(self) -> None:
        if self.place.may_write():
            self.wanted.emit(self.order())

    def show_busy(self, sentence: str, share: float | None) -> None:
        """It is under way: how far, if that is known, from 0 to 1."""
        self._busy = True
        self.progress.setRange(0, 0 if share is None else 1000)
        self.progress.setValue(round(1000 * (share or 0.0)))
        self.message.say(sentence)
        self.progress.setVisible(True)
        self.stop.setVisible(True)
        self.start.setEnabled(False)
        self.show_folder.setVisible(False)

    def show_idle(self, sentence: str, written: Path | None = None) -> None:
        """Nothing is under way; how the last one ended, and what it has written."""
        self._busy = False
        self.message.say(sentence)
        self.progress.setVisible(False)
        self.stop.setVisible(False)
        self.start.setEnabled(True)
        self.show_folder.setVisible(written is not None)
        self._written = written

    def _open_folder(self) -> None:
        assert self._written is not None
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter presses the button that has the keyboard."""
        assert event is not None
        chosen = self.focusWidget()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif isinstance(chosen, QPushButton):
            chosen.click()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._jobs.cancel(JOB)
        self._prepared = None
        self.preview.close_clip()
        super().closeEvent(event)
