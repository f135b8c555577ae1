"""Random against grid, side by side: the same number of trials, and one axis that matters."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PyQt6.QtWidgets import QWidget

from gui.theme import font
from gui.tune.contest_plot import ContestPlot
from gui.tune.figures import chance_words, fitting, paint_figure, paint_line
from gui.tune.upright_axis import UprightAxis
from gui.views.arrow_keys import arrow_move
from gui.views.canvas import Canvas
from landscape.numerals import counted
from landscape.tuning.contest import Contest
from landscape.tuning.space import Dimension

NAMES = ("Grid", "Random")
PLURALS = {"learning_rate": "learning rates", "batch_size": "mini-batch sizes"}
SHARES = {0.5: "half", 0.25: "quarter", 0.2: "fifth", 0.1: "tenth", 0.05: "twentieth", 0.01: "hundredth"}
STEP = 0.02  # of the axis: how far a key moves what is good
THINNEST, WIDEST = 0.01, 0.5  # that the good part can be dragged to
GRIP = 7.0
LONGEST = 1.5  # a plot's width to its height


class ContestView(Canvas):
    """Two plots of trials below the curve of how good each value is; what is good is a band of both.

    Signals
    -------
    widthEdited(width) : the good part shall be so wide, as a share of the axis
    """

    widthEdited = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axes: tuple[UprightAxis, UprightAxis] | None = None
        self._trials: tuple[Any, Any] = (np.empty((0, 2)), np.empty((0, 2)))
        self._contest: Contest | None = None
        self.middle, self.width_share = 0.62, 0.1  # of what is good
        self._drag = ""
        self._held = 0.0  # from the band's middle to where it is dragged by
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Random against grid")

    def show_plan(self, x: Dimension, y: Dimension, grid: Any, random: Any) -> None:
        """Show these trials, places `(trials, 2)` each; x is the axis that matters."""
        self._axes = (UprightAxis(x.name, x), UprightAxis(y.name, y))
        self._trials = (_as_tried(grid, x, y), _as_tried(random, x, y))
        self._changed()

    def show_width(self, width: float) -> None:
        """Show how much of the axis is good."""
        self.width_share = width
        self._move_to(self.middle)

    def show_contest(self, contest: Contest | None) -> None:
        """Show these chances; None while they are being found."""
        self._contest = contest
        self._changed()

    @property
    def good(self) -> tuple[float, float]:
        """The stretch of the axis that is good."""
        return self.middle - self.width_share / 2, self.middle + self.width_share / 2

    def hits(self, side: int) -> Any:
        """Which trials of one search are good."""
        places = self._trials[side][:, 0]
        return (places >= self.good[0]) & (places < self.good[1])

    # --- words -------------------------------------------------------------------------------------

    def tried(self, side: int) -> str:
        """How many trials one search makes, and how many values of the axis that matters it tries."""
        assert self._axes is not None
        x, places = self._axes[0], self._trials[side]
        different = len(np.unique(places[:, 0].round(9)))
        what = f"values of {x.title}" if different != 1 else f"value of {x.title}"
        if different != 1:
            what = PLURALS.get(x.name, what)
        return f"{counted(len(places), 'trial')}, {different} different {what}"

    def chances(self, side: int) -> tuple[str, str, str]:
        """One search's chance in digits, what of, and how often it was seen."""
        found = self._contest
        share = SHARES.get(round(self.width_share, 6), f"{100 * self.width_share:.3g} %")
        what = f"chance to hit the good {share}"
        if found is None:
            return "…", what, ""
        exact, seen = ((found.grid, found.grid_seen), (found.random, found.random_seen))[side]
        return (
            chance_words(exact, certain=side == 0), what,
            f"seen {seen:.3f} ± {found.spread(exact):.3f} in {found.repeats:,}",
        )  # fmt: skip

    def _changed(self) -> None:
        words = []
        for side in (0, 1) if self._axes is not None else ():
            chance, what, seen = self.chances(side)
            hits = counted(int(self.hits(side).sum()), "trial")
            words.append(f"{NAMES[side]}: {self.tried(side)}; {what} {chance} {seen}; here {hits}.")
        keys = "Up and down change the width of the good part, Alt with left and right its place."
        self.setAccessibleDescription(" ".join([*words, keys]))
        self.still_changed()

    # --- geometry ----------------------------------------------------------------------------------

    def _unit(self, area: QRectF) -> float:
        # In a small card large type must leave room for the plots.
        return min(self.theme.axis * self.type_scale, area.height() / 26, area.width() / 46)

    def plot_area(self, area: QRectF, side: int) -> QRectF:
        """One of the two plots: square, or a little wider where height is short."""
        unit, half = self._unit(area), area.width() / 2
        room = QRectF(area.left() + side * half, area.top(), half, area.height()).adjusted(
            6.6 * unit, 8.7 * unit, -2.2 * unit, -7.2 * unit
        )
        width, height = min(room.width(), LONGEST * room.height()), min(room.height(), room.width())
        # What is left over is shared out around it.
        return QRectF(
            room.left() + (room.width() - width) / 2, room.top() + (room.height() - height) / 2, width, height
        )

    def _strip(self, plot: QRectF, unit: float) -> QRectF:
        """Where the curve is drawn, above a plot."""
        return QRectF(plot.left(), plot.top() - 4.2 * unit, plot.width(), 3.2 * unit)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        if self._axes is None or not len(self._trials[0]):
            self.paint_hint(painter, area)
            return
        unit, half = self._unit(area), area.width() / 2
        heads = [self.tried(side) for side in (0, 1)]
        type_ = fitting(heads, unit, half - 2.8 * unit)
        for side in (0, 1):
            plot = self.plot_area(area, side)
            strip = self._strip(plot, unit)
            places = self._trials[side]
            ContestPlot(
                self.theme,
                self.type_scale,
                unit,
                plot,
                strip,
                *self._axes,
                places,
                self.hits(side),
                self.good,
            ).paint(painter)
            left = min(area.left() + side * half + 1.6 * unit, plot.left())
            line = QRectF(left, strip.top() - 3.9 * unit, half - 2.8 * unit, 2.0 * unit)
            paint_line(painter, line, NAMES[side], font(1.5 * unit, 600), self.theme.text)
            line = QRectF(left, strip.top() - 2.0 * unit, line.width(), 1.5 * unit)
            paint_line(painter, line, heads[side], type_, self.theme.dim)
            number, *words = self.chances(side)
            foot = QRectF(left, plot.bottom() + 3.5 * unit, line.width(), 3.0 * unit)
            paint_figure(painter, foot, unit, self.theme, number, words)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        self.focus_ring(painter, area)

    # --- pointer and keys --------------------------------------------------------------------------

    def _share_at(self, at: QPointF) -> float | None:
        """How far along the axis that matters a pixel of either plot is; None outside."""
        area = QRectF(self.rect())
        side = int(at.x() > area.center().x())
        plot = self.plot_area(area, side)
        whole = self._strip(plot, self._unit(area)).united(plot)
        if self._drag:
            return min(max((at.x() - plot.left()) / plot.width(), 0.0), 1.0)
        reached = self._axes is not None and whole.adjusted(-GRIP, 0, GRIP, 0).contains(at)
        return (at.x() - plot.left()) / plot.width() if reached else None

    def _part_at(self, share: float) -> str:
        """What is dragged from there: an edge of the good part, or all of it."""
        reach = GRIP / max(self.plot_area(QRectF(self.rect()), 0).width(), 1)
        return "edge" if min(abs(share - end) for end in self.good) < reach else "middle"

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        share = self._share_at(event.position())
        if share is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._drag = self._part_at(share)
        inside = self.good[0] <= share <= self.good[1]
        self._held = share - self.middle if inside else 0.0
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        share = self._share_at(event.position())
        if self._drag == "edge" and share is not None:
            self._ask(2 * abs(share - self.middle))
        elif self._drag and share is not None:
            self._move_to(share - self._held)
        else:
            shapes = Qt.CursorShape
            over = {"edge": shapes.SizeHorCursor, "middle": shapes.PointingHandCursor}
            self.setCursor(shapes.ArrowCursor if share is None else over[self._part_at(share)])

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._drag = ""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        along, down = arrow_move(event)
        if along:
            self._move_to(self.middle + along * STEP)
        elif down:
            self._ask(self.width_share - down * THINNEST)
        else:
            event.ignore()

    def _ask(self, width: float) -> None:
        self.widthEdited.emit(round(min(max(width, THINNEST), WIDEST), 3))

    def _move_to(self, middle: float) -> None:
        self.middle = min(max(middle, self.width_share / 2), 1 - self.width_share / 2)
        self._changed()


def _as_tried(places: Any, x: Dimension, y: Dimension) -> Any:
    """Places `(trials, 2)`; where an axis has separate values, a trial lies at its value."""
    tried = np.array(places, dtype=float).reshape(-1, 2)
    for column, dimension in enumerate((x, y)):
        if dimension.count is not None:
            tried[:, column] = [
                dimension.place(dimension.value(place)) for place in tried[:, column].tolist()
            ]
    return tried
