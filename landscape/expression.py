"""A formula as fast functions: value, exact gradient, exact Hessian.

Derivatives are SymPy's. The gradient comes in two forms, made from the same shared subexpressions:
NumPy for whole arrays, and plain Python floats for one point at a time, where NumPy's cost per call
would dominate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from landscape.algebras import Arrays, Symbols
from landscape.errors import FormulaError
from landscape.formula import Syntax, check
from landscape.functions import sigmoid

MAX_TERMS = 2000  # size of what is differentiated; far beyond it that would take minutes

Function = Callable[..., Any]


@dataclass(frozen=True)
class Expression:
    """A formula in x and y (and named parameters), ready to be compiled; made by `compile_formula`.

    Every function takes `(x, y, *parameters)` in the order of `parameters`.
    """

    syntax: Syntax
    parameters: tuple[str, ...]

    @property
    def formula(self) -> str:
        """The text."""
        return self.syntax.formula

    @cached_property
    def tree(self) -> Any:
        """The formula in SymPy."""
        return self.syntax.fold(Symbols())

    @cached_property
    def value(self) -> Function:
        """Arrays x, y -> loss, computed just as it was typed."""
        on_arrays = self.syntax.fold(Arrays(self.syntax.names))
        return lambda *values: on_arrays(values)

    @cached_property
    def gradient(self) -> Function:
        """NumPy: arrays x, y -> [∂f/∂x, ∂f/∂y]."""
        return self._compile(self.first_derivatives, "numpy")

    @cached_property
    def hessian(self) -> Function:
        """NumPy: arrays x, y -> [f_xx, f_xy, f_yy]."""
        return self._compile(self.second_derivatives, "numpy")

    @cached_property
    def gradient_at(self) -> Function:
        """Floats x, y -> [∂f/∂x, ∂f/∂y]; raises ArithmeticError or ValueError where undefined."""
        return self._compile(self.first_derivatives, "math")

    @cached_property
    def first_derivatives(self) -> tuple[Any, ...]:
        """SymPy ∂f/∂x and ∂f/∂y."""
        return self._derivatives([(self.tree, "x"), (self.tree, "y")])

    @cached_property
    def second_derivatives(self) -> tuple[Any, ...]:
        """SymPy f_xx, f_xy and f_yy."""
        by_x, by_y = self.first_derivatives
        return self._derivatives([(by_x, "x"), (by_x, "y"), (by_y, "y")])

    def _derivatives(self, wanted: Sequence[tuple[Any, str]]) -> tuple[Any, ...]:
        import sympy as sp

        derivatives = []
        for tree, name in wanted:
            terms = sum(1 for _ in sp.preorder_traversal(tree))
            if terms > MAX_TERMS:
                raise FormulaError(
                    "This formula's derivatives are too long to form; please shorten it.",
                    self.formula, 0, len(self.formula),
                )  # fmt: skip
            derivative = sp.diff(tree, sp.Symbol(name, real=True))
            # |x| has slope sign(x); the spike of its second derivative is at one point only.
            if derivative.has(sp.DiracDelta):
                derivative = derivative.replace(sp.DiracDelta, lambda *_: sp.Integer(0))
            if derivative.has(sp.I, sp.zoo, sp.nan):
                raise FormulaError(
                    "The slope of this formula is not a real number.", self.formula, 0, len(self.formula)
                )
            derivatives.append(derivative)
        return tuple(derivatives)

    def written(self, trees: tuple[Any, ...], target: str) -> tuple[list[tuple[str, str]], list[str]]:
        """What `_compile` compiles, as text: the shared parts by name, and the results.

        Parameters are called p0, p1 … in it.
        """
        shared, reduced = _shared_parts(self._neutral(trees)[1])
        written = _printer(target).doprint
        return [(str(name), written(part)) for name, part in shared], [written(tree) for tree in reduced]

    def _compile(self, trees: tuple[Any, ...], target: str) -> Function:
        import sympy as sp

        arguments, neutral = self._neutral(trees)
        return sp.lambdify(
            arguments,
            neutral,
            modules=[{"sigmoid": sigmoid}, target],
            printer=_printer(target),
            cse=_shared_parts,
            docstring_limit=0,  # nobody reads it, and printing it takes as long as all the rest
        )

    def _neutral(self, trees: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
        """Arguments and trees in neutral names: a parameter may be called like one of NumPy's functions."""
        import sympy as sp

        neutral = {
            sp.Symbol(name, real=True): sp.Symbol(f"p{place}", real=True)
            for place, name in enumerate(self.parameters)
        }
        x, y = (sp.Symbol(name, real=True) for name in ("x", "y"))
        return [x, y, *neutral.values()], [tree.xreplace(neutral) for tree in trees]


