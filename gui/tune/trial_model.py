"""The rows of the table of trials: which are shown, in which order, and what stands in each cell."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PyQt6.QtGui import QColor

from gui.theme import DARK, Theme, contrast
from gui.tune.look_cards import MARKS
from gui.tune.row_filter import column
from gui.tune.trial_columns import table_columns
from gui.tune.upright_axis import UprightAxis, axis_words
from gui.views.shading import between
from landscape.tuning.selection import Columns
from landscape.tuning.space import KINDS

HEADS = {"number": "#"}
TITLES = {
    "number": "number of the trial", "round": "round of the search", "state": "what became of it",
    "score": "validation accuracy after the last epoch", "epochs": "passes over the data",
    "seconds": "seconds of work", "reason": "why it ended before its time",
}  # fmt: skip
LEFT = ("state", "reason")
FAINTEST = 4.5  # contrast below which text cannot be read (WCAG 2.2, AA)
Role = Qt.ItemDataRole


class TrialModel(QAbstractTableModel):
    """The trials that are shown, in the order they are shown in."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: Columns | None = None
        self.rows: Any = np.empty(0, int)
        self.lit: Any = np.empty(0, bool)
        self.theme: Theme = DARK
        self.sorted_by: tuple[str, bool] = ("number", False)  # and whether downwards
        self.chosen = ""  # the column where the keys are
        self._cells = {cell.name: cell for cell in table_columns(())}
        self.names = tuple(self._cells)

    def show(self, columns: Columns, rows: Any, lit: Any) -> None:
        """Show these rows of these trials; the order of columns is kept where they are the same."""
        cells = {cell.name: cell for cell in table_columns(columns.dimensions)}
        if tuple(cells) != self.names:
            self.beginResetModel()
            self.columns, self.lit = columns, lit
            self._cells, self.names = cells, tuple(cells)
            self.rows = self._ordered(rows)
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        numbers = [self.number_at(index.row()) for index in before]
        self._cells, self.columns, self.lit = cells, columns, lit
        self.rows = self._ordered(rows)
        places = {int(number): place for place, number in enumerate(columns.number[self.rows].tolist())}
        after = [
            self.index(places[number], index.column()) if number in places else QModelIndex()
            for index, number in zip(before, numbers, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def show_lit(self, lit: Any) -> None:
        """Only the brightness of rows changes."""
        self.lit = lit
        if len(self.rows):
            ends = self.index(0, 0), self.index(len(self.rows) - 1, len(self.names) - 1)
            self.dataChanged.emit(*ends, [Role.ForegroundRole])

    def number_at(self, place: int) -> int | None:
        """The number of the trial that is shown there."""
        if self.columns is None or place >= len(self.rows) or self.rows[place] >= len(self.columns):
            return None
        return int(self.columns.number[self.rows[place]])

    # --- order -------------------------------------------------------------------------------------

    def _ordered(self, rows: Any) -> Any:
        assert self.columns is not None
        name, down = self.sorted_by
        if name not in self.names:
            name, down = self.sorted_by = ("number", False)
        values = column(self.columns, name)[rows].astype(float)
        missing = ~np.isfinite(values)  # always at the end
        return rows[
            np.lexsort(
                (self.columns.number[rows], np.where(missing, 0, -values if down else values), missing)
            )
        ]

    def order_by(self, name: str) -> None:
        """By this column, then the other way round, then by number again."""
        now, down = self.sorted_by
        if name != now:
            self.sorted_by = (name, name == "score")  # of scores, the best are asked for
        elif down == (name == "score"):
            self.sorted_by = (name, not down)
        else:
            self.sorted_by = ("number", False)
        if self.columns is not None:
            self.show(self.columns, self.rows, self.lit)
        self.choose(self.chosen)

    def choose(self, name: str) -> None:
        """Let the keys be at this column, or at none."""
        self.chosen = name
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.names) - 1)

    @property
    def order_words(self) -> str:
        """How it is sorted."""
        name, down = self.sorted_by
        return f"sorted by {self.title(name)}, {'down' if down else 'up'}wards"

    # --- cells -------------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def _value(self, place: int, name: str) -> Any:
        assert self.columns is not None
        return self._cells[name].value(self.columns, int(self.rows[place]))

    def text(self, place: int, name: str) -> str:
        """What stands in a cell."""
        value = self._value(place, name)
        written = self._cells[name].write(value)
        return f"{MARKS[value]} {written}" if name == "state" else written

    def exact(self, place: int, name: str) -> str:
        """The value of a cell for other programs: all its digits, and nothing where there is none."""
        value = self._value(place, name)
        if isinstance(value, float):
            return repr(value) if np.isfinite(value) else ""
        return str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())

    def title(self, name: str) -> str:
        """What a column is in full, with the scale on which a hyperparameter is searched."""
        if name in TITLES or self.columns is None:
            return TITLES.get(name, name)
        dimension = next(each for each in self.columns.dimensions if each.name == name)
        words = axis_words(UprightAxis(name, dimension))
        return f"{words} (linear)" if dimension.scale == "linear" and not dimension.choices else words

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or self.columns is None or index.row() >= len(self.rows):
            return None
        name = self.names[index.column()]
        if role == Role.DisplayRole:
            return self.text(index.row(), name)
        if role == Role.ToolTipRole and name == "reason":
            return self.text(index.row(), name) or None
        if role == Role.TextAlignmentRole:
            return _alignment(name)
        if role in (Role.ForegroundRole, Role.AccessibleDescriptionRole):
            row = int(self.rows[index.row()])
            bright = row < len(self.lit) and self.lit[row]
            if role == Role.ForegroundRole:
                return QColor(self.theme.text) if bright else faint_ink(self.theme)
            return "" if bright else "does not light up"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.names):
            return None
        name = self.names[section]
        if role == Role.DisplayRole:
            now, down = self.sorted_by
            arrow = (" ▾" if down else " ▴") if name == now else ""
            return (KINDS[name].symbol if name in KINDS else HEADS.get(name, name)) + arrow
        if role == Role.ToolTipRole:
            title = self.title(name)
            return f"{title[:1].upper()}{title[1:]}: click to sort, or Alt+← or Alt+→ and Enter"
        if role == Role.TextAlignmentRole:
            return _alignment(name)
        return None


def _alignment(name: str) -> int:
    side = Qt.AlignmentFlag.AlignLeft if name in LEFT else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


@lru_cache(maxsize=8)
def faint_ink(theme: Theme) -> QColor:
    """The faintest text that can still be read on a card: what does not light up differs most with it."""
    shades = [between(theme.text, theme.card, step / 32) for step in range(32)]
    return [shade for shade in shades if contrast(shade.name(), theme.card) >= FAINTEST][-1]
