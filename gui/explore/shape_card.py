"""The card of the surface's shape: its critical points, the check of them, and what is drawn of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from gui.document import Document
from gui.widgets.card import Card, label
from gui.widgets.toggle import ToggleRow
from landscape.numerals import numeral, pair
from landscape.scene import Scene

if TYPE_CHECKING:
    from landscape.geometry.critical_points import CriticalPoint, Singularity
    from landscape.geometry.shape import Shape

ROWS = 5  # of the list that are seen at once
MOST_LISTED = 1500


class ShapeCard(Card):
    """Lists the critical points and switches the overlays.

    Signals
    -------
    chosen(place) : a critical point, kink or pole of the list, to be looked at
    clicked() : by the pointer, which does not want the keyboard to stay in the list
    """

    chosen = pyqtSignal(object)
    clicked = pyqtSignal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Shape of the surface", parent)
        self._document = document
        self._listed: list[CriticalPoint | Singularity] = []
        self.check = label("", wrap=True)
        self.check.setAccessibleName("Check of the critical points")
        self.body.addWidget(self.check)
        self.list = QListWidget()
        self.list.setAccessibleName("Critical points")
        self.list.setToolTip("Click a critical point to look at it; R shows the whole surface again")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.body.addWidget(self.list)
        self.microscope = label("", "dim", wrap=True)
        self.microscope.hide()
        self.body.addWidget(self.microscope)
        self.points = ToggleRow(
            "Critical points", "Minima ⊙, maxima △, saddles ✕ with the directions of their curvatures"
        )
        self.watersheds = ToggleRow(
            "Watersheds",
            "Through each saddle: the line that divides basins (full), and the ways down (dotted)",
        )
        self.plateaus = ToggleRow(
            "Plateaus",
            "Where the gradient is below a twentieth of what is typical, and no critical point is why",
        )
        for name, row in (
            ("critical_points", self.points), ("watersheds", self.watersheds), ("plateaus", self.plateaus),
        ):  # fmt: skip
            self.body.addWidget(row)
            row.toggle.toggled.connect(lambda on, name=name: self._switch(name, on))
        self.list.itemClicked.connect(self._choose)
        self.list.itemClicked.connect(self.clicked)
        self.list.itemActivated.connect(self._choose)

    def show_scene(self, scene: Scene) -> None:
        """Show which overlays are on."""
        overlays = scene.overlays
        self.points.toggle.show_on(overlays.critical_points)
        self.watersheds.toggle.show_on(overlays.watersheds)
        self.plateaus.toggle.show_on(overlays.plateaus)

    def show_shape(self, shape: Shape | None) -> None:
        """Show what has been found."""
        if shape is None:
            self.check.setText("looking for critical points …")
            self._list([])
            return
        critical = shape.critical
        sentence = critical.sentence()
        if shape.plateaus is not None and len(shape.plateaus):
            count = len(shape.plateaus)
            area = sum(plateau.area for plateau in shape.plateaus)
            sentence += f"\n{count} plateau{'s' * (count > 1)}, {100 * area:.0f} % of the area."
        self.check.setText(sentence)
        self._list([*critical.points, *critical.singularities])

    def say(self, sentence: str) -> None:
        """What the microscope sees."""
        self.microscope.setText(sentence)
        self.microscope.setVisible(bool(sentence))

    def refit(self) -> None:
        """The type changed its size."""
        self.list.setFixedHeight(
            min(max(len(self._listed), 1), ROWS) * (self.list.fontMetrics().lineSpacing() + 5) + 6
        )

    def _list(self, found: list[CriticalPoint | Singularity]) -> None:
        if len(found) == len(self._listed) and all(a is b for a, b in zip(found, self._listed, strict=True)):
            return
        self._listed = found
        self.list.clear()
        for place in found[:MOST_LISTED]:
            item = QListWidgetItem(_line(place))
            item.setToolTip(_details(place))
            item.setData(Qt.ItemDataRole.UserRole, place)
            self.list.addItem(item)
        self.list.setVisible(bool(found))
        self.refit()

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _switch(self, name: str, on: bool) -> None:
        overlays = self._document.scene.overlays.model_copy(update={name: on})
        words = name.replace("_", " ")
        self._document.edit(f"{'show' if on else 'hide'} {words}", overlays=overlays)


def _line(place: Any) -> str:
    sign = {"minimum": "⊙", "maximum": "△", "saddle": "✕", "degenerate": "✱", "kink": "∨", "pole": "⊖"}
    kind = "degenerate minimum" if place.kind == "degenerate" and place.is_lowest else place.kind
    return f"{sign[place.kind]} {kind} {pair(place.position, 3)}  {numeral(place.loss, 4)}"


def _details(place: Any) -> str:
    lines = [
        f"{place.kind} at ({numeral(place.position[0], 10)}, {numeral(place.position[1], 10)})",
        f"loss {numeral(place.loss, 10)}, index {numeral(place.index)}",
    ]
    if hasattr(place, "eigenvalues"):
        low, high = place.eigenvalues
        lines.append(f"Hessian λ {numeral(low, 8)} and {numeral(high, 8)}")
        if place.kind == "minimum":
            limit = numeral(2 / high, 4)
            lines.append(f"condition number {numeral(high / low, 4)}; gradient descent needs α < {limit}")
        for k, value in enumerate(place.eigenvalues):
            direction = np.round(place.eigenvectors[:, k], 12) + 0.0
            lines.append(f"λ = {numeral(value, 4)} along {pair(direction, 3)}")
    return "\n".join(lines)
