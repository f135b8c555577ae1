"""What the speaker sees on the other screen: notes, the next slide, the clock."""

from __future__ import annotations

import datetime
import time

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from gui.jobs import Jobs
from gui.lecture.next_picture import NextPicture
from gui.lecture.player import Player
from gui.theme import Theme, font, stylesheet
from gui.widgets.card import OneLine, label
from landscape.lesson import Lesson
from landscape.scene import Scene


class SpeakerView(QWidget):
    """A window of its own; keys go on to the window that the audience sees.

    Signals
    -------
    keyGiven(event) : a key that means something there
    """

    keyGiven = pyqtSignal(object)

    def __init__(self, player: Player, jobs: Jobs, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._player = player
        self._pictured: tuple[Lesson | None, int] = (None, -1)  # of which slide the next is in the picture
        self.setWindowTitle("Speaker – Landscape")
        self.resize(900, 640)
        self.setMinimumSize(480, 360)
        self.setStyleSheet(stylesheet(theme) + f"SpeakerView {{ background: {theme.window}; }}")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 20, 28, 20)
        column.setSpacing(12)
        top = QHBoxLayout()
        self.place, self.clock = OneLine(), label("", "title")
        self.place.setProperty("kind", "dim")
        self.title, self.next = label("", "title", wrap=True), label("", "name", wrap=True)
        self.question = label("", "warning", wrap=True)
        sizes = {self.place: 15, self.clock: 22, self.title: 24, self.question: 20, self.next: 18}
        for each, pixels in sizes.items():  # to be read in passing, standing
            each.setStyleSheet(f"font-size: {pixels}px;")
        self.notes = QTextEdit()
        self.notes.setReadOnly(True)
        self.notes.setAccessibleName("Notes for the speaker")
        self.notes.setFont(font(22))
        self.notes.setStyleSheet(
            f"background: {theme.card}; color: {theme.text}; border: none; border-radius: 12px;"
            " padding: 14px; font-size: 22px;"
        )
        self.notes.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are for the slides
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        top.addWidget(self.place, 1)
        top.addWidget(self.clock)
        column.addLayout(top)
        column.addWidget(self.title)
        column.addWidget(self.question)
        column.addWidget(self.notes, 1)
        below = QHBoxLayout()
        below.setSpacing(18)
        self.picture = NextPicture(jobs, theme)
        below.addWidget(self.picture)
        below.addWidget(self.next, 1)
        column.addLayout(below)
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._tick)
        player.changed.connect(lambda: self.show_scene(player.scene))

    def show_scene(self, scene: Scene) -> None:
        """Show the notes of this scene."""
        self.title.setText(scene.title)
        self.notes.setPlainText("\n\n".join(filter(None, (scene.caption, scene.notes))))
        self._show()

    def _show(self) -> None:
        player = self._player
        lesson, slide = player.lesson, player.slide
        if (lesson, player.place) != self._pictured:
            self._pictured = (lesson, player.place)
            self.picture.show_scene(player.next_scene)
        question = player.question or ("" if slide is None else slide.question)
        waits = "   PageDown or Space: the answer." if player.asking else ""
        if waits and player.scene.workspace == "explore":
            waits += " A click on the map, or 1 to 9 and arrows: pins."
        self.question.setText(f"Question: {question}{waits}")
        self.question.setVisible(bool(question))
        if lesson is None:
            self.place.setText("No lesson is open: these are the notes of the scene.")
            self.next.setText("")
            return
        self.place.setText(f"{lesson.title} · slide {player.place + 1} of {len(lesson.slides)}")
        later = player.titles[player.place + 1 :]
        if later:
            asks = lesson.slides[player.place + 1].question
            self.next.setText("\n".join(filter(None, (f"Next: {later[0]}", asks))))
        else:
            self.next.setText("This is the last slide.")
        self._tick()

    def _tick(self) -> None:
        now = f"{datetime.datetime.now():%H:%M}"
        lesson = self._player.lesson
        if lesson is not None:
            spent = int(time.monotonic() - self._player.began)
            planned = sum(slide.seconds for slide in lesson.slides[: self._player.place + 1])
            now = f"{_minutes(spent)} of {_minutes(lesson.seconds)} (plan: {_minutes(planned)}) · {now}"
        self.clock.setText(now)

    def showEvent(self, event: object) -> None:
        self._timer.start()
        self._tick()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._timer.stop()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        self.keyGiven.emit(event)


def _minutes(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"
