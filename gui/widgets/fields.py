"""Fields for numbers: right-aligned, checked when entered, stepped with the arrow keys."""

from __future__ import annotations

import math
from collections.abc import Callable

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget

from landscape.numerals import plain_numeral


class NumberField(QLineEdit):
    """A number that is taken on Enter or on leaving the field.

    Parameters
    ----------
    step : the next number up (1) or down (-1), for the arrow keys
    keep : whether what cannot be taken stays in the field, marked, to be mended or given up with Esc

    Signals
    -------
    valueEdited(value) : the user gave another number
    refused(sentence) : what was typed cannot be taken; the old number stands again, unless it is kept
    cancelled() : what was typed was given up
    """

    valueEdited = pyqtSignal(float)
    refused = pyqtSignal(str)
    cancelled = pyqtSignal()

    def __init__(
        self, name: str, check: Callable[[float], str] | None = None, whole: bool = False, digits: int = 6,
        parent: QWidget | None = None, step: Callable[[float, int], float] | None = None, keep: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._value = 0.0
        self._whole = whole
        self._step = step or self._next
        self._keep = keep
        self._check = check or (lambda value: "")
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._digits = digits
        self._fit()
        self.editingFinished.connect(self._take)
        self.textEdited.connect(self._mark)

    def _fit(self) -> None:
        """As wide as its digits need in the present type."""
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * self._digits + 22)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def value(self) -> float:
        """The number shown."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show a number, unless the user is just typing another."""
        if value != self._value or not self.isModified():
            self._value = value
            text = self._written(value)
            if text != self.text():
                self.setText(text)
                self.setCursorPosition(0)  # the beginning of a number matters more than its end
            self.complain("")

    def _written(self, value: float) -> str:
        """The number with as many digits as there is room for; a whole number has all of its own."""
        text = plain_numeral(value)
        digits = 5
        while len(text) > self._digits and not self._whole and digits > 2:
            text, digits = plain_numeral(value, digits), digits - 1
        if len(text) > self._digits and not self._whole and value:  # 0.0001 as 1e-4
            number, _, power = f"{value:.0e}".partition("e")
            text = f"{number}e{int(power)}"
        return text

    def _parse(self) -> tuple[float, str]:
        text = self.text().strip().replace("−", "-").replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            return math.nan, f"“{self.text()}” is not a number."
        if not math.isfinite(value):
            return math.nan, "This must be a finite number."
        if self._whole and value != int(value):
            return math.nan, "This must be a whole number."
        return value, self._check(value)

    def _mark(self) -> None:
        self.complain(self._parse()[1])

    def complain(self, reason: str) -> None:
        """Mark what stands there as wrong, and say why; "" for right."""
        if (reason != "") != bool(self.property("wrong")):
            self.setProperty("wrong", reason != "")
            style = self.style()
            if style is not None:
                style.unpolish(self)
                style.polish(self)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)

    def _take(self) -> None:
        if not self.isModified():
            return
        value, reason = self._parse()
        self.setModified(False)
        if reason:
            if not self._keep:
                self.setText(self._written(self._value))
                self.complain("")
            self.refused.emit(reason)
        elif value != self._value:
            self._value = value
            self.valueEdited.emit(value)
            self.setText(self._written(self._value))
        else:
            self.setText(self._written(self._value))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            up = 1 if event.key() == Qt.Key.Key_Up else -1
            value = self._step(self._value, up)
            if value != self._value and not self._check(value):
                self._value = value
                self.setText(self._written(value))
                self.valueEdited.emit(value)
        elif event.key() == Qt.Key.Key_Escape and (self.isModified() or self.property("wrong")):
            self.setText(self._written(self._value))
            self.setModified(False)
            self.complain("")
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _next(self, value: float, way: int) -> float:
        """One more or less of a whole number, else of the second digit that matters."""
        size = abs(value) or 1.0
        step = 1.0 if self._whole else 10.0 ** (math.floor(math.log10(size)) - 1)
        return float(f"{value + way * step:.12g}")

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self.selectAll()
