"""Background work: the latest wins, stale results are dropped, failures are sentences."""

from __future__ import annotations

import gc
import threading
from typing import ClassVar

import pytest
from PyQt6.QtCore import QCoreApplication, QThread

from gui.jobs import GuiThreadGarbage, Jobs
from landscape.errors import LandscapeError


def test_snapshots_arrive_in_order_on_the_gui_thread(jobs, qtbot):
    got: list[tuple[int, bool, bool]] = []
    main = threading.get_ident()

    def work():
        for k in range(20):
            yield k, threading.get_ident() != main

    jobs.start("count", work, lambda snap: got.append((*snap, threading.get_ident() == main)))
    assert jobs.busy
    qtbot.waitUntil(lambda: not jobs.busy)
    assert got == [(k, True, True) for k in range(20)]


def test_latest_wins_and_the_former_is_closed(jobs, qtbot):
    got: list[str] = []
    closed, under_way = threading.Event(), threading.Event()

    def endless():
        try:
            while True:
                under_way.set()
                yield "old"
        finally:
            closed.set()

    jobs.start("a", endless, got.append)
    assert under_way.wait(5)
    jobs.start("a", lambda: iter(["new"]), got.append)
    count = len(got)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert got[count:] == ["new"]
    assert closed.wait(5)


def test_result_that_is_already_on_its_way_is_dropped(jobs, qtbot):
    got: list[int] = []
    sent = threading.Event()

    def one():
        yield 1
        sent.set()

    jobs.start("a", one, got.append)
    assert sent.wait(5)  # reported, but not delivered: this thread has not turned to events yet
    jobs.cancel("a")
    QCoreApplication.processEvents()
    assert got == []
    assert not jobs.busy


def test_keys_do_not_disturb_each_other(jobs, qtbot):
    got: list[str] = []
    for key in "abc":
        jobs.start(key, lambda key=key: iter([key]), got.append)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert sorted(got) == ["a", "b", "c"]


def test_cancelled_before_its_turn_it_never_begins(jobs, qtbot):
    gate, began = threading.Event(), []

    def wait():
        gate.wait(10)
        yield None

    for key in "ab":  # as many as there are threads
        jobs.start(key, wait, lambda done: None)
    jobs.start("c", lambda: began.append(1) or iter([1]), lambda done: None)
    jobs.cancel("c")
    gate.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert began == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(LandscapeError("That cannot be done."), "That cannot be done."),
     (KeyError("lost"), "Something went wrong (KeyError: 'lost')."),
     (MemoryError(), "Something went wrong (MemoryError: ).")],
)  # fmt: skip
def test_failure_arrives_as_a_sentence(jobs, qtbot, error, sentence):
    got: list[object] = []

    def work():
        yield 1
        raise error

    jobs.start("a", work, got.append, got.append)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert got == [1, sentence]


def test_failure_before_the_first_snapshot_arrives_too(jobs, qtbot):
    got: list[str] = []

    def make():
        raise LandscapeError("No.")

    jobs.start("a", make, lambda done: None, got.append)
    qtbot.waitUntil(lambda: got == ["No."])


def test_shut_down_ends_everything(qapp):
    jobs, closed = Jobs(), [threading.Event() for _ in range(2)]
    started = [threading.Event() for _ in range(2)]

    def endless(k):
        try:
            while True:
                started[k].set()
                QThread.msleep(2)
                yield k
        finally:
            closed[k].set()

    for k in range(2):
        jobs.start(f"{k}", lambda k=k: endless(k), lambda done: None)
    assert all(event.wait(5) for event in started)
    jobs.shut_down()
    assert all(event.is_set() for event in closed)
    assert not jobs.busy


def test_garbage_is_collected_on_this_thread_while_the_window_is_up(qapp, qtbot):
    class Knot:
        where: ClassVar[list[int]] = []

        def __init__(self):
            self.self = self

        def __del__(self):
            self.where.append(threading.get_ident())

    garbage = GuiThreadGarbage()
    try:
        assert not gc.isenabled()
        for _ in range(5000):
            Knot()
        qtbot.waitUntil(lambda: len(Knot.where) > 0, timeout=5000)
        assert set(Knot.where) == {threading.get_ident()}
    finally:
        garbage.stop()
    assert gc.isenabled()


def test_nothing_starts_after_the_end(jobs, qtbot):
    """A timer of a closing window may still fire: its job must not outlive what it reports to."""
    begun = []

    def late():
        begun.append(1)
        yield 1

    assert jobs.shut_down()
    jobs.start("late", late, lambda value: None)
    qtbot.wait(50)
    assert begun == []
    assert not jobs.busy
