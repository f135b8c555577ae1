"""All exports of the window: the dialog, the one that is under way, the picture on the clipboard."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QMessageBox, QWidget

from gui.document import Document
from gui.export.process import ExportProcess, LatestOrder
from gui.export.words import duration_words
from gui.jobs import Jobs
from gui.lecture.player import Player
from gui.settings import Settings
from landscape.export_plan import Export
from landscape.scene import Scene

if TYPE_CHECKING:  # what draws is loaded when it is wanted: the window shows first
    from gui.export.dialog import ExportDialog
    from gui.export.order import Order


class ExportDesk(QObject):
    """Carries orders out, one at a time, each in a process of its own.

    Parameters
    ----------
    step : tells at which step, epoch or trial the window stands
    solid : tells whether 3-D can be drawn here

    Signals
    -------
    said(sentence) : what the user should know, where the dialog is not open
    """

    said = pyqtSignal(str)

    def __init__(
        self, document: Document, jobs: Jobs, settings: Settings, player: Player,
        step: Callable[[], int], solid: Callable[[], bool], parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._jobs, self._settings, self._player = jobs, settings, player
        self._step, self._solid, self._window = step, solid, parent
        self.dialog: ExportDialog | None = None
        self.under_way: ExportProcess | None = None
        self._drawing_since: float | None = None
        self._estimates, self._copies = LatestOrder(self), LatestOrder(self)
        self._estimates.answered.connect(self._estimated)
        self._estimates.ended.connect(self._estimate_ended)
        self._copies.ended.connect(self._copied)
        self._folder: tempfile.TemporaryDirectory[str] | None = None  # for the clipboard's picture
        document.changed.connect(self._scene_changed)
        player.changed.connect(self._show_lesson)

    def open_dialog(self) -> None:
        """Ask what is to be exported, and how."""
        if self.dialog is None:
            from gui.export.dialog import ExportDialog

            export, format_, folder = self._settings.export()
            self.dialog = ExportDialog(self._jobs, export, format_, folder, self._solid(), self._window)
            self.dialog.wanted.connect(self.carry_out)
            self.dialog.estimateWanted.connect(self._estimate)
            self.dialog.pictureWanted.connect(self.copy_picture)
            self.dialog.stopWanted.connect(self.stop)
            self.dialog.finished.connect(lambda: self._estimates.want(None))
            self._show_lesson()
        self.dialog.show_scene(self._player.scene, self._step())
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self.dialog.begin()

    def _show_lesson(self) -> None:
        if self.dialog is not None:
            player = self._player
            self.dialog.show_lesson(player.lesson, player.titles, player.place)

    def _scene_changed(self, scene: object, old: object) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_scene(self._player.scene, self._step())

    # --- one export --------------------------------------------------------------------------------

    def carry_out(self, order: Order) -> None:
        """Begin; what is under way already has to end first."""
        if self.under_way is not None:
            self._say("An export is under way already; please wait for it, or cancel it.")
            return
        if self.dialog is not None:
            self._settings.set_export(self.dialog.form.export, self.dialog.form.format, order.target.parent)
        self._estimates.want(None)
        self._drawing_since = None
        self.under_way = ExportProcess(order, self)
        self.under_way.answered.connect(self._progressed)
        self.under_way.ended.connect(self._ended)
        self._show_progress("Computing what is to be drawn …", None)
        self.under_way.start()

    def stop(self) -> None:
        """Give up what is under way; what was there before stays."""
        if self.under_way is not None:
            self._show_progress("Giving up …", None)
            self.under_way.give_up()

    def may_close(self) -> bool:
        """Ask whether an export that is under way may be given up; False to stay with it."""
        if self.under_way is None:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window, "Give the export up?",
            f"{self.under_way.order.target.name} is not done yet; nothing of it would be left.",
            buttons.Discard | buttons.Cancel, buttons.Cancel,
        )  # fmt: skip
        return answer == buttons.Discard

    def close(self) -> None:
        """The window is closing."""
        if self.under_way is not None:
            self.under_way.ended.disconnect()
            self.under_way.finish()
        self._estimates.finish()
        self._copies.finish()
        if self.dialog is not None:
            self.dialog.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _progressed(self, answer: dict[str, Any]) -> None:
        if "said" in answer:
            self._show_progress(answer["said"], None)
        elif "frame" in answer:
            now, share = time.monotonic(), answer["frame"] / answer["frames"]
            since = self._drawing_since = self._drawing_since or now
            left = (now - since) * (1 - share) / share if share > 0.02 else None
            when = "" if left is None else f", about {duration_words(left)} to go"
            self._show_progress(f"Frame {answer['frame']} of {answer['frames']}{when}", share)

    def _show_progress(self, sentence: str, share: float | None) -> None:
        if self.dialog is not None:
            self.dialog.show_busy(sentence, share)

    def _ended(self, reason: str) -> None:
        assert self.under_way is not None
        process, self.under_way = self.under_way, None
        process.deleteLater()
        order = process.order
        if process.given_up:
            self._say("The export was given up; nothing was written.")
        elif reason:
            self._say(reason)
        else:
            self._say(f"Exported to {order.target}.", order.target)

    def _say(self, sentence: str, written: Path | None = None) -> None:
        """In the dialog, or in the window while the dialog is closed or tells how far an export is."""
        if self.dialog is not None and self.under_way is None:
            self.dialog.show_idle(sentence, written)
        if self.dialog is None or not self.dialog.isVisible() or self.under_way is not None:
            self.said.emit(sentence)

    # --- the clipboard -----------------------------------------------------------------------------

    def copy_picture(
        self, scene: Scene | None = None, export: Export | None = None, step: int | None = None
    ) -> None:
        """Put a picture on the clipboard: of the present step, unless told of which scene and step."""
        from gui.export.order import Order

        if scene is None:
            scene, step = self._player.scene, self._step()
        if export is None:
            export, _, _ = self._settings.export()
        if scene.workspace != "explore" or not self._solid():
            export = replace(export, view="map")
        try:
            self._folder = self._folder or tempfile.TemporaryDirectory(prefix="landscape-")
        except OSError as error:
            self._say(f"The picture cannot be drawn: {error.strerror} ({tempfile.gettempdir()}).")
            return
        self._say("Drawing the picture …")
        self._copies.want(Order(scene, Path(self._folder.name) / "picture.png", export, step))

    def _copied(self, order: Order, reason: str) -> None:
        clipboard = QApplication.clipboard()
        if reason or clipboard is None:
            self._say(reason)
            return
        picture = QImage(str(order.target))
        order.target.unlink(missing_ok=True)
        clipboard.setImage(picture)
        self._say(f"The picture is on the clipboard, {picture.width()} × {picture.height()} pixels.")

    # --- the estimate ------------------------------------------------------------------------------

    def _estimate(self, order: Order) -> None:
        if self.under_way is None:
            self._estimates.want(replace(order, estimate=True))

    def _estimated(self, answer: dict[str, Any]) -> None:
        if self.dialog is not None and "size" in answer:
            self.dialog.show_estimate(answer)

    def _estimate_ended(self, order: Order, reason: str) -> None:
        if reason and self.dialog is not None and self.under_way is None:
            self.dialog.show_idle(reason)
