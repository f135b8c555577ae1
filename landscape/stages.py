"""One update taken apart: its stages in order, each with words, formula, numbers and what to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from landscape.descent import Path
from landscape.stage_marks import Mark, Stage, scale_text, scales
from landscape.stage_workings import WHOLE, Factor, Term, Workings
from landscape.surface import Array

__all__ = ["Mark", "Stage", "scale_text", "scales", "stages"]

Memory = dict[str, Array]  # the rule's state before the update, by name


def stages(path: Path, step: int) -> list[Stage]:
    """The stages of the update that leads from `step` to `step + 1`; empty at the end of the path.

    >>> from landscape import Momentum, descend, surfaces
    >>> path = descend(surfaces["bowl"], Momentum(learning_rate=0.5, beta=0.5), (1.0, 0.0), steps=2)
    >>> for stage in stages(path, 1):
    ...     print(stage)
    gradient: g = ∇f(θ) = ∇f(0.75, 0) = (0.75, 0)
    decay: βv = 0.5·(0.5, 0) = (0.25, 0)
    addition: v ← βv + (1−β)g = (0.25, 0) + 0.5·(0.75, 0) = (0.625, 0)
    move: θ ← θ − αv = (0.75, 0) − 0.5·(0.625, 0) = (0.4375, 0)
    >>> print(stage.sentence)
    The ball moves by (−0.3125, 0): −0.5 times v.
    >>> [(mark.units, mark.symbol, mark.vector.tolist()) for mark in stage.marks]
    [('step', '−αv', [-0.3125, 0.0])]
    """
    if not 0 <= step < path.last or not np.isfinite(path.points[step + 1]).all():
        return []
    rule: Any = path.optimizer
    position, after = path.points[step], path.points[step + 1]
    base, rate = float(rule.learning_rate), float(path.learning_rates[step])
    memory = {name: part[step] for name, part in path.parts.items()}
    work, alpha, pull = Workings(), Factor("α", rate), None
    with np.errstate(all="ignore"):  # a square may overflow where the step that it leads to does not
        g = work.gradient(position, path.gradients[step], path.noise[step] if path.noise.any() else None)
        if (path.learning_rates != base).any():
            alpha = work.learning_rate(base, rate, g)
        u = _DIRECTIONS[rule.key](work, rule, g, memory, step + 1)
        if rule.key == "adamw":
            pull = work.weight_decay(position, alpha, rule.weight_decay)
        work.move(position, after, alpha, u, pull)
    return work.stages


# What each rule multiplies by −α, as in its formula. `t` counts the updates, this one included.


def _gradient_descent(work: Workings, rule: Any, g: Term, memory: Memory, t: int) -> Term:
    return g


def _momentum(work: Workings, rule: Any, g: Term, memory: Memory, t: int) -> Term:
    beta = Factor("β", rule.beta)
    weight = beta.rest if rule.form == "ewma" else WHOLE
    v = work.average(Term("v", memory["velocity"], "velocity"), g, beta, weight)
    u = work.look_ahead(v, beta, g, weight) if rule.nesterov else v
    return work.correct(u, beta, t, rule.nesterov) if rule.bias_correction else u


def _rmsprop(work: Workings, rule: Any, g: Term, memory: Memory, t: int) -> Term:
    s = Term("s", memory["mean_square"], "running mean square", squares=True)
    s = work.average(s, work.square(g), Factor("ρ", rule.rho))
    return work.divide(g, s, rule.epsilon)


def _adagrad(work: Workings, rule: Any, g: Term, memory: Memory, t: int) -> Term:
    s = Term("s", memory["mean_square"], "sum of squares", squares=True)
    s = work.add(s, s, work.square(g), WHOLE)
    return work.divide(g, s, rule.epsilon)


def _adam(work: Workings, rule: Any, g: Term, memory: Memory, t: int) -> Term:
    beta1, beta2 = Factor("β₁", rule.beta1), Factor("β₂", rule.beta2)
    m = work.average(Term("m", memory["first_moment"], "running mean"), g, beta1)
    v = Term("v", memory["second_moment"], "running mean square", squares=True)
    v = work.average(v, work.square(g), beta2)
    if rule.bias_correction:
        m, v = work.correct(m, beta1, t), work.correct(v, beta2, t)
    return work.divide(m, v, rule.epsilon)


_DIRECTIONS: dict[str, Callable[[Workings, Any, Term, Memory, int], Term]] = {
    "gradient_descent": _gradient_descent,
    "momentum": _momentum,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "adam": _adam,
    "adamw": _adam,
}
