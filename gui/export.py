"""Draws a scene off the screen into a movie, a picture or a table, with the window's own views."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from gui.explore.film import RACE_FILM
from gui.jobs import Jobs
from gui.theme import THEMES
from gui.train.film import TRAINING_FILM
from gui.tune.film import SEARCH_FILM
from gui.views.film_frame import Film, Reel
from gui.views.vector import write_pdf, write_svg
from landscape.errors import LandscapeError
from landscape.export_plan import Export, check_export
from landscape.files import replaced, write_whole
from landscape.movie import Frame, MovieProgress, write_movie
from landscape.movie_codecs import picture_of
from landscape.path_tables import as_csv, as_npz, named
from landscape.race import Race, solve
from landscape.scene import Scene

FILMS = {"explore": RACE_FILM, "train": TRAINING_FILM, "tune": SEARCH_FILM}


class Exporter:
    """One export in two parts: `prepare` on any thread, then `write` on the GUI thread.

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
        self._film: Film = FILMS[scene.workspace]
        self._last = self._film.steps(scene)
        self._kind = check_export(target, export, self._last)
        if self._kind == "table" and scene.workspace != "explore":
            raise LandscapeError(
                "The numbers of a training are written by `landscape train --log`, those of a search by"
                " `landscape tune --csv`."
            )
        self._at = self._last if at is None else at
        if not 0 <= self._at <= self._last:
            raise LandscapeError(f"There is no step {self._at}: the scene has steps 0 to {self._last}.")
        self._drawn: Any = None

    def prepare(self) -> Iterator[str]:
        """Compute what is drawn from; sentences on how far that is."""
        if self._kind == "table":
            *_, self._drawn = solve(self._scene)
            if not self._drawn.entries:
                raise LandscapeError("No rule takes part in this scene: switch at least one on.")
            return
        steps = [self._at]
        if self._kind == "movie":
            frames = self._export.frames(self._last)
            steps = [self._export.step(frame, self._last) for frame in range(frames)]
        for found in self._film.prepare(self._scene, self._export, steps):
            if isinstance(found, str):
                yield found
            else:
                self._drawn = found

    def write(self) -> Generator[MovieProgress]:
        """Draw and write; iterate to have it done, close to give it up."""
        if self._kind == "table":
            _write_table(self._drawn, self._target)
            yield MovieProgress(1, 1)
            return
        reel = self._film.open(self._drawn, THEMES[self._export.theme], self._export)
        try:
            if self._kind == "movie":
                yield from self._write_movie(reel)
            else:
                _write_still(reel, self._at, self._target)
                yield MovieProgress(1, 1)
        finally:
            reel.sheet.close()

    def _write_movie(self, reel: Reel) -> Generator[MovieProgress]:
        movie = self._export.movie(self._last)
        samples = []
        if self._target.suffix.lower() == ".gif":
            some = (0, movie.frames // 2, movie.frames - 1)
            samples = [reel.frame(self._export.step(frame, self._last)) for frame in some]
        yield from write_movie(self._frames(reel), self._target, movie, samples)

    def _frames(self, reel: Reel) -> Iterator[Frame]:
        """Every frame; where nothing moves, the same array again."""
        before: tuple[int, float] | None = None
        picture: Frame = np.empty(0, np.uint8)
        for frame in range(self._export.frames(self._last)):
            moment = (self._export.step(frame, self._last), self._export.turn(frame, self._last))
            if moment != before:
                picture, before = reel.frame(*moment), moment
            yield picture


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


class BackgroundExport(QObject):
    """An export beside the window: prepared on a thread, drawn a little in every turn of the event loop.

    Signals
    -------
    progressed(sentence), finished(sentence)
    """

    progressed = pyqtSignal(str)
    finished = pyqtSignal(str)

    def __init__(self, exporter: Exporter, target: Path, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._exporter, self._target, self._jobs = exporter, target, jobs
        self._writing: Generator[MovieProgress] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._write_some)

    def start(self) -> None:
        """Begin."""
        self.progressed.emit("Computing what is to be drawn …")
        self._jobs.start("export", self._prepared, self._heard, self._end)

    def stop(self) -> None:
        """Give it up; what was there before stays."""
        self._timer.stop()
        self._jobs.cancel("export")
        if self._writing is not None:
            self._writing.close()
            self._writing = None

    def _prepared(self) -> Iterator[str]:
        yield from self._exporter.prepare()
        yield ""

    def _heard(self, sentence: str) -> None:
        if sentence:
            self.progressed.emit(sentence)
            return
        self._writing = self._exporter.write()
        self._timer.start()

    def _write_some(self) -> None:
        assert self._writing is not None
        try:
            report = next(self._writing)
            if report.frame % 20 == 1:
                self.progressed.emit(f"Frame {report.frame} of {report.frames} …")
        except StopIteration:
            self._end(f"Exported to {self._target}.")
        except LandscapeError as error:
            self._end(str(error))
        except Exception as error:  # never half a film
            self._end(f"The export failed: {error}.")

    def _end(self, sentence: str) -> None:
        self.stop()
        self.finished.emit(sentence)
