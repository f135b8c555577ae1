"""Surfaces made to mislead a search for critical points: it may fail to finish, but never claim too much."""

from __future__ import annotations

import numpy as np
import pytest
from geometry_oracles import assert_same, critical_by_newton, critical_of_polynomial, search

from landscape import Surface
from landscape.geometry.critical_points import critical_points


@pytest.mark.parametrize(
    ("formula", "x", "y", "kind"),
    [("x^2 + y^2", (0, 2), (-1, 1), "minimum"), ("x^2 + y^2", (0, 2), (0, 2), "minimum"),
     ("x^2 - y^2", (-2, 0), (0, 2), "saddle"), ("-(x-0.1)^2 - (y-0.7)^2", (0.1, 2), (-2, 0.7), "maximum"),
     ("x^3 - 3x*y^2", (0, 2), (-1, 1), "degenerate"),
     ("cos(x) + y^2", (3.141592653589793, 6), (0, 1), "minimum"),
     ("x^2 + y^2", (1e-10, 2), (-1, 1), "minimum")],
)  # fmt: skip
def test_a_point_on_the_edge_belongs_to_the_domain(formula, x, y, kind):
    found = search(formula, x, y)
    assert [point.kind for point in found] == [kind]
    assert found.complete


@pytest.mark.parametrize("outside", [4e-9, 1.5e-8, 3e-8, 1e-7, 1e-6, 1e-3])
def test_a_point_just_outside_is_neither_found_nor_said_to_be_missing(outside):
    found = search("x^2 + y^2", (outside, 2), (-1, 1))
    assert len(found) == 0
    assert "missing" not in found.sentence()


@pytest.mark.parametrize("half", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
@pytest.mark.parametrize("centre", [(0, 0), (0.3, -0.7)])
def test_three_points_very_close_together(half, centre):
    a, b = centre
    found = search(f"((x - ({a}))^2 - {half**2})^2 + (y - ({b}))^2")
    assert [point.kind for point in found] == ["minimum", "minimum", "saddle"]
    assert sorted(point.position[0] for point in found) == pytest.approx([a - half, a, a + half], abs=1e-9)
    assert found.complete


@pytest.mark.parametrize("half", ["1e-2", "1e-3", "1e-4", "1e-5"])
def test_three_points_close_together_in_expanded_form(half):
    bump = f"- 2*{float(half) ** 2:.0e}*(x^2 - 2x + 1)"
    surface = Surface.from_formula(f"x^4 - 4x^3 + 6x^2 - 4x + 1 {bump} + y^2")
    found = critical_points(surface)
    if found.complete:
        assert_same(found, critical_of_polynomial(surface))


DEGENERATE = [
    ("x^3 - 3x*y^2", -2, False), ("x^4 - 6x^2*y^2 + y^4", -3, False), ("x^5 - 10x^3*y^2 + 5x*y^4", -4, False),
    ("x^6 - 15x^4*y^2 + 15x^2*y^4 - y^6", -5, False), ("x*y*(x + y)*(x - y)", -3, False),
    ("x^4 + y^4", 1, True), ("(x^2 + y^2)^2", 1, True), ("x^2 + y^6", 1, True), ("-x^2 - y^4", 1, False),
    ("x^4 - y^4", -1, False), ("x^3 + y^2", 0, False), ("x^3 + y^3", 0, False), ("x^8 + y^8", 1, True),
    ("x^12 + y^2", 1, True), ("x^20 + y^20", 1, True), ("x^40 + y^2", 1, True),
    ("(y - x^2)*(y - 3x^2)", -1, False), ("y^2 - 3x^2*y + 2x^4", -1, False),
    ("cosh(x) - 1 - x^2/2 + y^4", 1, True),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "index", "lowest"), DEGENERATE)
@pytest.mark.parametrize("centre", [(0, 0), (0.3, -0.7)])
def test_one_degenerate_point(formula, index, lowest, centre):
    if centre != (0, 0):
        formula = formula.replace("x", "(x - 0.3)").replace("y", "(y + 0.7)")
    found = search(formula)
    assert [point.kind for point in found] == ["degenerate"]
    point = found[0]
    assert point.index == index
    assert point.is_lowest == lowest
    assert point.position == pytest.approx(centre, abs=1e-9)
    assert np.abs(point.eigenvalues).min() < 1e-6
    assert found.complete
    assert len(found.minima) == int(lowest)


