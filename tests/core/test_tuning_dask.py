"""Trials on a Dask cluster: a scheduler and workers in processes of their own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_tuning_search import TRAINING, exactly, searched

from landscape.errors import LandscapeError
from landscape.tuning.plan import Tuning
from landscape.tuning.search import search
from landscape.tuning.study import Study
from landscape.tuning.workers import Workers, open_workers

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # another project's warnings
QUIET = [sys.executable, "-W", "ignore", "-m"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The address of a scheduler with two workers, and these processes, the scheduler last."""
    folder = tmp_path_factory.mktemp("dask")
    scheduler = subprocess.Popen(
        [*QUIET, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        cwd=folder, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert scheduler.stderr is not None
    address = ""
    for line in scheduler.stderr:
        if found := re.search(r"Scheduler at: +(tcp://127\.0\.0\.1:\d+)", line):
            address = found[1]
            break
    threading.Thread(target=scheduler.stderr.read, daemon=True).start()  # so that it never blocks
    processes = [a_worker(address, folder), a_worker(address, folder), scheduler]
    try:
        wait_for_workers(address, 2)
        yield address, processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        scheduler.stderr.close()


def a_worker(address: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*QUIET, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
         "--host", "127.0.0.1"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def wait_for_workers(address: str, count: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with open_workers(f"dask:{address}") as crew:
                if crew.count == count:
                    return
        except LandscapeError:
            pass
        time.sleep(0.3)
    raise AssertionError("the workers did not come")


def test_a_cluster_finds_the_very_same_trials(cluster):
    tuning = Tuning(trials=40, method="coarse-to-fine", rounds=2)
    here, _ = searched(TRAINING, tuning)
    there, _ = searched(TRAINING, tuning, f"dask:{cluster[0]}")
    assert exactly(there) == exactly(here)


def test_the_command_takes_a_cluster(cluster, tmp_path: Path):
    table = tmp_path / "trials.csv"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "landscape", "tune", "--data", "moons", "--epochs", "3",
         "--trials", "6", "--workers", f"dask:{cluster[0]}", "--csv", str(table)],
        capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(table.read_text().splitlines()) == 7


def test_a_scheduler_that_is_not_there_is_a_sentence_within_seconds():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()
    with (
        pytest.raises(LandscapeError, match="No Dask scheduler answers"),
        open_workers(f"dask:tcp://127.0.0.1:{port}"),
    ):
        pass
    assert time.monotonic() - began < 15


def searched_during(deed: Callable[[], object], tuning: Tuning, address: str) -> Study:
    """A search on the cluster, and what is done in the middle of it."""
    study, done = Study(TRAINING, tuning), False
    with open_workers(f"dask:{address}") as crew:
        for progress in search(study, crew):
            if progress.done and not done:
                assert progress.done < tuning.trials
                deed()
                done = True
    assert done
    return study


def test_a_worker_of_the_cluster_that_dies_costs_nothing_but_time(cluster):
    """It takes one of the workers with it."""
    address, processes = cluster
    tuning = Tuning(trials=60)
    there = searched_during(lambda: os.kill(processes[0].pid, signal.SIGKILL), tuning, address)
    processes[0].wait(20)
    assert exactly(there) == exactly(searched(TRAINING, tuning)[0])


def test_where_all_workers_die_and_others_come_the_search_goes_on(cluster, tmp_path):
    """It ends with one worker."""
    address, processes = cluster
    tuning = Tuning(trials=60)

    def exchange() -> None:
        for worker in processes[:-1]:
            if worker.poll() is None:
                os.kill(worker.pid, signal.SIGKILL)
        processes.insert(0, a_worker(address, tmp_path))

    there = searched_during(exchange, tuning, address)
    assert exactly(there) == exactly(searched(TRAINING, tuning)[0])


def test_a_scheduler_that_goes_away_is_a_sentence_and_fails_no_trial(cluster, tmp_path):
    """The last test: nothing is left after it."""
    address, processes = cluster
    study = Study(TRAINING, Tuning(trials=400))
    journal = tmp_path / "study.log"
    command = subprocess.Popen(
        [sys.executable, "-m", "landscape", "tune", "--data", "moons", "--epochs", "200", "--trials", "4000",
         "--workers", f"dask:{address}", "--storage", str(journal),
         "--csv", str(tmp_path / "table.csv")],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (journal.exists() and "claim" in journal.read_text()):
        assert time.monotonic() < end
        time.sleep(0.1)

    def search_and_kill(crew: Workers) -> None:
        for progress in search(study, crew):
            if progress.done and processes[-1].poll() is None:
                os.kill(processes[-1].pid, signal.SIGKILL)
                processes[-1].wait(20)

    with (
        open_workers(f"dask:{address}") as crew,
        pytest.raises(LandscapeError, match="workers are gone") as told,
    ):
        search_and_kill(crew)
    assert "()" not in str(told.value)
    _, said = command.communicate(timeout=60)
    assert command.returncode == 2
    assert "workers are gone" in said
    assert (tmp_path / "table.csv").read_text().startswith("number,")  # of what there was until then
    assert "Traceback" not in said
    assert {trial.state for trial in study.finished().values()} == {"complete"}
    assert len(study.finished()) < 400
