"""The bundled scenes show what their captions say."""

from __future__ import annotations

import numpy as np
import pytest

from landscape.geometry.basins import basins
from landscape.network.training import split_data, train
from landscape.race import Race, solve
from landscape.resources import scene_files
from landscape.scene import Scene
from landscape.tuning.contest import contest
from landscape.tuning.importance import importance
from landscape.tuning.minute import minute
from landscape.tuning.plan import Trial, Tuning
from landscape.tuning.samplers import grid_places, grid_shape
from landscape.tuning.search import search
from landscape.tuning.study import Study
from landscape.tuning.workers import open_workers

FILES = {file.stem[3:]: file for file in scene_files()}


def race_of(name: str) -> Race:
    return next(solve(Scene.load(FILES[name])))


def paths_of(name: str) -> dict[str, np.ndarray]:
    return {entry.label: entry.path.points for entry in race_of(name).entries}


def test_on_the_ridge_gradient_descent_stalls_and_the_normalizing_rules_leave_at_once():
    paths = paths_of("on-the-ridge")
    left = {label: int(np.argmax(np.abs(p[:, 0] - 0.025) > 0.3)) for label, p in paths.items()}
    assert left["A"] < 30
    assert left["R"] < 30
    assert left["G"] > left["M"] > 60


def test_in_the_ravine_momentum_averages_the_zigzag_away():
    race = race_of("the-ravine")
    flips = {e.label: (np.diff(np.sign(e.path.gradients[:40, 1])) != 0).sum() for e in race.entries}
    assert flips["G"] == 39
    assert flips["M"] < 12
    final = {e.label: e.path.losses[-1] for e in race.entries}
    assert final["M"] < final["G"] / 100


def test_on_the_plateau_gradient_descent_waits_and_the_others_walk():
    paths = paths_of("a-plateau")
    walked = {label: np.hypot(*(p[-1] - p[0])) for label, p in paths.items()}
    assert walked["G"] < 0.3
    assert walked["R"] > 3
    assert walked["A"] > 3


def test_four_basins_the_same_start_finds_two_minima():
    ends = {label: p[-1] for label, p in paths_of("four-basins").items()}
    assert np.hypot(*(ends["G"] - [-3.7793102533777, -3.2831859912862])) < 0.01
    assert np.hypot(*(ends["A"] - [-2.8051180869527, 3.1313125182506])) < 0.01


def test_too_large_a_step_is_just_above_the_limit():
    race = race_of("too-large-a-step")
    above, below = race.entries[0].path, race.entries[1].path
    assert above.learning_rates[0] * 20 > 2 > below.learning_rates[0] * 20
    assert above.losses[-1] > 100 * above.losses[0]
    assert below.losses[-1] < 1e-3


def test_noise_frees_what_would_stay_on_the_ridge():
    scene = Scene.load(FILES["noise-frees-it"])
    assert all(np.abs(e.path.points[-1, 0]) > 0.9 for e in next(solve(scene)).entries)
    silent = next(solve(scene.edited(noise=0.0)))
    assert all(np.abs(e.path.points[:, 0]).max() == 0 for e in silent.entries)


def test_bent_valley_is_found_soon_and_followed_slowly():
    for entry in race_of("the-bent-valley").entries:
        assert entry.path.losses[100] < 0.2 * entry.path.losses[0]
        assert entry.path.losses[-1] > 0.01


def test_uncorrected_adam_takes_steps_three_to_six_times_too_long():
    race = race_of("adam-without-its-correction")
    with_it, without = (e.path.points for e in race.entries)
    lengths = [np.abs(np.diff(p[:, 0]))[:8] for p in (with_it, without)]
    assert lengths[1][0] / lengths[0][0] == pytest.approx(3.16227766, rel=1e-6)
    assert 5 < (lengths[1] / lengths[0]).max() < 8