@pytest.mark.parametrize(("formula", "index"), [("cos(3x^2) - y^2", 1), ("cos(3x^2) + y^2", -1)])
def test_a_wave_that_is_flat_at_its_crest_is_degenerate_there(formula, index):
    found = search(formula, (-0.5, 0.5), (-0.5, 0.5))
    assert [(point.kind, point.index) for point in found] == [("degenerate", index)]
    assert found[0].position == pytest.approx((0, 0), abs=1e-9)


EXPANDED = [  # off the origin, every term written out: rounding hides the point in a wide, flat spot
    ("x^4 - 4x^3 + 6x^2 - 4x + y^4 - 4y^3 + 6y^2 - 4y", (1, 1), 1),
    ("x^6 - 6x^5 + 15x^4 - 20x^3 + 15x^2 - 6x + y^2", (1, 0), 1),
    ("x^8 - 8x^7 + 28x^6 - 56x^5 + 70x^4 - 56x^3 + 28x^2 - 8x + y^2", (1, 0), 1),
    ("x^3 - 3x^2 + 3x - 3x*y^2 + 6x*y - 3x + 3y^2 - 6y", (1, 1), -2),
    ("cos(x)*cosh(y) - 1 + x^2/2 - y^2/2", (0, 0), -3), ("x^100 + y^100", (0, 0), 1),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "place", "index"), EXPANDED)
def test_a_degenerate_point_hidden_by_rounding_is_found_or_the_doubt_is_said(formula, place, index):
    found = search(formula)
    if found.flat_share:  # in floats, the gradient is zero all around
        assert not found.complete
    elif found.proven:
        assert [(point.kind, point.index) for point in found] == [("degenerate", index)]
        assert found[0].position == pytest.approx(place, abs=1e-9)
    else:
        assert not found.complete
        assert len(found.doubtful)


@pytest.mark.parametrize(
    ("formula", "kind", "away"),
    [("x^2", "minimum", lambda x, y: x), ("-(x + y)^2", "maximum", lambda x, y: x + y),
     ("x^2*exp(y)", "minimum", lambda x, y: x), ("(x^2 - y)^2", "minimum", lambda x, y: x * x - y),
     ("((x-0.3)^2 + (y+0.2)^2 - 0.49)^2", "minimum", lambda x, y: np.hypot(x - 0.3, y + 0.2) - 0.7),
     ("(x^2/2 + y^2 - 1)^2", "minimum", lambda x, y: x * x / 2 + y * y - 1),
     ("sin(3x)^2", None, lambda x, y: np.sin(6 * x)), ("sin(x*y)", None, lambda x, y: np.cos(x * y)),
     ("x^3", "degenerate", lambda x, y: x), ("x^4", "minimum", lambda x, y: x),
     ("(x^2 + y^2 - 1)^4", "minimum", lambda x, y: np.hypot(x, y) - 1)],
)  # fmt: skip
def test_whole_lines_are_reported_as_such(formula, kind, away):
    found = search(formula)
    assert len(found.lines) > 0
    assert len(found) <= 1
    for line in found.lines:
        assert np.abs(away(*line.points.T)).max() < 1e-5
        assert kind in (None, line.kind)
    if not found.lines[0].closed:
        assert not found.complete


@pytest.mark.parametrize("radius", [0.003, 0.005, 0.01, 0.015, 0.02, 0.05, 0.2, 1])
def test_a_circle_of_any_size_is_a_line_or_a_doubt(radius):
    found = search(f"(x^2 + y^2 - {radius**2:g})^2", (-1.6, 1.6), (-1.6, 1.6))
    assert found.lines or not found.proven
    assert [point.kind for point in found] == ["maximum"]


@pytest.mark.parametrize(("at", "width"), [(1.03, 1000), (1.012, 10000)])
def test_points_beside_a_line_are_not_swallowed_by_it(at, width):
    surface = Surface.from_formula(f"(x^2 + y^2 - 1)^2*(1 + 5exp(-{width}*((x - {at})^2 + y^2)))",
                                   (-1.6, 1.6), (-1.6, 1.6))  # fmt: skip
    found = critical_points(surface)
    near = np.random.default_rng(1).uniform((at - 0.04, -0.05), (at + 0.06, 0.05), (3000, 2))
    true = [t for t in critical_by_newton(surface, 40, near) if abs(np.hypot(t.x, t.y) - 1) > 2e-4]
    assert len(true) >= 3
    if found.proven:
        assert_same(found, true)


