"""Lines that lie on the 3-D ground: watersheds, lines of critical points, the rims of plateaus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtGui import QColor

from gui.theme import Theme
from gui.views.camera import Box
from gui.views.meshes import Tube, draped, tube
from landscape.scene import Overlays

if TYPE_CHECKING:
    from landscape.geometry.shape import Shape

DOTS = (2.0, 3.0)  # lengths on and off, as `tube` takes them


def ground_lines(
    shape: Shape | None, overlays: Overlays, heights: np.ndarray, box: Box, theme: Theme, type_scale: float
) -> list[tuple[Tube, Tube]]:
    """What the overlays ask for, each line as a tube with its casing."""
    lines: list[tuple[np.ndarray, float, tuple[float, ...]]] = []  # points, thickness, dashes
    if shape is not None and overlays.watersheds:
        for manifold in shape.manifolds:
            lines += [(line, 0.8, ()) for line in manifold.stable]
            lines += [(line, 0.7, DOTS) for line in manifold.unstable]
    if shape is not None and overlays.critical_points:
        lines += [(line.points, 1.2, ()) for line in shape.critical.lines]
    if shape is not None and overlays.plateaus and shape.plateaus is not None:
        lines += [(rim, 0.7, DOTS) for plateau in shape.plateaus for rim in plateau.outline]
    found = []
    for points, thickness, dash in lines:
        radius = 0.0024 * theme.trail * thickness * (0.6 + 0.4 * type_scale)
        world, steps = draped(points, heights, box, len(points) - 1)
        world[:, 2] += radius * 0.5
        line = tube(world, steps, radius, rgb(theme.text), dash)
        casing = tube(world, steps, radius * 1.7, rgb(theme.casing))
        if line is not None and casing is not None:
            found.append((line, casing))
    return found


def rgb(colour: str) -> tuple[float, float, float]:
    """A colour as OpenGL takes it."""
    red, green, blue, _ = QColor(colour).getRgbF()
    return (red or 0.0, green or 0.0, blue or 0.0)
