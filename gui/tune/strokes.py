"""Thousands of lines between upright axes as a picture: how many cross each pixel, counted by NumPy.

Qt needs 3 to 5 µs for each piece of a line, which is too long for ten thousand trials on seven axes. Here
a line is its height at the edges of the pixel columns: within a column it covers the rows from one height
to the other. What begins and what ends in each row is counted, and the running sum down a column is the
number of lines there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from gui.views.lines import segments

AT_ONCE = 1000  # lines: what is worked on stays in the processor's cache
MOST = 255  # lines in a pixel that are told apart
COVER = 0.55  # of the ground, by all lines together if they were spread evenly


def crossings(heights: Any, gap: int, rows: int) -> Any:
    """How many lines cross each pixel, `((axes - 1) * gap, rows)`.

    Parameters
    ----------
    heights : `(lines, axes)`, in pixels from the top, at axes that are `gap` pixels apart; where one is
        nan, the pieces to both sides are left out

    Examples
    --------
    >>> import numpy as np
    >>> crossings(np.array([[0, 3.9]]), 2, 4).tolist()
    [[1, 1, 0, 0], [0, 1, 1, 1]]
    """
    gaps, deep = heights.shape[1] - 1, rows + 1
    size, edges = (gap + 1) * deep, np.arange(gap + 1)
    # Where a line is at each edge, counted through all columns: 1 · start + x · slope + x · deep.
    basis = np.stack([np.ones(gap + 1), edges / gap, edges * deep]).astype(np.float32)
    heights = heights.clip(0, rows - 0.01).astype(np.float32)
    change = np.zeros((gaps, gap, deep), np.int32)
    for k in range(gaps):
        start, slope = heights[:, k], heights[:, k + 1] - heights[:, k]
        for falls in (True, False):  # neither holds of nan
            those = np.flatnonzero(slope >= 0 if falls else slope < 0)
            at = np.zeros(size, np.int32)
            for first in range(0, len(those), AT_ONCE):
                some = those[first : first + AT_ONCE]
                lines = np.ones((len(some), 3), np.float32)
                lines[:, 0], lines[:, 1] = start[some], slope[some]
                at += np.bincount((lines @ basis).astype(np.intp).ravel(), minlength=size)[:size]
            left, right = at.reshape(gap + 1, deep)[:-1], at.reshape(gap + 1, deep)[1:]
            begins, ends = (left, right) if falls else (right, left)
            change[k] += begins
            change[k, :, 1:] -= ends[:, :-1]
    return change.cumsum(axis=2, out=change)[..., :rows].reshape(gaps * gap, rows)


def opacity(lines: int, rows: int) -> float:
    """Of one line among so many, so that what is dense is still told from what is denser."""
    return min(max(1 - (1 - COVER) ** (rows / max(lines, 1)), 0.04), 0.9)


def shade(counts: Any, colour: QColor, opacity: float, hatched: float = 0.0) -> QImage:
    """Counts `(columns, rows)` as a picture: lines of this opacity, one over the other.

    Hatched, as if columns were so many pixels wide, they are dashed, all in step: it is seen without
    colour that these lines are others.
    """
    columns, rows = counts.shape
    pixels = np.ascontiguousarray(np.minimum(counts, MOST).astype(np.uint8).T)
    if hatched:
        pixels[:, np.arange(columns) * hatched % 9 > 5] = 0
    image = QImage(pixels.tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8)
    alphas = np.rint(255 * (1 - (1 - opacity) ** np.arange(MOST + 1))).astype(np.uint32)
    image.setColorTable((alphas << 24 | colour.rgb() & 0xFFFFFF).tolist())
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy, quick to draw


def draw_mass(
    painter: QPainter, heights: Any, groups: list[tuple[Any, QColor]], place: QRectF, grain: float,
    hatched: bool = False,
) -> None:  # fmt: skip
    """Draw so many lines that each is but a part of a shade, group over group.

    Parameters
    ----------
    heights : `(lines, axes)` in pixels from the top of `place`
    groups : which lines have which colour, the uppermost last
    place : from the first axis to the last
    grain : pixels of `place` to one that is counted: about as wide is a line
    """
    gap = max(round(place.width() / (heights.shape[1] - 1) / grain), 1)
    rows = max(round(place.height() / grain), 1)
    heights = heights * (rows / place.height())
    each = opacity(sum(len(lines) for lines, _ in groups), rows) * (0.6 if hatched else 1.0)
    picture = QImage(gap * (heights.shape[1] - 1), rows, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    inside = QPainter(picture)  # all groups first: to stretch a picture takes longer than to paint it
    try:
        for lines, colour in groups:
            if len(lines):
                counts = crossings(heights[lines], gap, rows)
                inside.drawImage(0, 0, shade(counts, colour, each, grain * hatched))
    finally:
        inside.end()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, picture)
    painter.restore()


def draw_pieces(painter: QPainter, x: Any, heights: Any, top: float) -> None:
    """Draw a few lines `(lines, axes)` with the painter's pen, at axes of these `x`; nan makes holes."""
    ends = np.empty((len(heights), len(x) - 1, 4))
    ends[..., 0], ends[..., 2] = x[:-1], x[1:]
    ends[..., 1], ends[..., 3] = heights[:, :-1] + top, heights[:, 1:] + top
    painter.drawLines(segments(ends[np.isfinite(ends).all(axis=2)]))
