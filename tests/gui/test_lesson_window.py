"""The lesson maker beside the window: the scene goes in, slides come back, closing asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import CTRL, KEY, SHIFT, array, has_colour, press, seen
from making import Answer, Answers, button, copies, drop, filled, of_files, settle, titles, type_into
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMenu, QPushButton

from gui.lecture import maker_keeping
from gui.lecture.maker import LessonMaker
from gui.main_window import MainWindow
from gui.theme import DARK, LIGHT, PROJECTOR, Theme
from landscape.lesson import MAX_SLIDES, Lesson, Slide
from landscape.resources import lesson_files
from landscape.scene import Scene

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
    settle(window.jobs)
    assert window.document.scene.caption == "Who?"
    maker.bench.add_present()
    own = maker.bench.draft.lesson.slides[1].own
    assert own is not None
    assert own.caption == "The answer."


def test_too_many_slides_are_refused_with_a_sentence(window: MainWindow, maker: LessonMaker) -> None:
    maker.bench.draft.begin(Lesson(slides=({"bundled": "the-ravine"},) * MAX_SLIDES), None)
    window.activateWindow()
    press(KEY.Key_A, BOTH)
    assert "at most 200 slides" in maker.banner.text()
    assert "at most 200 slides" in window.banner.text()
    assert maker.list.count() == MAX_SLIDES
    settle(window.jobs)


def test_a_slide_is_shown_in_the_window_and_can_be_worked_on(window: MainWindow, maker: LessonMaker) -> None:
    maker.bench.draft.add([Slide(bundled="the-ravine", caption="Said here.")])
    press(KEY.Key_Return)
    settle(window.jobs)
    assert window.document.scene.title.startswith("The ravine")
    assert window.document.scene.caption == "Said here."
    window.document.edit("b", steps=123)
    press(KEY.Key_R, CTRL)
    own = maker.bench.draft.lesson.slides[0].own
    assert own is not None
    assert own.steps == 123


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


def test_closing_the_window_asks_about_the_lesson(
    window: MainWindow, maker: LessonMaker, answer: Answers
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
    assert copies() == []


def test_slides_whose_file_is_gone_or_broken_stay_and_say_why(
    window: MainWindow, maker: LessonMaker, tmp_path: Path
) -> None:
    (tmp_path / "broken.toml").write_text("steps = -1")
    Lesson(
        slides=[{"file": str(tmp_path / name)} for name in ("gone.toml", "broken.toml")]
        + [{"bundled": "the-ravine"}]
    ).save(tmp_path / "l.toml")
    maker.bench.add_files([tmp_path / "l.toml"])
    settle(window.jobs)
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
    settle(window.jobs)
    assert "gone.toml cannot be read" in maker.banner.text()
    Scene(title="Back again").save(tmp_path / "gone.toml")
    window.activateWindow()
    maker.activateWindow()
    QTest.qWait(50)
    settle(window.jobs)
    assert titles(maker)[0] == "Back again"


def test_trying_it_plays_from_the_chosen_slide_without_saving(
    window: MainWindow, maker: LessonMaker, qtbot: Any
) -> None:
    filled(maker, "a", "b", "c")
    press(KEY.Key_Down)
    QTest.mouseClick(button(maker, "Try it"), Qt.MouseButton.LeftButton)
    settle(window.jobs)
    assert window.document.scene.title == "b"
    assert window.desk.player.place == 1
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    press(KEY.Key_PageDown)
    assert window.document.scene.title == "c"
    assert maker.bench.draft.path is None


def test_a_lesson_dropped_on_the_window_is_played(window: MainWindow) -> None:
    drop(window, of_files(lesson_files()[0]))
    settle(window.jobs)
    settle(window.jobs)
    assert window.desk.has_lesson
    assert window.desk.player.lesson == Lesson.load(lesson_files()[0])


def after_a_crash(window: MainWindow, maker: LessonMaker, qtbot: Any) -> None:
    """As if the program had ended just now: what is kept on the disk stays."""
    qtbot.waitUntil(lambda: maker.bench.keeping.file.is_file(), timeout=5000)
    settle(window.jobs)
    left = maker.bench.keeping.file.read_bytes()
    window.close()
    maker_keeping._folder().joinpath("left.toml").write_bytes(left)


def test_an_unsaved_lesson_is_offered_again_after_a_crash(
    window: MainWindow, maker: LessonMaker, open_window: Any, qtbot: Any, tmp_path: Path, answer: Answers
) -> None:
    answer(tmp_path / "mine.toml", changes=Answer.Discard)
    press(KEY.Key_A, BOTH)
    press(KEY.Key_S, CTRL)
    settle(window.jobs)
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
    settle(second.jobs)
    assert again.bench.draft.lesson == made
    assert again.bench.draft.path == tmp_path / "mine.toml"
    assert again.isWindowModified()
    assert not again.offer.isVisible()
    press(KEY.Key_S, CTRL)
    settle(second.jobs)
    assert Lesson.load(tmp_path / "mine.toml").title == "Half done"
    qtbot.waitUntil(lambda: copies() == [], timeout=5000)
    settle(second.jobs)


def test_rail_menu_leads_here(window: MainWindow) -> None:
    window.desk.open_menu(window._lesson_button, DARK)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    entry = next(action for action in menu.actions() if action.text().startswith("Make a lesson"))
    menu.close()
    entry.trigger()
    assert window.desk.maker is not None
    assert window.desk.maker.isVisible()


def test_rail_menu_offers_what_was_kept(window: MainWindow) -> None:
    folder = maker_keeping._folder()
    folder.mkdir(parents=True)
    (folder / "old.toml").write_text(Lesson(title="Old").to_toml())
    window.desk.open_menu(window._lesson_button, DARK)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = next(action for action in menu.actions() if action.text() == maker_keeping.GO_ON)
    menu.close()
    entry.trigger()
    settle(window.jobs)
    assert window.desk.maker is not None
    assert window.desk.maker.title.text() == "Old"


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
