"""How often the gradient turns round along a loop: counted for certain, or not at all.

Between two points of the loop the gradient turns by the angle between its directions there, provided
that bounds of it along the piece exclude zero: they then lie in half a plane. Pieces are cut until they
do. The sum over the loop is the winding number, and equals the sum of the indices of all critical points
inside (Poincaré and Hopf).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape.geometry.enclosure import enclosure
from landscape.surface import Array, Surface

MOST_PIECES = 60_000
SHORTEST = 2.0**-44  # of the loop's size
SHORTEST_TORN = 2.0**-16  # for a piece on which the loss may be undefined


@dataclass(frozen=True)
class Winding:
    """What came of a count.

    Attributes
    ----------
    number : the winding number, or None where it cannot be told
    reason : why not: "zero" (a critical point on the loop), "undefined" (a hole or a pole), "kink", or ""
    place : where, or None
    """

    number: int | None
    reason: str = ""
    place: tuple[float, float] | None = None


def winding(surface: Surface, loop: Array) -> Winding:
    """The winding number of ∇f along a closed polygon `(n, 2)` of axis-parallel or any straight sides.

    >>> from landscape import surfaces
    >>> square = np.array([[-1.5, -1.5], [1.5, -1.5], [1.5, 1.5], [-1.5, 1.5]])
    >>> winding(surfaces["monkey_saddle"], square).number
    -2
    """
    begin, end = loop, np.roll(loop, -1, axis=0)
    size = float(np.abs(np.ptp(loop, axis=0)).max())
    share = np.linspace(0, 1, 17)
    cuts = begin[:, None] + share[:, None] * (end - begin)[:, None]
    begin, end = cuts[:, :-1].reshape(-1, 2), cuts[:, 1:].reshape(-1, 2)
    total, pieces = 0.0, 0
    while len(begin):
        pieces += len(begin)
        jet = enclosure(surface, np.minimum(begin, end), np.maximum(begin, end))
        holds_zero = ((jet.lo[1:3] <= 0) & (jet.hi[1:3] >= 0)).all(axis=0)
        open_ = holds_zero | (jet.flags != 0)
        turned = float(_turning(surface, begin[~open_], end[~open_]).sum())
        if not np.isfinite(turned):
            return Winding(None, "undefined", None)  # beyond the floats
        total += turned
        begin, end = begin[open_], end[open_]
        if not len(begin):
            break
        length = np.abs(end - begin).max(axis=1)
        grain = 8 * np.spacing(np.abs(begin).max(axis=1))  # no number lies between such ends
        too_short = (length < size * np.where(jet.flags[open_], SHORTEST_TORN, SHORTEST)) | (length < grain)
        if pieces > MOST_PIECES or too_short.any():
            worst = int(np.where(too_short, 0, length).argmin())
            place = (begin[worst] + end[worst]) / 2
            place = np.where(np.abs(place) < 1e-9 * size, 0.0, place)
            at = np.flatnonzero(open_)[worst]
            rough = not np.isfinite(jet.lo[3:, at]).all()
            reason = "undefined" if jet.flags[at] else "kink" if rough else "zero"
            return Winding(None, reason, (float(place[0]), float(place[1])))
        middle = begin + 0.47 * (end - begin)
        begin, end = np.concatenate([begin, middle]), np.concatenate([middle, end])
    return Winding(round(total / (2 * np.pi)))


def _turning(surface: Surface, begin: Array, end: Array) -> Array:
    """The angles, in (−π, π), by which the gradient turns; nan where it has no direction in floats."""
    if not len(begin):
        return np.empty(0)
    points = np.concatenate([begin, end])
    jet = enclosure(surface, points, points)
    with np.errstate(all="ignore"):
        g = (jet.lo[1:3] + jet.hi[1:3]) / 2
        g = g / np.abs(g).max(axis=0)  # neither too small nor too large to be multiplied
        a, b = g[:, : len(begin)], g[:, len(begin) :]
        return np.arctan2(a[0] * b[1] - a[1] * b[0], (a * b).sum(axis=0))


def rectangle(low: Array, high: Array) -> Array:
    """The corners of a rectangle, counter-clockwise: `(4, 2)`."""
    return np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])
