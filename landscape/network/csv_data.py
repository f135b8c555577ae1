"""The user's own tables: a CSV file as a data set to learn from, or as rows to classify.

Nothing is dropped or decided in silence: it stands in the remarks, or the file is refused with the place
that is to blame.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np

from landscape.network.csv_rows import CsvError, CsvRows, is_number
from landscape.network.csv_table import MISSING, Numbers, Table, block
from landscape.network.datasets import Dataset, IntArray, class_remarks
from landscape.network.shapes import FloatArray
from landscape.network.wording import cleaned, counted, listed, quoted

__all__ = ["CsvError", "InputTable", "read_csv", "read_inputs"]

MAX_CLASSES, MAX_LABEL = 50, 200


@dataclass(frozen=True, eq=False)
class InputTable:
    """Rows to classify.

    Attributes
    ----------
    inputs : `(rows, features)`, read-only, in the data's own units
    labels : the true class of each row as written, if the file has them
    lines : `(rows,)`, where each row stands in the file
    remarks : sentences for the user
    """

    inputs: FloatArray
    labels: tuple[str, ...] | None
    lines: tuple[int, ...]
    remarks: tuple[str, ...]


def read_csv(path: Path | str, label: str | int | None = None, header: bool | None = None) -> Dataset:
    r"""A table of numbers with a column of classes, as a data set with units of its own.

    Comma, semicolon, tab or vertical bar between the cells; decimal commas where the comma is not between
    cells; UTF-8, UTF-16 or Windows-1252. Lines that begin with # are left out at the top.

    Parameters
    ----------
    label : the column of the classes: its name, or its number from 1, or from −1 at the right; None: the
        last. Any text or number will do; numbers are sorted as numbers
    header : whether the first row holds the names of the columns; None: as it looks

    Raises
    ------
    CsvError
        with the line and the column that are to blame.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "flowers.csv"
    >>> _ = file.write_text("length,width,kind\n5.1,3.5,setosa\n6.2,2.9,virginica\n4.9,3.0,setosa\n")
    >>> data = read_csv(file)
    >>> data.feature_names, data.class_names, data.labels.tolist()
    (('length', 'width'), ('setosa', 'virginica'), [0, 1, 0])
    >>> data.remarks[0]
    'Line 1 holds the names of the columns.'
    """
    table = Table(CsvRows(path), header, label)
    rows, numbers = table.rows, Numbers(table)
    if len(table.names) < 2:
        raise rows.error(
            "there is one column only. A table needs a column of classes and at least one of numbers, with "
            "a comma, semicolon, tab or vertical bar between them."
        )
    at = table.column(label)
    features = [column for column in range(len(table.names)) if column != at]
    values, lines, labels = array("d"), array("q"), list[int]()
    seen: dict[str, int] = {}  # each text of the classes' column -> its number
    first_seen: list[int] = []  # the line of each
    for line, cells in table.body():
        text = cells.pop(at)
        values.extend(numbers(line, cells, features))
        if text not in seen:
            seen[text] = len(seen)
            first_seen.append(line)
        labels.append(seen[text])
        lines.append(line)
    inputs = block(values, features, lines, table)
    counts = np.bincount(labels)
    spelled, names, remarks = _classes(table, at, list(seen), first_seen, counts)
    classes = spelled[np.array(labels)]
    if label is None:
        table.remarks.append(f"The classes are in the last column, {quoted(table.names[at])}.")
    table.remarks += (
        numbers.remarks + remarks + _counting(inputs, [table.names[column] for column in features])
    )
    return Dataset(
        cleaned(Path(path).stem)[:60] or "Table",
        inputs,
        classes,
        names,
        tuple(table.names[column] for column in features),
        own_units=True,
        remarks=(*table.all_remarks(), *class_remarks(classes, names)),
        label_name=table.names[at] if table.header else "",
    )


def read_inputs(
    path: Path | str,
    feature_names: Sequence[str],
    label: str | int | None = None,
    header: bool | None = None,
    needs_label: bool = False,
) -> InputTable:
    """Rows to classify: the columns by name where the file names them, else by position.

    Columns that are not features are left out and said so. That called `label` is kept as text, if it is
    there; it has to be if `needs_label`. Without names, one column more than the features is taken for it
    (the last, or `label`).

    Raises
    ------
    CsvError
        with the line and the column that are to blame, or the features that are missing.
    """
    wanted = [cleaned(name) for name in feature_names]
    rows = CsvRows(path)
    first = {cleaned(cell) for cell in rows.head[0][1]}
    # A network's features may be called 0, 1, 2: such cells in the first row are not names for sure.
    if header is None and any(name in first and not is_number(name, rows.delimiter) for name in wanted):
        header = True
    table = Table(rows, header, label)
    columns, at = _matched(table, wanted, label, needs_label)
    numbers, values, lines, labels = Numbers(table), array("d"), array("q"), list[str]()
    for line, cells in table.body():
        values.extend(numbers(line, [cells[column] for column in columns], columns))
        lines.append(line)
        if at is not None:
            labels.append(cleaned(cells[at]))
    inputs = block(values, columns, lines, table)
    inputs.flags.writeable = False
    table.remarks += numbers.remarks
    found = tuple(labels) if at is not None else None
    return InputTable(inputs, found, tuple(lines), tuple(table.all_remarks()))


def _classes(
    table: Table, at: int, texts: list[str], first_seen: list[int], counts: IntArray
) -> tuple[IntArray, tuple[str, ...], list[str]]:
    """Which class each different text of the classes' column is, the classes' names, and remarks.

    Spellings of one number (1 and 1.0) are one class, and so are texts that differ by blanks around them.
    """
    column = table.named(at)
    for text, line in zip(texts, first_seen, strict=True):
        if not text.strip():
            raise table.rows.error("the class is missing. Fill it in, or delete the line.", line, column)
        if len(text) > MAX_LABEL:
            raise table.rows.error(
                f"{quoted(text)} is longer than {MAX_LABEL} characters: not a class.", line, column
            )
    numbers = [_decimal(text, table.rows.delimiter) for text in texts]
    are_numbers = None not in numbers
    # Numbers are told apart and sorted as numbers, texts as texts; a pair holds either.
    keys = [
        (value, "") if are_numbers and value is not None else (Decimal(0), cleaned(text))
        for text, value in zip(texts, numbers, strict=True)
    ]
    spellings: dict[tuple[Decimal, str], list[str]] = {}
    for text, key in zip(texts, keys, strict=True):
        known = spellings.setdefault(key, [])
        if cleaned(text) not in known:
            known.append(cleaned(text))
    fractions = np.array([_has_fraction(value) for value, _ in keys])
    if len(spellings) > 2 and counts[fractions].sum() > counts.sum() / 2:
        raise table.rows.error(
            "most values are numbers with a fraction: this looks like a measured quantity, not like classes. "
            "Choose another column for the classes.",
            column=column,
        )
    if len(spellings) > MAX_CLASSES:
        raise table.rows.error(
            f"there are {len(spellings)} different values: this looks like a measured quantity or names, not "
            f"like classes; there may be {MAX_CLASSES} of them. Choose another column for the classes.",
            column=column,
        )
    if len(spellings) < 2:
        raise table.rows.error(
            f"every row is of class {quoted(cleaned(texts[0]))}. Without a second one, there "
            "is nothing to tell apart.",
            column=column,
        )
    ordered = sorted(spellings)
    place = {key: number for number, key in enumerate(ordered)}
    names = tuple(spellings[key][0] for key in ordered)
    remarks = [
        f"{listed(known)} are the same number, and so one class."
        for known in spellings.values()
        if len(known) > 1
    ]
    return np.array([place[key] for key in keys], np.int64), names, remarks + _doubtful(names)


def _doubtful(names: Sequence[str]) -> list[str]:
    """Remarks about names of classes that may be meant otherwise."""
    remarks = []
    lowered: dict[str, str] = {}
    for name in names:
        other = lowered.setdefault(name.lower(), name)
        if other != name:
            remarks.append(f"Classes {quoted(other)} and {quoted(name)} differ in capital letters only.")
        if name.lower() in MISSING:
            remarks.append(f"Class {quoted(name)} looks like a missing value.")
    return remarks


def class_places(texts: Sequence[str], class_names: Sequence[str]) -> list[int | None]:
    """Which class each text names, None where it names none; where all classes are numbers, 1.0 is 1.

    >>> class_places(["b", "1", ""], ["a", "b"]), class_places(["1.0", "x"], ["0", "1"])
    ([1, None, None], [1, None])
    """
    numbers = [_decimal(name, ";") for name in class_names]
    by_number = {} if None in numbers else {number: place for place, number in enumerate(numbers)}
    by_name = {name: place for place, name in enumerate(class_names)}
    return [by_name.get(text, by_number.get(_decimal(text, ";"))) for text in texts]


def _matched(
    table: Table, wanted: list[str], label: str | int | None, needs_label: bool
) -> tuple[list[int], int | None]:
    """The columns of the features and of the classes, if there is one; what is left over is said."""
    names = table.names
    missing = [name for name in wanted if name not in names]
    if table.header and not missing:
        columns = [names.index(name) for name in wanted]
        rest = [column for column in range(len(names)) if column not in set(columns)]
        at = None
        if needs_label or (isinstance(label, str) and cleaned(label) in names):
            at = table.column(label)
        if needs_label and at not in rest:
            raise table.rows.error(
                f"column {quoted(names[at or 0])} is a feature, so not that of the classes."
            )
        at = at if at in rest else None
    elif table.header and len(missing) < len(wanted):
        raise table.rows.error(
            f"there is no column {listed(missing)}; the network was trained with it. There are "
            f"{listed(names)}.", table.rows.head[0][0],
        )  # fmt: skip
    elif len(names) in (len(wanted), len(wanted) + 1):
        by_number = isinstance(label, int) or (
            label is not None and re.fullmatch(r"-?\d{1,9}", label.strip())
        )
        named = label if by_number or needs_label else None
        at = None if len(names) == len(wanted) and not needs_label else table.column(named)
        if len(names) == len(wanted) and at is not None:
            raise table.rows.error(
                f"there {'is' if len(names) == 1 else 'are'} {counted(len(names), 'column')}, as many as the "
                "features: none is left for the classes."
            )
        columns = [column for column in range(len(names)) if column != at]
        rest = []
        if table.header:
            table.remarks.append(
                f"The columns are not called like the features ({listed(wanted)}): taken in their order."
            )
        if at is not None:
            table.remarks.append(f"Column {quoted(names[at])} is taken for the classes.")
    else:
        raise table.rows.error(
            f"there {'is' if len(names) == 1 else 'are'} {counted(len(names), 'column')}, but the network "
            f"was trained with {counted(len(wanted), 'feature')}: {listed(wanted)}.", table.rows.head[0][0],
        )  # fmt: skip
    rest = [column for column in rest if column != at]
    if rest:
        kept = listed([names[column] for column in rest])
        table.remarks.append(f"{kept} {'is' if len(rest) == 1 else 'are'} not among the features: left out.")
    return columns, at


def _counting(inputs: FloatArray, names: Sequence[str]) -> list[str]:
    """A remark about a column that numbers the rows: from it, a network learns the order of the file."""
    count = len(inputs)
    steps = np.arange(count, dtype=float)
    return [
        f"Column {quoted(name)} numbers the rows. It is used as a feature; if it says nothing about the "
        "classes, delete it."
        for column, name in enumerate(names)
        if count >= 10
        and inputs[0, column] in (0, 1)
        and (inputs[:, column] - inputs[0, column] == steps).all()
    ]


def _has_fraction(value: Decimal) -> bool:
    if value.is_zero() or value.adjusted() > 20:
        return False
    return value.adjusted() < 0 or value % 1 != 0


def _decimal(text: str, delimiter: str) -> Decimal | None:
    """A label as an exact number, if it is one."""
    text = text.strip().replace("−", "-")
    try:
        value = Decimal(text.replace(",", ".") if delimiter != "," else text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and "_" not in text else None
