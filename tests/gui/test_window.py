"""The window's commands: keys, palette, menu, help, themes, lecture, scenes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from driving import CTRL, KEY, SHIFT, click, enter_text, finish_jobs, press, seen
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog

from landscape.resources import scene_files
from landscape.scene import Scene


def test_opening_plays_by_itself(open_window, qtbot):
    window = open_window(play=True)
    playback = window.explore.playback
    assert playback.playing
    step, picture = playback.step, seen(window.explore.stage.map)
    qtbot.waitUntil(lambda: playback.step > step + 5)
    assert (seen(window.explore.stage.map) != picture).any()


def test_closing_at_once_does_no_harm():
    """In a process of its own, which would crash alone."""
    script = """
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import DARK
from landscape.scene import opening_scene
application = QApplication([])
window = MainWindow(opening_scene(), None, Settings(), "", DARK)
stage = window.explore.stage
start_gl = stage.start_gl
def started():
    start_gl()
    QTimer.singleShot(50, window.close)
stage.start_gl = started
window.destroyed.connect(lambda: QTimer.singleShot(900, application.quit))
window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
application.setQuitOnLastWindowClosed(False)
window.show()
window.begin()
application.exec()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_space_plays_and_pauses(window):
    press(KEY.Key_Space)
    assert window.explore.playback.playing
    press(KEY.Key_Space)
    assert not window.explore.playback.playing


def test_arrows_home_and_end_step(flat_window):
    playback = flat_window.explore.playback
    press(KEY.Key_Right)
    press(KEY.Key_Right)
    assert playback.step == 2
    press(KEY.Key_Left)
    assert playback.step == 1
    press(KEY.Key_Right, CTRL)
    assert playback.step == 11
    press(KEY.Key_Left, CTRL)
    assert playback.step == 1
    press(KEY.Key_End)
    assert playback.step == flat_window.document.scene.steps
    press(KEY.Key_Home)
    assert playback.step == 0
    press(KEY.Key_Left)
    assert playback.step == 0


def test_a_step_pauses(flat_window):
    flat_window.explore.playback.play()
    press(KEY.Key_Right)
    assert not flat_window.explore.playback.playing


@pytest.mark.gl
def test_one_two_three_choose_what_is_shown(window):
    stage = window.explore.stage
    for key, shown in (("1", (True, False)), ("2", (False, True)), ("3", (True, True))):
        press(key)
        assert (stage.map.isVisible(), stage.surface.isVisible()) == shown


@pytest.mark.gl
def test_keys_work_with_each_picture_alone(window):
    for key in ("2", "1", "3"):
        press(key)
        before = window.explore.playback.step
        press(KEY.Key_Right)
        assert window.explore.playback.step == before + 1, f"after {key}"


@pytest.mark.gl
def test_t_looks_straight_down_and_r_resets(window):
    press("t")
    assert window.explore.stage.surface.camera.elevation == 90
    window.explore.stage.map.zoom(0.5)
    press("r")
    assert window.explore.stage.surface.camera.elevation == 35
    assert not window.explore.stage.map.is_zoomed


@pytest.mark.parametrize("key", [KEY.Key_F5, KEY.Key_F11])
def test_lecture_hides_the_knobs_and_escape_brings_them_back(flat_window, key):
    before = flat_window.theme
    press(key)
    assert flat_window.isFullScreen()
    assert flat_window.theme.name == "projector"
    assert not flat_window.explore.inspector.isVisible()
    assert flat_window.explore.stage.legend.isVisible()
    press(KEY.Key_Escape)
    assert not flat_window.isFullScreen()
    assert flat_window.explore.inspector.isVisible()
    assert flat_window.theme is before
    press(key)
    press(key)
    assert not flat_window.in_lecture


def test_black_screen_covers_everything(flat_window):
    press("b")
    assert not seen(flat_window.centralWidget()).any()
    press(KEY.Key_Escape)
    assert seen(flat_window.centralWidget()).any()
    press(".")
    assert flat_window.black.isVisible()
    press(".")
    assert not flat_window.black.isVisible()


