"""The update rules against REFERENCE.md, against 40-digit arithmetic and against theory."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest

from landscape import (
    AdaGrad,
    Adam,
    AdamW,
    FieldError,
    GradientDescent,
    LandscapeError,
    Momentum,
    RMSProp,
    make_optimizer,
)
from landscape.hyperparameters import hyperparameters
from landscape.optimizers import RULES, settings


def walk(optimizer, gradient, start, steps, learning_rate=None):
    """The bare loop of the module's documentation."""
    position, state = start, optimizer.init(start)
    for _ in range(steps):
        step, state = optimizer.update(gradient(position), state, position, learning_rate)
        position = position + step
    return position


def ellipse(position):
    return np.array([1.0, 10.0]) * position


@pytest.mark.parametrize(
    ("optimizer", "steps", "x", "y"),
    [
        (GradientDescent(0.01), 10, 0.904382075008805, 0.3486784401),
        (GradientDescent(0.01), 100, 0.36603234127323, 2.65613988875875e-5),
        (Momentum(0.01, 0.9, form="classical"), 10, 0.621079112470602, -0.5887893888),
        (Momentum(0.01, 0.9), 10, 0.958979057753457, 0.621079112470602),
        (RMSProp(0.01, 0.9, 1e-8), 1, 0.968377224398316, 0.968377223498316),
        (RMSProp(0.01, 0.9, 1e-8), 100, 0.0875865317215872, 0.0875865206892135),
        (Adam(0.01), 1, 0.9900000001, 0.99000000001),
        (Adam(0.01), 10, 0.900349654513793, 0.900349653599743),
    ],
)
def test_iterates_of_the_reference(optimizer, steps, x, y):
    assert walk(optimizer, ellipse, np.array([1.0, 1.0]), steps) == pytest.approx([x, y], rel=1e-12)


class LongDecimals:
    """Every rule once more, in 40 digits and from the papers' formulas, one coordinate at a time."""

    def __init__(self, optimizer):
        self.given = {
            name: value if isinstance(value, bool | str) else mp.mpf(value)
            for name, value in settings(optimizer).items()
        }
        self.key, self.t = optimizer.key, 0
        self.m, self.v = mp.mpf(0), mp.mpf(0)

    def next(self, g, position):
        h, self.t = self.given, self.t + 1
        alpha = h["learning_rate"]
        if self.key == "gradient_descent":
            return position - alpha * g
        if self.key == "momentum":
            beta = h["beta"]
            share = g * (1 - beta) if h["form"] == "ewma" else g
            self.m = beta * self.m + share
            move = beta * self.m + share if h["nesterov"] else self.m
            return position - alpha * move / (
                1 - beta ** (self.t + h["nesterov"]) if h["bias_correction"] else 1
            )
        if self.key == "rmsprop":
            self.v = h["rho"] * self.v + (1 - h["rho"]) * g**2
            return position - alpha * g / (mp.sqrt(self.v) + h["epsilon"])
        if self.key == "adagrad":
            self.v += g**2
            return position - alpha * g / (mp.sqrt(self.v) + h["epsilon"])
        self.m = h["beta1"] * self.m + (1 - h["beta1"]) * g
        self.v = h["beta2"] * self.v + (1 - h["beta2"]) * g**2
        m, v = self.m, self.v
        if h["bias_correction"]:
            m, v = m / (1 - h["beta1"] ** self.t), v / (1 - h["beta2"] ** self.t)
        moved = position - alpha * m / (mp.sqrt(v) + h["epsilon"])
        return moved - alpha * h.get("weight_decay", 0) * position


EVERY_FORM = [
    GradientDescent(0.05),
    *(
        Momentum(0.05, 0.8, form=form, nesterov=look)
        for form in ("ewma", "classical")
        for look in (False, True)
    ),
    Momentum(0.05, 0.9, bias_correction=True),
    Momentum(0.05, 0.9, nesterov=True, bias_correction=True),
    RMSProp(0.02, 0.95, 1e-3),
    AdaGrad(0.3, 1e-6),
    Adam(0.05, 0.8, 0.99, 1e-4),
    Adam(0.05, bias_correction=False),
    AdamW(0.05, 0.85, 0.98, 1e-6, weight_decay=0.1),
    AdamW(0.05, bias_correction=False, weight_decay=0.3),
]


