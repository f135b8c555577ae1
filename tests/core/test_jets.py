"""Bounds over boxes against the same formula in 50-digit arithmetic with its own derivatives."""

from __future__ import annotations

import itertools

import mpmath as mp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landscape import Surface, surfaces
from landscape.functions import FUNCTIONS
from landscape.geometry.enclosure import derivatives, enclosure
from landscape.geometry.jets import TORN, VOID, Jet

TINY = mp.mpf("1e-300")  # what floats round to zero


class UndefinedError(Exception):
    """The formula has no second derivative there."""


class Long:
    """f, f_x, f_y, f_xx, f_xy, f_yy at one point, in long decimals."""

    def __init__(self, *parts):
        self.parts = parts

    def chain(self, value, first, second):
        _, x, y, xx, xy, yy = self.parts
        return Long(value, first * x, first * y, first * xx + second * x * x,
                    first * xy + second * x * y, first * yy + second * y * y)  # fmt: skip

    def __add__(self, other):
        return Long(*(a + b for a, b in zip(self.parts, _long(other).parts, strict=True)))

    def __neg__(self):
        return Long(*(-a for a in self.parts))

    def __sub__(self, other):
        return self + -_long(other)

    def __mul__(self, other):
        (f, fx, fy, fxx, fxy, fyy), (g, gx, gy, gxx, gxy, gyy) = self.parts, _long(other).parts
        return Long(f * g, fx * g + f * gx, fy * g + f * gy, fxx * g + 2 * fx * gx + f * gxx,
                    fxy * g + fx * gy + fy * gx + f * gxy, fyy * g + 2 * fy * gy + f * gyy)  # fmt: skip

    def __truediv__(self, other):
        t = _long(other).parts[0]
        if t == 0:
            raise UndefinedError
        return self * _long(other).chain(1 / t, -1 / t**2, 2 / t**3)


def _long(value):
    return value if isinstance(value, Long) else Long(mp.mpf(value), *(mp.mpf(0),) * 5)


def apply(name: str, given_: list[Long]) -> Long:
    """One of the formula's functions, with its derivatives as calculus has them."""
    f = given_[0]
    t = f.parts[0]
    one = mp.mpf(1)
    if name in ("min", "max"):
        g = given_[1]
        if t == g.parts[0]:
            raise UndefinedError
        return f if (t > g.parts[0]) == (name == "max") else g
    if name == "atan2":
        v, u = f, given_[1]
        r = u.parts[0] ** 2 + v.parts[0] ** 2
        if r == 0 or (v.parts[0] == 0 and u.parts[0] < 0):
            raise UndefinedError
        angle = mp.atan2(v.parts[0], u.parts[0])
        by_v, by_u = u / (u * u + v * v), -v / (u * u + v * v)
        parts = [by_v.parts[0] * v.parts[i] + by_u.parts[0] * u.parts[i] for i in (1, 2)]
        for row, i, j in ((3, 1, 1), (4, 1, 2), (5, 2, 2)):
            parts.append(by_v.parts[j] * v.parts[i] + by_v.parts[0] * v.parts[row]
                         + by_u.parts[j] * u.parts[i] + by_u.parts[0] * u.parts[row])  # fmt: skip
        return Long(angle, *parts)
    if name == "abs":
        if t == 0:
            raise UndefinedError
        return f if t > 0 else -f
    if (name.startswith(("log", "ln", "sqrt")) and t <= 0) or (name in ("asin", "acos") and abs(t) >= 1):
        raise UndefinedError
    s = 1 / (1 + mp.exp(-t)) if name == "sigmoid" else one
    root = mp.sqrt(1 - t * t) if name in ("asin", "acos") else one
    base = {"log2": mp.log(2), "log10": mp.log(10)}.get(name, one)
    return f.chain(*{
        "sin": lambda: (mp.sin(t), mp.cos(t), -mp.sin(t)),
        "cos": lambda: (mp.cos(t), -mp.sin(t), -mp.cos(t)),
        "tan": lambda: (mp.tan(t), 1 + mp.tan(t) ** 2, 2 * mp.tan(t) * (1 + mp.tan(t) ** 2)),
        "asin": lambda: (mp.asin(t), 1 / root, t / root**3),
        "acos": lambda: (mp.acos(t), -1 / root, -t / root**3),
        "atan": lambda: (mp.atan(t), 1 / (1 + t * t), -2 * t / (1 + t * t) ** 2),
        "sinh": lambda: (mp.sinh(t), mp.cosh(t), mp.sinh(t)),
        "cosh": lambda: (mp.cosh(t), mp.sinh(t), mp.cosh(t)),
        "tanh": lambda: (mp.tanh(t), mp.sech(t) ** 2, -2 * mp.tanh(t) * mp.sech(t) ** 2),
        "exp": lambda: (mp.exp(t),) * 3,
        "sqrt": lambda: (mp.sqrt(t), 1 / (2 * mp.sqrt(t)), -1 / (4 * t * mp.sqrt(t))),
        "sigmoid": lambda: (s, s * (1 - s), s * (1 - s) * (1 - 2 * s)),
    }.get(name, lambda: (mp.log(t) / base, 1 / t / base, -1 / t**2 / base))())  # fmt: skip


