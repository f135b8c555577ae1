"""Stands in the place of a picture that would give an answer away."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from gui.views.canvas import Canvas


class Covered(Canvas):
    """A card with a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.hint = sentence

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        self.paint_hint(painter, area)
