"""Predict, then reveal: pins on the map while a question waits, and nothing that gives its answer away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driving import KEY, SHIFT, click, drag, finish_jobs, has_colour, map_pixel, near, press, seen
from PyQt6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.theme import looks
from landscape.lesson import Lesson
from landscape.scene import Scene

RULES = ({"rule": "gradient_descent", "learning_rate": 0.01}, {"rule": "adam", "learning_rate": 0.2})
RACE = Scene.from_toml(
    Scene(title="Two minima", caption="They part.", steps=200, start=(-1.4, -0.45)).to_toml()
).edited(
    surface={"name": "himmelblau"}, optimizers=[dict(rule) for rule in RULES],
    overlays={"critical_points": True, "basins": True, "watersheds": True},
)  # fmt: skip
LESSON = Lesson(
    title="Basins",
    slides=(
        {"scene": RACE.to_table(), "question": "Where do they end?"},
        {"bundled": "the-ravine"},
        {"scene": RACE.to_table(), "question": "And now?"},
    ),
)


@pytest.fixture
def window(open_window: Any, tmp_path: Path, qtbot: Any) -> MainWindow:
    """The window at a question on a race of two rules."""
    LESSON.save(tmp_path / "basins.toml")
    made: MainWindow = open_window(gl=False)
    made.desk.player.open(tmp_path / "basins.toml")
    qtbot.waitUntil(lambda: made.desk.has_lesson, timeout=10_000)
    finish_jobs(made)
    made.page.focus_picture()
    return made


def pin(window: MainWindow, x: float, y: float) -> None:
    click(window.explore.stage.map, *map_pixel(window, x, y))


def lines(window: MainWindow) -> list[str]:
    return [button.text() for button in window.explore.predictions.panel.buttons]


def to_the_end(window: MainWindow) -> None:
    press(KEY.Key_Space)
    press(KEY.Key_End)
    finish_jobs(window)


def test_clicks_pin_one_rule_after_the_other_and_the_start_stays(window: MainWindow) -> None:
    start = window.document.scene.start
    assert not window.explore.predictions.panel.isVisible()
    pin(window, 3.0, 2.0)
    pin(window, -3.0, 3.0)
    places = window.explore.predictions.pins
    assert places[0] == pytest.approx((3.0, 2.0), abs=0.05)
    assert places[1] == pytest.approx((-3.0, 3.0), abs=0.05)
    assert window.document.scene.start == start
    assert window.explore.predictions.panel.isVisible()
    styles = looks(window.document.scene.optimizers, window.theme)
    pixels = seen(window.explore.stage.map)
    for index, at in places.items():  # its head is above its foot
        assert has_colour(near(pixels, *map_pixel(window, *at), 36), styles[index].colour) > 40


def test_a_press_near_a_pin_takes_hold_of_it(window: MainWindow) -> None:
    pin(window, 3.0, 2.0)
    drag(window.explore.stage.map, map_pixel(window, 3.03, 2.0), map_pixel(window, 1.0, 1.0))
    assert window.explore.predictions.pins == {0: pytest.approx((1.0, 1.0), abs=0.05)}


def test_the_keyboard_is_enough(window: MainWindow) -> None:
    step = window.explore.playback.step
    press(KEY.Key_2)  # Adam
    assert "click the map" in lines(window)[1]
    press(KEY.Key_Right)
    x, y = window.document.scene.start
    assert window.explore.predictions.pins[1] == pytest.approx((x + 0.1, y), abs=1e-6)
    press(KEY.Key_Up, SHIFT)
    assert window.explore.predictions.pins[1] == pytest.approx((x + 0.1, y + 0.5), abs=1e-6)
    assert window.explore.playback.step == step  # these arrows were not for time
    press(KEY.Key_Backtab, SHIFT)
    press(KEY.Key_Down)
    assert set(window.explore.predictions.pins) == {0, 1}
    press(KEY.Key_Delete)
    assert set(window.explore.predictions.pins) == {1}
    press(KEY.Key_Tab)
    press(KEY.Key_Tab)  # past the last rule, on to the next widget
    assert QApplication.focusWidget() is not window.explore.stage.map


def test_without_a_pin_the_arrows_step_and_a_pin_stays_inside_the_map(window: MainWindow) -> None:
    press(KEY.Key_Right)
    assert window.explore.playback.step == 1
    press(KEY.Key_Left)
    press(KEY.Key_1)
    for _ in range(30):
        press(KEY.Key_Left, SHIFT)
    assert window.explore.predictions.pins[0][0] == window.explore.stage.map.x_range[0]


def test_at_the_end_each_line_says_how_far_off_it_was(window: MainWindow) -> None:
    pin(window, -3.6, -3.0)
    pin(window, 3.0, 2.0)
    to_the_end(window)
    one, other = lines(window)
    assert "away; same minimum" in one
    assert "away; another minimum" in other
    pins = {place.look.label: place for place in window.explore.stage.map._pins}
    entries = window.explore.stage.race.entries
    for entry in entries:
        assert pins[entry.label].end == pytest.approx(tuple(entry.path.points[entry.path.last]))
    pixels = seen(window.explore.stage.map)  # a line leads from the pin to the ball
    a, b = (np.array(map_pixel(window, *at)) for at in (pins["A"].at, pins["A"].end))
    style = looks(window.document.scene.optimizers, window.theme)[1]
    assert has_colour(near(pixels, *(a + 0.4 * (b - a)), 3), style.colour, 60)
    press(KEY.Key_Home)  # seen again from its start, the answer stays known
    assert "same minimum" in lines(window)[0]


def test_back_at_the_question_the_pins_are_there_without_the_answer(window: MainWindow) -> None:
    pin(window, 3.0, 2.0)
    to_the_end(window)
    press(KEY.Key_PageUp)
    assert window.desk.player.asking
    assert window.explore.predictions.pins
    assert "away" not in " ".join(lines(window))
    assert all(place.end is None for place in window.explore.stage.map._pins)


def test_they_vanish_with_the_slide_also_where_the_next_has_the_same_race(window: MainWindow) -> None:
    pin(window, 3.0, 2.0)
    press(KEY.Key_PageDown)
    press(KEY.Key_PageDown)
    assert not window.explore.predictions.pins
    assert not window.explore.predictions.panel.isVisible()
    press(KEY.Key_PageDown)
    pin(window, 3.0, 2.0)
    window.desk.player.go_to(0)
    finish_jobs(window)
    assert not window.explore.predictions.pins
    assert window.desk.player.question == "Where do they end?"


def test_while_the_question_waits_nothing_gives_the_answer_away(window: MainWindow) -> None:
    page, scene = window.explore, window.document.scene
    assert page.title.text() == "Question"
    assert page.caption.text() == "Where do they end?"
    assert not any((scene.overlays.critical_points, scene.overlays.basins, scene.overlays.watersheds))
    for chart in (page.stage.loss, page.stage.measure):
        for values in chart._curves.values:
            assert np.isfinite(values[0])
            assert not np.isfinite(values[1:]).any()
    assert not page.inspector.focus_card.links
    assert not page.surface_card.message.isVisible()
    for view in (page.stage.map, page.stage.surface):
        assert "loss" not in view.accessibleDescription()
    press(KEY.Key_Right)  # the lecturer may let them see a step
    assert np.isfinite(page.stage.loss._curves.values[0][1])
    assert not np.isfinite(page.stage.loss._curves.values[0][2:]).any()
    press(KEY.Key_Space)
    assert page.title.text() == "Two minima"
    assert window.document.scene.overlays.basins
    assert np.isfinite(page.stage.loss._curves.values[0]).all()
    assert page.surface_card.message.isVisible()


@pytest.mark.parametrize("how", ["play", "end"])
def test_whoever_plays_or_goes_to_the_end_by_hand_has_asked_for_the_answer(
    window: MainWindow, how: str
) -> None:
    transport = window.explore.transport
    (transport.play if how == "play" else transport._last).click()
    assert not window.desk.player.asking
    assert not window.desk.question.isVisible()
    assert window.document.scene.title == "Two minima"


def test_keys_of_the_speakers_window_move_pins_too(window: MainWindow) -> None:
    press(KEY.Key_F6)
    press(KEY.Key_1)
    press(KEY.Key_Up)
    assert 0 in window.explore.predictions.pins


def test_one_can_predict_without_a_lesson(open_window: Any) -> None:
    made: MainWindow = open_window(gl=False)
    made.page.focus_picture()
    scene = made.document.scene
    press(KEY.Key_End)
    press(KEY.Key_Q)
    assert made.explore.playback.step == 0
    assert made.desk.question.text() == "Where will each ball end?"
    pin(made, 0.5, 0.5)
    press(KEY.Key_Q)  # asked already
    to_the_end(made)
    assert "away" in lines(made)[0]
    assert made.document.scene == scene
    assert not made.document.dirty


def test_saving_meanwhile_saves_the_whole_scene(window: MainWindow, tmp_path: Path) -> None:
    assert window.files.save_to(tmp_path / "kept.toml")
    kept = Scene.load(tmp_path / "kept.toml")
    assert kept.title == "Two minima"
    assert kept.overlays.basins


def test_a_question_goes_with_its_scene(window: MainWindow) -> None:
    window.gallery.show(0)
    assert not window.desk.player.asking
    assert not window.desk.question.isVisible()
    assert window.explore.title.text() != "Question"


def test_with_no_rule_there_is_nobody_to_predict(open_window: Any) -> None:
    made: MainWindow = open_window(Scene(optimizers=()), gl=False)
    made.page.focus_picture()
    press(KEY.Key_Q)
    press(KEY.Key_1)
    pin(made, 0.0, 0.0)
    assert not made.explore.predictions.pins


def test_undo_after_the_answer_does_not_lead_back_into_a_question_without_an_answer(
    window: MainWindow,
) -> None:
    document = window.document
    document.edit("steps", steps=33)
    press(KEY.Key_Space)
    document.undo()
    assert document.scene.title == "Two minima"
    assert document.scene.overlays.basins
    document.redo()
    assert (document.scene.title, document.scene.steps) == ("Two minima", 33)


def test_undo_while_the_question_waits_takes_back_the_change_and_not_the_question(window: MainWindow) -> None:
    document = window.document
    before = document.scene.steps
    document.edit("steps", steps=33)
    document.undo()
    assert document.scene.steps == before
    assert window.desk.player.asking
    assert document.scene.title == "Question"
    document.redo()
    assert window.desk.player.asking
    press(KEY.Key_Space)
    assert (document.scene.title, document.scene.steps) == ("Two minima", 33)


def test_undo_after_another_scene_was_opened_meanwhile_brings_the_whole_scene(window: MainWindow) -> None:
    window.gallery.show(0)
    window.document.undo()
    assert not window.desk.player.asking
    assert window.document.scene.title == "Two minima"
    assert window.document.scene.overlays.basins


def test_what_is_shared_and_kept_meanwhile_is_the_whole_scene(window: MainWindow) -> None:
    window.document.edit("steps", steps=33)
    window.sharing.copy_text()
    window.sharing.paste()
    assert (window.document.scene.title, window.document.scene.steps) == ("Two minima", 33)
    press(KEY.Key_Q)
    window.close()
    assert Scene.load(window.session._file).title == "Two minima"


def test_the_speakers_scene_follows_what_is_changed_meanwhile(window: MainWindow) -> None:
    window.document.edit("steps", steps=33)
    assert (window.desk.player.scene.title, window.desk.player.scene.steps) == ("Two minima", 33)


def test_saving_while_the_question_waits_does_not_answer_it(window: MainWindow, tmp_path: Path) -> None:
    assert window.files.save_to(tmp_path / "kept.toml")
    assert window.desk.player.asking
    assert not window.document.dirty
