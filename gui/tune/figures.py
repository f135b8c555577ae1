"""A number that is looked at, with a line or two of words beside it, and how chances are written."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from gui.theme import Theme, font

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
LARGE = 2.3  # units
NUMBER_SHARE = 0.4  # of a box, which the number may take
SMALLEST = 0.62  # of its size, to which type may shrink before it is cut
LEGIBLE = 8.0  # pixels
FINEST = 5  # decimals


def chance_words(chance: float, certain: bool = False) -> str:
    """A chance in few digits that is never rounded up to certainty; only what is `certain` is 1.

    >>> chance_words(0.3333), chance_words(0.99999447), chance_words(1.0), chance_words(1.0, certain=True)
    ('0.333', '0.99999', '> 0.99999', '1')
    """
    if certain and chance >= 1:
        return "1"
    if chance < 0.9995:
        return f"{chance:.3f}"
    cut = math.floor(chance * 10**FINEST) / 10**FINEST
    return f"{cut:.{FINEST}f}" if chance < 1 - 10.0 ** -(FINEST + 1) else f"> {1 - 10.0**-FINEST:.{FINEST}f}"


def fitting(words: Sequence[str], size: float, room: float, weight: int = 400) -> QFont:
    """A font in which all of these go into so many pixels, as far as type may shrink."""
    metrics = QFontMetricsF(font(size, weight))
    widest = max((metrics.horizontalAdvance(each) for each in words), default=0.0)
    if widest <= room:
        return font(size, weight)
    return font(max(math.floor(size * room / widest), SMALLEST * size, LEGIBLE), weight)


def paint_line(painter: QPainter, box: QRectF, words: str, type_: QFont, colour: str) -> float:
    """Words at the left of a box, cut where they do not fit; returns how wide they came out."""
    metrics = QFontMetricsF(type_)
    if metrics.horizontalAdvance(words) > box.width() + 1:
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(box.width(), 0.0))
    painter.setFont(type_)
    painter.setPen(QColor(colour))
    painter.drawText(box, LEFT, words)
    return metrics.horizontalAdvance(words)


def paint_figure(
    painter: QPainter, box: QRectF, unit: float, theme: Theme, number: str, lines: Sequence[str]
) -> None:
    """A large number, and beside it lines of words, if any: the first bright, the others dim."""
    lines = [words for words in lines if words]
    large = fitting([number], LARGE * unit, NUMBER_SHARE * box.width(), 600)
    rest = box.adjusted(paint_line(painter, box, number, large, theme.text) + 0.8 * unit, 0, 0, 0)
    type_ = fitting(lines, unit, rest.width())
    height = max(1.45 * type_.pixelSize(), 1.2 * unit)
    top = rest.center().y() - height * len(lines) / 2
    for place, words in enumerate(lines):
        line = QRectF(rest.left(), top + place * height, rest.width(), height)
        paint_line(painter, line, words, type_, theme.dim if place else theme.text)
