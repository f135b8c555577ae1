"""The process that draws an export: the window goes on meanwhile, and survives whatever happens here.

It reads one order from its standard input and answers on its standard output, a line of JSON each time.
When its input ends, the window has given the export up, or is gone: it stops, and no file is left behind.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from typing import Any

from gui.export.estimate import estimate_movie
from gui.export.exporter import Exporter
from gui.export.order import Order
from landscape.errors import LandscapeError

REPORT_SECONDS = 0.1


class StoppedError(Exception):
    """The export is not wanted any more."""


def main() -> int:
    """Carry out the order; returns the exit code: 0 done or given up, 2 it could not be done."""
    order = Order.from_json(sys.stdin.readline())
    if order.estimate and hasattr(os, "nice"):
        os.nice(10)
    stop = threading.Event()
    threading.Thread(target=_await_end_of_input, args=(stop,), daemon=True).start()
    try:
        _carry_out(order, stop)
    except StoppedError:
        return 0
    except LandscapeError as error:
        _answer(refused=str(error))
        return 2
    except Exception as error:  # a bug of ours: it must reach the user as a sentence, not vanish
        _answer(refused=f"The export failed ({type(error).__name__}: {error}).")
        return 2
    return 0


def _carry_out(order: Order, stop: threading.Event) -> None:
    exporter = order.exporter()
    if order.export.view == "map":  # nothing of the screen's own, such as its smooth type, gets into it
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = application_without_window()
    gc.disable()  # elsewhere than on this thread, a collection could destroy Qt's objects
    begun = time.perf_counter()
    for sentence in exporter.prepare():
        _check(stop)
        _answer(said=sentence)
    if order.estimate:
        _answer_estimate(order, exporter, time.perf_counter() - begun)
    else:
        _write(exporter, stop)
        _answer(done=True)
    del application


def _answer_estimate(order: Order, exporter: Exporter, prepared: float) -> None:
    suffix = order.clips or order.target.suffix.lower()
    found = estimate_movie(exporter.clips, suffix)
    _answer(size=found.size, seconds=found.seconds + prepared, frames=sum(c.frames for c in exporter.clips))


def _write(exporter: Exporter, stop: threading.Event) -> None:
    said = 0.0
    writing = exporter.write()
    try:
        for report in writing:
            _check(stop)
            if time.monotonic() - said > REPORT_SECONDS:
                said = time.monotonic()
                _answer(frame=report.frame, frames=report.frames)
    finally:
        writing.close()


def _check(stop: threading.Event) -> None:
    if stop.is_set():
        raise StoppedError


def _await_end_of_input(stop: threading.Event) -> None:
    while os.read(0, 4096):  # not by way of `sys.stdin`, whose lock would be held when the program ends
        pass
    stop.set()


def _answer(**given: Any) -> None:
    print(json.dumps(given), flush=True)  # noqa: T201


def application_without_window() -> Any:
    """The application that Qt needs, without a window."""
    from PyQt6.QtWidgets import QApplication

    from gui.gl_support import prepare_platform

    prepare_platform()
    return QApplication.instance() or QApplication(sys.argv[:1])


if __name__ == "__main__":
    sys.exit(main())
