"""Limits of stability, by really iterating the rules a little below and above them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from landscape import Adam, GradientDescent, Momentum, RMSProp, Surface, surfaces
from landscape.descent import descend
from landscape.geometry.stability import largest_curvature, limit_formula, scaling, sharpness, stability_limit


def grows(optimizer, curvature: float, steps: int = 20_000, bound: float = 1e200) -> bool:
    """Whether a rule, iterated on ½λx² from 1, runs away; what grows at first may still die away."""
    position, state, sizes = 1.0, optimizer.init(1.0), []
    for _ in range(steps):
        step, state = optimizer.update(curvature * position, state, position)
        position += step
        sizes.append(abs(position))
        if sizes[-1] > bound:
            return True
    return max(sizes[-500:]) > max(sizes[steps // 2 : steps // 2 + 500])


BETAS = [0.0, 0.3, 0.5, 0.9, 0.97]
FORMS = [("classical", False), ("ewma", False), ("ewma", True)]  # and whether the bias is corrected


def momentum(beta: float, form: str, nesterov: bool, corrected: bool):
    return lambda rate: Momentum(rate, beta=beta, form=form, nesterov=nesterov, bias_correction=corrected)


RULES = [GradientDescent, *(momentum(b, f, n, c) for b in BETAS for f, c in FORMS for n in (False, True))]


@pytest.mark.parametrize("curvature", [1.0, 37.0])
@pytest.mark.parametrize("make", RULES)
def test_the_limit_of_gradient_descent_and_momentum_is_sharp(make, curvature):
    limit = stability_limit(make(0.1))
    assert not grows(make(0.999 * limit / curvature), curvature)
    assert grows(make(1.003 * limit / curvature), curvature)


def test_formulas_of_the_reference():
    assert stability_limit(GradientDescent()) == 2
    for beta in BETAS:
        assert stability_limit(Momentum(beta=beta, form="classical")) == pytest.approx(2 + 2 * beta)
        assert stability_limit(Momentum(beta=beta, form="ewma")) == pytest.approx((2 + 2 * beta) / (1 - beta))


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("make", [
    lambda rate, b: Adam(rate, beta1=b, beta2=1.0 - 1e-13, epsilon=1.0, bias_correction=False),
    lambda rate, b: Adam(rate, beta1=b, beta2=0.0, epsilon=1e9, bias_correction=False),
])  # fmt: skip
def test_adam_with_its_scaling_held_fixed(make, beta):
    scale = make(1.0, beta).epsilon  # the squares hardly count beside it
    curvature = 1e-3 if scale == 1 else 1.0
    limit = stability_limit(make(1.0, beta))
    assert limit == pytest.approx((2 + 2 * beta) / (1 - beta))
    for share, runs in ((0.99, False), (1.01, True)):
        rule = make(share * limit * scale / curvature, beta)
        assert grows(rule, curvature, 4000, 1e4) == runs


def test_rmsprop_with_its_scaling_held_fixed():
    for share, runs in ((0.99, False), (1.01, True)):
        rule = RMSProp(share * 2 * 1e9, rho=0.9, epsilon=1e9)
        assert stability_limit(rule) == 2
        assert grows(rule, 1.0, 4000, 1e4) == runs


def test_symbols_agree_with_numbers():
    for make in RULES:
        rule = make(0.1)
        beta = getattr(rule, "beta", 0.0)
        text = (
            limit_formula(rule)
            .replace("−", "-")
            .replace("2β", "2*beta")
            .replace("β", "beta")
            .replace(")(", ")*(")
        )
        number = eval(text, {"beta": beta})
        if "/(" in text and ")*(" in text.split("/", 1)[1]:
            number = eval(text.replace("/(", "/((", 1) + ")", {"beta": beta})
        assert number == pytest.approx(stability_limit(rule))
    assert limit_formula(Adam()) == "(2 + 2β₁)/(1 − β₁)"


def test_largest_curvature_is_that_of_the_symmetric_scaled_hessian():
    random = np.random.default_rng(3)
    hessians = random.normal(size=(40, 2, 2))
    hessians = hessians + hessians.transpose(0, 2, 1)
    assert largest_curvature(hessians) == pytest.approx(np.linalg.eigvalsh(hessians)[:, 1])
    scale = 10 ** random.uniform(-3, 3, (40, 2))
    root = 1 / np.sqrt(scale)
    scaled = hessians * root[:, :, None] * root[:, None, :]
    assert largest_curvature(hessians, scale) == pytest.approx(np.linalg.eigvalsh(scaled)[:, 1])
    plain = np.array(
        [np.linalg.eigvals(np.diag(1 / s) @ h).real.max() for s, h in zip(scale, hessians, strict=True)]
    )
    assert largest_curvature(hessians, scale) == pytest.approx(plain)


def test_sharpness_of_plain_descent_is_the_rate_times_the_curvature():
    path = descend(surfaces["himmelblau"], GradientDescent(0.005), (1.0, 1.0), steps=40)
    curvature = np.linalg.eigvalsh(surfaces["himmelblau"].hessian(path.points))[:, 1]
    assert sharpness(path) == pytest.approx(0.005 * curvature)
    assert sharpness(path).shape == (41,)
    assert scaling(path, 3).tolist() == [1, 1]


@pytest.mark.parametrize("correction", [True, False])
def test_scaling_is_what_adam_divided_by(correction):
    surface = surfaces["ravine"]
    path = descend(surface, Adam(0.05, bias_correction=correction), (-2.0, 1.0), steps=30)
    beta1, beta2 = path.optimizer.beta1, path.optimizer.beta2
    mean, square = np.zeros(2), np.zeros(2)
    for k in range(30):
        g = surface.gradient(path.points[k])
        mean, square = beta1 * mean + (1 - beta1) * g, beta2 * square + (1 - beta2) * g * g
        m, s = (
            (mean / (1 - beta1 ** (k + 1)), square / (1 - beta2 ** (k + 1))) if correction else (mean, square)
        )
        divisor = np.sqrt(s) + path.optimizer.epsilon
        assert scaling(path, k) == pytest.approx(divisor, rel=1e-9)
        assert path.points[k + 1] - path.points[k] == pytest.approx(-0.05 * m / divisor, rel=1e-9, abs=1e-12)
        expected = 0.05 * largest_curvature(surface.hessian(path.points[k]), divisor)
        assert sharpness(path)[k] == pytest.approx(float(expected), rel=1e-9)


def test_sharpness_of_rmsprop_hovers_at_its_limit():
    path = descend(Surface.from_formula("0.5*(x^2 + 20*y^2)"), RMSProp(0.01), (-2.0, 1.0), steps=3000)
    late = sharpness(path)[2000:]
    assert 0.5 < np.median(late) / stability_limit(path.optimizer) < 2


def test_a_path_without_steps_has_its_sharpness_too():
    path = descend(surfaces["bowl"], Adam(0.1), (1.0, 1.0), steps=0)
    assert sharpness(path) == pytest.approx([0.1])
    assert math.isfinite(stability_limit(path.optimizer))
