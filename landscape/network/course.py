"""One step of training as a pure function, and the states that it leads through.

A state holds all that a training goes on from: going back to an earlier one, or stopping and going on, is
nothing but calling `one_step` with that state again, and gives the same numbers bit for bit. The order of
the examples is drawn from the seed and the number of the pass, not from a generator with a memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from landscape.network.datasets import Split
from landscape.network.layers import Array
from landscape.network.model import (
    Architecture,
    Averages,
    backward,
    batch_statistics,
    forward,
    initial_averages,
)
from landscape.optimizers import Optimizer
from landscape.schedules import Schedule


@dataclass(frozen=True)
class Examples:
    """The data as the network takes them: arrays of its own precision, read-only.

    Attributes
    ----------
    inputs : `(n, features)`
    targets : `(n, classes)`, one-hot
    """

    inputs: Array
    targets: Array

    def __len__(self) -> int:
        return len(self.inputs)


def examples(inputs: Any, labels: Any, classes: int, dtype: Any = np.float32) -> Examples:
    """Rows and class numbers as the network takes them.

    >>> examples([[0.0], [1.0]], [0, 1], 2).targets.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    rows = np.ascontiguousarray(inputs, dtype)
    targets = np.eye(classes, dtype=dtype)[np.asarray(labels, dtype=np.int64)]
    rows = rows.copy() if rows is inputs else rows
    rows.flags.writeable = targets.flags.writeable = False
    return Examples(rows, targets)


@dataclass(frozen=True)
class Course:
    """What stays the same through a training.

    Attributes
    ----------
    seed : of the order of the examples in each pass
    running_beta : how much of the old running averages is kept at each step; PyTorch's momentum is 1 − it
    """

    architecture: Architecture
    training: Examples
    validation: Examples
    seed: int = 0
    running_beta: float = 0.9


@dataclass(frozen=True)
class Recipe:
    """What may change while a network trains; numbers may be `(networks, 1)` arrays.

    Attributes
    ----------
    schedule : of the learning rate; its t counts complete passes over the data (epochs)
    l2 : λ of the term (λ/2)·Σ w² over all weights, not over biases, γ and β
    """

    optimizer: Optimizer
    schedule: Schedule = Schedule()  # noqa: RUF009 -- it is frozen
    batch_size: int = 32
    l2: Any = 0.0

    @cached_property
    def regularized(self) -> bool:
        """Whether L2 adds anything to the gradient."""
        return bool(np.any(self.l2))

    @cached_property
    def rule(self) -> str:
        """The name under which the optimizer's memory is kept: with another, it starts empty."""
        return f"{self.optimizer.key} {self.optimizer.form}"


class State(NamedTuple):
    """A moment of a training.

    Attributes
    ----------
    step : updates made
    epoch, seen : complete passes over the data, and how many examples of the present one have been seen
    parameters : `(networks, parameters)`
    averages : the running mean and (unbiased) variance of each normalized unit
    memory : the optimizer's, kept for the rule of that name
    diverged_at : `(networks,)`, the step that led out of the numbers, or −1; such a network stays as it
        was before it
    """

    step: int
    epoch: int
    seen: int
    parameters: Array
    averages: Averages
    rule: str
    memory: Any
    diverged_at: Any


class Stepped(NamedTuple):
    """What one step did: the state after it, the mini-batch's loss `(networks,)`, gradient and statistics."""

    state: State
    loss: Array
    gradient: Array
    statistics: Averages


def chosen(state: State, rows: Any) -> State:
    """The state of some of the networks only."""
    memory = state.memory
    if memory is not None:  # a memory also counts its steps
        memory = type(memory)(*(part[rows] if isinstance(part, np.ndarray) else part for part in memory))
    averages = Averages(*(part[rows] for part in state.averages))
    return state._replace(
        parameters=state.parameters[rows], averages=averages, memory=memory,
        diverged_at=state.diverged_at[rows],
    )  # fmt: skip


