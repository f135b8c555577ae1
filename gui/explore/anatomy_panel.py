"""The words of a step taken apart: what this stage does, its formula, the numbers in it, the scale."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.card import Card, OneLine, label
from gui.widgets.icons import icon
from landscape.stages import Stage, scale_text


class AnatomyPanel(Card):
    """Shows one stage; its buttons, and Shift with an arrow key, go to the next and the one before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.body.setContentsMargins(14, 8, 14, 10)
        self.body.setSpacing(3)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.back, self.forward = QToolButton(), QToolButton()
        for button, name, tip in (
            (self.back, "One stage back", "One stage back (Shift+←)"),
            (self.forward, "One stage forward", "One stage forward (Shift+→)"),
        ):
            button.setAccessibleName(name)
            button.setToolTip(tip)
        words = QVBoxLayout()
        words.setSpacing(3)
        self.title = label("", "name")
        self.sentence = label("", "dim", wrap=True)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.title)
        top.addWidget(self.sentence, 1)
        words.addLayout(top)
        self.formula = OneLine()
        self.formula.elide = Qt.TextElideMode.ElideMiddle  # the result is at the end
        self.formula.setProperty("kind", "formula")
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.formula, 1)
        words.addLayout(below)
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self.forward, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)
        self.scale = label("", "dim")
        self.scale.setAlignment(Qt.AlignmentFlag.AlignRight)
        below.addWidget(self.scale)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw with these tokens."""
        self.back.setIcon(icon("back", theme.text))
        self.forward.setIcon(icon("forward", theme.text))

    def show_stage(
        self, rule: str, step: int, number: int, found: list[Stage], scales: dict[str, float]
    ) -> None:
        """Show stage `number`, from 1, of the update that leaves a step."""
        if not found:
            self.title.setText(f"{rule}: no further update")
            self.sentence.setText("This is the last position of its path.")
            self.formula.setText("")
            self.scale.setText("")
            return
        stage = found[number - 1]
        self.title.setText(f"{rule}, step {step} → {step + 1} · {number}/{len(found)} {stage.name}")
        self.sentence.setText(stage.sentence)
        self.formula.setText(f"{stage.formula}  =  {stage.numbers}  =  {stage.result}")
        self.formula.setToolTip(self.formula.text())
        units = dict.fromkeys(mark.units for mark in stage.marks)
        self.scale.setText(", ".join(scale_text(unit, scales[unit]) for unit in units if unit in scales))
