"""The pictures of a study: what is picked or brushed in one of them shows in all."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QTabWidget, QWidget

from gui.jobs import Jobs
from gui.theme import Theme
from gui.tune.coverage_view import CoverageView
from gui.tune.curves_view import CurvesView
from gui.tune.edits import TuneEdits
from gui.tune.history_view import HistoryView
from gui.tune.parallel_view import ParallelView
from gui.tune.ranking import Ranking
from gui.tune.searcher import Found
from gui.tune.trial_panel import TrialPanel
from gui.tune.trial_table import TrialTable
from gui.tune.words import round_words, shown_axes
from landscape.scene import Scene
from landscape.tuning.plan import Trial
from landscape.tuning.selection import SCORE, Columns, lit


class StudyPage(QWidget):
    """Scatter, curves, importance, and all trials one by one."""

    def __init__(self, jobs: Jobs, edits: TuneEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._columns: Columns | None = None  # what is shown: all, or as far as one has scrubbed
        self.lit: Any = np.empty(0, bool)
        self.coverage, self.curves, self.history = CoverageView(), CurvesView(), HistoryView()
        self.parallel, self.table, self.trial = ParallelView(), TrialTable(), TrialPanel(jobs)
        self.ranking = Ranking(jobs, edits)
        self._views = (self.coverage, self.curves, self.history, self.parallel, self.table)
        self.charts = _tabs("Curves", {"Curves": self.curves, "History": self.history})
        self.trials = _tabs("Trials", {"Parallel": self.parallel, "Table": self.table, "Trial": self.trial})
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(10)
        grid.addWidget(self.coverage, 0, 0, 2, 1)
        grid.addWidget(self.charts, 0, 1)
        grid.addWidget(self.ranking, 1, 1)
        grid.addWidget(self.trials, 2, 0, 1, 2)
        for column, stretch in ((0, 7), (1, 6)):
            grid.setColumnStretch(column, stretch)
        for line, stretch in ((0, 5), (1, 4), (2, 6)):
            grid.setRowStretch(line, stretch)
        self.coverage.boxBrushed.connect(self._box_brushed)
        for view in self._views:
            view.trialPicked.connect(self._picked)
        for chart in (self.curves, self.history, self.parallel):
            chart.brushed.connect(self._brushed)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        for view in (self.coverage, self.curves, self.history, self.parallel, self.trial, self.ranking):
            view.set_theme(theme, type_scale)
        self.table.set_theme(theme)

    # --- what is shown -----------------------------------------------------------------------------

    def set_hint(self, sentence: str) -> None:
        """What stands where there is no trial yet."""
        for view in self._views:
            view.set_hint(sentence)

    def show_trials(self, found: Found, columns: Columns, rounds: int) -> None:
        """Show these trials of a search, and where so many rounds after the first searched."""
        self._columns = columns
        self._show_axes(columns)
        for view in self._views:
            view.show_trials(columns)
        boxes = found.boxes[:rounds]
        self.coverage.show_boxes([(box, round_words(columns, k + 1)) for k, box in enumerate(boxes)])

    def _show_axes(self, columns: Columns) -> None:
        x, y, ghost = shown_axes(self._edits.scene, columns.dimensions)
        self.coverage.show_axes(x, y)
        self.coverage.show_ghost(ghost)

    def show_view(self, found: Found, scene: Scene) -> None:
        """Show which trials light up, and which one is looked at."""
        columns, view = self._columns, scene.tune_view
        if columns is None:
            return
        names = {dimension.name for dimension in columns.dimensions}
        brushes = {name: ends for name, ends in view.brushes.items() if name in names or name == SCORE}
        self._show_axes(columns)
        self.lit = lit(columns, view)
        for chart in (self.coverage, self.curves, self.history, self.parallel):
            chart.show_brushes(brushes)
        for each in self._views:
            each.show_lit(self.lit)
            each.show_picked(view.picked)
        self.trial.show_trial(found, self.picked)

    @property
    def picked(self) -> Trial | None:
        """The trial that is looked at closely."""
        columns = self._columns
        row = None if columns is None else columns.row(self._edits.scene.tune_view.picked)
        return None if row is None or columns is None else columns.trials[row]

    # --- what is touched ---------------------------------------------------------------------------

    def _picked(self, number: int) -> None:
        self._edits.view("look at a trial", picked=number)

    def _brushed(self, name: str, stretch: tuple[float, float] | None) -> None:
        brushes = dict(self._edits.scene.tune_view.brushes)
        brushes.pop(name, None)
        if stretch is not None:
            brushes[name] = stretch
        self._edits.view("brush", brushes=brushes)

    def _box_brushed(self, box: dict[str, tuple[float, float]]) -> None:
        view = self._edits.scene.tune_view
        others = {name: ends for name, ends in view.brushes.items() if name not in (view.x, view.y)}
        self._edits.view("brush", brushes={**others, **box})


def _tabs(name: str, views: dict[str, QWidget]) -> QTabWidget:
    tabs = QTabWidget()
    bar = tabs.tabBar()
    for each in (tabs, bar):  # the keyboard is at the bar
        if each is not None:
            each.setAccessibleName(name)
    tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    for title, view in views.items():
        tabs.addTab(view, title)
    return tabs
