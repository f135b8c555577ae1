"""The rows of a user's CSV file: its encoding, its delimiter and its lines, or what is wrong with them."""

from __future__ import annotations

import csv
import io
import re
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from landscape.errors import LandscapeError
from landscape.network.wording import cleaned, counted, quoted

MAX_BYTES = 100_000_000
MAX_ROW = 1_000_000  # characters
MAX_LINES = 1_000_000
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_SAMPLE = 50  # rows by which the delimiter and the header are recognized
_NOT_TEXT = "this is not a text file. Save the table as CSV in UTF-8 in your spreadsheet."
_SEPARATOR = re.compile(r"sep=([,;\t|])\s*$")  # with which Excel begins some of its files
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


class CsvError(LandscapeError):
    """A table that is refused, with the place in the file that is to blame.

    Attributes
    ----------
    row : the line as an editor counts, from 1; None if it is the whole file
    column : its name, or its number from 1; None if it is the whole line
    """

    def __init__(
        self, name: str, reason: str, row: int | None = None, column: str | int | None = None
    ) -> None:
        self.row = row
        self.column = column
        place = [name]
        if row is not None:
            place.append(f"line {row}")
        if column is not None:
            place.append(f"column {quoted(column) if isinstance(column, str) else column}")
        super().__init__(f"{', '.join(place)}: {reason}")