@pytest.mark.parametrize(
    ("formula", "name"),
    [("(x^2 + y^2 - 1)^2 + 1e-12*x", "tilted"), ("(x^2 + y^2 - 1)^2 + 1e-9*x", "tilted"),
     ("1e10*(y - x^2)^2 + (1 - x)^2", "valley"), ("1e13*(y - x^2)^2 + (1 - x)^2", "valley")],
)  # fmt: skip
def test_a_nearly_flat_floor_is_no_line_of_critical_points(formula, name):
    found = search(formula, (-1.6, 1.6), (-1.6, 1.6))
    if found.proven:
        assert not found.lines
        assert len(found) == (3 if name == "tilted" else 1)


@pytest.mark.parametrize(
    ("formula", "place", "index", "lowest"),
    [("abs(x) + abs(y)", (0, 0), 1, True), ("abs(x) - abs(y)", (0, 0), -1, False),
     ("sqrt((x-0.3)^2 + (y-0.7)^2)", (0.3, 0.7), 1, True), ("-sqrt(x^2 + y^2)", (0, 0), 1, False),
     ("sqrt(x^2 + y^2) + 0.5x", (0, 0), 1, True), ("abs(x)^1.5 + y^2", (0, 0), 1, True),
     ("abs(x) + x^2 + y^2", (0, 0), 1, True), ("max(x^2 + y^2, (x-1)^2 + y^2)", (0.5, 0), 1, True),
     ("min(x^2 + y^2, (x-1)^2 + y^2)", (0.5, 0), -1, False), ("(x^2 + y^2)^0.75", (0, 0), 1, True),
    ],
)  # fmt: skip
def test_a_kink_that_acts_like_a_critical_point(formula, place, index, lowest):
    found = search(formula)
    (tip,) = found.singularities
    assert (tip.kind, tip.index, tip.is_lowest) == ("kink", index, lowest)
    assert tip.position == pytest.approx(place, abs=1e-9)
    assert all(point.kind in ("minimum", "saddle") for point in found)


@pytest.mark.parametrize(
    "formula",
    ["abs(x + y) + abs(x - y)", "max(abs(x), abs(y))", "abs(x + y) + 2abs(x - y)", "max(x + y, -x + y, -2y)"],
)
def test_kinks_across_the_axes_leave_a_doubt_which_is_said(formula):
    found = search(formula)
    assert not found.proven
    assert not found.complete
    assert len(found.doubtful)


@pytest.mark.parametrize(
    "formula", ["sqrt(x^2 + y^2) + 2x", "abs(x) + y", "max(x, 2x) + y", "abs(x - y) + x + 3y"]
)
def test_a_kink_that_is_passed_over_makes_no_point(formula):
    found = search(formula)
    assert len(found) == len(found.singularities) == len(found.lines) == 0


@pytest.mark.parametrize(
    ("formula", "y", "tips"),
    [("abs(sin(7x)) + abs(sin(7y))", (-2, 2), 9 * 9), ("abs(sin(7x)) - abs(sin(7y))", (-2, 2), 9 * 9),
     ("sqrt(sin(7x)^2 + sin(7y)^2)", (-2, 2), 81), ("abs(abs(x) - 1) + abs(abs(y) - 1)", (-2, 2), 9),
     ("max(0, 1 - abs(x))*max(0, 1 - abs(y))", (-2, 2), 1),
     ("abs(sin(9x)) + cos(9y + 0.3)", (-0.9, 1.2), 66)],
)  # fmt: skip
def test_many_tips_are_found_or_doubted(formula, y, tips):
    found = search(formula, (-2, 2), y)
    assert len(found.singularities) >= tips or not found.proven


def test_no_tick_for_a_sawtooth_whose_tips_were_lost():
    wave = "abs(abs(abs(abs({0}) - 1) - 0.5) - 0.25)"
    formula = wave.format("x") + "+" + wave.format("y") + " + 0*x"
    found = search(formula, (-1.9, 1.9), (-1.9, 1.6))
    assert len(found.singularities) > 100 or not found.complete


