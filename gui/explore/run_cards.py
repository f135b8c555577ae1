"""The cards for the start, the run (steps, noise, schedule) and the way it is looked at."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui.document import Document
from gui.widgets.card import Card, label
from gui.widgets.fields import NumberField
from gui.widgets.hyperparameter_row import HyperparameterRow
from gui.widgets.sliders import Slider
from gui.widgets.toggle import ToggleRow
from landscape.hyperparameters import Hyperparameter
from landscape.race import MEASURES
from landscape.scene import MAX_STARTS, MoreStarts, Scene
from landscape.schedules import SCHEDULES

MOST_STEPS = 20_000
RADIUS = Hyperparameter(
    "radius", 0.2, 0.01, 1.0, "log", "How far around the start, as a share of the domain.", 0.01, 1.001
)
COLORMAPS = {
    "landscape": "Quiet blue",
    "viridis": "Viridis",
    "cividis": "Cividis",
    "cet_l17": "CET L17 (white to blue)",
    "cet_d1": "CET D1 (diverging)",
}


def _between(low: float, high: float, what: str) -> Any:
    return lambda value: "" if low <= value <= high else f"{what} must be between {low:g} and {high:,.0f}."


class StartCard(Card):
    """Where the race begins: one start, and more around it if wanted."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Start", parent)
        self._document = document
        self.header.addWidget(label("drag it on the map", "dim"))
        row = QHBoxLayout()
        row.setSpacing(4)  # more would be wider than the column
        self.start_x, self.start_y = NumberField("Start x"), NumberField("Start y")
        for name, field in (("x", self.start_x), ("y", self.start_y)):
            row.addWidget(label(name))
            row.addWidget(field)
            field.refused.connect(document.refused)
        self.start_x.valueEdited.connect(lambda x: self._typed(x, document.scene.start[1]))
        self.start_y.valueEdited.connect(lambda y: self._typed(document.scene.start[0], y))
        row.addStretch(1)
        self.more = QComboBox()
        self.more.setAccessibleName("More starts")
        self.more.setToolTip("More starts at once: each rule sends a swarm")
        for text, kind in (("one", None), ("+ ring", "ring"), ("+ grid", "grid"), ("+ random", "random")):
            self.more.addItem(text, kind)
        self.more.currentIndexChanged.connect(self._chosen)
        row.addWidget(self.more)
        self.body.addLayout(row)
        self.count_row = QWidget()
        counts = QHBoxLayout(self.count_row)
        counts.setContentsMargins(0, 0, 0, 0)
        counts.addWidget(label("starts"))
        self.count_slider = Slider("Number of starts")
        self.count = NumberField("Number of starts", _between(2, MAX_STARTS, "The number of starts"), True, 4)
        counts.addWidget(self.count_slider, 1)
        counts.addWidget(self.count)
        self.count_slider.placeEdited.connect(lambda place: self._counted(round(2 * 200**place)))
        self.count.refused.connect(document.refused)
        self.count.valueEdited.connect(lambda value: self._counted(int(value)))
        self.body.addWidget(self.count_row)
        self.radius_row = HyperparameterRow("radius", RADIUS)
        self.radius_row.refused.connect(document.refused)
        self.radius_row.valueEdited.connect(lambda radius: self._change_more("radius", radius=radius))
        self.body.addWidget(self.radius_row)

    def show_scene(self, scene: Scene) -> None:
        """Show this scene's starts."""
        self.start_x.show_value(float(f"{scene.start[0]:.6g}"))
        self.start_y.show_value(float(f"{scene.start[1]:.6g}"))
        more = scene.more_starts
        self.more.blockSignals(True)
        self.more.setCurrentIndex(self.more.findData(more.kind if more else None))
        self.more.blockSignals(False)
        self.count_row.setVisible(more is not None)
        self.radius_row.setVisible(more is not None and more.kind != "grid")
        if more is not None:
            self.radius_row.show_value(more.radius)
            self.count.show_value(more.count)
            if not self.count_slider.isSliderDown():
                self.count_slider.show_place(math.log(more.count / 2) / math.log(200))

    def _typed(self, x: float, y: float) -> None:
        self._document.edit("move the start", start=(x, y))

    def _chosen(self) -> None:
        kind, old = self.more.currentData(), self._document.scene.more_starts
        if kind is None or old is None:
            more = MoreStarts(kind=kind, count=24) if kind else None
        else:
            more = old.model_copy(update={"kind": kind})
        self._document.edit("more starts", more_starts=more)

    def _counted(self, count: int) -> None:
        self._change_more("number of starts", count=min(max(count, 2), MAX_STARTS))

    def _change_more(self, label: str, **changes: Any) -> None:
        old = self._document.scene.more_starts
        if old is not None:
            self._document.edit(label, merge=True, more_starts=old.model_copy(update=changes))


