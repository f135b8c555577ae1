"""The command `landscape export`: movies, pictures and tables, with or without a display."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landscape.command_options import argument, option
from landscape.errors import LandscapeError

if TYPE_CHECKING:
    from gui.export.order import Order

STOPPED = 130
STOPPING = (signal.SIGINT, signal.SIGTERM)
OUTPUT = "The file: .mp4 .webm .gif .apng .webp, .png .svg .pdf, .csv .npz; no suffix: a folder of pictures."


def export(
    context: typer.Context,
    scene: Annotated[Path, argument("A scene file, or a lesson file.")],
    output: Annotated[str, option(OUTPUT, "--output", "-o")],
    size: Annotated[str, option("720p, 1080p, 1440p, 4k, square, vertical, or such as 1920x1080.")] = "",
    fps: Annotated[float | None, option("Frames a second: 60, and 25 for GIF, APNG and WebP.")] = None,
    seconds: Annotated[float | None, option("How long it moves: 10, and 7 for GIF, APNG and WebP.")] = None,
    steps_per_second: Annotated[float | None, option("The pace, in place of --seconds.")] = None,
    hold: Annotated[float | None, option("Seconds that the last step is shown at the end.")] = None,
    ask: Annotated[float | None, option("Of a lesson: seconds that a question stands.")] = None,
    theme: Annotated[str, option("dark, light or projector.")] = "light",
    view: Annotated[str, option("Of a race: map, surface or both.")] = "map",
    orbit: Annotated[float, option("Degrees that the camera goes round the surface.")] = 0.0,
    curves: Annotated[bool, option("Loss curves.")] = True,
    caption: Annotated[bool, option("Title and caption.")] = True,
    legend: Annotated[bool, option("Who is who.")] = True,
    loop: Annotated[bool, option("GIF, APNG and WebP begin again at their end.")] = True,
    at: Annotated[int | None, option("The step of a still picture: the last, if nothing is said.")] = None,
    clips: Annotated[str, option("Of a lesson: mp4 or another; -o is a folder of numbered clips.")] = "",
) -> int:
    """Draw a scene into a movie, a picture, or a table of its numbers; a lesson into a video or a hand-out.

    Exit codes: 0 done, 2 it cannot be done (one line says why), 130 interrupted; then no file is left behind.
    """
    from gui.export.order import Order
    from landscape.export_plan import size_of, usual
    from landscape.opening import opened

    if not output.strip():
        raise LandscapeError("Say where to: -o FILE.")
    target = Path(output)
    suffix = f".{clips.lstrip('.').lower()}" if clips else ""
    width, height = size_of(size) if size else (None, None)
    said: dict[str, Any] = {
        "width": width, "height": height, "fps": fps, "seconds": seconds, "hold": hold, "ask": ask,
        "orbit": orbit, "steps_per_second": steps_per_second, "theme": theme, "view": view, "curves": curves,
        "caption": caption, "legend": legend, "loop": loop,
    }  # fmt: skip
    plan = replace(
        usual(suffix or target.suffix), **{name: value for name, value in said.items() if value is not None}
    )
    if plan.view != "map" and not _has_screen():
        from gui.export.virtual_screen import run_on_virtual_screen

        return run_on_virtual_screen(context.obj)
    return carry_out(Order(opened(scene), target, plan, at, suffix))


def carry_out(order: Order) -> int:
    """Export under a progress bar; returns the exit code."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in STOPPING}
    # Elsewhere than on this thread, which the encoder's is not, a collection could destroy Qt's objects.
    gc.disable()
    try:
        _export(order)
    except KeyboardInterrupt:
        print("landscape: interrupted; nothing was written", file=sys.stderr)  # noqa: T201
        return STOPPED
    finally:
        gc.enable()
        for number, handler in before.items():
            signal.signal(number, handler)
    print(order.target)  # noqa: T201
    return 0


def _export(order: Order) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from gui.export.worker import application_without_window

    exporter = order.exporter()
    if order.export.view == "map":  # nothing of the screen's own, such as its smooth type, gets in
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = application_without_window()
    console = Console(stderr=True)
    words, count = TextColumn("{task.description}"), TextColumn("{task.completed}/{task.total} frames")
    columns = (words, BarColumn(), count, TimeRemainingColumn())
    silent = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as bar:
        task = bar.add_task("preparing", total=None)
        for sentence in exporter.prepare():
            bar.update(task, description=sentence.rstrip(" …").lower())
        writing, wanted = exporter.write(), threading.Event()
        for number in STOPPING:  # from now on between two frames, and not while a painter is at work
            signal.signal(number, lambda *_: wanted.set())
        try:
            for report in writing:
                if wanted.is_set():
                    raise KeyboardInterrupt
                bar.update(task, description="drawing", completed=report.frame, total=report.frames)
        finally:
            writing.close()
    del application


def _has_screen() -> bool:
    """Whether Qt finds a screen with OpenGL: always so on Windows and macOS."""
    named = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in named)
