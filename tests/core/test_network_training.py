"""A training is its states: stopping, going back, changing and company alter nothing that they should not."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.network.course import (
    Course,
    Recipe,
    State,
    batch,
    batch_end,
    examples,
    first_state,
    one_step,
    order,
)
from landscape.network.model import Architecture, initial_parameters
from landscape.network.spec import Training
from landscape.network.training import Snapshot, epoch_ends, split_data, train
from landscape.optimizers import RULES, make_optimizer
from landscape.schedules import SCHEDULES, Schedule

SMALL: dict[str, Any] = {"data": {"points": 44}, "hidden": (6, 5), "batch_size": 8, "epochs": 4}
CHANGES: Any = (
    {"step": 6, "optimizer": {"rule": "momentum", "learning_rate": 0.05}},
    {"step": 11, "batch_size": 5, "l2": 0.01},
    {"step": 14, "schedule": {"kind": "exponential", "gamma": 0.5}},
)


def leaves(state: Any) -> list[Any]:
    """Every array and number of a state, in order."""
    if isinstance(state, tuple):
        return [leaf for part in state for leaf in leaves(part)]
    return [state]


def assert_same(one: State, other: State) -> None:
    """Bit for bit."""
    left, right = leaves(one), leaves(other)
    assert len(left) == len(right)
    for a, b in zip(left, right, strict=True):
        assert np.array_equal(a, b, equal_nan=isinstance(a, np.ndarray) and a.dtype.kind == "f")
        assert getattr(a, "dtype", None) == getattr(b, "dtype", None)


def stepwise(spec: Training, **given: Any) -> list[Snapshot]:
    return list(train(spec, every=1, **given))


# --- stopping and going on ---------------------------------------------------------------------------


def assert_pausing_changes_nothing(spec: Training, pause: int) -> None:
    data = split_data(spec)
    whole = stepwise(spec, data=data)
    paused = list(train(spec, data, stop=pause))[-1]
    assert paused.step == min(pause, whole[-1].step)
    resumed = stepwise(spec, data=data, start=paused.state)
    for now, then in zip(resumed, whole[paused.step :], strict=True):
        assert_same(now.state, then.state)
        assert now.training_loss == then.training_loss
        assert now.validation_accuracy == then.validation_accuracy


@settings(max_examples=50, deadline=None)
@given(
    rule=st.sampled_from(sorted(RULES)),
    kind=st.sampled_from(sorted(SCHEDULES)),
    warm_up=st.integers(0, 2),
    precision=st.sampled_from(["float32", "float64"]),
    batch_norm=st.booleans(),
    changes=st.sampled_from([(), CHANGES]),
    pause=st.integers(0, 30),
)
def test_pausing_anywhere_equals_going_through(rule, kind, warm_up, precision, batch_norm, changes, pause):
    spec = Training(
        **SMALL, optimizer={"rule": rule, "learning_rate": 0.03}, precision=precision, batch_norm=batch_norm,
        schedule={"kind": kind, "warm_up": warm_up}, l2=0.001, changes=changes,
    )  # fmt: skip
    assert_pausing_changes_nothing(spec, pause)


@pytest.mark.parametrize(
    "settings",
    [{"form": "classical"}, {"nesterov": True}, {"nesterov": True, "form": "classical"},
     {"bias_correction": True}],
    ids=str,
)  # fmt: skip
def test_pausing_every_form_of_momentum(settings):
    spec = Training(**SMALL, optimizer={"rule": "momentum", **settings})
    for pause in (1, 7, 13):
        assert_pausing_changes_nothing(spec, pause)


def test_going_back_to_an_earlier_moment_leads_the_same_way_again():
    spec = Training(**SMALL)
    snapshots = stepwise(spec)
    for step in (9, 3, 0):
        assert_same(stepwise(spec, start=snapshots[step].state)[-1].state, snapshots[-1].state)


def test_a_diverged_training_stays_at_its_end():
    spec = Training(**SMALL, optimizer={"rule": "gradient_descent", "learning_rate": 1e30}, batch_norm=False)
    last = list(train(spec))[-1]
    assert last.diverged
    again = list(train(spec, start=last.state))
    assert [snapshot.step for snapshot in again] == [last.step]


def test_the_learning_rate_of_a_resumed_moment_is_that_of_its_last_step():
    spec = Training(
        **SMALL, changes=({"step": 5, "optimizer": {"rule": "adam", "learning_rate": 0.5}},),
        schedule={"kind": "exponential", "gamma": 0.5},
    )  # fmt: skip
    snapshots = stepwise(spec)
    assert stepwise(spec, start=snapshots[5].state)[0].learning_rate == snapshots[5].learning_rate == 0.005


@pytest.mark.parametrize("every", [1, 3, 7, 1000, None])
def test_how_often_one_looks_alters_nothing(every):
    spec = Training(**SMALL)
    fine = stepwise(spec)
    looked = list(train(spec, every=every))
    assert_same(looked[-1].state, fine[-1].state)
    joined = np.concatenate([snapshot.batch_losses for snapshot in looked])
    assert np.array_equal(joined, np.concatenate([snapshot.batch_losses for snapshot in fine]))
    for snapshot in looked:
        assert_same(snapshot.state, fine[snapshot.step].state)


# --- changes -----------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    step=st.integers(0, 15),
    change=st.sampled_from(
        [{"batch_size": 3}, {"l2": 0.5}, {"optimizer": {"rule": "rmsprop", "learning_rate": 0.003}},
         {"optimizer": {"rule": "adam", "learning_rate": 0.5}}, {"schedule": {"kind": "step", "every": 1}}]
    ),
)  # fmt: skip
def test_a_change_leaves_the_past_alone_and_equals_going_on_by_hand(step, change):
    plain = Training(**SMALL)
    changed = Training(**SMALL, changes=({"step": step, **change},))
    before, after = stepwise(plain), stepwise(changed)
    for one, other in zip(before[: step + 1], after[: step + 1], strict=False):
        assert_same(one.state, other.state)
    by_hand = stepwise(Training(**{**SMALL, **change}), start=before[step].state)
    for one, other in zip(by_hand, after[step:], strict=True):
        assert_same(one.state, other.state)
    assert (after[step + 1].state.parameters != before[step].state.parameters).any()


def test_a_rule_s_memory_outlives_a_new_rate_and_starts_empty_with_a_new_rule():
    def taken(change: Any) -> int:
        spec = Training(**SMALL, changes=({"step": 5, "optimizer": change},))
        return stepwise(spec, stop=6)[-1].state.memory.taken

    assert taken({"rule": "adam", "learning_rate": 0.5}) == 6
    assert taken({"rule": "adamw"}) == 1
    assert taken({"rule": "adam", "bias_correction": False}) == 1


def test_changes_are_taken_in_order_of_their_steps_and_the_last_of_a_step_wins():
    given_changes = ({"step": 9, "l2": 0.3}, {"step": 2, "l2": 0.1}, {"step": 9, "batch_size": 4, "l2": 0.0})
    spec = Training(changes=given_changes)
    found = [(spec.recipe_at(step).l2, spec.recipe_at(step).batch_size) for step in (0, 2, 8, 9, 10**9)]
    assert found == [(0, 32), (0.1, 32), (0.1, 32), (0, 4), (0, 4)]


# --- the order of the examples -----------------------------------------------------------------------


def course_and_start(
    rows: int = 40, networks: int = 1, dtype: Any = np.float64, batch_norm: bool = True
) -> tuple[Course, State]:
    random = np.random.default_rng(1)
    inputs = random.normal(size=(rows, 2))
    data = examples(inputs, (inputs[:, 0] * inputs[:, 1] > 0).astype(int), 2, dtype)
    architecture = Architecture(2, (6, 5), 2, "tanh", batch_norm)
    course = Course(architecture, data, data, seed=3)
    return course, first_state(architecture, initial_parameters(architecture, range(networks), dtype=dtype))


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(2, 40), sizes=st.lists(st.integers(1, 45), min_size=1, max_size=6))
def test_an_epoch_shows_each_example_once_whatever_the_batch_sizes(rows, sizes):
    course, state = course_and_start(rows)
    recipe, shown, lengths = Recipe(make_optimizer("adam")), [], []
    for size in itertools.cycle(sizes):
        drawn, end = batch(course, state, size)
        assert len(drawn) == end - state.seen
        if size > 1:
            assert len(drawn) > 1  # a single one left over joins the batch before it
            assert len(drawn) <= size + 1
        shown.append(drawn.inputs)
        lengths.append(len(drawn))
        state = one_step(course, replace(recipe, batch_size=size), state).state
        if state.epoch == 1:
            break
    assert state.seen == 0
    assert state.step == len(lengths)
    assert np.array_equal(np.concatenate(shown), course.training.inputs[order(3, 0, rows)])
    assert sorted(order(3, 0, rows)) == list(range(rows))


def test_orders_differ_by_epoch_and_seed_and_cannot_be_written_to():
    orders = [tuple(order(seed, epoch, 30)) for seed in range(3) for epoch in range(3)]
    assert len(set(orders)) == 9
    with pytest.raises(ValueError, match="read-only"):
        order(0, 0, 30)[0] = 1


def test_the_last_batch_may_be_smaller_but_not_alone():
    assert [batch_end(seen, 4, 10) for seen in (0, 4, 8)] == [4, 8, 10]
    assert [batch_end(seen, 4, 9) for seen in (0, 4)] == [4, 9]
    assert batch_end(8, 1, 10) == 9
    assert batch_end(0, 32, 1) == 1


@settings(max_examples=60, deadline=None)
@given(
    epochs=st.integers(1, 5),
    first=st.integers(1, 40),
    later=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=4),
)
def test_the_foretold_ends_of_epochs_are_those_of_the_training(epochs, first, later):
    changes = tuple({"step": step, "batch_size": size} for step, size in later)
    spec = Training(data={"points": 25}, hidden=(), epochs=epochs, batch_size=first, changes=changes)
    data = split_data(spec)
    count = len(data.training_labels)
    ends = [snapshot.step for snapshot in train(spec, data)]
    assert ends == epoch_ends(spec, count)


def test_a_schedule_counts_epochs():
    spec = Training(**SMALL, schedule={"kind": "exponential", "gamma": 0.5, "warm_up": 1})
    data = split_data(spec)
    rates = {snapshot.step: snapshot.learning_rate for snapshot in stepwise(spec, data=data)}
    ends = epoch_ends(spec, len(data.training_labels))
    for epoch, (begin, end) in enumerate(itertools.pairwise(ends)):
        factor = spec.schedule(epoch)
        assert {rates[step] for step in range(begin + 1, end + 1)} == {0.01 * factor}
    by_hand = Recipe(make_optimizer("gradient_descent", learning_rate=1.0), Schedule(warm_up=4), 40)
    course, state = course_and_start()
    for share in (0.25, 0.5, 0.75, 1.0, 1.0):
        stepped = one_step(course, by_hand, state)
        np.testing.assert_allclose(
            stepped.state.parameters - state.parameters, -share * stepped.gradient, atol=1e-15
        )
        state = stepped.state


# --- one step, by hand -------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [0.0, 0.9, 0.99])
def test_running_averages_take_the_unbiased_variance(beta):
    course, state = course_and_start(rows=21)
    course, recipe = replace(course, running_beta=beta), Recipe(make_optimizer("adam"), batch_size=8)
    mean, variance = np.zeros(6), np.ones(6)  # of the first hidden layer
    for _ in range(7):
        drawn, _ = batch(course, state, 8)
        z = drawn.inputs @ state.parameters[0, :12].reshape(2, 6)
        mean = beta * mean + (1 - beta) * z.mean(axis=0)
        variance = beta * variance + (1 - beta) * z.var(axis=0, ddof=1)
        stepped = one_step(course, recipe, state)
        state = stepped.state
        np.testing.assert_allclose(stepped.statistics.variance[0, :6], z.var(axis=0), rtol=1e-12)
    np.testing.assert_allclose(state.averages.mean[0, :6], mean, rtol=1e-12)
    np.testing.assert_allclose(state.averages.variance[0, :6], variance, rtol=1e-12)


def test_l2_pulls_at_weights_only():
    course, state = course_and_start()
    plain, pulled = (
        one_step(course, Recipe(make_optimizer("gradient_descent"), batch_size=40, l2=l2), state)
        for l2 in (0.0, 0.3)
    )
    expected = 0.3 * state.parameters * course.architecture.is_weight
    np.testing.assert_allclose(pulled.gradient - plain.gradient, expected, atol=1e-15)
    assert pulled.loss == plain.loss


def test_one_step_leaves_the_state_that_it_is_given_alone():
    course, state = course_and_start(networks=2)
    recipe = Recipe(make_optimizer("adam"), batch_size=8)
    state = one_step(course, recipe, state).state
    copied = [np.copy(leaf) for leaf in leaves(state)]
    one, other = one_step(course, recipe, state), one_step(course, recipe, state)
    assert_same(one.state, other.state)
    for leaf, copy in zip(leaves(state), copied, strict=True):
        assert np.array_equal(leaf, copy)
    assert math.isfinite(one.loss.sum())
