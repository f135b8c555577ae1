"""All commands in one place: palette, help and menu."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import CTRL, KEY, finish_jobs, press
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel, QScrollArea

from gui.actions import pretty_key
from gui.command_palette import CommandPalette
from gui.help_dialog import HelpDialog


def test_palette_opens_and_runs_what_is_typed(flat_window):
    press(KEY.Key_K, CTRL)
    palette = QApplication.activeModalWidget()
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.search, "step forw")
    QTest.keyClick(palette.search, KEY.Key_Return)
    assert not palette.isVisible()
    assert flat_window.explore.playback.step == 1


def test_palette_takes_letters_of_other_alphabets(flat_window):
    flat_window.open_palette()
    palette = QApplication.activeModalWidget()
    assert isinstance(palette, CommandPalette)
    QApplication.sendEvent(
        palette.search, QKeyEvent(QEvent.Type.KeyPress, 0x416, Qt.KeyboardModifier.NoModifier, "Ж")
    )
    assert palette.search.text() == "Ж"
    QTest.keyClick(palette.search, KEY.Key_Return)  # nothing has that name: nothing happens
    palette.close()


def test_every_command_can_be_run_from_the_palette(flat_window):
    ran: list[str] = []
    table = flat_window.actions_
    table[:] = [replace(a, run=lambda a=a: ran.append(f"{a.menu}: {a.text}")) for a in table]
    for action in list(table):
        flat_window.open_palette()
        palette = QApplication.activeModalWidget()
        assert isinstance(palette, CommandPalette)
        QTest.keyClicks(palette.search, f"{action.menu}: {action.text.rstrip(' …')}")
        QTest.keyClick(palette.search, KEY.Key_Return)
    assert ran == [f"{action.menu}: {action.text}" for action in table]


def test_palette_finds_surfaces_and_scenes_with_the_arrow_keys(flat_window, qtbot):
    flat_window.open_palette()
    palette = QApplication.activeModalWidget()
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.search, "surface rosenb")
    QTest.keyClick(palette.search, KEY.Key_Down)
    QTest.keyClick(palette.search, KEY.Key_Up)
    QTest.keyClick(palette.search, KEY.Key_Return)
    qtbot.waitUntil(lambda: flat_window.document.scene.surface.name == "rosenbrock")
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)


def test_opening_palette_and_help_again_and_again_keeps_nothing(flat_window, qtbot):
    for _ in range(4):
        flat_window.open_palette()
        QApplication.activeModalWidget().close()
        flat_window.open_help()
        QApplication.activeModalWidget().close()
    for kind in (CommandPalette, HelpDialog):
        qtbot.waitUntil(lambda kind=kind: len(flat_window.findChildren(kind)) <= 1, timeout=2000)


def test_help_lists_every_shortcut(flat_window):
    press("?")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HelpDialog)
    said = [label.text() for label in dialog.findChildren(QLabel)]
    for action in flat_window.actions_:
        if action.keys:
            assert action.text.rstrip(" …") in said
            for key in action.keys:
                assert any(pretty_key(key) in text.split("  ") for text in said), key
    dialog.close()


@pytest.mark.parametrize("name", ["dark", "projector"])
def test_help_is_wide_enough_for_the_longest_keys(flat_window, name):
    flat_window.choose_theme(name)
    flat_window.open_help()
    QTest.qWait(50)
    dialog = QApplication.activeWindow()
    area = dialog.findChild(QScrollArea)
    assert area.widget().width() <= area.viewport().width()
    for shown in area.findChildren(QLabel):
        assert shown.mapTo(area.widget(), shown.rect().topRight()).x() < area.viewport().width()
        if not shown.wordWrap():
            assert shown.width() >= shown.sizeHint().width()
    dialog.close()


def test_menu_has_recent_files_and_every_command(flat_window, tmp_path):
    path = tmp_path / "lately.toml"
    assert flat_window.files.save_to(path)
    menu = flat_window.menu()
    entries = {action.text().strip("&"): action for action in menu.actions()}
    assert set(entries) >= {action.menu for action in flat_window.actions_}
    recent = next(a for a in entries["File"].menu().actions() if "recent" in a.text())
    assert [action.text() for action in recent.menu().actions()] == ["lately.toml"]
    flat_window.document.edit("another", steps=77)
    recent.menu().actions()[0].trigger()
    finish_jobs(flat_window)
    assert flat_window.document.scene.steps != 77
    menu.deleteLater()
