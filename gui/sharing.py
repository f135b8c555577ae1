"""The present scene on the clipboard: as a program, or as a text that others paste."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

from gui.document import Document
from gui.jobs import Jobs
from landscape.errors import LandscapeError
from landscape.scene import Scene

_NO_RACE = {
    "train": "Only a race can be copied as code. This is a training: share it as a text, or save it.",
    "tune": "Only a race can be copied as code. Of a search, a trial can: pick one, and copy it there.",
}


class Sharing(QObject):
    """Copies and pastes the document's scene.

    Signals
    -------
    said(sentence) : what has been done, or why it could not be
    pasted() : the document holds a scene from the clipboard
    """

    said = pyqtSignal(str)
    pasted = pyqtSignal()

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs

    def copy_numpy(self) -> None:
        """The race as a NumPy program."""
        from landscape.code import numpy_script

        self._copy_code(numpy_script, "NumPy")

    def copy_torch(self) -> None:
        """The race as a PyTorch program."""
        from landscape.code import torch_script

        self._copy_code(torch_script, "PyTorch")

    def copy_text(self) -> None:
        """The scene as a text that opens by pasting."""
        from landscape.share import to_text

        try:
            text = to_text(self._document.whole)
        except LandscapeError as error:
            self.said.emit(str(error))
            return
        self._to_clipboard(text, "The scene is on the clipboard, as a text to share: Ctrl+Shift+V opens it.")

    def paste(self) -> None:
        """The scene whose text is on the clipboard; undo brings the present one back."""
        from landscape.share import from_text

        clipboard = QApplication.clipboard()
        try:
            scene = from_text(clipboard.text() if clipboard is not None else "")
        except LandscapeError as error:
            self.said.emit(str(error))
            return
        self._document.replace(scene, "paste a shared scene", None, saved=False)
        self.pasted.emit()

    def _copy_code(self, write: Callable[[Scene], str], language: str) -> None:
        """On a thread of its own: many steps are walked twice, to say where rounding shows."""
        scene = self._document.whole
        if scene.workspace != "explore":
            self.said.emit(_NO_RACE[scene.workspace])
            return

        def written() -> Iterator[str]:
            yield write(scene)

        sentence = f"The race is on the clipboard, as a {language} program."
        self._jobs.start("code", written, lambda text: self._to_clipboard(text, sentence), self.said.emit)

    def _to_clipboard(self, text: str, sentence: str) -> None:
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
            self.said.emit(sentence)
