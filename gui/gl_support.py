"""Whether a 3-D view can be had here, and if not, why, in a sentence."""

from __future__ import annotations

import os

from PyQt6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

from gui.settings import Settings

_MAP_ONLY = "The map shows everything else."


def prepare_format() -> None:
    """Smooth edges and a deep enough depth buffer; before the application object exists."""
    wanted = QSurfaceFormat.defaultFormat()
    wanted.setDepthBufferSize(24)
    wanted.setSamples(4)
    QSurfaceFormat.setDefaultFormat(wanted)


def prepare_platform() -> None:
    """On Wayland, PyOpenGL would choose EGL even where Qt runs on X: make both choose the same.

    What the user has set is never overridden.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform == "xcb" or (os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("PYOPENGL_PLATFORM", "glx")


def why_no_gl(settings: Settings) -> str:
    """The reason why there is no 3-D view, or "" when there can be one."""
    if os.environ.get("LANDSCAPE_NO_GL"):
        return f"3-D is switched off by LANDSCAPE_NO_GL. {_MAP_ONLY}"
    if QGuiApplication.platformName() in ("offscreen", "minimal", "vnc", "linuxfb"):
        return f"3-D needs OpenGL, which the “{QGuiApplication.platformName()}” platform has not. {_MAP_ONLY}"
    if settings.gl_was_fatal():
        settings.set_gl_trying(False)
        return (
            "OpenGL seems to have ended the program the last time, so 3-D is left out now. "
            f"Start again to try it once more. {_MAP_ONLY}"
        )
    settings.set_gl_trying(True)  # taken back when there is a picture; a crash leaves it standing
    context = QOpenGLContext()
    context.setFormat(QSurfaceFormat.defaultFormat())
    surface = QOffscreenSurface()
    surface.setFormat(QSurfaceFormat.defaultFormat())
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        settings.set_gl_trying(False)
        return f"3-D needs OpenGL 2.1, which this screen does not offer. {_MAP_ONLY}"
    version, is_es = context.format().version(), context.isOpenGLES()
    context.doneCurrent()
    if is_es or version < (2, 1):
        settings.set_gl_trying(False)
        return f"3-D needs OpenGL 2.1; here is {'ES ' if is_es else ''}{version[0]}.{version[1]}. {_MAP_ONLY}"
    return ""
