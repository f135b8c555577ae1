"""Scenes that leave and enter by the clipboard: as a short text, and as code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QApplication

from landscape.errors import LandscapeError
from landscape.scene import Scene
from landscape.share import from_text, to_text

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def copy_text(window: MainWindow) -> None:
    """Put the scene on the clipboard, as one line that opens by pasting."""
    try:
        text = to_text(window.document.scene)
    except LandscapeError as error:
        window.banner.say(str(error))
        return
    _put(text)
    window.banner.say(
        f"The scene is on the clipboard, as {len(text)} characters. Paste it with Ctrl+Shift+V."
    )


def paste_text(window: MainWindow) -> None:
    """Open the scene whose text is on the clipboard; the present one can be had back with undo."""
    clipboard = QApplication.clipboard()
    text = "" if clipboard is None else clipboard.text()

    def opened(scene: Scene) -> None:
        window.document.replace(scene, "paste a shared scene", None, saved=False)
        window.page.play_from_start()

    window.jobs.start("open", lambda: _read(text), opened, window.banner.say)


def copy_numpy(window: MainWindow) -> None:
    """Put a NumPy script that walks the race's paths on the clipboard."""
    from landscape.code import numpy_script

    _copy_code(window, numpy_script, "NumPy")


def copy_torch(window: MainWindow) -> None:
    """Put a PyTorch script that walks the race's paths on the clipboard."""
    from landscape.code import torch_script

    _copy_code(window, torch_script, "PyTorch")


def _copy_code(window: MainWindow, write: Callable[[Scene], str], library: str) -> None:
    scene = window.document.scene
    if scene.workspace != "explore":
        window.banner.say("Only a race can be copied as code: go to Explore with Ctrl+1.")
        return

    def written(code: str) -> None:
        _put(code)
        window.banner.say(f"The race is on the clipboard, as {library} code.")

    window.jobs.start("code", partial(_written, write, scene), written, window.banner.say)


def _read(text: str) -> Iterator[Scene]:
    """Read a text and compile its formula, away from the GUI thread."""
    scene = from_text(text)
    scene.surface.surface.compile()
    yield scene


def _written(write: Callable[[Scene], str], scene: Scene) -> Iterator[str]:
    yield write(scene)


def _put(text: str) -> None:
    clipboard = QApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
