"""Marks of trials: colour and shape say how good one is and what became of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from gui.theme import Theme
from gui.tune.shades import score_steps, step_colours
from gui.views.marks import shape_path
from landscape.tuning.selection import STATES, Columns

FAINT = 0.28  # opacity of trials that do not light up
CROSS, RING, BAR, LOST = 100, 101, 102, 103  # kinds beside the colour steps; later rounds count from 200
LATER = 200
MANY = 1500  # marks, above which they are stamped as pixels
HALF = 110  # opacity of 255 from which a pixel belongs to a mark


def kinds(columns: Columns) -> Any:
    """Which mark each trial has, `(trials,)`: the step of its colour, or that of its state."""
    kinds = score_steps(columns.score)
    kinds = np.where(columns.round > 0, kinds + LATER, kinds)
    for state, kind in (("diverged", CROSS), ("running", RING), ("stopped", BAR), ("failed", LOST)):
        kinds = np.where(columns.state == STATES.index(state), kind, kinds)
    return kinds


def draw_trials(
    painter: QPainter, pixels: Any, kinds: Any, theme: Theme, radius: float, opacity: float = 1.0
) -> None:
    """Marks at pixels `(trials, 2)`, the better ones above the others."""
    if len(pixels) > MANY:
        _draw_mass(painter, pixels, kinds, theme, radius, opacity)
        return
    device = painter.device()
    scale = (1.0 if device is None else device.devicePixelRatioF()) * painter.transform().m11()
    painter.save()
    painter.setOpacity(opacity)
    for kind in np.unique(kinds).tolist():
        stamp = _stamp(kind, theme, radius, scale)
        half = stamp.width() / stamp.devicePixelRatio() / 2
        for x, y in (pixels[kinds == kind] - half).tolist():
            painter.drawPixmap(QPointF(x, y), stamp)
    painter.restore()


def _draw_mass(
    painter: QPainter, pixels: Any, kinds: Any, theme: Theme, radius: float, opacity: float
) -> None:
    """Thousands of marks, stamped by NumPy: Qt needs 10 µs for each. Edges are not smoothed."""
    device = painter.device()
    scale = (1.0 if device is None else device.devicePixelRatioF()) * painter.transform().m11()
    margin = 2 * radius
    low = pixels.min(axis=0) - margin
    width, height = np.ceil((pixels.max(axis=0) + margin - low) * scale).astype(int).tolist()
    ground = np.zeros((height + 2, width + 2), np.uint32)
    for kind in np.unique(kinds).tolist():
        stamp = stamp_pixels(kind, theme, radius, scale)
        rows, columns = np.nonzero(stamp >> 24 > HALF)
        corners = np.rint((pixels[kinds == kind] - low) * scale - len(stamp) / 2).astype(int)
        x, y = corners[:, :1] + columns, corners[:, 1:] + rows
        inside = (x >= 0) & (y >= 0) & (x < ground.shape[1]) & (y < ground.shape[0])
        values = np.broadcast_to(stamp[rows, columns] | 0xFF000000, x.shape)
        ground[y[inside], x[inside]] = values[inside]
    image = QImage(
        ground.tobytes(), ground.shape[1], ground.shape[0], 4 * ground.shape[1],
        QImage.Format.Format_ARGB32_Premultiplied,
    ).copy()  # fmt: skip
    painter.save()
    painter.setOpacity(opacity)
    left, top = low.tolist()
    painter.drawImage(QRectF(left, top, ground.shape[1] / scale, ground.shape[0] / scale), image)
    painter.restore()


@lru_cache(maxsize=512)
def stamp_pixels(kind: int, theme: Theme, radius: float, scale: float) -> Any:
    """A mark as premultiplied ARGB, `(side, side)`."""
    image = _stamp(kind, theme, radius, scale).toImage()
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    memory: Any = image.constBits()
    memory.setsize(image.sizeInBytes())
    return np.frombuffer(memory, np.uint32).reshape(image.height(), -1)[:, : image.width()].copy()


@lru_cache(maxsize=512)
def _stamp(kind: int, theme: Theme, radius: float, scale: float) -> QPixmap:
    side = 2 * round(radius * 1.6 + 2)
    stamp = QPixmap(round(side * scale), round(side * scale))
    stamp.setDevicePixelRatio(scale)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    draw_kind(painter, kind, theme, radius)
    painter.end()
    return stamp


def draw_kind(painter: QPainter, kind: int, theme: Theme, radius: float) -> None:
    """One mark around the origin."""
    if kind in (CROSS, LOST):
        pen = QPen(QColor(theme.warning), max(radius * 0.42, 1.4))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        arm = 0.78 * radius
        painter.drawLine(QPointF(-arm, -arm), QPointF(arm, arm))
        if kind == CROSS:
            painter.drawLine(QPointF(-arm, arm), QPointF(arm, -arm))
        else:
            painter.drawEllipse(QPointF(0, 0), radius, radius)
        return
    if kind == RING:
        painter.setPen(QPen(QColor(theme.accent), max(radius * 0.35, 1.2)))
        painter.drawEllipse(QPointF(0, 0), 0.8 * radius, 0.8 * radius)
        return
    painter.setPen(QPen(QColor(theme.casing), max(radius * 0.2, 0.8)))
    if kind == BAR:
        painter.setBrush(QColor(theme.dim))
        painter.drawRect(QRectF(-0.8 * radius, -0.8 * radius, 1.6 * radius, 1.6 * radius))
        return
    later = kind >= LATER
    painter.setBrush(step_colours(theme)[kind - LATER if later else kind])
    painter.drawPath(shape_path("diamond" if later else "disc", radius))
