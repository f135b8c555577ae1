"""A basin map of 256² starts × 300 steps, beside JAX vmap + scan in the same run (`make bench`).

A benchmark reports: it asserts that both find the same basins, and nothing about time. "first" includes
all that a new formula costs (parsing, differentiating, compiling; under jit: tracing and compiling). JAX
runs as its users write it, in float32 by default, and in float64, which is the precision of ours; the
minima are found on the way in ours only.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time

import numpy as np
import pytest

from landscape import Adam, GradientDescent, Momentum, RMSProp, Surface
from landscape.geometry.basins import basins

jax = pytest.importorskip("jax")
jnp = jax.numpy

SIDE, STEPS, ROUNDS = 256, 300, 7
FORMULA = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
DOMAIN = {"x": (-5.0, 5.0), "y": (-5.0, 5.0)}
TABLE: list[str] = []
FRESH = itertools.count(1)


def himmelblau(p):
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


def descent(g, state, t):
    return -0.01 * g, state


def momentum(g, v, t):
    v = 0.9 * v + 0.1 * g
    return -0.03 * v, v


def rmsprop(g, s, t):
    s = 0.99 * s + 0.01 * g**2
    return -0.02 * g / (jnp.sqrt(s) + 1e-8), s


def adam(g, state, t):
    m, v = state
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return -0.1 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), (m, v)


RULES = {
    "gradient descent": (GradientDescent(0.01), descent, lambda p: ()),
    "momentum": (Momentum(0.03), momentum, jnp.zeros_like),
    "rmsprop": (RMSProp(0.02, 0.99), rmsprop, jnp.zeros_like),
    "adam": (Adam(0.1), adam, lambda p: (jnp.zeros_like(p), jnp.zeros_like(p))),
}


def compiled_jax(update, init):
    """A fresh function: jit traces and compiles it again at its first call."""
    gradient = jax.grad(himmelblau)

    def end(start):
        def step(carry, t):
            point, state = carry
            move, state = update(gradient(point), state, t)
            return (point + move, state), None

        return jax.lax.scan(step, (start, init(start)), jnp.arange(1.0, STEPS + 1))[0][0]

    return jax.jit(jax.vmap(end))


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@pytest.fixture(scope="module", autouse=True)
def table():
    """The table is printed once all rules have run."""
    TABLE.append(
        f"{f'{SIDE}² starts × {STEPS} steps, ms':28}{'ours':>8}{'picture':>9}{'first':>8}"
        + "".join(f"{f'JAX {bits} first':>14}{'first ×':>9}{'warm':>8}{'warm ×':>8}" for bits in (32, 64))
    )
    yield
    print("\n\n" + "\n".join(TABLE) + f"\nload on this machine: {os.getloadavg()[0]:.1f}")


@pytest.mark.parametrize("rule", RULES)
def test_map_of_himmelblau(rule):
    optimizer, update, init = RULES[rule]
    surface = Surface.from_formula(FORMULA, **DOMAIN)
    middles = -5 + (np.arange(SIDE) + 0.5) * (10 / SIDE)
    starts = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2).astype(np.float32)

    def ours():
        *_, done = basins(surface, optimizer, (SIDE, SIDE), STEPS)
        return done

    def from_scratch():
        # Another constant each time: what was parsed or differentiated before is kept.
        fresh = Surface.from_formula(FORMULA.replace("11", f"11.{next(FRESH):04d}"), **DOMAIN)
        return list(basins(fresh, optimizer, (SIDE, SIDE), STEPS))

    def jax_first():
        return np.asarray(compiled_jax(update, init)(starts))

    def jax_first_double():
        with jax.enable_x64(True):
            return np.asarray(compiled_jax(update, init)(starts.astype(float)))

    def jax_double():
        with jax.enable_x64(True):
            return np.asarray(double(starts.astype(float)))

    ready, double = compiled_jax(update, init), compiled_jax(update, init)
    known, ends = ours(), np.asarray(ready(starts))
    assert jax_double().dtype == float
    distance = np.linalg.norm(ends[:, None] - known.minima, axis=2)
    theirs = np.where(distance.min(axis=1) < known.reach.min(), distance.argmin(axis=1), -1)
    # At the borders between basins, float32 goes another way.
    assert (theirs == np.maximum(known.labels.ravel(), -1)).mean() > 0.97

    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):  # in turns: a busy moment of the machine hits all
        for name, work in {
            "ours": ours,
            "picture": lambda: next(basins(surface, optimizer, (SIDE, SIDE), STEPS)),
            "first": from_scratch,
            "jax 32 first": jax_first,
            "jax 32": lambda: np.asarray(ready(starts)),
            "jax 64 first": jax_first_double,
            "jax 64": jax_double,
        }.items():
            times.setdefault(name, []).append(seconds(work))
    ms = {name: 1e3 * statistics.median(taken) for name, taken in times.items()}
    line = f"{rule:28}{ms['ours']:8.1f}{ms['picture']:9.1f}{ms['first']:8.1f}"
    for name in ("jax 32", "jax 64"):
        first, warm = ms[f"{name} first"], ms[name]
        line += f"{first:14.1f}{first / ms['first']:9.1f}{warm:8.1f}{warm / ms['ours']:8.2f}"
    TABLE.append(line)
