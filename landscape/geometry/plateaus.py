"""Plateaus: where the gradient is small over an area, and no critical point near by is the reason.

The definition, free of the scales of loss and domain:

- the gradient is below `FRACTION` of the surface's typical gradient, which is the size of gradient that
  half of all the surface's change happens above (the median of ‖∇f‖ weighted by ‖∇f‖);
- it is not merely the floor of a well, or the neighbourhood of any other critical point or line: there
  Newton's step leads towards it, and by at least a tenth of the way;
- the area is at least as thick as twice `THICKNESS` of the domain's side everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from landscape.geometry.critical_points import CriticalPoints, critical_points
from landscape.surface import Array, Surface

FRACTION = 0.05
THICKNESS = 0.025
CAPPED = 0.98  # quantile above which a gradient counts no more: a pole would outweigh all the rest
CLOSER = 0.9  # of the distance to a critical point: what Newton's step must leave at most to be near it
GRID = 160
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Plateau:
    """One plateau.

    Attributes
    ----------
    outline : closed lines around it, each `(n, 2)`; the first is the outer one
    area : share of the domain
    mean_gradient : mean of ‖∇f‖ over it
    """

    outline: tuple[Array, ...]
    area: float
    mean_gradient: float


@dataclass(frozen=True, eq=False)
class Plateaus(Sequence[Plateau]):
    """The plateaus of a surface, largest first.

    Attributes
    ----------
    typical_gradient : ‖∇f‖ against which a gradient is small
    mask : `(n, n)` cells of the domain that are on a plateau; rows are y
    """

    surface: Surface
    regions: tuple[Plateau, ...]
    typical_gradient: float
    mask: Mask

    @overload
    def __getitem__(self, place: int) -> Plateau: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Plateau, ...]: ...
    def __getitem__(self, place: int | slice) -> Plateau | tuple[Plateau, ...]:
        return self.regions[place]

    def __len__(self) -> int:
        return len(self.regions)

    def holds(self, points: ArrayLike) -> Mask:
        """Which of the points `(..., 2)` are on a plateau; none outside the domain."""
        at = np.asarray(points, dtype=float)
        low = np.array([self.surface.x[0], self.surface.y[0]])
        sides = np.array([self.surface.x[1], self.surface.y[1]]) - low
        with np.errstate(invalid="ignore"):
            cell = np.floor((at - low) / sides * len(self.mask))
            inside = ((cell >= 0) & (cell < len(self.mask))).all(axis=-1)
        cell = np.where(inside[..., None], cell, 0).astype(int)
        return np.asarray(inside & self.mask[cell[..., 1], cell[..., 0]])


def plateaus(surface: Surface, critical: CriticalPoints | None = None) -> Plateaus:
    """The plateaus of a surface in its domain; `critical` saves looking for its critical points again.

    >>> from landscape import surfaces
    >>> len(plateaus(surfaces["bowl"])), len(plateaus(surfaces["easom"]))
    (0, 1)
    """
    from scipy import ndimage

    critical = critical_points(surface) if critical is None else critical
    low, high = np.array([surface.x[0], surface.y[0]]), np.array([surface.x[1], surface.y[1]])
    middles = (np.arange(GRID) + 0.5) / GRID
    points = np.stack(np.meshgrid(middles, middles), axis=-1) * (high - low) + low
    gradient, hessian = surface.gradient(points), surface.hessian(points)
    size = np.hypot(gradient[..., 0], gradient[..., 1])
    typical = _typical(size[np.isfinite(size)])
    with np.errstate(invalid="ignore"):
        small = np.isfinite(size) & (size < FRACTION * typical)
    flat = small & ~_near_critical(points, gradient, hessian, critical)
    reach = round(THICKNESS * GRID)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    # Beyond the edge the surface goes on: a plateau may end there without being thin.
    padded = np.pad(flat, reach, mode="edge")
    thick = ndimage.binary_opening(padded, x * x + y * y <= reach * reach)[reach:-reach, reach:-reach]
    # Narrow strips in which Newton's step happens to lead to a far critical point do not part a plateau.
    around = np.pad(thick, reach, mode="edge")
    joined = ndimage.binary_closing(around, x * x + y * y <= reach * reach)[reach:-reach, reach:-reach]
    thick = joined & small
    names, count = ndimage.label(thick)
    regions = []
    for name in range(1, count + 1):
        region = names == name
        if region.mean() >= np.pi * THICKNESS**2:
            outline = tuple(_outline(region, low, high))
            regions.append(Plateau(outline, float(region.mean()), float(size[region].mean())))
        else:
            thick[region] = False
    regions.sort(key=lambda plateau: -plateau.area)
    thick.flags.writeable = False
    return Plateaus(surface, tuple(regions), typical, thick)


def _typical(sizes: Array) -> float:
    """The weighted median: half of all change happens where the gradient is larger."""
    if not sizes.size:
        return 0.0
    ordered = np.sort(np.minimum(sizes, np.quantile(sizes, CAPPED)))
    total = np.cumsum(ordered)
    return float(ordered[min(np.searchsorted(total, total[-1] / 2), len(ordered) - 1)])


def _near_critical(points: Array, gradient: Array, hessian: Array, critical: CriticalPoints) -> Mask:
    """Where Newton's step leads closer to a critical point or line: they are why the gradient is small."""
    from scipy.spatial import KDTree

    flat = points.reshape(-1, 2)
    known = np.isfinite(hessian).all(axis=(-1, -2)).ravel() & np.isfinite(gradient).all(axis=-1).ravel()
    values, vectors = np.linalg.eigh(np.where(known[:, None, None], hessian.reshape(-1, 2, 2), np.eye(2)))
    slope = np.where(known[:, None], gradient.reshape(-1, 2), 0.0)
    largest = np.abs(values).max(axis=1, keepdims=True)
    near = np.zeros(len(flat), dtype=bool)
    isolated = np.array([point.position for point in critical]).reshape(-1, 2)
    for targets, smallest in ((isolated, 0.0), *((line.points, 0.01) for line in critical.lines)):
        if not len(targets):
            continue
        with np.errstate(all="ignore"):
            inverse = np.where(np.abs(values) > smallest * largest, 1 / values, 0.0)
            step = np.einsum("nij,nj,nkj,nk->ni", vectors, inverse, vectors, slope)
            landed = np.nan_to_num(flat - step, nan=1e30, posinf=1e30, neginf=-1e30)
        tree = KDTree(targets)
        before, nearest = tree.query(flat)
        # To a point: the one that is nearest now. To a line: any place on it.
        after = tree.query(landed)[0] if smallest else np.linalg.norm(landed - targets[nearest], axis=1)
        near |= after < CLOSER * before
    return near.reshape(points.shape[:-1])


def _enclosed(line: Array) -> float:
    """Area inside a closed line."""
    x, y = line.T
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2


def _outline(region: Mask, low: Array, high: Array) -> list[Array]:
    from contourpy import contour_generator
    from scipy.ndimage import gaussian_filter

    # A frame of nothing closes the lines at the domain's edge.
    padded = np.pad(gaussian_filter(region.astype(float), 1.2, mode="nearest"), 1)
    middles = (np.arange(-1, GRID + 1) + 0.5) / GRID
    xs, ys = np.clip(middles, 0, 1) * (high[0] - low[0]) + low[0], np.clip(middles, 0, 1)
    lines = contour_generator(xs, ys * (high[1] - low[1]) + low[1], padded).lines(0.5)
    found = sorted((np.asarray(line) for line in lines), key=_enclosed, reverse=True)
    for line in found:
        line.flags.writeable = False
    return found
