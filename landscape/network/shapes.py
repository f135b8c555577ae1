"""Clouds of points in the plane, one for each class, that a network is to tell apart.

Each function takes how many points every class has, the noise and a generator of random numbers, and
gives one `(n, 2)` array a class, within about [−1.2, 1.2]².

Noise means the same everywhere: the standard deviation of the points' scatter as a share of the gap
between neighbouring classes. So 0 is a drawing with a ruler and 0.5 a muddle, with two classes or eight.
The same seed scatters the same points the same way at any noise: a slider moves them continuously.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Shape = Callable[[Sequence[int], float, np.random.Generator], list[FloatArray]]


# Number of moons -> the middle, seen from the first one's centre, and the gap between two arcs. Found by a
# search: with more of them, the middle moves so that their horns neither cross nor leave the hollow.
_MIDDLES = {
    2: (0.5, 0.25, 0.5),
    3: (0.37, -0.16, 0.52),
    4: (0.52, -0.16, 0.52),
    5: (0.57, -0.18, 0.39),
    6: (0.62, -0.19, 0.30),
    7: (0.63, -0.16, 0.23),
    8: (0.68, -0.17, 0.19),
}


def spirals(sizes: Sequence[int], noise: float, rng: np.random.Generator) -> list[FloatArray]:
    """Arms that wind about each other; the noise is along the circles, so that they part at the centre, too.

    The more arms, the less each winds and the farther from the centre it begins: the task gets harder with
    them, but two hidden layers of 32 units still learn all but one or two in a hundred.

    >>> arms = spirals([50, 50, 50], 0.0, np.random.default_rng(0))
    >>> float(np.hypot(*arms[2].T).max())
    1.0
    """
    classes = len(sizes)
    turns, inmost = 1.5 / classes**0.5, 0.025 * classes
    arms = []
    for arm, size in enumerate(sizes):
        radius = np.linspace(inmost, 1, size)
        share = (arm + noise * rng.standard_normal(size)) / classes
        arms.append(_polar(radius, 2 * np.pi * (turns * radius + share)))
    return arms


def moons(sizes: Sequence[int], noise: float, rng: np.random.Generator) -> list[FloatArray]:
    """Crescents, each with a horn in the hollow of the next; with two classes, scikit-learn's moons.

    Each is the first one turned about a middle.
    """
    classes = len(sizes)
    x, y, gap = _MIDDLES[classes]
    crescents = []
    for turn, size in enumerate(sizes):
        along = np.linspace(0, np.pi, size)
        arc = _polar(np.ones(size), along) - (x, y) + noise * gap * rng.standard_normal((size, 2))
        crescents.append(_turned(arc, 2 * np.pi * turn / classes) * (1.05 / np.hypot(1 + x, y)))
    return crescents


def circles(sizes: Sequence[int], noise: float, rng: np.random.Generator) -> list[FloatArray]:
    """Rings about one centre.

    >>> inner, outer = circles([4, 4], 0.0, np.random.default_rng(0))
    >>> float(np.hypot(*inner.T).max().round(6)), float(np.hypot(*outer.T).max().round(6))
    (0.5, 1.0)
    """
    gap = 1 / len(sizes)
    rings = []
    for ring, size in enumerate(sizes, start=1):
        angle = 2 * np.pi * np.arange(size) / size
        rings.append(_polar(np.full(size, ring * gap), angle) + noise * gap * rng.standard_normal((size, 2)))
    return rings


def blobs(sizes: Sequence[int], noise: float, rng: np.random.Generator) -> list[FloatArray]:
    """Normally distributed clouds, their centres evenly on a ring."""
    classes, radius = len(sizes), 0.75
    gap = 2 * radius * np.sin(np.pi / classes)
    centres = _polar(np.full(classes, radius), 2 * np.pi * np.arange(classes) / classes)
    return [
        centre + noise * gap * rng.standard_normal((size, 2))
        for centre, size in zip(centres, sizes, strict=True)
    ]


def xor(sizes: Sequence[int], noise: float, rng: np.random.Generator) -> list[FloatArray]:
    """Two classes in opposite quadrants of a square; the noise carries points across the borders.

    >>> same, different = xor([50, 50], 0.0, np.random.default_rng(0))
    >>> bool((same.prod(axis=1) > 0).all()), bool((different.prod(axis=1) < 0).all())
    (True, True)
    """
    squares = []
    for which, size in enumerate(sizes):
        points = rng.uniform(0.05, 1, (size, 2))
        side = np.where(np.arange(size) % 2, 1.0, -1.0)
        signs = np.stack([side, side if which == 0 else -side], axis=1)
        squares.append(points * signs + noise * rng.standard_normal((size, 2)))
    return squares


def _polar(radius: FloatArray, angle: FloatArray) -> FloatArray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _turned(points: FloatArray, angle: float) -> FloatArray:
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])
