"""An export beside the window, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QProcess, pyqtSignal

if TYPE_CHECKING:
    from gui.export.order import Order

HOME = Path(__file__).parents[2]  # where Python finds `gui`
PATIENCE = 4000  # milliseconds in which a process that is given up may put things in order


class ExportProcess(QObject):
    """Carries out one order; the window hears how far it is.

    Signals
    -------
    answered(answer) : what `gui.export.worker` says, as a dictionary
    ended(sentence) : it is over: "" if it went well or was given up, else why it did not
    """

    answered = pyqtSignal(dict)
    ended = pyqtSignal(str)

    def __init__(self, order: Order, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = order
        self.given_up = False
        self._refusal = ""
        self._process = QProcess(self)
        # `python -m` looks into its folder first: not into the user's, who may have a random.py there
        self._process.setWorkingDirectory(str(HOME))
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)

    def start(self) -> None:
        """Begin."""
        self._process.start(sys.executable, ["-m", "gui.export.worker"])
        self._process.write((self.order.to_json() + "\n").encode())

    def give_up(self) -> None:
        """Let it end as soon as it can; what was there before stays."""
        self.given_up = True
        self._process.closeWriteChannel()

    def finish(self) -> None:
        """The window is closing: give it up, and wait for it."""
        self.give_up()
        if not self._process.waitForFinished(PATIENCE):
            self._process.kill()
            self._process.waitForFinished(PATIENCE)

    def _read(self) -> None:
        while self._process.canReadLine():
            answer: dict[str, Any] = json.loads(self._process.readLine().data())
            self._refusal = answer.get("refused", self._refusal)
            if not self.given_up:
                self.answered.emit(answer)

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit(f"The export could not be started: {self._process.errorString()}.")

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if self.given_up:
            self._refusal = ""
        elif status == QProcess.ExitStatus.CrashExit or code not in (0, 2):
            said = self._process.readAllStandardError().data().decode(errors="replace").strip()
            self._refusal = " ".join(["The export ended before it was done.", *said.splitlines()[-1:]])
        self.ended.emit(self._refusal)


class LatestOrder(QObject):
    """Carries out one order at a time, in a process of its own; only the last one asked for counts.

    Signals
    -------
    answered(answer) : as an `ExportProcess` does
    ended(order, sentence) : it is over, and was not given up
    """

    answered = pyqtSignal(dict)
    ended = pyqtSignal(object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: ExportProcess | None = None
        self._next: Order | None = None

    def want(self, order: Order | None) -> None:
        """Carry this out, or nothing, in place of what was asked for before."""
        self._next = order
        if self._process is None:
            self._start()
        else:
            self._process.give_up()

    def finish(self) -> None:
        """The window is closing: give it up, and wait for it."""
        if self._process is not None:
            self._process.ended.disconnect()
            self._process.finish()

    def _start(self) -> None:
        order, self._next = self._next, None
        if order is not None:
            self._process = ExportProcess(order, self)
            self._process.answered.connect(self.answered)
            self._process.ended.connect(self._ended)
            self._process.start()

    def _ended(self, reason: str) -> None:
        assert self._process is not None
        process, self._process = self._process, None
        process.deleteLater()
        if not process.given_up:
            self.ended.emit(process.order, reason)
        self._start()
