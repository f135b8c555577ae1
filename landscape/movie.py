"""Frames -> MP4, WebM, GIF, APNG, WebP or a folder of PNG pictures; encoded on a thread of its own.

A frame is `(height, width, 3)` uint8, red, green, blue; or `(height, width, 4)`, blue, green, red and a byte
that is not used, as painted pictures lie in memory. The same array given twice in a row is the same picture.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from landscape.errors import LandscapeError
from landscape.files import check_target, check_whole_folder, replaced, replaced_folder
from landscape.movie_codecs import CODECS, FASTEST, Frame, Movie, encode, palette_of, picture_of

QUEUE_BYTES = 128_000_000  # frames that wait for the encoder: eight of 1080p, at least two
MOST_FRAMES = 400_000  # nearly two hours of 60 a second
WAIT = 0.02  # seconds after which whoever asks for the progress hears of it

__all__ = ["CODECS", "Frame", "Movie", "MovieProgress", "check_movie", "is_movie", "write_movie"]


@dataclass(frozen=True)
class MovieProgress:
    """How many of the frames have been encoded."""

    frame: int
    frames: int


def is_movie(target: Path) -> bool:
    """Whether this is a name for a movie: with one of the suffixes, or none for a folder of pictures."""
    return target.suffix.lower() in CODECS or not target.suffix


def check_movie(target: Path, movie: Movie) -> None:
    """Refuse what cannot be written before anything is drawn.

    Raises
    ------
    LandscapeError
        for an unknown suffix, a size or a rate that the format does not have, no or too many frames, no such
        folder.
    """
    suffix = target.suffix.lower()
    if not is_movie(target):
        known = ", ".join(CODECS)
        raise LandscapeError(f"{target.name} cannot be written: a movie ends in {known}, or is a folder.")
    if movie.frames < 1:
        raise LandscapeError("There is nothing to write: the movie has no frames.")
    if movie.frames > MOST_FRAMES:
        raise LandscapeError(
            f"{movie.frames:,} frames are too many, at most {MOST_FRAMES:,} go into a movie:"
            " take fewer seconds or frames a second."
        )
    width, height = movie.width, movie.height
    if not (16 <= width <= 8192 and 16 <= height <= 8192):
        raise LandscapeError(f"{width} × {height} is no size for a movie: take 16 to 8192 pixels each way.")
    if suffix and CODECS[suffix].even and (width % 2 or height % 2):
        even = f"{width - width % 2} × {height - height % 2}"
        raise LandscapeError(f"{suffix} has even sizes only, not {width} × {height}: take {even}.")
    fastest = CODECS[suffix].fastest if suffix else FASTEST
    if not 0.1 <= movie.rate <= fastest:
        raise LandscapeError(
            f"{suffix or 'A movie'} has 0.1 to {fastest:g} frames a second, not {movie.rate:g}."
        )
    if suffix:
        check_target(target)
    else:
        check_whole_folder(target, re.compile(re.escape(target.resolve().name) + r"-\d{4,}\.png"), "pictures")


def write_movie(
    frames: Iterable[Frame], target: Path, movie: Movie, samples: Sequence[Frame] = ()
) -> Generator[MovieProgress]:
    """Write all frames to a file; iterate to have it done, close to give it up.

    Frames are taken from the caller's thread, a few ahead of the encoder. The file stands in its place
    only when the iterator has ended; until then, or when it is closed, what was there before is untouched.

    Parameters
    ----------
    samples : frames in which all colours are found, for the palette of a GIF; the first frame if none

    Raises
    ------
    LandscapeError
        if it cannot be written.
    """
    check_movie(target, movie)
    if target.suffix:
        place, make = replaced(target), partial(_encoded, target.suffix.lower(), movie, list(samples))
    else:
        place, make = replaced_folder(target), partial(_pictures, target.resolve().name, movie)
    yield from _written(iter(frames), place, make, movie)


def _written(
    frames: Iterator[Frame], place: AbstractContextManager[Path], make: Callable[..., None], movie: Movie
) -> Generator[MovieProgress]:
    with place as temporary:
        encoder = _Encoder(partial(make, temporary), movie)
        encoder.start()
        try:
            for _ in range(movie.frames):
                frame = next(frames, None)
                if frame is None:
                    raise LandscapeError("The movie has fewer frames than it was said to have.")
                while not encoder.takes(frame):
                    yield MovieProgress(encoder.done, movie.frames)
                yield MovieProgress(encoder.done, movie.frames)
            while not encoder.takes(None):
                yield MovieProgress(encoder.done, movie.frames)
            while encoder.is_busy():
                yield MovieProgress(encoder.done, movie.frames)
        finally:
            encoder.stop()
    yield MovieProgress(movie.frames, movie.frames)


class _StopError(Exception):
    """The frames that are still to come are not wanted."""


class _Encoder(threading.Thread):
    """Encodes the frames that it is handed; a few may wait."""

    def __init__(self, encode_all: Callable[[Iterator[Frame]], None], movie: Movie) -> None:
        super().__init__(name="movie", daemon=True)
        room = QUEUE_BYTES // (4 * movie.width * movie.height)
        self._queue: queue.Queue[Frame | None] = queue.Queue(min(max(room, 2), 16))
        self._encode_all = encode_all
        self._stop_wanted = False
        self._error: Exception | None = None
        self.done = 0

    def run(self) -> None:
        try:
            self._encode_all(self._arriving())
        except _StopError:
            pass
        except Exception as error:
            self._error = error

    def _arriving(self) -> Iterator[Frame]:
        while (frame := self._queue.get()) is not None:
            if self._stop_wanted:
                raise _StopError
            yield frame
            self.done += 1

    def takes(self, frame: Frame | None) -> bool:
        """Hand it a frame, or None after the last one; False if there is no room for it yet."""
        self._complain()
        try:
            self._queue.put(frame, timeout=WAIT)
        except queue.Full:
            return False
        return True

    def is_busy(self) -> bool:
        """Whether it is still at work a moment from now."""
        self.join(WAIT)
        self._complain()
        return self.is_alive()

    def _complain(self) -> None:
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """End it now, however far it has got."""
        self._stop_wanted = True
        while self.is_alive():
            try:
                self._queue.put(None, timeout=WAIT)
                self.join()
            except queue.Full:
                self._queue.get_nowait()


def _encoded(
    suffix: str, movie: Movie, samples: Sequence[Frame], target: Path, frames: Iterator[Frame]
) -> None:
    codec = CODECS[suffix]
    palette: Any = None
    if codec.pixels == "pal8":
        first = next(frames)
        palette = palette_of(samples or [first])
        frames = chain([first], frames)
    encode(codec, movie, palette, target, frames)


def _pictures(name: str, movie: Movie, folder: Path, frames: Iterator[Frame]) -> None:
    digits = max(4, len(str(movie.frames)))
    for number, frame in enumerate(frames, start=1):
        picture_of(frame).save(folder / f"{name}-{number:0{digits}d}.png", compress_level=4)
