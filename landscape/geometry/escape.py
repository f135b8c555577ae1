"""The saddle microscope: how many steps a rule needs to leave a saddle, predicted and observed.

Near a saddle the loss is its quadratic model. Along the unstable eigenvector that is −½|λ|y², so what is
y₀ beside the saddle's stable line (its ridge) moves away from it. The prediction is that of the model:

- gradient descent multiplies y by 1 + α|λ| in every step: ln(r/y₀)/ln(1 + α|λ|) steps to the distance r
- momentum's recurrence has a growing and a fading root, so y₀ and the velocity on entering have a growing
  part A: ln(r/A)/ln σ, as long as the fading part is gone by then
- every other rule, and every learning rate that changes, is iterated: the rule itself, with the memory and
  the learning rates that the path really had, on the model
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.descent import MAX_STEPS, Path
from landscape.geometry.critical_points import CriticalPoint, CriticalPoints
from landscape.numerals import numeral, pair
from landscape.optimizers import Optimizer
from landscape.schedules import Schedule
from landscape.surface import Array, Surface

SHARE = 0.5  # of the distance to the nearest other critical point: beyond, that one rules
WIDEST = 0.25  # of the domain's shorter side, where there is no other critical point
FAIR = 0.1  # how wrong the model's slope may be, against |λ| times the reach: a few per cent of the steps
RINGS = 0.9 ** np.arange(60)  # radii that are tried
ITSELF = 1e-9  # of the domain's size: nearer to the saddle is the saddle
CANDIDATES = 8  # saddles that are looked at, the nearest first
ROUNDING = 4 * np.finfo(float).eps  # of a coordinate: nearer to the ridge is on it
ON_RIDGE = "y₀ = 0 stays 0"
LINEAR = ("gradient_descent", "momentum")  # rules to which the direction of the eigenvector is all the same


@dataclass(frozen=True)
class Escape:
    """A path's passage of a saddle.

    Attributes
    ----------
    entered : the first step within `reach` of the saddle
    left : the first step after it that is farther than `reach` along the unstable eigenvector; None if
        there is none
    offset : y₀, the distance from the ridge on entering, along the unstable eigenvector
    reach : the largest radius at which the quadratic model is fair, see `FAIR`
    predicted : steps from entering to leaving by the model without noise; inf exactly on the ridge; None
        where the model does not leave within the path's steps, or where only noise can leave
    formula : how it was predicted, with its numbers
    last : the path's last step
    stays : whether the path ends within `reach`
    noisy : whether the path's gradients had noise
    """

    saddle: CriticalPoint
    entered: int
    left: int | None
    offset: float
    reach: float
    predicted: float | None
    formula: str
    last: int
    stays: bool
    noisy: bool

    @property
    def observed(self) -> int | None:
        """Steps from entering to leaving; None where the path did not leave."""
        return None if self.left is None else self.left - self.entered

    def sentence(self) -> str:
        """Prediction and observation in words."""
        where = f"the saddle {pair(self.saddle.position, 3)}"
        after = self.last - self.entered
        if self.predicted == math.inf:
            start = f"Exactly on the ridge of {where}, no slope leads off it"
            if self.left is not None:
                return f"{start}: only rounding moved it away, after {self.observed} steps."
            return f"{start}: {'still there' if self.stays else 'it did not leave it'} after {after} steps."
        if self.left is not None:
            done = f"Left {where} in {self.observed} steps"
        else:
            done = f"{'Still at' if self.stays else 'Did not leave the ridge of'} {where} after {after} steps"
        quiet = " without noise" if self.noisy else ""
        if self.predicted is None:
            return f"{done}; predicted{quiet}: {self.formula}."
        steps, offset = numeral(self.predicted, 3), numeral(self.offset, 2)
        return f"{done}; predicted{quiet}: {steps}, from {offset} beside its ridge."


def escape(path: Path, critical: CriticalPoints, saddle: CriticalPoint | None = None) -> Escape | None:
    """The first passage of a saddle, by default the one the path came nearest to; None without one.

    >>> from landscape import GradientDescent, descend, surfaces
    >>> from landscape.geometry.critical_points import critical_points
    >>> path = descend(surfaces["double_well"], GradientDescent(0.03), (0.03, 0.2), steps=200)
    >>> passage = escape(path, critical_points(path.surface))
    >>> passage.formula, passage.observed
    ('ln(0.2557/0.004984)/ln(1 + 0.03·2.395) = 56.7 steps', 58)
    """
    from scipy.spatial import KDTree

    points = [point.position for point in (*critical, *critical.singularities)]
    places = np.concatenate([np.reshape(points, (-1, 2)), *(line.points for line in critical.lines)])
    saddles = critical.of("saddle") if saddle is None else (saddle,)
    if not saddles:
        return None
    tree = KDTree(path.points[: path.last + 1])
    closest = tree.query([candidate.position for candidate in saddles])[0]
    for index in np.argsort(closest, kind="stable")[:CANDIDATES]:
        if found := _passage(path, saddles[index], places):
            return found
    return None


def _passage(path: Path, saddle: CriticalPoint, places: Array) -> Escape | None:
    offsets = path.points[: path.last + 1] - saddle.position
    apart, beside = np.hypot(*offsets.T), offsets @ saddle.eigenvectors[:, 0]
    reach = _reach(path.surface, saddle, places)
    near = apart <= reach
    if not near.any():
        return None
    entered = int(near.argmax())
    out = np.flatnonzero(np.abs(beside[entered:]) > reach)
    left = entered + int(out[0]) if len(out) else None
    scale = np.abs([path.points[entered], saddle.position]).max()
    offset = 0.0 if abs(beside[entered]) <= ROUNDING * scale else float(beside[entered])
    noisy = bool(path.noise.any())
    if noisy and not offset:
        predicted, formula = None, "never"
    else:
        predicted, formula = _prediction(path, saddle, entered, offset, reach)
    return Escape(
        saddle, entered, left, abs(offset), reach, predicted, formula, path.last, bool(near[-1]), noisy
    )  # fmt: skip


def predicted_escape(
    optimizer: Optimizer,
    eigenvalue: float,
    offset: float,
    reach: float,
    learning_rate: float | None = None,
    schedule: Schedule | None = None,
) -> float:
    """Steps from rest at `offset` until a rule is farther than `reach` from 0 on ½·`eigenvalue`·y².

    In closed form for gradient descent and momentum, else a whole number; inf for never, or for more than
    100,000 steps.

    >>> from landscape import Adam, GradientDescent
    >>> round(predicted_escape(GradientDescent(0.1), -1.0, 0.01, 1.0), 2)  # ln(1/0.01)/ln(1 + 0.1·1)
    48.32
    >>> predicted_escape(Adam(0.1), -1.0, 0.01, 1.0)
    11.0
    """
    rate = float(optimizer.learning_rate) if learning_rate is None else learning_rate
    if abs(offset) > reach:
        return 0.0
    if offset == 0 or eigenvalue >= 0:
        return math.inf
    if schedule is None and (closed := _closed_form(optimizer, eigenvalue, offset, 0.0, reach, rate)):
        return closed[0]
    rates = itertools.repeat(rate) if schedule is None else (rate * schedule(k) for k in itertools.count())
    model = _Model(optimizer, ((eigenvalue,),), (0.0,), (1.0,))
    steps, _ = model.iterated([offset], [optimizer.init(offset)], itertools.islice(rates, MAX_STEPS), reach)
    return steps


def _reach(surface: Surface, saddle: CriticalPoint, places: Array) -> float:
    """The largest radius, within its limits, at and below which the model's unstable slope is fair."""
    apart = np.linalg.norm(places - saddle.position, axis=1)
    widest = WIDEST * min(surface.x[1] - surface.x[0], surface.y[1] - surface.y[0])
    widest = min([widest, *(SHARE * apart[apart > ITSELF * surface.size])])
    radii = widest * RINGS
    angles = 2 * np.pi * np.arange(16) / 16
    unstable, stable = saddle.eigenvectors.T
    ring = np.sin(angles)[:, None] * unstable + np.cos(angles)[:, None] * stable
    slopes = surface.gradient(saddle.position + radii[:, None, None] * ring) @ unstable
    off = np.abs(slopes - saddle.eigenvalues[0] * radii[:, None] * np.sin(angles)).max(axis=1)
    fair = off <= FAIR * -saddle.eigenvalues[0] * radii  # false for nan
    unfair = np.flatnonzero(~fair)
    return float(radii[min(unfair[-1] + 1, len(radii) - 1)]) if len(unfair) else float(radii[0])


