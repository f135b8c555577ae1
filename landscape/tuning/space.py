"""The search space: which hyperparameters are searched, between which ends, and on which scale.

A place is a number in [0, 1): how far along its axis a value lies. Samplers only know places, so that
"uniformly" means the same on every scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, RootModel, model_validator

from landscape.errors import FieldError
from landscape.hyperparameters import (
    BATCH_SIZE,
    HIDDEN_LAYERS,
    HIDDEN_UNITS,
    L2,
    LEARNING_RATE,
    MOMENTUM,
    Hyperparameter,
)
from landscape.network.spec import Training
from landscape.optimizers import RULES, make_optimizer, settings
from landscape.parts import Number, Part, Whole
from landscape.schedules import InverseTime

SearchScale = Literal["linear", "log", "log of 1-x", "powers of 2"]
Value = float | int | str | bool


@dataclass(frozen=True)
class AxisKind:
    """What can be searched: its symbol, usual range, and what its values may be.

    Attributes
    ----------
    low, high, scale : of the usual range
    limits : which values make sense; None for a choice
    choices : all there are, for a choice
    tier : its place in the textbook's order of importance (Ng): 1 first, 0 where it is silent
    """

    symbol: str
    title: str
    low: float = 0.0
    high: float = 0.0
    scale: SearchScale = "linear"
    limits: Hyperparameter | None = None
    choices: tuple[Value, ...] = ()
    tier: int = 0


DECAY = Hyperparameter("k", 0.01, 1e-3, 1.0, "log", "The learning rate is divided by 1 + k·epoch.")
KINDS: dict[str, AxisKind] = {
    "learning_rate": AxisKind("α", "learning rate", 1e-4, 1.0, "log", LEARNING_RATE, tier=1),
    "beta": AxisKind("β", "momentum", 0.5, 0.999, "log of 1-x", MOMENTUM, tier=2),
    "batch_size": AxisKind("batch", "mini-batch size", 16, 256, "powers of 2", BATCH_SIZE, tier=2),
    "units": AxisKind("units", "hidden units", 8, 128, "powers of 2", HIDDEN_UNITS, tier=2),
    "layers": AxisKind("layers", "hidden layers", 1, 3, "linear", HIDDEN_LAYERS, tier=3),
    "decay": AxisKind("decay", "learning-rate decay", 1e-3, 1.0, "log", DECAY, tier=3),
    "l2": AxisKind("L2", "L2 regularization", 1e-6, 0.1, "log", L2),
    "optimizer": AxisKind("rule", "optimizer", choices=tuple(RULES)),
    "batch_norm": AxisKind("BN", "batch normalization", choices=(True, False)),
}
USUAL = ("learning_rate", "beta", "batch_size", "units", "layers", "decay")
# Which setting of a rule β stands for: how much of the past it remembers.
MEMORIES = ("beta", "beta1", "rho")


class Axis(Part):
    """The range, or the choices, in which one hyperparameter is searched."""

    low: Number | Whole | None = None
    high: Number | Whole | None = None
    scale: SearchScale | None = None
    choices: Annotated[tuple[Any, ...], Field(max_length=20)] = ()


@dataclass(frozen=True)
class Dimension:
    """An axis with everything said: name, ends and scale, or choices."""

    name: str
    low: float
    high: float
    scale: SearchScale
    whole: bool
    choices: tuple[Value, ...] = ()

    @property
    def kind(self) -> AxisKind:
        """Its description."""
        return KINDS[self.name]

    @property
    def stored_name(self) -> str:
        """The name in a study: β is kept as 1 − β, whose scale is a plain logarithm."""
        return "one_minus_beta" if self.name == "beta" else self.name

    def stored(self, value: Value) -> Value:
        """The value in a study."""
        return 1 - float(value) if self.name == "beta" else value

    @property
    def count(self) -> int | None:
        """How many values there are; None if it is continuous."""
        if self.choices:
            return len(self.choices)
        if self.scale == "powers of 2":
            return round(math.log2(self.high / self.low)) + 1
        return round(self.high - self.low) + 1 if self.whole else None

    def value(self, place: float) -> Value:
        """The value at a place in [0, 1).

        >>> rate = Space().dimensions[0]
        >>> round(rate.value(0.5), 9), Space().dimensions[2].value(0.99)
        (0.01, 256)
        """
        count = self.count
        cell = 0 if count is None else min(int(place * count), count - 1)
        if self.choices:
            return self.choices[cell]
        if self.scale == "powers of 2":
            return round(self.low) * 2**cell
        if self.whole and self.scale == "linear":
            return round(self.low) + cell
        if self.whole:  # each whole number takes the stretch that rounds to it
            found = math.exp(_between(math.log(self.low - 0.5), math.log(self.high + 0.5), place))
            return min(max(round(found), round(self.low)), round(self.high))
        if self.scale == "log":
            return 10 ** _between(math.log10(self.low), math.log10(self.high), place)
        if self.scale == "log of 1-x":
            return 1 - 10 ** _between(math.log10(1 - self.low), math.log10(1 - self.high), place)
        return _between(self.low, self.high, place)

    def place(self, value: Value) -> float:
        """Where a value lies; of whole numbers and choices, the middle of its cell.

        >>> round(Space().dimensions[0].place(0.01), 9)
        0.5
        """
        if self.choices:
            return (self.choices.index(value) + 0.5) / len(self.choices)
        number = float(value)
        if self.scale == "powers of 2":
            return (math.log2(number / self.low) + 0.5) / (self.count or 1)
        if self.whole and self.scale == "linear":
            return (number - self.low + 0.5) / (self.count or 1)
        if self.scale == "linear":
            return _share(self.low, self.high, number)
        if self.whole:
            return _share(math.log(self.low - 0.5), math.log(self.high + 0.5), math.log(number))
        if self.scale == "log":
            return _share(math.log(self.low), math.log(self.high), math.log(number))
        return _share(math.log(1 - self.low), math.log(1 - self.high), math.log(1 - number))


class Space(RootModel[dict[str, Axis]]):
    """Which hyperparameters are searched, by name; all others stay as the training has them.

    >>> [dimension.name for dimension in Space().dimensions]
    ['learning_rate', 'beta', 'batch_size', 'units', 'layers', 'decay']
    """

    model_config = {"frozen": True}
    root: dict[str, Axis] = Field(default_factory=lambda: {name: Axis() for name in USUAL})

    @model_validator(mode="after")
    def _sound(self) -> Space:
        if not self.root:
            raise FieldError("space", "A search needs at least one hyperparameter that is not fixed.")
        for name, axis in self.root.items():
            _dimension(name, axis)
        return self

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The axes in the order of the descriptions."""
        return tuple(_dimension(name, self.root[name]) for name in KINDS if name in self.root)


