"""How far off a prediction was, in words, for balls that rest, fly off, stop, or are still on their way."""

from __future__ import annotations

import numpy as np
import pytest

from landscape import Adam, GradientDescent, descend, surfaces
from landscape.geometry.critical_points import critical_points
from landscape.predictions import verdicts
from landscape.surface import Surface

HIMMELBLAU = surfaces["himmelblau"]
MINIMA = [(3.0, 2.0), (-2.805118, 3.131312), (-3.77931, -3.283186), (3.584428, -1.848126)]


@pytest.mark.parametrize("pin", [(2.4, 2.3), (3.0, 2.0), (3.5, 3.0)])
def test_a_pin_nearest_to_the_minimum_that_was_reached_is_at_the_same(pin: tuple[float, float]) -> None:
    path = descend(HIMMELBLAU, GradientDescent(learning_rate=0.01), (3.2, 2.4), 300)
    known = critical_points(HIMMELBLAU)
    verdict = verdicts([path], [pin], known)[0]
    assert verdict.end == pytest.approx(MINIMA[0], abs=1e-6)
    assert verdict.words.endswith("; same minimum")
    apart = float(np.hypot(pin[0] - 3, pin[1] - 2))
    assert verdict.words.startswith("spot on" if apart < 1e-6 else f"{apart:.2g} away")


def test_the_others_are_another_minimum_and_a_ball_on_its_way_is_short_of_any() -> None:
    known = critical_points(HIMMELBLAU)
    rest = descend(HIMMELBLAU, GradientDescent(learning_rate=0.01), (3.2, 2.4), 300)
    for pin in MINIMA[1:]:
        assert "another minimum" in verdicts([rest], [pin], known)[0].words
    moving = descend(HIMMELBLAU, Adam(learning_rate=0.01), (0.0, 0.0), 10)
    assert "short of any minimum" in verdicts([moving], [MINIMA[0]], known)[0].words


def test_what_left_the_numbers_says_so_and_has_no_end() -> None:
    path = descend(surfaces["bowl"], GradientDescent(learning_rate=1e6), (1.0, 1.0), 100)
    assert path.status == "diverged"
    verdict = verdicts([path], [(0.0, 0.0)])[0]
    assert verdict.end is None
    assert verdict.words == f"diverged at step {path.ended_at}"


def test_what_stopped_in_a_hole_is_measured_where_it_was_last() -> None:
    surface = Surface.from_formula("log(x) + y^2", (-1.0, 2.0), (-1.0, 1.0))
    path = descend(surface, GradientDescent(learning_rate=0.5), (0.5, 0.1), 50)
    assert path.status == "undefined"
    verdict = verdicts([path], [(0.5, 0.1)])[0]
    assert verdict.end == tuple(path.points[path.last])
    assert f"stopped at step {path.ended_at}" in verdict.words


def test_without_knowledge_of_the_minima_there_is_the_distance_only() -> None:
    path = descend(surfaces["bowl"], GradientDescent(learning_rate=0.1), (1.0, 0.0), 200)
    assert verdicts([path, path], [(0.0, 0.0), (3.0, 4.0)])[1].words == "5 away"
    assert verdicts([], []) == []
