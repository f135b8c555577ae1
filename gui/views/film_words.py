"""The words of a frame: title and caption at its top, a question over it."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QTextLayout, QTextOption

from gui.theme import Theme, font

MARGIN = 16  # at the usual size
MOST_LINES = 3  # of a caption


class Head:
    """Title and caption: side by side if that fits, else the caption below, in as many lines as it takes."""

    def __init__(self, theme: Theme, title: str, caption: str, width: float) -> None:
        self._theme = theme
        self._title_font, self._font = font(theme.title * 1.3, 600), font(theme.title * 0.85)
        room = width - 2 * MARGIN
        metrics, small = QFontMetricsF(self._title_font), QFontMetricsF(self._font)
        self._title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
        begin = MARGIN + metrics.horizontalAdvance(self._title) + 0.8 * theme.title
        self._base = MARGIN * 0.6 + metrics.ascent()
        bottom = self._base + metrics.descent()
        if begin + small.horizontalAdvance(caption) <= width - MARGIN:
            self._lines = [(QPointF(begin, self._base), caption)]
        else:
            self._lines = []
            for line in wrapped(caption, self._font, room):
                bottom += small.height() * 1.08
                self._lines.append((QPointF(MARGIN, bottom - small.descent()), line))
        self.height = bottom + 0.6 * MARGIN

    def paint(self, painter: QPainter, instead: str = "") -> None:
        """Write them at the top, or something else instead."""
        painter.setFont(self._title_font)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QPointF(MARGIN, self._base), instead or self._title)
        painter.setFont(self._font)
        painter.setPen(QColor(self._theme.dim))
        for at, line in () if instead else self._lines:
            painter.drawText(at, line)


def paint_question(painter: QPainter, theme: Theme, question: str, width: float, height: float) -> None:
    """A question in large words on a bar at the lower edge of a picture of this size."""
    type_ = font(theme.title * 1.5, 600)
    lines = wrapped(question, type_, width - 8 * MARGIN)
    metrics = QFontMetricsF(type_)
    step = metrics.height() * 1.08
    broad = max(metrics.horizontalAdvance(line) for line in lines) + 4 * MARGIN
    high = step * len(lines) + 1.6 * MARGIN
    bar = QRectF((width - broad) / 2, height - high - 3 * MARGIN, broad, high)
    outline = QPainterPath()
    outline.addRoundedRect(bar, 14, 14)
    painter.fillPath(outline, QColor(theme.accent))
    painter.setFont(type_)
    painter.setPen(QColor(theme.on_accent))
    for number, line in enumerate(lines):
        row = QRectF(bar.left(), bar.top() + 0.8 * MARGIN + number * step, broad, step)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, line)


def wrapped(text: str, type_: QFont, width: float) -> list[str]:
    """The lines of a text; the last one ends in … where there are too many."""
    layout = QTextLayout(text, type_)
    layout.setTextOption(QTextOption())
    layout.beginLayout()
    starts = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:], len(text)]
    lines = [text[begin:end].strip() for begin, end in zip(starts, ends, strict=True)]
    if len(lines) > MOST_LINES:
        rest = text[starts[MOST_LINES - 1] :]
        lines = lines[: MOST_LINES - 1]
        lines.append(QFontMetricsF(type_).elidedText(rest, Qt.TextElideMode.ElideRight, width))
    return lines
