"""The lesson maker: a window of its own beside the live scene, in which a lesson is put together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.actions import pretty_key
from gui.command_palette import CommandPalette
from gui.jobs import Jobs
from gui.lecture.maker_bench import Bench
from gui.lecture.maker_commands import build_menu, command_table
from gui.lecture.maker_filing import Filing
from gui.lecture.maker_form import SlideForm, TitleField
from gui.lecture.maker_list import Row, SlideList, dropped_files
from gui.lecture.maker_offer import Offer
from gui.overlays import Banner
from gui.theme import Theme, stylesheet
from gui.widgets.card import label
from landscape.lesson import Slide
from landscape.lesson_overview import Entry, minutes
from landscape.scene import Scene


class LessonMaker(QWidget):
    """Its keys and its undo are its own; the scene stays in the other window.

    Signals
    -------
    left() : back to the other window
    """

    left = pyqtSignal()

    def __init__(self, present: Callable[[], Scene], jobs: Jobs, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.bench = Bench(present, jobs, self)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setMinimumSize(380, 520)
        self.resize(430, 740)
        self.filing = Filing(self.bench, self)
        self.filing.begun.connect(self._begun)
        self.actions_ = command_table(self)
        self._build()
        self.banner = Banner(self)
        self.bench.said.connect(self.banner.say)
        self.bench.changed.connect(self._show)
        self.set_theme(theme)
        self._show()

    # --- layout ----------------------------------------------------------------------------------

    def _build(self) -> None:
        for action in self.actions_:
            for key in () if action.plain_key else action.keys:  # the list takes those itself
                QShortcut(QKeySequence(key), self).activated.connect(action.run)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        self.offer = Offer(self.bench.go_on)
        self.offer.setVisible(self.bench.something_kept)
        column.addWidget(self.offer)
        top = QHBoxLayout()
        self.title = TitleField("Title of the lesson")
        self.title.setPlaceholderText("Title of the lesson")
        self.title.typed.connect(self.bench.draft.retitle)
        top.addWidget(self.title, 1)
        self.menu_button = self._button(
            "Menu", "All commands of the lesson maker, with their keys", self.open_menu
        )
        top.addWidget(self.menu_button)
        column.addLayout(top)
        self.status = label("", "dim")
        column.addWidget(self.status)
        adding = QHBoxLayout()
        self.add_button = self._of("Add the present scene", "Add the present scene")
        self.add_button.setObjectName("primary")
        self.bundled_button = self._of("Bundled …", "Add a bundled scene …")
        self.files_button = self._of("Files …", "Add scene files …")
        adding.addWidget(self.add_button, 1)
        adding.addWidget(self.bundled_button)
        adding.addWidget(self.files_button)
        column.addLayout(adding)
        self.list = SlideList()
        self.list.chosen.connect(self.bench.draft.choose)
        self.list.moved.connect(self.bench.draft.move)
        self.list.removed.connect(self.bench.draft.remove)
        self.list.shown.connect(self.bench.show_slide)
        self.list.filesDropped.connect(self.bench.add_files)
        column.addWidget(self.list, 5)
        row = QHBoxLayout()
        row.setSpacing(5)
        self.slide_buttons = [
            self._of("↑", "Move up"), self._of("↓", "Move down"), self._of("Show", "Show in the window"),
            self._of("Replace", "Replace by the present scene"), self._of("Duplicate", "Duplicate"),
            self._of("Remove", "Remove"),
        ]  # fmt: skip
        for button in self.slide_buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.form = SlideForm()
        self.title.installEventFilter(self.form)  # undo is the lesson's there, too
        self.form.changed.connect(lambda what, fields: self.bench.draft.change(what, **fields))
        self.form.refused.connect(self.bench.said)
        column.addWidget(self.form, 4)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        self.try_button = self._of("Try it", "Try it")
        self.save_button = self._of("Save", "Save")
        bottom.addWidget(self.try_button)
        bottom.addWidget(self.save_button)
        column.addLayout(bottom)

    def _button(self, text: str, help_text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(help_text)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the list or a field
        button.clicked.connect(lambda _: run())
        return button

    def _of(self, text: str, name: str) -> QPushButton:
        """A button for a command of the table."""
        action = next(action for action in self.actions_ if action.text == name)
        button = self._button(text, f"{name.rstrip(' …')} ({pretty_key(action.keys[0])})", action.run)
        button.setAccessibleName(name.rstrip(" …"))
        return button

    def place_beside(self, window: QWidget) -> None:
        """Stand at the window's right where the screen has room, else over its right edge."""
        screen = window.screen()
        if screen is not None:
            room, frame = screen.availableGeometry(), window.frameGeometry()
            width, height = self.width(), min(max(self.height(), frame.height()), room.height(), 900)
            self.resize(width, height)
            self.move(min(frame.right() + 8, room.right() - width), max(frame.top(), room.top()))

    def set_theme(self, theme: Theme) -> None:
        """Put the window into a theme."""
        field = f"background: {theme.raised}; border-radius: 7px; padding: 2px 4px;"
        self.setStyleSheet(
            stylesheet(theme)
            + f"LessonMaker {{ background: {theme.card}; }}"
            + f"QFrame#card {{ border: 1px solid {theme.hairline}; }}"
            + f"QPlainTextEdit {{ {field} border: 1.5px solid transparent; }}"
            + f"QPlainTextEdit:focus {{ border-color: {theme.accent}; }}"
        )
        self.list.set_theme(theme)

    def open_menu(self) -> None:
        """Pop the menu up below its button."""
        menu = build_menu(self, self.actions_)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    # --- what is shown ---------------------------------------------------------------------------

    def _show(self) -> None:
        draft = self.bench.draft
        lesson, count = draft.lesson, len(draft.lesson.slides)
        if self.title.text() != lesson.title:
            self.title.setText(lesson.title)
            self.title.setCursorPosition(0)
        entries = [self.bench.entry(slide) for slide in lesson.slides]
        self.list.show_rows(
            [
                Row(entry.title, bool(slide.question), slide.seconds, entry.origin, entry.reason)
                for slide, entry in zip(lesson.slides, entries, strict=True)
            ],
            draft.place,
        )
        slide = draft.slide
        self.form.show_slide(slide, Entry("") if slide is None else entries[draft.place])
        for button in (*self.slide_buttons, self.try_button):
            button.setEnabled(slide is not None)
        self.slide_buttons[0].setEnabled(draft.place > 0)
        self.slide_buttons[1].setEnabled(0 <= draft.place < count - 1)
        name = draft.path.name if draft.path else "not in a file yet"
        state = f"{name}, with changes" if draft.path and draft.dirty else name
        slides = "1 slide" if count == 1 else f"{count} slides"
        self.status.setText(f"{slides} · {minutes(lesson.seconds)} minutes · {state}")
        self.setWindowTitle(f"{draft.path.name if draft.path else 'New lesson'}[*] – Lesson maker")
        self.setWindowModified(draft.dirty)

    def _begun(self) -> None:
        self.offer.setVisible(self.offer.isVisible() and self.bench.something_kept)
        (self.list if self.list.count() else self.title).setFocus()

    # --- scenes ----------------------------------------------------------------------------------

    def _choose_bundled(self, scenes: list[tuple[str, Slide]]) -> None:
        """Choose among the bundled scenes."""
        add = self.bench.draft.add
        chooser = CommandPalette([(title, "", partial(add, [slide])) for title, slide in scenes], self)
        chooser.setWindowTitle("Add a bundled scene")
        chooser.search.setPlaceholderText("Type a part of its name")
        chooser.open()

    def add_bundled(self) -> None:
        """Read what the bundled scenes are called, and let one be chosen."""
        self.bench.read_bundled(self._choose_bundled)

    # --- events ----------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            self.bench.add_files(dropped_files(data))
            event.acceptProposedAction()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.bench.look(again=True)  # a file may have come back, or changed

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.banner.place()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        if self.filing.may_leave():
            super().closeEvent(event)
            self.bench.keeping.finish()
        else:
            event.ignore()
