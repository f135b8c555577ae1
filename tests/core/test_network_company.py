"""Networks side by side, snapshots, divergence, and how far the defaults get."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscape.network.course import Course, Recipe, examples, first_state
from landscape.network.model import Architecture, initial_parameters
from landscape.network.spec import Training
from landscape.network.training import split_data, train, walk
from landscape.optimizers import RULES, make_optimizer

SMALL: dict[str, Any] = {"data": {"points": 44}, "hidden": (6, 5), "batch_size": 8, "epochs": 4}


def problem(dtype: Any = np.float64, batch_norm: bool = True) -> Course:
    random = np.random.default_rng(1)
    inputs = random.normal(size=(40, 2))
    data = examples(inputs, (inputs[:, 0] * inputs[:, 1] > 0).astype(int), 2, dtype)
    return Course(Architecture(2, (6, 5), 2, "tanh", batch_norm), data, data, seed=3)


def run(course: Course, recipe: Recipe, parameters: Any, epochs: int = 6) -> list[Any]:
    return list(walk(course, lambda step: recipe, first_state(course.architecture, parameters), epochs))


# --- side by side --------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("rule", RULES)
def test_networks_side_by_side_are_each_as_if_alone(rule, batch_norm):
    """Each has a learning rate and an L2 of its own."""
    course = problem(batch_norm=batch_norm)
    parameters = initial_parameters(course.architecture, range(5))
    rates = np.array([[0.003], [0.01], [0.03], [0.05], [0.1]])
    l2 = np.array([[0.0], [0.1], [0.01], [0.0], [0.3]])
    made = make_optimizer(rule)
    together = run(course, Recipe(replace(made, learning_rate=rates), batch_size=8, l2=l2), parameters)
    for k in range(5):
        recipe = Recipe(replace(made, learning_rate=float(rates[k, 0])), batch_size=8, l2=float(l2[k, 0]))
        alone = run(course, recipe, parameters[k : k + 1])
        for one, every in zip(alone, together, strict=True):
            np.testing.assert_allclose(
                one.state.parameters[0], every.state.parameters[k], atol=1e-9, rtol=1e-7
            )
            np.testing.assert_allclose(one.state.averages.mean[0], every.state.averages.mean[k], atol=1e-9)
            np.testing.assert_allclose(one.training_loss[0], every.training_loss[k], rtol=1e-7)
            np.testing.assert_allclose(one.batch_losses[:, 0], every.batch_losses[:, k], rtol=1e-7)
            for mine, its in zip(one.layers, every.layers, strict=True):
                np.testing.assert_allclose(mine.arriving[0], its.arriving[k], atol=1e-8)
                np.testing.assert_allclose(mine.gradient[0], its.gradient[k], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("rule", ["gradient_descent", "momentum", "adam"])
def test_a_network_that_diverges_does_not_disturb_its_neighbours(rule, batch_norm):
    course = problem(np.float32, batch_norm)
    parameters = initial_parameters(course.architecture, [0] * 3, dtype=np.float32)
    wild = parameters.copy()
    wild[1] *= np.float32(1e19)  # the squares in its pass leave float32
    wild[1, -1] = np.inf
    recipe = Recipe(make_optimizer(rule), batch_size=8)
    calm, disturbed = run(course, recipe, parameters), run(course, recipe, wild)
    for one, other in zip(calm, disturbed, strict=True):
        for k in (0, 2):
            assert np.array_equal(one.state.parameters[k], other.state.parameters[k])
            assert np.array_equal(one.state.averages.variance[k], other.state.averages.variance[k])
            assert one.training_loss[k] == other.training_loss[k]
        assert not other.diverged
    last = disturbed[-1].state
    assert last.diverged_at.tolist() == [-1, 1, -1]
    assert np.array_equal(last.parameters[1], wild[1])  # as it was before


def test_the_step_of_divergence_is_that_of_the_first_number_that_is_none():
    course = problem(np.float32, batch_norm=False)
    parameters = initial_parameters(course.architecture, [0, 0, 0], dtype=np.float32)
    rates = np.array([[1e-3], [1e12], [1e36]], np.float32)
    # With so much L2 each step multiplies the weights by about −rate.
    recipe = Recipe(make_optimizer("gradient_descent", learning_rate=rates), batch_size=8, l2=1.0)
    snapshots = list(
        walk(course, lambda step: recipe, first_state(course.architecture, parameters), 6, every=1)
    )
    ended = snapshots[-1].state.diverged_at
    assert ended[0] == -1
    assert 1 < ended[2] < ended[1] < 8
    for k in (1, 2):
        frozen = snapshots[ended[k] - 1].state
        assert frozen.diverged_at[k] == -1
        for later in snapshots[ended[k] :]:
            assert later.state.diverged_at[k] == ended[k]
            assert np.array_equal(later.state.parameters[k], frozen.parameters[k])
            assert np.isfinite(later.state.parameters[k]).all()


def test_a_training_ends_when_every_network_has_diverged():
    spec = Training(**SMALL, optimizer={"rule": "gradient_descent", "learning_rate": 1e30}, batch_norm=False)
    snapshots = list(train(spec))
    last = snapshots[-1]
    assert last.diverged
    assert last.state.diverged_at[0] == last.step < 20
    assert len(last.batch_losses) == last.step - snapshots[-2].step
    assert np.isfinite(last.state.parameters).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rule", RULES)
def test_a_training_stays_in_its_precision(rule, dtype):
    spec = Training(**SMALL, optimizer={"rule": rule}, l2=0.1, precision=np.dtype(dtype).name)
    last = list(train(spec))[-1]
    arrays = (last.state.parameters, *last.state.averages, *last.batch, last.training_loss, last.batch_losses)
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    assert {np.asarray(part).dtype for part in last.state.memory if np.ndim(part)} <= {np.dtype(dtype)}


# --- snapshots -----------------------------------------------------------------------------------------


def test_a_snapshot_s_state_cannot_be_written_to():
    for snapshot in train(Training(**SMALL)):
        state = snapshot.state
        for array in (state.parameters, *state.averages, state.diverged_at, *snapshot.batch,
                      snapshot.batch_losses):  # fmt: skip
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_nothing_else_of_a_snapshot_can_be_written_to():
    last = list(train(Training(**SMALL)))[-1]
    arrays = [part for part in last.state.memory if isinstance(part, np.ndarray)]
    arrays += [last.training_loss, last.validation_loss, last.training_accuracy, last.validation_accuracy]
    arrays += [part for layer in last.layers for part in (layer.arriving, layer.active, layer.gradient)]
    assert not any(array.flags.writeable for array in arrays)


def test_without_a_validation_part_its_scores_are_nan():
    for snapshot in train(Training(**SMALL, validation=0)):
        assert np.isnan(snapshot.validation_loss).all()
        assert np.isnan(snapshot.validation_accuracy).all()
        assert np.isfinite(snapshot.training_loss).all()


def test_scores_are_those_of_the_whole_parts_at_test_time():
    spec = Training(**SMALL, precision="float64")
    data = split_data(spec)
    last = list(train(spec, data))[-1]
    state = last.state
    w1, g1, b1 = (
        state.parameters[0, :12].reshape(2, 6),
        state.parameters[0, 12:18],
        state.parameters[0, 18:24],
    )
    w2 = state.parameters[0, 24:54].reshape(6, 5)
    g2, b2 = state.parameters[0, 54:59], state.parameters[0, 59:64]
    w3, b3 = state.parameters[0, 64:79].reshape(5, 3), state.parameters[0, 79:]
    mean, variance = state.averages.mean[0], state.averages.variance[0]
    for inputs, labels, loss, accuracy in (
        (data.training_inputs, data.training_labels, last.training_loss, last.training_accuracy),
        (data.validation_inputs, data.validation_labels, last.validation_loss, last.validation_accuracy),
    ):
        a = np.maximum(g1 * (inputs @ w1 - mean[:6]) / np.sqrt(variance[:6] + 1e-5) + b1, 0)
        a = np.maximum(g2 * (a @ w2 - mean[6:]) / np.sqrt(variance[6:] + 1e-5) + b2, 0)
        z = a @ w3 + b3
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        assert loss[0] == pytest.approx(-np.log(p[np.arange(len(p)), labels]).mean(), rel=1e-10)
        assert accuracy[0] == (p.argmax(axis=1) == labels).mean()


def test_a_layer_is_described_by_what_arrives_at_it():
    spec = Training(**SMALL, batch_norm=False, activation="relu", precision="float64")
    data = split_data(spec)
    last = list(train(spec, data))[-1]
    z = data.training_inputs @ last.state.parameters[0, :12].reshape(2, 6) + last.state.parameters[0, 12:18]
    np.testing.assert_allclose(last.layers[0].arriving[0], np.percentile(z, (15, 50, 85), axis=0), rtol=1e-9)
    np.testing.assert_allclose(last.layers[0].active[0], (z > 0).mean(axis=0), rtol=1e-12)


# --- how far it gets -----------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 3, 8])
def test_a_network_with_a_small_start_begins_at_chance(classes):
    spec = Training(data={"name": "blobs", "classes": classes}, initialization="small")
    first = next(train(spec))
    assert first.training_loss[0] == pytest.approx(math.log(classes), abs=0.1)
    assert next(train(spec.model_copy(update={"initialization": "auto"}))).training_loss[0] < 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_the_defaults_learn_three_spirals(seed):
    last = list(train(Training(seed=seed)))[-1]
    assert last.training_accuracy[0] >= 0.99
    assert last.validation_accuracy[0] >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_the_defaults_learn_the_digits(seed):
    last = list(train(Training(data={"name": "digits"}, seed=seed)))[-1]
    assert last.training_accuracy[0] == 1
    assert last.validation_accuracy[0] >= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("name", ["moons", "circles", "blobs", "xor", "iris", "wine"])
def test_the_defaults_learn_every_other_set(name):
    classes = {"moons": 2, "circles": 2}.get(name, 3)
    last = list(train(Training(data={"name": name, "classes": classes})))[-1]
    assert last.validation_accuracy[0] >= 0.92
