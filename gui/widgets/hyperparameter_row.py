"""One hyperparameter: symbol, slider on its own scale, number; all from its one description."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from gui.widgets.card import label
from gui.widgets.fields import NumberField
from gui.widgets.sliders import Slider
from landscape.errors import LandscapeError
from landscape.hyperparameters import Hyperparameter


class HyperparameterRow(QWidget):
    """Shows and edits one number.

    Signals
    -------
    valueEdited(value) : given by the user
    refused(sentence) : what was typed cannot be taken
    """

    valueEdited = pyqtSignal(float)
    refused = pyqtSignal(str)

    def __init__(
        self, name: str, described: Hyperparameter, owner: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._described = described
        spoken = f"{owner} {name.replace('_', ' ')}".strip()
        self._slider = Slider(spoken)
        self.field = NumberField(spoken, self._reason, whole=described.whole)
        self._name = name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        symbol = label(described.symbol)
        symbol.setMinimumWidth(20)
        symbol.setBuddy(self.field)
        row.addWidget(symbol)
        row.addWidget(self._slider, 1)
        row.addWidget(self.field)
        self.setToolTip(f"{name.replace('_', ' ').capitalize()}. {described.help}")
        self._slider.placeEdited.connect(self._slid)
        self.field.valueEdited.connect(self._typed)
        self.field.refused.connect(self.refused)

    def show_value(self, value: float) -> None:
        """Show a number."""
        self.field.show_value(value)
        if not self._slider.isSliderDown():
            self._slider.show_place(self._described.to_slider(value))

    def _reason(self, value: float) -> str:
        try:
            self._described.check(self._name, value)
        except LandscapeError as error:
            return str(error)
        return ""

    def _slid(self, place: float) -> None:
        value = self._described.rounded(self._described.from_slider(place))
        if not self._reason(value):
            self.field.show_value(value)
            self.valueEdited.emit(value)

    def _typed(self, value: float) -> None:
        self._slider.show_place(self._described.to_slider(value))
        self.valueEdited.emit(value)
