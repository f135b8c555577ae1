"""`landscape export`: with no display at all, in 3-D on a screen of its own, interrupted, refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import psutil
import pytest

from gui.export import virtual_screen
from landscape.__main__ import main
from landscape.errors import LandscapeError
from landscape.scene import opening_scene

HIDDEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYOPENGL_PLATFORM", "LIBGL_ALWAYS_SOFTWARE")
SMALL = ("--size", "320x240", "--fps", "25", "--seconds", "0.4", "--hold", "0")


@pytest.fixture
def scene(tmp_path) -> Path:
    path = tmp_path / "scene.toml"
    opening_scene().edited(steps=40).save(path)
    return path


PYTHON = (sys.executable, "-m", "landscape")
SCRIPT = (str(Path(sys.executable).with_name("landscape")),)


def begin(folder: Path, *words: str, by: tuple[str, ...] = PYTHON, **more: str) -> subprocess.Popen[str]:
    """The command in a process of its own that has no display."""
    environment = {name: value for name, value in os.environ.items() if name not in HIDDEN} | more
    return subprocess.Popen(
        [*by, *words], cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, error = process.communicate(timeout=180)
    return process.returncode, out.strip(), error.strip()


def movie(path: Path) -> tuple[int, int, int]:
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        return stream.width, stream.height, stream.frames


def virtual_screens() -> set[int]:
    """Those of ours: other programs have theirs without `-terminate`."""
    found = psutil.process_iter(["pid", "cmdline"])
    return {
        each.info["pid"] for each in found if {"-displayfd", "-terminate"} <= set(each.info["cmdline"] or [])
    }


@pytest.mark.slow
def test_without_any_display(scene, tmp_path):
    assert finish(begin(tmp_path, "export", "scene.toml", "-o", "a.mp4", *SMALL)) == (0, "a.mp4", "")
    assert movie(tmp_path / "a.mp4") == (320, 240, 10)


@pytest.mark.slow
@pytest.mark.gl
def test_3d_without_any_display_on_a_screen_of_its_own(scene, tmp_path):
    before = virtual_screens()
    done = finish(begin(tmp_path, "export", "scene.toml", "-o", "a.mp4", "--view", "both", *SMALL))
    assert done == (0, "a.mp4", "")
    assert movie(tmp_path / "a.mp4") == (320, 240, 10)
    assert virtual_screens() <= before


@pytest.mark.slow
@pytest.mark.gl
def test_a_file_in_the_user_s_folder_is_not_taken_for_a_module(scene, tmp_path):
    (tmp_path / "random.py").write_text("raise SystemExit(9)")
    words = ("export", "scene.toml", "-o", "a.png", "--view", "surface", "--size", "320x240")
    assert finish(begin(tmp_path, *words, by=SCRIPT)) == (0, "a.png", "")


@pytest.mark.slow
def test_3d_without_a_virtual_screen_names_the_package(scene, tmp_path):
    done = finish(begin(tmp_path, "export", "scene.toml", "-o", "a.mp4", "--view", "both", PATH=""))
    assert done[:2] == (2, "")
    assert "apt install xvfb" in done[2]
    assert "\n" not in done[2]


def test_process_that_dies_on_the_virtual_screen_is_a_sentence(monkeypatch):
    killed = [sys.executable, "-c", "import os; os.abort()"]
    with pytest.raises(LandscapeError, match=r"signal 6.*apt install"):
        virtual_screen._run(killed, dict(os.environ))


@pytest.mark.slow
@pytest.mark.parametrize("view", ["map", "surface"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_leaves_what_was_there(scene, tmp_path, view, number):
    (tmp_path / "a.mp4").write_bytes(b"before")
    before = virtual_screens()
    process = begin(tmp_path, "export", "scene.toml", "-o", "a.mp4", "--seconds", "300", "--view", view)
    waited = time.monotonic()
    while not any(item.name.startswith(".a.mp4") for item in tmp_path.iterdir()):
        assert process.poll() is None
        assert time.monotonic() - waited < 120
        time.sleep(0.05)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    code, out, error = finish(process)
    assert (code, out) == (130, "")
    assert error == "landscape: interrupted; nothing was written"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.mp4", "scene.toml"]
    assert (tmp_path / "a.mp4").read_bytes() == b"before"
    assert virtual_screens() <= before


@pytest.mark.slow
def test_window_without_a_display_becomes_a_movie(tmp_path):
    code, out, error = finish(begin(tmp_path))
    assert (code, error) == (0, "")
    assert "no display" in out
    path = Path(out.splitlines()[-1])
    assert path.parent == tmp_path
    assert movie(path)[:2] == (1280, 720)


# --- options ---------------------------------------------------------------------------------------


def test_options_say_what_is_in_it(qapp, scene, tmp_path, capsys):
    names = ("--theme", "dark", "--no-curves", "--no-legend", "--no-caption")
    assert main(["export", str(scene), "-o", str(tmp_path / "a.mp4"), *SMALL, *names]) == 0
    assert movie(tmp_path / "a.mp4") == (320, 240, 10)
    pace = ("--steps-per-second", "80", "--fps", "20", "--hold", "0.5", "--size", "square")
    assert main(["export", str(scene), "-o", str(tmp_path / "b.webm"), *pace]) == 0
    with av.open(str(tmp_path / "b.webm")) as file:
        assert sum(1 for _ in file.decode(video=0)) == 40 / 80 * 20 + 10
        assert file.streams.video[0].width == 1080
    for name in ("a.png", "a.svg", "a.pdf", "a.csv", "a.npz"):
        assert main(["export", str(scene), "--output", str(tmp_path / name), "--at", "7"]) == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("-o", "a.avi"), "no such format"),
        (("-o", "a.gif", "--fps", "60"), "50 frames a second"),
        (("-o", "a.mp4", "--size", "huge"), "1920x1080"),
        (("-o", "a.mp4", "--size", "641x480"), "640 × 480"),
        (("-o", "a.mp4", "--theme", "pink"), "dark, light, projector"),
        (("-o", "a.mp4", "--view", "side"), "map, surface, both"),
        (("-o", "a.png", "--at", "99"), "0 to 40"),
        (("-o", "no/a.mp4"), "no such folder"),
        (("-o", "a.svg", "--view", "both"), "map, not the surface"),
        (("-o", "a.mp4", "--seconds", "0"), "seconds"),
        ((), "-o"),
    ],
)
def test_refused_in_one_line(qapp, scene, tmp_path, monkeypatch, capsys, words, sentence):
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(scene), *words]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert [item.name for item in tmp_path.iterdir()] == ["scene.toml"]
