"""Pointer and magnifier: over the whole window, live below, gone with Esc."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from driving import KEY, click, finish_jobs, has_colour, map_pixel, near, press, seen
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtGui import QCursor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from gui.lecture.pointer import RED
from gui.main_window import MainWindow
from gui.theme import THEMES


@pytest.fixture
def window(open_window: Any) -> MainWindow:
    made: MainWindow = open_window(gl=False)
    made.page.focus_picture()
    return made


def point_at(window: MainWindow, widget: QWidget, x: float = 0.5, y: float = 0.5) -> QPoint:
    """Put the mouse there (as shares of the widget); returns where that is in the window."""
    at = QPoint(round(x * widget.width()), round(y * widget.height()))
    QCursor.setPos(widget.mapToGlobal(at))
    QTest.qWait(60)
    return widget.mapTo(window, at)


@pytest.mark.parametrize("theme", list(THEMES))
def test_the_dot_follows_the_mouse_over_everything(window: MainWindow, theme: str) -> None:
    window.set_theme(THEMES[theme])
    press(KEY.Key_X)
    pointer = window.desk.pointer
    for widget in (window.explore.stage.map, window.rail, window.explore.transport):
        at = point_at(window, widget)
        assert has_colour(near(seen(window), at.x(), at.y(), pointer.radius), RED, 90) > 60
    elsewhere = point_at(window, window.explore.stage.map)
    assert not has_colour(near(seen(window), at.x(), at.y(), 4), RED, 30), "it left something behind"
    assert pointer.radius >= 0.02 * window.height()
    press(KEY.Key_Escape)
    assert not pointer.isVisible()
    assert not has_colour(near(seen(window), elsewhere.x(), elsewhere.y(), 4), RED, 30)


def test_what_is_below_the_dot_can_be_touched(window: MainWindow) -> None:
    press(KEY.Key_X)
    board = window.explore.stage.map
    at = point_at(window, board)
    child = window.childAt(at)
    assert child is board
    click(board, *map_pixel(window, 0.5, 0.5))
    assert window.document.scene.start == pytest.approx((0.5, 0.5), abs=0.02)


def test_only_where_it_was_and_is_is_repainted(window: MainWindow) -> None:
    press(KEY.Key_X)
    at = point_at(window, window.explore.stage.map)
    asked: list[Any] = []
    pointer = window.desk.pointer
    pointer.update = asked.append  # type: ignore[method-assign, assignment]
    QCursor.setPos(window.mapToGlobal(at + QPoint(9, 0)))
    QTest.qWait(60)
    assert len(asked) == 2
    assert all(rect.width() < 0.1 * window.width() for rect in asked)
    asked.clear()
    QTest.qWait(60)
    assert not asked, "a mouse that stands still costs nothing"


def test_the_magnifier_shows_what_is_under_the_mouse_larger(window: MainWindow) -> None:
    board = window.explore.stage.map
    at = point_at(window, board, 0.4, 0.6)
    before = seen(window)
    press(KEY.Key_Z)
    QTest.qWait(100)
    lens = window.desk.magnifier
    assert lens.geometry().contains(at)
    pixels = seen(window)
    shift = QPointF(24, 16)  # what is so far from the mouse …
    small = before[round(at.y() + shift.y()), round(at.x() + shift.x())]
    large = pixels[round(at.y() + lens.factor * shift.y()), round(at.x() + lens.factor * shift.x())]
    assert np.abs(small - large).max() < 30  # … is twice as far in the lens


def test_it_can_be_moved_and_made_stronger_with_keys_and_esc_leaves(window: MainWindow) -> None:
    point_at(window, window.explore.stage.map)
    press(KEY.Key_Z)
    lens, step = window.desk.magnifier, window.explore.playback.step
    middle, seen_before = lens.middle, lens.seen().width()
    press(KEY.Key_Right)
    press(KEY.Key_Down)
    assert lens.middle.x() > middle.x()
    assert lens.middle.y() > middle.y()
    assert window.explore.playback.step == step
    press(KEY.Key_Plus)
    assert lens.seen().width() < seen_before
    for _ in range(9):
        press(KEY.Key_Minus)
    assert lens.factor == 1.5
    for _ in range(99):
        press(KEY.Key_Left)
    assert lens.middle.x() == 0
    assert lens.lens().left() == 0
    press(KEY.Key_Escape)
    assert not lens.isVisible()
    press(KEY.Key_Right)
    assert window.explore.playback.step == step + 1  # the keys are time's again


def test_tab_takes_it_to_where_the_keyboard_is(window: MainWindow) -> None:
    point_at(window, window.explore.stage.map)
    press(KEY.Key_Z)
    for _ in range(3):
        press(KEY.Key_Tab)
        there = QApplication.focusWidget()
        assert there is not None
        central = window.centralWidget()
        assert window.desk.magnifier.middle == there.mapTo(central, there.rect().center())


def test_what_is_below_goes_on_and_is_seen_to(window: MainWindow) -> None:
    point_at(window, window.explore.stage.loss)
    press(KEY.Key_Z)
    QTest.qWait(100)
    lens = window.desk.magnifier
    first = lens._picture.toImage()
    press(KEY.Key_Space)
    QTest.qWait(600)
    assert window.explore.playback.playing
    assert lens._picture.toImage() != first


def test_esc_goes_back_one_at_a_time(window: MainWindow) -> None:
    desk = window.desk
    press(KEY.Key_X)
    press(KEY.Key_Z)
    press(KEY.Key_B)
    press(KEY.Key_Escape)
    assert not window.black.isVisible()
    assert desk.magnifier.on
    press(KEY.Key_Escape)
    assert not desk.magnifier.on
    assert desk.pointer.on
    press(KEY.Key_Escape)
    assert not desk.pointer.on


def test_they_follow_the_windows_size(window: MainWindow) -> None:
    press(KEY.Key_X)
    press(KEY.Key_Z)
    window.resize(1000, 700)
    QTest.qWait(50)
    assert window.desk.pointer.size() == window.size()
    assert window.rect().contains(window.desk.magnifier.geometry())


def test_keys_of_the_speakers_window_reach_them(window: MainWindow) -> None:
    press(KEY.Key_F6)
    press(KEY.Key_Z)
    lens = window.desk.magnifier
    assert lens.on
    middle = lens.middle
    press(KEY.Key_Right)
    assert lens.middle != middle
    press(KEY.Key_Plus)
    assert lens.factor == 2.5
    press(KEY.Key_Escape)
    assert not lens.on


def test_a_look_through_it_does_not_keep_the_window_waiting(window: MainWindow) -> None:
    """A loose bound, for any machine: what it is on a quiet one is measured, not tested."""
    finish_jobs(window)
    point_at(window, window.explore.stage.map)
    press(KEY.Key_Z)
    lens, spent = window.desk.magnifier, []
    for _ in range(20):
        began = time.perf_counter()
        lens._look()
        QApplication.processEvents()
        spent.append(time.perf_counter() - began)
    assert np.median(spent) < 0.1
