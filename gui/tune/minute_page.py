"""Panda and caviar as a lesson: the same machine, the same time, two ways of using it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.jobs import Jobs
from gui.theme import Theme
from gui.tune.edits import TuneEdits
from gui.tune.look_cards import button
from gui.tune.minute_view import MinuteView
from gui.widgets.card import Card, label
from gui.widgets.rows import Choice
from landscape.network.spec import Training
from landscape.network.training import split_data
from landscape.tuning.minute import Minute, minute
from landscape.tuning.plan import Tuning
from landscape.tuning.workers import open_workers

JOB = "minute"
TIMES = {"10": "10 s each", "30": "30 s each", "60": "a minute each"}
EXPLAINED = "Panda where one model takes all there is; caviar where many fit."
WAITING = "Press Compare: first one model after the other, then as many at once as there is room for."


class MinutePage(QWidget):
    """The comparison, with the scene's training and search space."""

    def __init__(
        self, jobs: Jobs, edits: TuneEdits, workers: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs, self._edits, self._workers = jobs, edits, workers
        self.view = MinuteView()
        self.view.set_hint(WAITING)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.view, 1)
        card = Card()
        line = QHBoxLayout()
        line.addWidget(label(EXPLAINED, "dim", wrap=True), 1)
        self.times = Choice("Time for each", TIMES, lambda _: None)
        self.run = button("Compare", "Use this machine both ways, for the same time", self.compare)
        self.run.setObjectName("primary")
        line.addWidget(self.times)
        line.addWidget(self.run)
        card.body.addLayout(line)
        column.addWidget(card)

    def set_theme(self, theme: Theme, type_scale: float = 1.0) -> None:
        """Draw with these tokens."""
        self.view.set_theme(theme, type_scale)

    def compare(self) -> None:
        """Begin, or stop."""
        if self.run.text() == "Stop":
            self.stop()
            return
        scene, seconds = self._edits.scene, float(self.times.currentData())
        training, tuning, workers = scene.training, scene.tuning, self._workers()
        self.run.setText("Stop")
        self.view.show_minute(Minute(seconds))
        self._jobs.start(JOB, lambda: _compared(training, tuning, workers, seconds), self._show, self._failed)

    def stop(self) -> None:
        """Stop; what was tried stays to be seen."""
        self._jobs.cancel(JOB)
        self.run.setText("Compare")

    def _show(self, found: Minute) -> None:
        self.view.show_minute(found)
        if found.ended:
            self.run.setText("Compare")

    def _failed(self, sentence: str) -> None:
        self.run.setText("Compare")
        self.view.show_minute(None)
        self.view.set_hint(sentence)


def _compared(training: Training, tuning: Tuning, workers: str, seconds: float) -> Iterator[Minute]:
    data = split_data(training)
    with open_workers(workers) as crew:
        yield from minute(training, tuning, crew, data, seconds)