def _prediction(
    path: Path, saddle: CriticalPoint, entered: int, offset: float, reach: float
) -> tuple[float | None, str]:
    """Steps of the model from the path's position, memory and learning rates on entering; and how."""
    optimizer, rates, parts = path.optimizer, path.learning_rates[entered:], path.parts
    unstable, stable = saddle.eigenvectors.T
    eigenvalue, state = float(saddle.eigenvalues[0]), optimizer.init(0.0)
    if optimizer.key in LINEAR:
        # The same in every direction, so that the unstable one can be looked at alone.
        velocity = 0.0
        if "velocity" in parts:
            seen = parts["velocity"][: entered + 1]
            along = float(seen[-1] @ unstable)
            velocity = along if abs(along) > ROUNDING * np.abs(seen).max() else 0.0
            state = state._replace(velocity=velocity, taken=parts["taken"][entered, 0])
        if not offset and not velocity:
            return math.inf, ON_RIDGE
        if len(rates) and (rates == rates[0]).all():
            closed = _closed_form(optimizer, eigenvalue, offset, velocity, reach, float(rates[0]))
            if closed:
                return closed
        model = _Model(optimizer, ((eigenvalue,),), (0.0,), (1.0,))
        begin, states = [offset], [state]
    else:
        along = float((path.points[entered] - saddle.position) @ stable)
        hessian = (saddle.eigenvectors * saddle.eigenvalues) @ saddle.eigenvectors.T
        model = _Model(optimizer, hessian.tolist(), saddle.position.tolist(), unstable.tolist())
        begin = (offset * unstable + along * stable).tolist()
        kept = {name: part[entered].tolist() for name, part in parts.items()}
        states = [state._replace(**{name: part[axis] for name, part in kept.items()}) for axis in (0, 1)]
    steps, farthest = model.iterated(begin, states, rates.tolist(), reach)
    if math.isfinite(steps):
        return steps, f"{numeral(steps)} steps of the rule itself on the saddle's quadratic model"
    if not offset and not farthest:
        return math.inf, ON_RIDGE
    return None, f"more than {len(rates)} steps on the saddle's quadratic model"


