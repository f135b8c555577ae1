"""All of a lesson in the window: the player, the question over the picture, pointer, magnifier, speaker."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget

from gui.document import Document
from gui.jobs import Jobs
from gui.lecture.magnifier import Magnifier
from gui.lecture.player import Player
from gui.lecture.pointer import Pointer
from gui.lecture.question_bar import QuestionBar
from gui.lecture.screens import parts_now, put_on
from gui.lecture.speaker_view import SpeakerView
from gui.theme import Theme
from landscape.resources import lesson_files

FILTER = "Lessons (*.toml)"


class LectureDesk(QObject):
    """What the window asks for when a lesson is given.

    Signals
    -------
    keyGiven(event) : a key was pressed in the speaker's window
    """

    keyGiven = pyqtSignal(object)

    def __init__(self, document: Document, jobs: Jobs, stage: QWidget, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._stage, self._window = document, stage, window
        self._jobs = jobs
        self._came_along = False  # whether the speaker's view was opened by going on stage
        self.player = Player(document, jobs, self)
        self.question = QuestionBar(stage)
        self.magnifier = Magnifier(stage, window)
        self.pointer = Pointer(window)
        self.speaker: SpeakerView | None = None  # made when it is wanted
        self.player.changed.connect(self._show_question)
        document.changed.connect(lambda *_: self._tell_speaker())

    @property
    def has_lesson(self) -> bool:
        """Whether a lesson is open."""
        return self.player.lesson is not None

    def lessons(self) -> list[tuple[str, Path]]:
        """The bundled lessons: what they are called, and their files."""
        return [(path.stem.split("-", 1)[-1].replace("-", " ").capitalize(), path) for path in lesson_files()]

    def move(self, by: int) -> None:
        """On or back by a slide, or to the answer."""
        (self.player.forward if by > 0 else self.player.back)()

    def open_menu(self, button: QWidget, theme: Theme) -> None:
        """Pop up the bundled lessons, and what belongs to them, beside a button."""
        menu = QMenu(self._stage)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for title, path in self.lessons():
            menu.addAction(title, partial(self.player.open, path))
        menu.addSeparator()
        menu.addAction("Open a lesson …\tCtrl+Shift+O", self.open_dialog)
        menu.addAction("Speaker's view\tF6", partial(self.show_speaker_view, theme))
        if self.has_lesson:
            menu.addAction("Close the lesson", self.player.close)
        menu.popup(button.mapToGlobal(button.rect().topRight()))

    def open_dialog(self) -> None:
        """Ask for a lesson file and begin it."""
        name, _ = QFileDialog.getOpenFileName(self._stage, "Open a lesson", str(Path.home()), FILTER)
        if name:
            self.player.open(Path(name))

    def show_speaker_view(self, theme: Theme) -> None:
        """Notes, the next slide and the clock in their own window, on the speaker's screen."""
        if self.speaker is None:
            self.speaker = SpeakerView(self.player, self._jobs, theme)
            self.speaker.keyGiven.connect(self.keyGiven)
        self._tell_speaker()
        self.speaker.show()
        screens = parts_now()
        if screens is not None:
            put_on(self.speaker, screens[1])
            if self._window.screen() is not screens[1]:  # else the window would be covered
                self.speaker.showMaximized()
        self.speaker.raise_()
        self.speaker.activateWindow()

    def go_on_stage(self, theme: Theme) -> None:
        """A lesson fills the projector's screen, if there is one, and the speaker's view the laptop's."""
        screens = parts_now() if self.has_lesson else None
        if screens is not None:
            put_on(self._window, screens[0])
        self._window.showFullScreen()
        if screens is not None:
            self._came_along = self.speaker is None or not self.speaker.isVisible()
            self.show_speaker_view(theme)
            self._window.activateWindow()

    def leave_stage(self) -> None:
        """The speaker's view goes as it came."""
        if self._came_along and self.speaker is not None:
            self.speaker.close()
        self._came_along = False

    def offer_stage(self) -> str:
        """What F5 would do for the lesson that was opened just now."""
        screens = parts_now()
        if screens is None:
            return "F5: full screen for the audience. F6: the speaker's view."
        return f"F5: full screen on {screens[0].name()}, the speaker's view on {screens[1].name()}."

    def set_theme(self, theme: Theme) -> None:
        """Draw with these tokens."""
        self.magnifier.set_theme(theme)
        self.question.place()  # in other type it takes other room

    def place(self) -> None:
        """The window has another size."""
        self.question.place()
        self.pointer.place()
        self.magnifier.place()

    def toggle_magnifier(self) -> None:
        """Show the magnifier, below the pointer, or hide it."""
        self.magnifier.toggle()
        self.pointer.raise_()

    def put_away(self) -> bool:
        """Esc: the magnifier, else the pointer; False if there is neither."""
        if self.magnifier.on:
            self.magnifier.toggle()
        elif self.pointer.on:
            self.pointer.toggle()
        else:
            return False
        return True

    def close(self) -> None:
        """The window is closing."""
        while self.put_away():
            pass
        if self.speaker is not None:
            self.speaker.close()
            self.speaker.deleteLater()
            self.speaker = None

    def _tell_speaker(self) -> None:
        if self.speaker is not None:
            self.speaker.show_scene(self.player.scene)

    def _show_question(self) -> None:
        self.question.ask(self.player.question)
