"""What is seen inside a training: plane, softmax, layer inputs, learning rates, smoothness, diary."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from landscape.errors import FieldError
from landscape.network.course import batch, course_of
from landscape.network.datasets import make_dataset, split
from landscape.network.diary import diary, diary_text
from landscape.network.laboratory import averages, drift, layer_inputs
from landscape.network.model import backward, forward, probabilities
from landscape.network.plane import plane_of, regions, response
from landscape.network.smoothness import smoothness
from landscape.network.softmax import taken_apart
from landscape.network.spec import Training
from landscape.network.sweep import sweep
from landscape.network.training import architecture_of, split_data, train

# --- the plane -------------------------------------------------------------------------------------


def test_two_features_are_the_plane_itself() -> None:
    data = split(make_dataset("spirals"))
    plane = plane_of(data)
    assert plane.x_range == plane.y_range  # about 0, wherever the points happen to end
    np.testing.assert_array_equal(plane.points(data.training_inputs), data.training_inputs)
    assert plane.note == ""
    assert np.ptp(plane.x_range) == pytest.approx(np.ptp(plane.y_range))  # as the set was made


@pytest.mark.parametrize("name", ["digits", "wine", "iris"])
def test_principal_components_are_those_of_the_training_part(name: str) -> None:
    data = split(make_dataset(name))
    plane = plane_of(data)
    points = plane.points(data.training_inputs)
    variances = np.linalg.eigvalsh(np.cov(data.training_inputs.T))[::-1]
    np.testing.assert_allclose(np.var(points, axis=0, ddof=1), variances[:2], rtol=1e-9)
    assert f"{variances[:2].sum() / variances.sum():.0%}" in plane.note
    everything = plane.points(np.concatenate([data.training_inputs, data.validation_inputs]))
    for values, (low, high) in zip(everything.T, (plane.x_range, plane.y_range), strict=True):
        assert low < values.min()
        assert values.max() < high


def test_a_point_and_the_input_that_it_stands_for() -> None:
    plane = plane_of(split(make_dataset("wine")))
    points = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(plane.points(plane.inputs(points)), points, atol=1e-12)


def test_a_chosen_pair_puts_all_others_at_their_mean() -> None:
    data = split(make_dataset("iris"))
    plane = plane_of(data, (3, 1))
    made = plane.inputs((0.5, -2.0))
    assert made[3] == 0.5
    assert made[1] == -2.0
    np.testing.assert_allclose(made[[0, 2]], data.training_inputs.mean(axis=0)[[0, 2]], atol=1e-12)
    assert plane.x_name == data.dataset.feature_names[3]
    assert "mean" in plane.note


@pytest.mark.parametrize("axes", [(0, 0), (0, 4), (-1, 1)])
def test_axes_that_are_not_there(axes: tuple[int, int]) -> None:
    with pytest.raises(FieldError):
        plane_of(split(make_dataset("iris")), axes)


def test_the_picture_agrees_with_the_network() -> None:
    spec = Training(epochs=5, validation=0.0)
    data = split_data(spec)
    last = list(train(spec, data))[-1]
    architecture, plane = architecture_of(spec, data), plane_of(data)
    state = last.state
    found = regions(architecture, state.parameters, state.averages, plane, 41)
    corner = np.array([[plane.x_range[1], plane.y_range[0]]], dtype=np.float32)  # right, below
    expected = probabilities(architecture, state.parameters, corner, state.averages)[0, 0]
    np.testing.assert_allclose(found[0, -1], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)
    seen = response(architecture, state.parameters, state.averages, plane, 1, 7, 41)
    passed = forward(architecture, state.parameters, corner, state.averages)
    assert seen[0, -1] == pytest.approx(passed.hidden[1].leaving[0, 0, 7], rel=1e-4, abs=1e-6)


# --- softmax ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
def test_softmax_stages_hang_together(temperature: float) -> None:
    stages = taken_apart([2.0, -1.0, 0.5, 1e4 * 0], temperature, 2)
    np.testing.assert_allclose(
        stages.exponentials / stages.exponentials.sum(), stages.probabilities, rtol=1e-12
    )
    assert stages.probabilities.sum() == pytest.approx(1, abs=1e-15)
    assert stages.cross_entropy == pytest.approx(-np.log(stages.probabilities[2]))


def test_softmax_of_huge_logits() -> None:
    stages = taken_apart([1e4, -1e4], 1.0, 1)
    assert stages.probabilities.tolist() == [1.0, 0.0]
    assert stages.cross_entropy == 2e4


def test_a_certain_class_costs_nothing() -> None:
    assert str(taken_apart([1e4, -1e4], 1.0, 0).cross_entropy) == "0.0"


# --- the laboratory --------------------------------------------------------------------------------


def test_layer_inputs_are_densities_of_what_arrives() -> None:
    spec = Training(epochs=6)
    data = split_data(spec)
    snapshots = list(train(spec, data))
    found = layer_inputs([(architecture_of(spec, data), data, snapshots)], 1)[0]
    width = found.grid[1] - found.grid[0]
    areas = found.densities.sum(axis=1) * width
    assert ((areas > 0.9) & (areas < 1.01)).all()
    # Fresh, γ = 1 and β = 0: normalized units have mean 0 and variance 1 over the examples.
    first = found.densities[0] * width
    assert (first * found.grid).sum() == pytest.approx(0, abs=0.1)
    assert np.sqrt((first * found.grid**2).sum()) == pytest.approx(1, abs=0.15)


def test_batch_normalization_steadies_a_deep_sigmoid_network() -> None:
    spec = Training(
        data={"name": "digits"}, hidden=(100, 100, 100), activation="sigmoid", initialization="small",
        optimizer={"rule": "gradient_descent", "learning_rate": 0.5}, batch_size=60, epochs=12,
    )  # fmt: skip
    with_it = list(train(spec))
    without = list(train(spec.model_copy(update={"batch_norm": False})))
    assert with_it[8].validation_accuracy[0] > 0.93
    assert without[8].validation_accuracy[0] < 0.35
    assert drift(with_it, 2) < drift(without, 2) / 2


def test_drift_of_what_does_not_move() -> None:
    snapshots = list(
        train(Training(epochs=1, optimizer={"rule": "gradient_descent", "learning_rate": 1e-12}))
    )
    assert drift(snapshots, 0) < 1e-4
    assert drift(snapshots[:1], 0) == 0


def test_running_averages_approach_those_of_the_batches() -> None:
    spec = Training(epochs=30, optimizer={"rule": "gradient_descent", "learning_rate": 1e-6}, batch_size=246)
    data = split_data(spec)
    seen = averages(architecture_of(spec, data), list(train(spec, data)), 0, 3)
    assert seen.running_mean[0] == 0
    assert seen.running_variance[0] == 1
    gap = np.abs(seen.running_mean - seen.batch_mean)
    np.testing.assert_allclose(gap[2:8] / gap[1:7], 0.9, atol=1e-2)  # β = 0.9, and whole batches


# --- learning rates, smoothness --------------------------------------------------------------------


def test_each_rate_of_a_sweep_fares_as_when_trained_alone() -> None:
    spec = Training(optimizer={"rule": "momentum"}, precision="float64")
    data = split_data(spec)
    rates = [0.01, 0.3, 1.0]
    last = list(sweep(spec, data, rates, epochs=4))[-1]
    for place, rate in enumerate(rates):
        one = {"rule": "momentum", "learning_rate": rate}
        alone = list(train(Training(optimizer=one, precision="float64", epochs=4), data))[-1]
        assert last.loss[place] == pytest.approx(alone.training_loss[0], rel=1e-6)
        assert last.accuracy[place] == alone.training_accuracy[0]


def test_a_sweep_says_what_diverged_and_what_learned() -> None:
    spec = Training(batch_norm=False, optimizer={"rule": "gradient_descent"})
    last = list(sweep(spec, split_data(spec), [1e-7, 0.3, 1e12], epochs=20))[-1]
    assert last.learned.tolist() == [False, True, False]
    assert last.diverged_at[0] == -1
    assert last.diverged_at[2] > 0


def test_smoothness_is_that_of_the_gradient_it_goes_along() -> None:
    spec = Training(epochs=3, precision="float64")
    data = split_data(spec)
    snapshots = list(train(spec, data))
    seen = list(smoothness(spec, data, snapshots, rate=0.1))[-1]
    course = course_of(architecture_of(spec, data), data, spec.seed, spec.running_beta, np.float64)
    state = snapshots[2].state
    drawn, _ = batch(course, state, spec.batch_size)
    _, gradient = backward(
        course.architecture, state.parameters, forward(course.architecture, state.parameters, drawn.inputs),
        drawn.targets,
    )  # fmt: skip
    far = state.parameters - 0.1 * seen.lengths[5] * gradient
    loss, there = backward(
        course.architecture, far, forward(course.architecture, far, drawn.inputs), drawn.targets
    )
    assert seen.losses[2, 5] == pytest.approx(loss[0])
    assert seen.distances[2, 5] == pytest.approx(np.linalg.norm(there - gradient))


# --- the diary -------------------------------------------------------------------------------------


def test_the_diary_says_what_was_changed() -> None:
    spec = Training(
        optimizer={"rule": "adam", "learning_rate": 0.1},
        changes=(
            {"step": 40, "optimizer": {"rule": "adam", "learning_rate": 0.03}, "note": 'it was "jumping"'},
            {"step": 60, "optimizer": {"rule": "momentum"}},
            {"step": 70, "schedule": {"kind": "cosine", "over": 9}, "l2": 0.01},
        ),
    )
    assert [words for _, words in diary(spec)] == [
        "α 0.1 → 0.03", "Adam → Momentum", "decay constant → cosine, L2 0 → 0.01",
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(diary_text(spec, 246))))
    assert rows[0] == {"step": "40", "epoch": "5", "change": "α 0.1 → 0.03", "note": 'it was "jumping"'}
    assert rows[2]["epoch"] == "8.75"  # of 8 batches each
