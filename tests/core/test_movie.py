"""Movies: read back frame by frame; whole or not at all; a sentence where it cannot be."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from PIL import Image, ImageSequence

from landscape.errors import LandscapeError
from landscape.movie import Movie, check_movie, write_movie

SMALL = Movie(96, 64, 12, 25.0)
VIDEOS = (".mp4", ".webm")
LOOPING = (".gif", ".apng", ".webp")
RED, GROUND = (213, 94, 0), (46, 74, 107)


def drawn(movie: Movie, still: int = 3):
    """A red square that goes to the right, and rests at the end; the last pictures are the same array."""
    frame = np.empty(0)
    for k in range(movie.frames):
        if k < movie.frames - still or k == 0:
            frame = np.empty((movie.height, movie.width, 3), np.uint8)
            frame[:] = GROUND
            frame[10:30, 4 + 5 * k : 24 + 5 * k] = RED
        yield frame


def write(target: Path, movie: Movie = SMALL, **named) -> Path:
    *_, last = write_movie(drawn(movie), target, movie, **named)
    assert (last.frame, last.frames) == (movie.frames, movie.frames)
    return target


def video(path: Path):
    """(frames as arrays, frames a second, seconds)."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        rate = stream.average_rate
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(stream)]
        return pictures, rate, file.duration / 1e6


def pictures(path: Path):
    """(frames as arrays, their milliseconds)."""
    with Image.open(path) as file:
        found = [
            (np.asarray(f.convert("RGB")).astype(int), f.info["duration"])
            for f in ImageSequence.Iterator(file)
        ]
        return [one for one, _ in found], [other for _, other in found]


def places(frames: list[np.ndarray]) -> list[float]:
    """Where the red square's middle is in each frame."""
    return [float(np.nonzero(frame[20, :, 0] > 130)[0].mean()) for frame in frames]


# --- formats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", VIDEOS)
@pytest.mark.parametrize("rate", [24.0, 29.97, 60.0])
def test_video_has_its_size_rate_count_and_duration(tmp_path, suffix, rate):
    movie = Movie(96, 64, 20, rate)
    frames, found, seconds = video(write(tmp_path / f"a{suffix}", movie))
    assert len(frames) == 20
    assert frames[0].shape == (64, 96, 3)
    assert float(found) == pytest.approx(rate, abs=0.01)
    assert seconds == pytest.approx(20 / rate, abs=0.002)


@pytest.mark.parametrize("suffix", [*VIDEOS, *LOOPING])
def test_every_frame_is_in_its_place(tmp_path, suffix):
    path = write(tmp_path / f"a{suffix}")
    frames = video(path)[0] if suffix in VIDEOS else pictures(path)[0]
    expected = [13.5 + 5 * min(k, 8) for k in range(len(frames))]
    assert len(frames) >= 9
    assert np.allclose(places(frames), expected, atol=1.5)


@pytest.mark.parametrize("suffix", [*VIDEOS, *LOOPING])
def test_colours_are_those_that_were_drawn(tmp_path, suffix):
    path = write(tmp_path / f"a{suffix}")
    frames = video(path)[0] if suffix in VIDEOS else pictures(path)[0]
    far = 10 if suffix in VIDEOS else 1
    assert np.abs(frames[-1][20, 50] - RED).max() <= far
    assert np.abs(frames[-1][50, 50] - GROUND).max() <= far


def test_mp4_is_what_players_expect(tmp_path):
    path = write(tmp_path / "a.mp4")
    with av.open(str(path)) as file:
        context = file.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert context.color_range == 1  # of television, as tagged
    content = path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")  # plays before all of it is there


@pytest.mark.parametrize("suffix", LOOPING)
@pytest.mark.parametrize(("rate", "count"), [(25.0, 12), (30.0, 20), (50.0, 11), (100 / 3, 10)])
def test_delays_are_honoured_by_browsers_and_add_up(tmp_path, suffix, rate, count):
    _, delays = pictures(write(tmp_path / f"a{suffix}", Movie(96, 64, count, rate)))
    assert min(delays) >= 20 - 1e-9
    assert sum(delays) == pytest.approx(1000 * count / rate, abs=5)


