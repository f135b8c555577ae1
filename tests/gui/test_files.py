"""Opening, saving, dropping, bad files, unsaved changes, the session."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
from driving import CTRL, KEY, finish_jobs, press
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox

from landscape.resources import scene_files
from landscape.scene import Scene

Answer = QMessageBox.StandardButton


@pytest.fixture
def answer(monkeypatch):
    """Answers the file dialogs with a path, and the question on closing."""

    def give(path: Path | str = "", closing: Answer | None = None) -> list[str]:
        asked: list[str] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(path), ""))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(path), ""))

        def question(parent, title, text, *buttons):
            asked.append(text)
            return closing

        if closing is not None:
            monkeypatch.setattr(QMessageBox, "question", question)
        return asked

    return give


def drop(window, *urls: QUrl) -> None:
    data = QMimeData()
    data.setUrls(list(urls))
    actions, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(50, 50).toPoint(), actions, data, button, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), actions, data, button, none))


def test_save_and_open_again(flat_window, answer, tmp_path):
    path = tmp_path / "räce.toml"
    answer(path)
    flat_window.document.edit("a", steps=77, noise=0.25, title="Mine")
    saved = flat_window.document.scene
    press(KEY.Key_S, CTRL)
    assert not flat_window.isWindowModified()
    assert "räce.toml" in flat_window.windowTitle()
    assert str(path) in flat_window.banner.text()
    flat_window.document.edit("b", steps=5)
    assert flat_window.isWindowModified()
    press(KEY.Key_O, CTRL)
    finish_jobs(flat_window)
    assert flat_window.document.scene == saved
    assert flat_window.explore.title.text() == "Mine"
    assert flat_window.explore.playback.playing


def test_save_as_gives_the_usual_ending(flat_window, answer, tmp_path):
    answer(tmp_path / "plain")
    assert flat_window.files.save_as()
    assert (tmp_path / "plain.toml").is_file()


def test_saving_again_does_not_ask(flat_window, answer, tmp_path, monkeypatch):
    answer(tmp_path / "one.toml")
    press(KEY.Key_S, CTRL)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: pytest.fail("asked again"))
    flat_window.document.edit("a", steps=9)
    press(KEY.Key_S, CTRL)
    assert Scene.load(tmp_path / "one.toml").steps == 9


def test_cancelled_dialogs_change_nothing(flat_window, answer):
    answer("")
    scene = flat_window.document.scene
    press(KEY.Key_S, CTRL)
    press(KEY.Key_O, CTRL)
    finish_jobs(flat_window)
    assert flat_window.document.scene == scene
    assert flat_window.document.path is None


def test_dropped_file_opens(flat_window):
    drop(flat_window, QUrl.fromLocalFile(str(scene_files()[3])))
    finish_jobs(flat_window)
    assert flat_window.document.scene == Scene.load(scene_files()[3])


def test_dropped_address_is_refused_with_a_sentence(flat_window):
    scene = flat_window.document.scene
    drop(flat_window, QUrl("https://example.org/scene.toml"))
    assert "file" in flat_window.banner.text()
    assert flat_window.document.scene == scene


GOOD = scene_files()[0].read_text()
STEPS = re.compile(r"steps = \d+")
BAD = {
    "cut off": (GOOD[: len(GOOD) // 2].rsplit("=", 1)[0] + "= [1", "line"),
    "empty rule": (GOOD + "\n[[optimizers]]\n", "rule"),
    "newer version": (GOOD.replace("version = 1", "version = 9"), "newer Landscape"),
    "unknown key": ("speeed = 3\n" + GOOD, "speeed"),
    "wrong type": (STEPS.sub('steps = "many"', GOOD), "steps"),
    "ten million steps": (STEPS.sub("steps = 10000000", GOOD), "steps"),
    "no steps": (STEPS.sub("steps = 0", GOOD), "steps"),
    "evil formula": (GOOD.replace('name = "double_well"', "formula = \"__import__('os')\""), "formula"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_gives_a_sentence_and_is_left_alone(flat_window, tmp_path, name):
    text, word = BAD[name]
    path = tmp_path / "bad.toml"
    path.write_text(text)
    scene = flat_window.document.scene
    flat_window.files.open(path)
    finish_jobs(flat_window)
    assert word in flat_window.banner.text()
    assert "bad.toml" in flat_window.banner.text()
    assert "Something went wrong" not in flat_window.banner.text()
    assert flat_window.banner.isVisible()
    assert flat_window.document.scene == scene
    assert flat_window.document.path is None
    assert path.read_text() == text


def test_binary_file_folder_and_missing_file(flat_window, tmp_path):
    binary = tmp_path / "picture.toml"
    binary.write_bytes(bytes(range(256)) * 20)
    scene = flat_window.document.scene
    said = []
    for path in (binary, tmp_path, tmp_path / "gone.toml"):
        flat_window.files.open(path)
        finish_jobs(flat_window)
        said.append(flat_window.banner.text())
    assert [word in text for word, text in zip(("text", "folder", "no such file"), said, strict=True)] == [
        True
    ] * 3
    assert flat_window.document.scene == scene
    assert binary.read_bytes() == bytes(range(256)) * 20


def test_target_that_cannot_be_written(flat_window, answer, tmp_path, monkeypatch):
    path = tmp_path / "kept.toml"
    path.write_text("# mine")
    path.chmod(stat.S_IRUSR)
    real = os.access  # root may write anywhere: this test is about a user who may not
    monkeypatch.setattr(os, "access", lambda where, mode: Path(where) != path and real(where, mode))
    for target in (path, tmp_path / "no" / "such" / "folder.toml"):
        answer(target)
        press(KEY.Key_S, CTRL)
        assert "cannot be written" in flat_window.banner.text()
        assert flat_window.document.path is None
    assert path.read_text() == "# mine"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["kept.toml"]


# --- closing ---------------------------------------------------------------------------------------


@pytest.fixture
def changed_file(flat_window, tmp_path):
    """A window whose scene has a file, and a change that is not saved."""
    path = tmp_path / "scene.toml"
    flat_window.files.save_to(path)
    flat_window.document.edit("a", steps=11)
    return flat_window, path


def test_closing_asks_about_changes_and_cancel_stays(changed_file, answer):
    window, path = changed_file
    asked = answer(closing=Answer.Cancel)
    window.close()
    assert len(asked) == 1
    assert window.isVisible()
    assert Scene.load(path).steps != 11
    answer(closing=Answer.Discard)


def test_closing_can_save(changed_file, answer):
    window, path = changed_file
    answer(closing=Answer.Save)
    window.close()
    assert not window.isVisible()
    assert Scene.load(path).steps == 11


def test_closing_stays_when_saving_fails(changed_file, answer, monkeypatch):
    window, _ = changed_file
    answer(closing=Answer.Save)
    monkeypatch.setattr(os, "access", lambda where, mode: False)
    window.close()
    assert window.isVisible()
    assert "cannot be written" in window.banner.text()
    answer(closing=Answer.Discard)


def test_closing_without_changes_does_not_ask(flat_window, answer, tmp_path):
    flat_window.files.save_to(tmp_path / "scene.toml")
    asked = answer(closing=Answer.Cancel)
    flat_window.close()
    assert asked == []
    assert not flat_window.isVisible()


def test_undo_of_an_opening_brings_back_the_file_too(changed_file, answer):
    """Saving after it must not write the old scene over the file that was opened."""
    window, path = changed_file
    mine = window.document.scene
    other = path.with_name("other.toml")
    content = scene_files()[2].read_text()
    other.write_text(content)
    window.files.open(other)
    finish_jobs(window)
    press(KEY.Key_Z, CTRL)
    assert window.document.scene == mine
    press(KEY.Key_S, CTRL)
    assert other.read_text() == content
    assert Scene.load(path) == mine


def test_changes_are_asked_about_even_after_looking_at_another_scene(changed_file, answer):
    window, _ = changed_file
    press(KEY.Key_PageDown)
    press(KEY.Key_Z, CTRL)
    assert window.document.scene.steps == 11
    asked = answer(closing=Answer.Discard)
    window.close()
    assert len(asked) == 1


def test_session_can_be_reopened(open_window, qtbot):
    first = open_window(gl=False)
    first.document.edit("a", steps=123, title="What I was doing")
    left = first.document.scene
    first.close()
    second = open_window(gl=False)
    assert second.document.scene != left
    second.files.reopen_session()
    assert second.document.scene == left
    press(KEY.Key_Z, CTRL)
    assert second.document.scene != left


def test_session_is_written_while_exploring(open_window, qtbot):
    first = open_window(gl=False)
    first.document.edit("a", steps=55)
    file = first.session.previous.with_name("session.toml")
    qtbot.waitUntil(lambda: file.is_file() and not first.jobs.busy, timeout=6000)
    assert Scene.load(file) == first.document.scene


def test_no_session_or_a_damaged_one_is_a_sentence(flat_window):
    scene = flat_window.document.scene
    flat_window.files.reopen_session()
    assert "no earlier session" in flat_window.banner.text()
    flat_window.session.previous.write_bytes(b"\x00\xff")
    flat_window.files.reopen_session()
    assert "cannot be reopened" in flat_window.banner.text()
    assert flat_window.document.scene == scene


def test_session_of_a_home_that_cannot_be_written(open_window, home, qtbot):
    (home / ".qttest").write_text("a file where the folder should be")
    window = open_window(gl=False)
    window.document.edit("a", steps=5)
    window.close()
    assert not window.isVisible()


def test_recent_files_forget_what_is_gone(flat_window, tmp_path):
    for name in ("a", "b"):
        flat_window.files.save_to(tmp_path / f"{name}.toml")
    (tmp_path / "a.toml").unlink()
    assert [path.name for path in flat_window.settings.recent()] == ["b.toml"]
