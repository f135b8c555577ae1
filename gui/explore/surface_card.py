"""The card of the surface: thumbnails, formula, parameters and domain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtGui import QIcon, QPixmap, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.document import Document
from gui.explore.surface_picker import SurfacePicker
from gui.jobs import Jobs
from gui.theme import DARK, Theme, lookup_table
from gui.views.images import coloured_image
from gui.widgets.card import Card, FixedLines, label
from gui.widgets.fields import NumberField
from gui.widgets.hyperparameter_row import HyperparameterRow
from gui.widgets.sliders import RangeSlider
from landscape.errors import LandscapeError
from landscape.hyperparameters import Hyperparameter
from landscape.relief import relief
from landscape.scene import Racer, Scene, SurfaceChoice
from landscape.suggest import suggested_rate
from landscape.surface import Surface, checked_range, surfaces

QUICK = 6  # thumbnails beside the one that opens the whole catalogue
THUMBNAIL = (40, 48)  # rows, columns


_Prepared = tuple[Surface, tuple[Racer, ...], tuple[Racer, ...]]  # suited rules, and those given


def thumbnails(keys: list[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Small heights of catalogue surfaces, one by one."""
    for key in keys:
        surface = surfaces[key]
        yield key, relief(surface, surface.log_scale, THUMBNAIL).heights


def thumbnail_icon(heights: np.ndarray, theme: Theme) -> QIcon:
    """Heights as an icon in the theme's colours."""
    picture = coloured_image(heights, lookup_table("landscape", theme))
    return QIcon(QPixmap.fromImage(picture.scaled(
        2 * picture.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )))  # fmt: skip


