"""The words beside the pictures: what is under the pointer, what each rule is doing, and why it did it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QLabel

from gui.document import Document
from gui.explore.analysis import Analysis
from gui.explore.dissection import Dissection
from gui.explore.inspector import Inspector
from gui.explore.stage import Stage as Pictures
from gui.jobs import Jobs
from gui.widgets.playback import Playback
from landscape.numerals import numeral
from landscape.race import Entry, Race
from landscape.remarks import remark
from landscape.stages import stages
from landscape.surface import Surface

if TYPE_CHECKING:
    from landscape.geometry.critical_points import CriticalPoint
    from landscape.geometry.escape import Escape
    from landscape.geometry.shape import Shape
    from landscape.reasons import Reason

EVERY = 160  # milliseconds: faster nobody can read


class Words(QObject):
    """Keeps the sentences up to date, a few times a second."""

    def __init__(
        self, document: Document, pictures: Pictures, playback: Playback, inspector: Inspector,
        analysis: Analysis, dissection: Dissection, jobs: Jobs, parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.readout = QLabel()
        self._document = document
        self._pictures, self._playback, self._inspector = pictures, playback, inspector
        self._analysis, self._dissection, self._jobs = analysis, dissection, jobs
        self._said: tuple[Any, ...] | None = None
        self._explained: tuple[Any, ...] | None = None
        self._watched: CriticalPoint | None = None
        self._asking = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def hover(self, surface: Surface, x: float, y: float) -> bool:
        """Say what is under the pointer; False if there is nothing to say."""
        if not (math.isfinite(x) and math.isfinite(y) and surface.is_compiled):
            return False
        point = np.array([x, y])
        loss = float(surface.value(point))
        text = f"x {numeral(x)}   y {numeral(y)}   loss {numeral(loss)}"
        if not math.isfinite(loss):
            text = f"x {numeral(x)}   y {numeral(y)}   the loss is not defined here"
        else:
            gradient, hessian = surface.gradient(point), surface.hessian(point)
            text += f"   ∇f ({numeral(gradient[0], 3)}, {numeral(gradient[1], 3)})"
            if np.isfinite(hessian).all():
                low, high = np.linalg.eigvalsh(hessian)
                text += f"   Hessian λ {numeral(float(low), 3)}, {numeral(float(high), 3)}"
            shape = self._analysis.shape
            if shape is not None and shape.plateaus is not None and bool(shape.plateaus.holds(point)):
                text += "   on a plateau"
        self.readout.setText(text)
        return True

    def watch(self, place: Any) -> None:
        """Look at one saddle through the microscope: how long each rule takes to leave it."""
        self._watched = place if place is not None and place.kind == "saddle" else None
        self._explained = None
        self._inspector.shape_card.say("")
        self.refresh()

    def set_asking(self, on: bool) -> None:
        """While a question waits, say nothing of what comes after the present step."""
        self._asking = on
        self._explained = None
        if on:
            self._jobs.cancel("why")
            self._explain(((), ""))
        self.refresh()

    def refresh(self) -> None:
        """Say it again, if anything has changed."""
        race, step = self._pictures.race, self._playback.step
        if race is None:
            return
        self._analysis.find_unstable(race, step)
        if not self._inspector.isVisible():
            return
        now = (race, step, self._dissection.number, self._document.scene.focus, self._analysis.shape)
        if _differ(now, self._said):
            self._said = now
            card = self._inspector.optimizers_card
            card.show_remarks({entry.index: self._present(entry) for entry in race.entries})
        shape, focus, watched = self._analysis.shape, self._document.scene.focus, self._watched
        if shape is not None and (shape.surface != race.surface or shape.critical.searching):
            shape = None
        wanted = (race, focus, shape, watched)
        if not self._asking and _differ(wanted, self._explained):
            self._explained = wanted
            self._jobs.start("why", lambda: _explanations(race, focus, shape, watched), self._explain)

    def _present(self, entry: Entry) -> str:
        """What a rule is doing; or, stage by stage, how its next update comes about."""
        step, number = self._playback.step, self._dissection.number
        if not number or entry.index != self._document.scene.focus:
            return remark(entry.path, step) + self._on_plateau(entry)
        found = stages(entry.path, step)
        if not found:
            return "no further update"
        shown = min(number, len(found))
        return f"{shown}/{len(found)} {found[shown - 1]}"

    def _on_plateau(self, entry: Entry) -> str:
        """How many steps a rule has spent on a plateau up to now."""
        shape = self._analysis.shape
        if shape is None or shape.plateaus is None or shape.surface != entry.path.surface:
            return ""
        until = min(self._playback.step, entry.path.last)
        count = int(shape.plateaus.holds(entry.path.points[:until]).sum())
        return f" On a plateau: {count} of {until} steps." if count else ""

    def _explain(self, found: tuple[tuple[Reason, ...], str]) -> None:
        self._inspector.focus_card.show_reasons(found[0])
        self._inspector.shape_card.say(found[1])


def _differ(one: tuple[Any, ...], other: tuple[Any, ...] | None) -> bool:
    """Whether anything is another object: what is compared is kept, so that no address is used twice."""
    if other is None:
        return True
    pairs = zip(one, other, strict=True)
    return any(a is not b and not (isinstance(a, int) and a == b) for a, b in pairs)


def _explanations(
    race: Race, focus: int | None, shape: Shape | None, watched: CriticalPoint | None
) -> Iterator[tuple[tuple[Reason, ...], str]]:
    """Why the rule in focus did what it did, and how each rule leaves the saddle that is watched."""
    from landscape.geometry.escape import escape
    from landscape.reasons import reasons

    race.surface.compile()
    critical = None if shape is None else shape.critical
    flat = None if shape is None else shape.plateaus
    entry = race.entry(focus)
    why = () if entry is None else reasons(entry.path, critical, flat)
    lines = []
    if watched is not None and critical is not None:
        for entry in race.entries:
            found = escape(entry.path, critical, watched)
            lines.append(
                f"{entry.label}: {'does not come near this saddle.' if found is None else _escaped(found)}"
            )
    yield why, "\n".join(lines)


def _escaped(found: Escape) -> str:
    if found.observed is None or found.predicted is None or not math.isfinite(found.predicted):
        return found.sentence()
    return f"{found.formula} predicted, {found.observed} observed."