@pytest.mark.parametrize("optimizer", EVERY_FORM, ids=repr)
def test_every_form_agrees_with_long_decimals(optimizer):
    """On x⁴/4 + sin x, which is neither a quadratic nor even."""
    found = walk(optimizer, lambda x: x**3 + math.cos(x), 1.7, 60)
    with mp.workdps(40):
        oracle, x = LongDecimals(optimizer), mp.mpf(1.7)
        for _ in range(60):
            x = oracle.next(x**3 + mp.cos(x), x)
        assert found == pytest.approx(float(x), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("gradient", [1e-4, 1.0, -3e7])
def test_first_step_does_not_depend_on_the_gradients_size(gradient):
    alpha, toward = 0.02, -math.copysign(1, gradient)
    for optimizer, length in (
        (Adam(alpha, epsilon=0.0), alpha),
        (Adam(alpha, epsilon=0.0, bias_correction=False), 3.16227766 * alpha),
        (RMSProp(alpha, rho=0.9, epsilon=0.0), alpha / math.sqrt(0.1)),
        (RMSProp(alpha, rho=0.99, epsilon=0.0), alpha / math.sqrt(0.01)),
        (AdaGrad(alpha, epsilon=0.0), alpha),
    ):
        step, _ = optimizer.update(gradient, optimizer.init(0.0), 0.0)
        assert step == pytest.approx(toward * length, rel=1e-8)


def test_uncorrected_adam_overshoots_most_at_its_twelfth_step():
    optimizer = Adam(1.0, epsilon=0.0, bias_correction=False)
    state, lengths = optimizer.init(0.0), []
    for _ in range(40):
        step, state = optimizer.update(5.0, state, 0.0)
        lengths.append(-step)
    assert lengths[0] == pytest.approx(3.16227766, abs=1e-8)
    assert lengths.index(max(lengths)) + 1 == 12
    assert max(lengths) == pytest.approx(6.56852025, abs=1e-8)


BETAS = [0.0, 0.5, 0.9]
LIMITS = [
    ("gradient descent", lambda alpha, beta: GradientDescent(alpha), lambda beta: 2.0),
    ("classical", lambda alpha, beta: Momentum(alpha, beta, form="classical"), lambda beta: 2 + 2 * beta),
    ("ewma", lambda alpha, beta: Momentum(alpha, beta), lambda beta: (2 + 2 * beta) / (1 - beta)),
]


@pytest.mark.parametrize("curvature", [0.3, 1.0, 40.0])
@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize(("name", "make", "limit"), LIMITS, ids=[case[0] for case in LIMITS])
def test_stability_limit_for_an_eigenvalue(name, make, limit, beta, curvature):
    edge = limit(beta) / curvature
    below, above = make(edge * 0.99, beta), make(edge * 1.01, beta)
    assert abs(walk(below, lambda x: curvature * x, 1.0, 4000)) < 1e-6
    with np.errstate(over="ignore"):
        assert abs(walk(above, lambda x: curvature * x, 1.0, 4000)) > 1e3


def test_oscillating_momentum_shrinks_by_the_root_of_beta():
    beta, start = 0.81, np.array([1.0])
    optimizer = Momentum(0.1, beta, form="classical")
    sizes, position, state = [], start, optimizer.init(start)
    for _ in range(400):
        step, state = optimizer.update(3.0 * position, state, position)
        position = position + step
        sizes.append(math.hypot(float(position[0]), float(state.velocity[0])))
    rate = (max(sizes[380:400]) / max(sizes[180:200])) ** (1 / 200)
    assert rate == pytest.approx(math.sqrt(beta), rel=2e-3)


def test_best_rates_for_a_condition_number_of_100():
    curvatures, start = np.array([1.0, 100.0]), np.array([1.0, 1.0])
    for optimizer, rate in (
        (GradientDescent(0.0198019802), 0.9801980198),
        (Momentum(0.0330578512, 0.6694214876, form="classical"), 0.8181818182),
    ):
        early = np.abs(walk(optimizer, lambda p: curvatures * p, start, 50)).max()
        late = np.abs(walk(optimizer, lambda p: curvatures * p, start, 100)).max()
        # Momentum's two roots coincide there, which adds a factor that grows like the number of steps.
        assert (late / early) ** (1 / 50) == pytest.approx(rate, rel=0.02)


def test_the_two_momentum_forms_differ_by_a_factor_of_the_learning_rate():
    ewma, classical = Momentum(0.2, 0.9), Momentum(0.02, 0.9, form="classical")
    start = np.array([1.0, -2.0])
    assert walk(ewma, ellipse, start, 80) == pytest.approx(walk(classical, ellipse, start, 80), rel=1e-12)


@pytest.mark.parametrize("optimizer", EVERY_FORM, ids=repr)
def test_one_rule_serves_floats_points_swarms_and_networks(optimizer):
    starts = np.random.default_rng(4).normal(size=(7, 2))

    def gradient(x):
        return x * x * x - 0.5 * x

    swarm = walk(optimizer, gradient, starts, 25)
    for row, start in zip(swarm, starts, strict=True):
        assert walk(optimizer, gradient, start, 25) == pytest.approx(row, rel=1e-13)
        alone = [walk(optimizer, gradient, float(coordinate), 25) for coordinate in start]
        assert isinstance(alone[0], float)
        assert alone == pytest.approx(row.tolist(), rel=1e-13)


@pytest.mark.parametrize("optimizer", EVERY_FORM, ids=repr)
def test_every_network_may_have_hyperparameters_of_its_own(optimizer):
    start = np.random.default_rng(5).normal(size=(4, 6))
    described, factors = hyperparameters(optimizer), np.array([0.5, 0.8, 1.0, 0.99])
    columns = {
        name: value if name not in described else getattr(optimizer, name) * factors[:, None]
        for name, value in settings(optimizer).items()
    }
    together = walk(type(optimizer)(**columns), np.sin, start, 25)
    for row in range(4):
        one = {name: v if name not in described else float(v[row, 0]) for name, v in columns.items()}
        assert walk(type(optimizer)(**one), np.sin, start[row], 25) == pytest.approx(together[row], rel=1e-12)


@pytest.mark.parametrize("optimizer", EVERY_FORM, ids=repr)
def test_a_schedule_can_pass_the_learning_rate(optimizer):
    start = np.array([1.0, -2.0])
    half = type(optimizer)(**{**settings(optimizer), "learning_rate": optimizer.learning_rate / 2})
    passed = walk(optimizer, ellipse, start, 9, learning_rate=optimizer.learning_rate / 2)
    assert passed == pytest.approx(walk(half, ellipse, start, 9), rel=1e-14)


@pytest.mark.parametrize("optimizer", EVERY_FORM, ids=repr)
def test_update_is_pure(optimizer):
    position, gradient = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    state = optimizer.update(gradient, optimizer.init(position), position)[1]
    first, second = (optimizer.update(gradient, state, position)[0] for _ in range(2))
    assert first.tolist() == second.tolist()
    assert (position.tolist(), gradient.tolist()) == ([1, -2], [3, 4])


@pytest.mark.parametrize("key", RULES)
def test_every_rule_goes_down_the_bowl_and_tells_its_story(key):
    optimizer = make_optimizer(key, learning_rate=0.1)
    end = walk(optimizer, lambda p: p, np.array([1.5, -1.0]), 200)
    assert np.hypot(*end) < 0.5
    assert optimizer.title
    assert len(optimizer.letter) == 1
    assert "θ" in optimizer.formula
    for hyperparameter in hyperparameters(optimizer).values():
        assert hyperparameter.help.endswith(".")


def test_letters_tell_the_rules_apart():
    assert len({rule.letter for rule in RULES.values()}) == len(RULES)


BAD = [("learning_rate", 0), ("learning_rate", -0.1), ("learning_rate", math.nan),
       ("learning_rate", math.inf),
       ("learning_rate", "fast"), ("learning_rate", None), ("learning_rate", True), ("beta", 1.0),
       ("beta", -0.1),
       ("rho", 1.5), ("beta1", 1.0), ("beta2", math.nan), ("epsilon", -1e-8),
       ("weight_decay", -1)]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD)
