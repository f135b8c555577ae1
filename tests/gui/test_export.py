"""Exports: drawn off the screen by the same views, at any size; written whole or not at all."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import av
import numpy as np
import pytest
from driving import has_colour, rgb
from PIL import Image, ImageSequence
from PyQt6.QtCore import QBuffer, QRect, QSize, QSizeF
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtSvg import QSvgRenderer

from gui.explore.film import RACE_FILM, race_places
from gui.export.exporter import SceneExporter
from gui.theme import LIGHT, THEMES, class_looks, looks
from gui.train.film import training_places
from landscape.errors import LandscapeError
from landscape.export_plan import SIZES, Export
from landscape.scene import Scene, opening_scene

SHORT = Export(width=640, height=360, fps=25.0, seconds=0.32, hold=0.0)
SHORT_TRAINING = {"data": {"name": "blobs", "points": 60}, "hidden": (6,), "epochs": 20}


@pytest.fixture(scope="module")
def board_of():
    """Frames of the opening scene by its step, with whatever is asked for."""
    *_, drawn = RACE_FILM.prepare(opening_scene(), SHORT, [])

    def draw(step: int = 300, turn: float = 0.0, **plan) -> np.ndarray:
        made = replace(SHORT, **plan)
        reel = RACE_FILM.open(drawn, THEMES[made.theme], made, "")
        pixels = reel.frame(step, turn)[..., 2::-1].astype(int)
        reel.sheet.close()
        return pixels

    return draw


def write(scene: Scene, target: Path, at: int | None = None, **plan) -> Path:
    exporter = SceneExporter(scene, target, replace(SHORT, **plan), at)
    list(exporter.prepare())
    list(exporter.write())
    return target


def frames(path: Path) -> list[np.ndarray]:
    """All frames as arrays."""
    if path.suffix in (".mp4", ".webm"):
        with av.open(str(path)) as file:
            return [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]
    with Image.open(path) as film:
        return [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(film)]


def apart(one: np.ndarray, other: np.ndarray, most: int = 24) -> float:
    """Share of the pixels that differ."""
    return float((np.abs(one - other).max(axis=2) > most).mean())


# --- movies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif"])
def test_movie_is_what_was_asked_for_and_shows_the_race(qapp, tmp_path, suffix):
    path = write(opening_scene(), tmp_path / f"a{suffix}", hold=0.2)
    shown = frames(path)
    assert len(shown) == 8 + 5
    assert shown[0].shape == (360, 640, 3)
    assert apart(shown[0], shown[7], 40) > 0.005
    assert apart(shown[7], shown[-1], 40) < 1e-3  # it rests
    for look in looks(opening_scene().optimizers, LIGHT):
        assert has_colour(shown[-1], look.colour, 40) > has_colour(shown[0], look.colour, 40), look.label


def test_same_scene_gives_the_same_frames(qapp, tmp_path):
    scene = Scene(surface={"name": "bowl"}, start=(1, 1), noise=0.5, steps=31)
    one, two = (write(scene, tmp_path / name).read_bytes() for name in ("a.gif", "b.gif"))
    assert one == two


@pytest.mark.parametrize("steps", [1, 3, 2000])
def test_any_number_of_steps_can_be_drawn(qapp, tmp_path, steps):
    path = write(opening_scene().edited(steps=steps), tmp_path / "a.mp4")
    with av.open(str(path)) as file:
        assert file.streams.video[0].frames == 8


def test_folder_of_pictures_and_a_still_are_the_same_frames(qapp, tmp_path):
    write(opening_scene(), tmp_path / "race")
    write(opening_scene(), tmp_path / "still.png", at=300)
    with (
        Image.open(tmp_path / "race" / "race-0008.png") as last,
        Image.open(tmp_path / "still.png") as still,
    ):
        assert np.array_equal(np.asarray(last), np.asarray(still))


# --- what is in the picture ------------------------------------------------------------------------


@pytest.mark.parametrize("theme", list(THEMES))
def test_picture_has_its_theme_and_every_rule(board_of, theme):
    pixels, tokens = board_of(theme=theme), THEMES[theme]
    assert np.array_equal(pixels[2, 2], rgb(tokens.window))
    assert has_colour(pixels, tokens.text, 40) > 50  # the title
    for look in looks(opening_scene().optimizers, tokens):
        assert has_colour(pixels, look.colour) > 30, look.label


@pytest.mark.parametrize("name", ["curves", "caption", "legend"])
def test_parts_can_be_left_out(board_of, name):
    assert apart(board_of(), board_of(**{name: False})) > 0.02


def test_type_and_lines_grow_with_the_size(board_of):
    small, large = board_of(150), board_of(150, width=1920, height=1080)
    shrunk = np.asarray(Image.fromarray(large.astype(np.uint8)).resize((640, 360), Image.Resampling.BOX))
    assert np.abs(small - shrunk).mean() < 5  # the same picture, but for how letters and edges are rounded


@pytest.mark.parametrize("size", [*SIZES.values(), (641, 359), (300, 200)])
@pytest.mark.parametrize("theme", ["light", "projector"])
def test_any_size_is_filled(board_of, size, theme):
    width, height = size
    pixels = board_of(width=width, height=height, theme=theme)
    assert pixels.shape == (height, width, 3)
    parts = [
        pixels[y : y + height // 3, x : x + width // 3] for y in (0, height // 2) for x in (0, width // 2)
    ]
    assert all(len(np.unique(part.reshape(-1, 3), axis=0)) > 20 for part in parts)


@pytest.mark.parametrize("size", [(1888, 980), (1048, 960), (1048, 1800), (300, 160)])
def test_views_lie_beside_each_other_inside_the_picture(size):
    area = QRect(16, 80, *size)
    parts = ("map", "surface", "curves", "legend")
    chosen = [names for count in (1, 2, 3, 4) for names in combinations(parts, count)]
    for names in chosen:
        if {"map", "surface"} & set(names):
            places = list(race_places(names, area, QSizeF(260, 200), 15).values())
            assert len(places) == len(names)
            _apart(places, area)
    for curves in (True, False):
        _apart(training_places(area, curves, 15), area)


def _apart(places: list[QRect], area: QRect) -> None:
    assert all(area.contains(place) and min(place.width(), place.height()) > 20 for place in places)
    assert not any(one.intersects(other) for one, other in combinations(places, 2))


def test_long_captions_are_broken_and_cut_off(board_of, qapp):
    scene = opening_scene().edited(title="Title " * 33, caption="caption of many words " * 40)
    *_, drawn = RACE_FILM.prepare(scene, SHORT, [])
    for width, height in ((640, 360), (360, 640)):
        reel = RACE_FILM.open(drawn, LIGHT, replace(SHORT, width=width, height=height), "")
        assert reel.sheet.places[0][1].top() < 0.4 * height
        reel.sheet.close()


def test_contour_lines_are_left_out_where_the_scene_says_so(qapp, tmp_path):
    scene = opening_scene()
    without = scene.edited(view=scene.view.model_copy(update={"contours": False}))
    one, other = (frames(write(s, tmp_path / "a.png"))[0] for s in (scene, without))
    assert apart(one, other, 16) > 0.01


def test_many_starts_are_drawn_too(qapp, tmp_path):
    scene = opening_scene()
    many = scene.edited(more_starts={"kind": "grid", "count": 60})
    one, other = (frames(write(s, tmp_path / "a.png", at=0))[0] for s in (scene, many))
    assert apart(one, other, 40) > 0.003


def test_circles_are_round_where_the_scene_says_so(qapp, tmp_path):
    scene = Scene(surface={"name": "bowl"}, start=(1, 1), steps=5)
    equal = scene.edited(view=scene.view.model_copy(update={"equal_scales": True}))
    uneven = scene.edited(view=scene.view.model_copy(update={"equal_scales": False}))
    one, other = (frames(write(s, tmp_path / "a.png"))[0] for s in (equal, uneven))
    assert apart(one, other) > 0.05


# --- three dimensions ------------------------------------------------------------------------------


@pytest.mark.gl
def test_surface_and_both_can_be_shown_and_the_camera_turned(board_of):
    flat, both, surface = (board_of(view=view) for view in ("map", "both", "surface"))
    assert min(apart(one, other) for one, other in combinations((flat, both, surface), 2)) > 0.1
    for pixels in (both, surface):
        for look in looks(opening_scene().optimizers, LIGHT):
            assert has_colour(pixels, look.colour) > 20, look.label
    assert apart(surface, board_of(turn=40.0, view="surface")) > 0.05
    assert apart(surface, board_of(view="surface")) == 0


@pytest.mark.gl
def test_3d_that_stops_drawing_is_a_sentence(qapp, tmp_path, monkeypatch):
    from gui.views.gl_scene import GlScene

    def broken(*given):
        raise RuntimeError("the driver is gone")

    monkeypatch.setattr(GlScene, "picture", broken)
    with pytest.raises(LandscapeError, match="the driver is gone"):
        write(opening_scene(), tmp_path / "a.mp4", view="both")
    monkeypatch.setattr(GlScene, "__init__", broken)
    with pytest.raises(LandscapeError, match=r"driver is gone.*apt install libgl1-mesa-dri"):
        write(opening_scene(), tmp_path / "a.mp4", view="both")
    assert list(tmp_path.iterdir()) == []


# --- lines and letters, numbers --------------------------------------------------------------------


def test_svg_looks_like_the_picture_and_needs_no_typeface(board_of, qapp, tmp_path):
    path = write(opening_scene(), tmp_path / "a.svg", at=150)
    text = path.read_text()
    ElementTree.fromstring(text)
    assert "<text" not in text
    assert 'aria-label="Gradient descent"' in text
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    QSvgRenderer(str(path)).render(painter)
    painter.end()
    assert np.abs(_pixels(image) - board_of(150)).mean() < 3


def test_pdf_has_one_page_of_that_shape(board_of, qapp, tmp_path):
    path = write(opening_scene(), tmp_path / "a.pdf", at=150)
    document = QPdfDocument(None)
    document.load(str(path))
    assert document.pageCount() == 1
    assert document.pagePointSize(0) == QSizeF(480, 270)
    assert np.abs(_pixels(document.render(0, QSize(640, 360))) - board_of(150)).mean() < 6
    document.close()


def _pixels(image: QImage) -> np.ndarray:
    buffer = QBuffer()
    image.save(buffer, "PNG")
    from io import BytesIO

    return np.asarray(Image.open(BytesIO(buffer.data().data())).convert("RGB")).astype(int)


def test_numbers_of_the_race_are_exact(qapp, tmp_path):
    scene = opening_scene().edited(steps=20, optimizers=[*opening_scene().optimizers, {"rule": "adam"}])
    rows = list(csv.DictReader(write(scene, tmp_path / "a.csv").read_text().splitlines()))
    with np.load(write(scene, tmp_path / "a.npz")) as table:
        assert set(table) == {"optimizer", "step", "x", "y", "loss"}
        assert [str(name) for name in table["optimizer"]] == [row["optimizer"] for row in rows]
        for name in ("x", "y", "loss"):
            assert table[name].tolist() == [float(row[name]) for row in rows]
    assert len(rows) == 5 * 21
    assert rows[-1]["optimizer"] == "adam_2"
    last = rows[-1]
    assert float(last["loss"]) == scene.surface.surface.value([float(last["x"]), float(last["y"])])


# --- trainings -------------------------------------------------------------------------------------


def test_training_shows_its_regions_and_curves(qapp, tmp_path):
    scene = Scene(workspace="train", training=SHORT_TRAINING)
    first, *_, last = frames(write(scene, tmp_path / "a.gif"))
    for look in class_looks(3, LIGHT):
        assert has_colour(last, look.colour, 40) > 30, look.label
    left = np.s_[40:230, 8:340]
    assert apart(first[left], last[left]) > 0.02  # the regions move
    assert apart(first[250:], last[250:]) > 0.001  # and the curves


def test_training_without_its_twin_has_fewer_curves(qapp, tmp_path):
    scene = Scene(workspace="train", training=SHORT_TRAINING)
    alone = scene.edited(train_view=scene.train_view.model_copy(update={"twin": False}))
    one, other = (frames(write(s, tmp_path / "a.png"))[0][250:] for s in (scene, alone))
    assert apart(one, other, 40) > 0.001


def test_curves_of_a_training_are_whole_however_few_frames_there_are(qapp, tmp_path):
    scene = Scene(workspace="train", training=SHORT_TRAINING)
    still = frames(write(scene, tmp_path / "a.png"))[0]
    movie = write(scene, tmp_path / "b", seconds=2.0)
    with Image.open(movie / "b-0050.png") as last:
        assert apart(still, np.asarray(last).astype(int)) == 0


def test_training_on_paper_does_not_ask_to_be_clicked(qapp, tmp_path):
    text = write(Scene(workspace="train", training=SHORT_TRAINING), tmp_path / "a.svg").read_text()
    assert "weight &gt; 0" in text
    assert "click" not in text


def test_training_that_diverges_is_shown_as_far_as_it_got(qapp, tmp_path):
    wild = {
        **SHORT_TRAINING,
        "batch_norm": False,
        "optimizer": {"rule": "gradient_descent", "learning_rate": 1e6},
    }
    assert len(frames(write(Scene(workspace="train", training=wild), tmp_path / "a.mp4"))) == 8


# --- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name", "plan", "words"),
    [
        ({"optimizers": ()}, "a.mp4", {}, "rule"),
        ({"optimizers": ()}, "a.npz", {}, "rule"),
        ({"workspace": "tune"}, "a.csv", {}, "tune --csv"),
        ({"workspace": "tune"}, "a.mp4", {"view": "surface"}, "no surface"),
        ({"workspace": "tune", "tune_view": {"picture": "minute"}}, "a.mp4", {}, "in the window only"),
        ({"workspace": "train"}, "a.csv", {}, "train --log"),
        ({"workspace": "train", "training": SHORT_TRAINING}, "a.mp4", {"view": "both"}, "no surface"),
        (
            {"workspace": "train", "training": {"data": {"name": "csv", "file": "gone.csv"}}},
            "a.mp4",
            {},
            "gone",
        ),
        ({}, "a.mp4", {"width": 641}, "even"),
        ({}, "a.avi", {}, r"a\.avi"),
        ({}, "no/a.mp4", {}, "cannot be written"),
        ({}, "folder.gif", {}, "folder"),
        ({}, "folder.svg", {}, "folder"),
    ],
)
def test_refused_with_a_sentence_and_nothing_is_left(qapp, tmp_path, change, name, plan, words):
    for folder in ("folder.gif", "folder.svg"):
        (tmp_path / folder).mkdir()
    with pytest.raises(LandscapeError, match=words):
        write(opening_scene().edited(**change), tmp_path / name, **plan)
    assert sorted(item.name for item in tmp_path.rglob("*")) == ["folder.gif", "folder.svg"]


def test_step_that_is_not_there(qapp, tmp_path):
    with pytest.raises(LandscapeError, match=r"step 301.*0 to 300"):
        write(opening_scene(), tmp_path / "a.png", at=301)
