"""Says that an unsaved lesson was kept, and offers to go on with it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from gui.lecture.maker_keeping import GO_ON
from gui.widgets.card import label


class Offer(QFrame):
    """A card with two answers; neither of them throws anything away."""

    def __init__(self, go_on: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.addWidget(label("A lesson that was not saved is kept from last time.", wrap=True))
        row = QHBoxLayout()
        self.go_on, self.later = QPushButton(GO_ON), QPushButton("Later")
        self.later.setToolTip("It is kept, and offered again next time.")
        self.go_on.clicked.connect(lambda _: go_on())
        self.later.clicked.connect(self.hide)
        row.addWidget(self.go_on)
        row.addWidget(self.later)
        row.addStretch(1)
        column.addLayout(row)
