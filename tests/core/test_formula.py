"""Which formula text is understood, what it means, and how the rest is refused."""

from __future__ import annotations

import builtins
import math
import subprocess
import sys
import time

import numpy as np
import pytest

from landscape import FormulaError, Surface

AT = (0.7, -1.3)
X, Y = AT


def value(formula: str, **parameters: float) -> float:
    return float(Surface.from_formula(formula, parameters=parameters).value(AT))


# (formula, index of the character that is to blame, a word of the message)
REFUSED = [
    ("__import__('os').system('x')", 11, "no meaning"),
    ("__import__", 0, "Unknown name"),
    ("x.__class__", 1, "no meaning"),
    ("x + y.real", 5, "no meaning"),
    ("lambda: 0", 6, "no meaning"),
    ("lambda", 0, "Unknown name"),
    ("x = 2", 2, "no meaning"),
    ("x == y", 2, "no meaning"),
    ("x; y", 1, "no meaning"),
    ("x # y", 2, "no meaning"),
    ("f'{x}'", 1, "no meaning"),
    ('x + "y"', 4, "no meaning"),
    ("x!", 1, "no meaning"),
    ("x % 2", 2, "no meaning"),
    ("x\x00", 1, "no meaning"),
    ("x + 🎈", 4, "no meaning"),
    ("x // 2", 3, "missing before"),
    ("x y z", 4, "Unknown name"),
    ("1/0", 0, "zero"),
    ("x + 1/(2 - 2)", 4, "zero"),
    ("y*(x/0)", 3, "zero"),
    ("", 0, "empty"),
    ("   \t\n", 0, "empty"),
    ("((x", 1, "never closed"),
    ("(x + (y)", 0, "never closed"),
    ("x + y)", 5, "closes nothing"),
    ("sin(x))", 6, "closes nothing"),
    ("()", 1, "missing"),
    ("sin()", 4, "missing"),
    ("max(x,)", 6, "missing"),
    ("x +", 2, "missing after"),
    ("x^", 1, "missing after"),
    ("* x", 0, "missing before"),
    ("x ^^ 2", 3, "missing before"),
    ("x + * y", 4, "missing before"),
    ("2 3", 2, "operator is missing"),
    ("x 2", 2, "operator is missing"),
    ("1.2.3", 3, "operator is missing"),
    ("x, y", 1, "comma"),
    ("(x, y)", 2, "comma"),
    ("0,5x", 1, "comma"),
    ("sin x", 0, "brackets"),
    ("x + cos", 4, "brackets"),
    ("max(x)", 0, "two or more"),
    ("atan2(x)", 0, "two values"),
    ("sin(x, y)", 0, "one value"),
    ("9^9^9^9", 4, "too large"),
    ("x^(9^9)", 3, "too large"),
    ("x^1001", 2, "too large"),
    ("2^-1e5 x", 2, "too large"),
    ("10^400", 0, "too large"),
    ("x + 1e301", 4, "too large"),
    ("x + 1e999", 4, "too large"),
    ("exp(1000)", 0, "too large"),
    ("1e200*1e200*x", 0, "too large"),
    ("log(-1)", 0, "not a real number"),
    ("x + sqrt(-4)", 4, "not a real number"),
    ("(-8)^(1/3)", 0, "not a real number"),
    ("log(0)", 0, "not a real number"),
    ("acos(2)", 0, "not a real number"),
    ("x/(y - y)", 0, "no finite real value"),
    ("floor(x)", 0, "derivative"),
    ("x" * 10_000, 1000, "10,000 characters"),
    ("x+" * 300 + "x", 400, "pieces"),
    ("(" * 100 + "x" + ")" * 100, 32, "deep"),
    ("sin(" * 60 + "x" + ")" * 60, 131, "deep"),
    ("x" + "^x" * 60, None, "deep"),
    ("-" * 60 + "x", None, "deep"),
]


@pytest.mark.parametrize(("formula", "position", "word"), REFUSED)
def test_bad_formula_is_refused_at_once_and_points_at_the_place(formula, position, word):
    began = time.process_time()
    with pytest.raises(FormulaError, match=word) as caught:
        Surface.from_formula(formula)
    assert time.process_time() - began < 1
    error = caught.value
    assert 0 <= error.position <= len(formula)
    assert error.length >= 1
    if position is not None:
        assert error.position == position
    assert "\n" not in str(error).replace(formula, "")


# Cheap to write, yet astronomically large to work out exactly: run apart, where they can be stopped.
EXPLOSIVE = [
    "((0.9999999999999999^999)^999)^999 x",
    "(0.99999999999999999999)^1000",
    "(1.000000001^999)^999",
    "((0.5^1000)^1000)^1000 + x",
]


