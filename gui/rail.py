"""The rail at the left edge: workspaces above, files and help below."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.icons import icon


class Rail(QFrame):
    """A column of buttons with an icon and a word each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._buttons: list[tuple[QToolButton, str]] = []
        self._workspaces: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)

    def add_workspace(
        self, name: str, text: str, help_text: str, choose: Callable[[], object]
    ) -> QToolButton:
        """A workspace; the one that is open is marked, and a click cannot unmark it."""
        button = self.add(name, text, help_text, choose)
        button.setCheckable(True)
        self._group.addButton(button)
        self._workspaces[name] = button
        return button

    def mark(self, name: str) -> None:
        """Show which workspace is open."""
        self._workspaces[name].setChecked(True)

    def add(self, name: str, text: str, help_text: str, run: Callable[[], object]) -> QToolButton:
        """A button that does something."""
        button = QToolButton()
        button.setObjectName("rail")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setText(text)
        button.setToolTip(help_text)
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(60, 54)
        button.setAutoRaise(True)
        button.clicked.connect(run)
        self._column.addWidget(button)
        self._buttons.append((button, name))
        return button

    def add_space(self) -> None:
        """Push what follows down."""
        self._column.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        for button, name in self._buttons:
            button.setIcon(icon(name, theme.text))
