"""The card of the rules: one row each, with its look, its learning rate and what it is doing now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from PyQt6.QtCore import QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.document import Document
from gui.explore.tuning import tuning_sentence
from gui.theme import DARK, Look, Theme, looks
from gui.views.marks import draw_ball, line_pen
from gui.widgets.card import Card, FixedLines, label
from gui.widgets.hyperparameter_row import HyperparameterRow
from gui.widgets.icons import icon
from gui.widgets.toggle import Toggle, ToggleRow
from landscape.fair_race import POLICIES
from landscape.hyperparameters import hyperparameters
from landscape.optimizers import RULES, make_optimizer
from landscape.scene import MAX_RACERS, Overlays, Racer, Scene

LARGEST_RATE = 1e300
_SHORT = {
    "own": "own α each",
    "equal_rate": "equal α",
    "equal_first_step": "equal first step",
    "tuned": "tuned α each",
}
EXPLAINED: dict[str, Callable[[Scene], str]] = {
    "equal_rate": lambda scene: "All have the same α: change one, and the others follow.",
    "equal_first_step": lambda scene: "α is such that all first steps are equally long; the others follow.",
    "tuned": tuning_sentence,
}


class LookSample(QWidget):
    """A rule's ball and a piece of its line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(64, 24))
        self._look: Look | None = None
        self._theme = DARK

    def show_look(self, look: Look, theme: Theme) -> None:
        """Show this look."""
        self._look, self._theme = look, theme
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line_pen(self._look, 3.0))
        painter.drawLine(QPointF(27, 12), QPointF(63, 12))
        draw_ball(painter, QPointF(12, 12), self._look, self._theme, 8.5)
        painter.end()


