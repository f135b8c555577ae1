"""What is looked at in a search: which trials light up, one of them closely, and the studies on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from gui.tune.axis_ticks import value_text
from gui.tune.edits import TuneEdits
from gui.tune.searcher import Found
from gui.widgets.card import Card, FixedLines, OneLine, label
from gui.widgets.fields import NumberField
from gui.widgets.rows import Choice, TitledRow
from landscape.numerals import numeral
from landscape.scene import Scene
from landscape.tuning.plan import Trial
from landscape.tuning.selection import STATES, TuneView
from landscape.tuning.shelf import Kept
from landscape.tuning.space import KINDS

MARKS = {"complete": "●", "running": "○", "stopped": "■", "diverged": "✕", "failed": "▲"}


def button(text: str, help_text: str, on_click: Any) -> QPushButton:
    """A button that leaves the keyboard with the picture when it is clicked."""
    made = QPushButton(text)
    made.setToolTip(help_text)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(on_click)
    return made


class SelectionCard(Card):
    """Which trials light up, in all pictures at once.

    Signals
    -------
    refineWanted() : the next round shall be inside the brushes
    """

    refineWanted = pyqtSignal()

    def __init__(self, edits: TuneEdits, parent: QWidget | None = None) -> None:
        super().__init__("Selection", parent)
        self._edits = edits
        self.count = label("", "dim")
        self.header.addWidget(self.count)
        symbols = {name: f"{kind.symbol}  {kind.title}" for name, kind in KINDS.items()}
        self.across = Choice("Axis to the right", symbols, lambda name: edits.view("choose an axis", x=name))
        self.upwards = Choice("Axis upwards", symbols, lambda name: edits.view("choose an axis", y=name))
        self.body.addWidget(TitledRow("→", self.across))
        self.body.addWidget(TitledRow("↑", self.upwards))
        self.top = NumberField(
            "Only the best", lambda value: "" if 0 <= value <= 1e6 else "0 (all) or more.", whole=True
        )
        self.top.setToolTip("So many of the best trials light up; 0: all")
        self.top.valueEdited.connect(
            lambda value: edits.view("choose the best", top=int(value) if value > 0 else None)
        )
        self.body.addWidget(TitledRow("only the best", self.top))
        states = QHBoxLayout()
        states.setSpacing(4)
        self.states: dict[str, QPushButton] = {}
        for state in STATES:
            each = button(MARKS[state], f"{state.capitalize()} trials light up", partial(self._turn, state))
            each.setObjectName("letter")
            each.setAccessibleName(f"{state.capitalize()} trials")
            each.setCheckable(True)
            self.states[state] = each
            states.addWidget(each)
        states.addStretch(1)
        self.clear = button("Clear", "Light up all trials again", self._clear)
        states.addWidget(self.clear)
        self.body.addLayout(states)
        self.stretches = FixedLines(2)
        self.body.addWidget(self.stretches)
        self.refine = button(
            "Search here more finely",
            "One more round, inside the brushed stretches; the trials so far are kept",
            self.refineWanted,
        )
        self.body.addWidget(self.refine)

    def _turn(self, state: str) -> None:
        now = self._edits.scene.tune_view.states
        chosen = tuple(one for one in STATES if (one in now) != (one == state))
        self._edits.view("choose states", states=chosen)

    def _clear(self) -> None:
        self._edits.view("clear the selection", brushes={}, top=None, states=STATES)

    def show_view(self, view: TuneView, found: Found | None, shown: int) -> None:
        """Show what is chosen, and how many trials that is."""
        for choice, name in ((self.across, view.x), (self.upwards, view.y)):
            choice.show_key(name)
        self.top.show_value(view.top or 0)
        for state, each in self.states.items():
            each.setChecked(state in view.states)
        total = 0 if found is None else len(found.columns)
        self.count.setText(f"{shown} of {total} lit")
        dimensions = {} if found is None else {d.name: d for d in found.columns.dimensions}
        words = [
            f"{dimensions[name].kind.symbol} {value_text(dimensions[name].value(low))}–"
            f"{value_text(dimensions[name].value(min(high, 1 - 1e-9)))}"
            if name in dimensions
            else f"accuracy {low:.3f}–{high:.3f}"
            for name, (low, high) in view.brushes.items()
            if name in dimensions or name == "score"
        ]
        self.stretches.say(", ".join(words) or "Drag in a picture: what lies within lights up everywhere.")
        self.refine.setEnabled(any(name in dimensions for name in view.brushes))
        self.clear.setEnabled(bool(view.brushes) or view.top is not None or view.states != STATES)


class TrialCard(Card):
    """One trial: what it tried, and what became of it.

    Signals
    -------
    openWanted(panda) : it shall be opened in Train, from its start or to be babysat from its end
    codeWanted() : its code shall be copied
    """

    openWanted = pyqtSignal(bool)
    codeWanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Trial", parent)
        self.number = label("", "dim")
        self.header.addWidget(self.number)
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.rows: dict[str, tuple[QLabel, QLabel]] = {}
        names = {"score": "accuracy", **{name: kind.title for name, kind in KINDS.items()}}
        for place, (name, text) in enumerate({**names, "seed": "initial seed", "seconds": "seconds"}.items()):
            title, value = OneLine(text), label("")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(title, place, 0)
            # Only the seed is wide: it takes what its short title leaves.
            self._grid.addWidget(value, place, *((0, 1, 2) if name == "seed" else (1,)))
            self.rows[name] = (title, value)
        self.body.addLayout(self._grid)
        self.reason = FixedLines(2)
        self.body.addWidget(self.reason)
        line = QGridLayout()
        line.setSpacing(6)
        self.open = button(
            "Open in Train", "Train it again, from its start", lambda: self.openWanted.emit(False)
        )
        self.panda = button(
            "Go on as panda", "Open it in Train at its end, to babysit it", lambda: self.openWanted.emit(True)
        )
        self.code = button("Copy as code", "A Python script that trains it", self.codeWanted)
        line.addWidget(self.open, 0, 0)
        line.addWidget(self.panda, 0, 1)
        line.addWidget(self.code, 1, 0, 1, 2)
        self.body.addLayout(line)
        self.show_trial(None, "")

    def show_trial(self, trial: Trial | None, remark: str) -> None:
        """Show a trial, or none."""
        self.number.setText(
            "" if trial is None else f"#{trial.number} {trial.state}, round {trial.round + 1}"
        )
        shown: dict[str, str] = {}
        if trial is not None:
            score = trial.score if trial.score == trial.score else None
            shown = {name: value_text(value) for name, value in trial.values.items()}
            shown |= {"score": "–" if score is None else f"{score:.4f}", "seed": str(trial.seed)}
            shown |= {"seconds": numeral(trial.seconds, 3)}
        for name, (title, value) in self.rows.items():
            for each in (title, value):
                each.setVisible(name in shown)
            value.setText(shown.get(name, ""))
        self.reason.say(remark if trial is None or not trial.reason else trial.reason)
        for deed in (self.open, self.panda, self.code):
            deed.setEnabled(trial is not None)


class StudiesCard(Card):
    """The studies that are kept, the latest first; Enter or a double click opens one.

    Signals
    -------
    opened(kept) : this study is wanted
    removed(kept) : it is not wanted any more
    fileWanted(), tableWanted() : a study's file shall be opened, the table be written
    """

    opened = pyqtSignal(object)
    removed = pyqtSignal(object)
    fileWanted = pyqtSignal()
    tableWanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Studies", parent)
        self.list = QListWidget()
        self.list.setAccessibleName("Studies")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setFixedHeight(112)
        self.list.itemActivated.connect(self._open)
        self.body.addWidget(self.list)
        line = QHBoxLayout()
        line.setSpacing(6)
        self.open = button("Open", "Show the study that is marked (Enter)", self._open)
        self.remove = button("Delete", "Delete the study that is marked", self._remove)
        self.file = button("File …", "Open a study's journal file", self.fileWanted)
        self.table = button("CSV …", "Write all trials as a table", self.tableWanted)
        for each in (self.open, self.remove, self.file, self.table):
            line.addWidget(each)
        self.body.addLayout(line)

    def show_kept(self, kept: Sequence[Kept], scene: Scene) -> None:
        """Show these studies; the one of the scene is marked."""
        self.list.clear()
        for study in kept:
            item = QListWidgetItem(study.title)
            item.setToolTip(study.path.name)
            item.setData(Qt.ItemDataRole.UserRole, study)
            self.list.addItem(item)
            if (study.training, study.tuning) == (scene.training, scene.tuning):
                self.list.setCurrentItem(item)
        for each in (self.open, self.remove):
            each.setEnabled(bool(kept))

    @property
    def marked(self) -> Kept | None:
        """The study that is marked in the list."""
        item = self.list.currentItem()
        return None if item is None else item.data(Qt.ItemDataRole.UserRole)

    def _open(self) -> None:
        if self.marked is not None:
            self.opened.emit(self.marked)

    def _remove(self) -> None:
        if self.marked is not None:
            self.removed.emit(self.marked)
