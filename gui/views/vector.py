"""A sheet as lines and letters: SVG and PDF, painted by the same views."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QBuffer, QMarginsF, QPoint, QPointF, QRect, QSizeF
from PyQt6.QtGui import QPageSize, QPainter, QPainterPath, QPdfWriter
from PyQt6.QtSvg import QSvgGenerator

from gui.theme import font
from gui.views.film_frame import Sheet

POINTS = 0.75  # of a typographer, in a pixel


def write_svg(sheet: Sheet, target: Path) -> None:
    """Write a sheet as SVG.

    Qt's own SVG knows no clipping, without which curves run out of their charts: each view is written by
    itself and set into a frame here.
    """
    width, height = sheet.size.width(), sheet.size.height()
    parts = [_drawing(sheet, sheet.paint_ground)]
    for number, (view, place) in enumerate(sheet.places):

        def paint(painter: QPainter, view=view, place=place) -> None:  # type: ignore[no-untyped-def]
            view.paint_at(painter, place, sheet.scale)

        frame = (
            f'<rect x="{place.x()}" y="{place.y()}" width="{place.width()}" height="{place.height()}"'
            f' rx="{view.corner * sheet.scale:g}"/>'
        )
        parts.append(
            f'<clipPath id="view{number}">{frame}</clipPath>\n<g clip-path="url(#view{number})">'
            f"{_drawing(sheet, paint)}</g>"
        )
    target.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">\n<title>{html.escape(sheet.title)}</title>\n'
        + "\n".join(parts)
        + "\n</svg>\n",
        encoding="utf-8",
    )


def _drawing(sheet: Sheet, paint: Callable[[QPainter], None]) -> str:
    """What Qt writes for a painting, without the document around it."""
    buffer = QBuffer()
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(sheet.size)
    device.setViewBox(QRect(QPoint(0, 0), sheet.size))
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        paint(painter)
    finally:
        painter.end()
    text = buffer.data().data().decode()
    inner = text[text.index("</defs>") + len("</defs>") : text.rindex("</svg>")]
    return re.sub(r"<text\b([^>]*)>(.*?)</text>", _outlined, inner, flags=re.DOTALL)


def _outlined(found: re.Match[str]) -> str:
    """A text as the outlines of its letters: who opens the file need not have our typeface."""
    given = dict(re.findall(r'([\w-]+)="([^"]*)"', found[1]))
    text = html.unescape(found[2]).strip("\n")
    type_ = font(float(given["font-size"]), int(given["font-weight"]))
    letters = QPainterPath()
    letters.addText(QPointF(float(given["x"]), float(given["y"])), type_, text)
    words, place = [], 0
    while place < letters.elementCount():
        element = letters.elementAt(place)
        count, word = (3, "C") if element.isCurveTo() else (1, "M" if element.isMoveTo() else "L")
        points = [letters.elementAt(place + k) for k in range(count)]
        words.append(word + " ".join(f"{p.x:.2f} {p.y:.2f}" for p in points))
        place += count
    return (
        f'<path aria-label="{html.escape(text)}" fill="{given["fill"]}" stroke="none" fill-rule="nonzero"'
        f' fill-opacity="{given["fill-opacity"]}" d="{"".join(words)}"/>'
    )


def write_pdf(sheet: Sheet, target: Path) -> None:
    """Write a sheet as a PDF page, a unit of which is one of the sheet's pixels.

    Raises
    ------
    OSError
        if it cannot be written.
    """
    page = QSizeF(sheet.size.width() * POINTS, sheet.size.height() * POINTS)
    size = QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    device = pdf_device(target, size, sheet.title)
    painter = QPainter()
    done = painter.begin(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        paint_sheet(painter, sheet)
    finally:
        done = painter.end() and done
    if not done:
        raise OSError(28, "there is no room for it")


def pdf_device(target: Path, page: QPageSize, title: str) -> QPdfWriter:
    """A PDF to be painted on, 96 units to the inch, without margins."""
    device = QPdfWriter(str(target))
    device.setPageSize(page)
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    device.setResolution(96)
    device.setTitle(title)
    return device


def paint_sheet(painter: QPainter, sheet: Sheet) -> None:
    """Paint a sheet in lines, with its upper left corner where the painter is."""
    sheet.paint_ground(painter)
    for view, place in sheet.places:
        view.paint_at(painter, place, sheet.scale)
