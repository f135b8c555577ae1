"""The same machine as panda and as caviar."""

import math
import time

import numpy as np

from landscape.network.spec import Training
from landscape.network.training import split_data, train
from landscape.tuning.minute import minute
from landscape.tuning.plan import Tuning
from landscape.tuning.space import Axis, Space, applied
from landscape.tuning.workers import open_workers

TRAINING = Training(data={"name": "moons", "points": 120}, epochs=4, hidden=(8,))
TUNING = Tuning(space=Space({"learning_rate": Axis(low=1e-3, high=0.1)}), seed=5)
DATA = split_data(TRAINING)


def test_caviar_tries_many_times_more_in_the_same_time():
    with open_workers(1) as workers:
        found = list(minute(TRAINING, TUNING, workers, DATA, 1.0))
    last = found[-1]
    assert last.ended
    assert len(last.panda) >= 2
    assert len(last.caviar) > 2 * len(last.panda)
    counts = [(len(each.panda), len(each.caviar)) for each in found]
    assert counts == sorted(counts)
    assert all(each.spent <= each.seconds for each in found)


def test_a_panda_trains_the_first_trials_of_the_random_search_each_to_its_end():
    with open_workers(0) as workers:
        last = list(minute(TRAINING, TUNING, workers, DATA, 0.6))[-1]
    first = Tuning(space=TUNING.space, seed=5, trials=128).proposals([])[0]
    *_, snapshot = train(applied(TRAINING, first.values, first.seed), DATA)
    assert last.panda[0] == float(snapshot.validation_accuracy[0])


def test_it_can_be_stopped_at_once():
    with open_workers(0) as workers:
        running = minute(TRAINING, TUNING, workers, DATA, 60.0)
        assert not next(running).ended
        began = time.monotonic()
        running.close()
        assert time.monotonic() - began < 5


def test_what_diverges_is_counted_without_a_score():
    wild = Tuning(space=Space({"learning_rate": Axis(low=1e5, high=1e6)}))
    training = TRAINING.model_copy(update={"batch_norm": False, "optimizer": TRAINING.optimizer})
    plain = Training.model_validate({**dict(training), "optimizer": {"rule": "gradient_descent"}})
    with open_workers(0) as workers:
        last = list(minute(plain, wild, workers, DATA, 0.5))[-1]
    assert last.panda
    assert last.caviar
    assert all(math.isnan(score) or np.isfinite(score) for score in last.caviar)
    assert any(math.isnan(score) for score in last.caviar)
