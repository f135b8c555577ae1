"""The same machine as panda and as caviar: a mark for each model that was tried in the same time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.shades import score_steps
from gui.tune.trial_marks import CROSS, draw_trials
from gui.views.canvas import Canvas
from landscape.tuning.minute import Minute

NAMES = ("Panda: one model after the other", "Caviar: as many at once as there is room for")
LEAST_SIDE = 5.0  # pixels a mark at least has, else the last ones are left out


class MinuteView(Canvas):
    """Two fields of marks that fill."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._minute: Minute | None = None
        self.setAccessibleName("The same machine as panda and as caviar")

    def show_minute(self, minute: Minute | None) -> None:
        """Show what was tried so far."""
        self._minute = minute
        if minute is not None:
            self.setAccessibleDescription("; ".join(self.words(side) for side in (0, 1)))
        self.still_changed()

    def words(self, side: int) -> str:
        """How many models one of the two has tried, and the best."""
        assert self._minute is not None
        scores = (self._minute.panda, self._minute.caviar)[side]
        good = [score for score in scores if score == score]
        lost = len(scores) - len(good)
        parts = [f"{len(scores)} model" + ("s" if len(scores) != 1 else "")]
        parts += [f"best {max(good):.3f}"] if good else []
        parts += [f"{lost} diverged"] if lost else []
        return " · ".join(parts)

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        if self._minute is None:
            self.paint_hint(painter, area)
            return
        unit, half = self.theme.axis * self.type_scale, area.width() / 2
        most = max(len(self._minute.panda), len(self._minute.caviar), 24)
        steps = score_steps(np.array([*self._minute.panda, *self._minute.caviar], dtype=float))
        parts = np.split(steps, [len(self._minute.panda)])
        for side, scores in enumerate((self._minute.panda, self._minute.caviar)):
            field = QRectF(area.left() + side * half + 1.6 * unit, area.top() + 7.2 * unit, half - 3.2 * unit,
                           area.height() - 8.8 * unit)  # fmt: skip
            self._paint_side(painter, field, side, scores, parts[side], most, unit)

    def _paint_side(
        self, painter: QPainter, field: QRectF, side: int, scores: Sequence[float], steps: np.ndarray,
        most: int, unit: float,
    ) -> None:  # fmt: skip
        assert self._minute is not None
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self.theme.dim))
        size = 1.2 * unit
        painter.setFont(font(size))
        while painter.fontMetrics().horizontalAdvance(NAMES[side]) > field.width() and size > 7:
            size *= 0.95
            painter.setFont(font(size))
        painter.drawText(
            QRectF(field.left(), field.top() - 6 * unit, field.width(), 1.8 * unit), left, NAMES[side]
        )
        painter.setPen(QColor(self.theme.text))
        painter.setFont(font(1.8 * unit, 600))
        words = painter.fontMetrics().elidedText(
            self.words(side), Qt.TextElideMode.ElideRight, int(field.width())
        )
        painter.drawText(QRectF(field.left(), field.top() - 4 * unit, field.width(), 2.6 * unit), left, words)
        bar = QRectF(field.left(), field.top() - 1.1 * unit, field.width(), 0.3 * unit)
        turn = ("panda", "caviar").index(self._minute.turn)
        over = side < turn or self._minute.ended
        share = 1.0 if over else self._minute.spent / self._minute.seconds if side == turn else 0.0
        painter.fillRect(bar, QColor(self.theme.hairline))
        painter.fillRect(
            QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), QColor(self.theme.accent)
        )
        # Marks of both sides have the same size: what can be compared is how much they cover.
        cell = max(min(math.sqrt(field.width() * field.height() / most), 3 * unit), LEAST_SIDE)
        across = max(int(field.width() / cell), 1)
        shown = min(len(scores), across * max(int(field.height() / cell), 1))
        place = np.arange(shown)
        pixels = np.stack(
            [field.left() + (place % across + 0.5) * cell, field.top() + (place // across + 0.5) * cell],
            axis=1,
        )
        lost = ~np.isfinite(np.array(scores[:shown], dtype=float))
        draw_trials(painter, pixels, np.where(lost, CROSS, steps[:shown]), self.theme, round(0.36 * cell, 1))
