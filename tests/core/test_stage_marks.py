"""The scale of a stage's arrows: round, the same for all stages, and large enough to see."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape import Adam, AdamW, GradientDescent, descend, surfaces
from landscape.stages import Mark, Stage, scale_text, scales, stages


def stage(*marks):
    return Stage("", "", "", "", np.zeros(2), marks)


def arrow(units, x, y=0.0):
    return Mark("arrow", units, "result", "−g", np.zeros(2), np.array([x, y]))


def box(x, y):
    return Mark("box", "gradient", "result", "√s", np.zeros(2), np.array([x, y]))


def test_a_scale_holds_for_all_stages_and_each_of_the_units():
    found = [stage(arrow("gradient", 3.0, 4.0)), stage(arrow("gradient", 0.1), arrow("ratio", -1.0))]
    assert scales(found, 1.0) == {"gradient": 0.2, "ratio": 1.0}
    assert scales(found, 10.0) == {"gradient": 2.0, "ratio": 10.0}


def test_a_box_reaches_half_as_far_as_its_diagonal():
    assert box(6.0, 8.0).reach == 5.0
    assert scales([stage(box(6.0, 8.0))], 1.0) == {"gradient": 0.2}


@pytest.mark.parametrize(
    ("length", "factor"),
    [(7.0, 1), (1.0, 1), (0.34, 1), (0.3, 2), (0.04, 20), (0.003, 200), (0.0003, 2000), (0.0, 1)],
)
def test_steps_are_to_scale_until_they_are_too_short_to_see(length, factor):
    assert scales([stage(arrow("step", -length))], 1.0) == {"step": factor}


def test_nothing_to_draw_breaks_nothing():
    assert scales([], 1.0) == {}
    assert scales([stage(arrow("gradient", 0.0), arrow("ratio", math.inf), box(0.0, 0.0))], 1.0) == {
        "gradient": 1.0,
        "ratio": 1.0,
    }
    level = descend(surfaces["bowl"], Adam(0.1), (0, 0), steps=2)
    assert scales(stages(level, 0), 1.0) == {"gradient": 1.0, "ratio": 1.0, "step": 1.0}


@given(st.floats(1e-290, 1e290), st.floats(1e-3, 1e3))
def test_factors_are_round_and_as_large_as_fits(length, room):
    factor = scales([stage(arrow("gradient", length))], room)["gradient"]
    digits, power = f"{factor:e}".split("e")
    assert float(digits) in (1, 2, 5)
    assert factor == float(f"{digits[0]}e{power}")
    assert factor * length <= room * (1 + 1e-12)
    assert factor * length > room / 2.5000001


@pytest.mark.parametrize("rule", [GradientDescent(0.005), AdamW(0.1)], ids=repr)
def test_every_arrow_of_an_update_fits_the_room(rule):
    path = descend(surfaces["himmelblau"], rule, (-1.4, -0.45), steps=30, noise=0.5, seed=4)
    for step in (0, 7, 29):
        found = stages(path, step)
        factors = scales(found, 1.5)
        assert set(factors) == {mark.units for each in found for mark in each.marks}
        for mark in (mark for each in found for mark in each.marks if mark.units != "step"):
            assert factors[mark.units] * mark.reach <= 1.5


def test_scale_in_words():
    assert scale_text("gradient", 0.05) == "gradients drawn × 0.05"
    assert scale_text("gradient", 1.0) == "gradients drawn × 1"
    assert scale_text("ratio", 2.0) == "ratios drawn × 2"
    assert scale_text("step", 1.0) == "steps drawn to scale"
    assert scale_text("step", 5000.0) == "steps drawn × 5000"
    assert scale_text("gradient", 2e-07) == "gradients drawn × 2e−7"
