"""What is laid over the map: watersheds, basins, comparison, stability; by key, toggle, undo and file."""

from __future__ import annotations

import re

import numpy as np
import pytest
from driving import CTRL, KEY, click, drag, enter_text, finish_jobs, map_pixel, near, press, seen
from PyQt6.QtTest import QTest

from gui.widgets.sliders import Slider
from landscape.geometry.basins import basins
from landscape.geometry.critical_points import critical_points
from landscape.resources import scene_files
from landscape.scene import Overlays, Scene, SurfaceChoice, opening_scene

KEYS = {"c": "critical_points", "h": "watersheds", "p": "plateaus", "i": "basins", "l": "stability"}


@pytest.fixture
def calm(open_window):
    def make(scene: Scene | None = None, gl: bool = False):
        window = open_window(scene, gl=gl)
        window.explore.playback.pause()
        window.explore.playback.go_to(0)
        window.explore.focus_picture()
        return window

    return make


def colour_at(window, x: float, y: float) -> np.ndarray:
    """The middle colour of the map around a point: lines and signs are in the minority."""
    return np.median(near(seen(window.explore.stage.map), *map_pixel(window, x, y), 7), axis=(0, 1))


def shares(window) -> list[float]:
    """The percentages of the legend."""
    text = window.explore.inspector.focus_card.legend.text()
    return [float(number) for number in re.findall(r"([\d.]+) %", text)]


def test_key_and_toggle_turn_each_overlay_and_undo_takes_one_step(calm, qtbot):
    scene = Scene.load(scene_files()[2]).edited(start=(3.5, 3.2))  # the plateau, steep in its well
    racer = scene.optimizers[0]
    fast = racer.model_copy(update={"optimizer": racer.optimizer.__class__(learning_rate=1.8)})
    window = calm(scene.edited(optimizers=(fast, *scene.optimizers[1:])))
    board, shape, focus = (
        window.explore.stage.map, window.explore.inspector.shape_card, window.explore.inspector.focus_card,
    )  # fmt: skip
    rows = {"c": shape.points, "h": shape.watersheds, "p": shape.plateaus, "i": focus.basins,
            "l": focus.stability}  # fmt: skip
    QTest.qWait(200)
    before, old = seen(board), window.document.scene
    for key, name in KEYS.items():
        toggle, was = rows[key].toggle, getattr(old.overlays, name)
        press(key)
        finish_jobs(window)
        assert getattr(window.document.scene.overlays, name) is not was, key
        assert toggle.isChecked() is not was, key
        assert (seen(board) != before).any(axis=2).sum() > 60, key
        press(KEY.Key_Z, CTRL)
        finish_jobs(window)
        assert window.document.scene == old, key
        assert toggle.isChecked() is was, key
        assert (seen(board) == before).all(), key
        click(toggle, 10, 10)
        assert getattr(window.document.scene.overlays, name) is not was, key
        window.document.undo()
        window.explore.focus_picture()
        finish_jobs(window)


def test_watersheds_run_through_the_saddle(calm):
    window = calm()
    before = seen(window.explore.stage.map)
    press("h")
    after = seen(window.explore.stage.map)
    (saddle,) = critical_points(window.document.scene.surface.surface).of("saddle")
    x, y = map_pixel(window, saddle.position[0], 1.0)  # the ridge of the double well is a straight line
    assert (near(after, x, y, 5) != near(before, x, y, 5)).any(axis=2).mean() > 0.2
    x, y = map_pixel(window, -1.4, 1.0)
    assert (near(after, x, y, 5) == near(before, x, y, 5)).all()


# --- basins ----------------------------------------------------------------------------------------


def test_starts_that_end_in_other_minima_have_other_colours(calm):
    window = calm()
    press("c")
    press("i")
    finish_jobs(window)
    left, left2, right = (colour_at(window, *at) for at in ((-1.4, 1.2), (-0.6, -1.3), (1.4, 1.2)))
    assert np.abs(left - right).max() > 30
    assert np.abs(left - left2).max() < np.abs(left - right).max()
    assert sum(shares(window)) == pytest.approx(100, abs=0.2)
    *_, found = basins(window.document.scene.surface.surface, window.document.scene.optimizers[0].optimizer)
    assert shares(window) == pytest.approx(sorted((100 * found.fractions[k] for k in (0, 1)), reverse=True),
                                           abs=0.06)  # fmt: skip


