"""Searches: the same trials whoever does the work, rounds that narrow, early stopping, deaths and budgets."""

from __future__ import annotations

import math
import pickle
import shutil
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from deadly import BROKEN, DEADLY, advance_or_die

from landscape.errors import LandscapeError
from landscape.network.spec import Training
from landscape.network.training import split_data, train
from landscape.optimizers import RULES, make_optimizer
from landscape.tuning import search as search_module
from landscape.tuning.company import Company, advance, companies, padded
from landscape.tuning.plan import Trial, Tuning, best_of
from landscape.tuning.search import Progress, search
from landscape.tuning.space import Space, applied, places_of
from landscape.tuning.study import Study
from landscape.tuning.workers import open_workers

TRAINING = Training(data={"name": "moons", "points": 120}, optimizer={"rule": "momentum"}, epochs=8)


def searched(training: Training, tuning: Tuning, workers: str = "0") -> tuple[Study, list[Progress]]:
    study = Study(training, tuning)
    with open_workers(workers) as crew:
        return study, list(search(study, crew))


def exactly(study: Study) -> list[Any]:
    """All there is to know of the trials, but for the time they took."""
    return [
        (t.number, t.round, t.values, t.seed, t.state, str(t.score), t.accuracy.tolist(), t.loss.tolist(),
         t.reason)
        for _, t in sorted(study.finished().items())
    ]  # fmt: skip


# --- whoever does the work ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "tuning",
    [
        Tuning(trials=40),
        Tuning(trials=40, method="coarse-to-fine"),
        Tuning(trials=80, stopping="median"),
        Tuning(trials=80, stopping="halving"),
        Tuning(trials=70, method="grid"),
    ],
    ids=lambda tuning: f"{tuning.method} {tuning.stopping}",
)
def test_one_two_and_four_workers_find_the_very_same(tuning):
    first, *others = (exactly(searched(TRAINING, tuning, workers)[0]) for workers in ("0", "1", "2", "4"))
    assert len(first) == tuning.count
    for other in others:
        assert other == first


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("rule", RULES)
def test_what_a_trial_becomes_does_not_depend_on_its_company(rule, batch_norm):
    base = Training(
        data={"name": "moons", "points": 80}, optimizer=make_optimizer(rule), epochs=3, batch_norm=batch_norm
    )
    data, bar = split_data(base), np.full(4, np.nan)
    values = [{"learning_rate": 10.0**-k, "l2": 0.01 / (k + 1), "beta": 0.9 - 0.1 * k, "decay": 0.1 * (k + 1)}
              for k in range(5)]  # fmt: skip
    trainings = tuple(applied(base, each, seed) for seed, each in enumerate(values))
    _, together = advance(Company(tuple(range(5)), trainings, bar), data, 60)
    for k, training in enumerate(trainings):
        _, (alone,) = advance(Company((k,), (training,), bar), data, 60)
        assert alone.accuracy.tolist() == together[k].accuracy.tolist()
        assert alone.loss.tolist() == together[k].loss.tolist()


def test_a_trial_opened_as_a_training_is_the_same_but_for_rounding():
    base = replace_epochs(TRAINING, 5).model_copy(update={"precision": "float64"})
    training = applied(base, {"learning_rate": 0.3, "beta": 0.8, "units": 16, "layers": 2, "decay": 0.2}, 99)
    data = split_data(base)
    _, (outcome,) = advance(Company((0,), (training,), np.full(6, np.nan)), data, 60)
    snapshots = list(train(training, data))
    np.testing.assert_allclose(outcome.loss, [s.validation_loss[0] for s in snapshots], rtol=1e-9)
    assert outcome.accuracy.tolist() == [s.validation_accuracy[0] for s in snapshots]


def replace_epochs(training: Training, epochs: int) -> Training:
    return training.model_copy(update={"epochs": epochs})


def test_interrupted_work_goes_on_as_if_it_had_not_been():
    data, bar = split_data(TRAINING), np.full(9, np.nan)
    company: Company | None = Company((0, 1), (TRAINING, applied(TRAINING, {"learning_rate": 0.5}, 3)), bar)
    _, whole = advance(company, data, 60)
    pieces, outcomes = 0, []
    while company is not None:
        company, ended = advance(company, data, 0)
        outcomes += ended
        pieces += 1
    assert pieces == 8
    for one, other in zip(whole, outcomes, strict=True):
        assert one.accuracy.tolist() == other.accuracy.tolist()


