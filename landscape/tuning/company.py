"""Caviar: trials of like shape train side by side in one array program.

Each network has its own learning rate, β, decay and L2, as `(networks, 1)` columns; all see the same batches
in the same order, which makes the comparison fair and the arithmetic quick. What a trial becomes does not
depend on the others in its company.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from landscape.errors import FieldError
from landscape.hyperparameters import hyperparameters
from landscape.network.course import Course, Recipe, State, chosen, course_of, first_state, one_step
from landscape.network.datasets import Split
from landscape.network.fused_course import fused_course
from landscape.network.layers import Array
from landscape.network.model import fitted, initial_parameters
from landscape.network.spec import Training
from landscape.network.training import architecture_of, scores
from landscape.schedules import InverseTime, Schedule
from landscape.tuning.plan import TrialState

Judge = Callable[[State], tuple[Array, Array]]  # loss and accuracy of the validation part
Passes = Callable[[Sequence[Recipe], State], tuple[State, Array, Array]]  # as `FusedCourse.passes`
LARGEST = 32  # more fall out of a processor's cache
NARROW = 16  # units, up to which a layer costs about as much as one of so many


@dataclass(frozen=True)
class Company:
    """Trials that train side by side, as far as they have got.

    Attributes
    ----------
    numbers, trainings : of the trials that are still training; all trainings of one shape
    bar : `(epochs + 1,)`, the accuracy below which a trial is hopeless; nan where nothing is asked
    state : None before the start
    accuracy, loss : `(trials, epochs so far + 1)`, of the validation part
    seconds : of work on each trial
    """

    numbers: tuple[int, ...]
    trainings: tuple[Training, ...]
    bar: Array
    state: State | None = None
    accuracy: Array | None = None
    loss: Array | None = None
    seconds: float = 0.0

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return 0 if self.state is None else self.state.epoch

    def only(self, rows: Sequence[int]) -> Company:
        """Some of its trials, as far as they have got."""
        few = replace(
            self, numbers=tuple(self.numbers[row] for row in rows),
            trainings=tuple(self.trainings[row] for row in rows),
        )  # fmt: skip
        if self.state is None or self.accuracy is None or self.loss is None:
            return few
        state = chosen(self.state, np.array(rows))
        return replace(few, state=state, accuracy=self.accuracy[rows], loss=self.loss[rows])


@dataclass(frozen=True)
class Outcome:
    """How a trial ended."""

    number: int
    state: TrialState
    accuracy: Array
    loss: Array
    reason: str
    seconds: float


def padded(hidden: tuple[int, ...], activation: str) -> tuple[int, ...]:
    """The widths that layers are computed with, so that narrow networks of any width share a company.

    The units that are added have no weights and stay exactly zero, unless an activation lifts them from 0.

    >>> padded((8, 64), "relu"), padded((8, 64), "sigmoid")
    ((16, 64), (8, 64))
    """
    return tuple(max(units, NARROW) for units in hidden) if activation != "sigmoid" else hidden


def shape_of(training: Training) -> tuple[Any, ...]:
    """What trainings must have in common to be one array program."""
    rule = training.optimizer
    flags = tuple((k, v) for k, v in sorted(vars(rule).items()) if k not in hyperparameters(rule))
    return (
        padded(training.hidden, training.activation), training.activation, training.batch_norm,
        training.batch_size, rule.key, flags,
        training.schedule if not isinstance(training.schedule, InverseTime) else training.schedule.warm_up,
        training.l2 > 0, training.epochs,
    )  # fmt: skip


def companies(trials: Sequence[tuple[int, Training]], bar: Array, workers: int) -> list[Company]:
    """Trials in companies of like shape, the most laborious first; large enough, and enough of them."""
    alike: dict[tuple[Any, ...], list[tuple[int, Training]]] = {}
    for number, training in trials:
        alike.setdefault(shape_of(training), []).append((number, training))
    # Every worker should have something to do until the end.
    largest = max(min(LARGEST, -(-len(trials) // (2 * workers))), 1)
    result = []
    for members in alike.values():
        parts = -(-len(members) // largest)
        for part in range(parts):
            mine = members[part::parts]
            result.append(Company(tuple(n for n, _ in mine), tuple(t for _, t in mine), bar))
    return sorted(result, key=_labour, reverse=True)


def _labour(company: Company) -> float:
    """A rough measure of how long a company takes."""
    one = company.trainings[0]
    units = sum(one.hidden) + 16
    return one.epochs * (len(company.numbers) * units + 200 / one.batch_size * (100 + len(one.hidden) * 100))


def advance(company: Company, data: Split, seconds: float) -> tuple[Company | None, list[Outcome]]:
    """Train a company on for about so many seconds; what is left of it, and which trials have ended.

    The time only decides where the work is interrupted: the numbers are the same for any.
    """
    with _linear_algebra().limit(limits=1), np.errstate(all="ignore"):  # leaving the numbers is a result
        return _advance(company, data, time.monotonic() + seconds)


@cache
def _linear_algebra() -> Any:
    """The thread pools of NumPy's libraries, which take milliseconds to find."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _advance(company: Company, data: Split, deadline: float) -> tuple[Company | None, list[Outcome]]:
    if not len(data.validation_labels):
        raise FieldError(
            "validation", "A search compares validation accuracies: hold a share of the data back."
        )
    outcomes: list[Outcome] = []
    spec = company.trainings[0]
    course = _course(spec, data)
    recipe, column = _recipe(company.trainings)
    machine = fused_course(course, recipe)
    passes: Passes = machine.passes if machine else partial(_passes, course)
    if company.state is None:
        company = _begun(company, course, machine.scores if machine else partial(_scores, course))
    count = 1
    while True:
        state, began = company.state, time.monotonic()
        assert state is not None
        assert company.accuracy is not None
        assert company.loss is not None
        days = range(state.epoch, min(state.epoch + count, _next_bar(company.bar, state.epoch)))
        state, losses, accuracies = passes([_of_day(recipe, column, day) for day in days], state)
        now = time.monotonic()
        company = replace(
            company, state=state,
            accuracy=np.hstack([company.accuracy, accuracies]), loss=np.hstack([company.loss, losses]),
            seconds=company.seconds + (now - began) / len(company.numbers),
        )  # fmt: skip
        left, ended = _parted(company, spec.epochs)
        outcomes += ended
        if left is None:
            return None, outcomes
        if ended:
            company = left
            recipe, column = _recipe(company.trainings)
        if now >= deadline:
            return company, outcomes
        count = max(int((deadline - now) / (now - began + 1e-9) * len(days)), 1)


