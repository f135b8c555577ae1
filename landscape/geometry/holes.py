"""Whether walkers may fall into a hole: a place where the loss, its slope or the rule's step is undefined."""

from __future__ import annotations

import ast
from functools import lru_cache

from landscape.optimizers import Optimizer
from landscape.surface import Surface


def may_be_undefined(surface: Surface, optimizer: Optimizer) -> bool:
    """Whether each step must be looked at: a loss may be undefined where its slope is not."""
    return getattr(optimizer, "epsilon", None) == 0 or not _is_defined_everywhere(surface)


@lru_cache(maxsize=64)
def _is_defined_everywhere(surface: Surface) -> bool:
    everywhere: bool = surface.expression.syntax.fold(_DefinedEverywhere())
    return everywhere


class _DefinedEverywhere:
    """Whether a formula has a value and a slope everywhere, short of overflow; an `Algebra` of booleans."""

    TOTAL = frozenset({"sin", "cos", "atan", "sinh", "cosh", "tanh", "exp", "sigmoid", "abs", "min", "max"})

    def number(self, text: str, value: float) -> bool:
        return True

    def constant(self, name: str) -> bool:
        return True

    def name(self, name: str) -> bool:
        return True

    def negate(self, a: bool) -> bool:
        return a

    def combine(
        self, operation: type[ast.operator], a: bool, b: bool, right: float | None, result: float | None
    ) -> bool:
        if operation is ast.Div:
            return a and right is not None
        if operation is ast.Pow:
            return a and right is not None and right >= 0 and right == int(right)
        return a and b

    def call(self, name: str, arguments: list[bool], result: float | None) -> bool:
        return result is not None or (name in self.TOTAL and all(arguments))

    def is_sound(self, value: bool) -> bool:
        return True
