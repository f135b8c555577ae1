"""Thousands of learning curves as a picture: counted in each pixel column, one layer for each shade."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import Theme
from gui.tune.shades import STEPS, step_colours
from gui.tune.strokes import crossings, opacity, shade
from gui.views.lines import draw_broken_line

FEW = 160  # curves that are drawn one by one
GROUPS = 4  # of shades in a mass


def curve_pixels(accuracy: Any, plot: QRectF, low: float, high: float) -> Any:
    """Where curves `(trials, epochs + 1)` go, `(trials, epochs + 1, 2)`."""
    count = accuracy.shape[1]
    x = plot.left() + plot.width() * np.arange(count) / max(count - 1, 1)
    y = plot.bottom() - (accuracy - low) / (high - low) * plot.height()
    return np.stack([np.broadcast_to(x, y.shape), y], axis=-1)


def draw_curves(
    painter: QPainter, accuracy: Any, steps: Any, plot: QRectF, ends: tuple[float, float], theme: Theme
) -> None:
    """Curves with these shades, poor ones first: one by one if they are few, else as a picture of counts."""
    low, high = ends
    if len(accuracy) <= FEW:
        colours = step_colours(theme)
        pixels = curve_pixels(accuracy, plot, low, high)
        for row in np.argsort(steps, kind="stable").tolist():
            painter.setPen(QPen(colours[int(steps[row])], 1.0))
            draw_broken_line(painter, pixels[row])
        return
    columns, rows = accuracy.shape[1] - 1, max(round(plot.height()), 1)
    if columns < 1:
        return
    gap = max(round(plot.width() / columns), 1)
    heights = (1 - (accuracy - low) / (high - low)) * rows
    colours = step_colours(theme)
    groups = np.asarray(steps) * GROUPS // STEPS
    for group in range(GROUPS):
        these = heights[groups == group]
        if len(these):
            colour = QColor(colours[min((group + 1) * STEPS // GROUPS, STEPS) - 1])
            picture = shade(crossings(these, gap, rows), colour, opacity(len(these), rows))
            painter.drawImage(plot, picture, QRectF(picture.rect()))
