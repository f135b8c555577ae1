"""The layers' arithmetic, forward and backward.

Every array has a leading axis of networks: inputs and outputs are `(networks, batch, units)`, weights
`(networks, inputs, units)`, and what each unit has one of (bias, γ, β, mean, variance) is
`(networks, 1, units)`. The first layer's inputs may be `(batch, features)`, the same for all networks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from landscape.errors import FieldError

Array = np.ndarray[Any, np.dtype[np.floating[Any]]]
ActivationName = Literal["relu", "tanh", "sigmoid"]


class Activation(NamedTuple):
    """A nonlinearity, and its derivative as a function of its *output*."""

    function: Callable[[Array], Array]
    derivative: Callable[[Array], Any]  # numbers, or truth values for 0 and 1


def _sigmoid(z: Array) -> Array:
    # tanh never overflows, exp(-z) does.
    return 0.5 * np.tanh(0.5 * z) + 0.5


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(lambda z: np.maximum(z, 0), lambda a: a > 0),
    "tanh": Activation(np.tanh, lambda a: 1 - a * a),
    "sigmoid": Activation(_sigmoid, lambda a: a * (1 - a)),
}
assert tuple(ACTIVATIONS) == get_args(ActivationName)


def activation(name: str) -> Activation:
    """The nonlinearity of that name.

    >>> activation("relu").function(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    if name not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise FieldError("activation", f"There is no activation “{name}”. There are {known}.")
    return ACTIVATIONS[name]


class Normalized(NamedTuple):
    """What batch normalization leaves for its backward pass and for the running averages."""

    normalized: Array  # x̂, before γ and β
    inverse_deviation: Array  # 1/√(σ² + ε)
    mean: Array
    variance: Array  # biased: divided by the batch's size


def normalize(z: Array, gamma: Array, beta: Array, epsilon: float) -> tuple[Array, Normalized]:
    """Batch normalization in training: γ(z − μ)/√(σ² + ε) + β with the batch's own μ and σ².

    σ² is the biased variance (Ioffe & Szegedy 2015, Algorithm 1). A batch of one and a constant unit
    have σ² = 0: x̂ is 0 then, and the output β.

    >>> z = np.array([[[1.0], [2.0], [3.0], [4.0]]])
    >>> normalize(z, np.ones((1, 1, 1)), np.zeros((1, 1, 1)), 1e-5)[0].ravel().round(6).tolist()
    [-1.341635, -0.447212, 0.447212, 1.341635]
    """
    share = 1 / z.shape[1]
    mean = np.add.reduce(z, axis=1, keepdims=True) * share
    centred = z - mean
    variance = np.einsum("kbh,kbh->kh", centred, centred)[:, None, :] * share
    inverse = 1 / np.sqrt(variance + epsilon)
    normalized = centred
    normalized *= inverse
    result = gamma * normalized
    result += beta
    return result, Normalized(normalized, inverse, mean, variance)


def normalize_backward(upstream: Array, kept: Normalized, gamma: Array) -> tuple[Array, Array, Array]:
    """The gradients of z, γ and β: dz = γ/√(σ² + ε) · (dy − mean dy − x̂ · mean(dy x̂)).

    >>> z, one = np.array([[[1.0], [2.0], [3.0], [4.0]]]), np.ones((1, 1, 1))
    >>> _, kept = normalize(z, 2 * one, 0.5 * one, 1e-5)
    >>> dz, dgamma, dbeta = normalize_backward(np.array([[[1.0], [0], [0], [0]]]), kept, 2 * one)
    >>> dz.ravel().round(6).tolist(), round(float(dgamma[0, 0]), 6), float(dbeta[0, 0])
    ([0.536661, -0.715537, -0.178887, 0.357763], -1.341635, 1.0)
    """
    share = 1 / upstream.shape[1]
    d_beta = np.add.reduce(upstream, axis=1)
    d_gamma = np.einsum("kbh,kbh->kh", upstream, kept.normalized)
    d_z = kept.normalized * (-share * d_gamma)[:, None, :]
    d_z += upstream
    d_z -= (share * d_beta)[:, None, :]
    d_z *= gamma * kept.inverse_deviation
    return d_z, d_gamma, d_beta


def rescale(z: Array, gamma: Array, beta: Array, mean: Array, variance: Array, epsilon: float) -> Array:
    """Batch normalization at test time: with given averages it is one affine map for each unit.

    >>> one = np.ones((1, 1, 1))
    >>> float(rescale(3 * one, 2 * one, one, one, 4 * one, 0.0)[0, 0, 0])
    3.0
    """
    slope = gamma / np.sqrt(variance + epsilon)
    return slope * z + (beta - slope * mean)


def log_softmax(logits: Array) -> Array:
    """The logarithms of the softmax probabilities along the last axis; stable for logits of any size.

    >>> np.exp(log_softmax(np.array([1.0, 2.0, 3.0]))).round(8).tolist()
    [0.09003057, 0.24472847, 0.66524096]
    >>> np.exp(log_softmax(np.array([1e4, 0.0, -1e4]))).tolist()
    [1.0, 0.0, 0.0]
    """
    shifted = logits - np.maximum.reduce(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=-1, keepdims=True))


def cross_entropy(log_probabilities: Array, targets: Array) -> Array:
    """The mean over the batch of −ln p of the true class, `(networks,)`.

    `targets` are one-hot rows, `(batch, classes)`.

    >>> float(cross_entropy(log_softmax(np.array([[[1.0, 2.0, 3.0]]])), np.array([[0, 0, 1.0]]))[0].round(8))
    0.40760596
    """
    result: Array = np.einsum("kbc,bc->k", log_probabilities, targets) * (-1 / len(targets))
    return result
