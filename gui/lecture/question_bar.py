"""The question of a slide, over the picture, until the answer is shown."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QWidget

MARGIN = 24
ABOVE, AT_EDGE = 84, 6  # pixels from the lower edge: over the transport, or in its place


class QuestionBar(QLabel):
    """Large words at the lower edge, through which a click goes.

    In a lecture they lie on the transport, which is not needed while time stands still.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(10)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._above = ABOVE
        self.hide()

    def set_lecture(self, on: bool) -> None:
        """Make room for the pictures, or for the transport."""
        self._above = AT_EDGE if on else ABOVE
        self.place()

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
            self.ensurePolished()  # else it would be measured in another type
            line = self.fontMetrics().horizontalAdvance(self.text()) + 6 * self.margin()
            width = min(parent.width() - 2 * MARGIN, max(line, 600))  # one line, where there is room for it
            height = max(self.heightForWidth(width), 60)
            top = parent.height() - height - self._above
            self.setGeometry((parent.width() - width) // 2, top, width, height)
            self.raise_()
