"""A lesson, made with the keyboard, the pointer and words."""

from __future__ import annotations

import time

import pytest
from driving import ALT, CTRL, KEY, SHIFT, enter_text, focusable, press
from making import button, drop, filled, settle, titles, type_into
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from test_accessibility import name_of, nameless

from gui.command_palette import CommandPalette
from gui.document import Document
from gui.jobs import Jobs
from gui.lecture.maker import LessonMaker
from gui.lecture.maker_list import SLIDE
from landscape.lesson import MAX_SLIDES, Lesson, Slide
from landscape.resources import scene_files
from landscape.scene import Scene

BOTH = CTRL | SHIFT


# --- slides ------------------------------------------------------------------------------------------


def test_the_present_scene_is_added_after_the_chosen_slide(document: Document, maker: LessonMaker) -> None:
    QTest.mouseClick(button(maker, "Add the present scene"), Qt.MouseButton.LeftButton)
    document.edit("b", title="Second")
    press(KEY.Key_A, BOTH)
    maker.bench.draft.choose(0)
    document.edit("b", title="Between")
    press(KEY.Key_A, BOTH)
    assert titles(maker) == ["Mine", "Between", "Second"]
    assert maker.list.currentRow() == 1
    slide = maker.bench.draft.lesson.slides[0]
    assert slide.own is not None
    assert (slide.own.steps, slide.own.caption) == (77, "Look here.")
    assert "3 slides · 6:00 minutes" in maker.status.text()
    assert maker.isWindowModified()


def test_replacing_keeps_what_is_said_and_asked(document: Document, maker: LessonMaker) -> None:
    maker.bench.draft.add([Slide(bundled="the-ravine", question="Who is first?", seconds=30)])
    press(KEY.Key_R, CTRL)
    slide = maker.bench.draft.lesson.slides[0]
    assert slide.own == document.scene
    assert (slide.question, slide.seconds, slide.bundled) == ("Who is first?", 30, "")
    press(KEY.Key_Z, CTRL)
    assert maker.bench.draft.lesson.slides[0].bundled == "the-ravine"


