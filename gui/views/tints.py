"""Areas as colour over the ground: basins of attraction, plateaus, where a rule is unstable.

One picture of the domain for all, drawn over the map and mixed into the colours of the surface.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtGui import QColor

from gui.theme import Theme

if TYPE_CHECKING:
    from landscape.geometry.basins import Basins
    from landscape.geometry.plateaus import Plateaus

SIDE = 256  # pixels of the picture
STRIPE = 7  # pixels from one stripe to the next
Mask = np.ndarray[Any, np.dtype[np.bool_]]

# Muted, so that trails stand out on them; told apart by number and border as well.
BASIN_COLOURS = (
    "#5B8DB8", "#C9A54C", "#6FA878", "#A77BB5", "#C27C6B", "#5FA3A3", "#8C8F5A", "#B5698F",
    "#7A86C8", "#9C7A5B",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Areas:
    """What is shown as areas.

    Attributes
    ----------
    unstable : `(n, n)` at the nodes of a grid over the domain, where the rule in focus is unstable
    different : `(ny, nx)`, cells whose starts end elsewhere under the other rule
    """

    plateaus: Plateaus | None = None
    basins: Basins | None = None
    unstable: Mask | None = None
    different: Mask | None = None

    def same_as(self, other: Areas) -> bool:
        """Whether these are the very same areas, so that nothing has to be drawn anew."""
        return all(getattr(self, part.name) is getattr(other, part.name) for part in fields(self))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        flat = self.plateaus is None or not len(self.plateaus)
        return flat and self.basins is None and self.unstable is None


def tint(areas: Areas, theme: Theme, side: int = SIDE) -> np.ndarray:
    """The areas as `(side, side, 4)` uint8 RGBA; rows run upwards, as y does."""
    picture = np.zeros((side, side, 4), dtype=np.float32)
    stripes = (np.add.outer(np.arange(side), np.arange(side)) % STRIPE) < STRIPE / 2.4
    if areas.basins is not None:
        _paint_basins(picture, areas.basins, stripes, theme)
    if areas.different is not None:
        crossed = (np.subtract.outer(np.arange(side), np.arange(side)) % STRIPE) < STRIPE / 2.4
        _blend(picture, resampled(areas.different, side) & crossed, theme.text, 0.75)
    if areas.plateaus is not None:
        flat = resampled(areas.plateaus.mask, side)
        _blend(picture, flat, theme.casing, 0.12 if theme.is_dark else 0.3)
        _blend(picture, flat & stripes[:, ::-1], theme.casing if theme.is_dark else theme.text, 0.2)
    if areas.unstable is not None:
        unstable = resampled(areas.unstable, side)
        _blend(picture, unstable, theme.warning, 0.16)
        _blend(picture, unstable & stripes, theme.warning, 0.2)
        _blend(picture, _border(unstable), theme.warning, 1.0)
    return (picture * 255).round().astype(np.uint8)


def _paint_basins(picture: np.ndarray, basins: Basins, stripes: Mask, theme: Theme) -> None:
    from landscape.geometry.basins import DIVERGED

    labels = resampled(basins.labels, len(picture))
    colours = [BASIN_COLOURS[place % len(BASIN_COLOURS)] for place in range(max(int(labels.max()) + 1, 0))]
    nowhere = theme.casing if theme.is_dark else theme.dim
    table = np.array([_rgba(colour, 0.62) for colour in (*colours, nowhere, nowhere, nowhere)])
    picture[:] = table[labels]  # negative labels count from the end
    _blend(picture, (labels == DIVERGED) & stripes, theme.warning, 0.8)
    _blend(picture, _border(labels), theme.casing, 0.7)


def _rgba(colour: str, alpha: float) -> tuple[float, ...]:
    red, green, blue, _ = QColor(colour).getRgbF()
    return (red or 0.0, green or 0.0, blue or 0.0, alpha)


def _blend(picture: np.ndarray, mask: Mask, colour: str, alpha: float) -> None:
    """Lay a colour over what is there, where the mask says so."""
    rgb = np.array(_rgba(colour, alpha)[:3], dtype=np.float32)
    old = picture[mask]
    new_alpha = alpha + old[:, 3:] * (1 - alpha)
    old[:, :3] = (rgb * alpha + old[:, :3] * old[:, 3:] * (1 - alpha)) / np.maximum(new_alpha, 1e-9)
    old[:, 3:] = new_alpha
    picture[mask] = old


def _border(values: np.ndarray) -> Mask:
    border = np.zeros(values.shape, dtype=bool)
    border[1:] |= values[1:] != values[:-1]
    border[:, 1:] |= values[:, 1:] != values[:, :-1]
    return border


def resampled(values: np.ndarray, side: int) -> np.ndarray:
    """A picture of cells `(ny, nx)` in `side` × `side` pixels, nearest cell."""
    rows, columns = (
        np.minimum((np.arange(side) + 0.5) / side * count, count - 1).astype(int) for count in values.shape
    )
    return values[rows[:, None], columns]
