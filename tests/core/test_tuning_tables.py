"""What matters, and what a search leaves for others to use."""

from __future__ import annotations

import csv
import io
from typing import Any, get_args

import numpy as np
import optuna
import pytest
from test_tuning_search import TRAINING, searched

from landscape.errors import LandscapeError
from landscape.network.training import train
from landscape.tuning.importance import TREES, Evaluator, Importance, agreement, importance, importances
from landscape.tuning.plan import Trial, Tuning, best_of
from landscape.tuning.samplers import random_places
from landscape.tuning.space import Axis, Space, values_at
from landscape.tuning.study import distribution_of
from landscape.tuning.tables import as_code, as_csv, training_of

SPACE = Space({name: Axis() for name in ("learning_rate", "beta", "units", "decay")})
METHODS = get_args(Evaluator)


def made(effect: Any, count: int = 120, diverged: Any = lambda places: False) -> list[Trial]:
    """Trials whose score is a function of their places."""
    places = random_places(SPACE.dimensions, 4, 0, count)
    return [
        Trial(n, 0, values_at(SPACE.dimensions, row.tolist()), 0, "diverged" if diverged(row) else "complete",
              float("nan") if diverged(row) else float(effect(row)))
        for n, row in enumerate(places)
    ]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_what_the_score_depends_on_is_found_first(method):
    found = importance(
        made(lambda row: np.exp(-30 * (row[0] - 0.5) ** 2) + 0.2 * row[2]), SPACE.dimensions, method
    )
    assert found.names[0] == "learning_rate"
    assert found.share.sum() == pytest.approx(1)
    assert found.share[0] > 0.5
    assert (found.low <= found.high + 1e-12).all()
    assert found.low[0] > found.high[-1]  # chance cannot turn this round
    assert found.trials == 120


def test_the_spread_is_wide_where_nothing_matters():
    random = np.random.default_rng(0)
    found = importance(made(lambda row: random.random(), 60), SPACE.dimensions)
    assert (found.high - found.low).max() > 0.2


def test_it_comes_resampling_by_resampling_and_can_be_given_up():
    trials = made(lambda row: row[0] + row[1] / 3, 40)
    snapshots = list(importances(trials, SPACE.dimensions, bootstraps=4))
    assert [found.bootstraps for found in snapshots] == [0, 1, 2, 3, 4]
    assert snapshots[0].low.tolist() == snapshots[0].share.tolist() == snapshots[0].high.tolist()
    assert len({found.names for found in snapshots}) == 1
    last = importance(trials, SPACE.dimensions, bootstraps=4)
    assert last.low.tolist() == snapshots[-1].low.tolist() < snapshots[0].low.tolist()
    given_up = importances(trials, SPACE.dimensions, bootstraps=10**9)
    next(given_up)
    given_up.close()


def test_divergence_counts_as_guessing():
    trials = made(lambda row: 0.9 + 0.01 * row[1], diverged=lambda row: row[0] > 0.5)
    found = importance(trials, SPACE.dimensions, "forest", guessing=0.1)
    assert found.names[0] == "learning_rate"
    assert found.share[0] > 0.9


def test_the_same_trials_give_the_same_importance():
    trials = made(lambda row: row[0])
    one, other = (importance(each, SPACE.dimensions, "forest") for each in (trials, trials[::-1]))
    assert one.share.tolist() == other.share.tolist()
    assert one.low.tolist() == other.low.tolist()


def test_too_few_or_equal_trials_say_nothing():
    with pytest.raises(LandscapeError, match="at least 10 trials; there are 9"):
        importance(made(lambda row: row[0], 9), SPACE.dimensions)
    with pytest.raises(LandscapeError, match="equally good"):
        importance(made(lambda row: 0.5), SPACE.dimensions)


