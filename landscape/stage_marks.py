"""What one stage of an update says, and the arrows and boxes that it draws to a round scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landscape.numerals import numeral, pair
from landscape.surface import Array

Shape = Literal["arrow", "box"]
Units = Literal["gradient", "step", "ratio"]
Role = Literal["old", "part", "result"]

SMALL = 1 / 3  # of the room: a shorter step, which its ball would hide, is magnified
GROWN = 1.0  # of the room: what a magnified step may span
PLURAL: dict[str, str] = {"gradient": "gradients", "step": "steps", "ratio": "ratios"}


@dataclass(frozen=True)
class Mark:
    """What a stage draws on the map.

    Attributes
    ----------
    shape : "arrow", from `origin` along `vector`; or "box", centred on `origin`, its sides are `vector`
    units : "gradient"; "step", a move on the map; or "ratio", pure numbers such as m̂/√v̂
    role : "old", what was there before; "part", one summand; or "result", what the stage makes
    symbol : e.g. "−βv"; arrows point where they push the ball, hence the sign
    origin : `(2,)`, offset from the ball in the units of `vector`
    vector : `(2,)`
    """

    shape: Shape
    units: Units
    role: Role
    symbol: str
    origin: Array
    vector: Array

    @property
    def reach(self) -> float:
        """Length of the arrow, or from the middle of the box to its corner."""
        return math.hypot(*self.vector.tolist()) / (2 if self.shape == "box" else 1)


@dataclass(frozen=True)
class Stage:
    """One stage of an update.

    Attributes
    ----------
    name : what is done, e.g. "decay"
    sentence : the same in plain words
    formula : in symbols
    numbers : the same with numbers in it, for x and y together
    value : what comes out, `(2,)`; of the learning rate, which is one number, `()`
    marks : what is drawn, in the order of drawing
    """

    name: str
    sentence: str
    formula: str
    numbers: str
    value: Array
    marks: tuple[Mark, ...]

    @property
    def result(self) -> str:
        """What comes out, as it is written."""
        return pair(self.value) if self.value.ndim else numeral(float(self.value))

    def __str__(self) -> str:
        return f"{self.name}: {self.formula} = {self.numbers} = {self.result}"


def scales(stages: Sequence[Stage], room: float) -> dict[str, float]:
    """Units -> factor to surface coordinates: one for all stages of an update, so that arrows compare.

    The longest gradient, and the longest ratio, spans at most `room` (a length in surface coordinates):
    by a factor of 1, 2 or 5 times a power of ten. Steps are to scale unless they would be too short to see.

    >>> from landscape import Momentum, descend, surfaces
    >>> from landscape.stages import stages
    >>> path = descend(surfaces["bowl"], Momentum(learning_rate=0.5, beta=0.5), (8.0, 0.0), steps=2)
    >>> scales(stages(path, 0), room=1.0)
    {'gradient': 0.1, 'step': 1.0}
    """
    longest: dict[str, float] = {}
    for mark in (mark for stage in stages for mark in stage.marks):
        reach = mark.reach if math.isfinite(mark.reach) else 0.0
        longest[mark.units] = max(longest.get(mark.units, 0.0), reach)
    return {units: _factor(units, reach, room) for units, reach in longest.items()}


def scale_text(units: str, factor: float) -> str:
    """The scale in words.

    >>> scale_text("gradient", 0.05), scale_text("step", 1.0), scale_text("step", 50.0)
    ('gradients drawn × 0.05', 'steps drawn to scale', 'steps drawn × 50')
    """
    to_scale = units == "step" and factor == 1
    return f"{PLURAL[units]} drawn " + ("to scale" if to_scale else f"× {numeral(factor)}")


def _factor(units: str, reach: float, room: float) -> float:
    if reach == 0 or (units == "step" and reach >= SMALL * room):
        return 1.0
    return _rounded_down((GROWN * room if units == "step" else room) / reach)


def _rounded_down(factor: float) -> float:
    """The next 1, 2 or 5 times a power of ten that is not above.

    >>> [_rounded_down(factor) for factor in (0.0999, 0.1, 3.7, 80.0)]
    [0.05, 0.1, 2.0, 50.0]
    """
    factor = float(np.clip(factor, 1e-300, 1e300))
    power = math.floor(math.log10(factor))
    # Written out, so that a tenth is exactly 0.1; the power below, lest a logarithm was rounded up.
    steps = (float(f"{digit}e{tens}") for tens in (power, power - 1) for digit in (5, 2, 1))
    return next(step for step in steps if step <= factor)