def test_only_like_trainings_share_a_program_and_every_worker_has_something_to_do():
    space = Space()
    proposals = Tuning(trials=200).proposals([])
    made = [(p.number, applied(TRAINING, p.values, p.seed)) for p in proposals]
    groups = companies(made, np.zeros(1), workers=2)
    assert sorted(number for group in groups for number in group.numbers) == list(range(200))
    for group in groups:
        assert len({(padded(t.hidden, t.activation), t.batch_size) for t in group.trainings}) == 1
    fixed = Space({"learning_rate": space.root["learning_rate"]})
    alike = [
        (p.number, applied(TRAINING, p.values, p.seed)) for p in Tuning(space=fixed, trials=8).proposals([])
    ]
    assert len(companies(alike, np.zeros(1), workers=4)) >= 4


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_narrow_networks_share_a_program_and_learn_as_by_themselves(activation, batch_norm):
    training = TRAINING.model_copy(
        update={
            "activation": activation,
            "batch_norm": batch_norm,
            "epochs": 3,
            "l2": 1e-3,
            "precision": "float64",
        }
    )
    data = split_data(training)
    trainings = [
        training.model_copy(update={"hidden": h, "initial_seed": n}) for n, h in enumerate(((8, 5), (16, 9)))
    ]
    groups = companies(list(enumerate(trainings)), np.full(4, np.nan), workers=1)
    if activation != "sigmoid":
        groups = [Company((0, 1), tuple(trainings), np.full(4, np.nan))]
    for group in groups:
        _, outcomes = advance(group, data, 60)
        for outcome in outcomes:
            alone = [float(s.validation_loss[0]) for s in train(trainings[outcome.number], data)]
            np.testing.assert_allclose(outcome.loss, alone, rtol=1e-9)


# --- rounds -------------------------------------------------------------------------------------------


def test_rounds_narrow_around_the_best_and_get_better():
    tuning = Tuning(trials=60, method="coarse-to-fine", rounds=3)
    study, reports = searched(TRAINING, tuning)
    trials = [trial for _, trial in sorted(study.finished().items())]
    boxes = [tuning.box(number, trials) for number in range(3)]
    assert boxes[0] == {}
    for name, (low, high) in boxes[2].items():
        outer_low, outer_high = boxes[1][name]
        assert outer_low <= low < high <= outer_high
    for trial in trials:
        dimensions = tuning.space.dimensions
        places = dict(zip([d.name for d in dimensions], places_of(dimensions, trial.values), strict=True))
        for name, (low, high) in boxes[trial.round].items():
            assert low - 1e-9 <= places[name] <= high + 1e-9
    means = [np.mean([t.score for t in trials if t.round == number]) for number in range(3)]
    assert means[2] > means[0]
    assert {report.round for report in reports} == {0, 1, 2}
    assert reports[-1].box == boxes[2]


def test_a_box_drawn_by_hand_is_searched_in_the_next_round():
    tuning = Tuning(trials=20, boxes=({"learning_rate": (0.5, 0.6)},))
    study, _ = searched(TRAINING, tuning)
    trials = study.finished()
    rates = [trials[number].values["learning_rate"] for number in range(20)]
    assert min(rates[:10]) < 0.01 - 1e-12
    assert all(0.01 <= rate <= 0.01 * 10**0.4 * (1 + 1e-9) for rate in rates[10:])
    one_round, _ = searched(TRAINING, Tuning(trials=10))
    assert exactly(one_round) == exactly(study)[:10]  # the first round is what it was before the box


# --- early stopping -----------------------------------------------------------------------------------


@pytest.mark.parametrize("stopping", ["median", "halving"])
def test_hopeless_trials_are_stopped_and_the_best_is_not(stopping):
    everything, _ = searched(TRAINING, Tuning(trials=120))
    stopped, _ = searched(TRAINING, Tuning(trials=120, stopping=stopping))
    states = [trial.state for trial in stopped.finished().values()]
    assert 20 < states.count("stopped") < 100
    for number, trial in stopped.finished().items():
        whole = everything.finished()[number].accuracy
        assert trial.accuracy.tolist() == whole[: len(trial.accuracy)].tolist()
        if trial.state == "stopped":
            assert len(trial.accuracy) < 9
            assert "the bar was" in trial.reason
    best = best_of(everything.finished().values())
    assert best is not None
    assert best_of(stopped.finished().values()).score >= best.score - 0.05


# --- what goes wrong ----------------------------------------------------------------------------------


def test_divergence_is_a_result_and_has_its_step():
    wild = Training(
        data={"name": "blobs", "points": 60}, batch_norm=False, epochs=4,
        optimizer={"rule": "gradient_descent"}, activation="relu",
    )  # fmt: skip
    space = Space.model_validate({"learning_rate": {"low": 1e-3, "high": 1e12}})
    study, _ = searched(wild, Tuning(space=space, trials=20))
    trials = list(study.finished().values())
    diverged = [trial for trial in trials if trial.state == "diverged"]
    assert diverged
    assert any(trial.state == "complete" for trial in trials)
    for trial in diverged:
        assert "infinite at step" in trial.reason
        assert math.isnan(trial.score)
    assert best_of(trials).state == "complete"


