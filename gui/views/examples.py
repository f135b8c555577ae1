"""Examples of the classes as shapes: learned from full, held back hollow, taken for another class ringed."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap

from gui.theme import Look, Theme, class_looks
from gui.views.marks import shape_path

FEW = 600  # examples; more of them are drawn smaller


def example_radius(count: int, theme: Theme) -> float:
    """How large an example is drawn, in pixels at scale 1."""
    return (0.25 * theme.ball + 1.95) * min(1.0, (FEW / max(count, 1)) ** 0.35)


def draw_shape(painter: QPainter, at: QPointF, look: Look, theme: Theme, radius: float) -> None:
    """One full shape of a class."""
    painter.setPen(QPen(QColor(theme.casing), 0.27 * radius))
    painter.setBrush(QColor(look.colour))
    painter.drawPath(shape_path(look.shape, radius).translated(at))


def draw_picked(painter: QPainter, at: QPointF, theme: Theme, radius: float) -> None:
    """A ring and a cross that leaves the middle free, so that what is picked is seen."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((theme.casing, 0.55), (theme.accent, 0.24)):
        pen = QPen(QColor(colour), width * radius)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawEllipse(at, radius, radius)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            arm = QPointF(x, y) * radius
            painter.drawLine(at + arm, at + 1.7 * arm)


def draw_examples(
    painter: QPainter, pixels: np.ndarray, labels: np.ndarray, held: np.ndarray, wrong: np.ndarray,
    theme: Theme, radius: float, ratio: float | None = None,
) -> None:  # fmt: skip
    """The examples at pixels `(n, 2)`; those that are held back or wrong lie on top of the others.

    With the screen's ratio of pixels each kind is stroked once and then stamped, to the nearest pixel of the
    screen: strokes take ten times as long. Without it every one is stroked exactly where it is.
    """
    good = np.isfinite(pixels).all(axis=1)
    if not good.any():
        return
    looks = class_looks(int(labels.max()) + 1, theme)
    stamps: dict[tuple[int, bool, bool], QPixmap] = {}
    reach = 2.6 * radius  # of a ring and its halo
    for place in np.lexsort((held, wrong)):
        if not good[place]:
            continue
        kind = (int(labels[place]), bool(held[place]), bool(wrong[place]))
        x, y = pixels[place].tolist()
        if ratio is None:
            painter.translate(x, y)
            _stroke(painter, looks[kind[0]], kind[1], kind[2], theme, radius)
            painter.translate(-x, -y)
            continue
        if kind not in stamps:
            side = 2 * math.ceil(reach * ratio) + 1
            stamp = stamps[kind] = QPixmap(side, side)
            stamp.fill(Qt.GlobalColor.transparent)
            stamp.setDevicePixelRatio(ratio)
            layer = QPainter(stamp)
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            layer.translate(side / ratio / 2, side / ratio / 2)
            _stroke(layer, looks[kind[0]], kind[1], kind[2], theme, radius)
            layer.end()
        half = stamps[kind].width() / 2
        corner = QPointF(round(x * ratio - half) / ratio, round(y * ratio - half) / ratio)
        painter.drawPixmap(corner, stamps[kind])


def _stroke(painter: QPainter, look: Look, held: bool, wrong: bool, theme: Theme, radius: float) -> None:
    """One example around the origin."""
    casing = QColor(theme.casing)
    if wrong:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme.casing, 0.62), (theme.text, 0.28)):
            painter.setPen(QPen(QColor(colour), width * radius))
            painter.drawEllipse(QPointF(0, 0), 1.95 * radius, 1.95 * radius)
    if not held:
        draw_shape(painter, QPointF(0, 0), look, theme, radius)
        return
    path = shape_path(look.shape, 0.88 * radius)
    painter.setBrush(casing)
    for paint, width in ((casing, 0.8), (QColor(look.colour), 0.38)):
        painter.setPen(QPen(paint, width * radius))
        painter.drawPath(path)
