"""What the user asked for, as data: a frozen, validated, versioned scene; TOML in and out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from landscape.descent import checked_start
from landscape.errors import FieldError, FormulaError
from landscape.fair_race import Policy, levelled
from landscape.files import read_text, seen_from, whole, write_whole
from landscape.network.spec import Training
from landscape.optimizers import make_optimizer, settings
from landscape.parts import Number, Part, ScheduleTable, Switch, Whole, rule_from_table
from landscape.resources import scene_files
from landscape.scene_text import parsed, refusal, written
from landscape.schedules import Schedule
from landscape.surface import Surface, UnknownSurfaceError, checked_range, surfaces
from landscape.tuning.plan import Tuning
from landscape.tuning.selection import TuneView

VERSION = 1
MAX_RACERS = 12
MAX_STARTS = 400
MAX_WORK = 2_000_000  # starts × steps × rules: a second or two, and some 50 MB

Axis = Annotated[Whole, Field(ge=0)]
Workspace = Literal["explore", "train", "tune"]
Layout = Literal["both", "map", "surface"]
Measure = Literal["gradient", "distance", "sharpness", "starts", "evaluations"]
Colormap = Literal["landscape", "viridis", "cividis", "cet_l17", "cet_d1"]
# What the learning rates depend on where they are levelled.
TUNED_FOR = ("surface", "start", "more_starts", "steps", "schedule", "noise", "seed")
LEVELLED_BY: dict[Policy, set[str]] = {
    "equal_rate": {"rates", "optimizers"},
    "equal_first_step": {"rates", "optimizers", "start", "surface", "schedule"},
}


class SurfaceChoice(Part):
    """A surface of the catalogue by `name`, or a `formula`; domain and parameters if they differ."""

    name: str | None = None
    formula: str | None = None
    x: tuple[Number, Number] | None = None
    y: tuple[Number, Number] | None = None
    parameters: dict[str, Number] = Field(default_factory=dict)

    @field_validator("x", "y")
    @classmethod
    def _domain(cls, value: Any, info: Any) -> Any:
        return None if value is None else checked_range(info.field_name, value)

    @model_validator(mode="after")
    def _one_of(self) -> SurfaceChoice:
        if (self.name is None) == (self.formula is None):
            raise FieldError("name", "A surface takes either a name or a formula, not both or none.")
        try:
            # A catalogue surface needs no compiling to be known as good.
            _ = self.surface if self.formula is not None or self.parameters else surfaces[str(self.name)]
        except FormulaError as error:
            raise FieldError("formula", str(error)) from None
        except UnknownSurfaceError as error:
            raise FieldError("name", str(error)) from None
        except FieldError as error:
            place = error.field if error.field in ("x", "y") else f"parameters.{error.field}"
            raise FieldError(place, str(error)) from None
        return self

    @cached_property
    def surface(self) -> Surface:
        """The surface itself."""
        if self.formula is not None:
            return Surface.from_formula(
                self.formula, self.x or (-2.0, 2.0), self.y or (-2.0, 2.0), self.parameters
            )
        surface = surfaces[str(self.name)]
        if self.x or self.y:
            surface = replace(surface, x=self.x or surface.x, y=self.y or surface.y)
        return surface.with_parameters(**self.parameters) if self.parameters else surface


class Racer(Part):
    """One rule in the race: its settings stand beside `rule` in the file."""

    optimizer: Any
    enabled: Switch = True

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "optimizer" in given:
            return given
        given = dict(given)
        enabled = given.pop("enabled", True)
        return {"optimizer": rule_from_table(given), "enabled": enabled}

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        state = {} if self.enabled else {"enabled": False}
        return {"rule": self.optimizer.key, **state, **settings(self.optimizer)}


class MoreStarts(Part):
    """Further starts around the first: a grid over the domain, a ring, or a random cloud."""

    kind: Literal["grid", "ring", "random"] = "ring"
    count: Annotated[Whole, Field(ge=2, le=MAX_STARTS)] = 16
    radius: Annotated[Number, Field(gt=0, le=1)] = 0.2  # share of the domain; not used by the grid


class View(Part):
    """How it is looked at."""

    layout: Layout = "both"
    log_scale: Switch | None = None  # None: as the catalogue advises for this surface
    equal_scales: Switch | None = None  # of x and y on the map; None: as the catalogue advises
    contours: Switch = True
    colormap: Colormap = "landscape"
    measure: Measure = "gradient"
    azimuth: Annotated[Number, Field(ge=-360, le=360)] = -60.0
    elevation: Annotated[Number, Field(ge=-90, le=90)] = 35.0
    distance: Annotated[Number, Field(ge=0.3, le=5)] = 1.0


class Overlays(Part):
    """What is shown of the surface's shape, and of one rule that is in focus."""

    critical_points: Switch = True
    watersheds: Switch = False  # the manifolds of the saddles
    plateaus: Switch = True
    basins: Switch = False
    stability: Switch = False
    focus: Annotated[Whole, Field(ge=0, lt=MAX_RACERS)] = 0  # place of the rule among the optimizers
    against: Annotated[Whole, Field(ge=0, lt=MAX_RACERS)] | None = None  # the rule whose basins to compare

    def without_answers(self) -> Overlays:
        """What may be seen while a question waits.

        A plateau's outline stays: it is what one asks about, and the ground shows it anyway.
        """
        answers = {"critical_points": False, "watersheds": False, "basins": False, "stability": False}
        return self.model_copy(update={**answers, "against": None})


