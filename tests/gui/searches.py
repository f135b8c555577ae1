"""Searches for the pictures of Tune: trials made up, not trained; and charts of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtWidgets import QWidget

from gui.theme import DARK, THEMES
from landscape.tuning.plan import Trial, TrialState
from landscape.tuning.samplers import random_places
from landscape.tuning.selection import Columns, columns_of
from landscape.tuning.space import Space, values_at

EPOCHS = 10
NAN = float("nan")
SCORED = ("complete", "stopped")
SPACE = Space().dimensions
SIZE = QSize(600, 450)
AREA = QRectF(0, 0, 600, 450)
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


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


def drawn(
    count: int, *states: TrialState, score: Callable[[int], float] = lambda n: 0.5 + 0.01 * n
) -> Columns:
    """Trials at random places of the usual space, these states by turns; without a curve."""
    rows = [
        Trial(n, 0, values_at(SPACE, row), n, state, score(n) if state in SCORED else NAN)
        for n, row in enumerate(random_places(SPACE, 1, 0, count).tolist())
        for state in [states[n % len(states)] if states else "complete"]
    ]
    return columns_of(rows, SPACE, 3)


def chart(
    qtbot: Any,
    make: Callable[[], Any],
    columns: Columns,
    theme: Any = DARK,
    scale: float = 1.0,
    size: QSize = SIZE,
) -> Any:
    """A chart of these trials."""
    view = make()
    qtbot.addWidget(view)
    view.resize(size)
    view.set_theme(theme, scale)
    view.show_trials(columns)
    return view


def shown(qtbot: Any, view: QWidget) -> Any:
    """The view on the screen, with the keyboard."""
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=3000)
    return view


def heard(signal: Any) -> list[Any]:
    """What a signal will say: its value, or its values as a tuple."""
    found: list[Any] = []
    signal.connect(lambda *given: found.append(given[0] if len(given) == 1 else given))
    return found
