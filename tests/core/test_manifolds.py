"""The lines through saddles, against the gradient flow followed by another integrator."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from landscape import Surface, surfaces
from landscape.geometry.critical_points import critical_points
from landscape.geometry.manifolds import manifolds


def ends_at(surface: Surface, start: np.ndarray, minima: np.ndarray) -> int | None:
    """Which minimum the flow dx/dt = −∇f reaches from a point; None if it leaves or stops elsewhere."""
    scale = 1 / np.abs(surface.hessian(minima)).max()

    def slope(_, at):
        return -surface.gradient(at)

    def near(_, at):
        return np.linalg.norm(minima - at, axis=1).min() - 1e-3 * surface.size

    def out(_, at):
        return 0.7 * surface.size - np.linalg.norm(at - [np.mean(surface.x), np.mean(surface.y)])

    if near(0, start) < 0:
        return int(np.linalg.norm(minima - start, axis=1).argmin())
    near.terminal = out.terminal = True
    solved = solve_ivp(slope, (0, 1e5 * scale), start, "Radau", events=(near, out), rtol=1e-9, atol=1e-11,
                       jac=lambda _, at: -surface.hessian(at))  # fmt: skip
    if not len(solved.t_events[0]):
        return None
    return int(np.linalg.norm(minima - solved.y[:, -1], axis=1).argmin())


def every(critical):
    *_, found = manifolds(critical)
    return found


def found(key: str):
    critical = critical_points(surfaces[key])
    return surfaces[key], critical, every(critical)


DIVIDED = ["himmelblau", "six_hump_camel", "styblinski_tang", "three_hump_camel", "double_well",
           "twin_valleys", "two_scales", "sharp_and_flat", "branin"]  # fmt: skip


@pytest.mark.parametrize("key", DIVIDED)
def test_stable_lines_separate_basins(key):
    surface, critical, lines = found(key)
    checked = 0
    for manifold in lines[:6]:
        # where the two unstable lines lead: the basins that meet at this saddle
        sides = [ends_at(surface, line[-1], critical.minima) for line in manifold.unstable]
        for line in manifold.stable:
            if None in sides or sides[0] == sides[1] or len(line) < 12:
                continue
            k = len(line) // 3
            along = line[k + 1] - line[k - 1]
            across = np.array([-along[1], along[0]]) / np.linalg.norm(along)
            reached = {ends_at(surface, line[k] + side * 2e-3 * surface.size * across, critical.minima)
                       for side in (-1, 1)}  # fmt: skip
            assert reached == set(sides), (manifold.saddle.position, line[k])
            checked += 1
    assert checked


@pytest.mark.parametrize("key", [*DIVIDED, "goldstein_price", "peaks", "mccormick", "rastrigin", "beale"])
def test_unstable_lines_end_at_minima_or_leave_the_domain(key):
    surface, critical, lines = found(key)
    assert len(lines) == len(critical.of("saddle"))
    for manifold in lines[:40]:
        for line in manifold.unstable:
            end = line[-1]
            distance = np.linalg.norm(critical.minima - end, axis=1).min()
            centre, half = np.mean([surface.x, surface.y], axis=1), np.ptp([surface.x, surface.y], axis=1) / 2
            outside = (np.abs(end - centre) >= half * (1 - 1e-9)).any()
            assert distance < 1e-3 * surface.size or outside, (manifold.saddle.position, end)


@pytest.mark.parametrize("key", DIVIDED)
def test_lines_start_at_the_saddle_along_its_eigenvectors_and_climb_or_fall(key):
    surface, _, lines = found(key)
    for manifold in lines:
        for pair, column, sign in ((manifold.stable, 1, 1), (manifold.unstable, 0, -1)):
            starts = []
            for line in pair:
                assert line[0].tolist() == manifold.saddle.position.tolist()
                direction = (line[1] - line[0]) / np.linalg.norm(line[1] - line[0])
                starts.append(direction)
                assert abs(direction @ manifold.saddle.eigenvectors[:, column]) > 0.99
                losses = surface.value(line)
                slack = 1e-9 * (1 + np.abs(losses).max())
                assert (sign * np.diff(losses) >= -slack).all()
                with pytest.raises(ValueError, match="read-only"):
                    line[0] = 0
            assert starts[0] @ starts[1] < -0.9


def test_the_y_axis_is_the_stable_manifold_of_the_symmetric_double_well():
    _, _, (manifold,) = found("twin_valleys")
    for line in manifold.stable:
        assert np.abs(line[:, 0]).max() < 1e-9
        assert abs(line[-1, 1]) >= 2
    ends = sorted(line[-1][0] for line in manifold.unstable)
    assert ends == pytest.approx([-1, 1], abs=1e-3)
    for line in manifold.unstable:
        assert np.abs(line[:, 1]).max() < 1e-9


def test_a_tilted_saddle_has_straight_lines_to_the_edge():
    critical = critical_points(Surface.from_formula("(x + y)^2 - 3(x - y)^2"))
    (manifold,) = every(critical)
    for line in manifold.stable:
        assert np.abs(line[:, 0] - line[:, 1]).max() < 1e-6
        assert np.abs(line[-1]).max() >= 2 - 1e-9
    for line in manifold.unstable:
        assert np.abs(line[:, 0] + line[:, 1]).max() < 1e-6


def test_known_curved_manifold():
    # ẋ = x + …: f = −x²/2 + (y − x²)²: stable line of the saddle (0, 0) is x = 0 exactly
    (manifold,) = (m for m in every(critical_points(Surface.from_formula("-x^2/2 + (y - x^2)^2 + x^4")))
                   if np.allclose(m.saddle.position, 0))  # fmt: skip
    for line in manifold.stable:
        assert np.abs(line[:, 0]).max() < 1e-6


@pytest.mark.parametrize("factor", ["1e8", "1e-8"])
def test_the_scale_of_the_loss_does_not_matter(factor):
    critical = critical_points(Surface.from_formula(f"{factor}*((x^2 - 1)^2 + (y - 0.2*x)^2)"))
    (manifold,) = every(critical)
    ends = sorted(line[-1].tolist() for line in manifold.unstable)
    assert ends == pytest.approx(np.array([[-1, -0.2], [1, 0.2]]), abs=2e-3)


@pytest.mark.parametrize(
    ("formula", "x", "y"),
    [("x^2 - y^2 - 0.3log(1 - x - y)", (-2, 2), (-2, 2)), ("x*y/sqrt(x^2 + y^2 + 1e-12)", (-2, 2), (-2, 2)),
     ("min(x^2 + y^2, (x - 1)^2 + y^2) + x*y", (-2, 2), (-2, 2)), ("x*y*exp(x*y)", (-3, 3), (-3, 3)),
     ("1000*x^2 - 0.001*y^2", (-2, 2), (-2, 2)), ("(x/1000)^2 - y^2", (-1000, 1000), (-1, 1))],
)  # fmt: skip
def test_difficult_surfaces_raise_nothing(formula, x, y):
    for manifold in every(critical_points(Surface.from_formula(formula, x, y))):
        for line in (*manifold.stable, *manifold.unstable):
            assert np.isfinite(line).all()
            assert len(line) >= 2


def test_nothing_to_follow_without_saddles():
    assert every(critical_points(surfaces["bowl"])) == ()
    assert every(critical_points(surfaces["monkey_saddle"])) == ()
