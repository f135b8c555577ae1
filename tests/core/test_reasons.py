"""Why a rule did what it did: every sentence from both sides of its threshold, with numbers that hold."""

from __future__ import annotations

import re
import time
from functools import cache

import numpy as np
import pytest

from landscape import (
    AdaGrad,
    Adam,
    AdamW,
    Cosine,
    Exponential,
    GradientDescent,
    Momentum,
    RMSProp,
    Scene,
    Schedule,
    Surface,
    descend,
    make_optimizer,
    surfaces,
)
from landscape.geometry.critical_points import critical_points
from landscape.geometry.plateaus import plateaus
from landscape.optimizers import RULES
from landscape.race import solve
from landscape.reasons import Reason, reasons
from landscape.resources import scene_files


@cache
def shape(surface):
    critical = critical_points(surface)
    return critical, plateaus(surface, critical)


def explained(surface, rule, start, steps=200, **more):
    surface = surfaces[surface] if isinstance(surface, str) else surface
    path = descend(surface, rule, start, steps, **more)
    return path, reasons(path, *shape(surface), most=20)


def said(found: tuple[Reason, ...], topic: str) -> Reason | None:
    return next((reason for reason in found if reason.topic == topic), None)


def numbers(sentence: str) -> list[float]:
    return [float(text.replace("−", "-")) for text in re.findall(r"−?\d+\.?\d*(?:e−?\d+)?", sentence)]


def test_zigzag_counts_the_signs_of_its_stretch_and_knows_the_rules_own_limit():
    path, found = explained("ravine", GradientDescent(0.098), (-2, 1), 60)
    reason = said(found, "zig-zag")
    signs = np.sign(path.gradients[:, 1])
    assert f"of g_y changed {(signs[1:] != signs[:-1]).sum()} of 60 steps" in reason.sentence
    assert reason.sentence.endswith("; αλ₁ = 1.96, just under the limit 2.")
    assert reason.steps == (0, 60)
    assert said(explained("ravine", GradientDescent(0.045), (-2, 1), 60)[1], "zig-zag") is None
    below = said(explained("ravine", GradientDescent(0.06), (-2, 1), 60)[1], "zig-zag")
    assert below.sentence.endswith("; αλ₁ = 1.2, below the limit 2.")
    ewma = said(explained("ravine", Momentum(1.85), (-2, 1), 60)[1], "zig-zag")
    assert ewma.sentence.endswith("; αλ₁ = 37, just under the limit 38.")
    above = said(explained("ravine", GradientDescent(0.102), (-2, 1), 60)[1], "zig-zag")
    assert above.sentence.endswith("; αλ₁ = 2.04, above the limit 2.")


def test_a_zigzag_that_ends_is_told_where_it_was():
    path, found = explained("ravine", GradientDescent(0.097), (-2, 1), 200, schedule=Exponential(gamma=0.98))
    first, last = said(found, "zig-zag").steps
    across = path.gradients[:, 1]
    flips = (across[1:] * across[:-1] < 0) & (np.abs(across[1:]) > 1e-9 * np.abs(across).max())
    assert first == 0
    assert 15 <= last <= 60
    assert flips[last - 1]
    assert not flips[last:].any()


def test_instability_and_divergence_name_the_limit_and_the_rise():
    path, found = explained("ravine", GradientDescent(0.103), (-1.8, 0.2), 80)
    assert found[0].topic == "stability"
    assert found[0].sentence == (
        "Unstable on steps 0–80: αλ₁ = 2.06, above the limit 2; the loss rose from 2.02 to 4477."
    )
    assert path.losses[80] == pytest.approx(4477, abs=0.5)
    assert said(explained("ravine", GradientDescent(0.0995), (-1.8, 0.2), 80)[1], "stability") is None
    path, found = explained("rosenbrock", GradientDescent(0.1), (-1.2, 1.0), 80)
    assert found[0].topic == "divergence"
    assert re.match(
        rf"Diverged at step {path.ended_at}: from step \d+ on αλ₁ = .*, above the limit 2; the loss rose",
        found[0].sentence,
    )
    _, found = explained("monkey_saddle", GradientDescent(0.1), (0.9, 0.05), 500)
    assert "downhill: the loss fell to −" in found[0].sentence
    _, found = explained("rosenbrock", GradientDescent(1e200), (-1.2, 1.0), 5)
    assert found == (Reason("divergence", found[0].sentence, (0, 0)),)


