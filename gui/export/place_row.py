"""Where an export goes: a path, and a button to choose it."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMessageBox, QPushButton, QWidget

from landscape.export_plan import FORMATS
from landscape.files import whole


class PlaceRow(QWidget):
    """A path whose suffix follows the format.

    Signals
    -------
    entered() : Enter was pressed in the field
    """

    entered = pyqtSignal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._suffix = ""
        self._confirmed = ""  # a file that may be replaced: the file dialog has asked
        self.field = QLineEdit(str(folder / "landscape"))
        self.field.setAccessibleName("File")
        for done in (self.field.returnPressed, self.field.editingFinished):
            done.connect(lambda: self.set_suffix(self._suffix))
        self.field.returnPressed.connect(self.entered)
        self.browse = QPushButton("Choose …")
        self.browse.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field, 1)
        row.addWidget(self.browse)

    @property
    def target(self) -> Path:
        """What is to be written."""
        name = self.field.text().strip()
        return whole(os.path.expanduser(name))  # noqa: PTH111 -- it leaves a user whom nobody knows

    def set_suffix(self, suffix: str) -> None:
        """The format is another: "" for a folder."""
        self._suffix = suffix
        path = Path(self.field.text().strip() or "landscape")
        stem = path.with_suffix("") if path.suffix.lower() in FORMATS else path
        self.field.setText(f"{stem}{suffix}")

    def may_write(self) -> bool:
        """Ask before what is there is replaced, unless that has been asked."""
        target = self.target  # its own `is_file` raises where a name is too long or a folder closed
        there = os.path.isfile(target) or (not self._suffix and os.path.isdir(target))  # noqa: PTH112, PTH113
        if not there or self.field.text() == self._confirmed:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self, "Replace it?", f"{self.target.name} is there already. Shall it be replaced?",
            buttons.Yes | buttons.No, buttons.No,
        )  # fmt: skip
        return answer == buttons.Yes

    def _browse(self) -> None:
        kinds = f"{FORMATS[self._suffix]} (*{self._suffix})" if self._suffix else ""
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self.field.text(), kinds)
        if name:
            self.field.setText(name)
            self.set_suffix(self._suffix)
            self._confirmed = name
