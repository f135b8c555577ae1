"""A lesson as one video, as numbered clips, as a hand-out; from the command line, too."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from driving import has_colour
from PyQt6.QtCore import QSize
from PyQt6.QtPdf import QPdfDocument

from gui.export.exporter import SceneExporter
from gui.export.lesson_exporter import LessonExporter
from gui.export.order import Order
from gui.theme import LIGHT
from landscape.__main__ import main
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.lesson import Lesson
from landscape.resources import lesson_files
from landscape.scene import opening_scene

SHORT = Export(width=320, height=180, fps=25.0, seconds=0.2, hold=0.08, ask=0.12)
RACE = opening_scene().edited(steps=40)
TRAINING = {"data": {"name": "blobs", "points": 60}, "hidden": (6,), "epochs": 5}


def lesson(**changes) -> Lesson:
    slides = (
        {"scene": RACE, "question": "Which ball leaves first?", "notes": "Say why."},
        {"bundled": "the-ravine"},
        {"scene": RACE.edited(workspace="train", training=TRAINING, title="A training")},
        {"scene": RACE.edited(workspace="tune", tune_view={"picture": "minute"}, title="Live: 100 %!")},
    )
    return Lesson().edited(**{"title": "Four slides", "slides": slides, **changes})


def write(target: Path, plan: Export = SHORT, made: Lesson | None = None, clips: str = "") -> Path:
    exporter = LessonExporter(made or lesson(), target, plan, clips)
    list(exporter.prepare())
    list(exporter.write())
    return target


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]


def differ(one: np.ndarray, other: np.ndarray) -> float:
    return float((np.abs(one - other).max(axis=2) > 40).mean())


def test_one_video_of_all_slides_question_before_answer(qapp, tmp_path):
    shown = pictures(write(tmp_path / "all.mp4"))
    asked, played = 3, 5 + 2
    assert len(shown) == asked + 4 * played
    bar = np.s_[110:175, 40:280]
    accent = LIGHT.accent
    assert has_colour(shown[0][bar], accent, 40) > 500
    assert has_colour(shown[asked - 1][bar], accent, 40) > 500
    assert has_colour(shown[asked][bar], accent, 40) < 200  # the answer plays
    assert differ(shown[asked], shown[asked + played - 1]) > 0.003
    ends = [shown[asked + k * played - 1] for k in range(1, 5)]
    assert min(differ(one, other) for k, one in enumerate(ends) for other in ends[:k]) > 0.02


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_numbered_clips_in_a_folder(qapp, tmp_path, suffix):
    folder = write(tmp_path / "clips", clips=suffix)
    names = sorted(file.name for file in folder.iterdir())
    assert [name[:3] for name in names] == ["01-", "02-", "03-", "04-"]
    assert names[2:] == [f"03-a-training{suffix}", f"04-live-100{suffix}"]
    assert [len(pictures(folder / name)) for name in names] == [10, 7, 7, 7]
    again = write(folder, clips=suffix, made=lesson(slides=lesson().slides[:2]))
    assert len(list(again.iterdir())) == 2  # replaced whole


def test_hand_out_has_a_page_for_each_slide_with_question_and_notes(qapp, tmp_path):
    path = write(tmp_path / "hand.pdf", Export(theme="dark", view="both"))
    document = QPdfDocument(None)
    document.load(str(path))
    assert document.pageCount() == 4
    texts = [document.getAllText(page).text() for page in range(4)]
    assert "Which ball leaves first?" in texts[0]
    assert "Say why" in texts[0]
    assert "Four slides" in texts[3]
    page = document.render(0, QSize(397, 561))
    assert page.pixelColor(5, 300).lightness() in (0, 255)  # nothing of a dark theme on paper
    document.close()


def test_every_bundled_lesson_can_be_exported(qapp):
    for path in lesson_files():
        LessonExporter(Lesson.load(path), Path("a.mp4"), SHORT)


@pytest.mark.parametrize(
    ("name", "clips", "plan", "words"),
    [
        ("a.svg", "", {}, r"not \.svg"),
        ("a.csv", "", {}, r"not \.csv"),
        ("no/a.mp4", "", {}, "no such folder"),
        ("no/a", ".mp4", {}, "no such folder"),
        ("mine", ".mp4", {}, "other files"),
        ("mine/file", ".mp4", {}, "need a folder"),
        ("a", ".png", {}, r"\.png is none"),
        ("a", ".mp3", {}, r"no such format"),
        ("a", ".mp4", {"width": 321}, "even"),
    ],
)
def test_refused_before_anything_is_computed(qapp, tmp_path, name, clips, plan, words):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine")
    made = Export(**{"width": 320, "height": 180, **plan})
    with pytest.raises(LandscapeError, match=words):
        LessonExporter(lesson(), tmp_path / name, made, clips)
    assert [file.name for file in tmp_path.rglob("*")] == ["mine", "file"]


def test_lesson_without_slides_and_a_slide_that_cannot_be_drawn(qapp, tmp_path):
    with pytest.raises(LandscapeError, match="no slides"):
        LessonExporter(Lesson(), tmp_path / "a.mp4", SHORT)
    bad = lesson(slides=(*lesson().slides[:1], {"scene": RACE.edited(optimizers=(), title="Nobody")}))
    with pytest.raises(LandscapeError, match=r"Slide 2 of 2, “Nobody”: No rule takes part"):
        write(tmp_path / "a.mp4", made=bad)
    with pytest.raises(LandscapeError, match=r"Slide 2 of 2: .*cannot be read"):
        write(tmp_path / "a.mp4", made=lesson(slides=({"bundled": "the-ravine"}, {"file": "gone.toml"})))
    assert list(tmp_path.iterdir()) == []


def test_given_up_in_the_middle_leaves_what_was_there(qapp, tmp_path):
    (tmp_path / "clips").mkdir()
    for target, clips in ((tmp_path / "a.mp4", ""), (tmp_path / "clips", ".mp4"), (tmp_path / "b.pdf", "")):
        exporter = LessonExporter(lesson(), target, SHORT, clips)
        list(exporter.prepare())
        writing = exporter.write()
        next(writing)
        writing.close()
    assert [file.name for file in tmp_path.rglob("*")] == ["clips"]


def test_order_goes_through_a_line_of_json(tmp_path):
    for what in (RACE, lesson()):
        order = Order(what, tmp_path / "a ä.mp4", SHORT, at=3, clips=".gif", estimate=True)
        line = order.to_json()
        assert "\n" not in line
        assert Order.from_json(line) == order
    assert isinstance(Order(RACE, tmp_path / "a.mp4", SHORT).exporter(), SceneExporter)
    assert isinstance(Order(lesson(), tmp_path / "a.mp4", SHORT).exporter(), LessonExporter)


def test_command(qapp, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("gui.export.command._has_screen", lambda: True)
    path = tmp_path / "lesson.toml"
    lesson().save(path)
    small = ("--size", "320x180", "--fps", "25", "--seconds", "0.2", "--hold", "0", "--ask", "0.2")
    assert main(["export", str(path), "-o", str(tmp_path / "a.webm"), *small]) == 0
    assert len(pictures(tmp_path / "a.webm")) == 5 + 4 * 5
    assert main(["export", str(path), "-o", str(tmp_path / "clips"), "--clips", "webm", *small]) == 0
    assert len(list((tmp_path / "clips").iterdir())) == 4
    assert main(["export", str(path), "-o", str(tmp_path / "a.pdf")]) == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    capsys.readouterr()
    assert main(["export", str(path), "-o", str(tmp_path / "a.npz")]) == 2
    assert "a hand-out" in capsys.readouterr().err


def test_clips_of_a_scene_are_refused(qapp, tmp_path, capsys):
    RACE.save(tmp_path / "scene.toml")
    words = ["export", str(tmp_path / "scene.toml"), "-o", str(tmp_path / "a"), "--clips", "mp4"]
    assert main(words) == 2
    assert "Only a lesson" in capsys.readouterr().err
