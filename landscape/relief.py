"""A surface sampled for a picture: heights, their place on the colour scale, contour lines, light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from landscape.surface import Array, Range, Surface


@dataclass(frozen=True)
class HeightScale:
    """Loss -> height in [0, 1], linear or logarithmic above the lowest loss.

    Attributes
    ----------
    low, high : losses at height 0 and 1
    log : whether heights grow with log(1 + (loss − low)/knee)
    knee : loss above `low` where the logarithmic scale turns from linear
    """

    low: float
    high: float
    log: bool = False
    knee: float = 1.0

    def height(self, loss: ArrayLike) -> Array:
        """Heights, clipped to [0, 1]; nan stays nan.

        >>> HeightScale(0.0, 3.0).height([0.0, 1.5, 9.0]).tolist()
        [0.0, 0.5, 1.0]
        """
        above = np.clip((np.asarray(loss, dtype=float) - self.low), 0, self.high - self.low)
        if self.log:
            return np.log1p(above / self.knee) / np.log1p((self.high - self.low) / self.knee)
        return above / (self.high - self.low)

    def loss(self, height: ArrayLike) -> Array:
        """Losses at heights; the inverse of `height`."""
        heights = np.asarray(height, dtype=float)
        if self.log:
            return self.low + self.knee * np.expm1(heights * np.log1p((self.high - self.low) / self.knee))
        return self.low + heights * (self.high - self.low)


@dataclass(frozen=True)
class Relief:
    """Heights on a grid; rows are y, columns are x.

    Attributes
    ----------
    x, y : the rectangle that is sampled
    heights : `(ny, nx)` in [0, 1]; nan in holes
    """

    surface: Surface
    x: Range
    y: Range
    scale: HeightScale
    heights: Array

    @cached_property
    def xs(self) -> Array:
        """Grid columns."""
        return np.linspace(*self.x, self.heights.shape[1])

    @cached_property
    def ys(self) -> Array:
        """Grid rows."""
        return np.linspace(*self.y, self.heights.shape[0])

    def contours(self, levels: int = 18) -> list[Array]:
        """Contour lines at evenly spaced heights: each level one `(n, 2)` array, nan between lines."""
        from contourpy import LineType, contour_generator

        filled = np.ma.masked_invalid(self.heights)
        generator = contour_generator(
            self.xs, self.ys, filled, line_type=LineType.ChunkCombinedNan, corner_mask=True
        )
        lines = []
        for level in (np.arange(levels) + 0.5) / levels:
            points = generator.lines(float(level))[0][0]
            if points is not None:  # its interpolation can round a last bit past the edge
                lines.append(np.clip(points, (self.xs[0], self.ys[0]), (self.xs[-1], self.ys[-1])))
        return lines


def relief(
    surface: Surface,
    log: bool,
    shape: tuple[int, int] = (240, 240),
    x: Range | None = None,
    y: Range | None = None,
    scale: HeightScale | None = None,
) -> Relief:
    """Sample a surface over a rectangle (its domain by default).

    Parameters
    ----------
    shape : (rows, columns)
    scale : that of the whole domain when only a part of it is sampled, so that colours stay

    >>> from landscape import surfaces
    >>> relief(surfaces["bowl"], log=False, shape=(3, 3)).heights.round(3).tolist()
    [[1.0, 0.5, 1.0], [0.5, 0.0, 0.5], [1.0, 0.5, 1.0]]
    """
    x, y = x or surface.x, y or surface.y
    grid = np.stack(np.meshgrid(np.linspace(*x, shape[1]), np.linspace(*y, shape[0])), axis=-1)
    loss = surface.value(grid)
    loss[~np.isfinite(loss)] = np.nan
    scale = scale or height_scale(loss, log)
    heights = scale.height(loss)
    heights.flags.writeable = False
    return Relief(surface, x, y, scale, heights)


def height_scale(loss: Array, log: bool) -> HeightScale:
    """A scale over the finite losses; a pole does not flatten everything else.

    >>> height_scale(np.array([0.0, 1.0, 2.0]), log=False).high
    2.0
    """
    finite = loss[np.isfinite(loss)]
    if not finite.size:
        return HeightScale(0.0, 1.0)
    low, q1, q99, high = (float(v) for v in np.percentile(finite, [0, 1, 99, 100]))
    # A pole: the last hundredth of the samples spans far more than all the others together.
    if not log and high - low > 50 * (q99 - q1) > 0:
        low, high = max(low, q1 - (q99 - q1)), min(high, q99 + (q99 - q1))
    if not high - low > 1e-12 * max(abs(low), abs(high), 1e-290):
        return HeightScale(low, low + max(abs(low), 1.0))  # a constant surface lies at the bottom
    # The knee sits at a low quantile, so that the valley's floor has about half of the heights.
    knee = max(float(np.percentile(finite, 10)) - low, (high - low) * 1e-6)
    return HeightScale(low, high, log, knee)
