"""Where axis ticks go and how their numbers are written."""

from __future__ import annotations

import math


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers in [low, high], at most `most` of them.

    >>> ticks(-2.1, 2.1, 5)
    [-2.0, -1.0, 0.0, 1.0, 2.0]
    """
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return []
    power = 10.0 ** math.floor(math.log10(span / max(most, 1)))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(k * step, 12) + 0.0 for k in range(first, last + 1)]
    return []


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Powers of ten in [low, high], thinned out evenly; 1-2-5 where there are too few and there is room.

    >>> log_ticks(1e-4, 20, 6)
    [0.0001, 0.001, 0.01, 0.1, 1.0, 10.0]
    """
    if not (0 < low < high < math.inf):
        return []
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = max(1, math.ceil((last - first + 1) / most))
    powers = [10.0**k for k in range(first, last + 1, every)]
    if len(powers) >= 2:
        return powers
    finer = [m * 10.0**k for k in range(first - 1, last + 1) for m in (1, 2, 5)]
    inside = [tick for tick in finer if low <= tick <= high]
    return inside if len(inside) <= most else powers
