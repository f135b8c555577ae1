"""A training step of a batch-normalized network beside PyTorch, and many networks beside one (`make bench`).

All are measured in one run, in turns, so that whatever else the machine does meets all of them; the ratios
are medians over the turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from landscape.network.course import Course, Recipe, examples, first_state, one_step
from landscape.network.model import Architecture, initial_parameters
from landscape.optimizers import Adam

torch = pytest.importorskip("torch")

BATCH, HIDDEN, CLASSES, ROWS = 64, (32, 32), 4, 640
TURNS, STEPS = 41, 60


def data(features: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(ROWS, features)).astype(np.float32), random.integers(CLASSES, size=ROWS)


def ours(networks: int, features: int = 2) -> Callable[[], None]:
    """Some steps, with all that a training needs: order, batches, running averages, divergence."""
    inputs, labels = data(features)
    training = examples(inputs, labels, CLASSES)
    course = Course(Architecture(features, HIDDEN, CLASSES), training, training)
    recipe = Recipe(Adam(0.01), batch_size=BATCH)
    parameters = initial_parameters(course.architecture, range(networks), dtype=np.float32)
    state = first_state(course.architecture, parameters)

    def run() -> None:
        nonlocal state
        for _ in range(STEPS):
            state = one_step(course, recipe, state).state

    return run


def theirs(features: int = 2) -> Callable[[], None]:
    inputs, labels = (torch.tensor(array) for array in data(features))
    layers: list[torch.nn.Module] = []
    for before, units in zip((features, *HIDDEN), HIDDEN, strict=False):
        layers += [torch.nn.Linear(before, units, bias=False), torch.nn.BatchNorm1d(units), torch.nn.ReLU()]
    module = torch.nn.Sequential(*layers, torch.nn.Linear(HIDDEN[-1], CLASSES))
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    criterion = torch.nn.CrossEntropyLoss()
    batches = torch.arange(ROWS).split(BATCH)

    def run() -> None:
        for step in range(STEPS):
            rows = batches[step % len(batches)]
            optimizer.zero_grad()
            criterion(module(inputs[rows]), labels[rows]).backward()
            optimizer.step()

    return run


def in_turns(*works: Callable[[], None]) -> np.ndarray:
    """Microseconds of a step of each, `(works, turns)`."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(TURNS + 2):
        for work, taken in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            if turn > 1:  # the first two warm up
                taken.append((time.perf_counter() - began) / STEPS * 1e6)
    return np.array(times)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("features", "at_least"), [(2, 3.0), (64, 2.5)])
def test_a_step_beside_pytorch(features, at_least):
    mine, its = in_turns(ours(1, features), theirs(features))
    ratio = np.median(its / mine)
    print(
        f"\n{features}-32-32-4, B = 64, Adam, one step: ours {np.median(mine):.0f} µs, "
        f"PyTorch {np.median(its):.0f} µs, {ratio:.1f} ×"
    )
    assert ratio >= at_least


def test_networks_side_by_side_beside_one_alone():
    sizes = (8, 64)
    one, *many = in_turns(ours(1), *(ours(networks) for networks in sizes))
    print(f"\none network alone: {np.median(one):.0f} µs a step")
    for networks, whole in zip(sizes, many, strict=True):
        ratio = np.median(one / (whole / networks))
        print(f"{networks} side by side: {np.median(whole) / networks:.1f} µs each, {ratio:.1f} ×")
    assert ratio >= 3
