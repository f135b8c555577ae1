"""Who does the work: threads or processes here, or a Dask cluster, all as `concurrent.futures` executors."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import logging
import multiprocessing
import os
import pickle
import shutil
import signal
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from landscape.errors import FieldError, LandscapeError

MOST_WORKERS = 256
DASK = "dask:"
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # as malloc.h numbers them
KEPT_BYTES = 32 * 2**20  # the most that glibc takes
DASK_SECONDS = 5.0  # for a scheduler to answer


@dataclass
class Workers:
    """An executor, and how to get another when one of its processes has died.

    Attributes
    ----------
    count : how many tasks run at a time
    renew : makes the executor
    share : gives what to hand to tasks instead of something large that many of them take, so that it travels
        to each worker once
    """

    count: int
    renew: Callable[[], Executor]
    share: Callable[[Any], Any] = lambda value: value
    executor: Executor | None = None

    def submit(self, function: Callable[..., Any], *given: Any) -> Future[Any]:
        """Run a function of an importable module with these arguments."""
        if self.executor is not None:
            try:
                return self.executor.submit(_done, function, *given)
            except BrokenProcessPool:  # a process died while it had nothing to do
                self.forget()
        self.executor = self.renew()
        return self.executor.submit(_done, function, *given)

    def forget(self) -> None:
        """Give up the executor, whose processes may have died; the next task gets a new one."""
        executor, self.executor = self.executor, None
        if executor is not None:
            try:
                executor.shutdown(wait=False, cancel_futures=True)
            except TypeError:  # Dask's takes no such argument
                executor.shutdown(wait=False)


class NotThereError(OSError):
    """What was shared cannot be had any more: it has to be shared again."""


@dataclass(frozen=True)
class Filed:
    """Something that processes here find in a file."""

    path: Path


def _done(function: Callable[..., Any], *given: Any) -> Any:
    """In a worker: a task."""
    return function(*(_read(each.path) if isinstance(each, Filed) else each for each in given))


@lru_cache(maxsize=1)
def _read(path: Path) -> Any:
    try:
        return pickle.loads(path.read_bytes())
    except OSError as error:
        raise NotThereError(f"{path} cannot be read") from error


def _itself(value: Any) -> Any:
    return value


@contextlib.contextmanager
def open_workers(wanted: str | int = 1) -> Iterator[Workers]:
    """So many processes here ("4"; 0 is a thread of this one), or a cluster ("dask:tcp://host:port").

    Raises
    ------
    LandscapeError
        if there is no such thing, or nobody answers.

    >>> with open_workers(0) as workers:
    ...     workers.submit(abs, -3).result()
    3
    """
    text = str(wanted).strip()
    check_workers(text)
    with contextlib.ExitStack() as closing:
        if text.startswith(DASK):
            workers = _cluster(text.removeprefix(DASK), closing)
        else:
            workers = _here(int(text), closing)
        closing.callback(workers.forget)
        yield workers


def check_workers(text: str) -> None:
    """Refuse what are no workers.

    Raises
    ------
    FieldError
        unless it is a number of processes or the address of a cluster.
    """
    if text.startswith(DASK):
        if "://" not in text.removeprefix(DASK):
            raise FieldError("workers", f"A Dask address reads tcp://host:port, not “{text[len(DASK) :]}”.")
    elif not text.isdecimal() or len(text) > 9 or int(text) > MOST_WORKERS:
        raise FieldError(
            "workers",
            f"“{text}” is no number of workers from 0 to {MOST_WORKERS} (--workers), and no cluster such as"
            " dask:tcp://host:port.",
        )


def _here(count: int, closing: contextlib.ExitStack) -> Workers:
    if not count:
        return Workers(1, lambda: ThreadPoolExecutor(1))
    folder = None
    with contextlib.suppress(OSError):  # nowhere to write: what is shared goes with each task
        temporary = tempfile.TemporaryDirectory(prefix="landscape-search-", ignore_cleanup_errors=True)
        folder = Path(closing.enter_context(temporary))
    return Workers(
        count,
        lambda: _processes(count, folder),
        lambda value: _filed(value, folder),
        _processes(count, folder),
    )


def _processes(count: int, folder: Path | None) -> Executor:
    # Fresh ones: a copy of a program with threads and a window would inherit both.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin_work, initargs=(folder,))
    # All begin now: their first task may still be in preparation, and a pool that grows while one of its
    # processes dies can wait for the new one for ever.
    for _ in range(count):
        pool.submit(int)
    return pool


def _filed(value: Any, folder: Path | None) -> Any:
    """A file with a value; the value itself if there is no folder, or the disk is full."""
    if folder is None:
        return value
    try:
        handle, path = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)
    except OSError:
        return value
    return Filed(Path(path))


def _begin_work(folder: Path | None) -> None:
    """In a worker: the terminal's Ctrl-C is for the program that searches, and it will say when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_search, args=(folder,), daemon=True).start()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)  # the window stays fluid
    with contextlib.suppress(OSError, AttributeError, TypeError):
        # glibc gives large arrays back to the system at once, and each step would fault them in again.
        allocator = ctypes.CDLL(None)
        allocator.mallopt(M_MMAP_THRESHOLD, KEPT_BYTES)
        allocator.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES * 8)
    importlib.import_module("landscape.network.fused_course")  # what any task will need


def _end_with_the_search(folder: Path | None) -> None:
    """A program that is killed cannot tell its workers to go: they would wait for more work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def _cluster(address: str, closing: contextlib.ExitStack) -> Workers:
    try:
        from distributed import Client
    except ImportError:
        raise LandscapeError("Dask is not installed: pip install 'landscape[cluster]' brings it.") from None
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":  # what fails is said here, in a sentence
            logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", "Sending large graph", UserWarning)  # the data are as large as they are
    try:
        client = Client(address, timeout=DASK_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise LandscapeError(f"No Dask scheduler answers at {address}: {reason}.") from None
    closing.callback(client.close)
    count = sum(client.nthreads().values())
    if not count:
        raise LandscapeError(
            f"The Dask scheduler at {address} has no workers: start some with `dask worker`."
        )
    # Equal arguments are different tasks here: a company that was interrupted goes on.
    return Workers(
        count, lambda: client.get_executor(pure=False, retries=0),
        # The result of a task, which can be made again elsewhere if the workers that have it die.
        lambda value: client.submit(_itself, value, pure=False),
    )  # fmt: skip
