"""One frame of an export: a title, a caption, and views in their places, at any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPixmap, QRegion, QTextLayout, QTextOption

from gui.theme import Theme, font
from gui.views.canvas import Canvas
from gui.views.images import image_pixels
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.scene import Scene

USUAL_SIDE = 720  # pixels of the shorter side at which type and lines are as large as in the window
TYPE_SCALE = 1.15
MARGIN, GAP = 16, 10  # at that size
MOST_LINES = 3  # of a caption

Place = tuple[Canvas, QRect]


@dataclass(frozen=True)
class Film:
    """How a workspace is exported.

    Attributes
    ----------
    steps : the last step, or epoch, of a scene
    prepare : computes what these steps of a scene are drawn from, away from the GUI thread; yields sentences
        on how far it has got, and at last what `open` takes
    open : makes the views, on the GUI thread
    """

    steps: Callable[[Scene], int]
    prepare: Callable[[Scene, Export, Sequence[int]], Iterator[Any]]
    open: Callable[[Any, Theme, Export], Reel]


@dataclass
class Reel:
    """Views that show one step after the other.

    Attributes
    ----------
    show : takes a step, and by how many degrees the camera has turned
    trouble : sentences of views that have stopped drawing
    """

    sheet: Sheet
    show: Callable[[int, float], None]
    trouble: list[str] = field(default_factory=list)

    def frame(self, step: int, turn: float = 0.0) -> np.ndarray:
        """The picture of a step, as `Sheet.frame` has it.

        Raises
        ------
        LandscapeError
            if a view has stopped drawing.
        """
        self.show(step, turn)
        pixels = self.sheet.frame()
        if self.trouble:
            raise LandscapeError(self.trouble[0])
        return pixels


class Sheet:
    """A picture of views in their places under a title; what does not move is painted once.

    Parameters
    ----------
    place_views : given the room below the title and the scale, says where each view is, in pixels
    """

    def __init__(
        self, theme: Theme, export: Export, title: str, caption: str,
        place_views: Callable[[QRect, float], Sequence[Place]],
    ) -> None:  # fmt: skip
        self.size = QSize(export.width, export.height)
        self.scale = scale_of(export)
        self.theme = theme
        self.title = title
        self._head = Head(theme, title, caption, self.size.width() / self.scale) if export.caption else None
        margin = round(MARGIN * self.scale)
        top = margin if self._head is None else round(self._head.height * self.scale)
        self.places = place_views(
            QRect(QPoint(0, 0), self.size).adjusted(margin, top, -margin, -margin), self.scale
        )
        for view, _ in self.places:
            view.setEnabled(False)  # nobody can touch it, and it does not say so
        self._around = QRegion(QRect(QPoint(0, 0), self.size))  # the views fill the rest
        for _, place in self.places:
            self._around -= QRegion(place)
        self._ground: QPixmap | None = None

    def frame(self) -> np.ndarray:
        """The picture `(height, width, 4)`, blue, green, red, unused; an array of its own each time."""
        image = QImage(self.size, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            painter.setClipRegion(self._around)
            painter.drawPixmap(0, 0, self._grounded())
            for view, place in self.places:
                view.paint_at(painter, place, self.scale, keep=True)
        finally:  # a painter that outlives its picture takes the program with it
            painter.end()
        return image_pixels(image)

    def close(self) -> None:
        """Let go of the views."""
        for view, _ in self.places:
            view.deleteLater()

    def _grounded(self) -> QPixmap:
        if self._ground is None:
            self._ground = QPixmap(self.size)
            painter = QPainter(self._ground)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            try:
                self.paint_ground(painter)
            finally:
                painter.end()
        return self._ground

    def paint_ground(self, painter: QPainter) -> None:
        """Paint what is around the views: the ground, title and caption."""
        painter.fillRect(QRect(QPoint(0, 0), self.size), QColor(self.theme.window))
        if self._head is not None:
            painter.save()
            painter.scale(self.scale, self.scale)
            self._head.paint(painter)
            painter.restore()


def scale_of(export: Export) -> float:
    """By how much type and lines are larger than in the window."""
    return min(export.width, export.height) / USUAL_SIDE


def give_size(view: Canvas, place: QRect, scale: float) -> None:
    """Tell a view how much room it has, for what it decides by that."""
    view.resize(max(round(place.width() / scale), 1), max(round(place.height() / scale), 1))


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
            for line in _wrapped(caption, self._font, room):
                bottom += small.height() * 1.08
                self._lines.append((QPointF(MARGIN, bottom - small.descent()), line))
        self.height = bottom + 0.6 * MARGIN

    def paint(self, painter: QPainter) -> None:
        """Write them at the top."""
        painter.setFont(self._title_font)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QPointF(MARGIN, self._base), self._title)
        painter.setFont(self._font)
        painter.setPen(QColor(self._theme.dim))
        for at, line in self._lines:
            painter.drawText(at, line)


def _wrapped(text: str, type_: Any, width: float) -> list[str]:
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


def columns(area: QRect, shares: Sequence[float], gap: float) -> list[QRect]:
    """The area cut into columns with these shares of its width."""
    room = area.width() - gap * (len(shares) - 1)
    found, left = [], float(area.left())
    for share in shares:
        width = room * share / sum(shares)
        found.append(QRect(round(left), area.top(), round(left + width) - round(left), area.height()))
        left += width + gap
    return found


def rows(area: QRect, shares: Sequence[float], gap: float) -> list[QRect]:
    """The area cut into rows with these shares of its height."""
    turned = QRect(area.top(), area.left(), area.height(), area.width())
    return [QRect(r.top(), r.left(), r.height(), r.width()) for r in columns(turned, shares, gap)]
