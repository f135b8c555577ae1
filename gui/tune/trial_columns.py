"""What the columns of the table of trials are called in a filter, and how their values are written."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gui.tune.axis_ticks import value_text
from landscape.numerals import numeral
from landscape.tuning.plan import Trial
from landscape.tuning.selection import STATES, Columns
from landscape.tuning.space import Dimension

# How else one may write them, also where a keyboard has no letter for it.
ALSO = {"learning_rate": ("alpha",), "score": ("accuracy",), "number": ("#", "trial")}


@dataclass(frozen=True)
class TrialColumn:
    """One column.

    Attributes
    ----------
    names : what it is called in a filter, in lower case; the first in sentences, too
    value : what a row has there: a number, nan for none, or a word
    write : how that is shown; what is shown alike counts as equal
    words : all that it can be, as shown, if it is one of some words
    text : whether it is a sentence
    searched : whether plain words are looked for in it
    """

    names: tuple[str, ...]
    value: Callable[[Columns, int], Any]
    write: Callable[[Any], str]
    words: tuple[str, ...] = ()
    text: bool = False
    searched: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return not (self.words or self.text)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.names[0]

    def values(self, columns: Columns) -> list[Any]:
        """What all rows have there."""
        return [self.value(columns, row) for row in range(len(columns))]


@lru_cache(maxsize=4)
def table_columns(dimensions: tuple[Dimension, ...]) -> tuple[TrialColumn, ...]:
    """The columns of a table of trials that search along these axes."""

    def plain(name: str, value: Callable[[Columns, int], Any], write: Callable[[Any], str] = str, *,
              words: tuple[str, ...] = (), text: bool = False) -> TrialColumn:  # fmt: skip
        names = (name, *ALSO.get(name, ()))
        return TrialColumn(names, value, write, words, text, searched=bool(words or text))

    return (
        plain("number", lambda columns, row: columns.trials[row].number),
        plain("round", lambda columns, row: columns.trials[row].round + 1),
        plain("state", lambda columns, row: columns.trials[row].state, words=STATES),
        plain("score", lambda columns, row: float(columns.score[row]), _decimals),
        *(_axis_column(dimension) for dimension in dimensions),
        plain("epochs", lambda columns, row: max(len(columns.trials[row].accuracy) - 1, 0)),
        plain("seconds", lambda columns, row: columns.trials[row].seconds, lambda value: numeral(value, 3)),
        plain("reason", lambda columns, row: columns.trials[row].reason, text=True),
    )


def _axis_column(dimension: Dimension) -> TrialColumn:
    name, kind = dimension.name, dimension.kind
    title = kind.title.casefold().replace(" ", "_")
    return TrialColumn(
        (name, kind.symbol.casefold(), title, *ALSO.get(name, ())),
        lambda columns, row: columns.trials[row].values[name], value_text,
        tuple(map(value_text, dimension.choices)), searched=True,
    )  # fmt: skip


def _decimals(score: float) -> str:
    return f"{score:.4f}" if math.isfinite(score) else "–"


class RowTexts:
    """What plain words are looked for in; of a trial that has ended, written only once.

    Parameters
    ----------
    seconds : the most that writing may take at a time; what is not written yet, no word is found in
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self._seconds = seconds
        self._known: dict[int, tuple[Trial, str]] = {}
        self._searched: list[TrialColumn] = []
        self.complete = False  # whether all was written that was last asked for

    def prepare(self, columns: Columns, among: Sequence[TrialColumn]) -> None:
        """Write what is missing, as far as the time goes."""
        searched = [column for column in among if column.searched]
        if searched != self._searched:
            self._searched, self._known = searched, {}
        known, until = self._known, time.perf_counter() + self._seconds
        self.complete = False
        for row, trial in enumerate(columns.trials):
            entry = known.get(trial.number)
            if entry is None or entry[0] is not trial:
                text = "\n".join(column.write(column.value(columns, row)) for column in searched)
                known[trial.number] = (trial, text.lower())
                if time.perf_counter() > until:
                    return
        self.complete = True

    def of(self, columns: Columns, among: Sequence[TrialColumn]) -> list[str]:
        """Each row's text in lower case."""
        self.prepare(columns, among)
        nothing = (None, "")
        entries = ((trial, self._known.get(trial.number, nothing)) for trial in columns.trials)
        return [text if known is trial else "" for trial, (known, text) in entries]
