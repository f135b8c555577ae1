"""Lines that lie on the 3-D ground: watersheds, lines of critical points, the rims of plateaus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtGui import QColor

from gui.theme import Theme
from gui.views.camera import Box, sampled
from gui.views.meshes import Tube, tube
from landscape.scene import Overlays

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape

DOTS = (2.0, 3.0)  # lengths on and off, as `tube` takes them
MOST_DOTTED = 40  # saddles: of more lines nobody sees the dots


def ground_lines(
    shape: Shape | None, overlays: Overlays, heights: np.ndarray, box: Box, theme: Theme, type_scale: float
) -> list[tuple[Tube, Tube]]:
    """What the overlays ask for, all lines of a kind in one tube with its casing."""
    kinds: list[tuple[list[np.ndarray], float, tuple[float, ...]]] = []  # lines, thickness, dashes
    if shape is not None and overlays.watersheds:
        kinds.append(([line for manifold in shape.manifolds for line in manifold.stable], 0.8, ()))
        dots = DOTS if len(shape.manifolds) <= MOST_DOTTED else ()
        kinds.append(([line for manifold in shape.manifolds for line in manifold.unstable], 0.5, dots))
    if shape is not None and overlays.critical_points:
        kinds.append(([line.points for line in shape.critical.lines], 1.2, ()))
    if shape is not None and overlays.plateaus and shape.plateaus is not None:
        kinds.append(([rim for plateau in shape.plateaus for rim in plateau.outline], 0.7, DOTS))
    found = []
    for lines, thickness, dash in kinds:
        if not lines:
            continue
        radius = 0.0024 * theme.trail * thickness * (0.6 + 0.4 * type_scale)
        gap = np.full((1, 2), np.nan)
        points = np.concatenate([part for line in lines for part in (line, gap)])
        world = np.full((len(points), 3), np.nan)
        there = np.isfinite(points).all(axis=1)
        world[there] = box.world(points[there], np.zeros(int(there.sum())))
        world[there, 2] = (2 * sampled(heights, box, world[there]) - 1) * box.half[2] + 0.5 * radius
        steps = np.zeros(len(points))
        line = tube(world, steps, radius, rgb(theme.text), dash)
        casing = tube(world, steps, radius * 1.7, rgb(theme.casing))
        if line is not None and casing is not None:
            found.append((line, casing))
    return found


def rgb(colour: str) -> tuple[float, float, float]:
    """A colour as OpenGL takes it."""
    red, green, blue, _ = QColor(colour).getRgbF()
    return (red or 0.0, green or 0.0, blue or 0.0)
