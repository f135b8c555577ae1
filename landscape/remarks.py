"""One sentence on what a rule is doing at a step, from measured facts of its path.

The first test in the table that holds gives the sentence; each sentence prints the numbers it is
made from. Thresholds are relative to the path itself, so that no surface needs its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape.descent import Path
from landscape.surface import Array

WINDOW = 20  # steps looked back on
FLIPS = 0.6  # share of steps on which a gradient component must change its sign to be a zig-zag
CRAWL = 1e-3  # a step this small against the first is a crawl
STUCK = 2e-3  # gradient this small against the path's largest is "almost no gradient"


@dataclass(frozen=True)
class Moment:
    """A path at a step, with what the sentences need."""

    path: Path
    step: int

    @property
    def point(self) -> Array:
        """Where it is."""
        return self.path.points[self.step]

    @property
    def slope(self) -> float:
        """‖∇f‖ here."""
        return float(np.hypot(*self.path.gradients[self.step]))

    def length(self, step: int) -> float:
        """Length of the step that leaves `step`."""
        if not 0 <= step < self.path.last:
            return float("nan")
        return float(np.hypot(*(self.path.points[step + 1] - self.path.points[step])))


def remark(path: Path, step: int) -> str:
    """What the rule is doing at this step, in one sentence.

    >>> from landscape import GradientDescent, descend, surfaces
    >>> path = descend(surfaces["ravine"], GradientDescent(learning_rate=0.098), (-2, 1), steps=60)
    >>> remark(path, 40)
    'zig-zag: the sign of g_y changed 20 of 20 steps; αλ₁ = 1.96, limit 2'
    """
    moment = Moment(path, min(step, path.last))
    for test in (_ended, _outside, _start, _zigzag, _settled, _plateau):
        sentence = test(moment, step)
        if sentence:
            return sentence
    return _rolling(moment)


def _ended(moment: Moment, step: int) -> str:
    path = moment.path
    if path.ended_at is None or step < path.ended_at:
        return ""
    if path.status == "undefined":
        return f"stopped at step {path.ended_at}: the loss is not defined here"
    return f"diverged: left the numbers at step {path.ended_at}"


def _outside(moment: Moment, step: int) -> str:
    surface = moment.path.surface
    (x, y), (x_low, x_high), (y_low, y_high) = moment.point, surface.x, surface.y
    if x_low <= x <= x_high and y_low <= y <= y_high:
        return ""
    return f"off the map at ({x:.3g}, {y:.3g}), loss {moment.path.losses[moment.step]:.3g}"


def _start(moment: Moment, step: int) -> str:
    if step > 0:
        return ""
    first = f", the first step is {moment.length(0):.2g} long" if moment.path.last else ""
    return f"at the start: ‖g‖ = {moment.slope:.3g}{first}"


def _zigzag(moment: Moment, step: int) -> str:
    first = max(moment.step - WINDOW, 0)
    window = moment.path.gradients[first : moment.step + 1]
    if len(window) < WINDOW // 2:
        return ""
    flips = (np.sign(window[1:]) * np.sign(window[:-1]) < 0).sum(axis=0)
    axis = int(flips.argmax())
    if flips[axis] < FLIPS * (len(window) - 1) or moment.slope < 1e-9:
        return ""
    sentence = f"zig-zag: the sign of g_{'xy'[axis]} changed {flips[axis]} of {len(window) - 1} steps"
    if moment.path.optimizer.key == "gradient_descent":
        eigenvalues = np.linalg.eigvalsh(moment.path.surface.hessian(moment.point))
        rate = moment.path.learning_rates[min(moment.step, moment.path.steps - 1)]
        sentence += f"; αλ₁ = {rate * eigenvalues[1]:.3g}, limit 2"
    return sentence


def _settled(moment: Moment, step: int) -> str:
    length, first = moment.length(moment.step - 1), moment.length(0)
    if not length < CRAWL * max(first, 1e-300):
        return ""
    hessian = moment.path.surface.hessian(moment.point)
    if not np.isfinite(hessian).all():
        return ""
    low, high = np.linalg.eigvalsh(hessian)
    if low > 0:
        return f"settling in a minimum: loss {moment.path.losses[moment.step]:.4g}, a step is {length:.1g}"
    if low < 0 < high:
        return f"stuck at a saddle: ‖g‖ = {moment.slope:.1g}, λ = {low:.2g} and {high:.2g}"
    return f"hardly moving: ‖g‖ = {moment.slope:.1g}, a step is {length:.1g}"


def _plateau(moment: Moment, step: int) -> str:
    steepest = float(np.nanmax(np.hypot(*moment.path.gradients.T)))
    if not moment.slope < STUCK * steepest:
        return ""
    return f"almost no gradient: ‖g‖ = {moment.slope:.1g}, a step is {moment.length(moment.step - 1):.1g}"


def _rolling(moment: Moment) -> str:
    step, path = moment.step, moment.path
    before = max(step - 10, 0)
    change = path.losses[step] - path.losses[before]
    if change > 0:
        return f"climbing: loss up by {change:.2g} in {step - before} steps"
    return f"descending: loss {path.losses[step]:.4g}, down {-change:.2g} in {step - before} steps"
