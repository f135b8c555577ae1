"""Where in time we are: plays, pauses, steps, loops; and the controls over it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from driving import KEY, drag, press
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QPushButton

import gui.widgets.playback as module
from gui.widgets.playback import Playback
from gui.widgets.transport import Transport


@pytest.fixture
def playback(qapp):
    made = Playback()
    made.set_length(100)
    yield made
    made.pause()


def test_play_moves_forward_and_announces_each_step_once(playback, qtbot):
    steps: list[int] = []
    playback.stepChanged.connect(steps.append)
    with qtbot.waitSignal(playback.playingChanged, check_params_cb=bool):
        playback.play()
    qtbot.waitUntil(lambda: playback.step >= 5)
    assert steps == sorted(set(steps))
    playback.pause()
    assert not playback.playing


def test_stays_within_the_race(playback):
    playback.go_to(1000)
    assert playback.step == 100
    playback.go_to(-5)
    assert playback.step == 0
    playback.go_to(80)
    playback.set_length(30)
    assert playback.step == 30


def test_stops_at_the_end_without_loop(playback, qtbot):
    playback.loop, playback.speed = False, 8
    playback.go_to(95)
    playback.play()
    qtbot.waitUntil(lambda: not playback.playing)
    assert playback.step == 100


def test_begins_again_after_a_while_with_loop(playback, qtbot, monkeypatch):
    monkeypatch.setattr(module, "HOLD_SECONDS", 0.1)
    playback.speed = 8
    playback.go_to(98)
    playback.play()
    qtbot.waitUntil(lambda: playback.step == 100)
    qtbot.waitUntil(lambda: 0 < playback.step < 90)
    assert playback.playing


def test_play_at_the_end_begins_at_the_start(playback):
    playback.go_to(100)
    playback.play()
    assert playback.step == 0


def test_pace_follows_the_speed_and_the_clock(playback, monkeypatch, qtbot):
    clock = {"now": 10.0}
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock["now"]))
    playback.speed = 2
    playback.play()
    for _ in range(5):
        clock["now"] += 0.1
        expected = (clock["now"] - 10.0) * 2 * module.STEPS_PER_SECOND
        qtbot.waitUntil(lambda expected=expected: abs(playback.step - expected) <= 1)
    clock["now"] += 60  # the machine slept: no leap
    qtbot.waitUntil(lambda: playback.step > 40)
    assert playback.step <= 62


def test_transport_shows_and_moves_the_step(playback, qtbot):
    bar = Transport(playback)
    qtbot.addWidget(bar)
    bar.resize(700, 46)
    with qtbot.waitExposed(bar):
        bar.show()
    assert "0 / 100" in texts(bar)
    names = {button.accessibleName(): button for button in bar.findChildren(QPushButton)}
    names["One step forward"].click()
    names["One step forward"].click()
    names["One step back"].click()
    assert playback.step == 1
    names["To the end"].click()
    assert "100 / 100" in texts(bar)
    names["To the start"].click()
    assert playback.step == 0
    slider = bar.slider
    drag(slider, (8, 11), (slider.width() / 2, 11))
    assert playback.step == pytest.approx(50, abs=2)
    slider.setFocus()
    QTest.keyClick(slider, KEY.Key_Right)
    assert playback.step == pytest.approx(51, abs=2)


def test_transport_plays_loops_and_has_speeds(playback, qtbot):
    bar = Transport(playback)
    qtbot.addWidget(bar)
    QTest.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert playback.playing
    QTest.mouseClick(bar.slider, Qt.MouseButton.LeftButton, pos=QPoint(20, 11))
    assert not playback.playing  # a hand on the slider pauses
    bar.loop.click()
    assert (playback.loop, bar.loop.isChecked()) == (False, False)
    bar.speed.setCurrentIndex(bar.speed.findText("4×"))
    assert playback.speed == 4


def test_scrubbing_a_curve_moves_every_view(flat_window):
    stage, playback = flat_window.explore.stage, flat_window.explore.playback
    playback.play()
    plot = stage.loss.plot_area(stage.loss.rect().toRectF())
    drag(stage.loss, (plot.left(), 60), (plot.center().x(), 60))
    half = playback.length / 2
    assert playback.step == pytest.approx(half, abs=1)
    assert not playback.playing
    press(KEY.Key_Left)
    assert playback.step == pytest.approx(half - 1, abs=1)


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]
