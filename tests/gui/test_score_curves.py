"""The curves of Train while a training and its twin are not alike yet."""

from __future__ import annotations

import numpy as np

from gui.theme import DARK
from gui.train.pictures import score_curves
from gui.train.trainer import Run
from landscape.network.spec import Training
from landscape.network.training import train


def run(epochs: int) -> Run:
    spec = Training(data={"name": "moons", "points": 60}, epochs=epochs, hidden=(4,))
    return Run(spec, None, list(train(spec)))


def test_a_twin_of_the_training_before_may_have_gone_further() -> None:
    curves = score_curves(run(2), run(5), "loss", DARK)
    ends = [int(np.isfinite(values).sum()) for values in curves.values]
    assert ends == [3, 3, 6, 6]
