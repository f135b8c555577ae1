"""What is written beside a drawn network: heads, names, one line of small print, a unit in words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import Theme, font
from gui.views.network_layout import LayerPicture, Layout
from landscape.numerals import numeral

MOST_NAMES = 8  # inputs that are named
WIDEST_NAME = 6.5  # heights of type
ACTIVATIONS = {"relu": "ReLU", "softmax": "softmax"}
CENTRE, RIGHT = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
LEFT, MIDDLE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter


def name_room(names: Sequence[str], unit: float, most: int | None = None) -> float:
    """How much room names beside a column take; more than `most` are left out."""
    if most is not None and len(names) > most:
        return 0.0
    metrics = QFontMetricsF(font(unit))
    widest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
    return min(widest, WIDEST_NAME * unit) + unit


def unit_in_words(layers: Sequence[LayerPicture], classes: Sequence[str], layer: int, unit: int) -> str:
    """A unit and its numbers."""
    picture = layers[layer]
    last = layer == len(layers) - 1
    words = [f"{classes[unit]}" if last else f"unit {unit + 1} of layer {layer + 1}"]
    for name, values in (("bias", picture.bias), ("γ", picture.gamma), ("β", picture.beta)):
        if values is not None:
            words.append(f"{name} {numeral(float(values[unit]), 3)}")
    if picture.active is not None:
        words.append(f"active for {picture.active[unit]:.0%}")
    weights = picture.weights[:, unit]
    if len(weights) and np.isfinite(weights).any():
        most = float(weights[np.nanargmax(np.abs(np.where(np.isfinite(weights), weights, 0.0)))])
        words.append(f"largest weight {numeral(most, 3)}")
    return " · ".join(words)


def draw_heads(
    painter: QPainter, theme: Theme, layout: Layout, layers: Sequence[LayerPicture], sizes: Sequence[int],
    area: QRectF,
) -> None:  # fmt: skip
    """Above each column its size and what it does; over each band that it normalizes; +n more below."""
    unit = layout.unit
    top = area.top() + 0.7 * unit
    for place, (column, size) in enumerate(zip(layout.columns, sizes, strict=True)):
        layer = layers[place - 1] if place else None
        normalized = layer is not None and layer.gamma is not None
        kind = "inputs" if place == 0 else "classes" if place == len(layers) else "units"
        plural = kind if size != 1 else kind.removesuffix("es" if kind == "classes" else "s")
        count, does = f"{size} {plural}", "" if layer is None else _activation(layer)
        painter.setFont(font(unit))
        metrics = QFontMetricsF(painter.font())
        left, right = _head_room(layout, place, layers, area)
        if metrics.horizontalAdvance(count) > right - left:
            count = str(size)
        for line, (text, ink) in enumerate(((count, theme.text), (does, theme.dim))):
            width = min(metrics.horizontalAdvance(text), right - left)
            x = min(max(column.x - width / 2, left), right - width)
            painter.setPen(QColor(ink))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, right - left + 1)
            box = QRectF(x, top + 1.5 * line * unit, width + 2, 1.5 * unit)
            painter.drawText(box, LEFT | MIDDLE, shown)
        if normalized:
            _draw_band_head(painter, theme, layout.band(place), top, unit)
        hidden = size - len(column.units)
        if hidden:
            painter.setFont(font(0.92 * unit))
            painter.setPen(QColor(theme.dim))
            box = QRectF(column.x - 5 * unit, column.y[-1] + 0.7 * unit, 10 * unit, 1.4 * unit)
            painter.drawText(box, CENTRE | MIDDLE, f"+{hidden} more")


def _head_room(
    layout: Layout, place: int, layers: Sequence[LayerPicture], area: QRectF
) -> tuple[float, float]:
    """From where to where a column's head may go: it keeps clear of its neighbours and of the bands."""
    x, clear = layout.columns[place].x, 0.3 * layout.unit
    left, right = x - layout.gap / 2 + clear, x + layout.gap / 2 - clear
    if place and layers[place - 1].gamma is not None:
        left = layout.band(place).right() + clear
        right = min(right, 2 * x - left) if place < len(layers) else right
    if place < len(layers) and layers[place].gamma is not None:
        right = min(right, layout.band(place + 1).left() - clear)
    if place == 0:
        left = area.left() + 1.2 * layout.unit
    if place == len(layers):
        right = area.right() - 1.2 * layout.unit
    return left, max(right, left + layout.unit)