def test_plateau_of_a_rule_that_scales_with_the_gradient_and_of_those_that_do_not():
    path, found = explained("plateau", GradientDescent(0.05), (2.6, 2.4), 400)
    slope, typical, step = numbers(said(found, "plateau").sentence)[1:]
    first, last = said(found, "plateau").steps
    assert (first, last) == (0, 400)
    assert slope == pytest.approx(np.median(np.hypot(*path.gradients[first:last].T)), rel=0.05)
    assert step == pytest.approx(0.05 * slope, rel=0.05)
    assert slope < 0.05 * typical
    _, found = explained("plateau", Adam(0.04), (2.6, 2.4), 400)
    assert said(found, "plateau") is None, "too few steps to be a reason"
    _, found = explained("plateau", Adam(0.01), (2.6, 2.4), 400)
    assert ", but divided by √v̂ a step stays 0.01" in said(found, "plateau").sentence
    _, found = explained("plateau", AdaGrad(0.004), (0.5, 0.5), 50)
    assert said(found, "plateau") is None, "begins in the pit"
    _, found = explained("bowl", GradientDescent(0.05), (-1.6, 1.2), 400)
    assert said(found, "plateau") is None, "the floor of a valley is none"
    no_plateaus = reasons(path, shape(path.surface)[0], None, most=20)
    assert said(no_plateaus, "plateau") is None


def test_a_step_on_a_plateau_that_the_slope_does_not_explain():
    shelf = Surface.from_formula("sigmoid(-3x) + 0y", x=(-6, 6), y=(-1, 1))
    _, found = explained(shelf, Momentum(0.01, beta=0.995, form="classical"), (-0.5, 0.0), 150)
    reason = said(found, "plateau")
    assert "but velocity or noise keeps a step at" in reason.sentence


def test_saddle_passage_has_prediction_and_observation():
    _, found = explained("double_well", GradientDescent(0.03), (0.03, 0.5), 300)
    reason = said(found, "saddle")
    *_, observed, predicted, offset = numbers(reason.sentence)
    assert reason.steps[1] - reason.steps[0] == observed
    assert predicted == pytest.approx(observed, abs=2)
    assert offset < 0.25
    _, found = explained("double_well", GradientDescent(0.03), (0.9, 0.5), 300)
    assert said(found, "saddle") is None
    path, _ = explained("double_well", GradientDescent(0.03), (0.03, 0.5), 300)
    assert said(reasons(path, most=20), "saddle") is None


def test_stuck_exactly_on_the_ridge_and_merely_slow_beside_it():
    path, found = explained("twin_valleys", GradientDescent(0.1), (0.0, 1.5), 200)
    assert found[0].sentence == (
        "Stuck at the saddle (0, 0): exactly on its ridge, g has no component that leads off it."
    )
    assert not path.gradients[:, 0].any()
    assert found[0].steps[1] == 200
    _, found = explained("twin_valleys", GradientDescent(0.01), (1e-9, 0.1), 200)
    assert found[0].sentence.startswith("Still at the saddle (0, 0) after 200 steps; predicted: 497")


@pytest.mark.parametrize(
    ("rule", "length", "says"),
    [
        (Adam(0.05), 0.05, "The first step is α = 0.05 in each coordinate, whatever the gradient"),
        (AdamW(0.05, weight_decay=0.001), 0.05, "The first step is α = 0.05 in each"),
        (AdaGrad(0.05), 0.05, "The first step is α = 0.05 in each"),
        (RMSProp(0.05, rho=0.99), 0.5, "The first step is α/√(1−ρ) = 0.5 in each"),
        (Adam(0.05, bias_correction=False), 0.158, "first step is 3.16 α in each coordinate"),
    ],
)
def test_first_step_of_a_rule_that_normalizes_is_told_where_it_is_so(rule, length, says):
    path, found = explained("bowl", rule, (-1.6, 1.2), 20)
    reason = said(found, "first step")
    assert says in reason.sentence
    assert np.abs(path.points[1] - path.points[0]) == pytest.approx(length, rel=0.01)
    assert reason.steps[0] == 0
    _, found = explained("bowl", rule, (-1.6e-9, 1.2e-9), 20)
    assert said(found, "first step") is None, "ε is larger than the gradient"


