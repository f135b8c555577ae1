"""One sentence on what a rule is doing at a step, from measured facts of its path.

The first test in the table that holds gives the sentence; each sentence prints the numbers it is
made from. Thresholds are relative to the path itself, so that no surface needs its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from landscape.descent import Path
from landscape.geometry.stability import largest_curvature, scaling, stability_limit
from landscape.numerals import numeral, pair
from landscape.surface import Array

WINDOW = 20  # steps looked back on
FLIPS = 0.6  # share of steps on which a gradient component must change its sign to be a zig-zag
CRAWL = 1e-3  # a step this small against the first is a crawl
NEAR = 0.02  # of the domain's size: Newton's step to a critical point that one is at
BESIDE = 0.06  # the same, for a saddle that is being passed
NEWTON_STEPS = 12
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

    @cached_property
    def eigenvalues(self) -> tuple[float, float]:
        """Smaller and larger eigenvalue of the Hessian here; nan where it does not exist."""
        hessian = self.path.surface.hessian(self.point)
        if not np.isfinite(hessian).all():
            return (float("nan"), float("nan"))
        low, high = np.linalg.eigvalsh(hessian)
        return float(low), float(high)

    @cached_property
    def critical_near(self) -> tuple[float, tuple[float, float]]:
        """The critical point that Newton's method leads to: how far in domain sizes, the curvatures there.

        Infinitely far if it leads to none, or away.
        """
        nowhere = (float("inf"), (float("nan"), float("nan")))
        surface, at = self.path.surface, self.point
        curvature = np.abs(surface.hessian(at)).max()
        slope = self.slope
        for _ in range(NEWTON_STEPS):
            hessian, gradient = surface.hessian(at), surface.gradient(at)
            if not (np.isfinite(hessian).all() and np.isfinite(gradient).all()):
                return nowhere
            slope = float(np.hypot(*gradient))
            # What is left of a gradient at a critical point is rounding, and leads nowhere.
            if slope <= max(1e-12 * curvature * surface.size, 1e-9 * self.slope):
                low, high = np.linalg.eigvalsh(hessian)
                return float(np.hypot(*(at - self.point))) / surface.size, (float(low), float(high))
            at = at - np.linalg.lstsq(hessian, gradient, rcond=1e-9)[0]
            if np.hypot(*(at - self.point)) > 2 * BESIDE * surface.size:
                break
        return nowhere

    @property
    def to_critical_point(self) -> float:
        """How far that critical point is, in domain sizes."""
        return self.critical_near[0]

    @property
    def at_saddle(self) -> bool:
        """Whether it is a saddle, and no line of minima whose one curvature is rounding."""
        low, high = self.critical_near[1]
        return high > 0 and low < -1e-6 * high


def remark(path: Path, step: int) -> str:
    """What the rule is doing at this step, in one sentence.

    >>> from landscape import GradientDescent, descend, surfaces
    >>> path = descend(surfaces["ravine"], GradientDescent(learning_rate=0.098), (-2, 1), steps=60)
    >>> remark(path, 40)
    'Zig-zag: the sign of g_y changed 20 of 20 steps; αλ₁ = 1.96, limit 2.'
    """
    moment = Moment(path, min(step, path.last))
    for test in (_ended, _outside, _start, _zigzag, _settled, _saddle, _plateau):
        sentence = test(moment, step)
        if sentence:
            return sentence
    return _rolling(moment)


def _ended(moment: Moment, step: int) -> str:
    path = moment.path
    if path.ended_at is None or step < path.ended_at:
        return ""
    if path.status == "diverged":
        return f"Diverged: left the numbers at step {path.ended_at}."
    if not np.isfinite(path.losses[path.last]):
        reason = "the loss is not defined here"
    elif not np.isfinite(path.surface.gradient(path.points[path.last])).all():
        reason = "the loss has no slope here"
    else:
        reason = "its next step would be 0/0"
    return f"Stopped at step {path.ended_at}: {reason}."


def _outside(moment: Moment, step: int) -> str:
    surface = moment.path.surface
    (x, y), (x_low, x_high), (y_low, y_high) = moment.point, surface.x, surface.y
    if x_low <= x <= x_high and y_low <= y <= y_high:
        return ""
    loss = numeral(moment.path.losses[moment.step], 3)
    return f"Off the map at {pair(moment.point, 3)}, loss {loss}."


def _start(moment: Moment, step: int) -> str:
    if step > 0:
        return ""
    first = f", the first step is {numeral(moment.length(0), 2)} long" if moment.path.last else ""
    return f"At the start: ‖g‖ = {numeral(moment.slope, 3)}{first}."


def _zigzag(moment: Moment, step: int) -> str:
    first = max(moment.step - WINDOW, 0)
    window = moment.path.gradients[first : moment.step + 1]
    if len(window) < WINDOW // 2:
        return ""
    flips = (np.sign(window[1:]) * np.sign(window[:-1]) < 0).sum(axis=0)
    axis = int(flips.argmax())
    if flips[axis] < FLIPS * (len(window) - 1) or moment.slope < 1e-9:
        return ""
    sentence = f"Zig-zag: the sign of g_{'xy'[axis]} changed {flips[axis]} of {len(window) - 1} steps"
    rate = moment.path.learning_rates[min(moment.step, moment.path.steps - 1)]
    scale, hessian = scaling(moment.path, moment.step), moment.path.surface.hessian(moment.point)
    sharpness = float(rate * largest_curvature(hessian, scale))
    along = float(rate * hessian[axis, axis] / scale[axis])
    if along > 0.3 * sharpness > 0:  # else something other than curvature makes it turn, such as a kink
        name = "αλ₁" if (scale == 1).all() else "scaled αλ₁"
        limit = numeral(stability_limit(moment.path.optimizer), 3)
        sentence += f"; {name} = {numeral(sharpness, 3)}, limit {limit}"
    elif along == 0:
        sentence += ", across a kink"
    return sentence + "."


def _settled(moment: Moment, step: int) -> str:
    length, first = moment.length(moment.step - 1), moment.length(0)
    if not length < CRAWL * max(first, 1e-300):
        return ""
    low, high = moment.eigenvalues
    if moment.to_critical_point < NEAR:
        if low > 0:
            loss = numeral(moment.path.losses[moment.step])
            return f"Settling in a minimum: loss {loss}, a step is {numeral(length, 1)}."
        if moment.at_saddle:
            return (
                f"Stuck at a saddle: ‖g‖ = {numeral(moment.slope, 1)},"
                f" λ = {numeral(low, 2)} and {numeral(high, 2)}."
            )
    rates = moment.path.learning_rates
    now = float(rates[min(moment.step, len(rates) - 1)])
    if now < CRAWL * float(rates.max()):
        return f"Hardly moving: the learning rate has decayed to {numeral(now, 2)}."
    return f"Hardly moving: ‖g‖ = {numeral(moment.slope, 1)}, a step is {numeral(length, 1)}."


def _saddle(moment: Moment, step: int) -> str:
    low, high = moment.critical_near[1]
    if not (moment.at_saddle and moment.to_critical_point < BESIDE):
        return ""
    return (
        f"Passing a saddle: ‖g‖ = {numeral(moment.slope, 2)}, λ = {numeral(low, 2)} and {numeral(high, 2)}."
    )


def _plateau(moment: Moment, step: int) -> str:
    steepest = float(np.nanmax(np.hypot(*moment.path.gradients.T)))
    if not moment.slope < STUCK * steepest or moment.to_critical_point < NEAR:
        return ""
    length = numeral(moment.length(moment.step - 1), 1)
    return f"Almost no slope: ‖g‖ = {numeral(moment.slope, 1)}, a step is {length}."


def _rolling(moment: Moment) -> str:
    step, path = moment.step, moment.path
    before = max(step - 10, 0)
    change = path.losses[step] - path.losses[before]
    if change > 0:
        return f"Climbing: loss up by {numeral(change, 2)} in {step - before} steps."
    loss, down = numeral(path.losses[step]), numeral(-change, 2)
    return f"Descending: loss {loss}, down {down} in {step - before} steps."
