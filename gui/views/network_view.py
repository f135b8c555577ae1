"""The network drawn: weights as line widths, batch normalization as a stage of its own, units to click."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import Look
from gui.views.arrow_keys import arrow_move
from gui.views.canvas import Canvas
from gui.views.lines import segments
from gui.views.marks import shape_path
from gui.views.network_layout import MOST_UNITS, Column, Layout, lay_out, strongest
from gui.views.network_layout import LayerPicture as LayerPicture
from gui.views.network_words import MOST_NAMES, draw_foot, draw_heads, draw_names, name_room, unit_in_words
from gui.views.shading import between

MOST_LINES = 150  # between two columns: the strongest
LEVELS = 12  # of line width: lines of one level are stroked together, which is far quicker
WIDEST = 3.4
FINE = 1.2  # pixels: finer lines are drawn one pixel wide
REACH = 14.0  # pixels around a unit that belong to it


class NetworkView(Canvas):
    """Columns of units from the inputs to the classes.

    Signals
    -------
    unitPicked(layer, unit) : clicked, moved to with ↑ ↓ and Alt+← →, or left with Esc; the layer after the
        last hidden one is that of the classes
    """

    unitPicked = pyqtSignal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: Sequence[LayerPicture] = ()
        self._inputs: Sequence[str] = ()
        self._classes: Sequence[str] = ()
        self._looks: Sequence[Look] = ()
        self._selected: tuple[int, int] | None = None
        self._build: object = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The network")

    def show_network(
        self, layers: Sequence[LayerPicture], inputs: Sequence[str], classes: Sequence[str],
        looks: Sequence[Look],
    ) -> None:  # fmt: skip
        """Show these weights."""
        self._layers, self._inputs, self._classes, self._looks = layers, inputs, classes, looks
        stages = tuple((layer.weights.shape, layer.activation, layer.gamma is None) for layer in layers)
        build = (stages, tuple(inputs), tuple(classes))
        if build == self._build:
            self.update()  # the names stay: only the weights are drawn anew
        else:
            self._build = build
            self._describe()
            self.still_changed()

    def show_selected(self, layer: int, unit: int | None) -> None:
        """Mark a unit."""
        self._selected = None if unit is None else (layer, unit)
        self._describe()
        self.still_changed()

    def _describe(self) -> None:
        sizes = " – ".join(str(size) for size in self._sizes)
        chosen = self._chosen
        more = "" if chosen is None else f"; {unit_in_words(self._layers, self._classes, *chosen)}"
        self.setAccessibleDescription(sizes + more if self._layers else "")

    # --- geometry ----------------------------------------------------------------------------------

    @property
    def _sizes(self) -> list[int]:
        return [len(self._inputs), *(layer.weights.shape[1] for layer in self._layers)]

    @property
    def _chosen(self) -> tuple[int, int] | None:
        """The selected unit, if this network has it."""
        if self._selected is None:
            return None
        layer, unit = self._selected
        fits = 0 <= layer < len(self._layers) and 0 <= unit < self._layers[layer].weights.shape[1]
        return self._selected if fits else None

    def _layout(self, area: QRectF) -> Layout:
        # In a low card large type must leave room for what it speaks of.
        unit = min(self.theme.axis * self.type_scale, area.height() / 17)
        left, right = name_room(self._inputs, unit, MOST_NAMES), name_room(self._classes, unit)
        foot = 4.2 if max(self._sizes[1:], default=0) > MOST_UNITS else 3.2
        body = area.adjusted(left + 1.2 * unit, 4.4 * unit, -right - 1.2 * unit, -foot * unit)
        chosen = self._chosen
        return lay_out(body, unit, self._sizes, None if chosen is None else (chosen[0] + 1, chosen[1]))

    def _columns(self, area: QRectF) -> tuple[Column, ...]:
        """Of each column: x, which units are drawn, their y."""
        return self._layout(area).columns

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        self.card_edge(painter, self.card(painter, area))
        if self._layers:
            layout = self._layout(area)
            draw_heads(painter, self.theme, layout, self._layers, self._sizes, area)
            draw_names(painter, self.theme, layout, self._inputs, self._classes)
        else:
            self.paint_hint(painter, area)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if not self._layers:
            return
        layout = self._layout(area)
        for place, layer in enumerate(self._layers):
            self._paint_weights(painter, layout, place, layer)
        for place, layer in enumerate(self._layers):
            if layer.gamma is not None:
                self._paint_normalization(painter, layout, place + 1, layer)
        if layout.side:
            self._paint_block(painter, layout)
        for place, column in enumerate(layout.columns):
            if place == 0 and layout.side:
                continue
            radius = max(0.42 * min(layout.unit, layout.step(place)), 2.0)
            for number, y in zip(column.units.tolist(), column.y.tolist(), strict=True):
                self._paint_unit(painter, QPointF(column.x, y), place, number, radius)
        hint = "click a unit" if self.isEnabled() else ""
        draw_foot(
            painter, self.theme, layout, area, self._layers, self._classes, self._chosen, MOST_LINES, hint
        )
        self.focus_ring(painter, area)

    def _paint_weights(self, painter: QPainter, layout: Layout, place: int, layer: LayerPicture) -> None:
        left, right = layout.columns[place], layout.columns[place + 1]
        chosen = self._chosen
        # A chosen unit shows all of its lines; those of the others step back.
        most = layer.weights.size if chosen is not None and chosen[0] in (place, place - 1) else MOST_LINES
        rows, columns, shares = strongest(layer.weights, left.units, right.units, most)
        end = right.x if layer.gamma is None else layout.band(place + 1).left()
        ends = np.concatenate([layout.points(place)[rows], layout.points(place + 1)[columns]], axis=1)
        ends[:, 2] = end
        if chosen is None:
            self._stroke(painter, ends, shares, 1.0)
            return
        touched = np.zeros(len(rows), dtype=bool)
        if chosen[0] == place:
            touched = right.units[columns] == chosen[1]
        elif chosen[0] == place - 1:
            touched = left.units[rows] == chosen[1]
        others = np.flatnonzero(~touched)[-MOST_LINES:]
        self._stroke(painter, ends[others], shares[others], 0.22)
        self._stroke(painter, ends[touched], shares[touched], 1.0)

    def _stroke(self, painter: QPainter, ends: np.ndarray, shares: np.ndarray, opacity: float) -> None:
        """Lines `(n, 4)`, as wide as their shares, the weakest first; negative ones dashed."""
        if not len(ends):
            return
        levels = np.ceil(np.abs(shares) * LEVELS).astype(int)
        kinds = 2 * levels + (shares > 0)  # of one pen each
        order = np.argsort(kinds, kind="stable")
        firsts = np.flatnonzero(np.diff(kinds[order], prepend=-1)).tolist()
        lines = segments(ends[order])
        for first, last in itertools.pairwise((*firsts, len(ends))):
            level, positive = divmod(int(kinds[order[first]]), 2)
            ink = self.theme.accent if positive else self.theme.warning
            painter.setPen(_pen(self.theme.card, ink, level / LEVELS, not positive, opacity, self.type_scale))
            painter.drawLines(lines[first:last])

    def _paint_normalization(
        self, painter: QPainter, layout: Layout, place: int, layer: LayerPicture
    ) -> None:
        """A band in front of the units, γ as a bar from its edge, β to either side of a line."""
        assert layer.gamma is not None
        _, units, heights = layout.columns[place]
        band = layout.band(place)
        painter.setPen(QPen(QColor(self.theme.dim), 1))
        painter.setBrush(QColor(self.theme.raised))
        painter.drawRoundedRect(band, 4, 4)
        beta = np.zeros(len(layer.gamma)) if layer.beta is None else layer.beta
        gamma, beta = (np.where(np.isfinite(v), v, 0.0) for v in (layer.gamma, beta))
        most_gamma = max(float(np.abs(gamma).max(initial=0.0)), 1.0)
        most_beta = max(float(np.abs(beta).max(initial=0.0)), 0.5)
        half, inset = band.width() / 2, 0.12 * band.width()
        thick = min(0.3 * layout.unit, 0.45 * band.height() / max(len(units), 1))
        middle = band.left() + 1.5 * half
        faint = QColor(self.theme.dim)
        faint.setAlphaF(0.55)
        painter.setPen(QPen(faint, 1))
        painter.drawLine(QLineF(middle, band.top() + 2, middle, band.bottom() - 2))
        plus, minus, text = map(QColor, (self.theme.accent, self.theme.warning, self.theme.text))
        for number, y in zip(units.tolist(), heights.tolist(), strict=True):
            length = (half - 1.3 * inset) * abs(gamma[number]) / most_gamma
            ink = minus if gamma[number] < 0 else plus
            painter.fillRect(QRectF(band.left() + inset, y - thick / 2, length, thick), ink)
            length = (half / 2 - 2) * beta[number] / most_beta
            bar = QRectF(middle + min(length, 0.0), y - thick / 2, abs(length), thick)
            painter.fillRect(bar, text)

    def _paint_block(self, painter: QPainter, layout: Layout) -> None:
        """Inputs that form a square: as bright as their weights, or with the chosen unit's own."""
        weights = np.where(np.isfinite(self._layers[0].weights), self._layers[0].weights, 0.0)
        chosen = self._chosen
        alone = chosen is not None and chosen[0] == 0
        shown = weights[:, chosen[1]] if chosen and alone else np.abs(weights).mean(axis=1)
        shares = shown / (float(np.abs(shown).max(initial=0.0)) or 1.0)
        cell, ground = layout.cell, QColor(self.theme.raised)
        for (x, y), share in zip(layout.points(0).tolist(), shares.tolist(), strict=True):
            box = QRectF(x - cell / 2 + 0.5, y - cell / 2 + 0.5, cell - 1, cell - 1)
            painter.fillRect(box, ground)
            ink = QColor(
                self.theme.text if not alone else self.theme.accent if share > 0 else self.theme.warning
            )
            ink.setAlphaF(min(0.06 + 0.9 * abs(share), 1.0))
            if share < 0:  # not by its colour alone
                box = box.adjusted(0.22 * cell, 0.22 * cell, -0.22 * cell, -0.22 * cell)
            painter.fillRect(box, ink)

    def _paint_unit(self, painter: QPainter, at: QPointF, place: int, number: int, radius: float) -> None:
        painter.setPen(QPen(QColor(self.theme.casing), 1))
        if place == len(self._layers) and number < len(self._looks):
            look = self._looks[number]
            painter.setBrush(QColor(look.colour))
            painter.translate(at)
            painter.drawPath(shape_path(look.shape, radius * 1.2))
            painter.translate(-at)
        else:
            active = self._layers[place - 1].active if place else None
            share = 1.0 if active is None else float(active[number])
            if share > 0:
                # Opaque, so that lines do not shine through.
                painter.setBrush(between(self.theme.card, self.theme.text, min(0.25 + 0.75 * share, 1.0)))
                painter.drawEllipse(at, radius, radius)
            else:  # dead, or not a number
                painter.setBrush(QColor(self.theme.card))
                painter.setPen(QPen(QColor(self.theme.warning), 1.4))
                painter.drawEllipse(at, 0.85 * radius, 0.85 * radius)
        if self._chosen == (place - 1, number):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawEllipse(at, radius + 4, radius + 4)

    # --- pointer and keys --------------------------------------------------------------------------

    def _unit_at(self, at: QPointF) -> tuple[int, int] | None:
        """(column, unit); column 0 are the inputs."""
        if not self._layers:
            return None
        normalized = [layer.gamma is not None for layer in self._layers]
        return self._layout(QRectF(self.rect())).unit_at(at, REACH * self.type_scale, normalized)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self._unit_at(event.position())
        if found is not None and found[0] and event.button() == Qt.MouseButton.LeftButton:
            self.unitPicked.emit(found[0] - 1, found[1])

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self._unit_at(event.position())
        pick = found is not None and found[0] > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if pick else Qt.CursorShape.ArrowCursor)
        if found is None:
            self.setToolTip("")
        elif found[0] == 0:
            self.setToolTip(self._inputs[found[1]])
        else:
            self.setToolTip(unit_in_words(self._layers, self._classes, found[0] - 1, found[1]))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        (along, down), chosen = arrow_move(event), self._chosen
        if event.key() == Qt.Key.Key_Escape and chosen is not None:
            self.unitPicked.emit(*chosen)  # as a second click on it: it is left
            return
        if not self._layers or not (along or down):
            event.ignore()
            return
        if chosen is None:
            self.unitPicked.emit(0, 0)
            return
        layer = min(max(chosen[0] + along, 0), len(self._layers) - 1)
        unit = min(max(chosen[1] + down, 0), self._layers[layer].weights.shape[1] - 1)
        if (layer, unit) != chosen:
            self.unitPicked.emit(layer, unit)


@cache
def _pen(ground: str, ink: str, strength: float, dashed: bool, opacity: float, type_scale: float) -> QPen:
    """The pen of a weight; of a hundred kinds, so that each is made once."""
    scale = 0.6 + 0.4 * type_scale
    width = WIDEST * strength * scale
    # Finer than a pixel is as faint as it is fine: Qt is quick with lines one pixel wide, and three times
    # quicker with opaque ones. Behind them is the card, so they are mixed with its colour.
    opaque = opacity * (0.26 + 0.7 * strength) * min(width, 1.0)
    width = width if width > FINE else 1.0
    pen = QPen(between(ground, ink, opaque), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashed:
        pen.setDashPattern([6 * scale / width, 4 * scale / width])
    return pen