class SurfaceCard(Card):
    """Shows and edits which surface it is."""

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__("Surface", parent)
        self._document = document
        self._jobs = jobs
        self._theme = DARK
        self._heights: dict[str, np.ndarray] = {}
        self._extra: dict[str, float] = {}  # names that the user has just made parameters
        self._shown: SurfaceChoice | None = None
        self._reach: dict[str, tuple[float, float]] = {}
        self.title = label("", "name")
        self.header.addWidget(self.title)

        strip = QHBoxLayout()
        strip.setSpacing(6)
        self.quick: dict[str, QToolButton] = {}
        for key in list(surfaces)[:QUICK]:
            button = QToolButton()
            button.setCheckable(True)
            button.setFixedSize(40, 36)
            button.setIconSize(QSize(32, 28))
            button.setStyleSheet("padding: 0px; min-height: 0px;")
            button.setToolTip(f"{surfaces[key].title}. {surfaces[key].teaches}")
            button.setAccessibleName(surfaces[key].title)
            button.clicked.connect(lambda _, key=key: self.choose(key))
            strip.addWidget(button)
            self.quick[key] = button
        strip.addStretch(1)
        self.body.addLayout(strip)
        self.browse = QPushButton(f"All {len(surfaces)} surfaces …")
        self.browse.clicked.connect(self.open_picker)
        self.body.addWidget(self.browse)

        self.formula = QLineEdit()
        self.formula.setAccessibleName("Formula in x and y")
        self.formula.setPlaceholderText("type a function of x and y")
        self.formula.setMaxLength(20_000)  # the core says what is too long, and where
        self.formula.textEdited.connect(lambda: self._wait.start())
        self.formula.returnPressed.connect(self._check)
        self.body.addWidget(self.formula)
        self.message = FixedLines(2)
        self.body.addWidget(self.message)
        self.make_parameter = QPushButton()
        self.make_parameter.hide()
        self.make_parameter.clicked.connect(self._make_parameter)
        self.body.addWidget(self.make_parameter)
        self._unknown = ""

        self._parameters = QVBoxLayout()
        self._parameters.setSpacing(4)
        self.body.addLayout(self._parameters)
        self.parameter_rows: dict[str, HyperparameterRow] = {}
        self.low: dict[str, NumberField] = {}
        self.high: dict[str, NumberField] = {}
        self.range: dict[str, RangeSlider] = {}
        for axis in ("x", "y"):
            row = QHBoxLayout()
            row.setSpacing(4)
            self.low[axis] = NumberField(f"Domain of {axis} from", digits=4)
            self.high[axis] = NumberField(f"Domain of {axis} to", digits=4)
            self.range[axis] = RangeSlider(f"Domain of {axis}")
            title = label(axis)
            title.setFixedWidth(12)
            title.setToolTip(f"The domain of {axis}")
            for widget in (title, self.low[axis], self.range[axis], self.high[axis]):
                row.addWidget(widget)
            self.low[axis].refused.connect(document.refused)
            self.high[axis].refused.connect(document.refused)
            self.low[axis].valueEdited.connect(lambda _, axis=axis: self._domain_typed(axis))
            self.high[axis].valueEdited.connect(lambda _, axis=axis: self._domain_typed(axis))
            self.range[axis].rangeEdited.connect(
                lambda low, high, axis=axis: self._domain_slid(axis, low, high)
            )
            self.body.addLayout(row)

        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(180)
        self._wait.timeout.connect(self._check)
        self._later = QTimer(self)  # small pictures are drawn once there is time for them
        self._later.setSingleShot(True)
        self._later.setInterval(1500)
        self._later.timeout.connect(self.load_thumbnails)

    @cached_property
    def picker(self) -> SurfacePicker:
        """The catalogue's window; the first frame does not wait for it."""
        picker = SurfacePicker(self)
        picker.chosen.connect(self.choose)
        return picker

    # --- showing -----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if not self._heights:
            self._later.start()

    def load_thumbnails(self) -> None:
        """Draw the small pictures, in the background, once the window stands."""
        self._jobs.start("thumbnails", lambda: thumbnails(list(surfaces)), self._thumbnail)

    def _thumbnail(self, snapshot: tuple[str, np.ndarray]) -> None:
        key, heights = snapshot
        self._heights[key] = heights
        self._show_thumbnail(key)

    def _show_thumbnail(self, key: str) -> None:
        picture = thumbnail_icon(self._heights[key], self._theme)
        self.picker.show_picture(key, picture)
        if key in self.quick:
            self.quick[key].setIcon(picture)

    def show_scene(self, scene: Scene, theme: Theme) -> None:
        """Show this scene's surface."""
        if theme is not self._theme:
            self._theme = theme
            for key in self._heights:
                self._show_thumbnail(key)
        choice = scene.surface
        surface = choice.surface
        self.title.setText(surface.title)
        for key, button in self.quick.items():
            button.setChecked(key == choice.name)
        if choice == self._shown:
            return
        same_formula = self._shown is not None and self._shown.surface.formula == surface.formula
        self._shown = choice
        if not same_formula:
            self._reach = {}
        if not same_formula or not self.formula.hasFocus():
            if self.formula.text() != surface.formula:
                self.formula.setText(surface.formula)
                self.formula.setCursorPosition(0)
            self._complain(None)
            self._say_what_it_is(surface)
        self._show_parameters(surface)
        self._show_domain(surface)

    def _say_what_it_is(self, surface: Surface) -> None:
        self.message.say(surface.teaches or "Your own formula; its gradient and Hessian are exact.")

    def _show_parameters(self, surface: Surface) -> None:
        names = [parameter.name for parameter in surface.parameters]
        if names != list(self.parameter_rows):
            for row in self.parameter_rows.values():
                self._parameters.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.parameter_rows = {}
            for parameter in surface.parameters:
                described = Hyperparameter(
                    parameter.name, parameter.value, parameter.low, parameter.high,
                    "log" if parameter.log else "linear", parameter.help, least=-1e9, below=1e9,
                )  # fmt: skip
                row = HyperparameterRow(parameter.name, described, "parameter")
                row.valueEdited.connect(lambda value, name=parameter.name: self._set_parameter(name, value))
                row.refused.connect(self._document.refused)
                self._parameters.addWidget(row)
                self.parameter_rows[parameter.name] = row
        for parameter in surface.parameters:
            self.parameter_rows[parameter.name].show_value(parameter.value)

    def _show_domain(self, surface: Surface) -> None:
        for axis, (low, high) in (("x", surface.x), ("y", surface.y)):
            self.low[axis].show_value(low)
            self.high[axis].show_value(high)
            reach = self._reach.get(axis)
            if (
                reach is None
                or not (reach[0] <= low < high <= reach[1])
                or (high - low) * 8 < reach[1] - reach[0]
            ):
                middle, width = (low + high) / 2, high - low
                reach = self._reach[axis] = (middle - 1.5 * width, middle + 1.5 * width)
            span = reach[1] - reach[0]
            self.range[axis].show_range((low - reach[0]) / span, (high - reach[0]) / span)

    # --- choosing ----------------------------------------------------------------------------------

    def open_picker(self) -> None:
        """Open the catalogue."""
        self.picker.open_at(self._document.scene.surface.name)

    def choose(self, key: str) -> None:
        """Take a surface of the catalogue, its start, and learning rates that suit it."""
        for name, button in self.quick.items():
            button.setChecked(name == self._document.scene.surface.name)
        racers = self._document.scene.optimizers
        self._jobs.start("choose", lambda: _prepared(key, racers), self._chosen, self._document.refused.emit)

    def _chosen(self, prepared: _Prepared) -> None:
        surface, racers, given = prepared
        if given != self._document.scene.optimizers:  # they were changed meanwhile: suit the new ones
            self.choose(surface.key)
            return
        self._reach = {}
        self._document.edit(
            f"choose {surface.title}",
            surface=SurfaceChoice(name=surface.key),
            start=surface.start,
            optimizers=racers,
            title=surface.title,
            caption=surface.teaches,
            view=self._document.scene.view.model_copy(update={"log_scale": None, "equal_scales": None}),
        )

    # --- the formula -------------------------------------------------------------------------------

    def _check(self) -> None:
        self._wait.stop()
        text = self.formula.text()
        surface = self._document.scene.surface.surface
        if text == surface.formula:
            self._complain(None)
            self._say_what_it_is(surface)
            return
        values = {parameter.name: parameter.value for parameter in surface.parameters} | self._extra
        self._jobs.start(
            "formula", lambda: _compiled(text, surface, values), self._accepted, self._document.refused.emit
        )

    def _accepted(self, answer: tuple[str, SurfaceChoice | LandscapeError]) -> None:
        text, result = answer
        if text != self.formula.text():
            return  # about something that stands there no longer
        if isinstance(result, LandscapeError):
            self._complain(result)
            return
        self._extra = {}
        self._complain(None)
        scene = self._document.scene
        view = scene.view.model_copy(
            update={"log_scale": scene.log_scale, "equal_scales": scene.equal_scales}
        )
        self._document.edit("change the formula", merge=True, surface=result, view=view, title="", caption="")

    def _complain(self, error: LandscapeError | None) -> None:
        self.formula.setProperty("wrong", error is not None)
        style = self.formula.style()
        if style is not None:
            style.unpolish(self.formula)
            style.polish(self.formula)
        self.message.setProperty("kind", "warning" if error else "dim")
        style = self.message.style()
        if style is not None:
            style.unpolish(self.message)
            style.polish(self.message)
        self._unknown = getattr(error, "unknown", "")
        can = self._unknown.isidentifier() and not self._unknown.startswith("_") and len(self._unknown) <= 12
        self.make_parameter.setVisible(can)
        self.make_parameter.setText(f"Make “{self._unknown}” a parameter")
        if error is not None:
            self.message.say(str(error))

    def _make_parameter(self) -> None:
        self._extra[self._unknown] = 1.0
        self.formula.setFocus()
        self._check()

    # --- parameters and domain ---------------------------------------------------------------------

    def _set_parameter(self, name: str, value: float) -> None:
        choice = self._document.scene.surface
        values = dict(choice.parameters)
        if choice.formula is not None:
            values = {parameter.name: parameter.value for parameter in choice.surface.parameters}
        values[name] = value
        changed = replace_choice(choice, parameters=values)
        self._document.edit(f"change {name}", merge=True, surface=changed)

    def _domain_typed(self, axis: str) -> None:
        self._set_domain(axis, self.low[axis].value(), self.high[axis].value())

    def _domain_slid(self, axis: str, low: float, high: float) -> None:
        start, end = self._reach[axis]
        digits = 2 - math.floor(math.log10(end - start))
        ends = [round(start + place * (end - start), digits) for place in (low, high)]
        self._set_domain(axis, ends[0], ends[1])

    def _set_domain(self, axis: str, low: float, high: float) -> None:
        choice = self._document.scene.surface
        try:
            checked_range(axis, (low, high))
            changed = replace_choice(choice, **{axis: (low, high)})
        except LandscapeError as error:
            self._document.refused.emit(str(error))
            self._show_domain(choice.surface)
            return
        self._document.edit(f"domain of {axis}", merge=True, surface=changed)


