"""Panda and caviar: how many models the same machine has tried in the same time, one mark each."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.figures import fitting, paint_figure, paint_line
from gui.tune.shades import score_steps
from gui.tune.trial_marks import CROSS, draw_trials
from gui.views.canvas import Canvas
from landscape.tuning.minute import Minute

NAMES = ("Panda", "Caviar")
WAYS = ("one model after another", "many models at once")
SENTENCE = (
    "The same machine, time and trials. Whoever babysits changes one model as it trains:"
    " the panda’s count is the most one could try."
)
LARGEST, SMALLEST = 2.4, 0.3  # units from mark to mark
SHRINK = 1.2  # marks become smaller in steps, so that they do not move with each one
FEWEST = 24  # models that there is room for from the beginning


class MinuteView(Canvas):
    """Two columns of marks: filled ones have learned, hollow ones have not, crosses have diverged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._minute: Minute | None = None
        self._learned: float | None = None
        self.setAccessibleName("Panda and caviar")

    def show_minute(self, minute: Minute | None, learned: float | None = None) -> None:
        """Show what was tried so far; from the score `learned` on, if it is given, a model has learned."""
        self._minute, self._learned = minute, learned
        sides = (
            [] if minute is None else [(NAMES[side], self.figure(side), self.clock(side)) for side in (0, 1)]
        )
        words = [f"{name}: {', '.join(filter(None, figure))}, {clock}." for name, figure, clock in sides]
        self.setAccessibleDescription(" ".join([*words, self.sentence]))
        self.still_changed()

    # --- words -------------------------------------------------------------------------------------

    def scores(self, side: int) -> tuple[float, ...]:
        """The scores of one column."""
        return () if self._minute is None else (self._minute.panda, self._minute.caviar)[side]

    def spent(self, side: int) -> float:
        """Seconds so far of one column."""
        now = self._minute
        if now is None or (side == 1 and now.turn == "panda"):
            return 0.0
        return now.spent if NAMES[side].lower() == now.turn else now.seconds

    def clock(self, side: int) -> str:
        """How much of its time one column has had."""
        return "" if self._minute is None else f"{self.spent(side):.1f} of {self._minute.seconds:g} s"

    def figure(self, side: int) -> tuple[str, str, str]:
        """How many models, the best of them, and what became of the others."""
        scores = np.array(self.scores(side))
        finite = scores[np.isfinite(scores)]
        models = "model" if len(scores) == 1 else "models"
        best = f" · best {finite.max():.3f}" if len(finite) else ""
        fates = []
        if len(finite) and self._learned is not None:
            fates.append(f"{int((finite >= self._learned).sum()):,} learned")
        if len(finite) < len(scores):
            fates.append(f"{len(scores) - len(finite):,} diverged")
        return f"{len(scores):,}", models + best, " · ".join(fates)

    @property
    def sentence(self) -> str:
        """What is to be known of the contest."""
        now = self._minute
        if now is not None and now.turn == "panda" and not now.spent:
            return f"The workers are starting: {now.start_up:.1f} s, which count for neither."
        return SENTENCE

    # --- geometry ----------------------------------------------------------------------------------

    def _unit(self, area: QRectF) -> float:
        return min(self.theme.axis * self.type_scale, area.height() / 18, area.width() / 44)

    def column_area(self, area: QRectF, side: int) -> QRectF:
        """One column, words included."""
        unit, half = self._unit(area), area.width() / 2
        column = QRectF(area.left() + side * half, area.top(), half, area.height())
        return column.adjusted((1.4 - 0.4 * side) * unit, 0.9 * unit, -(1.0 + 0.4 * side) * unit, -3.6 * unit)

    def marks_area(self, area: QRectF, side: int) -> QRectF:
        """Where one column's marks are."""
        unit = self._unit(area)
        return self.column_area(area, side).adjusted(0, 7.4 * unit, 0, 0)

    def spots(self, area: QRectF, side: int) -> tuple[np.ndarray, float]:
        """The marks' middles `(models, 2)`, row by row, and how far they are apart in both columns."""
        place, unit = self.marks_area(area, side), self._unit(area)
        most = max(len(self.scores(0)), len(self.scores(1)), FEWEST)
        pitch = LARGEST * unit
        while pitch > SMALLEST * unit and _room(place, pitch) < most:
            pitch /= SHRINK
        row = max(int(place.width() / pitch), 1)
        numbers = np.arange(min(len(self.scores(side)), max(_room(place, pitch), 0)))
        x, y = numbers % row, numbers // row
        return np.stack([place.left() + (x + 0.5) * pitch, place.top() + (y + 0.5) * pitch], axis=1), pitch

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        if self._minute is None:
            self.paint_hint(painter, area)
            return
        unit = self._unit(area)
        for side in (0, 1):
            self._paint_head(painter, self.column_area(area, side), side, unit)
            self._paint_marks(painter, area, side)
        foot = area.adjusted(1.4 * unit, area.height() - 3.4 * unit, -1.4 * unit, -0.6 * unit)
        type_ = fitting([self.sentence], unit, foot.width())
        if type_.pixelSize() < 0.85 * unit:  # better on two lines
            type_ = fitting([self.sentence], unit, 1.8 * foot.width())
        painter.setFont(type_)
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap), self.sentence)

    def _paint_head(self, painter: QPainter, column: QRectF, side: int, unit: float) -> None:
        """Who it is, its clock, and what it has come to."""
        assert self._minute is not None
        line = QRectF(column.left(), column.top(), column.width(), 2 * unit)
        type_ = font(unit)
        painter.setFont(type_)
        clock = painter.fontMetrics().horizontalAdvance(self.clock(side))
        wide = paint_line(painter, line, NAMES[side], font(1.4 * unit, 600), self.theme.text)
        rest = line.adjusted(wide + 0.7 * unit, 0, -clock - 0.8 * unit, 0)
        painter.setFont(type_)
        if painter.fontMetrics().horizontalAdvance(WAYS[side]) <= rest.width():
            paint_line(painter, rest, WAYS[side], type_, self.theme.dim)
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.clock(side))
        groove = QRectF(line.left(), line.bottom() + 0.3 * unit, line.width(), 0.36 * unit)
        share = min(self.spent(side) / self._minute.seconds, 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        for length, ink in ((1.0, self.theme.hairline), (share, self.theme.accent)):
            painter.setBrush(QColor(ink))
            bar = QRectF(groove.left(), groove.top(), length * groove.width(), groove.height())
            if length:
                painter.drawRoundedRect(bar, groove.height() / 2, groove.height() / 2)
        number, *words = self.figure(side)
        box = QRectF(line.left(), groove.bottom() + 0.6 * unit, line.width(), 3.4 * unit)
        paint_figure(painter, box, unit, self.theme, number, words)

    def _paint_marks(self, painter: QPainter, area: QRectF, side: int) -> None:
        spots, pitch = self.spots(area, side)
        both = np.array([*self.scores(0), *self.scores(1)])
        first = len(self.scores(0)) * side
        steps = score_steps(both)[first : first + len(spots)]  # the same colours in both columns
        scores = both[first : first + len(spots)]
        radius = 0.4 * pitch
        least = -math.inf if self._learned is None else self._learned
        dull = np.isfinite(scores) & (scores < least)
        kinds = np.where(np.isfinite(scores), steps, CROSS)
        draw_trials(painter, spots[~dull], kinds[~dull], self.theme, radius)
        painter.setPen(QPen(QColor(self.theme.dim), max(0.22 * radius, 0.8)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in spots[dull].tolist():
            painter.drawEllipse(QPointF(x, y), 0.8 * radius, 0.8 * radius)


def _room(place: QRectF, pitch: float) -> int:
    """How many marks have room."""
    return math.floor(place.width() / pitch) * math.floor(place.height() / pitch)
