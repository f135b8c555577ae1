"""What a training is, as data: its set, network, rule, seed, and every change made on the way."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from landscape.errors import FieldError
from landscape.network.course import Recipe
from landscape.network.datasets import DATASETS, Dataset, make_dataset
from landscape.network.layers import ActivationName
from landscape.network.model import MAX_LAYERS, MAX_UNITS, Architecture
from landscape.optimizers import Adam
from landscape.parts import Number, Part, RuleTable, ScheduleTable, Switch, Whole
from landscape.schedules import Schedule

MAX_EPOCHS = 100_000
MAX_DRAWN = 5000
Place = Annotated[Number, Field(ge=-100, le=100)]
ClassNumber = Annotated[Whole, Field(ge=0, le=7)]
Precision = Literal["float32", "float64"]


class DataChoice(Part):
    """A data set by name with its settings, points drawn by hand, or the user's own CSV file."""

    name: str = "spirals"
    classes: Annotated[Whole, Field(ge=2, le=8)] = 3
    points: Annotated[Whole, Field(ge=8, le=20_000)] = 330
    noise: Annotated[Number, Field(ge=0, le=5)] | None = None  # None: as suits the set
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 0
    drawn: Annotated[tuple[tuple[Place, Place, ClassNumber], ...], Field(max_length=MAX_DRAWN)] = ()
    file: str = ""
    label: str | Whole | None = None  # the column of the classes: its name or number; None: the last
    header: Switch | None = None  # whether the first row holds names; None: as it looks

    @field_validator("name")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in (*DATASETS, "csv"):
            raise FieldError("name", f"There is no data set “{value}”. There are {', '.join(DATASETS)}, csv.")
        return value

    @field_validator("label", mode="before")
    @classmethod
    def _column(cls, value: Any) -> Any:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
            raise FieldError("label", "label must be a column's name or its number.")
        return value

    @model_validator(mode="after")
    def _has_a_file(self) -> DataChoice:
        if self.name == "csv" and not self.file:
            raise FieldError("file", "Your own data needs a file.")
        return self

    def load(self) -> Dataset:
        """The data; a file is read.

        Raises
        ------
        LandscapeError
            if the file cannot be read or the settings do not go together.
        """
        if self.name == "csv":
            from landscape.network.csv_data import read_csv

            return read_csv(self.file, self.label, self.header)
        takes = DATASETS[self.name].settings
        given = {name: getattr(self, name) for name in takes if getattr(self, name) is not None}
        return make_dataset(self.name, **given)


class Change(Part):
    """What was changed while the network trained, from a step on; what is None stays as it was."""

    step: Annotated[Whole, Field(ge=0)]
    optimizer: RuleTable | None = None
    schedule: ScheduleTable | None = None
    batch_size: Annotated[Whole, Field(ge=1, le=20_000)] | None = None
    l2: Annotated[Number, Field(ge=0, le=100)] | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class Training(Part):
    """One training, complete: the same spec always gives the same network.

    The learning rate's schedule counts complete passes over the data (epochs).

    >>> Training(batch_size=16).architecture(2, 3).parameters
    1315
    """

    data: DataChoice = DataChoice()
    hidden: Annotated[
        tuple[Annotated[Whole, Field(ge=1, le=MAX_UNITS)], ...], Field(max_length=MAX_LAYERS)
    ] = (
        32,
        32,
    )
    activation: ActivationName = "relu"
    batch_norm: Switch = True
    running_beta: Annotated[Number, Field(ge=0, lt=1)] = 0.9
    epsilon: Annotated[Number, Field(gt=0, le=1)] = 1e-5
    initialization: Literal["auto", "he", "xavier", "small"] = "auto"
    optimizer: RuleTable = Adam(learning_rate=0.01)
    schedule: ScheduleTable = Schedule()
    batch_size: Annotated[Whole, Field(ge=1, le=20_000)] = 32
    l2: Annotated[Number, Field(ge=0, le=100)] = 0.0
    epochs: Annotated[Whole, Field(ge=1, le=MAX_EPOCHS)] = 80
    validation: Annotated[Number, Field(ge=0, le=0.9)] = 0.25
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 0
    initial_seed: Annotated[Whole, Field(ge=0, lt=2**63)] | None = None  # of the weights; None: `seed`
    precision: Precision = "float32"
    changes: Annotated[tuple[Change, ...], Field(max_length=1000)] = ()

    @field_validator("changes")
    @classmethod
    def _in_order(cls, value: tuple[Change, ...]) -> tuple[Change, ...]:
        return tuple(sorted(value, key=lambda change: change.step))

    @property
    def weights_seed(self) -> int:
        """The seed that the initial weights are drawn from."""
        return self.seed if self.initial_seed is None else self.initial_seed

    @property
    def dtype(self) -> Any:
        """NumPy's type of the numbers."""
        return np.dtype(self.precision).type

    def architecture(self, features: int, classes: int) -> Architecture:
        """The network for data with so many features and classes."""
        return Architecture(features, self.hidden, classes, self.activation, self.batch_norm, self.epsilon)

    @property
    def recipes(self) -> tuple[tuple[int, Recipe], ...]:
        """From which step on which recipe is in force, in order.

        >>> spec = Training(changes=({"step": 7, "batch_size": 8},))
        >>> [(step, recipe.batch_size) for step, recipe in spec.recipes]
        [(0, 32), (7, 8)]
        """
        result = [(0, Recipe(self.optimizer, self.schedule, self.batch_size, self.l2))]
        for change in self.changes:
            before = result[-1][1]
            after = Recipe(
                change.optimizer or before.optimizer,
                change.schedule or before.schedule,
                change.batch_size or before.batch_size,
                before.l2 if change.l2 is None else change.l2,
            )
            result.append((change.step, after))
        return tuple(result)

    def recipe_at(self, step: int) -> Recipe:
        """The recipe that makes the update after this step."""
        return in_force(self.recipes, step)


def in_force(recipes: tuple[tuple[int, Recipe], ...], step: int) -> Recipe:
    """The last of some recipes that begins no later than a step."""
    return next(recipe for first, recipe in reversed(recipes) if first <= step)
