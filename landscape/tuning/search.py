"""The search itself: an iterator of what is new, whoever does the work."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from landscape.errors import LandscapeError
from landscape.network.datasets import Split
from landscape.network.layers import Array
from landscape.network.training import split_data
from landscape.tuning.company import Company, Outcome, advance, companies
from landscape.tuning.plan import WORKER_DIED, Proposal, Trial, Tuning
from landscape.tuning.space import applied
from landscape.tuning.study import Study
from landscape.tuning.workers import NotThereError, Workers

SLICE_SECONDS = 0.7  # of work, after which a company reports and can be stopped
COHORT = 32  # trials that are measured by those before them, where hopeless ones are stopped
LEAST_MEASURED = 4  # earlier trials without which nothing is called hopeless
WARM_UP = 0.2  # share of the epochs in which nothing is hopeless yet
RETRIES = 2
ALIVE_SECONDS = 10.0  # how often the program says that it is at work


@dataclass(frozen=True)
class Progress:
    """What is new in a search.

    Attributes
    ----------
    finished : trials that have ended since the last report; at first all that the study held
    running : trials under way, with their curves so far
    done, total : trials
    box : places that the present round is confined to
    ended : why nothing more will come, or ""
    """

    finished: tuple[Trial, ...]
    running: tuple[Trial, ...]
    done: int
    total: int
    round: int
    box: dict[str, tuple[float, float]]
    ended: str = ""


def search(study: Study, workers: Workers, data: Split | None = None) -> Generator[Progress]:
    """Make all trials of a study that are not made yet; closing the iterator stops within a second.

    Trials that were lost with their workers in a run before are made again, with the same parameters.

    Early stopping measures each trial by those with lower numbers, a cohort at a time, so that it does not
    depend on who is quicker.

    Raises
    ------
    LandscapeError
        if the data cannot be had, or the study cannot be written.
    """
    data = split_data(study.training) if data is None else data
    run = _Run(study, workers, data, workers.share(data))
    try:
        yield from run.rounds()
    finally:
        run.close()


@dataclass
class _Task:
    """A company at work, and how often a worker has died over it."""

    company: Company
    deaths: int = 0


@dataclass
class _Run:
    study: Study
    workers: Workers
    data: Split
    shared: Any  # the data, as the workers share them
    waiting: list[_Task] = field(default_factory=list)
    working: dict[Future[Any], _Task] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    alive: float = 0.0
    made: list[Trial] = field(default_factory=list)  # and not recorded yet
    reported: set[int] = field(default_factory=set)
    failed: int = 0
    round: int = 0
    box: dict[str, tuple[float, float]] = field(default_factory=dict)
    ended: str = ""

    @property
    def tuning(self) -> Tuning:
        return self.study.tuning

    def rounds(self) -> Iterator[Progress]:
        """Round after round; each begins when all before it are complete, since its box follows from them."""
        tuning, lost = self.tuning, self.study.take_up_lost()
        while not self.ended:
            before = tuning.complete_rounds(self.study.finished())
            batch = tuning.proposals(before)
            if not batch:
                self.ended = "all trials are made"
                break
            batch = [_as_before(proposal, lost.get(proposal.number)) for proposal in batch]
            self.round, self.box = batch[0].round, tuning.box(batch[0].round, before)
            self.proposals = {proposal.number: proposal for proposal in batch}
            yield self._progress()
            size = len(batch) if tuning.stopping == "none" else COHORT
            for first in range(0, len(batch), size):
                if not self.ended:
                    yield from self._cohort(batch[first : first + size])
        yield self._progress()

    def _cohort(self, cohort: list[Proposal]) -> Iterator[Progress]:
        study, training = self.study, self.study.training
        bar = self._bar(cohort[0].number)
        while not self.ended:
            known = study.finished()
            missing = [proposal for proposal in cohort if proposal.number not in known]
            if not missing:
                return
            mine = study.unclaimed(missing)
            if not mine:  # another program is at work on them
                time.sleep(0.3)
                yield self._progress()
                continue
            study.claim(proposal.number for proposal in mine)
            made = [(p.number, applied(training, p.values, p.seed)) for p in mine]
            self.waiting = [_Task(company) for company in companies(made, bar, self.workers.count)]
            yield from self._work()

    def _work(self) -> Iterator[Progress]:
        self.alive = time.monotonic()
        finished: set[Future[Any]] = set()
        while self.waiting or self.working or finished:
            self._stay_alive()
            self.ended = self._spent()
            if self.ended:
                self.waiting.clear()
            self._submit()
            if finished:  # the workers are busy again: the disk can take its time
                self._record()
                yield self._progress()
            finished, _ = wait(self.working, timeout=0.25, return_when=FIRST_COMPLETED)
            for future in finished:
                task = self.working.pop(future, None)
                if task is not None:
                    self._received(task, future)

    def _submit(self) -> None:
        while self.waiting and len(self.working) < self.workers.count + 1:
            # What a worker has died over runs by itself for a slice, so that it takes nothing with it.
            if self.working and (self.waiting[0].deaths or any(t.deaths for t in self.working.values())):
                return
            task = self.waiting.pop(0)
            self.working[self.workers.submit(advance, task.company, self.shared, SLICE_SECONDS)] = task

    def _received(self, task: _Task, future: Future[Any]) -> None:
        try:
            left, outcomes = future.result()
        except LandscapeError as error:
            self._fail(task.company, str(error))
        except BrokenProcessPool:  # all that its processes were at work on is lost with it
            self.workers.forget()
            lost, self.working = [task, *self.working.values()], {}
            for each in lost:
                self._bury(each)
        except NotThereError:
            self.shared = self.workers.share(self.data)
            self._put_first(task)
        except (CancelledError, OSError) as error:  # not a trial's fault: a scheduler that is gone
            reason = f" ({error})" if str(error) else ""
            kept = " What was finished is kept; the search can be taken up with others."
            raise LandscapeError(
                f"The workers are gone{reason}.{kept if self.study.place != 'memory' else ''}"
            ) from None
        except Exception as error:
            if type(error).__name__ == "KilledWorker":  # Dask's word for it
                self._bury(task)
            else:
                self._fail(task.company, f"{type(error).__name__}: {error}")
        else:
            self.made += [self._trial(outcome) for outcome in outcomes]
            if left is not None:  # what has begun is finished first
                self._put_first(_Task(left))

    def _put_first(self, *tasks: _Task) -> None:
        """To be done next; still before it what runs by itself, since the workers are idle meanwhile."""
        self.waiting = sorted((*tasks, *self.waiting), key=lambda task: not task.deaths)

    def _bury(self, task: _Task) -> None:
        """A worker died: its company goes on by itself, then each trial: only the guilty one fails."""
        company, deaths = task.company, task.deaths + 1
        if deaths > RETRIES:
            self._fail(company, f"{WORKER_DIED} {deaths} times")
        elif deaths == 1:
            self._put_first(_Task(company, deaths))
        else:
            self._put_first(*(_Task(company.only([row]), deaths) for row in range(len(company.numbers))))

    def _fail(self, company: Company, reason: str) -> None:
        self.failed += len(company.numbers)
        nothing = np.empty(0)
        self.made += [
            self._trial(Outcome(number, "failed", nothing, nothing, reason, company.seconds))
            for number in company.numbers
        ]

    def _record(self) -> None:
        self.study.record(self.made)
        self.made = []

    def _trial(self, outcome: Outcome) -> Trial:
        proposal = self.proposals[outcome.number]
        whole = outcome.state in ("complete", "stopped")
        return Trial(
            proposal.number, proposal.round, proposal.values, proposal.seed, outcome.state,
            float(outcome.accuracy[-1]) if whole else float("nan"),
            outcome.accuracy, outcome.loss, outcome.reason, outcome.seconds,
        )  # fmt: skip

    def _spent(self) -> str:
        """Why nothing new may begin, or ""."""
        minutes, failures = self.tuning.minutes, self.tuning.failures
        if minutes is not None and time.monotonic() - self.began > 60 * minutes:
            return "the time is used up"
        if failures is not None and self.failed >= failures:
            return f"{self.failed} trials failed"
        return ""

    def _stay_alive(self) -> None:
        if time.monotonic() - self.alive > ALIVE_SECONDS:
            self.alive = time.monotonic()
            tasks = (*self.waiting, *self.working.values())
            self.study.claim(number for task in tasks for number in task.company.numbers)

    def _bar(self, first: int) -> Array:
        """What a trial of a cohort must reach, epoch by epoch, by the trials with lower numbers."""
        epochs, stopping = self.study.training.epochs, self.tuning.stopping
        bar = np.full(epochs + 1, np.nan)
        curves = [
            t.accuracy for n, t in sorted(self.study.finished().items()) if n < first and len(t.accuracy)
        ]
        if stopping == "none" or len(curves) < LEAST_MEASURED:
            return bar
        if stopping == "median":
            asked = list(range(max(round(WARM_UP * epochs), 1), epochs))
        else:  # three rungs; only the better half goes on at each
            asked = [rung for rung in (epochs // 8, epochs // 4, epochs // 2) if rung]
        for epoch in asked:
            reached = [curve[epoch] for curve in curves if len(curve) > epoch]
            if len(reached) >= LEAST_MEASURED:
                bar[epoch] = np.median(reached)
        return bar

    def _progress(self) -> Progress:
        known = self.study.finished()
        new = tuple(known[number] for number in sorted(known.keys() - self.reported))
        self.reported.update(known)
        tasks = (*self.working.values(), *self.waiting)
        running = tuple(trial for task in tasks for trial in self._under_way(task.company))
        return Progress(new, running, len(known), self.tuning.count, self.round, self.box, self.ended)

    def _under_way(self, company: Company) -> Iterator[Trial]:
        if company.accuracy is None or company.loss is None:
            return
        for number, accuracy, loss in zip(company.numbers, company.accuracy, company.loss, strict=True):
            proposal = self.proposals[number]
            yield Trial(
                number, proposal.round, proposal.values, proposal.seed, "running", float(accuracy[-1]),
                accuracy, loss,
            )  # fmt: skip

    def close(self) -> None:
        """Stop: what runs is waited for no longer than a slice; what it has not finished is made again."""
        self.waiting.clear()
        for future in self.working:
            future.cancel()
        if self.working:
            self.workers.forget()
        self._record()
        self.study.claim(())


def _as_before(proposal: Proposal, lost: Trial | None) -> Proposal:
    """The same trial again, also where the box of its round has moved with what earlier ones came to."""
    return proposal if lost is None else replace(proposal, values=lost.values, seed=lost.seed)
