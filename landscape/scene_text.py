"""TOML in and out for scenes and lessons: what is refused is refused with its key and line."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pydantic import ValidationError

from landscape.errors import FieldError, LandscapeError
from landscape.scene_errors import SceneError, line_of, sentence, shown

LONGEST = 300  # characters of a reason


def parsed(text: str, kind: str, newest: int) -> dict[str, Any]:
    """The table in this text, of a version that can be read.

    Parameters
    ----------
    kind : what it should be, such as "scene"
    newest : the version that is known

    Raises
    ------
    SceneError
        with the line that is to blame.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is a plain ValueError
        found = re.search(r"\(at line (\d+)", str(error))
        cut_off = "at end of document" in str(error)
        line = int(found[1]) if found else max(text.count("\n"), 1) if cut_off else None
        reason = re.sub(r" \(at .*\)", "", str(error))
        if not isinstance(error, tomllib.TOMLDecodeError):
            deep = isinstance(error, RecursionError)
            reason = "it is nested too deep" if deep else "a number in it has thousands of digits"
        reason += "; the file seems cut off" if cut_off else ""
        raise SceneError(f"This is not a {kind} file: {reason}.", "", line) from None
    check_version(table.get("version", newest), kind, newest, line_of(text, ("version",)))
    return table


def check_version(version: Any, kind: str, newest: int, line: int | None = None) -> None:
    """Refuse what another program wrote.

    Raises
    ------
    SceneError
        with the line, if it is known.
    """
    if isinstance(version, int) and version > newest:
        raise SceneError(
            f"This {kind} needs a newer Landscape: it has version {shown(version)}, "
            f"this one reads up to {newest}.",
            "version", line,
        )  # fmt: skip
    if version != newest or isinstance(version, bool):
        raise SceneError(f"version must be {newest}.", "version", line)


def refusal(error: ValidationError, text: str) -> SceneError:
    """The first thing that pydantic found wrong, with its key, and its line where there is a text."""
    first = error.errors()[0]
    place = tuple(first["loc"])
    cause = (first.get("ctx") or {}).get("error")
    reason = str(cause) if isinstance(cause, LandscapeError) else sentence(first)
    if isinstance(cause, FieldError) and (not place or place[-1] != cause.field.split(".")[-1]):
        place = (*place, *cause.field.split("."))
    if len(reason) > LONGEST:  # it repeats what was given
        reason = f"{reason[: LONGEST - 1]}…"
    key = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in place).lstrip(".")
    return SceneError(reason, key, line_of(text, place) if text else None)


def written(table: dict[str, Any]) -> str:
    """A table as TOML."""
    import tomli_w

    # Pairs of numbers read best on one line, which is not this writer's way.
    return re.sub(r"\[\n\s+(\S+),\n\s+(\S+),\n\]", r"[\1, \2]", tomli_w.dumps(table))
