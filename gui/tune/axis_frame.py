"""Where the axes of the parallel coordinates stand in a picture, and how they are painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import Theme, font
from gui.tune.upright_axis import Stretch, UprightAxis
from gui.views.marks import draw_label
from landscape.tuning.selection import SCORE, STATES, Columns

CENTRE = Qt.AlignmentFlag.AlignCenter
HEAD, FOOT, TIGHT_FOOT = 3.2, 3.7, 2.5  # units above the axes, and below them with and without scales
TIGHT = 17  # units of height below which scales are not written
LANE = 1.5  # units for trials that came to no score
HANDLE = 6.0  # pixels to both sides of a stretch's end where it can be taken


@dataclass(frozen=True)
class AxisFrame:
    """The axes from left to right in an area.

    Attributes
    ----------
    lanes : states that have a lane below the score's axis, from the top
    unit : of type
    """

    axes: tuple[UprightAxis, ...]
    lanes: tuple[str, ...]
    area: QRectF
    unit: float
    left: float
    gap: float

    @classmethod
    def fitted(
        cls, axes: Sequence[UprightAxis], lanes: Sequence[str], area: QRectF, unit: float
    ) -> AxisFrame:
        """The axes as far apart as the area lets them be, with room for what is written beside them."""
        unit = min(unit, area.height() / 11, area.width() / max(24, 4 * len(axes)))
        metrics = QFontMetricsF(font(0.92 * unit))
        words = [text for _, text in axes[0].ticks(6)]
        left = max([metrics.horizontalAdvance(text) for text in words] + [2 * unit]) + 1.7 * unit
        last = [text for _, text in axes[-1].ticks(6)] if axes[-1].name == SCORE else []
        last += lanes if axes[-1].name == SCORE else []
        right = max([metrics.horizontalAdvance(text) for text in last] + [2.6 * unit]) + 1.9 * unit
        left = min(left, 0.2 * area.width())
        width = area.width() - left - min(right, 0.2 * area.width())
        # Whole pixels: then a picture of lines need not be stretched.
        return cls(
            tuple(axes), tuple(lanes), area, unit, round(area.left() + left), int(width / (len(axes) - 1))
        )

    @property
    def is_tight(self) -> bool:
        """Whether there is no room for the scales."""
        return self.area.height() < TIGHT * self.unit

    @property
    def plot(self) -> QRectF:
        """From the first axis to the last, lanes included."""
        foot = TIGHT_FOOT if self.is_tight else FOOT
        top = round(self.area.top() + HEAD * self.unit)
        bottom = round(self.area.bottom() - foot * self.unit)
        return QRectF(self.left, top, self.gap * (len(self.axes) - 1), max(bottom - top, 8))

    def x(self, name: str) -> float:
        """Where an axis stands."""
        return self.left + self.gap * [axis.name for axis in self.axes].index(name)

    def bottom(self, axis: UprightAxis) -> float:
        """Where an axis ends: that of the score above the lanes."""
        plot = self.plot
        if axis.name != SCORE or not self.lanes:
            return plot.bottom()
        return plot.bottom() - min((LANE * len(self.lanes) + 0.5) * self.unit, 0.5 * plot.height())

    def y(self, axis: UprightAxis, share: Any) -> Any:
        """The height of a share, in pixels of the picture."""
        top, bottom = self.plot.top(), self.bottom(axis)
        return bottom - (1 - share if axis.flipped else share) * (bottom - top)

    def share(self, axis: UprightAxis, y: float) -> float:
        """The share at a height, within the axis."""
        bottom = self.bottom(axis)
        up = min(max((bottom - y) / (bottom - self.plot.top()), 0.0), 1.0)
        return 1 - up if axis.flipped else up

    def lane_y(self, state: str) -> float:
        """The height of a lane."""
        below = (self.plot.bottom() - self.bottom(self._score)) / (len(self.lanes) + 0.33)
        return self.plot.bottom() - (len(self.lanes) - 0.5 - self.lanes.index(state)) * below

    @property
    def _score(self) -> UprightAxis:
        return next(axis for axis in self.axes if axis.name == SCORE)

    def heights(self, columns: Columns) -> Any:
        """Where each trial crosses each axis, `(trials, axes)`, in pixels below the top; nan for nowhere."""
        heights = np.empty((len(columns), len(self.axes)))
        for k, axis in enumerate(self.axes):
            shown = self.y(axis, axis.spread(columns).clip(0, 1))
            if axis.name == SCORE:
                for state in self.lanes:
                    shown = np.where(columns.state == STATES.index(state), self.lane_y(state), shown)
            heights[:, k] = shown - self.plot.top()
        return heights

    # --- what is where -----------------------------------------------------------------------------

    def axis_at(self, at: QPointF) -> UprightAxis | None:
        """The axis that can be taken hold of there."""
        for axis in self.axes:
            beside = abs(at.x() - self.x(axis.name))
            if beside <= max(0.75 * self.unit, 8) and (
                self.plot.top() - HANDLE <= at.y() <= self.bottom(axis) + HANDLE
            ):
                return axis
        return None

    def title_at(self, at: QPointF) -> UprightAxis | None:
        """The axis whose title is there."""
        if not self.plot.bottom() + 0.3 * self.unit < at.y() < self.area.bottom():
            return None
        return next((axis for axis in self.axes if abs(at.x() - self.x(axis.name)) < 0.45 * self.gap), None)

    def part_at(self, axis: UprightAxis, stretch: Stretch | None, y: float) -> str:
        """What a hand takes hold of: the "low" or "high" end of a stretch, its "middle", or nothing of it."""
        if stretch is None:
            return ""
        low, high = (self.y(axis, share) for share in axis.shares(stretch).clip(0, 1))
        reach = min(HANDLE, max(abs(high - low) / 4, 2.0))  # of a short stretch the middle is left, too
        if abs(y - high) <= reach or abs(y - low) <= reach:
            return "high" if abs(y - high) < abs(y - low) else "low"
        inside = min(low, high) < y < max(low, high)
        # Beyond the end of a short stretch there is room for a hand.
        beyond = min(abs(y - low), abs(y - high)) <= HANDLE
        return "middle" if inside else ("high" if abs(y - high) < abs(y - low) else "low") if beyond else ""

    # --- painting ----------------------------------------------------------------------------------

    def paint_axes(self, painter: QPainter, theme: Theme, chosen: str | None) -> None:
        """Axes with their ticks, titles and scales."""
        unit = self.unit
        names, size = self._names()
        for axis in self.axes:
            x, bottom = self.x(axis.name), self.bottom(axis)
            for width, ink in ((3.4, theme.casing), (1.3, theme.dim)):
                painter.setPen(QPen(QColor(ink), width))
                painter.drawLine(QLineF(x, self.plot.top(), x, bottom))
            self._paint_ticks(painter, theme, axis)
            painter.setFont(font(size, 650 if axis.name == chosen else 400))
            painter.setPen(QColor(theme.accent if axis.name == chosen else theme.text))
            self._paint_below(painter, x, 0.45 * unit, names[axis.name])
            if not self.is_tight:
                painter.setFont(font(0.88 * unit))
                painter.setPen(QColor(theme.dim))
                self._paint_below(painter, x, 1.75 * unit, axis.scale)
        for state in self.lanes:
            self._paint_lane(painter, theme, state)

    def _names(self) -> tuple[dict[str, str], float]:
        """What stands below each axis and in what size: titles where all of them fit, else symbols."""
        metrics, room = QFontMetricsF(font(self.unit)), self.gap - 0.4 * self.unit
        for full in (True, False):
            names = {
                axis.name: (axis.title if full else axis.symbol) + (" ↓" if axis.flipped else "")
                for axis in self.axes
            }
            widest = max(metrics.horizontalAdvance(name) for name in names.values())
            if widest <= room:
                break
        return names, self.unit * min(room / widest, 1.0)

    def _paint_below(self, painter: QPainter, x: float, down: float, text: str) -> None:
        """Words below an axis, kept within the picture."""
        width = min(QFontMetricsF(painter.font()).horizontalAdvance(text) + 4, self.area.width())
        left = min(max(x - width / 2, self.area.left() + 4), self.area.right() - width - 4)
        painter.drawText(QRectF(left, self.plot.bottom() + down, width, 1.5 * self.unit), CENTRE, text)

    def _paint_ticks(self, painter: QPainter, theme: Theme, axis: UprightAxis) -> None:
        """To the left of an axis, of the last one to its right, on plates that the lines shine through."""
        unit, x = self.unit, self.x(axis.name)
        side = 1 if axis is self.axes[-1] else -1
        painter.setFont(font(0.92 * unit))
        metrics = QFontMetricsF(painter.font())
        plate = QColor(theme.card)
        plate.setAlphaF(0.78)
        room = 0.75 * self.gap if axis is not self.axes[0] else self.left - self.area.left() - unit
        most = max(2, int((self.bottom(axis) - self.plot.top()) / (2 * unit)))
        last = np.inf
        for share, text in axis.ticks(most):
            y = float(self.y(axis, share))
            painter.setPen(QPen(QColor(theme.dim), 1.3))
            painter.drawLine(QLineF(x, y, x + side * 0.35 * unit, y))
            width = metrics.horizontalAdvance(text) + 0.4 * unit
            if width > room and room > 4 * unit:
                text, width = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room - 0.4 * unit), room
            if width > room or abs(y - last) < 1.1 * unit:  # rather none than one that cannot be read
                continue
            last = y
            left = x + 0.5 * unit if side > 0 else x - 0.5 * unit - width
            box = QRectF(left, y - 0.62 * unit, width, 1.24 * unit)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(plate)
            painter.drawRoundedRect(box, 0.3 * unit, 0.3 * unit)
            painter.setPen(QColor(theme.dim))
            painter.drawText(box, CENTRE, text)

    def _paint_lane(self, painter: QPainter, theme: Theme, state: str) -> None:
        """A lane's mark, the same as in the other pictures, and its name."""
        x, y, reach = self.x(SCORE), self.lane_y(state), 0.34 * self.unit
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, ink in ((4.4, theme.casing), (2.0, theme.warning)):
            painter.setPen(QPen(QColor(ink), width))
            painter.drawLine(QLineF(x - reach, y - reach, x + reach, y + reach))
            if state == "diverged":
                painter.drawLine(QLineF(x - reach, y + reach, x + reach, y - reach))
            else:
                painter.drawEllipse(QPointF(x, y), 1.3 * reach, 1.3 * reach)
        type_ = font(0.92 * self.unit)
        at = QPointF(x + 0.9 * self.unit, y + 0.36 * QFontMetricsF(type_).ascent())
        draw_label(painter, at, state, theme, type_, colour=theme.warning)

    def paint_stretch(self, painter: QPainter, theme: Theme, axis: UprightAxis, stretch: Stretch) -> None:
        """A stretch of an axis: a band with two ends to take hold of."""
        ends = [float(self.y(axis, share)) for share in axis.shares(stretch).clip(0, 1)]
        top, bottom = min(ends), max(ends)
        middle = (top + bottom) / 2
        half, high = 0.5 * self.unit, max(bottom - top, 2.0) / 2
        band = QRectF(self.x(axis.name) - half, middle - high, 2 * half, 2 * high)
        fill = QColor(theme.accent)
        fill.setAlphaF(0.35)
        painter.fillRect(band, fill)
        for y in (band.top(), band.bottom()):
            for width, ink in ((5.0, theme.casing), (2.6, theme.accent)):
                painter.setPen(QPen(QColor(ink), width))
                painter.drawLine(QLineF(band.left(), y, band.right(), y))