def test_turned_ravine_takes_the_advantage_of_scaled_coordinates_away():
    scene = Scene.load(FILES["the-ravine-turned"])
    x, y = scene.start
    along = scene.edited(
        surface={"name": "ravine", "parameters": {"kappa": 20.0}},
        start=((x + y) / np.sqrt(2), (x - y) / np.sqrt(2)),
    )
    turned, straight = ({e.label: e.path.losses for e in next(solve(s)).entries} for s in (scene, along))
    for label in "GM":
        np.testing.assert_allclose(turned[label], straight[label], rtol=1e-6, atol=1e-12)
    for label in "RA":
        assert turned[label][50] > 3 * straight[label][50]
        assert turned[label][50] > 100 * turned["G"][50]


def test_step_that_shrinks_comes_to_rest():
    scene = Scene.load(FILES["a-step-that-shrinks"])
    assert scene.noise > 0
    constant = scene.edited(schedule={"kind": "constant"})
    for shrinking, fixed in zip(*(next(solve(s)).entries for s in (scene, constant)), strict=True):
        cloud = [np.ptp(entry.path.points[-50:], axis=0).max() for entry in (shrinking, fixed)]
        assert cloud[0] < 0.1 * cloud[1]
        assert np.diff(shrinking.path.points[-5:], axis=0).max() < 0.001


def test_sharp_minimum_is_nearer_and_deeper_and_nobody_finds_it():
    race = race_of("a-sharp-minimum-and-a-flat-one")
    sharp = min(
        race.surface.value([[1.6 + x, y] for x in np.linspace(-0.1, 0.1, 41) for y in (-0.01, 0, 0.01)])
    )
    assert np.hypot(*(np.array(race.scene.start) - [1.6, 0])) < 0.5 * np.hypot(
        *(np.array(race.scene.start) - [-1.48, 0])
    )
    for entry in race.entries:
        assert np.hypot(*(entry.path.points[-1] - [-1.4811, 0])) < 0.05
        assert entry.path.losses[-1] > sharp + 0.03


def test_momentum_rolls_past_the_shallow_basin():
    paths = paths_of("momentum-rolls-past")
    assert np.hypot(*(paths["M"][-1] - [-2.9035, -2.9035])) < 0.01
    for label in "GA":
        assert np.hypot(*(paths[label][-1] - [2.7468, 2.7468])) < 0.01


def test_nesterov_looks_ahead_and_is_far_lower_after_fifty_steps():
    plain, ahead = race_of("nesterov-looks-ahead").entries
    assert plain.racer.optimizer.learning_rate == ahead.racer.optimizer.learning_rate
    assert plain.racer.optimizer.beta == ahead.racer.optimizer.beta
    assert ahead.path.losses[50] < plain.path.losses[50] / 50
    swings = [np.abs(entry.path.points[20:, 1]).max() for entry in (plain, ahead)]
    assert swings[1] < swings[0] / 5


def test_two_forms_of_momentum_are_one_path_and_not_the_third():
    averaged, ball, third = (entry.path for entry in race_of("two-forms-of-momentum").entries)
    np.testing.assert_allclose(averaged.points, ball.points, rtol=0, atol=1e-12)
    first = [np.diff(path.points[:2], axis=0) for path in (averaged, third)]
    np.testing.assert_allclose(first[1], first[0] / 10)


def test_at_a_kink_a_fixed_step_hops_for_ever_and_a_decaying_one_settles():
    scene = Scene.load(FILES["a-kink"])
    hopping = next(solve(scene)).entries[0].path.points[50:, 0]
    assert (np.sign(hopping[1:]) == -np.sign(hopping[:-1])).all()
    assert np.abs(hopping).mean() == pytest.approx(scene.optimizers[0].optimizer.learning_rate / 2, rel=0.01)
    settled = next(solve(scene.edited(schedule={"kind": "1/t", "decay": 0.1}))).entries[0].path.points
    assert np.abs(settled[-10:, 0]).max() < 0.02


