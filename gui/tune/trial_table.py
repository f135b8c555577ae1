"""All trials as a table: sorted by any column, filtered while one types."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.theme import DARK, Theme, font
from gui.tune.axis_ticks import value_text
from gui.tune.look_cards import MARKS
from gui.tune.row_filter import column, filtered
from gui.tune.trial_columns import RowTexts
from gui.widgets.card import label
from landscape.errors import LandscapeError
from landscape.numerals import numeral
from landscape.tuning.selection import Columns
from landscape.tuning.space import KINDS

FIRST, LAST = ("number", "round", "state", "score"), ("epochs", "seconds", "reason")
HEADS = {"number": "#"}
LEFT = ("state", "reason")
WIDTH = 72
WIDTHS = {"number": 56, "round": 60, "state": 110}
Role = Qt.ItemDataRole


class TrialModel(QAbstractTableModel):
    """The trials that are shown, in the order they are shown in."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: Columns | None = None
        self.names: tuple[str, ...] = (*FIRST, *LAST)
        self.rows: Any = np.empty(0, int)
        self.lit: Any = np.empty(0, bool)
        self.theme: Theme = DARK
        self.sorted_by: tuple[str, bool] = ("number", False)  # and whether downwards

    def show(self, columns: Columns, rows: Any, lit: Any) -> None:
        """Show these rows of these trials; the order of columns is kept where they are the same."""
        names = (*FIRST, *(dimension.name for dimension in columns.dimensions), *LAST)
        if names != self.names:
            self.beginResetModel()
            self.columns, self.names, self.lit = columns, names, lit
            self.rows = self._ordered(rows)
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        numbers = [self.number_at(index.row()) for index in before]
        self.columns, self.lit = columns, lit
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

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def text(self, place: int, name: str) -> str:
        """What stands in a cell."""
        assert self.columns is not None
        row = int(self.rows[place])
        trial = self.columns.trials[row]
        if name in trial.values:
            return value_text(trial.values[name])
        score = float(self.columns.score[row])
        return {
            "number": str(trial.number), "round": str(trial.round + 1),
            "state": f"{MARKS[trial.state]} {trial.state}",
            "score": f"{score:.4f}" if np.isfinite(score) else "–",
            "epochs": str(max(len(trial.accuracy) - 1, 0)), "seconds": numeral(trial.seconds, 3),
            "reason": trial.reason,
        }[name]  # fmt: skip

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or self.columns is None or index.row() >= len(self.rows):
            return None
        name = self.names[index.column()]
        if role == Role.DisplayRole:
            return self.text(index.row(), name)
        if role == Role.ToolTipRole and name == "reason":
            return self.text(index.row(), name) or None
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if name in LEFT else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.ForegroundRole:
            row = int(self.rows[index.row()])
            bright = row < len(self.lit) and self.lit[row]
            return QColor(self.theme.text if bright else self.theme.dim)
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
            title = KINDS[name].title if name in KINDS else name
            return f"{title.capitalize()}: click to sort"
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if name in LEFT else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class _Table(QTableView):
    """Left and right belong to time; Ctrl+C copies the rows that are marked."""

    copied = pyqtSignal()

    @property
    def top(self) -> int:
        """The row at the upper edge."""
        bar = self.verticalScrollBar()
        return 0 if bar is None else bar.value()

    def keep_at_top(self, places: list[int]) -> None:
        """Scroll to the row that was at the upper edge, unless it was the first or is gone."""
        self.updateGeometries()  # else the bar does not know yet how many rows there are
        bar = self.verticalScrollBar()
        if bar is not None and bar.value() and places:
            bar.setValue(places[0])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)


