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

from landscape.formula import OPERATORS
from landscape.functions import CONSTANTS, symbolic_functions

MAX_BITS = 400  # of an exact fraction; what is longer is computed in floats from then on
MAX_EXACT = 2.0**53  # larger whole numbers are floats anyway

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
    "sigmoid": lambda t: 1 / (1 + np.exp(-t)),  # an infinite exp gives the right 0
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

    def combine(
        self, operation: type[ast.operator], a: Value, b: Value, right: float | None, result: float | None
    ) -> Value:
        """A ∘ b; small powers are multiplied out, which is many times faster than `pow`."""
        if operation is ast.Pow and right in (2, 3, 4, 5, 6):
            times = int(right or 0)
            return lambda environment: reduce(np.multiply, [a(environment)] * times)
        apply = OPERATORS[operation]
        if operation in (ast.Div, ast.Pow):  # NumPy's rules for 1/0 and (−8)^(1/3), not Python's
            return lambda environment: apply(np.float64(1) * a(environment), b(environment))
        return lambda environment: apply(a(environment), b(environment))

    def call(self, name: str, arguments: list[Value], result: float | None) -> Value:
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

        short = len(text) <= 24 and (value == 0 or 1e-20 < value < MAX_EXACT)
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

    def combine(
        self, operation: type[ast.operator], a: Any, b: Any, right: float | None, result: float | None
    ) -> Any:
        """A ∘ b, as SymPy simplifies it; fractions that would grow long become plain floats."""
        import sympy as sp

        if result is None:
            return OPERATORS[operation](a, b)
        digits = _bits(a) * abs(right or 0.0) if operation is ast.Pow else _bits(a) + _bits(b)
        return sp.Float(result) if digits > MAX_BITS else OPERATORS[operation](a, b)

    def call(self, name: str, arguments: list[Any], result: float | None) -> Any:
        """Apply SymPy's function; a constant that it cannot place exactly is taken as a float."""
        import sympy as sp

        try:
            return symbolic_functions()[name](*arguments)
        except TypeError:
            if result is None:
                raise
            return sp.Float(result)

    def is_sound(self, value: Any) -> bool:
        """Whether SymPy sees nothing infinite, undefined or imaginary in it."""
        import sympy as sp

        return not value.has(sp.zoo, sp.oo, -sp.oo, sp.nan, sp.I)


def _bits(value: Any) -> int:
    """How long an exact fraction is; parts that are not fractions count as short."""
    fractions = value.atoms(_rational())
    return max((max(int(f.p).bit_length(), int(f.q).bit_length()) for f in fractions), default=1)


@cache
def _rational() -> type:
    import sympy as sp

    return sp.Rational
