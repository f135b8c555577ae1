"""Random against grid: exact chances, and the same seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape.errors import FieldError
from landscape.tuning.contest import contest, hit_chance
from landscape.tuning.samplers import grid_hit


def middles(count):
    return (np.arange(count) + 0.5) / count


@pytest.mark.parametrize("width", [0.01, 0.05, 0.1, 0.3, 0.6])
@pytest.mark.parametrize(("trials", "count"), [(9, 3), (64, 2), (100, 10), (25, 5), (1, 1)])
def test_what_is_seen_agrees_with_the_exact_chances(trials, count, width):
    found = contest(middles(count), trials, width, repeats=20_000, seed=3)
    for exact, seen in ((found.grid, found.grid_seen), (found.random, found.random_seen)):
        assert abs(exact - seen) <= 5 * found.spread(exact) + 1e-12
    assert found.random == pytest.approx(1 - (1 - width) ** trials)


@pytest.mark.parametrize("count", [1, 3, 8])
def test_for_narrow_intervals_it_is_the_known_formula(count):
    assert hit_chance(middles(count), 0.03) == pytest.approx(grid_hit(0.03, count))


def test_a_grid_that_is_finer_than_the_good_part_always_hits():
    assert hit_chance(middles(10), 0.11) == pytest.approx(1)
    assert contest(middles(10), 10, 0.11, repeats=500).grid_seen == 1


@given(
    values=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    width=st.floats(0.01, 0.9),
)
def test_the_chance_is_what_a_fine_sweep_of_positions_gives(values, width):
    low = (np.arange(20_000) + 0.5) / 20_000 * (1 - width)
    places = np.array(values)
    hit = ((places >= low[:, None]) & (places < low[:, None] + width)).any(axis=1)
    assert hit_chance(values, width) == pytest.approx(hit.mean(), abs=2e-3)


def test_random_beats_a_grid_where_one_axis_matters():
    found = contest(middles(3), 9, 0.1, repeats=100)
    assert found.random > 1.8 * found.grid


@pytest.mark.parametrize("width", [0.0, 1.0, -0.1, float("nan")])
def test_a_width_that_is_no_share_is_refused(width):
    with pytest.raises(FieldError, match="share of the axis"):
        contest(middles(3), 9, width)
