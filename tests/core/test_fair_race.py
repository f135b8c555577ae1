"""A fair race: levelled rates, the search for a rate, and what many starts say of a rule."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from landscape import (
    Adam,
    AdamW,
    FieldError,
    GradientDescent,
    Momentum,
    RMSProp,
    Schedule,
    Surface,
    Swarm,
    descend,
    descend_many,
    surfaces,
)
from landscape.fair_race import NEAR, POLICIES, Trial, Tuning, first_step, levelled, summary, tuned
from landscape.geometry.critical_points import critical_points
from landscape.optimizers import RULES
from landscape.race import starts
from landscape.scene import MoreStarts
from landscape.suggest import suggested_rate

EVERY_RULE = [
    *(rule() for rule in RULES.values()),
    Momentum(form="classical", nesterov=True),
    Momentum(bias_correction=True),
    Adam(bias_correction=False),
]


def search(surface: Surface, rule: object, points: object, steps: int = 60, **named: object) -> Tuning:
    *_, done = tuned(surface, rule, points, steps, **named)
    return done


# --- The first step ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "length"),
    [(GradientDescent(0.1), 0.1 * 5), (Momentum(0.1), 0.1 * (1 - 0.9) * 5),
     (Momentum(0.1, form="classical"), 0.1 * 5), (Momentum(0.1, bias_correction=True), 0.1 * 5),
     (Adam(0.1, epsilon=0.0), 0.1 * math.sqrt(2)), (RMSProp(0.1, 0.9, 0.0), 0.1 * math.sqrt(2 / 0.1)),
     (Adam(0.1, epsilon=0.0, bias_correction=False), 0.1 * 3.16227766 * math.sqrt(2))],
)  # fmt: skip
def test_first_step_is_as_long_as_the_formula_says(rule, length):
    assert first_step(rule, (3, -4), (0, 0)) == pytest.approx(length, rel=1e-8)
    assert first_step(rule, (3, -4), (0, 0), factor=0.25) == pytest.approx(length / 4, rel=1e-8)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, -1e6])
def test_along_one_axis_adams_first_step_is_the_learning_rate(gradient):
    assert first_step(Adam(0.1, epsilon=0.0), (gradient, 1e-300), (0, 0)) >= 0.1
    assert first_step(Adam(0.1), (gradient, 0), (0, 0)) == pytest.approx(0.1, rel=1e-4)
    assert first_step(RMSProp(0.1), (gradient, 0), (0, 0)) == pytest.approx(0.1 / math.sqrt(0.1), rel=1e-4)


@pytest.mark.parametrize("rule", EVERY_RULE, ids=repr)
def test_first_step_is_that_of_the_path(rule):
    surface, start, warm = surfaces["himmelblau"], (0.5, -1.0), Schedule(warm_up=4)
    path = descend(surface, rule, start, 1, warm)
    length = first_step(rule, surface.gradient(start), start, warm(0))
    assert np.hypot(*(path.points[1] - path.points[0])) == pytest.approx(length, rel=1e-12)


# --- Levelling -----------------------------------------------------------------------------------------


def test_every_policy_has_a_title_for_people():
    assert list(POLICIES) == ["own", "equal_rate", "equal_first_step", "tuned"]
    assert all(title[0].isupper() for title in POLICIES.values())


@pytest.mark.parametrize("policy", ["own", "tuned"])
def test_what_is_not_levelled_stays(policy):
    assert levelled(EVERY_RULE, policy, 0, (1, 2), (0, 0)) == tuple(EVERY_RULE)


def test_equal_rate_is_the_leaders_and_nothing_else_changes():
    rules = [GradientDescent(0.1), Momentum(0.2, beta=0.5), Adam(0.3)]
    found = levelled(rules, "equal_rate", 1, (0, 0), (0, 0))
    assert found == (GradientDescent(0.2), Momentum(0.2, beta=0.5), Adam(0.2))
    assert levelled([], "equal_rate", 0, (0, 0), (0, 0)) == ()


coordinates = st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6)


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    st.tuples(coordinates, coordinates),
    st.tuples(coordinates, coordinates),
    st.integers(0, len(EVERY_RULE) - 1),
    st.floats(1e-6, 1e3),
    st.floats(1e-3, 1.0),
)
def test_first_steps_are_equally_long_whoever_leads(gradient, position, leader, rate, factor):
    rules = list(EVERY_RULE)
    rules[leader] = replace(rules[leader], learning_rate=rate)
    found = levelled(rules, "equal_first_step", leader, gradient, position, factor)
    lengths = [first_step(rule, gradient, position, factor) for rule in found]
    wanted = first_step(rules[leader], gradient, position, factor)
    assert lengths == pytest.approx([wanted] * len(rules), rel=1e-12, abs=0)
    assert found[leader] == rules[leader]
    assert levelled(found, "equal_first_step", 0, gradient, position, factor) == found


@pytest.mark.parametrize("gradient", [(0.0, 0.0), (math.nan, 1.0), (math.inf, 1.0), (1e-320, 0.0)])
def test_without_a_usable_gradient_the_rates_stay_numbers_above_zero(gradient):
    rules = [GradientDescent(0.1), Momentum(0.2), Adam(0.3), Adam(0.3, epsilon=0.0), RMSProp(0.4)]
    for leader in range(len(rules)):
        found = levelled(rules, "equal_first_step", leader, gradient, (0, 0))
        assert found[leader] == rules[leader]
        assert all(0 < rule.learning_rate < math.inf for rule in found)
    if gradient[0] == 0:
        assert found == tuple(rules)


def test_rule_that_does_not_move_keeps_its_rate_while_the_decay_of_another_does():
    rules = [AdamW(0.1), GradientDescent(0.2)]
    assert levelled(rules, "equal_first_step", 0, (0, 0), (1, 1)) == tuple(rules)
    assert levelled(rules, "equal_first_step", 1, (0, 0), (1, 1)) == tuple(rules)


# --- The search ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kappa", [5.0, 20.0, 100.0])
@pytest.mark.parametrize("points", [[(-1.5, 1.0)], [(-1.5, 1.0), (1.0, 1.0), (0.7, -1.2)]], ids=["1", "3"])
def test_tuned_gradient_descent_is_near_the_best_rate_on_a_quadratic(kappa, points):
    # Few steps against κ: the descent must not end at rounding, where many rates are equally good.
    surface, steps = surfaces["ravine"].with_parameters(kappa=kappa), int(3 * kappa)
    done = search(surface, GradientDescent(3.0), points, steps)
    assert done.optimizer.learning_rate == pytest.approx(2 / (1 + kappa), rel=0.05)
    best = min(
        np.geomspace(0.5, 3, 300) / (1 + kappa),
        key=lambda rate: np.median(
            descend_many(surface, GradientDescent(rate), points, steps)
            .losses[-round(steps / 10) :]
            .mean(axis=0)
        ),
    )
    assert done.optimizer.learning_rate == pytest.approx(best, rel=0.03)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_search_finds_its_range_on_steep_and_on_flat_surfaces(scale):
    surface = Surface.from_formula("a*(x^2 + 10y^2)/2", parameters={"a": scale})
    done = search(surface, GradientDescent(), [(1.0, 1.0)], 30)
    assert done.optimizer.learning_rate == pytest.approx(2 / (11 * scale), rel=0.1)


@pytest.mark.parametrize("rule", EVERY_RULE, ids=repr)
@pytest.mark.parametrize("name", ["ravine", "himmelblau", "rosenbrock", "plateau", "double_well"])
def test_tuned_rule_comes_lower_than_the_suggested_one_and_stays_on_the_map(name, rule):
    surface = surfaces[name]
    done = search(surface, rule, [surface.start], 200)
    path = descend(surface, done.optimizer, surface.start, 200)
    suits = descend(surface, replace(rule, learning_rate=suggested_rate(surface, rule.key, surface.start)),
                    surface.start, 200)  # fmt: skip
    assert path.losses[-20:].mean() <= suits.losses[-20:].mean() + 1e-9 * abs(suits.losses[0])
    assert np.abs(path.points).max() < 3 * surface.size
    assert replace(done.optimizer, learning_rate=rule.learning_rate) == rule


@pytest.mark.parametrize("budget", [3, 5, 12, 24, 60])
@pytest.mark.parametrize("points", [[(1.0, 1.0)], [(1.0, 1.0), (-1.0, 0.5)]], ids=["1", "2"])
def test_budget_is_kept_and_every_trial_is_reported(budget, points):
    stages = list(tuned(surfaces["ravine"], Adam(), points, 20, budget=budget))
    assert [len(stage.trials) for stage in stages] == list(range(1, len(stages) + 1))
    assert len(stages) <= budget
    assert [stage.complete for stage in stages] == [False] * (len(stages) - 1) + [True]
    assert {stage.budget for stage in stages} == {budget}
    for before, after in pairwise(stages):
        assert after.trials[:-1] == before.trials
        lows = [min(trial.score for trial in stage.trials) for stage in (before, after)]
        assert lows[1] <= lows[0]
    rates = sorted(trial.learning_rate for trial in stages[-1].trials)
    assert all(high > 1.009 * low for low, high in pairwise(rates))
    assert all(rate == float(f"{rate:.3g}") for rate in rates)
    assert stages[-1].optimizer.learning_rate in rates


def test_evaluations_are_those_that_were_made():
    bowl, points = surfaces["bowl"], [(1.0, 1.0), (0.5, 0.5)]
    assert search(bowl, Adam(), points, 20, budget=6).evaluations == 6 * 20 * 2
    assert search(bowl, Adam(), points[:1], 20, budget=6).evaluations == 6 * 20
    done = search(bowl, GradientDescent(), points, 500, budget=6)  # with the larger rates it ends early
    assert 2 * 500 * 3 < done.evaluations < 2 * 500 * 6


def test_search_does_not_look_at_the_present_rate_and_repeats_itself():
    first, second = (
        search(surfaces["himmelblau"], Adam(rate), [(0, 0), (1, 1)], 50, noise=0.5, seed=3)
        for rate in (1e-9, 7.0)
    )
    assert first == second
    assert search(surfaces["himmelblau"], Adam(), [(0, 0), (1, 1)], 50, noise=0.5, seed=4) != first


def test_search_can_be_given_up_within_a_trial():
    run = tuned(surfaces["ravine"], Adam(), [(1, 1), (2, 1)], 1000)
    assert next(run) == Tuning(Adam(), (), 24, 0, complete=False)
    run.close()


def test_one_start_is_searched_as_many_are():
    alone = search(surfaces["ravine"], Adam(), [(1, 1)], 60)
    twice = search(surfaces["ravine"], Adam(), [(1, 1), (1, 1)], 60)
    assert alone.optimizer == twice.optimizer
    assert [trial.score for trial in alone.trials] == pytest.approx([trial.score for trial in twice.trials])


def test_score_is_the_mean_over_the_last_tenth_and_divergence_is_infinite():
    surface, points = surfaces["ravine"], [(1.0, 1.0), (0.5, 1.0), (-1.5, 0.2)]
    for trial in search(surface, Momentum(), points, 40).trials:
        swarm = descend_many(surface, Momentum(trial.learning_rate), points, 40)
        far = np.abs(swarm.points).max(axis=(0, 2)) > 3 * surface.size
        assert trial.diverged == 1 if far.all() else trial.diverged >= far.mean()
        if trial.diverged:
            assert math.isinf(trial.score) == (trial.diverged > 0.5)
        else:
            assert trial.score == pytest.approx(np.median(swarm.losses[-4:].mean(axis=0)))


def test_rate_that_runs_off_the_map_does_not_win_by_it():
    surface = Surface.from_formula("x^2 - 0.01*x^3 + y^2")  # bottomless far to the right
    done = search(surface, GradientDescent(), [(1.0, 1.0)], 10)
    path = descend(surface, done.optimizer, (1.0, 1.0), 10)
    assert np.hypot(*path.points[-1]) < 0.01
    assert any(trial.diverged for trial in done.trials)


def test_where_nothing_gets_through_the_rule_stays_as_it_was():
    done = search(surfaces["log_barrier"], Adam(0.123), [(5.0, 5.0)], 20)  # in a hole
    assert done.optimizer == Adam(0.123)
    assert done.complete
    assert {trial.score for trial in done.trials} == {math.inf}
    assert {trial.diverged for trial in done.trials} == {1.0}


def test_where_nothing_moves_the_rate_stays_near_what_suits():
    surface = surfaces["double_well"].with_parameters(tilt=0.0)
    done = search(surface, GradientDescent(), [(0.0, 0.0)], 20)
    suits = suggested_rate(surface, "gradient_descent", (0.0, 0.0))
    assert done.optimizer.learning_rate == pytest.approx(suits, rel=0.05)


def test_of_equal_ends_the_sooner_one_wins():
    # From 0.71 to 1.29 the loss of 300 steps on the bowl is exactly zero; 1 is there at once.
    done = search(surfaces["bowl"], GradientDescent(), [(1.0, 1.0)], 300)
    assert done.optimizer.learning_rate == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("points", "named", "field"),
    [([], {}, "starts"), ([(math.nan, 0)], {}, "starts"), ([(0, 0)], {"budget": 2}, "budget"),
     ([(0, 0)], {"budget": 5.0}, "budget"), ([(0, 0)], {"budget": True}, "budget"),
     ([(0, 0)], {"noise": -1.0}, "noise")],
)  # fmt: skip
def test_search_that_cannot_be_made_says_why(points, named, field):
    with pytest.raises(FieldError) as caught:
        search(surfaces["bowl"], Adam(), points, **named)
    assert caught.value.field == field


# --- Many starts ---------------------------------------------------------------------------------------


def swarm_of(losses: object, points: object = None, name: str = "bowl") -> Swarm:
    """A swarm with these losses `(steps+1, n)`, at these points or resting in the bowl."""
    losses = np.asarray(losses, dtype=float)
    points = np.zeros((*losses.shape, 2)) if points is None else np.asarray(points, dtype=float)
    points = np.where(np.isfinite(losses)[..., None], points, np.nan)
    lost = ~np.isfinite(losses)
    ended_at = np.where(lost.any(axis=0), lost.argmax(axis=0), -1)
    return Swarm(surfaces[name], GradientDescent(), points, losses, ended_at)


def test_quartiles_are_numpys_and_what_has_ended_is_infinitely_high():
    losses = np.random.default_rng(1).random((12, 9))
    found = summary(swarm_of(losses), 0.0, [(0, 0)])
    expected = np.percentile(losses, [25, 50, 75], axis=1)
    assert np.array([found.low, found.median, found.high]) == pytest.approx(expected)
    losses[5:, :3] = np.nan
    found = summary(swarm_of(losses), 0.0, [(0, 0)])
    expected = np.percentile(losses[:5], [25, 50, 75], axis=1)
    assert np.array([found.low, found.median, found.high])[:, :5] == pytest.approx(expected)
    assert np.isinf(found.high[5:]).all()
    assert np.isfinite(found.median[5:]).all()
    assert found.diverged == pytest.approx(3 / 9)


LOSSES = st.floats(0, 1e300, allow_subnormal=False)


@given(st.lists(st.one_of(LOSSES, st.just(math.nan)), min_size=1, max_size=8))
def test_quartiles_are_never_nan_and_in_order(row):
    found = summary(swarm_of([row, row]), 0.0, [])
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()


def test_losses_are_above_the_lowest():
    assert summary(swarm_of([[3.0], [2.0]]), -1.0, [(0, 0)]).median.tolist() == [4.0, 3.0]


def test_each_step_is_one_evaluation_and_the_search_is_shared_by_the_starts():
    swarm = swarm_of(np.ones((4, 2)))
    assert summary(swarm, 0.0, []).evaluations.tolist() == [0, 1, 2, 3]
    assert summary(swarm, 0.0, [], search_evaluations=30).evaluations.tolist() == [15, 16, 17, 18]


@pytest.mark.parametrize("tilt", [0.06, -0.06])
@pytest.mark.parametrize("rule", [GradientDescent(0.05), Momentum(0.1), Adam(0.03)], ids=repr)
def test_from_a_ring_around_the_saddle_one_half_finds_the_deeper_well(rule, tilt):
    surface = surfaces["double_well"].with_parameters(tilt=tilt)
    known = critical_points(surface).minima
    ring = starts(MoreStarts(kind="ring", count=10, radius=0.3), surface, (0.0, 0.0), 0)
    swarm = descend_many(surface, rule, ring, 300)
    found = summary(swarm, float(surface.value(known).min()), known)
    assert found.success == 0.5
    assert found.reached_any == 1.0
    assert found.diverged == 0.0
    shuffled = summary(swarm, float(surface.value(known).min()), known[::-1])
    assert (shuffled.success, shuffled.median_steps) == (found.success, found.median_steps)


def test_equally_low_minima_all_count():
    surface = surfaces["himmelblau"]
    grid = starts(MoreStarts(kind="grid", count=49), surface, (0.0, 0.0), 0)
    swarm = descend_many(surface, GradientDescent(0.01), grid, 400)
    found = summary(swarm, 0.0, critical_points(surface).minima)
    assert found.success == found.reached_any > 0.95


def test_steps_are_counted_from_where_it_stays_near():
    near = NEAR * surfaces["bowl"].size
    inside, outside = (0.9 * near, 0.0), (1.1 * near, 0.0)
    path = [outside, inside, outside, *[inside] * 8]
    late = [*[outside] * 9, inside, inside]  # the last tenth of ten steps is the last one
    never = [outside] * 11
    swing = [inside] * 10 + [outside]
    points = np.stack([path, late, never, swing], axis=1)
    found = summary(swarm_of(np.ones((11, 4)), points), 0.0, [(0, 0)])
    assert found.success == 0.5
    assert found.median_steps == (3 + 9) / 2
    assert summary(swarm_of(np.ones((11, 2)), points[:, 2:]), 0.0, [(0, 0)]).median_steps is None


def test_swinging_through_the_minimum_at_the_end_is_not_arriving():
    points = np.ones((101, 1, 2))
    points[-3:] = 0.0
    assert summary(swarm_of(np.ones((101, 1)), points), 0.0, [(0, 0)]).success == 0.0
    points[-10:] = 0.0
    found = summary(swarm_of(np.ones((101, 1)), points), 0.0, [(0, 0)])
    assert (found.success, found.median_steps) == (1.0, 91.0)


def test_rule_that_jitters_about_its_learning_rate_arrives_unless_it_is_large():
    surface, ring = surfaces["bowl"], [(1.0, 0.5), (-1.0, 1.0)]
    small, large = (summary(descend_many(surface, RMSProp(rate), ring, 400), 0.0, [(0, 0)])
                    for rate in (0.004 * surface.size, 0.5))  # fmt: skip
    assert small.success == 1.0
    assert large.success == 0.0
    assert large.reached_any == 0.0


def test_nearest_minimum_is_the_one_that_is_reached():
    near = NEAR * surfaces["bowl"].size
    points = np.full((11, 1, 2), (0.6 * near, 0.0))
    swarm = swarm_of(np.ones((11, 1)), points)
    # The lowest (0, 0) is within reach, but another minimum is nearer.
    found = summary(swarm, 0.0, [(0, 0), (0.8 * near, 0.0)])
    assert found.success == 0.0
    assert found.reached_any == 1.0


def test_lowest_at_a_kink_is_reached_by_its_loss():
    surface = surfaces["ackley"]  # many smooth minima, and the lowest a cone
    known = critical_points(surface).minima
    swarm = descend_many(surface, GradientDescent(0.001), [(0.3, 0.2), (2.1, 2.1), (1.0, 0.1)], 800)
    found = summary(swarm, 0.0, known)
    assert found.success == pytest.approx(1 / 3)
    assert found.reached_any == 1.0
    assert summary(swarm, 0.0, []).success == found.success
    assert summary(swarm, 0.0, []).reached_any == found.success


def test_divergence_is_counted_where_it_overflows_and_where_it_only_runs_far():
    surface, points = surfaces["ravine"], [(1.0, 0.0), (1.0, 1.0)]  # the first has no part in y
    for steps in (100, 3000):
        found = summary(descend_many(surface, GradientDescent(0.15), points, steps), 0.0, [(0, 0)])
        assert found.diverged == 0.5
        assert found.success == 0.5
        assert found.median[-1] > 1e20
    assert np.isinf(found.median[-1])
    assert found.low[-1] > 1e20 or np.isinf(found.low[-1])


def test_start_in_a_hole_has_ended_and_does_not_disturb_the_others():
    surface = surfaces["log_barrier"]
    known = critical_points(surface).minima
    swarm = descend_many(surface, GradientDescent(0.05), [(5.0, 5.0), surface.start, surface.start], 300)
    found = summary(swarm, float(surface.value(known).min()), known)
    assert found.diverged == pytest.approx(1 / 3)
    assert found.success == pytest.approx(2 / 3)


def test_no_steps_and_no_starts():
    bowl = surfaces["bowl"]
    found = summary(descend_many(bowl, Adam(), [(0, 0), (1, 1)], 0), 0.0, [(0, 0)])
    assert (found.success, found.median_steps, found.evaluations.tolist()) == (0.5, 0.0, [0])
    with pytest.raises(FieldError, match="at least one start"):
        summary(descend_many(bowl, Adam(), [], 3), 0.0, [(0, 0)])


def test_trials_are_plain_numbers():
    trial = search(surfaces["bowl"], Adam(), [(1, 1), (0, 1)], 5, budget=3).trials[0]
    assert isinstance(trial, Trial)
    assert all(type(value) is float for value in vars(trial).values())
