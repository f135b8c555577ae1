"""How a formula is written in a script that a person reads: one printer for floats, one for PyTorch."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

_SETTINGS = {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True}

_SIGMOID = """

def sigmoid(t):
    return 1 / (1 + exp(-t)) if t >= 0 else exp(t) / (1 + exp(t))
"""
# PyTorch's own take tensors only; a formula may have a number in their place.
_PAIR = """

def {name}(a, b):
    return torch.{name}(torch.as_tensor(a), torch.as_tensor(b))
"""
_PAIRS = ("arctan2", "maximum")


def float_names(code: str) -> tuple[str, str]:
    r"""For code that works on floats: the line that imports the names in it, and functions it needs beside.

    >>> float_names("return [exp(x), y]")
    ('from math import exp\n', '')
    """
    helpers = _SIGMOID if "sigmoid(" in code else ""
    names = sorted({name for name in _words(code + helpers) if hasattr(math, name)})
    return f"from math import {', '.join(names)}\n" if names else "", helpers


def torch_names(code: str) -> tuple[str, str]:
    """As `float_names`, for code that works on tensors."""
    words = _words(code)
    helpers = "".join(_PAIR.format(name=name) for name in _PAIRS if name in words)
    names = sorted(
        words - {*_PAIRS, "abs", "x", "y"} - {word for word in words if re.fullmatch(r"p\d+", word)}
    )
    return f"from torch import {', '.join(names)}\n" if names else "", helpers


def _words(code: str) -> set[str]:
    return set(re.findall(r"\b[a-z]\w*", code))


@cache
def float_printer() -> Any:
    """Writes SymPy as plain Python."""
    from sympy.printing.pycode import PythonCodePrinter

    class Floats(PythonCodePrinter):  # type: ignore[misc]
        """Python with bare names."""

        def _print_Integer(self, node: Any) -> str:  # noqa: N802
            return _whole(node)

        def _print_Pow(self, node: Any, rational: bool = False) -> str:  # noqa: N802
            # A fractional power of a negative number is an error, and not complex.
            if node.exp.is_Integer or abs(node.exp) == _half():
                return super()._print_Pow(node, rational)
            return f"pow({self._print(node.base)}, {self._print(node.exp)})"

    return Floats(_SETTINGS)


@cache
def torch_printer() -> Any:
    """Writes SymPy as PyTorch, whose functions take no plain numbers."""
    from sympy.printing.numpy import NumPyPrinter

    class Tensors(NumPyPrinter):  # type: ignore[misc]
        """PyTorch with bare names."""

        printmethod = "_torchcode"  # our functions would write themselves for NumPy

        def _print(self, node: Any, **settings: Any) -> str:
            constant = getattr(node, "is_number", False) and not node.is_Rational
            if constant and (node.is_Function or node.is_Pow or node.func.__name__ == "Exp1"):
                value = repr(float(node))
                return f"({value})" if value.startswith("-") else value
            return super()._print(node, **settings)

        def _print_Integer(self, node: Any) -> str:  # noqa: N802
            return _whole(node)

        def _call(self, name: str, node: Any) -> str:
            return f"{name}({', '.join(self._print(argument) for argument in node.args)})"

        def _print_Sigmoid(self, node: Any) -> str:  # noqa: N802
            return self._call("sigmoid", node)

        def _print_Absolute(self, node: Any) -> str:  # noqa: N802
            return self._call("abs", node)

        def _print_Maximum(self, node: Any) -> str:  # noqa: N802
            return self._call("maximum", node)

        def _print_Angle(self, node: Any) -> str:  # noqa: N802
            return self._call("arctan2", node)

    return Tensors(_SETTINGS)


def _whole(node: Any) -> str:
    """A whole number; beyond 53 bits neither library has any to calculate with."""
    return str(int(node)) if abs(int(node)) < 2**53 else repr(float(node))


def _half() -> Any:
    from sympy import Rational

    return Rational(1, 2)
