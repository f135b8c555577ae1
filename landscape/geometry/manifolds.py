"""The stable and unstable manifolds of saddles: the watersheds between basins, and the ways down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.geometry.critical_points import CriticalPoint, CriticalPoints
from landscape.surface import Array, Surface

BEGIN = 1e-4  # of the domain's size: how far beside the saddle a line begins
SPACING = 1 / 320  # of the domain's size: length of a step
KEPT = 2  # every so many steps a point is kept
LONGEST = 4.0  # domain sizes
PORTION = 40  # steps between two chances to give it up
MOST_TRIES = 60  # of Newton's method, halvings included
EXACT = 1e-12  # of the logarithm of a time


@dataclass(frozen=True, eq=False)
class Manifold:
    """The two lines through a saddle that the gradient flow follows.

    Attributes
    ----------
    saddle : the saddle
    stable : two lines `(n, 2)` up from it: everything on them flows into the saddle, so basins end here
    unstable : two lines down from it, to where what leaves the saddle flows
    """

    saddle: CriticalPoint
    stable: tuple[Array, Array]
    unstable: tuple[Array, Array]


def manifolds(critical: CriticalPoints) -> Iterator[tuple[Manifold, ...]]:
    """The manifolds of all saddles in the gradient flow dx/dt = −∇f; empty until they are all there.

    All lines are followed at once, each by the exact flow of the quadratic model where it is, step by step:
    an exponential Rosenbrock–Euler method with a midpoint, which no stiff valley can make unstable.

    >>> from landscape import surfaces
    >>> from landscape.geometry.critical_points import critical_points
    >>> *_, found = manifolds(critical_points(surfaces["twin_valleys"]))
    >>> bool(abs(found[0].stable[0][:, 0]).max() < 1e-9), (found[0].unstable[0][-1].round(3) + 0.0).tolist()
    (True, [1.0, 0.0])
    """
    surface, saddles = critical.surface, critical.of("saddle")
    if not saddles:
        yield ()
        return
    surface.compile()
    begins: list[Array] = []
    signs: list[float] = []
    for saddle in saddles:
        # Up along the direction that bends up, down along the one that bends down, to both sides.
        for column, sign in ((1, 1.0), (1, 1.0), (0, -1.0), (0, -1.0)):
            side = 1.0 if len(begins) % 2 == 0 else -1.0
            begins.append(saddle.position + side * BEGIN * surface.size * saddle.eigenvectors[:, column])
            signs.append(sign)
    lines: list[list[Array]] = []
    for known in _flow(surface, np.array(begins), np.array(signs)):
        lines = known
        yield ()
    found = []
    for place, saddle in enumerate(saddles):
        four = [_line(saddle.position, lines[4 * place + k]) for k in range(4)]
        found.append(Manifold(saddle, (four[0], four[1]), (four[2], four[3])))
    yield tuple(found)


def _line(saddle: Array, points: list[Array]) -> Array:
    line = np.concatenate([saddle[None], np.array(points)])
    line.flags.writeable = False
    return line


def _flow(surface: Surface, begins: Array, signs: Array) -> Iterator[list[list[Array]]]:
    """Lines along ±∇f from many points at once; each ends at a critical point or beyond the domain."""
    lines = [[begin] for begin in begins]
    walking, at = np.arange(len(begins)), begins.copy()
    low, high = np.array([surface.x[0], surface.y[0]]), np.array([surface.x[1], surface.y[1]])
    for step in range(round(LONGEST / SPACING)):
        half, ends = _move(surface, at, at, signs[walking], SPACING / 2)
        moved, _ = _move(surface, at, half, signs[walking], SPACING)
        moved[ends] = half[ends]  # where the model's flow comes to rest
        good = np.isfinite(moved).all(axis=1)
        inside = ((at >= low) & (at <= high)).all(axis=1)
        going = good & inside & ~ends
        for k in np.flatnonzero(good & inside & (ends | (step % KEPT == KEPT - 1))):
            lines[walking[k]].append(moved[k])
        for k in np.flatnonzero(good & ~inside & (step % KEPT != 0)):
            lines[walking[k]].append(at[k])  # the first point beyond the edge
        walking, at = walking[going], moved[going]
        if not len(walking):
            break
        if step % PORTION == PORTION - 1:
            yield lines
    yield lines


def _move(surface: Surface, at: Array, model: Array, signs: Array, length: float) -> tuple[Array, Any]:
    """From points `(n, 2)`, a step of this length along the flow of the quadratic model of other points.

    In an eigenvector's direction the flow moves by σg(e^{σλh} − 1)/(σλ) in a time h, which is searched for
    each point by Newton's method in log h and log of the distance, both of which grow together; between
    bounds that are halved where it leaves them. Where even an endless time does not lead so far there is a
    critical point: the line ends.
    """
    reach = length * surface.size
    with np.errstate(all="ignore"):
        slope, hessian = surface.gradient(model), surface.hessian(model)
        known: Any = np.isfinite(hessian).all(axis=(1, 2)) & np.isfinite(slope).all(axis=1)
        values, vectors = np.linalg.eigh(np.where(known[:, None, None], hessian, np.eye(2)))
        pull = np.einsum("nij,ni->nj", vectors, np.where(known[:, None], slope, 1.0)) * signs[:, None]
        rate = values * signs[:, None]
        rest = -pull / np.where(rate == 0, 1.0, rate)
        # A little farther than the step, so that a midpoint never lies at rest itself.
        ends = (rate < 0).all(axis=1) & (np.hypot(*rest.T) <= 1.5 * reach)
        # Of the order of the time that a straight step would take, from far too short to far too long.
        guess = np.log(reach / np.maximum(np.hypot(*pull.T), 1e-300))
        shortest, longest = guess - 12, guess + 25
        for _ in range(MOST_TRIES):
            time = np.exp(guess)
            drift, speed = _drift(pull, rate, time)
            gone = np.hypot(*drift.T)
            excess = np.log(gone / reach)
            longest, shortest = np.where(excess > 0, guess, longest), np.where(excess > 0, shortest, guess)
            better = guess - excess * gone**2 / (time * (drift * speed).sum(axis=1))
            within = (better >= shortest) & (better <= longest)
            better = np.where(within, better, (shortest + longest) / 2)
            found = ends | (np.abs(better - guess) < EXACT)
            guess = better
            if found.all():
                break
        drift = np.where(ends[:, None], rest, _drift(pull, rate, np.exp(guess))[0])
        moved = at + np.einsum("nij,nj->ni", vectors, drift)
    return np.where(known[:, None], moved, np.nan), ends


def _drift(pull: Array, rate: Array, time: Array) -> tuple[Array, Array]:
    """How far the flow of the model leads in a time, in the directions of the eigenvectors; how fast then."""
    exponent = np.clip(rate * time[:, None], -700, 700)
    straight = pull * time[:, None] * (1 + exponent / 2)
    grown = np.expm1(exponent)
    return np.where(np.abs(exponent) > 1e-9, pull * grown / rate, straight), pull * (grown + 1)
