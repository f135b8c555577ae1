"""How long one 500-step path takes, beside torch.optim and optax in the same run (`make bench`).

A benchmark reports: it asserts that the same path was found, and nothing about time. "first" includes
all that a new formula costs (parsing, differentiating, compiling; under jit: tracing and compiling).
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest

from landscape import AdaGrad, Adam, AdamW, GradientDescent, Momentum, RMSProp, Surface, descend

torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")
jax.config.update("jax_enable_x64", True)

STEPS, START = 500, (-0.5, -1.2)
FORMULA = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
TABLE: list[str] = []
FRESH = itertools.count(1)


def himmelblau(p):
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


RULES = {
    "gradient descent": (
        GradientDescent(0.002),
        lambda p: torch.optim.SGD(p, lr=0.002),
        lambda: optax.sgd(0.002),
    ),
    "momentum": (
        Momentum(0.01, 0.9),
        lambda p: torch.optim.SGD(p, lr=0.01 * (1 - 0.9), momentum=0.9),
        lambda: optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.01)),
    ),
    "rmsprop": (
        RMSProp(0.003, 0.9),
        lambda p: torch.optim.RMSprop(p, lr=0.003, alpha=0.9),
        lambda: optax.rmsprop(0.003, decay=0.9, eps=1e-8, eps_in_sqrt=False),
    ),
    "adam": (Adam(0.02), lambda p: torch.optim.Adam(p, lr=0.02), lambda: optax.adam(0.02)),
    "adamw": (
        AdamW(0.02, weight_decay=0.1),
        lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1),
        lambda: optax.adamw(0.02, weight_decay=0.1),
    ),
    "adagrad": (
        AdaGrad(0.2, 0.0),
        lambda p: torch.optim.Adagrad(p, lr=0.2, eps=0.0),
        lambda: optax.adagrad(0.2, initial_accumulator_value=0.0, eps=0.0),
    ),
}


def median(work: Callable[[], object], rounds: int) -> float:
    """Median of the seconds that the work takes."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def with_torch(make) -> np.ndarray:
    point = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([point])
    points = [point.detach().numpy().copy()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        himmelblau(point).backward()
        optimizer.step()
        points.append(point.detach().numpy().copy())
    return np.array(points)


def compiled_optax(make):
    """A fresh function: jit traces and compiles it again at its first call."""
    transform, gradient = make(), jax.grad(himmelblau)

    def step(carry, _):
        point, state = carry
        updates, state = transform.update(gradient(point), state, point)
        point = optax.apply_updates(point, updates)
        return (point, state), point

    run = jax.jit(lambda point: jax.lax.scan(step, (point, transform.init(point)), None, length=STEPS)[1])
    return lambda: np.asarray(run(jax.numpy.array(START)))


@pytest.fixture(scope="module", autouse=True)
def table():
    """The table is printed once all rules have run."""
    TABLE.append(
        f"{'one path of 500 steps, ms':28}{'ours':>8}{'first':>8}{'torch':>9}{'×':>6}"
        f"{'optax first':>13}{'×':>6}{'first/first ×':>15}{'optax warm':>12}"
    )
    yield
    print("\n\n" + "\n".join(TABLE))


@pytest.mark.parametrize("rule", RULES)
def test_one_path_of_500_steps(rule):
    optimizer, make_torch, make_optax = RULES[rule]
    torch.set_num_threads(1)
    surface = Surface.from_formula(FORMULA)

    def from_scratch():
        # Another constant each time: what was parsed or differentiated before is kept.
        text = FORMULA.replace("11", f"11.{next(FRESH):04d}")
        return descend(Surface.from_formula(text), optimizer, START, STEPS)

    points = descend(surface, optimizer, START, STEPS).points
    assert np.abs(points - with_torch(make_torch)).max() < 1e-9
    assert np.abs(points[1:] - compiled_optax(make_optax)()).max() < 1e-9

    ours = median(lambda: descend(surface, optimizer, START, STEPS), 31)
    first = median(from_scratch, 9)
    of_torch = median(lambda: with_torch(make_torch), 5)
    of_optax = median(lambda: compiled_optax(make_optax)(), 5)
    ready = compiled_optax(make_optax)
    ready()
    warm = median(ready, 31)
    TABLE.append(
        f"{rule:28}{1e3 * ours:8.2f}{1e3 * first:8.2f}{1e3 * of_torch:9.1f}{of_torch / ours:6.0f}"
        f"{1e3 * of_optax:13.1f}{of_optax / ours:6.0f}{of_optax / first:15.1f}{1e3 * warm:12.2f}"
    )
