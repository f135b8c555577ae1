"""Softmax and cross-entropy of one point, taken apart for the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.network.layers import Array, log_softmax


@dataclass(frozen=True)
class Softmax:
    """Logits → exponentials → probabilities.

    Attributes
    ----------
    exponentials : exp((z − max z)/T): scaled by the largest, which changes no probability
    cross_entropy : −ln p of the true class; nan if it is not known
    """

    logits: Array
    temperature: float
    exponentials: Array
    probabilities: Array
    cross_entropy: float


def taken_apart(logits: Any, temperature: float = 1.0, true_class: int | None = None) -> Softmax:
    """The stages of the softmax of one row of logits, `(classes,)`.

    >>> stages = taken_apart([1.0, 2.0, 3.0], true_class=2)
    >>> stages.probabilities.round(8).tolist(), round(stages.cross_entropy, 8)
    ([0.09003057, 0.24472847, 0.66524096], 0.40760596)
    """
    given = np.asarray(logits, dtype=np.float64)
    with np.errstate(all="ignore"):
        scaled = given / temperature
        logarithms = log_softmax(scaled)
        exponentials = np.exp(scaled - scaled.max())
    entropy = float("nan") if true_class is None else float(-logarithms[true_class]) + 0.0
    return Softmax(given, temperature, exponentials, np.exp(logarithms), entropy)
