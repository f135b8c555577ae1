"""All of a lesson in the window: player, question, pointer, magnifier, speaker's window, maker."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget

from gui.document import Document
from gui.jobs import Jobs
from gui.lecture.magnifier import Magnifier
from gui.lecture.maker_keeping import GO_ON, kept
from gui.lecture.player import Player
from gui.lecture.pointer import Pointer
from gui.lecture.question_bar import QuestionBar
from gui.lecture.screens import parts_now, put_on
from gui.lecture.speaker_view import SpeakerView
from gui.theme import DARK, Theme
from landscape.lesson import Lesson
from landscape.resources import lesson_files
from landscape.scene import Scene

if TYPE_CHECKING:
    from gui.lecture.maker import LessonMaker

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
        self._document, self._jobs, self._stage, self._window = document, jobs, stage, window
        self._came_along = False  # whether the speaker's view was opened by going on stage
        self._theme = DARK
        self.player = Player(document, jobs, self)
        self.question = QuestionBar(stage)
        self.magnifier = Magnifier(stage, window)
        self.pointer = Pointer(window)
        self.speaker: SpeakerView | None = None  # made when it is wanted
        self.maker: LessonMaker | None = None  # this, too
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
        menu.addSeparator()
        if self.maker is None and kept():
            menu.addAction(GO_ON, self.go_on_making)
        menu.addAction("Make a lesson …\tCtrl+Shift+L", self.open_maker)
        menu.addAction("Add the present scene to the lesson\tCtrl+Shift+A", self.add_present_scene)
        if self.has_lesson:
            menu.addSeparator()
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
        self._theme = theme
        self.magnifier.set_theme(theme)
        if self.maker is not None:
            self.maker.set_theme(theme)
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

    # --- making a lesson -------------------------------------------------------------------------

    def open_maker(self) -> None:
        """Bring the lesson maker up, beside the picture where the screen has room."""
        maker = self._make_maker()
        if not maker.isVisible():
            maker.place_beside(self._window)
        maker.show()
        maker.raise_()
        maker.activateWindow()

    def go_on_making(self) -> None:
        """Open the lesson that was being made when the program ended."""
        self.open_maker()
        self._make_maker().bench.go_on()

    def add_present_scene(self) -> None:
        """Add what is seen to the lesson that is being made."""
        maker = self._make_maker()
        if not maker.isVisible():
            self.open_maker()
        if maker.bench.add_present():
            self.player.said.emit(f"Added to the lesson as slide {maker.bench.draft.place + 1}.")

    def may_close(self) -> bool:
        """Ask about a lesson with unsaved changes; False to stay with it."""
        return self.maker is None or self.maker.filing.may_leave()

    def _make_maker(self) -> LessonMaker:
        if self.maker is None:
            from gui.lecture.maker import LessonMaker

            self.maker = LessonMaker(lambda: self.player.scene, self._jobs, self._theme)
            self.maker.left.connect(self._stage.activateWindow)
            self.maker.bench.shown.connect(self._show_scene)
            self.maker.bench.tried.connect(self._try_lesson)
            self.maker.bench.draft.said.connect(self.player.said)
        return self.maker

    def _show_scene(self, scene: Scene) -> None:
        self._document.replace(scene, "show a slide", None, saved=True)
        self.player.played.emit()

    def _try_lesson(self, lesson: Lesson, titles: list[str], place: int) -> None:
        self.player.begin(lesson, Path(), titles, place)
        self._stage.activateWindow()

    def close(self) -> None:
        """The window is closing."""
        while self.put_away():
            pass
        if self.maker is not None:
            self.maker.close()
            self.maker.deleteLater()
            self.maker = None
        if self.speaker is not None:
            self.speaker.close()
            self.speaker.deleteLater()
            self.speaker = None

    def _tell_speaker(self) -> None:
        if self.speaker is not None:
            self.speaker.show_scene(self.player.scene)

    def _show_question(self) -> None:
        self.question.ask(self.player.question)
