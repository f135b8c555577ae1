"""What is said about a rule: the right sentence, with numbers that the path supports."""

from __future__ import annotations

import re

import numpy as np
import pytest

from landscape import (
    Adam,
    Exponential,
    GradientDescent,
    RMSProp,
    Scene,
    Surface,
    descend,
    make_optimizer,
    surfaces,
)
from landscape.optimizers import RULES
from landscape.race import solve
from landscape.remarks import remark
from landscape.resources import scene_files


def numbers(sentence: str) -> list[float]:
    return [float(text.replace("−", "-")) for text in re.findall(r"[-−]?\d+\.?\d*(?:e[-−+]?\d+)?", sentence)]


def test_start_tells_slope_and_first_step():
    path = descend(surfaces["bowl"], GradientDescent(0.1), (-1.6, 1.2), steps=5)
    sentence = remark(path, 0)
    assert sentence.startswith("At the start")
    assert "‖g‖ = 2," in sentence
    assert "0.2 long" in sentence


def test_zigzag_counts_the_signs_and_names_the_axis():
    path = descend(surfaces["ravine"], GradientDescent(0.098), (-2, 1), steps=60)
    sentence = remark(path, 40)
    signs = np.sign(path.gradients[20:41, 1])
    assert sentence.startswith(
        f"Zig-zag: the sign of g_y changed {(signs[1:] != signs[:-1]).sum()} of 20 steps"
    )
    assert "αλ₁ = 1.96, limit 2" in sentence


def test_zigzag_is_compared_with_each_rules_own_limit():
    surface, start = surfaces["ravine"], (-2, 1)
    ewma = descend(surface, make_optimizer("momentum", learning_rate=1.8), start, steps=60)
    assert remark(ewma, 40).endswith("; αλ₁ = 36, limit 38.")
    classical = make_optimizer("momentum", learning_rate=0.18, form="classical")
    assert remark(descend(surface, classical, start, steps=60), 40).endswith("; αλ₁ = 3.6, limit 3.8.")
    scaled = remark(descend(surface, RMSProp(0.05), start, steps=200), 200)
    value, limit = numbers(scaled.split("; scaled αλ₁ = ")[1])
    assert value == pytest.approx(2, rel=0.5), "RMSProp comes to rest around its limit"
    assert limit == 2
    kink = descend(Surface.from_formula("abs(x) + 0y"), GradientDescent(0.2), (0.1, 0.0), steps=60)
    assert remark(kink, 60) == "Zig-zag: the sign of g_x changed 20 of 20 steps, across a kink."


def test_settled_in_a_minimum():
    path = descend(surfaces["himmelblau"], GradientDescent(0.01), (2, 2), steps=300)
    assert remark(path, 300).startswith("Settling in a minimum: loss ")
    assert path.losses[300] < 1e-20, "also when only rounding is left of the gradient"


def test_stuck_at_a_saddle_tells_both_curvatures():
    path = descend(surfaces["twin_valleys"], GradientDescent(0.1), (0.0, 1.5), steps=200)
    sentence = remark(path, 200)
    assert sentence.startswith("Stuck at a saddle")
    assert numbers(sentence)[-2:] == [-4, 2]


def test_off_the_map_tells_where():
    path = descend(surfaces["bowl"], GradientDescent(0.1), (10.0, -4.0), steps=3)
    assert remark(path, 0) == "Off the map at (10, −4), loss 58."


def test_diverged_and_undefined_tell_the_step():
    path = descend(surfaces["rosenbrock"], GradientDescent(1.0), (-1.2, 1), steps=50)
    assert remark(path, 50) == f"Diverged: left the numbers at step {path.ended_at}."
    assert "Diverged" not in remark(path, 1)
    path = descend(Surface.from_formula("log(x) + y^2"), GradientDescent(2.0), (1.0, 0.0), steps=10)
    assert remark(path, 10) == "Stopped at step 1: the loss is not defined here."


