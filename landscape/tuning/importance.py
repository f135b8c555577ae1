"""Which hyperparameter matters, by a method that is named, with the spread that chance leaves.

Three evaluators of Optuna: PED-ANOVA (Watanabe, Bansal and Hutter 2023) asks how the best tenth of the trials
is distributed; fANOVA (Hutter, Hoos and Leyton-Brown 2014) splits the variance of a random forest's
prediction; "forest" is the mean decrease of impurity in such a forest. They answer different questions.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from landscape.errors import LandscapeError
from landscape.network.layers import Array
from landscape.tuning.plan import Trial
from landscape.tuning.space import KINDS, Dimension
from landscape.tuning.study import distribution_of

Evaluator = Literal["PED-ANOVA", "fANOVA", "forest"]
LEAST_TRIALS = 10
BOOTSTRAPS = 20


@dataclass(frozen=True)
class Importance:
    """How much of what there is to gain or to lose depends on each hyperparameter.

    Attributes
    ----------
    names : the most important first
    share : `(names,)`, of all trials; they sum to 1
    low, high : `(names,)`, between which nine in ten resampled searches lie
    trials : that were counted; those that diverged count with the accuracy of guessing
    """

    method: Evaluator
    names: tuple[str, ...]
    share: Array
    low: Array
    high: Array
    trials: int


def importance(
    trials: Iterable[Trial],
    dimensions: Sequence[Dimension],
    method: Evaluator = "PED-ANOVA",
    guessing: float = 0.0,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
) -> Importance:
    """The importance of each searched hyperparameter for the score.

    Parameters
    ----------
    guessing : accuracy that a diverged trial counts with

    Raises
    ------
    LandscapeError
        if there are too few trials, or all are equally good.
    """
    counted = [
        t for t in sorted(trials, key=lambda t: t.number) if t.state in ("complete", "stopped", "diverged")
    ]
    if len(counted) < LEAST_TRIALS:
        raise LandscapeError(f"Importance needs at least {LEAST_TRIALS} trials; there are {len(counted)}.")
    scores = np.array([guessing if t.state == "diverged" else t.score for t in counted])
    if np.ptp(scores) == 0:
        raise LandscapeError("All trials are equally good: nothing can be said of what matters.")
    random = np.random.default_rng(seed)
    whole = _shares(counted, scores, dimensions, method, seed)
    resampled = []
    for number in range(bootstraps):
        rows = random.integers(len(counted), size=len(counted))
        if np.ptp(scores[rows]) > 0:
            drawn = [counted[row] for row in rows]
            resampled.append(_shares(drawn, scores[rows], dimensions, method, seed + number + 1))
    low, high = np.percentile(resampled, (5, 95), axis=0) if resampled else (whole, whole)
    order = np.argsort(-whole, kind="stable")
    names = tuple(dimensions[k].name for k in order)
    return Importance(method, names, whole[order], low[order], high[order], len(counted))


def agreement(found: Importance) -> str:
    """One honest sentence: whether these trials bear out the textbook's order.

    α first; then β, mini-batch and hidden units; then layers and decay.
    """
    rank = {name: place for place, name in enumerate(found.names)}
    tiers = {name: KINDS[name].tier for name in found.names if KINDS[name].tier}
    if len(set(tiers.values())) < 2:
        first = KINDS[found.names[0]].title
        return f"By {found.method}, {first} mattered most; the textbook's order says nothing here."
    wrong = [
        (later, earlier) for later in tiers for earlier in tiers
        if tiers[later] > tiers[earlier] and rank[later] < rank[earlier]
    ]  # fmt: skip
    if not wrong:
        return f"By {found.method}, these {found.trials} trials agree with the textbook's order."
    later, earlier = max(wrong, key=lambda pair: _share_of(found, pair[0]) - _share_of(found, pair[1]))
    low, high = found.low[rank[later]], found.high[rank[earlier]]
    sure = "clearly" if low > high else "within what chance could do"
    first = "α is first, but " if found.names[0] == "learning_rate" else ""
    return (
        f"By {found.method}, these {found.trials} trials do not follow the textbook's order: {first}"
        f"{KINDS[later].title} mattered more than {KINDS[earlier].title}, {sure}."
    )


def _share_of(found: Importance, name: str) -> float:
    return float(found.share[found.names.index(name)])


def _shares(
    trials: Sequence[Trial], scores: Array, dimensions: Sequence[Dimension], method: Evaluator, seed: int
) -> Array:
    import optuna
    from optuna.importance import (
        FanovaImportanceEvaluator,
        MeanDecreaseImpurityImportanceEvaluator,
        PedAnovaImportanceEvaluator,
        get_param_importances,
    )

    evaluators: dict[str, Callable[[], Any]] = {
        "PED-ANOVA": PedAnovaImportanceEvaluator,
        "fANOVA": lambda: FanovaImportanceEvaluator(n_trees=32, seed=seed),
        "forest": lambda: MeanDecreaseImpurityImportanceEvaluator(n_trees=32, seed=seed),
    }
    distributions = {dimension.name: distribution_of(dimension) for dimension in dimensions}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of values that two evaluators round differently
        study.add_trials(
            [
                optuna.create_trial(
                    value=float(score),
                    params={d.name: d.stored(trial.values[d.name]) for d in dimensions},
                    distributions=distributions,
                )
                for trial, score in zip(trials, scores, strict=True)
            ]
        )
        found = get_param_importances(study, evaluator=evaluators[method]())
    shares = np.array([max(found.get(dimension.name, 0.0), 0.0) for dimension in dimensions])
    total = shares.sum()
    return shares / total if total > 0 else np.full(len(shares), 1 / len(shares))
