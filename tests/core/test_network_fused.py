"""Training in machine code: equal but for rounding to the steps in NumPy, which do what it cannot."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscape.network import workbench
from landscape.network.course import Course, Recipe, State, examples, first_state, one_step
from landscape.network.fused_course import fused_course
from landscape.network.model import Architecture, initial_parameters
from landscape.network.spec import Training
from landscape.network.training import scores, split_data
from landscape.optimizers import RULES, GradientDescent, make_optimizer
from landscape.schedules import Cosine
from landscape.tuning.company import Company, advance


def course_of(
    hidden: tuple[int, ...] = (20, 33), classes: int = 5, batch_norm: bool = True, dtype: Any = np.float64
) -> Course:
    random = np.random.default_rng(1)
    inputs, labels = random.normal(size=(75, 6)), random.integers(classes, size=75)
    inputs[:, 2] = 0  # as the corners of the digits
    data, held = (examples(inputs[rows], labels[rows], classes, dtype) for rows in (slice(53), slice(53, 75)))
    return Course(Architecture(6, hidden, classes, "relu", batch_norm), data, held, seed=3)


def networks(course: Course, count: int = 3) -> State:
    dtype = course.training.inputs.dtype
    return first_state(
        course.architecture, initial_parameters(course.architecture, range(count), dtype=dtype)
    )


def by_steps(course: Course, recipe: Recipe, state: State, passes: int = 1) -> State:
    with np.errstate(all="ignore"):
        while state.epoch < passes:
            state = one_step(course, recipe, state).state
    return state


def by_passes(course: Course, recipe: Recipe, state: State, passes: int = 1) -> State:
    machine = fused_course(course, recipe)
    assert machine is not None
    with np.errstate(all="ignore"):
        return machine.passes([recipe] * passes, state)[0]


def assert_equal(one: State, other: State, rtol: float = 1e-9) -> None:
    assert (one.step, one.epoch, one.seen, one.rule) == (other.step, other.epoch, other.seen, other.rule)
    assert one.diverged_at.tolist() == other.diverged_at.tolist()
    pairs = [(one.parameters, other.parameters), *zip(one.averages, other.averages, strict=True)]
    for mine, its in (*pairs, *zip(one.memory, other.memory, strict=True)):
        assert np.asarray(mine).dtype == np.asarray(its).dtype
        np.testing.assert_allclose(mine, its, rtol=rtol, atol=rtol * 1e-2)


def rule_of(name: str, dtype: Any = np.float64, **settings: Any) -> Any:
    rates = np.array([[0.003], [0.01], [0.1]], dtype)
    if name in ("rmsprop", "adam", "adamw"):
        settings["epsilon"] = 1e-3  # a smaller one makes much of what is rounding
    return replace(make_optimizer(name, **settings), learning_rate=rates)


@pytest.mark.parametrize("l2", [0.0, np.array([[0.0], [0.1], [0.01]])], ids=["plain", "L2"])
@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("rule", RULES)
def test_passes_are_those_of_the_steps(rule, batch_norm, l2):
    course, recipe = course_of(batch_norm=batch_norm), Recipe(rule_of(rule), batch_size=8, l2=l2)
    assert_equal(
        by_passes(course, recipe, networks(course), 3), by_steps(course, recipe, networks(course), 3)
    )


@pytest.mark.parametrize(
    "settings",
    [{"form": "classical"}, {"nesterov": True}, {"nesterov": True, "bias_correction": True}],
    ids=str,
)
def test_forms_of_momentum_are_those_of_the_steps(settings):
    course, recipe = course_of(), Recipe(rule_of("momentum", **settings), Cosine(over=5, warm_up=2), 16)
    assert_equal(
        by_passes(course, recipe, networks(course), 4), by_steps(course, recipe, networks(course), 4)
    )


@pytest.mark.parametrize("size", [1, 2, 4, 13, 26, 52, 53, 1000])  # 52 leaves one over, which joins them
@pytest.mark.parametrize("hidden", [(), (1,), (16, 16, 16), (48, 7)], ids=str)
@pytest.mark.parametrize("classes", [2, 16, 37])
def test_whatever_the_shape(size, hidden, classes):
    course, recipe = course_of(hidden, classes), Recipe(make_optimizer("momentum"), batch_size=size)
    found, expected = (run(course, recipe, networks(course)) for run in (by_passes, by_steps))
    assert_equal(found, expected, 1e-7)  # normalizing two rows by each other makes much of rounding


def test_single_precision_differs_by_no_more_than_its_rounding():
    course = course_of(dtype=np.float32)
    recipe = Recipe(rule_of("momentum", np.float32), batch_size=8)
    assert_equal(
        by_passes(course, recipe, networks(course)), by_steps(course, recipe, networks(course)), 1e-3
    )


@pytest.mark.parametrize("rule", ["momentum", "adam"])
def test_several_passes_at_once_are_one_after_the_other_bit_for_bit(rule):
    course, state = course_of(), networks(course_of())
    state.parameters[1, -1] = np.nan  # is lost at once
    recipes = [Recipe(rule_of(rule), Cosine(over=over), 8) for over in (5, 5, 3)]
    machine = fused_course(course, recipes[0])
    assert machine is not None
    with np.errstate(all="ignore"):
        whole, losses, accuracies = machine.passes(recipes, state)
        for place, recipe in enumerate(recipes):
            state, loss, accuracy = machine.passes([recipe], state)
            np.testing.assert_array_equal(losses[:, place], loss[:, 0])
            np.testing.assert_array_equal(accuracies[:, place], accuracy[:, 0])
            np.testing.assert_array_equal(loss[:, 0], machine.scores(state)[0])
    for mine, its in zip(
        (whole.parameters, *whole.averages), (state.parameters, *state.averages), strict=True
    ):
        np.testing.assert_array_equal(mine, its)
    assert whole.diverged_at.tolist() == state.diverged_at.tolist() == [-1, 1, -1]


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("hidden", [(), (20, 33)], ids=str)
def test_scores_are_those_at_test_time(hidden, batch_norm):
    course, recipe = course_of(hidden, batch_norm=batch_norm), Recipe(rule_of("momentum"), batch_size=8)
    state, machine = by_steps(course, recipe, networks(course)), fused_course(course, recipe)
    assert machine is not None
    found, expected = machine.scores(state), scores(course.architecture, state, course.validation)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-12)
    assert found[1].tolist() == expected[1].tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("classes", [2, 3, 16, 17, 37])
def test_scores_of_equal_huge_and_impossible_logits_are_those_of_numpy(classes, dtype):
    """A tie goes to the first class, and what is no number to where NumPy sees it first."""
    course = course_of((), classes, dtype=dtype)
    state = networks(course, 7)
    block = course.architecture.blocks[-1]
    parameters = state.parameters
    parameters[0] = 0
    parameters[1, block.bias] = np.arange(classes) // 2  # pairs of equals
    parameters[1, block.weight] = 0
    parameters[2] *= 1e4
    parameters[3, block.bias][classes // 2] = np.nan
    parameters[4, block.bias][-1] = np.inf
    parameters[5, block.bias] = -np.inf
    with np.errstate(all="ignore"):
        machine = fused_course(course, Recipe(rule_of("momentum")))
        assert machine is not None
        found, expected = machine.scores(state), scores(course.architecture, state, course.validation)
    np.testing.assert_allclose(found[0], expected[0], rtol=50 * np.finfo(dtype).eps)
    assert found[1].tolist() == expected[1].tolist()


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 1e3, 1e6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_softmax_is_exact_for_logits_of_any_size(dtype, scale):
    course, recipe = course_of((), 37, dtype=dtype), Recipe(make_optimizer("gradient_descent"), batch_size=53)
    state = networks(course)
    state = state._replace(parameters=state.parameters * dtype(scale))
    found, expected = (run(course, recipe, state).parameters for run in (by_passes, by_steps))
    np.testing.assert_allclose(
        found - state.parameters, expected - state.parameters, atol=4 * np.finfo(dtype).eps * max(scale, 1)
    )


@pytest.mark.parametrize("batch_norm", [True, False])
def test_a_network_is_lost_at_the_step_at_which_its_numbers_are_and_stays_in_front_of_it(batch_norm):
    course = course_of(batch_norm=batch_norm)
    rates = np.array([[1e-3], [1e200], [1e20]])
    recipe = Recipe(make_optimizer("gradient_descent", learning_rate=rates), batch_size=4, l2=1.0)
    state = networks(course)
    state.parameters[1, -1] = 1e100
    found, expected = (run(course, recipe, state, 2) for run in (by_passes, by_steps))
    assert found.diverged_at[0] == -1
    assert 1 < found.diverged_at[1] < found.diverged_at[2]
    assert found.diverged_at.tolist() == expected.diverged_at.tolist()
    for mine, its in zip(found.parameters, expected.parameters, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-9, atol=1e-12 * abs(its).max())


def test_what_is_no_number_from_the_start_does_not_move():
    course, recipe = course_of(), Recipe(make_optimizer("momentum"), batch_size=8)
    state = networks(course)
    state.parameters[1, 3] = np.nan
    found, calm = (by_passes(course, recipe, each) for each in (state, networks(course)))
    assert found.diverged_at.tolist() == [-1, 1, -1]
    assert np.array_equal(found.parameters[1], state.parameters[1], equal_nan=True)
    assert np.array_equal(found.parameters[[0, 2]], calm.parameters[[0, 2]])


def activated(course: Course, activation: str) -> Course:
    return replace(course, architecture=replace(course.architecture, activation=activation))


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize(("activation", "hidden"), [("tanh", (20, 33)), ("sigmoid", (16, 32))])
def test_other_activations_are_those_of_the_steps(activation, hidden, batch_norm):
    course = activated(course_of(hidden, batch_norm=batch_norm), activation)
    recipe, state = Recipe(rule_of("momentum"), batch_size=8), networks(course)
    found, expected = (run(course, recipe, state, 3) for run in (by_passes, by_steps))
    assert_equal(found, expected)
    wild = state._replace(parameters=state.parameters * 1e4)  # saturated
    found, expected = (run(course, recipe, wild) for run in (by_passes, by_steps))
    assert_equal(found, expected, 1e-7)


def test_units_that_padding_would_change_are_left_to_numpy():
    assert fused_course(activated(course_of((16, 33)), "sigmoid"), Recipe(make_optimizer("adam"))) is None


def test_a_rule_that_cannot_be_written_down_is_left_to_numpy():
    class Signs(GradientDescent):
        def update(self, gradient: Any, *rest: Any) -> Any:
            return super().update(np.sign(gradient), *rest)

    assert fused_course(course_of(), Recipe(Signs(0.1))) is None


@pytest.fixture
def no_compiler(monkeypatch):
    monkeypatch.setitem(sys.modules, "landscape.network.machine", None)
    monkeypatch.setitem(sys.modules, "landscape.network.kernels", None)
    workbench.shared_code.cache_clear()
    yield
    workbench.shared_code.cache_clear()


def test_a_company_is_the_same_without_a_compiler_but_for_rounding(request):
    spec = Training(
        data={"points": 60}, hidden=(9,), epochs=3, precision="float64", optimizer={"rule": "momentum"}
    )
    company, data = Company((0,), (spec,), np.full(4, np.nan)), split_data(spec)
    _, (fast,) = advance(company, data, 60)
    request.getfixturevalue("no_compiler")
    assert fused_course(course_of(), Recipe(make_optimizer("adam"))) is None
    _, (slow,) = advance(company, data, 60)
    np.testing.assert_allclose(fast.loss, slow.loss, rtol=1e-9)
    assert fast.accuracy.tolist() == slow.accuracy.tolist()
