"""How often a field turns round along a loop, against fields whose degree is known."""

from __future__ import annotations

import numpy as np
import pytest

from landscape import Surface, surfaces
from landscape.geometry.winding import rectangle, winding

SQUARE = rectangle(np.array([-1.3, -1.1]), np.array([1.2, 1.4]))


def circle(centre=(0.0, 0.0), radius=1.0, corners=40, turns=1):
    angles = 2 * np.pi * turns * np.arange(corners * turns) / (corners * turns)
    return np.array(centre) + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def harmonic(n: int) -> str:
    """Re (x + iy)ⁿ: its gradient turns n − 1 times the other way round."""
    return {2: "x^2 - y^2", 3: "x^3 - 3x*y^2", 4: "x^4 - 6x^2*y^2 + y^4", 5: "x^5 - 10x^3*y^2 + 5x*y^4",
            6: "x^6 - 15x^4*y^2 + 15x^2*y^4 - y^6"}[n]  # fmt: skip


@pytest.mark.parametrize("loop", [SQUARE, circle(), circle((0.2, -0.3), 0.9, 3), circle(corners=400)])
@pytest.mark.parametrize("n", range(2, 7))
def test_harmonic_fields(n, loop):
    assert winding(Surface.from_formula(harmonic(n)), loop).number == 1 - n


@pytest.mark.parametrize(
    ("formula", "degree"),
    [("x^2 + y^2", 1), ("-x^2 - y^2", 1), ("x^2 + 1e6*y^2", 1), ("x^4 + y^4", 1), ("x^3 + y^2", 0),
     ("x + y", 0), ("exp(x + 2y)", 0), ("x*y", -1), ("x/(x^2 + y^2)", 2), ("log(x^2 + y^2)", 1),
     ("sqrt(x^2 + y^2)", 1), ("abs(x) - abs(y)", -1), ("abs(x) + y", 0), ("1e-100*x*y", -1),
     ("1e100*(x^2 + y^2)", 1), ("(x^2 + y^2 - 0.25)^2", 1), ("max(x^2 + y^2 - 0.5, 0)", 1)],
)  # fmt: skip
def test_other_fields(formula, degree):
    assert winding(Surface.from_formula(formula), SQUARE).number == degree


@pytest.mark.parametrize("factor", ["1e200", "1e-200"])
def test_products_of_slopes_beyond_the_range_of_floats(factor):
    assert winding(Surface.from_formula(f"{factor}*(x^2 + y^2)"), SQUARE).number == 1


def test_direction_and_start_of_the_loop():
    himmelblau = surfaces["himmelblau"]
    loop = circle((0, 0), 5.5)
    forward = winding(himmelblau, loop).number
    assert winding(himmelblau, np.roll(loop, 7, axis=0)).number == forward == 1
    assert winding(himmelblau, loop[::-1]).number == -forward
    assert winding(surfaces["monkey_saddle"], circle(turns=3)).number == -6


@pytest.mark.parametrize("distance", [1e-2, 1e-4, 1e-6, 1e-9])
@pytest.mark.parametrize(
    ("formula", "index"), [("{0}^2 + y^2", 1), ("{0}^2 - y^2", -1), ("{0}^3 - 3{0}*y^2", -2)]
)
def test_a_zero_very_near_to_the_loop_is_on_its_side_of_it(formula, index, distance):
    box = rectangle(np.array([-1.0, -1.0]), np.array([1.0, 1.0]))
    for place, number in ((1 - distance, index), (1 + distance, 0)):
        surface = Surface.from_formula(formula.format(f"(x - {place!r})"))
        assert winding(surface, box).number == number


@pytest.mark.parametrize("place", [(1.0, 0.3), (1.0, 1.0), (-0.7, 1.0)])
def test_a_zero_on_the_loop_is_refused_with_its_place(place):
    surface = Surface.from_formula(f"(x - ({place[0]}))^2 + (y - ({place[1]}))^2")
    found = winding(surface, rectangle(np.array([-1.0, -1.0]), np.array([1.0, 1.0])))
    assert found.number is None
    assert found.reason == "zero"
    assert found.place == pytest.approx(place, abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [("x^2", "zero"), ("7", "zero"), ("max(x, 0)", "zero"), ("log(x)", "undefined"), ("1/x + y", "undefined"),
     ("sqrt(1 - x^2 - y^2)", "undefined"), ("log(-1 - x^2)", "undefined"), ("tan(3x) + y^2", "undefined"),
     ("abs(x)", "kink"), ("max(x, -x) + y^2/4 - y^2/4", "kink"), ("atan2(y, x)", "undefined")],
)  # fmt: skip
def test_no_number_where_there_is_none(formula, reason):
    found = winding(Surface.from_formula(formula), SQUARE)
    assert found.number is None
    assert found.reason == reason
    assert found.place is not None


def test_a_kink_across_the_loop_is_no_hindrance_where_the_slope_only_bends():
    assert winding(Surface.from_formula("abs(x) + 3y"), SQUARE).number == 0
    assert winding(Surface.from_formula("abs(x) + y^2"), SQUARE).number == 1
    assert winding(Surface.from_formula("max(x^2 + y^2, (x - 0.1)^2 + y^2)"), SQUARE).number == 1


@pytest.mark.parametrize("seed", range(8))
def test_it_equals_the_sum_over_the_points_enclosed(seed):
    random = np.random.default_rng(seed)
    roots = random.uniform(-2, 2, (5, 2))
    surface = Surface.from_formula("sin(2x + 1)*cos(3y) + 0.3x*y")
    for low, high in zip(roots, roots + random.uniform(0.5, 3, (5, 2)), strict=True):
        found = winding(surface, rectangle(low, high)).number
        corners, share = rectangle(low, high), np.linspace(0, 1, 40_000, endpoint=False)[:, None]
        sides = np.roll(corners, -1, axis=0) - corners
        dense = np.concatenate([corner + share * side for corner, side in zip(corners, sides, strict=True)])
        g = surface.gradient(dense)
        angle = np.arctan2(g[:, 1], g[:, 0])
        steps = np.angle(np.exp(1j * np.diff(angle, append=angle[0])))
        assert np.abs(steps).max() < 1
        assert found == round(steps.sum() / (2 * np.pi))
