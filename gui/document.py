"""The open scene: the one place where it changes; undo, files, and one signal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from landscape.errors import LandscapeError
from landscape.scene import Overlays, Scene

MERGE_SECONDS = 1.5
MAX_UNDO = 300


@dataclass(frozen=True, eq=False)
class Veil:
    """What a question keeps back of the scene that is shown."""

    title: str
    caption: str
    overlays: Overlays

    def lifted(self, scene: Scene) -> Scene:
        """The scene with it; the rule in focus may be another by now."""
        overlays = self.overlays.model_copy(update={"focus": scene.overlays.focus})
        return scene.model_copy(update={"title": self.title, "caption": self.caption, "overlays": overlays})


@dataclass(frozen=True)
class _State:
    """What undo goes back to: a scene, and the file that it belongs to."""

    label: str
    scene: Scene
    path: Path | None
    saved: Scene
    other: bool  # whether the step went to another document, and not to another state of this one
    veil: Veil | None


class Document(QObject):
    """Holds a frozen scene; widgets ask it to change and redraw from what it announces.

    Signals
    -------
    changed(new, old) : the scene is another one
    refused(sentence) : a change was not possible
    stateChanged() : file name, saved state or undo state changed
    """

    changed = pyqtSignal(object, object)
    refused = pyqtSignal(str)
    stateChanged = pyqtSignal()

    def __init__(self, scene: Scene, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self.path = path
        self._veil: Veil | None = None
        self._saved = scene  # without a veil
        self._undo: list[_State] = []
        self._redo: list[_State] = []
        self._last_edit: tuple[str, float] = ("", 0.0)
        self._held = False

    @property
    def dirty(self) -> bool:
        """Whether there is anything to lose."""
        return self.whole != self._saved

    @property
    def whole(self) -> Scene:
        """The scene with what a question keeps back: this is what is saved, shared and gone back to."""
        return self.scene if self._veil is None else self._veil.lifted(self.scene)

    @property
    def undo_label(self) -> str:
        """What undo would take back, or ""."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, or ""."""
        return self._redo[-1].label if self._redo else ""

    def edit(self, label: str, merge: bool = False, record: bool = True, **changes: Any) -> bool:
        """Change fields of the scene; False, and `refused`, if they are not valid.

        With `merge`, quick successive edits of the same label (a slider) become one undo step, and
        between `hold` and `release` all of them do, however slow. Without `record` the change is one
        of looking, not of making: nothing to undo, nothing to lose.
        """
        try:
            scene = self.scene.edited(**changes)
        except LandscapeError as error:
            self.refused.emit(str(getattr(error, "reason", error)))
            return False
        if scene == self.scene:
            return True
        if not record:
            self._look(scene, self._veil)
            return True
        now = time.monotonic()
        quick = self._held or now - self._last_edit[1] < MERGE_SECONDS
        same = merge and self._last_edit[0] == label and quick
        if not (same and self._undo):
            self._remember(label)
        self._last_edit = (label if merge else "", now)
        self._become(scene)
        return True

    def veil(self, **shown: Any) -> None:
        """Show these values in place of the title, the caption or the overlays, until `unveil`."""
        scene = self.scene
        self._look(scene.model_copy(update=shown), Veil(scene.title, scene.caption, scene.overlays))

    def unveil(self) -> None:
        """Show the whole scene."""
        self._look(self.whole, None)

    def drop_veil(self) -> None:
        """What was kept back belongs to a scene that is no longer shown."""
        self._veil = None

    def _look(self, scene: Scene, veil: Veil | None) -> None:
        """Show the scene another way, with nothing to undo and nothing to lose."""
        clean, self._veil = not self.dirty, veil
        if clean:
            self._saved = scene if veil is None else veil.lifted(scene)
        self._become(scene)

    def hold(self) -> None:
        """A drag begins: what follows is one step of undo."""
        if not self._held:
            self._held = True
            self._last_edit = ("", 0.0)

    def release(self) -> None:
        """The drag is over: the next edit is a step of its own."""
        self._held = False
        self._last_edit = ("", 0.0)

    def replace(self, scene: Scene, label: str, path: Path | None, saved: bool, **shown: Any) -> None:
        """Another whole scene, from a file or not; the present one, file and all, can be had back.

        `shown` is as in `veil`.
        """
        if scene != self.scene:
            self._remember(label, other=True)
        self._last_edit = ("", 0.0)
        self._veil = Veil(scene.title, scene.caption, scene.overlays) if shown else None
        self.path = path
        if saved:
            self._saved = scene
        self._become(scene.model_copy(update=shown))

    def undo(self) -> None:
        """Take the last change back."""
        self._move(self._undo, self._redo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._move(self._redo, self._undo)

    def save(self, path: Path) -> bool:
        """Write the scene; on failure the file is untouched and `refused` says why."""
        try:
            self.whole.save(path)
        except LandscapeError as error:
            self.refused.emit(str(error))
            return False
        self.path, self._saved = path, self.whole
        self.stateChanged.emit()
        return True

    def _remember(self, label: str, other: bool = False) -> None:
        self._undo.append(_State(label, self.scene, self.path, self._saved, other, self._veil))
        del self._undo[:-MAX_UNDO]
        self._redo.clear()

    def _move(self, source: list[_State], target: list[_State]) -> None:
        if source:
            state = source.pop()
            now = _State(state.label, self.scene, self.path, self._saved, state.other, self._veil)
            target.append(now)
            self._last_edit = ("", 0.0)
            if state.other:  # back to the other document, to its file and to what was saved of it
                self.path, self._saved = state.path, state.saved
            if state.veil is self._veil:  # within the same question
                self._become(state.scene)
            else:
                self._veil = None
                self._become(state.scene if state.veil is None else state.veil.lifted(state.scene))

    def _become(self, scene: Scene) -> None:
        old, self.scene = self.scene, scene
        self.changed.emit(scene, old)
        self.stateChanged.emit()
