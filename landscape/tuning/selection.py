"""A search's trials as columns, and which of them are looked at: one selection for every picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from landscape.errors import FieldError
from landscape.network.layers import Array
from landscape.parts import Number, Part, Whole
from landscape.tuning.importance import Evaluator
from landscape.tuning.plan import Trial, TrialState
from landscape.tuning.space import KINDS, Dimension, places_of

STATES: tuple[TrialState, ...] = ("complete", "running", "stopped", "diverged", "failed")
Picture = Literal["study", "contest", "minute"]
SCORE = "score"  # its axis stands beside those of the hyperparameters; its places are accuracies


class TuneView(Part):
    """How a search is looked at.

    Attributes
    ----------
    x, y : the two hyperparameters of the scatter
    brushes : the stretch of an axis that lights up: places of a hyperparameter, accuracies of "score"
    top : only so many of the best light up
    states : only trials in one of these light up
    picked : number of the trial that is looked at closely
    picture : the study, random against grid, or the same machine as panda and as caviar
    width : share of the axis that matters which is good, in the contest
    """

    x: str = "learning_rate"
    y: str = "beta"
    brushes: dict[str, tuple[Number, Number]] = Field(default_factory=dict)
    top: Annotated[Whole, Field(ge=1)] | None = None
    states: tuple[TrialState, ...] = STATES
    picked: Annotated[Whole, Field(ge=0)] | None = None
    evaluator: Evaluator = "PED-ANOVA"
    picture: Picture = "study"
    width: Annotated[Number, Field(gt=0, le=0.5)] = 0.1

    @model_validator(mode="after")
    def _sound(self) -> TuneView:
        for name in (self.x, self.y, *self.brushes):
            if name not in KINDS and name != SCORE:
                raise FieldError(name, f"There is no hyperparameter “{name}”. There are {', '.join(KINDS)}.")
        for name, (low, high) in self.brushes.items():
            if not low <= high:
                raise FieldError(name, f"The stretch of {name} is empty: from {low:g} to {high:g}.")
        return self


@dataclass(frozen=True, eq=False)
class Columns:
    """Trials as read-only arrays, one row each, by number.

    Attributes
    ----------
    trials : the rows themselves
    number, round : `(trials,)`, whole
    state : `(trials,)`, index into `STATES`
    score : `(trials,)`, validation accuracy after the last epoch so far; nan where there is none
    places : `(trials, dimensions)`, how far along each axis, 0 to 1
    accuracy : `(trials, epochs + 1)`, of the validation part, nan where there is none
    """

    dimensions: tuple[Dimension, ...]
    trials: tuple[Trial, ...]
    number: Array
    round: Array
    state: Array
    score: Array
    places: Array
    accuracy: Array

    def __len__(self) -> int:
        return len(self.trials)

    def place(self, name: str) -> Array:
        """The column of one axis: places of a hyperparameter, or the scores."""
        if name == SCORE:
            return self.score
        return self.places[:, [dimension.name for dimension in self.dimensions].index(name)]

    def row(self, number: int | None) -> int | None:
        """The row of a trial."""
        found = [] if number is None else np.flatnonzero(self.number == number).tolist()
        return found[0] if found else None

    @cached_property
    def best(self) -> int | None:
        """The row of the best complete trial; of equals, the first."""
        scores = np.where(self.are("complete"), self.score, -np.inf)
        return int(scores.argmax()) if len(scores) and np.isfinite(scores.max()) else None

    def first(self, count: int) -> Columns:
        """The finished trials with numbers below `count`, as if the search had got just so far."""
        kept = (self.number < count) & ~self.are("running")
        if kept.all():
            return self
        rows = np.flatnonzero(kept)
        arrays = (self.number, self.round, self.state, self.score, self.places, self.accuracy)
        return Columns(
            self.dimensions, tuple(self.trials[row] for row in rows), *(array[rows] for array in arrays)
        )

    def are(self, state: TrialState) -> Any:
        """Which trials are in a state, `(trials,)`."""
        return self.state == STATES.index(state)


def columns_of(trials: Sequence[Trial], dimensions: Sequence[Dimension], epochs: int) -> Columns:
    """The columns of these trials, whose curves have at most `epochs` + 1 values.

    >>> from landscape.tuning.space import Space
    >>> columns_of([], Space().dimensions, 20).accuracy.shape
    (0, 21)
    """
    rows = tuple(sorted(trials, key=lambda trial: trial.number))
    count = len(rows)
    accuracy = np.full((count, epochs + 1), np.nan, dtype=np.float32)
    for row, trial in enumerate(rows):
        curve = trial.accuracy[: epochs + 1]
        accuracy[row, : len(curve)] = curve
    so_far = [
        trial.score if trial.state != "running" else (trial.accuracy[-1] if len(trial.accuracy) else np.nan)
        for trial in rows
    ]
    places = np.array([places_of(dimensions, trial.values) for trial in rows], dtype=float)
    columns = Columns(
        tuple(dimensions), rows,
        np.array([trial.number for trial in rows], dtype=int),
        np.array([trial.round for trial in rows], dtype=int),
        np.array([STATES.index(trial.state) for trial in rows], dtype=int),
        np.array(so_far, dtype=float), places.reshape(count, len(dimensions)), accuracy,
    )  # fmt: skip
    for column in (columns.number, columns.round, columns.state, columns.score, columns.places, accuracy):
        column.flags.writeable = False
    return columns


def lit(columns: Columns, view: TuneView) -> Any:
    """Which trials light up: those within every brush, in the chosen states, and among the best.

    Returns
    -------
    `(trials,)` of bool. A brush of the score leaves out what has none.
    """
    chosen = np.isin(columns.state, [STATES.index(state) for state in view.states])
    names = [dimension.name for dimension in columns.dimensions]
    for name, (low, high) in view.brushes.items():
        if name == SCORE or name in names:
            column = columns.place(name)
            chosen &= (column >= low) & (column <= high)
    if view.top is not None:
        scores = np.where(columns.are("complete") & chosen, columns.score, -np.inf)
        order = np.lexsort((columns.number, -scores))[: view.top]
        among = np.zeros(len(columns), bool)
        among[order] = np.isfinite(scores[order])
        chosen &= among
    return chosen