@pytest.mark.parametrize("suffix", LOOPING)
def test_loop_can_be_switched_off(tmp_path, suffix):
    found = []
    for loop in (True, False):
        with Image.open(write(tmp_path / f"a{suffix}", Movie(96, 64, 5, 25.0, loop))) as file:
            found.append(file.info.get("loop", 1))
    assert found == [0, 1]


def test_gif_keeps_small_colours_and_does_not_flicker(tmp_path):
    movie = Movie(320, 200, 6, 25.0)
    rows, columns = np.mgrid[:200, :320]
    ground = np.stack([columns / 320 * 200 + 20, rows / 200 * 220 + 10, 90 + columns % 100], -1).astype(
        np.uint8
    )
    frames = [ground.copy() for _ in range(6)]
    dots = [(230, 0, 0), (0, 200, 0), (0, 0, 255), (255, 255, 0)]
    for k, frame in enumerate(frames):
        for place, colour in enumerate(dots):
            frame[20 + 40 * place : 26 + 40 * place, 10 + 9 * k : 16 + 9 * k] = colour
    *_, _ = write_movie(iter(frames), tmp_path / "a.gif", movie, samples=[frames[0], frames[-1]])
    found, _ = pictures(tmp_path / "a.gif")
    for place, colour in enumerate(dots):
        assert np.abs(found[3][22 + 40 * place, 39] - colour).max() <= 12, colour
    assert np.abs(found[0] - frames[0].astype(int)).mean() < 6
    assert (found[0][:, 100:] == found[5][:, 100:]).all()  # what does not move stays exactly as it is


@pytest.mark.parametrize("suffix", [*VIDEOS, *LOOPING])
def test_frames_may_lie_in_memory_as_painted(tmp_path, suffix):
    movie = Movie(96, 64, 5, 25.0)
    painted = [np.dstack([frame[..., ::-1], np.zeros((64, 96, 1), np.uint8)]) for frame in drawn(movie)]
    path = tmp_path / f"a{suffix}"
    *_, _ = write_movie(painted, path, movie)
    if suffix in VIDEOS:
        assert np.abs(video(path)[0][0][20, 12] - RED).max() <= 10
    else:
        with Image.open(path) as file:
            found = np.asarray(file.convert("RGBA")).astype(int)[20, 12]
        assert np.abs(found - [*RED, 255]).max() <= 1  # and not see-through


def test_folder_of_pictures_is_numbered(tmp_path):
    write(tmp_path / "race")
    names = sorted(item.name for item in (tmp_path / "race").iterdir())
    assert names == [f"race-{k:04d}.png" for k in range(1, 13)]
    with Image.open(tmp_path / "race" / names[0]) as picture:
        assert np.array_equal(np.asarray(picture), next(drawn(SMALL)))
    write(tmp_path / "race", Movie(96, 64, 3, 25.0))  # once more: these replace the others
    assert len(list((tmp_path / "race").iterdir())) == 3
    assert len(list(tmp_path.iterdir())) == 1


# --- whole or not at all ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.apng", "a.webp", "folder"])
@pytest.mark.parametrize("after", [0, 1, 7])
def test_given_up_leaves_what_was_there(tmp_path, name, after):
    if name != "folder":
        (tmp_path / name).write_bytes(b"before")
    work = write_movie(drawn(SMALL), tmp_path / name, SMALL)
    for _ in range(after):
        next(work)
    work.close()
    assert [item.name for item in tmp_path.iterdir()] == ([] if name == "folder" else [name])
    assert name == "folder" or (tmp_path / name).read_bytes() == b"before"
    assert not [thread for thread in threading.enumerate() if thread.name == "movie"]


