"""Searches for the pictures of Tune: trials made up, not trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape.tuning.plan import Trial, TrialState
from landscape.tuning.samplers import random_places
from landscape.tuning.selection import Columns, columns_of
from landscape.tuning.space import Space, values_at

EPOCHS = 10
NAN = float("nan")
SCORED = ("complete", "stopped")


def search(*trials: tuple[TrialState, Sequence[float]], rounds: int = 1) -> Columns:
    """Trials of these states with these learning curves, shared out among rounds."""
    dimensions = Space().dimensions
    places = random_places(dimensions, 0, 0, max(len(trials), 1)).tolist()
    rows = [
        Trial(
            number, number * rounds // len(trials), values_at(dimensions, places[number]), number, state,
            curve[-1] if state in SCORED and len(curve) else NAN, np.array(curve, float), np.array(curve),
        )
        for number, (state, curve) in enumerate(trials)
    ]  # fmt: skip
    return columns_of(rows, dimensions, EPOCHS)


def level(accuracy: float, epochs: int = EPOCHS) -> list[float]:
    """A curve that stays where it is."""
    return [accuracy] * (epochs + 1)


def some() -> Columns:
    """One of each state, far apart: the best is number 3."""
    return search(
        ("complete", level(0.5)), ("diverged", level(0.1, 2)), ("complete", level(0.7)),
        ("complete", level(0.9)), ("running", level(0.6, 4)), ("stopped", level(0.3, 5)),
        ("failed", level(0.2, 3)), rounds=2,
    )  # fmt: skip


def many(count: int) -> Columns:
    """Curves that rise to scores all over the axis."""
    random = np.random.default_rng(0)
    rise = 1 - np.exp(-0.5 * np.arange(EPOCHS + 1))
    return search(*(("complete", (0.1 + end * rise).tolist()) for end in random.uniform(0, 0.9, count)))
