"""A curve for each rule against the step: the future faint, the past full, and a line for now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPaintEngine, QPainter, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.theme import Look, font
from gui.views.canvas import Canvas
from gui.views.chart_words import draw_curve_names, draw_flag_lines, draw_flag_words, place_flag_words
from gui.views.lines import draw_broken_line, polyline
from gui.views.marks import draw_ball, line_pen
from gui.views.ticks import log_ticks, ticks
from landscape.numerals import numeral

DECADES = 10  # as far below the largest value as a logarithmic axis looks


@dataclass(frozen=True)
class Curves:
    """What a chart shows.

    Attributes
    ----------
    title : said above the curves
    values : one `(steps+1,)` array a rule, nan where there is none
    log : whether the axis is logarithmic; values must then be positive to be seen
    limits : levels drawn across, each with its name and its colour ("" for that of a warning)
    steps : `(steps+1,)` arrays, at what each value stands on the axis; empty for its place
    bands : a `(low, high)` pair of arrays around each curve; empty for none
    note : a second line under the title
    stretches : (first step, last step, look, text): marked below the curves
    flags : (step, text): what was changed there, as a dashed line through the chart
    named : whether the looks' labels name the curves, at the upper right and with values at the pointer
    """

    title: str
    values: tuple[np.ndarray, ...]
    looks: tuple[Look, ...]
    log: bool = False
    limits: tuple[tuple[float, str, str], ...] = ()
    steps: tuple[np.ndarray, ...] = ()
    bands: tuple[tuple[np.ndarray, np.ndarray], ...] = ()
    stretches: tuple[tuple[int, int, Look, str], ...] = ()
    note: str = ""
    flags: tuple[tuple[float, str], ...] = ()
    named: bool = False

    def until(self, step: int) -> Curves:
        """As much of them as is known at a step: nothing of what comes after it."""

        def known(values: np.ndarray) -> np.ndarray:
            return np.where(np.arange(len(values)) <= step, values, np.nan)

        return replace(
            self, values=tuple(known(values) for values in self.values),
            bands=tuple((known(low), known(high)) for low, high in self.bands),
            stretches=tuple((first, min(last, step), look, "") for first, last, look, _ in self.stretches
                            if first <= step),
            flags=tuple((at, text) for at, text in self.flags if at <= step), note="",
        )  # fmt: skip


class StripChart(Canvas):
    """Shows curves and a moment.

    Signals
    -------
    scrubbed(step) : clicked or dragged to this step
    """

    scrubbed = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = Curves("", (), ())
        self._step = 0
        self._range = (0.0, 1.0)
        self._past: QPixmap | None = None
        self._words: tuple[QRectF, list[tuple[QRectF, str]]] | None = None  # of the flags, in a plot
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def show_curves(self, curves: Curves) -> None:
        """Show these curves."""
        self._curves = curves
        if curves.named:
            self.setMouseTracking(True)
            self.setToolTip("")  # its values are those of other curves
        self._range = _value_range(curves)
        self.still_changed()

    @property
    def _waits(self) -> bool:
        """Whether there is a hint to be shown in place of curves."""
        return bool(self.hint) and not any(np.isfinite(values).any() for values in self._curves.values)

    def set_step(self, step: int) -> None:
        """Show this moment."""
        if step != self._step:
            self._step = step
            self.update()

    def still_changed(self) -> None:
        self._past = self._words = None
        super().still_changed()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._past = None
        super().resizeEvent(event)

    # --- geometry ----------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """The last step of the curves."""
        if self._curves.steps:
            return max(int(np.nanmax(steps)) for steps in self._curves.steps)
        return max((len(values) for values in self._curves.values), default=2) - 1

    @property
    def first(self) -> int:
        """Where the axis begins: at 0, or with what had been spent before the first step."""
        return min((int(steps[0]) for steps in self._curves.steps), default=0)

    def _share(self, step: Any) -> Any:
        """How far along the axis a step is, from 0 to 1."""
        return (step - self.first) / max(self.steps - self.first, 1)

    def _now(self) -> float:
        """The present step, or where on the axis it is: as far as the first curve has come by then."""
        if not self._curves.steps:
            return float(self._step)
        places = [steps[min(self._step, len(steps) - 1)] for steps in self._curves.steps]
        return float(min(places))

    def plot_area(self, area: QRectF) -> QRectF:
        """Where curves are drawn, inside the title and the axes."""
        unit = self.theme.axis * self.type_scale
        head = 4.3 if self._curves.note else 2.9
        return area.adjusted(5.2 * unit, head * unit, -1.6 * unit, -2.2 * unit)

    def _pixels(
        self, values: np.ndarray, plot: QRectF, first: int = 0, at: np.ndarray | None = None
    ) -> np.ndarray:
        low, high = self._range
        with np.errstate(all="ignore"):
            shown = np.log10(values) if self._curves.log else values
        if self._curves.log:
            shown = np.where(values == 0, 2 * low - high, shown)  # below the axis
        steps = first + np.arange(len(values)) if at is None else at
        x = plot.left() + plot.width() * self._share(steps)
        y = plot.bottom() - plot.height() * (np.clip(shown, 2 * low - high, 2 * high - low) - low) / (
            high - low
        )
        return np.stack([x, y], axis=1)

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        unit = self.theme.axis * self.type_scale
        plot = self.plot_area(area)
        painter.setFont(font(1.08 * unit))
        painter.setPen(QColor(self.theme.dim))
        title = QRectF(area.left() + 1.2 * unit, area.top() + 0.6 * unit, area.width() - 2 * unit, 1.8 * unit)
        if self._curves.named:
            # The title comes first: names have the rest, in smaller type if need be.
            taken = min(
                painter.fontMetrics().horizontalAdvance(self._curves.title) + 2 * unit, 0.55 * title.width()
            )
            names = title.adjusted(taken, 0, 0, 0)
            title.setRight(
                draw_curve_names(painter, self.theme, self._curves.looks, names, unit) - 0.6 * unit
            )
            painter.setPen(QColor(self.theme.dim))
        _draw_words(painter, title, self._curves.title)
        if self._curves.note:
            painter.setFont(font(0.9 * unit))
            painter.setPen(QColor(self.theme.text))
            below = title.translated(0, 1.5 * unit)
            below.setWidth(area.width() - 2 * unit)
            _draw_words(painter, below, self._curves.note)
        if self._waits:
            self.paint_hint(painter, area)
            return
        self._paint_axes(painter, plot, unit)
        self._paint_curves(painter, plot, past=False)
        draw_flag_lines(painter, self.theme, [x for x, _ in self._flags(plot)], plot)

    def _flags(self, plot: QRectF) -> list[tuple[float, str]]:
        """The x and the words of each flag."""
        return [(plot.left() + plot.width() * self._share(step), text) for step, text in self._curves.flags]

    def _flag_words(self, plot: QRectF) -> list[tuple[QRectF, str]]:
        """Where the words of the flags stand; looked for once as long as nothing changes."""
        if self._words is None or self._words[0] != plot:
            at = self._curves.steps or (None,) * len(self._curves.values)
            curves = [
                self._pixels(values, plot, at=one)
                for values, one in zip(self._curves.values, at, strict=True)
            ]
            unit = self.theme.axis * self.type_scale
            self._words = (plot, place_flag_words(self._flags(plot), curves, plot, unit))
        return self._words[1]

    def _paint_axes(self, painter: QPainter, plot: QRectF, unit: float) -> None:
        painter.setFont(font(unit))
        low, high = self._range
        most = max(2, int(plot.height() / (2.2 * unit)))
        levels = log_ticks(10**low, 10**high, most) if self._curves.log else ticks(low, high, most)
        for level in levels:
            place = np.log10(level) if self._curves.log else level
            y = plot.bottom() - plot.height() * (place - low) / (high - low)
            painter.setPen(QPen(QColor(self.theme.hairline), 1))
            painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
            painter.setPen(QColor(self.theme.dim))
            box = QRectF(plot.left() - 5 * unit, y - unit, 4.5 * unit, 2 * unit)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, numeral(level, 3)
            )
        painter.setPen(QColor(self.theme.dim))
        for tick in ticks(self.first, self.steps, max(2, int(plot.width() / (5 * unit)))):
            x = plot.left() + plot.width() * self._share(tick)
            box = QRectF(x - 3 * unit, plot.bottom() + 0.3 * unit, 6 * unit, 1.6 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:g}")
        for level, name, colour in self._curves.limits:
            place = np.log10(level) if self._curves.log else level
            if low < place < high:
                y = plot.bottom() - plot.height() * (place - low) / (high - low)
                paint = QColor(colour or self.theme.warning)
                painter.setPen(QPen(paint, 1.5, Qt.PenStyle.DashLine))
                painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
                painter.setPen(paint)
                above = y - plot.top() > 1.6 * unit  # else it would run into the title
                box = QRectF(
                    plot.right() - 26 * unit, y - (1.6 if above else -0.2) * unit, 26 * unit, 1.4 * unit
                )
                align = Qt.AlignmentFlag.AlignBottom if above else Qt.AlignmentFlag.AlignTop
                words = painter.boundingRect(box, Qt.AlignmentFlag.AlignRight | align, name)
                painter.fillRect(words.adjusted(-3, 1, 3, -1), QColor(self.theme.card))
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | align, name)
        self._paint_stretches(painter, plot, unit)

    def _paint_stretches(self, painter: QPainter, plot: QRectF, unit: float) -> None:
        """Stretches of steps as bars at the bottom, one row a rule, the words beside them if they fit."""
        rows: dict[str, int] = {}
        for _, _, look, _ in self._curves.stretches:
            rows.setdefault(look.label, len(rows))
        # In large type the bars must leave room for the curves, which they speak of.
        unit = min(unit, 0.4 * plot.height() / (1.5 * max(len(rows), 1)))
        for first, last, look, text in self._curves.stretches:
            row = rows[look.label]
            left = plot.left() + plot.width() * self._share(first)
            right = plot.left() + plot.width() * self._share(last)
            bar = QRectF(left, plot.bottom() - (row + 1) * 1.5 * unit, max(right - left, 2.0), 1.3 * unit)
            colour = QColor(look.colour)
            colour.setAlphaF(0.28)
            painter.fillRect(bar, colour)
            painter.fillRect(QRectF(bar.left(), bar.bottom() - 2, bar.width(), 2), QColor(look.colour))
            painter.setFont(font(0.95 * unit))
            painter.setPen(QColor(self.theme.text))
            if text and painter.fontMetrics().horizontalAdvance(text) < bar.width() - 8:
                painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_curves(self, painter: QPainter, plot: QRectF, past: bool, seen: QRectF | None = None) -> None:
        seen = seen or plot
        painter.save()
        painter.setClipRect(seen.adjusted(-2, -3, 3, 3), Qt.ClipOperation.IntersectClip)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # One pixel wide is a fast path of Qt's; everything wider is stroked as a shape.
        width = 0.8 * self.theme.trail * (0.6 + 0.4 * self.type_scale) if past else 1.0
        painter.setOpacity(1.0 if past else 0.4)
        curves = self._curves
        for k, (values, look) in enumerate(zip(curves.values, curves.looks, strict=True)):
            at = curves.steps[k] if curves.steps else None
            if curves.bands:
                self._paint_band(painter, plot, curves.bands[k], at, look)
            painter.setPen(line_pen(look, width) if past else QPen(QColor(look.colour), width))
            pixels = self._pixels(values, plot, at=at)
            draw_broken_line(painter, pixels if _in_pixels(painter) else _cut(pixels, seen))
        painter.restore()

    def _paint_band(
        self, painter: QPainter, plot: QRectF, band: tuple[np.ndarray, np.ndarray], at: Any, look: Look
    ) -> None:
        """The area between two curves."""
        low, high = (self._pixels(edge, plot, at=at) for edge in band)
        around = np.concatenate([low, high[::-1]])
        around = around[np.isfinite(around).all(axis=1)]
        colour = QColor(look.colour)
        colour.setAlphaF(0.22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(polyline(around))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if not self._curves.values or self._waits:
            return
        plot = self.plot_area(area)
        now = plot.left() + plot.width() * self._share(min(self._now(), self.steps))
        self._paint_past(painter, area, plot, now)
        if self._curves.flags:
            unit = self.theme.axis * self.type_scale
            draw_flag_words(painter, self.theme, self._flag_words(plot), unit)
        painter.setPen(QPen(QColor(self.theme.accent), 1.6))
        painter.drawLine(QLineF(now, plot.top() - 4, now, plot.bottom()))
        for k, (values, look) in enumerate(zip(self._curves.values, self._curves.looks, strict=True)):
            finite = np.flatnonzero(np.isfinite(values[: self._step + 1]))
            if len(finite):
                last = int(finite[-1])
                at = None if not self._curves.steps else self._curves.steps[k][last : last + 1]
                x, y = self._pixels(values[last : last + 1], plot, last, at)[0]
                y = min(max(y, plot.top()), plot.bottom())  # what is beyond the axis waits at its edge
                if np.isfinite(y):
                    if self._curves.named:  # a name does not go into a ball, a letter does
                        look = replace(look, label="")
                    draw_ball(painter, QPointF(x, y), look, self.theme, 5.0 * (0.6 + 0.4 * self.type_scale))

    def _paint_past(self, painter: QPainter, area: QRectF, plot: QRectF, now: float) -> None:
        """The full curves up to now. In pixels they are stroked once and then only uncovered."""
        if not _in_pixels(painter):
            self._paint_curves(painter, plot, past=True, seen=plot.adjusted(0, 0, now - plot.right(), 0))
            return
        ratio = painter.deviceTransform().m11()
        size = (area.size() * ratio).toSize()
        if self._past is None or self._past.size() != size or self._past.devicePixelRatio() != ratio:
            self._past = QPixmap(size)
            self._past.setDevicePixelRatio(ratio)
            self._past.fill(Qt.GlobalColor.transparent)
            layer = QPainter(self._past)
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_curves(layer, plot, past=True)
            layer.end()
        shown = QRectF(0, 0, now, area.height())
        painter.drawPixmap(shown, self._past, QRectF(0, 0, now * ratio, area.height() * ratio))

    # --- pointer -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._scrub(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event)
        elif self._curves.named:
            self.setToolTip(self._read_out(self._step_at(event)))

    def _read_out(self, step: int) -> str:
        """The curves' values at a step, those that have one."""
        curves = self._curves
        words = [
            f"{look.label} {numeral(float(values[step]), 3)}"
            for values, look in zip(curves.values, curves.looks, strict=True)
            if step < len(values) and np.isfinite(values[step])
        ]
        return f"{step}: {', '.join(words)}" if words else ""

    def _scrub(self, event: Any) -> None:
        self.scrubbed.emit(self._step_at(event))

    def _step_at(self, event: Any) -> int:
        """The step under the pointer."""
        plot = self.plot_area(QRectF(self.rect()))
        place = (event.position().x() - plot.left()) / max(plot.width(), 1)
        there = self.first + min(max(place, 0.0), 1.0) * (self.steps - self.first)
        if self._curves.steps:  # the step that the first curve has there
            first = min(self._curves.steps, key=lambda steps: float(steps[0]))
            there = int(np.abs(first - there).argmin())
        return round(there)


