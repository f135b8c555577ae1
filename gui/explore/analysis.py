"""What is computed about the surface and the rule in focus, in the background: shape, basins, tuned rates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from gui.document import Document
from gui.jobs import Jobs
from gui.views.tints import Areas
from landscape.descent import Path
from landscape.fair_race import POLICIES, Tuning, tuned
from landscape.geometry.stability import unstable
from landscape.race import Race, starts
from landscape.scene import Racer, Scene
from landscape.surface import Surface

if TYPE_CHECKING:
    from landscape.geometry.basins import Basins
    from landscape.geometry.shape import Shape

BUDGET = 24  # trials of the search for each rule's learning rate
BASIN_CELLS = (256, 256)
_BASINS = ("surface", "steps", "schedule", "optimizers", "overlays")


class Analysis(QObject):
    """Starts the jobs and keeps what they found.

    Signals
    -------
    shapeChanged(), areasChanged() : something more is known
    said(sentence) : how the search for learning rates goes on
    """

    shapeChanged = pyqtSignal()
    areasChanged = pyqtSignal()
    said = pyqtSignal(str)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.shape: Shape | None = None
        self.basins: Basins | None = None
        self.other_basins: Basins | None = None
        self.unstable: np.ndarray[Any, np.dtype[np.bool_]] | None = None

    # --- shape -------------------------------------------------------------------------------------

    def find_shape(self, scene: Scene) -> None:
        """Analyse this scene's surface."""
        surface = scene.surface.surface
        self.shape = None
        self._jobs.cancel("basins")
        self._jobs.start("shape", lambda: _analysed(surface), self._shape_found, self._document.refused.emit)

    def _shape_found(self, shape: Shape) -> None:
        old, self.shape = self.shape, shape
        if shape is old:
            return
        self.shapeChanged.emit()
        if old is None or old.critical is not shape.critical:
            self.map_basins(self._document.scene)

    # --- the rule in focus -------------------------------------------------------------------------

    def map_basins(self, scene: Scene, old: Scene | None = None) -> None:
        """Map the basins of the rule in focus, and of the one it is compared with, if they are wanted."""
        if old is not None and all(getattr(scene, name) == getattr(old, name) for name in _BASINS):
            return
        focus, against = scene.focus, scene.overlays.against
        if not scene.overlays.basins or focus is None:
            self._jobs.cancel("basins")
            self.basins = self.other_basins = None
            self.areasChanged.emit()
            return
        if self.shape is None or self.shape.critical.searching:
            return  # they will be mapped when the minima are known
        if against is None or not against < len(scene.optimizers):
            self.other_basins = None
        chosen = [focus] if against is None or not against < len(scene.optimizers) else [focus, against]
        attractors = self.shape.critical.attractors
        self._jobs.start(
            "basins", lambda: _mapped(scene, chosen, attractors), self._basins_found,
            self._document.refused.emit,
        )  # fmt: skip

    def _basins_found(self, found: tuple[Basins, Basins | None]) -> None:
        if found[0] is not self.basins or found[1] is not self.other_basins:
            self.basins, self.other_basins = found
            self.areasChanged.emit()

    def find_unstable(self, race: Race | None, step: int) -> None:
        """Where the rule in focus would be unstable, with the scaling that it has at this step."""
        scene, old = self._document.scene, self.unstable
        self.unstable = None
        path = _path_in_focus(race, scene)
        hessians = None if self.shape is None else self.shape.hessians
        known = path is not None and self.shape is not None and path.surface == self.shape.surface
        if scene.overlays.stability and path is not None and known and hessians is not None:
            self.unstable = unstable(path, step, hessians)
        same = old is self.unstable or (
            old is not None and self.unstable is not None and np.array_equal(old, self.unstable)
        )
        if not same:
            self.areasChanged.emit()

    def areas(self) -> tuple[Areas, Areas | None]:
        """The areas for the map, and for the second map if two rules are compared."""
        scene = self._document.scene
        flat = self.shape.plateaus if self.shape is not None and scene.overlays.plateaus else None
        if self.basins is None or not scene.overlays.basins:
            return Areas(flat, None, self.unstable), None
        if self.other_basins is None or scene.overlays.against is None:
            return Areas(None, self.basins, self.unstable), None
        mine, other = self.basins, self.other_basins.numbered_like(self.basins)
        different = mine.labels != other.labels
        return Areas(None, mine, None, different), Areas(None, other, None, different)

    # --- a fair race -------------------------------------------------------------------------------

    def choose_rates(self, policy: str) -> None:
        """Level the learning rates, or search for the best of each rule."""
        self._jobs.cancel("tuning")
        if policy == "tuned":
            scene = self._document.scene
            self._jobs.start(
                "tuning", lambda: _tuning(scene), lambda found: self._tuned(scene, found), self.said.emit
            )
            return
        self._document.edit(POLICIES[policy].lower(), rates=policy)  # type: ignore[index]

    def _tuned(self, scene: Scene, found: tuple[int, Tuning, tuple[Tuning, ...]]) -> None:
        _, now, done = found
        if len(done) < len(scene.optimizers):
            name = now.optimizer.title
            self.said.emit(f"Tuning {name}: trial {len(now.trials)} of {now.budget} …")
            return
        racers = tuple(
            Racer(optimizer=tuning.optimizer, enabled=racer.enabled)
            for tuning, racer in zip(done, scene.optimizers, strict=True)
        )
        spent = max(tuning.evaluations for tuning in done)
        if self._document.scene.optimizers != scene.optimizers:
            self.said.emit("The rules were changed meanwhile: the search was given up.")
            return
        self._document.edit(
            "tune each learning rate", optimizers=racers, rates="tuned", tuning_evaluations=spent
        )
        self.said.emit(tuning_sentence(self._document.scene))