class OptimizerRow(QWidget):
    """One rule.

    Signals
    -------
    edited(index, racer, merge) : the user changed it
    copied(index), removed(index)
    refused(sentence) : what was typed cannot be taken
    """

    refused = pyqtSignal(str)

    edited = pyqtSignal(int, object, bool)
    copied = pyqtSignal(int)
    removed = pyqtSignal(int)

    def __init__(self, index: int, racer: Racer, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._index = index
        self._racer = racer
        optimizer = racer.optimizer
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(4)

        top = QHBoxLayout()
        top.setSpacing(8)
        self.sample = LookSample()
        self.more = QToolButton()
        self.more.setObjectName("plain")
        self.more.setAccessibleName(f"More of {optimizer.title}")
        self.more.setToolTip("All hyperparameters, the update's form and its formula")
        self.more.setCheckable(True)
        self.toggle = Toggle(f"{optimizer.title} takes part")
        top.addWidget(self.sample)
        top.addWidget(label(optimizer.title, "name"))
        self.form_name = label("", "dim")
        top.addWidget(self.form_name)
        top.addStretch(1)
        top.addWidget(self.more)
        top.addWidget(self.toggle)
        column.addLayout(top)

        self.rows: dict[str, HyperparameterRow] = {}
        self.details = QWidget()
        detail_column = QVBoxLayout(self.details)
        detail_column.setContentsMargins(0, 0, 0, 0)
        detail_column.setSpacing(4)
        for name, described in hyperparameters(optimizer).items():
            row = HyperparameterRow(name, described, optimizer.title)
            row.valueEdited.connect(lambda value, name=name: self._set(name, value, True))
            row.refused.connect(self.refused)
            self.rows[name] = row
            (column if name == "learning_rate" else detail_column).addWidget(row)
        self.remark = FixedLines(2)
        column.addWidget(self.remark)
        self._add_forms(detail_column)
        column.addWidget(self.details)
        self.details.hide()

        self.more.toggled.connect(self.details.setVisible)
        self.more.toggled.connect(self._show_arrow)
        self.toggle.toggled.connect(self._switch)

    def _add_forms(self, column: QVBoxLayout) -> None:
        """The switches between the forms in which textbooks write the rule, and the formula."""
        optimizer = self._racer.optimizer
        names = {item.name for item in fields(optimizer)}
        self.form: QComboBox | None = None
        self.switches: dict[str, ToggleRow] = {}
        if "form" in names:
            self.form = QComboBox()
            self.form.setAccessibleName("Form of the update")
            self.form.addItem("ewma: v ← βv + (1−β)g", "ewma")
            self.form.addItem("classical: v ← βv + g", "classical")
            self.form.currentIndexChanged.connect(self._form_chosen)
            column.addWidget(self.form)
        for name, text in (("nesterov", "Nesterov: look ahead"), ("bias_correction", "Bias correction")):
            if name in names:
                switch = self.switches[name] = ToggleRow(text)
                switch.toggle.toggled.connect(lambda on, name=name: self._set(name, on, False))
                column.addWidget(switch)
        self.formula = label("", "dim")
        column.addWidget(self.formula)
        buttons = QHBoxLayout()
        copy = QPushButton("Duplicate")
        copy.setToolTip("The same rule once more, to give it another learning rate")
        copy.clicked.connect(lambda: self.copied.emit(self._index))
        remove = QPushButton("Remove")
        remove.clicked.connect(lambda: self.removed.emit(self._index))
        buttons.addWidget(copy)
        buttons.addWidget(remove)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def show_racer(self, racer: Racer, look: Look, theme: Theme) -> None:
        """Show these settings."""
        self._racer = racer
        optimizer = racer.optimizer
        self.sample.show_look(look, theme)
        self.toggle.show_on(racer.enabled)
        for name, row in self.rows.items():
            row.show_value(getattr(optimizer, name))
            row.setEnabled(racer.enabled)
        if self.form is not None:
            self.form.blockSignals(True)
            self.form.setCurrentIndex(self.form.findData(optimizer.form))
            self.form.blockSignals(False)
        for name, switch in self.switches.items():
            switch.toggle.show_on(getattr(optimizer, name))
        if "bias_correction" in self.switches and self.form is not None:
            self.switches["bias_correction"].setEnabled(optimizer.form == "ewma")
        self.formula.setText(optimizer.formula)
        self.form_name.setText(optimizer.form)
        self.sample.setToolTip(optimizer.formula)
        if not racer.enabled:
            self.remark.say("switched off")
        self._theme = theme
        self._show_arrow(self.more.isChecked())

    def _show_arrow(self, open_: bool) -> None:
        self.more.setIcon(icon("less" if open_ else "more", self._theme.dim))

    def _set(self, name: str, value: Any, merge: bool) -> None:
        racer = Racer(optimizer=replace(self._racer.optimizer, **{name: value}), enabled=self._racer.enabled)
        self.edited.emit(self._index, racer, merge)

    def _form_chosen(self) -> None:
        assert self.form is not None
        changes: dict[str, Any] = {"form": self.form.currentData()}
        if changes["form"] == "classical":
            changes["bias_correction"] = False
        racer = Racer(optimizer=replace(self._racer.optimizer, **changes), enabled=self._racer.enabled)
        self.edited.emit(self._index, racer, False)

    def _switch(self, on: bool) -> None:
        self.edited.emit(self._index, Racer(optimizer=self._racer.optimizer, enabled=on), False)


class OptimizersCard(Card):
    """The rules of the scene; edits go to the document.

    Signals
    -------
    ratesChosen(policy) : how their learning rates are to be chosen
    """

    ratesChosen = pyqtSignal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Optimizers", parent)
        self._document = document
        self._theme = DARK
        self.rates = QComboBox()
        self.rates.setAccessibleName("How the learning rates are chosen")
        self.rates.setToolTip("What makes the race fair: how the learning rates are chosen")
        for policy, title in POLICIES.items():
            self.rates.addItem(_SHORT[policy], policy)
            self.rates.setItemData(self.rates.count() - 1, title, Qt.ItemDataRole.ToolTipRole)
        self.rates.activated.connect(lambda _: self.ratesChosen.emit(self.rates.currentData()))
        self.header.addWidget(self.rates)
        self.message = label("", "dim", wrap=True)
        self.message.hide()
        self.body.addWidget(self.message)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self.body.addLayout(self._column)
        self.rows: list[OptimizerRow] = []
        self._kinds: list[str] = []
        self.add = QPushButton("+ add a rule")
        self.add.setObjectName("plain")
        menu = QMenu(self.add)
        for key, rule in RULES.items():
            menu.addAction(rule.title, lambda key=key: self._add(key))
        self.add.setMenu(menu)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_scene(self, scene: Scene, theme: Theme) -> None:
        """Show this scene's rules; rows are kept as long as the kinds of rules stay."""
        self._theme = theme
        self.rates.blockSignals(True)
        self.rates.setCurrentIndex(self.rates.findData(scene.rates))
        self.rates.blockSignals(False)
        self.say("" if scene.rates == "own" else EXPLAINED[scene.rates](scene))
        kinds = [racer.optimizer.key for racer in scene.optimizers]
        if kinds != self._kinds:
            self._rebuild(scene)
            self._kinds = kinds
        shown = looks(scene.optimizers, theme)
        for row, racer, look in zip(self.rows, scene.optimizers, shown, strict=True):
            row.show_racer(racer, look, theme)
        self.add.setEnabled(len(kinds) < MAX_RACERS)

    def say(self, sentence: str) -> None:
        """Say how the learning rates come about."""
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def show_remarks(self, remarks: dict[int, str]) -> None:
        """Show one sentence a rule, by its index."""
        for index, sentence in remarks.items():
            if index < len(self.rows):
                self.rows[index].remark.say(sentence)

    def refit(self) -> None:
        """The type changed its size."""
        for row in self.rows:
            row.remark.refit()

    def _rebuild(self, scene: Scene) -> None:
        opened = {k for k, row in enumerate(self.rows) if row.more.isChecked()}
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for index, racer in enumerate(scene.optimizers):
            row = OptimizerRow(index, racer, self._theme)
            row.edited.connect(self._edited)
            row.copied.connect(self._copy)
            row.removed.connect(self._remove)
            row.refused.connect(self._document.refused)
            self._column.addWidget(row)
            self.rows.append(row)
            row.show_racer(racer, looks(scene.optimizers, self._theme)[index], self._theme)
            row.more.setChecked(index in opened)

    def _racers(self) -> list[Racer]:
        return list(self._document.scene.optimizers)

    def _edited(self, index: int, racer: Racer, merge: bool) -> None:
        racers = self._racers()
        racers[index] = racer
        name = f"{racer.optimizer.title} ({index + 1})"
        self._document.edit(f"change {name}", merge=merge, optimizers=tuple(racers))

    def _copy(self, index: int) -> None:
        racers = self._racers()
        again = racers[index].optimizer
        rate = min(float(f"{again.learning_rate * 2:.3g}"), LARGEST_RATE)
        copy = Racer(optimizer=replace(again, learning_rate=rate))
        racers.insert(index + 1, copy)
        places = {k: k + (k > index) for k in range(len(racers))}
        self._document.edit("duplicate a rule", optimizers=tuple(racers), overlays=self._overlays(places))

    def _remove(self, index: int) -> None:
        racers = self._racers()
        del racers[index]
        places = {k: k - (k > index) for k in range(len(racers) + 1) if k != index}
        self._document.edit("remove a rule", optimizers=tuple(racers), overlays=self._overlays(places))

    def _overlays(self, places: dict[int, int]) -> Overlays:
        """The overlays after rules have moved to other places: they speak of the same rules as before."""
        overlays = self._document.scene.overlays
        focus = places.get(overlays.focus, 0)
        against = None if overlays.against is None else places.get(overlays.against)
        return overlays.model_copy(update={"focus": focus, "against": against})

    def _add(self, key: str) -> None:
        racers = [*self._racers(), Racer(optimizer=make_optimizer(key))]
        self._document.edit("add a rule", optimizers=tuple(racers))
