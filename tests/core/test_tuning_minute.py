"""The same machine as panda and as caviar: who is counted, when it ends, what it takes badly."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator

import numpy as np
import pytest

from landscape.errors import FieldError, LandscapeError
from landscape.network.spec import Training
from landscape.network.training import split_data
from landscape.tuning import minute as minute_module
from landscape.tuning.minute import Minute, minute
from landscape.tuning.plan import Tuning
from landscape.tuning.search import search
from landscape.tuning.space import Axis, Space
from landscape.tuning.study import Study
from landscape.tuning.workers import open_workers

TRAINING = Training(data={"name": "moons", "points": 120}, epochs=4, hidden=(8,))
TUNING = Tuning(space=Space({"learning_rate": Axis(low=1e-3, high=0.1)}), seed=5)
DATA = split_data(TRAINING)


def made(seconds: float, workers: str = "0", training: Training = TRAINING, tuning: Tuning = TUNING):
    with open_workers(workers) as crew:
        return list(minute(training, tuning, crew, DATA, seconds))


@pytest.fixture(scope="module")
def found() -> Iterator[list[Minute]]:
    """A whole contest on two workers."""
    with open_workers(2) as crew:
        yield list(minute(TRAINING, TUNING, crew, DATA, 1.0))


@pytest.mark.slow
def test_caviar_tries_many_times_more_in_the_same_time(found):
    last = found[-1]
    assert last.ended
    assert not any(each.ended for each in found[:-1])
    assert len(last.panda) >= 2
    assert len(last.caviar) > 2 * len(last.panda)
    assert last.caviar_best >= last.panda_best


@pytest.mark.slow
def test_the_two_take_turns_and_their_counts_only_grow(found):
    turns = [each.turn for each in found]
    assert turns == sorted(turns, reverse=True)
    assert set(turns) == {"panda", "caviar"}
    counts = [(len(each.panda), len(each.caviar)) for each in found]
    assert counts == sorted(counts)
    assert all(not each.caviar for each in found if each.turn == "panda")
    for turn in ("panda", "caviar"):
        spent = [each.spent for each in found if each.turn == turn]
        assert spent == sorted(spent)
        assert spent[-1] == found[0].seconds
        assert np.diff(spent).max() < 0.5  # several a second


@pytest.mark.slow
def test_the_start_of_the_workers_counts_for_neither(found):
    starting = [each for each in found if not each.spent]
    assert starting
    assert all(not each.panda for each in starting)
    assert found[-1].start_up == max(each.start_up for each in starting) > 0


def test_a_panda_trains_the_first_trials_of_the_random_search_each_to_its_end():
    last = made(0.6)[-1]
    study = Study(TRAINING, TUNING.model_copy(update={"trials": len(last.panda)}))
    with open_workers(0) as crew:
        list(search(study, crew))
    assert list(last.panda) == [trial.score for _, trial in sorted(study.finished().items())]
    assert set(last.caviar) >= set(last.panda) or len(last.caviar) < len(last.panda)


def test_the_trials_are_those_of_a_random_search_however_many_are_drawn_at_a_time(monkeypatch):
    monkeypatch.setattr(minute_module, "CHUNK", 3)
    proposals = Tuning(space=TUNING.space, seed=5, trials=7).proposals([])
    queue = minute_module._one_by_one(TRAINING, TUNING)
    alone = [next(queue) for _ in range(7)]
    assert [each.numbers for each in alone] == [(proposal.number,) for proposal in proposals]
    assert [each.trainings[0].initial_seed for each in alone] == [proposal.seed for proposal in proposals]
    rates = [each.trainings[0].optimizer.learning_rate for each in alone]
    assert rates == [proposal.values["learning_rate"] for proposal in proposals]
    many = minute_module._together(TRAINING, TUNING, 1)
    trained = {
        number: training
        for company in (next(many) for _ in range(7))
        for number, training in zip(company.numbers, company.trainings, strict=True)
    }
    for each in alone:
        assert trained[each.numbers[0]] == each.trainings[0]


@pytest.mark.parametrize("after", [0, 3, 8])
def test_it_can_be_stopped_at_any_snapshot(after):
    long = TRAINING.model_copy(update={"epochs": 100_000})
    with open_workers(0) as crew:
        running = minute(long, TUNING, crew, DATA, 60.0)
        for _ in range(after + 1):
            began = time.monotonic()
            assert not next(running).ended
            assert time.monotonic() - began < 1
        began = time.monotonic()
        running.close()
    assert time.monotonic() - began < 1.5  # until the last slice is done, too


@pytest.mark.slow
def test_closing_while_the_workers_start_takes_no_second():
    with open_workers(2) as crew:
        running = minute(TRAINING, TUNING, crew, DATA, 60.0)
        began = time.monotonic()
        next(running)
        running.close()
        assert time.monotonic() - began < 1
        assert crew.executor is None


def test_what_is_not_finished_is_not_counted():
    last = made(0.4, training=TRAINING.model_copy(update={"epochs": 100_000}))[-1]
    assert last.ended
    assert (last.panda, last.caviar) == ((), ())
    assert math.isnan(last.panda_best)
    assert math.isnan(last.caviar_best)


def test_what_diverges_is_counted_without_a_score():
    wild = Tuning(space=Space({"learning_rate": Axis(low=1e30, high=1e35)}))
    plain = Training.model_validate(
        {**dict(TRAINING), "batch_norm": False, "optimizer": {"rule": "gradient_descent"}}
    )
    last = made(0.5, training=plain, tuning=wild)[-1]
    assert last.panda
    assert last.caviar
    assert all(math.isnan(score) for score in (*last.panda, *last.caviar))
    assert math.isnan(last.caviar_best)


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf])
def test_no_time_is_refused_in_a_sentence(seconds):
    with open_workers(0) as crew, pytest.raises(FieldError, match="more than 0"):
        next(minute(TRAINING, TUNING, crew, DATA, seconds))


@pytest.mark.slow
def test_without_a_validation_part_it_says_so_before_it_begins():
    bare = TRAINING.model_copy(update={"validation": 0.0})
    with open_workers(0) as crew, pytest.raises(FieldError, match="hold a share of the data back"):
        next(minute(bare, TUNING, crew, split_data(bare), 1.0))


def die(*given: object) -> None:
    """In a worker: fall over."""
    os._exit(3)


@pytest.mark.slow
def test_a_worker_that_dies_is_a_sentence(monkeypatch):
    monkeypatch.setattr(minute_module, "_settle", die)
    with pytest.raises(LandscapeError, match="A worker is gone"):
        made(1.0, workers="1")
