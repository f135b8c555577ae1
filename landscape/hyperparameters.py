"""What a hyperparameter is: its name, symbol, scale, slider range, limits and one sentence of help.

Described once, here and on the optimizer classes; forms, tooltips, validation, command line and
search spaces all read these descriptions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np

from landscape.errors import FieldError

Scale = Literal["linear", "log", "log of 1-x"]


@dataclass(frozen=True)
class Hyperparameter:
    """One number that the user chooses.

    Attributes
    ----------
    symbol : as in the formulas, e.g. "α"
    default : value where none is given
    low, high : ends of its slider and of its search range
    scale : how a slider or a search moves along it; "log of 1-x" suits β near 1
    least, below : the values that make sense are `least <= value < below`
    positive : whether zero is excluded too
    whole : whether it counts something
    help : one sentence, without the name
    """

    symbol: str
    default: float
    low: float
    high: float
    scale: Scale
    help: str
    least: float = 0.0
    below: float = math.inf
    positive: bool = False
    whole: bool = False

    def check(self, name: str, value: Any) -> None:
        """Refuse what is not a number (or an array of numbers) within the limits.

        >>> LEARNING_RATE.check("learning_rate", 0.1)
        >>> LEARNING_RATE.check("learning_rate", -1)
        Traceback (most recent call last):
        landscape.errors.FieldError: learning_rate is -1; it must be a number above 0.
        """
        if isinstance(value, bool | str) or value is None:
            raise FieldError(name, f"{name} must be a number, not {value!r}.")
        try:
            numbers = np.asarray(value, dtype=float)
        except OverflowError:  # whole numbers have no end
            raise FieldError(name, f"{name} is too large a number.") from None
        good = np.isfinite(numbers) & (numbers >= self.least) & (numbers < self.below)
        if self.positive:
            good &= numbers > 0
        if self.whole and (numbers != np.floor(numbers)).any():
            raise FieldError(name, f"{name} must be a whole number.")
        if not good.all():
            shown = np.atleast_1d(numbers)[~np.atleast_1d(good)][0]
            limits = "above 0" if self.positive else f"of at least {self.least:g}"
            if math.isfinite(self.below):
                limits += f" and below {self.below:g}"
            raise FieldError(name, f"{name} is {shown:g}; it must be a number {limits}.")

    def to_slider(self, value: float) -> float:
        """Place of a value along the slider, 0 at `low` and 1 at `high` (not clipped).

        >>> round(LEARNING_RATE.to_slider(LEARNING_RATE.high), 12)
        1.0
        """
        low, high, at = self._stretch(self.low), self._stretch(self.high), self._stretch(value)
        return (at - low) / (high - low)

    def from_slider(self, place: float) -> float:
        """Value at a place along the slider; the inverse of `to_slider`."""
        low, high = self._stretch(self.low), self._stretch(self.high)
        at = low + (high - low) * place
        if self.scale == "log":
            return 10.0**at
        return 1 - 10.0**-at if self.scale == "log of 1-x" else at

    def rounded(self, value: float) -> float:
        """A value with the digits that matter on its scale.

        >>> MOMENTUM.rounded(0.98765), LEARNING_RATE.rounded(0.0123456)
        (0.988, 0.0123)
        """
        if self.whole:
            return float(round(value))
        if self.scale == "log of 1-x":
            return round(1 - float(f"{1 - value:.2g}"), 12)
        return float(f"{value:.3g}")

    def _stretch(self, value: float) -> float:
        if self.scale == "log":
            return math.log10(max(value, 1e-300))
        if self.scale == "log of 1-x":
            return -math.log10(max(1 - value, 1e-300))
        return value


def described(hyperparameter: Hyperparameter) -> Any:
    """A dataclass field with this description and its default."""
    return field(default=hyperparameter.default, metadata={"hyperparameter": hyperparameter})


def hyperparameters(owner: Any) -> dict[str, Hyperparameter]:
    """The described fields of a dataclass (or of an instance), by name and in order."""
    return {
        item.name: item.metadata["hyperparameter"]
        for item in fields(owner)
        if "hyperparameter" in item.metadata
    }


LEARNING_RATE = Hyperparameter(
    "α", 0.01, 1e-4, 10.0, "log", "How far one step goes; the first thing to tune.", positive=True
)
MOMENTUM = Hyperparameter(
    "β", 0.9, 0.0, 0.999, "log of 1-x",
    "How much of the old velocity is kept; it looks back about 1/(1−β) steps.", below=1.0,
)  # fmt: skip
SQUARES = Hyperparameter(
    "ρ", 0.9, 0.0, 0.9999, "log of 1-x",
    "How much of the old mean square is kept; it looks back about 1/(1−ρ) steps.", below=1.0,
)  # fmt: skip
FIRST_MOMENT = Hyperparameter(
    "β₁", 0.9, 0.0, 0.999, "log of 1-x", "Memory of the gradient's running mean.", below=1.0
)
SECOND_MOMENT = Hyperparameter(
    "β₂", 0.999, 0.0, 0.9999, "log of 1-x", "Memory of the running mean of its square.", below=1.0
)
EPSILON = Hyperparameter(
    "ε", 1e-8, 1e-10, 1e-1, "log", "Keeps the division finite; large values weaken the scaling."
)
WEIGHT_DECAY = Hyperparameter(
    "λ", 0.01, 1e-4, 1.0, "log", "Pulls the parameters towards zero, apart from the gradient."
)
BATCH_SIZE = Hyperparameter(
    "batch", 32, 1, 512, "log", "Examples in a mini-batch: few make steps cheap and noisy.",
    least=1, below=20_001, whole=True,
)  # fmt: skip
HIDDEN_LAYERS = Hyperparameter(
    "layers", 2, 0, 6, "linear", "Hidden layers; without any, it is softmax regression.", below=11, whole=True
)
HIDDEN_UNITS = Hyperparameter(
    "units", 32, 1, 256, "log", "Units in each hidden layer.", least=1, below=513, whole=True
)
L2 = Hyperparameter(
    "L2", 0.0, 0.0, 0.1, "linear", "Adds (λ/2)·Σw² to the loss, which keeps the weights small.", below=100.0
)
EPOCHS = Hyperparameter(
    "epochs", 80, 5, 2000, "log", "Passes over the data.", least=1, below=100_001, whole=True
)
TRIALS = Hyperparameter(
    "trials", 64, 8, 1024, "log", "How many models are tried.", least=1, below=100_001, whole=True
)
TEMPERATURE = Hyperparameter(
    "T", 1.0, 0.1, 10.0, "log", "Logits are divided by it: warm makes all classes alike, cold picks one.",
    least=0.05, below=20.0001,
)  # fmt: skip
