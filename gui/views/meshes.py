"""Triangles for the 3-D surface: the lit height field and the tubes of the trails. Plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gui.views.camera import Box, sampled

LIGHT = np.array([-0.45, 0.35, 0.82]) / np.linalg.norm([-0.45, 0.35, 0.82])
SIDES = 6
MOST_POINTS = 6000  # of a trail


@dataclass(frozen=True)
class Mesh:
    """Vertices `(n, 3)`, faces `(m, 3)` and colours `(n, 4)` in [0, 1]."""

    vertices: np.ndarray
    faces: np.ndarray
    colours: np.ndarray


def surface_mesh(
    heights: np.ndarray, box: Box, table: np.ndarray, ambient: float = 0.6, tint: np.ndarray | None = None
) -> Mesh:
    """The height field, lit; alpha carries the height, from which the contour lines are drawn.

    Parameters
    ----------
    heights : `(ny, nx)` in [0, 1]; cells that touch a hole (nan) are left out
    table : `(256, 4)` uint8, low to high
    ambient : share of the light that comes from everywhere
    tint : `(ny, nx, 4)` uint8 RGBA laid over the colours, for areas; or None
    """
    rows, columns = heights.shape
    filled = np.nan_to_num(heights, nan=0.0)
    xs = np.linspace(*box.x, columns)
    ys = np.linspace(*box.y, rows)
    points = np.stack(np.meshgrid(xs, ys), axis=-1)
    vertices = box.world(points, filled).reshape(-1, 3).astype(np.float32)

    slope_y, slope_x = np.gradient(
        filled * 2 * box.half[2], 2 * box.half[1] / (rows - 1), 2 * box.half[0] / (columns - 1)
    )
    normals = np.stack([-slope_x, -slope_y, np.ones_like(filled)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    light = ambient + (1.08 - ambient) * np.clip(normals @ LIGHT, 0, 1)
    colours = np.empty((rows, columns, 4), dtype=np.float32)
    base = table[(filled * 255).round().astype(int)][..., :3] / 255.0
    if tint is not None:
        over = tint / 255.0
        base = base * (1 - over[..., 3:]) + over[..., :3] * over[..., 3:]
    colours[..., :3] = np.clip(base * light[..., None], 0, 1)
    colours[..., 3] = filled

    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    faces = np.stack([np.stack([a, b, d], axis=-1), np.stack([a, d, c], axis=-1)], axis=2)
    whole = np.isfinite(heights)
    whole = whole[:-1, :-1] & whole[:-1, 1:] & whole[1:, :-1] & whole[1:, 1:]
    return Mesh(vertices, faces[whole].reshape(-1, 3).astype(np.uint32), colours.reshape(-1, 4))


@dataclass(frozen=True)
class Tube:
    """A trail as triangles; `faces_until[k]` faces show it up to step k."""

    mesh: Mesh
    faces_until: np.ndarray


def tube(
    points: np.ndarray, steps: np.ndarray, radius: float, colour: tuple[float, float, float],
    dash: tuple[float, ...] = (), dash_unit: float = 0.006,
) -> Tube | None:  # fmt: skip
    """A round tube along world points `(n, 3)`, in dashes if asked for.

    Parameters
    ----------
    steps : `(n,)`, the step number of each point, rising
    dash : lengths on, off, …, in units of `dash_unit` of the world
    """
    points, steps = _dashed(points, steps, tuple(length * dash_unit for length in dash))
    if len(points) < 2:
        return None
    ends = ~np.isfinite(points).all(axis=1)
    solid = np.where(ends[:, None], 0.0, points)
    ahead = np.zeros_like(solid)
    joined = ~(ends[1:] | ends[:-1])  # point k and k+1 belong to one dash
    along = solid[1:] - solid[:-1]
    ahead[:-1][joined] += along[joined]
    ahead[1:][joined] += along[joined]
    length = np.linalg.norm(ahead, axis=1, keepdims=True)
    ahead = np.where(length > 1e-12, ahead / np.where(length > 1e-12, length, 1), [1.0, 0.0, 0.0])
    # Any two directions across will do; "up" is never along a trail that lies on a height field.
    across = np.cross(ahead, [0.0, 0.0, 1.0])
    flat = np.linalg.norm(across, axis=1, keepdims=True)
    across = np.where(flat > 1e-6, across / np.where(flat > 1e-6, flat, 1), [1.0, 0.0, 0.0])
    up = np.cross(across, ahead)
    angle = 2 * np.pi * np.arange(SIDES) / SIDES
    normals = np.cos(angle)[:, None] * across[:, None, :] + np.sin(angle)[:, None] * up[:, None, :]
    vertices = (solid[:, None, :] + radius * normals).reshape(-1, 3).astype(np.float32)
    light = 0.72 + 0.38 * np.clip(normals @ LIGHT, 0, 1)
    colours = np.ones((len(vertices), 4), dtype=np.float32)
    colours[:, :3] = np.clip(np.array(colour) * light.reshape(-1, 1), 0, 1)

    k = np.flatnonzero(joined)
    side, turned = np.arange(SIDES), (np.arange(SIDES) + 1) % SIDES
    a, b = k[:, None] * SIDES + side, k[:, None] * SIDES + turned
    c, d = a + SIDES, b + SIDES
    faces = np.stack([np.stack([a, b, d], axis=-1), np.stack([a, d, c], axis=-1)], axis=2)
    faces = faces.reshape(-1, 3).astype(np.uint32)
    last = int(steps[-1]) if len(steps) else 0
    count = np.searchsorted(steps[k + 1], np.arange(last + 1), side="right") * 2 * SIDES
    return Tube(Mesh(vertices, faces, colours), count)


def draped(points: np.ndarray, heights: np.ndarray, box: Box, until: int) -> tuple[np.ndarray, np.ndarray]:
    """A path laid over the height field as it is drawn: world points and the step of each.

    Long steps are cut into pieces no longer than a cell, so that they follow the ground instead of
    passing through it; what lies outside the box is nan.

    Parameters
    ----------
    points : `(steps+1, 2)`, a path in surface coordinates
    until : the last step at which there is a position
    """
    stride = -(-until // MOST_POINTS) or 1  # of a longer path nobody sees every step
    at = np.unique(np.append(np.arange(0, until + 1, stride), until))
    flat = np.clip(box.world(points[at], np.zeros(len(at)))[:, :2], -1e3, 1e3)
    cell = 2 * max(box.half) / max(heights.shape)
    pieces = np.clip(np.ceil(np.linalg.norm(np.diff(flat, axis=0), axis=1) / cell), 1, 200).astype(int)
    if pieces.sum() > 2 * MOST_POINTS:
        pieces = np.ones_like(pieces)
    first = np.concatenate([[0], np.cumsum(pieces)]).astype(int)
    share = (np.arange(first[-1]) - first[:-1].repeat(pieces)) / pieces.repeat(pieces)
    steps = np.append(at[:-1].repeat(pieces) + share * np.diff(at).repeat(pieces), until)
    ground = np.stack([np.interp(steps, at, flat[:, axis]) for axis in (0, 1)], axis=1)
    world = np.concatenate([ground, np.zeros((len(ground), 1))], axis=1)
    world[:, 2] = (2 * sampled(heights, box, world) - 1) * box.half[2]
    return world, steps


def _dashed(points: np.ndarray, steps: np.ndarray, dash: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Cut a line into dashes; nan rows stand between them. Steps become those of the new points."""
    good = np.isfinite(points).all(axis=1)
    bounds = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(int)))
    runs = [
        _dashed_run(points[begin:end], np.ceil(steps[begin:end]), dash)
        for begin, end in zip(bounds[::2], bounds[1::2], strict=True)
    ]
    if not runs:
        return np.empty((0, 3)), np.empty(0)
    gap = np.full((1, 3), np.nan)
    return (
        np.concatenate([part for run, _ in runs for part in (run, gap)]),
        np.concatenate([part for _, time in runs for part in (time, time[-1:])]),
    )


