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
from landscape.tuning.samplers import luck
from landscape.tuning.space import Dimension

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

    The interval lies anywhere in [0, 1] with equal chance; exact for any places and any width. It misses all
    of them where it fits between two neighbours: a gap leaves it as much room as the gap is wider than it.

    >>> round(hit_chance([1 / 6, 0.5, 5 / 6], 0.1), 4)
    0.3333
    """
    gaps = np.diff(np.sort(np.asarray(values, dtype=float)), prepend=0.0, append=1.0)
    return 1 - float(np.maximum(gaps - width, 0).sum()) / (1 - width)


def random_chance(trials: int, width: float, cells: int | None = None) -> float:
    """The same for so many places at random; where values come in equal cells, each is its cell's middle.

    >>> round(random_chance(9, 0.1), 4), round(random_chance(1000, 0.1, cells=3), 4)
    (0.6126, 0.3333)
    """
    if cells is None:
        return luck(trials, width)
    room, middles = 1 - width, (np.arange(cells) + 0.5) / cells
    # As the interval moves, a middle enters or leaves it at each of these.
    turns = np.unique(np.clip([0, *(middles - width), *middles, room], 0, room))
    between = (turns[:-1] + turns[1:]) / 2
    inside = np.searchsorted(middles, between + width) - np.searchsorted(middles, between)
    return float(np.diff(turns) @ (1 - (1 - inside / cells) ** trials)) / room


def cells_of(dimension: Dimension) -> int | None:
    """How many equal cells an axis has; None if it is continuous, or as good as that."""
    return None if dimension.whole and dimension.scale == "log" else dimension.count


def contest(
    values: Any, trials: int, width: float, repeats: int = 4000, seed: int = 0, cells: int | None = None
) -> Contest:
    """The exact chances, and what is seen when it is tried `repeats` times.

    Parameters
    ----------
    values : places that the grid tries on the axis that matters
    trials : of the random search, each with a place of its own
    cells : see `cells_of`; a random search of few values tries some of them again and again

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
        if cells is not None:
            drawn = (np.floor(drawn * cells) + 0.5) / cells
        random_hits[first : first + each] = ((drawn >= some) & (drawn < some + width)).any(axis=1)
    return Contest(
        width, trials, len(places), hit_chance(places, width), random_chance(trials, width, cells),
        float(grid_hits.mean()), float(random_hits.mean()), repeats,
    )  # fmt: skip


def _hits(low: Array, width: float, places: Array) -> Any:
    first = np.searchsorted(places, low)  # the first place that is not below the interval
    there = first < len(places)
    return there & (places[np.minimum(first, len(places) - 1)] < low + width)
