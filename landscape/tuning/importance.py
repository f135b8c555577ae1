"""Which hyperparameter matters, by a method that is named, with the spread that chance leaves.

Three evaluators of Optuna: PED-ANOVA (Watanabe, Bansal and Hutter 2023) asks how the best tenth of the trials
is distributed; fANOVA (Hutter, Hoos and Leyton-Brown 2014) splits the variance of a random forest's
prediction; "forest" is the mean decrease of impurity in such a forest. They answer different questions.
"""

from __future__ import annotations

import contextlib
import copy
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
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
# How often the trials are resampled, and how many are counted at most: forests take their time.
EFFORT: dict[Evaluator, tuple[int, int]] = {"PED-ANOVA": (20, 2000), "fANOVA": (5, 300), "forest": (10, 1000)}
TREES = 24


@dataclass(frozen=True)
class Importance:
    """How much of what there is to gain or to lose depends on each hyperparameter.

    Attributes
    ----------
    names : the most important first
    share : `(names,)`, of all trials; they sum to 1
    low, high : `(names,)`, between which nine in ten resampled searches lie
    trials : that were counted; those that diverged count with the accuracy of guessing
    bootstraps : how often they were resampled
    """

    method: Evaluator
    names: tuple[str, ...]
    share: Array
    low: Array
    high: Array
    trials: int
    bootstraps: int


def importance(
    trials: Iterable[Trial],
    dimensions: Sequence[Dimension],
    method: Evaluator = "PED-ANOVA",
    guessing: float = 0.0,
    bootstraps: int | None = None,
    seed: int = 0,
) -> Importance:
    """The importance of each searched hyperparameter for the score: the last of `importances`."""
    *_, last = importances(trials, dimensions, method, guessing, bootstraps, seed)
    return last


def importances(
    trials: Iterable[Trial],
    dimensions: Sequence[Dimension],
    method: Evaluator = "PED-ANOVA",
    guessing: float = 0.0,
    bootstraps: int | None = None,
    seed: int = 0,
) -> Iterator[Importance]:
    """The importance of each searched hyperparameter for the score, resampled once more each time.

    The first says nothing of chance: its `low` and `high` are its `share`.

    Parameters
    ----------
    guessing : accuracy that a diverged trial counts with
    bootstraps : how often the trials are resampled; None: as often as the method's pace allows. Of very
        many trials, some are drawn for the slower methods.

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
    usual, most = EFFORT[method]
    random = np.random.default_rng(seed)
    if len(counted) > most:
        counted = [counted[row] for row in np.sort(random.choice(len(counted), most, replace=False))]
    scores = np.array([guessing if t.state == "diverged" else t.score for t in counted])
    if np.ptp(scores) == 0:
        raise LandscapeError("All trials are equally good: nothing can be said of what matters.")
    judge = _Judge(counted, scores, dimensions, method)
    whole = judge.shares(np.arange(len(counted)), seed)
    order = np.argsort(-whole, kind="stable")
    names, resampled = tuple(dimensions[k].name for k in order), list[Array]()
    for number in range((usual if bootstraps is None else bootstraps) + 1):
        if number:
            rows = random.integers(len(counted), size=len(counted))
            with contextlib.suppress(LandscapeError):  # nothing differs among those that were drawn
                resampled.append(judge.shares(rows, seed + number))
        low, high = np.percentile(resampled, (5, 95), axis=0) if resampled else (whole, whole)
        yield Importance(method, names, whole[order], low[order], high[order], len(counted), number)


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


class _Judge:
    """The trials as Optuna knows them: made once, since resampling only counts them otherwise."""

    def __init__(
        self, trials: Sequence[Trial], scores: Array, dimensions: Sequence[Dimension], method: Evaluator
    ) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._names = [dimension.stored_name for dimension in dimensions]
        self._method = method
        distributions = {dimension.stored_name: distribution_of(dimension) for dimension in dimensions}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values that two evaluators round differently
            self._trials = [
                optuna.create_trial(
                    value=float(score),
                    params={d.stored_name: d.stored(trial.values[d.name]) for d in dimensions},
                    distributions=distributions,
                )
                for trial, score in zip(trials, scores, strict=True)
            ]

    def shares(self, rows: Any, seed: int) -> Array:
        """What each hyperparameter has a share of, by these trials."""
        import optuna
        from optuna.importance import (
            FanovaImportanceEvaluator,
            MeanDecreaseImpurityImportanceEvaluator,
            PedAnovaImportanceEvaluator,
            get_param_importances,
        )

        evaluators: dict[str, Callable[[], Any]] = {
            "PED-ANOVA": PedAnovaImportanceEvaluator,
            "fANOVA": lambda: FanovaImportanceEvaluator(n_trees=TREES, seed=seed),
            "forest": lambda: MeanDecreaseImpurityImportanceEvaluator(n_trees=TREES, seed=seed),
        }
        counted = []
        for number, row in enumerate(rows):
            again = copy.copy(self._trials[row])
            again.number = again._trial_id = number  # by which an evaluator tells trials apart
            counted.append(again)

        class Resampled(optuna.Study):
            """A study of these trials, without the copies that adding them to a storage makes."""

            def get_trials(self, deepcopy: bool = True, states: Any = None) -> list[Any]:
                return list(counted)

        empty = optuna.create_study(direction="maximize")
        study = Resampled(empty.study_name, empty._storage)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = get_param_importances(study, evaluator=evaluators[self._method](), normalize=False)
        shares = np.array([max(found.get(name, 0.0), 0.0) for name in self._names])
        total = shares.sum()
        if not total > 0:
            raise LandscapeError(f"{self._method} finds no hyperparameter that matters in these trials.")
        return shares / total
