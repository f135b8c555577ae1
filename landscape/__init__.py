"""Landscape: a laboratory for gradient-based learning. The core, without any window.

>>> from landscape import Adam, descend, surfaces
>>> path = descend(surfaces["himmelblau"], Adam(learning_rate=0.1), start=(0, 0), steps=200)
>>> path.status, path.points.shape
('ran', (201, 2))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public name -> module: imported when first used, so that `landscape --version` answers at once.
_HOME = {
    "LandscapeError": "errors",
    "FormulaError": "errors",
    "FieldError": "errors",
    "Surface": "surface",
    "surfaces": "surface",
    "GradientDescent": "optimizers",
    "Momentum": "optimizers",
    "RMSProp": "optimizers",
    "Adam": "optimizers",
    "AdaGrad": "optimizers",
    "AdamW": "optimizers",
    "make_optimizer": "optimizers",
    "Schedule": "schedules",
    "InverseTime": "schedules",
    "Exponential": "schedules",
    "Step": "schedules",
    "Cosine": "schedules",
    "Path": "descent",
    "Swarm": "descent",
    "descend": "descent",
    "descend_many": "descent",
    "Scene": "scene",
    "critical_points": "geometry.critical_points",
    "plateaus": "geometry.plateaus",
    "basins": "geometry.basins",
    "stability_limit": "geometry.stability",
}
__all__ = [*sorted(_HOME)]

if TYPE_CHECKING:
    from landscape.descent import Path as Path
    from landscape.descent import Swarm as Swarm
    from landscape.descent import descend as descend
    from landscape.descent import descend_many as descend_many
    from landscape.errors import FieldError as FieldError
    from landscape.errors import FormulaError as FormulaError
    from landscape.errors import LandscapeError as LandscapeError
    from landscape.geometry.basins import basins as basins
    from landscape.geometry.critical_points import critical_points as critical_points
    from landscape.geometry.plateaus import plateaus as plateaus
    from landscape.geometry.stability import stability_limit as stability_limit
    from landscape.optimizers import AdaGrad as AdaGrad
    from landscape.optimizers import Adam as Adam
    from landscape.optimizers import AdamW as AdamW
    from landscape.optimizers import GradientDescent as GradientDescent
    from landscape.optimizers import Momentum as Momentum
    from landscape.optimizers import RMSProp as RMSProp
    from landscape.optimizers import make_optimizer as make_optimizer
    from landscape.scene import Scene as Scene
    from landscape.schedules import Cosine as Cosine
    from landscape.schedules import Exponential as Exponential
    from landscape.schedules import InverseTime as InverseTime
    from landscape.schedules import Schedule as Schedule
    from landscape.schedules import Step as Step
    from landscape.surface import Surface as Surface
    from landscape.surface import surfaces as surfaces


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'landscape' has no attribute {name!r}")
    return getattr(importlib.import_module(f"landscape.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
