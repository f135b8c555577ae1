"""Whether OpenGL should be tried at all, and what must be set before it is."""

from __future__ import annotations

import os

from PyQt6.QtGui import QGuiApplication

from gui.settings import Settings


def prepare_platform() -> None:
    """On Wayland, PyOpenGL would choose EGL even where Qt runs on X: make both choose the same.

    What the user has set is never overridden.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform == "xcb" or (os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("PYOPENGL_PLATFORM", "glx")


def why_not_try(settings: Settings) -> str:
    """The reason not to try OpenGL, as a sentence, or "" when it may be tried."""
    if os.environ.get("LANDSCAPE_NO_GL"):
        return "3-D is switched off by LANDSCAPE_NO_GL."
    platform = QGuiApplication.platformName()
    if platform in ("offscreen", "minimal", "vnc", "linuxfb"):
        return f"3-D needs OpenGL, which Qt's “{platform}” platform does not have."
    if settings.gl_was_fatal():
        settings.set_gl_trying(False)
        return "OpenGL seems to have ended the program the last time: 3-D is left out until the next start."
    return ""
