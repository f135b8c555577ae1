"""What is computed about the surface and the rule in focus, in the background: shape, basins, stability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from gui.document import Document
from gui.jobs import Jobs
from gui.views.tints import Areas
from landscape.geometry.stability import sharpness_on, stability_limit
from landscape.race import Race
from landscape.scene import Scene
from landscape.surface import Surface

if TYPE_CHECKING:
    from landscape.geometry.basins import Basins
    from landscape.geometry.shape import Shape

BASIN_CELLS = (256, 256)


class Analysis(QObject):
    """Starts the jobs and keeps what they found.

    Signals
    -------
    shapeChanged(), areasChanged() : something more is known
    """

    shapeChanged = pyqtSignal()
    areasChanged = pyqtSignal()

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.shape: Shape | None = None
        self._found: tuple[Basins, Basins | None] | None = None
        self._mapped_for: tuple[Any, ...] = ()
        self.unstable: np.ndarray[Any, np.dtype[np.bool_]] | None = None
        self.sharpest = (0.0, 2.0)  # the largest αλ on the map, and the rule's limit

    # --- shape -------------------------------------------------------------------------------------

    def find_shape(self, scene: Scene) -> None:
        """Analyse this scene's surface."""
        surface = scene.surface.surface
        self.shape = None
        self.map_basins(scene)
        self._jobs.start("shape", lambda: _analysed(surface), self._shape_found, self._document.refused.emit)

    def _shape_found(self, shape: Shape) -> None:
        old, self.shape = self.shape, shape
        if shape is not old:
            self.shapeChanged.emit()
            self.map_basins(self._document.scene)

    # --- the rule in focus -------------------------------------------------------------------------

    def map_basins(self, scene: Scene) -> None:
        """Map the basins of the rule in focus, and of the one it is compared with, if that is wanted."""
        wanted = self._wanted(scene)
        if wanted == self._mapped_for:
            return
        self._mapped_for = wanted
        self._jobs.cancel("basins")
        self.areasChanged.emit()  # those there are belong to something else
        if wanted:
            assert self.shape is not None
            attractors = self.shape.critical.attractors
            places = [place for place in (scene.focus, scene.against) if place is not None]
            self._jobs.start(
                "basins", lambda: _mapped(scene, places, attractors), self._basins_found,
                self._document.refused.emit,
            )  # fmt: skip

    def _wanted(self, scene: Scene) -> tuple[Any, ...]:
        """What the basins depend on; empty where none are wanted, or the minima are not known yet."""
        surface = scene.surface.surface
        known = self.shape is not None and self.shape.surface == surface
        if not scene.overlays.basins or scene.focus is None or not known or self.shape is None:
            return ()
        if self.shape.critical.searching:
            return ()
        rules = [None if k is None else scene.optimizers[k].optimizer for k in (scene.focus, scene.against)]
        return (surface, scene.steps, scene.schedule, *rules)

    def _basins_found(self, found: tuple[Basins, Basins | None]) -> None:
        if self._found is None or found[0] is not self._found[0] or found[1] is not self._found[1]:
            self._found = found
            self.areasChanged.emit()

    @property
    def basins(self) -> Basins | None:
        """The basins of the rule in focus; None as long as there are only those of something else."""
        if self._found is None or not self._mapped_for:
            return None
        surface, _, _, rule, _ = self._mapped_for
        found = self._found[0]
        return found if found.surface == surface and found.optimizer == rule else None

    @property
    def other_basins(self) -> Basins | None:
        """Those of the rule it is compared with, numbered alike."""
        mine, other = self.basins, self._found[1] if self._found is not None else None
        if mine is None or other is None or other.optimizer != self._mapped_for[-1]:
            return None
        return other.numbered_like(mine)

    def find_unstable(self, race: Race | None, step: int) -> None:
        """Where the rule in focus would be unstable, with the scaling that it has at this step."""
        scene, old = self._document.scene, self.unstable
        self.unstable = None
        entry = None if race is None else race.entry(scene.focus)
        path = None if entry is None else entry.path
        hessians = None if self.shape is None else self.shape.hessians
        known = path is not None and self.shape is not None and path.surface == self.shape.surface
        if scene.overlays.stability and path is not None and known and hessians is not None:
            sharp, limit = sharpness_on(path, step, hessians), stability_limit(path.optimizer)
            with np.errstate(invalid="ignore"):
                self.unstable = sharp > limit
            finite = sharp[np.isfinite(sharp)]
            self.sharpest = (float(finite.max()) if finite.size else 0.0, limit)
        if old is None or self.unstable is None:
            changed = old is not self.unstable
        else:
            changed = not np.array_equal(old, self.unstable)
        if changed:
            self.areasChanged.emit()

    def areas(self) -> tuple[Areas, Areas | None]:
        """The areas for the map, and for the second map if two rules are compared."""
        scene = self._document.scene
        flat = self.shape.plateaus if self.shape is not None and scene.overlays.plateaus else None
        mine, other = self.basins, self.other_basins
        if mine is None or other is None:
            return Areas(flat, mine, self.unstable), None
        different = mine.labels != other.labels
        return Areas(flat, mine, self.unstable, different), Areas(flat, other, None, different)


def _analysed(surface: Surface) -> Iterator[Shape]:
    from landscape.geometry.shape import analysed

    yield from analysed(surface)


def _mapped(
    scene: Scene, places: list[int], attractors: tuple[np.ndarray, ...]
) -> Iterator[tuple[Basins, Basins | None]]:
    """The basins of one rule, or of two, refined in turn."""
    from landscape.geometry.basins import basins

    surface = scene.surface.surface
    surface.compile()
    running = [
        basins(surface, racer.optimizer, BASIN_CELLS, scene.steps, scene.schedule, attractors)
        for racer in (scene.optimizers[place] for place in places)
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
