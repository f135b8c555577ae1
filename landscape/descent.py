"""Optimizers on a surface: one start gives a `Path`, many starts give a `Swarm`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from landscape.errors import FieldError
from landscape.optimizers import Optimizer, settings
from landscape.schedules import Schedule
from landscape.surface import Array, Surface

MAX_STEPS = 100_000
PORTION = 50  # steps of a swarm between two chances to give it up
Status = Literal["ran", "diverged", "undefined"]


@dataclass(frozen=True)
class Path:
    """What one rule did from one start; arrays are read-only.

    Attributes
    ----------
    points : `(steps+1, 2)`, the start first; nan after the path has ended
    losses : `(steps+1,)`
    gradients : `(steps+1, 2)`, exact, without the noise
    noise : `(steps, 2)`, what was added to the gradient before each step
    learning_rates : `(steps,)`, after the schedule
    status : "ran"; "diverged" where it left the numbers; "undefined" where the loss (a hole), its slope
        (a kink) or the rule's next step (0/0) does not exist
    ended_at : the step at which it diverged or stopped, else None
    """

    surface: Surface
    optimizer: Optimizer
    points: Array
    losses: Array
    gradients: Array
    noise: Array
    learning_rates: Array
    status: Status
    ended_at: int | None

    @property
    def steps(self) -> int:
        """Number of steps asked for."""
        return len(self.points) - 1

    @property
    def last(self) -> int:
        """The last step at which there is a position."""
        if self.ended_at is None:
            return self.steps
        return self.ended_at if self.status == "undefined" else max(self.ended_at - 1, 0)

    @cached_property
    def parts(self) -> dict[str, Array]:
        """The rule's memory by name, each `(steps+1, 2)` (nan after the end): velocity, moments and so on.

        It follows from the gradients, so it is worked out again from them when somebody asks.
        """
        seen = (self.gradients[:-1] + self.noise).tolist()
        rates, points = self.learning_rates.tolist(), self.points.tolist()
        parts: dict[str, Array] = {}
        for axis in (0, 1):
            state = self.optimizer.init(points[0][axis])
            states = [state]
            for k in range(self.last):
                _, state = self.optimizer.update(seen[k][axis], state, points[k][axis], rates[k])
                states.append(state)
            for index, name in enumerate(getattr(type(state), "_fields", ())):
                part = parts.setdefault(name, np.full((self.steps + 1, 2), np.nan))
                part[: len(states), axis] = [state[index] for state in states]
        return {name: _frozen(part) for name, part in parts.items()}


@dataclass(frozen=True)
class Swarm:
    """What one rule did from many starts.

    Attributes
    ----------
    points : `(steps+1, n, 2)`; nan after a path has ended
    losses : `(steps+1, n)`
    ended_at : `(n,)`, the step at which each ended, or -1 where it ran to the end
    """

    surface: Surface
    optimizer: Optimizer
    points: Array
    losses: Array
    ended_at: np.ndarray[Any, np.dtype[np.int64]]


def descend(
    surface: Surface,
    optimizer: Optimizer,
    start: Sequence[float],
    steps: int = 500,
    schedule: Schedule | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Path:
    """Let one rule walk down a surface from one start.

    Every rule is given the same noise for the same seed, so that a race is fair.

    Parameters
    ----------
    start : (x, y); may lie outside the domain that is shown
    steps : at least 0
    schedule : factor on the learning rate; constant by default
    noise : standard deviation of the Gaussian noise on each component of the gradient
    seed : of that noise

    Raises
    ------
    FieldError
        for a start that is no point, too many steps, or noise that is not a number ≥ 0.

    >>> from landscape import GradientDescent, surfaces
    >>> path = descend(surfaces["bowl"], GradientDescent(learning_rate=0.5), (1.0, -1.0), steps=2)
    >>> path.points.tolist()
    [[1.0, -1.0], [0.5, -0.5], [0.25, -0.25]]
    >>> path.status
    'ran'
    """
    x, y = checked_start(start)
    steps = checked_steps(steps)
    rates = learning_rates(optimizer, schedule, steps)
    added = _noise(noise, seed, (steps, 2))
    xs, ys = [x], [y]
    state_x, state_y = optimizer.init(x), optimizer.init(y)
    walked: list[Sequence[float]] = []
    noise_x, noise_y = added[:, 0].tolist(), added[:, 1].tolist()

    # Plain floats: at two coordinates, NumPy's cost per call would be many times the arithmetic.
    # Rules work on each coordinate by itself, so each has a state of its own.
    gradient_at, values, update = surface.expression.gradient_at, surface.values, optimizer.update
    try:
        for rate, extra_x, extra_y in zip(rates.tolist(), noise_x, noise_y, strict=True):
            gradient = gradient_at(x, y, *values)
            walked.append(gradient)
            step_x, state_x = update(gradient[0] + extra_x, state_x, x, rate)
            step_y, state_y = update(gradient[1] + extra_y, state_y, y, rate)
            x += step_x
            y += step_y
            xs.append(x)
            ys.append(y)
        walked.append(gradient_at(x, y, *values))
    except (ArithmeticError, ValueError):
        pass  # outside the floats or the domain: what there is tells where, below

    points = np.full((steps + 1, 2), np.nan)
    points[: len(xs), 0], points[: len(ys), 1] = xs, ys
    gradients = np.full((steps + 1, 2), np.nan)
    if walked:
        gradients[: len(walked)] = walked
    losses = surface.value(points)
    status, ended_at = _end(surface, points, gradients, losses, len(xs))
    if ended_at is not None:
        kept = ended_at + (status == "undefined")
        points[kept:] = np.nan
        gradients[ended_at:] = np.nan
        losses[kept:] = np.nan
    return Path(
        surface, optimizer, _frozen(points), _frozen(losses), _frozen(gradients), _frozen(added),
        _frozen(rates), status, ended_at,
    )  # fmt: skip


def descend_many(
    surface: Surface,
    optimizer: Optimizer,
    starts: ArrayLike,
    steps: int = 500,
    schedule: Schedule | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Swarm:
    """Let one rule walk down from many starts `(n, 2)` at once; otherwise as `descend`.

    >>> from landscape import Adam, surfaces
    >>> swarm = descend_many(surfaces["bowl"], Adam(), [(1, 1), (2, -1)], steps=3)
    >>> swarm.points.shape
    (4, 2, 2)
    """
    *_, swarm = descending_many(surface, optimizer, starts, steps, schedule, noise, seed)
    assert swarm is not None
    return swarm


def descending_many(
    surface: Surface,
    optimizer: Optimizer,
    starts: ArrayLike,
    steps: int,
    schedule: Schedule | None,
    noise: float,
    seed: int,
) -> Iterator[Swarm | None]:
    """As `descend_many`, but in portions, so that it can be given up: None while it walks."""
    position = checked_starts(starts)
    steps = checked_steps(steps)
    rates = learning_rates(optimizer, schedule, steps)
    added = _noise(noise, seed, (steps if noise else 0, *position.shape))
    points = np.full((steps + 1, *position.shape), np.nan)
    state = optimizer.init(position)
    for k in range(steps):
        points[k] = position
        with np.errstate(all="ignore"):
            gradient = surface.gradient(position)
            if noise:
                gradient += added[k]
            step, state = optimizer.update(gradient, state, position, rates[k])
            position = position + step
        if k % PORTION == PORTION - 1:
            yield None
    points[steps] = position
    losses = surface.value(points)
    lost: Any = ~(np.isfinite(points).all(axis=2) & np.isfinite(losses))
    ended_at = np.where(lost.any(axis=0), lost.argmax(axis=0), -1)
    after: Any = np.logical_or.accumulate(lost, axis=0)
    points[after], losses[after] = np.nan, np.nan
    yield Swarm(surface, optimizer, _frozen(points), _frozen(losses), _frozen(ended_at))


def checked_start(start: Any) -> tuple[float, float]:
    """A start as two finite floats.

    >>> checked_start([1, 2])
    (1.0, 2.0)
    """
    try:
        x, y = (float(coordinate) for coordinate in start)
    except (TypeError, ValueError):
        raise FieldError("start", "The start must be two numbers: x, y.") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise FieldError("start", f"The start must be finite, not ({x:g}, {y:g}).")
    return x, y


def checked_steps(steps: Any) -> int:
    """A number of steps that can be kept in memory and drawn.

    >>> checked_steps(500)
    500
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 0:
        raise FieldError("steps", f"steps is {steps!r}; it must be a whole number of at least 0.")
    if steps > MAX_STEPS:
        raise FieldError("steps", f"{steps:,} steps are too many: at most {MAX_STEPS:,}.")
    return int(steps)


