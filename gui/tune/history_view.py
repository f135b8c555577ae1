"""The course of a search: the score of each trial, and the best so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui.theme import font
from gui.tune.score_chart import ScoreChart
from gui.tune.score_picture import Plot
from gui.tune.trial_marks import FAINT, draw_trials, kinds
from gui.views.lines import polyline
from gui.views.marks import draw_label
from gui.views.ticks import ticks
from landscape.tuning.selection import Columns

NEAR = 10.0  # pixels from a trial at which it is meant
SMALLEST, LARGEST = 0.2, 0.36  # radius of a mark, in units of type
LANE = 1.6  # units of height below the axis for what has no score
Kind = Literal["best", "round", "step"]


@dataclass(frozen=True)
class Label:
    """Words in the picture, from `at` on their baseline to the right."""

    kind: Kind
    words: str
    at: QPointF
    type: QFont

    @property
    def box(self) -> QRectF:
        """What it covers, without the room that is left for accents."""
        metrics = QFontMetricsF(self.type)
        high, wide = metrics.capHeight(), metrics.horizontalAdvance(self.words)
        return QRectF(self.at.x(), self.at.y() - high, wide, high)


class HistoryView(ScoreChart):
    """Accuracy against number of trial."""

    title = "accuracy of each trial, and the best so far"
    name = "History of the search"
    lane = LANE
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

    def _pixels(self, plot: Plot) -> Any:
        """Each trial's place; what has no score is in the lane below."""
        assert self.columns is not None
        last = max(int(self.columns.number.max(initial=0)), 1)
        x = plot.left() + self.columns.number / last * plot.width()
        low, high = self.ends
        y = plot.bottom() - (self.columns.score - low) / (high - low) * plot.height()
        lane = plot.bottom() + 0.9 * plot.unit
        return np.stack([x, np.where(np.isfinite(y), np.minimum(y, plot.bottom()), lane)], axis=1)

    def paint_ground(self, painter: QPainter, plot: Plot) -> None:
        assert self.columns is not None
        unit, columns = plot.unit, self.columns
        last = max(int(columns.number.max(initial=0)), 1)
        painter.setPen(QColor(self.theme.dim))
        for tick in ticks(0, last, max(2, int(plot.width() / (5 * unit)))):
            if tick == int(tick):
                x = plot.left() + tick / last * plot.width()
                box = QRectF(x - 3 * unit, plot.bottom() + (LANE + 0.3) * unit, 6 * unit, 1.6 * unit)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:g}")
        self._paint_rounds(painter, plot)

    def _paint_rounds(self, painter: QPainter, plot: Plot) -> None:
        """Where a round begins: a hairline, and its name above if there is room for it."""
        for x in self._round_begins(plot).values():
            painter.setPen(QPen(QColor(self.theme.hairline), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(x, plot.top() - 1.3 * plot.unit, x, plot.bottom()))
        painter.setPen(QColor(self.theme.dim))
        for label in self.labels(plot):
            if label.kind == "round":
                painter.drawText(label.at, label.words)

    def _round_begins(self, plot: Plot) -> dict[int, float]:
        """Where each round after the first begins."""
        assert self.columns is not None
        last, rounds = max(int(self.columns.number.max(initial=0)), 1), self.columns.round
        return {
            number: plot.left()
            + (int(self.columns.number[rounds == number].min()) - 0.5) / last * plot.width()
            for number in np.unique(rounds[rounds > 0]).tolist()
        }

    def labels(self, plot: Plot) -> list[Label]:
        """The words in the picture, as far as there is room: of two that collide the more important stays.

        First the best, then the names of rounds, then what the best came to before, the latest first.
        """
        assert self.columns is not None
        unit, pixels, begins = plot.unit, self._pixels(plot), self._round_begins(plot)
        room = plot.adjusted(-4 * unit, -3 * unit, 0.1 * unit, 0)
        kept: list[Label] = []

        def offer(kind: Kind, words: str, at: QPointF, type_: QFont) -> None:
            label = Label(kind, words, at, type_)
            apart = label.box.adjusted(-0.4 * unit, 0, 0.4 * unit, 0)
            if room.contains(label.box) and not any(apart.intersects(other.box) for other in kept):
                kept.append(label)

        if len(self._better):
            row, type_ = int(self._better[-1]), font(unit, 600)
            words = f"best #{self.columns.number[row]}: {self.columns.score[row]:.3f}"
            wide = QFontMetricsF(type_).horizontalAdvance(words)
            offer("best", words, QPointF(plot.right() - wide, pixels[row, 1] - 0.6 * unit), type_)
        ends = [*list(begins.values())[1:], plot.right()]
        for (number, x), end in zip(begins.items(), ends, strict=False):
            words, type_ = f"round {number + 1}", font(unit)
            if x + QFontMetricsF(type_).horizontalAdvance(words) + 0.8 * unit < end:
                offer("round", words, QPointF(x + 0.4 * unit, plot.top() - 0.5 * unit), type_)
        type_ = font(0.95 * unit, 600)
        wide, (x, y) = QFontMetricsF(type_).horizontalAdvance("0.000"), pixels.T
        reach = 0.5 * self._radius(plot)
        flat = np.diff(x[self._better]) > wide + unit
        for row in self._better[:-1][flat][::-1].tolist():
            across = (x > x[row]) & (x < x[row] + wide + unit + reach)
            covered = across & (y > y[row] + 0.5 * unit) & (y < y[row] + 1.4 * unit + reach)
            if not covered.any():  # a trial is not to be hidden by the number of another
                at = QPointF(x[row] + 0.5 * unit, y[row] + 1.4 * unit)
                offer("step", f"{self.columns.score[row]:.3f}", at, type_)
        return kept

    @property
    def heading(self) -> str:
        """What stands above, and what lies at the lower edge since it is far below."""
        assert self.columns is not None or self.empty
        below = 0 if self.columns is None else int((self.columns.score < self.ends[0]).sum())
        return f"{self.title} · {below:,} below {self.ends[0]:.2g}" if below else self.title

    def _radius(self, plot: Plot) -> float:
        """Of a mark: the more there are, the smaller."""
        room = 0.36 * (max(plot.width() * plot.height(), 0.0) / max(len(self.lit), 1)) ** 0.5
        return round(min(max(room, SMALLEST * plot.unit), LARGEST * plot.unit), 1)

    def paint_faint(self, painter: QPainter, plot: Plot, rough: bool) -> None:
        draw_trials(painter, self._pixels(plot), self._kinds, self.theme, self._radius(plot), FAINT)

    def paint_lit(self, painter: QPainter, plot: Plot, rows: Any, rough: bool) -> None:
        draw_trials(painter, self._pixels(plot)[rows], self._kinds[rows], self.theme, self._radius(plot))

    def paint_front(self, painter: QPainter, plot: Plot) -> None:
        assert self.columns is not None
        pixels, unit = self._pixels(plot), plot.unit
        if len(self._better):
            self._paint_best(painter, plot, pixels[self._better])
        row = self.columns.row(self.picked)
        if row is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for width, colour in ((4.5, self.theme.casing), (2.2, self.theme.text)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(QPointF(*pixels[row].tolist()), 0.75 * unit, 0.75 * unit)

    def _paint_best(self, painter: QPainter, plot: Plot, corners: Any) -> None:
        """The best so far as a flight of stairs; under each step what it came to, if there is room."""
        right = np.append(corners[1:, 0], plot.right())
        stairs = np.stack([corners, np.stack([right, corners[:, 1]], axis=1)], axis=1).reshape(-1, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width, ink = 0.7 * self.theme.trail, self.theme.warning
        for wide, colour in ((width + 2, self.theme.casing), (width, ink)):
            painter.setPen(QPen(QColor(colour), wide))
            painter.drawPolyline(polyline(stairs))
        for label in self.labels(plot):
            if label.kind != "round":
                draw_label(painter, label.at, label.words, self.theme, label.type, colour=ink)

    def row_at(self, at: QPointF, plot: Plot) -> int | None:
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
