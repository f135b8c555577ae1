"""Basins in machine code: not a bit differs from the walk in NumPy, and what it cannot do is left to that."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from test_basins import RULES as COMMON_RULES

from landscape import (
    Adam,
    AdamW,
    Cosine,
    Exponential,
    GradientDescent,
    InverseTime,
    Momentum,
    RMSProp,
    Schedule,
    Step,
    Surface,
    surfaces,
)  # fmt: skip
from landscape.descent import learning_rates
from landscape.geometry.basin_walk import DIVERGED, TRAVELLING, Walk
from landscape.geometry.basins import basins
from landscape.geometry.critical_points import critical_points
from landscape.geometry.fused_walk import fused_walk
from landscape.geometry.pace import Pace
from landscape.geometry.wells import Wells

RULES = {
    **COMMON_RULES,
    "too fast": GradientDescent(0.3),
    "no memory": Momentum(0.03, 0.0),
    "classical nesterov": Momentum(0.005, form="classical", nesterov=True),
    "corrected nesterov": Momentum(0.05, nesterov=True, bias_correction=True),
    "undecayed adamw": AdamW(0.1, weight_decay=0.0),
    "numbers of NumPy": Adam(np.float64(0.1), np.float64(0.8), np.float64(0.9), np.float64(1e-6)),
    "arrays of no dimensions": Momentum(np.array(0.03), np.array(0.8), bias_correction=True),
    "whole numbers": Momentum(1, 0),
}
SCHEDULES = {
    "constant": None,
    "warm-up": Schedule(warm_up=20),
    "1/t": InverseTime(decay=0.05),
    "exponential": Exponential(gamma=0.97),
    "rising": Exponential(gamma=1.05),
    "overflowing": Exponential(gamma=1e6),
    "step": Step(gamma=0.5, every=30),
    "cosine": Cosine(over=150),
    "no rate left": Cosine(over=50),
}
FORMULAS = {
    "himmelblau": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    "a kink": "abs(x) + 0.25y^2",
    "two kinks": "abs(x - 1) + abs(y + 0.5) + 0.1x^2",
    "a fold": "max(x, -2x, y - 1) + 0.5y^2",
    "a fold of products": "max(x*y, 1 - x, y^2)^2 + min(x, y)^2",
    "a power beyond products": "x^4 + y^4 - 3x*y",
    "an overflow": "x^6 + y^6 - 4x^2*y^2",
    "divided by a number": "x^2/3 + y^2/7 - x/pi",
    "one variable": "(x^2 - 1)^2",
    "a plane": "x + 2y",
    "a constant": "3 + 0x",
    "a line of minima": "(x^2 + y^2 - 1)^2",
}


@lru_cache
def wells_of(surface):
    return Wells(surface, critical_points(surface).attractors)


def ends(surface, optimizer, schedule, steps, fused, starts=None):
    """Labels, and by start the place of whoever came to an end that the label does not tell."""
    pace = Pace(optimizer, learning_rates(optimizer, schedule, steps))
    code = fused_walk(surface, optimizer, pace) if fused else None
    assert (code is not None) == fused
    if starts is None:
        xs, ys = (np.linspace(*side, n) for side, n in ((surface.x, 23), (surface.y, 19)))
        starts = np.stack(np.meshgrid(xs, ys)).reshape(2, -1)
    walk = Walk(surface, optimizer, pace, wells_of(surface), starts, code)
    list(walk.rounds())
    places = np.full(starts.shape, np.nan)
    for who, place in walk.ended:
        places[:, who] = place
    return walk.labels, places


def assert_same(surface, optimizer, schedule=None, steps=120, starts=None):
    plain = ends(surface, optimizer, schedule, steps, False, starts)
    fused = ends(surface, optimizer, schedule, steps, True, starts)
    assert (plain[0] == fused[0]).all()
    assert np.array_equal(plain[1], fused[1], equal_nan=True)
    return plain


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_rule_and_schedule(rule, schedule):
    assert_same(surfaces["himmelblau"], RULES[rule], SCHEDULES[schedule])


@pytest.mark.parametrize("steps", [1, 5, 6, 7, 12, 400])
def test_any_number_of_steps(steps):
    for rule in ("descent", "momentum", "adam"):
        assert_same(surfaces["himmelblau"], RULES[rule], steps=steps)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("rule", RULES)
def test_every_kind_of_ground(formula, rule):
    assert_same(Surface.from_formula(FORMULAS[formula], (-2.0, 3.0), (-3.0, 2.0)), RULES[rule])


@pytest.mark.parametrize("key", surfaces)
def test_every_surface_is_covered_or_walked_by_arrays(key):
    surface = surfaces[key]
    for rule in ("momentum", "adam"):
        pace = Pace(RULES[rule], learning_rates(RULES[rule], None, 60))
        if fused_walk(surface, RULES[rule], pace) is None:
            assert any(word in surface.formula for word in ("sin", "cos", "exp", "log", "sigmoid", "sqrt"))
        else:
            assert_same(surface, RULES[rule], steps=60)


@pytest.mark.parametrize(
    "formula", ["log(x - 1) + x^2 + y^2", "1/x + x^2 + y^2", "sqrt(x) + y^2", "x^a + y^2"]
)
def test_holes_are_left_to_arrays(formula):
    surface = Surface.from_formula(formula, parameters={"a": 1.5} if "a" in formula else None)
    pace = Pace(Adam(), learning_rates(Adam(), None, 20))
    assert fused_walk(surface, Adam(), pace) is None
    assert fused_walk(surfaces["himmelblau"], Adam(epsilon=0.0), pace) is None
    *_, known = basins(surface, Adam(0.1), (8, 8), 20)
    assert known.complete


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 1023, 1025, 5000])
def test_any_number_of_starts(count):
    starts = np.random.default_rng(count).uniform(-5, 5, (2, count))
    for rule in ("descent", "rmsprop"):
        assert_same(surfaces["himmelblau"], RULES[rule], starts=starts)


def test_starts_at_special_places():
    surface = surfaces["himmelblau"]
    minima = [point.position for point in critical_points(surface)]
    odd = [(0.0, 0.0), (-0.0, -0.0), (1e-320, 5e-324), (1e200, 1.0), (-1e308, 1e308), (3.0, 2.0)]
    for rule in RULES:
        assert_same(surface, RULES[rule], starts=np.array([*minima, *odd, *odd[::-1]]).T)


def test_both_ends_and_labels_are_compared():
    starts = np.random.default_rng(0).uniform(-9, 9, (2, 500))
    labels, places = assert_same(surfaces["himmelblau"], GradientDescent(0.01), steps=20, starts=starts)
    assert (labels >= 0).any()
    assert (labels == DIVERGED).any()
    assert (labels == TRAVELLING).any()
    assert (np.isfinite(places[0]) <= (labels == TRAVELLING)).all()


@pytest.mark.parametrize("formula", ["a*x^2 + b*y^4 - x*y", "(x - a^2)^2 + (y - sqrt(b))^2/a"])
def test_parameters_of_the_surface(formula):
    for a, b in ((1.0, 2.0), (3.0, 0.25), (0.5, 0.0)):
        surface = Surface.from_formula(formula, parameters={"a": a, "b": b})
        if "/a" not in formula:  # that might be a division by zero
            assert_same(surface, Adam(0.1))
        *_, known = basins(surface, Adam(0.1), (8, 8), 50)
        assert known.complete


def test_other_numbers_need_no_other_code():
    ravine = surfaces["ravine"]
    codes = set()
    for rate, beta, kappa in ((0.01, 0.9, 10), (0.02, 0.5, 10), (0.02, 0.5, 30)):
        optimizer = Momentum(rate, beta, bias_correction=True)
        pace = Pace(optimizer, learning_rates(optimizer, None, 50))
        codes.add(id(fused_walk(ravine.with_parameters(kappa=kappa), optimizer, pace).code))
    assert len(codes) == 1


def test_a_foreign_rule_is_traced_or_left_to_arrays():
    class Signed(GradientDescent):
        def update(self, gradient, state, position, learning_rate=None):
            return -learning_rate * np.sign(gradient), state

    class Clipped(GradientDescent):
        def update(self, gradient, state, position, learning_rate=None):
            alpha = self.learning_rate if learning_rate is None else learning_rate
            return -(alpha * np.minimum(np.maximum(gradient, -1), 1)), state

    class Deciding(GradientDescent):
        def update(self, gradient, state, position, learning_rate=None):
            return (-gradient if np.sum(gradient) > 0 else gradient), state

    pace = Pace(GradientDescent(0.1), np.full(50, 0.1))
    assert fused_walk(surfaces["himmelblau"], Deciding(0.1), pace) is None
    assert fused_walk(surfaces["himmelblau"], Signed(0.1), pace) is None
    assert_same(surfaces["himmelblau"], Clipped(0.1))


def test_maps_are_the_same(monkeypatch):
    for optimizer in (GradientDescent(0.01), RMSProp(0.02, 0.99), RULES["arrays of no dimensions"]):
        *_, fused = basins(surfaces["himmelblau"], optimizer, (70, 83), 200)
        with monkeypatch.context() as patch:
            patch.setattr("landscape.geometry.basins.fused_walk", lambda *_: None)
            *_, plain = basins(surfaces["himmelblau"], optimizer, (70, 83), 200)
        assert (fused.labels == plain.labels).all()
        assert np.array_equal(fused.minima, plain.minima)
