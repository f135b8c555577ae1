"""A lesson, given with the keys of a presenter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driving import CTRL, KEY, SHIFT, array, finish_jobs, press
from PyQt6.QtTest import QTest

from gui.lecture.speaker_view import SpeakerView
from gui.main_window import MainWindow
from gui.theme import THEMES
from landscape.lesson import Lesson
from landscape.resources import lesson_files

LESSON = Lesson(
    title="Ravines",
    slides=(
        {"bundled": "the-ravine", "notes": "Wait for the zig-zag.", "seconds": 60},
        {"bundled": "on-the-ridge", "question": "Which ball leaves first?", "seconds": 90},
        {"bundled": "the-ravine", "caption": "Once more."},
    ),
)


@pytest.fixture
def window(open_window: Any, tmp_path: Path, qtbot: Any) -> MainWindow:
    """The window with a lesson of three slides, at the first."""
    LESSON.save(tmp_path / "ravines.toml")
    made: MainWindow = open_window(gl=False)
    made.desk.player.open(tmp_path / "ravines.toml")
    qtbot.waitUntil(lambda: made.desk.has_lesson, timeout=10_000)
    finish_jobs(made)
    made.page.focus_picture()
    return made


def title(window: MainWindow) -> str:
    return window.document.scene.title


def speaker(window: MainWindow) -> SpeakerView:
    press(KEY.Key_F6)
    assert window.desk.speaker is not None
    return window.desk.speaker


def test_page_keys_go_through_it_and_stop_at_its_ends(window: MainWindow) -> None:
    first = title(window)
    press(KEY.Key_PageUp)
    assert "first slide" in window.banner.text()
    press(KEY.Key_PageDown)
    assert title(window) != first
    press(KEY.Key_PageDown)  # the answer
    press(KEY.Key_PageDown)
    assert title(window) == first
    assert window.document.scene.caption == "Once more."
    press(KEY.Key_PageDown)
    assert "last slide" in window.banner.text()


@pytest.mark.parametrize("key", [KEY.Key_PageDown, KEY.Key_Space, KEY.Key_Escape])
def test_a_question_waits_until_its_answer_is_wanted(window: MainWindow, qtbot: Any, key: Any) -> None:
    press(KEY.Key_PageDown)
    finish_jobs(window)
    assert window.desk.question.isVisible()
    assert window.desk.question.text() == "Which ball leaves first?"
    assert window.document.scene.caption == "Which ball leaves first?"  # the caption would tell
    qtbot.wait(200)
    assert window.page.playback.step == 0
    assert not window.page.playback.playing
    press(key)
    assert not window.desk.question.isVisible()
    assert window.document.scene.caption != "Which ball leaves first?"
    qtbot.waitUntil(lambda: window.page.playback.step > 0, timeout=10_000)


def test_a_question_is_given_up_with_its_workspace(window: MainWindow) -> None:
    press(KEY.Key_PageDown)
    press(KEY.Key_2, CTRL)
    assert not window.desk.question.isVisible()
    press(KEY.Key_1, CTRL)
    assert title(window) != "Question"


def test_back_from_the_answer_is_the_question_again(window: MainWindow) -> None:
    press(KEY.Key_PageDown)
    press(KEY.Key_PageDown)
    assert not window.desk.player.asking
    press(KEY.Key_PageUp)
    assert window.desk.player.asking
    assert window.desk.player.place == 1
    press(KEY.Key_PageUp)
    assert window.desk.player.place == 0


def test_the_speaker_sees_notes_the_next_slide_and_the_clock(window: MainWindow) -> None:
    view = speaker(window)
    assert "Wait for the zig-zag." in view.notes.toPlainText()
    assert "slide 1 of 3" in view.place.text()
    assert view.next.text().startswith("Next: ")
    assert "of 4:30" in view.clock.text()
    QTest.keyClick(view, KEY.Key_PageDown)  # the remote works wherever the keyboard is
    assert window.desk.player.place == 1
    assert "Which ball leaves first?" in view.question.text()
    QTest.keyClick(view, KEY.Key_PageDown)
    QTest.keyClick(view, KEY.Key_PageDown)
    assert view.next.text() == "This is the last slide."
    QTest.keyClick(view, KEY.Key_B)
    assert window.black.isVisible()


def test_without_a_lesson_the_speaker_sees_the_notes_of_the_scene(open_window: Any) -> None:
    made: MainWindow = open_window(gl=False)
    made.page.focus_picture()
    view = speaker(made)
    assert "No lesson" in view.place.text()
    assert view.title.text() == made.document.scene.title


def test_closing_it_gives_the_keys_back_to_the_bundled_scenes(window: MainWindow) -> None:
    press(KEY.Key_PageDown)
    window.desk.player.close()
    assert not window.desk.question.isVisible()
    press(KEY.Key_PageDown)
    assert not window.desk.has_lesson
    window.document.undo()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "not a lesson"),
        ('title = "x"\nversion = 1\n', "no slides"),
        ('[[slides]]\nbundled = "nope"\n', "nope"),
    ],
)
def test_what_is_no_lesson_is_a_sentence(open_window: Any, tmp_path: Path, text: str, words: str) -> None:
    made: MainWindow = open_window(gl=False)
    (tmp_path / "x.toml").write_text(text)
    made.desk.player.open(tmp_path / "x.toml")
    finish_jobs(made)
    assert words in made.banner.text()
    assert not made.desk.has_lesson


def test_a_slide_whose_file_is_gone_is_said_and_the_next_can_be_shown(
    open_window: Any, tmp_path: Path
) -> None:
    made: MainWindow = open_window(gl=False)
    Lesson(slides=({"bundled": "the-ravine"}, {"file": "gone.toml"}, {"bundled": "on-the-ridge"})).save(
        tmp_path / "l.toml"
    )
    made.desk.player.open(tmp_path / "l.toml")
    finish_jobs(made)
    made.move_scene(1)
    assert "gone.toml" in made.banner.text()
    before = title(made)
    made.move_scene(1)
    assert title(made) != before


def test_a_question_whose_file_is_gone_does_not_hold_one_up(open_window: Any, tmp_path: Path) -> None:
    made: MainWindow = open_window(gl=False)
    slides = ({"file": "gone.toml", "question": "Who?"}, {"file": "lost.toml", "question": "Which?"})
    Lesson(slides=slides).save(tmp_path / "l.toml")
    made.desk.player.open(tmp_path / "l.toml")
    finish_jobs(made)
    assert "gone.toml" in made.banner.text()  # and not how one goes on stage
    made.move_scene(1)
    assert "lost.toml" in made.banner.text()
    made.move_scene(-1)
    assert made.desk.player.place == 0
    assert "gone.toml" in made.banner.text()


def test_every_bundled_lesson_can_be_chosen(open_window: Any) -> None:
    made: MainWindow = open_window(gl=False)
    assert [path for _, path in made.desk.lessons()] == lesson_files()
    texts = [action.text() for action in made.menu().actions()]
    assert "Lessons" in texts


def test_full_screen_is_in_projector_colours_and_what_was_before_comes_back(window: MainWindow) -> None:
    before = window.theme
    press(KEY.Key_F5)
    assert window.in_lecture
    assert window.isFullScreen()
    assert window.theme.name == "projector"
    window.choose_theme("light")  # for this hall
    press(KEY.Key_F5, SHIFT)
    assert not window.isFullScreen()
    assert window.theme is before
    assert window.settings.theme() == "", "a hall's theme is not the user's"
    assert window.rail.isVisible()


def test_the_offer_of_the_stage_does_not_cover_the_question(open_window: Any, tmp_path: Path) -> None:
    made: MainWindow = open_window(gl=False)
    Lesson(slides=({"bundled": "the-ravine", "question": "Who?"},)).save(tmp_path / "l.toml")
    made.desk.player.open(tmp_path / "l.toml")
    finish_jobs(made)
    assert "F5" in made.banner.text()
    assert made.desk.question.isVisible()
    assert not made.banner.geometry().intersects(made.desk.question.geometry())
    press(KEY.Key_F5)
    assert not made.banner.isVisible()


@pytest.mark.parametrize("size", [(1000, 700), (1280, 800), (1920, 1080)])
def test_a_question_is_whole_and_inside_the_window(window: MainWindow, size: tuple[int, int]) -> None:
    bar = window.desk.question
    window.resize(*size)
    for question in ("Why?", "Which of the balls will come to rest, and where? " * 4):
        bar.ask(question)
        central = window.centralWidget()
        assert central is not None
        assert central.rect().contains(bar.geometry())
        assert bar.height() >= bar.heightForWidth(bar.width())
    window.resize(1280, 800)
    bar.ask("You watch this curve for ten epochs: what do you change?")
    press(KEY.Key_F5)
    for theme in THEMES.values():  # each in type of its own size
        window.set_theme(theme)
        assert bar.height() >= bar.heightForWidth(bar.width())


@pytest.mark.parametrize("key", [KEY.Key_Left, KEY.Key_Right, KEY.Key_End, KEY.Key_Home, KEY.Key_Period])
def test_the_speakers_window_knows_the_keys_of_time_and_the_black_screen(
    window: MainWindow, key: Any
) -> None:
    window.explore.playback.pause()
    window.explore.playback.go_to(5)
    view = speaker(window)
    QTest.keyClick(view, key)
    length = window.explore.playback.length
    steps = {KEY.Key_Left: 4, KEY.Key_Right: 6, KEY.Key_End: length, KEY.Key_Home: 0, KEY.Key_Period: 5}
    assert window.explore.playback.step == steps[key]
    assert window.black.isVisible() == (key == KEY.Key_Period)


def test_the_speaker_sees_what_the_question_keeps_back(window: MainWindow) -> None:
    view = speaker(window)
    QTest.keyClick(view, KEY.Key_PageDown)
    assert window.explore.title.text() == "Question"
    assert view.title.text() == window.desk.player.titles[1]
    assert window.desk.player.scene.caption in view.notes.toPlainText()


def test_a_training_keeps_its_future_to_itself(open_window: Any, tmp_path: Path, qtbot: Any) -> None:
    made: MainWindow = open_window(gl=False)
    training = {"data": {"name": "moons", "points": 60}, "hidden": [4], "epochs": 8}
    scene = {"workspace": "train", "title": "It learns", "training": training}
    Lesson(slides=({"scene": {"version": 1, **scene}, "question": "Does it?"},)).save(tmp_path / "l.toml")
    made.desk.player.open(tmp_path / "l.toml")
    finish_jobs(made)
    page = made.train
    assert page is not None
    run = page.trainer.run
    assert run is not None
    assert run.last is not None
    assert run.last.state.epoch == 8  # it has learned already, and nobody sees it
    page.panels.choose("accuracy")
    charts = (page.losses, page.panels.accuracies)
    for chart in charts:
        for values in chart._curves.values:
            assert not np.isfinite(values[1:]).any()
    assert page.headline.title.text() == "Question"
    assert not page.data_card.remark.isVisible()
    tabs = page.panels.tabs
    hidden = [tabs.tabText(place) for place in range(tabs.count()) if not tabs.isTabEnabled(place)]
    assert hidden == ["Averages", "γ and β", "Smooth", "Rates", "Diary"]
    press(KEY.Key_Space)
    for chart in charts:
        assert np.isfinite(chart._curves.values[0]).all()
    assert all(tabs.isTabEnabled(place) for place in range(tabs.count()))
    assert page.headline.title.text() == "It learns"
    made.page.playback.pause()
    finish_jobs(made)


@pytest.mark.parametrize("picture", ["study", "contest", "minute"])
def test_a_search_keeps_what_it_found_to_itself(open_window: Any, tmp_path: Path, picture: str) -> None:
    made: MainWindow = open_window(gl=False)
    scene = {"workspace": "tune", "title": "Found", "tune_view": {"picture": picture}}
    Lesson(slides=({"scene": {"version": 1, **scene}, "question": "Which?"},)).save(tmp_path / "l.toml")
    made.desk.player.open(tmp_path / "l.toml")
    finish_jobs(made)
    page = made.tune
    assert page is not None
    assert page.headline.title.text() == "Question"
    assert page.headline.caption.text() == "Which?"
    assert (page.stack.currentWidget() is page.covered) == (picture != "study")
    made.desk.player.reveal(play=False)
    assert page.stack.currentWidget() is not page.covered
    assert page.headline.title.text() == "Found"
    finish_jobs(made)


def test_the_speaker_sees_a_picture_of_the_next_race(window: MainWindow) -> None:
    view = speaker(window)
    finish_jobs(window)
    assert view.picture.isVisible()
    first = array(view.picture.pixmap().toImage())
    assert first.std() > 5  # there is something in it
    assert "Which ball leaves first?" in view.next.text()
    window.desk.player.go_to(1)
    finish_jobs(window)
    assert (array(view.picture.pixmap().toImage()) != first).any()
    window.desk.player.go_to(2)
    assert not view.picture.isVisible()
    assert view.next.text() == "This is the last slide."


def test_a_long_title_leaves_the_clock_its_room(open_window: Any, tmp_path: Path) -> None:
    made: MainWindow = open_window(gl=False)
    Lesson(title="Long " * 40, slides=LESSON.slides).save(tmp_path / "l.toml")
    made.desk.player.open(tmp_path / "l.toml")
    finish_jobs(made)
    made.page.focus_picture()
    view = speaker(made)
    view.resize(view.minimumSize())
    QTest.qWait(1)
    assert view.clock.geometry().right() < view.width()
    assert view.clock.width() >= view.clock.sizeHint().width()
    finish_jobs(made)
