"""A surface over boxes: what its loss, gradient and Hessian can be anywhere in them."""

from __future__ import annotations

import ast
from functools import reduce
from typing import Any

import numpy as np

from landscape.formula import OPERATORS
from landscape.functions import CONSTANTS
from landscape.geometry import jets
from landscape.geometry.jets import Jet
from landscape.surface import Array, Surface

_ONE_ARGUMENT: dict[str, Any] = {
    "sin": jets.sin,
    "cos": jets.cos,
    "tan": jets.tan,
    "asin": jets.asin,
    "acos": jets.acos,
    "atan": jets.atan,
    "sinh": jets.sinh,
    "cosh": jets.cosh,
    "tanh": jets.tanh,
    "exp": jets.exp,
    "log": jets.log,
    "ln": jets.log,
    "log2": lambda f: jets.log(f) * (1 / np.log(2)),
    "log10": lambda f: jets.log(f) * (1 / np.log(10)),
    "sqrt": lambda f: f.power(0.5),
    "abs": jets.absolute,
    "sigmoid": jets.sigmoid,
}


class _Boxes:
    """Turns a formula into its jet over boxes; an `Algebra` of jets and plain floats."""

    def __init__(self, names: dict[str, Any], shape: Jet) -> None:
        self._names, self._shape = names, shape

    def number(self, text: str, value: float) -> float:
        """Itself."""
        return value

    def constant(self, name: str) -> float:
        """π or e."""
        return CONSTANTS[name]

    def name(self, name: str) -> Any:
        """A coordinate or a parameter."""
        return self._names[name]

    def negate(self, a: Any) -> Any:
        """−a."""
        return -a

    def combine(
        self, operation: type[ast.operator], a: Any, b: Any, right: float | None, result: float | None
    ) -> Any:
        """A ∘ b."""
        if result is not None:
            return result
        if operation is not ast.Pow:
            return OPERATORS[operation](a, b) if operation is not ast.Div else self._jet(a) / b
        if isinstance(b, Jet):
            return jets.exp(b * jets.log(self._jet(a)))
        return self._jet(a).power(float(b))

    def call(self, name: str, arguments: list[Any], result: float | None) -> Any:
        """Apply a function."""
        if result is not None:
            return result
        given = [self._jet(argument) for argument in arguments]
        if name == "min":
            return reduce(jets.minimum, given)
        if name == "max":
            return reduce(jets.maximum, given)
        return jets.angle(*given) if name == "atan2" else _ONE_ARGUMENT[name](*given)

    def is_sound(self, value: Any) -> bool:
        """A bound is always something."""
        return True

    def _jet(self, value: Any) -> Jet:
        return value if isinstance(value, Jet) else self._shape.constant(float(value))


def enclosure(surface: Surface, lo: Array, hi: Array) -> Jet:
    """Bounds of f, ∇f and the Hessian over boxes; rigorous, rounding included.

    Parameters
    ----------
    lo, hi : `(n, 2)`, the boxes' corners; equal for points

    >>> from landscape import surfaces
    >>> jet = enclosure(surfaces["bowl"], np.array([[1.0, -1.0]]), np.array([[2.0, 1.0]]))
    >>> jet.lo[:3, 0].round(9).tolist(), jet.hi[:3, 0].round(9).tolist()
    ([0.5, 1.0, -1.0], [2.5, 2.0, 1.0])
    """
    x, y = Jet.of(lo[:, 0], hi[:, 0], 0), Jet.of(lo[:, 1], hi[:, 1], 1)
    names: dict[str, Any] = {"x": x, "y": y}
    names.update({parameter.name: parameter.value for parameter in surface.parameters})
    algebra = _Boxes(names, x)
    with np.errstate(all="ignore"):
        found: Jet = algebra._jet(surface.expression.syntax.fold(algebra))
    return found


def derivatives(surface: Surface, points: Array) -> tuple[Array, Array, Array]:
    """Loss `(n,)`, gradient `(n, 2)` and Hessian `(n, 2, 2)` at points `(n, 2)`, without SymPy.

    Automatic differentiation: the middle of bounds that are a few roundings apart; nan where undefined.
    """
    jet = enclosure(surface, points, points)
    with np.errstate(all="ignore"):
        middle = (jet.lo + jet.hi) / 2
    middle[:, jet.flags != 0] = np.nan
    return middle[0], middle[1:3].T, middle[[3, 4, 4, 5]].T.reshape(-1, 2, 2)
