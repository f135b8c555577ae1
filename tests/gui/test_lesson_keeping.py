"""What is not saved yet is kept: after a crash, beside something new, on a disk that is full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import CTRL, KEY, SHIFT, press
from making import Answer, Answers, copies, open_maker, settle, titles
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.document import Document
from gui.jobs import Jobs
from gui.lecture import maker_keeping
from gui.lecture.maker import LessonMaker
from landscape.lesson import Lesson

BOTH = CTRL | SHIFT


def test_beginning_something_new_does_not_lose_what_was_kept(
    document: Document, jobs: Jobs, qtbot: Any, answer: Answers
) -> None:
    old = before(Lesson(title="Old", slides=({"bundled": "a-kink"},)).to_toml().encode())
    maker = open_maker(document, jobs, qtbot)
    press(KEY.Key_A, BOTH)
    qtbot.waitUntil(lambda: maker.bench.keeping.file.is_file(), timeout=5000)
    assert len(copies()) == 2
    assert maker.offer.isVisible()
    asked = answer(changes=Answer.Cancel)
    maker.bench.go_on()
    settle(jobs)
    assert len(asked) == 1
    assert len(copies()) == 2
    answer(changes=Answer.Discard)
    maker.bench.go_on()
    settle(jobs)
    assert maker.title.text() == "Old"
    qtbot.waitUntil(lambda: copies() == [old], timeout=5000)
    settle(jobs)


def test_an_offer_can_wait(document: Document, jobs: Jobs, qtbot: Any) -> None:
    old = before(Lesson(title="Old").to_toml().encode())
    maker = open_maker(document, jobs, qtbot)
    QTest.mouseClick(maker.offer.later, Qt.MouseButton.LeftButton)
    assert not maker.offer.isVisible()
    maker.close()
    assert copies() == [old]


def test_what_another_window_is_making_is_not_offered(
    maker: LessonMaker, document: Document, jobs: Jobs, qtbot: Any, answer: Answers
) -> None:
    press(KEY.Key_A, BOTH)
    qtbot.waitUntil(lambda: len(copies()) == 1, timeout=5000)
    other = open_maker(document, jobs, qtbot)
    assert not other.offer.isVisible()
    assert not other.bench.something_kept
    answer(changes=Answer.Discard)
    maker.close()
    settle(jobs)
    assert not list(copies())
    other.close()


@pytest.mark.parametrize(
    "content", [b"\x00\xff", b"# Not saved yet; belongs to ]\nslides = 3", b"slides = ["]
)
def test_a_damaged_copy_is_a_sentence_and_is_left_alone(
    document: Document, jobs: Jobs, content: bytes, qtbot: Any
) -> None:
    old = before(content)
    maker = open_maker(document, jobs, qtbot)
    maker.bench.go_on()
    settle(jobs)
    assert "old.toml cannot be opened: " in maker.banner.text()
    assert "Something went wrong" not in maker.banner.text()
    assert old.read_bytes() == content


def test_a_home_that_cannot_be_written_costs_only_the_copy(
    document: Document, jobs: Jobs, home: Path, qtbot: Any
) -> None:
    (home / ".qttest").write_text("a file where the folder should be")
    maker = open_maker(document, jobs, qtbot)
    press(KEY.Key_A, BOTH)
    QTest.qWait(1000)
    settle(jobs)
    assert titles(maker) == ["Mine"]


def test_the_copy_goes_once_the_lesson_is_saved_or_empty_again(
    maker: LessonMaker, jobs: Jobs, qtbot: Any, answer: Answers, tmp_path: Path
) -> None:
    press(KEY.Key_A, BOTH)
    qtbot.waitUntil(lambda: len(copies()) == 1, timeout=5000)
    press(KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: copies() == [], timeout=5000)
    answer(tmp_path / "l.toml")
    press(KEY.Key_A, BOTH)
    qtbot.waitUntil(lambda: len(copies()) == 1, timeout=5000)
    press(KEY.Key_S, CTRL)
    qtbot.waitUntil(lambda: copies() == [], timeout=5000)
    settle(jobs)


def test_a_copy_is_whole_although_its_writing_fails(
    maker: LessonMaker, jobs: Jobs, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(KEY.Key_A, BOTH)
    qtbot.waitUntil(lambda: len(copies()) == 1, timeout=5000)
    settle(jobs)
    copy = copies()[0].read_bytes()

    def full(*_given: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        press(KEY.Key_D, CTRL)
        QTest.qWait(1000)
        settle(jobs)
    assert copies()[0].read_bytes() == copy
    assert len(titles(maker)) == 2


def before(content: bytes) -> Path:
    """A copy that an earlier run of the program left."""
    file = maker_keeping._folder() / "old.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return file
