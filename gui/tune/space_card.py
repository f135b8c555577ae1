"""The search space: which hyperparameters are searched, between which ends, and on which scale."""

from __future__ import annotations

from functools import partial
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from gui.tune.axis_ticks import value_text
from gui.tune.edits import TuneEdits
from gui.widgets.card import Card, label
from gui.widgets.fields import NumberField
from gui.widgets.rows import Choice
from gui.widgets.toggle import Toggle
from landscape.errors import LandscapeError
from landscape.network.spec import Training
from landscape.optimizers import RULES, settings
from landscape.scene import Scene
from landscape.tuning.space import KINDS, MEMORIES, Axis, Dimension, Space

SCALES = {"linear": "lin", "log": "log", "log of 1-x": "1−x", "powers of 2": "2ⁿ"}
SHORT = {rule.key: rule.letter for rule in RULES.values()}


class SpaceCard(Card):
    """One row for each hyperparameter that can be searched.

    Signals
    -------
    refused(sentence) : what was given makes no sense
    """

    refused = pyqtSignal(str)

    def __init__(self, edits: TuneEdits, parent: QWidget | None = None) -> None:
        super().__init__("Search space", parent)
        self._edits = edits
        self.count = label("", "dim")
        self.header.addWidget(self.count)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self.rows: dict[str, _Row] = {}
        for place, name in enumerate(KINDS):
            row = self.rows[name] = _Row(name)
            row.turned.connect(partial(self._turn, name))
            row.changed.connect(partial(self._change, name))
            grid.addWidget(row.toggle, place, 0)
            grid.addWidget(row.name, place, 1)
            grid.addWidget(row.fixed, place, 2, 1, 3, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(row.controls, place, 2, 1, 3, Qt.AlignmentFlag.AlignRight)
        self.body.addLayout(grid)

    def _turn(self, name: str, on: bool) -> None:
        axes = dict(self._edits.scene.tuning.space.root)
        if on:
            axes[name] = Axis()
        else:
            axes.pop(name, None)
        self._take("search a hyperparameter" if on else "fix a hyperparameter", axes)

    def _change(self, name: str, given: dict[str, Any]) -> None:
        space = self._edits.scene.tuning.space
        now = next(dimension for dimension in space.dimensions if dimension.name == name)
        table = (
            {"choices": now.choices}
            if now.choices
            else {"low": now.low, "high": now.high, "scale": now.scale}
        )
        self._take("change the search space", {**space.root, name: {**table, **given}})

    def _take(self, deed: str, axes: dict[str, Any]) -> None:
        """Try the space by itself first, so that a refusal is one sentence about it."""
        tuning = self._edits.scene.tuning
        try:
            space = Space.model_validate(axes)
        except (LandscapeError, ValueError) as error:
            self.refused.emit(_sentence(error))
            self.show_scene(self._edits.scene)
            return
        kept = [dimension.name for dimension in space.dimensions]
        points = {name: count for name, count in tuning.points.items() if name in kept}
        boxes = tuning.boxes if all(name in kept for box in tuning.boxes for name in box) else ()
        self._edits.change(deed, space=space, points=points, boxes=boxes)
        self.show_scene(self._edits.scene)

    def show_scene(self, scene: Scene) -> None:
        """Show this space; what is fixed has the value that the training has."""
        searched = {dimension.name: dimension for dimension in scene.tuning.space.dimensions}
        for name, row in self.rows.items():
            row.show_dimension(searched.get(name), _fixed(scene.training, name))
        self.count.setText(f"{len(searched)} of {len(KINDS)} searched")


class _Row(QWidget):
    """The widgets of one hyperparameter; the card lays them out."""

    turned = pyqtSignal(bool)
    changed = pyqtSignal(dict)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._key = name
        kind = KINDS[name]
        self.toggle = Toggle(f"Search {kind.title}")
        self.toggle.setToolTip("Searched, or fixed as the training has it")
        self.toggle.toggled.connect(self.turned)
        self.name = label(kind.symbol)
        self.name.setToolTip(kind.title.capitalize())
        self.fixed = label("", "dim")
        self.controls = QWidget()
        line = QHBoxLayout(self.controls)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self.choices: dict[Any, QPushButton] = {}
        if kind.choices:
            for choice in kind.choices:
                text = value_text(choice)
                button = QPushButton(SHORT.get(str(choice), text))
                button.setObjectName("letter")
                button.setCheckable(True)
                button.setToolTip(text.capitalize())
                button.setAccessibleName(f"{kind.title}: {text}")
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.clicked.connect(self._choose)
                self.choices[choice] = button
                line.addWidget(button)
            return
        whole = kind.limits is not None and kind.limits.whole
        self.low = NumberField(f"{kind.title}, low", whole=whole, digits=5)
        self.high = NumberField(f"{kind.title}, high", whole=whole, digits=5)
        for end, field in (("low", self.low), ("high", self.high)):
            field.valueEdited.connect(partial(self._end_changed, end, whole))
            line.addWidget(field)
        fitting = {key: text for key, text in SCALES.items() if (whole or key != "powers of 2") and
                   (name == "beta" or key != "log of 1-x")}  # fmt: skip
        self.scale = Choice(f"{kind.title}, scale", fitting, lambda key: self.changed.emit({"scale": key}))
        self.scale.setToolTip("Scale: linear, logarithmic, logarithm of 1 − x, powers of 2")
        self.scale.setFixedWidth(68)
        line.addWidget(self.scale)

    def _end_changed(self, end: str, whole: bool, value: float) -> None:
        self.changed.emit({end: int(value) if whole else value})

    def _choose(self) -> None:
        self.changed.emit({"choices": tuple(c for c, button in self.choices.items() if button.isChecked())})

    def show_dimension(self, dimension: Dimension | None, fixed: str) -> None:
        """Show its ends, or the value it is fixed at."""
        self.toggle.show_on(dimension is not None)
        self.controls.setVisible(dimension is not None)
        self.fixed.setVisible(dimension is None)
        self.fixed.setText(f"fixed: {fixed}")
        if dimension is None:
            return
        for choice, button in self.choices.items():
            button.setChecked(any(choice is one or choice == one for one in dimension.choices))
        if not self.choices:
            self.low.show_value(dimension.low)
            self.high.show_value(dimension.high)
            self.scale.show_key(dimension.scale)


def _fixed(training: Training, name: str) -> str:
    """The value that the training has."""
    rule = settings(training.optimizer)
    if name == "learning_rate":
        return value_text(float(training.optimizer.learning_rate))
    if name == "beta":
        memory = next((rule[key] for key in MEMORIES if key in rule), None)
        return "none" if memory is None else value_text(float(memory))
    if name in ("units", "layers"):
        hidden = training.hidden
        return str(len(hidden) if name == "layers" else max(hidden, default=0))
    if name == "decay":
        return value_text(float(getattr(training.schedule, "decay", 0.0)))
    if name == "optimizer":
        return training.optimizer.title
    return value_text(getattr(training, name))


def _sentence(error: Exception) -> str:
    """What was wrong, without the library's words around it."""
    errors = getattr(error, "errors", None)
    if errors is None:
        return str(error)
    first = errors()[0]
    cause = (first.get("ctx") or {}).get("error")
    return str(cause or first["msg"])
