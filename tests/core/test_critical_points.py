"""Critical points against Newton's method from very many starts in 40 digits, and against exact algebra."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from geometry_oracles import assert_same, critical_by_newton, critical_of_polynomial

from landscape import Surface, surfaces
from landscape.geometry.critical_points import critical_points, finding_critical_points

# (surface, x, y, loss, λ₁, λ₂): REFERENCE.md and the literature.
HIMMELBLAU = [
    (3, 2, 0, 25.715728752538, 82.284271247462),
    (3.5844283403305, -1.8481265269644, 0, 28.690677156755, 105.41890833632),
    (-3.7793102533777, -3.2831859912862, 0, 70.714354744244, 133.78561521307),
    (-2.8051180869527, 3.1313125182506, 0, 64.840372770684, 80.550071778933),
    (3.385154183607, 0.073851879837749, 13.311926270406, -14.13517848545, 97.547878102602),
    (0.086677504555396, 2.8842547011748, 67.719150087526, -31.706622362774, 75.507609238232),
    (-3.0730257507644, -0.081353044287968, 104.01516291756, -39.651496256217, 72.435248068119),
    (-0.12796134673068, -1.9537149802446, 178.33723920193, -50.610239320366, 20.284049975935),
    (-0.27084459066735, -0.92303855647998, 181.61652152258, -45.60522929279, -16.066019667291),
]
COUNTS = {  # minima, maxima, saddles
    "six_hump_camel": (6, 2, 7), "styblinski_tang": (4, 1, 4), "rosenbrock": (1, 0, 0),
    "rastrigin": (121, 100, 220), "twin_valleys": (2, 0, 1), "himmelblau": (4, 1, 4), "branin": (3, 0, 2),
    "three_hump_camel": (3, 0, 2), "beale": (1, 0, 2), "goldstein_price": (4, 1, 4), "bowl": (1, 0, 0),
}  # fmt: skip
SMOOTH = sorted(set(surfaces) - {"trough", "monkey_saddle", "abs_valley"})


@pytest.mark.parametrize("key", SMOOTH)
def test_every_smooth_surface_of_the_catalogue(key):
    surface = surfaces[key]
    found = critical_points(surface)
    dense = 130 if key in ("rastrigin", "levy13", "ackley") else 70
    assert_same(found, critical_by_newton(surface, dense))
    assert not found.searching
    assert not found.lines
    assert not found.of("degenerate")
    assert found.proven
    if key != "log_barrier":  # a hole runs through its edge
        assert found.complete
        assert "✓" in found.sentence()


@pytest.mark.parametrize(("x", "y", "loss", "low", "high"), HIMMELBLAU)
def test_himmelblau_of_the_reference(x, y, loss, low, high):
    found = critical_points(surfaces["himmelblau"])
    assert len(found) == 9
    point = min(found, key=lambda p: math.dist(p.position, (x, y)))
    assert point.position == pytest.approx((x, y), abs=1e-9)
    assert point.loss == pytest.approx(loss, abs=1e-9)
    assert point.eigenvalues == pytest.approx((low, high), rel=1e-9)
    assert point.kind == ("minimum" if low > 0 else "maximum" if high < 0 else "saddle")


@pytest.mark.parametrize("key", sorted(COUNTS))
def test_counts_of_the_reference(key):
    found = critical_points(surfaces[key])
    assert tuple(len(found.of(kind)) for kind in ("minimum", "maximum", "saddle")) == COUNTS[key]


def test_places_of_the_reference():
    camel, well = critical_points(surfaces["six_hump_camel"]), critical_points(surfaces["styblinski_tang"])
    assert np.abs(camel.minima[:2]) == pytest.approx(np.array([[0.089842013100318, 0.71265640302074]] * 2),
                                                     abs=1e-12)  # fmt: skip
    assert camel[0].loss == pytest.approx(-1.0316284534899, abs=1e-12)
    assert well[0].loss == pytest.approx(-78.332331407543, abs=1e-11)
    levels = np.array([-2.9035340277712, 0.15673125678034, 2.7468027709908])
    assert {tuple(np.abs(levels[:, None] - p.position).argmin(axis=0)) for p in well} == {
        (i, j) for i in range(3) for j in range(3)
    }
    valley = critical_points(surfaces["rosenbrock"])[0]
    assert valley.eigenvalues == pytest.approx((0.399360767487633, 1001.600639232512), rel=1e-12)
    saddle = critical_points(surfaces["twin_valleys"]).of("saddle")[0]
    assert saddle.position.tolist() == [0, 0]
    assert saddle.eigenvalues.tolist() == [-4, 2]


def test_the_surfaces_that_are_not_smooth_or_not_isolated():
    monkey = critical_points(surfaces["monkey_saddle"])
    assert [(p.kind, p.index, p.position.tolist()) for p in monkey] == [("degenerate", -2, [0, 0])]
    assert not monkey.minima.size
    trough = critical_points(surfaces["trough"])
    assert [p.kind for p in trough] == ["maximum"]
    (circle,) = trough.lines
    assert circle.closed
    assert circle.kind == "minimum"
    assert np.hypot(*circle.points.T) == pytest.approx(np.ones(len(circle.points)), abs=1e-9)
    turns = np.unwrap(np.arctan2(*circle.points.T[::-1]))
    assert abs(turns[-1] - turns[0]) == pytest.approx(2 * math.pi, abs=1e-6)
    cone = critical_points(surfaces["ackley"])
    (tip,) = cone.singularities
    assert (tip.kind, tip.index, tip.is_lowest) == ("kink", 1, True)
    assert tip.position == pytest.approx((0, 0), abs=1e-9)
    assert cone.minima[0] == pytest.approx((0, 0), abs=1e-9)
    assert len(cone.minima) == 121
    valley = critical_points(surfaces["abs_valley"])
    assert len(valley) == 0
    assert valley.minima == pytest.approx(np.zeros((1, 2)), abs=1e-9)


def polynomial(seed: int, degree: int, scales=(1.0, 1.0), shift=(0.0, 0.0), every=True) -> str:
    """A random polynomial with short coefficients in (x − shift)/scale, typed as a sum of terms."""
    random = np.random.default_rng(seed)
    u, v = (f"({name} - {s})/{by}" if (s, by) != (0, 1) else name for name, s, by in
            zip("xy", shift, scales, strict=True))  # fmt: skip
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i) if i + j]
    terms = [
        f"{round(float(random.normal()), 2)}*({u})^{i}*({v})^{j}"
        for i, j in powers
        if every or random.random() < 0.6
    ]
    return " + ".join(terms).replace("+ -", "- ").replace(f"*({u})^0", "").replace(f"*({v})^0", "")


@pytest.mark.parametrize("degree", [2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(5))
def test_random_polynomials_against_a_resultant(degree, seed):
    surface = Surface.from_formula(polynomial(seed, degree))
    expected = critical_of_polynomial(surface)
    found = critical_points(surface)
    assert_same(found, expected)
    assert found.complete
    assert found.winding_number == sum(t.index for t in expected)


@pytest.mark.parametrize(
    ("x", "y", "scales", "shift"),
    [((0, 1000), (0, 1), (500, 0.5), (500, 0.5)), ((-2e-3, 1e-3), (-3e5, 3e5), (1e-3, 1e5), (0, 0)),
     ((999, 1001), (-51, -49), (1, 1), (1000, -50)), ((0, 3), (-0.2, 1.7), (1, 1), (0, 0)),
     ((-1e-6, 1e-6), (-1e-6, 1e-6), (1e-6, 1e-6), (0, 0)), ((-1e6, 1e6), (-1e6, 1e6), (1e6, 1e6), (0, 0))],
)  # fmt: skip
@pytest.mark.parametrize("seed", [11, 12])
def test_random_polynomials_on_other_domains(x, y, scales, shift, seed):
    surface = Surface.from_formula(polynomial(seed, 6, scales, shift, every=False), x, y)
    expected = critical_by_newton(surface, 60)
    found = critical_points(surface)
    assert_same(found, expected)
    assert found.complete


WAVES = [
    ("sin(2x + 1)*cos(3y) + 0.3*sin(x*y)", (-2, 2), (-2, 2)),
    ("sin(3x) + cos(2y + x) + 0.2*cos(5x - 4y)", (-3, 3), (-3, 3)),
    ("sin(x)*sin(y)*exp(-0.1*(x^2 + y^2))", (-6, 5), (-5, 6)),
    ("cos(x^2 + y) + sin(y^2 - x)", (-2.5, 2.5), (-2.5, 2.5)),
    ("exp(sin(3x)) * cosh(sin(2y)) + tanh(x*y)", (-2, 2), (-2, 2)),
    ("log(1 + x^2 + y^2) + 0.5*sin(4x)*sin(4y)", (-3, 3), (-3, 3)),
    ("atan(3x - y^2)^2 + 0.1*(x^2 + y^2)", (-3, 3), (-3, 3)),
    ("sqrt(1 + (x^2 - 1)^2 + 2y^2) + sigmoid(3x)*sin(2y)", (-2, 2), (-3, 3)),
    ("(x^2 + 3y^2)*exp(1 - x^2 - y^2)", (-3, 3), (-3, 3)),
    ("acos(x/4)*sin(5y) + asin(y/4)*x^2", (-2, 2), (-2, 2)),
    ("x*y/(1 + x^2 + 0.5y^4) + 2^(-x^2)", (-4, 4), (-4, 4)),
    ("sin(20x)*cos(20y)", (-1, 1), (-1, 1.03)),
]


@pytest.mark.parametrize(("formula", "x", "y"), WAVES)
def test_waves_and_other_smooth_functions(formula, x, y):
    surface = Surface.from_formula(formula, x, y)
    found = critical_points(surface)
    assert_same(found, critical_by_newton(surface, 80))
    assert found.complete


@pytest.mark.parametrize("seed", range(6))
def test_mixtures_of_gaussians(seed):
    random = np.random.default_rng(seed)
    places, widths = random.uniform(-2.5, 2.5, (6, 2)), 10 ** random.uniform(-1.3, 0.3, (6, 2))
    heights = random.normal(size=6)
    formula = " + ".join(
        f"({h:.3f})*exp(-((x - ({a:.3f}))/{s:.3f})^2 - ((y - ({b:.3f}))/{t:.3f})^2)"
        for h, (a, b), (s, t) in zip(heights, places, widths, strict=True)
    )
    surface = Surface.from_formula(f"{formula} + 0.02*x^2 + 0.03*y^2 - 0.01*x", (-3, 3), (-3, 3))
    near = (places[:, None] + widths[:, None] * random.normal(size=(6, 400, 2))).reshape(-1, 2)
    found = critical_points(surface)
    assert_same(found, critical_by_newton(surface, 70, near))
    assert found.complete


def test_eigenvectors_diagonalize_the_hessian():
    for key in ("himmelblau", "peaks", "goldstein_price"):
        for point in critical_points(surfaces[key]):
            hessian, vectors = surfaces[key].hessian(point.position), point.eigenvectors
            assert vectors.T @ vectors == pytest.approx(np.eye(2), abs=1e-12)
            size = np.abs(hessian).max()
            assert hessian @ vectors == pytest.approx(vectors * point.eigenvalues, abs=1e-9 * size)
            assert point.eigenvalues[0] <= point.eigenvalues[1]


def test_sequence_order_and_read_only_arrays():
    found = critical_points(surfaces["six_hump_camel"])
    assert len(found) == len(list(found)) == 15
    assert found[-1] is found.points[-1]
    assert found[1:3] == found.points[1:3]
    kinds = [point.kind for point in found]
    assert kinds == sorted(kinds, key=("minimum", "saddle", "maximum", "degenerate").index)
    for kind in ("minimum", "saddle", "maximum"):
        losses = [point.loss for point in found.of(kind)]
        assert losses == sorted(losses)
    assert (np.diff(surfaces["six_hump_camel"].value(found.minima)) >= -1e-15).all()
    for array in (found[0].position, found[0].eigenvalues, found[0].eigenvectors, found.minima,
                  critical_points(surfaces["trough"]).lines[0].points,
                  critical_points(surfaces["ackley"]).singularities[0].position):  # fmt: skip
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert all(isinstance(point.loss, float) for point in found)
    with pytest.raises(IndexError):
        found[99]


def test_what_a_descent_can_end_at():
    trough = critical_points(surfaces["trough"]).attractors
    assert [np.hypot(*line.T).round(9).tolist() == [1.0] * len(line) for line in trough] == [True]
    four = critical_points(surfaces["himmelblau"]).attractors
    assert [place.shape for place in four] == [(1, 2)] * 4


@pytest.mark.parametrize("formula", ["-abs(x)", "-abs(x) + y^2", "-abs(x^2 + y^2 - 1)"])
def test_the_crest_of_a_kink_attracts_nothing(formula):
    found = critical_points(Surface.from_formula(formula))
    surface = found.surface
    for line in found.attractors:
        middle, angles = line[len(line) // 2], np.arange(12)
        beside = middle + 0.05 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        assert surface.value(beside).min() > surface.value(middle) - 0.02


def test_sentences():
    assert critical_points(surfaces["himmelblau"]).sentence() == (
        "4 minima + 1 maximum − 4 saddles = 1, expected 1 ✓"
    )
    assert critical_points(surfaces["bowl"]).sentence() == "1 minimum = 1, expected 1 ✓"
    assert critical_points(surfaces["monkey_saddle"]).sentence() == "− 2 (degenerate) = −2, expected −2 ✓"
    plane = critical_points(Surface.from_formula("x + y"))
    assert plane.sentence().startswith("no isolated critical point")
    assert plane.complete
    barrier = critical_points(surfaces["log_barrier"]).sentence()
    assert "No check by the edge" in barrier
    assert "✓" not in barrier


def test_they_come_one_after_another_and_only_the_last_says_so():
    states = list(finding_critical_points(surfaces["rastrigin"]))
    assert len(states) > 3
    counts = [len(state) for state in states]
    assert counts == sorted(counts)
    assert any(0 < count < 441 for count in counts)
    assert [state.searching for state in states] == [True] * (len(states) - 1) + [False]
    for state in states[:-1]:
        assert not state.complete
        assert "✓" not in state.sentence()


def test_himmelblau_takes_less_than_three_tenths_of_a_second():
    critical_points(surfaces["himmelblau"])
    begin = time.perf_counter()
    critical_points(surfaces["himmelblau"])
    assert time.perf_counter() - begin < 0.3
