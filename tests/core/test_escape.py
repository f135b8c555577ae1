"""The saddle microscope: what the quadratic model predicts is what a rule does near a saddle."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from landscape import (
    AdaGrad,
    Adam,
    AdamW,
    Exponential,
    GradientDescent,
    Momentum,
    RMSProp,
    Surface,
    descend,
    surfaces,
)
from landscape.geometry.critical_points import critical_points
from landscape.geometry.escape import escape, predicted_escape

RULES = {
    "gradient descent": GradientDescent(0.1),
    "ewma": Momentum(0.1),
    "classical": Momentum(0.05, form="classical"),
    "ewma, looking ahead": Momentum(0.1, nesterov=True),
    "classical, looking ahead": Momentum(0.05, form="classical", nesterov=True),
    "ewma, corrected": Momentum(0.1, bias_correction=True),
    "RMSProp": RMSProp(0.02),
    "AdaGrad": AdaGrad(0.2),
    "Adam": Adam(0.02),
    "Adam, uncorrected": Adam(0.01, bias_correction=False),
    "AdamW": AdamW(0.02, weight_decay=0.1),
}
CLOSED = ("gradient descent", "ewma", "classical", "ewma, looking ahead", "classical, looking ahead")
QUADRATICS = {
    "upright": ("0.5(x^2 - y^2)", (0.9, 0.003)),
    "beside the origin": ("0.5((x - 0.3)^2 - 2(y - 0.4)^2)", (1.2, 0.403)),
    "turned": ("x*y + 0.1(x + y)^2", (0.6, -0.594)),
}


@pytest.fixture(scope="module")
def known():
    return {name: critical_points(Surface.from_formula(text)) for name, (text, _) in QUADRATICS.items()}


@pytest.mark.parametrize("schedule", [None, Exponential(gamma=0.998)], ids=["constant", "decaying"])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", QUADRATICS)
def test_on_a_quadratic_saddle_prediction_and_observation_agree(known, name, rule, schedule):
    critical = known[name]
    path = descend(critical.surface, RULES[rule], QUADRATICS[name][1], steps=400, schedule=schedule)
    found = escape(path, critical)
    assert found is not None
    assert found.observed is not None
    assert found.predicted is not None
    assert 0 <= found.observed - found.predicted < 1, "a whole number of steps, rounded up"
    closed = found.formula.startswith("ln(")
    assert closed or "of the rule itself" in found.formula
    assert closed <= (rule in CLOSED and schedule is None)


@pytest.mark.parametrize("rule", CLOSED)
def test_the_closed_form_is_used_where_the_fading_root_is_gone(known, rule):
    path = descend(known["upright"].surface, RULES[rule], (0.0, 1e-4), steps=300)
    found = escape(path, known["upright"])
    assert found is not None
    offset, base, steps = re.match(
        r"ln\(1/(.*)\)/ln\((.*)\) = (.*) steps", found.formula
    ).groups()  # fmt: skip
    growth = 1 + math.prod(float(part) for part in base.removeprefix("1 + ").split("·"))
    by_hand = math.log(1 / float(offset.replace("e−", "e-"))) / math.log(growth)
    assert by_hand == pytest.approx(float(steps), rel=0.01), "the formula as printed gives the number"
    assert found.predicted == pytest.approx(float(steps), rel=0.01)


def test_gradient_descent_from_rest_is_the_textbook_formula():
    expected = math.log(1 / 0.012) / math.log(1 + 0.03 * 2.4)
    assert predicted_escape(GradientDescent(0.03), -2.4, 0.012, 1.0) == pytest.approx(expected)
    assert predicted_escape(GradientDescent(1.0), -2.4, -0.012, 1.0, learning_rate=0.03) == pytest.approx(
        expected
    )


@pytest.mark.parametrize("offset", [1e-6, 1e-3, 0.2, 0.9])
@pytest.mark.parametrize("rule", RULES)
def test_predictions_from_rest_agree_with_the_rule_itself(rule, offset):
    optimizer, y, steps = RULES[rule], offset, 0
    state = optimizer.init(y)
    while abs(y) <= 1.0:
        step, state = optimizer.update(-1.5 * y, state, y)
        y, steps = y + step, steps + 1
    assert 0 <= steps - predicted_escape(optimizer, -1.5, offset, 1.0) < 1.5


def test_predictions_at_the_ends():
    rule = GradientDescent(0.1)
    assert predicted_escape(rule, -1.0, 0.0, 1.0) == math.inf
    assert predicted_escape(rule, 1.0, 0.5, 1.0) == math.inf, "no way out of a minimum"
    assert predicted_escape(rule, -1.0, 2.0, 1.0) == 0
    assert predicted_escape(rule, -1.0, 0.1, 1.0, schedule=Exponential(gamma=0.5)) == math.inf
    decaying = predicted_escape(rule, -1.0, 0.1, 1.0, schedule=Exponential(gamma=0.99))
    assert 25 <= decaying <= 40
    assert predicted_escape(rule, -1.0, 0.1, 1.0) == pytest.approx(24.16, abs=0.01)


@pytest.mark.parametrize(
    ("surface", "start"),
    [("saddle", (-1.8, 0.001)), ("double_well", (0.03, 0.3)), ("twin_valleys", (0.01, 0.5))],
)
@pytest.mark.parametrize("rule", ["gradient descent", "ewma", "classical"])
def test_on_curved_saddles_they_agree_within_a_step_or_a_few_per_cent(surface, start, rule):
    critical = critical_points(surfaces[surface])
    path = descend(critical.surface, RULES[rule], start, steps=400)
    found = escape(path, critical)
    assert found is not None
    assert found.observed is not None
    assert found.observed == pytest.approx(math.ceil(found.predicted), abs=1, rel=0.05)
    assert f"in {found.observed} steps; predicted: " in found.sentence()
    beside = (path.points[found.entered : found.left] - found.saddle.position) @ found.saddle.eigenvectors[
        :, 0
    ]
    assert np.abs(beside).max() <= found.reach, "left is the first step out"


@pytest.mark.parametrize("rule", RULES)
def test_exactly_on_the_ridge_it_never_leaves(rule):
    critical = critical_points(surfaces["twin_valleys"])
    path = descend(critical.surface, RULES[rule], (0.0, 1.0), steps=300)
    found = escape(path, critical)
    assert found is not None
    assert (found.left, found.offset, found.predicted) == (None, 0.0, math.inf)
    assert found.stays
    assert found.sentence() == (
        "Exactly on the ridge of the saddle (0, 0), no slope leads off it: "
        f"still there after {300 - found.entered} steps."
    )


def test_noise_on_the_ridge_has_no_prediction_and_beside_it_says_without_noise():
    critical = critical_points(surfaces["twin_valleys"])
    on = escape(descend(critical.surface, GradientDescent(0.05), (0.0, 0.0), 200, noise=0.1), critical)
    assert on.predicted is None
    assert on.observed is not None
    assert "predicted without noise: never" in on.sentence()
    beside = escape(descend(critical.surface, GradientDescent(0.05), (0.01, 0.0), 200, noise=0.1), critical)
    assert "predicted without noise: " in beside.sentence()
    quiet = escape(descend(critical.surface, GradientDescent(0.05), (0.01, 0.0), 200), critical)
    assert beside.predicted == quiet.predicted
    assert "noise" not in quiet.sentence()


def test_one_that_stays_is_told_with_what_was_predicted():
    critical = critical_points(surfaces["saddle"])
    found = escape(descend(critical.surface, GradientDescent(0.01), (0.1, 0.01), steps=100), critical)
    assert found.left is None
    assert found.observed is None
    assert found.stays
    assert found.predicted == pytest.approx(math.log(found.reach / 0.01) / math.log(1.01))
    assert found.sentence().startswith("Still at the saddle (0, 0) after 100 steps; predicted: 420, ")
    iterated = escape(descend(critical.surface, Adam(1e-4), (0.1, 0.01), steps=100), critical)
    assert iterated.predicted is None
    assert iterated.formula == "more than 100 steps on the saddle's quadratic model"


def test_one_that_never_comes_near_has_no_passage():
    for surface, start in (("bowl", (1.0, 1.0)), ("himmelblau", (3.2, 2.2)), ("monkey_saddle", (0.9, 0.05))):
        critical = critical_points(surfaces[surface])
        assert escape(descend(critical.surface, GradientDescent(0.001), start, steps=50), critical) is None


def test_one_that_diverges_along_the_ridge_did_not_leave_it():
    critical = critical_points(surfaces["twin_valleys"])
    path = descend(critical.surface, GradientDescent(1.1), (0.0, 0.01), steps=5000)
    assert path.status == "diverged"
    found = escape(path, critical)
    assert (found.left, found.stays) == (None, False)
    assert f"it did not leave it after {path.last} steps" in found.sentence()
    lost = descend(Surface.from_formula("x^2 - y^2"), GradientDescent(0.5), (0.5, 0.1), steps=5000)
    assert lost.status == "diverged"
    away = escape(lost, critical_points(lost.surface))
    assert away.observed == 4
    assert away.observed - away.predicted < 1


def test_a_saddle_can_be_asked_for_and_the_nearest_is_the_default():
    critical = critical_points(surfaces["six_hump_camel"])
    path = descend(critical.surface, GradientDescent(0.005), critical.surface.start, steps=400)
    nearest = escape(path, critical)
    assert nearest is not None
    assert escape(path, critical, nearest.saddle).sentence() == nearest.sentence()
    others = [escape(path, critical, saddle) for saddle in critical.of("saddle")]
    assert sum(found is not None for found in others) < len(others)


@pytest.mark.parametrize("surface", ["himmelblau", "double_well", "rastrigin", "peaks", "beale"])
def test_within_reach_the_model_is_fair_and_nothing_else_is_near(surface):
    critical = critical_points(surfaces[surface])
    for saddle in critical.of("saddle")[:5]:
        at = descend(critical.surface, GradientDescent(1e-9), saddle.position, steps=1)
        found = escape(at, critical, saddle)
        apart = [np.hypot(*(other.position - saddle.position)) for other in critical if other is not saddle]
        assert found.reach <= 0.5 * min(apart)
        for side in (-found.reach, found.reach):
            slope = critical.surface.gradient(saddle.position + side * saddle.eigenvectors[:, 0])
            model = saddle.eigenvalues[0] * side
            assert slope @ saddle.eigenvectors[:, 0] == pytest.approx(model, rel=0.1001)
