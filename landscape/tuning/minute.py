"""The same machine as panda and as caviar: how many models are tried in the same time.

Ng's picture: a panda has one child at a time and looks after it; a caviar fish lays very many eggs. As a
panda, one model is trained after the other, each by itself. As caviar, trials of like shape train side by
side on all workers. Whoever babysits changes one model as it trains, so that one after the other, as fast as
the machine can, is the most that a panda could try.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from landscape.network.datasets import Split
from landscape.network.spec import Training
from landscape.network.training import train
from landscape.tuning.company import Company, advance, companies
from landscape.tuning.plan import Tuning
from landscape.tuning.space import applied
from landscape.tuning.workers import Workers

CHUNK = 128  # trials that are drawn at a time, and put into companies
SLICE_SECONDS = 0.5  # of work, after which a company reports
REPORT_SECONDS = 0.2


@dataclass(frozen=True)
class Minute:
    """What was tried so far.

    Attributes
    ----------
    seconds : that each of the two has
    turn : which of the two is under way
    spent : so far, of that one
    panda, caviar : scores of the models that were tried, in the order they ended; nan if diverged
    ended : whether both have had their time
    """

    seconds: float
    turn: Literal["panda", "caviar"] = "panda"
    spent: float = 0.0
    panda: tuple[float, ...] = ()
    caviar: tuple[float, ...] = ()
    ended: bool = False


def minute(
    training: Training, tuning: Tuning, workers: Workers, data: Split, seconds: float
) -> Iterator[Minute]:
    """First one model after the other for so many seconds, then as many at once as the workers can.

    Both draw the same trials at random. The workers' start is not counted, nor are models that are under way
    at the end. Closing the iterator stops it.

    Raises
    ------
    LandscapeError
        if the workers cannot be had, or the data not be learned from.
    """
    last = Minute(seconds)
    for each in _panda(training, tuning, data, last):
        last = each
        yield last
    yield from _caviar(training, tuning, workers, data, replace(last, turn="caviar", spent=0.0))


def _drawn(training: Training, tuning: Tuning) -> Iterator[list[tuple[int, Training]]]:
    """Trials at random, without end."""
    for chunk in itertools.count():
        drawn = Tuning(space=tuning.space, seed=(tuning.seed + chunk) % 2**63, trials=CHUNK)
        yield [
            (chunk * CHUNK + proposal.number, applied(training, proposal.values, proposal.seed))
            for proposal in drawn.proposals([])
        ]


def _panda(training: Training, tuning: Tuning, data: Split, now: Minute) -> Iterator[Minute]:
    began = reported = time.monotonic()
    for _, one in itertools.chain.from_iterable(_drawn(training, tuning)):
        score = float("nan")
        for snapshot in train(one, data):
            score = float("nan") if snapshot.diverged else float(snapshot.validation_accuracy[0])
            spent = time.monotonic() - began
            if spent > now.seconds:
                yield replace(now, spent=now.seconds)
                return
            if time.monotonic() - reported > REPORT_SECONDS:
                reported = time.monotonic()
                yield replace(now, spent=spent)
        now = replace(now, panda=(*now.panda, score))


def _caviar(
    training: Training, tuning: Tuning, workers: Workers, data: Split, now: Minute
) -> Iterator[Minute]:
    bar = np.full(training.epochs + 1, np.nan)
    chunks = _drawn(training, tuning)
    yield now  # while the workers start
    queue: list[Company] = []
    working: set[Future[Any]] = set()
    scores: list[float] = []
    try:
        for future in [workers.submit(_settle) for _ in range(workers.count)]:
            future.result()
        began = time.monotonic()
        while time.monotonic() - began < now.seconds:
            while len(working) <= workers.count:
                queue = queue or companies(next(chunks), bar, workers.count)
                working.add(workers.submit(advance, queue.pop(0), data, SLICE_SECONDS))
            done, working = wait(working, timeout=REPORT_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                left, outcomes = future.result()
                complete = [outcome for outcome in outcomes if outcome.state == "complete"]
                scores += [float(outcome.accuracy[-1]) for outcome in complete]
                scores += [float("nan")] * (len(outcomes) - len(complete))
                queue = queue if left is None else [left, *queue]
            yield replace(now, spent=min(time.monotonic() - began, now.seconds), caviar=tuple(scores))
    finally:
        for future in working:
            future.cancel()
        workers.forget()
    yield replace(now, spent=now.seconds, caviar=tuple(scores), ended=True)


def _settle() -> None:
    """In a worker: it has started, and imported all that it needs, once this is done."""
    time.sleep(0.2)
