"""The search space: which hyperparameters are searched, between which ends, and on which scale."""

from __future__ import annotations

from collections.abc import Container
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
from landscape.tuning.plan import Tuning
from landscape.tuning.space import KINDS, MEMORIES, Axis, Dimension, Space, applied
from landscape.tuning.steps import next_value

SCALES = {"linear": "lin", "log": "log", "log of 1-x": "1−x", "powers of 2": "2ⁿ"}
FIXED = 160  # pixels, of what is said of a fixed one
SHORT = {rule.key: rule.letter for rule in RULES.values()}


class SpaceCard(Card):
    """One row for each hyperparameter that can be searched; below it, why what was given makes no sense."""

    def __init__(self, edits: TuneEdits, parent: QWidget | None = None) -> None:
        super().__init__("Search space", parent)
        self._edits = edits
        self._space: Space | None = None
        self._turned_off: dict[str, Axis] = {}  # for when they are turned on again
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
            grid.addWidget(row.toggle, 2 * place, 0)
            grid.addWidget(row.name, 2 * place, 1)
            grid.addWidget(row.fixed, 2 * place, 2, 1, 3, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(row.controls, 2 * place, 2, 1, 3, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(row.remark, 2 * place + 1, 0, 1, 5)
        self.body.addLayout(grid)

    def _turn(self, name: str, on: bool) -> None:
        axes = dict(self._edits.scene.tuning.space.root)
        if on:
            axes[name] = self._turned_off.get(name, Axis())
        elif name in axes:
            self._turned_off[name] = axes.pop(name)
        self._take("search a hyperparameter" if on else "fix a hyperparameter", name, axes)

    def _change(self, name: str, given: dict[str, Any]) -> None:
        axes = {**self._edits.scene.tuning.space.root, name: given}
        self._take("change the search space", name, axes)

    def _take(self, deed: str, name: str, axes: dict[str, Any]) -> None:
        """Try it by itself first, so that a refusal is one sentence in the row that is to blame."""
        tuning, row = self._edits.scene.tuning, self.rows[name]
        boxes = tuning.boxes if all(each in axes for box in tuning.boxes for each in box) else ()
        fields = {
            "space": axes, "boxes": boxes,
            "points": {each: count for each, count in tuning.points.items() if each in axes},
        }  # fmt: skip
        try:
            tuning = Tuning.model_validate({**dict(tuning), **fields})
        except (LandscapeError, ValueError) as error:
            row.refuse(_sentence(error))
        else:
            row.forgive()
            self._edits.change(deed, **{field: getattr(tuning, field) for field in fields})
        self.show_scene(self._edits.scene)

    def show_scene(self, scene: Scene) -> None:
        """Show this space; what is fixed has the value that the training has."""
        space = scene.tuning.space
        searched = {dimension.name: dimension for dimension in space.dimensions}
        for name, row in self.rows.items():
            if space != self._space and not row.drafted:
                row.forgive()
            row.show_dimension(searched.get(name), fixed_value(scene.training, name, searched))
        self._space = space
        self.count.setText(f"{len(searched)} of {len(KINDS)} searched")


class _Row(QWidget):
    """The widgets of one hyperparameter; the card lays them out.

    Signals
    -------
    turned(on) : it shall be searched, or fixed
    changed(axis) : its ends and scale, or its choices
    """

    turned = pyqtSignal(bool)
    changed = pyqtSignal(dict)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.drafted = False  # whether the fields keep what was refused
        self._edited: NumberField | None = None  # which of its fields was given a value last
        self._fields: tuple[NumberField, ...] = ()
        self._dimension: Dimension | None = None
        kind = self._kind = KINDS[name]
        self.toggle = Toggle(f"Search {kind.title}")
        self.toggle.setToolTip("Searched, or fixed as the training has it")
        self.toggle.toggled.connect(self.turned)
        self.name = label(kind.symbol)
        self.name.setToolTip(kind.title.capitalize())
        self.fixed = label("", "dim")
        self.remark = label("", "warning", wrap=True)
        self.remark.hide()
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
        self.low, self.high = self._fields = tuple(
            NumberField(f"{kind.title}, {end}", None, whole, 5, step=partial(self._next, end), keep=True)
            for end in ("low", "high")
        )
        for field in self._fields:
            field.valueEdited.connect(partial(self._taken, field))
            field.refused.connect(partial(self._misread, field))
            field.cancelled.connect(self._give_up)
            line.addWidget(field)
        fitting = {key: text for key, text in SCALES.items() if (whole or key != "powers of 2") and
                   (name == "beta" or key != "log of 1-x")}  # fmt: skip
        self.scale = Choice(f"{kind.title}, scale", fitting, lambda _: self._taken(None, 0.0))
        self.scale.setToolTip("Scale: linear, logarithmic, logarithm of 1 − x, powers of 2")
        self.scale.setFixedWidth(66)
        line.addWidget(self.scale)

    def _next(self, end: str, value: float, way: int) -> float:
        """Where an arrow key leads an end: along its scale, but not past the other end."""
        assert self._kind.limits is not None
        found = next_value(self._kind.limits, self.scale.currentData(), value, way)
        inside = found < self.high.value() if end == "low" else found > self.low.value()
        return found if inside else value

    def _taken(self, field: NumberField | None, value: float) -> None:
        self._edited = field
        ends = {"low": self.low.value(), "high": self.high.value()}
        if self._kind.limits is not None and self._kind.limits.whole:
            ends = {end: int(value) for end, value in ends.items()}
        self.drafted = True  # also the scale may be wrong only until an end is given that suits it
        self.changed.emit({**ends, "scale": self.scale.currentData()})

    def _misread(self, field: NumberField, reason: str) -> None:
        self._edited, self.drafted = field, True
        self.refuse(reason)

    def _choose(self) -> None:
        self.changed.emit({"choices": tuple(c for c, button in self.choices.items() if button.isChecked())})

    def refuse(self, sentence: str) -> None:
        """Say what is wrong; what was typed stays, to be mended or given up with Esc."""
        self.remark.setText(sentence)
        self.remark.show()
        for field in self._fields:
            field.complain(sentence if field is self._edited else "")

    def forgive(self) -> None:
        """Nothing is wrong."""
        self.drafted = False
        self.remark.hide()
        for field in self._fields:
            field.complain("")

    def _give_up(self) -> None:
        self.forgive()
        self._show_range()

    def show_dimension(self, dimension: Dimension | None, fixed: str) -> None:
        """Show its ends, or the value it is fixed at."""
        self.toggle.show_on(dimension is not None)
        self.controls.setVisible(dimension is not None)
        self.fixed.setVisible(dimension is None)
        words = f"fixed: {fixed}"
        self.fixed.setText(self.fixed.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, FIXED))
        self.fixed.setToolTip(words)
        if dimension != self._dimension:
            self.forgive()
        elif self.drafted:
            return
        self._dimension = dimension
        self._show_range()

    def _show_range(self) -> None:
        dimension = self._dimension
        if dimension is None:
            return
        for choice, button in self.choices.items():
            button.setChecked(any(choice is one or choice == one for one in dimension.choices))
        if not self.choices:
            self.low.show_value(dimension.low)
            self.high.show_value(dimension.high)
            self.scale.show_key(dimension.scale)


def fixed_value(training: Training, name: str, searched: Container[str]) -> str:
    """The value that all trials have of what is not searched."""
    rule, hidden = settings(training.optimizer), training.hidden
    if name == "learning_rate":
        return value_text(float(training.optimizer.learning_rate))
    if name == "beta":
        memory = next((rule[key] for key in MEMORIES if key in rule), None)
        return "none" if memory is None else value_text(float(memory))
    if name == "layers":
        return str(len(hidden))
    if name == "units":
        if "layers" in searched or len(set(hidden)) == 1:  # then all layers are made alike
            return str(applied(training, {"layers": 1}).hidden[0])
        return ", ".join(str(units) for units in hidden) or "none"
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
