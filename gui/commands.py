"""The commands of the window: one table, from which menu, shortcuts, palette and help are made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu

from gui.actions import Action, pretty_key
from landscape.surface import surfaces

if TYPE_CHECKING:
    from gui.main_window import MainWindow

Deed = tuple[str, str, Callable[[], object]]


def command_table(window: MainWindow) -> list[Action]:
    """Every command, in menu order."""
    page, document = window.explore, window.document
    return [
        Action("File", "Open …", ("Ctrl+O",), window.files.open_dialog),
        Action("File", "Choose a scene …", ("Ctrl+G",), window.gallery.open),
        Action("File", "Save", ("Ctrl+S",), window.files.save),
        Action("File", "Save as …", ("Ctrl+Shift+S",), window.files.save_as),
        Action("File", "Export a movie, a picture, the numbers …", ("Ctrl+E",), window.exports.open_dialog),
        Action("File", "Reopen the last session", (), window.files.reopen_session),
        Action("File", "Quit", ("Ctrl+Q",), window.close),
        Action("Edit", "Undo", ("Ctrl+Z",), document.undo),
        Action("Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), document.redo),
        Action("Edit", "Copy as text to share", ("Ctrl+Shift+C",), window.sharing.copy_text),
        Action("Edit", "Paste a shared scene", ("Ctrl+Shift+V",), window.sharing.paste),
        Action("Edit", "Copy the picture", ("Ctrl+C",), window.exports.copy_picture, True),
        Action("Edit", "Copy as NumPy code", (), window.sharing.copy_numpy),
        Action("Edit", "Copy as PyTorch code", (), window.sharing.copy_torch),
        Action("Edit", "Choose a surface …", ("Ctrl+L",), page.surface_card.open_picker),
        Action("Edit", "Type a formula", ("Ctrl+F",), page.focus_formula),
        Action("Playback", "Play or pause", ("Space",), window.toggle_play, True),
        Action(
            "Playback", "One step or epoch forward", ("Right",), lambda: window.page.playback.move(1), True
        ),
        Action("Playback", "One step or epoch back", ("Left",), lambda: window.page.playback.move(-1), True),
        Action(
            "Playback",
            "One stage or mini-batch forward",
            ("Shift+Right",),
            lambda: window.page.move_within(1),
            True,
        ),
        Action(
            "Playback",
            "One stage or mini-batch back",
            ("Shift+Left",),
            lambda: window.page.move_within(-1),
            True,
        ),
        Action("Playback", "Ten steps forward", ("Ctrl+Right",), lambda: window.page.playback.move(10), True),
        Action("Playback", "Ten steps back", ("Ctrl+Left",), lambda: window.page.playback.move(-10), True),
        Action("Playback", "To the start", ("Home",), lambda: window.page.playback.go_to(0), True),
        Action("Playback", "To the end", ("End",), window.to_the_end, True),
        Action("View", "Explore", ("Ctrl+1",), lambda: window.choose_workspace("explore")),
        Action("View", "Train", ("Ctrl+2",), lambda: window.choose_workspace("train")),
        Action("View", "Tune", ("Ctrl+3",), lambda: window.choose_workspace("tune")),
        Action("View", "Map", ("1",), lambda: page.set_layout("map"), True),
        Action("View", "Surface", ("2",), lambda: page.set_layout("surface"), True),
        Action("View", "Both", ("3",), lambda: page.set_layout("both"), True),
        Action("View", "Look straight down", ("T",), page.top_down, True),
        Action("View", "Reset the view", ("R",), page.reset_view, True),
        Action("Shape", "Critical points", ("C",), lambda: page.switch_overlay("critical_points"), True),
        Action("Shape", "Watersheds", ("H",), lambda: page.switch_overlay("watersheds"), True),
        Action("Shape", "Plateaus", ("P",), lambda: page.switch_overlay("plateaus"), True),
        Action("Shape", "Basins of attraction", ("I",), lambda: page.switch_overlay("basins"), True),
        Action("Shape", "Stability limit", ("L",), lambda: page.switch_overlay("stability"), True),
        Action("Shape", "Next rule in focus", ("F",), page.next_focus, True),
        Action("View", "Dark", (), lambda: window.choose_theme("dark")),
        Action("View", "Light", (), lambda: window.choose_theme("light")),
        Action("View", "Projector", (), lambda: window.choose_theme("projector")),
        Action("View", "Next theme", ("Ctrl+T",), window.next_theme),
        Action("Lecture", "Full screen for the lecture", ("F5", "F11", "Shift+F5"), window.toggle_lecture),
        Action("Lecture", "Black screen", ("B", "."), window.toggle_black, True),
        Action("Lecture", "Next slide or scene, or the answer", ("PgDown",), lambda: window.move_scene(1)),
        Action("Lecture", "Previous slide or scene", ("PgUp",), lambda: window.move_scene(-1)),
        Action("Lecture", "Pointer", ("X",), window.desk.pointer.toggle, True),
        Action("Lecture", "Magnifier", ("Z",), window.desk.toggle_magnifier, True),
        Action("Lecture", "Predict where the balls end", ("Q",), window.predict, True),
        Action("Lecture", "Open a lesson …", ("Ctrl+Shift+O",), window.desk.open_dialog),
        Action("Lecture", "Speaker's view", ("F6",), lambda: window.desk.show_speaker_view(window.theme)),
        Action("Lecture", "Close the lesson", (), window.desk.player.close),
        Action("Lecture", "Make a lesson …", ("Ctrl+Shift+L",), window.desk.open_maker),
        Action(
            "Lecture", "Add the present scene to the lesson", ("Ctrl+Shift+A",), window.desk.add_present_scene
        ),
        Action("Lecture", "Leave", ("Esc",), window.leave, True),
        Action("Help", "Command palette …", ("Ctrl+K",), window.open_palette),
        Action("Help", "Keys and help …", ("?", "F1"), window.open_help, True),
    ]


def build_menu(window: MainWindow, actions: list[Action]) -> QMenu:
    """All commands as a menu, with recent files and bundled scenes."""
    menu = QMenu(window)
    menus: dict[str, QMenu] = {}
    labels = {"Undo": window.document.undo_label, "Redo": window.document.redo_label}
    for action in actions:
        if action.menu not in menus:
            child = menu.addMenu(action.menu)
            assert child is not None
            menus[action.menu] = child
        text = action.text
        if labels.get(text):
            text = f"{text}: {labels[text]}"
        if action.keys:
            text = f"{text}\t{pretty_key(action.keys[0])}"
        entry = QAction(text, menu)
        entry.triggered.connect(lambda _, run=action.run: run())
        menus[action.menu].addAction(entry)
    recent = QMenu("Open recent", menu)
    for path in window.settings.recent():
        recent.addAction(path.name, partial(window.files.open, path))
    recent.setEnabled(not recent.isEmpty())
    menus["File"].insertMenu(menus["File"].actions()[1], recent)
    scenes = QMenu("Scenes", menu)
    for place, title in enumerate(window.gallery.titles()):
        scenes.addAction(title, partial(window.gallery.show, place))
    menu.insertMenu(menus["Playback"].menuAction(), scenes)
    lessons = QMenu("Lessons", menu)
    for title, path in window.desk.lessons():
        lessons.addAction(title, partial(window.desk.player.open, path))
    menu.insertMenu(menus["Playback"].menuAction(), lessons)
    return menu


def deeds(window: MainWindow, actions: list[Action]) -> list[Deed]:
    """What the palette offers: every command, surface and scene, as (name, keys, deed)."""
    found: list[Deed] = [
        (f"{action.menu}: {action.text.rstrip(' …')}", "  ".join(map(pretty_key, action.keys)), action.run)
        for action in actions
    ]
    for key, surface in surfaces.items():
        found.append((f"Surface: {surface.title}", "", partial(window.explore.surface_card.choose, key)))
    for place, title in enumerate(window.gallery.titles()):
        found.append((f"Scene: {title}", "", partial(window.gallery.show, place)))
    for title, path in window.desk.lessons():
        found.append((f"Lesson: {title}", "", partial(window.desk.player.open, path)))
    return found
