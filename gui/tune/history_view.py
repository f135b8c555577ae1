"""The course of a search: the score of each trial, and the best so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import font
from gui.tune.score_chart import ScoreChart
from gui.tune.trial_marks import draw_trials, kinds
from gui.views.lines import polyline
from gui.views.marks import draw_label
from gui.views.ticks import ticks
from landscape.tuning.selection import Columns

NEAR = 10.0
MANY = 1500
LANE = 1.6  # units of height below the axis for what has no score


class HistoryView(ScoreChart):
    """Accuracy against number of trial."""

    title = "accuracy of each trial, and the best so far"

    def value_range(self, columns: Columns) -> tuple[float, float]:
        scores = columns.score[np.isfinite(columns.score)]
        # What is far below the others would press them all into one line: it lies at the lower edge.
        low = float(np.percentile(scores, 25)) if len(scores) else 0.0
        return (max(np.floor(20 * (low - 0.05)) / 20, 0.0), 1.0)

    def plot_area(self, area: QRectF) -> QRectF:
        return super().plot_area(area).adjusted(0, 0, 0, -LANE * self.unit)

    def _pixels(self, plot: QRectF) -> Any:
        """Each trial's place; what has no score is in the lane below."""
        assert self.columns is not None
        last = max(int(self.columns.number.max(initial=0)), 1)
        x = plot.left() + self.columns.number / last * plot.width()
        low, high = self.ends
        y = plot.bottom() - (self.columns.score - low) / (high - low) * plot.height()
        lane = plot.bottom() + 0.9 * self.unit
        return np.stack([x, np.where(np.isfinite(y), np.minimum(y, plot.bottom()), lane)], axis=1)

    def paint_ground(self, painter: QPainter, plot: QRectF) -> None:
        assert self.columns is not None
        unit, columns = self.unit, self.columns
        last = max(int(columns.number.max(initial=0)), 1)
        painter.setPen(QColor(self.theme.dim))
        for tick in ticks(0, last, max(2, int(plot.width() / (5 * unit)))):
            if tick == int(tick):
                x = plot.left() + tick / last * plot.width()
                box = QRectF(x - 3 * unit, plot.bottom() + (LANE + 0.3) * unit, 6 * unit, 1.6 * unit)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:g}")
        for number in range(1, int(columns.round.max(initial=0)) + 1):
            first = columns.number[columns.round == number]
            if len(first):
                x = plot.left() + (first.min() - 0.5) / last * plot.width()
                painter.setPen(QPen(QColor(self.theme.hairline), 1.5, Qt.PenStyle.DashLine))
                painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
                painter.setPen(QColor(self.theme.dim))
                painter.drawText(QPointF(x + 4, plot.bottom() - 0.4 * unit), f"round {number + 1}")

    def paint_trials(self, painter: QPainter, plot: QRectF, rows: Any) -> None:
        assert self.columns is not None
        radius = round((0.36 if len(self.columns) < MANY else 0.22) * self.unit, 1)
        opacity = painter.opacity()
        draw_trials(painter, self._pixels(plot)[rows], kinds(self.columns)[rows], self.theme, radius, opacity)

    def paint_front(self, painter: QPainter, plot: QRectF) -> None:
        assert self.columns is not None
        columns, pixels, unit = self.columns, self._pixels(plot), self.unit
        complete = np.flatnonzero(columns.are("complete"))
        if len(complete):
            best = np.maximum.accumulate(columns.score[complete])
            better = complete[np.concatenate([[True], np.diff(best) > 0])]
            corners: list[list[float]] = []
            for row in better.tolist():
                x, y = pixels[row].tolist()
                corners += [[x, corners[-1][1]], [x, y]] if corners else [[x, y]]
            corners.append([plot.right(), corners[-1][1]])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in (
                (0.7 * self.theme.trail + 2, self.theme.casing),
                (0.7 * self.theme.trail, self.theme.warning),
            ):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawPolyline(polyline(np.array(corners)))
            top = int(better[-1])
            words = f"best #{columns.number[top]}: {columns.score[top]:.3f}"
            at = QPointF(plot.right(), min(corners[-1][1] + 1.5 * unit, plot.bottom()))
            draw_label(
                painter,
                at,
                words,
                self.theme,
                font(unit, 600),
                Qt.AlignmentFlag.AlignRight,
                self.theme.warning,
            )
        row = columns.row(self.picked)
        if row is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in ((4.5, self.theme.casing), (2.2, self.theme.text)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(QPointF(*pixels[row].tolist()), 0.75 * unit, 0.75 * unit)

    def row_at(self, at: QPointF, plot: QRectF) -> int | None:
        away = self._pixels(plot) - (at.x(), at.y())
        distance = np.hypot(away[:, 0], away[:, 1]) + np.where(self.lit, 0.0, 3.0)
        row = int(distance.argmin())
        return row if distance[row] <= NEAR * max(self.type_scale, 1.0) else None

    def neighbour(self, row: int, right: int, down: int, rows: Any) -> int | None:
        """The next one by number with Alt+→, by score with the upright arrows."""
        assert self.columns is not None
        key = self.columns.number[rows] if right else -self.columns.score[rows]
        order = rows[np.argsort(key, kind="stable")].tolist()
        if row not in order:
            return order[0] if order else None
        return order[min(max(order.index(row) + right + down, 0), len(order) - 1)]
