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

TURNS = 0.8  # of each arm of the spiral
CENTRE = 0.08  # radius at which the arms begin: at 0 they would all be one point


def spirals(sizes: Sequence[int], noise: float, rng: np.random.Generator) -> list[FloatArray]:
    """Arms that wind about each other; the noise is along the circles, so that they part at the centre, too.

    >>> arms = spirals([50, 50, 50], 0.0, np.random.default_rng(0))
    >>> float(np.hypot(*arms[2].T).max())
    1.0
    """
    arms = []
    for arm, size in enumerate(sizes):
        radius = np.linspace(CENTRE, 1, size)
        share = (arm + noise * rng.standard_normal(size)) / len(sizes)
        arms.append(_polar(radius, 2 * np.pi * (TURNS * radius + share)))
    return arms


def moons(sizes: Sequence[int], noise: float, rng: np.random.Generator) -> list[FloatArray]:
    """Crescents, each with one horn in the hollow of the next; with two classes, scikit-learn's moons.

    Each is the first one turned about the middle, which lies so that neighbours keep their distance.
    """
    classes = len(sizes)
    middle = np.array([0.5, 0.25]) / np.sin(np.pi / classes)
    reach = np.hypot(*middle) + 1
    crescents = []
    for turn, size in enumerate(sizes):
        along = np.linspace(0, np.pi, size)
        arc = _polar(np.ones(size), along) - middle + 0.5 * noise * rng.standard_normal((size, 2))
        crescents.append(_turned(arc, 2 * np.pi * turn / classes) / reach * 1.1)
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
