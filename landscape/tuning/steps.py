"""The next value that is worth trying as an end of a search range, up or down its scale."""

from __future__ import annotations

import math

from landscape.errors import LandscapeError
from landscape.hyperparameters import Hyperparameter
from landscape.tuning.space import SearchScale

ROUND = (1.0, 2.0, 5.0, 10.0)  # what people write down of a power of ten
SAME = 1e-9  # numbers closer than this share are equal


def next_value(limits: Hyperparameter, scale: SearchScale, value: float, way: int) -> float:
    """One step up (`way` 1) or down (-1); the value itself where there is none.

    >>> from landscape.hyperparameters import HIDDEN_UNITS, LEARNING_RATE, MOMENTUM
    >>> next_value(HIDDEN_UNITS, "powers of 2", 8, 1), next_value(HIDDEN_UNITS, "powers of 2", 8, -1)
    (16.0, 4.0)
    >>> next_value(LEARNING_RATE, "log", 0.001, 1), next_value(LEARNING_RATE, "log", 0.001, -1)
    (0.002, 0.0005)
    >>> next_value(MOMENTUM, "log of 1-x", 0.9, 1), next_value(MOMENTUM, "log of 1-x", 0.9, -1)
    (0.95, 0.8)
    """
    if scale == "powers of 2":
        found = value * 2.0**way
    elif scale == "log":
        found = _next_round(value, way)
    elif scale == "log of 1-x":
        found = 1 - _next_round(1 - value, -way)
    elif limits.whole:
        found = value + way
    else:
        size = abs(value) or limits.high
        found = value + way * 10.0 ** (math.floor(math.log10(size)) - 1)
    found = float(f"{found:.12g}")
    try:
        limits.check("value", found)
    except LandscapeError:
        return value
    return found


def _next_round(value: float, way: int) -> float:
    """The next of 1, 2, 5, 10, 20, 50 …, also below 1."""
    if value <= 0:
        return value
    power = math.floor(math.log10(value))
    marks = [float(f"{one}e{power + more}") for more in (-1, 0, 1) for one in ROUND]
    if way > 0:
        return min(mark for mark in marks if mark > value * (1 + SAME))
    return max(mark for mark in marks if mark < value * (1 - SAME))