def test_without_bias_correction_the_steps_still_grow():
    path, found = explained(Surface.from_formula("3x + 2y"), Adam(0.01, bias_correction=False), (0, 0), 40)
    reason = said(found, "first step")
    assert reason.sentence.endswith("; step 12 is 6.57 α.")
    assert reason.steps == (0, 12)
    assert np.abs(np.diff(path.points[:, 0])).argmax() == 11


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Momentum(0.1), "is 0.1 × gradient"),
        (Momentum(0.1, nesterov=True), "is 0.19 × gradient"),
        (Momentum(0.1, bias_correction=True), "is as long as gradient"),
        (Momentum(0.1, nesterov=True, bias_correction=True), "is as long as gradient"),
        (Momentum(0.1, form="classical"), "is as long as gradient"),
        (Momentum(0.1, form="classical", nesterov=True), "is 1.9 × gradient"),
    ],
)
def test_first_step_of_every_momentum_beside_gradient_descents(rule, says):
    path, found = explained("bowl", rule, (-1.6, 1.2), 20)
    reason = said(found, "first step")
    assert says in reason.sentence
    assert numbers(reason.sentence)[0] == pytest.approx(
        np.hypot(*(path.points[1] - path.points[0])), rel=0.01
    )
    assert said(explained("bowl", GradientDescent(0.1), (-1.6, 1.2), 20)[1], "first step") is None


def test_overshoot_goes_uphill_away_from_the_minimum_and_comes_back():
    path, found = explained("bowl", Momentum(0.5), (-1.6, 1.2), 200)
    reason = said(found, "momentum")
    assert reason.sentence.startswith("Overshot ")
    first, last = reason.steps
    away = np.hypot(*path.points.T)
    assert (np.diff(away[first : last + 1]) > 0).all()
    assert numbers(reason.sentence)[-2:] == pytest.approx([away[first], away[last]], rel=0.05)
    assert away[-1] < away[last]
    assert said(explained("bowl", Momentum(0.02, beta=0.5), (-1.6, 1.2), 200)[1], "momentum") is None
    gradient_descent = explained("ravine", GradientDescent(0.098), (-1.6, 1.2), 60)[1]
    assert said(gradient_descent, "momentum") is None, "it crosses the floor, but every step goes downhill"
    unstable = explained("ravine", Momentum(2.2), (-1.6, 1.2), 60)[1]
    assert said(unstable, "momentum") is None, "swings that grow are no overshoot"


def test_speed_of_velocity_beside_gradient_descent():
    path, found = explained(
        Surface.from_formula("0.1x + 0y", x=(-9, 9)), Momentum(0.01, form="classical"), (5, 0), 100
    )
    reason = said(found, "momentum")
    assert "a step is 10 × gradient descent's α‖g‖: the velocity adds up slopes" in reason.sentence
    assert np.hypot(*(path.points[60] - path.points[59])) == pytest.approx(10 * 0.01 * 0.1, rel=0.01)
    _, found = explained(Surface.from_formula("0.1x + 0y", x=(-9, 9)), Momentum(0.01), (5, 0), 100)
    assert said(found, "momentum") is None, "the ewma form does not add up"
    weak = Momentum(0.01, beta=0.45, form="classical")
    _, found = explained(Surface.from_formula("0.1x + 0y", x=(-9, 9)), weak, (5, 0), 100)
    assert said(found, "momentum") is None, "1/(1−β) is below 2"


def test_jitter_of_a_constant_step_and_none_where_it_fades():
    path, found = explained("himmelblau", RMSProp(0.05), (-1.4, -0.45), 300)
    reason = said(found, "jitter")
    radius = numbers(reason.sentence)[0]
    centre = (path.points[-60:].min(axis=0) + path.points[-60:].max(axis=0)) / 2
    around = np.hypot(*(path.points[-60:] - centre).T)
    assert around.max() == pytest.approx(radius, rel=0.05)
    assert "divided by √s, a step stays 0.071, 1.4 α" in reason.sentence
    _, found = explained("himmelblau", RMSProp(0.05), (-1.4, -0.45), 300, schedule=Exponential(gamma=0.97))
    assert said(found, "jitter") is None
    assert said(explained("himmelblau", GradientDescent(0.01), (-1.4, -0.45), 300)[1], "jitter") is None


def test_a_kink_keeps_gradient_descent_hopping():
    _, found = explained("abs_valley", GradientDescent(0.2), (-1.3, 2.4), 300)
    reason = said(found, "jitter")
    assert reason.sentence.startswith("Jitters by ±0.1 around (0, 0) for the last ")
    assert reason.sentence.endswith("‖g‖ does not fade (1), so a step stays 0.2.")
    assert said(found, "zig-zag") is None, "said once"


