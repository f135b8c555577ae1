"""The stages of an update: plain arithmetic from the textbook's formulas gives the same numbers."""

from __future__ import annotations

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
    Schedule,
    Surface,
    descend,
    surfaces,
)
from landscape.optimizers import RULES as BY_KEY
from landscape.stages import Stage, scales, stages

RULES = [
    GradientDescent(0.005),
    Momentum(0.05),
    Momentum(0.05, bias_correction=True),
    Momentum(0.002, form="classical"),
    Momentum(0.05, nesterov=True),
    Momentum(0.002, form="classical", nesterov=True),
    Momentum(0.05, nesterov=True, bias_correction=True),
    Momentum(0.005, beta=0.0),
    RMSProp(0.05),
    AdaGrad(0.3, epsilon=1e-3),
    Adam(0.1),
    Adam(0.1, bias_correction=False),
    AdamW(0.1, weight_decay=0.2),
    AdamW(0.1, bias_correction=False),
]
STEPS = (0, 1, 2, 17, 29)
every_rule = pytest.mark.parametrize("rule", RULES, ids=repr)


def walk(rule, noise=0.5):
    schedule = Cosine(warm_up=5, over=40)
    return descend(surfaces["himmelblau"], rule, (-1.4, -0.45), 30, schedule, noise=noise, seed=4)


def weighted(gradients, beta, new):
    """Old average, what is kept of it, and the new average: as sums over all gradients so far."""
    weights = beta ** np.arange(len(gradients))[::-1]
    total = (weights[:, None] * gradients).sum(axis=0) * new
    old = (weights[1:, None] * gradients[:-1]).sum(axis=0) * new if len(gradients) > 1 else np.zeros(2)
    return [("decay", beta * old), ("addition", total)]


def expected(path, step):
    """Names and values of all stages, from REFERENCE's formulas and the path's gradients."""
    rule, t = path.optimizer, step + 1
    seen = path.gradients[:t] + path.noise[:t]
    g, rate, theta = seen[-1], path.learning_rates[step], path.points[step]
    found = [("gradient", path.gradients[step]), ("noise", g), ("learning rate", rate)]
    squared = [("squaring", g**2)]
    u = g
    if isinstance(rule, Momentum):
        share = 1 - rule.beta if rule.form == "ewma" else 1.0
        found += weighted(seen, rule.beta, share)
        u = found[-1][1]
        if rule.nesterov:
            u = rule.beta * u + share * g
            found.append(("look ahead", u))
        if rule.bias_correction:
            u = u / (1 - rule.beta ** (t + rule.nesterov))
            found.append(("bias correction", u))
    if isinstance(rule, RMSProp):
        found += squared + weighted(seen**2, rule.rho, 1 - rule.rho)
        u = g / (np.sqrt(found[-1][1]) + rule.epsilon)
        found.append(("division", u))
    if isinstance(rule, AdaGrad):
        found += [*squared, ("addition", (seen**2).sum(axis=0))]
        u = g / (np.sqrt(found[-1][1]) + rule.epsilon)
        found.append(("division", u))
    if isinstance(rule, Adam):
        mean = weighted(seen, rule.beta1, 1 - rule.beta1)
        square = weighted(seen**2, rule.beta2, 1 - rule.beta2)
        found += mean + squared + square
        m, v = mean[-1][1], square[-1][1]
        if rule.bias_correction:
            m, v = m / (1 - rule.beta1**t), v / (1 - rule.beta2**t)
            found += [("bias correction", m), ("bias correction", v)]
        u = m / (np.sqrt(v) + rule.epsilon)
        found.append(("division", u))
    after = theta - rate * u
    if isinstance(rule, AdamW):
        pull = rate * rule.weight_decay * theta
        found.append(("weight decay", pull))
        after = after - pull
    return [*found, ("move", after)]


@every_rule
@pytest.mark.parametrize("step", STEPS)
def test_every_stage_is_what_the_formulas_give(rule, step):
    path = walk(rule)
    found = stages(path, step)
    should = expected(path, step)
    assert [stage.name for stage in found] == [name for name, _ in should]
    for stage, (name, value) in zip(found, should, strict=True):
        assert stage.value == pytest.approx(value, rel=1e-10, abs=1e-12), name
    assert (found[-1].value == path.points[step + 1]).all()


