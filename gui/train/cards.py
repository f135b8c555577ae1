"""The knobs of the Train workspace: data, network, rule, and how it stands now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.train.edits import TrainEdits
from gui.widgets.card import Card, FixedLines, label
from gui.widgets.fields import NumberField
from gui.widgets.hyperparameter_row import HyperparameterRow
from gui.widgets.toggle import ToggleRow
from landscape.errors import LandscapeError
from landscape.hyperparameters import (
    BATCH_SIZE,
    EPOCHS,
    HIDDEN_LAYERS,
    HIDDEN_UNITS,
    L2,
    TEMPERATURE,
    hyperparameters,
)
from landscape.network.datasets import DATASETS, Split
from landscape.network.layers import ACTIVATIONS
from landscape.network.spec import DataChoice, Training
from landscape.network.training import Snapshot
from landscape.numerals import numeral
from landscape.optimizers import RULES, make_optimizer
from landscape.scene import Scene
from landscape.schedules import SCHEDULES, make_schedule

CHOICES = ("spirals", "moons", "circles", "blobs", "xor", "digits", "iris", "wine", "drawn")


def _titled(text: str, widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    name = label(text)
    name.setBuddy(widget)
    row.addWidget(name)
    row.addStretch(1)
    row.addWidget(widget)
    return row


def _choice(name: str, options: dict[str, str], chosen: Callable[[str], None]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for key, text in options.items():
        box.addItem(text, key)
    box.activated.connect(lambda _: chosen(str(box.currentData())))
    return box


class DataCard(Card):
    """What is learned from.

    Signals
    -------
    csvWanted() : the user wants to open a file
    drawWanted(on) : the user wants to draw points, or has done so
    """

    csvWanted = pyqtSignal()

    def __init__(self, edits: TrainEdits, parent: QWidget | None = None) -> None:
        super().__init__("Data", parent)
        self._edits = edits
        self._training = Training()
        self.summary = label("", "dim")
        self.header.addWidget(self.summary)
        grid = QGridLayout()
        grid.setSpacing(6)
        self.buttons: dict[str, QPushButton] = {}
        for place, key in enumerate((*CHOICES, "csv")):
            button = QPushButton("Your CSV …" if key == "csv" else DATASETS[key].title.split(" ")[0])
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip("A file of your own" if key == "csv" else DATASETS[key].help)
            button.clicked.connect(lambda _, key=key: self._choose(key))
            self.buttons[key] = button
            grid.addWidget(button, place // 3, place % 3)
        self.body.addLayout(grid)
        self.settings = QWidget()
        column = QVBoxLayout(self.settings)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.fields: dict[str, NumberField] = {}
        for name, text, whole in (("classes", "classes", True), ("points", "points", True),
                                  ("noise", "noise", False), ("seed", "seed of the data", True)):  # fmt: skip
            field = NumberField(text, partial(self._reason, name), whole=whole)
            field.valueEdited.connect(partial(self._set, name, whole))
            self.fields[name] = field
            holder = QWidget()
            row = _titled(text, field)
            row.setContentsMargins(0, 0, 0, 0)
            holder.setLayout(row)
            field.setProperty("holder", holder)
            column.addWidget(holder)
        self.body.addWidget(self.settings)
        self.validation = NumberField("Share to check with", partial(self._reason, "validation"))
        self.validation.valueEdited.connect(
            lambda value: edits.change("change the validation share", validation=value)
        )
        self.body.addLayout(_titled("validation share", self.validation))
        self.remark = FixedLines(2)
        self.body.addWidget(self.remark)

    def _reason(self, name: str, value: float) -> str:
        try:
            if name == "validation":
                Training(validation=value)
                return ""
            whole = name != "noise"
            given = {**dict(self._training.data), name: int(value) if whole else value}
            DataChoice(**given)
        except (LandscapeError, ValueError):
            return f"{name} cannot be {value:g}."
        return ""

    def _choose(self, key: str) -> None:
        self.buttons[key].setChecked(key == self._training.data.name)  # until the document says so
        if key == "csv":
            self.csvWanted.emit()
            return
        given = {**dict(self._training.data), "name": key, "noise": None}
        if key in DATASETS and DATASETS[key].settings.get("classes") and key != self._training.data.name:
            given["classes"] = DATASETS[key].settings["classes"]
        if key == "drawn" and not given["drawn"]:
            given["drawn"] = ((-0.6, 0.0, 0), (-0.5, 0.2, 0), (0.6, 0.0, 1), (0.5, -0.2, 1))
        self._edits.change(f"learn from {DATASETS[key].title.lower()}", data=given)

    def _set(self, name: str, whole: bool, value: float) -> None:
        given = {**dict(self._training.data), name: int(value) if whole else value}
        self._edits.change(f"change the data's {name}", merge=True, data=given)

    def show_training(self, training: Training, data: Split | None) -> None:
        """Show this choice."""
        self._training = training
        for key, button in self.buttons.items():
            button.setChecked(key == training.data.name)
        kind = DATASETS.get(training.data.name)
        takes = kind.settings if kind is not None and kind.generated else {}
        self.settings.setVisible(bool(takes))
        for name, field in self.fields.items():
            field.property("holder").setVisible(name in takes)
            value = getattr(training.data, name)
            field.show_value(float(takes.get(name, 0) if value is None else value))
        self.validation.show_value(training.validation)
        if data is not None:
            classes = len(data.dataset.class_names)
            self.summary.setText(f"{len(data.dataset.labels)} examples, {classes} classes")
            remarks = " ".join((*data.dataset.remarks, *data.remarks))
            self.remark.say(remarks or (kind.help if kind else data.dataset.title))


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
        self.activation = _choice(
            "Activation", {name: {"relu": "ReLU"}.get(name, name) for name in ACTIVATIONS},
            lambda name: edits.change("change the activation", activation=name),
        )  # fmt: skip
        self.body.addLayout(_titled("activation", self.activation))
        starts = {"auto": "as suits the activation", "he": "He", "xavier": "Xavier", "small": "small (σ 0.1)"}
        self.start = _choice(
            "Initial weights", starts, lambda name: edits.change("change the start", initialization=name)
        )
        self.body.addLayout(_titled("initial weights", self.start))
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
        self.activation.setCurrentIndex(self.activation.findData(training.activation))
        self.start.setCurrentIndex(self.start.findData(training.initialization))
        self.batch_norm.toggle.show_on(training.batch_norm)
        self.twin.toggle.show_on(scene.train_view.twin)
        self.test_time.toggle.show_on(scene.train_view.test_time)
        self.test_time.setEnabled(training.batch_norm)


class RuleCard(Card):
    """The update rule and what goes with it; babysitting, it changes the rest of the training."""

    refused = pyqtSignal(str)

    def __init__(self, edits: TrainEdits, parent: QWidget | None = None) -> None:
        super().__init__("Optimizer", parent)
        self._edits = edits
        self._training = Training()
        self._shown: Any = None
        self.rule = _choice("Rule", {key: rule.title for key, rule in RULES.items()}, self._choose)
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
        self.schedule = _choice(
            "Decay", {kind: made.formula for kind, made in SCHEDULES.items()}, self._decay
        )
        self.schedule.setToolTip("Learning-rate decay; t counts epochs")
        self.body.addLayout(_titled("decay", self.schedule))
        self.seed = NumberField("Seed", whole=True, check=lambda v: "" if 0 <= v < 2**63 else "0 or more.")
        self.seed.valueEdited.connect(lambda value: edits.change("change the seed", seed=int(value)))
        self.body.addLayout(_titled("seed", self.seed))
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
        self.rule.setCurrentIndex(self.rule.findData(recipe.optimizer.key))
        for name, row in self.rows.items():
            row.show_value(getattr(recipe.optimizer, name))
        self.batch.show_value(recipe.batch_size)
        self.l2.show_value(recipe.l2)
        self.epochs.show_value(training.epochs)
        self.schedule.setCurrentIndex(self.schedule.findData(recipe.schedule.kind))
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


class NowCard(Card):
    """How the training stands at the moment that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Now", parent)
        self.moment = label("", "dim")
        self.header.addWidget(self.moment)
        grid = QGridLayout()
        grid.setSpacing(6)
        self.values: dict[str, Any] = {}
        names = (
            "training accuracy",
            "validation accuracy",
            "training loss",
            "validation loss",
            "twin, validation",
        )
        for row, name in enumerate(names):
            value = label("")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label(name), row, 0)
            grid.addWidget(value, row, 1)
            self.values[name] = value
        self.body.addLayout(grid)
        self.remark = FixedLines(3)
        self.body.addWidget(self.remark)

    def show_now(self, now: Snapshot | None, twin: Snapshot | None, remark: str) -> None:
        """Show these figures."""
        self.remark.say(remark)
        if now is None:
            self.moment.setText("training …")
            return
        self.moment.setText(f"epoch {now.state.epoch}, step {now.step}")
        shown = {
            "training accuracy": now.training_accuracy[0], "validation accuracy": now.validation_accuracy[0],
            "training loss": now.training_loss[0], "validation loss": now.validation_loss[0],
            "twin, validation": float("nan") if twin is None else twin.validation_accuracy[0],
        }  # fmt: skip
        for name, value in shown.items():
            accurate = "accuracy" in name or "twin" in name
            text = "–" if value != value else f"{value:.3f}" if accurate else numeral(float(value), 3)
            self.values[name].setText(text)


