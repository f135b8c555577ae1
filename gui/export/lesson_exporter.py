"""Draws a lesson: one video, a folder of numbered clips, or a hand-out with a page for each slide."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from gui.export.card_film import CARD_FILM
from gui.export.clip import Clip
from gui.export.handout import write_handout
from landscape.errors import LandscapeError
from landscape.export_plan import Export, kind_of
from landscape.files import check_target, check_whole_folder, replaced, replaced_folder
from landscape.lesson import Lesson, Slide
from landscape.movie import Frame, MovieProgress, check_movie, write_movie


class LessonExporter:
    """Exports a lesson, whose files are named whole.

    Parameters
    ----------
    clips : what each slide's clip ends in, such as ".mp4", and the target is a folder; "": all in one file

    Raises
    ------
    LandscapeError
        if it cannot be done, before anything is computed.
    """

    def __init__(self, lesson: Lesson, target: Path, export: Export, clips: str = "") -> None:
        if not lesson.slides:
            raise LandscapeError("This lesson has no slides.")
        self._lesson, self._target, self._export, self._suffix = lesson, target, export, clips
        self._pages = not clips and target.suffix.lower() == ".pdf"
        self.clips = []
        for number, slide in enumerate(lesson.slides, start=1):
            try:
                self.clips.append(slide_clip(slide, export, self._pages))
            except LandscapeError as error:
                raise LandscapeError(f"Slide {number} of {len(lesson.slides)}: {error}") from None
        self._names = [
            f"{number:02d}-{_plain(clip.scene.title) or 'slide'}{clips}"
            for number, clip in enumerate(self.clips, start=1)
        ]
        frames = sum(clip.frames for clip in self.clips)
        if clips:
            if kind_of(Path(f"clip{clips}")) != "movie":
                raise LandscapeError(f"Clips are movies; {clips} is none.")
            check_whole_folder(target, re.compile(r"\d\d+-[a-z0-9-]*" + re.escape(clips)), "clips")
            for clip in self.clips:
                check_movie(target.resolve().parent / f"clip{clips}", export.movie(clip.frames))
        elif self._pages:
            check_target(target)
        elif kind_of(target) == "movie":
            check_movie(target, export.movie(frames))
        else:
            raise LandscapeError(
                f"A lesson becomes a movie, a folder of clips, or a hand-out (.pdf); not {target.suffix}."
            )

    def prepare(self) -> Iterator[str]:
        """Compute what is drawn from, on any thread; sentences on how far that is."""
        for number, clip in enumerate(self.clips, start=1):
            where = f"Slide {number} of {len(self.clips)}"
            try:
                for sentence in clip.prepare([clip.last] if self._pages else None):
                    yield f"{where}: {sentence[0].lower()}{sentence[1:]}"
            except LandscapeError as error:
                raise LandscapeError(f"{where}, “{clip.scene.title}”: {error}") from None

    def write(self) -> Generator[MovieProgress]:
        """Draw and write, on the GUI thread; iterate to have it done, close to give it up."""
        if self._pages:
            with replaced(self._target) as temporary:
                for page in write_handout(self._lesson, self.clips, temporary):
                    yield MovieProgress(page, len(self.clips))
        elif self._suffix:
            yield from self._write_clips()
        else:
            movie = self._export.movie(sum(clip.frames for clip in self.clips))
            with closing(_all_pictures(self.clips)) as pictures:  # the views go before Qt does
                yield from write_movie(pictures, self._target, movie, self._samples(self.clips))

    def _write_clips(self) -> Generator[MovieProgress]:
        total, done = sum(clip.frames for clip in self.clips), 0
        with replaced_folder(self._target) as folder:
            for clip, name in zip(self.clips, self._names, strict=True):
                movie = self._export.movie(clip.frames)
                pictures = _all_pictures([clip])
                writing = write_movie(pictures, folder / name, movie, self._samples([clip]))
                with closing(pictures), closing(writing):
                    for report in writing:
                        yield MovieProgress(done + report.frame, total)
                done += clip.frames

    def _samples(self, clips: list[Clip]) -> list[Frame]:
        """Where a GIF finds its colours: the start and the end of each."""
        if ".gif" not in (self._suffix, self._target.suffix.lower()):
            return []
        samples: list[Frame] = []
        for clip in clips:
            samples += clip.pictures((0, clip.frames - 1))
        return samples


def slide_clip(slide: Slide, export: Export, on_paper: bool = False) -> Clip:
    """A slide as a clip; only races have a surface, and none has it on paper.

    Raises
    ------
    LandscapeError
        if its scene cannot be read.
    """
    scene = slide.scene()
    if on_paper or scene.workspace != "explore":
        export = replace(export, view="map")
    live = scene.workspace == "tune" and scene.tune_view.picture == "minute"
    return Clip(scene, export, slide.question, CARD_FILM if live else None)


def _all_pictures(clips: list[Clip]) -> Generator[Frame]:
    for clip in clips:
        yield from clip.pictures()


def _plain(title: str) -> str:
    """A title as a file name that every system has: letters, digits and hyphens.

    >>> _plain("The ravine: momentum stops the zig-zag")
    'the-ravine-momentum-stops-the-zig-zag'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].rstrip("-")
