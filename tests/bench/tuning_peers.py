"""The same search by others, in a module that worker processes can import."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import numpy as np

EPOCHS = 12
BATCHES, UNITS, LAYERS = (16, 32, 64, 128, 256), (8, 16, 32, 64, 128), (1, 2, 3)


def optuna_and_torch(data: tuple[Any, ...], trials: int, seed: int) -> list[float]:
    """A share of the trials in one process: Optuna's random sampler, and a plain PyTorch loop."""
    import optuna
    import torch

    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    inputs, labels, held_inputs, held_labels = (torch.tensor(array) for array in data)

    def objective(trial: Any) -> float:
        rate = trial.suggest_float("learning_rate", 1e-4, 1, log=True)
        momentum = 1 - trial.suggest_float("one_minus_beta", 1e-3, 0.5, log=True)
        decay = trial.suggest_float("decay", 1e-3, 1, log=True)
        batch = trial.suggest_categorical("batch_size", BATCHES)
        units = trial.suggest_categorical("units", UNITS)
        layers = trial.suggest_int("layers", LAYERS[0], LAYERS[-1])
        sizes = (inputs.shape[1], *(units,) * layers)
        stack: list[Any] = []
        for before, after in pairwise(sizes):
            stack += [
                torch.nn.Linear(before, after, bias=False),
                torch.nn.BatchNorm1d(after),
                torch.nn.ReLU(),
            ]
        network = torch.nn.Sequential(*stack, torch.nn.Linear(units, 10))
        rule = torch.optim.SGD(network.parameters(), lr=rate, momentum=momentum, dampening=momentum)
        criterion = torch.nn.CrossEntropyLoss()
        score = 0.0
        for epoch in range(EPOCHS):
            for group in rule.param_groups:
                group["lr"] = rate / (1 + decay * epoch)
            network.train()
            for rows in torch.randperm(len(inputs)).split(batch):
                if len(rows) < 2:
                    continue
                rule.zero_grad()
                criterion(network(inputs[rows]), labels[rows]).backward()
                rule.step()
            network.eval()
            with torch.no_grad():
                score = float((network(held_inputs).argmax(1) == held_labels).float().mean())
            trial.report(score, epoch)
        return score

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed))
    study.optimize(objective, n_trials=trials)
    return [trial.value for trial in study.trials]


def scikit_learn(data: tuple[Any, ...], trials: int, jobs: int, before: int) -> tuple[list[float], float]:
    """RandomizedSearchCV over MLPClassifier, which knows no batch normalization and no decay of this kind."""
    import warnings

    from scipy.stats import loguniform
    from sklearn.model_selection import PredefinedSplit, RandomizedSearchCV
    from sklearn.neural_network import MLPClassifier

    inputs, labels, held_inputs, held_labels = data
    fold = np.r_[np.full(len(inputs), -1), np.zeros(len(held_inputs), int)]
    space = {
        "learning_rate_init": loguniform(1e-4, 1), "momentum": [0.5, 0.8, 0.9, 0.95, 0.99, 0.999],
        "batch_size": BATCHES, "hidden_layer_sizes": [(u,) * n for u in UNITS for n in LAYERS],
    }  # fmt: skip
    network = MLPClassifier(solver="sgd", max_iter=EPOCHS, nesterovs_momentum=False, n_iter_no_change=EPOCHS)
    inputs, labels = np.r_[inputs, held_inputs], np.r_[labels, held_labels]

    def searched(count: int, seed: int) -> RandomizedSearchCV:
        return RandomizedSearchCV(
            network,
            space,
            n_iter=count,
            n_jobs=jobs,
            cv=PredefinedSplit(fold),
            refit=False,
            random_state=seed,
        ).fit(inputs, labels)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        searched(before, 1)
        began = time.perf_counter()
        found = searched(trials, 0)
    return list(found.cv_results_["mean_test_score"]), time.perf_counter() - began
