"""Pixel coordinates as Qt polylines, without a Python object for each point."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

MOST_POINTS = 1500  # of a trail on the screen: a wilder one is a blur, too
FINEST = 1.6  # pixels between two points of a trail


def polyline(pixels: np.ndarray) -> QPolygonF:
    """Pixels `(n, 2)` as a polygon; every coordinate must be finite."""
    polygon = QPolygonF()
    if len(pixels):
        polygon.fill(QPointF(), len(pixels))
        memory: Any = polygon.data()
        memory.setsize(16 * len(pixels))  # two doubles a point
        np.frombuffer(memory, dtype=np.float64).reshape(-1, 2)[:] = pixels
    return polygon


def segments(ends: np.ndarray) -> Any:
    """Lines `(n, 4)`, from x, y to x, y, as an array for `drawLines`, of which slices can be drawn."""
    array: Any = sip.array  # whose type hints leave out what it takes
    lines = array(QLineF, len(ends))
    if len(ends):
        memory: Any = sip.voidptr(lines, 32 * len(ends))  # four doubles a line
        np.frombuffer(memory, dtype=np.float64).reshape(-1, 4)[:] = ends
    return lines


def draw_broken_line(painter: QPainter, pixels: np.ndarray) -> None:
    """Draw pixels `(n, 2)` with the painter's pen; the line is broken at nan."""
    good = np.isfinite(pixels[:, 0]) & np.isfinite(pixels[:, 1])
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


def thinned(pixels: np.ndarray, area: QRectF) -> np.ndarray:
    """The line `(n, 2)` without what no eye can tell apart; nan where it is out of sight.

    Qt's strokes go wrong at huge coordinates: what lies far outside is cut off at a frame around the
    view, piece by piece, so that the part inside stays exactly where it is.
    """
    pixels = pixels[np.isfinite(pixels).all(axis=1)]
    if len(pixels) < 2:
        return pixels
    reach = 4 * max(area.width(), area.height())
    if np.abs(pixels).max() > reach:
        return _clipped(pixels, reach)
    kept, (last_x, last_y) = [0], pixels[0].tolist()
    for k, (x, y) in enumerate(pixels.tolist()):
        # From the last one that was kept: a jitter around a minimum shrinks to a point.
        if abs(x - last_x) + abs(y - last_y) > FINEST:
            kept.append(k)
            last_x, last_y = x, y
    kept = kept[:: -(-len(kept) // MOST_POINTS)]
    if kept[-1] != len(pixels) - 1:
        kept.append(len(pixels) - 1)
    return pixels[kept]


def _clipped(pixels: np.ndarray, reach: float) -> np.ndarray:
    """Each piece of the line cut to the square ±reach (Liang and Barsky 1984), nan between pieces."""
    begin, end = pixels[:-1], pixels[1:]
    along = np.clip(end - begin, -1e300, 1e300)
    with np.errstate(all="ignore"):
        near = np.where(along != 0, (-np.sign(along) * reach - begin) / along, -np.inf)
        far = np.where(along != 0, (np.sign(along) * reach - begin) / along, np.inf)
    flat_outside = ((along == 0) & (np.abs(begin) > reach)).any(axis=1)
    enter = np.maximum(near.max(axis=1), 0.0)
    leave = np.minimum(far.min(axis=1), 1.0)
    seen = (enter < leave) & ~flat_outside & np.isfinite(enter) & np.isfinite(leave)
    pieces = np.full((len(begin), 3, 2), np.nan)
    pieces[:, 0] = begin + enter[:, None] * along
    pieces[:, 1] = begin + leave[:, None] * along
    pieces = np.clip(pieces[seen][:MOST_POINTS], -reach, reach)
    return pieces.reshape(-1, 2)
