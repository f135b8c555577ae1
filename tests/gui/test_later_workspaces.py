"""What is not looked at is not computed: a window that opens on a search does not race beside it."""

from __future__ import annotations

from driving import CTRL, KEY, finish_jobs, press

from landscape.scene import Scene, opening_scene

FEW = {"data": {"name": "blobs", "points": 60}, "hidden": (6,), "epochs": 2}


def test_explore_computes_when_it_is_first_looked_at(open_window):
    window = open_window(Scene(workspace="train", training=FEW))
    stage = window.explore.stage
    assert stage.race is None
    assert stage.ground is None
    press(KEY.Key_1, CTRL)
    finish_jobs(window)
    assert stage.race.surface == window.document.scene.surface.surface
    assert stage.ground is not None
    assert window.explore.analysis.shape is not None


def test_explore_follows_what_was_changed_elsewhere(open_window):
    window = open_window(opening_scene(), gl=False)
    press(KEY.Key_2, CTRL)
    before = window.explore.stage.race
    window.document.edit("start", start=(0.5, 0.5), training=FEW)
    finish_jobs(window)
    assert window.explore.stage.race is before
    press(KEY.Key_1, CTRL)
    finish_jobs(window)
    assert window.explore.stage.race.scene.start == (0.5, 0.5)