def test_decay_that_came_too_early_and_one_that_did_not():
    path, found = explained("bowl", GradientDescent(0.05), (1.5, 1.0), 300, schedule=Exponential(gamma=0.95))
    reason = said(found, "schedule")
    highest, lowest, slope, away = numbers(reason.sentence)
    assert reason.sentence.startswith("Came to rest too early: α fell from 0.05 to ")
    assert slope == pytest.approx(np.hypot(*path.gradients[-1]), rel=0.05)
    assert away == pytest.approx(np.hypot(*path.points[-1]), rel=0.05)
    assert path.learning_rates[reason.steps[0]] <= 0.01 * highest < path.learning_rates[reason.steps[0] - 1]
    assert lowest == pytest.approx(path.learning_rates[-1], rel=0.05)
    _, found = explained("bowl", GradientDescent(0.5), (1.5, 1.0), 300, schedule=Exponential(gamma=0.95))
    assert said(found, "schedule") is None, "it had arrived"
    _, found = explained("bowl", GradientDescent(0.05), (1.5, 1.0), 300, schedule=Exponential(gamma=0.99))
    assert said(found, "schedule") is None, "α is still above a hundredth"
    _, found = explained("bowl", GradientDescent(1e-6), (1.5, 1.0), 300, schedule=Exponential(gamma=0.95))
    assert said(found, "schedule") is None, "it would not have got anywhere anyway"


def test_warm_up():
    _, found = explained("bowl", GradientDescent(0.1), (1.5, 1.0), 100, schedule=Schedule(warm_up=10))
    assert said(found, "schedule").sentence.startswith("Warm-up: α rises from 0.01 to 0.1 over 10 steps")
    _, found = explained("bowl", GradientDescent(0.1), (1.5, 1.0), 100, schedule=Schedule(warm_up=4))
    assert said(found, "schedule") is None


def test_noise_floor_and_noise_that_does_not_matter():
    path, found = explained("bowl", GradientDescent(0.1), (1.5, 1.0), 300, noise=0.1)
    reason = said(found, "noise")
    slope, noise, count, above = numbers(reason.sentence)
    assert noise == pytest.approx(path.noise.std(), rel=0.05)
    assert slope == pytest.approx(np.median(np.hypot(*path.gradients[240:300].T)), rel=0.05)
    assert count == 60
    assert above == pytest.approx(path.losses[-60:].mean() - path.losses.min(), rel=0.05)
    _, found = explained("bowl", GradientDescent(0.001), (1.5, 1.0), 300, noise=0.01)
    assert said(found, "noise") is None, "the slope is far above the noise"
    _, found = explained("bowl", GradientDescent(0.1), (1.5, 1.0), 300)
    assert said(found, "noise") is None


def test_end_names_the_minimum_and_whether_a_lower_one_is_known():
    _, found = explained("double_well", GradientDescent(0.1), (1.5, 0.5), 300)
    end = said(found, "end")
    assert end.sentence.startswith("Reached the minimum (0.987, 0) at step ")
    assert end.sentence.endswith("loss 0.0596 at the end; the lowest of 2 known has −0.0604.")
    _, found = explained("double_well", GradientDescent(0.1), (-1.5, 0.5), 300)
    assert said(found, "end").sentence.endswith("loss −0.0604 at the end; none of the 2 known is lower.")
    _, found = explained("bowl", GradientDescent(0.1), (-1.5, 0.5), 300)
    assert said(found, "end").sentence.endswith("loss 0 at the end; the only one.")
    _, found = explained("bowl", GradientDescent(0.1), (0.0, 0.0), 300)
    sentence = "Began and stayed in the minimum (0, 0): loss 0 at the end; the only one."
    assert said(found, "end").sentence == sentence
    _, found = explained("trough", GradientDescent(0.05), (0.15, 0.1), 300)
    assert said(found, "end").sentence.startswith("Reached the line of minima at (0.8")


def test_end_of_one_that_is_still_on_its_way():
    path, found = explained("bowl", GradientDescent(0.01), (-1.5, 0.5), 100)
    end = said(found, "end")
    fell, count, away = numbers(end.sentence)
    assert end.sentence.startswith("Not there yet")
    assert fell == pytest.approx(path.losses[80] - path.losses[100], rel=0.05)
    assert count == 20
    assert away == pytest.approx(np.hypot(*path.points[-1]), rel=0.05)
    assert "minimum" not in said(reasons(path), "end").sentence, "none is known"


def test_off_the_map_and_back():
    path, found = explained("bowl", GradientDescent(0.02), (3.0, 0.0), 200)
    reason = said(found, "off the map")
    inside = int((path.points[:, 0] <= 2).argmax())
    assert reason.sentence == (
        f"Off the map on {inside} steps, from step 0, as far as (3, 0); back for good at step {inside}."
    )
    assert found[0] is not reason
    _, found = explained("bowl", GradientDescent(0.001), (3.0, 0.0), 200)
    assert found[0].topic == "off the map"
    assert found[0].sentence.endswith("as far as (3, 0); and outside at the end.")
    assert said(explained("bowl", GradientDescent(0.02), (2.0, 0.0), 200)[1], "off the map") is None


