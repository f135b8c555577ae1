"""What a TOML file holds: a scene or a lesson."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal

from landscape.files import read_text
from landscape.lesson import Lesson
from landscape.scene import Scene


def kind_of(text: str) -> Literal["scene", "lesson"]:
    """What this text means to be; only a lesson has slides.

    >>> kind_of("steps = 40"), kind_of("slides = []"), kind_of("[[slides")
    ('scene', 'lesson', 'lesson')
    """
    try:
        return "lesson" if "slides" in tomllib.loads(text) else "scene"
    except (ValueError, RecursionError):  # its reader will say what is wrong
        return "lesson" if re.search(r"^\s*\[\[\s*slides\b", text, re.MULTILINE) else "scene"


def opened(path: Path | str) -> Scene | Lesson:
    """Read a file, whichever of the two it holds.

    Raises
    ------
    LandscapeError
        if it cannot be read or is neither; it says what is wrong, and where.
    """
    lesson = kind_of(read_text(Path(path))) == "lesson"
    return Lesson.load(path) if lesson else Scene.load(path)
