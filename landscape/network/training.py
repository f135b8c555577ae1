"""Training as an iterator of frozen snapshots: the window draws them, a test just loops over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.network.course import (
    Course,
    Examples,
    Recipe,
    State,
    Stepped,
    batch_end,
    course_of,
    first_state,
    one_step,
)
from landscape.network.datasets import Split, split
from landscape.network.layers import Array, cross_entropy, log_softmax
from landscape.network.model import Architecture, Averages, forward, initial_parameters
from landscape.network.spec import Training, in_force

PROBES = 512  # examples by which a layer's inputs are described
PERCENTILES = (15, 50, 85)  # as in Ioffe & Szegedy (2015), Figure 1


@dataclass(frozen=True)
class LayerSummary:
    """One hidden layer at a moment.

    Attributes
    ----------
    arriving : `(networks, 3, units)`, 15th, 50th and 85th percentile over the training examples of what each
        unit's activation acts on, with the statistics of these examples (as in training)
    active : `(networks, units)`, share of the examples for which the unit's output has a slope
    gradient : `(networks,)`, norm of the loss's gradient for the layer's weights in the last mini-batch
    """

    arriving: Array
    active: Array
    gradient: Array


@dataclass(frozen=True)
class Snapshot:
    """A moment of a training; all arrays begin with an axis of networks.

    Attributes
    ----------
    state : what a training goes on from
    learning_rate : of the last step, decay included
    training_loss, validation_loss : mean cross-entropy at test time, `(networks,)`; nan without examples
    training_accuracy, validation_accuracy : share classified rightly, `(networks,)`
    batch_losses : `(steps, networks)`, loss of each mini-batch since the snapshot before
    batch : mean and biased variance of each normalized unit in the last mini-batch
    layers : the hidden layers; empty where they were not asked for
    """

    state: State
    learning_rate: Any
    training_loss: Array
    validation_loss: Array
    training_accuracy: Array
    validation_accuracy: Array
    batch_losses: Array
    batch: Averages
    layers: tuple[LayerSummary, ...]

    @property
    def step(self) -> int:
        """Updates made so far."""
        return self.state.step

    @property
    def diverged(self) -> bool:
        """Whether every network has left the numbers."""
        return bool((self.state.diverged_at >= 0).all())


def train(
    spec: Training,
    data: Split | None = None,
    start: State | None = None,
    stop: int | None = None,
    every: int | None = None,
) -> Iterator[Snapshot]:
    """Train a network; a snapshot at the start, after each epoch (or `every` steps), and at the end.

    Parameters
    ----------
    data : the split data set; read and split as `spec` says if not given
    start : a state of this training, or of one that is the same so far, to go on from
    stop : step after which to end, if before the last epoch

    Raises
    ------
    LandscapeError
        if the data cannot be had.

    >>> last = list(train(Training(epochs=3)))[-1]
    >>> last.state.epoch, last.training_loss.shape
    (3, (1,))
    """
    data = split_data(spec) if data is None else data
    course = course_of(architecture_of(spec, data), data, spec.seed, spec.running_beta, spec.dtype)
    if start is None:
        parameters = initial_parameters(
            course.architecture, [spec.weights_seed], spec.initialization, spec.dtype
        )
        start = first_state(course.architecture, parameters)
    recipes = spec.recipes
    yield from walk(course, lambda step: in_force(recipes, step), start, spec.epochs, stop, every)


def split_data(spec: Training) -> Split:
    """The data set of a training, read and split."""
    return split(spec.data.load(), spec.validation, spec.seed)


def architecture_of(spec: Training, data: Split) -> Architecture:
    """The network of a training on these data."""
    return spec.architecture(data.training_inputs.shape[1], len(data.dataset.class_names))


def epoch_ends(spec: Training, examples: int) -> list[int]:
    """The step at which each epoch ends, beginning with 0 for none, `epochs + 1` numbers.

    Changes of the batch size are counted in.

    >>> epoch_ends(Training(epochs=2, batch_size=32), 96)
    [0, 3, 6]
    """
    sizes = [(first, recipe.batch_size) for first, recipe in spec.recipes]
    ends, step, place = [0], 0, 0
    for _ in range(spec.epochs):
        seen = 0
        while seen < examples:
            while place + 1 < len(sizes) and sizes[place + 1][0] <= step:
                place += 1
            seen = batch_end(seen, sizes[place][1], examples)
            step += 1
        ends.append(step)
    return ends


def walk(
    course: Course,
    recipe_at: Callable[[int], Recipe],
    state: State,
    epochs: int,
    stop: int | None = None,
    every: int | None = None,
    layers: bool = True,
) -> Iterator[Snapshot]:
    """Train any number of networks side by side from a state on; see `train`.

    Without `layers` the snapshots say nothing of the hidden layers, which is quicker.
    """
    # What is measured belongs to the step that led here, and not to a change made here.
    yield measure(course, recipe_at(max(state.step - 1, 0)), state, None, [], layers)
    losses: list[Array] = []
    lost = bool((state.diverged_at >= 0).all())
    with np.errstate(all="ignore"):  # leaving the numbers is a result
        while not lost and state.epoch < epochs and (stop is None or state.step < stop):
            recipe = recipe_at(state.step)
            stepped = one_step(course, recipe, state)
            state = stepped.state
            losses.append(stepped.loss)
            lost = bool((state.diverged_at >= 0).all())
            ended = state.epoch >= epochs or state.step == stop or lost
            if ended or (state.seen == 0 if every is None else state.step % every == 0):
                yield measure(course, recipe, state, stepped, losses, layers)
                losses = []


def measure(
    course: Course,
    recipe: Recipe,
    state: State,
    stepped: Stepped | None,
    losses: Sequence[Array],
    layers: bool = True,
) -> Snapshot:
    """What there is to see of a state."""
    networks = len(state.parameters)
    epoch = max(state.epoch - (state.seen == 0 and state.step > 0), 0)
    with np.errstate(all="ignore"):
        training_loss, training_accuracy = scores(course.architecture, state, course.training)
        validation_loss, validation_accuracy = scores(course.architecture, state, course.validation)
        snapshot = Snapshot(
            state,
            recipe.optimizer.learning_rate * recipe.schedule(epoch),
            training_loss,
            validation_loss,
            training_accuracy,
            validation_accuracy,
            np.array(losses) if losses else np.empty((0, networks), state.parameters.dtype),
            state.averages if stepped is None else stepped.statistics,
            _summaries(course, state, stepped) if layers else (),
        )
    found = [snapshot.batch_losses, *snapshot.batch, state.parameters, *state.averages, state.diverged_at]
    found += [snapshot.training_loss, snapshot.validation_loss]
    found += [snapshot.training_accuracy, snapshot.validation_accuracy]
    found += [array for layer in snapshot.layers for array in vars(layer).values()]
    for array in (*found, *(state.memory or ())):
        if isinstance(array, np.ndarray):  # a memory also counts its steps
            array.flags.writeable = False
    return snapshot


def scores(architecture: Architecture, state: State, part: Examples) -> tuple[Array, Array]:
    """Loss and accuracy at test time, `(networks,)` each; nan without examples."""
    if not len(part):
        nothing = np.full(len(state.parameters), np.nan, state.parameters.dtype)
        return nothing, nothing
    return judged(forward(architecture, state.parameters, part.inputs, state.averages).logits, part.targets)


def judged(logits: Array, targets: Array) -> tuple[Array, Array]:
    """Loss and accuracy of logits `(networks, examples, classes)`, `(networks,)` each."""
    right = logits.argmax(axis=2) == targets.argmax(axis=1)
    return cross_entropy(log_softmax(logits), targets), right.mean(axis=1)


def _summaries(course: Course, state: State, stepped: Stepped | None) -> tuple[LayerSummary, ...]:
    architecture = course.architecture
    probes = course.training.inputs[:PROBES]
    passed = forward(architecture, state.parameters, probes)
    result = []
    for block, hidden in zip(architecture.blocks, passed.hidden, strict=False):
        gradient = np.zeros(len(state.parameters), state.parameters.dtype)
        if stepped is not None:
            gradient = np.sqrt(np.einsum("kp,kp->k", *[stepped.gradient[:, block.weight]] * 2))
        leaving = hidden.leaving
        sloped = leaving > 0 if architecture.activation == "relu" else np.abs(2 * leaving - 1) < 0.98
        if architecture.activation == "tanh":
            sloped = np.abs(leaving) < 0.98
        result.append(
            LayerSummary(np.percentile(hidden.arriving, PERCENTILES, axis=1).swapaxes(0, 1),
                         sloped.mean(axis=1), gradient)
        )  # fmt: skip
    return tuple(result)
