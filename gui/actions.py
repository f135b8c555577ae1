"""What a command of the window is; menus, shortcuts, palette and help read one list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """A command.

    Attributes
    ----------
    menu : the menu it stands in
    text : its name
    keys : shortcuts; the first one is shown in the menu
    run : what it does
    plain_key : a key that text fields need for themselves, so that it must not act inside them
    """

    menu: str
    text: str
    keys: tuple[str, ...]
    run: Callable[[], object]
    plain_key: bool = False


def pretty_key(key: str) -> str:
    """A shortcut as people read it.

    >>> pretty_key("Ctrl+Shift+Z"), pretty_key("Right")
    ('Ctrl+Shift+Z', '→')
    """
    signs = {"Right": "→", "Left": "←", "PgDown": "Page Down", "PgUp": "Page Up"}
    return "+".join(signs.get(part, part) for part in key.split("+")) if key != "+" else key
