"""The knobs of the Train workspace: the network, and the rule that trains it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.train.edits import TrainEdits
from gui.widgets.card import Card, label
from gui.widgets.fields import NumberField
from gui.widgets.hyperparameter_row import HyperparameterRow
from gui.widgets.rows import Choice, TitledRow
from gui.widgets.toggle import ToggleRow
from landscape.hyperparameters import BATCH_SIZE, EPOCHS, HIDDEN_LAYERS, HIDDEN_UNITS, L2, hyperparameters
from landscape.network.datasets import Split
from landscape.network.layers import ACTIVATIONS
from landscape.network.spec import Training
from landscape.optimizers import RULES, make_optimizer
from landscape.scene import Scene
from landscape.schedules import SCHEDULES, make_schedule


class NetworkCard(Card):
    """Its layers, and how it is normalized."""

    def __init__(self, edits: TrainEdits, parent: QWidget | None = None) -> None:
        super().__init__("Network", parent)
        self._edits = edits
        self._training = Training()
        self.sizes = label("", "dim")
        self.header.addWidget(self.sizes)
        self.layers = HyperparameterRow("hidden_layers", HIDDEN_LAYERS)
        self.units = HyperparameterRow("hidden_units", HIDDEN_UNITS)
        self.layers.valueEdited.connect(lambda value: self._set_hidden(int(value), None))
        self.units.valueEdited.connect(lambda value: self._set_hidden(None, int(value)))
        self.body.addWidget(self.layers)
        self.body.addWidget(self.units)
        self.activation = Choice(
            "Activation", {name: {"relu": "ReLU"}.get(name, name) for name in ACTIVATIONS},
            lambda name: edits.change("change the activation", activation=name),
        )  # fmt: skip
        self.body.addWidget(TitledRow("activation", self.activation))
        starts = {"auto": "as suits the activation", "he": "He", "xavier": "Xavier", "small": "small (σ 0.1)"}
        self.start = Choice(
            "Initial weights", starts, lambda name: edits.change("change the start", initialization=name)
        )
        self.body.addWidget(TitledRow("initial weights", self.start))
        self.batch_norm = ToggleRow("Batch normalization", "Normalizes what arrives at each hidden unit")
        self.batch_norm.toggle.toggled.connect(
            lambda on: edits.change("switch batch normalization", batch_norm=on)
        )
        self.twin = ToggleRow("Twin", "The same seed and data, with batch normalization the other way round")
        self.twin.toggle.toggled.connect(lambda on: edits.view("show the twin", twin=on))
        self.test_time = ToggleRow(
            "Test time: running averages", "Off: the statistics of the last mini-batch, as in training"
        )
        self.test_time.toggle.toggled.connect(lambda on: edits.view("switch the statistics", test_time=on))
        for row in (self.batch_norm, self.twin, self.test_time):
            self.body.addWidget(row)

    def _set_hidden(self, layers: int | None, units: int | None) -> None:
        now = self._training.hidden
        width = units if units is not None else (now[-1] if now else HIDDEN_UNITS.default)
        if layers is None:
            hidden = tuple(int(width) for _ in now) or (int(width),)
        else:
            hidden = (*now[:layers], *(int(width) for _ in range(layers - len(now))))
        self._edits.change("change the layers", merge=True, hidden=hidden)

    def show_scene(self, scene: Scene, data: Split | None) -> None:
        """Show this network."""
        training = self._training = scene.training
        ends = (
            (str(data.training_inputs.shape[1]), str(len(data.dataset.class_names))) if data else ("?", "?")
        )
        self.sizes.setText(" – ".join((ends[0], *map(str, training.hidden), ends[1])))
        self.layers.show_value(len(training.hidden))
        self.units.show_value(training.hidden[-1] if training.hidden else HIDDEN_UNITS.default)
        self.units.setEnabled(bool(training.hidden))
        self.activation.show_key(training.activation)
        self.start.show_key(training.initialization)
        self.batch_norm.toggle.show_on(training.batch_norm)
        self.twin.toggle.show_on(scene.train_view.twin)
        self.test_time.toggle.show_on(scene.train_view.test_time)
        self.test_time.setEnabled(training.batch_norm)


class RuleCard(Card):
    """The update rule and what goes with it; babysitting, it changes the rest of the training."""

    refused = pyqtSignal(str)
    rebuilt = pyqtSignal()  # another rule has other hyperparameters

    def __init__(self, edits: TrainEdits, parent: QWidget | None = None) -> None:
        super().__init__("Optimizer", parent)
        self._edits = edits
        self._training = Training()
        self._shown: Any = None
        self.rule = Choice("Rule", {key: rule.title for key, rule in RULES.items()}, self._choose)
        self.header.addWidget(self.rule)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self.body.addLayout(self._column)
        self.rows: dict[str, HyperparameterRow] = {}
        self.batch = HyperparameterRow("batch_size", BATCH_SIZE)
        self.l2 = HyperparameterRow("l2", L2)
        self.epochs = HyperparameterRow("epochs", EPOCHS)
        self.batch.valueEdited.connect(
            lambda value: edits.change("change the mini-batch", merge=True, batch_size=int(value))
        )
        self.l2.valueEdited.connect(lambda value: edits.change("change L2", merge=True, l2=value))
        self.epochs.valueEdited.connect(
            lambda value: edits.change("change the epochs", merge=True, epochs=int(value))
        )
        for row in (self.batch, self.l2, self.epochs):
            row.refused.connect(self.refused)
            self.body.addWidget(row)
        self.schedule = Choice("Decay", {kind: made.formula for kind, made in SCHEDULES.items()}, self._decay)
        self.schedule.setToolTip("Learning-rate decay; t counts epochs")
        self.body.addWidget(TitledRow("decay", self.schedule))
        self.seed = NumberField("Seed", whole=True, check=lambda v: "" if 0 <= v < 2**63 else "0 or more.")
        self.seed.valueEdited.connect(lambda value: edits.change("change the seed", seed=int(value)))
        self.body.addWidget(TitledRow("seed", self.seed))
        self.panda = ToggleRow(
            "Panda: babysit", "Changes of this card apply from the present moment on, and go into the diary"
        )
        self.panda.toggle.toggled.connect(lambda on: edits.view("babysit", panda=on))
        self.body.addWidget(self.panda)

    def _choose(self, key: str) -> None:
        self._edits.change("change the rule", optimizer=make_optimizer(key))

    def _decay(self, kind: str) -> None:
        settings = {"cosine": {"over": max(self._training.epochs, 1)}, "step": {"every": 20}}.get(kind, {})
        self._edits.change("change the decay", schedule=make_schedule(kind, **settings))

    def _set(self, name: str, value: float) -> None:
        self._edits.change(f"change {name}", merge=True, optimizer=replace(self._shown, **{name: value}))

    def show_scene(self, scene: Scene, step: int) -> None:
        """Show the recipe that is in force: at this step if the model is babysat."""
        training = self._training = scene.training
        recipe = training.recipe_at(step if scene.train_view.panda else 0)
        if self._shown is None or self._shown.key != recipe.optimizer.key:
            self._rebuild(recipe.optimizer)
        self._shown = recipe.optimizer
        self.rule.show_key(recipe.optimizer.key)
        for name, row in self.rows.items():
            row.show_value(getattr(recipe.optimizer, name))
        self.batch.show_value(recipe.batch_size)
        self.l2.show_value(recipe.l2)
        self.epochs.show_value(training.epochs)
        self.schedule.show_key(recipe.schedule.kind)
        self.seed.show_value(training.seed)
        self.panda.toggle.show_on(scene.train_view.panda)

    def _rebuild(self, optimizer: Any) -> None:
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {}
        for name, described in hyperparameters(optimizer).items():
            if name == "epsilon":
                continue
            row = HyperparameterRow(name, described, optimizer.title)
            row.valueEdited.connect(lambda value, name=name: self._set(name, value))
            row.refused.connect(self.refused)
            self.rows[name] = row
            self._column.addWidget(row)
        self.rebuilt.emit()
