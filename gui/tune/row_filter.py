"""What is typed above the table of trials: words, and comparisons such as `score > 0.9`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gui.tune.axis_ticks import value_text
from landscape.errors import LandscapeError
from landscape.tuning.selection import Columns
from landscape.tuning.space import KINDS, Value

COMPARISON = re.compile(r"(\S+?)\s*(<=|>=|!=|=|<|>|≤|≥|≠)\s*(\S+)")
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "≤": operator.le,
    "≥": operator.ge, "=": operator.eq, "!=": operator.ne, "≠": operator.ne,
}  # fmt: skip
NAMES = {"accuracy": "score", "#": "number", "trial": "number"}
MOST = 300  # characters


def filtered(columns: Columns, text: str) -> Any:
    """Which trials are meant, `(trials,)` of bool: those that all parts of the text hold of.

    Raises
    ------
    LandscapeError
        if a comparison cannot be read.
    """
    if len(text) > MOST:
        raise LandscapeError(f"A filter has at most {MOST} characters.")
    chosen = np.ones(len(columns), bool)
    rest = text
    for name, sign, value in COMPARISON.findall(text):
        chosen &= _compared(columns, name, sign, value)
        rest = COMPARISON.sub(" ", rest, count=1)
    words = [word.casefold() for word in rest.replace(",", " ").split() if word.casefold() != "and"]
    if words:
        chosen &= np.array([all(word in said for word in words) for said in _said(columns)], bool)
    return chosen


def _compared(columns: Columns, name: str, sign: str, text: str) -> Any:
    symbols = {kind.symbol.casefold(): key for key, kind in KINDS.items()}
    titles = {kind.title.casefold().replace(" ", "_"): key for key, kind in KINDS.items()}
    key = name.casefold()
    key = NAMES.get(key) or symbols.get(key) or titles.get(key) or key
    known = [dimension.name for dimension in columns.dimensions]
    if key == "state":
        values: Sequence[Any] = [trial.state for trial in columns.trials]
    elif key in ("score", "number", "round", "seconds", "epochs"):
        values = column(columns, key)
    elif key in known:
        values = [trial.values[key] for trial in columns.trials]
    else:
        raise LandscapeError(
            f"There is no column “{name}” here. There are number, state, score, {', '.join(known)}."
        )
    number = _number(text)
    if number is None or any(isinstance(value, str | bool) for value in values[:1]):
        if sign not in ("=", "!=", "≠"):
            raise LandscapeError(f"“{name} {sign} {text}” compares words; they can only be = or ≠.")
        same = np.array([value_text(v).casefold() == text.casefold() for v in values], bool)
        return same if sign == "=" else ~same
    with np.errstate(invalid="ignore"):
        numbers = np.asarray(values, dtype=float)
        if sign == "=":  # as it is written in the table
            return np.isclose(numbers, number, rtol=5e-3, atol=0)
        result = OPERATORS[sign](numbers, number)
        return result & np.isfinite(numbers)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _said(columns: Columns) -> list[str]:
    return [
        " ".join((trial.state, trial.reason, *map(_word, trial.values.values()))).casefold()
        for trial in columns.trials
    ]


def _word(value: Value) -> str:
    return value_text(value)


def column(columns: Columns, name: str) -> Any:
    """The sortable values of a column of the table, `(trials,)`; words come in the order of `STATES`."""
    if name == "number":
        return columns.number
    if name == "round":
        return columns.round + 1
    if name == "state":
        return columns.state
    if name == "score":
        return columns.score
    if name == "epochs":
        return np.isfinite(columns.accuracy).sum(axis=1) - 1
    if name == "seconds":
        return np.array([trial.seconds for trial in columns.trials])
    if name == "reason":
        reasons = sorted({trial.reason for trial in columns.trials})
        return np.array([reasons.index(trial.reason) for trial in columns.trials])
    return columns.place(name)
