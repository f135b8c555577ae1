"""Ctrl+E: preview, estimate, progress, cancelling; and the picture on the clipboard."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from driving import CTRL, KEY, click, enter_text, has_colour, press, rgb
from PyQt6.QtCore import QObject
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox

from gui.export.dialog import ExportDialog
from gui.export.preview import MOMENTS
from gui.theme import THEMES, class_looks
from gui.views.images import image_pixels
from landscape.export_plan import FORMATS, Export
from landscape.lesson import Lesson
from landscape.scene import opening_scene

SHORT = Export(width=320, height=180, fps=25.0, seconds=0.4, hold=0.0)
SHORT_TRAINING = {"data": {"name": "blobs", "points": 60}, "hidden": (6,), "epochs": 20}


@pytest.fixture
def open_dialog(flat_window, tmp_path, qtbot):
    """The dialog of a window, with settings of a short film, once it shows its picture."""
    flat_window.settings.set_export(SHORT, ".mp4", tmp_path)

    def opened() -> ExportDialog:
        press(KEY.Key_E, CTRL)
        dialog = flat_window.exports.dialog
        qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
        qtbot.waitUntil(lambda: not dialog.preview.picture.pixmap.isNull(), timeout=20_000)
        return dialog

    return opened


def shown(dialog: ExportDialog) -> np.ndarray:
    """The preview's pixels."""
    return image_pixels(dialog.preview.picture.pixmap.toImage())[..., 2::-1].astype(int)


def choose(box, key: str) -> None:
    """Choose an entry as the user does, with the keys."""
    box.setFocus()
    target = box.findData(key)
    while box.currentIndex() != target:
        QTest.keyClick(box, KEY.Key_Down if box.currentIndex() < target else KEY.Key_Up)


def finished(qtbot, dialog: ExportDialog, words: str = "Exported to") -> None:
    qtbot.waitUntil(lambda: words in dialog.message.text(), timeout=30_000)


# --- the preview -----------------------------------------------------------------------------------


def test_preview_shows_the_step_that_is_looked_at_and_goes_through_time(flat_window, open_dialog, tmp_path):
    flat_window.settings.set_export(replace(SHORT, seconds=20.0), ".mp4", tmp_path)
    flat_window.explore.playback.go_to(77)
    dialog = open_dialog()
    assert abs(dialog.preview.step - 77) <= 1
    before = shown(dialog)
    dialog.preview.time.setFocus()
    press(KEY.Key_End)
    assert dialog.preview.step == 300
    assert "step 300" in dialog.preview.where.text()
    assert np.abs(shown(dialog) - before).max() > 60
    press(KEY.Key_Home)
    assert dialog.preview.step == 0


def test_still_picture_is_of_the_very_step(flat_window, open_dialog, tmp_path):
    flat_window.document.edit("long", steps=1000)
    flat_window.settings.set_export(SHORT, ".png", tmp_path)
    flat_window.explore.playback.go_to(777)
    dialog = open_dialog()
    assert dialog.preview.step == 777
    assert dialog.order().at == 777
    choose(dialog.form.formats, ".mp4")
    assert dialog.order().at is None
    choose(dialog.form.formats, ".svg")
    dialog.preview.time.setFocus()
    press(KEY.Key_Home)
    assert dialog.order().at == 0


def test_enter_in_a_field_begins_nothing(open_dialog):
    dialog = open_dialog()
    enter_text(dialog.form.fps, "20")
    assert dialog.form.export.fps == 20
    assert not dialog.progress.isVisible()


def test_preview_plays(open_dialog, qtbot):
    dialog = open_dialog()
    dialog.preview.time.setValue(MOMENTS)
    dialog.preview.play.setFocus()
    press(KEY.Key_Space)
    assert dialog.preview.play.text() == "Pause"
    qtbot.waitUntil(lambda: dialog.preview.time.value() > 20, timeout=5000)
    qtbot.waitUntil(lambda: dialog.preview.time.value() == MOMENTS, timeout=5000)
    assert dialog.preview.play.text() == "Play"


def test_preview_has_what_is_chosen(open_dialog):
    dialog = open_dialog()
    whole = shown(dialog)
    for name in ("curves", "caption", "legend"):
        dialog.form.toggles[name].toggle.setFocus()
        press(KEY.Key_Space)
        assert np.abs(shown(dialog) - whole).max() > 60, name
        press(KEY.Key_Space)
        assert np.array_equal(shown(dialog), whole), name
    for theme in THEMES:
        choose(dialog.form.theme, theme)
        assert np.array_equal(shown(dialog)[3, 3], rgb(THEMES[theme].window)), theme
    choose(dialog.form.sizes, "vertical")
    height, width = shown(dialog).shape[:2]
    assert height / width == pytest.approx(1920 / 1080, rel=0.01)


