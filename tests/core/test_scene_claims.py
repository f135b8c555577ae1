"""The bundled scenes show what their captions say."""

from __future__ import annotations

import numpy as np
import pytest

from landscape.network.training import train
from landscape.race import Race, solve
from landscape.resources import scene_files
from landscape.scene import Scene

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


@pytest.mark.parametrize("name", FILES)
def test_scene_has_a_title_and_a_caption_and_starts_on_the_map(name):
    scene = Scene.load(FILES[name])
    assert scene.title
    assert scene.caption.endswith((".", "?"))
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
