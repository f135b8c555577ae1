"""The search space and where its trials lie."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from landscape.errors import FieldError
from landscape.network.spec import Training
from landscape.optimizers import make_optimizer
from landscape.tuning.contest import hit_chance
from landscape.tuning.plan import Tuning
from landscape.tuning.samplers import (
    box_around,
    grid_places,
    grid_shape,
    initial_seed,
    luck,
    random_places,
    within,
)
from landscape.tuning.space import KINDS, Axis, Space, applied, values_at

EVERY = Space({name: Axis() for name in KINDS})
SPACES = [
    EVERY,
    Space({"learning_rate": Axis(low=0.001, high=0.1, scale="linear")}),
    Space({"units": Axis(low=5, high=77, scale="log")}),
    Space({"layers": Axis(low=0, high=6), "batch_size": Axis(low=10, high=100, scale="linear")}),
    Space({"l2": Axis(low=0.0, high=0.1, scale="linear"), "beta": Axis(low=0.0, high=0.9, scale="linear")}),
]  # fmt: skip


@given(st.sampled_from(SPACES), st.floats(0, 1, exclude_max=True), st.integers(0, 8))
def test_a_value_lies_within_its_ends_and_its_place_gives_it_again(space, place, which):
    dimension = space.dimensions[which % len(space.dimensions)]
    value = dimension.value(place)
    if dimension.choices:
        assert value in dimension.choices
    else:
        assert dimension.low <= value <= dimension.high
        assert isinstance(value, int) == dimension.whole
    again = dimension.value(dimension.place(value))
    assert again == value if dimension.count else again == pytest.approx(value, rel=1e-9, abs=1e-12)
    if dimension.count is None:
        assert dimension.place(value) == pytest.approx(place, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "transform"),
    [("learning_rate", math.log), ("beta", lambda b: math.log(1 - b)), ("decay", math.log)],
)
def test_each_decade_gets_its_share(name, transform):
    """On a logarithm the values are uniform; of 1 − β for β."""
    dimension = next(d for d in EVERY.dimensions if d.name == name)
    places = random_places([dimension], 3, 0, 20_000)[:, 0]
    stretched = np.array([transform(dimension.value(place)) for place in places])
    low, high = sorted((transform(dimension.low), transform(dimension.high)))
    counts, _ = np.histogram(stretched, np.linspace(low, high, 11))
    assert counts.sum() == 20_000
    assert np.abs(counts - 2000).max() < 5 * math.sqrt(20_000 * 0.1 * 0.9)


@pytest.mark.parametrize("name", ["batch_size", "units", "layers", "optimizer", "batch_norm"])
def test_values_that_can_be_counted_are_equally_frequent(name):
    dimension = next(d for d in EVERY.dimensions if d.name == name)
    places = random_places([dimension], 3, 0, 12_000)[:, 0]
    found, counts = np.unique([str(dimension.value(place)) for place in places], return_counts=True)
    assert len(found) == dimension.count
    share = 1 / len(found)
    assert np.abs(counts - 12_000 * share).max() < 5 * math.sqrt(12_000 * share * (1 - share))


@given(st.integers(0, 2**62), st.integers(0, 500), st.integers(1, 40))
def test_a_trial_s_place_follows_from_its_number_alone(seed, first, count):
    dimensions = EVERY.dimensions
    some = random_places(dimensions, seed, first, count)
    one_by_one = [random_places(dimensions, seed, first + k, 1)[0] for k in range(count)]
    np.testing.assert_array_equal(some, one_by_one)
    alone = random_places(dimensions[2:3], seed, first, count)  # and the other axes do not matter
    np.testing.assert_array_equal(alone[:, 0], some[:, 2])


def test_seeds_and_axes_are_apart():
    dimensions = EVERY.dimensions
    one, other = (random_places(dimensions, seed, 0, 4000) for seed in (0, 1))
    correlations = np.corrcoef(np.hstack([one, other]).T) - np.eye(2 * len(dimensions))
    assert np.abs(correlations).max() < 5 / math.sqrt(4000)
    assert len({initial_seed(0, number) for number in range(1000)} | {initial_seed(1, 5)}) == 1001


# --- grids --------------------------------------------------------------------------------------------


@given(st.integers(1, 5000))
def test_a_grid_fits_its_budget_and_could_not_be_fuller(budget):
    dimensions = Space(
        {"learning_rate": Axis(), "decay": Axis(), "layers": Axis(), "batch_norm": Axis()}
    ).dimensions
    shape = grid_shape(dimensions, budget)
    points = math.prod(shape)
    assert points <= budget
    for place, dimension in enumerate(dimensions):
        assert dimension.count is None or shape[place] <= dimension.count
        fuller = points // shape[place] * (shape[place] + 1)
        assert fuller > budget or shape[place] == dimension.count
    assert len(np.unique(grid_places(dimensions, shape), axis=0)) == points


def test_a_grid_tries_few_values_of_each_axis_where_random_tries_all_different():
    dimensions = Space({"learning_rate": Axis(), "decay": Axis()}).dimensions
    grid = grid_places(dimensions, grid_shape(dimensions, 25))
    assert [len(np.unique(column)) for column in grid.T] == [5, 5]
    assert [len(np.unique(column)) for column in random_places(dimensions, 0, 0, 25).T] == [25, 25]


@pytest.mark.parametrize(("width", "count", "dimensions"), [(0.1, 3, 2), (0.05, 10, 2), (0.05, 3, 4)])
def test_chances_of_grid_and_random_are_as_calculated(width, count, dimensions):
    """Bergstra & Bengio 2012: where one axis matters, a grid's budget is spent on the others."""
    searches = 4000
    random = np.random.default_rng(5)
    begins = random.uniform(0, 1 - width, searches)
    axes = Space({name: Axis() for name in ("learning_rate", "beta", "decay", "l2")[:dimensions]}).dimensions
    budget = count**dimensions
    grid = np.unique(grid_places(axes, (count,) * dimensions)[:, 0])
    hit = np.mean([((begin <= grid) & (grid < begin + width)).any() for begin in begins])
    expected = hit_chance((np.arange(count) + 0.5) / count, width)
    assert abs(hit - expected) < 5 * math.sqrt(expected * (1 - expected) / searches)
    drawn = random_places(axes[:1], 9, 0, budget * searches)[:, 0].reshape(searches, budget)
    hit = np.mean([((b <= row) & (row < b + width)).any() for b, row in zip(begins, drawn, strict=True)])
    expected = luck(budget, width)
    assert abs(hit - expected) < 5 * math.sqrt(expected * (1 - expected) / searches)


