"""Where the bundled files are: beside the packages in a checkout, inside `landscape` in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
ASSETS = next(folder for folder in (_PACKAGE / "assets", _PACKAGE.parent / "assets") if folder.is_dir())


def scene_files() -> list[Path]:
    """The bundled scenes, in the order in which they are numbered."""
    return sorted((ASSETS / "scenes").glob("*.toml"))