@pytest.mark.parametrize(
    ("formula", "x", "points"),
    [("7", (-2, 2), 0), ("max(x^2 + y^2 - 1, 0)", (-2, 2), 0), ("max(x, 0) + max(y, 0)", (-2, 2), 0),
     ("exp(-100(x^2 + y^2))", (-10, 10), 1), ("min(x^2 + y^2, 1)", (-2, 2), 1), ("max(x, y, 0)", (-2, 2), 0),
     ("x - x", (-2, 2), 0), ("exp(-(x^2 + y^2))", (-40, 40), 1), ("sin(x)^2 + cos(x)^2", (-2, 2), 0)],
)  # fmt: skip
def test_flat_regions_are_no_points_and_get_no_tick(formula, x, points):
    found = search(formula, x, x)
    assert len(found) == points
    assert not found.complete
    assert found.flat_share > 0.1 or "cos" in formula


@pytest.mark.parametrize(
    ("formula", "index"),
    [("1/(x^2 + y^2)", 1), ("log(x^2 + y^2)", 1), ("x/(x^2 + y^2)", 2),
     ("1/((x-0.3)^2 + (y-0.1)^2) + x^2 + y^2", 1)],
)  # fmt: skip
def test_poles_are_singular_and_no_minima(formula, index):
    found = search(formula)
    assert [(place.kind, place.index, place.is_lowest) for place in found.singularities] == [
        ("pole", index, False)
    ]
    assert found.complete


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [("1/x", []), ("tan(x) + y^2", []), ("log(x)", []), ("sqrt(x) + y^2", []),
     ("x*log(x) + y^2", ["minimum"]),
     ("x^x + y^2", ["minimum"]), ("asin(x) + y^2", []), ("acos(x)*asin(y)", []), ("log(-1 - x^2)", []),
     ("sqrt(1 - x^2 - y^2)", ["maximum"]), ("1/(x*y) + x^2 + y^2", ["minimum"] * 2), ("atan2(y, x)", []),
     ("x^2 + y^2 - log(1 - x^2)", ["minimum"]), ("log(x*y)", [])],
)  # fmt: skip
def test_holes_and_poles_make_no_false_points(formula, kinds):
    found = search(formula)
    assert [point.kind for point in found] == kinds
    assert not found.complete
    assert not any(place.is_lowest for place in found.singularities)


@pytest.mark.parametrize("factor", ["1e8", "1e-8", "1e100", "1e-100", "1e200", "1e-200"])
def test_the_scale_of_the_loss_does_not_matter(factor):
    found = search(f"{factor}*((x^2 - 1)^2 + y^2)")
    assert [point.kind for point in found] == ["minimum", "minimum", "saddle"]
    assert found.complete


@pytest.mark.parametrize(
    ("formula", "x"),
    [("(x - 1e6 - 0.3)^4 + y^2", (1e6, 1e6 + 1)), ("(x - 1e8 - 0.3)^2 + y^2", (1e8, 1e8 + 1)),
     ("sqrt((x - 1e6 - 0.3)^2 + y^2)", (1e6, 1e6 + 1)), ("abs(x - 1e8 - 0.3) + y^2", (1e8, 1e8 + 1))],
)  # fmt: skip
def test_far_from_the_origin(formula, x):
    found = search(formula, x)
    assert len(found.minima) == 1
    assert found.minima[0] == pytest.approx((x[0] + 0.3, 0), abs=1e-7)


ENDLESS = ["sin(1/x)", "sin(1/x) + y^2", "sin(1e4*x) + y", "sin(1/(x^2 + y^2))", "x^2*sin(1/x) + y^2",
           "sin(100x*y)", "exp(60(x^2 + y^2))", "x^1000 + y^2", "exp(exp(x^2)) + y^2", "exp(cosh(3y + 9))",
           "exp(-1/x^2) + y^2", "max(sin(5x), cos(5y))", "sin(30x) + sin(30y) + sin(30(x + y))"]  # fmt: skip


@pytest.mark.parametrize("formula", ENDLESS)
def test_the_search_always_comes_to_an_end(formula):
    found = search(formula)
    if "1/" in formula:
        assert not found.complete
