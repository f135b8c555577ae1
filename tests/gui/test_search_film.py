"""A search as an export: its trials appear one after the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from driving import has_colour
from PIL import Image, ImageSequence
from PyQt6.QtCore import QRect

from gui.export.exporter import SceneExporter
from gui.theme import LIGHT
from gui.tune.film import search_places
from gui.tune.searcher import studies
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.scene import Scene

SHORT = Export(width=800, height=480, fps=10.0, seconds=0.6, hold=0.2)
SCENE = Scene().edited(
    workspace="tune",
    training={"data": {"name": "moons", "points": 120}, "epochs": 4, "hidden": [8]},
    tuning={"trials": 16, "space": {"learning_rate": {}, "beta": {}}},
)


def write(scene: Scene, target: Path, **plan: object) -> Path:
    exporter = SceneExporter(scene, target, replace(SHORT, **plan))  # type: ignore[arg-type]
    said = list(exporter.prepare())
    list(exporter.write())
    assert scene.tune_view.picture != "study" or any("trial" in sentence for sentence in said)
    return target


def frames(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film:
        return [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(film)]


def test_trials_appear_one_after_the_other(qapp, tmp_path):
    shown = frames(write(SCENE, tmp_path / "a.gif"))
    assert len(shown) == 8
    scatter = np.s_[60:290, 20:400]
    ink = [int((np.abs(frame[scatter] - 255).max(axis=-1) > 40).sum()) for frame in shown]
    assert ink[-1] > ink[0]
    assert ink[-1] == ink[-2]  # it rests at the end
    assert has_colour(shown[-1], LIGHT.warning, 60) > 50  # the best curve


def test_the_same_scene_gives_the_same_frames_also_from_a_study_that_is_kept(qapp, tmp_path):
    one = write(SCENE, tmp_path / "a.png").read_bytes()
    study = studies().open(SCENE.training, SCENE.tuning)
    assert not study.finished()
    other = write(SCENE, tmp_path / "b.png").read_bytes()
    assert one == other


def test_the_contest_is_a_picture(qapp, tmp_path):
    contest = SCENE.edited(tune_view={"picture": "contest"})
    picture = frames(write(contest, tmp_path / "a.png"))[0]
    assert has_colour(picture, LIGHT.accent, 40) > 100  # what is good


def test_what_takes_a_minute_is_not_a_film(qapp, tmp_path):
    with pytest.raises(LandscapeError, match="in the window only"):
        write(SCENE.edited(tune_view={"picture": "minute"}), tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (1080, 1080)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_pictures_share_the_room_without_overlapping(width, height, count):
    places = search_places(QRect(0, 0, width, height), count, 10)
    assert len(places) == count
    for k, place in enumerate(places):
        assert QRect(0, 0, width, height).contains(place)
        assert not any(place.intersects(other) for other in places[k + 1 :])