class TrialTable(QWidget):
    """The table, a filter, and how many rows there are.

    Signals
    -------
    trialPicked(number) : this trial is to be looked at
    """

    trialPicked = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: Columns | None = None
        self._lit: Any = np.empty(0, bool)
        self._picked: int | None = None
        self._texts = RowTexts()
        self._quiet = False  # while the marked row follows the picked trial
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(6)
        line = QHBoxLayout()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("filter: diverged, score > 0.9, units = 64, α < 0.01")
        self.filter.setAccessibleName("Filter of the table")
        self.filter.textChanged.connect(lambda _: self._refill())
        self.only_lit = QPushButton("Only lit")
        self.only_lit.setCheckable(True)
        self.only_lit.setToolTip("Leave out the trials that do not light up")
        self.only_lit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.only_lit.toggled.connect(lambda _: self._refill())
        self.count = label("", "dim")
        line.addWidget(self.filter, 1)
        line.addWidget(self.only_lit)
        line.addWidget(self.count)
        column_.addLayout(line)
        self.remark = label("", "warning", wrap=True)
        self.remark.hide()
        column_.addWidget(self.remark)
        self.model = TrialModel()
        self.table = _Table()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Table of all trials")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        side = self.table.verticalHeader()
        top = self.table.horizontalHeader()
        assert side is not None
        assert top is not None
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        top.setHighlightSections(False)
        top.setSectionsClickable(True)
        top.setStretchLastSection(True)
        top.sectionClicked.connect(lambda section: self.model.order_by(self.model.names[section]))
        self._side = side
        self.table.copied.connect(self.copy)
        marked = self.table.selectionModel()
        assert marked is not None
        self._marked = marked
        marked.currentRowChanged.connect(self._row_changed)
        column_.addWidget(self.table, 1)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self.model.theme = theme
        size = max(theme.small * min(type_scale, 1.4), theme.small)
        self.table.setFont(font(size))
        self._side.setDefaultSectionSize(round(1.8 * size))

    def show_trials(self, columns: Columns) -> None:
        """Show these trials; where one has scrolled to, and the marked row, stay."""
        self._columns = columns
        if len(self._lit) != len(columns):
            self._lit = np.ones(len(columns), bool)
        self._refill()

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        if self._columns is not None and len(mask) == len(self._columns):
            self._lit = mask
            if self.only_lit.isChecked():
                self._refill()
            else:
                self.model.show_lit(mask)

    def _refill(self) -> None:
        columns = self._columns
        if columns is None:
            return
        try:
            chosen = filtered(columns, self.filter.text(), self._texts)
            self.remark.hide()
        except LandscapeError as error:
            chosen = np.ones(len(columns), bool)
            self.remark.setText(str(error))
            self.remark.show()
        if self.only_lit.isChecked():
            chosen = chosen & self._lit
        rows = np.flatnonzero(chosen)
        self._quiet = True
        before, edge = self.model.names, self.model.number_at(self.table.top)
        self.model.show(columns, rows, self._lit)
        if self.model.names != before:
            for place, name in enumerate(self.model.names):
                self.table.setColumnWidth(place, WIDTHS.get(name, WIDTH))
        self._quiet = False
        self.count.setText(f"{len(rows)} of {len(columns)}")
        self._mark()
        self.table.keep_at_top(np.flatnonzero(columns.number[self.model.rows] == edge).tolist())

    def show_picked(self, number: int | None) -> None:
        """Mark the row of the trial that is looked at, and scroll to it."""
        if number != self._picked:
            self._picked = number
            self._mark(scroll=True)

    def _mark(self, scroll: bool = False) -> None:
        row = None if self._columns is None else self._columns.row(self._picked)
        found = [] if row is None else np.flatnonzero(self.model.rows == row).tolist()
        self._quiet = True
        flags = QItemSelectionModel.SelectionFlag
        if not found:
            self._marked.clear()
        elif found[0] != self._marked.currentIndex().row():
            index = self.model.index(found[0], 0)
            self._marked.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._quiet = False
        if found and scroll:
            self.table.scrollTo(self.model.index(found[0], 0))

    def _row_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        if not self._quiet and now.isValid() and self._columns is not None:
            self._picked = int(self._columns.number[self.model.rows[now.row()]])
            self.trialPicked.emit(self._picked)

    def copy(self) -> None:
        """Put the marked rows on the clipboard, as a table that others can paste."""
        places = sorted(index.row() for index in self._marked.selectedRows())
        lines = ["\t".join(self.model.names)]
        lines += ["\t".join(self.model.text(place, name) for name in self.model.names) for place in places]
        clipboard = QApplication.clipboard()
        if clipboard is not None and places:
            clipboard.setText("\n".join(lines))
