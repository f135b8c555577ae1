"""Walks very many starts to their ends in machine code, with the very results of `basin_walk`'s NumPy."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.geometry.fused_code import FACTS, LANES, UNDECIDED, Code, Program, compiling
from landscape.geometry.holes import may_be_undefined
from landscape.geometry.pace import Pace
from landscape.geometry.settling import is_held
from landscape.geometry.wells import Wells
from landscape.optimizers import Optimizer
from landscape.surface import Array, Surface
from landscape.tracing import Known, Trace, UntraceableError

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
            program, table = _traced(surface, optimizer, pace)
    except UntraceableError:
        return None
    looks = np.zeros(len(pace.rates), dtype=np.int8)
    looks[pace.looks[1:-1]] = 1
    return FusedWalk(compiling(program), table, looks)


def _traced(surface: Surface, optimizer: Optimizer, pace: Pace) -> tuple[Program, Array]:
    trace, count = Trace(), len(pace.rates)

    def known(name: str, value: Any) -> Known:
        return Known(name, (value,))

    def at_looks(name: str, values: Array) -> Known:
        everywhere = np.ones(count)
        everywhere[pace.looks[:-1]] = values[:-1]
        return Known(name, tuple(everywhere))

    # The rule's and the surface's numbers are columns of the table: other ones need no other code.
    rule: Any = copy.copy(optimizer)
    for item in fields(rule):
        value = getattr(rule, item.name)
        if not isinstance(value, bool | str):
            object.__setattr__(rule, item.name, known(f"rule {item.name}", value))
    rates = Known("rate", tuple(pace.rates))
    names = zip(surface.expression.parameters, map(np.float64, surface.values), strict=True)
    parameters = [known(f"surface {name}", value) for name, value in names]

    position = [trace.leaf(f"position {axis}") for axis in (0, 1)]
    no_push = trace.note("number", (0.0).hex())
    gradient = surface.expression.gradient(*position, *parameters)
    initial, states, moves, news, coasts = [], 0, [], [], []
    for axis in (0, 1):
        memory, leaves = rule.init(position[axis]), []
        for leaf in memory:
            if isinstance(leaf, int):
                if leaf:
                    raise UntraceableError("a count that does not begin at 0")
                leaves.append(Known("taken", tuple(range(count))))
            else:
                initial.append(trace.place_of(leaf))
                leaves.append(trace.leaf(f"state {states}"))
                states += 1
        state = type(memory)(*leaves)
        move, new = rule.update(gradient[axis], state, position[axis], rates)
        coast, _ = rule.update(no_push, state, position[axis], rates)
        moves.append(move)
        coasts.append(coast)
        for leaf, after in zip(leaves, new, strict=True):
            if not isinstance(leaf, Known):
                news.append(trace.place_of(after))
            elif after.values != tuple(range(1, count + 1)):
                raise UntraceableError("a count of something else than steps")

    well = {fact: trace.leaf(fact) for fact in FACTS}
    apart = [at - well[axis] for at, axis in zip(position, "xy", strict=True)]
    height = surface.expression.value(*position, *parameters) - well["floor"]
    distance = apart[0] * apart[0] + apart[1] * apart[1]
    near = (distance < well["reach²"]) & (height < well["rim"])
    sure = is_held(
        tuple(gradient), tuple(coasts), tuple(moves), height, well["rim"], well["stiffness"],
        (well["stiffness x"], well["stiffness y"]), at_looks("echo", pace.echo), at_looks("growth", pace.growth),
    )  # fmt: skip
    program = Program(
        tuple(trace.steps), len(trace.columns), tuple(initial),
        tuple(map(trace.place_of, gradient)), tuple(map(trace.place_of, moves)),
        tuple(news), near.place, sure.place,
    )  # fmt: skip
    table = np.empty((count, len(trace.columns)))
    for place, column in enumerate(trace.columns):
        table[:, place] = column.values
    return program, table


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
