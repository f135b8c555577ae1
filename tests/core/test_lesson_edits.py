"""Edits of a lesson: what they keep, what they refuse; what a file holds; what slides are called."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape import LandscapeError, Scene, surfaces
from landscape.lesson import MAX_SLIDES, Lesson, Slide
from landscape.lesson_edits import changed, inserted, moved, removed
from landscape.lesson_overview import at_first_sight, looked_at, source
from landscape.opening import kind_of, opened
from landscape.resources import lesson_files, scene_files
from landscape.scene_errors import SceneError


def lesson_of(*seconds: int) -> Lesson:
    return Lesson(title="Kept", slides=tuple(Slide(bundled="a-kink", seconds=s) for s in seconds))


def seconds(lesson: Lesson) -> list[int]:
    return [slide.seconds for slide in lesson.slides]


lists = st.lists(st.integers(1, 36_000), min_size=1, max_size=8)
places = st.integers(0, 1000)


@given(lists, places, lists)
@settings(max_examples=60, deadline=None)
def test_what_is_put_in_can_be_taken_out_again(before, place, new):
    place %= len(before) + 1
    lesson = inserted(lesson_of(*before), place, *lesson_of(*new).slides)
    assert seconds(lesson) == before[:place] + new + before[place:]
    assert lesson.title == "Kept"
    for _ in new:
        lesson = removed(lesson, place)
    assert lesson == lesson_of(*before)


@given(lists, places, places)
@settings(max_examples=60, deadline=None)
def test_moving_keeps_all_slides_and_the_order_of_the_others(before, place, to):
    place, to = place % len(before), to % len(before)
    lesson = lesson_of(*before)
    after = moved(lesson, place, to)
    assert after.slides[to] is lesson.slides[place]
    assert seconds(removed(after, to)) == seconds(removed(lesson, place))
    assert moved(after, to, place) == lesson
    assert after.seconds == lesson.seconds


@given(lists, places, st.text(max_size=300), st.integers(1, 36_000))
@settings(max_examples=60, deadline=None)
def test_a_change_is_of_one_slide_and_can_be_saved(before, place, words, long):
    place %= len(before)
    lesson = changed(lesson_of(*before), place, caption=words, notes=words, question=words, seconds=long)
    assert seconds(lesson) == [*before[:place], long, *before[place + 1 :]]
    assert [slide.question for slide in lesson.slides if slide.question] == ([words] if words else [])
    assert Lesson.from_toml(lesson.to_toml()) == lesson


@pytest.mark.parametrize("given", [{"own": Scene(steps=7)}, {"file": "a.toml"}, {"bundled": "the-ravine"}])
@pytest.mark.parametrize("was", [{"own": Scene()}, {"file": "b.toml"}, {"bundled": "a-kink"}])
def test_another_scene_takes_the_place_of_the_old_one_and_the_words_stay(given, was):
    lesson = changed(Lesson(slides=(Slide(**was, question="Why?", seconds=9),)), 0, **given)
    assert lesson.slides[0] == Slide(**given, question="Why?", seconds=9)


def test_places_that_do_not_exist_are_refused():
    lesson = lesson_of(1, 2)
    for edit in (
        lambda: removed(lesson, 2), lambda: removed(lesson, -1), lambda: moved(lesson, 0, 2),
        lambda: moved(Lesson(), 0, 0), lambda: changed(lesson, 5, seconds=3),
    ):  # fmt: skip
        with pytest.raises(LandscapeError, match="There is no slide"):
            edit()
    with pytest.raises(LandscapeError, match="place 4"):
        inserted(lesson, 3, lesson.slides[0])


def test_too_many_slides_are_refused_with_what_to_do():
    full = lesson_of(*[1] * MAX_SLIDES)
    with pytest.raises(LandscapeError, match="at most 200 slides, and this would make 202: take some out"):
        inserted(full, 0, *full.slides[:2])
    assert len(inserted(removed(full, 0), 0, full.slides[0]).slides) == MAX_SLIDES


def test_values_that_are_refused_are_named():
    with pytest.raises(SceneError) as refused:
        changed(lesson_of(1, 2), 1, seconds=0)
    assert refused.value.key == "slides[2].seconds"
    with pytest.raises(SceneError, match="question"):
        changed(lesson_of(1), 0, question="x" * 301)


def test_every_bundled_file_is_known_for_what_it_is():
    assert {kind_of(file.read_text()) for file in scene_files()} == {"scene"}
    assert {kind_of(file.read_text()) for file in lesson_files()} == {"lesson"}
    assert isinstance(opened(scene_files()[0]), Scene)
    assert isinstance(opened(lesson_files()[0]), Lesson)


def test_notes_that_speak_of_slides_make_no_lesson():
    assert kind_of(Scene(notes="[[slides]]\nslides = 3").to_toml()) == "scene"
    assert kind_of('notes = """\n[[slides]]\n"""') == "scene"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[slides]]\nbundled = 3", "bundled"),
        ("[[slides]", "not a lesson file"),
        ("steps = [", "not a scene"),
    ],
)
def test_a_damaged_file_is_refused_as_what_it_meant_to_be(tmp_path, text, words):
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(LandscapeError, match=words):
        opened(tmp_path / "x.toml")


def test_overview_names_every_slide_and_says_what_is_wrong_with_it(tmp_path):
    Scene(title="Mine", caption="Said.", notes="Noted.").save(tmp_path / "mine.toml")
    (tmp_path / "broken.toml").write_text("steps = -1")
    slides = [
        Slide(own=Scene(title="Own")), Slide(own=Scene()), Slide(bundled="the-ravine"),
        Slide(file="mine.toml"), Slide(file="broken.toml"), Slide(file="gone.toml"),
    ]  # fmt: skip
    found = looked_at(filter(None, map(source, slides)), tmp_path)
    entries = [found.get(source(slide)) or at_first_sight(slide) for slide in slides]
    assert [entry.title for entry in entries] == [
        "Own", surfaces["double_well"].title, Scene.load(scene_files()[1]).title,
        "Mine", "broken.toml", "gone.toml",
    ]  # fmt: skip
    assert (entries[3].caption, entries[3].notes) == ("Said.", "Noted.")
    assert [bool(entry.reason) for entry in entries] == [False] * 4 + [True] * 2
    assert "line 1, steps" in entries[4].reason
    assert "no such file" in entries[5].reason


def test_a_lesson_that_could_not_be_opened_again_is_not_saved(tmp_path):
    points = tuple((k / 1000, -k / 1000, 0) for k in range(5000))
    own = Scene(workspace="train", training={"data": {"name": "drawn", "drawn": points}})
    lesson = Lesson(slides=(Slide(own=own),) * 20)
    (tmp_path / "l.toml").write_text("# mine")
    with pytest.raises(LandscapeError, match="larger than 4 MB: keep"):
        lesson.save(tmp_path / "l.toml")
    assert (tmp_path / "l.toml").read_text() == "# mine"
    lesson.edited(slides=lesson.slides[:2]).save(tmp_path / "l.toml")
    assert len(Lesson.load(tmp_path / "l.toml").slides) == 2
