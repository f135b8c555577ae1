"""A CSV file as a table: columns with names, rows of one width, cells that are numbers."""

from __future__ import annotations

import difflib
import math
from array import array
from collections.abc import Iterator

import numpy as np

from landscape.network.csv_rows import DELIMITERS, CsvError, CsvRows, is_number
from landscape.network.shapes import FloatArray
from landscape.network.wording import cleaned, counted, listed, quoted
from landscape.numerals import numeral

MAX_COLUMNS, MAX_NAME = 5000, 200
LARGEST = 1e100  # beyond, squares and sums leave the range of floats
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-", "#n/a"}


class Table:
    """The rows of a file under the names of their columns, all of the same width."""

    def __init__(self, rows: CsvRows, header: bool | None, label: str | int | None) -> None:
        self.rows = rows
        self.remarks: list[str] = []
        line, first = rows.head[0]
        self.open_ended = len(first) > 2 and all(
            len(cells) == len(first) and not cells[-1].strip() for _, cells in rows.head
        )
        self.width = len(first) - self.open_ended
        if self.width > MAX_COLUMNS:
            raise rows.error(f"there are {self.width} columns; there may be up to {MAX_COLUMNS}.", line)
        if self.open_ended:
            self.remarks.append(
                f"Each line ends in a {DELIMITERS[rows.delimiter]}: the empty last column is left out."
            )
        first = [cleaned(cell) for cell in first[: self.width]]
        self.header = self._has_names(first, label) if header is None else header
        if self.header:
            self.names = [cell or f"column {column}" for column, cell in enumerate(first, start=1)]
            self._check_names(line)
        else:
            self.names = [f"column {column}" for column in range(1, self.width + 1)]
        if header is None:
            self.remarks.append(
                f"Line {line} holds the names of the columns." if self.header
                else f"There are no names in line {line}: the columns are called “column 1” and so on."
            )  # fmt: skip

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of each row below the names."""
        rows = iter(self.rows)
        if self.header:
            next(rows)
        width = self.width + self.open_ended
        empty = True
        for line, cells in rows:
            if len(cells) != width:
                raise self._uneven(line, len(cells) - self.open_ended, cells[0])
            if self.open_ended and cells.pop().strip():
                raise self.rows.error(
                    "this cell has no column: in the lines above, nothing stands behind the last delimiter.",
                    line, width,
                )  # fmt: skip
            empty = False
            yield line, cells
        if empty:
            raise self.rows.error("there are the names of the columns, but no rows below them.")

    def column(self, label: str | int | None) -> int:
        """The place of a column that is given by its name or number, from 0; None: the last."""
        if label is None:
            return self.width - 1
        if isinstance(label, str):
            name = cleaned(label)
            if name in self.names:
                return self.names.index(name)
            try:
                label = int(name)
            except ValueError:
                raise self._unknown(name) from None
        if isinstance(label, bool) or not (1 <= label <= self.width or -self.width <= label <= -1):
            raise self.rows.error(
                f"there is no column {label}; there are {self.width}, counted from 1 at the left or from −1 "
                "at the right.",
                column=int(label),
            )
        return label - 1 if label > 0 else self.width + label

    def named(self, column: int) -> str | int:
        """A column as an error calls it: by its name, or by its number from 1 if it has none."""
        return self.names[column] if self.header else column + 1

    def all_remarks(self) -> list[str]:
        """What is to be said about the file and the table."""
        return self.rows.remarks + self.remarks

    def _has_names(self, first: list[str], label: str | int | None) -> bool:
        """Whether the first row looks like names: words where there are numbers below."""
        delimiter = self.rows.delimiter
        if isinstance(label, str) and label and cleaned(label) in first and not is_number(label, delimiter):
            return True
        words = {column for column, cell in enumerate(first) if not is_number(cell, delimiter)}
        below = [cells for _, cells in self.rows.head[1:] if len(cells) >= self.width]
        if not below:
            return len(words) == self.width
        numeric = {
            column
            for column in range(self.width)
            if sum(is_number(cells[column], delimiter) for cells in below) > len(below) / 2
        }
        named, plain = numeric & words, numeric - words
        # Columns may be called 0, 1, 2 …; then only the classes' column tells.
        counted = [first[column] for column in sorted(plain)]
        is_counted = counted in ([str(n) for n in range(len(counted))],
                                 [str(n) for n in range(1, len(counted) + 1)])  # fmt: skip
        repeated = any(first[column] == cells[column].strip() for cells in below for column in words)
        if not numeric:
            return len(words) == self.width
        return len(named) > len(plain) or bool(is_counted and len(plain) > 2 and words and not repeated)

    def _check_names(self, line: int) -> None:
        places: dict[str, int] = {}
        for column, name in enumerate(self.names, start=1):
            if len(name) > MAX_NAME:
                raise self.rows.error(
                    f"the column's name is longer than {MAX_NAME} characters.", line, column
                )
            if name in places:
                raise self.rows.error(
                    f"columns {places[name]} and {column} have the same name. Give each its own.", line, name
                )
            places[name] = column

    def _uneven(self, line: int, count: int, first: str) -> CsvError:
        sentence = f"there {'is' if count == 1 else 'are'} {counted(count, 'cell')}, "
        sentence += f"but {counted(self.width, 'column')}. "
        if first.startswith("#"):
            sentence += "Comments can stand at the top of the file only."
        elif count < self.width:
            sentence += "Fill in what is missing, or delete the line."
        elif self.rows.delimiter == ",":
            sentence += "A text with a comma must stand in quotation marks, and numbers need a decimal point."
        else:
            delimiter = DELIMITERS[self.rows.delimiter]
            sentence += f"A text with a {delimiter} in it must stand in quotation marks."
        return self.rows.error(sentence, line)

    def _unknown(self, name: str) -> CsvError:
        if not self.header:
            return self.rows.error(
                f"the columns have no names, so that there is none called {quoted(name)}. Give its number, "
                "or say that the first line holds names.", column=name,
            )  # fmt: skip
        near = difflib.get_close_matches(name[:MAX_NAME], self.names, n=1, cutoff=0.5)
        lowered = [other for other in self.names if other.lower() == name.lower()]
        if near or lowered:
            hint = f"Did you mean {quoted((lowered or near)[0])}?"
        else:
            hint = f"There are {listed(self.names)}."
        return self.rows.error(f"there is no such column. {hint}", column=name)


class Numbers:
    """Turns cells into numbers; the first number with a decimal sign decides for the whole file."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.careful = table.rows.underscores  # float("1_000") is 1000
        self.may_have_commas = table.rows.delimiter != ","
        self.decimal = "" if self.may_have_commas else "."

    @property
    def remarks(self) -> list[str]:
        """What was decided."""
        return ["The numbers have decimal commas."] if self.decimal == "," else []

    def __call__(self, line: int, cells: list[str], columns: list[int]) -> list[float]:
        """The numbers of a row; `columns` says from where in the table its cells are."""
        values = self._quickly(cells)
        if values is not None and len(values) == len(cells) and math.isfinite(sum(values)):
            return values
        return [self._number(line, cell, column) for cell, column in zip(cells, columns, strict=True)]

    def _quickly(self, cells: list[str]) -> list[float] | None:
        """The numbers of a row in which nothing is unusual: a table may have twenty million of them."""
        if self.decimal != "." or self.careful:
            joined = "\n".join(cells)
            if "_" in joined or (self.decimal == "" and ("." in joined or "," in joined)):
                return None
            if self.decimal == ",":
                if "." in joined:
                    return None
                cells = joined.replace(",", ".").split("\n")
        try:
            return list(map(float, cells))
        except ValueError:
            return None

    def _number(self, line: int, cell: str, column: int) -> float:
        text = cell.strip().replace("−", "-")
        if self.may_have_commas and ("," in text or "." in text):
            text = self._pointed(line, text, column)
        try:
            value = math.nan if "_" in text else float(text)
        except ValueError:
            value = math.nan
        if abs(value) <= LARGEST:
            return value
        raise self._refused(line, cell.strip(), value, column)

    def _pointed(self, line: int, text: str, column: int) -> str:
        """A number with a decimal point, if it is one with a single decimal sign like those before."""
        pointed = text.replace(",", ".")
        if not is_number(pointed, ","):
            return text
        sign = "," if "," in text else "."
        if self.decimal and sign != self.decimal:
            had = "comma" if self.decimal == "," else "point"
            raise self._error(
                f"{quoted(text)} has another decimal sign than the numbers before it, which have a {had}.",
                line, column,
            )  # fmt: skip
        self.decimal = sign
        return pointed

    def _refused(self, line: int, text: str, value: float, column: int) -> CsvError:
        if text == "":
            reason = "the cell is empty. Fill in a number, or delete the line."
        elif text.lower() in MISSING:
            reason = f"{quoted(text)} stands for a missing value. Fill in a number, or delete the line."
        elif math.isinf(value) or abs(value) > LARGEST:
            reason = f"{quoted(text)} is too large to calculate with."
        elif "\n" in text or "\r" in text:
            reason = f'{quoted(text)} goes over several lines. Is a quotation mark (") missing?'
        else:
            reason = f"{quoted(text)} is not a number. {self._advice(line, text, column)}"
        return self._error(reason, line, column)

    def _advice(self, line: int, text: str, column: int) -> str:
        rows = self.table.rows
        if text.startswith("#"):
            return "Comments can stand at the top of the file only."
        if not self.table.header and line == rows.head[0][0]:
            return "If the first line holds the names of the columns, say so."
        others = [cells[column] for _, cells in rows.head[1:] if len(cells) > column]
        if any(is_number(cell, rows.delimiter) for cell in others):
            return "Correct it, or delete the line."
        return (
            "Every column but that of the classes must hold numbers. If this is the column of the classes, "
            "choose it as such; if not, delete it or write numbers for the words."
        )

    def _error(self, reason: str, line: int, column: int) -> CsvError:
        return self.table.rows.error(reason, line, self.table.named(column))


def block(values: array[float], columns: list[int], lines: array[int], table: Table) -> FloatArray:
    """All numbers, `(rows, columns)`, none of them too large."""
    result = np.array(values, dtype=float).reshape(len(lines), len(columns))
    large = np.argwhere(np.abs(result) > LARGEST)
    if len(large):
        row, column = large[0]
        reason = f"{numeral(result[row, column])} is too large to calculate with."
        raise table.rows.error(reason, lines[row], table.named(columns[column]))
    return result
