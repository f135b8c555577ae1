"""A lesson, given with the keys of a presenter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import KEY, finish_jobs, press
from PyQt6.QtTest import QTest

from gui.lecture.speaker_view import SpeakerView
from gui.main_window import MainWindow
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
    qtbot.wait(200)
    assert window.page.playback.step == 0
    assert not window.page.playback.playing
    press(key)
    assert not window.desk.question.isVisible()
    qtbot.waitUntil(lambda: window.page.playback.step > 0, timeout=10_000)


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


def test_every_bundled_lesson_can_be_chosen(open_window: Any) -> None:
    made: MainWindow = open_window(gl=False)
    assert [path for _, path in made.desk.lessons()] == lesson_files()
    texts = [action.text() for action in made.menu().actions()]
    assert "Lessons" in texts
