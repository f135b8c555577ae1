"""Learning-rate decay: each schedule is the factor that the learning rate is multiplied by at step t.

Steps count from 0. Any schedule can warm up: over its first `warm_up` steps the factor rises
linearly to where the decay begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from landscape.errors import FieldError


@dataclass(frozen=True)
class Schedule:
    """Constant learning rate, after the warm-up if there is one.

    >>> [Schedule(warm_up=4)(t) for t in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """

    kind: ClassVar[str] = "constant"
    formula: ClassVar[str] = "α"
    warm_up: int = 0

    def __post_init__(self) -> None:
        for item in fields(self):
            value, whole = getattr(self, item.name), item.type == "int"
            least = 0 if item.name in ("warm_up", "decay", "final") else 1e-12
            least = 1 if whole and item.name != "warm_up" else least
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not least <= value < math.inf or (whole and value != int(value)):
                kind = "a whole number" if whole else "a number"
                raise FieldError(item.name, f"{item.name} is {value!r}; it must be {kind} ≥ {least:g}.")

    def __call__(self, step: int) -> float:
        """The factor at a step, counted from 0."""
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        return self.decayed(step - self.warm_up)

    def decayed(self, step: int) -> float:
        """The factor `step` steps after the warm-up."""
        return 1.0


@dataclass(frozen=True)
class InverseTime(Schedule):
    """α/(1 + kt): the classical 1/t decay (Robbins & Monro 1951).

    >>> InverseTime(decay=0.5)(2)
    0.5
    """

    kind: ClassVar[str] = "1/t"
    formula: ClassVar[str] = "α/(1 + kt)"
    decay: float = 0.01

    def decayed(self, step: int) -> float:
        """1/(1 + kt)."""
        return 1 / (1 + self.decay * step)


@dataclass(frozen=True)
class Exponential(Schedule):
    """αγᵗ.

    >>> Exponential(gamma=0.5)(3)
    0.125
    """

    kind: ClassVar[str] = "exponential"
    formula: ClassVar[str] = "αγᵗ"
    gamma: float = 0.99

    def decayed(self, step: int) -> float:
        """γᵗ; an overflow of γ > 1 is infinite, so that the path diverges."""
        try:
            return self.gamma**step
        except OverflowError:
            return math.inf


@dataclass(frozen=True)
class Step(Schedule):
    """Multiplied by γ every so many steps.

    >>> [Step(gamma=0.1, every=2)(t) for t in range(4)]
    [1.0, 1.0, 0.1, 0.1]
    """

    kind: ClassVar[str] = "step"
    formula: ClassVar[str] = "αγ^⌊t/n⌋"
    gamma: float = 0.5
    every: int = 50

    def decayed(self, step: int) -> float:
        """γ to the number of drops so far."""
        try:
            return float(self.gamma ** (step // self.every))
        except OverflowError:
            return math.inf


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine from 1 down to `final` over `over` steps (Loshchilov & Hutter 2017), then flat.

    >>> Cosine(over=10)(5)
    0.5
    """

    kind: ClassVar[str] = "cosine"
    formula: ClassVar[str] = "α(1 + cos πt/n)/2"
    over: int = 200
    final: float = 0.0

    def decayed(self, step: int) -> float:
        """The cosine's factor."""
        done = min(step / self.over, 1.0)
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * done)) / 2


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.kind: schedule for schedule in (Schedule, InverseTime, Exponential, Step, Cosine)
}


def make_schedule(kind: str, **settings: Any) -> Schedule:
    """The schedule of that kind.

    >>> make_schedule("cosine", over=100).over
    100
    """
    schedule = SCHEDULES.get(kind)
    if schedule is None:
        raise FieldError("kind", f"There is no schedule “{kind}”. There are {', '.join(SCHEDULES)}.")
    known = [item.name for item in fields(schedule)]
    for name in settings:
        if name not in known:
            raise FieldError(name, f"The {kind} schedule has no “{name}”. It has {', '.join(known)}.")
    return schedule(**settings)