class CsvRows:
    """The rows of a file, one after another, without the comments at the top and blank lines.

    Iterating gives (line, cells); a row that goes over several lines has the number of its first.

    Attributes
    ----------
    name : of the file, for sentences
    delimiter : one of `DELIMITERS`
    head : the first rows
    remarks : sentences about what was decided and left out; complete when all rows have been read
    underscores : whether there is a “_” anywhere
    """

    def __init__(self, path: Path | str) -> None:
        content, self.name = _content(Path(path))
        self.remarks: list[str] = []
        self._data = self._decoded(content)
        if max(self._data.count(b"\n"), self._data.count(b"\r")) > MAX_LINES:
            raise CsvError(self.name, "there are more than a million lines. Take a part of them.")
        self.underscores = b"_" in self._data
        self.delimiter = self._delimiter()
        if self.delimiter != ",":
            self.remarks.append(f"The cells are divided by {DELIMITERS[self.delimiter]}s.")
        self.head: list[tuple[int, list[str]]] = []
        for row in self._rows([]):
            self.head.append(row)
            if len(self.head) > _SAMPLE:
                break
        if not self.head:
            raise CsvError(self.name, "the file has no rows.")

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self._rows(self.remarks)

    def error(self, reason: str, row: int | None = None, column: str | int | None = None) -> CsvError:
        """What is wrong at a place of this file."""
        return CsvError(self.name, reason, row, column)

    def _decoded(self, content: bytes) -> bytes:
        """The content in UTF-8."""
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                content = content.decode("utf-16").encode()
            except UnicodeError:
                raise CsvError(self.name, "it is marked as UTF-16 text, but damaged.") from None
        else:
            content = content.removeprefix(b"\xef\xbb\xbf")
            try:
                content.decode()
            except UnicodeDecodeError as error:
                content = self._from_windows(content, error.start)
        nulls = content.count(b"\0")
        if nulls > max(3, len(content) // 50):
            raise CsvError(self.name, _NOT_TEXT)
        if nulls:
            line = _line_of(content, content.index(b"\0"))
            raise CsvError(self.name, "there is a null character: the file is damaged.", line)
        return content

    def _from_windows(self, content: bytes, place: int) -> bytes:
        if _CONTROL.search(content):
            raise CsvError(self.name, _NOT_TEXT)
        self.remarks.append(
            f"The file is not in UTF-8 (see line {_line_of(content, place)}): it was read "
            "as Windows-1252, so letters beyond ASCII may be wrong."
        )
        return content.decode("cp1252", "replace").encode()

    def _lines(self) -> io.TextIOWrapper:
        # Not text.splitlines(): it would also break lines at characters that are none for an editor.
        return io.TextIOWrapper(io.BytesIO(self._data), "utf-8", newline="")

    def _rows(self, remarks: list[str]) -> Iterator[tuple[int, list[str]]]:
        feed = _Feed(self._lines(), self)
        reader = csv.reader(feed, delimiter=self.delimiter, skipinitialspace=True, strict=True)
        blank: list[int] = []
        skipped: list[int] = []
        while True:
            feed.start = feed.length = 0
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise self._broken(str(error), feed.start) from None
            line = feed.start
            if not row or (not row[0].strip() and not any(map(str.strip, row))):
                # Blank lines at the end mean nothing; a row of empty cells is said wherever it stands.
                (skipped if len(row) > 1 else blank).append(line)
                continue
            skipped += blank
            blank = []
            yield line, row
        if feed.comments:
            remarks.append(counted(feed.comments, "comment line") + " at the top left out.")
        if skipped:
            remarks.append(
                counted(len(skipped), "blank line") + f" left out (the first is line {min(skipped)})."
            )

    def _broken(self, reason: str, line: int) -> CsvError:
        if "unexpected end" in reason:
            text = 'a quotation mark (") is opened here and never closed. Close it, or delete it.'
        elif "field larger" in reason:
            text = 'a cell is longer than 100,000 characters. Is a quotation mark (") opened and not closed?'
        elif "expected after" in reason:
            text = (
                f'after a closing quotation mark (") there must be a {DELIMITERS[self.delimiter]} or the end '
                "of the line. Is a quotation mark missing, or one too many? Inside a text, it stands twice."
            )
        else:
            text = "this line cannot be taken apart into cells."
        return self.error(text, line)

    def _delimiter(self) -> str:
        """The delimiter under which the first rows have equally many cells, and most of them numbers."""
        sample, size, lines = list[str](), 0, self._lines()
        while len(sample) <= _SAMPLE and size < 200_000 and (text := lines.readline(MAX_ROW)):
            if not sample and (given := _SEPARATOR.match(text)):
                return given[1]
            if text.strip() and (sample or not text.startswith("#")):
                sample.append(text[:20_000])
                size += len(text)
        scores = {delimiter: _score(sample, delimiter) for delimiter in DELIMITERS}
        return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


class _Feed:
    """Lines for the reader, counted, without comments at the top, refused where a row does not end."""

    def __init__(self, lines: io.TextIOWrapper, rows: CsvRows) -> None:
        self.lines, self.rows = lines, rows
        self.number = self.comments = 0
        self.start = self.length = 0  # first line and length of the present row; the reader of rows resets
        self.begun = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        while True:
            # In pieces, so that a hundred megabytes without a line break are not even looked at.
            line = self.lines.readline(MAX_ROW)
            if not line:
                raise StopIteration
            self.number += 1
            self.length += len(line)
            if self.length >= MAX_ROW:
                raise self.rows.error(
                    'this row is longer than a million characters. Is a quotation mark (") opened and not '
                    "closed, or are there no line breaks?",
                    self.start or self.number,
                )
            if not self.begun and line.startswith("#"):
                self.comments += 1
            elif not self.begun and self.number == 1 and _SEPARATOR.match(line):
                pass
            else:
                self.begun = self.begun or bool(line.strip())
                self.start = self.start or self.number
                return line
            self.length = 0


def is_number(cell: str, delimiter: str) -> bool:
    """Whether a cell can be read as a number, with a decimal comma where that is not the delimiter."""
    try:
        float(cell.replace(",", ".") if delimiter != "," else cell)
    except ValueError:
        return False
    return True


def _line_of(content: bytes, place: int) -> int:
    return len((content[:place] + b"x").splitlines())


def _score(sample: list[str], delimiter: str) -> float:
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(csv.reader(sample, delimiter=delimiter, skipinitialspace=True))
    if not rows:
        return 0.0
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2:
        return 0.0
    cells = [cell for row in rows for cell in row]
    numbers = sum(is_number(cell, delimiter) for cell in cells)
    return count / len(rows) * (0.1 + numbers / len(cells))


def _content(path: Path) -> tuple[bytes, str]:
    """What a file holds, and its name for sentences."""
    name = cleaned(path.name)[:80] or "."
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise CsvError(name, "this is a folder, not a file.")
        if not stat.S_ISREG(mode):  # a pipe would wait for its writer
            raise CsvError(name, "this is not an ordinary file.")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except LandscapeError:
        raise
    except OSError as error:
        reason = (error.strerror or str(error)).rstrip(".")
        words = f"the file cannot be read in {path.parent}: {reason[:1].lower()}{reason[1:]}."
        raise CsvError(name, words) from None
    except ValueError:  # a name with a null character in it, or one that cannot be encoded
        raise CsvError(name, "this file name cannot be used.") from None
    if len(content) > MAX_BYTES:
        raise CsvError(name, f"the file is larger than {MAX_BYTES // 1_000_000} MB. Take a part of its rows.")
    if not content.strip():
        raise CsvError(name, "the file is empty.")
    return content, name
