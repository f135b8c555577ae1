"""Start-up: the window and its map first; SymPy and OpenGL, which load slowly, after them."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from landscape.scene import Scene, opening_scene

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def run(scene: Scene | None = None, path: Path | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    chosen = scene or opening_scene()
    from PyQt6.QtCore import QCoreApplication, Qt
    from PyQt6.QtWidgets import QApplication

    from gui.gl_support import prepare_platform, why_not_try

    # Qt's calls give Python's lock away; a busy job would keep it for 5 ms each time.
    sys.setswitchinterval(0.001)
    prepare_platform()
    QCoreApplication.setApplicationName("Landscape")
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    application.setDesktopFileName("io.github.landscape.Landscape")

    from PyQt6.QtGui import QIcon

    from gui.jobs import GuiThreadGarbage
    from gui.main_window import MainWindow
    from gui.settings import Settings
    from gui.theme import DARK, LIGHT, THEMES, font
    from landscape.resources import ASSETS

    application.setFont(font(13))
    application.setWindowIcon(QIcon(str(ASSETS / "icons" / "landscape.svg")))
    settings = Settings()
    hints = application.styleHints()
    prefers_light = hints is not None and hints.colorScheme() == Qt.ColorScheme.Light
    theme = THEMES.get(settings.theme()) or (LIGHT if prefers_light else DARK)
    window = MainWindow(chosen, path, settings, why_not_try(settings), theme)
    sys.excepthook = _sentence_instead(window)
    garbage = GuiThreadGarbage(application)
    geometry = settings.geometry()
    if not geometry.isEmpty():
        window.restoreGeometry(geometry)
    window.show()
    window.begin()
    code = application.exec()
    garbage.stop()
    settings.set_gl_trying(False)
    if not window.ended:
        os._exit(code)  # a formula that SymPy is still busy with: waiting for it would look like a hang
    return code


def _sentence_instead(
    window: MainWindow,
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """An exception hook: PyQt would end the program on an error in a slot; the user gets a sentence."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        traceback.print_exception(kind, error, trace)  # for whoever started it from a terminal
        window.banner.say(
            f"Something went wrong ({kind.__name__}: {error}). Your scene is unharmed; saving it is wise."
        )

    return hook
