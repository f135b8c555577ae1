"""The surroundings of attractors: how near a start must come to have reached one, and to be held by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.surface import Array, Surface

LARGEST_REACH = 1 / 20  # of the domain's diagonal: about the size of a ball drawn there
FEW = 32  # points are compared with directly, which is faster than a tree of them
Indices = NDArray[np.intp]


class Wells:
    """The attractors with what is around them.

    Attributes
    ----------
    reach : `(k,)`, see `basins`
    floor, rim : `(k,)`, the loss at the bottom, and how much higher it is at least at the reach's edge
    stiffness : `(k,)`, the largest |gradient|/distance inside
    stiffness_by_axis : `(2, k)`, the same of the gradient's components and the larger component of the
        distance, which tells more where a rule moves one coordinate more easily than the other
    """

    def __init__(self, surface: Surface, attractors: Sequence[Array]) -> None:
        self.surface, self.attractors = surface, attractors
        self.points = np.concatenate([np.empty((0, 2)), *attractors])
        self.owner = np.repeat(np.arange(len(attractors)), [len(points) for points in attractors])
        self.middles = np.array([points[len(points) // 2] for points in attractors]).reshape(-1, 2)
        around = np.array([self._around(points) for points in attractors]).reshape(-1, 6).T
        self.reach, self.floor, self.rim, self.stiffness = around[:4]
        self.stiffness_by_axis = around[4:]
        self.middles.flags.writeable = self.reach.flags.writeable = False

    def _around(self, points: Array) -> tuple[float, ...]:
        """Reach, loss at the bottom, height of the rim above it, and stiffness."""
        largest = LARGEST_REACH * self.surface.size
        radii = np.linspace(0, 2 * largest, 17)[1:]
        at, outward, outer = _circles(points, radii, _turns(32))
        slope = (self.surface.gradient(at) * outward).sum(axis=-1)
        falls = (outer & ~(slope >= 0)).any(axis=(0, 2))
        rising = int(falls.argmax()) if falls.any() else len(radii)
        reach = radii[max(rising - 1, 0)] / 2

        radii = reach * np.arange(1, 9) / 8
        at, outward, outer = _circles(points, radii, _turns(32))
        gradient = self.surface.gradient(at)
        pull = np.hypot(gradient[..., 0], gradient[..., 1]) / radii[:, None]
        by_axis = np.abs(gradient) / (radii[:, None] * np.abs(outward).max(axis=-1))[..., None]
        # The lowest place on the rim can lie between two rays, in a narrow valley: zoom in on it.
        turns, width = _turns(32), 2 * np.pi / 32
        for _ in range(3 if len(points) == 1 else 1):
            at, _, outer = _circles(points, radii[-1:], turns)
            rim = np.where(outer, self.surface.value(at), np.inf)
            turns = turns[rim.min(axis=(0, 1)).argmin()] + np.linspace(-width, width, 33)
            width /= 16
        floor = float(self.surface.value(points).max())
        return reach, floor, float(rim.min()) - floor, pull.max(), *by_axis.max(axis=(0, 1, 2))

    @cached_property
    def guide(self) -> tuple[Array, Array, Indices]:
        """A raster, its origin and scale: [iy, ix] is the row of `points` nearest to there, or −1."""
        n, most = 96, self.reach.max()
        low = self.points.min(axis=0) - most
        side = (np.ptp(self.points, axis=0) + 2 * most) / n
        xs, ys = (low + (np.arange(n)[:, None] + 0.5) * side).T
        places = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        distance, nearest = (found.reshape(n, n) for found in self._nearest(places))
        near = distance <= self.reach[self.owner[nearest]] + np.hypot(*side) / 2
        raster = np.pad(np.where(near, nearest, -1), 1, constant_values=-1)
        return (low - side)[:, None], 1 / side[:, None], raster.astype(np.intp)

    def inside(self, position: Array, loss: Callable[[Array], Array]) -> tuple[Indices, Indices, Array]:
        """Who of `(2, n)` is within reach of an attractor and lower than its rim; which; how high."""
        low, scale, raster = self.guide
        # What is outside the raster is sent to some place in it, and rejected by its distance.
        column, row = ((position - low) * scale).astype(np.intp)
        nearest = raster.take(row * raster.shape[1] + column, mode="clip")
        near = np.flatnonzero(nearest >= 0)
        nearest = nearest.take(near)
        owner = self.owner.take(nearest)
        at = position.take(near, axis=1)
        apart = at - self.points.T.take(nearest, axis=1)
        apart *= apart
        height = loss(at) - self.floor.take(owner)
        good = (apart[0] + apart[1] < self.reach.take(owner) ** 2) & (height < self.rim.take(owner))
        return near[good], owner[good], np.asarray(height[good])

    def reached(self, ends: Array) -> Indices:
        """The attractor that each of `(n, 2)` is within reach of, or −1."""
        if not len(ends) or not len(self.points):
            return np.full(len(ends), -1)
        distance, nearest = self._nearest(ends)
        owner = self.owner.take(nearest)
        return np.where(distance < self.reach.take(owner), owner, -1)

    def _nearest(self, ends: Array) -> tuple[Array, Indices]:
        """The distance to the nearest point, and which that is."""
        if len(self.points) > FEW:
            from scipy.spatial import KDTree

            distance, nearest = KDTree(self.points).query(ends)
            return distance, nearest
        x, y = np.ascontiguousarray(ends.T)
        least, nearest = np.full(len(ends), np.inf), np.zeros(len(ends), dtype=np.intp)
        for place, (px, py) in enumerate(self.points):
            apart = (x - px) ** 2 + (y - py) ** 2
            nearest[apart < least] = place
            np.minimum(least, apart, out=least)
        return np.sqrt(least), nearest


def _turns(count: int) -> Array:
    return np.linspace(0, 2 * np.pi, count, endpoint=False)


def _circles(points: Array, radii: Array, turns: Array) -> tuple[Array, Array, Any]:
    """Circles around points `(m, 2)`: places `(m, radii, turns, 2)`, their directions, and which are outer.

    Along a line, the circles of its points overlap: the outer places are no nearer to any other point.
    """
    from scipy.spatial import KDTree

    outward = np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    at = points[:, None, None] + radii[:, None, None] * outward
    if len(points) == 1:
        return at, outward, np.ones(at.shape[:-1], dtype=bool)
    tree = KDTree(points)
    gap = tree.query(points, k=2)[0].max()  # circles smaller than that do not overlap: they tell nothing
    return at, outward, (tree.query(at)[0] >= 0.99 * radii[:, None]) & (radii[:, None] > gap)
