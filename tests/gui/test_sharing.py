"""Scenes and code on the clipboard, by key and from the palette."""

from __future__ import annotations

import numpy as np
import pytest
from driving import CTRL, KEY, SHIFT, finish_jobs, press
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.main_window import MainWindow
from landscape.race import solve
from landscape.scene import Scene
from landscape.share import from_text, to_text


@pytest.fixture
def clipboard():
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText("something else")
    yield clipboard
    clipboard.clear()


def run(window: MainWindow, command: str) -> None:
    """A command from the palette, and what it does in the background."""
    window.open_palette()
    palette = QApplication.activeModalWidget()
    QTest.keyClicks(palette.search, command)
    QTest.keyClick(palette.search, KEY.Key_Return)
    finish_jobs(window)


def test_scene_goes_over_the_clipboard_and_back(flat_window, clipboard):
    flat_window.document.edit("steps", steps=77, title="Größe", noise=0.5)
    sent = flat_window.document.scene
    press(KEY.Key_C, CTRL | SHIFT)
    assert from_text(clipboard.text()) == sent
    assert "clipboard" in flat_window.banner.text()
    flat_window.document.edit("steps", steps=5, title="Other")
    clipboard.setText("Look:\n> " + clipboard.text() + "\nRegards")
    press(KEY.Key_V, CTRL | SHIFT)
    assert flat_window.document.scene == sent
    assert flat_window.explore.title.text() == "Größe"
    assert flat_window.explore.playback.playing
    press(KEY.Key_Z, CTRL)
    assert flat_window.document.scene.title == "Other"


@pytest.mark.parametrize("workspace", ["train", "tune"])
def test_trainings_and_searches_are_shared_and_shown_where_they_belong(workspace, flat_window, clipboard):
    scene = Scene(workspace=workspace, training={"epochs": 2, "data": {"name": "moons", "points": 60}})
    clipboard.setText(to_text(scene))
    press(KEY.Key_V, CTRL | SHIFT)
    finish_jobs(flat_window)
    assert flat_window.document.scene == scene
    assert flat_window.pages.currentWidget() is not flat_window.explore
    press(KEY.Key_C, CTRL | SHIFT)
    assert from_text(clipboard.text()) == scene


@pytest.mark.parametrize("text", ["", "x^2 + y^2", to_text(Scene())[:-20], "landscape1:AAAA."])
def test_text_that_is_no_scene_changes_nothing_and_says_why(text, flat_window, clipboard):
    before = flat_window.document.scene
    clipboard.setText(text)
    press(KEY.Key_V, CTRL | SHIFT)
    assert flat_window.document.scene is before
    assert flat_window.banner.isVisible()
    assert "shared scene" in flat_window.banner.text()


def test_scene_with_a_data_file_says_why_it_is_not_copied(flat_window, clipboard):
    flat_window.document.edit("data", training={"data": {"name": "csv", "file": "/mine.csv"}})
    press(KEY.Key_C, CTRL | SHIFT)
    assert clipboard.text() == "something else"
    assert "data file" in flat_window.banner.text()


@pytest.mark.parametrize(
    ("command", "word"), [("Copy as NumPy", "import numpy"), ("Copy as PyTorch", "import torch")]
)
def test_race_is_copied_as_code(command, word, flat_window, clipboard):
    flat_window.document.edit("steps", steps=20)
    run(flat_window, command)
    assert word in clipboard.text()
    assert "program" in flat_window.banner.text()
    if "torch" not in word:
        made: dict[str, object] = {}
        exec(clipboard.text(), made)
        ours = next(solve(flat_window.document.scene)).entries[3].path.points
        assert np.array_equal(made["paths"]["Adam"], ours)


def test_training_is_no_race_and_the_clipboard_is_left_alone(flat_window, clipboard):
    flat_window.choose_workspace("train")
    run(flat_window, "Copy as NumPy")
    assert clipboard.text() == "something else"
    assert "Only a race" in flat_window.banner.text()
