"""Walks very many starts to their ends in machine code, with the very results of `basin_walk`'s NumPy."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landscape.geometry.fused_code import FACTS, LANES, UNDECIDED, Code, compiling
from landscape.geometry.fused_program import fused_program
from landscape.geometry.holes import may_be_undefined
from landscape.geometry.pace import Pace
from landscape.geometry.wells import Wells
from landscape.optimizers import Optimizer
from landscape.surface import Array, Surface
from landscape.tracing import UntraceableError

PART = 16  # blocks walked to their ends before it can be given up
WORTHWHILE = 0.001  # seconds of work for which another thread is started
PATIENCE = 0.04  # seconds between two chances to do so


@dataclass
class FusedWalk:
    """A rule on a surface as machine code.

    Attributes
    ----------
    code : being compiled
    table : `(steps, columns)`, the numbers that a step has
    looks : `(steps,)`, 1 before the steps at which it looks who has settled
    """

    code: Future[Code]
    table: Array
    looks: NDArray[np.int8]

    def rounds(
        self, starts: Array, wells: Wells | None, labels: NDArray[np.int16]
    ) -> Generator[None, None, Array]:
        """Walk starts `(2, n)`; sets the labels of whom a look has decided, returns where the others are.

        Yields now and then, so that it can be given up.
        """
        count = starts.shape[1]
        blocks = -(-count // LANES)
        positions = np.empty((2, blocks * LANES))
        positions[:, :count], positions[:, count:] = starts, starts[:, -1:]  # only whole blocks are walked
        reached = np.full(blocks * LANES, UNDECIDED, dtype=np.int16)
        following = np.zeros(1, dtype=np.int64)  # the block that whichever thread is free takes next
        arrays = (*positions, reached, self.table, self.looks, *_map_of(wells), following)
        addresses = [array.ctypes.data for array in arrays]
        code = self.code.result()

        def walk(most: int) -> None:
            code(*addresses, blocks, len(self.table), most)

        helper = threading.Thread(target=walk, args=(blocks,))
        began = waited = time.monotonic()
        try:
            while following[0] < blocks:
                walk(PART)
                now = time.monotonic()
                rest = (now - began) * (blocks / following[0] - 1)
                if helper.ident is None and rest > WORTHWHILE:
                    helper.start()
                if now > waited + PATIENCE:
                    yield
                    waited = time.monotonic()
        finally:
            following[0] = blocks
            if helper.ident is not None:
                helper.join()
        labels[:] = reached[:count]
        return positions[:, :count]


def fused_walk(surface: Surface, optimizer: Optimizer, pace: Pace) -> FusedWalk | None:
    """None if the rule or the surface does something that machine code cannot do with NumPy's very bits.

    Such are sine, exponential and logarithm, whose last bits are NumPy's own.
    """
    if not len(pace.rates) or may_be_undefined(surface, optimizer):
        return None
    try:
        with np.errstate(all="ignore"):
            program, table = fused_program(surface, optimizer, pace)
    except (UntraceableError, TypeError):  # a TypeError is an operation that traced numbers do not have
        return None
    looks = np.zeros(len(pace.rates), dtype=np.int8)
    looks[pace.looks[1:-1]] = 1
    return FusedWalk(compiling(program), table, looks)


def _map_of(wells: Wells | None) -> tuple[Array, NDArray[np.int32], Array]:
    """The raster of `Wells.guide` and the facts about each of its points, as the code reads them."""
    if wells is None:
        return np.zeros(6), np.full((1, 1), -1, dtype=np.int32), np.zeros((1, len(FACTS) + 1))
    low, scale, raster = wells.guide
    rows, columns = raster.shape
    guide = np.concatenate([low.ravel(), scale.ravel(), [columns - 1, rows - 1]])
    owner = wells.owner
    facts = [*wells.points.T, wells.reach[owner] ** 2, wells.floor[owner], wells.rim[owner],
             wells.stiffness[owner], *wells.stiffness_by_axis[:, owner], owner]  # fmt: skip
    return guide, raster.astype(np.int32), np.ascontiguousarray(np.array(facts, dtype=float).T)
