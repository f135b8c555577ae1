"""A formula as the text of a program: its value in NumPy's or PyTorch's words, its gradient in plain Python.

Nothing that a user typed is copied into the program: numbers are printed anew, operators and functions
come from a table, and names of parameters are replaced wherever they could be taken for anything else.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from landscape.expression import Expression
from landscape.optimizers import RULES

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how tightly the outermost operator of a text binds
_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: (" + ", SUM), ast.Sub: (" - ", SUM), ast.Mult: ("*", PRODUCT), ast.Div: ("/", PRODUCT),
}  # fmt: skip
_RENAMED = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "ln": "log",
    "min": "minimum", "max": "maximum",
}  # fmt: skip
_TAKEN = {"x", "y", "t", "g", "p", "np", "torch", "math", "loss", "gradient", "start", "steps", "noise",
          "schedule", "root", "descend", "paths", "sigmoid", *RULES,
          "optimizer", "scheduler", "points", "factor", *keyword.kwlist, *keyword.softkwlist,
          *dir(builtins), *dir(math)}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A part of a formula as written: how tightly it binds, and whether it depends on x or y."""

    text: str
    binds: int = ATOM
    varies: bool = False

    def within(self, binds: int) -> str:
        """The text as an operand of something that binds so tightly."""
        return self.text if self.binds >= binds else f"({self.text})"


class NumPyText:
    """Turns a formula into NumPy's words; an `Algebra`.

    >>> from landscape.formula import check
    >>> check("2x^2 - max(x, -y)").fold(NumPyText({})).text
    '2*x**2 - np.maximum(x, -y)'
    """

    module = "np"

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def number(self, text: str, value: float) -> Text:
        """A whole number without its point."""
        return Text(str(int(value)) if value.is_integer() and value < 2**53 else repr(value))

    def constant(self, name: str) -> Text:
        """π or e."""
        return Text(f"{self.module}.{'e' if name == 'e' else 'pi'}")

    def name(self, name: str) -> Text:
        """A variable, or a parameter under its name in the program."""
        return Text(self._names.get(name, name), varies=name in ("x", "y"))

    def negate(self, a: Text) -> Text:
        """−a."""
        return Text("-" + a.within(SIGN), SIGN, a.varies)

    def combine(
        self, operation: type[ast.operator], a: Text, b: Text, right: float | None, result: float | None
    ) -> Text:
        """A ∘ b, with as few brackets as keep the order of the arithmetic."""
        varies = a.varies or b.varies
        if result is None and not varies and operation in (ast.Div, ast.Pow):
            a = self.as_array(a)  # of parameters alone: 1/0 and (−8)^½ are not numbers, and no errors
        if operation is ast.Pow:
            base = f"{float(a.text)!r}" if a.text.isdigit() else a.within(ATOM)
            return Text(f"{base}**{b.within(ATOM)}", POWER, varies)
        sign, binds = _SIGNS[operation]
        return Text(a.within(binds) + sign + b.within(binds + 1), binds, varies)

    def call(self, name: str, arguments: list[Text], result: float | None) -> Text:
        """Apply a function; of many values, the largest is that of two halves."""
        varies = any(argument.varies for argument in arguments)
        if name in ("min", "max"):
            return Text(self._halved(f"{self.module}.{_RENAMED[name]}", arguments), ATOM, varies)
        return self.function(name, [self.argument(argument) for argument in arguments], varies)

    def function(self, name: str, arguments: list[str], varies: bool) -> Text:
        """A function of one or two values."""
        if name == "sigmoid":
            return Text(f"1/(1 + np.exp(-({arguments[0]})))", PRODUCT, varies)
        return Text(f"np.{_RENAMED.get(name, name)}({', '.join(arguments)})", ATOM, varies)

    def argument(self, a: Text) -> str:
        """A value that is given to a function."""
        return a.text

    def as_array(self, a: Text) -> Text:
        """A number with the library's rules for dividing by zero, not Python's."""
        return Text(f"np.float64({a.text})")

    def is_sound(self, value: Text) -> bool:
        """Left to the symbols."""
        return True

    def _halved(self, function: str, values: list[Text]) -> str:
        if len(values) == 1:
            return self.argument(values[0])
        middle = (len(values) + 1) // 2
        left, right = self._halved(function, values[:middle]), self._halved(function, values[middle:])
        return f"{function}({left}, {right})"


