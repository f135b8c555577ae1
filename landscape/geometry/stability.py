"""Where a rule is stable: learning rate times curvature against the rule's limit.

On a quadratic a rule converges along an eigenvector of the Hessian if α·λ stays below a limit: 2 for
gradient descent; for momentum, and for a preconditioned rule in units of its own scaling, others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape.descent import Path
from landscape.optimizers import Optimizer
from landscape.surface import Array


def stability_limit(optimizer: Optimizer) -> float:
    """The largest stable α·λ_max of a rule; for scaled rules λ is that of the scaled Hessian.

    - gradient descent 2; momentum 2 + 2β ("classical"), (2 + 2β)/(1 − β) ("ewma"); looking ahead
      (Nesterov), both divided by 1 + 2β
    - RMSProp and AdaGrad 2; Adam and AdamW (2 + 2β₁)/(1 − β₁), its mean being an ewma (Cohen et al. 2022)

    >>> from landscape import GradientDescent, Momentum
    >>> stability_limit(GradientDescent()), round(stability_limit(Momentum(beta=0.9)), 9)
    (2.0, 38.0)
    """
    rule: Any = optimizer
    if rule.key == "momentum":
        limit = (2 + 2 * rule.beta) / (1 + 2 * rule.beta if rule.nesterov else 1)
        return float(limit / (1 - rule.beta) if rule.form == "ewma" else limit)
    if rule.key in ("adam", "adamw"):
        return float((2 + 2 * rule.beta1) / (1 - rule.beta1))
    return 2.0


def limit_formula(optimizer: Optimizer) -> str:
    """The limit in symbols, for the same rule."""
    rule: Any = optimizer
    if rule.key == "momentum":
        below = ("(1 + 2β)" if rule.nesterov else "") + ("(1 − β)" if rule.form == "ewma" else "")
        return f"(2 + 2β)/{below}" if below else "2 + 2β"
    return "(2 + 2β₁)/(1 − β₁)" if rule.key in ("adam", "adamw") else "2"


def scalings(path: Path) -> Array:
    """By what a rule divides each gradient component in each step: `(steps+1, 2)`; ones if by nothing."""
    rule: Any = path.optimizer
    scales = np.ones((path.steps + 1, 2))
    name = {"rmsprop": "mean_square", "adagrad": "mean_square", "adam": "second_moment",
            "adamw": "second_moment"}.get(rule.key)  # fmt: skip
    if name is None or not path.steps:
        return scales
    squares = path.parts[name][1:]
    with np.errstate(all="ignore"):
        if name == "second_moment" and rule.bias_correction:
            squares = squares / (1 - rule.beta2 ** np.arange(1, path.steps + 1)[:, None])
        scales[:-1] = np.sqrt(squares) + rule.epsilon
    scales[-1] = scales[-2]
    return scales


def scaling(path: Path, step: int) -> Array:
    """The same in the step that leaves `step`, or in the last there was: `(2,)`."""
    return scalings(path)[min(step, path.last - 1)] if path.last else np.ones(2)


def largest_curvature(hessians: Array, scale: Array | float = 1.0) -> Array:
    """λ_max of H, or of D^(−1/2) H D^(−1/2) with D = diag(scale): `(..., 2, 2)` -> `(...)`.

    >>> float(largest_curvature(np.array([[2.0, 0.0], [0.0, 8.0]]), np.array([1.0, 4.0])))
    2.0
    """
    by_x, by_y = np.moveaxis(np.broadcast_to(scale, (*hessians.shape[:-2], 2)), -1, 0)
    with np.errstate(all="ignore"):
        xx, yy = hessians[..., 0, 0] / by_x, hessians[..., 1, 1] / by_y
        xy = hessians[..., 0, 1] / np.sqrt(by_x * by_y)
        return np.asarray((xx + yy) / 2 + np.hypot((xx - yy) / 2, xy))


def sharpness_on(path: Path, step: int, hessians: Array) -> Array:
    """α·λ_max anywhere, with the learning rate and the scaling that the rule has at a step of its path.

    Above `stability_limit` the rule would be unstable there.

    Parameters
    ----------
    hessians : `(..., 2, 2)` of the path's surface, at the places asked about

    >>> from landscape import GradientDescent, descend, surfaces
    >>> ravine = surfaces["ravine"]
    >>> path = descend(ravine, GradientDescent(0.11), (1, 1), steps=3)
    >>> float(sharpness_on(path, 0, ravine.hessian([0.0, 0.0])))
    2.2
    """
    rates = path.learning_rates
    rate = float(rates[min(step, len(rates) - 1)]) if len(rates) else float(path.optimizer.learning_rate)
    with np.errstate(invalid="ignore"):
        return rate * largest_curvature(hessians, scaling(path, min(step, path.last)))


def sharpness(path: Path) -> Array:
    """α(t)·λ_max along a path, of the scaled Hessian for rules that scale: `(steps+1,)`."""
    hessians = path.surface.hessian(path.points)
    last = path.learning_rates[-1] if path.steps else float(path.optimizer.learning_rate)
    rates = np.append(path.learning_rates, last)
    return rates * largest_curvature(hessians, scalings(path))
