"""Several pictures of a training in one place, one at a time; what takes long is measured when looked at."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from gui.jobs import Jobs
from gui.theme import DARK, Theme
from gui.train import pictures
from gui.train.diary_panel import DiaryPanel
from gui.train.pictures import Moment
from gui.train.trainer import Run
from gui.views.confusion_view import ConfusionView
from gui.views.ridge_view import RidgeView
from gui.views.strip_chart import Curves, StripChart
from gui.views.sweep_view import SweepView
from gui.widgets.card import label
from landscape.network.plane import Scatter

CLAIMS = (
    "Along the gradient, half a learning rate to four. Ioffe & Szegedy (2015): it steadies the layers'"
    " inputs (see Inputs). Santurkar et al. (2018): it makes the loss smoother, so that a step leads where"
    " the gradient said; steadier inputs matter less."
)
TITLES = {"smoothness": "Smooth", "scales": "γ and β"}
WAITING = "Waiting for the first epoch …"
MEASURING = "Measuring …"
NO_NORM = "There is no batch normalization here."
NOTHING = Curves("", (), ())
OF_THE_WHOLE = ("averages", "scales", "smoothness", "rates", "diary")  # and not of a moment


class Panels(QWidget):
    """The laboratory, the confusion matrix and the diary.

    Signals
    -------
    epochPicked(epoch) : clicked or dragged to this moment
    ratePicked(rate) : this learning rate is wanted
    pairPicked(true, predicted) : examples of this kind are wanted
    """

    epochPicked = pyqtSignal(int)
    ratePicked = pyqtSignal(float)
    pairPicked = pyqtSignal(int, int)

    def __init__(self, jobs: Jobs, diary: DiaryPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._theme = DARK
        self._moment: Moment | None = None
        self._layer = 0
        self._unit: tuple[int, int] | None = None
        self._asking = False
        self._open_before = ""  # while a question waits, which picture is to be come back to
        self._measured: object = None  # of which training the open panel shows the whole
        self.diary = diary
        self.ridges, self.rates, self.confusion = RidgeView(), SweepView(), ConfusionView()
        self.accuracies = StripChart()
        self.averages = (StripChart(), StripChart())
        self.scales = (StripChart(), StripChart())
        self.smoothness = (StripChart(), StripChart())
        self._charts = (self.accuracies, *self.averages, *self.scales, *self.smoothness)
        self._build()
        self.say(WAITING)
        for chart in self._charts:
            chart.scrubbed.connect(self.epochPicked)
        self.ridges.epochPicked.connect(self.epochPicked)
        self.rates.ratePicked.connect(self.ratePicked)
        self.confusion.cellPicked.connect(self.pairPicked)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        self.tabs.setUsesScrollButtons(True)  # in large type they would push the plane aside
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._views: dict[str, QWidget] = {
            "inputs": self.ridges, "averages": _beside(self.averages, ""), "scales": _beside(self.scales, ""),
            "smoothness": _beside(self.smoothness, CLAIMS), "rates": self.rates,
            "accuracy": self.accuracies, "confusion": self.confusion, "diary": self.diary,
        }  # fmt: skip
        for key, view in self._views.items():
            self.tabs.addTab(view, TITLES.get(key, key.capitalize()))
        self.tabs.currentChanged.connect(self._turned)
        column.addWidget(self.tabs)

    def say(self, sentence: str) -> None:
        """What stands where there is nothing to see yet."""
        for view in (self.ridges, self.rates, self.confusion, *self._charts):
            view.set_hint(sentence)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self._theme = theme
        self._measured = None
        for view in (self.ridges, self.rates, self.confusion, *self._charts):
            view.set_theme(theme, type_scale)

    def choose(self, key: str) -> None:
        """Show one of the pictures."""
        self.tabs.setCurrentWidget(self._views[key])

    def set_asking(self, on: bool) -> None:
        """While a question waits, the pictures that show a whole training would give its answer away."""
        self._asking = on
        if on:
            self._open_before = self.open
        for place, key in enumerate(self._views):
            self.tabs.setTabEnabled(place, not on or key not in OF_THE_WHOLE)
        if on and self._open_before in OF_THE_WHOLE:
            self.choose("inputs")
        elif not on:
            self.choose(self._open_before)

    def _turned(self) -> None:
        self._jobs.cancel("panel")  # what was being measured is not looked at any more
        self._measured = None
        self._show()

    @property
    def open(self) -> str:
        """Which picture is shown."""
        return next(key for key, view in self._views.items() if view is self.tabs.currentWidget())

    def set_step(self, epoch: int) -> None:
        """Show this moment in all charts."""
        for chart in self._charts:
            chart.set_step(epoch)

    def show_scores(self, run: Run, twin: Run | None, epoch: int) -> None:
        """Show the accuracies, as far as they are known; while a question waits, up to this epoch."""
        if run.snapshots:
            self.accuracies.set_hint("")
        curves = pictures.score_curves(run, twin, "accuracy", self._theme)
        self.accuracies.show_curves(curves.until(epoch) if self._asking else curves)

    def show_guesses(self, scatter: Scatter, guesses: Any) -> None:
        """Show which classes are taken for which."""
        part = "validation" if scatter.held.any() else "training"
        counts = pictures.confusion(scatter, guesses)
        self.confusion.show_matrix(counts, scatter.data.dataset.class_names, f"{part} part")

    def show_moment(self, moment: Moment, layer: int, unit: tuple[int, int] | None) -> None:
        """Show this moment of a training; the inputs of a hidden layer, the averages of a unit."""
        self._moment, self._layer, self._unit = moment, layer, unit
        self._show()

    def _show(self) -> None:
        moment = self._moment
        if moment is None or not moment.runs:
            return
        if self.open == "inputs":
            hidden = moment.run.spec.hidden
            if hidden:
                layer, upto = min(self._layer, len(hidden) - 1), moment.now.state.epoch
                self._jobs.start(
                    "ridges", lambda: pictures.ridge_pictures(moment.runs, layer, upto),
                    lambda found: self.ridges.show_ridges(*found),
                )  # fmt: skip
            else:
                self.ridges.show_ridges((), "There is no hidden layer.")
            return
        # The others show the training as a whole: anew only when there is more of it.
        known = (self.open, self._unit, *((run.spec, len(run.snapshots)) for run in moment.runs))
        if known != self._measured:
            self._measured = known
            self._measure(moment)

    def _measure(self, moment: Moment) -> None:
        runs = moment.runs
        by_unit = {
            "averages": (self.averages, pictures.average_curves),
            "scales": (self.scales, pictures.scale_curves),
        }
        if self.open in by_unit:
            shown, draw = by_unit[self.open]
            normalized = next((run for run in runs if run.spec.batch_norm and run.spec.hidden), None)
            charts = (NOTHING, NOTHING)
            if normalized is not None:
                layer, unit = self._unit or (self._layer, 0)
                layer = min(layer, len(normalized.spec.hidden) - 1)
                unit = min(unit, normalized.spec.hidden[layer] - 1)
                charts = draw(normalized, layer, unit, self._theme)
            for chart in shown:
                chart.set_hint(NO_NORM if normalized is None else WAITING)
            self._show_pair(shown, charts)
        elif self.open == "smoothness":
            for chart in self.smoothness:
                chart.set_hint(MEASURING)
            self._jobs.start(
                "panel", lambda: pictures.smoothness_curves(runs, self._theme),
                lambda found: self._show_pair(self.smoothness, found),
            )  # fmt: skip
        elif self.open == "rates":
            self.rates.set_hint(MEASURING)
            rate = float(moment.run.spec.optimizer.learning_rate)
            self._jobs.start(
                "panel", lambda: pictures.sweep_rows(runs),
                lambda found: self.rates.show_sweeps(found[0], rate, found[1]),
            )  # fmt: skip

    def _show_pair(self, charts: tuple[StripChart, ...], curves: tuple[Curves, Curves]) -> None:
        for chart, each in zip(charts, curves, strict=True):
            chart.show_curves(each)


def _beside(charts: tuple[StripChart, ...], sentence: str) -> QWidget:
    """Charts side by side, and a sentence below."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    row = QHBoxLayout()
    row.setSpacing(8)
    for chart in charts:
        row.addWidget(chart)
    column.addLayout(row, 1)
    if sentence:
        column.addWidget(label(sentence, "dim", wrap=True))
    return holder
