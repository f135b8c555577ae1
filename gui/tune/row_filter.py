"""What is typed to see fewer trials: plain words, and comparisons such as “score > 0.9”."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gui.tune.trial_columns import RowTexts, TrialColumn, table_columns
from landscape.errors import LandscapeError
from landscape.tuning.selection import Columns

SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, "≤": operator.le, ">": operator.gt, ">=": operator.ge,
    "≥": operator.ge, "=": operator.eq, "==": operator.eq, "!=": operator.ne, "≠": operator.ne,
}  # fmt: skip
EQUALITY = ("=", "==", "!=", "≠")
TURNED = str.maketrans("<>≤≥", "><≥≤")  # with the column at the right
# No two parts begin alike, so that any text is read in one go, however long.
TOKEN = re.compile(r'"(?P<quoted>[^"]*)"?|(?P<sign><=|>=|==|!=|[<>=≤≥≠])|(?P<word>(?:[^\s<>=≤≥≠!"]|!(?!=))+)')
MOST = 300  # characters
EXAMPLE = "write it as in “score > 0.9”"


class FilterError(LandscapeError):
    """A filter that cannot be understood."""


@dataclass(frozen=True)
class Operand:
    """What stands at one side of a sign, or alone."""

    text: str
    quoted: bool


@dataclass(frozen=True)
class Comparison:
    """A column against a number, or against a word."""

    column: TrialColumn
    sign: str
    value: float | str

    def mask(self, columns: Columns) -> Any:
        """The rows of which it is true; never those that have no value."""
        column, compare = self.column, SIGNS[self.sign]
        values = column.values(columns)
        if column.text:
            found = [compare(str(self.value) in value.casefold(), True) for value in values]
        elif self.sign in EQUALITY:
            shown = self.value if isinstance(self.value, str) else _as_shown(column, self.value)
            found = [value == value and compare(column.write(value), shown) for value in values]
        else:
            found = compare(np.array(values, dtype=float), self.value)
        return np.array(found, dtype=bool)


@dataclass(frozen=True)
class RowFilter:
    """All comparisons must be true, and all words be found in the row's text."""

    comparisons: tuple[Comparison, ...] = ()
    words: tuple[str, ...] = ()

    def mask(self, columns: Columns, among: Sequence[TrialColumn], texts: RowTexts) -> Any:
        """The rows that stay, `(trials,)` of bool."""
        stays = np.ones(len(columns), dtype=bool)
        for comparison in self.comparisons:
            stays &= comparison.mask(columns)
        if self.words:
            rows = texts.of(columns, among)
            for word in self.words:
                stays &= np.array([word in row for row in rows], dtype=bool)
        return stays


def filtered(columns: Columns, text: str, texts: RowTexts | None = None) -> Any:
    """Which trials are meant, `(trials,)` of bool: those that all parts of the text hold of.

    Parameters
    ----------
    texts : remembers the rows' texts from one time to the next

    Raises
    ------
    FilterError
        saying what is wrong.
    """
    among = table_columns(columns.dimensions)
    return parsed(text, among).mask(columns, among, texts or RowTexts())


def parsed(text: str, among: Sequence[TrialColumn]) -> RowFilter:
    """The filter that was typed; also “0.01 < α < 0.1”, and words in quotes.

    Raises
    ------
    FilterError
        saying what is wrong.
    """
    if len(text) > MOST:
        raise FilterError(f"A filter has at most {MOST} characters.")
    comparisons: list[Comparison] = []
    words: list[str] = []
    for operands, signs in _terms(text):
        for left, sign, right in zip(operands[:-1], signs, operands[1:], strict=True):
            comparisons.append(_comparison(left, sign, right, among))
        if not signs and (operands[0].quoted or operands[0].text.casefold() != "and"):
            words.append(operands[0].text.casefold())
    return RowFilter(tuple(comparisons), tuple(words))


def _terms(text: str) -> Iterator[tuple[list[Operand], list[str]]]:
    """Operands, as many as signs join, with the signs between them."""
    operands: list[Operand] = []
    signs: list[str] = []
    for token in TOKEN.finditer(text):
        sign = token["sign"]
        if sign and len(operands) == len(signs):
            where = f"after “{signs[-1]}”" if signs else f"before “{sign}”"
            raise FilterError(f"Something is missing {where}: {EXAMPLE}.")
        if sign:
            signs.append(sign)
            continue
        if len(operands) > len(signs):
            yield operands, signs
            operands, signs = [], []
        quoted = token["word"] is None
        operands.append(Operand(token["quoted"] if quoted else token["word"], quoted))
    if signs and len(operands) == len(signs):
        raise FilterError(f"Something is missing after “{signs[-1]}”: {EXAMPLE}.")
    if operands:
        yield operands, signs


def _comparison(left: Operand, sign: str, right: Operand, among: Sequence[TrialColumn]) -> Comparison:
    for name, other, seen in ((left, right, sign), (right, left, sign.translate(TURNED))):
        column = next((column for column in among if name.text.casefold() in column.names), None)
        if column is not None and not name.quoted:
            return _against(column, seen, other.text)
    known = ", ".join(column.name for column in among)
    raise FilterError(f"There is no column “{left.text}”. There are {known}.")


def _against(column: TrialColumn, sign: str, text: str) -> Comparison:
    name = column.name
    if column.numeric:
        return Comparison(column, sign, _number(name, text))
    if sign not in EQUALITY:
        raise FilterError(f"{name} has no order: it can only be = or ≠.")
    word = text.casefold()
    if column.words:
        word = word.replace("_", " ")
        if "on" in column.words:
            word = {"true": "on", "false": "off"}.get(word, word)
        if word not in column.words:
            known = ", ".join(f'"{word}"' if " " in word else word for word in column.words)
            raise FilterError(f"{name} is never “{text}”; it can be {known}.")
    return Comparison(column, sign, word)


def _number(name: str, text: str) -> float:
    try:
        number = float(text.replace("−", "-").replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FilterError(f"“{text}” is not a number, and {name} is one: {EXAMPLE}.")
    return number


def _as_shown(column: TrialColumn, number: float) -> str:
    """How this column would show the number; what counts something holds whole numbers."""
    return column.write(int(number) if number.is_integer() else number)


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
