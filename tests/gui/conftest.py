"""A home of its own for each test, what must not be left behind after it, and windows to drive."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from making import Answers, open_maker
from PyQt6.QtCore import QCoreApplication, QEvent, QSettings, QStandardPaths, Qt, QThreadPool
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox

import gui.train.page
import gui.tune.page  # noqa: F401 -- both are loaded late by the program, and here before `freeze`
from gui.document import Document
from gui.gl_support import prepare_platform, why_not_try
from gui.jobs import Jobs
from gui.lecture.maker import LessonMaker
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import DARK, Theme, font
from landscape.scene import Scene, opening_scene

prepare_platform()
QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)

_alive: weakref.WeakSet[Any] = weakref.WeakSet()


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application as `gui.app` sets it up."""
    QCoreApplication.setApplicationName("Landscape")
    qapp.setStyle("Fusion")
    qapp.setFont(font(13))
    freeze()
    return qapp


def freeze() -> None:
    """What is there before the tests, such as modules, need not be looked through after each of them.

    The program, which freezes only where nothing is frozen, does not add to it.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, settings and session files of this test's own."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(folder / name.lower()))
    monkeypatch.delenv("LANDSCAPE_NO_GL", raising=False)
    QStandardPaths.setTestModeEnabled(True)
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        QSettings.setPath(QSettings.Format.IniFormat, scope, str(folder / "settings" / scope.name))
    return folder


@pytest.fixture(autouse=True)
def no_dialog_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A native dialog would wait for ever: a test that expects one answers it itself."""

    def unexpected(*given: Any, **named: Any) -> Any:
        raise AssertionError("a dialog was opened that this test does not answer")

    monkeypatch.setattr(QFileDialog, "getOpenFileName", unexpected)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", unexpected)
    monkeypatch.setattr(QMessageBox, "question", lambda *given: QMessageBox.StandardButton.Discard)


@pytest.fixture(autouse=True)
def swallowed_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """pyqtgraph prints what goes wrong while painting and carries on: here it fails the test."""
    import pyqtgraph.debug

    found: list[str] = []

    def collect(message: str = "", *given: Any, **named: Any) -> None:
        kind, error, _ = sys.exc_info()
        found.append(f"{message} {kind and kind.__name__}: {error}".strip())

    monkeypatch.setattr(pyqtgraph.debug, "printExc", collect)
    yield found
    assert not found, f"errors while painting that nobody was told of: {found[:3]}"


@pytest.fixture(autouse=True)
def nothing_left_behind(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    """After a test no window is up, no thread at work and no main window kept alive.

    As in the program, garbage is collected on this thread only.
    """
    for kind in (MainWindow, Jobs):

        def begin(self: Any, *given: Any, _init: Any = kind.__init__, **named: Any) -> None:
            _init(self, *given, **named)
            _alive.add(self)

        monkeypatch.setattr(kind, "__init__", begin)
    gc.disable()
    yield
    request.node.funcargs.clear()  # pytest keeps what the test was given
    settle()
    pools = [jobs for jobs in _alive if isinstance(jobs, Jobs)]
    busy = [jobs for jobs in pools if jobs.busy]
    shown = [type(widget).__name__ for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    windows = [window for window in _alive if isinstance(window, MainWindow)]
    pool = QThreadPool.globalInstance()
    at_work = 0 if pool is None else pool.activeThreadCount()
    _alive.clear()
    gc.enable()
    assert not shown, f"still on the screen: {shown}"
    assert not busy, "jobs are still under way"
    assert not at_work, "a thread is still at work"
    if not getattr(request.node, "failed", False):  # a traceback keeps all that it saw
        assert not windows, f"{len(windows)} closed main windows are kept alive"


def settle() -> None:
    """Let Qt delete what is to be deleted, and Python what nobody holds."""
    for _ in range(2):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Notes a failure, since its traceback keeps objects alive."""
    report = yield
    if report.failed:
        item.failed = True  # type: ignore[attr-defined]
    return report


OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> OpenWindow:
    """Opens main windows as `gui.app.run` does, and waits for all that they compute at first."""

    def make(
        scene: Scene | None = None, path: Path | None = None, gl: bool = True, play: bool = False,
        theme: Theme = DARK, size: tuple[int, int] = (1280, 800),
    ) -> MainWindow:  # fmt: skip
        if not gl:
            monkeypatch.setenv("LANDSCAPE_NO_GL", "1")
        settings = Settings()
        window = MainWindow(scene or opening_scene(), path, settings, why_not_try(settings), theme)
        qtbot.addWidget(window)
        started: list[bool] = []
        window.explore.glStarted.connect(lambda: started.append(True))
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        window.begin()
        if not play:
            window.explore.hold_at_start()
        stage = window.explore.stage
        if window.document.scene.workspace == "explore":
            qtbot.waitUntil(lambda: stage.ground is not None and stage.race is not None, timeout=20_000)
            if gl:
                qtbot.waitUntil(lambda: bool(started), timeout=20_000)
        qtbot.waitUntil(lambda: not window.jobs.busy, timeout=90_000)
        qtbot.waitUntil(window.isActiveWindow, timeout=5000)
        return window

    return make


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """The whole window with the opening scene, paused at its start; map, race and 3-D are there."""
    return open_window()


@pytest.fixture
def flat_window(open_window: OpenWindow) -> MainWindow:
    """The same without OpenGL, which is quicker to open: for what has nothing to do with 3-D."""
    return open_window(gl=False)


@pytest.fixture
def document(qapp: QApplication) -> Document:
    """The opening scene, without a window."""
    return Document(opening_scene())


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    """Background work, ended after the test."""
    made = Jobs()
    yield made
    made.shut_down()


@pytest.fixture
def maker(document: Document, jobs: Jobs, qtbot: Any) -> LessonMaker:
    """The lesson maker, empty."""
    return open_maker(document, jobs, qtbot)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Answers dialogs."""
    return Answers(monkeypatch)
