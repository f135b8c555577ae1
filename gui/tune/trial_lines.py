"""A search's trials as lines over upright axes: the faint mass, those that light up, and single ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import Theme
from gui.tune.axis_frame import AxisFrame
from gui.tune.axis_ticks import value_text
from gui.tune.shades import STEPS, score_steps, step_colours
from gui.tune.strokes import draw_mass, draw_pieces
from gui.views.lines import draw_broken_line
from gui.views.marks import shape_path
from gui.views.shading import between
from landscape.numerals import numeral
from landscape.tuning.plan import TrialState
from landscape.tuning.selection import SCORE, STATES, Columns

LANES: tuple[TrialState, ...] = ("diverged", "failed")  # states without a score
FEW = 120  # lines that are drawn one by one
ROUGH = 900  # lines that stand for all while there is no time for more
COARSE = 1.5  # as wide are lines while there is no time
MANY = 400  # lines up to which there is time to draw them at twice the fineness, so that they are smooth
GROUPS = 4  # of colour in a mass of lines
MOST_RINGS = 64
NEAR = 7.0  # pixels from a line at which it is meant


class TrialLines:
    """The lines of these trials, whatever frame they are drawn in."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.lanes = tuple(state for state in LANES if columns.are(state).any())
        self._lost = np.isin(columns.state, [STATES.index(state) for state in LANES])
        self._steps = score_steps(columns.score)
        self.best = columns.best

    def words(self, row: int) -> str:
        """What a trial is and came to."""
        trial, score = self.columns.trials[row], float(self.columns.score[row])
        outcome = f"accuracy {numeral(score, 4)}" if np.isfinite(score) else ""
        state = "" if trial.state == "complete" else trial.state
        values = [
            f"{dimension.kind.symbol} {value_text(trial.values[dimension.name])}"
            for dimension in self.columns.dimensions
        ]
        head = ", ".join(part for part in ("the best" if row == self.best else "", state, outcome) if part)
        return f"Trial {trial.number}: {head}\n{', '.join(values)}"

    def near(self, frame: AxisFrame, heights: Any, at: QPointF, lit: Any) -> int | None:
        """The row of the line that is meant there: the closest, rather one that is lit."""
        place = (at.x() - frame.left) / frame.gap
        gaps = heights.shape[1] - 1
        if not len(heights) or not 0 <= place <= gaps:
            return None
        gap = min(int(place), gaps - 1)
        left, rise = heights[:, gap], heights[:, gap + 1] - heights[:, gap]
        off = np.abs(left + (place - gap) * rise - (at.y() - frame.plot.top()))
        off *= frame.gap / np.hypot(frame.gap, rise)  # across the line, not straight down
        off = np.where(np.isfinite(off), off, np.inf)
        for those in (off + np.where(lit, 0.0, np.inf), off):
            row = int(those.argmin())
            if those[row] <= NEAR:
                return row
        return None

    # --- painting ----------------------------------------------------------------------------------

    def paint_faint(self, painter: QPainter, frame: AxisFrame, heights: Any, theme: Theme) -> None:
        """All of them, hardly seen."""
        colour = between(theme.card, theme.dim, 0.3)
        rows = np.arange(len(heights))
        self._paint(painter, frame, heights, [(rows, colour)], _width(theme), False, len(rows) <= FEW)

    def paint_lit(
        self, painter: QPainter, frame: AxisFrame, heights: Any, theme: Theme, lit: Any, rough: bool
    ) -> None:
        """Those that light up, by score, the best on top; at first a share of them stands for all."""
        rows = np.flatnonzero(lit)
        if rough and len(rows) > ROUGH:
            rows = self._share_of(rows)
        lost, rows = rows[self._lost[rows]], rows[~self._lost[rows]]
        width, colours = _width(theme), step_colours(theme)
        most = FEW // 3 if rough else FEW  # dashes take Qt three times as long
        each = [(lost, QColor(theme.warning))]
        self._paint(painter, frame, heights, each, width, rough, len(lost) <= most, dashed=True)
        if len(rows) <= FEW:
            each = [(rows[self._steps[rows] == step], colours[step]) for step in range(STEPS)]
            self._paint(painter, frame, heights, each, 1.4 * width, rough, True)
        else:
            group, ends = self._steps[rows] * GROUPS // STEPS, np.linspace(0, STEPS - 1, GROUPS)
            each = [(rows[group == k], colours[round(end)]) for k, end in enumerate(ends)]
            self._paint(painter, frame, heights, each, width, rough, False)

    def _share_of(self, rows: Any) -> Any:
        """The best third of `ROUGH`, and others drawn by lot: the same each time."""
        score = np.where(np.isfinite(self.columns.score[rows]), self.columns.score[rows], -np.inf)
        order = np.argsort(-score, kind="stable")
        best, others = order[: ROUGH // 3], order[ROUGH // 3 :]
        drawn = np.random.default_rng(0).permutation(len(others))[: ROUGH - len(best)]
        return rows[np.concatenate([best, others[drawn]])]

    def _paint(
        self, painter: QPainter, frame: AxisFrame, heights: Any, groups: list[tuple[Any, QColor]],
        width: float, rough: bool, singly: bool, dashed: bool = False,
    ) -> None:  # fmt: skip
        """Lines one by one, or many of them as a picture."""
        if not singly:
            few = sum(len(rows) for rows, _ in groups) <= MANY
            fine = max(painter.deviceTransform().m11(), 2.0 if few else 1.0)
            grain = width * COARSE if rough else width / fine
            draw_mass(painter, heights, groups, frame.plot, grain, dashed)
            return
        x = frame.left + frame.gap * np.arange(heights.shape[1])
        for rows, colour in groups:
            pen = QPen(colour, width)
            if dashed:
                pen.setDashPattern([6 / width, 4 / width])
            painter.setPen(pen)
            draw_pieces(painter, x, heights[rows], frame.plot.top())

    def paint_rings(self, painter: QPainter, frame: AxisFrame, heights: Any, theme: Theme, lit: Any) -> None:
        """A ring at the score of those that light up and are still under way."""
        rows = np.flatnonzero(lit & self.columns.are("running"))[:MOST_RINGS]
        heights = heights[rows, [axis.name for axis in frame.axes].index(SCORE)]
        painter.setPen(QPen(QColor(theme.accent), 1.5 * _width(theme)))
        painter.setBrush(QColor(theme.card))
        for y in heights[np.isfinite(heights)].tolist():
            at = QPointF(frame.x(SCORE), frame.plot.top() + y)
            painter.drawEllipse(at, 0.3 * frame.unit, 0.3 * frame.unit)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def paint_one(
        self,
        painter: QPainter,
        frame: AxisFrame,
        heights: Any,
        theme: Theme,
        row: int,
        ink: str,
        width: float,
    ) -> None:
        """One line on top of all, with a casing."""
        x = frame.left + frame.gap * np.arange(heights.shape[1])
        line = np.stack([x, heights[row] + frame.plot.top()], axis=1)
        width *= _width(theme)
        for wide, colour in ((width + 2.4, theme.casing), (width, ink)):
            pen = QPen(QColor(colour), wide)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if self._lost[row] and colour == ink:
                pen.setDashPattern([9 / wide, 4 / wide])
            painter.setPen(pen)
            draw_broken_line(painter, line)

    def paint_marks(
        self, painter: QPainter, frame: AxisFrame, heights: Any, theme: Theme, row: int, ink: str
    ) -> None:
        """Where one line crosses the axes."""
        radius = 0.3 * frame.unit
        painter.setPen(QPen(QColor(theme.casing), 1.4))
        painter.setBrush(QColor(ink))
        for k, y in enumerate(heights[row].tolist()):
            if np.isfinite(y) and not (self._lost[row] and frame.axes[k].name == SCORE):
                at = QPointF(frame.left + k * frame.gap, frame.plot.top() + y)
                painter.drawEllipse(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def paint_star(self, painter: QPainter, frame: AxisFrame, heights: Any, theme: Theme, row: int) -> None:
        """The mark of the best, at its score."""
        score = [axis.name for axis in frame.axes].index(SCORE)
        painter.save()
        painter.translate(frame.x(SCORE), frame.plot.top() + heights[row, score])
        painter.setPen(QPen(QColor(theme.casing), 1.4))
        painter.setBrush(QColor(theme.text))
        painter.drawPath(shape_path("star", 0.5 * frame.unit))
        painter.restore()


def _width(theme: Theme) -> float:
    """A thin line's: wider on a projector."""
    return max(theme.trail / 3, 1.0)