def test_basins_of_the_rule_in_focus(calm):
    window = calm(opening_scene().edited(steps=120))
    press("i")
    scene = window.document.scene
    for racer in scene.optimizers[1:]:
        press("f")
        finish_jobs(window)
        *_, found = basins(scene.surface.surface, racer.optimizer, steps=scene.steps)
        shown = window.explore.analysis.basins
        assert shown.optimizer == racer.optimizer
        assert (shown.labels == found.labels).all()
        assert sum(shares(window)) == pytest.approx(100, abs=0.3)


def test_dragging_the_learning_rate_maps_anew_and_the_last_one_wins(calm):
    window = calm()
    press("i")
    finish_jobs(window)
    before = window.explore.analysis.basins
    slider = window.explore.optimizers_card.rows[0].findChild(Slider)
    middle = slider.width() / 2
    drag(slider, *((middle + shift, 11) for shift in range(-30, 41, 7)), between=lambda: QTest.qWait(12))
    finish_jobs(window)
    rule, shown = window.document.scene.optimizers[0].optimizer, window.explore.analysis.basins
    assert rule.learning_rate > 0.1
    assert shown is not before
    assert shown.complete
    assert shown.optimizer == rule
    assert window.explore.stage.race.entries[0].path.optimizer == rule


def test_old_basins_are_not_shown_on_a_new_surface(calm, qtbot):
    window = calm()
    press("i")
    finish_jobs(window)
    old = window.explore.inspector.focus_card.legend.text()
    assert old
    window.document.edit("another", surface=SurfaceChoice(name="ackley"))
    qtbot.waitUntil(lambda: window.explore.stage.ground.map.surface.key == "ackley", timeout=10_000)
    qtbot.waitUntil(lambda: window.explore.analysis.shape is not None)
    stale = window.explore.inspector.focus_card.legend.text() == old
    finish_jobs(window)
    assert window.explore.analysis.basins.surface.key == "ackley"
    assert not stale


def test_legend_of_another_rule_is_not_shown_for_the_rule_in_focus(calm):
    window = calm()
    press("i")
    finish_jobs(window)
    old = window.explore.analysis.basins
    press("f")
    assert window.explore.analysis.basins is not old
    finish_jobs(window)


def test_switching_the_surface_again_and_again_while_mapping(calm, qtbot):
    window = calm()
    press("i")
    for name in ("himmelblau", "three_hump_camel", "peaks", "six_hump_camel"):
        window.document.edit("another", surface=SurfaceChoice(name=name))
        QTest.qWait(60)
    finish_jobs(window)
    shown = window.explore.analysis.basins
    assert shown.surface.key == "six_hump_camel"
    assert shown.complete
    assert "6" in window.explore.inspector.focus_card.legend.text()
    for _ in range(2):
        press(KEY.Key_Z, CTRL)
    finish_jobs(window)
    assert window.explore.analysis.basins.surface.key == "three_hump_camel"


def test_closing_while_basins_are_mapped_ends_cleanly(calm):
    window = calm(opening_scene().edited(surface=SurfaceChoice(name="rastrigin"), steps=3000))
    press("i")
    QTest.qWait(80)
    assert window.jobs.busy
    assert window.close()
    assert window.ended


