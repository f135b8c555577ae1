"""How far the gradient can be trusted: loss range and gradient predictiveness along a step.

Santurkar et al. (2018) hold that batch normalization helps because it makes the loss smoother, and not
because it steadies the layers' inputs. They show, at each step, the range of losses met when one goes
along the gradient by up to a few learning rates, and how far the gradient there is from where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from landscape.network.course import batch, course_of
from landscape.network.datasets import Split
from landscape.network.layers import Array
from landscape.network.model import backward, forward
from landscape.network.spec import Training
from landscape.network.training import Snapshot, architecture_of

LENGTHS = 8  # places along the gradient


@dataclass(frozen=True)
class Smoothness:
    """What is met along the gradient at some moments of a training.

    Attributes
    ----------
    epochs, steps : `(moments,)`
    lengths : `(LENGTHS,)`, how far along the gradient the network was put, in learning rates
    losses : `(moments, LENGTHS)`, of the mini-batch whose gradient it is
    distances : `(moments, LENGTHS)`, ‖gradient there − gradient here‖
    """

    epochs: Array
    steps: Array
    lengths: Array
    losses: Array
    distances: Array


def smoothness(
    spec: Training,
    data: Split,
    snapshots: Sequence[Snapshot],
    reach: tuple[float, float] = (0.5, 4.0),
    rate: float | None = None,
) -> Iterator[Smoothness]:
    """Go along the gradient of the next mini-batch at each moment, by `reach` times the learning rate.

    All places along one gradient are networks side by side, and so take one pass. The step is that of
    gradient descent, −rate·gradient, whatever the rule; `rate` is the rule's own if not given. For a fair
    comparison of two trainings give both the same.
    """
    course = course_of(architecture_of(spec, data), data, spec.seed, spec.running_beta, spec.dtype)
    lengths = np.geomspace(*reach, LENGTHS)
    rows: list[tuple[float, float, Array, Array]] = []
    for snapshot in snapshots:
        state = snapshot.state
        recipe = spec.recipe_at(state.step)
        drawn, _ = batch(course, state, recipe.batch_size)
        here = state.parameters[:1]
        with np.errstate(all="ignore"):
            _, gradient = backward(
                course.architecture, here, forward(course.architecture, here, drawn.inputs), drawn.targets
            )
            far = (lengths * (recipe.optimizer.learning_rate if rate is None else rate))[:, None]
            there = (here - far * gradient).astype(here.dtype)
            losses, gradients = backward(
                course.architecture, there, forward(course.architecture, there, drawn.inputs), drawn.targets
            )
            distances = np.sqrt(((gradients - gradient).astype(float) ** 2).sum(axis=1))
        rows.append((state.epoch, state.step, losses.astype(float), distances))
        yield Smoothness(
            np.array([row[0] for row in rows], dtype=float),
            np.array([row[1] for row in rows], dtype=float),
            lengths,
            np.array([row[2] for row in rows]),
            np.array([row[3] for row in rows]),
        )