class RunCard(Card):
    """How long, with how much noise, with which learning-rate schedule."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Steps, noise, decay", parent)
        self._document = document
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.steps = NumberField("Steps", _between(1, MOST_STEPS, "The number of steps"), True)
        self.steps_slider = Slider("Steps")
        self.noise = NumberField("Noise", _between(0, 1e6, "The noise"))
        self.noise_slider = Slider("Noise")
        self.seed = NumberField("Seed", _between(0, 2**53, "The seed"), True)
        for line, (name, slider, field, help_text) in enumerate((
            ("steps", self.steps_slider, self.steps, "How many steps every rule takes"),
            ("noise", self.noise_slider, self.noise,
             "Standard deviation of the Gaussian noise on the gradient, as a mini-batch would add"),
            ("seed", None, self.seed, "The same seed gives the same noise, to every rule"),
        )):  # fmt: skip
            title = label(name)
            title.setToolTip(help_text)
            grid.addWidget(title, line, 0)
            if slider is not None:
                slider.setToolTip(help_text)
                grid.addWidget(slider, line, 1)
            grid.addWidget(field, line, 2)
        self.body.addLayout(grid)
        self.schedule = QComboBox()
        self.schedule.setAccessibleName("Learning-rate schedule")
        for kind, schedule in SCHEDULES.items():
            self.schedule.addItem(f"{kind}:  {schedule.formula}", kind)
        self.body.addWidget(self.schedule)
        self._settings = QVBoxLayout()
        self.body.addLayout(self._settings)
        self.schedule_fields: dict[str, NumberField] = {}
        self._built_for = ""

        for field in (self.steps, self.noise, self.seed):
            field.refused.connect(document.refused)
        self.steps.valueEdited.connect(lambda value: self._set(steps=int(value)))
        self.steps_slider.placeEdited.connect(lambda place: self._set(steps=round(20 * 100**place)))
        self.noise.valueEdited.connect(lambda value: self._set(noise=value))
        self.noise_slider.placeEdited.connect(
            lambda place: self._set(noise=float(f"{10 ** (3 * place - 2) - 0.01:.2g}") if place else 0.0)
        )
        self.seed.valueEdited.connect(lambda value: self._set(seed=int(value)))
        self.schedule.currentIndexChanged.connect(self._chosen)

    def show_scene(self, scene: Scene) -> None:
        """Show this scene's run."""
        self.steps.show_value(scene.steps)
        self.noise.show_value(scene.noise)
        self.seed.show_value(scene.seed)
        if not self.steps_slider.isSliderDown():
            self.steps_slider.show_place(math.log(max(scene.steps, 20) / 20) / math.log(100))
        if not self.noise_slider.isSliderDown():
            self.noise_slider.show_place((math.log10(scene.noise + 0.01) + 2) / 3)
        self.schedule.blockSignals(True)
        self.schedule.setCurrentIndex(self.schedule.findData(scene.schedule.kind))
        self.schedule.blockSignals(False)
        self._show_settings(scene)

    def _show_settings(self, scene: Scene) -> None:
        if self._built_for != scene.schedule.kind:
            while item := self._settings.takeAt(0):
                if (old := item.widget()) is not None:
                    old.hide()
                    old.deleteLater()
            self.schedule_fields = {}
            for item_ in fields(scene.schedule):
                row = QWidget()
                line = QHBoxLayout(row)
                line.setContentsMargins(0, 0, 0, 0)
                name = item_.name
                field = NumberField(f"Schedule {name}", whole=item_.type == "int")
                field.refused.connect(self._document.refused)
                field.valueEdited.connect(lambda value, name=name: self._schedule_set(name, value))
                line.addWidget(label({"warm_up": "warm-up steps", "over": "over steps",
                                      "every": "every steps"}.get(name, name)))  # fmt: skip
                line.addStretch(1)
                line.addWidget(field)
                self._settings.addWidget(row)
                self.schedule_fields[name] = field
            self._built_for = scene.schedule.kind
        for name, field in self.schedule_fields.items():
            field.show_value(getattr(scene.schedule, name))

    def _set(self, **changes: Any) -> None:
        self._document.edit(f"change {next(iter(changes))}", merge=True, **changes)

    def _chosen(self) -> None:
        schedule = SCHEDULES[self.schedule.currentData()](warm_up=self._document.scene.schedule.warm_up)
        self._document.edit("change the schedule", schedule=schedule)

    def _schedule_set(self, name: str, value: float) -> None:
        schedule = self._document.scene.schedule
        change: dict[str, Any] = {name: type(getattr(schedule, name))(value)}
        try:
            changed = replace(schedule, **change)
        except ValueError as error:
            self._document.refused.emit(str(error))
            self._show_settings(self._document.scene)
            return
        self._document.edit("change the schedule", schedule=changed)


