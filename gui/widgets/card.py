"""A card: rounded ground, a heading, and a column for its content."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

ELLIPSIS = "…"


def label(text: str, kind: str = "", wrap: bool = False) -> QLabel:
    """A label of one of the kinds that the style sheet knows: title, heading, dim, warning, name."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setProperty("kind", kind)
    result.setWordWrap(wrap)
    if wrap:
        result.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return result


class Card(QFrame):
    """Content goes into `body`; small buttons beside the heading into `header`."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 10, 14, 12)
        self.body.setSpacing(8)
        self.header = QHBoxLayout()
        self.header.setSpacing(6)
        if heading:
            self.header.addWidget(label(heading, "heading"))
            self.header.addStretch(1)
            self.body.addLayout(self.header)


class OneLine(QLabel):
    """A sentence with … where there is no room for all of it: at its end, or wherever `elide` says."""

    elide = Qt.TextElideMode.ElideRight

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), self.elide, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        if shown != ELLIPSIS:  # alone it says nothing
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class Headline(QHBoxLayout):
    """What a workspace shows: a title, and one sentence beside it; buttons may follow."""

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(12)
        self.title = OneLine()
        self.title.setProperty("kind", "title")
        self.caption = OneLine()
        self.caption.setProperty("kind", "caption")
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.addWidget(self.title)
        self.addWidget(self.caption, 1)

    def say(self, title: str, caption: str) -> None:
        """Show these words; the whole sentence on hovering."""
        self.title.setText(title)
        self.title.setToolTip(title)
        self.caption.setText(caption)
        self.caption.setToolTip(caption)


class FixedLines(QLabel):
    """Live text in lines of fixed height, so that the page does not move; all of it on hovering."""

    def __init__(self, lines: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "dim")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(lines > 1)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lines = lines
        self.refit()

    def refit(self) -> None:
        """Take the height of the lines in the present type."""
        self.setFixedHeight(self._lines * self.fontMetrics().lineSpacing() + 2)

    def say(self, sentence: str) -> None:
        """Show a sentence, and the whole of it on hovering."""
        if sentence != self.text():
            self.setText(sentence)
            self.setToolTip(sentence)
