"""Arithmetic written down instead of done: what plain functions calculate, as a straight-line program.

    trace = Trace()
    x = trace.leaf("x")
    move = -(rate * gradient_of(x))  # any function of plain arithmetic
    trace.steps  # what it did

The functions that draw one path and map a whole basin are called once with these numbers, and their
arithmetic is then compiled (`geometry.fused_code`). What they do to numbers that are the same for every
start, such as βᵗ, is done at once and in Python, by the very operations that the plain path uses.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from dataclasses import fields
from itertools import repeat, starmap
from typing import Any

import numpy as np

Step = tuple[Any, ...]  # what is done, and to which earlier steps: ("*", 3, 0)


class UntraceableError(Exception):
    """An operation that has no exact counterpart in machine code."""


class _Number:
    """Plain arithmetic, which leaves it to `_apply` what becomes of it."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Any:
        if method != "__call__" or named:
            raise UntraceableError(f"{ufunc.__name__}.{method}")
        return _apply(ufunc, *inputs)

    def __bool__(self) -> bool:
        raise UntraceableError("a decision that each start makes for itself")

    def __add__(self, other: Any) -> Any:
        return _apply(operator.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _apply(operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _apply(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _apply(operator.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return _apply(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _apply(operator.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _apply(operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _apply(operator.truediv, other, self)

    def __pow__(self, other: Any) -> Any:
        return _apply(operator.pow, self, other)

    def __rpow__(self, other: Any) -> Any:
        return _apply(operator.pow, other, self)

    def __neg__(self) -> Any:
        return _apply(operator.neg, self)

    def __abs__(self) -> Any:
        return _apply(operator.abs, self)

    def __lt__(self, other: Any) -> Any:
        return _apply(operator.lt, self, other)

    def __gt__(self, other: Any) -> Any:
        return _apply(operator.gt, self, other)

    def __ge__(self, other: Any) -> Any:
        return _apply(operator.ge, self, other)

    def __and__(self, other: Any) -> Any:
        return _apply(operator.and_, self, other)


class Known(_Number):
    """A number that is the same for every start, in each step.

    Attributes
    ----------
    key : how it came about, whatever its value
    values : one for all steps, or one for each; of the types that the plain path has there
    """

    def __init__(self, key: Any, values: tuple[Any, ...]) -> None:
        self.key, self.values = key, values


def with_known_numbers(rule: Any) -> Any:
    """An update rule whose numbers are known ones; the flags and names that choose its form stay."""
    result = copy.copy(rule)
    for item in fields(rule):
        value = getattr(rule, item.name)
        if not isinstance(value, bool | str):
            # The rules are frozen, and check that numbers are numbers.
            object.__setattr__(result, item.name, Known(f"rule {item.name}", (value,)))
    return result


class Traced(_Number):
    """A number that differs from start to start: the result of a step of a trace."""

    def __init__(self, trace: Trace, place: int) -> None:
        self.trace, self.place = trace, place


class Trace:
    """The program so far; what is calculated twice is written once.

    Attributes
    ----------
    steps : in an order in which they can be done; a leaf is ("leaf", name), a number ("number", its
        hexadecimal text), a known number ("column", its place in `columns`)
    columns : the known numbers that it needs
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.columns: list[Known] = []
        self._places: dict[Step, int] = {}
        self._column: dict[Any, int] = {}

    def leaf(self, name: str) -> Traced:
        """What the program is given."""
        return self.note("leaf", name)

    def note(self, *step: Any) -> Traced:
        """The result of a step, which is added unless it is there."""
        place = self._places.setdefault(step, len(self.steps))
        if place == len(self.steps):
            self.steps.append(step)
        return Traced(self, place)

    def place_of(self, value: Any) -> int:
        """The step that makes a value, of whatever kind."""
        if isinstance(value, Traced):
            return value.place
        if isinstance(value, Known):
            column = self._column.setdefault(value.key, len(self.columns))
            if column == len(self.columns):
                self.columns.append(value)
            return self.note("column", column).place
        if not isinstance(value, int | float):  # NumPy's float64 is a float
            raise UntraceableError(f"{value!r} is no number")
        return self.note("number", float(value).hex()).place  # −0 is not 0


def choose(condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`: of arrays or of traced numbers.

    >>> choose(np.array([True, False]), 1.0, 2.0).tolist()
    [1.0, 2.0]
    """
    if not isinstance(condition, Traced):
        return np.where(condition, a, b)
    trace = condition.trace
    return trace.note("choose", condition.place, trace.place_of(a), trace.place_of(b))


def _apply(function: Callable[..., Any], *operands: Any) -> Any:
    """A function of known numbers is calculated for every step, one of traced numbers is written down."""
    traced = [operand for operand in operands if isinstance(operand, Traced)]
    if not traced:
        return _calculated(function, operands)
    if function in _COMPOSED:
        return _COMPOSED[function](*operands)
    if function not in _EXACT:
        raise UntraceableError(function.__name__)
    trace = traced[0].trace
    return trace.note(_EXACT[function], *map(trace.place_of, operands))


def _calculated(function: Callable[..., Any], operands: tuple[Any, ...]) -> Known:
    key = (function.__name__, *(o.key if isinstance(o, Known) else repr(o) for o in operands))
    values = [o.values if isinstance(o, Known) else (o,) for o in operands]
    longest = max(map(len, values))
    rows = zip(*(v if len(v) == longest else repeat(v[0]) for v in values), strict=False)
    try:
        return Known(key, tuple(starmap(function, rows)))
    except ArithmeticError as error:  # Python refuses what arrays go on with
        raise UntraceableError(str(error)) from error


def _power(a: Any, exponent: Any) -> Any:
    """The powers for which NumPy calculates a root or a product of the array, and not the C library's pow."""
    if exponent == 0.5:
        return np.sqrt(a)
    if exponent == 1:
        return a
    if exponent == 2:
        return a * a
    if exponent == -1:
        return 1 / a
    raise UntraceableError(f"a power of {exponent!r}")


def _step_at(a: Any, middle: Any) -> Any:
    return choose(a > 0, 1.0, choose(np.equal(a, 0), middle, choose(a < 0, 0.0, a)))


def _larger(a: Any, b: Any) -> Any:
    return choose(np.greater_equal(a, b), a, choose(np.equal(a, a), b, a))  # nan stays nan


def _smaller(a: Any, b: Any) -> Any:
    return choose(np.greater_equal(b, a), a, choose(np.equal(a, a), b, a))


_COMPOSED: dict[Any, Callable[..., Any]] = {
    operator.pow: _power,
    np.heaviside: _step_at,
    np.maximum: _larger,
    np.minimum: _smaller,
}
_EXACT: dict[Any, str] = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/",
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/",
    operator.neg: "negate", operator.abs: "abs", np.negative: "negate", np.absolute: "abs", np.sqrt: "sqrt",
    operator.lt: "<", operator.gt: ">", operator.ge: ">=", operator.and_: "and",
    np.less: "<", np.greater: ">", np.greater_equal: ">=", np.equal: "==",
}  # fmt: skip
