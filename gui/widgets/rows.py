"""A label with a control at its right end, and a choice among names."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from gui.widgets.card import label


class TitledRow(QWidget):
    """A control and what it is for."""

    def __init__(self, text: str, *controls: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        name = label(text)
        name.setBuddy(controls[0])
        row.addWidget(name)
        row.addStretch(1)
        for control in controls:
            row.addWidget(control)


class Choice(QComboBox):
    """One of some keys, each with its text."""

    def __init__(self, name: str, options: dict[str, str], chosen: Callable[[str], object]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        for key, text in options.items():
            self.addItem(text, key)
        self.activated.connect(lambda _: chosen(str(self.currentData())))

    def show_key(self, key: str) -> None:
        """Show this choice."""
        self.setCurrentIndex(self.findData(key))
