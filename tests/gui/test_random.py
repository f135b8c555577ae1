"""A monkey at the window: seeded clicks, drags, wheels and keys everywhere. Nothing may go wrong.

`LANDSCAPE_SOAK_SECONDS=300` makes it the five-minute run, which also watches the memory;
`LANDSCAPE_SOAK_SEED` chooses another monkey.
"""

from __future__ import annotations

import faulthandler
import os
import random
import shutil
import time

import psutil
import pytest
from driving import CTRL, KEY, SHIFT, drag, press, wheel
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget

from gui.jobs import GuiThreadGarbage
from gui.main_window import MainWindow
from landscape.resources import scene_files

SECONDS = float(os.environ.get("LANDSCAPE_SOAK_SECONDS", "15"))
SEED = int(os.environ.get("LANDSCAPE_SOAK_SEED", "1"))
ALLOWED_GROWTH = 40.0  # MB after the first third, for long runs
PAUSE = 4  # milliseconds between two deeds
KEYS = (
    *"123trb.?+-0 ", KEY.Key_Right, KEY.Key_Left, KEY.Key_Up, KEY.Key_Down, KEY.Key_Home, KEY.Key_End,
    KEY.Key_Tab, KEY.Key_Backtab, KEY.Key_Return, KEY.Key_Escape, KEY.Key_PageDown, KEY.Key_PageUp,
    KEY.Key_F5, KEY.Key_F11, KEY.Key_F1, KEY.Key_Delete, KEY.Key_Backspace,
)  # fmt: skip
CHORDS = (
    (KEY.Key_Z, CTRL), (KEY.Key_Z, CTRL | SHIFT), (KEY.Key_Y, CTRL), (KEY.Key_K, CTRL), (KEY.Key_L, CTRL),
    (KEY.Key_F, CTRL), (KEY.Key_T, CTRL), (KEY.Key_S, CTRL), (KEY.Key_O, CTRL), (KEY.Key_A, CTRL),
    (KEY.Key_Right, CTRL), (KEY.Key_Left, CTRL), (KEY.Key_Right, SHIFT), (KEY.Key_Left, SHIFT),
)  # fmt: skip
TEXTS = (
    "x^2 + y^2", "sin(3x)*y", "log(x)", "1/x", "a*x^2 + k*y^2", "__import__('os')", "9^9^9^9", "((", "",
    "0.1", "-1", "1e9", "nan", "inf", "300", "0", "min(x, y)", "exp(10x)",
)  # fmt: skip


