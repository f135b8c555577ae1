"""The stable and unstable manifolds of saddles: the watersheds between basins, and the ways down."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landscape.geometry.critical_points import CriticalPoint, CriticalPoints
from landscape.surface import Array, Surface

BEGIN = 1e-5  # of the domain's size: how far beside the saddle a line begins
SPACING = 1 / 150  # of the domain's size, between the points that are kept
LONGEST = 6.0  # domain sizes
ARRIVED = 1e-7  # of the typical gradient


@dataclass(frozen=True, eq=False)
class Manifold:
    """The two lines through a saddle that the gradient flow follows.

    Attributes
    ----------
    saddle : the saddle
    stable : two lines `(n, 2)` up from it: everything on them flows into the saddle, so basins end here
    unstable : two lines down from it, to where what leaves the saddle flows
    """

    saddle: CriticalPoint
    stable: tuple[Array, Array]
    unstable: tuple[Array, Array]


def manifolds(critical: CriticalPoints) -> Iterator[Manifold]:
    """The manifolds of every saddle, one after another, in the gradient flow dx/dt = −∇f.

    Followed by LSODA, which changes to an implicit method where a valley makes the flow stiff.

    >>> from landscape import surfaces
    >>> from landscape.geometry.critical_points import critical_points
    >>> found = next(manifolds(critical_points(surfaces["twin_valleys"])))
    >>> bool(abs(found.stable[0][:, 0]).max() < 1e-9), found.unstable[0][-1].round(3).tolist()[1]
    (True, 0.0)
    """
    surface = critical.surface
    surface.compile()
    x, y = (np.linspace(*side, 24) for side in (surface.x, surface.y))
    slopes = surface.gradient(np.stack(np.meshgrid(x, y), axis=-1))
    sizes = np.hypot(slopes[..., 0], slopes[..., 1])
    typical = float(np.median(sizes[np.isfinite(sizes)])) if np.isfinite(sizes).any() else 1.0
    for saddle in critical.of("saddle"):
        lines = []
        for column, direction in ((1, 1.0), (0, -1.0)):
            for side in (1.0, -1.0):
                begin = saddle.position + side * BEGIN * surface.size * saddle.eigenvectors[:, column]
                line = _flow(surface, begin, direction, max(typical, 1e-300))
                line = np.concatenate([saddle.position[None], line])
                line.flags.writeable = False
                lines.append(line)
        yield Manifold(saddle, (lines[0], lines[1]), (lines[2], lines[3]))


def _flow(surface: Surface, begin: Array, direction: float, typical: float) -> Array:
    """The line along ±∇f from a point to where the gradient vanishes or the domain ends: `(n, 2)`."""
    from scipy.integrate import ode

    gradient_at, values, size = surface.expression.gradient_at, surface.values, surface.size
    slow = 0.02 * typical  # near a critical point the pace fades with the gradient, else it is constant
    lost = False

    def pace(_: float, at: Array) -> tuple[float, float]:
        nonlocal lost
        try:
            g_x, g_y = gradient_at(float(at[0]), float(at[1]), *values)
            length = math.hypot(g_x, g_y)
        except (ArithmeticError, ValueError):
            length = math.nan
        if not math.isfinite(length):
            lost = True
            return 0.0, 0.0
        factor = direction * size / (length + slow)
        return factor * g_x, factor * g_y

    solver = ode(pace).set_integrator("lsoda", rtol=1e-7, atol=1e-10 * size, nsteps=4000, max_step=0.05)
    solver.set_initial_value(begin, 0.0)
    line, time = [begin], 0.0
    (x_low, x_high), (y_low, y_high) = surface.x, surface.y
    while time < LONGEST and not lost:
        time += SPACING
        at = solver.integrate(time)
        if not solver.successful() or lost:
            break
        line.append(at.copy())
        if not (x_low <= at[0] <= x_high and y_low <= at[1] <= y_high):
            break
        if np.hypot(*(line[-1] - line[-2])) < 1e-6 * size and time > 20 * SPACING:
            break
    return np.array(line)
