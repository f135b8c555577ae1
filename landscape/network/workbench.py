"""Where machine code works on one network at a time: arrays, and the tapes of calls that train and judge.

The arrays are padded to whole vectors, and stay in the processor's cache from step to step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

import numpy as np

from landscape.network.course import Course
from landscape.network.layers import Array
from landscape.network.model import Architecture
from landscape.network.tape import Moving, Tape
from landscape.network.training import judged

LINE = 64  # bytes of a cache line
PAD = 16  # units: whole vectors in either precision
# From so many rows and columns on, a product is quicker if its second factor is packed first.
WORTH_PACKING, WIDE = 32, 64


@dataclass(frozen=True)
class Program:
    """An update rule as a straight-line program.

    Attributes
    ----------
    steps : see `Trace`; its leaves are "position", "gradient", "weight", "state 0" …
    after, states : which of them make the new position, and the new states, two at most
    columns : how many numbers of a table each update has
    """

    steps: tuple[Any, ...]
    after: int
    states: tuple[int, ...]
    columns: int


@cache
def shared_code(activation: str, precision: str) -> Any:
    """The compiled kernels that all networks share; None where there is no compiler."""
    try:
        from landscape.network.kernels import kernels
        from landscape.network.machine import compiled
    except (ImportError, OSError):
        return None
    return compiled(kernels(activation), precision)


@lru_cache(maxsize=64)
def update_of(program: Program, precision: str) -> Any:
    """The compiled kernel of a rule."""
    from landscape.network.kernels import updating
    from landscape.network.machine import compiled

    return compiled({"update": updating(program.steps, program.after, program.states)}, precision)


def widened(architecture: Architecture) -> Architecture:
    """The architecture with units and classes for whole vectors; those that are added stay zero."""
    hidden = tuple(-(-units // PAD) * PAD for units in architecture.hidden)
    return replace(architecture, hidden=hidden, classes=-(-architecture.classes // PAD) * PAD)


class Workbench:
    """For networks of one architecture, one rule, and a pass of mini-batches of given sizes.

    Attributes
    ----------
    architecture : of the padded arrays
    inputs, targets : `(examples, features)` and `(examples, padded classes)`, in the order of the pass
    """

    def __init__(self, course: Course, program: Program, batches: Sequence[int]) -> None:
        own, self.architecture = course.architecture, widened(course.architecture)
        wide, self.dtype = self.architecture, course.training.inputs.dtype
        self.course, self.batches, self.classes = course, batches, own.classes
        self.lanes = LINE // self.dtype.itemsize
        self.code = shared_code(own.activation, self.dtype.name)
        update = update_of(program, self.dtype.name)
        self.address = {**self.code.address, **update.address}
        room, normalized = self._room, wide.normalized_units
        self.parameters, self.gradient, self.is_weight = (room(wide.parameters) for _ in range(3))
        self.is_weight[:] = wide.is_weight
        self.memory = [room(wide.parameters) for _ in program.states]
        self.mean, self.variance, self.inverse = (room(normalized) for _ in range(3))
        self.table, self.checks = room(len(batches), max(program.columns, 1)), room(len(batches))
        self.inputs = room(*course.training.inputs.shape)
        self.targets = room(len(course.training), wide.classes)
        self.held = room(*course.validation.inputs.shape)
        self.held[:] = course.validation.inputs
        sizes = [block.units for block in wide.blocks]
        rows = max(*batches, len(course.validation))
        self.arriving, self.leaving, self.upstream = (
            [room(rows, units) for units in sizes] for _ in range(3)
        )
        self.packed = room(max(*batches, *(block.inputs for block in wide.blocks)) * max(sizes))
        self.zeros = room(max(sizes))
        self.tapes, step = [], 0
        for size, alike in groupby(batches):
            times = len(list(alike))
            self.tapes.append((self._step(size, step), times))
            step += times
        count = len(course.validation)
        self.labels, self.sums, self.gaps, self.hits = (room(count) for _ in range(4))
        self.labels[:] = course.validation.targets.argmax(axis=1)
        self.judging = self._forward(self.held, count, self._numbers(1), trains=False)
        self.judging("judge", self.arriving[-1], self.labels, self.sums, self.gaps, self.hits, count,
                     sizes[-1], own.classes)  # fmt: skip

    def _room(self, *shape: int) -> Array:
        """An array of zeros that begins where a cache line does."""
        count = int(np.prod(shape))
        room = np.zeros(count + LINE // self.dtype.itemsize, self.dtype)
        first = -room.ctypes.data % LINE // self.dtype.itemsize
        return room[first : first + count].reshape(shape)

    def deal(self, rows: Any) -> None:
        """Lay the examples out in the order of a pass."""
        # With "clip" NumPy writes into the array itself; all rows are there.
        np.take(self.course.training.inputs, rows, axis=0, out=self.inputs, mode="clip")
        self.targets[:, : self.classes] = self.course.training.targets[rows]

    def load(self, network: Sequence[Array]) -> None:
        """Bring a network here: its parameters, mean, variance, and for training the rule's states."""
        for here, there in zip(self._network, network, strict=False):
            here[:] = there

    def train(self, network: Sequence[Array], table: Array) -> int | None:
        """Lead a network through the pass, in place; at which step it is lost, in front of which it stays.

        Parameters
        ----------
        network : as `load` takes it; it is here afterwards
        table : `(steps, columns)`, the rule's numbers
        """
        self.table[:, : table.shape[1]] = table
        self._walk(network, len(self.batches))
        fine = np.isfinite(self.checks)
        lost = None if fine.all() else int(np.argmin(fine))
        if lost is not None:
            self._walk(network, lost)
        for here, there in zip(self._network, network, strict=True):
            there[:] = here
        return lost

    @property
    def _network(self) -> list[Array]:
        return [self.parameters, self.mean, self.variance, *self.memory]

    def _walk(self, network: Sequence[Array], steps: int) -> None:
        self.load(network)
        for tape, times in self.tapes:
            tape.run(self.code, min(times, steps))
            steps -= min(times, steps)

    def judge(self) -> tuple[Any, Any]:
        """Loss and accuracy of the validation part at test time, of the network that is here."""
        self.judging.run(self.code)
        loss = (np.log(self.sums) + self.gaps).sum() / len(self.held)
        if np.isfinite(loss):
            return loss, np.count_nonzero(self.hits) / len(self.held)
        targets = self.course.validation.targets  # what is no number, NumPy's argmax has rules for
        losses, accuracies = judged(self.arriving[-1][None, : len(self.held), : self.classes], targets)
        return losses[0], accuracies[0]

    def _numbers(self, rows: int) -> Array:
        """What batch normalization calculates with, in the order of `kernels`."""
        new = 1 - self.course.running_beta
        numbers = self._room(5)
        numbers[:] = [self.architecture.epsilon, 1 / rows, self.course.running_beta, new,
                      new * (rows / max(rows - 1, 1))]  # fmt: skip
        return numbers

    def _step(self, rows: int, step: int) -> Tape:
        """A step with a mini-batch of so many rows; the first of its kind in the pass is this one."""
        seen = sum(self.batches[:step])
        inputs, numbers = Moving(self.inputs[seen:], rows), self._numbers(rows)
        check, table = Moving(self.checks[step:], 1), Moving(self.table[step:], 1)
        tape, blocks = self._forward(inputs, rows, numbers, trains=True), self.architecture.blocks
        upstream, gradient = self.arriving[-1], self.gradient
        tape("softmax", upstream, Moving(self.targets[seen:], rows), numbers, check, rows, blocks[-1].units,
             self.classes)  # fmt: skip
        for place in reversed(range(len(blocks))):
            block, weight = blocks[place], self.parameters[blocks[place].weight]
            if block.gamma is not None:
                tape("normalize_backward", upstream, self.leaving[place], self.arriving[place],
                     self.parameters[block.gamma], self.inverse[block.averages], gradient[block.gamma],
                     gradient[block.beta], numbers, rows, block.units)  # fmt: skip
            elif place < len(blocks) - 1:
                tape("activate_backward", upstream, self.leaving[place], rows * block.units)
            if block.bias is not None:
                tape("sums", upstream, gradient[block.bias], rows, block.units)
            entered = self.leaving[place - 1] if place else inputs
            self._product(tape, entered, upstream, self.zeros, gradient[block.weight],
                          block.inputs, block.units, rows, 1, block.inputs)  # fmt: skip
            if place:
                before = self.upstream[place - 1]
                tape("pack_transpose", weight, self.packed, block.inputs, block.units)
                tape("product", upstream, self.packed, self.zeros, before, rows, block.inputs, block.units,
                     block.units, 1, self.lanes * block.units, self.lanes)  # fmt: skip
                upstream = before
        first, second = (*self.memory, self.zeros, self.zeros)[:2]
        tape("update", self.parameters, gradient, self.is_weight, first, second, table, check,
             self.architecture.parameters)  # fmt: skip
        return tape

    def _product(
        self, tape: Tape, a: Array | Moving, w: Array, bias: Array, result: Array, *sizes: int
    ) -> None:
        """Calls for a·w + bias; the sizes are rows, columns, depth, and how far apart a's numbers are."""
        rows, columns, depth = sizes[:3]
        if rows < WORTH_PACKING or columns <= WIDE:
            tape("product", a, w, bias, result, *sizes, self.lanes, columns)
        else:
            tape("pack", w, self.packed, depth, columns)
            tape("product", a, self.packed, bias, result, *sizes, self.lanes * depth, self.lanes)

    def _forward(self, inputs: Array | Moving, rows: int, numbers: Array, *, trains: bool) -> Tape:
        """Inputs to logits, with the batch's own statistics or with the running averages."""
        tape, blocks, entering = Tape(self.address), self.architecture.blocks, inputs
        for place, block in enumerate(blocks):
            z, leaving = self.arriving[place], self.leaving[place]
            bias = self.zeros if block.bias is None else self.parameters[block.bias]
            self._product(tape, entering, self.parameters[block.weight], bias, z, rows, block.units,
                          block.inputs, block.inputs, 1)  # fmt: skip
            if block.gamma is not None:
                affine = self.parameters[block.gamma], self.parameters[block.beta]
                averages = self.mean[block.averages], self.variance[block.averages]
                if trains:
                    tape("normalize", z, leaving, *affine, *averages, self.inverse[block.averages], numbers,
                         rows, block.units)  # fmt: skip
                else:
                    tape("rescale", z, leaving, *affine, *averages, numbers, rows, block.units)
            elif place < len(blocks) - 1:
                tape("activate", z, leaving, rows * block.units)
            entering = leaving
        return tape
