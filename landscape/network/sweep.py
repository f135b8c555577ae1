"""The same training at many learning rates at once: which of them it survives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from landscape.network.course import Recipe, course_of, first_state
from landscape.network.datasets import Split
from landscape.network.layers import Array
from landscape.network.model import initial_parameters
from landscape.network.spec import Training
from landscape.network.training import architecture_of, walk

RATES = tuple(10.0 ** (exponent / 4) for exponent in range(-16, 9))  # 1e-4 … 1e2
EPOCHS = 20


@dataclass(frozen=True)
class Sweep:
    """How each learning rate fares, after so many epochs.

    Attributes
    ----------
    rates : `(rates,)`
    loss, accuracy : `(rates,)`, of the training part at test time
    diverged_at : `(rates,)`, step, or −1
    learned : `(rates,)`, whether it does better than chance by half of what there is to gain
    """

    epochs: int
    rates: Array
    loss: Array
    accuracy: Array
    diverged_at: Any
    learned: Any


def sweep(spec: Training, data: Split, rates: Any = RATES, epochs: int = EPOCHS) -> Iterator[Sweep]:
    """Train a network for each learning rate side by side: one seed, the same batches; see `Sweep`.

    Changes on the way are left out.

    >>> from landscape.network.training import split_data
    >>> spec = Training(optimizer={"rule": "gradient_descent"})
    >>> last = list(sweep(spec, split_data(spec), [1e-6, 0.3], epochs=8))[-1]
    >>> last.learned.tolist()
    [False, True]
    """
    course = course_of(architecture_of(spec, data), data, spec.seed, spec.running_beta, spec.dtype)
    tried = np.asarray(rates, dtype=float)
    column = tried[:, None].astype(spec.dtype)
    recipe = Recipe(replace(spec.optimizer, learning_rate=column), spec.schedule, spec.batch_size, spec.l2)
    one = initial_parameters(course.architecture, [spec.weights_seed], spec.initialization, spec.dtype)
    start = first_state(course.architecture, np.repeat(one, len(tried), axis=0))
    chance = max(np.bincount(data.training_labels)) / max(len(data.training_labels), 1)
    for snapshot in walk(course, lambda step: recipe, start, epochs, layers=False):
        accuracy = snapshot.training_accuracy
        diverged_at = snapshot.state.diverged_at
        learned = (accuracy > (1 + chance) / 2) & (diverged_at < 0)
        yield Sweep(snapshot.state.epoch, tried, snapshot.training_loss, accuracy, diverged_at, learned)
