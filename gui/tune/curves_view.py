"""All learning curves of a search, rising together."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import font
from gui.tune.curve_mass import curve_pixels, draw_curves
from gui.tune.score_chart import ScoreChart
from gui.tune.trial_marks import BAR, CROSS, RING, draw_kind
from gui.views.lines import draw_broken_line
from gui.views.marks import draw_label
from gui.views.ticks import ticks

NEAR = 9.0  # pixels from a curve at which it is meant
MOST_ENDS = 400  # marks at the ends of curves


class CurvesView(ScoreChart):
    """Validation accuracy against epoch."""

    title = "validation accuracy against epoch, all trials"

    def paint_ground(self, painter: QPainter, plot: QRectF) -> None:
        assert self.columns is not None
        unit, epochs = self.unit, self.columns.accuracy.shape[1] - 1
        painter.setPen(QColor(self.theme.dim))
        for tick in ticks(0, max(epochs, 1), max(2, int(plot.width() / (5 * unit)))):
            x = plot.left() + tick / max(epochs, 1) * plot.width()
            box = QRectF(x - 3 * unit, plot.bottom() + 0.4 * unit, 6 * unit, 1.6 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:g}")

    def paint_trials(self, painter: QPainter, plot: QRectF, rows: Any) -> None:
        assert self.columns is not None
        columns = self.columns
        draw_curves(painter, columns.accuracy[rows], self.steps[rows], plot, self.ends, self.theme)
        ended = [("running", RING), ("diverged", CROSS), ("stopped", BAR)]
        for state, kind in ended:
            for row in [row for row in rows.tolist() if columns.are(state)[row]][:MOST_ENDS]:  # type: ignore[arg-type]
                at = self._end(row, plot)
                if at is not None:
                    painter.save()
                    painter.translate(at)
                    draw_kind(painter, kind, self.theme, 0.32 * self.unit)
                    painter.restore()

    def _end(self, row: int, plot: QRectF) -> QPointF | None:
        assert self.columns is not None
        pixels = curve_pixels(self.columns.accuracy[row : row + 1], plot, *self.ends)[0]
        good = np.flatnonzero(np.isfinite(pixels[:, 1]))
        return QPointF(*pixels[good[-1]].tolist()) if len(good) else None

    def paint_front(self, painter: QPainter, plot: QRectF) -> None:
        assert self.columns is not None
        best = None if self.lines is None else self.lines.best
        width = 0.75 * self.theme.trail
        for row, colour, name in (
            (best, self.theme.warning, "best "),
            (self.columns.row(self.picked), self.theme.accent, ""),
        ):
            if row is None:
                continue
            pixels = curve_pixels(self.columns.accuracy[row : row + 1], plot, *self.ends)[0]
            for pen in (QPen(QColor(self.theme.casing), width + 2), QPen(QColor(colour), width)):
                painter.setPen(pen)
                draw_broken_line(painter, pixels)
            at, score = self._end(row, plot), float(self.columns.score[row])
            if at is not None and (row == best or row != best):
                words = f"{name}#{self.columns.number[row]}" + (
                    f": {score:.3f}" if np.isfinite(score) else ""
                )
                drop = 1.6 if name else 3.0  # one below the other where both curves end at the top
                y = min(
                    max(at.y() + drop * self.unit, plot.top() + self.unit), plot.bottom() - 0.4 * self.unit
                )
                draw_label(
                    painter, QPointF(plot.right() - 0.4 * self.unit, y), words, self.theme,
                    font(self.unit, 600), Qt.AlignmentFlag.AlignRight, colour,
                )  # fmt: skip

    def row_at(self, at: QPointF, plot: QRectF) -> int | None:
        assert self.columns is not None
        accuracy = self.columns.accuracy
        place = (at.x() - plot.left()) / max(plot.width(), 1) * (accuracy.shape[1] - 1)
        if not -0.3 <= place <= accuracy.shape[1] - 0.7:
            return None
        left = min(max(int(place), 0), max(accuracy.shape[1] - 2, 0))
        right = min(left + 1, accuracy.shape[1] - 1)
        share = min(max(place - left, 0.0), 1.0)
        there = accuracy[:, left] * (1 - share) + accuracy[:, right] * share
        low, high = self.ends
        away = np.abs(plot.bottom() - (there - low) / (high - low) * plot.height() - at.y())
        away = np.where(np.isfinite(away), away + np.where(self.lit, 0.0, 3.0), np.inf)
        row = int(away.argmin())
        return row if away[row] <= NEAR * max(self.type_scale, 1.0) else None

    def neighbour(self, row: int, right: int, down: int, rows: Any) -> int | None:
        """The next better or worse one; to the right as upwards."""
        assert self.columns is not None
        scored = rows[np.isfinite(self.columns.score[rows])]
        order = scored[np.lexsort((self.columns.number[scored], -self.columns.score[scored]))].tolist()
        if row not in order:
            return order[0] if order else None
        return order[min(max(order.index(row) + (down or -right), 0), len(order) - 1)]
