"""Formulas nobody thought of: random trees against plain arithmetic, and random text."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import mpmath as mp
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from landscape import FormulaError, Surface

POINTS = [(0.7345, -1.2948), (-1.7321, 0.4142), (1.1547, 2.2361), (-0.5773, -0.3183)]
KAPPA = 1.618
SLOW = [HealthCheck.too_slow]


@dataclass(frozen=True)
class Tree:
    """A formula as a tree; text and number are made from it separately."""

    kind: str  # a number's text, a name, an operator or a function
    parts: tuple[Tree, ...] = ()


BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}
FUNCTIONS = ["sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "exp", "log", "ln", "log2", "log10",
             "sqrt", "abs", "sigmoid", "asin", "acos"]  # fmt: skip


def render(tree: Tree, style: int) -> str:
    """Text with no more brackets than the precedence of mathematics asks for, in one of many spellings."""

    def inner(part: Tree, least: int) -> str:
        text = render(part, style // 2 + 1)
        return text if BINDING.get(part.kind, 5) >= least else f"({text})"

    kind, parts = tree.kind, tree.parts
    space = " " if style % 3 == 0 else ""
    if not parts:
        return kind
    if kind == "neg":
        return f"-{inner(parts[0], 3)}"
    if kind == "^":
        base, exponent = inner(parts[0], 5), parts[1]
        if style % 4 == 1 and exponent.kind.isdigit():
            return base + exponent.kind.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{base}{'**' if style % 2 else '^'}{inner(exponent, 3)}"
    if kind in BINDING:
        left, right = inner(parts[0], BINDING[kind]), inner(parts[1], BINDING[kind] + 1)
        if kind == "*" and style % 2 and (right[0].isalpha() or right[0] == "("):
            return f"{left} {right}"
        return f"{left}{space}{kind}{space}{right}"
    return f"{kind}({f',{space}'.join(render(part, style // 2) for part in parts)})"


def evaluate(tree: Tree, names: dict[str, object], on: object) -> object:
    """The number, by plain arithmetic on floats (`on` is math) or on long decimals (`on` is mpmath)."""
    kind = tree.kind
    if not tree.parts:
        return names[kind] if kind in names else on.mpf(kind) if on is mp else float(kind)
    values = [evaluate(part, names, on) for part in tree.parts]
    if kind == "neg":
        return -values[0]
    # 0ˣ and atan2(0, 0) are conventions of floats; algebra may refuse them.
    if (kind == "^" and values[0] == 0 and tree.parts[1].kind.isalpha()) or (
        kind == "atan2" and not any(values)
    ):
        raise ValueError("undefined")
    if kind in ("min", "max"):
        return min(values) if kind == "min" else max(values)
    if kind == "^":
        result = values[0] ** values[1]
    elif kind in BINDING:
        a, b = values
        result = a + b if kind == "+" else a - b if kind == "-" else a * b if kind == "*" else a / b
    elif kind == "abs":
        result = abs(values[0])
    elif kind == "sigmoid":
        result = 1 / (1 + on.exp(-values[0]))
    elif kind in ("log2", "log10"):
        result = on.log(values[0]) / on.log(int(kind[3:]))
    elif kind == "ln":
        result = on.log(values[0])
    else:
        result = getattr(on, kind)(*values)
    # Neither arithmetic tells sin(π) from zero, as algebra does; what depends on that is not compared.
    nothing = result != 0 and abs(result) < 1e-12
    if isinstance(result, complex | mp.mpc) or not math.isfinite(result) or nothing or abs(result) > 1e100:
        raise ValueError("left the numbers that are compared")
    return result


leaves = st.sampled_from([Tree(kind) for kind in ("x", "y", "κ", "pi", "e", "0.5", "2", "3", "10", "1.25")])
exponents = st.sampled_from([Tree(kind) for kind in ("2", "3", "4", "7", "0.5", "1.5", "x", "y")])


def branches(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.builds(lambda kind, a, b: Tree(kind, (a, b)), st.sampled_from(["+", "-", "*", "/"]), trees, trees),
        st.builds(lambda a, b: Tree("^", (a, b)), trees, exponents),
        st.builds(lambda a, b: Tree("^", (a, Tree("neg", (b,)))), trees, exponents),
        st.builds(lambda a: Tree("neg", (a,)), trees),
        st.builds(lambda kind, a: Tree(kind, (a,)), st.sampled_from(FUNCTIONS), trees),
        st.builds(
            lambda kind, a, b: Tree(kind, (a, b)), st.sampled_from(["min", "max", "atan2"]), trees, trees
        ),
    )


trees = st.recursive(leaves, branches, max_leaves=9)


def names_at(point: tuple[float, float], on: object) -> dict[str, object]:
    number = on.mpf if on is mp else float
    x, y = point
    return {"x": number(x), "y": number(y), "κ": number(KAPPA), "pi": +on.pi, "e": +on.e}


def well_conditioned(tree: Tree, point: tuple[float, float]) -> object:
    """The exact value, or None where floats cannot be expected to find it (or there is none)."""
    try:
        rough = evaluate(tree, names_at(point, math), math)
        exact = evaluate(tree, names_at(point, mp), mp)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return exact if abs(rough - exact) <= 1e-10 * (1 + abs(exact)) else None


@settings(max_examples=1500, deadline=None, suppress_health_check=SLOW)
@given(trees, st.integers(0, 63), st.sampled_from(POINTS))
def test_random_formula_has_the_value_of_plain_arithmetic(tree, style, point):
    text = render(tree, style)
    with mp.workdps(40):
        exact = well_conditioned(tree, point)
    try:
        surface = Surface.from_formula(text, parameters={"κ": KAPPA})
    except FormulaError:
        assert exact is None, f"{text} is {exact} here, yet it is refused"
        return
    found = surface.value(point)
    if exact is not None:
        assert found == pytest.approx(float(exact), rel=1e-8, abs=1e-8), text


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(trees, st.sampled_from(POINTS))
def test_random_formula_has_the_slopes_of_long_decimal_differences(tree, point):
    text = render(tree, 0)
    try:
        surface = Surface.from_formula(text, parameters={"κ": KAPPA})
    except FormulaError:
        return  # that none is refused wrongly is the property above
    with mp.workdps(60):
        if well_conditioned(tree, point) is None:
            return
        step, slopes = mp.mpf(10) ** -20, []
        try:
            for dx, dy in ((step, 0), (0, step)):
                names = names_at(point, mp)
                up = evaluate(tree, {**names, "x": names["x"] + dx, "y": names["y"] + dy}, mp)
                down = evaluate(tree, {**names, "x": names["x"] - dx, "y": names["y"] - dy}, mp)
                slopes.append(float((up - down) / (2 * step)))
        except (ArithmeticError, ValueError, TypeError):
            return
    found = surface.gradient(point)
    assume(np.isfinite(found).all())  # at a kink or at 0^0.5 there is no slope
    if max(map(abs, slopes)) < 1e8:
        assert found == pytest.approx(slopes, rel=1e-6, abs=1e-6), text


def try_everything(text: str) -> None:
    """Refused by FormulaError, or usable on arrays; and quickly, either way."""
    began = time.process_time()
    try:
        surface = Surface.from_formula(text, parameters={"κ": KAPPA})
    except FormulaError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert str(refused)
        assert 0 <= refused.position <= len(text)
        assert time.process_time() - began < 1, text
        return
    points = np.array([*POINTS, (0.0, 0.0), (1e300, -1e300)])
    assert surface.value(points).shape == (6,)
    assert surface.gradient(points).shape == (6, 2)
    assert surface.hessian(points).shape == (6, 2, 2)
    assert time.process_time() - began < 3, text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_refused_kindly_or_usable(text):
    try_everything(text)


pieces = st.sampled_from(
    ["x", "y", "κ", "2", "0.5", "1e3", "9", "^", "**", "²", "+", "-", "*", "/", "(", ")", ",", " ", "sin(",
     "log(", "sqrt(", "abs(", "max(", "min(", "atan2(", "exp(", "pi", "e", "×", "[", "]", "1e29", "0"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
@given(st.lists(pieces, max_size=25).map("".join))
def test_any_text_of_the_formula_alphabet_is_refused_kindly_or_usable(text):
    try_everything(text)


@settings(max_examples=500, deadline=None, suppress_health_check=SLOW)
@given(trees, st.integers(0, 63), st.integers(0, 60), st.integers(0, 3), pieces)
def test_formula_with_a_slip_of_the_pen_is_refused_kindly_or_usable(tree, style, place, length, piece):
    text = render(tree, style)
    place = min(place, len(text))
    try_everything(text[:place] + piece + text[place + length :])
