"""One step taken apart: stage by stage, forward and back, in words, numbers, and arrows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from driving import KEY, SHIFT, click, enter_text, has_colour, map_pixel, near, on_surface, press, seen

from gui.theme import looks
from landscape.resources import scene_files
from landscape.scene import Scene, opening_scene
from landscape.schedules import make_schedule
from landscape.stages import scales, stages

STAGES = {"gradient_descent": 2, "momentum": 4, "rmsprop": 6, "adam": 10}


def forward(times: int = 1) -> None:
    for _ in range(times):
        press(KEY.Key_Right, SHIFT)


def back(times: int = 1) -> None:
    for _ in range(times):
        press(KEY.Key_Left, SHIFT)


def path_in_focus(window):
    entries = window.explore.stage.race.entries
    return next(entry.path for entry in entries if entry.index == window.document.scene.focus)


def now(window) -> str:
    """What the panel says: rule, step, stage."""
    return window.explore.dissection.panel.title.text()


def calm(open_window, scene: Scene | None = None):
    window = open_window(scene, gl=False)
    window.explore.playback.pause()
    window.explore.playback.go_to(0)
    window.explore.focus_picture()
    return window


@pytest.fixture
def flat_window(open_window):
    return calm(open_window)


@pytest.fixture
def panel(flat_window):
    return flat_window.explore.dissection.panel


def test_shift_right_enters_stage_by_stage_and_shift_left_goes_back(flat_window, panel):
    assert not panel.isVisible()
    flat_window.explore.playback.play()
    flat_window.explore.playback.go_to(5)
    forward()
    assert not flat_window.explore.playback.playing
    assert panel.isVisible()
    assert now(flat_window) == "Gradient descent, step 5 → 6 · 1/2 gradient"
    forward()
    assert now(flat_window) == "Gradient descent, step 5 → 6 · 2/2 move"
    back()
    assert now(flat_window) == "Gradient descent, step 5 → 6 · 1/2 gradient"
    assert flat_window.explore.playback.step == 5
    forward(2)  # over the end of the step
    assert now(flat_window) == "Gradient descent, step 6 → 7 · 1/2 gradient"
    assert flat_window.explore.playback.step == 6


def test_as_many_back_as_forward_lead_through_the_same_stages(flat_window):
    press("f")  # momentum
    flat_window.explore.playback.go_to(3)
    forward()
    way, returned = [now(flat_window)], []
    for _ in range(9):
        forward()
        way.append(now(flat_window))
    for _ in range(9):
        returned.append(now(flat_window))
        back()
    assert len(set(way)) == 10
    assert [*returned, now(flat_window)] == way[::-1]


def test_every_stage_of_every_rule_is_said_in_words_formula_and_numbers(flat_window, panel):
    for place in range(4):
        flat_window.explore.playback.go_to(7)
        path = path_in_focus(flat_window)
        title, found = path.optimizer.title, stages(path, 7)
        assert len(found) == STAGES[path.optimizer.key]
        for number, stage in enumerate(found, 1):
            forward()
            assert now(flat_window) == f"{title}, step 7 → 8 · {number}/{len(found)} {stage.name}"
            assert panel.sentence.text() == stage.sentence
            assert panel.formula.text() == f"{stage.formula}  =  {stage.numbers}  =  {stage.result}"
            assert not stage.marks or "drawn" in panel.scale.text()
            seen(flat_window.explore.stage.map)
        assert np.asarray(found[-1].value) == pytest.approx(path.points[8])
        press(KEY.Key_Escape)
        press("f")
        assert flat_window.document.scene.focus == (place + 1) % 4


def test_escape_leaves_and_stays_in_the_lecture(flat_window, panel):
    forward()
    press(KEY.Key_Escape)
    assert not panel.isVisible()
    assert not flat_window.explore.inspector.focus_card.anatomy.toggle.isChecked()
    small, board = panel.title.fontMetrics().height(), flat_window.explore.stage.map
    press(KEY.Key_F5)
    forward()
    first = seen(board)
    forward()
    assert (seen(board) != first).any()
    assert now(flat_window).endswith("2/2 move")
    assert panel.formula.isVisible()
    assert panel.title.fontMetrics().height() > small
    press(KEY.Key_Escape)
    assert not panel.isVisible()
    assert flat_window.in_lecture
    press(KEY.Key_Escape)
    assert not flat_window.in_lecture
    forward()
    press(KEY.Key_Space)  # and so does playing
    assert flat_window.explore.playback.playing
    assert not panel.isVisible()


def test_buttons_and_toggle_do_the_same(flat_window, panel):
    toggle = flat_window.explore.inspector.focus_card.anatomy.toggle
    click(toggle, 10, 10)
    assert panel.isVisible()
    assert toggle.isChecked()
    panel.forward.click()
    assert now(flat_window).endswith("2/2 move")
    panel.back.click()
    assert now(flat_window).endswith("1/2 gradient")
    click(toggle, 10, 10)
    assert not panel.isVisible()
    assert not flat_window.document.dirty
    flat_window.explore.focus_picture()
    forward(2)
    assert toggle.isChecked()
    press(KEY.Key_Right)  # a whole step
    assert now(flat_window) == "Gradient descent, step 1 → 2 · 1/2 gradient"


def test_focus_changes_whose_step_it_is_and_numbers_follow_the_rate(flat_window, panel):
    forward()
    press("f")
    assert now(flat_window).startswith("Momentum, step 0 → 1 · 1/4")
    click(flat_window.explore.optimizers_card.rows[1].toggle, 10, 10)  # momentum is switched off
    assert now(flat_window).startswith("Gradient descent, step 0 → 1 · 1/2")
    flat_window.explore.focus_picture()
    forward()
    before = panel.formula.text()
    enter_text(flat_window.explore.optimizers_card.rows[0].rows["learning_rate"].field, "0.05")
    assert panel.formula.text() != before
    assert "0.05" in panel.formula.text()


# --- pictures --------------------------------------------------------------------------------------


def arrow_on_map(window, stage_number: int) -> np.ndarray:
    """Where the tip of a stage's arrow should be, by its numbers and its scale."""
    path, step = path_in_focus(window), window.explore.playback.step
    mark = stages(path, step)[stage_number - 1].marks[-1]
    board = window.explore.stage.map
    room = 0.24 * min(high - low for low, high in (board.x_range, board.y_range))
    factor = scales(stages(path, step), room)[mark.units]
    return path.points[step] + factor * (mark.origin + mark.vector)


