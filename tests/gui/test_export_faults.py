"""Exports in the hands of who does not read: odd paths, odd numbers, a lesson that goes on meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from driving import CTRL, KEY, click, enter_text, press
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QApplication
from test_export_dialog import SHORT, choose, finished, open_dialog  # noqa: F401

from gui.export.preview import pixmap_of
from gui.theme import DARK, PROJECTOR
from gui.views.images import image_pixels
from landscape.lesson import Lesson
from landscape.scene import opening_scene


@pytest.fixture
def lesson(flat_window, qtbot, tmp_path):
    """A lesson of two slides that is open."""
    made = Lesson().edited(title="Two", slides=[
        {"scene": opening_scene().edited(steps=40), "question": "Which ball leaves first?"},
        {"bundled": "the-ravine"},
    ])  # fmt: skip
    made.save(tmp_path / "lesson.toml")
    flat_window.desk.player.open(tmp_path / "lesson.toml")
    qtbot.waitUntil(lambda: flat_window.desk.player.lesson is not None, timeout=10_000)
    return flat_window.desk.player


@pytest.fixture
def at_once(flat_window, qtbot, tmp_path):
    """The dialog, before its preview can be seen."""

    def opened(format_: str):
        flat_window.settings.set_export(SHORT, format_, tmp_path)
        press(KEY.Key_E, CTRL)
        dialog = flat_window.exports.dialog
        qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
        return dialog

    return opened


def choose_lesson(dialog, slide: int) -> None:
    choose(dialog.subject.subjects, "lesson")
    dialog.subject.subjects.activated.emit(1)
    choose(dialog.subject.slides, str(slide))
    dialog.subject.slides.activated.emit(slide)


# --- the path --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", [".mp4", ".csv", ""])
@pytest.mark.parametrize("name", ["~nobody-of-that-name/a", "/tmp/" + "a" * 300, "/proc/a"])
def test_path_that_cannot_be_is_a_sentence(open_dialog, qtbot, name, format_):  # noqa: F811
    dialog = open_dialog()
    choose(dialog.form.formats, format_)
    enter_text(dialog.place.field, name)
    click(dialog.start, 5, 5)
    words = "no such f", "too long", "not permitted"
    qtbot.waitUntil(lambda: any(word in dialog.message.text() for word in words), timeout=15_000)
    assert dialog.start.isEnabled()


def test_name_without_a_suffix_is_a_file_of_the_format(open_dialog, qtbot, tmp_path):  # noqa: F811
    dialog = open_dialog()
    dialog.place.field.setFocus()
    dialog.place.field.setText(str(tmp_path / "race"))
    press(KEY.Key_Return)
    finished(qtbot, dialog)
    assert (tmp_path / "race.mp4").is_file()
    assert dialog.place.field.text() == str(tmp_path / "race.mp4")


def test_program_of_the_users_in_the_working_folder_is_not_run(
    open_dialog,  # noqa: F811
    qtbot,
    tmp_path,
    monkeypatch,
):
    (tmp_path / "random.py").write_text("raise SystemExit('the homework')")
    monkeypatch.chdir(tmp_path)
    dialog = open_dialog()
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)


# --- the settings ----------------------------------------------------------------------------------


def test_length_without_end_is_refused_and_can_be_mended(open_dialog, qtbot):  # noqa: F811
    dialog = open_dialog()
    choose(dialog.form.paces, "steps")
    enter_text(dialog.form.pace, "0.001")
    dialog.preview.time.setValue(3)
    choose(dialog.form.theme, "dark")
    click(dialog.start, 5, 5)
    finished(qtbot, dialog, "frames are too many")
    enter_text(dialog.form.pace, "1000")
    assert dialog.preview.picture.words == ""
    enter_text(dialog.form.fps, "240")
    enter_text(dialog.form.hold, "3600")
    finished(qtbot, dialog, "frames are too many")


def test_drawing_in_lines_of_who_has_chosen_the_surface_before(open_dialog, qtbot):  # noqa: F811
    dialog = open_dialog()
    dialog.form.show_subject(lesson=False, solid=True, race=True)
    dialog.form._take(view="both")
    choose(dialog.form.formats, ".svg")
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)
    choose(dialog.form.formats, ".png")
    assert dialog.form.export.view == "both"


def test_preview_keeps_its_picture_whatever_becomes_of_the_memory():
    pixels = np.full((300, 400, 4), 77, np.uint8)
    pixmap = pixmap_of(pixels, 1.0)
    others = [bytes([k]) * pixels.nbytes for k in range(40)]
    assert len(others) == 40
    assert (image_pixels(pixmap.toImage())[..., :3] == 77).all()


def test_dialogs_fit_on_a_small_screen(flat_window, at_once, monkeypatch):
    small = SimpleNamespace(availableSize=lambda: QSize(900, 600))
    with monkeypatch.context() as patched:
        patched.setattr(flat_window, "screen", lambda: small)
        dialog = at_once(".gif")
    assert (dialog.width() < 900, dialog.height() < 600) == (True, True)


# --- before the preview is there --------------------------------------------------------------------


def test_still_picture_is_exported_before_its_preview_is_there(flat_window, at_once, qtbot, tmp_path):
    flat_window.explore.playback.go_to(77)
    dialog = at_once(".png")
    assert dialog.order().at == 77
    press(KEY.Key_Return)
    finished(qtbot, dialog)
    assert (tmp_path / "landscape.png").is_file()


def test_picture_is_copied_before_its_preview_is_there(at_once, qtbot):
    dialog = at_once(".mp4")
    click(dialog.copy, 5, 5)
    finished(qtbot, dialog, "on the clipboard")


def test_step_of_a_scene_before_is_not_asked_of_the_next(flat_window, open_dialog, qtbot, tmp_path):  # noqa: F811
    flat_window.settings.set_export(SHORT, ".png", tmp_path)
    flat_window.explore.playback.go_to(300)
    dialog = open_dialog()
    flat_window.document.edit("short", steps=20)
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)


# --- a lesson --------------------------------------------------------------------------------------


def test_lesson_is_still_exported_when_its_next_slide_is_shown(lesson, open_dialog):  # noqa: F811
    dialog = open_dialog()
    choose_lesson(dialog, 0)
    lesson.forward()
    lesson.forward()
    assert dialog.subject.subjects.currentData() == "lesson"
    assert isinstance(dialog.order().what, Lesson)
    lesson.close()
    assert not isinstance(dialog.order().what, Lesson)


def test_slide_that_is_shown_is_copied(lesson, open_dialog):  # noqa: F811
    dialog = open_dialog()
    dialog.pictureWanted.disconnect()
    wanted = []
    dialog.pictureWanted.connect(lambda *given: wanted.append(given))
    choose_lesson(dialog, 1)
    click(dialog.copy, 5, 5)
    scene, _, step = wanted[0]
    assert scene == dialog.subject.lesson.slides[1].scene()
    assert step is None


@pytest.mark.parametrize("theme", [DARK, PROJECTOR])
def test_long_titles_push_no_field_out_of_the_dialog(flat_window, open_dialog, theme):  # noqa: F811
    dialog = open_dialog()
    flat_window.set_theme(theme)
    dialog.show_lesson(Lesson().edited(title="A long title " * 9), ["Another one " * 9], 0)
    dialog.subject.subjects.setCurrentIndex(1)
    dialog.subject.subjects.activated.emit(1)
    QApplication.processEvents()
    for field in (dialog.subject.subjects, dialog.form.width_, dialog.form.height_, dialog.form.paces):
        right = field.mapTo(dialog, field.rect().topRight()).x()
        assert right < dialog.width() - 8, field.accessibleName()
    dialog.show_lesson(None, [], 0)


# --- the clipboard ---------------------------------------------------------------------------------


def test_picture_is_copied_while_an_export_runs(flat_window, open_dialog, qtbot, tmp_path):  # noqa: F811
    said = []
    flat_window.exports.said.connect(said.append)
    dialog = open_dialog()
    enter_text(dialog.form.pace, "300")
    click(dialog.start, 5, 5)
    qtbot.waitUntil(lambda: "Frame" in dialog.message.text(), timeout=30_000)
    click(dialog.copy, 5, 5)
    qtbot.waitUntil(lambda: any("on the clipboard" in words for words in said), timeout=30_000)
    assert QApplication.clipboard().image().width() == SHORT.width
    assert dialog.progress.isVisible()
    dialog.stop.click()
    finished(qtbot, dialog, "nothing was written")


def test_of_two_pictures_copied_at_once_the_later_counts(flat_window, qtbot, tmp_path):
    flat_window.settings.set_export(SHORT, ".mp4", tmp_path)
    said = []
    flat_window.exports.said.connect(said.append)
    flat_window.exports.copy_picture()
    flat_window.settings.set_export(replace(SHORT, width=240), ".mp4", tmp_path)
    flat_window.exports.copy_picture()
    qtbot.waitUntil(lambda: any("on the clipboard" in words for words in said), timeout=30_000)
    assert QApplication.clipboard().image().width() == 240
    assert sum("on the clipboard" in words for words in said) == 1


def test_window_opens_where_nothing_temporary_can_be_written(open_window, monkeypatch):
    def full(**given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    window = open_window(gl=False)
    said = []
    window.exports.said.connect(said.append)
    window.exports.copy_picture()
    assert "No space left" in said[0]


# --- leaving nothing behind --------------------------------------------------------------------------


def test_estimate_of_a_dialog_that_is_closed_is_given_up(flat_window, at_once, qtbot):
    dialog, estimates = at_once(".mp4"), flat_window.exports._estimates
    qtbot.waitUntil(lambda: estimates._process is not None, timeout=10_000)
    process = estimates._process
    dialog.close()
    assert process.given_up
    qtbot.waitUntil(lambda: estimates._process is None, timeout=10_000)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="a small disk is mounted by root only"
)
def test_disk_that_is_full_is_one_line(tmp_path):
    small, scene = tmp_path / "small", tmp_path / "scene.toml"
    small.mkdir()
    opening_scene().save(scene)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", small], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    command = [sys.executable, "-m", "landscape", "export", scene, "-o", small / "a.mp4", "--seconds", "2"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        left = list(small.iterdir())
    finally:
        subprocess.run(["umount", small], check=True)
    assert done.stderr.splitlines() == [
        f"landscape: {small}/a.mp4 cannot be written: no space left on device."
    ]
    assert left == []
