"""A lesson on paper: an A4 page for each slide, its last picture in lines, question and notes below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPageSize,
    QPainter,
    QPalette,
    QTextDocument,
)

from gui.export.clip import Clip
from gui.theme import LIGHT, font
from gui.views.vector import paint_sheet, pdf_device
from landscape.lesson import Lesson

PIXELS = (794, 1123)  # of an A4 page, 96 to the inch
EDGE = 48  # white around
PICTURE = (1180, 900)  # what is drawn, before it is made as wide as the page
LINE = 34  # between the lines to write on


def write_handout(lesson: Lesson, clips: list[Clip], target: Path) -> Iterator[int]:
    """Write the pages; yields how many there are so far.

    Raises
    ------
    OSError
        if it cannot be written.
    """
    device = pdf_device(target, QPageSize(QPageSize.PageSizeId.A4), lesson.title)
    painter = QPainter()
    done = painter.begin(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        for number, (clip, slide) in enumerate(zip(clips, lesson.slides, strict=True), start=1):
            if number > 1:
                device.newPage()
            _paint_picture(painter, clip)
            words = [f"Predict first: {slide.question}"] if slide.question else []
            bottom = _paint_words(painter, [*words, *filter(None, [clip.scene.notes])])
            _paint_lines(painter, bottom)
            _paint_foot(painter, lesson.title, f"{number} / {len(clips)}")
            yield number
    finally:
        done = painter.end() and done
    if not done:
        raise OSError(28, "there is no room for it")


def _paint_picture(painter: QPainter, clip: Clip) -> None:
    """The last picture of a slide, at the top of the page."""
    export = replace(clip.export, width=PICTURE[0], height=PICTURE[1], theme=LIGHT.name, caption=True)
    reel = clip.open(export)
    try:
        reel.show(clip.last, 0.0)
        painter.save()
        painter.translate(EDGE, EDGE)
        painter.scale(_shrunk(), _shrunk())
        paint_sheet(painter, reel.sheet)
        painter.restore()
    finally:
        reel.sheet.close()


def _shrunk() -> float:
    return (PIXELS[0] - 2 * EDGE) / PICTURE[0]


def _paint_words(painter: QPainter, paragraphs: list[str]) -> float:
    """The text below the picture; returns where it ends."""
    top = EDGE + PICTURE[1] * _shrunk() + 14
    for paragraph in paragraphs:
        text = QTextDocument()
        text.setDefaultFont(font(14))
        text.setPlainText(paragraph)
        text.setTextWidth(PIXELS[0] - 2 * EDGE)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(LIGHT.text))
        painter.save()
        painter.translate(EDGE, top)
        layout = text.documentLayout()
        assert layout is not None
        layout.draw(painter, context)
        painter.restore()
        top += text.size().height() + 4
    return top


def _paint_lines(painter: QPainter, top: float) -> None:
    """Lines to write on, as far as there is room."""
    painter.setPen(QColor(LIGHT.hairline))
    line = top + LINE
    while line < PIXELS[1] - EDGE - LINE:
        painter.drawLine(QPointF(EDGE, line), QPointF(PIXELS[0] - EDGE, line))
        line += LINE


def _paint_foot(painter: QPainter, title: str, place: str) -> None:
    row = QRectF(EDGE, PIXELS[1] - EDGE, PIXELS[0] - 2 * EDGE, 20)
    painter.setFont(font(11))
    painter.setPen(QColor(LIGHT.dim))
    painter.drawText(row, Qt.AlignmentFlag.AlignLeft, title)
    painter.drawText(row, Qt.AlignmentFlag.AlignRight, place)
