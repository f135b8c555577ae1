"""Studies on disk: nothing finished is lost, whatever happens, and Optuna's own tools read them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import optuna
import psutil
import pytest
from deadly import BROKEN, DEADLY, advance_or_die
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from test_tuning_search import TRAINING, exactly, searched

from landscape.errors import LandscapeError
from landscape.tuning.plan import Trial, Tuning
from landscape.tuning.search import search
from landscape.tuning.shelf import read_header
from landscape.tuning.space import KINDS, Axis, Space
from landscape.tuning.study import Study
from landscape.tuning.workers import open_workers

TUNING = Tuning(trials=12, space=Space({name: Axis() for name in KINDS}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "study.log"


def run(path: Path | str, tuning: Tuning = TUNING) -> Study:
    study = Study(TRAINING, tuning, str(path))
    with open_workers(0) as crew:
        list(search(study, crew))
    return study


def test_a_study_on_disk_holds_what_was_found(path):
    found = exactly(run(path))
    assert exactly(Study(TRAINING, TUNING, str(path))) == found == exactly(searched(TRAINING, TUNING)[0])


def test_a_database_by_its_url_does_as_well(tmp_path):
    url = f"sqlite:///{tmp_path}/study.db"
    tuning = Tuning(trials=4)
    found = exactly(run(url, tuning))
    assert exactly(Study(TRAINING, tuning, url)) == found


def test_optuna_reads_it_with_its_whole_range_in_every_round(path):
    tuning = Tuning(trials=30, method="coarse-to-fine", rounds=2)
    ours = run(path, tuning).finished()
    theirs = optuna.load_study(study_name="landscape", storage=JournalStorage(JournalFileBackend(str(path))))
    assert len(theirs.trials) == 30
    assert theirs.best_value == max(trial.score for trial in ours.values())
    for trial in theirs.trials:
        assert trial.distributions["learning_rate"].low == 1e-4
        assert trial.distributions["learning_rate"].high == 1
        mine = ours[trial.user_attrs["number"]]
        assert trial.params["one_minus_beta"] == 1 - mine.values["beta"]
        assert list(trial.intermediate_values.values()) == mine.accuracy.tolist()
    importances = optuna.importance.get_param_importances(theirs)
    assert set(importances) == {
        "learning_rate", "one_minus_beta", "batch_size", "units", "layers", "decay",
    }  # fmt: skip


@pytest.mark.slow
def test_a_search_that_is_killed_loses_nothing_and_ends_as_if_it_had_not_been(path):
    command = [
        sys.executable, "-m", "landscape", "tune", "--data", "moons", "--epochs", "30", "--trials", "90",
        "--method", "coarse-to-fine", "--workers", "2", "--resume",
    ]  # fmt: skip
    temporary = path.with_name("temporary")
    temporary.mkdir()
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    quiet["env"] = {**os.environ, "TMPDIR": str(temporary)}
    for wanted in (5, 40):
        child = subprocess.Popen([*command, "--storage", str(path)], start_new_session=True, **quiet)
        end = time.monotonic() + 60
        while recorded(path) < wanted:
            assert child.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        workers = psutil.Process(child.pid).children(recursive=True)
        assert len(workers) >= 2
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        _, left = psutil.wait_procs(workers, timeout=10)
        assert not left  # nobody waits for work that never comes
        assert not list(temporary.iterdir())
    kept = recorded(path)
    assert 40 <= kept < 90
    for csv, storage in (("again.csv", path), ("whole.csv", path.with_name("whole.log"))):
        table = str(path.with_name(csv))
        done = subprocess.run(
            [*command, "--storage", str(storage), "--csv", table], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    again, whole = (without_times(path.with_name(csv)) for csv in ("again.csv", "whole.csv"))
    assert again == whole
    assert len(whole) == 91


@pytest.mark.slow
def test_trials_that_were_lost_with_their_worker_are_made_again_when_the_study_is_taken_up(path):
    tuning = Tuning(trials=24, method="coarse-to-fine", rounds=2)
    with open_workers(2) as crew:
        submit = crew.submit
        crew.submit = lambda function, *given: submit(advance_or_die, *given)
        list(search(Study(TRAINING, tuning, str(path)), crew))
    kept = Study(TRAINING, tuning, str(path)).finished()
    assert kept[DEADLY].lost
    own = [trial.number for trial in kept.values() if trial.state == "failed" and not trial.lost]
    assert BROKEN in own
    study = Study(TRAINING, tuning, str(path))
    with open_workers(0) as crew:
        first, *_ = search(study, crew)
    assert first.done == 23
    again = Study(TRAINING, tuning, str(path)).finished()
    assert {n: trial.state for n, trial in again.items()} == {
        n: trial.state for n, trial in study.finished().items()
    }  # the later record counts
    whole = searched(TRAINING, tuning)[0].finished()
    assert again[DEADLY].state == "complete"
    assert again[DEADLY].accuracy.tolist() == whole[DEADLY].accuracy.tolist()
    assert again[DEADLY].values == kept[DEADLY].values
    assert [n for n, trial in again.items() if trial.state == "failed"] == own
    assert read_header(path).finished == 24
    before = path.read_bytes()
    with open_workers(0) as crew:
        *_, last = search(Study(TRAINING, tuning, str(path)), crew)
    assert last.done == 24
    assert path.read_bytes().count(b'"number"') == before.count(b'"number"')  # nothing was made a third time


def test_what_ended_for_a_reason_of_its_own_is_not_made_again(path):
    study = Study(TRAINING, TUNING, str(path))
    nan, proposals = float("nan"), TUNING.proposals([])
    ends = [
        ("failed", nan, "its worker died 3 times"), ("failed", nan, "bad data"),
        ("diverged", nan, "its numbers became infinite at step 7"), ("complete", 0.5, ""),
    ]  # fmt: skip
    study.record(
        Trial(p.number, 0, p.values, p.seed, state, score, reason=reason)
        for p, (state, score, reason) in zip(proposals, ends, strict=False)
    )
    assert list(study.take_up_lost()) == [0]
    assert set(study.finished()) == {1, 2, 3}


@pytest.mark.slow
def test_a_worker_that_is_killed_from_outside_costs_no_trial():
    study = Study(TRAINING, Tuning(trials=24))
    with open_workers(2) as crew:
        killed = False
        for _ in search(study, crew):
            workers = [child for child in psutil.Process().children() if works(child)]
            if workers and not killed:
                workers[0].send_signal(signal.SIGKILL)
                killed = True
    assert killed
    assert exactly(study) == exactly(searched(TRAINING, Tuning(trials=24))[0])


def test_ctrl_c_in_the_middle_of_a_record_leaves_no_lock_behind(tmp_path, monkeypatch):
    path = tmp_path / "study.log"
    tuning = Tuning(trials=3)
    done = searched(TRAINING, tuning)[0].finished()
    study = Study(TRAINING, tuning, str(path))
    locked = []

    def sync(handle):  # what is written last while the lock is held
        locked.append((tmp_path / "study.log.lock").exists())
        if len(locked) == 1:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("os.fsync", sync)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have switched it off
    try:
        with pytest.raises(KeyboardInterrupt):
            study.record(done.values())
    finally:
        signal.signal(signal.SIGINT, before)
    assert all(locked)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["study.log"]
    assert Study(TRAINING, tuning, str(path)).finished().keys() == done.keys()


def works(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it has ended
        return False


def recorded(path: Path) -> int:
    return path.read_bytes().count(b'"op_code":4,') if path.exists() else 0


def without_times(path: Path) -> list[list[str]]:
    rows = [line.split(",") for line in path.read_text().splitlines()]
    drop = rows[0].index("seconds")
    return [row[:drop] + row[drop + 1 :] for row in rows]


@given(cut=st.integers(0, 4000), junk=st.binary(max_size=30).filter(lambda b: b"\n" not in b))
@settings(max_examples=25, deadline=None)
def test_a_torn_end_of_the_journal_costs_what_was_torn_and_nothing_else(tmp_path_factory, cut, junk):
    path = tmp_path_factory.mktemp("torn") / "study.log"
    tuning = Tuning(trials=5)
    whole = exactly(run(path, tuning))
    content = path.read_bytes()
    head = content.find(b"\n", content.find(b"landscape\\")) + 1  # what the study is
    keep = max(len(content) - cut, content.find(b"\n", content.find(b'"op_code":2')) + 1, head)
    path.write_bytes(content[:keep] + junk)
    study = Study(TRAINING, tuning, str(path))
    left = exactly(study)
    assert left == whole[: len(left)] or {str(row) for row in left} <= {str(row) for row in whole}
    with open_workers(0) as crew:
        list(search(study, crew))
    assert exactly(Study(TRAINING, tuning, str(path))) == whole


def test_two_programs_at_one_study_share_the_work_and_harm_nothing(path):
    one, other = (Study(TRAINING, TUNING, str(path)) for _ in range(2))
    with open_workers(0) as crew, open_workers(0) as second:
        first, then = search(one, crew), search(other, second)
        more = True
        while more:
            more = any([next(first, None), next(then, None)])
    assert exactly(one) == exactly(other) == exactly(searched(TRAINING, TUNING)[0])
    assert recorded(path) == 12


def test_what_a_living_program_is_at_work_on_is_left_to_it_and_what_a_dead_one_was_is_not(path):
    proposals = TUNING.proposals([])
    one, other = (Study(TRAINING, TUNING, str(path)) for _ in range(2))
    one.claim(range(8))
    assert [proposal.number for proposal in other.unclaimed(proposals)] == [8, 9, 10, 11]
    assert len(one.unclaimed(proposals)) == 12  # its own
    script = (
        "import sys; from test_tuning_study import *; "
        "Study(TRAINING, TUNING, sys.argv[1]).claim(range(12)); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], cwd=Path(__file__).parent, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert [proposal.number for proposal in other.unclaimed(proposals)] == [8, 9, 10, 11]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"space": Space({"learning_rate": Axis()})}, "space"),
        ({"space": Space({name: Axis() for name in KINDS if name != "decay"})}, "space"),
        ({"seed": 1}, "seed"),
        ({"trials": 13}, "trials"),
        ({"method": "grid"}, "method"),
    ],
)
def test_a_study_of_another_search_is_refused_and_left_alone(path, change, named):
    run(path)
    before = path.read_bytes()
    with pytest.raises(LandscapeError, match=f"another search .*{named}"):
        Study(TRAINING, TUNING.model_copy(update=change), str(path))
    with pytest.raises(LandscapeError, match=r"another search .*epochs"):
        Study(TRAINING.model_copy(update={"epochs": 9}), TUNING, str(path))
    assert path.read_bytes() == before


def test_the_time_budget_may_differ_when_it_is_taken_up_again(path):
    run(path)
    study = Study(TRAINING, TUNING.model_copy(update={"minutes": 3.0, "failures": 5}), str(path))
    assert len(study.finished()) == 12


def test_a_study_of_somebody_else_is_not_ours_to_write_to(path):
    storage = JournalStorage(JournalFileBackend(str(path)))
    theirs = optuna.create_study(study_name="landscape", storage=storage)
    theirs.add_trial(optuna.create_trial(value=1.0))
    with pytest.raises(LandscapeError, match="another program"):
        Study(TRAINING, TUNING, str(path))


def test_what_is_no_study_is_refused_with_a_sentence(path, tmp_path):
    path.write_text("dear diary\n")
    with pytest.raises(LandscapeError, match="not a study"):
        Study(TRAINING, TUNING, str(path))
    assert path.read_text() == "dear diary\n"
    path.write_text('{"hello": 1}\n{"op": 3}\n')
    with pytest.raises(LandscapeError, match="cannot be opened"):
        Study(TRAINING, TUNING, str(path))
    with pytest.raises(LandscapeError, match="it is a folder"):
        Study(TRAINING, TUNING, str(tmp_path))
    with pytest.raises(LandscapeError, match="no such folder"):
        Study(TRAINING, TUNING, str(tmp_path / "no" / "study.log"))
    with pytest.raises(LandscapeError, match="cannot be opened"):
        Study(TRAINING, TUNING, "nonsense://somewhere/else")


def test_a_full_disk_is_a_sentence(path, monkeypatch):
    study = Study(TRAINING, TUNING, str(path))

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with open_workers(0) as crew, pytest.raises(LandscapeError, match="No space left"):
        list(search(study, crew))
