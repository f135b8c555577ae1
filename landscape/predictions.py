"""How far a prediction of where a ball will end was off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landscape.descent import Path
from landscape.geometry.wells import Wells
from landscape.numerals import numeral

if TYPE_CHECKING:
    from landscape.geometry.critical_points import CriticalPoints

Place = tuple[float, float]
SPOT = 2e-3  # of the domain's size: nearer nobody can point


@dataclass(frozen=True)
class Verdict:
    """What became of a ball, seen from where it was thought to end.

    Attributes
    ----------
    end : where it was last, or None where it left the numbers
    words : how far that is from the prediction, and whether it is the same minimum
    """

    end: Place | None
    words: str


def verdicts(
    paths: Sequence[Path], predicted: Sequence[Place], critical: CriticalPoints | None = None
) -> list[Verdict]:
    """A verdict for each path, in order.

    Parameters
    ----------
    predicted : where each was thought to end
    critical : the critical points of the surface, if they are all known: then it is said whether the
        prediction is nearest to the very minimum that was reached

    >>> from landscape import GradientDescent, descend, surfaces
    >>> path = descend(surfaces["bowl"], GradientDescent(learning_rate=0.1), (1.0, 0.0), 200)
    >>> verdicts([path], [(0.3, 0.4)])[0].words
    '0.5 away'
    """
    ends = [_end(path) for path in paths]
    wells = None if critical is None or not critical.attractors else _wells(critical)
    found = []
    for path, end, pin in zip(paths, ends, predicted, strict=True):
        if end is None:
            found.append(Verdict(None, f"diverged at step {path.ended_at}"))
            continue
        apart = float(np.hypot(end[0] - pin[0], end[1] - pin[1]))
        words = ["spot on" if apart < SPOT * path.surface.size else f"{numeral(apart, 2)} away"]
        if path.ended_at is not None:
            words.append(f"stopped at step {path.ended_at}")
        elif wells is not None:
            words.append(_which(wells, end, pin))
        found.append(Verdict(end, "; ".join(words)))
    return found


def _end(path: Path) -> Place | None:
    if path.status == "diverged":
        return None
    x, y = path.points[path.last]
    return float(x), float(y)


def _wells(critical: CriticalPoints) -> Wells:
    return Wells(critical.surface, critical.attractors)


def _which(wells: Wells, end: Place, pin: Place) -> str:
    """Whether the ball came to rest at the minimum that the prediction is nearest to."""
    reached = int(wells.reached(np.array([end]))[0])
    if reached < 0:
        return "short of any minimum"
    apart = [float(np.hypot(*(points - pin).T).min()) for points in wells.attractors]
    return "same minimum" if apart[reached] <= min(apart) else "another minimum"
