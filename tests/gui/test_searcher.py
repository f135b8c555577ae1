"""The search in the background: what is found arrives, can be stopped, and is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gui.jobs import Jobs
from gui.tune.search_playback import SearchPlayback
from gui.tune.searcher import Searcher
from landscape.network.spec import Training
from landscape.tuning.plan import Trial, Tuning
from landscape.tuning.shelf import Shelf
from landscape.tuning.space import Axis, Space

TRAINING = Training(data={"name": "moons", "points": 120}, epochs=6, hidden=(8,))
SPACE = Space({"learning_rate": Axis(), "batch_size": Axis(low=16, high=64)})
TUNING = Tuning(space=SPACE, trials=24)


@pytest.fixture
def jobs(qtbot: Any) -> Any:
    made = Jobs()
    yield made
    assert made.shut_down()


@pytest.fixture
def searcher(jobs: Jobs, tmp_path: Path) -> Searcher:
    made = Searcher(jobs, Shelf(tmp_path / "studies"))
    made.workers = "0"
    return made


def wait(searcher: Searcher, done: int, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: searcher.found is not None and searcher.found.done >= done, timeout=30_000)


def test_a_search_that_nobody_began_is_empty_and_leaves_no_file(searcher: Searcher, qtbot: Any) -> None:
    searcher.follow(TRAINING, TUNING)
    wait(searcher, 0, qtbot)
    assert searcher.found is not None
    assert not searcher.running
    assert len(searcher.found.columns) == 0
    assert searcher.shelf.kept() == []


def test_it_searches_to_the_end_and_is_found_again(searcher: Searcher, jobs: Jobs, qtbot: Any) -> None:
    searcher.follow(TRAINING, TUNING)
    wait(searcher, 0, qtbot)
    searcher.start()
    assert searcher.running
    wait(searcher, 24, qtbot)
    qtbot.waitUntil(lambda: not searcher.running, timeout=10_000)
    found = searcher.found
    assert found is not None
    assert found.complete
    assert found.ended == "all trials are made"
    assert [kept.finished for kept in searcher.shelf.kept()] == [24]
    other = Searcher(jobs, searcher.shelf)
    other.follow(TRAINING, TUNING)
    wait(other, 24, qtbot)
    assert other.found is not None
    assert other.found.columns.score.tolist() == found.columns.score.tolist()


def test_stopped_and_begun_again_it_has_the_same_trials(
    searcher: Searcher, jobs: Jobs, tmp_path: Path, qtbot: Any
) -> None:
    long = TUNING.model_copy(update={"trials": 60})
    searcher.follow(TRAINING, long)
    wait(searcher, 0, qtbot)
    searcher.start()
    qtbot.wait(150)
    searcher.stop()
    assert not searcher.running
    searcher.start()
    wait(searcher, 60, qtbot)
    whole = Searcher(jobs, Shelf(tmp_path / "others"))
    whole.workers = "0"
    whole.follow(TRAINING, long)
    wait(whole, 0, qtbot)
    whole.start()
    wait(whole, 60, qtbot)
    assert searcher.found is not None
    assert whole.found is not None
    assert searcher.found.columns.score.tolist() == whole.found.columns.score.tolist()


def test_a_wider_search_has_the_trials_of_the_one_before(searcher: Searcher, qtbot: Any) -> None:
    searcher.follow(TRAINING, TUNING)
    wait(searcher, 0, qtbot)
    searcher.start()
    wait(searcher, 24, qtbot)
    qtbot.waitUntil(lambda: not searcher.running, timeout=10_000)
    searcher.follow(TRAINING, TUNING.model_copy(update={"trials": 30}))
    qtbot.waitUntil(lambda: searcher.found is not None and searcher.found.tuning.trials == 30, timeout=10_000)
    assert searcher.found is not None
    assert searcher.found.done == 24
    assert not searcher.found.complete


def test_data_that_are_not_there_are_a_sentence(searcher: Searcher, tmp_path: Path, qtbot: Any) -> None:
    gone = TRAINING.model_copy(
        update={"data": TRAINING.data.model_copy(update={"name": "csv", "file": str(tmp_path / "no.csv")})}
    )
    with qtbot.waitSignal(searcher.failed, timeout=10_000) as caught:
        searcher.follow(gone, TUNING)
    assert "no.csv" in caught.args[0]
    assert not searcher.running


def test_time_is_counted_in_trials(searcher: Searcher, qtbot: Any) -> None:
    playback = SearchPlayback(searcher)
    searcher.follow(TRAINING, TUNING)
    wait(searcher, 0, qtbot)
    searcher.progressed.connect(lambda: playback.follow(searcher.found.done if searcher.found else 0))
    playback.toggle()
    assert playback.playing
    assert searcher.running
    wait(searcher, 24, qtbot)
    assert (playback.step, playback.length) == (24, 24)
    qtbot.waitUntil(lambda: not playback.playing, timeout=10_000)
    playback.move(-4)
    assert playback.step == 20
    assert not playback.at_the_head
    playback.go_to(24)
    playback.toggle()  # once more from the first trial
    qtbot.waitUntil(lambda: 0 < playback.step < 24, timeout=10_000)
    playback.toggle()
    assert not playback.playing


def test_trials_lost_with_their_workers_are_made_again(searcher: Searcher, qtbot: Any) -> None:
    nan = float("nan")
    searcher.shelf.open(TRAINING, TUNING).record(
        Trial(p.number, 0, p.values, p.seed, "failed", nan, reason="its worker died 3 times")
        if p.number == 7 else Trial(p.number, 0, p.values, p.seed, "diverged", nan, reason="infinite")
        for p in TUNING.proposals([])
    )  # fmt: skip
    searcher.follow(TRAINING, TUNING)
    wait(searcher, 24, qtbot)
    assert searcher.found is not None
    assert searcher.found.columns.trials[7].state == "failed"  # as it was kept, until it goes on
    assert not searcher.found.complete
    searcher.start()
    qtbot.waitUntil(lambda: searcher.found is not None and searcher.found.complete, timeout=30_000)
    assert searcher.found.columns.trials[7].state == "complete"
    assert {trial.state for trial in searcher.found.columns.trials} == {"complete", "diverged"}
    qtbot.waitUntil(lambda: not searcher.running, timeout=10_000)
