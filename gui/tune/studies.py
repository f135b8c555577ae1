"""The studies on the shelf, and what of the present one is written elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from gui.document import Document
from gui.jobs import Jobs
from gui.tune.look_cards import StudiesCard
from gui.tune.searcher import Found, Searcher
from landscape.errors import LandscapeError
from landscape.files import write_whole
from landscape.tuning.shelf import Kept, Shelf, read_header
from landscape.tuning.tables import as_csv


class Studies(QObject):
    """Does what the card of studies asks for.

    Signals
    -------
    said(sentence) : what has been done, or why it could not be
    """

    said = pyqtSignal(str)

    def __init__(
        self, document: Document, jobs: Jobs, searcher: Searcher, card: StudiesCard, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._searcher, self._card = document, jobs, searcher, card
        self._page = parent
        card.opened.connect(self._open)
        card.removed.connect(self._remove)
        card.fileWanted.connect(self.open_dialog)
        card.tableWanted.connect(self.table_dialog)

    def show(self) -> None:
        """List what is on the shelf."""
        shelf = self._searcher.shelf
        self._jobs.start("shelf", lambda: iter([shelf.kept()]), self._show)

    def _show(self, kept: list[Kept]) -> None:
        self._card.show_kept(kept, self._document.scene)

    def _open(self, kept: Kept) -> None:
        self._document.edit("open a study", training=kept.training, tuning=kept.tuning, title="", caption="")

    def _remove(self, kept: Kept) -> None:
        scene = self._document.scene
        if (kept.training, kept.tuning) == (scene.training, scene.tuning):
            self.said.emit("This study is the one that is shown; open another before you delete it.")
            return
        try:
            self._searcher.shelf.remove(kept)
        except LandscapeError as error:
            self.said.emit(str(error))
        self.show()

    def open_dialog(self) -> None:
        """Ask for a study's journal and show it."""
        name, _ = QFileDialog.getOpenFileName(
            self._page, "Open a study", str(self._searcher.shelf.folder),
            "Studies (*.journal *.log);;All files (*)",
        )  # fmt: skip
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Take a study's journal onto the shelf, and show it."""
        shelf = self._searcher.shelf
        self._jobs.start("take", lambda: _taken(path, shelf), self._open, self.said.emit)

    def table_dialog(self) -> None:
        """Ask for a file, and write all trials to it."""
        name, _ = QFileDialog.getSaveFileName(
            self._page, "Write all trials", str(Path.home() / "trials.csv"), "Tables (*.csv)"
        )
        if name:
            self.write_table(Path(name))

    def write_table(self, path: Path) -> None:
        """Write all finished trials as a CSV file."""
        found = self._searcher.found
        if found is not None:
            self._jobs.start("table", lambda: _written(found, path), self.said.emit, self.said.emit)


def _taken(path: Path, shelf: Shelf) -> Iterator[Kept]:
    """Copy a study's file to the shelf, unless it is there."""
    kept = read_header(path)
    place = shelf.place(kept.training, kept.tuning)
    if not place.exists():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, path.read_bytes())
        except OSError as error:
            raise LandscapeError(f"{path} cannot be read: {error.strerror}.") from None
    yield kept


def _written(found: Found, path: Path) -> Iterator[str]:
    trials = [trial for trial in found.columns.trials if trial.state != "running"]
    write_whole(path, as_csv(trials, found.columns.dimensions).encode())
    yield f"{len(trials)} trials are in {path}."
