"""Start-up, in the order that Qt and OpenGL need."""

from __future__ import annotations

import sys
import threading
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
    # The formula compiles while Qt starts: both take about as long.
    warm_up = threading.Thread(target=_compile, args=(chosen,), daemon=True)
    warm_up.start()

    from PyQt6.QtCore import QCoreApplication, Qt
    from PyQt6.QtWidgets import QApplication

    from gui.gl_support import prepare_format, prepare_platform, why_no_gl

    prepare_platform()
    # Shader programs are kept per class: two 3-D views need contexts that share them.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    prepare_format()
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
    reason = why_no_gl(settings)
    hints = application.styleHints()
    prefers_light = hints is not None and hints.colorScheme() == Qt.ColorScheme.Light
    theme = THEMES.get(settings.theme()) or (LIGHT if prefers_light else DARK)
    window = MainWindow(chosen, path, settings, reason, theme)
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
    return code


def _compile(scene: Scene) -> None:
    expression = scene.surface.surface.expression
    _ = expression.value, expression.gradient_at


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
