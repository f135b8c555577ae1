"""Every rule that torch.optim has, step by step against it, in float64 and with its own derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from landscape import AdaGrad, Adam, AdamW, GradientDescent, Momentum, RMSProp, descend, surfaces

torch = pytest.importorskip("torch")
STEPS, RUN = 300, 50

# The surfaces once more, written by hand: nothing of the formula parser is used on this side.
WRITTEN = {
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "ravine": lambda x, y: 0.5 * (x**2 + 20 * y**2),
    "banana": lambda x, y: (1 - x) ** 2 + 5 * (y - x**2) ** 2,
    "styblinski_tang": lambda x, y: 0.5 * (x**4 - 16 * x**2 + 5 * x + y**4 - 16 * y**2 + 5 * y),
    "mccormick": lambda x, y: torch.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
    "plateau": lambda x, y: 1 - torch.exp(-0.6 * (x**2 + y**2)) + 0.002 * (x + y),
    "branin": lambda x, y: (
        (y - 5.1 * x**2 / (4 * math.pi**2) + 5 * x / math.pi - 6) ** 2
        + 10 * (1 - 1 / (8 * math.pi)) * torch.cos(x)
        + 10
    ),
}

RULES = {
    "gradient descent": (GradientDescent(0.002), lambda p: torch.optim.SGD(p, lr=0.002)),
    "classical momentum": (
        Momentum(0.001, 0.9, form="classical"),
        lambda p: torch.optim.SGD(p, lr=0.001, momentum=0.9),
    ),
    "nesterov": (
        Momentum(0.001, 0.8, form="classical", nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.001, momentum=0.8, nesterov=True),
    ),
    # The averaged form is the heavy ball at the learning rate α(1−β).
    "ewma momentum": (Momentum(0.01, 0.9), lambda p: torch.optim.SGD(p, lr=0.01 * (1 - 0.9), momentum=0.9)),
    "ewma nesterov": (
        Momentum(0.01, 0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.01 * (1 - 0.9), momentum=0.9, nesterov=True),
    ),
    "rmsprop": (RMSProp(0.003, 0.99, 1e-8), lambda p: torch.optim.RMSprop(p, lr=0.003, alpha=0.99, eps=1e-8)),
    "rmsprop, large epsilon": (
        RMSProp(0.01, 0.9, 0.1),
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=0.1),
    ),
    "adam": (Adam(0.02), lambda p: torch.optim.Adam(p, lr=0.02)),
    "adam, other settings": (
        Adam(0.05, 0.7, 0.95, 1e-3),
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.7, 0.95), eps=1e-3),
    ),
    "adamw": (
        AdamW(0.02, weight_decay=0.1),
        lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1),
    ),
    "adagrad": (AdaGrad(0.2, 1e-10), lambda p: torch.optim.Adagrad(p, lr=0.2, eps=1e-10)),
}


def torch_path(make, function, start) -> np.ndarray:
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = make([point])
    points = [point.detach().numpy().copy()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        function(point[0], point[1]).backward()
        optimizer.step()
        points.append(point.detach().numpy().copy())
    return np.array(points)


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
def test_path_is_that_of_torch(rule, key):
    optimizer, make = RULES[rule]
    surface = surfaces[key]
    path = descend(surface, optimizer, surface.start, steps=STEPS)
    assert path.status == "ran"
    peer = torch_path(make, WRITTEN[key], surface.start)
    assert np.abs(peer[-1] - peer[0]).max() > 1e-3, "a path that stands still compares nothing"
    scale = max(np.abs(peer).max(), 1)
    assert np.abs(path.points[:RUN] - peer[:RUN]).max() <= 1e-12 * scale
    assert farthest_step(optimizer, surface, peer) <= 1e-12 * scale


@pytest.mark.parametrize("key", WRITTEN)
def test_gradient_and_hessian_are_those_of_autograd(key):
    surface = surfaces[key]
    random = np.random.default_rng(2)
    for x, y in zip(random.uniform(*surface.x, 20), random.uniform(*surface.y, 20), strict=True):
        point = torch.tensor([x, y], dtype=torch.float64)

        def function(p):
            return WRITTEN[key](p[0], p[1])

        gradient = torch.autograd.functional.jacobian(function, point).numpy()
        hessian = torch.autograd.functional.hessian(function, point).numpy()
        assert surface.value((x, y)) == pytest.approx(float(function(point)), rel=1e-12, abs=1e-12)
        assert surface.gradient((x, y)) == pytest.approx(gradient, rel=1e-11, abs=1e-11)
        assert surface.hessian((x, y)) == pytest.approx(hessian, rel=1e-11, abs=1e-10)
