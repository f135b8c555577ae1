"""Two screens for real, where the machine has an X server that can be cut in two."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.lecture.screens import parts
from landscape.lesson import Lesson

PROGRAM = Path(__file__).with_name("on_two_screens.py")
LESSON = Lesson(title="Two", slides=({"bundled": "the-ravine"}, {"bundled": "on-the-ridge"}))


@pytest.mark.parametrize(
    ("screens", "primary", "expected"),
    [
        (["laptop"], "laptop", None),
        (["laptop", "projector"], "laptop", ("projector", "laptop")),
        (["projector", "laptop"], "laptop", ("projector", "laptop")),
        (["left", "laptop", "right"], "laptop", ("left", "laptop")),
        ([], "", None),
    ],
)
def test_the_audience_gets_the_screen_that_is_not_the_primary(
    screens: list[str], primary: str, expected: tuple[str, str] | None
) -> None:
    assert parts(screens, primary) == expected


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual display of 3200 × 1080 that is a laptop of 1280 × 800 and a projector beside it."""
    server, cutter = shutil.which("Xvfb"), shutil.which("xrandr")
    if server is None or cutter is None:
        pytest.skip("needs Xvfb and xrandr (packages xvfb and x11-xserver-utils)")
    reader, writer = os.pipe()
    # Without -noreset it would forget its monitors when xrandr, its only client, has left.
    options = ["-screen", "0", "3200x1080x24", "-noreset", "-nolisten", "tcp"]
    with subprocess.Popen(
        [server, "-displayfd", str(writer), *options], pass_fds=(writer,), stderr=subprocess.DEVNULL
    ) as running:
        os.close(writer)
        with os.fdopen(reader) as answer:
            name = f":{answer.readline().strip()}"
        for monitor in (
            ("laptop", "1280/338x800/211+0+0", "screen"), ("projector", "1920/508x1080/286+1280+0", "none"),
        ):  # fmt: skip
            subprocess.run(
                [cutter, "--display", name, "--setmonitor", *monitor], check=True, stdout=subprocess.DEVNULL
            )
        yield name
        running.terminate()


def test_f5_in_a_lesson_fills_the_projector_and_the_speaker_has_the_laptop(
    display: str, tmp_path: Path
) -> None:
    LESSON.save(tmp_path / "two.toml")
    surroundings = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LANDSCAPE_NO_GL": "1"}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path / "two.toml")], env=surroundings, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    screens, told = json.loads(done.stdout)
    assert screens == ["laptop", "projector"]
    opened, on_stage, following, left = told
    assert "F5: full screen on projector, the speaker's view on laptop" in opened[0]
    assert opened[1]["screen"] == "laptop"
    assert opened[2] is None
    for moment in (on_stage, following):
        assert moment[1] == {"screen": "projector", "full": True, "maximized": False}
        assert moment[2] == {"screen": "laptop", "full": False, "maximized": True}
    assert [moment[3] for moment in told] == [0, 0, 1, 1]
    assert left[1] == {"screen": "laptop", "full": False, "maximized": False}
    assert left[2] is None, "it came with the stage and goes with it"
    assert "Traceback" not in done.stderr
