"""Where in time we are: a step number that plays, pauses, steps and loops."""

from __future__ import annotations

import time

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

STEPS_PER_SECOND = 40.0  # at speed 1
HOLD_SECONDS = 1.5  # at the end, before a loop begins again
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Playback(QObject):
    """Signals: stepChanged(step), playingChanged(playing), lengthChanged(steps).

    At speed 1, `rate` steps pass in a second.
    """

    stepChanged = pyqtSignal(int)
    playingChanged = pyqtSignal(bool)
    lengthChanged = pyqtSignal(int)

    def __init__(
        self, parent: QObject | None = None, rate: float = STEPS_PER_SECOND, loop: bool = True
    ) -> None:
        super().__init__(parent)
        self.length = 1
        self.rate = rate
        self.speed = 1.0
        self.loop = loop
        self._at = 0.0
        self._last_tick = 0.0
        self._held_since: float | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._tick)

    @property
    def step(self) -> int:
        """The present step."""
        return int(self._at)

    @property
    def playing(self) -> bool:
        """Whether time is running."""
        return self._timer.isActive()

    def set_length(self, steps: int) -> None:
        """The number of steps of the race."""
        if steps != self.length:
            self.length = steps
            self.lengthChanged.emit(steps)
            self.go_to(min(self._at, steps))

    def go_to(self, step: float) -> None:
        """Jump to a step."""
        before = self.step
        self._at = float(min(max(step, 0), self.length))
        self._held_since = None
        if self.step != before:
            self.stepChanged.emit(self.step)

    def play(self) -> None:
        """Run; from the start if it has ended."""
        if self.step >= self.length:
            self.go_to(0)
        if not self.playing:
            self._last_tick = time.monotonic()
            self._timer.start()
            self.playingChanged.emit(True)

    def pause(self) -> None:
        """Stand still."""
        if self.playing:
            self._timer.stop()
            self.playingChanged.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def move(self, steps: int) -> None:
        """Pause, and go some steps forward or back."""
        self.pause()
        self.go_to(self.step + steps)

    def _tick(self) -> None:
        now = time.monotonic()
        # A long pause of the machine must not become a leap of the balls.
        passed = min(now - self._last_tick, 0.25)
        self._last_tick = now
        if self._at < self.length:
            before = self.step
            self._at = min(self._at + passed * self.rate * self.speed, float(self.length))
            if self.step != before:
                self.stepChanged.emit(self.step)
            return
        if not self.loop:
            self.pause()
        elif self._held_since is None:
            self._held_since = now
        elif now - self._held_since > HOLD_SECONDS:
            self.go_to(0)