def test_almost_no_gradient_is_told():
    path = descend(Surface.from_formula("1 - exp(-2(x^2 + y^2))"), Adam(0.1), (1.9, 1.9), steps=100)
    assert path.losses[-1] < 0.1, "the path ends in the pit, so that the plateau is small against it"
    assert remark(path, 3).startswith("Almost no slope")


def test_climbing_and_descending_print_the_change():
    path = descend(surfaces["bowl"], GradientDescent(0.02), (1.5, 1), steps=40)
    sentence = remark(path, 30)
    loss, change, steps = numbers(sentence)
    assert sentence.startswith("Descending")
    assert loss == pytest.approx(path.losses[30], rel=1e-3)
    assert change == pytest.approx(path.losses[20] - path.losses[30], rel=0.06)
    assert steps == 10


def test_no_movement_at_a_critical_point_is_not_called_descending():
    for surface, start in (("twin_valleys", (0.0, 0.0)), ("bowl", (0.0, 0.0))):
        path = descend(surfaces[surface], GradientDescent(0.1), start, steps=30)
        sentence = remark(path, 20)
        assert "nan" not in sentence
        assert not sentence.startswith(("Descending", "Climbing")), sentence


def test_a_kink_and_0_over_0_are_not_called_holes():
    path = descend(surfaces["ackley"], GradientDescent(0.1), (0.0, 0.0), steps=5)
    assert path.losses[0] == pytest.approx(0, abs=1e-12)
    assert remark(path, 3) == "Stopped at step 0: the loss has no slope here."
    path = descend(surfaces["bowl"], RMSProp(0.1, epsilon=0.0), (1.0, 0.0), steps=5)
    assert remark(path, 3) == "Stopped at step 0: its next step would be 0/0."


def test_a_decayed_rate_is_not_called_a_minimum():
    path = descend(
        surfaces["bowl"], GradientDescent(0.05), (1.5, 1.0), steps=200, schedule=Exponential(gamma=0.9)
    )
    assert np.hypot(*path.gradients[150]) > 0.5
    assert remark(path, 150).startswith("Hardly moving: the learning rate has decayed to")


def test_the_floor_of_a_valley_is_not_called_a_plateau():
    path = descend(surfaces["bowl"], Adam(0.05), (-1.6, 1.2), steps=150)
    assert not any(remark(path, step).startswith("Almost no slope") for step in range(151))


def test_passing_a_saddle_is_told():
    path = descend(surfaces["double_well"], GradientDescent(0.03), (0.025, 1.75), steps=300)
    assert remark(path, 120).startswith("Passing a saddle")
    assert remark(path, 300).startswith("Settling in a minimum")


@pytest.mark.parametrize("key", RULES)
@pytest.mark.parametrize("surface", sorted(surfaces))
@pytest.mark.parametrize("rate", [0.01, 0.5])
def test_every_step_of_every_race_has_one_finite_sentence(key, surface, rate):
    chosen = surfaces[surface]
    path = descend(chosen, make_optimizer(key, learning_rate=rate), chosen.start, steps=60)
    for step in (0, 1, 2, 9, 10, 30, 59, 60):
        sentence = remark(path, step)
        assert sentence
        assert "\n" not in sentence
        assert "nan" not in sentence, f"step {step}: {sentence}"


@pytest.mark.parametrize("steps", [0, 1])
def test_very_short_paths_have_a_sentence_too(steps):
    path = descend(surfaces["bowl"], Adam(), (1, 1), steps=steps)
    for step in range(steps + 1):
        assert "nan" not in remark(path, step)


@pytest.mark.parametrize("file", scene_files(), ids=lambda file: file.stem)
def test_bundled_scenes_have_something_to_say(file):
    race = next(solve(Scene.load(file)))
    for entry in race.entries:
        said = {remark(entry.path, step).split(":")[0] for step in range(race.scene.steps + 1)}
        assert len(said) >= 2
