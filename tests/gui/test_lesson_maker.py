"""A lesson, made with the keyboard, the pointer and dropped files; nothing of it is lost."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from driving import ALT, CTRL, KEY, SHIFT, array, enter_text, finish_jobs, focusable, has_colour, press, seen
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QWidget
from test_accessibility import name_of, nameless

from gui.command_palette import CommandPalette
from gui.lecture import maker_keeping
from gui.lecture.maker import LessonMaker
from gui.lecture.maker_keeping import kept
from gui.lecture.maker_list import SLIDE
from gui.main_window import MainWindow
from gui.theme import DARK, LIGHT, PROJECTOR, Theme
from landscape.lesson import MAX_SLIDES, Lesson, Slide
from landscape.resources import lesson_files, scene_files
from landscape.scene import Scene

Answer = QMessageBox.StandardButton
BOTH = CTRL | SHIFT


@pytest.fixture
def window(open_window: Any) -> MainWindow:
    """The window, at work on a scene of its own."""
    made: MainWindow = open_window(gl=False)
    made.document.edit("a", title="Mine", caption="Look here.", steps=77)
    made.page.focus_picture()
    return made


@pytest.fixture
def maker(window: MainWindow, qtbot: Any) -> LessonMaker:
    """The lesson maker beside it, empty."""
    press(KEY.Key_L, BOTH)
    made = window.desk.maker
    assert made is not None
    qtbot.waitUntil(made.isActiveWindow, timeout=5000)
    made.list.setFocus()
    return made


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers the file dialogs with a path, and the question about changes."""

    def give(path: Path | str = "", changes: Answer | None = None) -> list[str]:
        asked: list[str] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (str(path), ""))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(path), ""))
        monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *given: ([str(path)] if path else [], ""))

        def question(parent: Any, title: str, text: str, *buttons: Any) -> Answer | None:
            asked.append(text)
            return changes

        monkeypatch.setattr(QMessageBox, "question", question)
        return asked

    return give


def settle(window: MainWindow) -> None:
    """Until everything that is read or written is."""
    QTest.qWait(1)
    finish_jobs(window)


def titles(maker: LessonMaker) -> list[str]:
    return [maker.list.item(row).text() for row in range(maker.list.count())]


def filled(maker: LessonMaker, *names: str) -> None:
    """Slides with these titles, the first chosen."""
    maker.bench.draft.begin(Lesson(slides=tuple({"own": Scene(title=name)} for name in names)), None)
    maker.list.setFocus()


def button(maker: QWidget, name: str) -> QPushButton:
    return next(b for b in maker.findChildren(QPushButton) if name_of(b) == name)


def drop(target: QWidget, data: QMimeData, at: QPoint | None = None) -> None:
    """Drag something in and let go, with the events that Qt sends for it."""
    at = target.rect().center() if at is None else at
    actions, left = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, actions, data, left, none)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDragMoveEvent(at, actions, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(at), actions, data, left, none))


