"""The minima of a surface inside its domain."""

from __future__ import annotations

import numpy as np

from landscape.surface import Array, Surface


def minima(surface: Surface, resolution: int = 161) -> Array:
    """Strict local minima in the domain, best first: `(n, 2)`.

    Every grid point that is lower than its neighbours is polished by Newton's method with the exact
    Hessian, and kept if it stays near, its gradient vanishes and its Hessian is positive definite.
    A minimum at a kink has no such point and is not found; a whole line of minima has none either.

    >>> from landscape import surfaces
    >>> minima(surfaces["himmelblau"]).round(6)[:, 0].size
    4
    """
    xs = np.linspace(*surface.x, resolution)
    ys = np.linspace(*surface.y, resolution)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    z = surface.value(grid)
    z = np.where(np.isfinite(z), z, np.inf)
    padded = np.pad(z, 1, constant_values=np.inf)
    lowest = np.isfinite(z)
    for row in range(3):
        for column in range(3):
            lowest &= z <= padded[row : row + resolution, column : column + resolution]
    points = grid[lowest][:2000]
    seeds, cell = points.copy(), np.array([xs[1] - xs[0], ys[1] - ys[0]])
    if not len(points):
        return np.empty((0, 2))
    for _ in range(30):
        hessian, gradient = surface.hessian(points), surface.gradient(points)
        a, b, d = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
        determinant = a * d - b * b
        size = np.maximum(np.abs(a), np.maximum(np.abs(b), np.abs(d)))
        with np.errstate(all="ignore"):
            step_x = (d * gradient[:, 0] - b * gradient[:, 1]) / determinant
            step_y = (a * gradient[:, 1] - b * gradient[:, 0]) / determinant
        newton = np.stack([step_x, step_y], axis=1)
        solvable = (np.abs(determinant) > 1e-12 * size**2) & np.isfinite(newton).all(axis=1)
        points = points - np.clip(np.where(solvable[:, None], newton, 0.0), -cell, cell)
    curvature = np.linalg.eigvalsh(np.nan_to_num(surface.hessian(points)))
    steepness = np.linalg.norm(surface.gradient(points), axis=1)
    good = (np.abs(points - seeds) <= 3 * cell).all(axis=1)
    good &= (curvature[:, 0] > 1e-9 * np.abs(curvature[:, 1])) & (curvature[:, 1] > 0)
    good &= steepness <= 1e-8 * (1 + curvature[:, 1] * surface.size)
    for axis, (low, high) in enumerate((surface.x, surface.y)):
        good &= (points[:, axis] >= low) & (points[:, axis] <= high)
    points = points[good]
    points = points[np.argsort(surface.value(points), kind="stable")]
    distinct: list[Array] = []
    for point in points:
        if all((np.abs(point - other) > cell / 4).any() for other in distinct):
            distinct.append(point)
    found = np.array(distinct).reshape(-1, 2)
    found.flags.writeable = False
    return found