def test_reordering_with_keys_follows_the_slide_and_stops_at_the_ends(maker: LessonMaker) -> None:
    filled(maker, "a", "b", "c")
    press(KEY.Key_Up, ALT)
    assert titles(maker) == ["a", "b", "c"]
    press(KEY.Key_Down, ALT)
    press(KEY.Key_Down, ALT)
    press(KEY.Key_Down, ALT)
    assert titles(maker) == ["b", "c", "a"]
    assert maker.list.currentRow() == 2
    maker.form.texts["notes"].setFocus()
    press(KEY.Key_Up, ALT)  # from a field, too
    assert titles(maker) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("came", "row", "below", "after"),
    [
        (0, 2, True, "bca"),
        (2, 0, False, "cab"),
        (1, 1, True, "abc"),
        (0, 1, False, "abc"),
        (0, 1, True, "bac"),
    ],
)
def test_reordering_by_drag(maker: LessonMaker, came: int, row: int, below: bool, after: str) -> None:
    filled(maker, "a", "b", "c")
    QTest.qWait(1)
    data = maker.list.mimeData([maker.list.item(came)])
    assert data.hasFormat(SLIDE)
    rect = maker.list.visualItemRect(maker.list.item(row))
    at = rect.center() + QPoint(0, rect.height() // 3 if below else -rect.height() // 3)
    drop(maker.list.viewport_(), data, at)
    assert "".join(titles(maker)) == after


def test_a_drag_that_lets_go_below_the_last_moves_to_the_end(maker: LessonMaker) -> None:
    filled(maker, "a", "b", "c")
    data = maker.list.mimeData([maker.list.item(0)])
    drop(maker.list.viewport_(), data, QPoint(30, maker.list.viewport_().height() - 3))
    assert titles(maker) == ["b", "c", "a"]


def test_removing_and_duplicating(maker: LessonMaker) -> None:
    filled(maker, "a", "b", "c")
    press(KEY.Key_Down)
    press(KEY.Key_Delete)
    assert titles(maker) == ["a", "c"]
    assert maker.list.currentRow() == 1
    press(KEY.Key_D, CTRL)
    assert titles(maker) == ["a", "c", "c"]
    for _ in range(4):
        press(KEY.Key_Delete)
    assert titles(maker) == []
    assert not maker.form.isEnabled()
    assert not button(maker, "Remove").isEnabled()
    press(KEY.Key_Z, CTRL)
    assert len(titles(maker)) == 1


def test_delete_in_a_field_takes_a_letter_and_not_the_slide(maker: LessonMaker) -> None:
    filled(maker, "a")
    type_into(maker.form.texts["caption"], "ab")
    press(KEY.Key_Home)
    press(KEY.Key_Delete)
    assert maker.bench.draft.lesson.slides[0].caption == "b"


def test_a_bundled_scene_is_chosen_by_name(jobs: Jobs, maker: LessonMaker) -> None:
    press(KEY.Key_B, CTRL)
    settle(jobs)
    chooser = QApplication.activeModalWidget()
    assert isinstance(chooser, CommandPalette)
    QTest.keyClicks(chooser.search, "twins")
    QTest.keyClick(chooser.search, KEY.Key_Return)
    settle(jobs)
    assert maker.bench.draft.lesson.slides[0].bundled == "twins-on-a-spiral"
    assert titles(maker) == [Scene.load(scene_files()[8]).title]


# --- what is said, asked and planned -----------------------------------------------------------------


def test_every_field_is_in_the_lesson_while_it_is_typed(maker: LessonMaker) -> None:
    filled(maker, "a")
    type_into(maker.title, "Ravines")
    for key, words in (("question", "Who?"), ("caption", "Look."), ("notes", "Say it.")):
        type_into(maker.form.texts[key], words)
    enter_text(maker.form.time, "2:30")
    enter_text(maker.form.title, "Renamed")
    lesson = maker.bench.draft.lesson
    slide = lesson.slides[0]
    assert lesson.title == "Ravines"
    assert (slide.question, slide.caption, slide.notes, slide.seconds) == ("Who?", "Look.", "Say it.", 150)
    assert titles(maker) == ["Renamed"]
    assert "2:30 minutes" in maker.status.text()
    row = maker.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert row == "Slide 1: Renamed, asks a question, 2:30 minutes"


def test_typing_is_one_step_of_undo_also_from_within_the_field(maker: LessonMaker) -> None:
    filled(maker, "a")
    field = maker.form.texts["caption"]
    type_into(field, "One thought")
    type_into(maker.form.texts["notes"], "another")
    press(KEY.Key_Z, CTRL)
    assert field.toPlainText() == "One thought"
    assert maker.form.texts["notes"].toPlainText() == ""
    field.setFocus()
    press(KEY.Key_Z, CTRL)
    assert field.toPlainText() == ""
    maker.title.setFocus()
    press(KEY.Key_Z, BOTH)
    press(KEY.Key_Y, CTRL)
    assert maker.bench.draft.lesson.slides[0].caption == "One thought"
    assert maker.form.texts["notes"].toPlainText() == "another"


@pytest.mark.parametrize("typed", ["soon", "2:75", "0", "601", "-1", ""])
def test_a_time_that_is_none_is_refused_and_the_old_stands(maker: LessonMaker, typed: str) -> None:
    filled(maker, "a")
    enter_text(maker.form.time, typed)
    assert maker.banner.isVisible()
    assert maker.form.time.text() == "2:00"
    assert maker.bench.draft.lesson.slides[0].seconds == 120


def test_arrow_keys_step_the_time(maker: LessonMaker) -> None:
    filled(maker, "a")
    maker.form.time.setFocus()
    press(KEY.Key_Up)
    press(KEY.Key_Up)
    assert maker.form.time.text() == "3:00"
    for _ in range(9):
        press(KEY.Key_Down)
    assert maker.bench.draft.lesson.slides[0].seconds == 1


def test_a_text_that_is_too_long_is_cut_with_a_sentence(maker: LessonMaker) -> None:
    filled(maker, "a")
    maker.form.texts["question"].insertPlainText("x" * 400)
    assert maker.bench.draft.lesson.slides[0].question == "x" * 300
    assert "300 characters" in maker.banner.text()


def test_an_emoji_that_is_cut_in_two_is_left_out(maker: LessonMaker) -> None:
    filled(maker, "a")
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(199 * "a" + "😀b")
    for field in (maker.title, maker.form.title):
        field.setFocus()
        field.selectAll()
        field.paste()
        assert field.text() == 199 * "a"
    lesson = maker.bench.draft.lesson
    assert lesson.title == 199 * "a"
    assert lesson.slides[0].own is not None
    assert lesson.slides[0].own.title == 199 * "a"
    assert Lesson.from_toml(lesson.to_toml()) == lesson


def test_what_the_scene_says_is_shown_where_the_slide_says_nothing(jobs: Jobs, maker: LessonMaker) -> None:
    press(KEY.Key_A, BOTH)
    assert maker.form.texts["caption"].placeholderText() == "Look here."
    maker.bench.draft.add([Slide(bundled="the-ravine")])
    settle(jobs)
    assert maker.form.texts["notes"].placeholderText() == Scene.load(scene_files()[1]).notes
    assert maker.form.title.isReadOnly()


# --- keys, names, looks ------------------------------------------------------------------------------


def test_everything_has_a_name_and_tab_comes_round(maker: LessonMaker) -> None:
    filled(maker, "a", "b")
    assert nameless(maker) == []
    names = [name_of(widget) for widget in focusable(maker) if widget.isVisible()]
    assert len(names) == len(set(names))
    maker.title.setFocus()
    reached = []
    for _ in range(40):
        press(KEY.Key_Tab)
        focus = QApplication.focusWidget()
        if focus is maker.title:
            break
        reached.append(focus)
    assert focus is maker.title
    assert {
        maker.list,
        maker.add_button,
        maker.form.time,
        maker.save_button,
        *maker.form.texts.values(),
    } <= set(reached)
    tops = [widget.mapTo(maker, QPoint(0, 0)).y() for widget in reached]
    assert tops == sorted(tops)


def test_menu_has_every_command_with_its_key(maker: LessonMaker) -> None:
    press(KEY.Key_A, BOTH)
    maker.open_menu()
    menu = QApplication.activePopupWidget()
    assert menu is not None
    texts = [action.text().split("\t") for action in menu.actions() if action.text()]
    assert ["Undo: add a slide", "Ctrl+Z"] in texts
    assert ["Move up", "Alt+Up"] in texts
    menu.close()


def test_the_longest_lesson_is_edited_without_waiting(jobs: Jobs, maker: LessonMaker) -> None:
    maker.bench.draft.begin(Lesson(slides=({"own": Scene(title="x")},) * (MAX_SLIDES - 1)), None)
    field = maker.form.texts["caption"]
    field.setFocus()
    took = []
    for letter in "abcdefgh":
        began = time.perf_counter()
        QTest.keyClick(field, letter)
        took.append(time.perf_counter() - began)
    print(f"a letter in a lesson of {MAX_SLIDES - 1} slides: {1000 * min(took):.1f} ms")
    assert min(took) < 0.05
