"""Runs core iterators off the GUI thread: the latest request wins, stale results are dropped."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, QTimer, pyqtSignal

from landscape.errors import LandscapeError


class _Job(QRunnable):
    """One iterator on a pool thread; it owns no QObject, only the bound signal it reports to."""

    def __init__(
        self, key: str, number: int, make: Callable[[], Iterator[Any]], report: Any, stop: threading.Event
    ) -> None:
        super().__init__()
        self.key, self.number, self.make, self.report, self.stop = key, number, make, report, stop

    def run(self) -> None:
        if self.stop.is_set():
            return
        iterator = None
        try:
            iterator = self.make()
            for snapshot in iterator:
                if self.stop.is_set():
                    return
                self.report.emit(self.key, self.number, "snapshot", snapshot)
            self.report.emit(self.key, self.number, "done", None)
        except LandscapeError as error:
            self.report.emit(self.key, self.number, "failed", str(error))
        except Exception as error:  # a bug of ours: it must reach the user as a sentence, not vanish
            reason = f"Something went wrong ({type(error).__name__}: {error})."
            self.report.emit(self.key, self.number, "failed", reason)
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()


class Jobs(QObject):
    """Background work by key; a new job under a key cancels the one before.

    Callbacks run on the GUI thread. Create it there, and call `shut_down` before the program ends.
    """

    _report = pyqtSignal(str, int, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(4)  # two long trainings leave room for what is looked at
        self._numbers: dict[str, int] = {}
        self._running: dict[str, threading.Event] = {}
        self._callbacks: dict[str, tuple[Callable[[Any], None], Callable[[str], None]]] = {}
        self._shut = False
        self._report.connect(self._deliver)

    def start(
        self,
        key: str,
        make: Callable[[], Iterator[Any]],
        on_snapshot: Callable[[Any], None],
        on_failed: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """Iterate `make()` on a thread; each snapshot goes to `on_snapshot` on the GUI thread."""
        if self._shut:
            return  # a timer of a window that is closing already: nobody would hear of it
        self.cancel(key)
        stop = self._running[key] = threading.Event()
        self._callbacks[key] = (on_snapshot, on_failed)
        self._pool.start(_Job(key, self._numbers[key], make, self._report, stop))

    def cancel(self, key: str) -> None:
        """Stop the job under this key; nothing of it will arrive any more."""
        self._numbers[key] = self._numbers.get(key, 0) + 1
        if key in self._running:
            self._running.pop(key).set()

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._running)

    def shut_down(self) -> bool:
        """Cancel everything, start nothing more, wait for the threads; False if some took over 5 s."""
        self._shut = True
        for key in list(self._running):
            self.cancel(key)
        self._pool.clear()
        return self._pool.waitForDone(5000)

    def _deliver(self, key: str, number: int, kind: str, value: Any) -> None:
        if number != self._numbers.get(key):
            return
        on_snapshot, on_failed = self._callbacks[key]
        if kind != "snapshot":
            self._running.pop(key, None)
        if kind == "snapshot":
            on_snapshot(value)
        elif kind == "failed":
            on_failed(value)


class GuiThreadGarbage(QObject):
    """Collects garbage on the GUI thread only: elsewhere it could destroy Qt objects mid-use."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        self._ticks += 1
        if not gc.get_freeze_count():
            gc.collect()
            gc.freeze()  # what start-up made stays; later collections need not look at it
        if self._ticks % 20 == 0:
            gc.collect()  # old pictures can be large and wait for the oldest generation
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > threshold:
                gc.collect(generation)

    def stop(self) -> None:
        """Give collection back to Python."""
        self._timer.stop()
        gc.enable()
