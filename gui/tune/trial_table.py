"""All trials as a table: sorted by any column, filtered while one types."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.theme import Theme, font
from gui.tune.row_filter import filtered
from gui.tune.table_rows import TableRows
from gui.tune.trial_columns import RowTexts, table_columns
from gui.tune.trial_model import TrialModel
from gui.widgets.card import OneLine, label
from landscape.errors import LandscapeError
from landscape.tuning.selection import Columns

NAME = "Table of all trials"
KEYS = (
    "Up and down go from trial to trial; Alt with left and right choose a column, Enter sorts by it; Ctrl+C"
    " copies the rows that are marked, with all digits"
)
AHEAD = 0.004  # seconds at a time in which what words are looked for in is written
NO_ROWS = {
    (True, False): "No trial is as the filter says: clear it to see them all.",
    (False, True): "No trial lights up: turn off “Only lit” to see them all.",
    (True, True): "No trial that lights up is as the filter says.",
}  # by whether there is a filter, and whether what does not light up is left out


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
        self._texts = RowTexts(AHEAD)
        self._ahead = QTimer(self)  # writes them in short turns, so that no key has to wait for it
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(0)
        self._ahead.timeout.connect(self._write_ahead)
        self._quiet = False  # while the marked row follows the picked trial
        self._hint = ""
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(4)
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
        self.remark = OneLine()  # its line is there also while it says nothing: the table stands still
        self.remark.setProperty("kind", "warning")
        column_.addWidget(self.remark)
        self.model = TrialModel()
        self.table = TableRows(self.model)
        heads = self.table.horizontalHeader()
        assert heads is not None
        heads.sectionClicked.connect(lambda section: self._sort(self.model.names[section]))
        self.table.copied.connect(self.copy)
        self.table.columnStepped.connect(self._step)
        self.table.columnTaken.connect(lambda: self._sort(self.model.chosen))
        self.table.columnLeft.connect(lambda: self._choose(""))
        marked = self.table.selectionModel()
        assert marked is not None
        self._marked = marked
        marked.currentRowChanged.connect(self._row_changed)
        column_.addWidget(self.table, 1)
        self._describe()

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self.model.theme = theme
        size = max(theme.small * min(type_scale, 1.4), theme.small)
        self.table.setFont(font(size))

    def set_hint(self, text: str) -> None:
        """What to say where there is no trial yet."""
        self._hint = text
        self._say_why_empty()

    def show_trials(self, columns: Columns) -> None:
        """Show these trials; where one has scrolled to, and the marked row, stay."""
        self._columns = columns
        if len(self._lit) != len(columns):
            self._lit = np.ones(len(columns), bool)
        self._refill()
        self._ahead.start()

    def show_lit(self, mask: Any) -> None:
        """Light up these trials, `(trials,)`."""
        if self._columns is not None and len(mask) == len(self._columns):
            self._lit = mask
            if self.only_lit.isChecked():
                self._refill()
            else:
                self.model.show_lit(mask)

    # --- rows --------------------------------------------------------------------------------------

    def _write_ahead(self) -> None:
        """A short turn; a filter that came before all was written is asked again at the end."""
        columns = self._columns
        if columns is not None:
            self._texts.prepare(columns, table_columns(columns.dimensions))
            if not self._texts.complete:
                self._ahead.start()
            elif self.filter.text().strip():
                self._refill()

    def _refill(self) -> None:
        columns = self._columns
        if columns is None:
            return
        sentence = ""
        try:
            chosen = filtered(columns, self.filter.text(), self._texts)
        except LandscapeError as error:
            chosen, sentence = np.ones(len(columns), bool), str(error)
        self.remark.setText(sentence)
        self.remark.setToolTip(sentence)
        if self.only_lit.isChecked():
            chosen = chosen & self._lit
        rows = np.flatnonzero(chosen)
        self._quiet = True
        before, edge = self.model.names, self.model.number_at(self.table.top)
        self.model.show(columns, rows, self._lit)
        if self.model.names != before:
            self._choose("")
        self._quiet = False
        self.count.setText(f"{len(rows):,} of {len(columns):,}")
        self._say_why_empty()
        self._mark()
        self.table.keep_at_top(np.flatnonzero(columns.number[self.model.rows] == edge).tolist())

    def _say_why_empty(self) -> None:
        asked = bool(self.filter.text().strip()), self.only_lit.isChecked()
        self.table.hint = NO_ROWS.get(asked, "") if self._columns is not None and len(self._columns) else ""
        self.table.hint = self.table.hint or self._hint
        self._describe()
        page = self.table.viewport()
        if page is not None and not self.model.rowCount():
            page.update()

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
        """Put the marked rows on the clipboard, with all digits, as a table that others can paste."""
        places = sorted(index.row() for index in self._marked.selectedRows())
        lines = ["\t".join(self.model.names)]
        lines += ["\t".join(self.model.exact(place, name) for name in self.model.names) for place in places]
        clipboard = QApplication.clipboard()
        if clipboard is not None and places:
            clipboard.setText("\n".join(lines))

    # --- columns -----------------------------------------------------------------------------------

    def _step(self, by: int) -> None:
        """Let the keys be at the next column; at first at that which it is sorted by."""
        names = self.model.names
        now = self.model.chosen
        place = names.index(now) + by if now in names else names.index(self.model.sorted_by[0])
        self._choose(names[min(max(place, 0), len(names) - 1)])

    def _choose(self, name: str) -> None:
        self.model.choose(name)
        if name:
            self.table.scrollTo(self.model.index(self.table.top, self.model.names.index(name)))
        self._describe()

    def _sort(self, name: str) -> None:
        if name:
            self.model.order_by(name)
            self._describe()

    def _describe(self) -> None:
        """Say to those who do not see it where the keys are, and how it is sorted."""
        name = self.model.chosen
        self.table.setAccessibleName(f"{NAME}: {self.model.title(name)}" if name else NAME)
        empty = "" if self.model.rowCount() else self.table.hint
        words = f"{self.count.text()} trials" if self._columns is not None else ""
        self.table.setAccessibleDescription(
            ". ".join(filter(None, (empty, words, self.model.order_words, KEYS)))
        )