def test_bad_setting_is_refused_by_name(field, value):
    owners = [rule for rule in RULES.values() if field in hyperparameters(rule)]
    assert owners
    for owner in owners:
        with pytest.raises(FieldError, match=field) as caught:
            owner(**{field: value})
        assert caught.value.field == field


@pytest.mark.parametrize("value", ["x", [1, "a"], {"a": 1}, object(), 1j, [[1], [2, 3]]])
def test_what_is_no_number_at_all_is_refused_too(value):
    with pytest.raises(LandscapeError):
        make_optimizer("adam", learning_rate=value)


def test_one_bad_row_among_many_is_found():
    with pytest.raises(FieldError, match="-2"):
        Adam(learning_rate=np.array([[0.1], [-2.0], [0.3]]))


@pytest.mark.parametrize(
    ("make", "field"),
    [(lambda: Momentum(form="heavy"), "form"),
     (lambda: Momentum(form="classical", bias_correction=True), "bias_correction"),
     (lambda: Momentum(nesterov=1), "nesterov"), (lambda: Adam(bias_correction="yes"), "bias_correction"),
     (lambda: make_optimizer("adam", beta=0.9), "beta"), (lambda: make_optimizer("newton"), "rule"),
     (lambda: make_optimizer(""), "rule")],
)  # fmt: skip
def test_bad_choice_is_refused_by_name(make, field):
    with pytest.raises(FieldError) as caught:
        make()
    assert caught.value.field == field


@pytest.mark.parametrize("name", ["Adam", "GRADIENT-DESCENT", "gradient descent", "sgd", "gd", " rmsprop "])
def test_names_are_taken_in_any_common_spelling(name):
    assert make_optimizer(name, learning_rate=0.5).learning_rate == 0.5


@pytest.mark.parametrize("nesterov", [False, True])
def test_corrected_momentum_steps_by_alpha_times_a_constant_gradient(nesterov):
    """The correction makes the weights of the average sum to one, from the first step on."""
    rule = Momentum(0.1, 0.9, nesterov=nesterov, bias_correction=True)
    state = rule.init(0.0)
    for _ in range(20):
        step, state = rule.update(3.0, state, 0.0)
        assert step == pytest.approx(-0.3, rel=1e-12)


def test_nesterov_is_momentum_that_looks_ahead():
    assert make_optimizer("nesterov", beta=0.8) == Momentum(beta=0.8, nesterov=True)
