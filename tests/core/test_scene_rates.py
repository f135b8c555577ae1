"""How a scene's learning rates were chosen: levelled, tuned or own, and always true of its numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from landscape import Scene
from landscape.fair_race import POLICIES, first_step
from landscape.optimizers import RULES, make_optimizer
from landscape.race import solve
from landscape.scene import Racer, SurfaceChoice, View
from landscape.scene_errors import SceneError


def rates(scene: Scene) -> list[float]:
    return [racer.optimizer.learning_rate for racer in scene.optimizers]


def lengths(scene: Scene) -> list[float]:
    """First steps of the paths themselves."""
    everyone = tuple(racer.model_copy(update={"enabled": True}) for racer in scene.optimizers)
    race = next(solve(scene.model_copy(update={"optimizers": everyone, "rates": "own"})))
    return [float(np.hypot(*(entry.path.points[1] - entry.path.points[0]))) for entry in race.entries]


def with_rate(scene: Scene, place: int, rate: float) -> list[Racer]:
    racers = list(scene.optimizers)
    rule = racers[place].optimizer
    changed = make_optimizer(rule.key, **{**vars(rule), "learning_rate": rate})
    racers[place] = racers[place].model_copy(update={"optimizer": changed})
    return racers


def switched(scene: Scene, *off: int) -> list[Racer]:
    return [
        racer.model_copy(update={"enabled": place not in off}) for place, racer in enumerate(scene.optimizers)
    ]


# --- In the file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
def test_policy_is_written_and_read_back(policy):
    scene = Scene().edited(rates=policy)
    text = scene.to_toml()
    assert (f'rates = "{policy}"\n' in text) == (policy != "own")
    assert Scene.from_toml(text) == scene
    assert Scene.from_toml(text).to_toml() == text


def test_scene_without_a_policy_has_its_own_rates():
    assert Scene.from_toml("steps = 5\n").rates == "own"


def test_unknown_policy_is_refused_with_its_line():
    with pytest.raises(SceneError, match="equal_rate") as caught:
        Scene.from_toml('steps = 5\nrates = "best"\n')
    assert (caught.value.key, caught.value.line) == ("rates", 2)
    with pytest.raises(SceneError) as caught:
        Scene().edited(rates="best")
    assert caught.value.key == "rates"


@pytest.mark.parametrize("policy", ["equal_rate", "equal_first_step"])
def test_file_whose_rates_are_not_as_it_says_keeps_its_numbers_and_not_its_word(policy):
    text = Scene().to_toml().replace("seed = 0\n", f'seed = 0\nrates = "{policy}"\n')
    scene = Scene.from_toml(text)
    assert scene.rates == "own"
    assert scene == Scene()


@pytest.mark.parametrize("policy", ["equal_rate", "equal_first_step"])
@pytest.mark.parametrize("racers", [0, 1])
def test_nobody_and_one_alone_are_level(policy, racers):
    scene = Scene(optimizers=Scene().optimizers[:racers]).edited(rates=policy)
    assert scene.optimizers == Scene().optimizers[:racers]
    assert Scene.from_toml(scene.to_toml()) == scene


# --- Levelled ------------------------------------------------------------------------------------------


def test_choosing_equal_rates_takes_the_first_that_is_switched_on():
    assert rates(Scene().edited(rates="equal_rate")) == [0.03] * 4
    scene = Scene().edited(optimizers=switched(Scene(), 0, 1)).edited(rates="equal_rate")
    assert rates(scene) == [0.02] * 4  # and those that are switched off follow, too
    assert [racer.enabled for racer in scene.optimizers] == [False, False, True, True]
    nobody = Scene().edited(optimizers=switched(Scene(), 0, 1, 2, 3)).edited(rates="equal_rate")
    assert rates(nobody) == [0.03] * 4


@pytest.mark.parametrize("place", range(4))
def test_others_follow_the_rate_that_is_changed(place):
    scene = Scene().edited(rates="equal_rate")
    assert rates(scene.edited(optimizers=with_rate(scene, place, 0.5))) == [0.5] * 4
    scene = Scene().edited(rates="equal_first_step")
    moved = scene.edited(optimizers=with_rate(scene, place, 0.5))
    assert rates(moved)[place] == 0.5
    assert lengths(moved) == pytest.approx([lengths(moved)[place]] * 4, rel=1e-12)


def test_of_several_that_are_changed_one_that_is_switched_on_leads():
    scene = Scene().edited(rates="equal_rate", optimizers=switched(Scene(), 1))
    racers = list(scene.optimizers)
    racers[1], racers[2] = with_rate(scene, 1, 0.7)[1], with_rate(scene, 2, 0.6)[2]
    assert rates(scene.edited(optimizers=racers)) == [0.6] * 4


def test_policy_and_rate_can_be_given_together():
    assert rates(Scene().edited(rates="equal_rate", optimizers=with_rate(Scene(), 3, 0.5))) == [0.5] * 4


def test_rule_that_is_added_exchanged_or_copied_follows():
    scene = Scene().edited(rates="equal_rate")
    new = Racer(optimizer=make_optimizer("adagrad", learning_rate=0.9))
    racers = list(scene.optimizers)
    assert rates(scene.edited(optimizers=[*racers, new])) == [0.03] * 5
    assert rates(scene.edited(optimizers=[new, *racers])) == [0.03] * 5
    assert rates(scene.edited(optimizers=[new, *racers[1:]])) == [0.03] * 4
    assert rates(scene.edited(optimizers=racers[1:])) == [0.03] * 3
    assert rates(scene.edited(optimizers=[new])) == [0.9]
    assert scene.edited(optimizers=[]).optimizers == ()


@pytest.mark.parametrize(
    "changes",
    [{"start": (1.0, -1.5)}, {"surface": {"name": "himmelblau"}},
     {"schedule": {"kind": "cosine", "warm_up": 7}}],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_first_steps_stay_equally_long_when_what_they_depend_on_is_changed(changes):
    scene = Scene().edited(rates="equal_first_step").edited(**changes)
    assert rates(scene)[0] == 0.03
    assert lengths(scene) == pytest.approx([lengths(scene)[0]] * 4, rel=1e-12)


def test_schedule_changes_every_first_step_alike_and_no_rate():
    scene = Scene().edited(rates="equal_first_step")
    assert rates(scene.edited(schedule={"kind": "constant", "warm_up": 10})) == rates(scene)


def test_what_does_not_matter_to_the_rates_leaves_them_alone():
    scene = Scene().edited(rates="equal_first_step")
    for changes in ({"title": "x"}, {"steps": 7}, {"noise": 0.3}, {"seed": 4}, {"more_starts": {"count": 3}}):
        assert scene.edited(**changes).optimizers == scene.optimizers
    assert scene.edited(optimizers=switched(scene, 0)).optimizers == tuple(switched(scene, 0))
    assert scene.edited(rates="own").optimizers == scene.optimizers
    assert scene.edited(rates="equal_first_step") == scene


def test_start_without_a_gradient_or_in_a_hole_keeps_the_rates():
    scene = Scene().edited(rates="equal_first_step")
    flat = scene.edited(surface={"formula": "x^4 + y^4"}, start=(0, 0))
    hole = scene.edited(surface={"formula": "sqrt(x) + y^2"}, start=(-1, 0))
    assert rates(flat) == rates(hole) == rates(scene)
    for odd in (flat, hole):
        assert odd.rates == "equal_first_step"
        assert Scene.from_toml(odd.to_toml()) == odd


def test_edit_that_is_refused_is_refused_as_ever():
    scene = Scene().edited(rates="equal_first_step")
    for changes, key in (({"start": (math.nan, 0)}, "start"), ({"optimizers": 3}, "optimizers"),
                         ({"surface": {"formula": "x +"}}, "surface.formula"),
                         ({"stepz": 1}, "stepz")):  # fmt: skip
        with pytest.raises(SceneError) as caught:
            scene.edited(**changes)
        assert caught.value.key.startswith(key)


racers = st.lists(
    st.builds(
        lambda rule, rate, enabled: {"rule": rule, "learning_rate": rate, "enabled": enabled},
        st.sampled_from(sorted(RULES)), st.floats(1e-6, 1e3), st.booleans(),
    ),
    max_size=6,
)  # fmt: skip
points = st.tuples(st.floats(-3, 3), st.floats(-3, 3))


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    racers,
    st.lists(
        st.one_of(
            st.fixed_dictionaries({"start": points}),
            st.fixed_dictionaries({"optimizers": racers}),
            st.fixed_dictionaries({"rates": st.sampled_from(sorted(POLICIES))}),
            st.just({"surface": {"name": "himmelblau"}}),
            st.just({"schedule": {"kind": "1/t", "warm_up": 3}}),
        ),
        max_size=6,
    ),
)
def test_after_any_edits_the_scene_is_what_it_says_and_survives_the_file(first, edits):
    scene = Scene(optimizers=first)
    for changes in edits:
        scene = scene.edited(**changes)
        if scene.rates == "equal_rate":
            assert len(set(rates(scene))) <= 1
        if scene.rates == "equal_first_step":
            gradient = scene.surface.surface.gradient(scene.start)
            found = [first_step(racer.optimizer, gradient, scene.start) for racer in scene.optimizers]
            if np.abs(gradient).min() > 1e-6:
                assert found == pytest.approx(found[:1] * len(found), rel=1e-12, abs=0)
    assert Scene.from_toml(scene.to_toml()) == scene


# --- Tuned ---------------------------------------------------------------------------------------------


def test_rate_set_by_hand_is_no_longer_tuned():
    scene = Scene().edited(rates="tuned")
    changed = scene.edited(optimizers=with_rate(scene, 2, 0.5))
    assert changed.rates == "own"
    assert rates(changed) == [0.03, 0.08, 0.5, 0.035]  # nobody follows
    new = Racer(optimizer=make_optimizer("adagrad"))
    assert scene.edited(optimizers=[*scene.optimizers, new]).rates == "own"


def test_two_of_a_rule_are_told_apart():
    scene = Scene(optimizers=[{"rule": "adam", "learning_rate": rate} for rate in (0.1, 0.2)], rates="tuned")
    assert scene.edited(optimizers=with_rate(scene, 0, 0.2)).rates == "own"
    assert scene.edited(optimizers=scene.optimizers[::-1]).rates == "tuned"


def test_what_sets_no_rate_stays_tuned():
    scene = Scene().edited(rates="tuned")
    assert scene.edited(optimizers=switched(scene, 1)).rates == "tuned"
    assert scene.edited(optimizers=scene.optimizers[1:]).rates == "tuned"
    assert scene.edited(seed=0, view=View(contours=False)).rates == "tuned"
    # For another race than they were tuned for, they are not the tuned ones any more.
    for change in ({"steps": 7}, {"start": (1, 1)}, {"noise": 0.1}, {"surface": SurfaceChoice(name="bowl")}):
        assert scene.edited(**change).rates == "own"
    assert scene.edited(optimizers=with_rate(scene, 2, 0.5), rates="tuned").rates == "tuned"
    assert rates(scene) == rates(Scene())
