"""The network: dense layers, each with batch normalization if wished, and a softmax at the end.

    inputs → [dense → (batch normalization) → activation] × hidden → dense → softmax

All parameters of a network stand in one flat row, in the order of the layers; an array of them is
`(networks, parameters)`. So an update rule moves a thousand networks as it moves one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from landscape.errors import FieldError
from landscape.network.layers import (
    Array,
    Normalized,
    activation,
    cross_entropy,
    log_softmax,
    normalize,
    normalize_backward,
    rescale,
)

MAX_LAYERS, MAX_UNITS = 10, 512
INITIALIZATIONS = ("auto", "he", "xavier", "small")
SMALL = 0.1  # standard deviation of the "small" start


class Block(NamedTuple):
    """Where one dense layer's parameters stand in the flat row, and its units among the averages.

    A layer in front of batch normalization has no bias: the mean takes it away again (Ioffe & Szegedy
    2015, §3.2), its gradient is exactly zero. γ and β stand in its place.
    """

    inputs: int
    units: int
    weight: slice
    bias: slice | None
    gamma: slice | None
    beta: slice | None
    averages: slice | None


class Averages(NamedTuple):
    """Mean and variance of every normalized unit, each `(networks, normalized units)`, layer by layer."""

    mean: Array
    variance: Array


@dataclass(frozen=True)
class Architecture:
    """The shape of a network.

    Attributes
    ----------
    inputs, classes : number of features, of classes
    hidden : units of each hidden layer
    activation : "relu", "tanh" or "sigmoid"
    batch_norm : whether every hidden layer is normalized before its activation
    epsilon : added to the variance where it is divided by

    >>> Architecture(2, (32, 32), 4).parameters
    1348
    """

    inputs: int
    hidden: tuple[int, ...]
    classes: int
    activation: str = "relu"
    batch_norm: bool = True
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        activation(self.activation)
        if len(self.hidden) > MAX_LAYERS:
            raise FieldError("hidden", f"There can be at most {MAX_LAYERS} hidden layers.")
        for units in self.hidden:
            if not 1 <= units <= MAX_UNITS:
                raise FieldError("hidden", f"A hidden layer has 1 to {MAX_UNITS} units, not {units}.")
        if self.inputs < 1 or self.classes < 2:
            raise FieldError("data", "A classifier needs at least one feature and two classes.")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The dense layers, the last of which feeds the softmax."""
        sizes = (self.inputs, *self.hidden, self.classes)
        result, at, unit = [], 0, 0
        for place, (inputs, units) in enumerate(pairwise(sizes)):
            end = at + inputs * units
            weight, one, two = slice(at, end), slice(end, end + units), slice(end + units, end + 2 * units)
            if self.batch_norm and place < len(self.hidden):
                result.append(Block(inputs, units, weight, None, one, two, slice(unit, unit + units)))
                at, unit = two.stop, unit + units
            else:
                result.append(Block(inputs, units, weight, one, None, None, None))
                at = one.stop
        return tuple(result)

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        last = self.blocks[-1].bias
        assert last is not None
        return last.stop

    @property
    def normalized_units(self) -> int:
        """How many units have running averages."""
        return sum(self.hidden) if self.batch_norm else 0

    @cached_property
    def is_weight(self) -> Any:
        """True for weights, False for biases, γ and β: what L2 regularization acts on, `(parameters,)`."""
        mask = np.zeros(self.parameters, bool)
        for block in self.blocks:
            mask[block.weight] = True
        mask.flags.writeable = False
        return mask


def weights(block: Block, parameters: Array) -> Array:
    """A layer's weights, `(networks, inputs, units)`: a view into the flat rows."""
    return parameters[:, block.weight].reshape(-1, block.inputs, block.units)


def initial_parameters(
    architecture: Architecture, seeds: Sequence[int], initialization: str = "auto", dtype: Any = np.float64
) -> Array:
    """Fresh networks, one for each seed, `(networks, parameters)`; the same seed, the same weights.

    "he": normal with deviation √(2/inputs) (He et al. 2015); "xavier": √(2/(inputs + units)) (Glorot &
    Bengio 2010); "small": 0.1. "auto" takes He's for ReLU, else Xavier's. Biases and β start at 0, γ at 1,
    so that networks with and without batch normalization start from the same weights.
    """
    if initialization not in INITIALIZATIONS:
        raise FieldError("initialization", f"initialization must be one of {', '.join(INITIALIZATIONS)}.")
    if initialization == "auto":
        initialization = "he" if architecture.activation == "relu" else "xavier"
    result = np.zeros((len(seeds), architecture.parameters), dtype)
    for row, seed in zip(result, seeds, strict=True):
        random = np.random.default_rng([seed, 0x57])  # a stream of its own, apart from the shuffling
        for block in architecture.blocks:
            variance = {
                "he": 2 / block.inputs, "xavier": 2 / (block.inputs + block.units), "small": SMALL**2,
            }[initialization]  # fmt: skip
            row[block.weight] = random.standard_normal(block.inputs * block.units) * variance**0.5
            if block.gamma is not None:
                row[block.gamma] = 1
    return result


def fitted(own: Architecture, parameters: Array, other: Architecture) -> Array:
    """The same networks' parameters in the rows of a wider or narrower one; what is added is zero."""
    result = np.zeros((len(parameters), other.parameters), parameters.dtype)
    for mine, its in zip(own.blocks, other.blocks, strict=True):
        inputs, units = min(mine.inputs, its.inputs), min(mine.units, its.units)
        weights(its, result)[:, :inputs, :units] = weights(mine, parameters)[:, :inputs, :units]
        for one, two in ((mine.bias, its.bias), (mine.gamma, its.gamma), (mine.beta, its.beta)):
            if one is not None and two is not None:
                result[:, two][:, :units] = parameters[:, one][:, :units]
    return result


