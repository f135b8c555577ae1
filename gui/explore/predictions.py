"""Predict, then reveal: while a question waits, a pin for each rule; afterwards how far off it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent

from gui.document import Document
from gui.explore.analysis import Analysis
from gui.explore.prediction_panel import Line, PredictionPanel
from gui.explore.stage import Stage
from gui.jobs import Jobs
from gui.theme import DARK, Theme, looks
from gui.views.pins import Pin
from gui.widgets.playback import Playback
from landscape.numerals import pair
from landscape.predictions import Place, Verdict, verdicts
from landscape.race import Entry

if TYPE_CHECKING:
    from landscape.geometry.critical_points import CriticalPoints

KEY = Qt.Key
GRAB = 0.025  # of what the map shows: as near to a pin one takes hold of it
NUDGE, STRIDE = 0.01, 0.05  # of what the map shows, for an arrow key, and with Shift
FAN = 26.0  # degrees between the stems of neighbours
WAYS = {KEY.Key_Left: (-1, 0), KEY.Key_Right: (1, 0), KEY.Key_Up: (0, 1), KEY.Key_Down: (0, -1)}
DIGITS = [KEY.Key_1, KEY.Key_2, KEY.Key_3, KEY.Key_4, KEY.Key_5, KEY.Key_6, KEY.Key_7, KEY.Key_8, KEY.Key_9]


class Predictions(QObject):
    """Holds the pins, which are no part of the scene; a click or a number key brings in the first.

    Until then, arrows step through time as everywhere.
    """

    def __init__(
        self, document: Document, jobs: Jobs, stage: Stage, playback: Playback, analysis: Analysis,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._document, self._jobs, self._stage = document, jobs, stage
        self._playback, self._analysis = playback, analysis
        self._theme = DARK
        self.panel = PredictionPanel()
        self.open = False  # whether pins can be placed
        self.pins: dict[int, Place] = {}  # by the rule's index
        self.chosen: int | None = None
        self._in_hand = False
        self._verdicts: dict[int, Verdict] = {}
        self.panel.chosen.connect(self.choose)
        playback.stepChanged.connect(self._stepped)
        for view in (stage.map, stage.surface):
            view.installEventFilter(self)

    @property
    def _entries(self) -> tuple[Entry, ...]:
        return () if self._stage.race is None else self._stage.race.entries

    @property
    def _order(self) -> list[int]:
        return [entry.index for entry in self._entries]

    def set_theme(self, theme: Theme, type_scale: float) -> None:
        """Draw with these tokens."""
        self._theme = theme
        self.panel.set_theme(theme, type_scale)
        self._refresh()

    def set_open(self, on: bool) -> None:
        """A question waits, or the answer may be seen; pins that were placed stay."""
        self.open = on
        self.chosen = None
        self._forget_verdicts()
        self._refresh()

    def clear(self) -> None:
        """Take all pins away."""
        self.pins, self.chosen = {}, None
        self._forget_verdicts()
        self._refresh()

    def show_race(self) -> None:
        """There is another race: pins of rules that do not take part in it go."""
        self.pins = {index: at for index, at in self.pins.items() if index in self._order}
        self._forget_verdicts()
        self._refresh()

    # --- placing -----------------------------------------------------------------------------------

    def place(self, x: float, y: float) -> None:
        """Press or drag there: the pin that is near, else that of the rule whose turn it is."""
        if not self._in_hand:
            near = self._near(x, y)
            self.chosen = self._turn() if near is None else near
            self._in_hand = True
        if self.chosen is not None:
            self.pins[self.chosen] = (x, y)
        self._refresh()

    def let_go(self) -> None:
        """The pin stands; it is the turn of the next rule that has none."""
        self._in_hand = False
        waiting = self._without_pin(self.chosen)
        if waiting:
            self.chosen = waiting[0]
        self._refresh()

    def choose(self, index: int) -> None:
        """Take this rule's turn."""
        if self.open:
            self.chosen = index
            self._refresh()

    def _turn(self) -> int | None:
        """Whose turn it is: the chosen rule's, at first that in focus."""
        order = self._order
        if self.chosen in order:
            return self.chosen
        focus = self._document.scene.focus
        return focus if focus in order else next(iter(order), None)

    def _without_pin(self, after: int | None) -> list[int]:
        """The rules that have no pin yet, those after this one first."""
        order = self._order
        start = order.index(after) + 1 if after in order else 0
        return [index for index in order[start:] + order[:start] if index not in self.pins]

    def _near(self, x: float, y: float) -> int | None:
        """The pin that a press here takes hold of."""
        (x0, x1), (y0, y1) = self._stage.map.x_range, self._stage.map.y_range
        apart = {
            index: max(abs(at[0] - x) / (x1 - x0), abs(at[1] - y) / (y1 - y0))
            for index, at in self.pins.items()
        }
        nearest = min(apart, key=lambda index: apart[index], default=None)
        return nearest if nearest is not None and apart[nearest] < GRAB else None

    # --- keys --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.take_key(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """A number chooses a rule, Tab the next; arrows move its pin, Delete takes it away."""
        key, order = KEY(event.key()), self._order
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        far = held == Qt.KeyboardModifier.ShiftModifier
        if not self.open or not order or not (far or held == Qt.KeyboardModifier.NoModifier):
            return False
        if key in DIGITS[: len(order)] and not far:
            self.choose(order[DIGITS.index(key)])
            return True
        if self.chosen not in order:
            return False
        if key in (KEY.Key_Tab, KEY.Key_Backtab):
            place = order.index(self.chosen) + (1 if key == KEY.Key_Tab else -1)
            if not 0 <= place < len(order):
                return False  # past the last, Tab goes on to the next widget
            self.choose(order[place])
        elif key in WAYS:
            self._nudge(self.chosen, *WAYS[key], STRIDE if far else NUDGE)
        elif key in (KEY.Key_Delete, KEY.Key_Backspace):
            self.pins.pop(self.chosen, None)
            self._refresh()
        else:
            return False
        return True

    def _nudge(self, index: int, right: int, up: int, share: float) -> None:
        """Move a pin; one that is not there yet comes from the start of the race."""
        (x0, x1), (y0, y1) = self._stage.map.x_range, self._stage.map.y_range
        x, y = self.pins.get(index, self._document.scene.start)
        x, y = x + right * share * (x1 - x0), y + up * share * (y1 - y0)
        self.pins[index] = (min(max(x, x0), x1), min(max(y, y0), y1))
        self._refresh()

    # --- the answer --------------------------------------------------------------------------------

    def _stepped(self, step: int) -> None:
        if self.open or self._verdicts or not self.pins or step < self._playback.length:
            return
        entries = [entry for entry in self._entries if entry.index in self.pins]
        pins = dict(self.pins)
        shape = self._analysis.shape
        known = shape is not None and bool(entries) and shape.surface == entries[0].path.surface
        critical = shape.critical if known and shape is not None and not shape.critical.searching else None
        self._jobs.start("verdicts", lambda: _judged(entries, pins, critical), self._judged)

    def _judged(self, found: dict[int, Verdict]) -> None:
        self._verdicts = found
        self._refresh()

    def _forget_verdicts(self) -> None:
        self._jobs.cancel("verdicts")
        self._verdicts = {}

    # --- what is seen ------------------------------------------------------------------------------

    def _refresh(self) -> None:
        styles = looks(self._document.scene.optimizers, self._theme)
        entries, middle = self._entries, (len(self._entries) - 1) / 2
        entries = tuple(entry for entry in entries if entry.index < len(styles))
        pins, lines = [], []
        for place, entry in enumerate(entries):
            at, verdict = self.pins.get(entry.index), self._verdicts.get(entry.index)
            is_chosen = self.open and entry.index == self.chosen
            if at is not None:
                end = None if verdict is None else verdict.end
                pins.append(Pin(styles[entry.index], at, FAN * (place - middle), end, is_chosen))
            title, words = entry.racer.optimizer.title, self._words(at, verdict, is_chosen)
            lines.append(Line(entry.index, styles[entry.index], title, words, is_chosen))
        self._stage.show_pins(tuple(pins))
        self.panel.show_lines(lines)
        self.panel.setVisible(bool(self.pins) or self.chosen is not None)

    def _words(self, at: Place | None, verdict: Verdict | None, is_chosen: bool) -> str:
        if verdict is not None:
            return verdict.words
        if at is not None:
            return f"pin at {pair(at, 3)}"
        return "click the map" if is_chosen else "no pin"


def _judged(
    entries: list[Entry], pins: dict[int, Place], critical: CriticalPoints | None
) -> Iterator[dict[int, Verdict]]:
    """What became of each ball."""
    paths, predicted = [entry.path for entry in entries], [pins[entry.index] for entry in entries]
    found = verdicts(paths, predicted, critical)
    yield {entry.index: verdict for entry, verdict in zip(entries, found, strict=True)}
