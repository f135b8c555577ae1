"""What is said and asked at a slide, and how long the speaker stays."""

from __future__ import annotations

from functools import partial
from typing import Any

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from gui.widgets.card import OneLine, label
from landscape.errors import LandscapeError
from landscape.lesson import LONGEST, Slide
from landscape.lesson_overview import Entry, minutes, seconds_of

STEP = 30  # seconds
# Field: its label, the lines it has room for, how many characters it takes, and what it is for.
TEXTS = {
    "question": ("Question", 2, 300, "Asked first; the scene plays as the answer"),
    "caption": ("Caption", 2, 1000, "What the audience reads"),
    "notes": ("Notes", 3, 2000, "What you mean to say"),
}


class TitleField(QLineEdit):
    """A line of at most 200 characters.

    Signals
    -------
    typed(text) : the user changed it
    """

    typed = pyqtSignal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMaxLength(200)
        self.setAcceptDrops(False)  # what is dropped is for the lesson
        self.textEdited.connect(self._typed)

    def _typed(self, text: str) -> None:
        # Qt counts halves of an emoji, and may have cut one in two: half of one is no text.
        self.typed.emit(text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore"))


class TextField(QPlainTextEdit):
    """Some lines of text, at most so many characters; undo is the lesson's.

    Signals
    -------
    typed(text) : the user changed it
    refused(sentence) : it is full
    """

    typed = pyqtSignal(str)
    refused = pyqtSignal(str)

    def __init__(self, name: str, lines: int, limit: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)  # a file that is dropped here is for the lesson
        self._name, self._lines, self._limit = name, lines, limit
        self._shown = ""
        self.textChanged.connect(self._typed)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(self._lines * self.fontMetrics().lineSpacing() + 14)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def show_text(self, text: str) -> None:
        """Show a text, unless it stands there already."""
        self._shown = text
        if text != self.toPlainText():
            self.setPlainText(text)
            self.moveCursor(self.textCursor().MoveOperation.End)

    def _typed(self) -> None:
        text = self.toPlainText()
        if text == self._shown:
            return
        if len(text) > self._limit:
            self.show_text(text[: self._limit])
            self.refused.emit(f"{self._name}: {self._limit} characters are the most; the rest was not taken.")
            text = self.toPlainText()
        self._shown = text
        self.typed.emit(text)


class ClockField(QLineEdit):
    """A time as in 2:30, taken while it is typed; the arrow keys step by half a minute.

    Signals
    -------
    timed(seconds) : the user gave another time
    refused(sentence) : what was typed is no time; the old one stands again
    """

    timed = pyqtSignal(int)
    refused = pyqtSignal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(8)
        self.setFixedWidth(76)
        self.setToolTip("Minutes and seconds, as in 2:30; ↑ and ↓ step by half a minute.")
        self._seconds: int | None = None
        self._before: int | None = None  # what stood there when typing began
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self._finish)

    def show_seconds(self, seconds: int | None) -> None:
        """Show a time, or none; what means it already stays as it was typed."""
        self._seconds = seconds
        if seconds is None or self._read() != seconds:
            self.setText("" if seconds is None else minutes(seconds))
        self._mark(False)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        step = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}.get(Qt.Key(event.key()), 0)
        if step and self._seconds is not None and not event.modifiers():
            seconds = min(max(self._seconds + step, 1), LONGEST)
            self.setText(minutes(seconds))
            self.timed.emit(seconds)
        else:
            super().keyPressEvent(event)

    def _read(self) -> int | None:
        try:
            return seconds_of(self.text())
        except LandscapeError:
            return None

    def _typed(self) -> None:
        seconds = self._read()
        self._before = self._before or self._seconds
        self._mark(seconds is None)
        if seconds is not None:
            self.timed.emit(seconds)

    def _finish(self) -> None:
        if self._seconds is None:
            return
        try:
            seconds_of(self.text())
        except LandscapeError as error:
            self.refused.emit(str(error))
            if self._before is not None and self._before != self._seconds:
                self.timed.emit(self._before)
        self._before = None
        self.setText(minutes(self._seconds))
        self._mark(False)

    def _mark(self, wrong: bool) -> None:
        style = self.style()
        if wrong != bool(self.property("wrong")) and style is not None:
            self.setProperty("wrong", wrong)
            style.unpolish(self)
            style.polish(self)


class SlideForm(QWidget):
    """Fields of the chosen slide.

    Signals
    -------
    changed(label, fields) : the user gave a slide's fields other values
    refused(sentence) : what was typed cannot be taken
    """

    changed = pyqtSignal(str, dict)
    refused = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.origin = OneLine()
        self.origin.setProperty("kind", "dim")
        self.title = TitleField("Title of the slide's scene")
        self.title.typed.connect(self._retitled)
        self._slide: Slide | None = None
        grid.addWidget(_named("Scene", self.title), 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.origin, 1, 1)
        self.texts: dict[str, TextField] = {}
        for row, (key, (name, lines, limit, purpose)) in enumerate(TEXTS.items(), 2):
            field = self.texts[key] = TextField(name, lines, limit)
            field.setToolTip(f"{purpose}.")
            field.typed.connect(partial(self._typed, key, name.lower()))
            field.refused.connect(self.refused)
            named = _named(name, field)
            named.setContentsMargins(0, 7, 0, 0)  # level with the first line of the field
            grid.addWidget(named, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
            grid.setRowStretch(row, lines)
        self.time = ClockField("Time for the slide, minutes and seconds")
        self.time.timed.connect(lambda seconds: self._change("time of a slide", seconds=seconds))
        self.time.refused.connect(self.refused)
        grid.addWidget(_named("Time", self.time), 5, 0)
        grid.addWidget(self.time, 5, 1, Qt.AlignmentFlag.AlignLeft)
        for each in (self.title, *self.texts.values(), self.time):
            each.installEventFilter(self)
        self.time.setAcceptDrops(False)
        self.show_slide(None, Entry(""))

    def show_slide(self, slide: Slide | None, entry: Entry) -> None:
        """Show a slide and what its scene is; None: there is nothing to fill in."""
        self._slide = slide
        self.setEnabled(slide is not None)
        own = slide.own if slide is not None else None
        title = own.title if own is not None else entry.title
        if title != self.title.text():
            self.title.setText(title)
            self.title.setCursorPosition(0)
        self.title.setReadOnly(own is None)
        self.title.setPlaceholderText(entry.title)
        self.origin.setText(entry.reason or entry.origin[:1].upper() + entry.origin[1:])
        self.origin.setToolTip(entry.reason or (slide.file if slide is not None else ""))
        for key, field in self.texts.items():
            field.show_text(getattr(slide, key, ""))
            of_scene = getattr(entry, key, "")  # what holds while the slide has none of its own
            field.setPlaceholderText(of_scene or (TEXTS[key][3] if slide is not None else ""))
        self.time.show_seconds(slide.seconds if slide is not None else None)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Undo is the lesson's in the fields, too: they would only take back their own letters."""
        undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            return event.matches(undo) or event.matches(redo)
        return super().eventFilter(watched, event)

    def _typed(self, key: str, name: str, text: str) -> None:
        self._change(f"{name} of a slide", **{key: text})

    def _retitled(self, title: str) -> None:
        if self._slide is not None and self._slide.own is not None:
            self._change("title of a scene", own=self._slide.own.edited(title=title))

    def _change(self, what: str, **fields: Any) -> None:
        if self._slide is not None:
            self.changed.emit(what, fields)


def _named(text: str, field: QWidget) -> QWidget:
    name = label(text, "dim")
    name.setBuddy(field)
    return name
