"""The same machine as panda and as caviar: how many models are tried in the same time.

Ng's picture: a panda has one child at a time and looks after it; a caviar fish lays very many eggs. As a
panda, one model is trained after the other, each by itself. As caviar, trials of like shape train side by
side on all workers. Whoever babysits changes one model as it trains, so that one after the other, as fast
as the machine can, is the most that a panda could try.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from landscape.errors import FieldError, LandscapeError
from landscape.network.datasets import Split
from landscape.network.spec import Training
from landscape.tuning.company import Company, Outcome, advance, companies
from landscape.tuning.plan import Tuning
from landscape.tuning.samplers import initial_seed, random_places
from landscape.tuning.space import applied, values_at
from landscape.tuning.workers import Workers

CHUNK = 512  # trials that are drawn at a time, and put into companies of like shape
SLICE_SECONDS = 0.25  # of work, after which a company reports
REPORT_SECONDS = 0.2
SETTLE_SECONDS = 0.2  # of first work, so that no worker does that of another


@dataclass(frozen=True)
class Minute:
    """What was tried so far.

    Attributes
    ----------
    seconds : that each of the two has
    start_up : seconds that it took the workers to begin, which count for neither
    turn : which of the two is under way, or was the last
    spent : seconds so far, of the one that is under way
    panda, caviar : scores of the models that were tried, in the order they ended; nan if diverged
    ended : whether both have had their time
    """

    seconds: float
    start_up: float = 0.0
    turn: Literal["panda", "caviar"] = "panda"
    spent: float = 0.0
    panda: tuple[float, ...] = ()
    caviar: tuple[float, ...] = ()
    ended: bool = False

    @property
    def panda_best(self) -> float:
        """The best score of the one; nan if there is none."""
        return _best(self.panda)

    @property
    def caviar_best(self) -> float:
        """The best score of the other; nan if there is none."""
        return _best(self.caviar)


def minute(
    training: Training, tuning: Tuning, workers: Workers, data: Split, seconds: float
) -> Generator[Minute]:
    """First one model after the other for so many seconds, then as many at once as the workers can.

    Both draw the same trials at random, from the first on, and both train by the code of the search: nothing
    differs but how many at a time. What is under way when the time is up is not counted. There are several
    snapshots a second; closing the iterator stops it at the next one.

    Raises
    ------
    LandscapeError
        if there is no time, the workers cannot be had, or the data not be learned from.
    """
    if not 0 < seconds < math.inf:
        raise FieldError("seconds", f"Each of the two needs some seconds, more than 0, not {seconds:g}.")
    if not len(data.validation_labels):
        raise FieldError(
            "validation", "A contest compares validation accuracies: hold a share of the data back."
        )
    work = _Work(workers, workers.share(data))
    now = Minute(seconds)
    try:
        for start_up in work.begun(next(_one_by_one(training, tuning))):
            now = replace(now, start_up=start_up)
            yield now
        for spent, scores in work.trained(_one_by_one(training, tuning), 1, seconds):
            now = replace(now, spent=spent, panda=scores)
            yield now
        together = _together(training, tuning, workers.count)
        for spent, scores in work.trained(together, workers.count + 1, seconds):
            now = replace(now, turn="caviar", spent=spent, caviar=scores)
            yield now
    finally:
        work.close()
    yield replace(now, ended=True)


def _drawn(training: Training, tuning: Tuning, at_once: int) -> Iterator[list[tuple[int, Training]]]:
    """Trials at random, without end, so many at a time: those of a random search of any budget."""
    dimensions, seed = tuning.space.dimensions, tuning.seed
    for first in itertools.count(step=at_once):
        places = random_places(dimensions, seed, first, at_once).tolist()
        yield [
            (number, applied(training, values_at(dimensions, place), initial_seed(seed, number)))
            for number, place in enumerate(places, first)
        ]


def _one_by_one(training: Training, tuning: Tuning) -> Iterator[Company]:
    for ((number, one),) in _drawn(training, tuning, 1):
        yield Company((number,), (one,), _no_bar(training))


def _together(training: Training, tuning: Tuning, workers: int) -> Iterator[Company]:
    for chunk in _drawn(training, tuning, CHUNK):
        # In the order of their numbers: the time would run out over the laborious ones, which a search
        # that is to be completed begins with.
        yield from sorted(companies(chunk, _no_bar(training), workers), key=lambda each: each.numbers)


def _no_bar(training: Training) -> Any:
    return np.full(training.epochs + 1, np.nan)


@dataclass
class _Work:
    """What the workers are at."""

    workers: Workers
    data: Any  # a split, as the workers share it
    working: set[Future[Any]] = field(default_factory=set)

    def begun(self, first: Company) -> Iterator[float]:
        """Seconds so far, until every worker has started and trained something."""
        began = time.monotonic()
        for _ in range(self.workers.count):
            self._submit(_settle, first, SETTLE_SECONDS)
        while self.working:
            self._received(REPORT_SECONDS)
            yield time.monotonic() - began

    def trained(
        self, queue: Iterator[Company], at_once: int, seconds: float
    ) -> Iterator[tuple[float, tuple[float, ...]]]:
        """Seconds and scores so far, with so many companies under way at a time."""
        began = time.monotonic()
        begun: list[Company] = []
        scores: list[float] = []
        while (left := seconds - (time.monotonic() - began)) > 0:
            while len(self.working) < at_once:  # what has begun is finished first
                self._submit(advance, begun.pop() if begun else next(queue), min(left, SLICE_SECONDS))
            for company, outcomes in self._received(min(left, REPORT_SECONDS)):
                scores += map(_score, outcomes)
                begun += [] if company is None else [company]
            yield min(time.monotonic() - began, seconds), tuple(scores)
        while self.working:  # the next one gets the workers as this one got them
            self._cancel()
            self._received(REPORT_SECONDS)
            yield seconds, tuple(scores)

    def _submit(self, function: Any, company: Company, seconds: float) -> None:
        self.working.add(self.workers.submit(function, company, self.data, seconds))

    def _received(self, timeout: float) -> list[tuple[Company | None, list[Outcome]]]:
        """What has come back within so many seconds."""
        done, self.working = wait(self.working, timeout=timeout, return_when=FIRST_COMPLETED)
        try:
            return [future.result() for future in done if not future.cancelled()]
        except (BrokenProcessPool, CancelledError, OSError) as error:
            reason = f" ({error})" if str(error) else ""
            raise LandscapeError(f"A worker is gone{reason}, and this with it. Start it again.") from None

    def _cancel(self) -> None:
        for future in self.working:
            future.cancel()

    def close(self) -> None:
        self._cancel()
        self.workers.forget()


def _settle(company: Company, data: Split, seconds: float) -> Any:
    """In a worker: once this is done, it has started and loaded all that it needs."""
    began = time.monotonic()
    done = advance(company, data, seconds)
    time.sleep(max(seconds - (time.monotonic() - began), 0))
    return done


def _score(outcome: Outcome) -> float:
    return float(outcome.accuracy[-1]) if outcome.state == "complete" else math.nan


def _best(scores: tuple[float, ...]) -> float:
    return max((score for score in scores if math.isfinite(score)), default=math.nan)