@every_rule
def test_averages_are_those_in_the_rules_memory(rule):
    path = walk(rule)
    kept = [part for name, part in path.parts.items() if name != "taken"]
    for step in STEPS:
        sums = [stage.value for stage in stages(path, step) if stage.name == "addition"]
        assert np.array_equal(sums, [part[step + 1] for part in kept])


def test_every_rule_that_there_is_can_be_taken_apart():
    for rule in BY_KEY.values():
        assert stages(walk(rule()), 3)[-1].name == "move"


@every_rule
def test_marks_of_the_move_lead_to_the_next_point(rule):
    path = walk(rule)
    for step in STEPS:
        *parts, whole = stages(path, step)[-1].marks
        assert (whole.role, whole.units, whole.origin.tolist()) == ("result", "step", [0, 0])
        assert path.points[step] + whole.vector == pytest.approx(path.points[step + 1], rel=1e-12, abs=1e-12)
        assert len(parts) == (2 if isinstance(rule, AdamW) else 0)
        tip = sum((part.vector for part in parts), np.zeros(2)) if parts else whole.vector
        assert path.points[step] + tip == pytest.approx(path.points[step + 1], rel=1e-12, abs=1e-12)


@every_rule
def test_sums_are_drawn_tip_to_tail_and_squares_as_boxes(rule):
    for stage in (stage for step in STEPS for stage in stages(walk(rule), step)):
        if len(stage.marks) == 3 and stage.name != "division":
            first, second, whole = stage.marks
            assert whole.role == "result"
            if whole.shape == "box":
                assert first.vector**2 + second.vector**2 == pytest.approx(whole.vector**2, rel=1e-12)
                assert whole.vector == pytest.approx(np.sqrt(stage.value), rel=1e-12)
                assert not second.origin.any()
            else:
                assert not first.origin.any()
                assert (second.origin == first.vector).all()
                assert second.origin + second.vector == pytest.approx(whole.vector, rel=1e-9, abs=1e-12)


@every_rule
def test_arrows_point_where_they_push_the_ball(rule):
    for stage in (stage for step in STEPS for stage in stages(walk(rule), step)):
        for mark in stage.marks:
            assert mark.symbol.startswith("−") == (mark.shape == "arrow")
        result = [mark for mark in stage.marks if mark.role == "result"]
        assert len(result) == (stage.name != "learning rate")
        if result and result[0].shape == "arrow" and stage.name != "move":
            assert (result[0].vector == -stage.value).all()


def test_symbols_of_adam():
    drawn = [[mark.symbol for mark in stage.marks] for stage in stages(walk(AdamW(0.1), noise=0.0), 4)]
    assert drawn == [
        ["−g"],
        ["−g"],
        ["−m", "−β₁m"],
        ["−β₁m", "−(1−β₁)g", "−m"],
        ["−g", "|g|"],
        ["√v", "√(β₂v)"],
        ["√(β₂v)", "√((1−β₂)g²)", "√v"],
        ["−m", "−m̂"],
        ["√v", "√v̂"],
        ["−m̂", "√v̂", "−u"],
        ["−αₜλθ"],
        ["−αₜλθ", "−αₜu", "−αₜu − αₜλθ"],
    ]


def named(path, step, name) -> list[Stage]:
    return [stage for stage in stages(path, step) if stage.name == name]


def test_noise_and_the_learning_rate_are_stages_only_where_there_is_something_to_say():
    plain = descend(surfaces["bowl"], GradientDescent(0.1), (1, 1), 5)
    assert [stage.name for stage in stages(plain, 0)] == ["gradient", "move"]
    warm = descend(surfaces["bowl"], GradientDescent(0.1), (1, 1), 8, Schedule(warm_up=4))
    assert str(named(warm, 0, "learning rate")[0]) == "learning rate: αₜ = cα = 0.25·0.1 = 0.025"
    assert named(warm, 0, "learning rate")[0].sentence == (
        "For this step the schedule multiplies the learning rate α = 0.1 by c = 0.25."
    )
    assert named(warm, 6, "learning rate")[0].sentence == (
        "For this step the schedule leaves the learning rate at α = 0.1."
    )
    assert float(named(warm, 1, "learning rate")[0].value) == 0.05
    assert stages(warm, 0)[-1].formula == "θ ← θ − αₜg"


