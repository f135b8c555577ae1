"""What a search is, as data, and what becomes of each of its trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from landscape.errors import FieldError
from landscape.network.layers import Array
from landscape.parts import Number, Part, Whole
from landscape.tuning.samplers import (
    MOST_POINTS,
    Box,
    box_around,
    checked_points,
    grid_places,
    grid_shape,
    initial_seed,
    random_places,
    within,
)
from landscape.tuning.space import Space, Value, places_of, values_at

Method = Literal["random", "grid", "coarse-to-fine"]
Stopping = Literal["none", "median", "halving"]
TrialState = Literal["running", "complete", "stopped", "diverged", "failed"]
BEST_SHARE = 0.1  # of the trials so far, around which the next round searches
LEAST_BEST = 3
WORKER_DIED = "its worker died"  # how the reason begins of a trial that may not be to blame for its end
Place = Annotated[Number, Field(ge=0, le=1)]


class Tuning(Part):
    """A search, complete: the same one on the same training always has the same trials.

    Attributes
    ----------
    rounds : of coarse to fine; the trials are shared out evenly
    points : of a grid, how many values of each axis; what is not named is chosen to fit the trials
    boxes : drawn by hand: places on some axes, low and high, that a later round is confined to
    minutes : after which nothing new is begun
    failures : after how many failed trials, divergence apart, the search gives up
    """

    space: Space = Space()
    method: Method = "random"
    trials: Annotated[Whole, Field(ge=1, le=MOST_POINTS)] = 64
    rounds: Annotated[Whole, Field(ge=2, le=10)] = 3
    points: dict[str, Annotated[Whole, Field(ge=1, le=10**9)]] = Field(default_factory=dict)
    boxes: Annotated[tuple[dict[str, tuple[Place, Place]], ...], Field(max_length=9)] = ()
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 0
    stopping: Stopping = "none"
    minutes: Annotated[Number, Field(gt=0)] | None = None
    failures: Annotated[Whole, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _sound(self) -> Tuning:
        names = [dimension.name for dimension in self.space.dimensions]
        for name in (*self.points, *(name for box in self.boxes for name in box)):
            if name not in names:
                raise FieldError(name, f"“{name}” is not searched here; {', '.join(names)} are.")
        for box in self.boxes:
            for name, (low, high) in box.items():
                if not low < high:
                    raise FieldError(name, f"The box is empty along {name}: from {low:g} to {high:g}.")
        for dimension in self.space.dimensions:
            most = dimension.count
            if most is not None and self.points.get(dimension.name, 0) > most:
                raise FieldError(dimension.name, f"{dimension.name} has only {most} values in its range.")
        if self.points:
            _ = self.grid  # too many points are refused before anything begins
        return self

    @property
    def grid(self) -> tuple[int, ...]:
        """How many values of each axis a grid tries."""
        dimensions = self.space.dimensions
        if not self.points:
            return grid_shape(dimensions, self.trials)
        free = [dimension for dimension in dimensions if dimension.name not in self.points]
        taken = checked_points(tuple(self.points.values()))
        rest = dict(zip(free, grid_shape(free, max(self.trials // taken, 1)), strict=True)) if free else {}
        return tuple(self.points.get(d.name, rest.get(d, 1)) for d in dimensions)

    @property
    def count(self) -> int:
        """How many trials there will be."""
        if self.method == "grid":
            return int(np.prod(self.grid))
        return self.trials

    @property
    def round_ends(self) -> tuple[int, ...]:
        """The number of trials after each round.

        >>> Tuning(method="coarse-to-fine", trials=64).round_ends
        (22, 43, 64)
        """
        narrowing = self.rounds if self.method == "coarse-to-fine" else 1
        rounds = min(len(self.boxes) + 1 if self.boxes else narrowing, self.count)
        each, more = divmod(self.count, rounds)
        ends = np.cumsum([each + (k < more) for k in range(rounds)])
        return tuple(int(end) for end in ends)

    def proposals(self, before: list[Trial]) -> list[Proposal]:
        """The trials of the round that follows on these, all of whose rounds are complete; none at the end.

        Parameters
        ----------
        before : by number
        """
        ends = self.round_ends
        number = next((k for k, end in enumerate(ends) if end > len(before)), None)
        if number is None:
            return []
        first = ends[number - 1] if number else 0
        dimensions, box = self.space.dimensions, self.box(number, before[:first])
        if self.method == "grid":
            places = grid_places(dimensions, self.grid)[first : ends[number]]
        else:
            places = random_places(dimensions, self.seed, first, ends[number] - first)
        places = within(dimensions, places, box)
        return [
            Proposal(first + k, number, values_at(dimensions, row), initial_seed(self.seed, first + k))
            for k, row in enumerate(places.tolist())
        ]

    def complete_rounds(self, known: Mapping[int, Trial]) -> list[Trial]:
        """The trials of the rounds that are complete, by number."""
        done = max(end for end in (0, *self.round_ends) if all(number in known for number in range(end)))
        return [known[number] for number in range(done)]

    def box(self, number: int, before: list[Trial]) -> dict[str, tuple[float, float]]:
        """Where round `number` searches, as places: everywhere, or as drawn, or around the best so far."""
        if number == 0:
            return {}
        if self.boxes:
            return dict(self.boxes[number - 1])
        inside: Box = {}
        for end in self.round_ends[:number]:
            inside = self._narrowed(inside, before[:end])
        return dict(inside)

    def refined(self, known: Mapping[int, Trial], box: Mapping[str, tuple[float, float]]) -> Tuning:
        """The same search with one more round, as large as a round before, inside a box of places.

        The rounds that were made keep their trials: boxes that followed from them are written down. A grid
        has no rounds: it is followed by a search at random, whose first round is everywhere.

        Parameters
        ----------
        known : trials by number; rounds that are not complete are given up
        """
        if self.method == "grid":
            return self._other(method="random", trials=2 * self.count, boxes=(dict(box),), points={})
        ends, trials = self.round_ends, self.complete_rounds(known)
        made = max(sum(end <= len(trials) for end in ends), 1)
        boxes = [self.box(number, trials[: ends[number - 1]]) for number in range(1, made)]
        count = ends[made - 1] + self.count // len(ends)
        return self._other(method="random", trials=count, boxes=(*boxes, dict(box)))

    def _other(self, **changes: Any) -> Tuning:
        return Tuning.model_validate({**dict(self), **changes})

    def _narrowed(self, inside: Box, before: list[Trial]) -> Box:
        best = ranked(before)[: max(LEAST_BEST, round(BEST_SHARE * len(before)))]
        if not best:
            return inside
        dimensions = self.space.dimensions
        places = np.array([places_of(dimensions, trial.values) for trial in best])
        return box_around(dimensions, places, inside)


@dataclass(frozen=True)
class Proposal:
    """A trial that is to be made."""

    number: int
    round: int
    values: dict[str, Value]
    seed: int  # of its initial weights


@dataclass(frozen=True)
class Trial:
    """A trial as it stands.

    Attributes
    ----------
    score : validation accuracy after its last epoch; nan if it came to none
    accuracy, loss : of the validation part after each epoch from 0 on, `(epochs + 1,)` or fewer
    reason : why it ended before its time
    seconds : of work, shared out among the trials of one array program
    """

    number: int
    round: int
    values: dict[str, Value]
    seed: int
    state: TrialState = "running"
    score: float = float("nan")
    accuracy: Array = field(default_factory=lambda: np.empty(0), compare=False)
    loss: Array = field(default_factory=lambda: np.empty(0), compare=False)
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def lost(self) -> bool:
        """Whether it failed with its worker, perhaps for no fault of its own: it is worth another try."""
        return self.state == "failed" and self.reason.startswith(WORKER_DIED)


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """The complete trials, the best first; of equals, the one with the lowest number."""
    good = (trial for trial in trials if trial.state == "complete")
    return sorted(good, key=lambda trial: (-trial.score, trial.number))


def best_of(trials: Iterable[Trial]) -> Trial | None:
    """The first of those that are `ranked`."""
    return next(iter(ranked(trials)), None)