@pytest.mark.parametrize("formula", EXPLOSIVE)
def test_exact_arithmetic_that_would_blow_up_is_refused_at_once_or_avoided(formula):
    program = (
        "import sys, time; from landscape import FormulaError, Surface\n"
        "Surface.from_formula('x'); began = time.process_time()\n"
        "try: Surface.from_formula(sys.argv[1]).hessian([0.5, 0.5])\n"
        "except FormulaError: pass\n"
        "print(time.process_time() - began)"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, formula], capture_output=True, text=True, timeout=10, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.fail(f"{formula} keeps the program busy for more than 10 s")
    assert done.returncode == 0, done.stderr.splitlines()[-1]
    assert float(done.stdout) < 1


LARGE = [
    "((((x^999)^999)^999)^999)^999",
    "exp(exp(exp(exp(exp(x)))))",
    "sin(1e29) x",
    "1e25 x + 12345678901234567890 y",
    "cos(1e25 pi) y",
    "123456789012345678901^(1/7) x",
    "max(" + ", ".join(f"{i}x" for i in range(1, 80)) + ")",
    "max(" * 25 + "x" + ", y)" * 25,
    "sqrt(1 + " * 30 + "x y" + ")" * 30,
    "sin(" * 30 + "x y" + ")" * 30,
    "*".join(f"(x + {i}y)" for i in range(1, 60)),
]


@pytest.mark.parametrize("formula", LARGE)
def test_large_formula_is_refused_at_once_or_has_derivatives_soon(formula):
    began = time.process_time()
    try:
        surface = Surface.from_formula(formula)
    except FormulaError:
        assert time.process_time() - began < 1
        return
    points = np.array([AT, (0.1, 0.2), (-2.0, 1.0)])
    assert surface.value(points).shape == (3,)
    assert surface.gradient(points).shape == (3, 2)
    assert surface.hessian(points).shape == (3, 2, 2)
    assert time.process_time() - began < 3


def test_one_point_that_overflows_ends_a_path_and_not_the_program():
    from landscape import GradientDescent, descend

    path = descend(Surface.from_formula("(x + 1)^999.5 + y^2"), GradientDescent(), (1.5, 1.0), steps=3)
    assert path.status != "ran"


@pytest.mark.parametrize("formula", [case[0] for case in REFUSED[:12]])
def test_nothing_that_was_typed_is_executed(formula, monkeypatch, tmp_path):
    def forbidden(*_args, **_named):
        raise AssertionError("typed text reached eval or exec")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtins, "eval", forbidden)
    monkeypatch.setattr(builtins, "exec", forbidden)
    with pytest.raises(FormulaError):
        Surface.from_formula(formula)


def test_code_that_would_leave_a_trace_leaves_none(tmp_path):
    trace = tmp_path / "trace"
    for attack in (
        f"__import__('os').system('touch {trace}')",
        f"open('{trace}','w')",
        f"exec('open({trace})')",
    ):
        with pytest.raises(FormulaError):
            Surface.from_formula(attack)
    assert not trace.exists()


ACCEPTED = [
    ("x^2", X**2),
    ("x**2", X**2),
    ("x² + y³", X**2 + Y**3),
    ("x¹⁰", X**10),
    ("2x", 2 * X),
    ("2x y", 2 * X * Y),
    ("2(x + 1)", 2 * (X + 1)),
    ("(x + 1)(y - 1)", (X + 1) * (Y - 1)),
    ("x(y + 1)", X * (Y + 1)),
    ("3sin(x)cos(y)", 3 * math.sin(X) * math.cos(Y)),
    ("2x^2", 2 * X**2),
    ("1/2x", X / 2),  # as documented: multiplication left unsaid binds like one that is said
    ("-x^2", -(X**2)),
    ("2^-x", 2**-X),
    ("2^x^2", 2 ** (X**2)),
    ("x - y - 1", X - Y - 1),
    ("x/y/2", X / Y / 2),
    ("--x", X),
    ("+x - -y", X + Y),
    (".5x + 2.", 0.5 * X + 2),
    ("1e-2x + 1.5E+1", 0.01 * X + 15),
    ("pi x + e", math.pi * X + math.e),
    ("π·x × y ÷ 2 − 1", math.pi * X * Y / 2 - 1),
    ("e^x", math.exp(X)),
    ("2e", 2 * math.e),
    ("[x + 1]*2", (X + 1) * 2),
    ("log(x)", math.log(X)),
    ("ln(x) + log2(x) + log10(x)", math.log(X) + math.log2(X) + math.log10(X)),
    ("atan2(y, x)", math.atan2(Y, X)),
    ("tan(x) + asin(x) + acos(x) + atan(y)", math.tan(X) + math.asin(X) + math.acos(X) + math.atan(Y)),
    ("sinh(x) + cosh(y) + tanh(x)", math.sinh(X) + math.cosh(Y) + math.tanh(X)),
    ("abs(y) + sqrt(x)", -Y + math.sqrt(X)),
    ("sigmoid(y)", 1 / (1 + math.exp(-Y))),
    ("min(x, y) + max(x, y, 1)", Y + 1),
    ("x\n + y", X + Y),
    ("x^0.5 + abs(y)^1.5", X**0.5 + 1.3**1.5),
    ("0.1 + 0.2", 0.3),
    ("7", 7.0),
]


