"""A screen where there is none: OpenGL needs one, even to draw off it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from landscape.errors import LandscapeError

HOME = Path(__file__).parents[2]  # where Python finds `landscape`
PACKAGES = "xvfb libgl1-mesa-dri libgl1 libegl1 libopengl0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4"


def run_on_virtual_screen(arguments: Sequence[str]) -> int:
    """Run `landscape` in a process that has a virtual screen; returns its exit code.

    The screen outlives the process that draws on it, and ends with this one.

    Raises
    ------
    LandscapeError
        if there is no virtual screen to be had; the sentence names the packages.
    """
    program = shutil.which("Xvfb")
    if program is None:
        raise LandscapeError(
            "3-D needs a screen, and there is none here, nor a virtual one (Xvfb)."
            f" On Debian or Ubuntu: sudo apt install {PACKAGES}. Or take --view map."
        )
    reader, writer = os.pipe()
    options = ["-screen", "0", "640x480x24", "+extension", "GLX", "-nolisten", "tcp", "-terminate"]
    # A session of its own: Ctrl+C is for the process that draws, which puts things in order first.
    screen = subprocess.Popen(
        [program, "-displayfd", str(writer), *options], pass_fds=(writer,), start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            raise LandscapeError(f"The virtual screen did not start ({program}): is it installed whole?")
        surroundings = {
            **os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb", "PYOPENGL_PLATFORM": "glx",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(HOME), os.environ.get("PYTHONPATH")))),
        }  # fmt: skip
        # -P: modules are not looked for in the user's folder, who may have a random.py there
        return _run([sys.executable, "-P", "-m", "landscape", *arguments], surroundings)
    finally:
        screen.terminate()
        screen.wait()


def _run(command: list[str], surroundings: dict[str, str]) -> int:
    with subprocess.Popen(command, env=surroundings) as process:
        before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                code = process.wait()
                break
            except KeyboardInterrupt:  # the process has been told, too, and says so itself
                continue
        signal.signal(signal.SIGTERM, before)
    if code < 0:
        raise LandscapeError(
            f"Drawing in 3-D ended with signal {-code}: some library is missing."
            f" On Debian or Ubuntu: sudo apt install {PACKAGES}. Or take --view map."
        )
    return code