def values_at(dimensions: Sequence[Dimension], places: Sequence[float]) -> dict[str, Value]:
    """What a trial at these places tries."""
    return {d.name: d.value(at) for d, at in zip(dimensions, places, strict=True)}


def places_of(dimensions: Sequence[Dimension], values: Mapping[str, Value]) -> Any:
    """Where a trial lies, `(dimensions,)`."""
    return np.array([d.place(values[d.name]) for d in dimensions])


def applied(training: Training, values: Mapping[str, Value], initial_seed: int | None = None) -> Training:
    """The training with a trial's values: what it is without the search around it.

    β is how much the rule remembers: momentum's β, Adam's β₁, RMSProp's ρ; gradient descent has none.

    >>> spec = applied(Training(), {"units": 16, "layers": 3, "learning_rate": 0.5, "beta": 0.8})
    >>> spec.hidden, spec.optimizer.learning_rate, spec.optimizer.beta1
    ((16, 16, 16), 0.5, 0.8)
    """
    changes: dict[str, Any] = {
        name: values[name] for name in ("batch_size", "l2", "batch_norm") if name in values
    }
    units = int(values.get("units", max(training.hidden, default=32)))
    layers = int(values.get("layers", len(training.hidden)))
    if "units" in values or "layers" in values:
        changes["hidden"] = (units,) * layers
    rule = training.optimizer
    if "optimizer" in values and values["optimizer"] != rule.key:
        rule = make_optimizer(str(values["optimizer"]), learning_rate=rule.learning_rate)
    own = settings(rule)
    given: dict[str, Any] = {}
    if "learning_rate" in values:
        given["learning_rate"] = values["learning_rate"]
    if "beta" in values:
        given.update({name: values["beta"] for name in MEMORIES if name in own})
    if "decay" in values:
        changes["schedule"] = InverseTime(decay=float(values["decay"]))
    if initial_seed is not None:
        changes["initial_seed"] = initial_seed
    # Values from a checked space need no checking again, which would cost more than drawing them.
    return training.model_copy(update={**changes, "optimizer": replace(rule, **given), "changes": ()})


def _dimension(name: str, axis: Axis) -> Dimension:
    """An axis with its kind's usual range where it says nothing; refused if it makes no sense."""
    kind = KINDS.get(name)
    if kind is None:
        raise FieldError(name, f"There is no hyperparameter “{name}”. There are {', '.join(KINDS)}.")
    if kind.choices:
        return _choice(name, kind, axis)
    if axis.choices:
        raise FieldError(name, f"{name} takes low and high, not choices.")
    limits = kind.limits
    assert limits is not None
    low = kind.low if axis.low is None else axis.low
    high = kind.high if axis.high is None else axis.high
    scale = axis.scale or kind.scale
    limits.check(name, low)
    limits.check(name, high)
    if not low < high:
        raise FieldError(name, f"{name} is searched from {low:g} to {high:g}: low must be below high.")
    if scale == "log" and low <= 0:
        raise FieldError(
            name, f"{name} begins at {low:g}, which has no logarithm: begin above 0, or take a linear scale."
        )
    if scale == "powers of 2":
        if not limits.whole:
            raise FieldError(name, f"{name} is no whole number: powers of 2 do not suit it.")
        if low < 1 or math.log2(high / low) % 1:
            raise FieldError(
                name, f"From {low:g} to {high:g}, {name} cannot double: take ends such as 16 and 256."
            )
    return Dimension(name, float(low), float(high), scale, limits.whole)


def _choice(name: str, kind: AxisKind, axis: Axis) -> Dimension:
    choices = axis.choices or kind.choices
    known = ", ".join(str(choice).lower() for choice in kind.choices)
    if axis.low is not None or axis.high is not None or axis.scale is not None:
        raise FieldError(name, f"{name} takes choices = [ … ] of {known}, not low and high.")
    for choice in choices:
        if not any(choice is one or (isinstance(choice, str) and choice == one) for one in kind.choices):
            raise FieldError(name, f"{name} can be {known}, not {choice!r}.")
    if len(set(choices)) < max(len(choices), 2):
        raise FieldError(name, f"{name} needs at least two different choices to be searched.")
    return Dimension(name, 0.0, 1.0, "linear", False, tuple(choices))


def _between(low: float, high: float, place: float) -> float:
    return low + (high - low) * place


def _share(low: float, high: float, value: float) -> float:
    return (value - low) / (high - low)
