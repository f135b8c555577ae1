"""Draws a scene off the screen into a movie, a picture or a table, with the window's own views."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

from gui.export.clip import Clip
from gui.views.film_frame import Reel
from gui.views.vector import write_pdf, write_svg
from landscape.errors import LandscapeError
from landscape.export_plan import Export, check_export
from landscape.files import replaced, write_whole
from landscape.movie import Frame, MovieProgress, write_movie
from landscape.movie_codecs import picture_of
from landscape.path_tables import as_csv, as_npz, named
from landscape.race import Race, solve
from landscape.scene import Scene


class Exporter(Protocol):
    """One export in two parts, and the clips it is made of."""

    clips: list[Clip]

    def prepare(self) -> Iterator[str]:
        """Compute what is drawn from, on any thread; sentences on how far that is."""

    def write(self) -> Generator[MovieProgress]:
        """Draw and write, on the GUI thread; iterate to have it done, close to give it up."""


class SceneExporter:
    """Exports one scene.

    Parameters
    ----------
    at : the step or epoch of a still picture; None: the last

    Raises
    ------
    LandscapeError
        if it cannot be done, before anything is computed.
    """

    def __init__(self, scene: Scene, target: Path, export: Export, at: int | None = None) -> None:
        self._scene, self._target, self._export = scene, target, export
        self._clip = Clip(scene, export)
        last = self._clip.last
        self._kind = check_export(target, export, last)
        self.clips = [self._clip] if self._kind == "movie" else []
        if self._kind == "table" and scene.workspace != "explore":
            raise LandscapeError(
                "The numbers of a training are written by `landscape train --log`, those of a search by"
                " `landscape tune --csv`."
            )
        self._at = last if at is None else at
        if not 0 <= self._at <= last:
            raise LandscapeError(f"There is no step {self._at}: the scene has steps 0 to {last}.")
        self._race: Race | None = None

    def prepare(self) -> Iterator[str]:
        """Compute what is drawn from, on any thread; sentences on how far that is."""
        if self._kind == "table":
            *_, self._race = solve(self._scene)
            if not self._race.entries:
                raise LandscapeError("No rule takes part in this scene: switch at least one on.")
            return
        yield from self._clip.prepare(None if self._kind == "movie" else [self._at])

    def write(self) -> Generator[MovieProgress]:
        """Draw and write, on the GUI thread; iterate to have it done, close to give it up."""
        if self._race is not None:
            _write_table(self._race, self._target)
            yield MovieProgress(1, 1)
            return
        if self._kind == "movie":
            movie = self._export.movie(self._clip.frames)
            samples: list[Frame] = []
            if self._target.suffix.lower() == ".gif":
                samples = list(self._clip.pictures((0, movie.frames // 2, movie.frames - 1)))
            with closing(self._clip.pictures()) as pictures:  # the views go before Qt does
                yield from write_movie(pictures, self._target, movie, samples)
            return
        with self._clip.reel() as reel:
            _write_still(reel, self._at, self._target)
        yield MovieProgress(1, 1)


def _write_table(race: Race, target: Path) -> None:
    paths = named((entry.racer.optimizer.key, entry.path) for entry in race.entries)
    write_whole(target, as_csv(paths).encode() if target.suffix.lower() == ".csv" else as_npz(paths))


def _write_still(reel: Reel, step: int, target: Path) -> None:
    with replaced(target) as temporary:
        if target.suffix.lower() == ".png":
            picture_of(reel.frame(step)).save(temporary, "PNG")
            return
        reel.show(step, 0.0)
        (write_svg if target.suffix.lower() == ".svg" else write_pdf)(reel.sheet, temporary)
