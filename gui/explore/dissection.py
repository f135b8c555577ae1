"""One step, taken apart: which stage of which update is looked at, and where it is drawn and said."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from gui.document import Document
from gui.explore.anatomy_panel import AnatomyPanel
from gui.explore.stage import Stage as Pictures
from gui.theme import DARK, Theme, looks
from gui.views.anatomy import Anatomy
from gui.widgets.playback import Playback
from landscape.race import Entry
from landscape.stages import Stage, scales, stages

ROOM = 0.24  # of the shorter side of what the map shows: the longest arrow


class Dissection(QObject):
    """Steps through the stages of the present update of the rule in focus.

    Signals
    -------
    changed() : another stage is looked at, or none
    """

    changed = pyqtSignal()

    def __init__(
        self, document: Document, pictures: Pictures, playback: Playback, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self.panel = AnatomyPanel()
        self.number = 0  # of the stage; 0: the update as a whole
        self._pictures, self._playback = pictures, playback
        self._theme = DARK
        self.panel.back.clicked.connect(lambda: self.move(-1))
        self.panel.forward.clicked.connect(lambda: self.move(1))
        playback.stepChanged.connect(self._stepped)
        playback.playingChanged.connect(lambda playing: self.leave() if playing else None)

    @property
    def on(self) -> bool:
        """Whether a step is being taken apart."""
        return self.number > 0

    def set_theme(self, theme: Theme) -> None:
        """Draw with these tokens."""
        self._theme = theme
        self.panel.set_theme(theme)
        self.refresh()

    def enter(self) -> None:
        """Pause, and look at the first stage."""
        self._playback.pause()
        self.number = self.number or 1
        self.refresh()

    def leave(self) -> None:
        """Look at updates as a whole again."""
        if self.number:
            self.number = 0
            self.refresh()

    def move(self, by: int) -> None:
        """One stage forward or back; past the ends of an update, to the next one or the one before."""
        self._playback.pause()
        entry = self._entry()
        if entry is None:
            return
        step = self._playback.step
        number, count = self.number + by, max(len(self._stages(step)), 1)
        if by < 0 and number < 1:
            step = min(step, entry.path.last) - 1
            number = len(self._stages(step)) if step >= 0 else 0
        elif number > count and step < min(self._playback.length, entry.path.last):
            step, number = step + 1, 1
        elif number > count:
            number = count
        if step < 0:
            return
        self._playback.go_to(step)
        self.number = number
        self.refresh()

    def _stepped(self) -> None:
        """Another step: its first stage, if a step is being taken apart."""
        if self.number:
            self.number = 1
            self.refresh()

    def refresh(self) -> None:
        """Draw and say the present stage anew."""
        race, entry = self._pictures.race, self._entry()
        self.panel.setVisible(self.on and entry is not None)
        if not self.on or race is None or entry is None:
            self._pictures.show_anatomy(None)
            self.changed.emit()
            return
        step = min(self._playback.step, entry.path.last)
        found = self._stages(step)
        factors = scales(found, self._room()) if found else {}
        number = min(self.number, max(len(found), 1))
        self.panel.show_stage(entry.racer.optimizer.title, step, number, found, factors)
        anatomy = None
        if found:
            look = looks(race.scene.optimizers, self._theme)[entry.index]
            anatomy = Anatomy(found[number - 1], entry.path.points[step], factors, look, entry.index)
        self._pictures.show_anatomy(anatomy)
        self.changed.emit()

    def _room(self) -> float:
        board = self._pictures.map
        return ROOM * min(board.x_range[1] - board.x_range[0], board.y_range[1] - board.y_range[0])

    def _stages(self, step: int) -> list[Stage]:
        entry = self._entry()
        return [] if entry is None else stages(entry.path, step)

    def _entry(self) -> Entry | None:
        race = self._pictures.race
        return None if race is None else race.entry(self._document.scene.focus)
