"""The axes of a plane of two features: ticks along the edges, names at their ends, and a note above."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter

from gui.theme import Theme, font
from gui.views.ticks import ticks
from landscape.numerals import numeral
from landscape.surface import Range

CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def plane_area(area: QRectF, unit: float, note: str, proportion: float | None = None) -> QRectF:
    """What is left for the plane; with a proportion (width to height), the largest such part of it."""
    lines = len(note_lines(note, area, unit))
    plot = area.adjusted(3.6 * unit, (0.9 + 1.45 * lines) * unit, -1.0 * unit, -2.2 * unit)
    if proportion is not None and plot.width() > 0 and plot.height() > 0:
        width = min(plot.width(), plot.height() * proportion)
        height = width / proportion
        middle = plot.center()
        plot = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
    return plot


def note_lines(note: str, area: QRectF, unit: float) -> list[str]:
    """The note in one line, or in two where there is height enough; … where it is cut short."""
    if not note:
        return []
    metrics, room = QFontMetricsF(font(unit)), area.width() - 2.4 * unit
    if metrics.horizontalAdvance(note) <= room or area.height() < 22 * unit:
        return [metrics.elidedText(note, Qt.TextElideMode.ElideRight, room)]
    words, first = note.split(" "), 1
    while metrics.horizontalAdvance(" ".join(words[: first + 1])) <= room:
        first += 1
    rest = " ".join(words[first:]).strip()
    lines = [" ".join(words[:first]), rest]
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines if line]


def draw_note(painter: QPainter, area: QRectF, unit: float, theme: Theme, note: str) -> None:
    """The note above the plane."""
    painter.setFont(font(unit))
    painter.setPen(QColor(theme.dim))
    for place, line in enumerate(note_lines(note, area, unit)):
        top = area.top() + (0.55 + 1.45 * place) * unit
        box = QRectF(area.left() + 1.2 * unit, top, area.width() - 2.4 * unit, 1.45 * unit)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)


def draw_axes(
    painter: QPainter, plot: QRectF, unit: float, theme: Theme, names: tuple[str, str],
    ranges: tuple[Range, Range],
) -> None:  # fmt: skip
    """Numbers along the left and lower edge; a name takes the place of those at its axis' end."""
    painter.setFont(font(unit))
    painter.setPen(QColor(theme.dim))
    metrics = QFontMetricsF(painter.font())
    x_taken = _draw_x_name(painter, plot, unit, metrics, names[0])
    y_taken = _draw_y_name(painter, plot, unit, metrics, names[1])
    low, high = ranges[0]
    for tick in ticks(low, high, max(3, int(plot.width() / (4.2 * unit)))):
        x, text = plot.left() + plot.width() * (tick - low) / (high - low), numeral(tick, 4)
        half = metrics.horizontalAdvance(text) / 2
        if x + half + 0.6 * unit < x_taken:
            painter.drawText(QRectF(x - half - 1, plot.bottom() + 0.3 * unit, 2 * half + 2, 1.5 * unit),
                             CENTRE, text)  # fmt: skip
    low, high = ranges[1]
    for tick in ticks(low, high, max(3, int(plot.height() / (4.2 * unit)))):
        y = plot.bottom() - plot.height() * (tick - low) / (high - low)
        if y - 0.7 * unit > y_taken:
            box = QRectF(plot.left() - 3.6 * unit, y - unit, 3.2 * unit, 2 * unit)
            painter.drawText(box, RIGHT, numeral(tick, 3))


def _draw_x_name(painter: QPainter, plot: QRectF, unit: float, metrics: QFontMetricsF, name: str) -> float:
    """The name at the right end; returns from where on there is no room for numbers."""
    if not name:
        return plot.right() + 2 * unit
    text = metrics.elidedText(f"{name} →", Qt.TextElideMode.ElideMiddle, 0.6 * plot.width())
    width = metrics.horizontalAdvance(text)
    box = QRectF(plot.right() - width - 1, plot.bottom() + 0.3 * unit, width + 1, 1.5 * unit)
    painter.drawText(box, RIGHT, text)
    return box.left()


def _draw_y_name(painter: QPainter, plot: QRectF, unit: float, metrics: QFontMetricsF, name: str) -> float:
    """The name at the upper end, upright if it is a letter; returns above where there are no numbers."""
    if not name:
        return plot.top() - 2 * unit
    if len(name) < 3:
        painter.drawText(QRectF(plot.left() - 3.6 * unit, plot.top(), 3.2 * unit, 1.5 * unit), RIGHT,
                         f"{name} ↑")  # fmt: skip
        return plot.top() + 1.7 * unit
    text = metrics.elidedText(f"{name} →", Qt.TextElideMode.ElideMiddle, 0.75 * plot.height())
    length = metrics.horizontalAdvance(text) + 2
    painter.save()
    painter.translate(plot.left() - 1.9 * unit, plot.top() + length)
    painter.rotate(-90)
    painter.drawText(QRectF(0, 0, length, 1.5 * unit), RIGHT, text)
    painter.restore()
    return plot.top() + length