def _closed_form(
    optimizer: Optimizer, eigenvalue: float, offset: float, velocity: float, reach: float, rate: float
) -> tuple[float, str] | None:
    """Steps and formula; None for a rule without one, or where the fading root still matters."""
    rule: Any = optimizer
    if rule.key == "gradient_descent":
        amplitude, growth, fading = abs(offset), 1 + rate * -eigenvalue, 0.0
        base = f"1 + {numeral(rate)}·{numeral(-eigenvalue)}"
    elif rule.key == "momentum" and not rule.bias_correction:
        # (v, y) of the next step from those of this one; Nesterov's looks ahead by another β.
        slope = eigenvalue * (1 - rule.beta if rule.form == "ewma" else 1)
        ahead, extra = (rule.beta, rule.beta) if rule.nesterov else (1.0, 0.0)
        step = [[rule.beta, slope], [-rate * rule.beta * ahead, 1 - rate * slope * (1 + extra)]]
        roots, vectors = np.linalg.eig(np.array(step))  # real, one above and one below 1
        parts = np.abs(np.linalg.solve(vectors, [velocity, offset]) * vectors[1])
        growing = int(roots.argmax())
        amplitude, growth, fading = parts[growing], roots[growing], roots[1 - growing]
        base = f"1 + {numeral(growth - 1)}"
    else:
        return None
    if not 0 < amplitude <= reach or growth <= 1:
        return None
    steps = math.log(reach / amplitude) / math.log(growth)
    if fading and parts[1 - growing] * abs(fading) ** steps > reach * (growth - 1) / 2:  # half a step
        return None
    formula = f"ln({numeral(reach)}/{numeral(amplitude)})/ln({base}) = {numeral(steps, 3)} steps"
    return steps, formula


@dataclass(frozen=True)
class _Model:
    """A rule on ½(p − origin)ᵀH(p − origin), in one or two coordinates, as plain floats."""

    optimizer: Optimizer
    hessian: Sequence[Sequence[float]]
    origin: Sequence[float]
    direction: Sequence[float]

    def iterated(
        self, offset: list[float], states: list[Any], rates: Iterable[float], reach: float
    ) -> tuple[float, float]:
        """Steps until it is out along the direction, or inf; and the farthest it was along it."""
        update, origin, direction = self.optimizer.update, self.origin, self.direction
        axes = range(len(offset))
        farthest = 0.0
        for k, rate in enumerate(rates):
            beside = abs(sum(direction[i] * offset[i] for i in axes))
            if not math.isfinite(beside):
                break
            farthest = max(farthest, beside)
            if beside > reach:
                return float(k), farthest
            slopes = [sum(row[j] * offset[j] for j in axes) for row in self.hessian]
            try:
                for i in axes:
                    step, states[i] = update(slopes[i], states[i], origin[i] + offset[i], rate)
                    offset[i] += step
            except ArithmeticError:  # 0/0, or beyond the floats
                break
        return math.inf, farthest
