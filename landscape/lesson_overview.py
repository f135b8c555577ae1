"""What the slides of a lesson are called, how long they take, and which cannot be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from landscape.errors import LandscapeError
from landscape.lesson import LONGEST, Slide
from landscape.scene import Scene

Source = tuple[str, str]  # the bundled name and the file, of which one is ""


@dataclass(frozen=True)
class Entry:
    """A slide's scene, as far as it matters for an overview.

    Attributes
    ----------
    title : what it is called
    caption, notes : the scene's own, which hold where the slide has none
    origin : where it is from, in words
    reason : why it cannot be shown, or ""
    """

    title: str
    caption: str = ""
    notes: str = ""
    origin: str = ""
    reason: str = ""

    @staticmethod
    def of(scene: Scene, origin: str) -> Entry:
        """What there is to say about a scene."""
        return Entry(scene.title or scene.surface.surface.title, scene.caption, scene.notes, origin)


def source(slide: Slide) -> Source | None:
    """What has to be read to know the slide's scene, or None if it is written out."""
    return None if slide.own is not None else (slide.bundled, slide.file)


def at_first_sight(slide: Slide) -> Entry:
    """What can be said without reading anything.

    >>> at_first_sight(Slide(bundled="the-ravine")).title
    'The ravine'
    """
    if slide.own is not None:
        return Entry.of(slide.own, "written out in the lesson")
    if slide.bundled:
        return Entry(slide.bundled.replace("-", " ").capitalize(), origin="a bundled scene")
    return Entry(Path(slide.file).name, origin=f"from the file {Path(slide.file).name}")


def looked_at(sources: Iterable[Source], folder: Path | str = ".") -> dict[Source, Entry]:
    """What the scenes of these sources are called; a file that is gone has its reason.

    >>> looked_at([("the-ravine", ""), ("", "gone.toml")])["", "gone.toml"].reason
    'gone.toml cannot be read: no such file or directory.'
    """
    found: dict[Source, Entry] = {}
    for bundled, file in sources:
        slide = Slide(bundled=bundled, file=file)
        glance = at_first_sight(slide)
        try:
            found[bundled, file] = Entry.of(slide.scene(folder), glance.origin)
        except LandscapeError as error:
            short = str(error).replace(str(Path(folder) / file), Path(file).name) if file else str(error)
            found[bundled, file] = Entry(glance.title, origin=glance.origin, reason=short)
    return found


def minutes(seconds: int) -> str:
    """A duration as a clock shows it.

    >>> minutes(150)
    '2:30'
    """
    return f"{seconds // 60}:{seconds % 60:02d}"


def seconds_of(text: str) -> int:
    """The duration that was written as minutes, or minutes:seconds.

    Raises
    ------
    LandscapeError
        if it is neither, or not between a second and ten hours.

    >>> seconds_of("2:30"), seconds_of("4")
    (150, 240)
    """
    found = re.fullmatch(r"\s*([0-9]{1,3})(?::([0-5][0-9]))?\s*", text)
    if not found:
        raise LandscapeError(f"“{text[:40]}” is no time: write minutes and seconds as in 2:30.")
    seconds = 60 * int(found[1]) + int(found[2] or 0)
    if not 1 <= seconds <= LONGEST:
        raise LandscapeError(f"A slide takes from 0:01 to {minutes(LONGEST)}.")
    return seconds
