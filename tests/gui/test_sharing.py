"""Scenes that leave and enter by the clipboard."""

from __future__ import annotations

import pytest
from driving import CTRL, KEY, SHIFT, finish_jobs, press
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.command_palette import CommandPalette
from landscape.scene import Scene
from landscape.share import from_text, to_text


@pytest.fixture
def clipboard():
    board = QApplication.clipboard()
    board.clear()
    yield board
    board.clear()


def run_from_palette(words: str) -> None:
    press(KEY.Key_K, CTRL)
    palette = QApplication.activeModalWidget()
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.search, words)
    QTest.keyClick(palette.search, KEY.Key_Return)


def test_scene_is_copied_as_a_text_and_opens_by_pasting(flat_window, clipboard):
    document = flat_window.document
    document.edit("a", steps=77, noise=0.25, title="Mine")
    sent = document.scene
    press(KEY.Key_C, CTRL | SHIFT)
    text = clipboard.text()
    assert text.startswith("landscape1:")
    assert from_text(text) == sent
    assert f"{len(text)} characters" in flat_window.banner.text()
    document.edit("b", steps=20, title="Other")
    other = document.scene
    clipboard.setText(f"Look:\n> {text[:50]}\n> {text[50:]}\n\nBest, Anna")
    press(KEY.Key_V, CTRL | SHIFT)
    finish_jobs(flat_window)
    assert document.scene == sent
    assert flat_window.explore.title.text() == "Mine"
    assert flat_window.isWindowModified()
    press(KEY.Key_Z, CTRL)
    assert document.scene == other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no shared scene"),
        ("Hello", "no shared scene"),
        ("landscape1:AAAA.", "damaged"),
        ("landscape7:A.", "version 7"),
    ],
)
def test_what_is_no_scene_gives_a_sentence_and_changes_nothing(flat_window, clipboard, text, words):
    before = flat_window.document.scene
    if text:
        clipboard.setText(text)
    press(KEY.Key_V, CTRL | SHIFT)
    finish_jobs(flat_window)
    assert words in flat_window.banner.text()
    assert flat_window.banner.isVisible()
    assert flat_window.document.scene == before


def test_scene_with_a_formula_of_its_own_can_be_pasted_and_played(flat_window, clipboard):
    scene = Scene(surface={"formula": "x^2 + k*y^4", "parameters": {"k": 2}}, start=(1, 1), title="Own")
    clipboard.setText(to_text(scene))
    run_from_palette("paste a shared")
    finish_jobs(flat_window)
    assert flat_window.document.scene == scene
    assert flat_window.explore.playback.playing


def test_scene_with_a_data_file_says_why_it_cannot_be_copied(flat_window, clipboard):
    training = {"data": {"name": "csv", "file": "mine.csv"}}
    flat_window.document.edit("a", training=training)
    clipboard.setText("untouched")
    press(KEY.Key_C, CTRL | SHIFT)
    assert "data file" in flat_window.banner.text()
    assert clipboard.text() == "untouched"


@pytest.mark.parametrize(("library", "line"), [("NumPy", "import numpy as np"), ("PyTorch", "import torch")])
def test_race_is_copied_as_code(flat_window, clipboard, library, line):
    run_from_palette(f"copy as {library} code")
    finish_jobs(flat_window)
    code = clipboard.text()
    compile(code, "race.py", "exec")
    assert line in code.splitlines()
    assert flat_window.document.scene.title in code
    assert library in flat_window.banner.text()


def test_a_training_is_not_copied_as_a_race(flat_window, clipboard):
    flat_window.document.edit("a", record=False, workspace="train")
    run_from_palette("copy as NumPy code")
    assert "Explore" in flat_window.banner.text()
    assert clipboard.text() == ""
    flat_window.document.edit("a", record=False, workspace="explore")
    finish_jobs(flat_window)