def power(f: Long, exponent: float) -> Long:
    t = f.parts[0]
    if (t == 0 and exponent < 2) or (t < 0 and exponent != int(exponent)):
        raise UndefinedError
    n = int(exponent) if exponent == int(exponent) else mp.mpf(exponent)
    second = n * (n - 1) * t ** (n - 2) if n != 2 else mp.mpf(2)
    return f.chain(t**n, n * t ** (n - 1), second)


CONSTANTS = ["2", "0.5", "3", "1.25", "7", "0.0625", "100", "0.3"]
EXPONENTS = ["2", "3", "4", "7", "-1", "-2", "-3", "0.5", "1.5", "2.5", "-0.5", "1"]


@st.composite
def formulas(draw, depth=3):
    """(text, function of two Longs); constants stand only beside variables, so none are folded."""
    kind = draw(st.sampled_from(["leaf", "scaled", "op", "call", "call", "power"])) if depth else "leaf"
    if kind == "leaf":
        name = draw(st.sampled_from("xy"))
        return name, (lambda x, y: x) if name == "x" else (lambda x, y: y)
    text, f = draw(formulas(depth=depth - 1))
    if kind == "scaled":
        c, op = draw(st.sampled_from(CONSTANTS)), draw(st.sampled_from("+-*/"))
        return f"(({text}){op}{c})", lambda x, y: _operate(op, f(x, y), _long(float(c)))
    if kind == "power":
        n = draw(st.sampled_from(EXPONENTS))
        return f"({text})^({n})", lambda x, y: power(f(x, y), float(n))
    if kind == "op":
        other, g = draw(formulas(depth=depth - 1))
        op = draw(st.sampled_from("+-*/"))
        return f"(({text}){op}({other}))", lambda x, y: _operate(op, f(x, y), g(x, y))
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    if FUNCTIONS[name][0] == 1:
        return f"{name}({text})", lambda x, y: apply(name, [f(x, y)])
    other, g = draw(formulas(depth=depth - 1))
    return f"{name}({text}, {other})", lambda x, y: apply(name, [f(x, y), g(x, y)])


def _operate(op, a, b):
    return a + b if op == "+" else a - b if op == "-" else a * b if op == "*" else a / b


def exact_at(function, x: float, y: float):
    zero, one = mp.mpf(0), mp.mpf(1)
    return function(Long(mp.mpf(x), one, *(zero,) * 4), Long(mp.mpf(y), zero, one, *(zero,) * 3)).parts


def box_of(text: str, low, high) -> Jet:
    return enclosure(Surface(text), np.array([low], float), np.array([high], float))


def assert_inside(text, function, low, high, shares=((0, 0), (1, 1), (0.5, 0.5), (0.3, 0.8), (1, 0))):
    jet = box_of(text, low, high)
    low, high = np.array(low), np.array(high)
    for share in shares:
        x, y = np.clip(low + np.array(share) * (high - low), low, high).tolist()
        with mp.workdps(150):
            try:
                parts = exact_at(function, x, y)
            except (UndefinedError, OverflowError):
                continue
            assert not jet.flags[0] & VOID, f"{text} is defined at {(x, y)}"
            for row, part in enumerate(parts):
                inside = mp.mpf(float(jet.lo[row, 0])) - TINY <= part <= mp.mpf(float(jet.hi[row, 0])) + TINY
                assert inside, (
                    f"{text} at {(x, y)}: part {row} is {mp.nstr(part, 20)}, "
                    f"not in [{jet.lo[row, 0]!r}, {jet.hi[row, 0]!r}]"
                )


@given(formulas(), st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([0, 1e-12, 1e-6, 1e-3, 0.1, 1, 4]))
@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_everything_in_a_box_lies_within_its_bounds(formula, x, y, width):
    text, function = formula
    assert_inside(text, function, (x, y), (x + width, y + 0.7 * width))


PLACES = [0.0, 1e-9, 0.3, -0.7, 0.999999, -1 + 1e-12, 1 - 1e-14, 1.5707963, -3.14159265358, 40.0, -700.3,
          31415.92653589, 1e6 + 0.1, -123456789.1]  # fmt: skip


@pytest.mark.parametrize("name", sorted(n for n, (count, _) in FUNCTIONS.items() if count == 1))
@pytest.mark.parametrize("place", PLACES)
def test_bounds_of_each_function_hold_to_the_last_digit(name, place):
    for width in (0.0, 1e-15, 1e-9, 1e-3):
        assert_inside(f"{name}(x) + y", lambda x, y: apply(name, [x]) + y, (place, 0), (place + width, 1e-9))


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("place", [0.0, 1e-9, -1e-9, 0.5, -2.0, 1e5, -1e5])
def test_bounds_of_powers_hold(exponent, place):
    for low, high in ((place, place), (place, place + 1e-3), (place - 1e-3, place + 2)):
        assert_inside(f"x^({exponent})+y", lambda x, y: power(x, float(exponent)) + y, (low, 0), (high, 1))


