"""The question of a slide, over the picture, until the answer is shown."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QWidget

MARGIN = 24
ABOVE = 84  # pixels from the lower edge: over the transport


class QuestionBar(QLabel):
    """Large words at the lower edge; a click asks for the answer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(16)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def ask(self, question: str) -> None:
        """Show a question, or "" to show none."""
        self.setText(question)
        self.setAccessibleName(question)
        self.setVisible(bool(question))
        self.place()

    def place(self) -> None:
        """Take the place in the parent that the words need."""
        parent = self.parentWidget()
        if parent is not None and self.isVisible():
            width = min(parent.width() - 2 * MARGIN, 1100)
            height = max(self.heightForWidth(width), 60)
            self.setGeometry((parent.width() - width) // 2, parent.height() - height - ABOVE, width, height)
            self.raise_()
