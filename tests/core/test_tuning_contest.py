"""Random against grid: exact chances, and the same seen."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape.errors import FieldError
from landscape.tuning.contest import cells_of, contest, hit_chance, random_chance
from landscape.tuning.samplers import grid_places, grid_shape
from landscape.tuning.space import Axis, Space


def middles(count):
    return (np.arange(count) + 0.5) / count


def agrees(found):
    for exact, seen in ((found.grid, found.grid_seen), (found.random, found.random_seen)):
        assert abs(exact - seen) <= 5 * found.spread(exact) + 1e-12


# --- a grid -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.2, 0.999, 1.001, 1.5, 1.999, 2.0, 2.001, 3.0])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 31])
def test_a_grid_hits_as_often_as_is_calculated_in_each_case(count, share):
    """`share` counts half cells: beyond 1 the interval may stick out of a cell, beyond 2 it cannot miss."""
    width = share / (2 * count)
    if width >= 1:
        return
    found = contest(middles(count), count, width, repeats=40_000, seed=count)
    agrees(found)
    cells = Fraction(share).limit_denominator(1000)
    w = cells / (2 * count)
    if cells <= 1:
        exact = count * w / (1 - w)
    elif cells < 2:  # the first and the last value are cut short at the ends
        exact = ((count - 2) * w + Fraction(1, count)) / (1 - w) if count > 1 else Fraction(1)
    else:
        exact = Fraction(1)
    assert found.grid == pytest.approx(float(exact), abs=1e-12)


@given(st.integers(1, 200), st.floats(1e-4, 1))
def test_for_narrow_intervals_it_is_the_known_formula(count, share):
    width = share / (2 * count)
    if width < 1:
        expected = min(count * width / (1 - width), 1.0)
        assert hit_chance(middles(count), width) == pytest.approx(expected, rel=1e-9)


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=12), width=st.floats(0.01, 0.9))
def test_the_chance_is_what_a_fine_sweep_of_positions_gives(values, width):
    low = (np.arange(20_000) + 0.5) / 20_000 * (1 - width)
    places = np.array(values)
    hit = ((places >= low[:, None]) & (places < low[:, None] + width)).any(axis=1)
    assert hit_chance(values, width) == pytest.approx(hit.mean(), abs=2e-3)


@given(
    values=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    width=st.floats(0.01, 0.8),
    more=st.floats(0, 0.19),
    another=st.floats(0, 1),
)
def test_more_values_and_wider_intervals_never_hit_less(values, width, more, another):
    chance = hit_chance(values, width)
    assert -1e-12 <= chance <= 1 + 1e-12
    assert hit_chance([*values, another], width) >= chance - 1e-12
    assert hit_chance(values, width + more) >= chance - 1e-12
    assert hit_chance([1 - value for value in values], width) == pytest.approx(chance, abs=1e-12)


def test_no_values_hit_nothing():
    assert hit_chance([], 0.1) == pytest.approx(0)


def test_a_grid_that_is_finer_than_the_good_part_always_hits():
    assert hit_chance(middles(10), 0.11) == pytest.approx(1)
    assert contest(middles(10), 10, 0.11, repeats=500).grid_seen == 1


# --- at random ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [0.01, 0.05, 0.1, 0.3, 0.6, 0.95])
@pytest.mark.parametrize(("trials", "count"), [(9, 3), (64, 2), (100, 10), (25, 5), (1, 1)])
def test_what_is_seen_agrees_with_the_exact_chances(trials, count, width):
    found = contest(middles(count), trials, width, repeats=20_000, seed=3)
    agrees(found)
    assert found.random == pytest.approx(1 - (1 - width) ** trials)


@pytest.mark.parametrize("width", [0.03, 0.1, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("cells", [2, 3, 5, 12])
@pytest.mark.parametrize("trials", [1, 4, 25])
def test_an_axis_of_few_values_has_exact_chances_too(trials, cells, width):
    found = contest(middles(min(cells, trials)), trials, width, repeats=20_000, seed=1, cells=cells)
    agrees(found)


@given(cells=st.integers(2, 40), width=st.floats(0.01, 0.95))
def test_very_many_trials_of_few_values_are_a_grid_of_them_all(cells, width):
    assert random_chance(100_000, width, cells) == pytest.approx(hit_chance(middles(cells), width), abs=1e-9)


@given(trials=st.integers(1, 50), width=st.floats(0.01, 0.95))
def test_very_many_values_are_as_good_as_continuous(trials, width):
    continuous = random_chance(trials, width)
    assert random_chance(trials, width, 2000) == pytest.approx(continuous, abs=2e-2)


def test_which_axes_come_in_cells():
    axes = {name: Axis() for name in ("learning_rate", "batch_size", "layers", "batch_norm")}
    space = Space({**axes, "units": Axis(low=8, high=128, scale="log")})
    found = {dimension.name: cells_of(dimension) for dimension in space.dimensions}
    assert found == {"learning_rate": None, "batch_size": 5, "units": None, "layers": 3, "batch_norm": 2}


def test_where_all_values_are_tried_a_grid_is_no_worse():
    both = Space({"batch_size": Axis(), "layers": Axis()}).dimensions
    values = grid_places(both, grid_shape(both, 15))[:, 0]
    found = contest(values, 15, 0.1, repeats=100, cells=cells_of(both[0]))
    assert found.values == 5
    assert found.grid > found.random


# --- both ---------------------------------------------------------------------------------------------


def test_the_numbers_of_the_classic_picture():
    """Bergstra & Bengio 2012: nine trials, three values of the one that matters."""
    found = contest(middles(3), 9, 0.1, repeats=100)
    assert (found.trials, found.values) == (9, 3)
    assert found.grid == pytest.approx(1 / 3)
    assert found.random == pytest.approx(0.61257951)


def test_the_same_seed_gives_the_same_contest():
    one, same, other = (contest(middles(3), 9, 0.1, repeats=500, seed=seed) for seed in (4, 4, 5))
    assert one == same
    assert one != other


def test_more_repeats_are_seen_more_exactly():
    few, many = (contest(middles(3), 9, 0.1, repeats=repeats) for repeats in (100, 10_000))
    assert few.spread(few.grid) == pytest.approx(10 * many.spread(many.grid))
    assert few.spread(1.0) == 0


@pytest.mark.parametrize("trials", [1, 5000])
def test_many_trials_are_drawn_in_parts(trials, monkeypatch):
    monkeypatch.setattr("landscape.tuning.contest.AT_ONCE", 50_000)
    agrees(contest(middles(3), trials, 0.001, repeats=2000))


@pytest.mark.parametrize("width", [0.0, 1.0, -0.1, math.nan, math.inf])
def test_a_width_that_is_no_share_is_refused(width):
    with pytest.raises(FieldError, match="share of the axis"):
        contest(middles(3), 9, width)
