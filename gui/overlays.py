"""What lies over the window for a while: a sentence, or nothing at all."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QLabel, QWidget

BANNER_SECONDS = 9


class Banner(QLabel):
    """A sentence that does not block: it goes by itself, or with a click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMargin(10)
        self.setAccessibleName("Message")
        self.hide()
        self._clear = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(BANNER_SECONDS * 1000)
        self._timer.timeout.connect(self.hide)

    def say(self, sentence: str) -> None:
        """Show a sentence for some seconds."""
        self.setText(sentence)
        self.show()
        self.place()
        self.raise_()
        self._timer.start()

    def set_clear(self, pixels: int) -> None:
        """So much above its usual place there is something that it must not cover."""
        self._clear = pixels
        self.place()

    def place(self) -> None:
        """Stand at the bottom, over the transport."""
        parent = self.parentWidget()
        if parent is not None:
            width = min(620, parent.width() - 40)
            self.setFixedWidth(width)
            self.setFixedHeight(max(self.heightForWidth(width), 38))
            self.move((parent.width() - width) // 2, parent.height() - self.height() - 84 - self._clear)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self.hide()


class BlackScreen(QWidget):
    """Nothing at all: the audience should look at the speaker."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()
