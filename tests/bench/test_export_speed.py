"""Ten seconds of a race as a 1080p60 MP4, beside matplotlib's FuncAnimation and FFmpeg."""

from __future__ import annotations

import os
import time
from pathlib import Path

import av
import pytest

from gui.export.exporter import SceneExporter
from gui.theme import LIGHT, looks
from landscape.export_plan import Export
from landscape.race import solve
from landscape.relief import relief
from landscape.scene import Scene, opening_scene

SECONDS = float(os.environ.get("LANDSCAPE_BENCH_SECONDS", "10"))
PLAN = Export(width=1920, height=1080, fps=60.0, seconds=SECONDS, hold=0.0)


def ours(scene: Scene, target: Path) -> float:
    """All of it: the race, the shape of the surface, drawing, encoding."""
    begin = time.perf_counter()
    exporter = SceneExporter(scene, target, PLAN)
    for _ in exporter.prepare():
        pass
    for _ in exporter.write():
        pass
    return time.perf_counter() - begin


def theirs(scene: Scene, target: Path) -> float:
    """The same picture as one writes it with matplotlib: only what moves is changed between frames."""
    import imageio_ffmpeg
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
    from matplotlib import pyplot as plt
    from matplotlib.animation import FFMpegWriter, FuncAnimation

    begin = time.perf_counter()
    race = next(solve(scene))
    ground = relief(race.surface, scene.log_scale)
    styles = looks(scene.optimizers, LIGHT)
    figure, (board, chart) = plt.subplots(1, 2, figsize=(19.2, 10.8), dpi=100, width_ratios=[0.64, 0.36])
    figure.suptitle(scene.title)
    board.imshow(ground.heights, extent=(*ground.x, *ground.y), origin="lower", aspect="auto", cmap="Blues_r")
    board.contour(ground.xs, ground.ys, ground.heights, levels=18, colors="#203247", linewidths=0.7)
    chart.set_yscale("log")
    moving = []
    for entry, losses in zip(race.entries, race.losses_above_lowest(), strict=True):
        look = styles[entry.index]
        dash = (0, look.dash) if look.dash else "solid"
        chart.plot(losses, color=look.colour, alpha=0.4, linewidth=1)
        (trail,) = board.plot([], [], color=look.colour, linewidth=3, linestyle=dash)
        (ball,) = board.plot([], [], "o", color=look.colour, markersize=14, markeredgecolor="white")
        (past,) = chart.plot([], [], color=look.colour, linewidth=2.5, linestyle=dash, label=look.label)
        moving.append((entry.path.points, losses, trail, ball, past))
    now = chart.axvline(0, color="#1B6FD0")
    chart.legend(loc="lower left")
    count = PLAN.frames(scene.steps)

    def show(frame: int) -> None:
        step = PLAN.step(frame, scene.steps)
        now.set_xdata([step, step])
        for points, losses, trail, ball, past in moving:
            trail.set_data(points[: step + 1, 0], points[: step + 1, 1])
            ball.set_data(points[step : step + 1, 0], points[step : step + 1, 1])
            past.set_data(range(step + 1), losses[: step + 1])

    animation = FuncAnimation(figure, show, frames=count, init_func=lambda: None)
    animation.save(target, writer=FFMpegWriter(fps=60, codec="libx264"))
    plt.close(figure)
    return time.perf_counter() - begin


@pytest.mark.filterwarnings("ignore")
def test_ten_seconds_of_1080p60(qapp, tmp_path, capsys):
    """Asked for: 10 times as quick, with a step of its own in every frame."""
    scene = opening_scene().edited(steps=int(60 * SECONDS))
    ours(scene.edited(steps=30), tmp_path / "warm.png")
    quick = ours(scene, tmp_path / "ours.mp4")
    slow = theirs(scene, tmp_path / "theirs.mp4")
    again = ours(scene, tmp_path / "ours.mp4")
    for name in ("ours.mp4", "theirs.mp4"):
        with av.open(str(tmp_path / name)) as file:
            stream = file.streams.video[0]
            assert (stream.width, stream.height, stream.frames) == (1920, 1080, int(60 * SECONDS))
    with capsys.disabled():
        sizes = [(tmp_path / name).stat().st_size / 1e6 for name in ("ours.mp4", "theirs.mp4")]
        print(f"\n{SECONDS:g} s of 1080p60 MP4: {quick:.1f} and {again:.1f} s, {sizes[0]:.1f} MB")
        print(f"  matplotlib {slow:.1f} s, {sizes[1]:.1f} MB: {slow / quick:.1f} and {slow / again:.1f}"
              " times as long (asked for: 10)")  # fmt: skip