def replace_choice(choice: SurfaceChoice, **changes: Any) -> SurfaceChoice:
    """The choice with some fields changed, validated."""
    return SurfaceChoice(**{name: getattr(choice, name) for name in SurfaceChoice.model_fields} | changes)


def _compiled(
    text: str, surface: Surface, values: dict[str, float]
) -> Iterator[tuple[str, SurfaceChoice | LandscapeError]]:
    """Parse and compile off the GUI thread; parameters that the formula does not use are dropped."""
    try:
        made = Surface.from_formula(text, surface.x, surface.y, values)
        used = {str(symbol) for symbol in made.expression.tree.free_symbols}
        kept = {name: value for name, value in values.items() if name in used}
        choice = SurfaceChoice(formula=text, x=surface.x, y=surface.y, parameters=kept)
        choice.surface.compile()
        yield text, choice
    except LandscapeError as error:
        yield text, error


def _prepared(key: str, racers: tuple[Racer, ...]) -> Iterator[_Prepared]:
    """Compile off the GUI thread, and suit the learning rates; copies of a rule keep their ratio."""
    surface = surfaces[key]
    surface.compile()
    assert surface.start is not None
    suited: list[Racer] = []
    first: dict[str, tuple[float, float]] = {}
    for racer in racers:
        optimizer = racer.optimizer
        if optimizer.key not in first:
            rate = suggested_rate(surface, optimizer.key, surface.start)
            first[optimizer.key] = (optimizer.learning_rate, rate)
        before, now = first[optimizer.key]
        rate = float(f"{now * optimizer.learning_rate / before:.3g}")
        suited.append(Racer(optimizer=replace(optimizer, learning_rate=rate), enabled=racer.enabled))
    yield surface, tuple(suited), racers
