"""What an export is asked for: sizes, frames and steps; refused with a sentence where it makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape.errors import LandscapeError
from landscape.export_plan import SIZES, Export, check_export, kind_of, size_of, usual


@given(fps=st.floats(1, 240), seconds=st.floats(0.1, 60), hold=st.floats(0, 10), steps=st.integers(1, 20_000))
def test_frames_go_from_the_start_to_the_end_and_rest_there(fps, seconds, hold, steps):
    plan = Export(fps=fps, seconds=seconds, hold=hold)
    moving, count = plan.moving(steps), plan.frames(steps)
    assert moving == max(round(fps * seconds), 1)
    assert count == moving + round(fps * hold)
    shown = [plan.step(frame, steps) for frame in range(count)]
    assert shown == sorted(shown)
    assert shown[0] == (0 if moving > 1 else steps)
    assert set(shown[moving - 1 :]) == {steps}


def test_pace_may_be_given_in_steps_a_second():
    plan = Export(fps=30, steps_per_second=60, hold=0)
    assert plan.frames(300) == 150
    assert plan.frames(600) == 300
    assert [plan.step(frame, 300) for frame in (0, 1, 149)] == [0, 2, 300]


def test_camera_goes_once_round():
    plan = Export(fps=10, seconds=1, hold=1, orbit=360)
    turns = [plan.turn(frame, 50) for frame in range(20)]
    assert turns[:2] == [0, 18]
    assert turns[-1] == 342  # a loop goes on with 360, which is 0


def test_sizes_have_names():
    assert [size_of(name) for name in SIZES] == list(SIZES.values())
    assert size_of("1280 × 720") == size_of("1280x720") == SIZES["720p"]
    for wrong in ("", "big", "1280", "1280x", "axb"):
        with pytest.raises(LandscapeError, match="1920x1080"):
            size_of(wrong)


def test_suffix_says_what_it_is():
    assert [kind_of(Path(name)) for name in ("a.mp4", "A.GIF", "frames", "a.png", "a.PDF", "a.npz")] == [
        "movie", "movie", "movie", "still", "still", "table",
    ]  # fmt: skip
    with pytest.raises(LandscapeError, match=r"a\.doc.*\.mp4.*\.svg.*\.csv"):
        kind_of(Path("a.doc"))


def test_what_is_usual_can_be_written(tmp_path):
    for name in ("a.mp4", "a.webm", "a.gif", "a.apng", "a.webp", "a.png", "a.svg", "a.csv", "a"):
        check_export(tmp_path / name, usual(Path(name).suffix), 300)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"fps": 0}, "fps"),
        ({"fps": float("nan")}, "fps"),
        ({"seconds": -1}, "seconds"),
        ({"hold": -1}, "hold"),
        ({"steps_per_second": 0.0}, "steps per second"),
        ({"width": 0}, "width"),
        ({"height": 100_000}, "height"),
        ({"theme": "pink"}, "dark, light, projector"),
        ({"view": "side"}, "map, surface, both"),
    ],
)
def test_nonsense_is_refused(wrong, words):
    with pytest.raises(LandscapeError, match=words):
        Export(**wrong)


def test_refused_before_anything_is_computed(tmp_path):
    with pytest.raises(LandscapeError, match="too many"):
        check_export(tmp_path / "a.mp4", Export(seconds=36_000, fps=60), 300)
    with pytest.raises(LandscapeError, match="map, not the surface"):
        check_export(tmp_path / "a.svg", Export(view="both"), 300)
    with pytest.raises(LandscapeError, match="even"):
        check_export(tmp_path / "a.mp4", Export(width=641), 300)
    with pytest.raises(LandscapeError, match="no such folder"):
        check_export(tmp_path / "no" / "a.png", Export(), 300)


def test_time_that_the_end_stands_counts(tmp_path):
    with pytest.raises(LandscapeError, match="too many"):
        check_export(tmp_path / "a.mp4", Export(seconds=1, fps=240, hold=3600), 300)
