"""The charts: limits of stability, many starts, the axis of gradient evaluations."""

from __future__ import annotations

import numpy as np
import pytest
from driving import KEY, click, enter_text, finish_jobs, has_colour, press, seen
from PyQt6.QtCore import QRectF

from gui.explore.curves import loss_curves, measure_curves
from gui.theme import looks
from landscape.fair_race import summary
from landscape.geometry.critical_points import critical_points
from landscape.geometry.stability import stability_limit
from landscape.resources import scene_files
from landscape.scene import MoreStarts, Scene, opening_scene


def shown(window):
    """What the second chart shows, worked out again from the race."""
    stage = window.explore.stage
    styles = looks(stage.race.scene.optimizers, window.theme)
    return measure_curves(stage.race, window.document.scene.view.measure, styles, stage.shape)


def choose(window, measure: str) -> None:
    box = window.explore.view_card.measure
    box.setCurrentIndex(box.findData(measure))
    finish_jobs(window)


def calm(open_window, scene: Scene | None = None):
    window = open_window(scene, gl=False)
    window.explore.playback.pause()
    window.explore.playback.go_to(0)
    window.explore.focus_picture()
    return window


@pytest.fixture
def window(open_window):
    return calm(open_window)


def test_each_rule_has_its_own_limit_of_sharpness(window):
    plain = seen(window.explore.stage.measure)
    choose(window, "sharpness")
    curves = shown(window)
    by_letter = {}
    for level, name, _ in curves.limits:
        for letter in name.split(":")[0].removeprefix("limit of ").split(", "):
            by_letter[letter] = level
    race = window.explore.stage.race
    assert by_letter == {
        entry.label: pytest.approx(stability_limit(entry.racer.optimizer)) for entry in race.entries
    }
    assert len(curves.limits) == 2
    assert (seen(window.explore.stage.measure) != plain).any()
    picture = seen(window.explore.stage.measure)  # dashed lines go right across
    rows = [has_colour(row[None], window.theme.warning, 60) for row in picture]
    assert sum(count > picture.shape[1] * 0.3 for count in rows) >= 2


def test_limit_moves_with_beta(window):
    choose(window, "sharpness")
    window.explore.optimizers_card.rows[1].more.click()
    enter_text(window.explore.optimizers_card.rows[1].rows["beta"].field, "0.5")
    assert any(level == pytest.approx(6) for level, *_ in shown(window).limits)
    seen(window)


def test_distance_to_the_nearest_minimum_is_measured(window):
    choose(window, "distance")
    curves = shown(window)
    minima = critical_points(window.document.scene.surface.surface).minima
    path = window.explore.stage.race.entries[0].path
    apart = np.linalg.norm(path.points[:, None] - minima, axis=2).min(axis=1)
    assert curves.values[0] == pytest.approx(apart)


def test_many_starts_are_wanted_first(window):
    for measure in ("starts", "evaluations"):
        choose(window, measure)
        assert "choose a ring" in shown(window).title
        seen(window)


@pytest.fixture
def swarm_window(open_window):
    scene = opening_scene().edited(more_starts=MoreStarts(kind="grid", count=25), steps=200)
    return calm(open_window, scene)


def test_median_quartiles_and_success_of_many_starts(swarm_window):
    choose(swarm_window, "starts")
    curves, race = shown(swarm_window), swarm_window.explore.stage.race
    assert curves.title == "median of 25 starts by step"
    minima = critical_points(race.surface).minima
    for k, entry in enumerate(race.entries):
        found = summary(entry.swarm, float(race.surface.value(minima).min()), minima)
        assert curves.values[k] == pytest.approx(found.median)
        assert f"{entry.label} {100 * found.success:.0f} %" in curves.note
        assert (curves.bands[k][0] <= curves.values[k] + 1e-15).all()
        assert (curves.bands[k][1] >= curves.values[k] - 1e-15).all()
    assert curves.note.startswith("success")
    before = seen(swarm_window.explore.stage.measure)
    press(KEY.Key_End)
    assert (seen(swarm_window.explore.stage.measure) != before).any(axis=2).sum() > 200


def test_axis_of_gradient_evaluations_counts_the_search(open_window):
    scene = opening_scene().edited(
        more_starts=MoreStarts(kind="ring", count=10), steps=100, rates="tuned", tuning_evaluations=24_000
    )
    window = calm(open_window, scene)
    choose(window, "evaluations")
    curves = shown(window)
    assert curves.title.endswith("by gradients spent")
    assert curves.steps[0][0] == 2400
    assert curves.steps[0][-1] == 2500


def test_click_on_the_axis_of_evaluations_goes_to_that_step(open_window):
    scene = opening_scene().edited(
        more_starts=MoreStarts(kind="ring", count=10), steps=100, rates="tuned", tuning_evaluations=2000
    )
    window = calm(open_window, scene)
    choose(window, "evaluations")
    chart = window.explore.stage.measure
    plot = chart.plot_area(QRectF(chart.rect()))
    # The axis begins at the 200 that the search took, and ends at 300.
    click(chart, plot.left() + plot.width() * 0.5, plot.center().y())
    assert window.explore.playback.step == pytest.approx(50, abs=2)
    column = seen(chart)[:, round(plot.left() + plot.width() * 0.5) - 2 :][:, :5]
    assert has_colour(column, window.theme.accent, 60) > plot.height() / 2


def test_stretches_on_a_plateau_stand_for_all_its_steps(open_window):
    window = calm(open_window, Scene.load(scene_files()[2]))
    stage = window.explore.stage
    styles = looks(stage.race.scene.optimizers, window.theme)
    curves = loss_curves(stage.race, styles, stage.shape, plateaus=True)
    assert curves.stretches
    for first, last, look, text in curves.stretches:
        entry = next(entry for entry in stage.race.entries if styles[entry.index] is look)
        on = stage.shape.plateaus.holds(entry.path.points[first : last + 1])
        assert on.all()
        assert f"{entry.label} on the plateau" in text
        assert int(text.split("· ")[1].split()[0]) in (last - first, last - first + 1)
    assert loss_curves(stage.race, styles, stage.shape, plateaus=False).stretches == ()