def _in_pixels(painter: QPainter) -> bool:
    """Whether it is a picture of pixels that is painted on, not lines and letters in a file."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() == QPaintEngine.Type.Raster


def _cut(pixels: np.ndarray, seen: QRectF) -> np.ndarray:
    """A curve without what is outside, for files that know no clipping: a step goes on as far as the edge."""
    x, y = pixels[:, 0], pixels[:, 1]
    inside = (y >= seen.top()) & (y <= seen.bottom()) & (x <= seen.right() + 1e-6)
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    near &= x <= seen.right() + 1e-6
    return np.where(near[:, None], np.stack([x, np.clip(y, seen.top(), seen.bottom())], axis=1), np.nan)


def _draw_words(painter: QPainter, box: QRectF, text: str) -> None:
    """A line of words, which ends in … where there is no room for all of it."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _value_range(curves: Curves) -> tuple[float, float]:
    """The axis: (low, high), as powers of ten where it is logarithmic."""
    finite = [values[np.isfinite(values)] for values in curves.values]
    edges = [edge[np.isfinite(edge)] for band in curves.bands for edge in band]
    everything = np.concatenate([*finite, *edges]) if finite else np.empty(0)
    if curves.log and curves.limits and everything.size:
        everything = np.append(everything, [limit[0] * 1.2 for limit in curves.limits])
    if curves.log:
        everything = everything[everything > 0]
    if not everything.size:
        return (0.0, 1.0)
    if curves.log:
        high = float(np.log10(everything.max())) + 0.1
        # A path that diverges must not press all the others into one line.
        starts = [float(values[0]) for values in finite if len(values) and values[0] > 0]
        if starts:
            high = min(high, float(np.log10(max(starts))) + 4)
        low = max(float(np.log10(everything.min())) - 0.1, high - DECADES)
        return (low, max(high, low + 1.0))
    low = float(everything.min())
    tops = [float(np.percentile(part, 99.5)) for part in (np.concatenate(finite), *edges) if part.size]
    high = max([*tops, *(limit[0] * 1.1 for limit in curves.limits)])
    low = min(low, 0.0) if low < 0.3 * high else low
    pad = 0.05 * (high - low) or max(abs(high), 1.0) * 0.1
    return (low if low == 0 else low - pad, high + pad)
