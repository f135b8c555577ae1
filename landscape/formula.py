"""Formula text -> checked syntax tree -> SymPy, or arrays. Nothing typed is ever evaluated as code.

The text is cut into pieces; names are replaced by neutral tokens, so that what Python's parser sees
cannot be anything but arithmetic. The tree that comes back is walked through a whitelist, and every
constant is first computed in plain floats, so that a number that would blow up is refused before
SymPy is asked to form it.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from landscape.errors import FormulaError
from landscape.functions import CONSTANTS, FUNCTIONS
from landscape.pieces import MAX_DEPTH, Piece, complete, pieces_of

MAX_EXPONENT = 1000.0
MAX_NUMBER = 1e300

_FLAT = {"floor", "ceil", "round", "sign", "step", "heaviside", "mod"}

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class Algebra(Protocol):
    """What a formula can be turned into: SymPy symbols, or functions of arrays."""

    def number(self, text: str, value: float) -> Any:
        """A number as typed."""

    def constant(self, name: str) -> Any:
        """One of `CONSTANTS`."""

    def name(self, name: str) -> Any:
        """A variable or a parameter."""

    def negate(self, a: Any) -> Any:
        """−a."""

    def combine(
        self, operation: type[ast.operator], a: Any, b: Any, right: float | None, result: float | None
    ) -> Any:
        """A ∘ b; `right` and `result` are the values of b and of the whole where these are constant."""

    def call(self, name: str, arguments: list[Any], result: float | None) -> Any:
        """One of `FUNCTIONS` applied; `result` is the value where all arguments are constant."""

    def is_sound(self, value: Any) -> bool:
        """Whether this can be a finite real number anywhere."""


@dataclass(frozen=True)
class Syntax:
    """A checked formula, made by `check`; `fold` turns it into what an algebra makes of it."""

    formula: str
    names: tuple[str, ...]
    body: ast.expr
    pieces: tuple[Piece, ...]
    positions: dict[int, int]

    def fold(self, algebra: Algebra) -> Any:
        """The formula in this algebra.

        Raises
        ------
        FormulaError
            for what is outside the whitelist, nested too deep, or not a finite real number.
        """
        return _Walk(self, algebra).build(self.body, 0)[0]


def check(formula: str, variables: Sequence[str] = ("x", "y"), parameters: Sequence[str] = ()) -> Syntax:
    """Check the text's words and their order, without any algebra.

    `^` and `**` are powers; `2x`, `2(x+1)`, `(x+1)(y-1)` multiply; `1/2x` is (1/2)·x.

    Parameters
    ----------
    formula : text in `variables`, `parameters`, `pi`, `e` and the names in `FUNCTIONS`
    variables, parameters : the names that may be used

    Raises
    ------
    FormulaError
        with the place that is to blame.

    >>> check("2x^2").names
    ('x', 'y')
    """
    names = (*variables, *parameters)
    pieces = complete(pieces_of(formula), formula, names)
    source, positions = _neutral_source(pieces)
    return Syntax(formula, names, ast.parse(source, mode="eval").body, tuple(pieces), positions)


def parse(formula: str, variables: Sequence[str] = ("x", "y"), parameters: Sequence[str] = ()) -> Any:
    """Turn formula text into a SymPy expression in real symbols; otherwise as `check`.

    >>> parse("2x^2 + sin(pi y)")
    2*x**2 + sin(pi*y)
    """
    from landscape.algebras import Symbols

    return check(formula, variables, parameters).fold(Symbols())


def _neutral_source(pieces: list[Piece]) -> tuple[str, dict[int, int]]:
    """Text in which every name is a neutral token, and which piece stands at which column."""
    source, positions = "", {}
    for index, piece in enumerate(pieces):
        positions[len(source)] = index
        if piece.kind == "name":
            source += f"n{index} "
        elif piece.kind == "number":
            source += f"{float(piece.text)!r} " if float(piece.text) < MAX_NUMBER else "1e309 "
        else:
            source += f"{piece.text} "
    return source, positions


class _Walk:
    """Walks the whitelisted syntax tree; each node becomes (the algebra's value, float if constant)."""

    def __init__(self, syntax: Syntax, algebra: Algebra) -> None:
        self.formula, self.names = syntax.formula, syntax.names
        self.pieces, self.positions = syntax.pieces, syntax.positions
        self.algebra = algebra

    def piece(self, node: ast.expr) -> Piece:
        column = node.col_offset
        while column not in self.positions:
            column -= 1
        return self.pieces[self.positions[column]]

    def refuse(self, node: ast.expr, reason: str, unknown: str = "") -> FormulaError:
        first = self.piece(node)
        ends = [p for c, p in self.positions.items() if c < (node.end_col_offset or 0)]
        last = self.pieces[max(ends)] if ends else first
        return FormulaError(
            reason, self.formula, first.position, last.position + last.length - first.position, unknown
        )

    def build(self, node: ast.expr, depth: int) -> tuple[Any, float | None]:
        if depth > MAX_DEPTH:
            raise self.refuse(node, f"This formula is nested more than {MAX_DEPTH} deep.")
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name():
                return self.name(node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                value, constant = self.build(operand, depth + 1)
                if isinstance(sign, ast.UAdd):
                    return value, constant
                return self.algebra.negate(value), None if constant is None else -constant
            case ast.BinOp():
                return self.operations(node, depth)
            case ast.Call(func=ast.Name() as function, args=arguments, keywords=[]):
                return self.call(node, self.piece(function).text, arguments, depth)
        raise self.refuse(node, "This is not part of a formula.")

    def number(self, node: ast.Constant) -> tuple[Any, float]:
        text = self.piece(node).text
        value = float(text)
        if value > MAX_NUMBER:
            raise self.refuse(node, f"This number is too large: at most {MAX_NUMBER:g}.")
        return self.algebra.number(text, value), value

    def name(self, node: ast.Name) -> tuple[Any, float | None]:
        name = self.piece(node).text
        if name in self.names:
            return self.algebra.name(name), None
        if name in CONSTANTS:
            return self.algebra.constant(name), CONSTANTS[name]
        raise self.refuse(node, self.unknown(name), name)

    def unknown(self, name: str) -> str:
        if name in _FLAT:
            return f"{name} has no useful derivative; tanh or sigmoid make a smooth step."
        known = [*self.names, *FUNCTIONS, *CONSTANTS]
        for split in range(1, len(name)):
            if name[:split] in self.names and name[split:] in self.names:
                return f"Unknown name “{name}”. Did you mean {name[:split]}*{name[split:]}?"
            if name[:split] in FUNCTIONS and name[split:] in self.names:
                return f"Unknown name “{name}”. Did you mean {name[:split]}({name[split:]})?"
        near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5 if len(name) > 2 else 1)
        if near:
            return f"Unknown name “{name}”. Did you mean {near[0]}?"
        return f"Unknown name “{name}”. Known are {', '.join(self.names)} and functions such as sin."

    def operations(self, node: ast.BinOp, depth: int) -> tuple[Any, float | None]:
        """A chain a ∘ b ∘ c … is one level, however long: only real nesting counts as depth."""
        chain: list[ast.BinOp] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            chain.append(first)
            first = first.left
        value, constant = self.build(first, depth + 1)
        for step in reversed(chain):
            right, right_constant = self.build(step.right, depth + 1)
            value, constant = self.operate(step, (value, constant), (right, right_constant))
        return value, constant

    def operate(
        self, node: ast.BinOp, left: tuple[Any, float | None], right: tuple[Any, float | None]
    ) -> tuple[Any, float | None]:
        (a, a_constant), (b, b_constant) = left, right
        constant: float | None = None
        if isinstance(node.op, ast.Div) and b_constant == 0:
            raise self.refuse(node, "This divides by zero.")
        if isinstance(node.op, ast.Pow) and b_constant is not None and abs(b_constant) > MAX_EXPONENT:
            raise self.refuse(
                node.right, f"An exponent of {b_constant:g} is too large: at most {MAX_EXPONENT:g}."
            )
        on_floats = OPERATORS.get(type(node.op))
        if on_floats is None:
            raise self.refuse(node, "This is not part of a formula.")
        if a_constant is not None and b_constant is not None:
            constant = self.constant(node, on_floats, a_constant, b_constant)
        return self.sound(node, self.algebra.combine(type(node.op), a, b, b_constant, constant)), constant

    def call(
        self, node: ast.Call, name: str, arguments: list[ast.expr], depth: int
    ) -> tuple[Any, float | None]:
        if name not in FUNCTIONS:
            raise self.refuse(node.func, self.unknown(name))
        wanted, on_floats = FUNCTIONS[name]
        if len(arguments) != wanted and (wanted is not None or len(arguments) < 2):
            need = {1: "one value", 2: "two values", None: "two or more values"}[wanted]
            raise self.refuse(node, f"{name} takes {need}, not {len(arguments)}.")
        built = [self.build(argument, depth + 1) for argument in arguments]
        constants = [constant for _, constant in built if constant is not None]
        constant = None
        if len(constants) == len(built):
            constant = self.constant(node, on_floats, *constants)
        return self.sound(node, self.algebra.call(name, [value for value, _ in built], constant)), constant

    def constant(self, node: ast.expr, function: Callable[..., Any], *values: float) -> float:
        """The value of a constant part, in floats; refused if it is not a finite real number."""
        try:
            result = function(*values)
        except ZeroDivisionError:
            raise self.refuse(node, "This divides by zero.") from None
        except OverflowError:
            result = math.inf
        except ValueError:
            result = math.nan
        if isinstance(result, complex) or math.isnan(result):
            raise self.refuse(node, "This is not a real number.")
        if abs(result) > MAX_NUMBER:
            raise self.refuse(node, f"This number is too large: at most {MAX_NUMBER:g}.")
        return float(result)

    def sound(self, node: ast.expr, value: Any) -> Any:
        """Refuse what the algebra has recognized as infinite, undefined or imaginary everywhere."""
        if not self.algebra.is_sound(value):
            raise self.refuse(node, "This has no finite real value anywhere.")
        return value
