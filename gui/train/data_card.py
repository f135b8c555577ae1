"""What the network learns from: made, drawn, real, or the user's own data."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from gui.train.edits import TrainEdits
from gui.widgets.card import Card, FixedLines, label
from gui.widgets.fields import NumberField
from gui.widgets.rows import Choice, TitledRow
from landscape.errors import LandscapeError
from landscape.network.datasets import DATASETS, MAX_CLASSES, Split
from landscape.network.spec import MAX_DRAWN, DataChoice, Training

CHOICES = ("spirals", "moons", "circles", "blobs", "xor", "digits", "iris", "wine", "drawn")
EXAMPLE = ((-0.6, 0.0, 0), (-0.5, 0.2, 0), (0.6, 0.0, 1), (0.5, -0.2, 1))  # two of two, to begin with


class DataCard(Card):
    """What is learned from.

    Signals
    -------
    csvWanted() : the user wants to open a file
    drawingChanged(number) : points of this class are to be drawn in the plane; −1 for no more
    """

    csvWanted = pyqtSignal()
    drawingChanged = pyqtSignal(int)

    def __init__(self, edits: TrainEdits, parent: QWidget | None = None) -> None:
        super().__init__("Data", parent)
        self._edits = edits
        self._training = Training()
        self.summary = label("", "dim")
        self.header.addWidget(self.summary)
        grid = QGridLayout()
        grid.setSpacing(6)
        self.buttons: dict[str, QPushButton] = {}
        for place, key in enumerate((*CHOICES, "csv")):
            button = QPushButton("Your CSV …" if key == "csv" else DATASETS[key].title.split(" ")[0])
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip("A file of your own" if key == "csv" else DATASETS[key].help)
            button.clicked.connect(lambda _, key=key: self._choose(key))
            self.buttons[key] = button
            grid.addWidget(button, place // 3, place % 3)
        self.body.addLayout(grid)
        self.settings = QWidget()
        column = QVBoxLayout(self.settings)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.fields: dict[str, NumberField] = {}
        self._rows: dict[str, TitledRow] = {}
        for name, text, whole in (("classes", "classes", True), ("points", "points", True),
                                  ("noise", "noise", False), ("seed", "seed of the data", True)):  # fmt: skip
            field = NumberField(text, partial(self._reason, name), whole=whole)
            field.valueEdited.connect(partial(self._set, name, whole))
            self.fields[name] = field
            self._rows[name] = TitledRow(text, field)
            column.addWidget(self._rows[name])
        self.body.addWidget(self.settings)
        self.draw = QPushButton("Draw")
        self.draw.setCheckable(True)
        self.draw.setToolTip("Click and drag in the plane to draw points of this class")
        self.draw.toggled.connect(self._drawing_changed)
        self.number = Choice(
            "Class to draw", {str(k): f"class {k}" for k in range(MAX_CLASSES)}, self._drawing_changed
        )
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("Take all drawn points away; undo brings them back")
        self.clear.clicked.connect(lambda: self._redraw("clear the points", ()))
        self._drawing_row = TitledRow("points of", self.number, self.draw, self.clear)
        self.body.addWidget(self._drawing_row)
        self.validation = NumberField("Share to check with", partial(self._reason, "validation"))
        self.validation.valueEdited.connect(
            lambda value: edits.change("change the validation share", validation=value)
        )
        self.body.addWidget(TitledRow("validation share", self.validation))
        self.remark = FixedLines(2)
        self.body.addWidget(self.remark)

    def _reason(self, name: str, value: float) -> str:
        try:
            if name == "validation":
                Training(validation=value)
                return ""
            whole = name != "noise"
            given = {**dict(self._training.data), name: int(value) if whole else value}
            DataChoice(**given)
        except (LandscapeError, ValueError):
            return f"{name} cannot be {value:g}."
        return ""

    def _choose(self, key: str) -> None:
        self.buttons[key].setChecked(key == self._training.data.name)  # until the document says so
        if key == "csv":
            self.csvWanted.emit()
            return
        given = {**dict(self._training.data), "name": key, "noise": None}
        if key in DATASETS and DATASETS[key].settings.get("classes") and key != self._training.data.name:
            given["classes"] = DATASETS[key].settings["classes"]
        if key == "drawn" and not given["drawn"]:
            given["drawn"] = EXAMPLE
        self._edits.change(f"learn from {DATASETS[key].title.lower()}", data=given)

    def _drawing_changed(self, _: object) -> None:
        self.drawingChanged.emit(int(self.number.currentData()) if self.draw.isChecked() else -1)

    def add_point(self, x: float, y: float) -> None:
        """One more point of the chosen class."""
        drawn = self._training.data.drawn
        if len(drawn) < MAX_DRAWN:
            self._redraw("draw points", (*drawn, (round(x, 4), round(y, 4), int(self.number.currentData()))))

    def _redraw(self, deed: str, drawn: tuple[tuple[float, float, int], ...]) -> None:
        given = {**dict(self._training.data), "drawn": drawn}
        self._edits.change(deed, merge=True, data=given)

    def _set(self, name: str, whole: bool, value: float) -> None:
        given = {**dict(self._training.data), name: int(value) if whole else value}
        self._edits.change(f"change the data's {name}", merge=True, data=given)

    def show_training(self, training: Training, data: Split | None) -> None:
        """Show this choice."""
        self._training = training
        for key, button in self.buttons.items():
            button.setChecked(key == training.data.name)
        kind = DATASETS.get(training.data.name)
        takes = kind.settings if kind is not None and kind.generated else {}
        by_hand = training.data.name == "drawn"
        self._drawing_row.setVisible(by_hand)
        if not by_hand:
            self.draw.setChecked(False)
        self.settings.setVisible(bool(takes))
        for name, field in self.fields.items():
            self._rows[name].setVisible(name in takes)
            value = getattr(training.data, name)
            field.show_value(float(takes.get(name, 0) if value is None else value))
        self.validation.show_value(training.validation)
        if data is not None:
            classes = len(data.dataset.class_names)
            self.summary.setText(f"{len(data.dataset.labels)} examples, {classes} classes")
            remarks = " ".join((*data.dataset.remarks, *data.remarks))
            self.remark.say(remarks or (kind.help if kind else data.dataset.title))