def test_holes_kinks_and_0_over_0():
    _, found = explained(Surface.from_formula("log(x) + y^2"), GradientDescent(2.0), (1.0, 0.0), 10)
    assert found[0].sentence == "Stopped at step 1: the loss is not defined here, after a step of 2."
    path, found = explained("bowl", RMSProp(0.1, epsilon=0.0), (1.0, 0.0), 5)
    assert found[0] == Reason("hole", "Stopped at step 0: its next step would be 0/0.", (0, 0))
    assert path.last == 0


def test_a_cliff_throws_once():
    path, found = explained("cliff", GradientDescent(0.4), (1.9, 1.6), 60)
    reason = said(found, "cliff")
    before, here, length = numbers(reason.sentence)[1:]
    step = reason.steps[0] + 1
    assert here == pytest.approx(np.hypot(*path.gradients[step]), rel=0.05)
    assert before == pytest.approx(np.hypot(*path.gradients[step - 1]), rel=0.05)
    assert length == pytest.approx(np.hypot(*(path.points[step + 1] - path.points[step])), rel=0.05)
    assert said(explained("cliff", GradientDescent(0.02), (1.9, 1.6), 60)[1], "cliff") is None


def test_weight_decay_holds_it_beside_the_minimum():
    pit = Surface.from_formula("(x - 1)^2 + (y - 1)^2", x=(-2, 2), y=(-2, 2))
    path, found = explained(pit, AdamW(0.05, weight_decay=2.0, beta2=0.9), (0.5, 0.5), 600)
    reason = said(found, "weight decay")
    slope, zero, pull = numbers(reason.sentence)
    assert zero == 0
    assert slope == pytest.approx(np.hypot(*path.gradients[-1]), rel=0.05)
    assert pull == pytest.approx(0.05 * 2.0 * np.hypot(*path.points[-1]), rel=0.05)
    assert said(explained(pit, AdamW(0.05, weight_decay=1e-6), (0.5, 0.5), 600)[1], "weight decay") is None


def test_nothing_special_and_no_step():
    path = descend(surfaces["bowl"], GradientDescent(0.5), (1, 1), steps=50)
    assert reasons(path) == (
        Reason(
            "nothing special",
            "Nothing special: the loss fell on 50 of 50 steps, from 1 to 7.89e−31.",
            (0, 50),
        ),
    )
    nothing = reasons(descend(surfaces["bowl"], Adam(), (1, 1), steps=0))
    assert nothing == (Reason("nothing special", "It took no step.", (0, 0)),)


def test_order_and_number():
    path, found = explained("ravine", GradientDescent(0.103), (-1.8, 0.2), 80)
    assert [reason.topic for reason in found] == ["stability", "off the map", "zig-zag"]
    assert reasons(path, *shape(path.surface), most=1) == found[:1]
    _, found = explained("double_well", GradientDescent(0.03), (0.025, 1.75), 300)
    assert [reason.topic for reason in found] == ["saddle", "end"]


@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("key", RULES)
@pytest.mark.parametrize("surface", sorted(set(surfaces) - {"levy13", "goldstein_price"}))
def test_every_path_has_short_sentences_without_holes_in_them(surface, key, noise):
    chosen = surfaces[surface]
    for rate, steps, schedule in (
        (0.01, 60, None),
        (1.0, 60, None),
        (0.1, 1, None),
        (0.1, 30, Cosine(over=20)),
    ):
        optimizer = make_optimizer(key, learning_rate=rate)
        path = descend(chosen, optimizer, chosen.start, steps, schedule, noise)
        for found in (reasons(path, *shape(chosen), most=20), reasons(path)):
            assert found
            for reason in found:
                first, last = reason.steps
                assert 0 <= first <= last <= path.last
                assert len(reason.sentence) <= 140
                assert reason.sentence.endswith(".")
                assert not re.search(r"nan|inf|= –|-\d", reason.sentence), reason.sentence


@pytest.mark.parametrize("file", scene_files(), ids=lambda file: file.stem)
def test_bundled_scenes_are_explained_in_no_time(file):
    race = next(solve(Scene.load(file)))
    race.surface.compile()
    critical, flat = shape(race.surface)
    for entry in race.entries:
        assert "nothing special" not in [reason.topic for reason in reasons(entry.path, critical, flat)]
        took = []
        for _ in range(3):
            begin = time.perf_counter()
            reasons(entry.path, critical, flat)
            took.append(time.perf_counter() - begin)
        assert min(took) < 0.02