def test_six_minima_are_all_found_from_a_grid_of_starts():
    *_, race = solve(Scene.load(FILES["six-minima"]))
    swarm = race.entries[0].swarm
    assert swarm is not None
    ends = swarm.points[-1]
    assert np.abs(race.surface.gradient(ends)).max() < 1e-6
    assert len({tuple(end) for end in ends.round(3)}) == 6
    assert len({float(loss) for loss in swarm.losses[-1].round(3)}) == 3


@pytest.mark.parametrize("name", FILES)
def test_scene_has_a_title_and_a_caption_and_starts_on_the_map(name):
    scene = Scene.load(FILES[name])
    assert scene.title
    assert scene.caption.endswith((".", "?"))
    assert scene.notes.endswith((".", "?"))
    surface = scene.surface.surface
    for value, (low, high) in zip(scene.start, (surface.x, surface.y), strict=True):
        assert low < value < high


def accuracies(name: str, epoch: int) -> tuple[float, float]:
    """Validation accuracy after so many epochs, with batch normalization and without."""
    training = Scene.load(FILES[name]).training
    assert training.batch_norm
    twin = training.model_copy(update={"batch_norm": False})
    with_it, without = (list(train(spec))[epoch].validation_accuracy[0] for spec in (training, twin))
    return float(with_it), float(without)


def test_twins_on_a_spiral_the_normalized_one_is_far_ahead():
    with_it, without = accuracies("twins-on-a-spiral", 20)
    assert with_it > 0.9
    assert without < 0.75


def test_the_plateau_of_sigmoids_is_one_without_normalization_only():
    with_it, without = accuracies("the-plateau-of-sigmoids", 8)
    assert with_it > 0.93
    assert without < 0.35


def test_batches_of_two_spoil_the_statistics():
    with_it, without = accuracies("batches-of-two", 40)
    assert with_it < 0.8
    assert without > 0.95


def curve(name: str, **changes: object) -> np.ndarray:
    """Validation accuracy after each epoch, with some of the training changed."""
    spec = Scene.load(FILES[name]).training.model_copy(update=changes)
    return np.array([snapshot.validation_accuracy[0] for snapshot in train(spec)])


def test_softmax_regression_parts_four_blobs_with_probabilities_that_sum_to_one():
    training = Scene.load(FILES["softmax-regression"]).training
    assert training.hidden == ()
    assert training.data.load().classes == 4
    assert curve("softmax-regression")[-1] > 0.98
    spirals = training.data.model_copy(update={"name": "spirals"})
    assert curve("softmax-regression", data=spirals)[-1] < 0.6


def test_straight_lines_part_no_rings_and_eight_units_do():
    assert curve("straight-lines-are-not-enough").max() < 0.65
    assert curve("straight-lines-are-not-enough", hidden=(8,))[-1] > 0.95


def test_a_rate_only_the_normalized_survives():
    assert curve("a-rate-for-the-normalized").max() > 0.9
    assert curve("a-rate-for-the-normalized", batch_norm=False).max() < 0.2


def test_averages_that_lag_spoil_the_test_and_not_the_training():
    assert curve("averages-that-lag")[-1] < 0.6
    assert curve("averages-that-lag", running_beta=0.9)[-1] > 0.95


def test_panda_turns_the_curve_up():
    helped, alone = curve("panda"), curve("panda", changes=())
    np.testing.assert_array_equal(helped[:11], alone[:11])
    assert helped[12] > alone[12] + 0.05
    assert helped[20] > 0.93 > 0.9 > alone[20]


def test_random_beats_the_grid_where_one_axis_matters():
    scene = Scene.load(FILES["random-beats-the-grid"])
    assert scene.tune_view.picture == "contest"
    dimensions = scene.tuning.space.dimensions
    places = grid_places(dimensions, grid_shape(dimensions, scene.tuning.trials))
    assert len(np.unique(places[:, 0])) == 3
    found = contest(places[:, 0], len(places), scene.tune_view.width)
    assert found.grid == pytest.approx(1 / 3)
    assert found.random == pytest.approx(0.61, abs=0.01)


