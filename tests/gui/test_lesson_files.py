"""Lessons saved, opened, dropped and kept: nothing of them is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import CTRL, KEY, SHIFT, press
from making import Answer, Answers, copies, drop, filled, of_files, settle, titles, type_into
from PyQt6.QtCore import QMimeData, QUrl
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from gui.document import Document
from gui.jobs import Jobs
from gui.lecture.maker import LessonMaker
from landscape.lesson import Lesson
from landscape.resources import lesson_files, scene_files
from landscape.scene import Scene

BOTH = CTRL | SHIFT


# --- files -------------------------------------------------------------------------------------------


def test_save_and_open_again(
    document: Document, jobs: Jobs, maker: LessonMaker, answer: Answers, tmp_path: Path
) -> None:
    answer(tmp_path / "räin")
    type_into(maker.title, "Ravines")
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(jobs)
    path = tmp_path / "räin.toml"
    assert not maker.isWindowModified()
    assert "räin.toml" in maker.windowTitle()
    made = maker.bench.draft.lesson
    press(KEY.Key_N, CTRL)
    assert titles(maker) == []
    answer(path)
    press(KEY.Key_O, CTRL)
    settle(jobs)
    assert maker.bench.draft.lesson == made
    assert maker.bench.draft.path == path
    assert document.path is None  # Ctrl+S was the lesson's


def test_saving_again_does_not_ask(
    jobs: Jobs, maker: LessonMaker, answer: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(tmp_path / "one.toml")
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(jobs)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: pytest.fail("asked again"))
    press(KEY.Key_D, CTRL)
    press(KEY.Key_S, CTRL)
    settle(jobs)
    assert len(Lesson.load(tmp_path / "one.toml").slides) == 2


def test_a_file_that_cannot_be_written_is_a_sentence_and_the_changes_stay(
    jobs: Jobs, maker: LessonMaker, answer: Answers, tmp_path: Path
) -> None:
    answer(tmp_path / "no" / "such.toml", changes=Answer.Save)
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(jobs)
    assert "cannot be written" in maker.banner.text()
    assert maker.isWindowModified()
    maker.close()  # saving fails again
    assert maker.isVisible()
    answer(changes=Answer.Discard)


def test_closing_asks_and_each_answer_is_followed(
    maker: LessonMaker, answer: Answers, tmp_path: Path
) -> None:
    asked = answer(changes=Answer.Cancel)
    maker.close()
    assert not asked  # there is nothing to lose
    assert not maker.isVisible()
    maker.show()
    maker.bench.add_present()
    maker.close()
    assert maker.isVisible()
    assert len(asked) == 1
    answer(tmp_path / "kept.toml", changes=Answer.Save)
    maker.close()
    assert not maker.isVisible()
    assert titles(maker) == ["Mine"]
    assert len(Lesson.load(tmp_path / "kept.toml").slides) == 1
    maker.show()
    maker.bench.draft.duplicate()
    answer(changes=Answer.Discard)
    maker.close()
    assert not maker.isVisible()
    assert titles(maker) == []
    assert copies() == []


def test_new_and_open_ask_first(jobs: Jobs, maker: LessonMaker, answer: Answers) -> None:
    asked = answer(lesson_files()[1], changes=Answer.Cancel)
    press(KEY.Key_A, BOTH)
    press(KEY.Key_N, CTRL)
    press(KEY.Key_O, CTRL)
    settle(jobs)
    assert len(asked) == 2
    assert titles(maker) == ["Mine"]
    answer(changes=Answer.Discard)


def test_a_bundled_lesson_is_a_beginning_and_is_not_written_over(
    jobs: Jobs, maker: LessonMaker, answer: Answers, tmp_path: Path
) -> None:
    before = lesson_files()[1].read_text()
    maker.bench.add_files([lesson_files()[1]])
    settle(jobs)
    assert maker.list.count() == len(Lesson.load(lesson_files()[1]).slides)
    answer(tmp_path / "own.toml")
    press(KEY.Key_D, CTRL)
    press(KEY.Key_S, CTRL)
    settle(jobs)
    assert (tmp_path / "own.toml").is_file()
    assert lesson_files()[1].read_text() == before


# --- what is dropped ---------------------------------------------------------------------------------


def test_scene_files_are_added_in_order_where_they_are_dropped(
    jobs: Jobs, maker: LessonMaker, tmp_path: Path
) -> None:
    filled(maker, "a", "b")
    QTest.qWait(1)
    for name in ("x", "y"):
        Scene(title=name).save(tmp_path / f"{name}.toml")
    rect = maker.list.visualItemRect(maker.list.item(1))
    drop(maker.list.viewport_(), of_files(tmp_path / "y.toml", tmp_path / "x.toml"), rect.topLeft())
    settle(jobs)
    assert titles(maker) == ["a", "y", "x", "b"]
    (tmp_path / "x.toml").unlink()
    assert maker.bench.draft.lesson.slides[2].scene().title == "x"  # the lesson has a copy
    press(KEY.Key_Z, CTRL)
    assert titles(maker) == ["a", "b"]


def test_two_drops_in_a_row_are_both_added(jobs: Jobs, maker: LessonMaker) -> None:
    for place in (0, 1, 2):
        drop(maker, of_files(scene_files()[place]))
    for _ in range(3):
        settle(jobs)
    assert titles(maker) == [Scene.load(file).title for file in scene_files()[:3]]


def test_a_lesson_that_is_dropped_is_edited(jobs: Jobs, maker: LessonMaker, tmp_path: Path) -> None:
    Lesson(title="Dropped", slides=({"bundled": "a-kink"},)).save(tmp_path / "l.toml")
    drop(maker.list.viewport_(), of_files(tmp_path / "l.toml"))
    settle(jobs)
    assert maker.title.text() == "Dropped"
    assert maker.bench.draft.path == tmp_path / "l.toml"
    assert not maker.isWindowModified()


def test_a_lesson_among_scenes_is_not_opened_but_said(jobs: Jobs, maker: LessonMaker, tmp_path: Path) -> None:
    drop(maker, of_files(lesson_files()[0], scene_files()[0]))
    settle(jobs)
    assert maker.list.count() == 1
    assert "is a lesson: drop it alone" in maker.banner.text()


def test_a_file_dropped_on_a_field_is_a_slide_and_no_text(maker: LessonMaker, jobs: Jobs) -> None:
    filled(maker, "a")
    viewport = maker.form.texts["notes"].viewport()
    assert viewport is not None
    for target in (viewport, maker.title):
        at = target.mapTo(maker, target.rect().center())
        assert not target.acceptDrops()
        drop(maker, of_files(scene_files()[0]), at)
        settle(jobs)
    assert maker.list.count() == 3
    assert maker.form.texts["notes"].toPlainText() == ""


def test_whatever_else_is_dropped_gives_a_sentence(jobs: Jobs, maker: LessonMaker, tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "large.toml").write_bytes(b"#" * 10_000_000)
    (tmp_path / "poem.txt").write_text("no = [")
    for name, words in (
        ("", "is a folder"), ("binary.toml", "not a text file"), ("large.toml", "larger than 4 MB"),
        ("poem.txt", "poem.txt: line 1: This is not a scene file"), ("gone.toml", "no such file"),
    ):  # fmt: skip
        drop(maker, of_files(tmp_path / name))
        settle(jobs)
        assert words in maker.banner.text()
        assert "Something went wrong" not in maker.banner.text()
        assert maker.list.count() == 0
    address = QMimeData()
    address.setUrls([QUrl("https://example.org/scene.toml")])
    drop(maker, address)
    assert "Only files" in maker.banner.text()
    drop(maker, of_files(tmp_path, scene_files()[0], tmp_path / "gone.toml"))
    settle(jobs)
    assert maker.list.count() == 1  # the good one is not lost among the others
    assert "is a folder" in maker.banner.text()
