"""A slide that can only be seen live, as an export: its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from gui.theme import Theme, font
from gui.views.canvas import Canvas
from gui.views.film_frame import Film, Reel, Sheet
from landscape.export_plan import Export
from landscape.scene import Scene

LIVE = "This is measured live, in the program."


class Words(Canvas):
    """A sentence in the middle of a card."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        outline = self.card(painter, area)
        painter.setFont(font(1.6 * self.theme.title))
        painter.setPen(QColor(self.theme.text))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(area.adjusted(40, 20, -40, -20), flags, self._words)
        self.card_edge(painter, outline)


def _prepared(scene: Scene, export: Export, steps: Sequence[int]) -> Iterator[Any]:
    yield scene


def _opened(scene: Scene, theme: Theme, export: Export, question: str) -> Reel:
    view = Words("\n\n".join(filter(None, ("" if question else scene.caption, LIVE))))
    view.set_theme(theme)
    sheet = Sheet(theme, export, scene.title, "", lambda area, scale: [(view, area)], question)
    return Reel(sheet, lambda step, turn: None)


CARD_FILM = Film(lambda scene: 1, _prepared, _opened)