def of_files(*paths: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def type_into(field: QWidget, text: str) -> None:
    field.setFocus()
    QTest.keyClicks(field, text)


# --- slides ------------------------------------------------------------------------------------------


def test_the_present_scene_is_added_after_the_chosen_slide(window: MainWindow, maker: LessonMaker) -> None:
    QTest.mouseClick(button(maker, "Add the present scene"), Qt.MouseButton.LeftButton)
    window.document.edit("b", title="Second")
    press(KEY.Key_A, BOTH)
    maker.bench.draft.choose(0)
    window.document.edit("b", title="Between")
    press(KEY.Key_A, BOTH)
    assert titles(maker) == ["Mine", "Between", "Second"]
    assert maker.list.currentRow() == 1
    slide = maker.bench.draft.lesson.slides[0]
    assert slide.own is not None
    assert (slide.own.steps, slide.own.caption) == (77, "Look here.")
    assert "3 slides · 6:00 minutes" in maker.status.text()
    assert maker.isWindowModified()


def test_it_is_added_from_the_window_too_and_the_maker_comes_up(window: MainWindow) -> None:
    press(KEY.Key_A, BOTH)
    made = window.desk.maker
    assert made is not None
    assert made.isVisible()
    assert titles(made) == ["Mine"]
    assert "slide 1" in window.banner.text()
    assert window.document.scene.title == "Mine"


def test_a_question_that_waits_is_not_taken_for_the_caption(
    window: MainWindow, maker: LessonMaker, tmp_path: Path
) -> None:
    maker.bench.draft.add([Slide(bundled="the-ravine", question="Who?", caption="The answer.")])
    press(KEY.Key_F5)
    settle(window)
    assert window.document.scene.caption == "Who?"
    maker.bench.add_present()
    own = maker.bench.draft.lesson.slides[1].own
    assert own is not None
    assert own.caption == "The answer."


def test_replacing_keeps_what_is_said_and_asked(window: MainWindow, maker: LessonMaker) -> None:
    maker.bench.draft.add([Slide(bundled="the-ravine", question="Who is first?", seconds=30)])
    press(KEY.Key_R, CTRL)
    slide = maker.bench.draft.lesson.slides[0]
    assert slide.own == window.document.scene
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


def test_a_bundled_scene_is_chosen_by_name(window: MainWindow, maker: LessonMaker) -> None:
    press(KEY.Key_B, CTRL)
    settle(window)
    chooser = QApplication.activeModalWidget()
    assert isinstance(chooser, CommandPalette)
    QTest.keyClicks(chooser.search, "twins")
    QTest.keyClick(chooser.search, KEY.Key_Return)
    settle(window)
    assert maker.bench.draft.lesson.slides[0].bundled == "twins-on-a-spiral"
    assert titles(maker) == [Scene.load(scene_files()[8]).title]


def test_too_many_slides_are_refused_with_a_sentence(window: MainWindow, maker: LessonMaker) -> None:
    maker.bench.draft.begin(Lesson(slides=({"bundled": "the-ravine"},) * MAX_SLIDES), None)
    window.activateWindow()
    press(KEY.Key_A, BOTH)
    assert "at most 200 slides" in maker.banner.text()
    assert "at most 200 slides" in window.banner.text()
    assert maker.list.count() == MAX_SLIDES
    settle(window)


def test_a_slide_is_shown_in_the_window_and_can_be_worked_on(window: MainWindow, maker: LessonMaker) -> None:
    maker.bench.draft.add([Slide(bundled="the-ravine", caption="Said here.")])
    press(KEY.Key_Return)
    settle(window)
    assert window.document.scene.title.startswith("The ravine")
    assert window.document.scene.caption == "Said here."
    window.document.edit("b", steps=123)
    press(KEY.Key_R, CTRL)
    own = maker.bench.draft.lesson.slides[0].own
    assert own is not None
    assert own.steps == 123


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
    press(KEY.Key_Z, BOTH)
    press(KEY.Key_Y, CTRL)
    assert maker.bench.draft.lesson.slides[0].caption == "One thought"
    assert maker.form.texts["notes"].toPlainText() == "another"


def test_undo_in_the_maker_is_not_undo_in_the_window(
    window: MainWindow, maker: LessonMaker, qtbot: Any
) -> None:
    press(KEY.Key_A, BOTH)
    press(KEY.Key_Z, CTRL)
    assert titles(maker) == []
    assert window.document.scene.title == "Mine"
    press(KEY.Key_Escape)
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    window.page.focus_picture()
    press(KEY.Key_Z, CTRL)
    assert window.document.scene.title != "Mine"


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


def test_what_the_scene_says_is_shown_where_the_slide_says_nothing(
    window: MainWindow, maker: LessonMaker
) -> None:
    press(KEY.Key_A, BOTH)
    assert maker.form.texts["caption"].placeholderText() == "Look here."
    maker.bench.draft.add([Slide(bundled="the-ravine")])
    settle(window)
    assert maker.form.texts["notes"].placeholderText() == Scene.load(scene_files()[1]).notes
    assert maker.form.title.isReadOnly()


# --- files -------------------------------------------------------------------------------------------


def test_save_and_open_again(window: MainWindow, maker: LessonMaker, answer: Any, tmp_path: Path) -> None:
    answer(tmp_path / "räin")
    type_into(maker.title, "Ravines")
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(window)
    path = tmp_path / "räin.toml"
    assert not maker.isWindowModified()
    assert "räin.toml" in maker.windowTitle()
    made = maker.bench.draft.lesson
    press(KEY.Key_N, CTRL)
    assert titles(maker) == []
    answer(path)
    press(KEY.Key_O, CTRL)
    settle(window)
    assert maker.bench.draft.lesson == made
    assert maker.bench.draft.path == path
    assert window.document.path is None  # Ctrl+S was the lesson's


def test_saving_again_does_not_ask(
    window: MainWindow, maker: LessonMaker, answer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(tmp_path / "one.toml")
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(window)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: pytest.fail("asked again"))
    press(KEY.Key_D, CTRL)
    press(KEY.Key_S, CTRL)
    settle(window)
    assert len(Lesson.load(tmp_path / "one.toml").slides) == 2


def test_a_file_that_cannot_be_written_is_a_sentence_and_the_changes_stay(
    window: MainWindow, maker: LessonMaker, answer: Any, tmp_path: Path
) -> None:
    answer(tmp_path / "no" / "such.toml", changes=Answer.Save)
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(window)
    assert "cannot be written" in maker.banner.text()
    assert maker.isWindowModified()
    maker.close()  # saving fails again
    assert maker.isVisible()
    answer(changes=Answer.Discard)


def test_closing_asks_and_each_answer_is_followed(maker: LessonMaker, answer: Any, tmp_path: Path) -> None:
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
    assert kept() == []


def test_closing_the_window_asks_about_the_lesson(
    window: MainWindow, maker: LessonMaker, answer: Any
) -> None:
    press(KEY.Key_A, BOTH)
    asked = answer(changes=Answer.Cancel)
    window.close()
    assert window.isVisible()
    assert maker.isVisible()
    assert len(asked) == 1
    answer(changes=Answer.Discard)
    window.close()
    assert not window.isVisible()
    assert kept() == []


def test_new_and_open_ask_first(window: MainWindow, maker: LessonMaker, answer: Any) -> None:
    asked = answer(lesson_files()[1], changes=Answer.Cancel)
    press(KEY.Key_A, BOTH)
    press(KEY.Key_N, CTRL)
    press(KEY.Key_O, CTRL)
    settle(window)
    assert len(asked) == 2
    assert titles(maker) == ["Mine"]
    answer(changes=Answer.Discard)


def test_a_bundled_lesson_is_a_beginning_and_is_not_written_over(
    window: MainWindow, maker: LessonMaker, answer: Any, tmp_path: Path
) -> None:
    before = lesson_files()[1].read_text()
    maker.bench.add_files([lesson_files()[1]])
    settle(window)
    assert maker.list.count() == len(Lesson.load(lesson_files()[1]).slides)
    answer(tmp_path / "own.toml")
    press(KEY.Key_D, CTRL)
    press(KEY.Key_S, CTRL)
    settle(window)
    assert (tmp_path / "own.toml").is_file()
    assert lesson_files()[1].read_text() == before


def test_slides_whose_file_is_gone_or_broken_stay_and_say_why(
    window: MainWindow, maker: LessonMaker, tmp_path: Path
) -> None:
    (tmp_path / "broken.toml").write_text("steps = -1")
    Lesson(
        slides=[{"file": str(tmp_path / name)} for name in ("gone.toml", "broken.toml")]
        + [{"bundled": "the-ravine"}]
    ).save(tmp_path / "l.toml")
    maker.bench.add_files([tmp_path / "l.toml"])
    settle(window)
    assert titles(maker)[:2] == ["gone.toml", "broken.toml"]
    spoken = [maker.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert "no such file" in spoken[0]
    assert "line 1, steps" in spoken[1]
    assert spoken[2].endswith("2:00 minutes")
    rows = [maker.list.visualItemRect(maker.list.item(row)) for row in range(3)]
    assert rows[0].height() > rows[2].height()
    picture = seen(maker.list.viewport_())
    assert has_colour(picture[rows[0].top() : rows[0].bottom()], DARK.warning, 60) > 20
    assert "no such file" in maker.form.origin.text()
    maker.list.setFocus()
    press(KEY.Key_Return)
    settle(window)
    assert "gone.toml cannot be read" in maker.banner.text()
    Scene(title="Back again").save(tmp_path / "gone.toml")
    window.activateWindow()
    maker.activateWindow()
    QTest.qWait(50)
    settle(window)
    assert titles(maker)[0] == "Back again"


def test_trying_it_plays_from_the_chosen_slide_without_saving(
    window: MainWindow, maker: LessonMaker, qtbot: Any
) -> None:
    filled(maker, "a", "b", "c")
    press(KEY.Key_Down)
    QTest.mouseClick(button(maker, "Try it"), Qt.MouseButton.LeftButton)
    settle(window)
    assert window.document.scene.title == "b"
    assert window.desk.player.place == 1
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    press(KEY.Key_PageDown)
    assert window.document.scene.title == "c"
    assert maker.bench.draft.path is None


# --- what is dropped ---------------------------------------------------------------------------------


def test_scene_files_are_added_in_order_where_they_are_dropped(
    window: MainWindow, maker: LessonMaker, tmp_path: Path
) -> None:
    filled(maker, "a", "b")
    QTest.qWait(1)
    for name in ("x", "y"):
        Scene(title=name).save(tmp_path / f"{name}.toml")
    rect = maker.list.visualItemRect(maker.list.item(1))
    drop(maker.list.viewport_(), of_files(tmp_path / "y.toml", tmp_path / "x.toml"), rect.topLeft())
    settle(window)
    assert titles(maker) == ["a", "y", "x", "b"]
    (tmp_path / "x.toml").unlink()
    assert maker.bench.draft.lesson.slides[2].scene().title == "x"  # the lesson has a copy
    press(KEY.Key_Z, CTRL)
    assert titles(maker) == ["a", "b"]


def test_two_drops_in_a_row_are_both_added(window: MainWindow, maker: LessonMaker) -> None:
    for place in (0, 1, 2):
        drop(maker, of_files(scene_files()[place]))
    for _ in range(3):
        settle(window)
    assert titles(maker) == [Scene.load(file).title for file in scene_files()[:3]]


def test_a_lesson_that_is_dropped_is_edited(window: MainWindow, maker: LessonMaker, tmp_path: Path) -> None:
    Lesson(title="Dropped", slides=({"bundled": "a-kink"},)).save(tmp_path / "l.toml")
    drop(maker.list.viewport_(), of_files(tmp_path / "l.toml"))
    settle(window)
    assert maker.title.text() == "Dropped"
    assert maker.bench.draft.path == tmp_path / "l.toml"
    assert not maker.isWindowModified()


def test_a_lesson_among_scenes_is_not_opened_but_said(
    window: MainWindow, maker: LessonMaker, tmp_path: Path
) -> None:
    drop(maker, of_files(lesson_files()[0], scene_files()[0]))
    settle(window)
    assert maker.list.count() == 1
    assert "is a lesson: drop it alone" in maker.banner.text()


def test_whatever_else_is_dropped_gives_a_sentence(
    window: MainWindow, maker: LessonMaker, tmp_path: Path
) -> None:
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "large.toml").write_bytes(b"#" * 10_000_000)
    (tmp_path / "poem.txt").write_text("no = [")
    for name, words in (
        ("", "is a folder"), ("binary.toml", "not a text file"), ("large.toml", "larger than 4 MB"),
        ("poem.txt", "poem.txt: line 1: This is not a scene file"), ("gone.toml", "no such file"),
    ):  # fmt: skip
        drop(maker, of_files(tmp_path / name))
        settle(window)
        assert words in maker.banner.text()
        assert "Something went wrong" not in maker.banner.text()
        assert maker.list.count() == 0
    address = QMimeData()
    address.setUrls([QUrl("https://example.org/scene.toml")])
    drop(maker, address)
    assert "Only files" in maker.banner.text()
    drop(maker, of_files(tmp_path, scene_files()[0], tmp_path / "gone.toml"))
    settle(window)
    assert maker.list.count() == 1  # the good one is not lost among the others
    assert "is a folder" in maker.banner.text()


def test_a_lesson_dropped_on_the_window_is_played(window: MainWindow) -> None:
    drop(window, of_files(lesson_files()[0]))
    settle(window)
    settle(window)
    assert window.desk.has_lesson
    assert window.desk.player.lesson == Lesson.load(lesson_files()[0])


# --- nothing is lost ---------------------------------------------------------------------------------


def after_a_crash(window: MainWindow, maker: LessonMaker, qtbot: Any) -> None:
    """As if the program had ended just now: what is kept on the disk stays."""
    qtbot.waitUntil(lambda: maker.bench.keeping.file.is_file(), timeout=5000)
    settle(window)
    left = maker.bench.keeping.file.read_bytes()
    window.close()
    maker_keeping._folder().joinpath("left.toml").write_bytes(left)


def test_an_unsaved_lesson_is_offered_again_after_a_crash(
    window: MainWindow, maker: LessonMaker, open_window: Any, qtbot: Any, tmp_path: Path, answer: Any
) -> None:
    answer(tmp_path / "mine.toml", changes=Answer.Discard)
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(window)
    type_into(maker.title, "Half done")
    press(KEY.Key_D, CTRL)
    made = maker.bench.draft.lesson
    after_a_crash(window, maker, qtbot)
    second: MainWindow = open_window(gl=False)
    press(KEY.Key_L, BOTH)
    again = second.desk.maker
    assert again is not None
    assert again.offer.isVisible()
    QTest.mouseClick(again.offer.go_on, Qt.MouseButton.LeftButton)
    settle(second)
    assert again.bench.draft.lesson == made
    assert again.bench.draft.path == tmp_path / "mine.toml"
    assert again.isWindowModified()
    assert not again.offer.isVisible()
    press(KEY.Key_S, CTRL)
    settle(second)
    assert Lesson.load(tmp_path / "mine.toml").title == "Half done"
    qtbot.waitUntil(lambda: kept() == [], timeout=5000)
    settle(second)


def test_beginning_something_new_does_not_lose_what_was_kept(
    open_window: Any, home: Path, qtbot: Any, answer: Any
) -> None:
    folder = maker_keeping._folder()
    folder.mkdir(parents=True)
    (folder / "old.toml").write_text(Lesson(title="Old", slides=({"bundled": "a-kink"},)).to_toml())
    made: MainWindow = open_window(gl=False)
    press(KEY.Key_A, BOTH)
    maker = made.desk.maker
    assert maker is not None
    qtbot.waitUntil(lambda: maker.bench.keeping.file.is_file(), timeout=5000)
    assert len(kept()) == 2
    assert maker.offer.isVisible()
    asked = answer(changes=Answer.Cancel)
    maker.go_on()
    settle(made)
    assert len(asked) == 1
    assert len(kept()) == 2
    answer(changes=Answer.Discard)
    maker.go_on()
    settle(made)
    assert maker.title.text() == "Old"
    qtbot.waitUntil(lambda: kept() == [folder / "old.toml"], timeout=5000)
    settle(made)


@pytest.mark.parametrize(
    "content", [b"\x00\xff", b"# Not saved yet; belongs to ]\nslides = 3", b"slides = ["]
)
def test_a_damaged_copy_is_a_sentence_and_is_left_alone(open_window: Any, content: bytes, qtbot: Any) -> None:
    folder = maker_keeping._folder()
    folder.mkdir(parents=True)
    (folder / "old.toml").write_bytes(content)
    made: MainWindow = open_window(gl=False)
    made.desk.open_maker()
    maker = made.desk.maker
    assert maker is not None
    maker.go_on()
    settle(made)
    assert "old.toml cannot be opened: " in maker.banner.text()
    assert "Something went wrong" not in maker.banner.text()
    assert (folder / "old.toml").read_bytes() == content


def test_a_home_that_cannot_be_written_costs_only_the_copy(open_window: Any, home: Path, qtbot: Any) -> None:
    (home / ".qttest").write_text("a file where the folder should be")
    made: MainWindow = open_window(gl=False)
    press(KEY.Key_A, BOTH)
    QTest.qWait(1000)
    settle(made)
    maker = made.desk.maker
    assert maker is not None
    assert maker.list.count() == 1


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


def test_rail_menu_leads_here(window: MainWindow) -> None:
    window.desk.open_menu(window._lesson_button, DARK)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    entry = next(action for action in menu.actions() if action.text().startswith("Make a lesson"))
    menu.close()
    entry.trigger()
    assert window.desk.maker is not None
    assert window.desk.maker.isVisible()


@pytest.mark.parametrize("theme", [DARK, LIGHT, PROJECTOR])
def test_every_theme_and_nothing_is_clipped(window: MainWindow, maker: LessonMaker, theme: Theme) -> None:
    window.set_theme(theme)
    filled(maker, "a", "b")
    QTest.qWait(20)
    pixels = array(maker.grab().toImage())
    assert has_colour(pixels, theme.card) > 0.3 * pixels.shape[0] * pixels.shape[1]
    assert has_colour(pixels, theme.accent) > 500
    for each in maker.findChildren(QPushButton):
        if each.isVisible():
            assert each.width() >= each.sizeHint().width(), each.text()


def test_the_longest_lesson_is_edited_without_waiting(window: MainWindow, maker: LessonMaker) -> None:
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
