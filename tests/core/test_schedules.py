"""Each schedule against its written formula."""

from __future__ import annotations

import math

import numpy as np
import pytest

from landscape import (
    Cosine,
    Exponential,
    FieldError,
    GradientDescent,
    InverseTime,
    Schedule,
    Step,
    descend,
    surfaces,
)
from landscape.schedules import SCHEDULES, make_schedule

WRITTEN = [
    (Schedule(), lambda t: 1.0),
    (InverseTime(decay=0.3), lambda t: 1 / (1 + 0.3 * t)),
    (Exponential(gamma=0.97), lambda t: 0.97**t),
    (Step(gamma=0.5, every=7), lambda t: 0.5 ** math.floor(t / 7)),
    (Cosine(over=40), lambda t: (1 + math.cos(math.pi * min(t, 40) / 40)) / 2),
    (Cosine(over=40, final=0.2), lambda t: 0.2 + 0.8 * (1 + math.cos(math.pi * min(t, 40) / 40)) / 2),
]


@pytest.mark.parametrize(("schedule", "written"), WRITTEN, ids=[repr(case[0]) for case in WRITTEN])
def test_factor_is_the_written_formula(schedule, written):
    for t in (0, 1, 6, 7, 13, 14, 20, 39, 40, 41, 500):
        assert schedule(t) == pytest.approx(written(t), abs=1e-15)


@pytest.mark.parametrize(("schedule", "written"), WRITTEN, ids=[repr(case[0]) for case in WRITTEN])
def test_warm_up_rises_linearly_and_then_the_decay_begins(schedule, written):
    warmed = type(schedule)(**{**vars(schedule), "warm_up": 5})
    assert [warmed(t) for t in range(5)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [warmed(t) for t in (5, 6, 25)] == pytest.approx([written(0), written(1), written(20)])


@pytest.mark.parametrize(("schedule", "written"), WRITTEN, ids=[repr(case[0]) for case in WRITTEN])
def test_path_takes_the_scheduled_steps(schedule, written):
    """On the round bowl each step multiplies the position by 1 − α(t)."""
    path = descend(surfaces["bowl"], GradientDescent(0.1), (1.0, -2.0), steps=50, schedule=schedule)
    rates = np.array([0.1 * written(t) for t in range(50)])
    assert path.learning_rates == pytest.approx(rates, abs=1e-16)
    assert path.points[-1] == pytest.approx(np.array([1.0, -2.0]) * np.prod(1 - rates), rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [("1/t", "decay", -1), ("1/t", "decay", math.nan), ("exponential", "gamma", 0), ("step", "every", 0),
     ("step", "every", 2.5), ("cosine", "over", -3), ("cosine", "final", "low"), ("constant", "warm_up", -1),
     ("constant", "warm_up", True), ("cosine", "over", math.inf), ("cosine", "gamma", 0.9),
     ("linear", "kind", 1)],
)  # fmt: skip
def test_bad_setting_is_refused_by_name(kind, field, value):
    with pytest.raises(FieldError) as caught:
        make_schedule(kind, **({} if field == "kind" else {field: value}))
    assert caught.value.field == field


def test_growing_rate_diverges_and_does_not_crash():
    path = descend(
        surfaces["bowl"], GradientDescent(1.0), (1, 1), steps=2000, schedule=Exponential(gamma=1e3)
    )
    assert path.status == "diverged"


@pytest.mark.parametrize("kind", SCHEDULES)
def test_every_kind_can_be_made_by_name_and_shows_its_formula(kind):
    assert make_schedule(kind)(0) == 1
    assert "α" in make_schedule(kind).formula
