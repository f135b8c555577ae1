"""One trial closely: it is trained once more, and its decision regions and curves are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from gui.jobs import Jobs
from gui.theme import DARK, Look, Theme
from gui.tune.searcher import Found
from gui.views.decision_view import DecisionView
from gui.views.strip_chart import Curves, StripChart
from landscape.network.layers import Array
from landscape.network.model import forward
from landscape.network.plane import Scatter, regions, scatter_of
from landscape.network.training import Snapshot, architecture_of, train
from landscape.tuning.plan import Trial
from landscape.tuning.tables import training_of

JOB = "trial"
CELLS = 96  # of the plane, each way
NOTHING = "Click a trial, or choose one with the arrow keys: it is trained once more, and seen here."


@dataclass(frozen=True)
class Portrait:
    """A trial that was trained again: the plane of its data, and its course."""

    scatter: Scatter
    shades: Array
    wrong: Array
    snapshots: tuple[Snapshot, ...]


class TrialPanel(QWidget):
    """Shows one trial; while it trains, its present state."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._theme = DARK
        self._shown: object = None
        self._portrait: Portrait | None = None
        self.decision, self.losses = DecisionView(), StripChart()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.decision, 1)
        row.addWidget(self.losses, 1)
        self._hint(NOTHING)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self._theme = theme
        for view in (self.decision, self.losses):
            view.set_theme(theme, type_scale)
        if self._portrait is not None:
            self._show(self._portrait)

    def show_trial(self, found: Found | None, trial: Trial | None) -> None:
        """Train this trial again and show it; the same one is not trained twice."""
        wanted = None if found is None or trial is None else (found.training, trial.number, trial.values)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._jobs.cancel(JOB)
        self._portrait = None
        if found is None or trial is None:
            self._hint(NOTHING)
            return
        self._hint("Training it once more …")
        self._jobs.start(JOB, lambda: _portraits(found, trial), self._show, self._hint)

    def _hint(self, sentence: str) -> None:
        self.losses.set_hint(sentence)
        self.losses.show_curves(Curves("", (), ()))

    def _show(self, portrait: Portrait) -> None:
        self._portrait = portrait
        scatter, plane = portrait.scatter, portrait.scatter.plane
        own = scatter.data.dataset
        self.decision.set_equal_scales(not own.own_units and own.features == 2)
        self.decision.show_axes(plane.x_name, plane.y_name, plane.x_range, plane.y_range)
        self.decision.set_note(plane.note)
        self.decision.show_points(scatter.places, scatter.labels, scatter.held, portrait.wrong)
        self.decision.show_regions(portrait.shades)
        epochs = np.array([snapshot.state.epoch for snapshot in portrait.snapshots])
        accuracies = {
            "training": ("training_accuracy", self._theme.dim, (6.0, 4.0)),
            "validation": ("validation_accuracy", self._theme.accent, ()),
        }
        values = tuple(
            np.array([float(getattr(snapshot, name)[0]) for snapshot in portrait.snapshots])
            for name, _, _ in accuracies.values()
        )
        looks = tuple(Look(name, "disc", colour, dash) for name, (_, colour, dash) in accuracies.items())
        self.losses.set_hint("")
        self.losses.show_curves(
            Curves("accuracy against epoch", values, looks, named=True, steps=(epochs, epochs))
        )
        self.losses.set_step(int(epochs[-1]))


def _portraits(found: Found, trial: Trial) -> Iterator[Portrait]:
    """The trial's training again; a picture of it now and then, and at its end."""
    training, data = training_of(found.training, trial), found.data
    scatter = scatter_of(data)
    architecture = architecture_of(training, data)
    snapshots: list[Snapshot] = []
    every = max(training.epochs // 4, 1)
    for snapshot in train(training, data):
        snapshots.append(snapshot)
        last = snapshot.diverged or snapshot.state.epoch >= training.epochs
        if not last and (snapshot.state.epoch % every or not snapshot.state.epoch):
            continue
        parameters, averages = snapshot.state.parameters, snapshot.state.averages
        with np.errstate(all="ignore"):
            inputs = scatter.inputs.astype(parameters.dtype)
            guesses = forward(architecture, parameters[:1], inputs, averages).logits[0].argmax(axis=1)
        shades = regions(architecture, parameters, averages, scatter.plane, CELLS)
        yield Portrait(scatter, shades, guesses != scatter.labels, tuple(snapshots))