class TrainView(Part):
    """How a training is looked at.

    Attributes
    ----------
    axes : the two features of the plane, from 0; None: the only two, or the principal components
    """

    twin: Switch = True  # beside it, the same network with batch normalization the other way round
    test_time: Switch = True  # running averages, else the statistics of the last mini-batch
    picked: tuple[Number, Number] | None = None
    temperature: Annotated[Number, Field(ge=0.05, le=20)] = 1.0
    axes: tuple[Axis, Axis] | None = None
    layer: Annotated[Whole, Field(ge=0)] = 0
    panda: Switch = False  # whether a change applies from the present moment on, and not from the start


def _opening_racers() -> tuple[Racer, ...]:
    return tuple(
        Racer(optimizer=make_optimizer(rule, learning_rate=rate))
        for rule, rate in (("gradient_descent", 0.03), ("momentum", 0.08), ("rmsprop", 0.02), ("adam", 0.035))
    )  # fmt: skip


class Scene(Part):
    """One race, complete: the same scene always gives the same frames.

    The learning rates that stand in it are those that are used; `rates` says how they were chosen.
    `edited` and `from_toml` see to it that this is true; a scene made in any other way is believed.

    >>> scene = Scene(surface={"name": "bowl"}, start=(1, 1))
    >>> scene == Scene.from_toml(scene.to_toml())
    True
    """

    version: Whole = VERSION
    title: Annotated[str, Field(max_length=200)] = ""
    caption: Annotated[str, Field(max_length=1000)] = ""
    notes: Annotated[str, Field(max_length=2000)] = ""  # for the speaker
    steps: Annotated[Whole, Field(ge=1, le=20_000)] = 300
    noise: Annotated[Number, Field(ge=0, le=1e6)] = 0.0
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 0
    rates: Policy = "own"
    tuning_evaluations: Annotated[Whole, Field(ge=0)] = 0  # of the gradient, by the search for tuned rates
    surface: SurfaceChoice = SurfaceChoice(name="double_well")
    start: tuple[Number, Number] = (0.025, 1.75)
    more_starts: MoreStarts | None = None
    schedule: ScheduleTable = Schedule()
    view: View = View()
    overlays: Overlays = Overlays()
    optimizers: Annotated[tuple[Racer, ...], Field(max_length=MAX_RACERS)] = Field(
        default_factory=_opening_racers
    )
    workspace: Workspace = "explore"
    training: Training = Training()
    train_view: TrainView = TrainView()
    tuning: Tuning = Tuning()
    tune_view: TuneView = TuneView()

    @field_validator("start")
    @classmethod
    def _point(cls, value: Any) -> Any:
        return checked_start(value)

    @model_validator(mode="after")
    def _work(self) -> Scene:
        starts = 1 + (self.more_starts.count if self.more_starts else 0)
        if self.steps * starts * max(len(self.optimizers), 1) > MAX_WORK:
            raise FieldError(
                "steps", f"{starts} starts × {self.steps} steps are too much work; take fewer of either."
            )
        return self

    @property
    def log_scale(self) -> bool:
        """Whether heights are shown on a logarithmic scale."""
        advised = self.surface.surface.log_scale
        return advised if self.view.log_scale is None else self.view.log_scale

    @property
    def equal_scales(self) -> bool:
        """Whether x and y have the same scale on the map."""
        advised = self.surface.surface.equal_scales
        return advised if self.view.equal_scales is None else self.view.equal_scales

    @property
    def focus(self) -> int | None:
        """The place of the rule in focus: as chosen, else the first that takes part; None without any."""
        running = [place for place, racer in enumerate(self.optimizers) if racer.enabled]
        return self.overlays.focus if self.overlays.focus in running else next(iter(running), None)

    @property
    def against(self) -> int | None:
        """The place of the rule whose basins are shown beside those of the rule in focus, or None."""
        place = self.overlays.against
        there = place is not None and place < len(self.optimizers) and self.optimizers[place].enabled
        return place if self.overlays.basins and there and place != self.focus else None

    def edited(self, **changes: Any) -> Scene:
        """A new scene with these fields changed, validated, and its learning rates in keeping with `rates`.

        Where they are levelled, all follow the rule whose learning rate was changed, else the first of
        those that are switched on; a rule that is new to the race follows, too. The first step is that from
        `start`, without noise. Where they were tuned, one set by hand makes them "own",
        and so does another race than the one they were tuned for.

        Raises
        ------
        SceneError
            with the key that is to blame.

        >>> scene = Scene().edited(rates="equal_rate")
        >>> [racer.optimizer.learning_rate for racer in scene.optimizers]
        [0.03, 0.03, 0.03, 0.03]
        """
        given = {name: getattr(self, name) for name in type(self).model_fields}
        scene = _validated({**given, **changes}, "")
        other = any(getattr(scene, name) != getattr(self, name) for name in TUNED_FOR)
        if scene.rates == "tuned" and "rates" not in changes and (other or _set_by_hand(self, scene)):
            return scene.model_copy(update={"rates": "own", "tuning_evaluations": 0})
        if changes.keys() & LEVELLED_BY.get(scene.rates, set()):
            return scene.model_copy(update={"optimizers": _levelled(scene, _leader(self, scene))})
        return scene

    def to_toml(self) -> str:
        """The scene as text a person can read and edit."""
        return written(self.to_table())

    def to_table(self) -> dict[str, Any]:
        """The scene as TOML has it, without what goes without saying."""
        table = self.model_dump(exclude_none=True)
        if not table["surface"]["parameters"]:
            del table["surface"]["parameters"]
        if self.workspace == "explore":
            del table["workspace"]
        for name in ("training", "train_view", "tuning", "tune_view"):
            if getattr(self, name) == type(self).model_fields[name].default:
                del table[name]
        if self.rates == "own":
            del table["rates"]
        if self.rates != "tuned":
            del table["tuning_evaluations"]
        if not self.notes:
            del table["notes"]
        return table

    @staticmethod
    def from_toml(text: str) -> Scene:
        """The scene written in this text.

        Where its learning rates are not as equal as it says, the numbers are believed, and not what is
        said of them: `rates` is "own" then.

        Raises
        ------
        SceneError
            with the key and the line that are to blame.
        """
        return _validated(parsed(text, "scene", VERSION), text).believed()

    def believed(self) -> Scene:
        """The scene with its numbers believed, and not what is said of them."""
        return self if _is_level(self) else self.model_copy(update={"rates": "own"})

    @staticmethod
    def load(path: Path | str) -> Scene:
        """Read a scene file; the file is left alone. Its data file is looked for from the scene's folder."""
        scene = Scene.from_toml(read_text(Path(path)))
        return scene.moved(lambda file: whole(path).parent / file)

    def save(self, path: Path | str) -> None:
        """Write a scene file, completely or not at all; data below its folder can be moved with it."""
        write_whole(
            Path(path), self.moved(lambda file: seen_from(whole(path).parent, file)).to_toml().encode()
        )

    def moved(self, named: Callable[[Path], Path]) -> Scene:
        """The scene with its data file, if it has one, named another way."""
        data = self.training.data
        if not data.file:
            return self
        moved = data.model_copy(update={"file": named(Path(data.file)).as_posix()})
        return self.model_copy(update={"training": self.training.model_copy(update={"data": moved})})


