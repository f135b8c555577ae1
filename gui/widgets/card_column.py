"""The column of cards with the knobs, at the right of a workspace."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui.theme import Theme
from gui.widgets.tab_order import follow_layout

WIDTH, WIDE = 318, 356  # for the usual and for larger type


class CardColumn(QScrollArea):
    """Cards one below the other; only what scrolls is for the column, all other keys go on to the window."""

    def __init__(self, cards: Iterable[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(10)
        for card in cards:
            self._column.addWidget(card)
        self._column.addStretch(1)
        content = QWidget()
        content.setLayout(self._column)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)

    def order_tabs(self) -> None:
        """Let the Tab key follow the column; again whenever controls were taken out or put in."""
        follow_layout(self._column)

    def fit(self, theme: Theme) -> None:
        """Take the width that the type needs."""
        self.setFixedWidth(WIDTH if theme.font < 15 else WIDE)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers():
            super().keyPressEvent(event)
        else:
            event.ignore()
