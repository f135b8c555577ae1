"""What can be wrong with a scene, and where in its file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from landscape.errors import LandscapeError


class SceneError(LandscapeError):
    """A scene that is refused.

    Attributes
    ----------
    key : the dotted key that is to blame, or ""
    line : its line in the file, from 1, or None
    """

    def __init__(self, reason: str, key: str = "", line: int | None = None) -> None:
        self.reason = reason
        self.key = key
        self.line = line
        where = f"line {line}, {key}: " if line and key else f"line {line}: " if line else ""
        super().__init__(where + reason if where or not key else f"{key}: {reason}")


def sentence(error: Any) -> str:
    """What pydantic found wrong, for people."""
    if error["type"] == "extra_forbidden":
        return f"“{error['loc'][-1]}” is not a known key."
    if error["type"] == "missing":
        return "A value is missing here."
    plain = {
        "tuple_type": "This should be a list", "model_type": "This should be a table",
        "dict_type": "This should be a table", "bool_type": "This should be true or false",
        "int_type": "This should be a whole number", "int_from_float": "This should be a whole number",
        "float_type": "This should be a number", "string_type": "This should be a text in quotes",
        "too_long": f"There should be at most {(error.get('ctx') or {}).get('max_length')} of these",
    }  # fmt: skip
    message = plain.get(error["type"], str(error["msg"]).replace("Input should", "This should"))
    return f"{message}, not {shown(error.get('input'))}."


def shown(value: Any) -> str:
    """A value as a sentence can hold it.

    >>> shown("x"), shown(16**5000)
    ("'x'", 'a number of thousands of digits')
    """
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number that is so long
        return "a number of thousands of digits"
    return text if len(text) < 60 else f"{text[:57]}…"


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    r"""The line, from 1, on which a key stands in TOML text (or the table that should hold it).

    >>> line_of("steps = 3\n[[optimizers]]\nrule = 'adam'\nbeta1 = 2", ("optimizers", 0, "beta1"))
    4
    """
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    best, best_depth = None, 0
    place = (*place, 0) if len(place) == 1 else place  # a whole list of tables: its first header
    inside = ""  # the quotes of a text of several lines
    for number, line in enumerate(text.splitlines(), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        inside = next((quotes for quotes in ('"""', "'''") if line.count(quotes) % 2), "")
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line)
        pair = re.match(r"\s*([A-Za-z0-9_.\"' -]+?)\s*=", line)
        if header:
            names = [name.strip(" \"'") for name in header[2].split(".")]
            dotted = ".".join(names)
            if header[1] == "[[":
                counts[dotted] = counts.get(dotted, -1) + 1
                # A list inside this item is another one than that of the item before.
                counts = {name: n for name, n in counts.items() if not name.startswith(dotted + ".")}
            table = ()
            for depth, name in enumerate(names, 1):  # a table inside the last item of a list of tables
                table = (*table, name)
                index = counts.get(".".join(names[:depth]))
                if index is not None and (depth < len(names) or header[1] == "[["):
                    table = (*table, index)
            here = table
        elif pair:
            here = (*table, *(name.strip(" \"'") for name in pair[1].split(".")))
        else:
            continue
        if tuple(place[: len(here)]) == here and len(here) > best_depth:
            best, best_depth = number, len(here)
    return best
