"""Trains the scene's network, and its twin, off the GUI thread; keeps every moment that was reached."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from gui.jobs import Jobs
from landscape.network.course import State
from landscape.network.datasets import Split
from landscape.network.spec import Change, Training
from landscape.network.training import Snapshot, split_data, train

REPORT_SECONDS = 0.05
MOST_KEPT = 600  # moments of a long training that are kept


@dataclass
class Run:
    """One training, as far as it has got."""

    spec: Training
    data: Split | None = None
    snapshots: list[Snapshot] = field(default_factory=list)

    def at(self, epoch: int) -> Snapshot | None:
        """The last kept moment that is not after this epoch."""
        place = bisect_right(self.snapshots, epoch, key=lambda snapshot: snapshot.state.epoch)
        return self.snapshots[max(place - 1, 0)] if self.snapshots else None

    @property
    def last(self) -> Snapshot | None:
        """How far it has got."""
        return self.snapshots[-1] if self.snapshots else None


class Trainer(QObject):
    """Follows a spec.

    Signals
    -------
    progressed() : there are more moments than before
    restarted() : the moments so far are no longer those of the spec, or not all of them
    failed(sentence) : the data cannot be had
    """

    progressed = pyqtSignal()
    restarted = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.run: Run | None = None
        self.twin: Run | None = None
        self._twin_spec: Training | None = None

    def forget(self) -> None:
        """Begin anew when next told what to follow: a file may hold something else by now."""
        self.run = self.twin = None

    def follow(self, spec: Training, twin: bool) -> None:
        """Train by this spec, and by the same with batch normalization the other way round."""
        self._twin_spec = spec.model_copy(update={"batch_norm": not spec.batch_norm}) if twin else None
        self.run = self._follow("train", self.run, spec)
        if self._twin_spec is None and self.twin is not None:
            self._jobs.cancel("twin")
            self.twin = None
            self.restarted.emit()
        self._follow_twin()

    def _follow_twin(self) -> None:
        """The twin learns from the very same data, and so begins when they are there."""
        if self._twin_spec is not None and self.run is not None and self.run.data is not None:
            self.twin = self._follow("twin", self.twin, self._twin_spec, self.run.data)

    def one_batch(self, run: Run, start: State, steps: int, then: Any) -> None:
        """The moment so many batches after a state, for `then`."""
        if run.data is not None:
            data = run.data
            self._jobs.start("batch", lambda: _later(run.spec, data, start, steps), then, self.failed.emit)

    def _follow(self, key: str, before: Run | None, spec: Training, data: Split | None = None) -> Run:
        if before is not None and before.spec == spec and data in (None, before.data):
            return before
        run = Run(spec, data)
        if before is not None:
            if data is None and _data_of(before.spec) == _data_of(spec):
                run.data = before.data
            if run.data is before.data:
                run.snapshots = _still_true(before, spec)
        start = run.snapshots[-1].state if run.snapshots else None
        self._jobs.start(
            key, lambda: _trained(spec, run.data, start), lambda found: self._found(run, found),
            self.failed.emit,
        )  # fmt: skip
        self.restarted.emit()
        return run

    def _found(self, run: Run, found: Split | tuple[Snapshot, ...]) -> None:
        if isinstance(found, Split):
            run.data = found
            self.restarted.emit()
            self._follow_twin()
        else:
            run.snapshots.extend(found)
            self.progressed.emit()


def _data_of(spec: Training) -> tuple[Any, ...]:
    return (spec.data, spec.validation, spec.seed)


def _still_true(before: Run, spec: Training) -> list[Snapshot]:
    """The moments of a training that another has in common with it."""
    same = {"changes": (), "epochs": 1}
    if before.spec.model_copy(update=same) != spec.model_copy(update=same):
        return []
    old, new = before.spec.changes, spec.changes
    pairs = enumerate(zip(map(_without_note, old), map(_without_note, new), strict=False))
    common = next((place for place, (one, other) in pairs if one != other), min(len(old), len(new)))
    apart = [changes[common].step for changes in (old, new) if len(changes) > common]
    kept = [
        snapshot
        for snapshot in before.snapshots
        if snapshot.state.epoch <= spec.epochs and all(snapshot.step <= step for step in apart)
    ]
    return kept if not kept or not kept[-1].diverged else kept[:-1]


def _without_note(change: Change) -> Change:
    return change.model_copy(update={"note": ""})


def _trained(spec: Training, data: Split | None, start: State | None) -> Iterator[Any]:
    """The data if they were not known, then the moments in handfuls, so that the window can follow."""
    if data is None:
        data = split_data(spec)
        yield data
    handful: list[Snapshot] = []
    every = -(-spec.epochs // MOST_KEPT)
    reported = 0.0
    for number, snapshot in enumerate(train(spec, data, start)):
        if number == 0 and start is not None:
            continue  # the moment it goes on from is known
        last = snapshot.state.epoch >= spec.epochs or snapshot.diverged
        if snapshot.state.epoch % every == 0 or last:
            handful.append(snapshot)
        if handful and time.monotonic() - reported > REPORT_SECONDS:
            yield tuple(handful)
            handful, reported = [], time.monotonic()
    yield tuple(handful)


def _later(spec: Training, data: Split, start: State, steps: int) -> Iterator[Snapshot]:
    for snapshot in train(spec, data, start, stop=start.step + steps):
        found = snapshot
    yield found