_known: dict[tuple[str, tuple[str, ...]], Expression] = {}
_MOST_KNOWN = 256


def compile_formula(formula: str, parameters: tuple[str, ...] = ()) -> Expression:
    """Parse a formula once; the functions themselves are compiled when first asked for.

    >>> double_well = compile_formula("x^4 - 2x^2 + y^2")
    >>> double_well.first_derivatives
    (4*x**3 - 4*x, 2*y)
    >>> [float(g) for g in double_well.gradient_at(2.0, 1.0)]
    [24.0, 2.0]
    """
    found = _known.get((formula, parameters))
    if found is None:
        found = Expression(check(formula, parameters=parameters), parameters)
        for oldest in list(_known)[: max(len(_known) - _MOST_KNOWN, 0)]:
            _known.pop(oldest, None)
        found = _known.setdefault((formula, parameters), found)
    return found


def is_compiled(formula: str, parameters: tuple[str, ...]) -> bool:
    """Whether a path can be computed without SymPy having to work first."""
    found = _known.get((formula, parameters))
    return found is not None and {"gradient_at", "gradient", "hessian"} <= found.__dict__.keys()


def _shared_parts(trees: list[Any]) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Name what occurs more than once, and each base of a small power, so x³ can be x·x·x."""
    import sympy as sp

    names = sp.numbered_symbols("_t", real=True)
    shared, reduced = sp.cse(trees, symbols=names, order="none")
    parts: list[tuple[Any, Any]] = []

    def is_small_power(node: Any) -> bool:
        return bool(_small_power(node)) and not (node.base.is_Symbol or node.base.is_number)

    def with_named_base(node: Any) -> Any:
        name = next(names)
        parts.append((name, node.base))
        return sp.Pow(name, node.exp)

    for name, part in shared:
        rewritten = part.replace(is_small_power, with_named_base)
        parts.append((name, rewritten))
    return parts, [tree.replace(is_small_power, with_named_base) for tree in reduced]


def _small_power(node: Any) -> int:
    """The exponent if it is one that repeated multiplication beats `pow` at, else 0."""
    if node.is_Pow and node.exp.is_Integer and 2 <= abs(int(node.exp)) <= 6:
        return int(node.exp)
    return 0


def _printer(target: str) -> Any:
    return _printers()[target](
        {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True}
    )


@lru_cache(maxsize=1)
def _printers() -> dict[str, type]:
    from sympy import Rational
    from sympy.printing.numpy import NumPyPrinter
    from sympy.printing.pycode import PythonCodePrinter

    half = Rational(1, 2)

    class Products:
        """Prints small powers of names as products: several times faster than pow."""

        def _print_Integer(self, node: Any) -> str:  # noqa: N802
            # Beyond 64 bits NumPy would fall back to slow Python objects.
            return str(int(node)) if abs(int(node)) < 2**53 else repr(float(node))

        def _print_Pow(self, node: Any, rational: bool = False) -> str:  # noqa: N802
            exponent = _small_power(node)
            if exponent and node.base.is_Symbol:
                product = "*".join([str(node.base)] * abs(exponent))
                return f"({product})" if exponent > 0 else f"(1/({product}))"
            return super()._print_Pow(node, rational)  # type: ignore[misc]

    class Arrays(Products, NumPyPrinter):
        """NumPy code."""

    class Floats(Products, PythonCodePrinter):
        """Plain Python; a fractional power of a negative number raises instead of going complex."""

        def _print_Pow(self, node: Any, rational: bool = False) -> str:  # noqa: N802
            if node.exp.is_Integer or abs(node.exp) == half:
                return super()._print_Pow(node, rational)
            power = self._module_format("math.pow")
            return f"{power}({self._print(node.base)}, {self._print(node.exp)})"

    return {"numpy": Arrays, "math": Floats}
