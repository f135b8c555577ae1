"""Learning rates that suit a surface: a fair beginning, from its curvature and its size."""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape.surface import Surface

_SCALED = {"rmsprop": 0.004, "adagrad": 0.06}  # rules whose step does not depend on the gradient's size


def suggested_rate(surface: Surface, key: str, start: tuple[float, float]) -> float:
    """A learning rate with which a rule neither diverges at once nor crawls.

    Gradient descent gets 0.5/λ, a quarter of its limit 2/λ, where λ is the curvature that is typical
    of the steeper parts of the domain (or of the start, if that is more); momentum three times that,
    since it averages. Rules that normalize the gradient get a share of the domain's size.

    >>> from landscape import surfaces
    >>> suggested_rate(surfaces["bowl"], "gradient_descent", (1.0, 1.0))
    0.5
    """
    if key in ("gradient_descent", "momentum"):
        x, y = np.meshgrid(np.linspace(*surface.x, 24), np.linspace(*surface.y, 24))
        points = np.concatenate([[start], np.stack([x.ravel(), y.ravel()], axis=1)])
        hessians = surface.hessian(points)
        there: Any = np.isfinite(hessians).all(axis=(1, 2))
        if not there.any():
            return 0.01
        curvature = np.abs(np.linalg.eigvalsh(hessians[there])).max(axis=1)
        at_start = float(curvature[0]) if there[0] else 0.0
        typical = max(float(np.percentile(curvature, 80)), at_start, 1e-6)
        rate = 0.5 / typical * (3 if key == "momentum" else 1)
    else:
        rate = _SCALED.get(key, 0.008) * surface.size
    return float(f"{min(max(rate, 1e-6), 10.0):.1g}")