@given(st.sampled_from(sorted(surfaces)), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_bounds_close_in_as_boxes_shrink(key, share_x, share_y):
    surface = surfaces[key]
    low = np.array([surface.x[0], surface.y[0]])
    sides = np.array([surface.x[1], surface.y[1]]) - low
    centre = low + np.array([share_x, share_y]) * sides
    gradient, hessian = surface.gradient(centre), surface.hessian(centre)
    if not np.isfinite(hessian).all():
        return
    widths = []
    for half in (1e-1, 1e-3, 1e-5, 1e-7, 0.0):
        jet = enclosure(surface, (centre - half * sides)[None], (centre + half * sides)[None])
        exact = np.array([surface.value(centre), *gradient, hessian[0, 0], hessian[0, 1], hessian[1, 1]])
        slack = 1e-10 * (1 + np.abs(exact).max())
        assert (jet.lo[:, 0] <= exact + slack).all()
        assert (jet.hi[:, 0] >= exact - slack).all()
        with np.errstate(invalid="ignore"):
            widths.append((jet.hi - jet.lo)[:, 0])
    for wide, narrow in itertools.pairwise(widths):
        assert (narrow <= wide * (1 + 1e-9) + 1e-12).all()
    assert (widths[-1] <= 1e-9 * (1 + np.abs(exact).max())).all()


@pytest.mark.parametrize("key", sorted(surfaces))
def test_derivatives_are_those_of_sympy(key):
    surface = surfaces[key]
    random = np.random.default_rng(5)
    points = np.stack([random.uniform(*surface.x, 300), random.uniform(*surface.y, 300)], axis=1)
    value, gradient, hessian = derivatives(surface, points)
    exists = np.isfinite(surface.value(points))
    assert (np.isfinite(value) == exists).all()
    for mine, theirs in ((value, surface.value(points)), (gradient, surface.gradient(points)),
                         (hessian, surface.hessian(points))):  # fmt: skip
        good = np.isfinite(theirs) & exists.reshape(-1, *(1,) * (theirs.ndim - 1))
        assert np.isfinite(mine[good]).all()
        size = 1 + np.abs(theirs[good]).max()
        assert np.abs(mine[good] - theirs[good]).max() <= 1e-12 * size


@pytest.mark.parametrize(
    ("text", "low", "high", "flag"),
    [("1/x", (-1, 0), (1, 1), TORN), ("log(x)", (-1, 0), (1, 1), TORN), ("log(x)", (-2, 0), (-1, 1), VOID),
     ("sqrt(x)", (-2, 0), (-1, 1), VOID), ("asin(x)", (2, 0), (3, 1), VOID), ("tan(x)", (1, 0), (2, 1), TORN),
     ("atan2(y, x)", (-1, -1), (-0.5, 1), TORN), ("x^0.5", (-1, 0), (1, 1), TORN),
     ("(x-y)^-2", (0, 0), (1, 1), TORN), ("1/x", (1, 0), (2, 1), 0), ("abs(x)", (-1, 0), (1, 1), 0),
     ("max(x, log(y))", (0, -2), (1, -1), VOID), ("x^y", (-2, 0), (-1, 1), VOID)],
)  # fmt: skip
def test_poles_and_holes_are_flagged(text, low, high, flag):
    jet = box_of(text, low, high)
    assert jet.flags[0] & flag == flag
    assert bool(jet.flags[0]) == bool(flag)
    if flag == TORN:
        assert not np.isfinite(jet.hi[3:, 0] - jet.lo[3:, 0]).all()


@pytest.mark.parametrize("text", ["abs(x)+y", "max(x,0)+y", "min(x,0)+y", "abs(x)^1.5+y", "sqrt(x^2+y^2)"])
def test_a_kink_has_all_slopes_in_between_and_no_second_derivative(text):
    jet = box_of(text, (-1e-3, -1e-3), (2e-3, 2e-3))
    for x in (-9e-4, 1.9e-3):
        slope = Surface(text).gradient((x, 1e-5))
        assert (jet.lo[1:3, 0] <= slope).all()
        assert (slope <= jet.hi[1:3, 0]).all()
    assert not np.isfinite((jet.hi - jet.lo)[3:, 0]).all()


@pytest.mark.parametrize("value", [0.0, 1e-300, 3.0])
def test_a_parameter_that_is_divided_by_may_be_anything(value):
    surface = Surface.from_formula("x^2/k + y^2", parameters={"k": value})
    jet = enclosure(surface, np.array([[-1.0, -1.0]]), np.array([[1.0, 1.0]]))
    assert value != 0 or jet.flags[0] & (VOID | TORN)