class LookCard(Card):
    """How it is looked at: the plane, the layer, the temperature of the softmax."""

    refused = pyqtSignal(str)

    def __init__(self, edits: TrainEdits, parent: QWidget | None = None) -> None:
        super().__init__("View", parent)
        self._edits = edits
        self._features: tuple[str, ...] = ()
        self.axes = (QComboBox(), QComboBox())
        self.planes: list[QWidget] = []
        for text, box in zip(("across", "up"), self.axes, strict=True):
            box.setAccessibleName(f"Feature {text}")
            box.setMaximumWidth(190)
            box.activated.connect(self._chosen)
            holder = QWidget()
            row = _titled(text, box)
            row.setContentsMargins(0, 0, 0, 0)
            holder.setLayout(row)
            self.planes.append(holder)
            self.body.addWidget(holder)
        self.layer = QComboBox()
        self.layer.setAccessibleName("Layer whose inputs are shown")
        self.layer.activated.connect(lambda place: edits.view("look at a layer", record=False, layer=place))
        self.body.addLayout(_titled("layer whose inputs are shown", self.layer))
        self.temperature = HyperparameterRow("temperature", TEMPERATURE, "Softmax")
        self.temperature.valueEdited.connect(
            lambda value: edits.view("change the temperature", merge=True, temperature=value)
        )
        self.temperature.refused.connect(self.refused)
        self.body.addWidget(self.temperature)

    def _chosen(self) -> None:
        x, y = (box.currentIndex() - 1 for box in self.axes)
        if min(x, y) < 0 or x == y:  # one alone, or the same twice, is no plane
            sender_x = x >= 0
            other = next(k for k in range(len(self._features)) if k != max(x, y))
            if x == y or max(x, y) < 0:
                self._edits.view("look at the components", record=False, axes=None)
                return
            x, y = (x, other) if sender_x else (other, y)
        self._edits.view("look at two features", record=False, axes=(x, y))

    def show_scene(self, scene: Scene, data: Split | None) -> None:
        """Show this view."""
        names = data.dataset.feature_names if data is not None else ()
        if names != self._features:
            self._features = names
            for box, component in zip(self.axes, ("first component", "second component"), strict=True):
                box.clear()
                box.addItems([component, *names])
        for holder in self.planes:
            holder.setVisible(len(names) > 2)
        axes = scene.train_view.axes
        for place, box in enumerate(self.axes):
            box.setCurrentIndex(0 if axes is None else axes[place] + 1)
        layers = len(scene.training.hidden)
        if self.layer.count() != layers:
            self.layer.clear()
            self.layer.addItems([str(place + 1) for place in range(layers)])
        self.layer.setCurrentIndex(min(scene.train_view.layer, layers - 1))
        self.temperature.show_value(scene.train_view.temperature)
