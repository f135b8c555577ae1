"""A random search of 256 trials beside Optuna with PyTorch and beside scikit-learn (`make bench`).

The same data, space, epochs, budget and cores, and the same state for all: the data lie ready, and the worker
processes have started and made a few trials, so that they have imported and compiled what they need. Counted
is all from then on: drawing, training, validating after every epoch (scikit-learn: after the last), recording
(ours: on disk; the peers: in memory). A second figure of ours counts the start of its workers, too.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tuning_peers import EPOCHS, optuna_and_torch, scikit_learn

from landscape.network.spec import Training
from landscape.network.training import split_data
from landscape.tuning.plan import Tuning, best_of
from landscape.tuning.search import search
from landscape.tuning.space import Axis, Space
from landscape.tuning.study import Study
from landscape.tuning.workers import Workers, open_workers

pytest.importorskip("torch")
TRIALS, CORES = int(os.environ.get("LANDSCAPE_BENCH_TRIALS", "256")), 2
FEW = 16  # trials beforehand
DIGITS = Training(data={"name": "digits"}, optimizer={"rule": "momentum"}, epochs=EPOCHS)


def arrays() -> tuple[Any, ...]:
    data = split_data(DIGITS)
    return (
        data.training_inputs.astype(np.float32), data.training_labels.astype(np.int64),
        data.validation_inputs.astype(np.float32), data.validation_labels.astype(np.int64),
    )  # fmt: skip


def ours(space: Space, folder: Path) -> tuple[float, float, float]:
    """Seconds with workers that are warm, and with their start, and the best accuracy."""
    data = split_data(DIGITS)

    def timed(crew: Workers, name: str, trials: int) -> float:
        began = time.perf_counter()
        study = Study(DIGITS, Tuning(trials=trials, space=space), str(folder / name))
        list(search(study, crew, data))
        finished = study.finished()
        assert len(finished) == trials
        seconds = time.perf_counter() - began
        top = best_of(finished.values())
        assert top is not None
        best.append(top.score)
        return seconds

    best: list[float] = []
    with open_workers(CORES) as crew:
        timed(crew, "first", FEW)
        warm = timed(crew, "warm", TRIALS)
    began = time.perf_counter()
    with open_workers(CORES) as crew:
        timed(crew, "cold", TRIALS)
    return warm, time.perf_counter() - began, best[-1]


def optuna_seconds() -> tuple[float, float]:
    data = arrays()
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        list(pool.map(optuna_and_torch, [data] * CORES, [FEW // CORES] * CORES, [9, 10]))
        began = time.perf_counter()
        found = list(pool.map(optuna_and_torch, [data] * CORES, [TRIALS // CORES] * CORES, [1, 2]))
    return time.perf_counter() - began, max(max(part) for part in found)


@pytest.mark.filterwarnings("default")
def test_a_search_beside_its_peers(tmp_path):
    alike = Space({name: Axis() for name in ("learning_rate", "beta", "decay")})
    (tmp_path / "alike").mkdir()
    one_shape, _, alike_best = ours(alike, tmp_path / "alike")
    warm, cold, best = ours(Space(), tmp_path)
    torch_seconds, torch_best = optuna_seconds()
    scores, sklearn_seconds = scikit_learn(arrays(), TRIALS, CORES, FEW)
    print(
        f"\n{TRIALS} trials of {EPOCHS} epochs of digits, {CORES} cores; in brackets the best accuracy\n"
        f"  ours, six axes                 {warm:6.2f} s  ({best:.3f}); {cold:.2f} s with their start\n"
        f"  ours, one shape (α, β, decay)  {one_shape:6.2f} s  ({alike_best:.3f})\n"
        f"  Optuna + PyTorch, six axes     {torch_seconds:6.1f} s  ({torch_best:.3f})"
        f"  {torch_seconds / warm:.1f}× ours; {torch_seconds / cold:.1f}×\n"
        f"  scikit-learn, six axes, no BN  {sklearn_seconds:6.1f} s  ({max(scores):.3f})"
        f"  {sklearn_seconds / warm:.1f}× ours; {sklearn_seconds / cold:.1f}×"
    )
    assert min(best, alike_best, torch_best) > 0.95