def _draw_band_head(painter: QPainter, theme: Theme, band: QRectF, top: float, unit: float) -> None:
    if band.width() < 1.5 * unit:
        return
    painter.setPen(QColor(theme.text))
    box = QRectF(band.center().x() - 2 * unit, top, 4 * unit, 1.5 * unit)
    painter.drawText(box, CENTRE | MIDDLE, "BN")
    painter.setPen(QColor(theme.dim))
    for share, letter in ((0.25, "γ"), (0.75, "β")):
        x = band.left() + share * band.width()
        painter.drawText(QRectF(x - unit, top + 1.5 * unit, 2 * unit, 1.5 * unit), CENTRE | MIDDLE, letter)


def draw_names(
    painter: QPainter, theme: Theme, layout: Layout, inputs: Sequence[str], classes: Sequence[str]
) -> None:
    """The names of the inputs, if they are few, and of the classes."""
    unit = layout.unit
    painter.setPen(QColor(theme.dim))
    width = WIDEST_NAME * unit
    for place, names, align in ((0, inputs, RIGHT), (len(layout.columns) - 1, classes, LEFT)):
        if place == 0 and len(names) > MOST_NAMES:
            continue
        column = layout.columns[place]
        painter.setFont(font(min(unit, max(0.95 * layout.step(place), 8.0))))
        left = column.x + 0.9 * unit if place else column.x - 0.9 * unit - width
        for number, y in zip(column.units.tolist(), column.y.tolist(), strict=True):
            shown = painter.fontMetrics().elidedText(
                names[number], Qt.TextElideMode.ElideRight, int(width) + 1
            )
            painter.drawText(QRectF(left, y - unit, width + 1, 2 * unit), align | MIDDLE, shown)


def draw_foot(
    painter: QPainter, theme: Theme, layout: Layout, area: QRectF, layers: Sequence[LayerPicture],
    classes: Sequence[str], chosen: tuple[int, int] | None, most_lines: int, hint: str,
) -> None:  # fmt: skip
    """One line: how to read the picture, what the hand can do, or the chosen unit's numbers.

    What has no room is left out.
    """
    unit = layout.unit
    painter.setFont(font(unit))
    metrics = QFontMetricsF(painter.font())
    line = QRectF(area.left() + 1.2 * unit, area.bottom() - 2.1 * unit, area.width() - 2.4 * unit, 1.6 * unit)
    broken = any(not np.isfinite(layer.weights).all() for layer in layers)
    if chosen is not None or broken:
        text = (
            "Some weights are not numbers any more." if chosen is None
            else unit_in_words(layers, classes, *chosen)
        )  # fmt: skip
        painter.setPen(QColor(theme.text if chosen is not None else theme.warning))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, LEFT | MIDDLE, shown)
        return
    dead = any(layer.active is not None and not (layer.active > 0).all() for layer in layers)
    x = line.left()
    for kind, text in (
        ("positive", "weight > 0"), ("negative", "< 0"), *([("dead", "never active")] if dead else []),
        ("", _which_lines(layout, most_lines)), ("", hint),
    ):  # fmt: skip
        width = metrics.horizontalAdvance(text)
        sample = {"": 0.0, "dead": 1.2 * unit}.get(kind, 2.6 * unit)
        if not text or x + sample + width > line.right():
            continue
        _draw_sample(painter, theme, kind, QPointF(x, line.center().y()), unit)
        painter.setPen(QColor(theme.dim))
        painter.drawText(QRectF(x + sample, line.top(), width + 2, line.height()), LEFT | MIDDLE, text)
        x += sample + width + 1.3 * unit


def _draw_sample(painter: QPainter, theme: Theme, kind: str, at: QPointF, unit: float) -> None:
    if kind == "dead":
        painter.setPen(QPen(QColor(theme.warning), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(at.x() + 0.4 * unit, at.y()), 0.32 * unit, 0.32 * unit)
    elif kind:
        pen = QPen(QColor(theme.accent if kind == "positive" else theme.warning), 2.2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if kind == "negative":
            pen.setDashPattern([6 / 2.2, 4 / 2.2])
        painter.setPen(pen)
        painter.drawLine(QLineF(at.x(), at.y(), at.x() + 2 * unit, at.y()))


def _which_lines(layout: Layout, most: int) -> str:
    counts = [len(column.units) for column in layout.columns]
    left_out = any(a * b > most for a, b in itertools.pairwise(counts))
    return f"the {most} strongest lines a layer" if left_out else ""


def _activation(layer: LayerPicture) -> str:
    return ACTIVATIONS.get(layer.activation, layer.activation)