def _dashed_run(
    points: np.ndarray, steps: np.ndarray, dash: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    moved = np.concatenate([[True], np.linalg.norm(np.diff(points, axis=0), axis=1) > 1e-7])
    points, steps = points[moved], steps[moved]
    if not dash or len(points) < 2:
        return points, steps
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    period = sum(dash)
    if length[-1] / period > 2000:  # a wild path: dashes would be beyond seeing
        return points, steps
    on = np.array(dash[::2])
    begin = np.cumsum([0.0, *dash])[:-1:2]
    begins = (np.arange(0, length[-1], period)[:, None] + begin).ravel()
    ends = np.minimum(begins + np.tile(on, len(begins) // len(on)), length[-1])
    begins, ends = begins[begins < length[-1]], ends[begins < length[-1]]
    # Dash ends and the line's own points, in order along the line; then keep what lies in a dash.
    at = np.concatenate([begins, ends, ends, length])
    gap = np.concatenate([np.zeros(2 * len(ends)), np.ones(len(ends)), np.zeros(len(length))])
    order = np.lexsort((gap, at))
    at, gap = at[order], gap[order].astype(bool)
    dash_number = np.searchsorted(begins, at, side="right") - 1
    inside = (at <= ends[dash_number] + 1e-12) & (at >= begins[0])
    at, gap = at[inside], gap[inside]
    line = np.stack([np.interp(at, length, points[:, axis]) for axis in range(3)], axis=1)
    line[gap] = np.nan
    return line, np.ceil(np.interp(at, length, steps))
