"""Animations: drawn off the screen by the same views, written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from driving import CTRL, KEY, array, has_colour, press
from PIL import Image, ImageSequence
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QFileDialog

import gui.export
from gui.export import animate, draw_frames
from gui.theme import DARK, LIGHT, PROJECTOR, looks
from landscape.errors import LandscapeError
from landscape.scene import Scene, opening_scene

SIZE = (480, 360)


@pytest.fixture
def short(monkeypatch):
    """A few frames only."""
    monkeypatch.setattr(gui.export, "FRAMES", 8)


@pytest.fixture
def written(qapp, short, tmp_path) -> Path:
    return animate(opening_scene(), tmp_path / "race.gif")


def frames(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film:
        return [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(film)]


def test_animation_has_its_size_its_frames_and_loops(written):
    with Image.open(written) as film:
        assert film.format == "GIF"
        assert film.size == gui.export.SIZE
        assert film.n_frames == 8
        assert film.info["loop"] == 0
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(film)]
    assert min(durations) >= 20  # browsers slow down what is quicker
    assert durations[-1] > durations[0]


def test_animation_moves_and_shows_every_rule_at_its_end(written):
    first, *_, last = frames(written)
    assert (np.abs(first - last).max(axis=2) > 40).mean() > 0.005
    for look in looks(opening_scene().optimizers, LIGHT):
        assert has_colour(last, look.colour, 40) > has_colour(first, look.colour, 40) * 0.5 > 20, look.label


@pytest.mark.parametrize("theme", [DARK, LIGHT, PROJECTOR], ids=lambda theme: theme.name)
def test_frames_are_drawn_in_every_theme_and_size(qapp, short, theme):
    for size in (SIZE, (1280, 960)):
        pictures = list(draw_frames(opening_scene(), theme, size))
        assert len(pictures) == 8
        assert (pictures[0].width(), pictures[0].height()) == size
        assert has_colour(array(pictures[-1]), theme.text) > 50  # the title


def test_contour_lines_are_left_out_where_the_scene_says_so(qapp, short):
    scene = opening_scene()
    without = scene.edited(view=scene.view.model_copy(update={"contours": False}))
    one, other = (array(next(draw_frames(s, LIGHT, SIZE))) for s in (scene, without))
    assert (one != other).any(axis=2).mean() > 0.02


def test_many_starts_are_drawn_too(qapp, short):
    scene = opening_scene()
    many = scene.edited(more_starts={"kind": "grid", "count": 60})
    one, other = (array(list(draw_frames(s, LIGHT, SIZE))[1]) for s in (scene, many))
    assert (np.abs(one - other).max(axis=2) > 40).mean() > 0.005


def test_frames_end_on_the_last_step_and_are_the_same_every_time(qapp, short):
    scene = Scene(surface={"name": "bowl"}, start=(1, 1), noise=0.5, steps=31)
    one, two = ([array(frame) for frame in draw_frames(scene, LIGHT, SIZE)] for _ in range(2))
    assert max(np.abs(a - b).max() for a, b in zip(one, two, strict=True)) <= 4
    assert (one[-2] != one[-1]).any()


@pytest.mark.parametrize("steps", [1, 3, 2000])
def test_any_number_of_steps_can_be_drawn(qapp, short, steps):
    assert len(list(draw_frames(opening_scene().edited(steps=steps), LIGHT, SIZE))) == 8


def test_scene_without_rules_is_refused_with_a_sentence(qapp, short, tmp_path):
    with pytest.raises(LandscapeError, match="rule"):
        animate(opening_scene().edited(optimizers=()), tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


def test_failed_write_leaves_nothing(qapp, short, tmp_path):
    with pytest.raises(LandscapeError, match="cannot be written"):
        animate(opening_scene(), tmp_path / "no" / "a.gif")
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(LandscapeError, match="cannot be written"):
        animate(opening_scene(), tmp_path / "folder.gif")
    assert [item.name for item in tmp_path.iterdir()] == ["folder.gif"]
    assert list((tmp_path / "folder.gif").iterdir()) == []


def test_interrupted_write_leaves_what_was_there(qapp, short, tmp_path, monkeypatch):
    target = tmp_path / "a.gif"
    target.write_bytes(b"before")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LandscapeError, match="no space left"):
        animate(opening_scene(), target)
    assert target.read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1


# --- from the window -------------------------------------------------------------------------------


def test_window_writes_an_animation_and_goes_on_meanwhile(flat_window, short, tmp_path, monkeypatch, qtbot):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(tmp_path / "film"), ""))
    press(KEY.Key_E, CTRL)
    press(KEY.Key_Right)
    assert flat_window.explore.playback.step == 1
    qtbot.waitUntil(lambda: "Saved the animation" in flat_window.banner.text(), timeout=20_000)
    assert len(frames(tmp_path / "film.gif")) == 8


def test_window_keeps_nothing_of_an_animation(flat_window, short, tmp_path, qtbot):
    for name in ("a", "b"):
        flat_window.animate_to(tmp_path / f"{name}.gif")
        qtbot.waitUntil(lambda name=name: f"{name}.gif" in flat_window.banner.text(), timeout=20_000)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    kept = [child for child in flat_window.findChildren(QObject) if "Animation" in type(child).__name__]
    assert kept == []


def test_window_says_why_an_animation_cannot_be_written(flat_window, short, tmp_path, qtbot):
    flat_window.animate_to(tmp_path / "film.avi")
    assert ".gif" in flat_window.banner.text()
    flat_window.animate_to(tmp_path / "no" / "film.gif")
    qtbot.waitUntil(lambda: "cannot be written" in flat_window.banner.text(), timeout=20_000)
    flat_window.document.edit("none", optimizers=())
    flat_window.animate_to(tmp_path / "film.gif")
    qtbot.waitUntil(lambda: "rule" in flat_window.banner.text(), timeout=20_000)
    assert list(tmp_path.iterdir()) == []


def test_closing_in_the_middle_of_an_animation_leaves_nothing(flat_window, tmp_path, qtbot):
    flat_window.animate_to(tmp_path / "film.gif")
    qtbot.waitUntil(lambda: "frame" in flat_window.banner.text())
    flat_window.close()
    assert list(tmp_path.iterdir()) == []


# --- without any display ---------------------------------------------------------------------------


@pytest.mark.slow
def test_without_a_display_the_scene_is_drawn_into_a_file(tmp_path, home):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYOPENGL_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "-m", "landscape"], cwd=tmp_path, env=environment, capture_output=True, text=True,
        timeout=180,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "no display" in done.stdout
    path = Path(done.stdout.strip().splitlines()[-1])
    assert path.parent == tmp_path
    assert len(frames(path)) == gui.export.FRAMES
