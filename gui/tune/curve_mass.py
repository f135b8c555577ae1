"""Thousands of learning curves as one picture: how many cross each pixel, and how good these are."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from gui.tune.shades import STEPS
from gui.tune.strokes import MOST, opacity

PACK = 2.0**24  # count + PACK · step: two sums in one double, both of them exact
LEVELS = 64  # of colour


def crowd(heights: Any, steps: Any, gap: int, rows: int, thick: int = 1) -> tuple[Any, Any]:
    """How many curves cross each pixel, and the mean of their steps, each `(rows, epochs * gap)`.

    Within a column of pixels a curve covers the rows from one height to the other. What begins and what
    ends in each row is counted, all colours at once; the running sum down a column is what is there.

    Parameters
    ----------
    heights : `(curves, epochs + 1)`, in rows from the top; nan makes holes
    steps : `(curves,)`, of colour
    gap : columns from one epoch to the next
    thick : rows that a level curve covers

    Examples
    --------
    >>> import numpy as np
    >>> count, mean = crowd(np.array([[0, 3.9], [3, 3]]), np.array([4, 8]), 2, 4)
    >>> count.astype(int).tolist(), mean[3].tolist()
    ([[1, 0], [1, 1], [0, 1], [1, 2]], [8.0, 6.0])
    """
    epochs, deep, edges = heights.shape[1] - 1, rows + thick, np.arange(gap + 1)
    heights = heights.clip(0, rows - 0.01).astype(np.float32)
    weights = 1 + PACK * np.asarray(steps, float)
    share, first = (edges / gap).astype(np.float32), edges[:-1] * deep
    sums = np.empty((epochs, gap, deep))
    for k in range(epochs):
        start, rise = heights[:, k], heights[:, k + 1] - heights[:, k]
        those = np.isfinite(rise)
        at = (start[those, None] + rise[those, None] * share).astype(np.int32)
        left, right = at[:, :-1] + first, at[:, 1:] + first
        each = np.repeat(weights[those], gap)
        begins = np.bincount(np.minimum(left, right).ravel(), each, gap * deep)
        ends = np.bincount(np.maximum(left, right).ravel() + thick, each, gap * deep)
        sums[k] = (begins - ends).reshape(gap, deep)
    packed = sums.cumsum(axis=2)[..., :rows].reshape(epochs * gap, rows).T
    total = np.floor(packed / PACK)
    count = packed - PACK * total
    return count, total / np.maximum(count, 1)


def draw_crowd(
    painter: QPainter, heights: Any, steps: Any, colours: list[QColor], plot: QRectF, grain: float
) -> None:
    """Draw so many curves that each is but a part of a shade.

    Parameters
    ----------
    heights : `(curves, epochs + 1)` in pixels from the top of the plot
    colours : of the steps
    grain : pixels to one that is counted; a curve is one pixel thick, or one that is counted
    """
    gap = max(round(plot.width() / (heights.shape[1] - 1) / grain), 1)
    rows = max(round(plot.height() / grain), 1)
    thick = max(round(1 / grain), 1)
    count, mean = crowd(heights * (rows / plot.height()), steps, gap, rows, thick)
    level = (mean * ((LEVELS - 1) / (STEPS - 1))).astype(np.intp)
    pixels = _table(colours, opacity(len(heights) * thick, rows))[
        level, np.minimum(count, MOST).astype(np.intp)
    ]
    memory = np.ascontiguousarray(pixels).tobytes()
    image = QImage(
        memory, pixels.shape[1], rows, 4 * pixels.shape[1], QImage.Format.Format_ARGB32_Premultiplied
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(plot, image)
    painter.restore()


def _table(colours: list[QColor], opacity: float) -> Any:
    """Premultiplied colours `(LEVELS, MOST + 1)` by the mean of the steps and by the count."""
    stops = np.array([colour.getRgb()[:3] for colour in colours], float)
    place = np.linspace(0, len(stops) - 1, LEVELS)
    rgb = np.stack([np.interp(place, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=1)
    alpha = 1 - (1 - opacity) ** np.arange(MOST + 1)
    red, green, blue = np.rint(rgb[:, None] * alpha[:, None]).astype(np.uint32).transpose(2, 0, 1)
    return np.rint(255 * alpha).astype(np.uint32) << 24 | red << 16 | green << 8 | blue