def test_numbers_are_those_of_the_path():
    path = descend(surfaces["bowl"], Momentum(0.5, 0.9), (1.0, -2.0), steps=4)
    assert [str(stage) for stage in stages(path, 1)] == [
        "gradient: g = ∇f(θ) = ∇f(0.95, −1.9) = (0.95, −1.9)",
        "decay: βv = 0.9·(0.1, −0.2) = (0.09, −0.18)",
        "addition: v ← βv + (1−β)g = (0.09, −0.18) + 0.1·(0.95, −1.9) = (0.185, −0.37)",
        "move: θ ← θ − αv = (0.95, −1.9) − 0.5·(0.185, −0.37) = (0.8575, −1.715)",
    ]


def test_bias_correction_says_how_much_is_missing():
    path = descend(surfaces["bowl"], Adam(0.01), (1, 1), steps=900)
    mean, square = named(path, 2, "bias correction")
    assert mean.sentence == (
        "The running mean began at zero, so after 3 steps m is too small by the factor 1 − 0.9³ = 0.271;"
        " dividing by it makes up for that."
    )
    assert "after 3 steps v is too small by the factor 1 − 0.999³ = 0.002997;" in square.sentence
    assert "after 1 step m" in named(path, 0, "bias correction")[0].sentence
    mean, square = named(path, 800, "bias correction")
    assert mean.sentence == (
        "The running mean began at zero, but after 801 steps the factor 1 − 0.9⁸⁰¹ is 1 to four digits."
    )
    assert "is too small by the factor 1 − 0.999⁸⁰¹ = 0.5513;" in square.sentence
    ahead = descend(surfaces["bowl"], Momentum(0.1, nesterov=True, bias_correction=True), (1, 1), steps=9)
    assert "after 3 steps and the look ahead u is too small by the factor 1 − 0.9⁴ = 0.3439;" in (
        named(ahead, 2, "bias correction")[0].sentence
    )


def test_sentences_fit_the_numbers():
    path = descend(surfaces["bowl"], Momentum(0.1), (1, 1), steps=3)
    assert named(path, 0, "decay")[0].sentence == "The velocity v is still zero: there is nothing to shrink."
    assert "shrinks to 0.9 times itself" in named(path, 1, "decay")[0].sentence
    forgetful = descend(surfaces["bowl"], Momentum(0.1, beta=0.0), (1, 1), steps=3)
    assert named(forgetful, 1, "decay")[0].sentence == "With β = 0 nothing of the old velocity v is kept."
    level = descend(surfaces["bowl"], Momentum(0.1), (0, 0), steps=3)
    assert stages(level, 1)[0].sentence == "At (0, 0) the gradient is zero: the loss is level there."
    long = descend(surfaces["bowl"], Adam(0.1, beta2=0.99999), (1, 1), steps=3)
    assert "shrinks to 0.99999 times itself" in named(long, 1, "decay")[1].sentence


@every_rule
def test_a_sentence_is_one_sentence(rule):
    for stage in (stage for step in STEPS for stage in stages(walk(rule), step)):
        assert stage.sentence.endswith(".")
        assert ". " not in stage.sentence
        assert stage.sentence[0].isupper()
        assert "-" not in stage.sentence.replace("mini-batch", "")  # minus signs are true ones
        assert "-" not in stage.numbers + stage.formula + stage.result


def test_there_is_no_update_at_the_end_or_after_it():
    path = descend(surfaces["bowl"], Adam(), (1, 1), steps=5)
    assert stages(path, 5) == []
    assert stages(path, -1) == []
    lost = descend(surfaces["rosenbrock"], GradientDescent(1.0), (-1.2, 1), steps=50)
    assert stages(lost, lost.last) == []
    assert all(np.isfinite(stage.value).all() for stage in stages(lost, lost.last - 1))


def test_a_square_may_overflow_where_the_step_does_not():
    steep = descend(Surface("1e200*x + y"), AdaGrad(0.1), (1.0, 1.0), steps=2)
    assert named(steep, 0, "squaring")[0].value[0] == np.inf
    assert stages(steep, 0)[-1].value.tolist() == steep.points[1].tolist()
    assert scales(stages(steep, 0), 1.0)["gradient"] == 1e-200


def test_arrays_are_read_only():
    schedule = Exponential(gamma=0.9)
    path = descend(surfaces["bowl"], AdamW(0.1), (1, 1), 5, schedule, noise=0.1, seed=1)
    for stage in stages(path, 3):
        for array in (stage.value, *(mark.vector for mark in stage.marks), *(m.origin for m in stage.marks)):
            assert not array.flags.writeable
