"""The catalogue and surfaces of one's own: derivatives, known minima, domains, holes, shapes."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

from landscape import FieldError, FormulaError, LandscapeError, Surface, surfaces

ALL = sorted(surfaces)


def sample(surface: Surface, count: int = 6) -> np.ndarray:
    """Points of the domain where the surface exists, off its symmetry axes."""
    random = np.random.default_rng(11)
    points = np.stack([random.uniform(*surface.x, 4 * count), random.uniform(*surface.y, 4 * count)], axis=1)
    return points[np.isfinite(surface.value(points))][:count]


def long_decimals(surface: Surface):
    """The surface's value in 40-digit arithmetic; only the formula's tree is taken from the program."""
    names = ("x", "y", *(parameter.name for parameter in surface.parameters))
    value = sp.lambdify([sp.Symbol(name, real=True) for name in names], surface.expression.tree, "mpmath")
    return lambda x, y: value(x, y, *(mp.mpf(number) for number in surface.values))


@pytest.mark.parametrize("key", ALL)
def test_gradient_and_hessian_are_those_of_long_decimal_differences(key):
    surface = surfaces[key]
    points = sample(surface)
    gradients, hessians = surface.gradient(points), surface.hessian(points)
    with mp.workdps(40):
        value = long_decimals(surface)
        for point, loss, gradient, hessian in zip(
            points, surface.value(points), gradients, hessians, strict=True
        ):
            at = tuple(mp.mpf(float(coordinate)) for coordinate in point)
            exact = float(value(*at))
            slopes = [float(mp.diff(value, at, order)) for order in ((1, 0), (0, 1))]
            xx, xy, yy = (float(mp.diff(value, at, order)) for order in ((2, 0), (1, 1), (0, 2)))
            assert loss == pytest.approx(exact, rel=1e-12, abs=1e-11)
            assert gradient == pytest.approx(slopes, rel=1e-10, abs=1e-10)
            assert hessian == pytest.approx(np.array([[xx, xy], [xy, yy]]), rel=1e-10, abs=1e-9)
            at_one_point = surface.expression.gradient_at(*map(float, point), *surface.values)
            assert at_one_point == pytest.approx(slopes, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("key", ALL)
def test_catalogue_entry_is_complete(key):
    surface = surfaces[key]
    for text in (surface.title, surface.formula, surface.teaches, surface.source):
        assert text.strip()
    assert surface.key == key
    assert surface.teaches.endswith(".")
    assert "\n" not in surface.teaches
    assert surface.start is not None
    for coordinate, (low, high) in zip(surface.start, (surface.x, surface.y), strict=True):
        assert low < coordinate < high
    assert np.isfinite(surface.value(surface.start))
    assert np.isfinite(surface.gradient(surface.start)).all()
    assert np.hypot(*surface.gradient(surface.start)) > 1e-9, "nothing would move from here"
    for parameter in surface.parameters:
        assert parameter.low <= parameter.value <= parameter.high
        assert parameter.help.endswith(".")
        assert not parameter.log or parameter.low > 0
        for end in (parameter.low, parameter.high):
            assert np.isfinite(surface.with_parameters(**{parameter.name: end}).value(surface.start))


def test_catalogue_has_what_a_course_needs():
    assert len(surfaces) >= 25
    assert {"bowl", "ravine", "saddle", "double_well", "monkey_saddle", "plateau", "terraces", "cliff",
            "sharp_and_flat", "himmelblau", "rosenbrock", "beale", "six_hump_camel", "three_hump_camel",
            "styblinski_tang", "rastrigin", "ackley", "easom", "goldstein_price", "mccormick", "branin",
            "peaks"} <= set(surfaces)  # fmt: skip
    assert len({surface.title for surface in surfaces.values()}) == len(surfaces)


# Literature and REFERENCE.md: (surface, point, loss there); the gradient vanishes at each.
CRITICAL = [
    ("himmelblau", (3, 2), 0),
    ("himmelblau", (3.5844283403305, -1.8481265269644), 0),
    ("himmelblau", (-3.7793102533777, -3.2831859912862), 0),
    ("himmelblau", (-2.8051180869527, 3.1313125182506), 0),
    ("himmelblau", (3.385154183607, 0.073851879837749), 13.311926270406),
    ("himmelblau", (-0.27084459066735, -0.92303855647998), 181.61652152258),
    ("six_hump_camel", (0.089842013100318, -0.71265640302074), -1.0316284534899),
    ("six_hump_camel", (-0.089842013100318, 0.71265640302074), -1.0316284534899),
    ("styblinski_tang", (-2.9035340277712, -2.9035340277712), -78.332331407543),
    ("rosenbrock", (1, 1), 0),
    ("twin_valleys", (1, 0), 0),
    ("twin_valleys", (0, 0), 1),
    ("monkey_saddle", (0, 0), 0),
    ("easom", (math.pi, math.pi), -1),
    ("beale", (3, 0.5), 0),
    ("booth", (1, 3), 0),
    ("matyas", (0, 0), 0),
    ("goldstein_price", (0, -1), 3),
    ("mccormick", (-0.54719755119660, -1.54719755119660), -1.9132229549810),
    ("branin", (math.pi, 2.275), 0.39788735772974),
    ("branin", (-math.pi, 12.275), 0.39788735772974),
    ("rastrigin", (0, 0), 0),
    ("levy13", (1, 1), 0),
    ("three_hump_camel", (0, 0), 0),
    ("peaks", (0.22827892055637, -1.6255349575), -6.5511333328358),
]


@pytest.mark.parametrize(("key", "point", "loss"), CRITICAL)
def test_known_critical_point_is_one(key, point, loss):
    surface = surfaces[key]
    assert surface.value(point) == pytest.approx(loss, abs=1e-10)
    stiffness = np.abs(surface.hessian(point)).max()
    assert np.hypot(*surface.gradient(point)) <= 1e-10 * (1 + stiffness)


@pytest.mark.parametrize(
    ("key", "point", "eigenvalues"),
    [("himmelblau", (3, 2), (25.715728752538, 82.284271247462)),
     ("himmelblau", (0.086677504555396, 2.8842547011748), (-31.706622362774, 75.507609238232)),
     ("himmelblau", (-0.27084459066735, -0.92303855647998), (-45.60522929279, -16.066019667291)),
     ("rosenbrock", (1, 1), (0.399360767487633, 1001.600639232512)),
     ("twin_valleys", (0, 0), (-4, 2)),
     ("easom", (math.pi, math.pi), (3, 3)),
     ("monkey_saddle", (0, 0), (0, 0))],
)  # fmt: skip
def test_curvature_at_known_points(key, point, eigenvalues):
    assert np.linalg.eigvalsh(surfaces[key].hessian(point)) == pytest.approx(
        eigenvalues, rel=1e-11, abs=1e-11
    )


def test_plateau_and_cone_of_the_reference():
    assert np.hypot(*surfaces["easom"].gradient((0, 0))) == pytest.approx(2.4e-8, rel=0.02)
    near = surfaces["ackley"].gradient([(1e-7, 0), (0, -1e-7)])
    assert np.hypot(*near.T) == pytest.approx(2 * math.sqrt(2), rel=1e-5)
    assert np.isnan(surfaces["ackley"].gradient((0, 0))).any()
    assert surfaces["ackley"].value((0, 0)) == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("shape", [(), (1,), (5,), (0,), (3, 4), (2, 3, 4)])
def test_any_leading_shape_is_kept(shape):
    surface = surfaces["himmelblau"]
    points = np.random.default_rng(0).normal(size=(*shape, 2))
    assert surface.value(points).shape == shape
    assert surface.gradient(points).shape == (*shape, 2)
    assert surface.hessian(points).shape == (*shape, 2, 2)
    for index in np.ndindex(shape):
        assert surface.value(points)[index] == surface.value(points[index])


def test_constant_and_one_sided_formulas_fill_the_shape():
    points = np.zeros((3, 4, 2))
    for formula in ("7", "x", "y", "x + 2", "0x"):
        surface = Surface.from_formula(formula)
        assert surface.value(points).shape == (3, 4)
        assert surface.gradient(points).shape == (3, 4, 2)
        assert (surface.hessian(points) == 0).all()


@pytest.mark.parametrize("points", [1.0, [1.0], [1.0, 2.0, 3.0], [[1.0, 2.0, 3.0]], []])
def test_points_of_another_shape_are_refused(points):
    with pytest.raises(LandscapeError, match="shape"):
        surfaces["bowl"].value(points)


def test_points_are_not_changed_and_results_are_new():
    points = np.array([[1.0, 2.0]])
    first = surfaces["bowl"].value(points)
    first[:] = 99
    assert surfaces["bowl"].value(points)[0] == 2.5
    assert points.tolist() == [[1.0, 2.0]]


def test_holes_are_nan_and_silent():
    barrier = surfaces["log_barrier"]
    values = barrier.value([(-2, 0), (2, 2), (0, 0)])
    assert np.isnan(values).tolist() == [True, True, False]
    assert np.isnan(barrier.value([(np.nan, 0)])).all()


@pytest.mark.parametrize(
    ("domain", "word"),
    [((1, -1), "reversed"), ((1, 1), "empty"), ((0, 1e-300), "empty"), ((1e8, 1e8 + 1e-9), "empty"),
     ((-math.inf, 1), "finite"), ((0, math.inf), "finite"), ((math.nan, 1), "finite"), ((0, 1e30), "1e9"),
     ((1,), "two numbers"), ((1, 2, 3), "two numbers"), ("ab", "two numbers"), (None, "two numbers"),
     (5, "two numbers"), ((None, 1), "two numbers"), ((1j, 2), "two numbers")],
)  # fmt: skip
@pytest.mark.parametrize("axis", ["x", "y"])
def test_bad_domain_is_refused_by_name(axis, domain, word):
    with pytest.raises(FieldError, match=word) as caught:
        Surface.from_formula("x + y", **{axis: domain})
    assert caught.value.field == axis
    assert f"domain of {axis}" in str(caught.value)


def test_surface_cannot_be_changed_in_place():
    with pytest.raises(AttributeError):
        surfaces["bowl"].formula = "x"
    with pytest.raises(TypeError):
        surfaces["bowl"] = surfaces["ravine"]


def test_parameters_change_the_surface_and_leave_the_first_alone():
    ravine = surfaces["ravine"]
    steep = ravine.with_parameters(kappa=50)
    assert steep.value((0, 1)) == 25
    assert ravine.value((0, 1)) == 10
    assert steep.hessian((0, 0)).tolist() == [[1, 0], [0, 50]]


@pytest.mark.parametrize("number", [math.nan, math.inf, "3", True, None])
def test_bad_parameter_value_is_refused(number):
    with pytest.raises(FieldError) as caught:
        surfaces["ravine"].with_parameters(kappa=number)
    assert caught.value.field == "kappa"


def test_unknown_parameter_lists_the_known_ones():
    with pytest.raises(FieldError, match="kappa"):
        surfaces["ravine"].with_parameters(k=3)


@pytest.mark.parametrize("name", ["Himmelblau", "six-hump camel", " DOUBLE_WELL ", "Six Hump Camel"])
def test_catalogue_is_forgiving_about_spelling(name):
    assert surfaces[name].key in surfaces


@pytest.mark.parametrize(
    ("name", "near"), [("himelblau", "himmelblau"), ("rosenbrok", "rosenbrock"), ("acley", "ackley")]
)
def test_unknown_surface_suggests_the_nearest(name, near):
    with pytest.raises(LandscapeError, match=f"Did you mean {near}"):
        surfaces[name]
    assert name not in surfaces
    assert surfaces.get(name) is None


def test_formula_error_comes_with_the_surface_and_not_later():
    with pytest.raises(FormulaError):
        Surface.from_formula("x +")