def test_preview_follows_the_scene(flat_window, open_dialog, qtbot):
    dialog = open_dialog()
    before = shown(dialog)
    flat_window.document.edit("start", start=(0.5, 0.5))
    qtbot.waitUntil(
        lambda: shown(dialog).shape != before.shape or np.abs(shown(dialog) - before).max() > 60,
        timeout=20_000,
    )


def test_preview_of_a_training_whose_epochs_are_many(flat_window, open_dialog, qtbot):
    training = {**SHORT_TRAINING, "epochs": 600}
    flat_window.document.edit("train", workspace="train", training=training)
    dialog = open_dialog()
    for value in (0, 1, 57, 121, MOMENTS):
        dialog.preview.time.setValue(value)
        assert dialog.preview.picture.words == ""
    enter_text(dialog.form.fps, "7")
    enter_text(dialog.form.pace, "3")
    dialog.preview.time.setValue(100)
    assert dialog.preview.picture.words == ""
    assert "epoch" in dialog.preview.where.text()


# --- settings --------------------------------------------------------------------------------------


def test_format_decides_the_suffix_and_what_can_be_set(open_dialog, tmp_path):
    dialog = open_dialog()
    for format_ in FORMATS:
        choose(dialog.form.formats, format_)
        assert dialog.place.field.text() == str(tmp_path / f"landscape{format_}")
        movie = dialog.form.kind == "movie"
        assert dialog.form.fps.isVisible() == movie
        assert dialog.form.toggles["loop"].isVisible() == (format_ in (".gif", ".apng", ".webp"))
        assert dialog.form.theme.isVisible() == (format_ not in (".csv", ".npz"))


def test_number_that_cannot_be_is_refused_and_the_old_one_stands(open_dialog):
    dialog = open_dialog()
    enter_text(dialog.form.fps, "0")
    assert "0.1 to 240" in dialog.message.text()
    assert dialog.form.export.fps == SHORT.fps
    assert dialog.form.fps.text() == "25"


def test_pace_may_be_said_in_steps(open_dialog):
    dialog = open_dialog()
    choose(dialog.form.paces, "steps")
    enter_text(dialog.form.pace, "100")
    assert dialog.form.export.steps_per_second == 100
    assert "3.0 s" in dialog.preview.where.text()  # 300 steps


def test_settings_are_remembered_and_damaged_ones_are_the_usual(flat_window, open_dialog, qtbot, tmp_path):
    dialog = open_dialog()
    choose(dialog.form.theme, "projector")
    dialog.place.field.setText(str(tmp_path / "a.mp4"))
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)
    settings, format_, folder = flat_window.settings.export()
    assert (settings.theme, settings.width, format_, folder) == ("projector", 320, ".mp4", tmp_path)
    store = flat_window.settings._store
    for damaged in ("{", json.dumps({"fps": -1}), json.dumps({"nothing": 1}), json.dumps([1])):
        store.setValue("export", damaged)
        assert flat_window.settings.export()[0] == Export()


# --- the estimate ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_estimate_is_near_what_comes_out(flat_window, open_dialog, qtbot, tmp_path):
    flat_window.settings.set_export(
        Export(width=640, height=360, fps=30, seconds=4, hold=1), ".mp4", tmp_path
    )
    dialog = open_dialog()
    qtbot.waitUntil(lambda: "about" in dialog.message.text(), timeout=30_000)
    sentence = dialog.message.text()
    assert "5.0 s long, 150 frames" in sentence
    said = float(sentence.split("about ")[1].split()[0]) * (1e6 if " MB" in sentence else 1e3)
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)
    assert 0.4 < said / (tmp_path / "landscape.mp4").stat().st_size < 2.5


# --- carrying it out -------------------------------------------------------------------------------


def test_export_runs_beside_the_window_and_says_where_it_is(flat_window, open_dialog, qtbot, tmp_path):
    dialog = open_dialog()
    press(KEY.Key_Return)  # Export has the keyboard at first
    assert dialog.progress.isVisible()
    assert not dialog.start.isEnabled()
    before = flat_window.explore.playback.step
    flat_window.explore.playback.go_to(before + 1)  # the window goes on meanwhile
    finished(qtbot, dialog)
    assert not dialog.progress.isVisible()
    assert dialog.show_folder.isVisible()
    with av.open(str(tmp_path / "landscape.mp4")) as file:
        stream = file.streams.video[0]
        assert (stream.width, stream.height, stream.frames) == (320, 180, 10)