def checked_starts(starts: Any) -> Array:
    """Many starts as finite points `(n, 2)`.

    >>> checked_starts([(0, 1), (2, 3)]).shape
    (2, 2)
    """
    try:
        points = np.array(starts, dtype=float)
        points = points.reshape(0, 2) if points.shape == (0,) else points
    except (TypeError, ValueError):
        points = np.full((1, 2), np.nan)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise FieldError("starts", "The starts must be finite points, an array of shape (n, 2).")
    return points


def learning_rates(optimizer: Optimizer, schedule: Schedule | None, steps: int) -> Array:
    """The learning rate of each step, after the schedule: `(steps,)`."""
    for name, value in settings(optimizer).items():
        if np.ndim(value):
            raise FieldError(name, f"{name} must be one number here: a path has one rule.")
    rate = float(optimizer.learning_rate)
    if schedule is None or schedule == Schedule():
        return np.full(steps, rate)
    return np.array([schedule(k) for k in range(steps)], dtype=float) * rate


def _noise(deviation: float, seed: int, shape: tuple[int, ...]) -> Array:
    number = isinstance(deviation, int | float | np.number) and not isinstance(deviation, bool)
    if not number or not 0 <= deviation < math.inf:
        raise FieldError("noise", f"noise is {deviation!r}; it must be a number of at least 0.")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise FieldError("seed", f"seed is {seed!r}; it must be a whole number of at least 0.")
    if not deviation:
        return np.zeros(shape)
    return deviation * np.random.default_rng(seed).standard_normal(shape)


def _end(
    surface: Surface, points: Array, gradients: Array, losses: Array, reached: int
) -> tuple[Status, int | None]:
    """How a path ended, and at which step; `reached` positions were computed, finite or not."""
    here: Any = np.isfinite(points).all(axis=1)
    good = here & np.isfinite(gradients).all(axis=1) & np.isfinite(losses)
    if good.all():
        return "ran", None
    step = int(good.argmin())
    if step >= reached:
        return "undefined", step - 1  # good ground, but the next step is not a number, such as 0/0
    # Far outside, an overflow of the loss is still the way to infinity and not a hole.
    far = here[step] and np.abs(points[step]).max() > 1e6 * surface.size
    return ("diverged" if far or not here[step] else "undefined"), step


def _frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array
