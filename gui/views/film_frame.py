"""One frame of an export: a title, a caption, and views in their places, at any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, QRect, QSize
from PyQt6.QtGui import QColor, QImage, QPainter, QPixmap, QRegion

from gui.theme import Theme
from gui.views.canvas import Canvas
from gui.views.film_words import MARGIN, Head, paint_question
from gui.views.images import image_pixels
from landscape.errors import LandscapeError
from landscape.export_plan import Export
from landscape.scene import Scene

USUAL_SIDE = 720  # pixels of the shorter side at which type and lines are as large as in the window
TYPE_SCALE = 1.15
GAP = 10  # at that size

Place = tuple[Canvas, QRect]


@dataclass(frozen=True)
class Film:
    """How a workspace is exported.

    Attributes
    ----------
    steps : the last step, or epoch, of a scene
    prepare : computes what these steps of a scene are drawn from, away from the GUI thread; yields sentences
        on how far it has got, and at last what `open` takes
    open : makes the views, on the GUI thread; with a question, nothing gives its answer away
    """

    steps: Callable[[Scene], int]
    prepare: Callable[[Scene, Export, Sequence[int]], Iterator[Any]]
    open: Callable[[Any, Theme, Export, str], Reel]


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
    question : stands over the picture, and title and caption, which may be its answer, do not show
    """

    def __init__(
        self, theme: Theme, export: Export, title: str, caption: str,
        place_views: Callable[[QRect, float], Sequence[Place]], question: str = "",
    ) -> None:  # fmt: skip
        self.size = QSize(export.width, export.height)
        self.scale = scale_of(export)
        self.theme = theme
        self.title = title
        self._question = question
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
            if self._question:
                painter.setClipping(False)
                self._paint_question(painter)
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
            self._head.paint(painter, "Question" if self._question else "")
            painter.restore()

    def _paint_question(self, painter: QPainter) -> None:
        painter.save()
        painter.scale(self.scale, self.scale)
        width, height = self.size.width() / self.scale, self.size.height() / self.scale
        paint_question(painter, self.theme, self._question, width, height)
        painter.restore()


def scale_of(export: Export) -> float:
    """By how much type and lines are larger than in the window."""
    return min(export.width, export.height) / USUAL_SIDE


def give_size(view: Canvas, place: QRect, scale: float) -> None:
    """Tell a view how much room it has, for what it decides by that."""
    view.resize(max(round(place.width() / scale), 1), max(round(place.height() / scale), 1))


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
