"""The 3-D camera as arithmetic: no Qt, so that projecting and picking can be tested by themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

FIELD_OF_VIEW = 28.0  # degrees, vertical: long lenses distort less


@dataclass(frozen=True)
class Box:
    """How the surface's domain and heights are placed in the 3-D world, centred on the origin.

    Attributes
    ----------
    x, y : the domain
    half : half sizes of the box in the world, along x, y and up
    """

    x: tuple[float, float]
    y: tuple[float, float]
    half: tuple[float, float, float]

    @classmethod
    def over(cls, x: tuple[float, float], y: tuple[float, float]) -> Box:
        """A box in the domain's proportions, as far as those stay readable."""
        width, depth = x[1] - x[0], y[1] - y[0]
        longest = max(width, depth)
        return cls(x, y, (max(width / longest, 0.6), max(depth / longest, 0.6), 0.5))

    def world(self, points: np.ndarray, heights: np.ndarray) -> np.ndarray:
        """Surface points `(..., 2)` and heights in [0, 1] -> world `(..., 3)`."""
        points = np.asarray(points, dtype=float)
        u = 2 * (points[..., 0] - self.x[0]) / (self.x[1] - self.x[0]) - 1
        v = 2 * (points[..., 1] - self.y[0]) / (self.y[1] - self.y[0]) - 1
        w = 2 * np.asarray(heights, dtype=float) - 1
        return np.stack([u * self.half[0], v * self.half[1], w * self.half[2]], axis=-1)

    def surface(self, world: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """World `(..., 3)` -> surface points `(..., 2)` and heights."""
        scaled = np.asarray(world, dtype=float) / self.half
        x = self.x[0] + (scaled[..., 0] + 1) / 2 * (self.x[1] - self.x[0])
        y = self.y[0] + (scaled[..., 1] + 1) / 2 * (self.y[1] - self.y[0])
        return np.stack([x, y], axis=-1), (scaled[..., 2] + 1) / 2

    def corners(self) -> np.ndarray:
        """The eight corners `(8, 3)`."""
        signs = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])
        return signs * np.array(self.half)


@dataclass(frozen=True)
class Camera:
    """Looks at the origin; azimuth and elevation in degrees, distance 1 fits the box into the view."""

    azimuth: float = -60.0
    elevation: float = 35.0
    distance: float = 1.0
    fit: float = 5.0  # world distance at which the box fits, from `fitted`

    def fitted(self, world: np.ndarray, size: tuple[float, float], pad: tuple[float, float]) -> Camera:
        """The camera moved so that at distance 1 these points `(n, 3)` fill the view but for `pad`.

        Parameters
        ----------
        size : width and height of the view in pixels
        pad : pixels to leave free at the left and right, and at the top and bottom
        """
        width, height = size
        slope = math.tan(math.radians(FIELD_OF_VIEW / 2))
        free_y = max(1 - 2 * pad[1] / height, 0.3)
        free_x = max(1 - 2 * pad[0] / width, 0.3) * width / height
        points = np.asarray(world) @ self._rotation().T  # right, up, towards the viewer
        need = points[:, 2] + np.maximum(np.abs(points[:, 1]) / free_y, np.abs(points[:, 0]) / free_x) / slope
        return replace(self, fit=float(need.max()))

    def turned(self, azimuth: float, elevation: float) -> Camera:
        """Orbited by so many degrees."""
        turned = (self.azimuth + azimuth + 180) % 360 - 180
        return replace(self, azimuth=turned, elevation=min(max(self.elevation + elevation, -89.0), 90.0))

    def zoomed(self, factor: float) -> Camera:
        """Nearer (below 1) or farther, within limits."""
        return replace(self, distance=min(max(self.distance * factor, 0.3), 5.0))

    def view_matrix(self) -> np.ndarray:
        """World -> eye, 4×4."""
        matrix = np.eye(4)
        matrix[:3, :3] = self._rotation()
        matrix[2, 3] = -self.distance * self.fit
        return matrix

    def projection_matrix(self, aspect: float) -> np.ndarray:
        """Eye -> clip space, 4×4."""
        far_away = self.distance * self.fit
        near, far = max(far_away - 3.0, 0.05), far_away + 3.0
        f = 1 / math.tan(math.radians(FIELD_OF_VIEW / 2))
        return np.array(
            [
                [f / aspect, 0, 0, 0],
                [0, f, 0, 0],
                [0, 0, (far + near) / (near - far), 2 * far * near / (near - far)],
                [0, 0, -1, 0],
            ]
        )

    def eye(self) -> np.ndarray:
        """Where the camera is, `(3,)`."""
        return self._rotation().T @ np.array([0.0, 0.0, self.distance * self.fit])

    def project(self, world: np.ndarray, width: float, height: float) -> np.ndarray:
        """World `(..., 3)` -> pixels `(..., 2)`, y downwards; nan behind the camera."""
        eye = np.asarray(world, dtype=float) @ self._rotation().T
        eye = eye + np.array([0.0, 0.0, -self.distance * self.fit])
        f = 1 / math.tan(math.radians(FIELD_OF_VIEW / 2))
        depth = np.where(eye[..., 2] < -1e-6, -eye[..., 2], np.nan)
        x = eye[..., 0] * f / depth * height / width
        y = eye[..., 1] * f / depth
        return np.stack([(x + 1) / 2 * width, (1 - y) / 2 * height], axis=-1)

    def ray(self, x: float, y: float, width: float, height: float) -> tuple[np.ndarray, np.ndarray]:
        """The line of sight through a pixel: its origin and unit direction, each `(3,)`."""
        slope = math.tan(math.radians(FIELD_OF_VIEW / 2))
        direction = np.array(
            [(2 * x / width - 1) * slope * width / height, (1 - 2 * y / height) * slope, -1.0]
        )
        direction = self._rotation().T @ (direction / np.linalg.norm(direction))
        return self.eye(), direction

    def _rotation(self) -> np.ndarray:
        """Rows: the viewer's right, up and backward, in the world."""
        return _rotation(self.azimuth, self.elevation)


