"""Every rule and form that optax can express, step by step against it in float64."""

from __future__ import annotations

import numpy as np
import pytest

from landscape import (
    AdaGrad,
    Adam,
    AdamW,
    Cosine,
    Exponential,
    GradientDescent,
    Momentum,
    RMSProp,
    Schedule,
    descend,
    surfaces,
)

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy
STEPS, RUN = 300, 50

WRITTEN = {
    "himmelblau": lambda p: (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2,
    "ravine": lambda p: 0.5 * (p[0] ** 2 + 20 * p[1] ** 2),
    "banana": lambda p: (1 - p[0]) ** 2 + 5 * (p[1] - p[0] ** 2) ** 2,
    "plateau": lambda p: 1 - jnp.exp(-0.6 * (p[0] ** 2 + p[1] ** 2)) + 0.002 * (p[0] + p[1]),
    "three_hump_camel": lambda p: 2 * p[0] ** 2 - 1.05 * p[0] ** 4 + p[0] ** 6 / 6 + p[0] * p[1] + p[1] ** 2,
}


def ewma(rate: float, beta: float, debias: bool = False):
    return optax.chain(optax.ema(beta, debias=debias), optax.scale(-rate))


def uncorrected_adam(rate: float, beta1: float, beta2: float, epsilon: float):
    """Adam's two averages without their correction, built from optax's parts."""

    def init(params):
        return jnp.zeros_like(params), jnp.zeros_like(params)

    def update(gradient, state, params=None):
        first = optax.tree.update_moment(gradient, state[0], beta1, 1)
        second = optax.tree.update_moment(gradient, state[1], beta2, 2)
        return -rate * first / (jnp.sqrt(second) + epsilon), (first, second)

    return optax.GradientTransformation(init, update)


RULES = {
    "gradient descent": (GradientDescent(0.002), optax.sgd(0.002)),
    "classical momentum": (Momentum(0.001, 0.9, form="classical"), optax.sgd(0.001, momentum=0.9)),
    "nesterov": (
        Momentum(0.001, 0.9, form="classical", nesterov=True),
        optax.sgd(0.001, momentum=0.9, nesterov=True),
    ),
    "ewma": (Momentum(0.01, 0.9), ewma(0.01, 0.9)),
    "ewma, corrected": (Momentum(0.01, 0.9, bias_correction=True), ewma(0.01, 0.9, debias=True)),
    "rmsprop": (RMSProp(0.003, 0.9, 1e-8), optax.rmsprop(0.003, decay=0.9, eps=1e-8, eps_in_sqrt=False)),
    "adam": (Adam(0.02), optax.adam(0.02)),
    "adam, other settings": (Adam(0.05, 0.7, 0.95, 1e-3), optax.adam(0.05, b1=0.7, b2=0.95, eps=1e-3)),
    "adam, uncorrected": (Adam(0.01, bias_correction=False), uncorrected_adam(0.01, 0.9, 0.999, 1e-8)),
    "adamw": (AdamW(0.02, weight_decay=0.1), optax.adamw(0.02, weight_decay=0.1)),
    # optax adds epsilon inside the root, so the two agree at ε = 0 only.
    "adagrad": (AdaGrad(0.2, 0.0), optax.adagrad(0.2, initial_accumulator_value=0.0, eps=0.0)),
}


def optax_path(transform, function, start, steps: int = STEPS) -> np.ndarray:
    gradient = jax.grad(function)

    def step(carry, _):
        point, state = carry
        updates, state = transform.update(gradient(point), state, point)
        point = optax.apply_updates(point, updates)
        return (point, state), point

    def run(point):
        return jax.lax.scan(step, (point, transform.init(point)), None, length=steps)[1]

    first = jnp.array(start, dtype=jnp.float64)
    return np.concatenate([np.array(first)[None], np.array(jax.jit(run)(first))])


def farthest_step(optimizer, surface, peer: np.ndarray) -> float:
    """The rule's memory over the peer's whole path: how far any next point is from the peer's.

    Rules that normalize end in a jitter around the minimum in which a rounding error doubles every few
    steps; so whole paths are compared while they run, and beyond that each step from the peer's point.
    """
    position, worst = peer[0], 0.0
    state = optimizer.init(position)
    for following in peer[1:]:
        step, state = optimizer.update(surface.gradient(position), state, position)
        worst = max(worst, float(np.abs(position + step - following).max()))
        position = following
    return worst


@pytest.mark.parametrize("key", WRITTEN)
@pytest.mark.parametrize("rule", RULES)
def test_path_is_that_of_optax(rule, key):
    optimizer, transform = RULES[rule]
    surface = surfaces[key]
    path = descend(surface, optimizer, surface.start, steps=STEPS)
    assert path.status == "ran"
    peer = optax_path(transform, WRITTEN[key], surface.start)
    assert np.abs(peer[-1] - peer[0]).max() > 1e-3, "a path that stands still compares nothing"
    scale = max(np.abs(peer).max(), 1)
    assert np.abs(path.points[:RUN] - peer[:RUN]).max() <= 1e-12 * scale
    assert farthest_step(optimizer, surface, peer) <= 1e-12 * scale


@pytest.mark.parametrize(
    ("schedule", "peer"),
    [
        (Exponential(gamma=0.98), optax.exponential_decay(0.05, 1, 0.98)),
        (Cosine(over=100, final=0.1), optax.cosine_decay_schedule(0.05, 100, alpha=0.1)),
        (
            Schedule(warm_up=10),
            optax.join_schedules(
                [optax.linear_schedule(0.005, 0.05, 9), optax.constant_schedule(0.05)], [10]
            ),
        ),
    ],
    ids=["exponential", "cosine", "warm-up"],
)
def test_scheduled_path_is_that_of_optax(schedule, peer):
    surface = surfaces["himmelblau"]
    path = descend(surface, Adam(0.05), surface.start, steps=200, schedule=schedule)
    # Given a whole number, optax computes schedules in float32.
    exact = optax.adam(lambda count: peer(count.astype(jnp.float64)))
    points = optax_path(exact, WRITTEN["himmelblau"], surface.start, 200)
    assert np.abs(path.points - points).max() <= 1e-12 * np.abs(points).max()
