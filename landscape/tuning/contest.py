"""Random against grid with the same number of trials, where only one hyperparameter matters.

Bergstra and Bengio (2012): a grid of n trials tries only a few different values of the one that matters,
a random search n of them. What is good is an interval of that axis which lies anywhere with equal chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.errors import FieldError
from landscape.network.layers import Array

AT_ONCE = 2_000_000  # random numbers


@dataclass(frozen=True)
class Contest:
    """How often each way of searching finds what is good.

    Attributes
    ----------
    width : share of the axis that is good
    trials : of either search
    values : of the grid on that axis
    grid, random : the exact chances
    grid_seen, random_seen : shares of `repeats` drawn contests
    """

    width: float
    trials: int
    values: int
    grid: float
    random: float
    grid_seen: float
    random_seen: float
    repeats: int

    def spread(self, chance: float) -> float:
        """The standard error of a share that was seen, where the chance is this."""
        return float(np.sqrt(chance * (1 - chance) / self.repeats))


def hit_chance(values: Any, width: float) -> float:
    """The chance that one of these places lies in an interval of this width.

    The interval lies anywhere in [0, 1] with equal chance; exact for any places.

    >>> round(hit_chance([1 / 6, 0.5, 5 / 6], 0.1), 4)
    0.3333
    """
    room = 1 - width
    ends = np.sort(np.asarray(values, dtype=float))
    # The interval begins at most `width` before a value; what two values have in common counts once.
    begin, end = np.clip(ends - width, 0, room), np.clip(ends, 0, room)
    begin[1:] = np.maximum(begin[1:], end[:-1])
    return float(np.maximum(end - begin, 0).sum() / room) if room > 0 else 1.0


def contest(values: Any, trials: int, width: float, repeats: int = 4000, seed: int = 0) -> Contest:
    """The exact chances, and what is seen when it is tried `repeats` times.

    Parameters
    ----------
    values : places that the grid tries on the axis that matters
    trials : of the random search, each with a place of its own

    Raises
    ------
    FieldError
        for a width that is no share of the axis.
    """
    if not 0 < width < 1:
        raise FieldError("width", f"A good part is a share of the axis, 0 to 1, not {width:g}.")
    places = np.unique(np.asarray(values, dtype=float))
    random = np.random.default_rng(seed)
    low = random.random(repeats) * (1 - width)
    grid_hits = _hits(low, width, places)
    random_hits = np.empty(repeats, bool)
    each = max(AT_ONCE // max(trials, 1), 1)
    for first in range(0, repeats, each):
        some = low[first : first + each, None]
        drawn = random.random((len(some), trials))
        random_hits[first : first + each] = ((drawn >= some) & (drawn < some + width)).any(axis=1)
    return Contest(
        width, trials, len(places), hit_chance(places, width), 1 - (1 - width) ** trials,
        float(grid_hits.mean()), float(random_hits.mean()), repeats,
    )  # fmt: skip


def _hits(low: Array, width: float, places: Array) -> Any:
    first = np.searchsorted(places, low)  # the first place that is not below the interval
    there = first < len(places)
    return there & (places[np.minimum(first, len(places) - 1)] < low + width)
