"""Lessons: in and out of TOML, refused by key and line, and found again after they were moved."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape import LandscapeError, Scene
from landscape.files import MAX_BYTES
from landscape.lesson import MAX_SLIDES, Lesson, Slide
from landscape.opening import opened
from landscape.resources import lesson_files, scene_files
from landscape.scene_errors import SceneError

WHOLE = '''
version = 1
title = "Two ways down"

[[slides]]
bundled = "the-ravine"
notes = """
steps = 1
[[slides]]
Say first what κ is.
"""

[[slides]]
seconds = 60
question = "Which ball leaves the saddle first?"
[slides.scene]
steps = 40
[[slides.scene.optimizers]]
rule = "adam"

[[slides]]
caption = "Once more."
[slides.scene]
[[slides.scene.optimizers]]
rule = "momentum"
beta = 0.8
'''


def line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_slides_come_from_the_bundled_scenes_the_lesson_itself_and_files(tmp_path):
    Scene(steps=33, caption="From the file.", notes="Mine.").save(tmp_path / "mine.toml")
    lesson = Lesson.from_toml(WHOLE + '[[slides]]\nfile = "mine.toml"\ncaption = "Said here."\n')
    first, second, third, fourth = (slide.scene(tmp_path) for slide in lesson.slides)
    assert (first.title[:10], first.notes.splitlines()[-1]) == ("The ravine", "Say first what κ is.")
    assert first.caption == Scene.load(scene_files()[1]).caption
    assert (second.steps, len(second.optimizers)) == (40, 1)
    assert third.optimizers[0].optimizer.beta == 0.8
    assert (fourth.steps, fourth.caption, fourth.notes) == (33, "Said here.", "Mine.")
    assert lesson.seconds == 120 + 60 + 120 + 120


def test_lesson_comes_back_as_it_was():
    lesson = Lesson.from_toml(WHOLE)
    assert Lesson.from_toml(lesson.to_toml()) == lesson


words = st.text(max_size=100)


@given(
    words,
    words,
    st.lists(
        st.tuples(st.booleans(), words, words, words, st.integers(1, 36_000)),
        max_size=4,
    ),
)
@settings(max_examples=50, deadline=None)
def test_any_lesson_comes_back_as_it_was(title, caption, rows):
    made = []
    for inside, a, b, c, seconds in rows:
        scene = {"own": Scene(title=a, seed=seconds)} if inside else {"bundled": "a-plateau"}
        made.append(Slide(**scene, caption=a, notes=b, question=c, seconds=seconds))
    lesson = Lesson(title=title, caption=caption, slides=tuple(made))
    assert Lesson.from_toml(lesson.to_toml()) == lesson


def changed(old: str, new: str) -> str:
    assert WHOLE.count(old) == 1
    return WHOLE.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "key", "part", "words"),
    [
        ('"the-ravine"', '"the-ravin"', "slides[1].bundled", "bundled", "Did you mean the-ravine?"),
        ("seconds = 60", "seconds = 0", "slides[2].seconds", "seconds", "greater than"),
        ("seconds = 60", "second = 60", "slides[2].second", "second =", "not a known key"),
        ("steps = 40", 'steps = "x"', "slides[2].scene.steps", 'steps = "x"', "whole number"),
        ("beta = 0.8", "beta = 8", "slides[3].scene.optimizers[1].beta", "beta = 8", "beta"),
        ("steps = 40", "version = 2", "slides[2].scene.version", "version = 2", "newer Landscape"),
        ("version = 1", "version = 9", "version", "version", "newer Landscape"),
        ('title = "Two', 'titel = "Two', "titel", "titel", "not a known key"),
    ],
)
def test_what_is_wrong_is_named_by_key_and_line(old, new, key, part, words):
    text = changed(old, new)
    with pytest.raises(SceneError, match=words) as refused:
        Lesson.from_toml(text)
    assert refused.value.key == key
    assert refused.value.line == line(text, part)


def test_a_slide_has_one_scene_and_not_none_or_two():
    for slide in ({}, {"file": "a.toml", "bundled": "the-ravine"}, {"file": "a", "scene": Scene()}):
        with pytest.raises(SceneError, match="only one") as refused:
            Lesson().edited(slides=(slide,))
        assert refused.value.key == "slides[1].bundled"


def test_too_many_slides_and_files_that_are_no_lessons_are_refused(tmp_path):
    with pytest.raises(SceneError, match=f"at most {MAX_SLIDES}"):
        Lesson().edited(slides=({"bundled": "the-ravine"},) * (MAX_SLIDES + 1))
    with pytest.raises(SceneError, match="not a lesson file"):
        Lesson.from_toml("[[slides")
    with pytest.raises(LandscapeError, match="not a known key"):
        Lesson.load(scene_files()[0])
    (tmp_path / "big.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(LandscapeError, match="larger"):
        Lesson.load(tmp_path / "big.toml")


def test_levelled_rates_are_believed_only_if_they_are_level():
    text = '[[slides]]\n[slides.scene]\nrates = "equal_rate"\n' + "".join(
        f'[[slides.scene.optimizers]]\nrule = "{rule}"\nlearning_rate = {rate}\n'
        for rule, rate in (("adam", 0.1), ("momentum", 0.2))
    )
    assert Lesson.from_toml(text).slides[0].scene().rates == "own"


def test_lesson_and_its_files_can_be_moved_together(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "own.csv").write_text("x,y,class\n" + "".join(f"{k},{k % 7},{k % 2}\n" for k in range(40)))
    Scene(steps=12).save(here / "one.toml")
    own = Scene(workspace="train", training={"data": {"name": "csv", "file": str(here / "own.csv")}})
    Lesson(slides=({"file": str(here / "one.toml")}, {"scene": own})).save(here / "lesson.toml")
    assert str(tmp_path) not in (here / "lesson.toml").read_text()
    here.rename(there)
    monkeypatch.chdir("/")
    lesson = Lesson.load(there / "lesson.toml")
    assert lesson.slides[0].scene().steps == 12
    assert lesson.slides[1].scene().training.data.load().features == 2
    (there / "one.toml").write_text("steps = -1")
    with pytest.raises(LandscapeError, match=r"one\.toml: line 1, steps"):
        lesson.slides[0].scene()
    (there / "one.toml").unlink()
    with pytest.raises(LandscapeError, match="cannot be read") as refused:
        lesson.slides[0].scene()
    assert str(refused.value).count("one.toml") == 1


def test_save_that_fails_leaves_the_old_lesson(tmp_path, monkeypatch):
    file = tmp_path / "lesson.toml"
    Lesson(title="Old").save(file)

    def full(*_args, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LandscapeError, match="no space left"):
        Lesson(title="New").save(file)
    assert Lesson.load(file).title == "Old"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("9" * 5000, "thousands of digits"),
        ("[" * 3000 + "]" * 3000, "nested too deep"),
        ('"' + "a" * 3000 + '"', "true or false"),
    ],
    ids=["digits", "brackets", "text"],
)
def test_hostile_value_is_a_sentence_of_bearable_length(tmp_path, value, words):
    file = tmp_path / "lesson.toml"
    file.write_text(
        f"[[slides]]\n[slides.scene]\n[[slides.scene.optimizers]]\nrule = 'momentum'\nnesterov = {value}\n"
    )
    with pytest.raises(LandscapeError, match=words) as refused:
        opened(file)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("number", ["9" * 4000, "0x" + "f" * 5000], ids=["decimal", "hexadecimal"])
def test_version_of_many_digits_is_not_repeated_whole(number):
    with pytest.raises(SceneError, match="newer Landscape") as refused:
        Lesson.from_toml(f"version = {number}")
    assert len(str(refused.value)) < 400


def test_number_that_could_not_be_written_is_not_read():
    text = "[[slides]]\n[slides.scene]\n[slides.scene.train_view]\nlayer = 0x" + "f" * 5000
    with pytest.raises(SceneError, match="thousands of digits") as refused:
        Lesson.from_toml(text)
    assert refused.value.line == 4


def test_whole_number_beyond_all_floats_is_refused():
    text = "[[slides]]\n[slides.scene]\n[[slides.scene.optimizers]]\nrule = 'gd'\nlearning_rate = 1"
    with pytest.raises(SceneError, match="learning_rate is too large") as refused:
        Lesson.from_toml(text + 400 * "0")
    assert refused.value.line == 5


@pytest.mark.parametrize("file", lesson_files(), ids=lambda file: file.stem)
def test_bundled_lesson_has_slides_that_all_open(file):
    lesson = Lesson.load(file)
    assert lesson.title
    assert lesson.caption.endswith(".")
    assert len(lesson.slides) >= 2
    for slide in lesson.slides:
        scene = slide.scene(file.parent)
        assert scene.title
        assert scene.caption
        assert scene.notes
    assert any(slide.question.endswith("?") for slide in lesson.slides)


def test_bundled_lessons_show_every_bundled_scene_and_one_takes_the_time_it_says():
    lessons = {file.stem[3:]: Lesson.load(file) for file in lesson_files()}
    assert len(lessons) == 8
    shown = {slide.bundled for lesson in lessons.values() for slide in lesson.slides}
    assert shown == {file.stem[3:] for file in scene_files()}
    assert lessons["45-minutes-on-optimization"].seconds == 45 * 60


def test_very_many_slides_are_counted_before_they_are_read():
    with pytest.raises(LandscapeError, match="at most 200 slides, not 120000"):
        Lesson.from_toml("[[slides]]\nbundled='the-ravine'\n" * 120_000)


def test_a_pipe_that_nobody_writes_to_is_no_lesson(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(LandscapeError, match="is a pipe"):
        Lesson.load(tmp_path / "pipe.toml")