def _next_bar(bar: Array, epoch: int) -> int:
    """The next epoch at which something is asked of the trials, or the last."""
    asked = np.flatnonzero(np.isfinite(bar[epoch + 1 :]))
    return epoch + 1 + int(asked[0]) if len(asked) else len(bar) - 1


def _course(spec: Training, data: Split) -> Course:
    own = architecture_of(spec, data)
    wide = replace(own, hidden=padded(own.hidden, own.activation))
    return course_of(wide, data, spec.seed, spec.running_beta, spec.dtype)


def _begun(company: Company, course: Course, judge: Judge) -> Company:
    wide, spec = course.architecture, company.trainings[0]
    parameters = np.zeros((len(company.trainings), wide.parameters), spec.dtype)
    for row, training in enumerate(company.trainings):
        own = replace(wide, hidden=training.hidden)
        made = initial_parameters(own, [training.weights_seed], training.initialization, spec.dtype)
        parameters[row] = fitted(own, made, wide)[0]
    state = first_state(course.architecture, parameters)
    losses, accuracies = judge(state)
    return replace(company, state=state, accuracy=accuracies[:, None], loss=losses[:, None])


def _recipe(trainings: tuple[Training, ...]) -> tuple[Recipe, Any]:
    """One recipe for all, with columns where the trials differ; and the column of decays, if there is one."""
    first = trainings[0]
    dtype = first.dtype

    def column(values: list[float]) -> Any:
        return np.array(values, dtype)[:, None]

    rules = [training.optimizer for training in trainings]
    schedules: list[Any] = [training.schedule for training in trainings]
    # Columns even where all agree, so that the arithmetic is that of any other company.
    numbers = {name: column([getattr(rule, name) for rule in rules]) for name in hyperparameters(rules[0])}
    decays = None
    schedule: Schedule = first.schedule
    if isinstance(schedule, InverseTime):
        decays = column([each.decay for each in schedules])
        schedule = Schedule(warm_up=schedule.warm_up)
    l2 = column([training.l2 for training in trainings]) if first.l2 > 0 else 0.0
    rule: Any = rules[0]
    return Recipe(replace(rule, **numbers), schedule, first.batch_size, l2), decays


def _of_day(recipe: Recipe, decays: Any, epoch: int) -> Recipe:
    """The recipe with each trial's learning rate of an epoch."""
    if decays is None:
        return recipe
    after = max(epoch - recipe.schedule.warm_up, 0)
    rule: Any = recipe.optimizer
    rate = rule.learning_rate / (1 + decays * decays.dtype.type(after))
    return replace(recipe, optimizer=replace(rule, learning_rate=rate))


def _passes(course: Course, recipes: Sequence[Recipe], state: State) -> tuple[State, Array, Array]:
    """The state after a pass over the data with each recipe, and the scores after each, step by step."""
    judged = []
    for recipe in recipes:
        epoch = state.epoch
        while state.epoch == epoch:
            state = one_step(course, recipe, state).state
        judged.append(_scores(course, state))
    losses, accuracies = zip(*judged, strict=True)
    return state, np.column_stack(losses), np.column_stack(accuracies)


def _scores(course: Course, state: State) -> tuple[Array, Array]:
    return scores(course.architecture, state, course.validation)


def _parted(company: Company, epochs: int) -> tuple[Company | None, list[Outcome]]:
    """Who goes on, and who has ended: diverged, hopeless, or at the last epoch."""
    state, accuracy, loss = company.state, company.accuracy, company.loss
    assert state is not None
    assert accuracy is not None
    assert loss is not None
    epoch, lost = state.epoch, state.diverged_at >= 0
    reached = np.where(lost, -(-state.diverged_at * epoch // state.step), epoch) + 1  # with epoch 0
    hopeless = accuracy[:, -1] < company.bar[epoch]  # False for a bar of nan
    done = np.full(len(lost), epoch >= epochs)
    outcomes = []
    for row in np.flatnonzero(lost | hopeless | done):
        how: TrialState = "complete"
        reason = ""
        if lost[row]:
            how, reason = "diverged", f"its numbers became infinite at step {state.diverged_at[row]}"
        elif hopeless[row] and not done[row]:
            how = "stopped"
            reason = (
                f"{accuracy[row, -1]:.3f} after {epoch} epochs, where the bar was {company.bar[epoch]:.3f}"
            )
        curves = accuracy[row, : reached[row]], loss[row, : reached[row]]
        outcomes.append(Outcome(company.numbers[row], how, *curves, reason, company.seconds))
    rows = np.flatnonzero(~(lost | hopeless | done)).tolist()
    return company.only(rows) if rows else None, outcomes
