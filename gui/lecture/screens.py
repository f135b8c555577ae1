"""Which screen is whose when a lesson is given: the projector the audience's, the laptop's the speaker's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QGuiApplication, QScreen
from PyQt6.QtWidgets import QWidget

Screen = TypeVar("Screen")


def parts(screens: Sequence[Screen], primary: Screen) -> tuple[Screen, Screen] | None:
    """The audience's screen and the speaker's; None where one has to do for both.

    The primary screen is the laptop's own, with its menus: it is the speaker's, wherever the window is.

    >>> parts(["laptop", "projector"], "laptop")
    ('projector', 'laptop')
    >>> parts(["projector", "laptop"], "laptop")
    ('projector', 'laptop')
    >>> parts(["laptop"], "laptop") is None
    True
    """
    others = [screen for screen in screens if screen is not primary]
    return (others[0], primary) if others else None


def parts_now() -> tuple[QScreen, QScreen] | None:
    """The audience's screen and the speaker's of this machine, if it has two that show different things."""
    screens, primary = QGuiApplication.screens(), QGuiApplication.primaryScreen()
    if primary is None:
        return None
    found = parts(screens, primary)
    # Mirrored screens show the same part of the desktop: there is nobody to hide the notes from.
    return None if found is None or found[0].geometry() == found[1].geometry() else found


def put_on(widget: QWidget, screen: QScreen) -> None:
    """Move a window to a screen, inside its middle, so that what it becomes there it becomes on it."""
    free = screen.availableGeometry()
    widget.showNormal()  # a window that fills another screen would stay on it
    handle = widget.windowHandle()
    if handle is not None:
        handle.setScreen(screen)
    size = widget.size().boundedTo(free.size())
    place = QRect(free.topLeft(), size)
    place.moveCenter(free.center())
    widget.setGeometry(place)
