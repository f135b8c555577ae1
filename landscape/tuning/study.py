"""Searches on disk, as Optuna studies: nothing that was finished is ever lost, and its own tools can read it.

A finished trial is one record, written at once. The full range is recorded as each trial's distribution also
where a round searched a smaller box: importances would otherwise lose that parameter. What is under way is
only claimed: since a trial's parameters follow from its number, it can always be made again.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import time
import uuid
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from landscape.errors import LandscapeError
from landscape.files import check_target
from landscape.interrupts import interrupted_afterwards
from landscape.network.spec import Training
from landscape.tuning.plan import Proposal, Trial, Tuning
from landscape.tuning.space import Dimension, Value

NAME = "landscape"  # of the one study in a file
STALE_SECONDS = 30.0  # after which a claim without a sign of life counts no more
LOCK_SECONDS = 10  # the same for the lock on a journal
# What may differ between two runs of one search.
FREE = {"minutes", "failures"}


class Study:
    """A search's trials, in memory or in an Optuna storage.

    Parameters
    ----------
    storage : a path of a journal file, any URL that Optuna takes, or "" for memory

    Raises
    ------
    LandscapeError
        if it cannot be opened, or holds another search.
    """

    def __init__(self, training: Training, tuning: Tuning, storage: str = "") -> None:
        self.training, self.tuning, self.place = training, tuning, storage or "memory"
        self.remarks: list[str] = []
        self._me = uuid.uuid4().hex[:12]
        self._dimensions = tuning.space.dimensions
        self._study = self._opened(storage)
        self._check()
        self._finished: dict[int, Trial] = {}
        self._lost: dict[int, Trial] = {}
        self._read = 0

    def _opened(self, storage: str) -> Any:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            try:
                kept = self._storage(storage)
                if kept is not None and NAME in optuna.get_all_study_names(kept):
                    return optuna.load_study(storage=kept, study_name=NAME)  # writes nothing
                return optuna.create_study(
                    storage=kept, study_name=NAME, direction="maximize", load_if_exists=True
                )
            except LandscapeError:
                raise
            except Exception as error:
                reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
                raise LandscapeError(f"The study {storage} cannot be opened: {reason}.") from None

    def _storage(self, storage: str) -> Any:
        if not storage or "://" in storage:
            return storage or None
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

        path = Path(storage)
        check_target(path)
        lock = JournalFileOpenLock(str(path), grace_period=LOCK_SECONDS)
        self._mend(path, lock)
        return JournalStorage(JournalFileBackend(str(path), lock_obj=lock))

    def _mend(self, path: Path, lock: Any) -> None:
        """Cut off a last line that was never finished: what came after it would be lost with it."""
        try:
            if not path.exists():
                path.touch()
            lock.acquire()  # nobody else is in the middle of a line
            try:
                with path.open("rb+") as file:
                    content = file.read()
                    end = content.rfind(b"\n") + 1
                    if content[:1] not in (b"", b"{"):
                        raise LandscapeError(f"{path} is not a study: it holds something else.")
                    if end < len(content):
                        file.truncate(end)
                        self.remarks.append(f"The last line of {path.name} was torn; it has been cut off.")
            finally:
                lock.release()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise LandscapeError(f"The study {path} cannot be written: {reason}.") from None

    # --- whose study it is -------------------------------------------------------------------------

    def _check(self) -> None:
        """A study holds one search: its training, its space, its seed."""
        written = json.dumps(
            {
                "training": self.training.model_dump(mode="json", exclude_none=True),
                "tuning": self.tuning.model_dump(mode="json", exclude_none=True, exclude=FREE),
            },
            sort_keys=True,
        )
        kept = self._study.user_attrs.get("landscape")
        if kept is None:
            if self._study.get_trials(deepcopy=False):
                raise LandscapeError(
                    f"The study in {self.place} was made by another program; write to another file."
                )
            self._set("landscape", written)
            return
        try:
            mine, theirs = json.loads(written), json.loads(kept)
            differing = [
                key for part in ("tuning", "training") for key in {**mine[part], **theirs[part]}
                if mine[part].get(key) != theirs[part].get(key)
            ]  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            raise LandscapeError(
                f"The study in {self.place} is damaged: it does not say what it searches."
            ) from None
        if differing:
            what = ", ".join(dict.fromkeys(differing))
            raise LandscapeError(
                f"The study in {self.place} is another search (it differs in: {what}). Take it up with"
                " the same settings, or write to another file."
            )

    # --- trials ------------------------------------------------------------------------------------

    def finished(self) -> dict[int, Trial]:
        """All finished trials by number, those of other programs included."""
        records = self._study.get_trials(deepcopy=False)
        for record in records[self._read :]:
            number = record.user_attrs.get("number")
            if not isinstance(number, int) or not record.state.is_finished():
                continue
            # Two programs may have made the same trial: it is the same then, unless one lost its worker.
            if number not in self._finished or self._finished[number].lost:
                self._finished[number] = self._trial(record, number)
        self._read = len(records)
        return self._finished

    def take_up_lost(self) -> dict[int, Trial]:
        """Count those that were lost with their workers as not made; all that ever were, by number."""
        lost = {number: trial for number, trial in self.finished().items() if trial.lost}
        for number in lost:
            del self._finished[number]
        self._lost |= lost
        return self._lost

    def record(self, trials: Iterable[Trial]) -> None:
        """Write finished trials, each completely or not at all."""
        known = self.finished()
        records = [self._frozen(trial) for trial in trials if trial.number not in known]
        if records:
            self._write(lambda: self._study.add_trials(records))
            self.finished()

    def adopt(self, other: Study) -> None:
        """Take over the trials of another study which this one would make all the same.

        A trial follows from the training, its values and its seed, so that a search that was widened by
        a round, or by more trials, need not make again what it has. Where hopeless trials are stopped,
        it follows from the others as well, and nothing is taken.
        """
        if self.training != other.training or {self.tuning.stopping, other.tuning.stopping} != {"none"}:
            return
        theirs = other.finished()
        while True:
            mine = self.finished()
            batch = self.tuning.proposals(self.tuning.complete_rounds(mine))
            pairs = [(p, theirs[p.number]) for p in batch if p.number in theirs and p.number not in mine]
            same = [
                replace(trial, round=proposal.round) for proposal, trial in pairs
                if (trial.values, trial.seed) == (proposal.values, proposal.seed) and trial.state != "failed"
            ]  # fmt: skip
            self.record(same)
            if not same:
                return

    @cached_property
    def _distributions(self) -> dict[str, Any]:
        return {d.stored_name: distribution_of(d) for d in self._dimensions}

    def _frozen(self, trial: Trial) -> Any:
        from optuna.trial import TrialState, create_trial

        state = {"complete": TrialState.COMPLETE, "stopped": TrialState.PRUNED}.get(
            trial.state, TrialState.FAIL
        )
        attributes = {
            "number": trial.number, "round": trial.round, "seed": trial.seed, "state": trial.state,
            "seconds": round(trial.seconds, 4), "loss": [_or_none(value) for value in trial.loss],
            **({"reason": trial.reason} if trial.reason else {}),
            **({"beta": trial.values["beta"]} if "beta" in trial.values else {}),
        }  # fmt: skip
        made = create_trial(
            state=state,
            value=float(trial.score) if state != TrialState.FAIL else None,
            params={d.stored_name: d.stored(trial.values[d.name]) for d in self._dimensions},
            distributions=self._distributions,
            user_attrs=attributes,
            intermediate_values={epoch: float(value) for epoch, value in enumerate(trial.accuracy)},
        )
        assert made.datetime_complete is not None
        made.datetime_start = made.datetime_complete - datetime.timedelta(seconds=trial.seconds)
        return made

    def _trial(self, record: Any, number: int) -> Trial:
        attributes, curve = record.user_attrs, record.intermediate_values
        values: dict[str, Value] = {d.name: record.params[d.stored_name] for d in self._dimensions}
        if "beta" in attributes:  # 1 − (1 − β) is not quite β
            values["beta"] = attributes["beta"]
        state = attributes.get("state", "failed")
        return Trial(
            number, attributes.get("round", 0), values, attributes.get("seed", 0), state,
            record.value if record.value is not None else float("nan"),
            np.array([curve[epoch] for epoch in sorted(curve)]),
            np.array([np.nan if value is None else value for value in attributes.get("loss", [])]),
            attributes.get("reason", ""), attributes.get("seconds", 0.0),
        )  # fmt: skip

    # --- claims ------------------------------------------------------------------------------------

    def unclaimed(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        """Those that no other living program is at work on."""
        taken: set[int] = set()
        for key, claim in self._study.user_attrs.items():
            if key.startswith("claim ") and key != f"claim {self._me}" and _is_alive(claim):
                taken.update(claim["numbers"])
        return [proposal for proposal in proposals if proposal.number not in taken]

    def claim(self, numbers: Iterable[int]) -> None:
        """Say that these are being made, and that this program is alive; none when it ends."""
        mine = {
            "at": time.time(),
            "host": platform.node(),
            "process": os.getpid(),
            "numbers": sorted(numbers),
        }
        self._set(f"claim {self._me}", mine)

    def _set(self, key: str, value: Any) -> None:
        self._write(lambda: self._study.set_user_attr(key, value))

    def _write(self, deed: Any) -> None:
        try:
            with interrupted_afterwards():
                deed()
        except LandscapeError:
            raise
        except Exception as error:  # a disk that is full, a server that is gone
            reason = (
                getattr(error, "strerror", None) or " ".join(str(error).split())[:200] or type(error).__name__
            )
            raise LandscapeError(f"The study {self.place} cannot be written: {reason}.") from None


def distribution_of(dimension: Dimension) -> Any:
    """The whole range of an axis, as Optuna writes it."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    low, high = dimension.low, dimension.high
    if dimension.choices:
        return CategoricalDistribution(dimension.choices)
    if dimension.whole:
        return IntDistribution(round(low), round(high), log=dimension.scale in ("log", "powers of 2"))
    if dimension.name == "beta":  # recorded as 1 − β, so that its scale is a plain logarithm
        return FloatDistribution(1 - high, 1 - low, log=dimension.scale == "log of 1-x")
    return FloatDistribution(low, high, log=dimension.scale == "log")


def _is_alive(claim: dict[str, Any]) -> bool:
    """Whether a program is still at work on what it claimed."""
    if time.time() - claim["at"] > STALE_SECONDS:
        return False
    if os.name != "posix" or claim["host"] != platform.node():
        return True
    try:
        os.kill(claim["process"], 0)  # asks only
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