@pytest.mark.gl
def test_two_rules_side_by_side_and_what_differs(calm):
    window = calm(Scene.load(scene_files()[3]), gl=True)
    stage, card = window.explore.stage, window.explore.inspector.focus_card
    assert not card.against.isVisible()
    press("i")
    assert card.against.isVisible()
    assert stage.surface.isVisible()
    card.against.setCurrentIndex(card.against.findData(3))
    finish_jobs(window)
    assert stage.other_map.isVisible()
    assert not stage.surface.isVisible()
    mine, other = window.explore.analysis.basins, window.explore.analysis.other_basins
    assert other.optimizer == window.document.scene.optimizers[3].optimizer
    differ = mine.labels != other.labels
    assert 0.002 < differ.mean() < 0.9
    pictures = [seen(board) for board in (stage.map, stage.other_map)]
    iy, ix = (indices[len(indices) // 2] for indices in np.nonzero(differ))
    surface = window.document.scene.surface.surface
    at = [low + (k + 0.5) / 256 * (high - low) for k, (low, high) in ((ix, surface.x), (iy, surface.y))]
    spot = [near(picture, *map_pixel(window, *at), 6) for picture in pictures]
    assert (spot[0] != spot[1]).any(axis=2).mean() > 0.2
    assert spot[0].std(axis=(0, 1)).max() > 5  # crossed out
    press("i")
    assert not stage.other_map.isVisible()
    assert stage.surface.isVisible()
    press(KEY.Key_Z, CTRL)
    press(KEY.Key_Z, CTRL)
    assert window.document.scene.overlays.against is None
    finish_jobs(window)


def test_comparison_with_a_rule_that_is_not_there(calm):
    scene = opening_scene()
    window = calm(scene.edited(overlays=Overlays(basins=True, against=9, focus=11)))
    assert window.document.scene.focus == 0
    assert window.explore.inspector.focus_card.buttons[0].isChecked()
    finish_jobs(window)
    assert sum(shares(window)) == pytest.approx(100, abs=0.3)
    assert not window.explore.stage.other_map.isVisible()


# --- stability -------------------------------------------------------------------------------------


def test_instability_is_tinted_where_the_rate_is_too_large_and_not_when_it_is_small(calm, qtbot):
    window = calm()
    field = window.explore.optimizers_card.rows[0].rows["learning_rate"].field
    enter_text(field, "0.3")  # 2/0.3 = 6.7: too much for the slopes at the left and right, not for the wells
    window.explore.focus_picture()
    plain = seen(window.explore.stage.map)
    press("l")
    tinted = seen(window.explore.stage.map)
    surface = window.document.scene.surface.surface
    for at, unstable in (((-1.7, 1.0), True), ((1.7, -1.0), True), ((0.4, 1.0), False)):
        assert (np.linalg.eigvalsh(surface.hessian(np.array(at)))[1] * 0.3 > 2) is np.bool_(unstable)
        spot = map_pixel(window, *at)
        assert (near(plain, *spot, 8) != near(tinted, *spot, 8)).any() == unstable
    enter_text(field, "0.001")
    spot = map_pixel(window, -1.7, 1.0)
    board, before = window.explore.stage.map, near(plain, *spot, 8)
    qtbot.waitUntil(lambda: bool((near(seen(board), *spot, 8) == before).all()))


@pytest.mark.parametrize("lecture", [False, True])
def test_instability_follows_the_step_for_a_rule_that_scales(calm, lecture):
    window = calm(opening_scene().edited(overlays=Overlays(stability=True, focus=2)))
    press(KEY.Key_Right)
    QTest.qWait(250)
    early = window.explore.analysis.unstable
    if lecture:
        press(KEY.Key_F5)
    press(KEY.Key_End)
    QTest.qWait(400)
    assert (window.explore.analysis.unstable != early).any()


# --- files -----------------------------------------------------------------------------------------


def test_scene_file_keeps_what_is_laid_over(calm, tmp_path):
    window = calm()
    for key in "hpilff":
        press(key)
    card = window.explore.inspector.focus_card
    card.against.setCurrentIndex(card.against.findData(0))
    finish_jobs(window)
    target = tmp_path / "mine.toml"
    assert window.files.save_to(target)
    wanted = window.document.scene.overlays
    switched = {"watersheds": True, "plateaus": False, "basins": True, "stability": True}
    assert wanted == Overlays(focus=2, against=0, **switched)
    press(KEY.Key_PageDown)
    finish_jobs(window)
    assert window.document.scene.overlays != wanted
    window.files.open(target)
    finish_jobs(window)
    assert window.document.scene.overlays == wanted
    assert window.explore.stage.other_map.isVisible()
    assert card.buttons[2].isChecked()
    assert card.basins.toggle.isChecked()


def test_undo_names_what_was_done(calm):
    window = calm()
    press("c")
    assert window.document.undo_label == "hide critical points"
