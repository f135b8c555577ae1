"""Names from the user's data in sentences: on one line, not too long, and without harm."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def cleaned(name: str) -> str:
    r"""A name as written, without the blanks around it and without characters that are none.

    >>> cleaned(" petal\nlength\x1b[31m ")
    'petal length�[31m'
    """
    name = name.strip()
    return name if name.isprintable() else "".join(map(_shown, name))


def quoted(text: str, longest: int = 40) -> str:
    r"""A name in a sentence.

    >>> quoted("petal\nlength"), quoted("x" * 100, 5)
    ('“petal length”', '“xxxx…”')
    """
    characters = map(_shown, text[: longest + 1])
    shown = "".join(character if character.isprintable() else " " for character in characters)
    return f"“{shown[: longest - 1] + '…' if len(shown) > longest else shown}”"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Some names in a sentence.

    >>> listed(["a", "b"]), listed("abcdef", 3)
    ('“a”, “b”', '“a”, “b”, “c” and 3 more')
    """
    shown = ", ".join(quoted(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def counted(number: int, what: str) -> str:
    """A number of things.

    >>> counted(1, "row"), counted(2, "row")
    ('1 row', '2 rows')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shown(character: str) -> str:
    if character in "\n\r\t":
        return " "
    # Blanks of all widths are text; two joiners shape Persian words and emoji; directions and escapes harm.
    fine = character.isprintable() or unicodedata.category(character) == "Zs" or character in "\u200c\u200d"
    return character if fine else "\ufffd"