def first_state(architecture: Architecture, parameters: Array) -> State:
    """The state of networks that have not been trained yet."""
    networks = len(parameters)
    averages = initial_averages(architecture, networks, parameters.dtype)
    return State(0, 0, 0, parameters, averages, "", None, np.full(networks, -1))


@lru_cache(maxsize=32)
def order(seed: int, epoch: int, count: int) -> Any:
    """In which order a pass goes through the examples, `(count,)`."""
    result = np.random.default_rng([seed, 0x0D, epoch]).permutation(count)
    result.flags.writeable = False
    return result


def batch_end(seen: int, batch_size: int, count: int) -> int:
    """Where the mini-batch that begins at `seen` ends.

    The last of a pass may be smaller. A single example that would be left over joins the batch before it:
    alone, batch normalization would make nothing of it.

    >>> batch_end(0, 4, 10), batch_end(8, 4, 10), batch_end(4, 4, 9), batch_end(3, 1, 4)
    (4, 10, 9, 4)
    """
    end = min(seen + batch_size, count)
    return count if end == count - 1 and batch_size > 1 else end


def batch(course: Course, state: State, batch_size: int) -> tuple[Examples, int]:
    """The mini-batch that comes next, and where in the pass it ends."""
    data = course.training
    end = batch_end(state.seen, batch_size, len(data))
    rows = order(course.seed, state.epoch, len(data))[state.seen : end]
    return Examples(data.inputs[rows], data.targets[rows]), end


def one_step(course: Course, recipe: Recipe, state: State) -> Stepped:
    """One update of every network with the next mini-batch.

    The running variance averages the unbiased variance of the batches (divided by m − 1: Ioffe & Szegedy
    2015, Algorithm 2; PyTorch does so, too); of a batch of one there is none, and 0 is averaged.
    """
    architecture, before = course.architecture, state.parameters
    drawn, end = batch(course, state, recipe.batch_size)
    passed = forward(architecture, before, drawn.inputs)
    loss, gradient = backward(architecture, before, passed, drawn.targets)
    if recipe.regularized:
        gradient += recipe.l2 * (before * architecture.is_weight)
    optimizer = recipe.optimizer
    memory = state.memory if recipe.rule == state.rule else optimizer.init(before)
    rate = optimizer.learning_rate * recipe.schedule(state.epoch)
    move, memory = optimizer.update(gradient, memory, before, rate)
    after = before + move
    statistics = batch_statistics(architecture, passed)
    averages = _averaged(state.averages, statistics, course.running_beta, end - state.seen)
    diverged_at = state.diverged_at
    alive = np.isfinite(loss + np.add.reduce(after, axis=1)) & (diverged_at < 0)
    if not alive.all():
        diverged_at = np.where(alive | (diverged_at >= 0), diverged_at, state.step + 1)
        after = np.where(alive[:, None], after, before)
        averages = Averages(
            *(np.where(alive[:, None], *pair) for pair in zip(averages, state.averages, strict=True))
        )
    done = end == len(course.training)
    state = State(
        state.step + 1, state.epoch + done, 0 if done else end, after, averages, recipe.rule, memory,
        diverged_at,
    )  # fmt: skip
    return Stepped(state, loss, gradient, statistics)


def _averaged(old: Averages, batch: Averages, beta: float, size: int) -> Averages:
    """The running averages after one more batch."""
    if not old.mean.size:
        return old
    unbiased = size / max(size - 1, 1)
    return Averages(
        beta * old.mean + (1 - beta) * batch.mean,
        beta * old.variance + ((1 - beta) * unbiased) * batch.variance,
    )


def course_of(
    architecture: Architecture, split: Split, seed: int, running_beta: float, dtype: Any = np.float32
) -> Course:
    """The course over a split data set."""
    return Course(
        architecture,
        examples(split.training_inputs, split.training_labels, architecture.classes, dtype),
        examples(split.validation_inputs, split.validation_labels, architecture.classes, dtype),
        seed,
        running_beta,
    )
