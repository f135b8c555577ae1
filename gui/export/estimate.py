"""How large an export will be and how long it will take: measured on a few of its frames."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from gui.export.clip import Clip
from landscape.movie import Frame, write_movie

RUN = 8  # frames that are drawn one after the other
MOST_RUNS = 6
KEY_FRAMES = 250  # FFmpeg's usual distance of whole frames


@dataclass(frozen=True)
class Estimate:
    """What is expected.

    Attributes
    ----------
    size : bytes
    seconds : of work, without what has to be computed first
    """

    size: int
    seconds: float


def estimate_movie(clips: list[Clip], suffix: str) -> Estimate:
    """Draw and encode some runs of frames, spread over all, and count the rest by them.

    Parameters
    ----------
    clips : prepared
    suffix : of the movie; "" for a folder of pictures
    """
    every = max(len(clips) // MOST_RUNS, 1)
    size, seconds, counted = 0.0, 0.0, 0
    for clip in clips[::every]:
        bytes_, time_ = _measured(clip, suffix, 2 if len(clips) == 1 else 1)
        size, seconds, counted = size + bytes_, seconds + time_, counted + clip.frames
    share = sum(clip.frames for clip in clips) / counted
    return Estimate(round(size * share), seconds * share)


def _measured(clip: Clip, suffix: str, runs: int) -> tuple[float, float]:
    """Bytes and seconds of a whole clip."""
    moving = clip.export.moving(clip.last)
    length = min(RUN, moving)
    more = max(length - 1, 1)
    first, later, draw, encode = (
        0.0,
        0.0,
        0.0,
        0.0,
    )  # bytes of a whole frame and of a next one; seconds of each
    for run in range(runs):
        start = clip.asking + (moving - length) * (run + 1) // (runs + 1)
        drawing = clip.pictures(range(start, start + length))
        pictures: list[Frame] = [next(drawing)]  # what is painted once does not count
        begun = time.perf_counter()
        pictures += drawing
        draw += (time.perf_counter() - begun) / more / runs
        (one, briefly), (all_, long) = (_encoded(clip, suffix, part) for part in (pictures[:1], pictures))
        first += one / runs
        later += max(all_ - one, 0) / more / runs
        encode += max(long - briefly, 0.0) / more / runs
    whole = 1 + (clip.frames // KEY_FRAMES if suffix in (".mp4", ".webm") else 0)
    still = clip.frames - moving
    size = first * whole + later * (moving + (0 if suffix else still))
    return size, max(draw, encode) * moving + encode * still  # both are at work at the same time


def _encoded(clip: Clip, suffix: str, pictures: list[Frame]) -> tuple[int, float]:
    """Bytes and seconds of a movie of these pictures."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"some{suffix}"
        begun = time.perf_counter()
        for _ in write_movie(iter(pictures), target, clip.export.movie(len(pictures))):
            pass
        seconds = time.perf_counter() - begun
        files = target.iterdir() if target.is_dir() else [target]
        return sum(file.stat().st_size for file in files), seconds
