"""Steps along the scales of a search space."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape.errors import LandscapeError
from landscape.tuning.space import KINDS
from landscape.tuning.steps import next_value

NUMBERS = {name: kind for name, kind in KINDS.items() if kind.limits is not None}
SCALES = ("linear", "log", "log of 1-x", "powers of 2")


@given(st.sampled_from(list(NUMBERS)), st.sampled_from(SCALES), st.floats(0, 1), st.sampled_from([1, -1]))
def test_a_step_is_a_value_further_on_or_none(name, scale, share, way):
    kind = NUMBERS[name]
    value = kind.low + (kind.high - kind.low) * share
    value = float(round(value)) if kind.limits.whole else value
    found = next_value(kind.limits, scale, value, way)
    assert (found - value) * way >= 0
    kind.limits.check(name, found)


@pytest.mark.parametrize("name", NUMBERS)
def test_steps_up_and_down_come_back(name):
    kind = NUMBERS[name]
    up = next_value(kind.limits, kind.scale, kind.low, 1)
    assert up > kind.low
    assert next_value(kind.limits, kind.scale, up, -1) == pytest.approx(kind.low)


def test_where_values_end_it_stays():
    units = KINDS["units"].limits
    assert next_value(units, "powers of 2", 512, 1) == 512
    assert next_value(units, "powers of 2", 1, -1) == 1
    assert next_value(KINDS["learning_rate"].limits, "log", 0, -1) == 0
    with pytest.raises(LandscapeError):
        units.check("units", 1024)