@pytest.mark.parametrize(("formula", "expected"), ACCEPTED)
def test_notation_means_what_mathematics_means_by_it(formula, expected):
    assert value(formula) == pytest.approx(expected, rel=1e-14)


def test_parameters_may_have_greek_and_long_names():
    assert value("κ x^2 + a2*y + long_name", κ=3.0, a2=2.0, long_name=0.5) == pytest.approx(
        3 * X**2 + 2 * Y + 0.5
    )


@pytest.mark.parametrize(
    "name", ["e", "pi", "exp", "tanh", "sqrt", "log", "sign", "lambda", "array", "numpy"]
)
def test_parameter_hides_nothing_that_the_formula_needs(name):
    """Where a parameter has a function's name, that function's name is its own, and no other breaks."""
    surface = Surface.from_formula(f"{name}*x + sigmoid(x) + abs(y)^1.5 + x^y", parameters={name: 2.0})
    expected = 2 * X + 1 / (1 + math.exp(-X)) + 1.3**1.5 + X**Y
    assert surface.value(AT) == pytest.approx(expected)
    assert surface.expression.gradient_at(X, Y, 2.0) == pytest.approx(surface.gradient(AT).tolist())
    assert np.isfinite(surface.gradient(AT)).all()
    assert np.isfinite(surface.hessian(AT)).all()


@pytest.mark.parametrize(
    ("name", "number"),
    [("x", 1.0), ("2a", 1.0), ("a b", 1.0), ("", 1.0), ("_a", 1.0), ("a", math.nan), ("a", math.inf),
     ("a", "1"), ("a", None), ("a", True), pytest.param("a", 10**400, id="a-huge")],
)  # fmt: skip
def test_bad_parameter_is_refused_by_name(name, number):
    from landscape import FieldError

    with pytest.raises(FieldError) as caught:
        Surface.from_formula("x + y", parameters={name: number})
    assert caught.value.field == name


@pytest.mark.parametrize(
    ("formula", "suggestion"),
    [("sinn(x)", "sin"), ("squrt(x)", "sqrt"), ("xy", "x*y"), ("sinx", "sin(x)"), ("Tanh(x)", "tanh"),
     ("kapa*x", "kappa"), ("PI", "pi"), ("sgmoid(x)", "sigmoid")],
)  # fmt: skip
def test_unknown_name_suggests_the_nearest(formula, suggestion):
    with pytest.raises(FormulaError, match="Did you mean") as caught:
        Surface.from_formula(formula, parameters={"kappa": 1.0})
    assert f"Did you mean {suggestion}?" in str(caught.value)


@pytest.mark.parametrize(
    ("formula", "hole", "inside"),
    [("log(x)", (-1, 0), (1, 0)), ("sqrt(y)", (0, -1), (0, 1)), ("asin(x)", (2, 0), (0.5, 0)),
     ("x^0.5", (-1, 0), (1, 0)), ("x^y", (-1, 0.5), (1, 0.5)), ("log(x) + max(y, 0)", (-1, 1), (1, 1)),
     ("max(log(x), 0)", (-1, 1), (1, 1))],
)  # fmt: skip
def test_trouble_in_a_part_of_the_domain_is_a_hole_and_not_an_error(formula, hole, inside):
    surface = Surface.from_formula(formula)
    values = surface.value([hole, inside])
    assert np.isnan(values).tolist() == [True, False]
    assert np.isfinite(surface.gradient(inside)).all()


def test_pole_is_infinite_or_a_hole_at_one_point_only():
    values = Surface.from_formula("1/x").value([(0, 0), (0.5, 0)])
    assert not np.isfinite(values[0])
    assert values[1] == 2


def test_derivatives_of_kinks_are_those_of_either_side():
    surface = Surface.from_formula("abs(x) + max(y, 0)")
    gradients = surface.gradient([(-2, -1), (2, 1)])
    assert gradients.tolist() == [[-1, 0], [1, 1]]
    assert surface.hessian([(-2, -1), (2, 1)]).tolist() == [[[0, 0], [0, 0]]] * 2