class Monkey:
    """Does one thing a time, on whatever is in front; goes on inside menus that wait."""

    def __init__(self, window: MainWindow, seconds: float, seed: int) -> None:
        self.window = window
        self.random = random.Random(seed)
        self.ends = time.monotonic() + seconds
        self.deeds = 0
        self.said: set[str] = set()
        self.memory: list[tuple[float, float]] = []
        self.done = False

    def start(self) -> None:
        QTimer.singleShot(PAUSE, self._next)

    def _next(self) -> None:
        if time.monotonic() > self.ends:
            self.done = True
            return
        # The next deed is due before this one is done: a menu would otherwise wait for ever.
        QTimer.singleShot(PAUSE, self._next)
        self.deeds += 1
        if self.deeds % 50 == 0:
            self.memory.append((time.monotonic(), psutil.Process().memory_info().rss / 1e6))
        deed = self.random.choices(
            (self.click, self.drag, self.wheel, self.key, self.chord, self.type), (5, 3, 2, 4, 1, 1)
        )[0]
        if QApplication.activeWindow() is None:  # nobody manages the windows of a virtual screen
            self.window.activateWindow()
        deed()
        self.said.add(self.window.banner.text())

    def place(self) -> tuple[QWidget, QPoint]:
        """A widget in front and a point of it."""
        front: QWidget = QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.window
        if self.random.random() < 0.4:  # what can be pressed is small and would seldom be hit
            buttons = [b for b in front.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
            if buttons:
                button = self.random.choice(buttons)
                return button, button.rect().center()
        at = QPoint(self.random.randrange(front.width()), self.random.randrange(front.height()))
        widget = front.childAt(at) or front
        return widget, widget.mapFrom(front, at)

    def click(self) -> None:
        widget, at = self.place()
        button = self.random.choice([Qt.MouseButton.LeftButton] * 6 + [Qt.MouseButton.RightButton])
        QTest.mouseClick(widget, button, pos=at)

    def drag(self) -> None:
        widget, at = self.place()
        points = [(at.x(), at.y())]
        for _ in range(self.random.randrange(1, 6)):
            x, y = points[-1]
            points.append((x + self.random.randrange(-90, 91), y + self.random.randrange(-90, 91)))
        button = self.random.choice([Qt.MouseButton.LeftButton] * 4 + [Qt.MouseButton.RightButton])
        drag(widget, *points, button=button)

    def wheel(self) -> None:
        widget, at = self.place()
        wheel(widget, at.x(), at.y(), self.random.choice([-3, -1, 1, 3]))

    def key(self) -> None:
        if QApplication.focusWidget() or QApplication.activeWindow():
            press(self.random.choice(KEYS))

    def chord(self) -> None:
        if QApplication.focusWidget() or QApplication.activeWindow():
            press(*self.random.choice(CHORDS))

    def type(self) -> None:
        fields = [f for f in self.window.findChildren(QLineEdit) if f.isVisible() and f.isEnabled()]
        if fields and not QApplication.activePopupWidget() and not QApplication.activeModalWidget():
            field = self.random.choice(fields)
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, self.random.choice(TEXTS))
            QTest.keyClick(field, self.random.choice([KEY.Key_Return, KEY.Key_Tab, KEY.Key_Escape]))


@pytest.mark.gl
@pytest.mark.slow
def test_monkey_breaks_nothing(open_window, qtbot, monkeypatch, tmp_path):
    # Copies: what is opened may be saved, too.
    copies = [shutil.copy(path, tmp_path) for path in scene_files()]
    files = [*map(str, copies), str(tmp_path), str(tmp_path / "missing.toml"), ""]
    chosen = random.Random(SEED)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (chosen.choice(files), ""))
    targets = [str(tmp_path / "a.toml"), str(tmp_path / "no" / "b.toml"), ""]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: (chosen.choice(targets), ""))
    monkeypatch.setattr(QMessageBox, "question", lambda *given: QMessageBox.StandardButton.Cancel)
    monkeypatch.setattr(MainWindow, "close", lambda self: False)  # quitting is the one thing left out

    window = open_window(play=True)
    garbage = GuiThreadGarbage()
    monkey = Monkey(window, SECONDS, SEED)
    faulthandler.cancel_dump_traceback_later()  # it may take long
    with qtbot.captureExceptions() as errors:
        monkey.start()
        qtbot.waitUntil(lambda: monkey.done, timeout=int(SECONDS * 1000) + 60_000)
    garbage.stop()
    while (front := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
        QWidget.close(front)

    assert [f"{kind.__name__}: {error}" for kind, error, _ in errors] == []
    assert [text for text in monkey.said if "went wrong" in text] == []
    assert monkey.deeds > 5 * SECONDS

    # It still does what it is told.
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=60_000)
    if window.in_lecture:
        window.toggle_lecture()
    window.black.hide()
    window.gallery.show(0)
    window.explore.playback.pause()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.explore.stage.map.setFocus()
    before = window.explore.playback.step
    press(KEY.Key_Right)
    assert window.explore.playback.step == before + 1
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=60_000)

    if SECONDS >= 120:
        begin = monkey.ends - SECONDS * 2 / 3
        later = [megabytes for when, megabytes in monkey.memory if when > begin]
        third = len(later) // 3
        growth = sum(later[-third:]) / third - sum(later[:third]) / third
        assert growth < ALLOWED_GROWTH, (
            f"memory grew by {growth:.0f} MB: {later[:: max(len(later) // 12, 1)]}"
        )
