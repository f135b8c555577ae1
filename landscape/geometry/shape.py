"""All that is known of a surface's shape, gathered step by step: points, plateaus, watersheds, curvature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from landscape.geometry.critical_points import CriticalPoints, finding_critical_points
from landscape.geometry.manifolds import Manifold, manifolds
from landscape.geometry.plateaus import Plateaus, plateaus
from landscape.surface import Array, Surface

GRID = 161  # nodes a side at which curvature is known


@dataclass(frozen=True, eq=False)
class Shape:
    """What is known so far.

    Attributes
    ----------
    critical : critical points and the check that none is missing
    plateaus : None until they are looked for
    hessians : `(GRID, GRID, 2, 2)` on the domain, edges included; None until then
    manifolds : of the saddles; empty until they are known
    complete : whether nothing more will come
    """

    surface: Surface
    critical: CriticalPoints
    plateaus: Plateaus | None = None
    hessians: Array | None = None
    manifolds: tuple[Manifold, ...] = ()
    complete: bool = False


def analysed(surface: Surface) -> Iterator[Shape]:
    """A surface's shape, in the order in which it is wanted on the screen.

    >>> from landscape import surfaces
    >>> *_, shape = analysed(surfaces["himmelblau"])
    >>> len(shape.critical), len(shape.manifolds), shape.complete
    (9, 4, True)
    """
    critical = None
    for critical in finding_critical_points(surface):
        yield Shape(surface, critical)
    assert critical is not None
    surface.compile()
    xs, ys = np.linspace(*surface.x, GRID), np.linspace(*surface.y, GRID)
    hessians = surface.hessian(np.stack(np.meshgrid(xs, ys), axis=-1))
    hessians.flags.writeable = False
    shape = Shape(surface, critical, plateaus(surface, critical), hessians)
    yield shape
    for found in manifolds(critical):
        shape = replace(shape, manifolds=found) if found else shape
        yield shape
    yield replace(shape, complete=True)
