"""The stages of an update: they lead to the next point, and print the numbers that they use."""

from __future__ import annotations

import numpy as np
import pytest

from landscape import (
    AdaGrad,
    Adam,
    AdamW,
    Cosine,
    GradientDescent,
    Momentum,
    RMSProp,
    descend,
    surfaces,
)
from landscape.stages import stages

RULES = [
    GradientDescent(0.005),
    Momentum(0.05),
    Momentum(0.002, form="classical"),
    Momentum(0.05, nesterov=True),
    Momentum(0.05, nesterov=True, bias_correction=True),
    RMSProp(0.05),
    AdaGrad(0.3),
    Adam(0.1),
    Adam(0.1, bias_correction=False),
    AdamW(0.1, weight_decay=0.2),
]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_last_stage_is_the_next_point_and_follows_from_the_one_before(rule):
    path = descend(
        surfaces["himmelblau"], rule, (-1.4, -0.45), steps=30, schedule=Cosine(over=40), noise=0.5, seed=4
    )
    for step in (0, 1, 17, 29):
        found = stages(path, step)
        assert found[0].name == "gradient"
        assert found[0].value == pytest.approx(path.gradients[step] + path.noise[step], rel=1e-12)
        assert found[-1].name == "move"
        assert found[-1].value == pytest.approx(path.points[step + 1], rel=1e-12)
        moved = path.points[step] - path.learning_rates[step] * found[-2].value
        if isinstance(rule, AdamW):
            moved = moved - path.learning_rates[step] * rule.weight_decay * path.points[step]
        assert moved == pytest.approx(path.points[step + 1], rel=1e-9)


def test_bias_correction_is_a_stage_of_its_own_and_can_be_left_out():
    paths = [
        descend(surfaces["bowl"], Adam(0.1, bias_correction=on), (1, 1), steps=3) for on in (True, False)
    ]
    names = [[stage.name for stage in stages(path, 1)] for path in paths]
    assert names[0].count("bias correction") == 2
    assert "bias correction" not in names[1]


def test_numbers_are_those_of_the_path():
    path = descend(surfaces["bowl"], Momentum(0.5, 0.9), (1.0, -2.0), steps=4)
    velocity = stages(path, 0)[1]
    assert str(velocity) == (
        "velocity: v ← βv + (1−β)g = 0.9·(0, 0) + 0.1·(1, −2) = (0.1, −0.2)"
    )  # fmt: skip


def test_there_is_no_update_at_the_end_or_after_it():
    path = descend(surfaces["bowl"], Adam(), (1, 1), steps=5)
    assert stages(path, 5) == []
    assert stages(path, -1) == []
    lost = descend(surfaces["rosenbrock"], GradientDescent(1.0), (-1.2, 1), steps=50)
    assert stages(lost, lost.last) == []
    assert all(np.isfinite(stage.value).all() for stage in stages(lost, lost.last - 1))
