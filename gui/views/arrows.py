"""Which way the arrow keys go inside a picture, alike in all of them."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

_WAYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


def arrow(event: QKeyEvent) -> tuple[int, int] | None:
    """A step (to the right, down) on the screen, or None: the key means something else.

    ↑ and ↓ alone, and Alt with any arrow: ← and → alone step through time wherever the keyboard is.
    """
    way = _WAYS.get(Qt.Key(event.key()))
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier  # with which keypads mark their arrows
    if way is None or held not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier):
        return None
    return None if held == Qt.KeyboardModifier.NoModifier and way[0] else way
