"""How arrow keys move a choice within a picture: left and right alone belong to time, here as everywhere."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

WAYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


def arrow_move(event: QKeyEvent) -> tuple[int, int]:
    """Places to the right (with Alt) and down (with Alt or alone); (0, 0) for any other key."""
    along, down = WAYS.get(Qt.Key(event.key()), (0, 0))
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier  # with which keypads mark their arrows
    if held == Qt.KeyboardModifier.AltModifier:
        return along, down
    return (0, down) if held == Qt.KeyboardModifier.NoModifier else (0, 0)
