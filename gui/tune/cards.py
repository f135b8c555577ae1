"""The knobs of the Tune workspace beside the search space: what is trained, by which method, how long."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QWidget

from gui.tune.edits import TuneEdits
from gui.widgets.card import Card, FixedLines, label
from gui.widgets.fields import NumberField
from gui.widgets.hyperparameter_row import HyperparameterRow
from gui.widgets.rows import Choice, TitledRow
from landscape.errors import LandscapeError
from landscape.hyperparameters import EPOCHS, TRIALS
from landscape.network.datasets import DATASETS
from landscape.numerals import counted
from landscape.scene import Scene
from landscape.tuning.workers import check_workers

METHODS = {"random": "At random", "grid": "Grid", "coarse-to-fine": "Coarse to fine"}
STOPPINGS = {"none": "Never", "median": "Below the median", "halving": "Successive halving"}
STOPPING_HELP = (
    "Early stopping of hopeless trials. Below the median: of the accuracies that earlier trials had after as"
    " many epochs. Successive halving: at an eighth, a quarter and half of the epochs, only the better half"
    " goes on. It saves time, and can miss models that learn slowly."
)


class MethodCard(Card):
    """What is searched for, how, and when it ends.

    Signals
    -------
    workersChanged(text) : so many processes, or a cluster's address
    refused(sentence) : what was typed cannot be taken
    """

    workersChanged = pyqtSignal(str)
    refused = pyqtSignal(str)

    def __init__(self, edits: TuneEdits, workers: str, parent: QWidget | None = None) -> None:
        super().__init__("Search", parent)
        self._edits = edits
        self.count = label("", "dim")
        self.header.addWidget(self.count)
        self.data = Choice(
            "Data", {key: described.title for key, described in DATASETS.items()}, self._choose_data
        )
        self.body.addWidget(TitledRow("data", self.data))
        self.epochs = HyperparameterRow("epochs", EPOCHS)
        self.epochs.valueEdited.connect(lambda value: edits.train("change the epochs", epochs=int(value)))
        self.method = Choice("Method", METHODS, lambda key: edits.change("change the method", method=key))
        self.rounds = self._field("rounds", 2, 10)
        self.rounds.valueEdited.connect(
            lambda value: edits.change("change the rounds", rounds=int(value), boxes=())
        )
        self.trials = HyperparameterRow("trials", TRIALS)
        self.trials.valueEdited.connect(
            lambda value: edits.change("change the trials", merge=True, trials=int(value))
        )
        for row in (self.epochs, self.trials):
            row.refused.connect(self.refused)
        self._rounds_row = TitledRow("rounds", self.rounds)
        self.stopping = Choice(
            "Stop hopeless trials", STOPPINGS, lambda key: edits.change("change stopping", stopping=key)
        )
        self.stopping.setToolTip(STOPPING_HELP)
        self.workers = QLineEdit(workers)
        self.workers.setAccessibleName("Workers")
        self.workers.setToolTip("So many processes of this machine, or a Dask cluster: dask:tcp://host:port")
        self.workers.setMaximumWidth(150)
        self.workers.editingFinished.connect(self._take_workers)
        self._taken = workers
        self.minutes = NumberField("Minutes", lambda value: "" if value >= 0 else "0 or more minutes.")
        self.minutes.refused.connect(self.refused)
        self.minutes.setToolTip("Begin nothing new after so many minutes; 0: no limit")
        self.minutes.valueEdited.connect(
            lambda value: edits.change("limit the time", minutes=value if value > 0 else None)
        )
        self.failures = self._field("failures", 0, 100_000)
        self.failures.setToolTip("Give up after so many failed trials; 0: never. Divergence is no failure.")
        self.failures.valueEdited.connect(
            lambda value: edits.change("limit the failures", failures=int(value) if value > 0 else None)
        )
        self.seed = self._field("seed of the search", 0, 2**63 - 1)
        self.seed.valueEdited.connect(lambda value: edits.change("change the seed", seed=int(value)))
        self.body.addWidget(self.epochs)
        self.body.addWidget(TitledRow("method", self.method))
        self.body.addWidget(self._rounds_row)
        self.body.addWidget(self.trials)
        for text, control in (("stop hopeless", self.stopping), ("workers", self.workers),
                              ("minutes", self.minutes), ("failures", self.failures),
                              ("seed", self.seed)):  # fmt: skip
            self.body.addWidget(TitledRow(text, control))
        self.remark = FixedLines(2)
        self.body.addWidget(self.remark)

    def _field(self, name: str, least: int, most: int) -> NumberField:
        def check(value: float) -> str:
            return "" if least <= value <= most else f"{name} must be from {least:,} to {most:,}."

        field = NumberField(name.capitalize(), check, whole=True)
        field.refused.connect(self.refused)
        return field

    def _choose_data(self, key: str) -> None:
        if key == "drawn" and not self._edits.scene.training.data.drawn:
            self.refused.emit("Draw the points in Train (Ctrl+2) first; they are searched for here then.")
            self.show_scene(self._edits.scene)
            return
        data = self._edits.scene.training.data
        if key == data.name:  # its file and label stay
            return
        if key == "csv":
            self.refused.emit("Open the file in Train (Ctrl+2) once more; it is searched for here then.")
            self.show_scene(self._edits.scene)
            return
        self._edits.train("change the data", data={**dict(data), "name": key, "file": "", "label": None})

    def _take_workers(self) -> None:
        text = self.workers.text().strip()
        if text == self._taken:
            return
        try:
            check_workers(text)
        except LandscapeError as error:
            self.refused.emit(str(error))
            self.workers.setText(self._taken)
            return
        self._taken = text
        self.workersChanged.emit(text)

    def show_scene(self, scene: Scene) -> None:
        """Show this search."""
        training, tuning = scene.training, scene.tuning
        if training.data.name == "csv" and self.data.findData("csv") < 0:
            self.data.addItem("Your CSV", "csv")
        self.data.show_key(training.data.name)
        self.epochs.show_value(training.epochs)
        self.method.show_key(tuning.method)
        rounds = len(tuning.boxes) + 1 if tuning.boxes else tuning.rounds
        self.rounds.show_value(rounds)
        self._rounds_row.setVisible(tuning.method == "coarse-to-fine")
        self.trials.show_value(tuning.trials)
        self.trials.setEnabled(not tuning.points)
        self.stopping.show_key(tuning.stopping)
        self.minutes.show_value(tuning.minutes or 0)
        self.failures.show_value(tuning.failures or 0)
        self.seed.show_value(tuning.seed)
        self.count.setText(counted(tuning.count, "trial"))
        self.remark.say(_remark(tuning))


def _remark(tuning: Any) -> str:
    if tuning.method == "grid":
        shape = " × ".join(str(count) for count in tuning.grid)
        return f"A grid of {shape} = {tuning.count}: of each hyperparameter only so many values."
    if tuning.boxes:
        drawn = len(tuning.boxes)
        boxes = "a box that was drawn" if drawn == 1 else f"{drawn} boxes that were drawn"
        return f"{len(tuning.boxes) + 1} rounds: everywhere, then in {boxes}."
    if tuning.method == "coarse-to-fine":
        return f"{tuning.rounds} rounds; each after the first searches around the best tenth so far."
    return "Every trial draws all hyperparameters anew, each on its own scale."
