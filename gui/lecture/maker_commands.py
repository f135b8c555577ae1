"""The commands of the lesson maker: one table, from which its menu, shortcuts and buttons are made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu

from gui.actions import Action, pretty_key
from landscape.resources import lesson_files

if TYPE_CHECKING:
    from gui.lecture.maker import LessonMaker


def command_table(maker: LessonMaker) -> list[Action]:
    """Every command, in menu order; the plain keys are those of the list of slides."""
    bench, draft, filing = maker.bench, maker.bench.draft, maker.filing
    return [
        Action("Lesson", "New", ("Ctrl+N",), filing.new),
        Action("Lesson", "Open for editing …", ("Ctrl+O",), filing.open_dialog),
        Action("Lesson", "Save", ("Ctrl+S",), filing.save),
        Action("Lesson", "Save as …", ("Ctrl+Shift+S",), filing.save_as),
        Action("Lesson", "Try it", ("F5",), bench.try_it),
        Action("Edit", "Undo", ("Ctrl+Z",), draft.undo),
        Action("Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), draft.redo),
        Action("Slide", "Add the present scene", ("Ctrl+Shift+A",), bench.add_present),
        Action("Slide", "Add a bundled scene …", ("Ctrl+B",), maker.add_bundled),
        Action("Slide", "Add scene files …", ("Ctrl+Shift+O",), filing.add_files_dialog),
        Action("Slide", "Replace by the present scene", ("Ctrl+R",), bench.replace),
        Action("Slide", "Show in the window", ("Return",), bench.show_slide, True),
        Action("Slide", "Move up", ("Alt+Up",), lambda: draft.move(draft.place, draft.place - 1)),
        Action("Slide", "Move down", ("Alt+Down",), lambda: draft.move(draft.place, draft.place + 1)),
        Action("Slide", "Duplicate", ("Ctrl+D",), draft.duplicate),
        Action("Slide", "Remove", ("Del",), draft.remove, True),
        Action("Window", "Back to the picture", ("Esc",), maker.left.emit),
        Action("Window", "Close", ("Ctrl+W",), maker.close),
    ]


def build_menu(maker: LessonMaker, actions: list[Action]) -> QMenu:
    """All commands, with the bundled lessons to begin from."""
    menu = QMenu(maker)
    labels = {"Undo": maker.bench.draft.undo_label, "Redo": maker.bench.draft.redo_label}
    last = actions[0].menu
    for action in actions:
        if action.menu != last:
            menu.addSeparator()
            last = action.menu
        what = f": {labels[action.text]}" if labels.get(action.text) else ""
        entry = QAction(f"{action.text}{what}\t{pretty_key(action.keys[0])}", menu)
        entry.triggered.connect(lambda _, run=action.run: run())
        menu.addAction(entry)
    bundled = QMenu("Begin with a bundled lesson", menu)
    for path in lesson_files():
        name = path.stem.split("-", 1)[-1].replace("-", " ").capitalize()
        bundled.addAction(name, partial(maker.bench.add_files, [path]))
    menu.insertMenu(menu.actions()[2], bundled)
    return menu