class ViewCard(Card):
    """How it is looked at."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("View", parent)
        self._document = document
        self.log = ToggleRow("Logarithmic heights", "Shows small differences near the lowest loss")
        self.equal = ToggleRow("Equal scales of x and y", "Circles are round, and slopes cross contour lines")
        self.contours = ToggleRow("Contour lines", "Lines of equal loss, evenly spaced in height")
        self.body.addWidget(self.log)
        self.body.addWidget(self.equal)
        self.body.addWidget(self.contours)
        self.colormap = QComboBox()
        self.colormap.setAccessibleName("Colour map")
        for name, title in COLORMAPS.items():
            self.colormap.addItem(title, name)
        self.measure = QComboBox()
        self.measure.setAccessibleName("Second curve")
        self.measure.setToolTip("What the second curve shows")
        for name, title in MEASURES.items():
            self.measure.addItem(title, name)
        for text, box in (("colours", self.colormap), ("curve", self.measure)):
            row = QHBoxLayout()
            row.addWidget(label(text))
            row.addWidget(box, 1)
            box.setMinimumWidth(40)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.body.addLayout(row)
        self.log.toggle.toggled.connect(lambda on: self._set(log_scale=on))
        self.equal.toggle.toggled.connect(lambda on: self._set(equal_scales=on))
        self.contours.toggle.toggled.connect(lambda on: self._set(contours=on))
        self.colormap.currentIndexChanged.connect(lambda: self._set(colormap=self.colormap.currentData()))
        self.measure.currentIndexChanged.connect(lambda: self._set(measure=self.measure.currentData()))

    def show_scene(self, scene: Scene) -> None:
        """Show this scene's view."""
        self.log.toggle.show_on(scene.log_scale)
        self.equal.toggle.show_on(scene.equal_scales)
        self.contours.toggle.show_on(scene.view.contours)
        for box, value in ((self.colormap, scene.view.colormap), (self.measure, scene.view.measure)):
            box.blockSignals(True)
            box.setCurrentIndex(box.findData(value))
            box.blockSignals(False)

    def _set(self, **changes: Any) -> None:
        view = self._document.scene.view.model_copy(update=changes)
        self._document.edit(f"change the {next(iter(changes)).replace('_', ' ')}", view=view)
