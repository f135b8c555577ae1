"""The card of one rule: why it did what it did, its basins, where it is stable, one step taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QButtonGroup, QComboBox, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.document import Document
from gui.theme import Theme
from gui.views.tints import BASIN_COLOURS
from gui.widgets.card import Card, label
from gui.widgets.toggle import ToggleRow
from landscape.numerals import numeral, pair
from landscape.race import labels
from landscape.scene import Scene

if TYPE_CHECKING:
    from landscape.geometry.basins import Basins
    from landscape.reasons import Reason

MOST_BASINS = 6  # that are listed
ABREAST = 4  # rules beside the card's name: there are up to twelve


class Link(QLabel):
    """A sentence that can be clicked, or chosen with Enter.

    Signals
    -------
    activated()
    """

    activated = pyqtSignal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", "link")
        self.setWordWrap(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(text)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        event.accept()  # so that the release is ours

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit()
        else:
            super().keyPressEvent(event)


class FocusCard(Card):
    """Chooses the rule in focus and what is shown of it.

    Signals
    -------
    anatomyWanted(on) : one step taken apart, or not any more
    stepWanted(step) : a sentence speaks of this step
    rebuilt() : there are other sentences, which the Tab key has to learn of
    """

    anatomyWanted = pyqtSignal(bool)
    rebuilt = pyqtSignal()
    stepWanted = pyqtSignal(int)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("One rule in focus", parent)
        self._document = document
        self._labels: list[str] = []
        self.buttons: list[QPushButton] = []
        self._group = QButtonGroup(self)
        self._letters = QGridLayout()
        self._letters.setSpacing(4)
        self.header.addLayout(self._letters)
        self._reasons: tuple[Reason, ...] = ()
        self._why = QVBoxLayout()
        self._why.setSpacing(5)
        self.body.addLayout(self._why)
        self.links: list[Link] = []

        self.anatomy = ToggleRow("One step, taken apart", "Stage by stage: Shift+→ forward, Shift+← back")
        self.stability = ToggleRow("Unstable where αλ is too large", "Where α·λ_max exceeds the rule's limit")
        self.basins = ToggleRow("Basins of attraction", "The minimum that this rule reaches from every start")
        self.bound = label("", "dim", wrap=True)
        self.bound.hide()
        for row in (self.anatomy, self.stability, self.bound, self.basins):
            self.body.addWidget(row)
        self.against = QComboBox()
        self.against.setAccessibleName("Compare its basins with")
        self.against.setToolTip("Two maps side by side; where the same start ends elsewhere is crossed out")
        self.against.setMinimumWidth(40)
        self.against.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.body.addWidget(self.against)
        self.legend = label("", "dim", wrap=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.body.addWidget(self.legend)

        self.anatomy.toggle.toggled.connect(self.anatomyWanted)
        self.stability.toggle.toggled.connect(lambda on: self._set("stability", stability=on))
        self.basins.toggle.toggled.connect(lambda on: self._set("basins", basins=on))
        self.against.currentIndexChanged.connect(
            lambda: self._set("comparison", against=self.against.currentData())
        )

    def show_scene(self, scene: Scene, theme: Theme) -> None:
        """Show this scene's choices."""
        names = labels(scene.optimizers)
        if names != self._labels:
            self._rebuild(names, [racer.optimizer.title for racer in scene.optimizers])
        focus = scene.focus
        self._group.setExclusive(focus is not None)  # else the last one could not be let go
        for place, (button, racer) in enumerate(zip(self.buttons, scene.optimizers, strict=True)):
            button.setEnabled(racer.enabled)
            button.setChecked(place == focus)
        overlays = scene.overlays
        self.stability.toggle.show_on(overlays.stability)
        self.basins.toggle.show_on(overlays.basins)
        self.against.blockSignals(True)
        self.against.setCurrentIndex(max(self.against.findData(overlays.against), 0))
        self.against.blockSignals(False)
        self.against.setVisible(overlays.basins)
        self.legend.setVisible(overlays.basins)

    def show_reasons(self, reasons: tuple[Reason, ...]) -> None:
        """Say why the rule did what it did; each sentence leads to the step that it speaks of."""
        if reasons == self._reasons:
            return
        self._reasons = reasons
        for link in self.links:
            self._why.removeWidget(link)
            link.hide()
            link.deleteLater()
        self.links = []
        for reason in reasons:
            link = Link(reason.sentence)
            link.activated.connect(lambda step=reason.steps[0]: self.stepWanted.emit(step))
            self._why.addWidget(link)
            self.links.append(link)
        self.rebuilt.emit()

    def show_basins(self, basins: Basins | None, other: Basins | None) -> None:
        """Say which colour is which minimum, and how much of the map reaches it."""
        self.legend.setText("" if basins is None else _legend(basins, other))

    def show_stability(self, unstable: np.ndarray | None, sharpest: float, limit: float) -> None:
        """Say how much of the map is beyond the limit, or how far below it everything is."""
        self.bound.setVisible(unstable is not None)
        if unstable is not None:
            text = f"αλ_max up to {numeral(sharpest, 3)}, limit {numeral(limit, 3)}: "
            share = float(unstable.mean())
            self.bound.setText(text + (f"{100 * share:.0f} % of the map." if share else "stable everywhere."))

    def show_anatomy(self, on: bool) -> None:
        """Whether a step is being taken apart."""
        self.anatomy.toggle.show_on(on)

    def _rebuild(self, names: list[str], titles: list[str]) -> None:
        for button in self.buttons:
            self._group.removeButton(button)
            self._letters.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        self._labels = names
        self.against.blockSignals(True)
        self.against.clear()
        self.against.addItem("one map: no comparison", None)
        for place, (name, title) in enumerate(zip(names, titles, strict=True)):
            button = QPushButton(name)
            button.setObjectName("letter")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, arrow keys still step the race
            button.setToolTip(f"{title} in focus")
            button.setAccessibleName(f"{title} ({name}) in focus")
            button.clicked.connect(lambda _, place=place: self._set("rule in focus", focus=place))
            self._group.addButton(button)
            self._letters.addWidget(button, place // ABREAST, place % ABREAST)
            self.buttons.append(button)
            self.against.addItem(f"beside those of {title} ({name})", place)
        self.against.blockSignals(False)

    def _set(self, words: str, **changes: Any) -> None:
        overlays = self._document.scene.overlays.model_copy(update=changes)
        self._document.edit(f"change the {words}", overlays=overlays)


def _legend(basins: Basins, other: Basins | None) -> str:
    """A line for each minimum: its colour, number and place, and its share under one rule or two."""
    from landscape.geometry.basins import DIVERGED, TRAVELLING, UNDEFINED

    shares = [found.fractions for found in (basins, other) if found is not None]
    last = basins if other is None else other  # numbered alike, the second may know more minima
    order = sorted(range(len(last.minima)), key=lambda place: -shares[0].get(place, 0.0))

    def percent(code: int) -> str:
        return " | ".join(f"{100 * share.get(code, 0.0):.1f} %" for share in shares)

    parts = []
    for place in order[:MOST_BASINS]:
        colour = BASIN_COLOURS[place % len(BASIN_COLOURS)]
        at = last.minima[place]
        where = pair(np.where(np.abs(at) < 1e-9 * last.surface.size, 0.0, at), 3)
        parts.append(f'<span style="color:{colour}">■</span> {place + 1} {where} {percent(place)}')
    rest = [sum(share.get(place, 0.0) for place in order[MOST_BASINS:]) for share in shares]
    if any(rest):
        listed = " | ".join(f"{100 * share:.1f} %" for share in rest)
        parts.append(f"{len(order) - MOST_BASINS} more {listed}")
    for code, name in (
        (TRAVELLING, "□ still travelling"),
        (DIVERGED, "▨ diverged"),
        (UNDEFINED, "□ in a hole"),
    ):
        if any(share.get(code, 0.0) > 5e-4 for share in shares):
            parts.append(f"{name} {percent(code)}")
    if other is not None:
        differ = float((basins.labels != other.labels).mean())
        parts.append(f"▧ they differ on {100 * differ:.1f} % of the map")
    return "<br>".join(parts)
