"""What the Tune workspace says of a search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gui.tune.searcher import Found
from landscape.network.datasets import DATASETS
from landscape.numerals import counted
from landscape.scene import Scene
from landscape.tuning.samplers import grid_places, grid_shape
from landscape.tuning.selection import Columns
from landscape.tuning.space import Dimension

MOST_GHOSTS = 4000  # points of a grid that are worth drawing
METHOD = {"random": "at random", "grid": "on a grid", "coarse-to-fine": "from coarse to fine"}


def heading(scene: Scene, found: Found | None) -> tuple[str, str]:
    """What is searched, and in one sentence how far it has got."""
    training, tuning = scene.training, scene.tuning
    name = training.data.name
    data = DATASETS[name].title if name in DATASETS else Path(training.data.file).name
    how = "in drawn boxes" if tuning.boxes else METHOD[tuning.method]
    title = (scene.title if scene.workspace == "tune" else "") or f"{data}: {how}"
    if found is None or (found.training, found.tuning) != (training, tuning):
        return title, scene.caption if scene.workspace == "tune" else ""
    return title, counts(found)


def counts(found: Found) -> str:
    """So many trials, what became of them, the best.

    A search that has not begun says so.
    """
    columns = found.columns
    if not len(columns):
        trials, epochs = counted(found.tuning.count, "trial"), counted(found.training.epochs, "epoch")
        return f"{trials} of {epochs}: press play to search."
    words = [f"{found.done} of {found.tuning.count} trials"]
    for state in ("running", "stopped", "diverged", "failed"):
        number = int(columns.are(state).sum())
        if number:
            words.append(f"{number} {state}")
    scores = columns.score[columns.are("complete")]
    if len(scores):
        words.append(f"best {scores.max():.3f}")
    if found.done > found.begun:
        words.append(seconds(found.seconds))
    if found.ended and not found.complete:
        words.append(found.ended)
    return " · ".join(words)


def hint(found: Found, running: bool) -> str:
    """What stands where there is no trial yet."""
    if running:
        return "The first trials are under way …"
    models = counted(found.tuning.count, "model")
    return f"Press play (Space): {models} will be trained."


def time_left(found: Found | None, running: bool) -> str:
    """How long the search will go on."""
    if found is None or not running or found.left != found.left:
        return ""
    return f"{seconds(found.left)} left"


def shown_axes(scene: Scene, dimensions: Sequence[Dimension]) -> tuple[Dimension, Dimension, Any]:
    """The scatter's two axes, as wanted as far as they are searched, and the grid's ghost on them or None."""
    view, tuning = scene.tune_view, scene.tuning
    named = {dimension.name: dimension for dimension in dimensions}
    names = [name for name in (view.x, view.y) if name in named]
    names += [name for name in named if name not in names]
    x, y = (named[name] for name in (names * 2)[:2])
    if tuning.method == "grid" or tuning.count > MOST_GHOSTS:
        return x, y, None
    grid = grid_places(dimensions, grid_shape(dimensions, tuning.count))
    return x, y, np.unique(grid[:, [list(dimensions).index(axis) for axis in (x, y)]], axis=0)


def round_words(columns: Columns, number: int) -> str:
    """What a round is called beside its box."""
    count = int((columns.round == number).sum())
    return f"round {number + 1}" + (f": {counted(count, 'trial')}" if count else "")


def seconds(value: float) -> str:
    """A time in words that do not jitter.

    >>> seconds(3.2), seconds(75), seconds(7300)
    ('3 s', '1 min 15 s', '2 h 2 min')
    """
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