def fitted_averages(own: Architecture, averages: Averages, other: Architecture) -> Averages:
    """The same networks' averages in the rows of a wider or narrower one; what is added is zero."""
    result = []
    for part in averages:
        fresh = np.zeros((len(part), other.normalized_units), part.dtype)
        for mine, its in zip(own.blocks, other.blocks, strict=True):
            if mine.averages is not None:
                units = min(mine.units, its.units)
                fresh[:, its.averages][:, :units] = part[:, mine.averages][:, :units]
        result.append(fresh)
    return Averages(*result)


def initial_averages(architecture: Architecture, networks: int, dtype: Any = np.float64) -> Averages:
    """Running averages before the first step: mean 0 and variance 1, as PyTorch and Keras start them."""
    shape = (networks, architecture.normalized_units)
    return Averages(np.zeros(shape, dtype), np.ones(shape, dtype))


class Hidden(NamedTuple):
    """One hidden layer of a forward pass."""

    arriving: Array  # what the activation acts on, after batch normalization if there is any
    leaving: Array
    normalized: Normalized | None  # in training only


class Forward(NamedTuple):
    """A forward pass: the inputs, each hidden layer, and the logits `(networks, batch, classes)`."""

    inputs: Array
    hidden: tuple[Hidden, ...]
    logits: Array


def forward(
    architecture: Architecture, parameters: Array, inputs: Array, averages: Averages | None = None
) -> Forward:
    """Inputs to logits: with the batch's own statistics (training), or with `averages` (test time).

    Parameters
    ----------
    parameters : `(networks, parameters)`
    inputs : `(batch, features)`, the same for all, or `(networks, batch, features)`

    >>> architecture = Architecture(2, (3,), 2, batch_norm=False)
    >>> forward(architecture, initial_parameters(architecture, [0]), np.zeros((5, 2))).logits.shape
    (1, 5, 2)
    """
    function = activation(architecture.activation).function
    passing, hidden = inputs, []
    for block in architecture.blocks[:-1]:
        arriving = np.matmul(passing, weights(block, parameters))
        kept = None
        if block.gamma is None:
            arriving += parameters[:, None, block.bias]
        else:
            gamma, beta = parameters[:, None, block.gamma], parameters[:, None, block.beta]
            if averages is None:
                arriving, kept = normalize(arriving, gamma, beta, architecture.epsilon)
            else:
                mean = averages.mean[:, None, block.averages]
                variance = averages.variance[:, None, block.averages]
                arriving = rescale(arriving, gamma, beta, mean, variance, architecture.epsilon)
        leaving = function(arriving)
        hidden.append(Hidden(arriving, leaving, kept))
        passing = leaving
    last = architecture.blocks[-1]
    logits = np.matmul(passing, weights(last, parameters))
    logits += parameters[:, None, last.bias]
    return Forward(inputs, tuple(hidden), logits)


def backward(
    architecture: Architecture, parameters: Array, passed: Forward, targets: Array
) -> tuple[Array, Array]:
    """The mean cross-entropy of a training pass, `(networks,)`, and its gradient, `(networks, parameters)`.

    `targets` are one-hot rows, `(batch, classes)`.
    """
    derivative = activation(architecture.activation).derivative
    gradient = np.empty_like(parameters)
    log_probabilities = log_softmax(passed.logits)
    loss = cross_entropy(log_probabilities, targets)
    upstream = np.exp(log_probabilities)
    upstream -= targets
    upstream *= 1 / len(targets)
    blocks = architecture.blocks
    for place in reversed(range(len(blocks))):
        block = blocks[place]
        if place < len(passed.hidden):
            layer = passed.hidden[place]
            upstream *= derivative(layer.leaving)
            if layer.normalized is not None:
                gamma = parameters[:, None, block.gamma]
                upstream, gradient[:, block.gamma], gradient[:, block.beta] = normalize_backward(
                    upstream, layer.normalized, gamma
                )
        if block.bias is not None:
            gradient[:, block.bias] = np.add.reduce(upstream, axis=1)
        arriving = passed.hidden[place - 1].leaving if place else passed.inputs
        np.matmul(np.swapaxes(arriving, -1, -2), upstream, out=weights(block, gradient))
        if place:
            upstream = np.matmul(upstream, weights(block, parameters).swapaxes(-1, -2))
    return loss, gradient


def batch_statistics(architecture: Architecture, passed: Forward) -> Averages:
    """Mean and *biased* variance of each normalized unit in a training pass."""
    networks = len(passed.logits)
    kept = [layer.normalized for layer in passed.hidden if layer.normalized is not None]
    if not kept:
        return initial_averages(architecture, networks, passed.logits.dtype)
    return Averages(
        np.concatenate([each.mean[:, 0] for each in kept], axis=1),
        np.concatenate([each.variance[:, 0] for each in kept], axis=1),
    )


def probabilities(
    architecture: Architecture, parameters: Array, inputs: Array, averages: Averages | None
) -> Array:
    """Class probabilities, `(networks, batch, classes)`: each in [0, 1], summing to 1."""
    return np.exp(log_softmax(forward(architecture, parameters, inputs, averages).logits))