def test_cancelled_leaves_what_was_there(open_dialog, qtbot, tmp_path, monkeypatch):
    (tmp_path / "landscape.mp4").write_text("old")
    yes = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "question", lambda *given: yes)
    dialog = open_dialog()
    enter_text(dialog.form.pace, "300")
    dialog.start.setFocus()
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: "Frame" in dialog.message.text(), timeout=30_000)
    dialog.stop.setFocus()
    press(KEY.Key_Space)
    finished(qtbot, dialog, "nothing was written")
    assert [file.name for file in tmp_path.iterdir()] == ["landscape.mp4"]
    assert (tmp_path / "landscape.mp4").read_text() == "old"
    assert dialog.start.isEnabled()


def test_file_that_is_there_is_replaced_only_if_the_user_says_so(open_dialog, tmp_path, monkeypatch, qtbot):
    (tmp_path / "landscape.mp4").write_text("old")
    asked = []
    buttons = QMessageBox.StandardButton

    def answer(*given):
        asked.append(given[2])
        return buttons.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    dialog = open_dialog()
    press(KEY.Key_Return)
    assert "landscape.mp4 is there already" in asked[0]
    assert (tmp_path / "landscape.mp4").read_text() == "old"
    # who has chosen it with the file dialog has said so there
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(tmp_path / "landscape.mp4"), ""))
    click(dialog.place.browse, 5, 5)
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("path", "words"),
    [("no/such/folder/a", "no such folder"), ("", "is a folder"), ("nul\0l", "cannot be")],
)
def test_place_that_cannot_be_is_a_sentence(open_dialog, tmp_path, path, words, qtbot):
    dialog = open_dialog()
    (tmp_path / "landscape.mp4").mkdir()
    dialog.place.field.setText(f"{tmp_path}/{path}.mp4" if path else str(tmp_path / "landscape.mp4"))
    click(dialog.start, 5, 5)
    finished(qtbot, dialog, words)
    assert not dialog.progress.isVisible()
    assert dialog.start.isEnabled()


def test_process_that_dies_is_a_sentence(flat_window, open_dialog, qtbot, tmp_path):
    dialog = open_dialog()
    enter_text(dialog.form.pace, "300")
    click(dialog.start, 5, 5)
    qtbot.waitUntil(lambda: "Frame" in dialog.message.text(), timeout=30_000)
    flat_window.exports.under_way._process.kill()
    finished(qtbot, dialog, "ended before it was done")
    assert not (tmp_path / "landscape.mp4").exists()


def test_training_and_table(flat_window, open_dialog, qtbot, tmp_path):
    dialog = open_dialog()
    choose(dialog.form.formats, ".csv")
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)
    assert len((tmp_path / "landscape.csv").read_text().splitlines()) == 1 + 4 * 301
    (tmp_path / "landscape.csv").unlink()
    flat_window.document.edit("train", workspace="train", training=SHORT_TRAINING)
    qtbot.waitUntil(lambda: dialog.form.formats.findData(".csv") < 0, timeout=20_000)
    assert dialog.form.format == ".mp4"  # a training has no numbers of this kind
    choose(dialog.form.formats, ".png")
    qtbot.waitUntil(lambda: "epoch" in dialog.preview.where.text(), timeout=20_000)
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)
    from PIL import Image

    with Image.open(tmp_path / "landscape.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert has_colour(pixels, class_looks(3, THEMES["light"])[0].colour, 60) > 10


def test_window_that_closes_asks_before_it_gives_up(flat_window, open_dialog, qtbot, tmp_path, monkeypatch):
    dialog = open_dialog()
    enter_text(dialog.form.pace, "300")
    click(dialog.start, 5, 5)
    qtbot.waitUntil(lambda: "Frame" in dialog.message.text(), timeout=30_000)
    buttons = QMessageBox.StandardButton
    monkeypatch.setattr(QMessageBox, "question", lambda *given: buttons.Cancel)
    flat_window.close()
    assert flat_window.isVisible()
    monkeypatch.setattr(QMessageBox, "question", lambda *given: buttons.Discard)
    flat_window.close()
    assert not flat_window.isVisible()
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_kept_of_an_export(flat_window, open_dialog, qtbot):
    dialog = open_dialog()
    choose(dialog.form.formats, ".png")
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)

    def kept():
        return [
            child for child in flat_window.findChildren(QObject) if type(child).__name__ == "ExportProcess"
        ]

    qtbot.waitUntil(lambda: not kept(), timeout=20_000)


