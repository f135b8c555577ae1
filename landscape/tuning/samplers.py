"""Where the trials lie: at random, on a grid, or at random in a box that narrows from round to round.

Random numbers are counted, not remembered: the place of trial n on an axis follows from the seed, n and the
axis's name alone (Philox; Salmon et al. 2011). So the trials are the same for any number of workers, after
a stop, and for the axes that two spaces have in common.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landscape.errors import FieldError
from landscape.tuning.space import Dimension

MOST_POINTS = 100_000
Box = Mapping[str, tuple[float, float]]  # low and high place on some axes; all of it on the others
DOUBLES_PER_COUNT = 4


def random_places(dimensions: Sequence[Dimension], seed: int, first: int, count: int) -> Any:
    """Uniform places of trials `first`, `first + 1` …, `(count, dimensions)`.

    >>> from landscape.tuning.space import Space
    >>> space = Space().dimensions
    >>> bool((random_places(space, 7, 0, 9)[5:] == random_places(space, 7, 5, 4)).all())
    True
    """
    columns = []
    for dimension in dimensions:
        bits = np.random.Philox(key=[seed, zlib.crc32(dimension.name.encode())])
        bits.advance(first // DOUBLES_PER_COUNT)
        skipped = first % DOUBLES_PER_COUNT
        columns.append(np.random.Generator(bits).random(skipped + count)[skipped:])
    return np.stack(columns, axis=1)


def initial_seed(seed: int, number: int) -> int:
    """The seed of a trial's initial weights."""
    return int(np.random.Philox(key=[seed, zlib.crc32(b"initial weights")], counter=number).random_raw()) >> 2


def grid_shape(dimensions: Sequence[Dimension], budget: int) -> tuple[int, ...]:
    """How many values of each axis the fullest grid within a budget tries.

    As equal as can be, the first axes before the others; no axis gets more than it has values.

    >>> from landscape.tuning.space import Axis, Space
    >>> grid_shape(Space({"learning_rate": Axis(), "decay": Axis()}).dimensions, 27)
    (5, 5)
    >>> grid_shape(Space().dimensions, 64)
    (2, 2, 2, 2, 2, 2)
    """
    shape = [1] * len(dimensions)
    growing = True
    while growing:
        growing = False
        for place in sorted(range(len(shape)), key=shape.__getitem__):
            count = dimensions[place].count
            grown = math.prod(shape) // shape[place] * (shape[place] + 1)
            if (count is None or shape[place] < count) and grown <= budget:
                shape[place] += 1
                growing = True
                break
    return tuple(shape)


def checked_points(shape: Sequence[int]) -> int:
    """How many points a grid has.

    Raises
    ------
    FieldError
        if there would be too many to try.
    """
    points = math.prod(shape)
    if points > MOST_POINTS:
        each = " × ".join(str(count) for count in shape)
        raise FieldError(
            "grid",
            f"A grid of {each} has {points:,} points; at most {MOST_POINTS:,} can be tried."
            " Take fewer of an axis.",
        )
    return points


def grid_places(dimensions: Sequence[Dimension], shape: Sequence[int]) -> Any:
    """The middles of a grid's cells, `(points, dimensions)`; the last axis changes quickest."""
    points = checked_points(shape)
    middles = []
    for dimension, count in zip(dimensions, shape, strict=True):
        cells = dimension.count
        places = (np.arange(count) + 0.5) / count
        if cells is not None:  # whole values, evenly chosen and none of them twice
            places = (np.floor(places * cells) + 0.5) / cells
        middles.append(places)
    return np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(points, len(dimensions))


def within(dimensions: Sequence[Dimension], places: Any, box: Box) -> Any:
    """The same places of a box instead of the whole space."""
    low, high = ends(dimensions, box)
    return low + places * (high - low)


def box_around(dimensions: Sequence[Dimension], places: Any, inside: Box) -> dict[str, tuple[float, float]]:
    """The box around some places `(trials, dimensions)`, a little wider, and nowhere beyond `inside`.

    Where values come in cells, whole cells belong to it.
    """
    low, high = ends(dimensions, inside)
    narrowest, widest = places.min(axis=0), places.max(axis=0)
    margin = (widest - narrowest) / max(len(places) - 1, 1)  # about as far as to the next trial outside
    margin = np.maximum(margin, 0.05 * (high - low))
    begin, end = np.maximum(narrowest - margin, low), np.minimum(widest + margin, high)
    box = {}
    for k, dimension in enumerate(dimensions):
        cells = dimension.count
        ends_here = (float(begin[k]), float(end[k]))
        if cells is not None:
            ends_here = (
                math.floor(narrowest[k] * cells) / cells,
                (math.floor(min(widest[k], 1 - 1e-12) * cells) + 1) / cells,
            )
        box[dimension.name] = ends_here
    return box


def ends(dimensions: Sequence[Dimension], box: Box) -> tuple[Any, Any]:
    """Low and high places of a box, `(dimensions,)` each."""
    both = np.array([box.get(dimension.name, (0.0, 1.0)) for dimension in dimensions])
    return both[:, 0], both[:, 1]


def luck(trials: int, share: float = 0.05) -> float:
    """The chance that at least one of so many random trials lies in the best share of the space.

    >>> round(luck(60), 4)
    0.9539
    """
    return 1 - (1 - share) ** trials
