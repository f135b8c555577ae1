"""The constants and functions that a formula may use: on floats, and in SymPy.

SymPy's maximum, absolute value and angle reason about complex numbers, of which a loss has none:
the derivative of |log x| would come out in real and imaginary parts. Ours are real by definition,
their derivatives are those of calculus, and at a kink they take the mean of both sides. Each says
itself how it is written in NumPy, in plain Python and in mpmath.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any


def sigmoid(t: float) -> float:
    """1/(1 + e⁻ᵗ) without overflow, exact in relative terms far below zero.

    >>> sigmoid(0.0), sigmoid(-1000.0)
    (0.5, 0.0)
    """
    return 1 / (1 + math.exp(-t)) if t >= 0 else math.exp(t) / (1 + math.exp(t))


CONSTANTS: dict[str, float] = {"pi": math.pi, "π": math.pi, "e": math.e}

# name -> (number of arguments or None for "two or more", the same function on floats)
FUNCTIONS: dict[str, tuple[int | None, Callable[..., float]]] = {
    "sin": (1, math.sin),
    "cos": (1, math.cos),
    "tan": (1, math.tan),
    "asin": (1, math.asin),
    "acos": (1, math.acos),
    "atan": (1, math.atan),
    "atan2": (2, math.atan2),
    "sinh": (1, math.sinh),
    "cosh": (1, math.cosh),
    "tanh": (1, math.tanh),
    "exp": (1, math.exp),
    "log": (1, math.log),
    "ln": (1, math.log),
    "log2": (1, math.log2),
    "log10": (1, math.log10),
    "sqrt": (1, math.sqrt),
    "abs": (1, abs),
    "sigmoid": (1, sigmoid),
    "min": (None, min),
    "max": (None, max),
}


@cache
def symbolic_functions() -> dict[str, Callable[..., Any]]:
    """Name in a formula -> what builds it in SymPy."""
    import sympy as sp

    class Real(sp.Function):  # type: ignore[misc]
        """A real function; `codes` holds how a call is written in (NumPy, Python, mpmath)."""

        is_real = True
        codes = ("", "", "")

        def _code(self, printer: Any, which: int) -> str:
            return self.codes[which].format(*(f"({printer._print(argument)})" for argument in self.args))

        def _numpycode(self, printer: Any) -> str:
            return self._code(printer, 0)

        def _pythoncode(self, printer: Any) -> str:
            return self._code(printer, 1)

        def _mpmathcode(self, printer: Any) -> str:
            return self._code(printer, 2)

    class Above(Real):
        """1 where the argument is positive, 0 where it is negative, ½ at zero."""

        nargs = 1
        codes = ("heaviside({0}, 0.5)", "(1.0 if {0} > 0 else 0.5 if {0} == 0 else 0.0)",
                 "(mpf(1) if {0} > 0 else mpf(0.5) if {0} == 0 else mpf(0))")  # fmt: skip

        def fdiff(self, argindex: int = 1) -> Any:
            return sp.Integer(0)  # the spike in between is at one point only

    class Absolute(Real):
        """|a|."""

        nargs = 1
        codes = ("abs{0}", "abs{0}", "fabs{0}")

        @classmethod
        def eval(cls, a: Any) -> Any:
            return sp.Abs(a) if a.is_number else None

        def fdiff(self, argindex: int = 1) -> Any:
            return 2 * Above(self.args[0]) - 1

    class Maximum(Real):
        """The larger of two values."""

        nargs = 2
        codes = ("maximum({0}, {1})", "max({0}, {1})", "max({0}, {1})")

        @classmethod
        def eval(cls, a: Any, b: Any) -> Any:
            if a == b:
                return a
            if a.is_number and b.is_number:
                return a if float(a) >= float(b) else b
            return None

        def fdiff(self, argindex: int = 1) -> Any:
            a, b = self.args
            return Above(a - b if argindex == 1 else b - a)

    class Angle(Real):
        """atan2(y, x)."""

        nargs = 2
        codes = ("arctan2({0}, {1})", "atan2({0}, {1})", "atan2({0}, {1})")

        @classmethod
        def eval(cls, y: Any, x: Any) -> Any:
            known = y.is_number and x.is_number
            return sp.Float(math.atan2(float(y), float(x))) if known else None

        def fdiff(self, argindex: int = 1) -> Any:
            y, x = self.args
            return (x if argindex == 1 else -y) / (x**2 + y**2)

    class Sigmoid(Real):
        """1/(1 + e⁻ᵗ)."""

        nargs = 1
        codes = ("(1/(1 + exp(-{0})))", "sigmoid{0}", "(1/(1 + exp(-{0})))")

        @classmethod
        def eval(cls, t: Any) -> Any:
            return 1 / (1 + sp.exp(-t)) if t.is_number else None

        def fdiff(self, argindex: int = 1) -> Any:
            return self * Sigmoid(-self.args[0])

    names = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sqrt")
    return {
        **{name: getattr(sp, name) for name in names},
        "ln": sp.log,
        "log2": lambda t: sp.log(t) / sp.log(2),
        "log10": lambda t: sp.log(t) / sp.log(10),
        "atan2": Angle,
        "abs": Absolute,
        "sigmoid": Sigmoid,
        "min": lambda *values: -_balanced(Maximum, [-value for value in values]),
        "max": lambda *values: _balanced(Maximum, list(values)),
    }


def _balanced(pair: Callable[[Any, Any], Any], values: list[Any]) -> Any:
    """Combine values two by two: the depth, and with it the derivative, stays short."""
    while len(values) > 1:
        left_over = values[-1:] if len(values) % 2 else []
        values = [pair(a, b) for a, b in zip(values[::2], values[1::2], strict=False)] + left_over
    return values[0]
