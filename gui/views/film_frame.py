"""One frame of an animation: a title, a caption, and views in their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from gui.theme import Theme, font
from gui.views.canvas import Canvas
from landscape.scene import Scene

Size = tuple[int, int]
USUAL_HEIGHT = 720  # at which type and lines have the size that they have in the window


@dataclass(frozen=True)
class Film:
    """How a workspace is drawn into an animation.

    Attributes
    ----------
    prepare : computes what the frames of a scene are drawn from, away from the GUI thread; yields sentences
        on how far it has got, and at last what `draw` takes
    draw : draws so many frames, the last one first and then from the start on
    colours : those that no film may lose, however few pixels they take
    """

    prepare: Callable[[Scene, int], Iterator[Any]]
    draw: Callable[[Any, Theme, Size, int], Iterator[QImage]]
    colours: Callable[[Scene, Theme], list[str]]


def head_height(size: Size) -> float:
    """Room for title and caption, in pixels."""
    return 56 * size[1] / USUAL_HEIGHT


def film_frame(
    theme: Theme, size: Size, title: str, caption: str, parts: Sequence[tuple[Canvas, QRectF]]
) -> QImage:
    """The picture of these views in these places (pixels), under a title."""
    scale = size[1] / USUAL_HEIGHT
    image = QImage(QSize(*size), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.window))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        _write_head(painter, theme, title, caption, size[0], scale)
        for view, area in parts:
            picture = view.render_image(QSize(int(area.width()), int(area.height())), scale)
            painter.drawImage(area.topLeft(), picture)
    finally:
        painter.end()
    return image


def _write_head(painter: QPainter, theme: Theme, title: str, caption: str, width: int, scale: float) -> None:
    margin = 16 * scale
    painter.setFont(font(22 * scale, 600))
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(margin, 36 * scale), title)
    begin = margin + painter.fontMetrics().horizontalAdvance(title) + 14 * scale
    painter.setFont(font(14 * scale))
    painter.setPen(QColor(theme.dim))
    shown = painter.fontMetrics().elidedText(
        caption, Qt.TextElideMode.ElideRight, int(width - begin - margin)
    )
    painter.drawText(QPointF(begin, 36 * scale), shown)
