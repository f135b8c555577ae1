"""The course of a search: the score of each trial, and the best so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import font
from gui.tune.score_chart import ScoreChart
from gui.tune.trial_marks import FAINT, draw_trials, kinds
from gui.views.lines import polyline
from gui.views.marks import draw_label
from gui.views.ticks import ticks
from landscape.tuning.selection import Columns

NEAR = 10.0  # pixels from a trial at which it is meant
SMALLEST, LARGEST = 0.2, 0.36  # radius of a mark, in units of type
LANE = 1.6  # units of height below the axis for what has no score


class HistoryView(ScoreChart):
    """Accuracy against number of trial."""

    title = "accuracy of each trial, and the best so far"
    name = "History of the search"
    keys = (
        "Alt with left and right goes to the trial before and after; up and down to the next "
        "better and the next worse one; drag upright to choose accuracies"
    )

    def show_trials(self, columns: Columns) -> None:
        """Show these trials; all of them light up until told otherwise."""
        self._kinds = kinds(columns)
        complete = np.flatnonzero(columns.are("complete"))
        so_far = np.maximum.accumulate(columns.score[complete])
        self._better = complete[np.diff(so_far, prepend=-np.inf) > 0]  # rows, each the best until then
        super().show_trials(columns)

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
        self._paint_rounds(painter, plot)

    def _paint_rounds(self, painter: QPainter, plot: QRectF) -> None:
        """Where a round begins: a hairline, and its name above where the name of the best leaves room."""
        assert self.columns is not None
        columns, unit = self.columns, self.unit
        last = max(int(columns.number.max(initial=0)), 1)
        free = plot.right() - (painter.fontMetrics().horizontalAdvance(self._best_words()) + 2 * unit)
        for number in range(1, int(columns.round.max(initial=0)) + 1):
            first = columns.number[columns.round == number]
            if not len(first):
                continue
            x = plot.left() + (first.min() - 0.5) / last * plot.width()
            painter.setPen(QPen(QColor(self.theme.hairline), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(x, plot.top() - 1.3 * unit, x, plot.bottom()))
            words = f"round {number + 1}"
            wide = painter.fontMetrics().horizontalAdvance(words) + unit
            if x + wide < free:
                painter.setPen(QColor(self.theme.dim))
                painter.drawText(QPointF(x + 0.4 * unit, plot.top() - 0.5 * unit), words)

    @property
    def heading(self) -> str:
        """What stands above, and what lies at the lower edge since it is far below."""
        assert self.columns is not None or self.empty
        below = 0 if self.columns is None else int((self.columns.score < self.ends[0]).sum())
        return f"{self.title} · {below:,} below {self.ends[0]:.2g}" if below else self.title

    def _radius(self, plot: QRectF) -> float:
        """Of a mark: the more there are, the smaller."""
        room = 0.36 * (max(plot.width() * plot.height(), 0.0) / max(len(self.lit), 1)) ** 0.5
        return round(min(max(room, SMALLEST * self.unit), LARGEST * self.unit), 1)

    def paint_faint(self, painter: QPainter, plot: QRectF, rough: bool) -> None:
        draw_trials(painter, self._pixels(plot), self._kinds, self.theme, self._radius(plot), FAINT)

    def paint_lit(self, painter: QPainter, plot: QRectF, rows: Any, rough: bool) -> None:
        draw_trials(painter, self._pixels(plot)[rows], self._kinds[rows], self.theme, self._radius(plot))

    def paint_front(self, painter: QPainter, plot: QRectF) -> None:
        assert self.columns is not None
        pixels, unit = self._pixels(plot), self.unit
        if len(self._better):
            self._paint_best(painter, plot, pixels[self._better])
        row = self.columns.row(self.picked)
        if row is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in ((4.5, self.theme.casing), (2.2, self.theme.text)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(QPointF(*pixels[row].tolist()), 0.75 * unit, 0.75 * unit)

    def _best_words(self) -> str:
        assert self.columns is not None
        if not len(self._better):
            return ""
        row = int(self._better[-1])
        return f"best #{self.columns.number[row]}: {self.columns.score[row]:.3f}"

    def _paint_best(self, painter: QPainter, plot: QRectF, corners: Any) -> None:
        """The best so far as a flight of stairs; under each step what it came to, if there is room."""
        assert self.columns is not None
        right = np.append(corners[1:, 0], plot.right())
        stairs = np.stack([corners, np.stack([right, corners[:, 1]], axis=1)], axis=1).reshape(-1, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width, ink = 0.7 * self.theme.trail, self.theme.warning
        for wide, colour in ((width + 2, self.theme.casing), (width, ink)):
            painter.setPen(QPen(QColor(colour), wide))
            painter.drawPolyline(polyline(stairs))
        type_, unit = font(0.95 * self.unit, 600), self.unit
        metrics = QFontMetricsF(type_)
        for row, (x, y), end in zip(
            self._better[:-1].tolist(), corners.tolist(), right.tolist(), strict=False
        ):
            words = f"{self.columns.score[row]:.3f}"
            if metrics.horizontalAdvance(words) + unit < end - x and y + 1.6 * unit < plot.bottom():
                draw_label(
                    painter, QPointF(x + 0.5 * unit, y + 1.4 * unit), words, self.theme, type_, colour=ink
                )
        at = QPointF(plot.right(), float(corners[-1, 1]) - 0.6 * unit)
        align = Qt.AlignmentFlag.AlignRight
        draw_label(painter, at, self._best_words(), self.theme, font(unit, 600), align, ink)

    def row_at(self, at: QPointF, plot: QRectF) -> int | None:
        """The closest one; rather one that lights up."""
        away = np.hypot(*(self._pixels(plot) - (at.x(), at.y())).T)
        for those in (np.where(self.lit, away, np.inf), away):
            row = int(those.argmin())
            if those[row] <= NEAR * max(self.type_scale, 1.0):
                return row
        return None

    def neighbour(self, row: int, right: int, down: int) -> int | None:
        """The trial before or after; upright, the next better or worse one."""
        order = np.arange(len(self.lit)) if right else self.by_score()
        return self.along(order, row, right or down)
