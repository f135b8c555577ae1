"""Plateaus: a small gradient over an area, for which no critical point near by is the reason."""

from __future__ import annotations

import numpy as np
import pytest

from landscape import Surface, surfaces
from landscape.geometry.critical_points import CriticalPoints, critical_points
from landscape.geometry.plateaus import FRACTION, plateaus

NONE = ["bowl", "ravine", "tilted_ravine", "saddle", "monkey_saddle", "twin_valleys", "double_well", "banana",
        "himmelblau", "booth", "matyas", "six_hump_camel", "three_hump_camel",
        "styblinski_tang", "mccormick", "rastrigin", "abs_valley", "trough", "log_barrier"]  # fmt: skip


@pytest.mark.parametrize("key", NONE)
def test_the_floor_of_a_well_or_of_a_valley_is_none(key):
    assert len(plateaus(surfaces[key])) == 0


@pytest.mark.parametrize(
    "formula",
    ["x^4 + y^4", "x^2 + y^2 + x*y", "-(x^2 + y^2)", "x*y", "x + y", "sin(x)*sin(y)", "x^2", "(x + 2y)^2",
     "exp(x) + exp(-x) + y^2", "x^6 + y^6", "abs(x) + abs(y)", "sqrt(x^2 + y^2)", "x^4 - y^4"],
)  # fmt: skip
def test_no_plateau_where_only_a_point_or_a_line_is_near(formula):
    assert len(plateaus(Surface.from_formula(formula))) == 0


@pytest.mark.parametrize(
    ("key", "on", "off"),
    [("easom", (0.5, 0.5), (3.1, 3.1)), ("easom", (6, 0.3), (2.4, 3.1)), ("peaks", (-2.9, 2.9), (0, 0)),
     ("plateau", (3, 3), (0.5, 0.5))],
)  # fmt: skip
def test_plateaus_of_the_catalogue(key, on, off):
    found = plateaus(surfaces[key])
    assert len(found) > 0
    assert found.holds(on)
    assert not found.holds(off)


def test_the_treads_of_terraces_are_plateaus_and_the_risers_are_not():
    found = plateaus(Surface.from_formula("sigmoid(20(x + 1)) + sigmoid(20(x - 1)) + 0.003x"))
    assert found.holds([(-1.8, 0), (0, 0.5), (1.8, -1)]).all()
    assert not found.holds([(-1, 0), (1, 0.7)]).any()
    assert len(found) == 3
    assert sum(plateau.area for plateau in found) == pytest.approx(found.mask.mean())


@pytest.mark.parametrize("factor", ["1e8", "1e-8", "3"])
@pytest.mark.parametrize("stretch", [1e-3, 1.0, 1e4])
def test_neither_the_loss_nor_the_domain_has_a_scale(factor, stretch):
    plain = plateaus(Surface.from_formula("1 - exp(-2(x^2 + y^2)) + 0.002x", (-3, 3), (-3, 3)))
    side = (-3 * stretch, 3 * stretch)
    text = f"{factor}*(1 - exp(-2((x/{stretch})^2 + (y/{stretch})^2)) + 0.002x/{stretch})"
    other = plateaus(Surface.from_formula(text, side, side))
    assert len(plain) == len(other) == 1
    assert (plain.mask != other.mask).mean() < 1e-3
    ratio = float(factor) / stretch
    assert other.typical_gradient == pytest.approx(plain.typical_gradient * ratio, rel=1e-6)
    assert other[0].mean_gradient == pytest.approx(plain[0].mean_gradient * ratio, rel=1e-3)


@pytest.mark.parametrize(
    "key", ["easom", "peaks", "plateau", "terraces", "cliff", "goldstein_price", "beale"]
)
def test_what_a_plateau_is(key):
    surface = surfaces[key]
    found = plateaus(surface, critical_points(surface))
    assert found.mask.shape[0] == found.mask.shape[1]
    side = len(found.mask)
    middles = (np.arange(side) + 0.5) / side
    low, sides = np.array([surface.x[0], surface.y[0]]), np.ptp([surface.x, surface.y], axis=1)
    grid = low + sides * np.stack(np.meshgrid(middles, middles), axis=-1)
    slope = np.hypot(*np.moveaxis(surface.gradient(grid), -1, 0))
    assert (slope[found.mask] < FRACTION * found.typical_gradient).all()
    assert (found.holds(grid) == found.mask).all()
    areas = [plateau.area for plateau in found]
    assert areas == sorted(areas, reverse=True)
    assert all(area >= 0.001 for area in areas)
    assert sum(areas) == pytest.approx(found.mask.mean())
    for plateau in found:
        assert 0 <= plateau.mean_gradient < FRACTION * found.typical_gradient
        for outline in plateau.outline:
            assert outline[0] == pytest.approx(outline[-1])
            assert (outline >= [surface.x[0] - 1e-9, surface.y[0] - 1e-9]).all()
            assert (outline <= [surface.x[1] + 1e-9, surface.y[1] + 1e-9]).all()


def test_the_first_outline_is_the_outer_one_and_encloses_the_area():
    surface = surfaces["easom"]
    for plateau in plateaus(surface):

        def size(line):
            x, y = line.T / np.ptp([surface.x, surface.y], axis=1)[:, None]
            return abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2

        sizes = [size(line) for line in plateau.outline]
        assert sizes[0] == max(sizes)
        assert sizes[0] - sum(sizes[1:]) == pytest.approx(plateau.area, abs=0.02)


def test_the_outer_outline_comes_first_even_if_a_hole_in_it_has_a_longer_line():
    formula = "exp(-30(sqrt(x^2 + y^2 + 1e-9) - 1.2 - 0.25cos(24*atan2(y, x + 1e-9)))^2)*(x^2 + y^2)"
    surface = Surface.from_formula(formula, (-2, 2.01), (-2, 2.01))
    for plateau in plateaus(surface, CriticalPoints(surface)):
        spans = [np.ptp(line, axis=0).prod() for line in plateau.outline]
        assert spans[0] == max(spans)


def test_points_outside_the_domain_and_nan_are_on_none():
    found = plateaus(surfaces["easom"])
    assert found.holds([(-1, 1), (7, 1), (np.nan, 1), (1, np.inf)]).tolist() == [False] * 4
    assert found.holds(np.zeros((2, 3, 2))).shape == (2, 3)
    with pytest.raises(ValueError, match="read-only"):
        found.mask[0, 0] = True


BROKEN = ["7", "0*x", "max(x^2 + y^2 - 1, 0)", "log(-1 - x^2)", "max(x, 0)", "log(x)", "exp(-100(x^2 + y^2))",
          "1/(x^2 + y^2)", "tan(x)", "1e200*(x^2-y^2)"]  # fmt: skip


@pytest.mark.parametrize("formula", BROKEN)
def test_flat_and_broken_surfaces_raise_nothing(formula):
    found = plateaus(Surface.from_formula(formula))
    assert found.mask.dtype == bool
    assert np.isfinite(found.typical_gradient)


@pytest.mark.parametrize(
    "formula", ["max(x, 0)", "max(x, 0)^2 + max(y, 0)", "exp(-20(x^2 + y^2))", "tanh(8x)"]
)
def test_a_region_without_any_slope_is_a_plateau(formula):
    assert plateaus(Surface.from_formula(formula)).holds((-1.7, -1.7))


def test_the_flat_floor_of_a_bowl_is_a_plateau():
    assert plateaus(Surface.from_formula("max(x^2 + y^2 - 1, 0)")).holds((0.3, 0.2))
