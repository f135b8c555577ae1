"""Runs the scene's search off the GUI thread, and keeps its trials as columns for all pictures."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QStandardPaths, pyqtSignal

from gui.jobs import Jobs
from landscape.network.datasets import Split
from landscape.network.spec import Training
from landscape.network.training import split_data
from landscape.tuning.plan import Trial, Tuning
from landscape.tuning.search import search
from landscape.tuning.selection import Columns, columns_of
from landscape.tuning.shelf import Shelf
from landscape.tuning.study import Study
from landscape.tuning.workers import open_workers

REPORT_SECONDS = 0.25
JOB = "search"


def studies() -> Shelf:
    """The shelf of this user's studies."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Shelf(Path(folder) / "studies")


@dataclass(frozen=True, eq=False)
class Found:
    """A search as far as it has got.

    Attributes
    ----------
    columns : all finished trials and those under way
    boxes : where each round after the first searches, as places
    seconds : since this run of it began
    begun : trials that were finished when this run of it began
    ended : why nothing more will come, or ""
    """

    training: Training
    tuning: Tuning
    data: Split
    columns: Columns
    done: int
    boxes: tuple[dict[str, tuple[float, float]], ...]
    seconds: float = 0.0
    begun: int = 0
    ended: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all trials are made; those lost in a run before are worth another one."""
        lost = not self.ended and any(trial.lost for trial in self.columns.trials)
        return self.done >= self.tuning.count and not lost

    @property
    def left(self) -> float:
        """Seconds until it is complete at the pace so far; nan if that is not known."""
        made = self.done - self.begun
        return self.seconds / made * (self.tuning.count - self.done) if made else float("nan")


class Searcher(QObject):
    """Follows a training and a tuning.

    Signals
    -------
    progressed() : there is more than before, or another study
    stateChanged() : the search runs now, or no longer
    failed(sentence) : it cannot go on
    """

    progressed = pyqtSignal()
    stateChanged = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, jobs: Jobs, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self.shelf = jobs, shelf
        self.workers = str(max(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, 1))
        self.found: Found | None = None
        self.running = False
        self._wanted: tuple[Training, Tuning] | None = None
        self._turn = threading.Lock()  # a study is taken further by one thread at a time
        self._study: Study | None = None

    def follow(self, training: Training, tuning: Tuning) -> None:
        """Show the study of this search as far as it was made; what it has of the one before stays."""
        if self._wanted == (training, tuning):
            return
        self._wanted = (training, tuning)
        self._start(False)

    def start(self) -> None:
        """Search, or go on."""
        if self._wanted is not None and not self.running:
            self._start(True)

    def stop(self) -> None:
        """Stop within a second; what is finished is kept, what is under way will be made again."""
        if self.running:
            self._jobs.cancel(JOB)
            self._set_running(False)

    def _start(self, running: bool) -> None:
        assert self._wanted is not None
        training, tuning = self._wanted
        before, shelf, workers = self._study, self.shelf, self.workers
        self._set_running(running)
        self._jobs.start(
            JOB, lambda: _alone(self._turn, training, tuning, shelf, before, workers if running else None),
            self._found, self._failed,
        )  # fmt: skip

    def _set_running(self, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.stateChanged.emit()

    def _found(self, found: tuple[Study, Found]) -> None:
        self._study, self.found = found
        if self.found.ended:
            self._set_running(False)
        self.progressed.emit()

    def _failed(self, sentence: str) -> None:
        self._set_running(False)
        self.failed.emit(sentence)


def _alone(turn: threading.Lock, *given: Any) -> Iterator[tuple[Study, Found]]:
    """As `_found`, once the run before, which is being stopped, has ended."""
    with turn:
        yield from _found(*given)


def _found(
    training: Training, tuning: Tuning, shelf: Shelf, before: Study | None, workers: str | None
) -> Iterator[tuple[Study, Found]]:
    """The study as it is; with workers, it is taken further until all trials are made."""
    began = time.monotonic()
    data = split_data(training)
    known = before is not None and (before.training, before.tuning) == (training, tuning)
    if before is not None and known and (workers is None or before.place != "memory"):
        study = before
    else:
        # A study that nobody has searched yet gets no file: sliders would leave one for every value.
        kept = workers is not None or shelf.place(training, tuning).exists()
        study = shelf.open(training, tuning) if kept else Study(training, tuning)
        if before is not None:
            study.adopt(before)
    begun = len(study.finished())
    if workers is not None:  # which make again what was lost
        begun -= sum(trial.lost for trial in study.finished().values())
    remarks = (*data.dataset.remarks, *data.remarks, *study.remarks)

    def picture(running: tuple[Trial, ...] = (), ended: str = "") -> tuple[Study, Found]:
        known = study.finished()
        columns = columns_of([*known.values(), *running], tuning.space.dimensions, training.epochs)
        before_rounds = tuning.complete_rounds(known)
        reached = sum(end <= len(before_rounds) for end in tuning.round_ends[:-1])
        boxes = tuple(tuning.box(number, before_rounds) for number in range(1, reached + 1))
        seconds = time.monotonic() - began
        return study, Found(
            training, tuning, data, columns, len(known), boxes, seconds, begun, ended, remarks
        )

    yield picture()
    if workers is None or begun >= tuning.count:
        return
    shown = time.monotonic()
    with open_workers(workers) as crew:
        reports = search(study, crew, data)
        try:
            for report in reports:
                if report.ended or time.monotonic() - shown > REPORT_SECONDS:
                    yield picture(report.running, report.ended)
                    shown = time.monotonic()
        finally:
            reports.close()
