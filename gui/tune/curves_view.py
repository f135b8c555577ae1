"""All learning curves of a search, rising together."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import font
from gui.tune.curve_mass import draw_crowd
from gui.tune.score_chart import ScoreChart
from gui.tune.score_picture import Plot
from gui.tune.shades import STEPS, step_colours
from gui.tune.strokes import draw_pieces
from gui.tune.trial_marks import CROSS, FAINT, LOST, RING, draw_trials
from gui.views.lines import draw_broken_line, segments
from gui.views.shading import between
from gui.views.ticks import ticks
from landscape.tuning.plan import TrialState
from landscape.tuning.selection import Columns

NEAR = 9.0  # pixels from a curve at which it is meant
FEW = 120  # curves that are drawn one by one
MANY = 400  # curves up to which there is time to draw them at twice the fineness, so that they are smooth
ROUGH = 700  # curves that stand for all while there is no time for more
COARSE = 2.0  # as wide are they then
CLOSE = 3.0  # pixels between two marks of a kind, of which one covers the other
ENDS: tuple[tuple[TrialState, int], ...] = (("running", RING), ("failed", LOST), ("diverged", CROSS))


class CurvesView(ScoreChart):
    """Validation accuracy against epoch."""

    title = "validation accuracy against epoch, all trials"
    name = "Learning curves"
    keys = "Up and down go to the next better and the next worse trial; drag upright to choose accuracies"

    def show_trials(self, columns: Columns) -> None:
        """Show these trials; all of them light up until told otherwise."""
        # Where each curve ends: the last epoch with a value, -1 if there is none.
        epochs = np.arange(columns.accuracy.shape[1])
        self._last = np.where(np.isfinite(columns.accuracy), epochs, -1).max(axis=1, initial=-1)
        super().show_trials(columns)

    # --- geometry ----------------------------------------------------------------------------------

    def _x(self, plot: Plot) -> Any:
        """Where the epochs stand."""
        assert self.columns is not None
        count = self.columns.accuracy.shape[1]
        return plot.left() + plot.width() * np.arange(count) / max(count - 1, 1)

    def _heights(self, plot: Plot, rows: Any) -> Any:
        """Curves `(rows, epochs + 1)` in pixels from the top of the plot."""
        assert self.columns is not None
        low, high = self.ends
        return (high - self.columns.accuracy[rows]) * (plot.height() / (high - low))

    def _ends(self, plot: Plot, rows: Any) -> Any:
        """Where curves end, `(rows, 2)`; those that have a beginning."""
        rows = rows[self._last[rows] >= 0]
        heights = self._heights(plot, rows)[np.arange(len(rows)), self._last[rows]]
        return np.stack([self._x(plot)[self._last[rows]], heights + plot.top()], axis=1)

    # --- painting ----------------------------------------------------------------------------------

    def paint_ground(self, painter: QPainter, plot: Plot) -> None:
        assert self.columns is not None
        unit, epochs = plot.unit, self.columns.accuracy.shape[1] - 1
        painter.setPen(QColor(self.theme.dim))
        for tick in ticks(0, max(epochs, 1), max(2, int(plot.width() / (5 * unit)))):
            if tick == int(tick):
                x = plot.left() + tick / max(epochs, 1) * plot.width()
                box = QRectF(x - 3 * unit, plot.bottom() + 0.4 * unit, 6 * unit, 1.6 * unit)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:g}")

    def paint_faint(self, painter: QPainter, plot: Plot, rough: bool) -> None:
        colour = between(self.theme.card, self.theme.dim, 0.22)
        rows = np.arange(len(self.lit))
        self._paint_curves(painter, plot, rows, [colour] * STEPS, rough)
        self._paint_ends(painter, plot, rows, colour, FAINT)

    def paint_lit(self, painter: QPainter, plot: Plot, rows: Any, rough: bool) -> None:
        self._paint_curves(painter, plot, rows, step_colours(self.theme), rough)
        self._paint_ends(painter, plot, rows, QColor(self.theme.dim), 1.0)

    def _paint_curves(
        self, painter: QPainter, plot: Plot, rows: Any, colours: list[QColor], rough: bool
    ) -> None:
        """Curves one by one, the best on top, or many of them as a picture.

        Roughly, a share of them, drawn by lot, stands for all: the same each time.
        """
        if rough and len(rows) > ROUGH:
            rows = rows[np.random.default_rng(0).permutation(len(rows))[:ROUGH]]
        width, steps = max(self.theme.trail / 3, 1.0), self.steps[rows]
        heights = self._heights(plot, rows)
        if len(rows) <= FEW:
            for step in np.unique(steps).tolist():
                painter.setPen(QPen(colours[step], 1.2 * width))
                draw_pieces(painter, self._x(plot), heights[steps == step], plot.top())
        elif heights.shape[1] > 1:
            grain = COARSE if rough else 0.5 if len(rows) <= MANY else 1.0
            draw_crowd(painter, heights, steps, colours, plot, width * grain)

    def _paint_ends(self, painter: QPainter, plot: Plot, rows: Any, bars: QColor, opacity: float) -> None:
        """What became of curves that end before the last epoch."""
        assert self.columns is not None
        arm = 0.36 * plot.unit
        at = _apart(self._ends(plot, rows[self.columns.are("stopped")[rows]]))
        upright = np.column_stack([at[:, 0], at[:, 1] - arm, at[:, 0], at[:, 1] + arm])
        painter.setPen(QPen(bars, max(self.theme.trail / 2, 1.4)))
        painter.drawLines(segments(upright))
        for state, kind in ENDS:
            at = _apart(self._ends(plot, rows[self.columns.are(state)[rows]]))
            draw_trials(painter, at, np.full(len(at), kind), self.theme, arm, opacity)

    def paint_front(self, painter: QPainter, plot: Plot) -> None:
        assert self.columns is not None
        best = None if self.lines is None else self.lines.best
        picked = self.columns.row(self.picked)
        if best is not None and best != picked:
            self._paint_one(painter, plot, best, self.theme.warning, (self.theme.casing, 2.0))
        if picked is not None:  # the best keeps its colour as a rim
            rim = (self.theme.warning, 4.0) if best == picked else (self.theme.casing, 2.0)
            self._paint_one(painter, plot, picked, self.theme.accent, rim)
        taken = self._name(painter, plot, best, "best ", self.theme.warning, QRectF())
        if picked != best:
            self._name(painter, plot, picked, "", self.theme.accent, taken)

    def _paint_one(self, painter: QPainter, plot: Plot, row: int, ink: str, rim: tuple[str, float]) -> None:
        """One curve on top of all, with a rim so wide, and at its end a ball, or what became of it."""
        assert self.columns is not None
        width = 0.8 * self.theme.trail
        line = np.stack([self._x(plot), self._heights(plot, [row])[0] + plot.top()], axis=1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for wide, colour in ((width + rim[1], rim[0]), (width, ink)):
            pen = QPen(QColor(colour), wide)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            draw_broken_line(painter, line)
        if not self.columns.are("complete")[row]:
            self._paint_ends(painter, plot, np.array([row]), QColor(ink), 1.0)
            return
        for x, y in self._ends(plot, np.array([row])).tolist():
            painter.setPen(QPen(QColor(rim[0]), 1.4))
            painter.setBrush(QColor(ink))
            painter.drawEllipse(QPointF(x, y), 0.36 * plot.unit, 0.36 * plot.unit)

    def _name(
        self, painter: QPainter, plot: Plot, row: int | None, prefix: str, ink: str, taken: QRectF
    ) -> QRectF:
        """A curve's number and score over its end; below it where something stands there already."""
        end = np.empty((0, 2)) if row is None else self._ends(plot, np.array([row]))
        if self.columns is None or not len(end):
            return QRectF()
        score, type_ = float(self.columns.score[row]), font(plot.unit, 600)
        words = f"{prefix}#{self.columns.number[row]}" + (f": {score:.3f}" if np.isfinite(score) else "")
        x, y = end[0].tolist()
        wide, tall = QFontMetricsF(type_).horizontalAdvance(words) + 0.8 * plot.unit, 1.5 * plot.unit
        x = min(max(x + 0.4 * plot.unit, plot.left() + wide), plot.right() + 0.4 * plot.unit)
        plate = QRectF(x - wide, y - 0.55 * plot.unit - tall, wide, tall)
        below = plate.translated(0, 1.1 * plot.unit + tall)
        if plate.intersects(taken) and below.bottom() < plot.bottom():
            plate = below
        ground = QColor(self.theme.card)
        ground.setAlphaF(0.85)  # words stand on a plate: casings do not help against a mass of lines
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, 3, 3)
        painter.setFont(type_)
        painter.setPen(QColor(ink))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)
        return plate

    # --- what is meant -----------------------------------------------------------------------------

    def row_at(self, at: QPointF, plot: Plot) -> int | None:
        """The closest curve, or end of one; rather one that lights up."""
        assert self.columns is not None
        rows = np.arange(len(self.lit))
        x, heights = self._x(plot), self._heights(plot, rows) + plot.top()
        away = np.full(len(rows), np.inf)
        begun = self._last >= 0
        away[begun] = np.hypot(*(self._ends(plot, rows) - (at.x(), at.y())).T)
        if len(x) > 1 and plot.left() <= at.x() <= plot.right() and plot.width() > 0:
            gap = x[1] - x[0]
            left = min(int((at.x() - x[0]) / gap), len(x) - 2)
            rise = (heights[:, left + 1] - heights[:, left]) / gap
            off = np.abs(heights[:, left] + rise * (at.x() - x[left]) - at.y()) / np.hypot(1, rise)
            away = np.fmin(away, off)
        for those in (np.where(self.lit, away, np.inf), away):
            row = int(those.argmin())
            if those[row] <= NEAR * max(self.type_scale, 1.0):
                return row
        return None

    def neighbour(self, row: int, right: int, down: int) -> int | None:
        """The next better one upwards, the next worse one downwards."""
        return self.along(self.by_score(), row, down) if down else None


def _apart(pixels: Any) -> Any:
    """Marks `(marks, 2)` without those that would cover one another."""
    _, kept = np.unique(np.rint(pixels / CLOSE).astype(int), axis=0, return_index=True)
    return pixels[kept]