class TorchText(NumPyText):
    """Turns a formula into PyTorch's words; an `Algebra`.

    >>> from landscape.formula import check
    >>> check("2atan2(y, 3)").fold(TorchText({})).text
    '2*torch.atan2(y, torch.tensor(3.0))'
    """

    module = "torch"

    def function(self, name: str, arguments: list[str], varies: bool) -> Text:
        """A function of one or two values."""
        name = "log" if name == "ln" else name
        return Text(f"torch.{name}({', '.join(arguments)})", ATOM, varies)

    def argument(self, a: Text) -> str:
        """Functions take tensors, no plain numbers."""
        return a.text if a.varies else self.as_array(a).text

    def as_array(self, a: Text) -> Text:
        """A number as a tensor."""
        return Text(f"torch.tensor({a.text}{'.0' if a.text.isdigit() else ''})")

    def constant(self, name: str) -> Text:
        """π or e, as plain numbers."""
        return Text("math." + ("e" if name == "e" else "pi"))


def parameter_names(parameters: Sequence[str]) -> dict[str, str]:
    """Under which name each parameter stands in the program: its own, where that can mean nothing else.

    >>> parameter_names(["kappa", "lambda", "np"])
    {'kappa': 'kappa', 'lambda': 'lambda_', 'np': 'np_'}
    """
    names: dict[str, str] = {}
    for place, name in enumerate(parameters):
        plain = re.fullmatch(r"[A-Za-z\u0370-\u03ff][A-Za-z0-9_\u0370-\u03ff]*", name)
        # Python reads some letters as others: ϕ as φ. Such names are replaced.
        own = name if plain and name == unicodedata.normalize("NFKC", name) else f"parameter{place}"
        while own in _TAKEN or own in names.values() or re.fullmatch(r"t\d+", own):
            own += "_"
        names[name] = own
    return names


def value_text(expression: Expression, algebra: Callable[[dict[str, str]], NumPyText]) -> Text:
    """The loss as an expression in x, y and the parameters."""
    written: Text = expression.syntax.fold(algebra(parameter_names(expression.parameters)))
    return written


@dataclass(frozen=True)
class GradientText:
    """The gradient as the program itself computes it, operation by operation.

    Attributes
    ----------
    lines : of the body of a function of x and y
    imported : names that it needs from `math`
    sigmoid : whether it needs the program's sigmoid
    """

    lines: tuple[str, ...]
    imported: tuple[str, ...]
    sigmoid: bool


def gradient_text(expression: Expression) -> GradientText:
    """The gradient in plain Python, in the same order of arithmetic as `Expression.gradient_at`."""
    shared, results = expression.written(expression.first_derivatives, "math")
    lines = [f"{name} = {text}" for name, text in shared] + [f"return {', '.join(results)}"]
    words = set(re.findall(r"[^\W\d]\w*", " ".join(lines)))
    words |= {"exp"} if "sigmoid" in words else set()
    imported = sorted(word for word in words if hasattr(math, word))
    own = {
        f"p{place}": name for place, name in enumerate(parameter_names(expression.parameters).values())
    }  # neutral until now, so that a parameter called like a function cannot be taken for it

    def renamed(found: re.Match[str]) -> str:
        word = found[0]
        return word[1:] if word.startswith("_t") else own.get(word, word)

    lines = [re.sub(r"= \(([^()]*)\)$", r"= \1", line) for line in lines]
    lines = [re.sub(r"\b(?:_t|p)\d+\b", renamed, line) for line in lines]
    return GradientText(tuple(lines), tuple(imported), "sigmoid" in words)
