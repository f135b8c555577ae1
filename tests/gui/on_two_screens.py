"""Run by itself on a display with two screens: gives a lesson with keys, and prints where windows are."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from gui.gl_support import prepare_platform
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import DARK
from landscape.scene import opening_scene


def where(widget: QWidget | None) -> dict[str, Any] | None:
    """A window's screen, and whether it fills it."""
    if widget is None or not widget.isVisible():
        return None
    screen = widget.screen()
    assert screen is not None
    return {"screen": screen.name(), "full": widget.isFullScreen(), "maximized": widget.isMaximized()}


def main(lesson: Path) -> None:
    """Open the lesson, F5, on to the second slide from the speaker's window, and Esc back."""
    prepare_platform()
    application = QApplication(sys.argv[:1])
    window = MainWindow(opening_scene(), None, Settings(), "not needed here", DARK)
    window.show()
    window.activateWindow()
    while not window.isActiveWindow():
        QTest.qWait(20)
    told: list[Any] = []

    def tell(what: str) -> None:
        QTest.qWait(300)
        told.append((what, where(window), where(window.desk.speaker), window.desk.player.place))

    window.desk.player.open(lesson)
    while not window.desk.has_lesson:
        QTest.qWait(20)
    tell("opened: " + window.banner.text())
    QTest.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    tell("on stage")
    QTest.keyClick(window.desk.speaker, Qt.Key.Key_PageDown)
    tell("next")
    QTest.keyClick(window.desk.speaker, Qt.Key.Key_Escape)
    tell("left")
    window.close()
    json.dump([[screen.name() for screen in application.screens()], told], sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
