"""Animations: drawn off the screen by the same views, written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from driving import CTRL, KEY, has_colour, press, rgb
from PIL import Image, ImageSequence
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QFileDialog

import gui.export
from gui.export import animate
from gui.theme import DARK, LIGHT, PROJECTOR, class_looks, looks
from landscape.errors import LandscapeError
from landscape.scene import Scene, opening_scene


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
def test_animation_has_the_theme_that_was_asked_for(qapp, short, tmp_path, theme):
    *_, last = frames(animate(opening_scene(), tmp_path / "a.gif", theme))
    assert np.abs(last[2, 2] - rgb(theme.window)).max() <= 12
    assert has_colour(last, theme.text, 40) > 50  # the title
    for look in looks(opening_scene().optimizers, theme):
        assert has_colour(last, look.colour, 24) > 30, look.label


def test_contour_lines_are_left_out_where_the_scene_says_so(qapp, short, tmp_path):
    scene = opening_scene()
    without = scene.edited(view=scene.view.model_copy(update={"contours": False}))
    one, other = (frames(animate(s, tmp_path / "a.gif"))[0] for s in (scene, without))
    assert (np.abs(one - other).max(axis=2) > 16).mean() > 0.01


def test_many_starts_are_drawn_too(qapp, short, tmp_path):
    scene = opening_scene()
    many = scene.edited(more_starts={"kind": "grid", "count": 60})
    one, other = (frames(animate(s, tmp_path / "a.gif"))[0] for s in (scene, many))
    assert (np.abs(one - other).max(axis=2) > 40).mean() > 0.003


def test_same_scene_gives_the_same_animation(qapp, short, tmp_path):
    scene = Scene(surface={"name": "bowl"}, start=(1, 1), noise=0.5, steps=31)
    one, two = (frames(animate(scene, tmp_path / name)) for name in ("a.gif", "b.gif"))
    for a, b in zip(one, two, strict=True):
        assert (np.abs(a - b).max(axis=2) > 24).mean() < 1e-4


@pytest.mark.parametrize("steps", [1, 3, 2000])
def test_any_number_of_steps_can_be_drawn(qapp, short, tmp_path, steps):
    path = animate(opening_scene().edited(steps=steps), tmp_path / "a.gif")
    with Image.open(path) as film:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(film)]
    assert len(durations) >= 2
    # Frames that are the same may have become one, which then stays as long.
    assert sum(durations) == 7 * 1000 / gui.export.FRAMES_PER_SECOND + 1000 * gui.export.HOLD_SECONDS


SHORT_TRAINING = {"data": {"name": "blobs", "points": 60}, "hidden": (6,), "epochs": 20}


def test_training_is_animated_with_its_regions_and_curves(qapp, short, tmp_path):
    scene = Scene(workspace="train", training=SHORT_TRAINING)
    first, *_, last = frames(animate(scene, tmp_path / "a.gif"))
    for look in class_looks(3, LIGHT):
        assert has_colour(last, look.colour, 40) > 50, look.label
    assert (np.abs(first - last).max(axis=2) > 24).mean() > 0.02  # the regions move
    left = np.s_[56:460, 16:500]
    assert (np.abs(first[left] - last[left]).max(axis=2) > 24).mean() > 0.02


def test_training_without_its_twin_has_fewer_curves(qapp, short, tmp_path):
    scene = Scene(workspace="train", training=SHORT_TRAINING)
    alone = scene.edited(train_view=scene.train_view.model_copy(update={"twin": False}))
    one, other = (frames(animate(s, tmp_path / "a.gif"))[-1][500:] for s in (scene, alone))
    assert (np.abs(one - other).max(axis=2) > 40).mean() > 0.001


def test_training_that_diverges_is_animated_as_far_as_it_got(qapp, short, tmp_path):
    wild = {
        **SHORT_TRAINING,
        "batch_norm": False,
        "optimizer": {"rule": "gradient_descent", "learning_rate": 1e6},
    }
    path = animate(Scene(workspace="train", training=wild), tmp_path / "a.gif")
    assert len(frames(path)) >= 1


def test_training_on_data_that_are_gone_is_refused_with_a_sentence(qapp, short, tmp_path):
    lost = {"data": {"name": "csv", "file": str(tmp_path / "gone.csv")}}
    with pytest.raises(LandscapeError, match=r"gone\.csv"):
        animate(Scene(workspace="train", training=lost), tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


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


def test_window_writes_the_training_that_is_looked_at(flat_window, short, tmp_path, qtbot):
    flat_window.document.edit("train", workspace="train", training=SHORT_TRAINING)
    flat_window.animate_to(tmp_path / "film.gif")
    qtbot.waitUntil(lambda: "Saved the animation" in flat_window.banner.text(), timeout=20_000)
    assert has_colour(frames(tmp_path / "film.gif")[-1], class_looks(3, flat_window.theme)[0].colour, 40) > 50


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
    assert len(frames(path)) > gui.export.FRAMES / 2
