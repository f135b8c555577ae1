"""A switch."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from gui.widgets.card import label


class Toggle(QAbstractButton):
    """On or off; a click, Space or Enter turns it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the picture

    def sizeHint(self) -> QSize:
        return QSize(32, 20)

    def show_on(self, on: bool) -> None:
        """Show this state without announcing it."""
        self.blockSignals(True)
        self.setChecked(on)
        self.blockSignals(False)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        roles = QPalette.ColorRole
        palette = self.palette()
        track = QRectF(1, 2, 30, 16)
        on = self.isChecked()
        if self.hasFocus():
            painter.setPen(QPen(palette.color(roles.Highlight), 1.5))
            painter.drawRoundedRect(track.adjusted(-0.5, -1.5, 0.5, 1.5), 9, 9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(roles.Highlight if on else roles.Mid))
        painter.drawRoundedRect(track, 8, 8)
        painter.setBrush(palette.color(roles.HighlightedText if on else roles.WindowText))
        painter.drawEllipse(QPointF(22.5 if on else 9.5, 10), 6, 6)
        painter.end()


class ToggleRow(QWidget):
    """A label with a switch at its right end; its help is the tooltip."""

    def __init__(self, text: str, help_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = Toggle(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(text))
        row.addStretch(1)
        row.addWidget(self.toggle)
        self.setToolTip(help_text)
