"""The start: clicked and dragged on the map and on the surface, typed, undone, multiplied."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from driving import (
    CTRL,
    KEY,
    RIGHT,
    click,
    drag,
    enter_text,
    map_pixel,
    move,
    on_surface,
    press,
    seen,
    start_on_surface,
    wheel,
)

import gui.document
from landscape.race import starts
from landscape.scene import MoreStarts

SPOTS = [(-1.0, 0.5), (0.7, -1.2), (1.5, 1.6)]


def near_enough(window, x, y, share=0.012):
    surface = window.document.scene.surface.surface
    sides = np.array([surface.x[1] - surface.x[0], surface.y[1] - surface.y[0]])
    assert np.abs((np.array(window.document.scene.start) - (x, y)) / sides).max() < share


@pytest.mark.parametrize("spot", SPOTS)
def test_click_on_the_map_moves_the_start_under_the_pointer(flat_window, spot):
    click(flat_window.explore.stage.map, *map_pixel(flat_window, *spot))
    near_enough(flat_window, *spot, share=0.003)
    race = flat_window.explore.stage.race
    assert all(tuple(entry.path.points[0]) == flat_window.document.scene.start for entry in race.entries)


def test_drag_on_the_map_follows_the_pointer(flat_window):
    reached = []
    path = [map_pixel(flat_window, x, y) for x, y in ((0.5, 0.5), *SPOTS)]
    flat_window.document.changed.connect(lambda new, old: reached.append(new.start))
    drag(flat_window.explore.stage.map, *path)
    assert len(reached) == 4
    near_enough(flat_window, *SPOTS[-1], share=0.003)


def test_click_on_a_zoomed_and_shifted_map(flat_window, qtbot):
    board = flat_window.explore.stage.map
    wheel(board, 100, 300, 5)
    drag(board, (200, 200), (260, 170), button=RIGHT)
    assert board.is_zoomed
    x = board.x_range[0] + 0.3 * (board.x_range[1] - board.x_range[0])
    y = board.y_range[0] + 0.6 * (board.y_range[1] - board.y_range[0])
    click(board, *map_pixel(flat_window, x, y))
    near_enough(flat_window, x, y, share=0.003)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)


def test_wheel_keeps_the_point_under_the_pointer(flat_window, qtbot):
    board = flat_window.explore.stage.map
    before = map_pixel(flat_window, 0.5, -0.8)
    wheel(board, *before, 3)
    assert map_pixel(flat_window, 0.5, -0.8) == pytest.approx(before, abs=1e-6)
    assert board.x_range[1] - board.x_range[0] < 3.6
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)


@pytest.mark.gl
@pytest.mark.parametrize("spot", [(0.0, -0.8), (-1.0, 0.0), (0.3, -1.5)])
def test_click_on_the_surface_moves_the_start_under_the_pointer(window, spot):
    click(window.explore.stage.surface, *on_surface(window, *spot))
    near_enough(window, *spot)


@pytest.mark.gl
def test_drag_of_the_ring_on_the_surface(window):
    click(window.explore.stage.surface, *on_surface(window, 0.0, -0.8))
    camera = window.explore.stage.surface.camera
    path = [on_surface(window, x, y) for x, y in ((-0.2, -0.9), (-0.6, -0.8), (-1.0, -0.4))]
    drag(window.explore.stage.surface, start_on_surface(window), *path)
    near_enough(window, -1.0, -0.4)
    assert window.explore.stage.surface.camera == camera


@pytest.mark.gl
def test_click_beside_the_surface_leaves_the_start(window):
    before = window.document.scene
    click(window.explore.stage.surface, 6, 20)
    assert window.document.scene == before


@pytest.mark.gl
def test_click_after_turning_and_zooming_the_surface(window, qtbot):
    view = window.explore.stage.surface
    drag(view, (30, 300), (100, 350), (60, 380))
    wheel(view, 200, 200, 2)
    click(view, *on_surface(window, 0.8, 0.1))
    near_enough(window, 0.8, 0.1)


@pytest.mark.gl
def test_turned_view_is_not_lost_by_an_edit_that_follows_at_once(window):
    view = window.explore.stage.surface
    drag(view, (30, 400), (100, 380), (130, 350))
    turned = view.camera.azimuth
    assert turned != window.document.scene.view.azimuth
    window.document.edit("another", steps=100)
    assert view.camera.azimuth == pytest.approx(turned, abs=0.06)


def test_balls_run_again_once_a_start_is_let_go_while_playing(flat_window):
    playback, board = flat_window.explore.playback, flat_window.explore.stage.map
    playback.play()
    during = []
    drag(
        board, (100, 100), (120, 140), (130, 160),
        between=lambda: during.append((playback.playing, playback.step)),
    )  # fmt: skip
    assert during == [(False, playback.length)] * 2  # the whole way is seen while the hand moves
    assert playback.playing
    assert playback.step < playback.length


@pytest.mark.parametrize("pause", [0.0, 5.0])
def test_whole_drag_is_one_step_of_undo(flat_window, monkeypatch, pause):
    clock = {"now": 100.0}
    monkeypatch.setattr(gui.document, "time", SimpleNamespace(monotonic=lambda: clock["now"]))
    old = flat_window.document.scene

    def wait():
        clock["now"] += pause

    drag(flat_window.explore.stage.map, (50, 50), (90, 60), (120, 80), (200, 300), between=wait)
    new = flat_window.document.scene
    assert new.start != old.start
    press(KEY.Key_Z, CTRL)
    assert flat_window.document.scene == old
    assert flat_window.explore.start_card.start_x.value() == old.start[0]
    press(KEY.Key_Y, CTRL)
    assert flat_window.document.scene == new


def test_two_clicks_are_two_steps_of_undo(flat_window):
    board = flat_window.explore.stage.map
    click(board, 60, 60)
    first = flat_window.document.scene
    click(board, 200, 220)
    press(KEY.Key_Z, CTRL)
    assert flat_window.document.scene == first


def test_start_by_number(flat_window):
    card = flat_window.explore.start_card
    enter_text(card.start_x, "-1.25")
    enter_text(card.start_y, "0.5", KEY.Key_Tab)
    assert flat_window.document.scene.start == (-1.25, 0.5)
    assert tuple(flat_window.explore.stage.race.entries[0].path.points[0]) == (-1.25, 0.5)


def test_start_outside_the_domain_is_allowed_and_said(flat_window, qtbot):
    enter_text(flat_window.explore.start_card.start_x, "40")
    assert flat_window.document.scene.start[0] == 40
    row = flat_window.explore.optimizers_card.rows[0]
    qtbot.waitUntil(lambda: "Off the map" in row.remark.text())


@pytest.mark.parametrize("kind", ["ring", "grid", "random"])
def test_many_starts_race_at_once(flat_window, qtbot, kind):
    card, stage = flat_window.explore.start_card, flat_window.explore.stage
    stage.map.repaint()
    before = seen(stage.map)
    card.more.setCurrentIndex(card.more.findData(kind))
    enter_text(card.count, "30")
    assert flat_window.document.scene.more_starts.count == 30
    qtbot.waitUntil(lambda: stage.race.complete and stage.race.entries[0].swarm is not None)
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
    scene = flat_window.document.scene
    wanted = starts(MoreStarts(kind=kind, count=30), scene.surface.surface, scene.start, scene.seed)
    for entry in stage.race.entries:
        assert entry.swarm.points[0] == pytest.approx(wanted)
    assert (seen(stage.map) != before).any(axis=2).sum() > 300
    card.more.setCurrentIndex(0)
    qtbot.waitUntil(lambda: stage.race.entries[0].swarm is None)
    assert not card.count_row.isVisible()


def test_swarm_of_the_former_length_does_no_harm(flat_window, qtbot):
    """More steps are asked for, and the last one, before the longer race is there."""
    page = flat_window.explore
    flat_window.document.edit("many", more_starts=MoreStarts(kind="random", count=200), steps=50)
    qtbot.waitUntil(lambda: page.stage.race.complete and page.stage.race.scene.steps == 50)
    flat_window.document.edit("longer", steps=2000)
    page.playback.go_to(2000)
    page.stage.map.repaint()
    flat_window.document.edit("shorter", steps=20)
    page.stage.map.repaint()
    qtbot.waitUntil(lambda: page.stage.race.complete and page.stage.race.scene.steps == 20, timeout=20_000)


def test_pointer_reads_out_what_lies_under_it(flat_window):
    page = flat_window.explore
    move(page.stage.map, *map_pixel(flat_window, 1.0, 0.5))
    text = page.readout.text()
    surface = flat_window.document.scene.surface.surface
    assert f"loss {surface.value([1.0, 0.5]):.3g}"[:9] in text
    assert "∇f" in text
    assert "Hessian λ" in text


def test_radius_of_a_ring_is_a_share_of_the_domain(flat_window, qtbot):
    page, card = flat_window.explore, flat_window.explore.start_card
    card.more.setCurrentText("+ ring")
    assert card.radius_row.isVisible()
    enter_text(card.radius_row.field, "0.4")
    assert flat_window.document.scene.more_starts.radius == 0.4
    qtbot.waitUntil(lambda: page.stage.race.complete and page.stage.race.scene.more_starts.radius == 0.4)
    ring = page.stage.race.entries[0].swarm.points[0] - flat_window.document.scene.start
    surface = flat_window.document.scene.surface.surface
    assert abs(ring[:, 0]).max() == pytest.approx(0.4 * (surface.x[1] - surface.x[0]), rel=0.02)
    card.more.setCurrentText("+ grid")
    assert not card.radius_row.isVisible()
    assert flat_window.document.scene.more_starts.radius == 0.4
    qtbot.waitUntil(lambda: not flat_window.jobs.busy)
