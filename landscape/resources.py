"""Where the bundled files are: beside the packages in a checkout, inside `landscape` in a wheel."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from landscape.errors import LandscapeError

_PACKAGE = Path(__file__).resolve().parent
ASSETS = next(folder for folder in (_PACKAGE / "assets", _PACKAGE.parent / "assets") if folder.is_dir())


def scene_files() -> list[Path]:
    """The bundled scenes, in the order in which they are numbered."""
    return sorted((ASSETS / "scenes").glob("*.toml"))


def scene_named(name: str) -> Path:
    """The bundled scene of this name: its file's, without the number in front.

    Raises
    ------
    LandscapeError
        if there is none.

    >>> scene_named("the-ravine").name
    '02-the-ravine.toml'
    """
    files = {re.sub(r"^\d+-", "", file.stem): file for file in scene_files()}
    if name not in files:
        near = difflib.get_close_matches(name, files, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise LandscapeError(f"There is no bundled scene “{name[:60]}”.{hint}")
    return files[name]


def lesson_files() -> list[Path]:
    """The bundled lessons, in the order in which they are numbered."""
    return sorted((ASSETS / "lessons").glob("*.toml"))


def thumbnail_of(scene: Path) -> Path:
    """The small picture of a bundled scene."""
    return ASSETS / "thumbnails" / f"{scene.stem}.png"
