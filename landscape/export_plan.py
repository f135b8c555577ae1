"""What is asked of an export, as data; which frame shows which step follows from it alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from landscape.errors import FieldError, LandscapeError
from landscape.files import check_target
from landscape.movie import CODECS, Movie, check_movie
from landscape.scene import Layout

SIZES: Mapping[str, tuple[int, int]] = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
    "square": (1080, 1080),
    "vertical": (1080, 1920),
}
FORMATS: Mapping[str, str] = {
    ".mp4": "MP4 movie (H.264)",
    ".webm": "WebM movie (VP9)",
    ".gif": "GIF, moving",
    ".apng": "APNG, moving",
    ".webp": "WebP, moving",
    "": "PNG pictures, one for each frame",
    ".png": "PNG picture",
    ".svg": "SVG drawing",
    ".pdf": "PDF page",
    ".csv": "Numbers, as CSV",
    ".npz": "Numbers, as NPZ",
}
THEMES = ("dark", "light", "projector")
STILLS = (".png", ".svg", ".pdf")
TABLES = (".csv", ".npz")
LIMITS = {
    "fps": (0.1, 240.0), "seconds": (0.02, 36_000.0), "hold": (0.0, 3600.0),
    "ask": (0.0, 3600.0), "orbit": (-36_000.0, 36_000.0),
}  # fmt: skip

Kind = Literal["movie", "still", "table"]


@dataclass(frozen=True)
class Export:
    """How a scene is exported.

    Attributes
    ----------
    width, height : pixels; type and lines grow with the shorter of them
    fps : frames a second
    seconds : how long it moves, unless `steps_per_second` says so
    steps_per_second : of the race; epochs of a training
    hold : seconds that the last step is shown at the end
    ask : seconds that a question of a lesson stands before its answer
    theme : dark, light or projector
    view : of a race: the map, the surface, or both
    curves, caption, legend : whether they are in the picture
    orbit : degrees that the camera goes round the surface
    loop : whether GIF, APNG and WebP begin again

    Raises
    ------
    FieldError
        with the field that is to blame.
    """

    width: int = 1920
    height: int = 1080
    fps: float = 60.0
    seconds: float = 10.0
    steps_per_second: float | None = None
    hold: float = 1.0
    ask: float = 6.0
    theme: str = "light"
    view: Layout = "map"
    curves: bool = True
    caption: bool = True
    legend: bool = True
    orbit: float = 0.0
    loop: bool = True

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            if not low <= getattr(self, name) <= high:
                raise FieldError(name, f"{name} must be {low:g} to {high:g}, not {getattr(self, name):g}.")
        if self.steps_per_second is not None and not 1e-3 <= self.steps_per_second <= 1e6:
            raise FieldError("steps_per_second", "steps per second must be 0.001 to 1000000.")
        if self.theme not in THEMES:
            raise FieldError("theme", f"The theme is one of {', '.join(THEMES)}, not “{self.theme}”.")
        if self.view not in ("map", "surface", "both"):
            raise FieldError("view", f"The view is one of map, surface, both, not “{self.view}”.")
        for name in ("width", "height"):
            if not 64 <= getattr(self, name) <= 8192:
                raise FieldError(name, f"The {name} must be 64 to 8192 pixels, not {getattr(self, name)}.")

    def moving(self, steps: int) -> int:
        """How many frames there are without the hold."""
        seconds = self.seconds if self.steps_per_second is None else steps / self.steps_per_second
        return max(round(self.fps * seconds), 1)

    def frames(self, steps: int) -> int:
        """How many frames there are.

        >>> Export(fps=25, seconds=2, hold=0.5).frames(steps=300)
        62
        """
        return self.moving(steps) + round(self.fps * self.hold)

    def step(self, frame: int, steps: int) -> int:
        """The step that a frame shows: the first frame the start, the last that moves the end.

        >>> [Export(fps=1, seconds=5, hold=2).step(frame, 300) for frame in range(7)]
        [0, 75, 150, 225, 300, 300, 300]
        """
        moving = self.moving(steps)
        return steps if frame >= moving - 1 else steps * frame // (moving - 1)

    def turn(self, frame: int, steps: int) -> float:
        """By how many degrees the camera has gone round: all the way, the hold included."""
        return self.orbit * frame / self.frames(steps)

    def movie(self, frames: int) -> Movie:
        """A movie of so many frames as the encoder sees it."""
        return Movie(self.width, self.height, frames, self.fps, self.loop)


def usual(suffix: str) -> Export:
    """What is usual for a file of this kind: pictures that move are small, since they are large files."""
    if suffix.lower() in (".gif", ".apng", ".webp"):
        return Export(width=960, height=540, fps=25.0, seconds=7.0, hold=1.5)
    return Export()


def size_of(text: str) -> tuple[int, int]:
    """A size by its name, or as width×height.

    >>> size_of("1080p"), size_of("640x480")
    ((1920, 1080), (640, 480))
    """
    found = re.fullmatch(r"(\d{1,6})\s*[x×X*]\s*(\d{1,6})", text.strip())
    if found:
        return int(found[1]), int(found[2])
    try:
        return SIZES[text.strip().lower()]
    except KeyError:
        known = ", ".join(SIZES)
        raise FieldError(
            "size", f"--size takes 1920x1080 and such, or one of {known}; not “{text}”."
        ) from None


def kind_of(target: Path) -> Kind:
    """What a file of this name is to hold.

    Raises
    ------
    LandscapeError
        if that cannot be told from its suffix.
    """
    suffix = target.suffix.lower()
    if suffix in STILLS:
        return "still"
    if suffix in TABLES:
        return "table"
    if suffix in CODECS or not suffix:
        return "movie"
    known = ", ".join((*CODECS, *STILLS))
    raise LandscapeError(
        f"{target.name}: no such format. Known are {known}, {' and '.join(TABLES)} for the numbers,"
        " and a name without a suffix for a folder of pictures."
    )


def check_export(target: Path, export: Export, steps: int) -> Kind:
    """Refuse what cannot be done before anything is computed; what the file is to hold.

    Raises
    ------
    LandscapeError
        with a sentence.
    """
    kind = kind_of(target)
    if kind == "movie":
        check_movie(target, export.movie(export.frames(steps)))
        return kind
    check_target(target)
    if kind == "still" and target.suffix.lower() != ".png" and export.view != "map":
        raise LandscapeError(f"{target.suffix} is drawn in lines: it shows the map, not the surface in 3-D.")
    return kind