def test_presenter_remote_walks_through_the_scenes(flat_window, qtbot):
    titles = [Scene.load(path).title for path in scene_files()]
    assert flat_window.document.scene.title == titles[0]
    press(KEY.Key_PageDown)
    assert flat_window.document.scene.title == titles[1]
    assert flat_window.explore.title.text() == titles[1]
    qtbot.waitUntil(lambda: flat_window.explore.playback.playing)  # as soon as its race is there
    press(KEY.Key_PageUp)
    press(KEY.Key_PageUp)
    assert flat_window.document.scene.title == titles[0]
    assert "first scene" in flat_window.banner.text()
    for _ in titles:
        press(KEY.Key_PageDown)
    assert flat_window.document.scene.title == titles[-1]
    qtbot.waitUntil(lambda: not flat_window.jobs.busy, timeout=120_000)  # the last scenes train and search


def test_undo_and_redo_by_keys(flat_window):
    old = flat_window.document.scene
    enter_text(flat_window.explore.start_card.start_x, "0.5")
    press(KEY.Key_Escape)
    new = flat_window.document.scene
    assert new.start[0] == 0.5
    press(KEY.Key_Z, CTRL)
    assert flat_window.document.scene == old
    press(KEY.Key_Z, CTRL | SHIFT)
    assert flat_window.document.scene == new
    press(KEY.Key_Z, CTRL)
    press(KEY.Key_Y, CTRL)
    assert flat_window.document.scene == new


def test_save_and_open_by_keys(flat_window, tmp_path, monkeypatch):
    target = tmp_path / "mine.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(target), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(scene_files()[2]), ""))
    press(KEY.Key_S, CTRL)
    assert Scene.load(target) == flat_window.document.scene
    press(KEY.Key_O, CTRL)
    finish_jobs(flat_window)
    assert flat_window.document.scene == Scene.load(scene_files()[2])


@pytest.mark.parametrize("text", ["1", "2", "3", "t", "r", "b", ".", "?", " ", "+", "-", "0"])
def test_plain_keys_stay_in_a_text_field(flat_window, text):
    scene, field = flat_window.document.scene, flat_window.explore.surface_card.formula
    field.setFocus()
    field.setText("x")
    press(text)
    assert field.text() == "x" + text
    assert flat_window.document.scene == scene
    assert not flat_window.explore.playback.playing
    assert not flat_window.black.isVisible()
    field.setText(scene.surface.surface.formula)


def test_arrows_in_a_text_field_move_its_cursor(flat_window):
    field = flat_window.explore.surface_card.formula
    field.setFocus()
    field.end(False)
    press(KEY.Key_Left)
    press(KEY.Key_Home)
    assert field.cursorPosition() == 0
    assert flat_window.explore.playback.step == 0


@pytest.mark.parametrize("name", ["both", "map", "surface"])
def test_keys_step_and_play_after_a_click_on_a_layout_button(window, name):
    button = window.explore.layout_buttons[name]
    click(button, button.width() / 2, button.height() / 2)
    assert window.document.scene.view.layout == name
    press(KEY.Key_Right)
    assert window.document.scene.view.layout == name
    assert window.explore.playback.step == 1
    press(KEY.Key_Space)
    assert window.explore.playback.playing


def test_keys_step_and_play_after_a_click_beside_the_knobs(flat_window):
    area = flat_window.explore.inspector
    viewport = area.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(viewport.width() - 2, 3))
    press(KEY.Key_Right)
    assert flat_window.explore.playback.step == 1


def test_keys_of_other_alphabets_do_no_harm(flat_window):
    for key, text in ((0x416, "Ж"), (0x141, "Ł"), (0, "")):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            for view in (flat_window.explore.stage.map, flat_window.explore.stage.surface, flat_window):
                QApplication.sendEvent(view, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))
    press(KEY.Key_Right)
    assert flat_window.explore.playback.step == 1


# --- themes ----------------------------------------------------------------------------------------


def test_themes_change_the_window_and_are_remembered(open_window):
    window = open_window(gl=False)
    names = [window.theme.name]
    for _ in range(3):
        press(KEY.Key_T, CTRL)
        names.append(window.theme.name)
    assert names == ["dark", "light", "projector", "dark"]
    window.choose_theme("light")
    assert seen(window)[4, 4].min() > 230
    assert window.settings.theme() == "light"
    window.choose_theme("dark")
    assert seen(window)[4, 4].max() < 40


def test_banner_goes_with_a_click(flat_window):
    flat_window.banner.say("A sentence.")
    assert flat_window.banner.isVisible()
    click(flat_window.banner, 5, 5)
    assert not flat_window.banner.isVisible()