def test_everything_can_be_reached_with_tab(open_dialog):
    dialog = open_dialog()
    seen = set()
    for _ in range(60):
        press(KEY.Key_Tab)
        seen.add(QApplication.focusWidget())
    wanted = [
        dialog.form.formats, dialog.form.sizes, dialog.form.width_, dialog.form.theme, dialog.form.fps,
        dialog.form.pace, dialog.form.hold, dialog.form.toggles["curves"].toggle, dialog.preview.time,
        dialog.preview.play, dialog.place.field, dialog.place.browse, dialog.copy, dialog.start,
    ]  # fmt: skip
    assert [widget.accessibleName() for widget in wanted if widget not in seen] == []
    press(KEY.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.gl
def test_map_and_surface_in_the_preview(window, qtbot, tmp_path):
    window.settings.set_export(SHORT, ".mp4", tmp_path)
    press(KEY.Key_E, CTRL)
    dialog = window.exports.dialog
    qtbot.waitUntil(lambda: not dialog.preview.picture.pixmap.isNull(), timeout=20_000)
    flat = shown(dialog)
    choose(dialog.form.view, "surface")
    assert np.abs(shown(dialog) - flat).max() > 60
    assert dialog.form.orbit.isVisible()
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=20_000)
    dialog.close()


def test_lesson_that_is_open_can_be_exported_whole(flat_window, open_dialog, qtbot, tmp_path):
    made = Lesson().edited(title="Two", slides=[
        {"scene": opening_scene().edited(steps=40), "question": "Which ball leaves first?"},
        {"bundled": "the-ravine"},
    ])  # fmt: skip
    made.save(tmp_path / "lesson.toml")
    flat_window.desk.player.open(tmp_path / "lesson.toml")
    qtbot.waitUntil(lambda: flat_window.desk.player.lesson is not None, timeout=10_000)
    dialog = open_dialog()
    choose(dialog.subject.subjects, "lesson")
    dialog.subject.subjects.activated.emit(1)
    qtbot.waitUntil(lambda: dialog.subject.slides.isVisible(), timeout=5000)
    choose(dialog.form.formats, "clips.mp4")
    assert dialog.place.field.text() == str(tmp_path / "landscape")
    enter_text(dialog.form.ask, "0.2")
    click(dialog.start, 5, 5)
    finished(qtbot, dialog)
    names = sorted(file.name for file in (tmp_path / "landscape").iterdir())
    assert [name[:3] for name in names] == ["01-", "02-"]
    choose(dialog.form.formats, ".pdf")
    assert not dialog.form.theme.isVisible()  # paper is light
    click(dialog.start, 5, 5)
    finished(qtbot, dialog, "landscape.pdf")
    flat_window.desk.player.close()
    assert not dialog.subject.isVisible()
    assert dialog.form.format in FORMATS


def test_question_that_waits_does_not_get_into_the_picture(flat_window, open_dialog):
    flat_window.desk.player.ask("Where will they end?")
    dialog = open_dialog()
    assert dialog.order().what.title == opening_scene().title
    flat_window.desk.player.reveal()


# --- the clipboard ---------------------------------------------------------------------------------


def test_picture_is_copied_as_it_is_looked_at(flat_window, qtbot):
    flat_window.settings.set_export(SHORT, ".mp4", Path.home())
    flat_window.explore.playback.go_to(77)
    flat_window.explore.focus_picture()
    press(KEY.Key_C, CTRL)
    qtbot.waitUntil(lambda: "on the clipboard" in flat_window.banner.text(), timeout=30_000)
    assert "320 × 180" in flat_window.banner.text()
    picture = QApplication.clipboard().image()
    assert (picture.width(), picture.height()) == (320, 180)
    assert picture.pixelColor(2, 2).name() == THEMES["light"].window.lower()


def test_copying_from_the_dialog_takes_its_moment(open_dialog, qtbot):
    dialog = open_dialog()
    copied = []
    for value in (0, MOMENTS):
        dialog.preview.time.setValue(value)
        dialog.copy.setFocus()
        press(KEY.Key_Space)
        finished(qtbot, dialog, "on the clipboard")
        copied.append(image_pixels(QApplication.clipboard().image())[..., :3].astype(int))
    assert np.abs(copied[0] - copied[1]).max() > 60
