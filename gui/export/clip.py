"""One scene as the frames of a movie, or as one of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import numpy as np

from gui.explore.film import RACE_FILM
from gui.theme import THEMES
from gui.train.film import TRAINING_FILM
from gui.tune.film import SEARCH_FILM
from gui.views.film_frame import Film, Reel
from landscape.export_plan import Export
from landscape.movie import Frame
from landscape.scene import Scene

UNITS = {"explore": "step", "train": "epoch", "tune": "trial"}
FILMS = {"explore": RACE_FILM, "train": TRAINING_FILM, "tune": SEARCH_FILM}


class Clip:
    """Prepared on any thread, then drawn on the GUI thread.

    Parameters
    ----------
    question : stands over the start, as long as the export says, before anything moves; "": there is none
    film : another than that of the scene's workspace
    """

    def __init__(self, scene: Scene, export: Export, question: str = "", film: Film | None = None) -> None:
        self.scene, self.export, self.question = scene, export, question
        self._film: Film = film or FILMS[scene.workspace]
        self.unit = UNITS[scene.workspace]
        self.last = self._film.steps(scene)
        self._drawn: Any = None

    @property
    def asking(self) -> int:
        """How many frames the question stands."""
        return max(round(self.export.fps * self.export.ask), 1) if self.question else 0

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return self.asking + self.export.frames(self.last)

    def moment(self, frame: int) -> tuple[int, float]:
        """The step that a frame shows, and by how many degrees the camera has turned."""
        moved = max(frame - self.asking, 0)
        return self.export.step(moved, self.last), self.export.turn(moved, self.last)

    def prepare(self, steps: Sequence[int] | None = None) -> Iterator[str]:
        """Compute what these steps are drawn from, all of the movie if none are given; yields sentences."""
        if steps is None:
            steps = sorted({self.moment(frame)[0] for frame in range(self.frames)})
        for found in self._film.prepare(self.scene, self.export, steps):
            if isinstance(found, str):
                yield found
            else:
                self._drawn = found

    def open(self, export: Export | None = None, asking: bool = False) -> Reel:
        """The views; another export of the same view may have another size and theme.

        Parameters
        ----------
        asking : the question waits, and nothing gives its answer away
        """
        export = export or self.export
        return self._film.open(self._drawn, THEMES[export.theme], export, self.question if asking else "")

    def with_export(self, export: Export) -> Clip:
        """The same, prepared as it is, as another export of the same scene."""
        other = Clip(self.scene, export, self.question, self._film)
        other._drawn = self._drawn
        return other

    @contextmanager
    def reel(self, asking: bool = False) -> Iterator[Reel]:
        """The views, for as long as they are needed."""
        reel = self.open(asking=asking)
        try:
            yield reel
        finally:
            reel.sheet.close()

    def pictures(self, chosen: Iterable[int] | None = None) -> Generator[Frame]:
        """These frames, or all; where nothing moves, the same array again."""
        frames = range(self.frames) if chosen is None else chosen
        for asking, some in groupby(frames, key=lambda frame: frame < self.asking):
            with self.reel(asking) as reel:
                before: tuple[int, float] | None = None
                picture: Frame = np.empty(0, np.uint8)
                for frame in some:
                    moment = self.moment(frame)
                    if moment != before:
                        picture, before = reel.frame(*moment), moment
                    yield picture