def tuning_sentence(scene: Scene) -> str:
    """What tuned rates cost."""
    return (
        f"Each α tuned with up to {BUDGET} trials of {scene.steps} steps"
        f" ({scene.tuning_evaluations:,} gradients a rule)."
    )


def _analysed(surface: Surface) -> Iterator[Shape]:
    from landscape.geometry.shape import analysed

    yield from analysed(surface)


def _tuning(scene: Scene) -> Iterator[tuple[int, Tuning, tuple[Tuning, ...]]]:
    """Each rule's search after the other: (place, its present state, those that are done)."""
    surface = scene.surface.surface
    surface.compile()
    begin = np.array([scene.start])
    if scene.more_starts is not None:
        begin = np.concatenate([begin, starts(scene.more_starts, surface, scene.start, scene.seed)])
    done: list[Tuning] = []
    for place, racer in enumerate(scene.optimizers):
        now = None
        for now in tuned(
            surface, racer.optimizer, begin, scene.steps, scene.schedule, scene.noise, scene.seed, BUDGET
        ):  # fmt: skip
            yield place, now, tuple(done)
        if now is not None:
            done.append(now)
            yield place, now, tuple(done)


def _mapped(
    scene: Scene, places: list[int], attractors: tuple[np.ndarray, ...]
) -> Iterator[tuple[Basins, Basins | None]]:
    """The basins of one rule, or of two, refined in turn."""
    from landscape.geometry.basins import basins

    surface = scene.surface.surface
    surface.compile()
    running = [
        basins(
            surface, scene.optimizers[place].optimizer, BASIN_CELLS, scene.steps, scene.schedule, attractors
        )
        for place in places
    ]
    known: list[Basins | None] = [None, None]
    live = dict(enumerate(running))
    while live:
        for place, refining in list(live.items()):
            try:
                known[place] = next(refining)
            except StopIteration:
                del live[place]
            if known[0] is not None and (known[1] is not None or len(running) == 1):
                yield known[0], known[1]


def _path_in_focus(race: Race | None, scene: Scene) -> Path | None:
    if race is None or scene.focus is None:
        return None
    return next((entry.path for entry in race.entries if entry.index == scene.focus), None)