def trials_of(name: str, **changes: object) -> list[Trial]:
    """All trials of the scene's search, by number, with some of the search changed."""
    scene = Scene.load(FILES[name])
    study = Study(scene.training, Tuning.model_validate({**dict(scene.tuning), **changes}))
    with open_workers("0") as workers:
        for _ in search(study, workers):
            pass
    return [trial for _, trial in sorted(study.finished().items())]


def test_the_right_scale_gives_every_power_of_ten_its_share():
    trials = trials_of("the-right-scale")
    evenly = trials_of(
        "the-right-scale", space={"learning_rate": {"low": 1e-4, "high": 1.0, "scale": "linear"}}
    )
    rates, even = (np.array([float(t.values["learning_rate"]) for t in some]) for some in (trials, evenly))
    scores = np.array([trial.score for trial in trials])
    assert 0.15 < np.mean(rates < 1e-3) < 0.35
    assert 0.15 < np.mean(rates > 0.1) < 0.35
    assert np.mean(even > 0.1) > 0.75
    assert scores[rates > 0.2].max() < 0.6
    assert np.mean(scores) > 1.5 * np.mean([trial.score for trial in evenly])


@pytest.mark.parametrize("method", ["PED-ANOVA", "forest"])
def test_alpha_comes_first(method):
    trials = trials_of("alpha-first")
    dimensions = Scene.load(FILES["alpha-first"]).tuning.space.dimensions
    found = importance(trials, dimensions, method, guessing=0.1, bootstraps=5)
    assert len(found.names) == 5
    assert found.names[0] == "learning_rate"
    assert found.share[0] > 1.5 * found.share[1]


def test_coarse_to_fine_the_later_rounds_are_good_throughout():
    rounds = [[t.score for t in trials_of("coarse-to-fine") if t.round == k] for k in range(3)]
    assert [len(scores) for scores in rounds] == [12, 12, 12]
    assert np.mean(rounds[0]) < 0.8 < 0.9 < min(np.mean(rounds[1]), np.mean(rounds[2]))


def test_caviar_stops_the_hopeless_and_keeps_the_best():
    stopped, whole = trials_of("caviar"), trials_of("caviar", stopping="none")
    epochs = [sum(len(trial.accuracy) - 1 for trial in some) for some in (stopped, whole)]
    assert len(stopped) == 64
    assert epochs[0] < 0.85 * epochs[1]
    best = [
        max((t for t in some if t.state == "complete"), key=lambda t: t.score) for some in (stopped, whole)
    ]
    assert best[0].number == best[1].number


def test_the_basin_dies_above_its_limit_and_momentum_has_a_higher_one():
    scene = Scene.load(FILES["the-basin-dies"])
    sharp, flat = (1.5925, 0.0), (-1.4811, 0.0)
    stays, hops, leaves, rolls = (entry.path for entry in race_of("the-basin-dies").entries)
    ends = [path.points[-1] for path in (stays, leaves, rolls)]
    for end, minimum in zip(ends, (sharp, flat, sharp), strict=True):
        assert np.hypot(*(end - minimum)) < 0.01
    assert np.abs(hops.points[-50:, 1]).min() > 0.1  # from side to side, to the end
    assert (np.diff(np.sign(hops.points[-50:, 1])) != 0).all()
    assert (scene.focus, scene.against) == (0, 1)
    for path, share in ((stays, 1 / 7), (hops, 0.0)):
        *_, found = basins(scene.surface.surface, path.optimizer, shape=(64, 64))
        [place] = [k for k, minimum in enumerate(found.minima) if np.hypot(*(minimum - sharp)) < 0.01]
        assert found.fractions[place] == pytest.approx(share, abs=0.02)


def test_in_the_same_minute_caviar_tries_many_times_more():
    scene = Scene.load(FILES["the-same-minute"])
    assert scene.tune_view.picture == "minute"
    with open_workers("0") as workers:
        *_, last = minute(scene.training, scene.tuning, workers, split_data(scene.training), 3.0)
    assert len(last.caviar) > 2 * len(last.panda) > 0
