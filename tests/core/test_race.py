"""The solution of a scene: entries, many starts, measures."""

from __future__ import annotations

import numpy as np
import pytest

from landscape import GradientDescent, Scene, descend, surfaces
from landscape.geometry.critical_points import critical_points
from landscape.race import measured, solve, starts
from landscape.scene import MoreStarts, Racer


def racers(*rules: str, enabled: bool = True) -> list[dict[str, object]]:
    return [{"rule": rule, "enabled": enabled} for rule in rules]


def test_race_is_what_descend_gives():
    scene = Scene(surface={"name": "himmelblau"}, start=(0, -1), steps=40, noise=0.1, seed=5)
    (race,) = solve(scene)
    assert race.complete
    for entry, racer in zip(race.entries, scene.optimizers, strict=True):
        alone = descend(surfaces["himmelblau"], racer.optimizer, (0, -1), 40, None, 0.1, 5)
        assert entry.path.points.tolist() == alone.points.tolist()


def test_labels_tell_duplicates_apart_and_stay_when_one_is_switched_off():
    scene = Scene(
        optimizers=[*racers("adam", "adam"), *racers("adam", enabled=False), *racers("adam", "momentum")]
    )
    (race,) = solve(scene)
    assert [entry.label for entry in race.entries] == ["A", "A₂", "A₄", "M"]
    assert [entry.index for entry in race.entries] == [0, 1, 3, 4]


def test_no_rules_is_an_empty_race():
    (race,) = solve(Scene(optimizers=[]))
    assert race.entries == ()
    assert race.losses_above_lowest() == ()


def test_losses_are_taken_above_the_lowest_that_is_known():
    (race,) = solve(Scene(surface={"name": "bowl"}, start=(1, 1), steps=100))
    lowest = min(np.nanmin(entry.path.losses) for entry in race.entries)
    for entry, above in zip(race.entries, race.losses_above_lowest(), strict=True):
        assert above == pytest.approx(entry.path.losses - lowest)
    for entry, above in zip(race.entries, race.losses_above_lowest(np.array([[0.0, 0.0]])), strict=True):
        assert above == pytest.approx(entry.path.losses)


def test_paths_come_first_and_then_the_swarms_rule_by_rule():
    scene = Scene(surface={"name": "bowl"}, start=(1, 1), steps=20, more_starts={"count": 5})
    stages = list(solve(scene))
    assert [stage.complete for stage in stages] == [False, False, False, False, True]
    assert [sum(e.swarm is not None for e in stage.entries) for stage in stages] == [0, 1, 2, 3, 4]
    assert stages[-1].entries[0].swarm.points.shape == (21, 5, 2)
    assert stages[-1].entries[0].path is stages[0].entries[0].path


def test_many_starts_of_an_empty_race_are_complete_too():
    assert list(solve(Scene(optimizers=[], more_starts={"count": 5})))[-1].complete


@pytest.mark.parametrize("kind", ["grid", "ring", "random"])
@pytest.mark.parametrize("count", [2, 7, 16, 400])
def test_starts_are_as_many_as_asked_for_and_lie_where_they_should(kind, count):
    surface = surfaces["branin"]
    found = starts(MoreStarts(kind=kind, count=count, radius=0.1), surface, (2.0, 7.0), seed=4)
    assert found.shape == (count, 2)
    assert len(np.unique(found.round(9), axis=0)) == count
    away = (found - (2.0, 7.0)) / (15, 15)
    if kind == "grid":
        assert ((found > (-5, 0)) & (found < (10, 15))).all()
    elif kind == "ring":
        assert np.hypot(*away.T) == pytest.approx(np.full(count, 0.1))
    else:
        assert (np.hypot(*away.T) <= 0.1).all()
        again = starts(MoreStarts(kind=kind, count=count, radius=0.1), surface, (2.0, 7.0), seed=4)
        assert again.tolist() == found.tolist()


def test_gradient_measure_is_the_gradients_length():
    path = descend(surfaces["ravine"], GradientDescent(0.01), (0.3, 0.2), steps=5)
    assert measured(path, "gradient")[0] == pytest.approx(np.hypot(0.3, 20 * 0.2))


def test_distance_is_to_the_nearest_minimum():
    surface = surfaces["himmelblau"]
    path = descend(surface, GradientDescent(0.01), (2.0, 2.0), steps=200)
    distances = measured(path, "distance", critical_points(surface).minima)
    assert distances[0] == pytest.approx(1)
    assert distances[-1] < 1e-6
    assert np.isnan(measured(path, "distance", np.empty((0, 2)))).all()
    assert np.isnan(measured(path, "distance")).all()


def test_sharpness_is_the_learning_rate_times_the_largest_curvature():
    path = descend(surfaces["ravine"], GradientDescent(0.05), (1, 1), steps=5)
    assert measured(path, "sharpness") == pytest.approx(np.full(6, 0.05 * 20))
    path = descend(surfaces["himmelblau"], GradientDescent(0.01), (3, 2), steps=1)
    assert measured(path, "sharpness")[0] == pytest.approx(0.82284271247462)


@pytest.mark.parametrize("measure", ["gradient", "distance", "sharpness"])
@pytest.mark.parametrize("steps", [0, 1, 30])
def test_measure_fits_the_path_even_where_it_ends(measure, steps):
    path = descend(surfaces["rosenbrock"], GradientDescent(1.0), (-1.2, 1), steps=steps)
    assert measured(path, measure, np.array([[1.0, 1.0]])).shape == (steps + 1,)


def test_racer_is_made_from_a_rule_and_its_settings():
    assert Racer.model_validate({"rule": "gd", "learning_rate": 0.5}).optimizer == GradientDescent(0.5)