@pytest.mark.parametrize("step", [0, 20])
def test_arrow_is_drawn_from_the_ball_to_the_printed_scale(flat_window, step):
    board = flat_window.explore.stage.map
    flat_window.explore.playback.go_to(step)
    forward()
    with_gradient = seen(board)
    forward()
    with_move = seen(board)
    ball = map_pixel(flat_window, *path_in_focus(flat_window).points[step])
    tips = [map_pixel(flat_window, *arrow_on_map(flat_window, number)) for number in (1, 2)]
    for x, y in tips:
        if math.dist(ball, (x, y)) > 12:  # else it is under the ball
            assert (near(with_gradient, x, y, 5) != near(with_move, x, y, 5)).any()
    assert any(math.dist(ball, tip) > 12 for tip in tips)
    colour = looks(flat_window.document.scene.optimizers, flat_window.theme)[0].colour
    assert has_colour(near(with_move, *tips[1], 14), colour, 60) > 10


@pytest.mark.gl
def test_arrows_are_drawn_on_the_surface_too(window):
    window.explore.playback.pause()
    window.explore.playback.go_to(3)
    window.explore.focus_picture()
    forward()
    first = seen(window.explore.stage.surface)
    forward()
    second = seen(window.explore.stage.surface)
    x, y = on_surface(window, *path_in_focus(window).points[3])
    changed = np.argwhere((first != second).any(axis=2))
    assert len(changed) > 40
    assert np.hypot(*(changed - [y, x]).T).min() < 15  # from the ball
    press("2")
    forward()
    seen(window.explore.stage.surface)
    assert window.explore.dissection.panel.isVisible()


# --- where it ends, and what makes a step less simple ----------------------------------------------


def test_end_of_the_path_says_so_and_leads_no_further(flat_window, panel):
    flat_window.explore.playback.go_to(299)
    forward(2)
    assert now(flat_window).startswith("Gradient descent, step 299 → 300 · 2/2")
    forward()
    assert now(flat_window) == "Gradient descent: no further update"
    assert panel.sentence.text() == "This is the last position of its path."
    assert panel.formula.text() == ""
    seen(flat_window)
    forward(2)
    assert now(flat_window) == "Gradient descent: no further update"
    assert flat_window.explore.playback.step == 300
    flat_window.explore.playback.go_to(0)
    back(3)
    assert flat_window.explore.playback.step == 0


def test_back_from_the_end_to_the_last_update(flat_window, panel):
    flat_window.explore.playback.go_to(299)
    forward(3)
    back()
    assert panel.isVisible()
    assert now(flat_window) == "Gradient descent, step 299 → 300 · 2/2 move"


def test_entering_at_the_end_says_so(flat_window, panel):
    press(KEY.Key_End)
    forward()
    assert panel.isVisible()
    assert now(flat_window) == "Gradient descent: no further update"


def test_path_that_diverged(flat_window, panel):
    enter_text(flat_window.explore.optimizers_card.rows[0].rows["learning_rate"].field, "1e9")
    flat_window.explore.focus_picture()
    path = path_in_focus(flat_window)
    assert path.ended_at is not None
    flat_window.explore.playback.go_to(100)
    forward()
    assert now(flat_window) == "Gradient descent: no further update"
    for step in range(path.last + 1):
        flat_window.explore.playback.go_to(step)
        seen(flat_window)
        forward()
        seen(flat_window)


def test_noise_and_a_schedule_are_stages_of_their_own(open_window):
    scene = opening_scene().edited(noise=0.3, schedule=make_schedule("cosine", over=100))
    window = calm(open_window, scene)
    window.explore.playback.go_to(50)
    path = path_in_focus(window)
    found = stages(path, 50)
    assert len(found) == 4  # gradient, noise, learning rate, move
    texts = []
    for stage in found:
        forward()
        texts.append(window.explore.dissection.panel.formula.text())
        assert now(window).endswith(stage.name)
        seen(window)
    assert "0.015" in texts[2]  # half of 0.03
    assert np.asarray(found[-1].value) == pytest.approx(path.points[51])


RACES = [file for file in scene_files() if Scene.load(file).workspace == "explore"]


@pytest.mark.parametrize("file", RACES[1:], ids=lambda file: file.stem)
def test_every_bundled_race_can_be_taken_apart(open_window, file):
    window = calm(open_window, Scene.load(file))
    for _ in window.document.scene.optimizers:
        for step in (0, 5, window.document.scene.steps // 2):
            window.explore.playback.go_to(step)
            count = len(stages(path_in_focus(window), step))
            forward()
            assert window.explore.dissection.panel.isVisible()
            forward(max(count - 1, 0))
            assert not count or f"{count}/{count} " in now(window)
            press(KEY.Key_Escape)
        press("f")
