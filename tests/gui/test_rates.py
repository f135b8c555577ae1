"""A fair race: equal rates, equal first steps, tuned rates, and what becomes of them afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from driving import CTRL, KEY, click, drag, enter_text, finish_jobs, map_pixel, press, seen
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.widgets.sliders import Slider
from landscape.fair_race import tuned
from landscape.scene import Scene, SurfaceChoice, opening_scene

TITLES = {"own": "own α each", "equal_rate": "equal α", "equal_first_step": "equal first step",
          "tuned": "tuned α each"}  # fmt: skip


@pytest.fixture
def window(open_window, request):
    scene = opening_scene()
    if "search" in request.node.name or "tuned_to" in request.node.name:
        scene = scene.edited(steps=1500)
    made = open_window(scene, gl=False)
    made.explore.playback.pause()
    made.explore.playback.go_to(0)
    return made


@pytest.fixture
def card(window):
    return window.explore.optimizers_card


def pick(window, policy: str) -> None:
    """Choose in the box by keys, as one does."""
    box = window.explore.optimizers_card.rates
    row = box.findText(TITLES[policy])
    box.setFocus()
    while box.currentIndex() != row:
        before = box.currentIndex()
        QTest.keyClick(box, KEY.Key_Down if row > before else KEY.Key_Up)
        assert box.currentIndex() != before
    window.explore.focus_picture()


def pick_at_once(window, policy: str) -> None:
    """Choose in the box from its list, without passing over the others."""
    box = window.explore.optimizers_card.rates
    box.showPopup()
    view = box.view()
    place = view.visualRect(box.model().index(box.findText(TITLES[policy]), 0)).center()
    QTest.mouseMove(view.viewport(), place)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.qWait(20)
    window.explore.focus_picture()


def rates(window) -> list[float]:
    return [racer.optimizer.learning_rate for racer in window.document.scene.optimizers]


def fields(card) -> list[float]:
    return [row.rows["learning_rate"].field.value() for row in card.rows]


def first_steps(window) -> list[float]:
    paths = [entry.path for entry in window.explore.stage.race.entries]
    return [float(np.hypot(*(path.points[1] - path.points[0]))) for path in paths]


def test_box_says_what_is_so(window, card):
    assert [card.rates.itemText(row) for row in range(card.rates.count())] == list(TITLES.values())
    assert card.rates.currentText() == "own α each"
    assert not card.message.isVisible()
    pick(window, "equal_rate")
    assert card.rates.currentText() == "equal α"
    assert card.message.text() == "All have the same α: change one, and the others follow."


def test_equal_rates_are_equal_and_undone_in_one_step(window, card):
    old = window.document.scene
    pick(window, "equal_rate")
    assert rates(window) == [0.03] * 4
    assert fields(card) == [0.03] * 4
    press(KEY.Key_Z, CTRL)
    assert window.document.scene == old
    assert fields(card) == [0.03, 0.08, 0.02, 0.035]
    assert card.rates.currentText() == "own α each"


def test_dragging_one_of_equal_rates_moves_all(window, card):
    pick(window, "equal_rate")
    level = window.document.scene
    slider = card.rows[2].findChild(Slider)
    middle = slider.width() / 2
    drag(slider, (middle - 10, 11), (middle, 11), (middle + 10, 11))
    assert len(set(rates(window))) == 1
    assert rates(window)[0] != 0.03
    assert fields(card) == rates(window)
    assert [row.findChild(Slider).value() for row in card.rows] == [slider.value()] * 4
    press(KEY.Key_Z, CTRL)
    assert window.document.scene == level


def test_rule_that_is_added_or_duplicated_is_equal_as_well(window, card):
    pick(window, "equal_rate")
    card.add.menu().actions()[-1].trigger()
    assert rates(window) == [0.03] * 5
    card.rows[0].copied.emit(0)
    assert len(rates(window)) == 6
    assert len(set(rates(window))) == 1


def test_first_steps_are_equally_long_and_stay_so_when_the_start_is_moved(window, card):
    pick(window, "equal_first_step")
    assert first_steps(window) == pytest.approx([first_steps(window)[0]] * 4, rel=1e-9)
    assert len(set(rates(window))) == 4
    drag(window.explore.stage.map, *(map_pixel(window, *at) for at in ((0.5, 1.2), (0.9, 1.4), (-0.6, -1.1))))
    assert window.document.scene.start == pytest.approx((-0.6, -1.1), abs=0.02)
    assert first_steps(window) == pytest.approx([first_steps(window)[0]] * 4, rel=1e-9)
    enter_text(card.rows[3].rows["learning_rate"].field, "0.2")
    assert first_steps(window) == pytest.approx([first_steps(window)[0]] * 4, rel=1e-9)
    assert rates(window)[3] == 0.2
    assert window.document.scene.rates == "equal_first_step"


def test_first_steps_stay_equal_under_warm_up_and_another_surface(window, card, qtbot):
    pick(window, "equal_first_step")
    enter_text(window.explore.run_card.schedule_fields["warm_up"], "10")
    assert first_steps(window) == pytest.approx([first_steps(window)[0]] * 4, rel=1e-9)
    window.explore.surface_card.choose("himmelblau")
    qtbot.waitUntil(lambda: window.document.scene.surface.name == "himmelblau", timeout=10_000)
    finish_jobs(window)
    assert first_steps(window) == pytest.approx([first_steps(window)[0]] * 4, rel=1e-9)


def test_first_steps_from_a_critical_point_do_no_harm(window, card):
    enter_text(window.explore.start_card.start_x, "0")
    enter_text(window.explore.surface_card.formula, "x^2 - y^2")
    QTest.qWait(300)
    finish_jobs(window)
    enter_text(window.explore.start_card.start_y, "0")
    before = rates(window)
    pick_at_once(window, "equal_first_step")
    assert rates(window) == before
    seen(window)


# --- tuned -----------------------------------------------------------------------------------------


def test_tuned_rates_are_searched_said_and_undone_in_one_step(window, card):
    old, messages = window.document.scene, []
    pick_at_once(window, "tuned")
    while window.jobs.busy:
        QTest.qWait(2)
        if not messages or messages[-1] != card.message.text():
            messages.append(card.message.text())
    assert any(text.startswith("Tuning ") and "of 24 …" in text for text in messages)
    assert window.document.scene.rates == "tuned"
    assert card.message.text() == "Each α tuned with up to 24 trials of 1500 steps (36,000 gradients a rule)."
    assert card.message.isVisible()
    assert card.rates.currentText() == "tuned α each"
    scene = window.document.scene
    *_, found = tuned(scene.surface.surface, old.optimizers[0].optimizer, [scene.start], scene.steps)
    assert rates(window)[0] == found.optimizer.learning_rate
    assert fields(card) == rates(window)
    press(KEY.Key_Z, CTRL)
    assert window.document.scene == old
    assert card.rates.currentText() == "own α each"
    assert not card.message.isVisible()


def test_rate_set_by_hand_after_tuning_is_own(window, card, tmp_path):
    pick_at_once(window, "tuned")
    finish_jobs(window)
    assert window.files.save_to(tmp_path / "tuned.toml")
    kept = Scene.load(tmp_path / "tuned.toml")
    assert (kept.rates, kept.tuning_evaluations) == ("tuned", 7200)
    enter_text(card.rows[1].rows["learning_rate"].field, "0.123")
    assert card.rates.currentText() == "own α each"
    assert window.document.scene.rates == "own"
    assert window.document.scene.tuning_evaluations == 0
    assert not card.message.isVisible()


def test_rates_changed_during_the_search_are_not_overwritten(window, card):
    pick_at_once(window, "tuned")
    QTest.qWait(15)
    enter_text(card.rows[1].rows["learning_rate"].field, "0.123")
    edited = window.document.scene
    finish_jobs(window)
    assert window.document.scene == edited
    assert card.rates.currentText() == "own α each"
    assert "given up" in card.message.text()


def test_another_choice_during_the_search_ends_it(window, card):
    pick_at_once(window, "tuned")
    QTest.qWait(15)
    pick_at_once(window, "equal_rate")
    finish_jobs(window)
    assert window.document.scene.rates == "equal_rate"
    assert rates(window) == [0.03] * 4


@pytest.mark.parametrize("what", ["start", "surface", "steps", "noise"])
def test_rates_tuned_to_something_else_are_not_called_tuned(window, card, what, qtbot):
    pick_at_once(window, "tuned")
    QTest.qWait(15)
    assert window.jobs.busy
    if what == "start":
        click(window.explore.stage.map, *map_pixel(window, 1.5, -1.2))
    elif what == "surface":
        window.document.edit("another", surface=SurfaceChoice(name="himmelblau"))
    elif what == "steps":
        enter_text(window.explore.run_card.steps, "40")
    else:
        enter_text(window.explore.run_card.noise, "2")
    finish_jobs(window)
    scene = window.document.scene
    if scene.rates == "tuned":
        for racer, rate in zip(opening_scene().optimizers, rates(window), strict=True):
            *_, found = tuned(scene.surface.surface, racer.optimizer, [scene.start], scene.steps,
                              scene.schedule, scene.noise, scene.seed)  # fmt: skip
            assert rate == found.optimizer.learning_rate


def test_search_goes_on_being_said_while_something_else_is_switched(window, card):
    pick_at_once(window, "tuned")
    QTest.qWait(15)
    press("c")
    assert window.jobs.busy
    assert card.message.isVisible()
    assert card.message.text().startswith("Tuning")
    finish_jobs(window)


def test_box_does_not_say_tuned_while_nothing_is_tuned(window, card):
    for row in range(4):
        card.rows[0].removed.emit(0)
        assert len(card.rows) == 3 - row
    pick_at_once(window, "tuned")
    finish_jobs(window)
    assert card.rates.currentData() == window.document.scene.rates
    seen(window)


def test_closing_during_the_search_ends_cleanly(window):
    pick_at_once(window, "tuned")
    QTest.qWait(10)
    assert window.close()
    assert window.ended


def test_undo_during_the_search_is_left_alone(window, card):
    enter_text(window.explore.start_card.start_x, "1.0")
    pick_at_once(window, "tuned")
    QTest.qWait(10)
    window.explore.focus_picture()
    press(KEY.Key_Z, CTRL)
    finish_jobs(window)
    if window.document.scene.rates == "tuned":
        press(KEY.Key_Z, CTRL)
    assert rates(window) == [0.03, 0.08, 0.02, 0.035]
    assert window.document.scene.start == (0.025, 1.75)
