"""Paths and swarms: shapes, endings, noise, and what is refused."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from landscape import (
    Adam,
    Exponential,
    FieldError,
    GradientDescent,
    Momentum,
    RMSProp,
    Surface,
    descend,
    descend_many,
    make_optimizer,
    surfaces,
)
from landscape.optimizers import RULES

BOWL = surfaces["bowl"]


def test_shapes_and_first_row():
    path = descend(surfaces["himmelblau"], Adam(0.1), (0, -1), steps=30)
    assert path.points.shape == (31, 2)
    assert path.losses.shape == (31,)
    assert path.gradients.shape == (31, 2)
    assert path.noise.shape == (30, 2)
    assert path.learning_rates.shape == (30,)
    assert path.points[0].tolist() == [0, -1]
    assert path.losses == pytest.approx(path.surface.value(path.points), rel=1e-14)
    assert path.gradients == pytest.approx(path.surface.gradient(path.points), rel=1e-12, abs=1e-12)
    assert (path.steps, path.last, path.status, path.ended_at) == (30, 30, "ran", None)


@pytest.mark.parametrize("name", ["points", "losses", "gradients", "noise", "learning_rates"])
def test_arrays_are_read_only(name):
    path = descend(BOWL, Adam(), (1, 1), steps=3)
    with pytest.raises(ValueError, match="read-only"):
        getattr(path, name)[0] = 5
    with pytest.raises(AttributeError):
        path.status = "diverged"


@pytest.mark.parametrize(
    ("optimizer", "names"),
    [(GradientDescent(), []), (Momentum(), ["velocity", "taken"]), (RMSProp(), ["mean_square"]),
     (Adam(), ["first_moment", "second_moment", "taken"])],
)  # fmt: skip
def test_parts_are_the_rules_memory_at_each_step(optimizer, names):
    path = descend(BOWL, optimizer, (1.0, -2.0), steps=5)
    assert list(path.parts) == names
    for part in path.parts.values():
        assert part.shape == (6, 2)
        assert part[0].tolist() == [0, 0]
    if "velocity" in names:
        assert path.parts["velocity"][1] == pytest.approx([0.1, -0.2])
        assert path.parts["taken"][:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    if "second_moment" in names:
        assert path.parts["second_moment"][1] == pytest.approx([0.001, 0.004])


def test_step_by_step_it_is_the_rule_on_the_gradient():
    surface, optimizer = surfaces["beale"], Adam(0.02)
    path = descend(surface, optimizer, (1.0, 1.5), steps=40, noise=0.3, seed=9)
    state = optimizer.init(path.points[0])
    for k in range(40):
        gradient = surface.gradient(path.points[k]) + path.noise[k]
        step, state = optimizer.update(gradient, state, path.points[k])
        assert path.points[k + 1] == pytest.approx(path.points[k] + step, rel=1e-12)


def test_no_steps_is_the_start_alone():
    path = descend(BOWL, Adam(), (1, 1), steps=0)
    assert path.points.tolist() == [[1, 1]]
    assert path.losses.tolist() == [1]
    assert (path.status, path.last) == ("ran", 0)
    assert descend_many(BOWL, Adam(), [(1, 1), (2, 2)], steps=0).points.shape == (1, 2, 2)


@pytest.mark.parametrize("steps", [10_000_000, -1, 2.5, "9", None, True, math.nan])
def test_bad_number_of_steps_is_refused_at_once(steps):
    began = time.process_time()
    for run in (descend, descend_many):
        with pytest.raises(FieldError, match="step") as caught:
            run(BOWL, Adam(), [(1.0, 1.0)] if run is descend_many else (1.0, 1.0), steps=steps)
        assert caught.value.field == "steps"
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "start", [(1,), (1, 2, 3), "ab", None, 5, (math.nan, 0), (0, math.inf), (None, 1), ("a", "b"), (1j, 0)]
)
def test_bad_start_is_refused_by_name(start):
    with pytest.raises(FieldError, match="start") as caught:
        descend(BOWL, Adam(), start)
    assert caught.value.field == "start"


@pytest.mark.parametrize("noise", [-1, math.nan, math.inf, "loud", None, True])
def test_bad_noise_is_refused_by_name(noise):
    with pytest.raises(FieldError, match="noise") as caught:
        descend(BOWL, Adam(), (1, 1), steps=3, noise=noise)
    assert caught.value.field == "noise"


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None, True])
def test_bad_seed_is_refused_by_name(seed):
    with pytest.raises(FieldError) as caught:
        descend(BOWL, Adam(), (1, 1), steps=3, noise=0.1, seed=seed)
    assert caught.value.field == "seed"


@pytest.mark.parametrize("rate", [0, -0.1, math.nan, math.inf])
def test_learning_rate_that_makes_no_sense_never_starts(rate):
    with pytest.raises(FieldError, match="learning_rate"):
        make_optimizer("gradient_descent", learning_rate=rate)


@pytest.mark.parametrize("key", RULES)
@pytest.mark.parametrize("surface", ["rosenbrock", "goldstein_price", "ackley", "himmelblau"])
def test_absurd_learning_rate_ends_or_runs_but_never_fails(key, surface):
    path = descend(surfaces[surface], make_optimizer(key, learning_rate=1e9), (0.3, 0.4), steps=50)
    assert path.status in ("ran", "diverged")
    assert np.isfinite(path.points[: path.last + 1]).all()
    assert np.isfinite(path.losses[: path.last + 1]).all() or path.status == "diverged"


def test_start_outside_the_domain_is_walked_from():
    path = descend(BOWL, GradientDescent(0.5), (100.0, -50.0), steps=20)
    assert path.status == "ran"
    assert np.abs(path.points[-1]).max() < 1e-3


def test_divergence_is_told_with_its_step():
    """x ← (1 − αλ)x = −2x leaves the floats when ½x² passes 1.8e308: after 2^511·√2 … 2^512."""
    path = descend(Surface.from_formula("0.5x^2 + 0.5y^2"), GradientDescent(3.0), (1.0, 0.0), steps=2000)
    assert path.status == "diverged"
    assert path.ended_at in (512, 513)
    assert path.last == path.ended_at - 1
    assert np.isfinite(path.points[: path.ended_at]).all()
    assert np.isnan(path.points[path.ended_at :]).all()
    assert np.isnan(path.losses[path.ended_at :]).all()
    assert np.isnan(path.gradients[path.ended_at :]).all()


def test_steep_polynomial_diverges_within_few_steps():
    path = descend(surfaces["rosenbrock"], GradientDescent(1.0), (-1.2, 1.0), steps=500)
    assert path.status == "diverged"
    assert path.ended_at < 20


def test_hole_is_told_with_its_step_and_the_point_in_it_is_kept():
    """x ← x − α/x with x = 1, α = 2 steps to −1, where log does not exist."""
    path = descend(Surface.from_formula("log(x) + y^2"), GradientDescent(2.0), (1.0, 0.0), steps=10)
    assert (path.status, path.ended_at, path.last) == ("undefined", 1, 1)
    assert path.points[1].tolist() == [-1, 0]
    assert np.isnan(path.points[2:]).all()
    assert np.isnan(path.losses[1:]).all()


def test_start_in_a_hole_is_undefined_at_step_0():
    path = descend(surfaces["log_barrier"], Adam(), (-1.9, 0.0), steps=10)
    assert (path.status, path.ended_at, path.last) == ("undefined", 0, 0)
    assert path.points[0].tolist() == [-1.9, 0]
    assert np.isnan(path.gradients).all()


def test_ackleys_tip_has_no_gradient_and_is_told_as_such():
    assert descend(surfaces["ackley"], Adam(), (0.0, 0.0), steps=10).status == "undefined"


@pytest.mark.parametrize("key", RULES)
def test_ended_paths_keep_parts_in_step(key):
    path = descend(surfaces["log_barrier"], make_optimizer(key, learning_rate=5.0), (0.3, 1.4), steps=30)
    for part in path.parts.values():
        assert part.shape == (31, 2)
        assert np.isnan(part[path.last + 1 :]).all()


def test_same_seed_same_noise_for_every_rule():
    paths = [descend(BOWL, make_optimizer(key), (1, 1), steps=20, noise=0.5, seed=7) for key in RULES]
    for path in paths[1:]:
        assert (path.noise == paths[0].noise).all()
    assert (descend(BOWL, Adam(), (1, 1), steps=20, noise=0.5, seed=8).noise != paths[0].noise).any()


def test_noise_is_gaussian_of_the_given_size_and_gradients_stay_exact():
    path = descend(BOWL, GradientDescent(0.01), (1, 1), steps=20_000, noise=0.25)
    assert path.noise.std() == pytest.approx(0.25, rel=0.02)
    assert path.noise.mean() == pytest.approx(0, abs=0.01)
    assert abs((path.noise[:, 0] * path.noise[:, 1]).mean()) < 0.002
    assert path.gradients == pytest.approx(path.points, abs=1e-14)


def test_longer_race_begins_with_the_shorter_one():
    short, long = (descend(BOWL, Adam(), (1, 1), steps=n, noise=0.1, seed=3).points for n in (10, 25))
    assert long[:11].tolist() == short.tolist()


@pytest.mark.parametrize("key", RULES)
@pytest.mark.parametrize("surface", ["himmelblau", "ravine", "terraces", "abs_valley", "mccormick"])
def test_one_and_many_agree(key, surface):
    chosen, optimizer = surfaces[surface], make_optimizer(key, learning_rate=0.005)
    starts = [chosen.start, (0.4, 0.3), (1.1, 0.9)]
    schedule = Exponential(gamma=0.99)
    swarm = descend_many(chosen, optimizer, starts, steps=60, schedule=schedule)
    for index, start in enumerate(starts):
        path = descend(chosen, optimizer, start, steps=60, schedule=schedule)
        assert swarm.points[:, index] == pytest.approx(path.points, rel=1e-9, abs=1e-9)
        assert swarm.losses[:, index] == pytest.approx(path.losses, rel=1e-9, abs=1e-9)
    assert (swarm.ended_at == -1).all()


def test_many_tells_which_ended_and_lets_the_others_run():
    starts = [(1.0, 0.0), (1.0, 0.5), (50.0, 0.0)]
    swarm = descend_many(Surface.from_formula("log(x) + y^2"), GradientDescent(2.0), starts, steps=5)
    assert swarm.ended_at.tolist() == [1, 1, -1]
    assert np.isnan(swarm.points[1:, :2]).all()
    assert np.isfinite(swarm.points[:, 2]).all()
    assert not swarm.points.flags.writeable


@pytest.mark.parametrize("starts", [[], [(1, 2, 3)], "ab", None, [(math.nan, 1.0)], 5.0])
def test_bad_starts_are_refused_or_empty(starts):
    if starts == []:
        assert descend_many(BOWL, Adam(), starts, steps=2).points.shape == (3, 0, 2)
        return
    with pytest.raises(FieldError) as caught:
        descend_many(BOWL, Adam(), starts, steps=2)
    assert caught.value.field.startswith("start")


def test_one_rule_per_path():
    with pytest.raises(FieldError, match="learning_rate"):
        descend(BOWL, Adam(learning_rate=np.array([0.1, 0.2])), (1, 1), steps=3)
