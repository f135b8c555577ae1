"""The two algebras that a checked formula is turned into: SymPy symbols, and functions of arrays.

Symbols give exact derivatives. Arrays give values, and need no SymPy: a picture can be drawn before
that large library has been loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache, reduce
from typing import Any

import numpy as np

from landscape.formula import CONSTANTS, OPERATORS

Environment = tuple[Any, ...]  # the values of the names, in order
Value = Callable[[Environment], Any]

_ON_ARRAYS: dict[str, Callable[..., Any]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sigmoid": lambda t: (1 + np.tanh(t / 2)) / 2,
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
}


class Arrays:
    """Turns a formula into a function of an environment; an `Algebra`.

    >>> from landscape.formula import check
    >>> value = check("x^2 + 2y").fold(Arrays(("x", "y")))
    >>> float(value((3.0, 1.0)))
    11.0
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._places = {name: place for place, name in enumerate(names)}

    def number(self, text: str, value: float) -> Value:
        """A constant function."""
        return lambda environment: value

    def constant(self, name: str) -> Value:
        """A constant function."""
        return self.number(name, CONSTANTS[name])

    def name(self, name: str) -> Value:
        """Look the name up."""
        place = self._places[name]
        return lambda environment: environment[place]

    def negate(self, a: Value) -> Value:
        """−a."""
        return lambda environment: -a(environment)

    def combine(self, operation: type[ast.operator], a: Value, b: Value, exponent: float | None) -> Value:
        """A ∘ b; small powers are multiplied out, which is many times faster than `pow`."""
        if exponent is not None and exponent in (2, 3, 4, 5, 6):
            return lambda environment: reduce(np.multiply, [a(environment)] * int(exponent))
        apply = OPERATORS[operation]
        if operation in (ast.Div, ast.Pow):  # NumPy's rules for 1/0 and (−8)^(1/3), not Python's
            return lambda environment: apply(np.float64(1) * a(environment), b(environment))
        return lambda environment: apply(a(environment), b(environment))

    def call(self, name: str, arguments: list[Value]) -> Value:
        """Apply a function to arrays."""
        apply = _ON_ARRAYS[name]
        if len(arguments) == 1:
            only = arguments[0]
            return lambda environment: apply(only(environment))
        return lambda environment: apply(*(argument(environment) for argument in arguments))

    def is_sound(self, value: Value) -> bool:
        """Left to the symbols."""
        return True


class Symbols:
    """Turns a formula into a SymPy expression in real symbols; an `Algebra`."""

    def number(self, text: str, value: float) -> Any:
        """The exact fraction that was typed, unless its digits run very long."""
        import sympy as sp

        short = len(text) <= 24 and (value == 0 or 1e-30 < value < 1e30)
        return sp.Rational(text) if short else sp.Float(value)

    def constant(self, name: str) -> Any:
        """π or e."""
        import sympy as sp

        return sp.E if name == "e" else sp.pi

    def name(self, name: str) -> Any:
        """A real symbol."""
        import sympy as sp

        return sp.Symbol(name, real=True)

    def negate(self, a: Any) -> Any:
        """−a."""
        return -a

    def combine(self, operation: type[ast.operator], a: Any, b: Any, exponent: float | None) -> Any:
        """A ∘ b, as SymPy simplifies it."""
        return OPERATORS[operation](a, b)

    def call(self, name: str, arguments: list[Any]) -> Any:
        """Apply SymPy's function."""
        return _symbolic()[name](*arguments)

    def is_sound(self, value: Any) -> bool:
        """Whether SymPy sees nothing infinite, undefined or imaginary in it."""
        import sympy as sp

        return not value.has(sp.zoo, sp.oo, -sp.oo, sp.nan, sp.I)


@cache
def _symbolic() -> dict[str, Callable[..., Any]]:
    import sympy as sp

    class Maximum(sp.Function):  # type: ignore[misc]
        """The larger of two values; its slope is that of the larger one (their mean at a tie)."""

        nargs = 2

        def fdiff(self, argindex: int = 1) -> Any:
            a, b = self.args
            return sp.Heaviside(a - b if argindex == 1 else b - a)

    names = ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "log")
    return {
        **{name: getattr(sp, name) for name in names},
        "sqrt": sp.sqrt,
        "ln": sp.log,
        "log2": lambda t: sp.log(t) / sp.log(2),
        "log10": lambda t: sp.log(t) / sp.log(10),
        "abs": sp.Abs,
        "sigmoid": lambda t: (1 + sp.tanh(t / 2)) / 2,  # no overflow, unlike 1/(1 + exp(-t))
        "min": lambda *values: -reduce(Maximum, [-value for value in values]),
        "max": lambda *values: reduce(Maximum, values),
    }
