"""The diary of a model that is babysat: what was changed, when, and why."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from typing import Any

import numpy as np

from landscape.network.spec import Change, Training
from landscape.network.training import epoch_ends

NAMES = {"learning_rate": "α", "beta": "β", "beta1": "β₁", "beta2": "β₂", "rho": "ρ", "epsilon": "ε",
         "weight_decay": "λ", "batch_size": "mini-batch", "l2": "L2"}  # fmt: skip


def diary(training: Training) -> list[tuple[Change, str]]:
    """Each change on the way, and what it changed.

    >>> spec = Training(changes=({"step": 7, "batch_size": 8},))
    >>> [(change.step, words) for change, words in diary(spec)]
    [(7, 'mini-batch 32 → 8')]
    """
    result = []
    for change, (_, before), (_, after) in zip(
        training.changes, training.recipes, training.recipes[1:], strict=False
    ):
        words = []
        if before.optimizer.key != after.optimizer.key:
            words.append(f"{before.optimizer.title} → {after.optimizer.title}")
        else:
            old, new = vars(before.optimizer), vars(after.optimizer)
            words += [f"{NAMES.get(name, name)} {_number(old[name])} → {_number(new[name])}"
                      for name in new if old[name] != new[name]]  # fmt: skip
        if before.schedule != after.schedule:
            words.append(f"decay {before.schedule.kind} → {after.schedule.kind}")
        for name in ("batch_size", "l2"):
            old_value, new_value = getattr(before, name), getattr(after, name)
            if old_value != new_value:
                words.append(f"{NAMES[name]} {_number(old_value)} → {_number(new_value)}")
        result.append((change, ", ".join(words) or "nothing changed"))
    return result


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def change_epochs(training: Training, examples: int) -> list[float]:
    """In which epoch each change was made, with its part of that epoch's steps; `examples` are trained on.

    >>> change_epochs(Training(changes=({"step": 5, "batch_size": 8},), batch_size=32), 64)
    [2.2]
    """
    ends = epoch_ends(training, examples) if training.changes else [0]
    places = [min(bisect_right(ends, change.step), len(ends) - 1) for change in training.changes]
    return [
        float(np.interp(change.step, ends[place - 1 : place + 1], [place - 1, place]))
        for change, place in zip(training.changes, places, strict=True)
    ]


def diary_text(training: Training, examples: int) -> str:
    """The diary as a table that a spreadsheet reads."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["step", "epoch", "change", "note"])
    for (change, words), epoch in zip(diary(training), change_epochs(training, examples), strict=True):
        table.writerow([change.step, f"{epoch:g}", words, change.note])
    return text.getvalue()
