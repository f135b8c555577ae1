"""Ticks of a hyperparameter's axis: at which places, and what is written there."""

from __future__ import annotations

import math
from typing import Any

from gui.views.ticks import log_ticks, ticks
from landscape.numerals import numeral
from landscape.tuning.space import Dimension, Value

ONE_MINUS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 5e-4, 2e-4, 1e-4)


def axis_ticks(dimension: Dimension, most: int = 6) -> list[tuple[float, str]]:
    """Places of an axis, 0 to 1, and the values there; at most `most`, the same scale as the axis.

    >>> from landscape.tuning.space import Space
    >>> axis_ticks(Space().dimensions[0], 5)
    [(0.0, '0.0001'), (0.25, '0.001'), (0.5, '0.01'), (0.75, '0.1'), (1.0, '1')]
    """
    values: list[Any]
    count = dimension.count
    if count is not None:
        all_of_them = dimension.choices or [
            dimension.value((k + 0.5) / count) for k in range(min(count, 512))
        ]
        every = max(1, math.ceil(len(all_of_them) / most))
        values = list(all_of_them[::every])
    elif dimension.scale == "log of 1-x":
        values = [1 - rest for rest in ONE_MINUS if dimension.low <= 1 - rest <= dimension.high]
        powers = [value for value in values if round(math.log10(1 - value), 9) % 1 == 0]
        values = values if len(values) <= most else powers if len(powers) > 1 else values[:: len(values) - 1]
    elif dimension.scale == "log":
        values = list(log_ticks(dimension.low, dimension.high, most))
    else:
        values = list(ticks(dimension.low, dimension.high, most))
    return [(round(dimension.place(value), 9), value_text(value)) for value in values]


def value_text(value: Value) -> str:
    """A hyperparameter's value in few characters.

    >>> value_text(0.0123456), value_text(True), value_text("adam"), value_text(64)
    ('0.0123', 'on', 'adam', '64')
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value.replace("_", " ")
    if isinstance(value, int):
        return str(value)
    if 0.9 < value < 1:  # what matters of 0.9987 are the digits after the nines
        return f"{value:.{max(3, math.ceil(-math.log10(1 - value)) + 1)}f}".rstrip("0")
    return numeral(value, 3)
