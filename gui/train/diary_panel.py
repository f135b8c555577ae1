"""The diary of a model that is babysat: each change, a remark of the user's own, and the way back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.train.edits import TrainEdits
from gui.train.trainer import Run
from gui.widgets.card import Card, label
from landscape.errors import LandscapeError
from landscape.files import write_whole
from landscape.network.diary import change_epochs, diary, diary_text
from landscape.network.spec import Training


class DiaryPanel(Card):
    """Lists the changes.

    Signals
    -------
    wentBack(epoch) : the change at this epoch was taken back
    said(sentence) : for the user
    """

    wentBack = pyqtSignal(int)
    said = pyqtSignal(str)

    def __init__(self, edits: TrainEdits, parent: QWidget | None = None) -> None:
        super().__init__("Diary", parent)
        self._edits = edits
        self._training = Training()
        self._epochs: list[float] = []
        self._examples = 0
        self._shown: object = None
        self.export = QPushButton("Export …")
        self.export.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.export.setToolTip("Write the diary to a CSV file")
        self.export.clicked.connect(self.export_dialog)
        self.header.addWidget(self.export)
        self._hint = label(
            "Nothing was changed on the way. Switch “Panda: babysit” on, pause, and change α, β, the"
            " mini-batch or the decay: the rest of the training follows, and the change stands here.",
            "dim", wrap=True,
        )  # fmt: skip
        self.body.addWidget(self._hint)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._rows)
        outer.addStretch(1)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.body.addWidget(area, 1)
        self.notes: list[QLineEdit] = []
        self.back: list[QPushButton] = []

    def show_training(self, training: Training, run: Run | None) -> None:
        """Show the changes of this training."""
        data = None if run is None else run.data
        known = (training.changes, data)
        self._training = training
        if known == self._shown:
            return
        self._shown = known
        self._examples = 0 if data is None else len(data.training_labels)
        self._epochs = change_epochs(training, max(self._examples, 1))
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.hide()
                row.deleteLater()
        self.notes, self.back = [], []
        self._hint.setVisible(not training.changes)
        self.export.setEnabled(bool(training.changes))
        for place, ((change, words), epoch) in enumerate(zip(diary(training), self._epochs, strict=True)):
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            when = label(f"epoch {epoch:.4g}", "dim")
            when.setMinimumWidth(74)
            line.addWidget(when)
            line.addWidget(label(words))
            note = QLineEdit(change.note)
            note.setPlaceholderText("why?")
            note.setMaxLength(300)
            note.setAccessibleName(f"Remark on the change at epoch {epoch:.4g}")
            note.editingFinished.connect(partial(self._noted, place))
            line.addWidget(note, 1)
            back = QPushButton("back")
            back.setObjectName("plain")
            back.setToolTip("Take this change back, and all after it")
            back.clicked.connect(partial(self._go_back, place))
            line.addWidget(back)
            self.notes.append(note)
            self.back.append(back)
            self._rows.addWidget(row)

    def _noted(self, place: int) -> None:
        text = self.notes[place].text()
        if text != self._training.changes[place].note:
            self._edits.note(place, text)

    def _go_back(self, place: int) -> None:
        epoch = int(self._epochs[place])
        self._edits.go_back(place)
        self.wentBack.emit(epoch)

    def export_dialog(self) -> None:
        """Ask where to, and write the diary."""
        name, _ = QFileDialog.getSaveFileName(
            self, "Export the diary", str(Path.home() / "diary.csv"), "Tables (*.csv)"
        )
        if name:
            path = Path(name)
            try:
                write_whole(path, diary_text(self._training, max(self._examples, 1)).encode())
            except LandscapeError as error:
                self.said.emit(str(error))
                return
            self.said.emit(f"The diary was written to {path}.")
