"""A search's results for others to use: a table of all trials, the best one as a training and as code."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from landscape.network.spec import Training
from landscape.tuning.plan import Trial
from landscape.tuning.space import Dimension, applied


def as_csv(trials: Iterable[Trial], dimensions: Sequence[Dimension]) -> str:
    """All trials by number: parameters, state, score, seed, and why one ended early; as exact as they are."""
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\n")
    names = [dimension.name for dimension in dimensions]
    out.writerow(["number", "round", "state", "score", "epochs", *names, "initial_seed", "seconds", "reason"])
    for trial in sorted(trials, key=lambda trial: trial.number):
        score = f"{trial.score:.9g}" if trial.score == trial.score else ""  # nan: it has none
        epochs = max(len(trial.accuracy) - 1, 0)
        values = [_word(trial.values[name]) for name in names]
        end = [trial.seed, f"{trial.seconds:.3f}", trial.reason]
        out.writerow([trial.number, trial.round, trial.state, score, epochs, *values, *end])
    return written.getvalue()


def training_of(training: Training, trial: Trial) -> Training:
    """The training that this trial was, to open, to go on with, to train again."""
    return applied(training, trial.values, trial.seed)


def as_code(training: Training, trial: Trial) -> str:
    """A short Python script that trains this trial again."""
    table: dict[str, Any] = training_of(training, trial).model_dump(exclude_none=True)
    lines = "\n".join(f"    {name}={value!r}," for name, value in table.items())
    return (
        f'"""Trial {trial.number}: validation accuracy {trial.score:.4f}."""\n\n'
        "from landscape.network.spec import Training\n"
        "from landscape.network.training import train\n\n"
        f"spec = Training(\n{lines}\n)\n"
        "for snapshot in train(spec):\n"
        "    print(snapshot.state.epoch, snapshot.validation_accuracy[0])\n"
    )


def _word(value: Any) -> str:
    return f"{value:.17g}" if isinstance(value, float) else str(value).lower()