def test_file_is_replaced_and_keeps_its_mode(tmp_path):
    target = tmp_path / "a.mp4"
    target.write_bytes(b"before")
    target.chmod(0o640)
    write(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert len(video(target)[0]) == 12


def test_drawing_that_fails_leaves_nothing(tmp_path):
    def failing():
        yield next(drawn(SMALL))
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        list(write_movie(failing(), tmp_path / "a.mp4", SMALL))
    with pytest.raises(LandscapeError, match="fewer frames"):
        list(write_movie([next(drawn(SMALL))], tmp_path / "a.gif", SMALL))
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    """The system refuses files above some size, as a full disk would."""
    script = """
        import resource, signal, sys
        from pathlib import Path
        import numpy as np
        from landscape.errors import LandscapeError
        from landscape.movie import Movie, write_movie
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
        noise = np.random.default_rng(0).integers(0, 255, (40, 200, 300, 3), dtype=np.uint8)
        for name in ("a.mp4", "a.webm", "a.gif", "a.apng", "a.webp", "a"):
            try:
                list(write_movie(noise, Path(sys.argv[1]) / name, Movie(300, 200, 40, 25.0)))
            except LandscapeError as error:
                print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    assert done.stdout.count("cannot be written: file too large.") == 6, done.stdout
    assert list(tmp_path.iterdir()) == []


# --- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "movie", "words"),
    [
        ("a.avi", SMALL, r"a\.avi.*\.mp4, \.webm, \.gif"),
        ("a.mp4", Movie(97, 64, 5, 25.0), "even.*97 × 64.*96 × 64"),
        ("a.webm", Movie(96, 65, 5, 25.0), "even.*96 × 64"),
        ("a.gif", Movie(96, 64, 5, 60.0), "50 frames a second"),
        ("a.mp4", Movie(96, 64, 0, 25.0), "no frames"),
        ("a.mp4", Movie(96, 64, 5, 0.0), "frames a second"),
        ("a.mp4", Movie(4, 64, 5, 25.0), "size"),
        ("a.mp4", Movie(96, 100_000, 5, 25.0), "size"),
        ("no/a.mp4", SMALL, "no such folder"),
        ("no/a", SMALL, "no such folder"),
        ("file", SMALL, "file"),
        ("folder.mp4", SMALL, "folder"),
        ("full", SMALL, "other files"),
    ],
)
def test_refused_with_a_sentence_before_anything_is_drawn(tmp_path, name, movie, words):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    for attempt in (
        lambda: check_movie(tmp_path / name, movie),
        lambda: next(write_movie((), tmp_path / name, movie)),
    ):
        with pytest.raises(LandscapeError, match=words) as refused:
            attempt()
        assert "\n" not in str(refused.value)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "folder.mp4", "full"]


def test_odd_sizes_are_fine_where_the_format_has_them(tmp_path):
    for name in ("a.gif", "a.apng", "a.webp", "a"):
        write(tmp_path / name, Movie(97, 65, 3, 25.0))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_is_read_only(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(LandscapeError, match="permission denied"):
        write(tmp_path / "a.mp4")
    tmp_path.chmod(0o700)


# --- cost ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_memory_is_flat_over_a_long_movie(tmp_path):
    """A slow encoder holds the drawing up; it does not pile frames up."""
    movie = Movie(640, 360, 1500, 50.0)
    process = psutil.Process()
    seen = [
        process.memory_info().rss
        for count, _ in enumerate(write_movie(drawn(movie, still=0), tmp_path / "a.mp4", movie))
        if count % 250 == 249
    ]
    assert max(seen[1:]) - seen[0] < 60_000_000


def test_progress_goes_on_while_the_encoder_is_behind(tmp_path):
    """Whoever asks is never kept for long, so that a window stays alive."""
    movie = Movie(1280, 720, 30, 25.0)
    noise = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    work = write_movie((noise + np.uint8(k) for k in range(30)), tmp_path / "a.webm", movie)
    waits, begin, last = [], time.perf_counter(), 0
    for report in work:
        assert report.frame >= last
        last = report.frame
        waits.append(time.perf_counter() - begin)
        begin = time.perf_counter()
    assert np.median(waits) < 0.1
    assert len(waits) > 30
