"""The minima found on a surface, against those known from the literature and REFERENCE.md."""

from __future__ import annotations

import numpy as np
import pytest

from landscape import Surface, surfaces
from landscape.geometry.minima import minima


def test_himmelblau_has_its_four():
    known = {(3.0, 2.0), (3.5844283403305, -1.8481265269644), (-3.7793102533777, -3.2831859912862),
             (-2.8051180869527, 3.1313125182506)}  # fmt: skip
    found = minima(surfaces["himmelblau"])
    assert len(found) == 4
    for point in known:
        assert np.hypot(*(found - point).T).min() < 1e-9


@pytest.mark.parametrize(
    ("key", "count"),
    [("six_hump_camel", 6), ("rastrigin", 121), ("styblinski_tang", 4), ("twin_valleys", 2),
     ("rosenbrock", 1),
     ("bowl", 1), ("three_hump_camel", 3), ("branin", 3), ("easom", 5), ("beale", 1), ("booth", 1),
     ("saddle", 2), ("sharp_and_flat", 2), ("monkey_saddle", 0), ("trough", 0), ("double_well", 2)],
)  # fmt: skip
def test_number_of_minima(key, count):
    assert len(minima(surfaces[key])) == count


def test_best_comes_first():
    camel = surfaces["six_hump_camel"]
    losses = camel.value(minima(camel))
    assert (np.diff(losses) >= 0).all()
    assert losses[:2] == pytest.approx([-1.0316284534899] * 2, abs=1e-12)
    well = surfaces["styblinski_tang"]
    assert minima(well)[0] == pytest.approx([-2.9035340277712] * 2, abs=1e-9)


@pytest.mark.parametrize("formula", ["x^2", "x + y", "7", "-x^2 - y^2", "x y", "x^2 - y^2", "log(-1 - x^2)"])
def test_no_strict_minimum_means_none(formula):
    assert minima(Surface.from_formula(formula)).shape == (0, 2)


def test_minima_outside_the_domain_do_not_count():
    assert len(minima(Surface.from_formula("(x - 3)^2 + y^2", x=(-2, 2)))) == 0
    assert len(minima(Surface.from_formula("(x - 1)^2 + y^2", x=(-2, 2)))) == 1


@pytest.mark.parametrize("key", sorted(surfaces))
def test_each_is_lower_than_all_around(key):
    surface = surfaces[key]
    for point in minima(surface):
        assert surface.x[0] <= point[0] <= surface.x[1]
        assert surface.y[0] <= point[1] <= surface.y[1]
        angles = np.linspace(0, 2 * np.pi, 24)
        around = point + 1e-3 * surface.size * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        values = surface.value(around)
        assert (values[np.isfinite(values)] > surface.value(point)).all()