@pytest.mark.slow
def test_a_worker_that_dies_costs_its_trials_a_retry_and_not_the_search():
    study = Study(TRAINING, Tuning(trials=24))
    with open_workers(2) as crew:
        submit = crew.submit
        crew.submit = lambda function, *given: submit(advance_or_die, *given)
        reports = list(search(study, crew))
    trials = study.finished()
    assert len(trials) == 24
    assert trials[DEADLY].state == "failed"
    assert "worker died" in trials[DEADLY].reason
    broken = [t for t in trials.values() if "ZeroDivisionError: what cannot be" in t.reason]
    assert BROKEN in [trial.number for trial in broken]
    whole, _ = searched(TRAINING, Tuning(trials=24))
    fine = [trial for trial in trials.values() if trial.state != "failed"]
    assert len(fine) + len(broken) == 23
    for trial in fine:
        assert trial.accuracy.tolist() == whole.finished()[trial.number].accuracy.tolist()
    assert reports[-1].ended == "all trials are made"


def test_a_search_gives_up_after_so_many_failures():
    study = Study(TRAINING, Tuning(trials=40, failures=1))
    with open_workers(0) as crew:
        crew.submit = failing(crew.submit)
        *_, last = search(study, crew)
    assert "failed" in last.ended
    assert last.done < 40


def failing(submit: Any) -> Any:
    return lambda function, *given: submit(divide_by_zero)


def divide_by_zero() -> float:
    return 1 / 0


def test_nothing_new_begins_when_the_time_is_used_up():
    study, reports = searched(replace_epochs(TRAINING, 60), Tuning(trials=3000, minutes=0.1))
    assert reports[-1].ended == "the time is used up"
    assert 0 < len(study.finished()) < 3000


def test_without_examples_held_back_there_is_nothing_to_compare():
    study, _ = searched(TRAINING.model_copy(update={"validation": 0.0}), Tuning(trials=3))
    assert all("held" in t.reason or "hold" in t.reason for t in study.finished().values())


def test_closing_the_iterator_stops_and_keeps_what_is_finished(monkeypatch):
    monkeypatch.setattr(search_module, "SLICE_SECONDS", 0.01)
    study = Study(TRAINING, Tuning(trials=60))
    with open_workers(0) as crew:
        reports = search(study, crew)
        for report in reports:
            if report.done >= 5:
                break
        reports.close()
        kept = len(study.finished())
        assert 5 <= kept < 60
        list(search(study, crew))
    assert exactly(study) == exactly(searched(TRAINING, Tuning(trials=60))[0])


def test_curves_rise_while_the_search_runs(monkeypatch):
    monkeypatch.setattr(search_module, "SLICE_SECONDS", 0.0)
    _, reports = searched(TRAINING, Tuning(trials=6))
    running: dict[int, list[int]] = {}
    for report in reports:
        for trial in report.running:
            running.setdefault(trial.number, []).append(len(trial.accuracy))
    assert running
    assert all(lengths == sorted(lengths) for lengths in running.values())
    told = [trial.number for report in reports for trial in report.finished]
    assert sorted(told) == list(range(6))  # each once


# --- how good -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_best_of_64_random_trials_reads_digits():
    digits = Training(data={"name": "digits"}, optimizer={"rule": "momentum"}, epochs=12)
    study, _ = searched(digits, Tuning(trials=64), "2")
    best = best_of(study.finished().values())
    assert best is not None
    assert best.score >= 0.97


def test_of_equal_trials_the_first_is_the_best():
    trials = [Trial(number, 0, {}, 0, "complete", 0.5) for number in (3, 1, 2)]
    assert best_of(trials) == trials[1]
    assert best_of([replace(trials[0], state="diverged")]) is None


@pytest.mark.parametrize("wanted", ["-1", "many", "257", "dask:nowhere", "1.5"])
def test_workers_that_there_are_not_are_refused(wanted):
    with pytest.raises(LandscapeError, match=r"workers|address"), open_workers(wanted):
        pass


@pytest.mark.slow
def test_large_data_travel_to_the_workers_once_and_not_with_every_task():
    data = list(range(100_000))
    with open_workers(2) as crew:
        shared = crew.share(data)
        assert len(pickle.dumps(shared)) < 1000
        tasks = [crew.submit(sum, shared) for _ in range(4)]
        assert [task.result(60) for task in tasks] == [sum(data)] * 4


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["tempfile.TemporaryDirectory", "tempfile.mkstemp", "pickle.dump"])
def test_where_the_disk_is_full_the_data_go_with_each_task(broken, monkeypatch):
    def full(*given, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(broken, full)
    with open_workers(1) as crew:
        assert crew.submit(sum, crew.share([1, 2, 3])).result(60) == 6


@pytest.mark.slow
def test_data_whose_file_goes_are_handed_out_again(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tuning, gone = Tuning(trials=24), 0
    study = Study(TRAINING, tuning)
    with open_workers(2) as crew:
        for progress in search(study, crew):
            if not gone or progress.done == 1:
                for folder in tmp_path.glob("landscape-search-*"):
                    shutil.rmtree(folder)
                    gone += 1
    assert gone
    assert exactly(study) == exactly(searched(TRAINING, tuning)[0])
