"""Pixel coordinates as Qt polylines, without a Python object for each point."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF


def polyline(pixels: np.ndarray) -> QPolygonF:
    """Pixels `(n, 2)` as a polygon; every coordinate must be finite."""
    polygon = QPolygonF()
    if len(pixels):
        polygon.fill(QPointF(), len(pixels))
        memory: Any = polygon.data()
        memory.setsize(16 * len(pixels))  # two doubles a point
        np.frombuffer(memory, dtype=np.float64).reshape(-1, 2)[:] = pixels
    return polygon


def draw_broken_line(painter: QPainter, pixels: np.ndarray) -> None:
    """Draw pixels `(n, 2)` with the painter's pen; the line is broken at nan."""
    good = np.isfinite(pixels).all(axis=1)
    if good.all():
        painter.drawPolyline(polyline(pixels))
        return
    bounds = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    for begin, end in zip(bounds[::2], bounds[1::2], strict=True):
        if end - begin > 1:
            painter.drawPolyline(polyline(pixels[begin:end]))


def draw_dots(painter: QPainter, pixels: np.ndarray, colour: QColor, casing: QColor) -> None:
    """Cased dots at pixels `(n, 2)`, all of them in two strokes; nan are left out."""
    dots = polyline(pixels[np.isfinite(pixels).all(axis=1)])
    for width, paint in ((7.6, casing), (5.4, colour)):
        pen = QPen(paint, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPoints(dots)
