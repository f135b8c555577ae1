"""The network drawn: weights as line widths, batch normalization as a stage of its own, units to click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from gui.theme import Look, font
from gui.views.canvas import Canvas
from gui.views.marks import shape_path

MOST_UNITS = 16  # drawn in a column; of more, as many are chosen evenly
MOST_LINES = 160  # between two columns: the strongest


@dataclass(frozen=True)
class LayerPicture:
    """One dense layer and what follows it.

    Attributes
    ----------
    weights : `(inputs, units)`
    bias, gamma, beta : `(units,)` or None
    activation : its name
    active : `(units,)`, share of the examples for which the unit is at work, or None
    """

    weights: np.ndarray
    bias: np.ndarray | None
    gamma: np.ndarray | None
    beta: np.ndarray | None
    activation: str
    active: np.ndarray | None


class NetworkView(Canvas):
    """Columns of units from the inputs to the classes.

    Signals
    -------
    unitPicked(layer, unit) : clicked; the layer after the last hidden one is that of the classes
    """

    unitPicked = pyqtSignal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: Sequence[LayerPicture] = ()
        self._inputs: Sequence[str] = ()
        self._classes: Sequence[str] = ()
        self._looks: Sequence[Look] = ()
        self._selected: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("The network")

    def show_network(
        self, layers: Sequence[LayerPicture], inputs: Sequence[str], classes: Sequence[str],
        looks: Sequence[Look],
    ) -> None:  # fmt: skip
        """Show these weights."""
        self._layers, self._inputs, self._classes, self._looks = layers, inputs, classes, looks
        self.update()

    def show_selected(self, layer: int, unit: int | None) -> None:
        """Mark a unit."""
        self._selected = None if unit is None else (layer, unit)
        self.update()

    # --- geometry ----------------------------------------------------------------------------------

    def _columns(self, area: QRectF) -> list[tuple[float, Any, Any]]:
        """Of each column: x, which units are drawn, their y."""
        unit = self.theme.axis * self.type_scale
        body = area.adjusted(2.5 * unit, 3.4 * unit, -6.5 * unit, -2.6 * unit)
        sizes = [len(self._inputs), *(layer.weights.shape[1] for layer in self._layers)]
        result = []
        for place, size in enumerate(sizes):
            x = body.left() + body.width() * place / max(len(sizes) - 1, 1)
            shown = np.unique(np.linspace(0, size - 1, min(size, MOST_UNITS)).round().astype(int))
            gap = min(body.height() / max(len(shown), 1), 3.2 * unit)
            y = body.center().y() + gap * (np.arange(len(shown)) - (len(shown) - 1) / 2)
            result.append((x, shown, y))
        return result

    # --- painting ----------------------------------------------------------------------------------

    def paint_still(self, painter: QPainter, area: QRectF) -> None:
        outline = self.card(painter, area)
        if self.theme.card_edge:
            painter.setPen(QPen(QColor(self.theme.card_edge), 1.5))
            painter.drawPath(outline)

    def paint_moving(self, painter: QPainter, area: QRectF) -> None:
        if not self._layers:
            return
        unit = self.theme.axis * self.type_scale
        columns = self._columns(area)
        for place, layer in enumerate(self._layers):
            self._paint_weights(painter, layer, columns[place], columns[place + 1])
        radius = max(min(0.42 * unit, 6.0 * self.type_scale), 2.5)
        painter.setFont(font(unit))
        for place, (x, shown, y) in enumerate(columns):
            above = self._layers[place - 1] if place else None
            if above is not None and above.gamma is not None:
                self._paint_normalization(painter, above, x - 3.2 * unit, shown, y, unit)
            for number, at in zip(shown, y, strict=True):
                self._paint_unit(painter, QPointF(x, at), place, int(number), above, radius)
            self._paint_names(painter, area, place, x, shown, y, unit)
        painter.setPen(QColor(self.theme.dim))
        foot = QRectF(
            area.left() + 1.2 * unit, area.bottom() - 2.0 * unit, area.width() - 2 * unit, 1.6 * unit
        )
        most = max(layer.weights.shape[1] for layer in self._layers)
        part = f"{MOST_UNITS} units of a layer are shown · " if most > MOST_UNITS else ""
        text = f"dashed: negative · {part}click a unit to see what it answers to"
        shown_text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(foot.width()))
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, shown_text)

    def _paint_weights(self, painter: QPainter, layer: LayerPicture, left: Any, right: Any) -> None:
        (x1, from_, y1), (x2, to, y2) = left, right
        block = np.nan_to_num(layer.weights[np.ix_(from_, to)].astype(float))
        largest = float(np.abs(block).max()) or 1.0
        share = np.abs(block) / largest
        order = np.argsort(share, axis=None)[-MOST_LINES:]
        end = x2 - (3.6 if layer.gamma is not None else 0.0) * self.theme.axis * self.type_scale
        colours = (QColor(self.theme.warning), QColor(self.theme.accent))
        for flat in order:
            i, k = divmod(int(flat), block.shape[1])
            strength = float(share[i, k])
            if strength < 0.06:
                continue
            positive = bool(block[i, k] > 0)
            colour = QColor(colours[positive])
            colour.setAlphaF(0.15 + 0.7 * strength)
            pen = QPen(colour, (0.4 + 2.6 * strength) * (0.6 + 0.4 * self.type_scale))
            if not positive:
                pen.setDashPattern([4, 2.5])
            painter.setPen(pen)
            painter.drawLine(QLineF(x1, y1[i], end, y2[k]))

    def _paint_normalization(
        self, painter: QPainter, layer: LayerPicture, x: float, shown: Any, y: Any, unit: float
    ) -> None:
        """A band in front of the units: γ to the right as a bar, β as a tick beside its middle."""
        assert layer.gamma is not None
        assert layer.beta is not None
        width, height = 2.0 * unit, max(y[-1] - y[0], 0) + 1.4 * unit
        band = QRectF(x - width / 2, y[0] - 0.7 * unit, width, height)
        painter.setPen(QPen(QColor(self.theme.dim), 1))
        painter.setBrush(QColor(self.theme.raised))
        painter.drawRoundedRect(band, 4, 4)
        gamma, beta = np.nan_to_num(layer.gamma[shown]), np.nan_to_num(layer.beta[shown])
        most = max(float(np.abs(gamma).max()), float(np.abs(beta).max()), 1.0)
        for at, scale, shift in zip(y, gamma, beta, strict=True):
            length = (width - 6) * min(abs(float(scale)) / most, 1)
            painter.fillRect(QRectF(band.left() + 3, at - 1.5, length, 3), QColor(self.theme.accent))
            place = band.center().x() + (width / 2 - 4) * float(shift) / most
            painter.fillRect(QRectF(place - 1, at - 3.5, 2, 7), QColor(self.theme.text))

    def _paint_unit(
        self,
        painter: QPainter,
        at: QPointF,
        place: int,
        number: int,
        layer: LayerPicture | None,
        radius: float,
    ) -> None:
        painter.setPen(QPen(QColor(self.theme.casing), 1))
        if place == len(self._layers) and number < len(self._looks):
            look = self._looks[number]
            painter.setBrush(QColor(look.colour))
            painter.save()
            painter.translate(at)
            painter.drawPath(shape_path(look.shape, radius * 1.2))
            painter.restore()
        else:
            colour = QColor(self.theme.text)
            if layer is not None and layer.active is not None:
                colour.setAlphaF(0.2 + 0.8 * float(np.nan_to_num(layer.active[number])))
            painter.setBrush(colour)
            painter.drawEllipse(at, radius, radius)
        if self._selected == (place - 1, number):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawEllipse(at, radius + 4, radius + 4)

    def _paint_names(
        self, painter: QPainter, area: QRectF, place: int, x: float, shown: Any, y: Any, unit: float
    ) -> None:
        painter.setPen(QColor(self.theme.dim))
        size = len(self._inputs) if place == 0 else self._layers[place - 1].weights.shape[1]
        name = "inputs" if place == 0 else self._layers[place - 1].activation.replace("relu", "ReLU")
        norm = "BN " if place and self._layers[place - 1].gamma is not None else ""
        room = 0.9 * area.width() / (len(self._layers) + 1)
        words = painter.fontMetrics().elidedText(
            f"{size} {norm}{name}", Qt.TextElideMode.ElideRight, int(room)
        )
        head = QRectF(x - 9 * unit, area.top() + 0.6 * unit, 18 * unit, 1.8 * unit)
        align = Qt.AlignmentFlag.AlignCenter
        if place == 0:
            head, align = head.translated(9 * unit - 1.3 * unit, 0), Qt.AlignmentFlag.AlignLeft
        elif place == len(self._layers):
            head, align = head.translated(-3.2 * unit, 0), Qt.AlignmentFlag.AlignRight
        painter.drawText(head, align | Qt.AlignmentFlag.AlignVCenter, words)
        if place == len(self._layers):
            for number, at in zip(shown, y, strict=True):
                box = QRectF(x + unit, at - unit, 5.4 * unit, 2 * unit)
                name = painter.fontMetrics().elidedText(
                    self._classes[int(number)], Qt.TextElideMode.ElideRight, int(box.width())
                )
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)

    # --- pointer -----------------------------------------------------------------------------------

    def _unit_at(self, at: QPointF) -> tuple[int, int] | None:
        best, found = 14.0 * self.type_scale, None
        for place, (x, shown, y) in enumerate(self._columns(QRectF(self.rect()))):
            for number, height in zip(shown, y, strict=True):
                apart = float(np.hypot(at.x() - x, at.y() - height))
                if place and apart < best:
                    best, found = apart, (place - 1, int(number))
        return found

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self._unit_at(event.position())
        if found is not None:
            self.unitPicked.emit(*found)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        found = self._unit_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        self.setToolTip("" if found is None else self._described(*found))

    def _described(self, place: int, number: int) -> str:
        layer = self._layers[place]
        words = [f"unit {number + 1} of layer {place + 1}"]
        for name, values in (("bias", layer.bias), ("γ", layer.gamma), ("β", layer.beta)):
            if values is not None:
                words.append(f"{name} {values[number]:.3g}")
        if layer.active is not None:
            words.append(f"active for {layer.active[number]:.0%} of the examples")
        return ", ".join(words)
