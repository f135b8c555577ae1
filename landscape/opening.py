"""What a file of ours holds: a scene or a lesson."""

from __future__ import annotations

from pathlib import Path

from landscape.files import read_text
from landscape.lesson import Lesson
from landscape.scene import Scene


def opened(path: Path | str) -> Scene | Lesson:
    """The scene or the lesson in a file; one that holds slides is a lesson.

    Raises
    ------
    LandscapeError
        with what is wrong with the file.
    """
    return Lesson.load(path) if _has_slides(read_text(Path(path))) else Scene.load(path)


def _has_slides(text: str) -> bool:
    """Whether a text has slides at its top level; one that is no TOML has none.

    >>> _has_slides("[[slides]]"), _has_slides('title = "[[slides]]"'), _has_slides("= [")
    (True, False, False)
    """
    import tomllib

    try:
        return "slides" in tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