@lru_cache(maxsize=16)  # asked for many times in each frame
def _rotation(azimuth: float, elevation: float) -> np.ndarray:
    a, e = math.radians(azimuth), math.radians(elevation)
    right = np.array([-math.sin(a), math.cos(a), 0.0])
    backward = np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])
    rows = np.stack([right, np.cross(backward, right), backward])
    rows.flags.writeable = False
    return rows


def first_hit(heights: np.ndarray, box: Box, origin: np.ndarray, direction: np.ndarray) -> np.ndarray | None:
    """Where a line of sight first meets the height field: world `(3,)`, or None.

    `heights` is `(ny, nx)` over the whole box; the line is walked in steps finer than a cell and the
    crossing is refined linearly.
    """
    half = np.array(box.half)
    with np.errstate(all="ignore"):
        near = (-np.sign(direction) * half - origin) / direction
        far = (np.sign(direction) * half - origin) / direction
    enter = float(np.nanmax(np.where(np.isfinite(near), near, -np.inf)))
    leave = float(np.nanmin(np.where(np.isfinite(far), far, np.inf)))
    if not max(enter, 0.0) < leave:
        return None
    along = np.linspace(max(enter, 0.0), leave, 600)
    points = origin + along[:, None] * direction
    above = points[:, 2] - (2 * sampled(heights, box, points) - 1) * box.half[2]
    crossed = np.flatnonzero((above[:-1] * above[1:] <= 0) & np.isfinite(above[:-1] + above[1:]))
    if not len(crossed):
        return None
    k = int(crossed[0])
    share = above[k] / (above[k] - above[k + 1]) if above[k] != above[k + 1] else 0.0
    return points[k] + share * (points[k + 1] - points[k])


def sampled(heights: np.ndarray, box: Box, world: np.ndarray) -> np.ndarray:
    """Heights of the field under world points `(..., 3)`, bilinear; nan outside and in holes."""
    rows, columns = heights.shape
    u = (world[..., 0] / box.half[0] + 1) / 2 * (columns - 1)
    v = (world[..., 1] / box.half[1] + 1) / 2 * (rows - 1)
    inside = (u >= -1e-9) & (u <= columns - 1 + 1e-9) & (v >= -1e-9) & (v <= rows - 1 + 1e-9)
    u, v = np.clip(u, 0, columns - 1), np.clip(v, 0, rows - 1)
    i = np.minimum(u.astype(int), columns - 2)
    j = np.minimum(v.astype(int), rows - 2)
    fu, fv = u - i, v - j
    value = (
        heights[j, i] * (1 - fu) * (1 - fv)
        + heights[j, i + 1] * fu * (1 - fv)
        + heights[j + 1, i] * (1 - fu) * fv
        + heights[j + 1, i + 1] * fu * fv
    )
    return np.where(inside, value, np.nan)
