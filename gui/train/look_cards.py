"""How the training stands now, and how it is looked at."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QGridLayout, QWidget

from gui.train.edits import TrainEdits
from gui.widgets.card import Card, FixedLines, label
from gui.widgets.hyperparameter_row import HyperparameterRow
from gui.widgets.rows import TitledRow
from landscape.hyperparameters import TEMPERATURE
from landscape.network.datasets import Split
from landscape.network.training import Snapshot
from landscape.numerals import numeral
from landscape.scene import Scene


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
            self.planes.append(TitledRow(text, box))
            self.body.addWidget(self.planes[-1])
        self.layer = QComboBox()
        self.layer.setAccessibleName("Layer whose inputs are shown")
        self.layer.activated.connect(lambda place: edits.view("look at a layer", record=False, layer=place))
        self.body.addWidget(TitledRow("layer whose inputs are shown", self.layer))
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
