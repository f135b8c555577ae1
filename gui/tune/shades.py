"""The colour of a trial: the better, the stronger; the same in every picture of a search."""

from __future__ import annotations

import numpy as np
from PyQt6.QtGui import QColor

from gui.theme import Theme
from landscape.network.layers import Array

STEPS = 16  # of colour: few pens, and more than an eye can tell apart


def score_steps(score: Array) -> Array:
    """Which of the `STEPS` colours each score has, `(trials,)`; the best the last, nan the first.

    Half of the colours go to the best quarter: that is where one looks.

    >>> import numpy as np
    >>> score_steps(np.array([0.1, 0.9, np.nan])).tolist()
    [0, 15, 0]
    """
    finite = score[np.isfinite(score)]
    if not len(finite):
        return np.zeros(len(score), dtype=int)
    levels = np.percentile(finite, (0, 75, 100))
    share = np.interp(np.where(np.isfinite(score), score, levels[0]), *_rising(levels))
    return np.minimum((share * STEPS).astype(int), STEPS - 1)


def step_colours(theme: Theme) -> list[QColor]:
    """The `STEPS` colours from poor to best: from near the ground to the accent."""
    ground, best = (np.array(QColor(name).getRgb()[:3], dtype=float) for name in (theme.card, theme.accent))
    if not theme.is_dark:
        best = best * 0.78  # the best stand out by depth on a light ground
    shares = 0.22 + 0.78 * np.linspace(0, 1, STEPS)
    return [QColor(*(ground + share * (best - ground)).round().astype(int).tolist()) for share in shares]


def _rising(levels: Array) -> tuple[Array, Array]:
    """The levels and their shares, without levels that are equal."""
    keep = np.concatenate([[True], np.diff(levels) > 0])
    shares = np.array([0.0, 0.5, 1.0])
    return (levels[keep], shares[keep]) if keep[1:].any() else (levels[:1], shares[2:])
