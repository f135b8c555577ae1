"""How arrow keys move a choice within a picture: left and right alone belong to time, here as everywhere."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

LEFT_RIGHT = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
UP_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


def arrow_move(event: QKeyEvent) -> tuple[int, int]:
    """Places to the right (with Alt) and down; (0, 0) for any other key."""
    key = Qt.Key(event.key())
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    along = LEFT_RIGHT.get(key, 0) if held == Qt.KeyboardModifier.AltModifier else 0
    down = UP_DOWN.get(key, 0) if held == Qt.KeyboardModifier.NoModifier else 0
    return along, down