def opening_scene() -> Scene:
    """What the program opens with: four rules leave a saddle."""
    return Scene.load(scene_files()[0])


def _leader(before: Scene, after: Scene) -> int:
    """The racer whom the others follow after an edit: see `Scene.edited`."""
    old, new = before.optimizers, after.optimizers
    if [racer.optimizer.key for racer in old] == [racer.optimizer.key for racer in new]:
        rates = [[racer.optimizer.learning_rate for racer in racers] for racers in (old, new)]
        found = [place for place, (was, now) in enumerate(zip(*rates, strict=True)) if was != now]
    else:
        found = [place for place, racer in enumerate(new) if racer in old]
    return min(found or range(len(new)), key=lambda place: not new[place].enabled, default=0)


def _levelled(scene: Scene, leader: int) -> tuple[Racer, ...]:
    gradient: Any = (0.0, 0.0)
    if scene.rates == "equal_first_step":
        gradient = scene.surface.surface.gradient(scene.start)
    racers = scene.optimizers
    rules = levelled(
        [racer.optimizer for racer in racers], scene.rates, leader, gradient, scene.start, scene.schedule(0)
    )
    pairs = zip(racers, rules, strict=True)
    return tuple(racer.model_copy(update={"optimizer": rule}) for racer, rule in pairs)


def _is_level(scene: Scene) -> bool:
    """Whether the learning rates are as `scene.rates` says, but for rounding."""
    level = _levelled(scene, _leader(scene, scene))
    return all(
        math.isclose(now.optimizer.learning_rate, then.optimizer.learning_rate, rel_tol=1e-9)
        for now, then in zip(scene.optimizers, level, strict=True)
    )


def _set_by_hand(before: Scene, after: Scene) -> bool:
    """Whether a rule has a learning rate that no rule of its kind had before."""
    was, now = (
        Counter((racer.optimizer.key, racer.optimizer.learning_rate) for racer in scene.optimizers)
        for scene in (before, after)
    )
    return bool(now - was)


def _validated(table: dict[str, Any], text: str) -> Scene:
    try:
        return Scene.model_validate(table)
    except ValidationError as error:
        raise refusal(error, text) from None
