"""The axis box of the 3-D view: grid lines that step back, and the numbers along its edges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter

from gui.theme import Theme, font
from gui.views.camera import Box, Camera
from gui.views.marks import draw_label
from gui.views.ticks import ticks
from landscape.numerals import numeral
from landscape.relief import HeightScale

CORNER = 0.93  # beyond this share of an edge the numbers of two axes would collide


def height_ticks(scale: HeightScale, box: Box) -> dict[float, float]:
    """True losses to write on the upright axis -> their height in the world."""
    if scale.log:
        shown = [float(scale.loss(h)) for h in (0.0, 0.25, 0.5, 0.75, 1.0)]
        nothing = 1e-5 * (scale.high - scale.low)  # the grid misses the minimum by about as much
        losses = [0.0 if abs(loss) < nothing else float(f"{loss:.2g}") for loss in shown]
    else:
        losses = ticks(scale.low, scale.high, 5)
    return {loss: (2 * float(scale.height(loss)) - 1) * box.half[2] for loss in losses}


def frame_lines(box: Box, camera: Camera, heights: dict[float, float]) -> np.ndarray:
    """Grid lines `(2n, 3)` on the floor and on the two walls that are behind, seen from the camera."""
    hx, hy, hz = box.half
    eye = camera.eye()
    wall_x, wall_y = -np.sign(eye[0] or 1) * hx, -np.sign(eye[1] or 1) * hy
    floor = -hz - 0.02
    lines: list[list[float]] = []
    for u in _along(box, 0, 7).values():
        lines += [[u, -hy, floor], [u, hy, floor], [u, wall_y, floor], [u, wall_y, hz]]
    for v in _along(box, 1, 7).values():
        lines += [[-hx, v, floor], [hx, v, floor], [wall_x, v, floor], [wall_x, v, hz]]
    for w in heights.values():
        lines += [[-hx, wall_y, w], [hx, wall_y, w], [wall_x, -hy, w], [wall_x, hy, w]]
    for a, b in (((-1, -1), (1, -1)), ((1, -1), (1, 1)), ((1, 1), (-1, 1)), ((-1, 1), (-1, -1))):
        lines += [[a[0] * hx, a[1] * hy, floor], [b[0] * hx, b[1] * hy, floor]]
    return np.array(lines)


def paint_labels(
    painter: QPainter, box: Box, camera: Camera, project: Callable[[np.ndarray], np.ndarray],
    heights: dict[float, float], theme: Theme, type_scale: float,
) -> None:  # fmt: skip
    """Numbers along the front edges of the floor, and up the edge at the left."""
    unit = theme.axis * type_scale
    type_ = font(unit)
    hx, hy, hz = box.half
    eye = camera.eye()
    front_x, front_y = np.sign(eye[0] or 1) * hx, np.sign(eye[1] or 1) * hy
    centre = project(np.array([0.0, 0.0, -hz]))

    def write(world: list[float], text: str, gap: float = 1.5) -> None:
        at = project(np.array(world))
        away = at - centre
        at = at + away / max(float(np.hypot(*away)), 1e-9) * gap * unit
        place = QPointF(at[0], at[1] + 0.35 * unit)
        draw_label(painter, place, text, theme, type_, Qt.AlignmentFlag.AlignHCenter, theme.dim)

    for tick, u in _along(box, 0, 5).items():
        if abs(u) < CORNER * hx:
            write([u, front_y, -hz], numeral(tick))
    for tick, v in _along(box, 1, 5).items():
        if abs(v) < CORNER * hy:
            write([front_x, v, -hz], numeral(tick))
    write([0.0, front_y, -hz], "x", 3.2)
    write([front_x, 0.0, -hz], "y", 3.2)
    if abs(camera.elevation) > 75:
        return  # from above, the upright axis is a point
    edges = [np.array([a * hx, b * hy, 0.0]) for a, b in ((1, -1), (1, 1), (-1, 1), (-1, -1))]
    left = min(edges, key=lambda edge: float(project(edge)[0]))
    last = np.inf
    for loss, w in sorted(heights.items(), key=lambda item: item[1]):
        at = project(np.array([left[0], left[1], w]))
        if last - at[1] > 1.4 * unit:
            place = QPointF(at[0] - 0.6 * unit, at[1] + 0.35 * unit)
            draw_label(painter, place, numeral(loss, 3), theme, type_, Qt.AlignmentFlag.AlignRight, theme.dim)
            last = float(at[1])


def _along(box: Box, axis: int, most: int) -> dict[float, float]:
    """Round numbers along x (0) or y (1) -> their place in the world."""
    low, high = (box.x, box.y)[axis]
    return {tick: (2 * (tick - low) / (high - low) - 1) * box.half[axis] for tick in ticks(low, high, most)}