def test_luck_has_the_numbers_of_the_literature():
    assert luck(60) == pytest.approx(0.9539, abs=5e-5)
    assert luck(299, 0.01) == pytest.approx(0.9505, abs=5e-5)


# --- boxes --------------------------------------------------------------------------------------------


def test_a_box_holds_the_best_and_stays_inside_the_one_before():
    dimensions = EVERY.dimensions
    best = random_places(dimensions, 0, 0, 5) * 0.2 + 0.3
    outer = box_around(dimensions, best, {})
    inner = box_around(dimensions, best[:2], outer)
    low, high = np.array([inner[d.name] for d in dimensions]).T
    outer_low, outer_high = np.array([outer[d.name] for d in dimensions]).T
    assert ((low >= outer_low) & (high <= outer_high) & (low < high)).all()
    assert ((best[:2] >= low) & (best[:2] <= high)).all()
    drawn = within(dimensions, random_places(dimensions, 0, 9, 200), inner)
    assert ((drawn >= low) & (drawn <= high)).all()
    values = {space_value(dimensions, row, "layers") for row in drawn}
    assert values <= {space_value(dimensions, row, "layers") for row in [*best, low, high - 1e-9]}


def space_value(dimensions: Any, row: Any, name: str) -> Any:
    place = [d.name for d in dimensions].index(name)
    return dimensions[place].value(row[place])


# --- what a trial is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "setting"),
    [("momentum", "beta"), ("adam", "beta1"), ("rmsprop", "rho"), ("gradient_descent", None)],
)
def test_beta_is_how_much_the_rule_remembers(rule, setting):
    base = Training(optimizer=make_optimizer(rule))
    spec = applied(base, {"beta": 0.77, "learning_rate": 0.2})
    assert spec.optimizer.learning_rate == 0.2
    if setting:
        assert getattr(spec.optimizer, setting) == 0.77
    else:
        assert spec.optimizer == make_optimizer(rule, learning_rate=0.2)


def test_a_trial_s_training_can_be_written_and_read():
    values = values_at(EVERY.dimensions, random_places(EVERY.dimensions, 0, 0, 1)[0].tolist())
    spec = applied(Training(), values, 12345)
    assert Training.model_validate(spec.model_dump()) == spec
    assert (spec.weights_seed, spec.seed) == (12345, 0)
    assert spec.hidden == (values["units"],) * values["layers"]


@pytest.mark.parametrize(
    ("space", "sentence"),
    [
        ({}, "at least one"),
        ({"learning_rate": {"low": 1.0, "high": 0.1}}, "low must be below high"),
        ({"learning_rate": {"low": 0.1, "high": 0.1}}, "low must be below high"),
        ({"learning_rate": {"low": 0.0, "high": 0.1}}, "above 0"),
        ({"l2": {"low": 0.0, "high": 0.1}}, "no logarithm"),
        ({"beta": {"low": 0.5, "high": 1.0}}, "below 1"),
        ({"batch_size": {"low": 10, "high": 100}}, "cannot double"),
        ({"batch_size": {"low": 1.5, "high": 3}}, "whole number"),
        ({"learning_rate": {"low": 1e-4, "high": 1.0, "scale": "powers of 2"}}, "no whole number"),
        ({"warmth": {}}, "no hyperparameter"),
        ({"optimizer": {"low": 1, "high": 2}}, "choices"),
        ({"optimizer": {"choices": ["adam", "sgd"]}}, "'sgd'"),
        ({"optimizer": {"choices": ["adam"]}}, "at least two"),
        ({"batch_norm": {"choices": [1, 0]}}, "not 1"),
        ({"units": {"choices": [8, 16]}}, "not choices"),
        ({"learning_rate": {"low": float("nan"), "high": 1.0}}, "finite"),
    ],
)  # fmt: skip
def test_a_space_that_makes_no_sense_is_refused_with_a_sentence(space, sentence):
    with pytest.raises((ValidationError, FieldError), match=sentence):
        Space.model_validate(space)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"trials": 0}, "greater than or equal to 1"),
        ({"trials": -4}, "greater than or equal to 1"),
        ({"method": "grid", "points": {"learning_rate": 10**5, "decay": 10**4}}, r"1,000,000,000 points"),
        ({"method": "grid", "points": {"layers": 9}}, "only 3 values"),
        ({"points": {"l2": 4}}, "not searched here"),
        ({"boxes": [{"decay": (0.4, 0.4)}]}, "empty"),
        ({"boxes": [{"decay": (-1, 0.4)}]}, "greater than or equal to 0"),
        ({"minutes": 0.0}, "greater than 0"),
    ],
)
def test_a_search_that_cannot_be_is_refused_before_it_begins(given, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Tuning(**given)