def sentence(*shares: tuple[str, float], spread: float = 0.01) -> str:
    names, values = zip(*shares, strict=True)
    share = np.array(values)
    return agreement(Importance("PED-ANOVA", names, share, share - spread, share + spread, 50, 20))


def test_the_sentence_says_whether_the_textbook_is_borne_out():
    assert "agree with" in sentence(("learning_rate", 0.6), ("units", 0.2), ("beta", 0.1), ("decay", 0.1))
    turned = sentence(("learning_rate", 0.5), ("decay", 0.4), ("units", 0.05), ("beta", 0.05))
    assert "do not follow" in turned
    assert "α is first" in turned
    assert "learning-rate decay mattered more than" in turned
    assert "clearly" in turned
    assert "chance" in sentence(("decay", 0.52), ("learning_rate", 0.48), spread=0.1)
    assert "PED-ANOVA" in turned
    assert "says nothing" in sentence(("l2", 0.7), ("learning_rate", 0.3))


# --- tables -------------------------------------------------------------------------------------------


def test_the_table_has_every_trial_exactly():
    tuning = Tuning(trials=9)
    study, _ = searched(TRAINING, tuning)
    rows = list(csv.DictReader(io.StringIO(as_csv(study.finished().values(), tuning.space.dimensions))))
    assert [int(row["number"]) for row in rows] == list(range(9))
    for row in rows:
        trial = study.finished()[int(row["number"])]
        assert float(row["learning_rate"]) == trial.values["learning_rate"]
        assert float(row["beta"]) == trial.values["beta"]
        assert int(row["units"]) == trial.values["units"]
        assert float(row["score"]) == pytest.approx(trial.score, rel=1e-8)
        assert (row["state"], int(row["epochs"]), int(row["initial_seed"])) == ("complete", 8, trial.seed)


def test_a_reason_with_commas_and_quotes_stays_one_field():
    trial = Trial(0, 0, {"decay": 0.5}, 1, "failed", reason='it said "no", and went')
    text = as_csv([trial], Space({"decay": Axis()}).dimensions)
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["reason"] == trial.reason
    assert row["score"] == ""


def test_the_best_trial_as_code_trains_it_again(capsys):
    study, _ = searched(TRAINING, Tuning(trials=6))
    best = best_of(study.finished().values())
    assert best is not None
    exec(compile(as_code(TRAINING, best), "best.py", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    *_, last = train(training_of(TRAINING, best))
    assert float(lines[-1].split()[1]) == pytest.approx(float(last.validation_accuracy[0]))
    assert float(lines[-1].split()[1]) == pytest.approx(best.score, abs=0.04)  # but for rounding


@pytest.mark.parametrize("method", METHODS)
def test_shares_are_those_that_optuna_finds_in_a_study_of_its_own(method):
    trials = made(lambda row: np.exp(-30 * (row[0] - 0.5) ** 2) + 0.2 * row[2] + 0.1 * row[3])
    study = optuna.create_study(direction="maximize")
    for trial in trials:
        study.add_trial(
            optuna.create_trial(
                value=trial.score,
                params={d.stored_name: d.stored(trial.values[d.name]) for d in SPACE.dimensions},
                distributions={d.stored_name: distribution_of(d) for d in SPACE.dimensions},
            )
        )
    evaluator = {
        "PED-ANOVA": optuna.importance.PedAnovaImportanceEvaluator(),
        "fANOVA": optuna.importance.FanovaImportanceEvaluator(n_trees=TREES, seed=0),
        "forest": optuna.importance.MeanDecreaseImpurityImportanceEvaluator(n_trees=TREES, seed=0),
    }[method]
    theirs = optuna.importance.get_param_importances(study, evaluator=evaluator)
    found = importance(trials, SPACE.dimensions, method, bootstraps=0)
    for name, share in zip(found.names, found.share, strict=True):
        stored = next(d.stored_name for d in SPACE.dimensions if d.name == name)
        assert share == pytest.approx(theirs[stored], rel=1e-9)
