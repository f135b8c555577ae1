"""What a walk calculates in each step and at each look, traced: the program to compile, and its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape.geometry.fused_code import FACTS, Program
from landscape.geometry.pace import Pace
from landscape.geometry.settling import is_held
from landscape.optimizers import Optimizer
from landscape.surface import Array, Surface
from landscape.tracing import Known, Trace, Traced, UntraceableError, with_known_numbers


def fused_program(surface: Surface, optimizer: Optimizer, pace: Pace) -> tuple[Program, Array]:
    """The program, and the numbers that each step has: `(steps, columns)`.

    The rule's and the surface's numbers are in the table: other ones need no other program.

    Raises
    ------
    UntraceableError
        for what is no plain arithmetic.
    """
    trace, steps = Trace(), len(pace.rates)
    rule, rates = with_known_numbers(optimizer), Known("rate", tuple(pace.rates))
    named = zip(surface.expression.parameters, map(np.float64, surface.values), strict=True)
    parameters = [Known(f"surface {name}", (value,)) for name, value in named]
    position = [trace.leaf(f"position {axis}") for axis in (0, 1)]
    push = surface.expression.gradient(*position, *parameters)

    initial: list[int] = []
    after: list[int] = []
    moves, coasts = [], []
    for axis in (0, 1):
        memory = rule.init(position[axis])
        state = type(memory)(*(_leaf(trace, first, initial, steps) for first in memory))
        move, following = rule.update(push[axis], state, position[axis], rates)
        no_push = trace.note("number", (0.0).hex())
        coast, _ = rule.update(no_push, state, position[axis], rates)
        moves.append(move)
        coasts.append(coast)
        for before, now in zip(state, following, strict=True):
            if isinstance(before, Traced):
                after.append(trace.place_of(now))
            elif now.values != tuple(range(1, steps + 1)):
                raise UntraceableError("a count of something else than steps")

    near, sure = _looks(trace, surface, (position, parameters), (push, coasts, moves), pace)
    program = Program(
        tuple(trace.steps), len(trace.columns), tuple(initial), tuple(map(trace.place_of, push)),
        tuple(map(trace.place_of, moves)), tuple(after), near.place, sure.place,
    )  # fmt: skip
    table = np.empty((steps, len(trace.columns)))
    for place, column in enumerate(trace.columns):
        table[:, place] = column.values
    return program, table


def _leaf(trace: Trace, first: Any, initial: list[int], steps: int) -> Known | Traced:
    """A part of the rule's memory: the number of steps taken, or a state with this step before the first."""
    if isinstance(first, int):
        if first:
            raise UntraceableError("a count that does not begin at 0")
        return Known("taken", tuple(range(steps)))
    initial.append(trace.place_of(first))
    return trace.leaf(f"state {len(initial) - 1}")


def _looks(
    trace: Trace, surface: Surface, place: tuple[list[Traced], list[Known]],
    motion: tuple[Any, Any, Any], pace: Pace,
) -> tuple[Traced, Traced]:  # fmt: skip
    """Whether a position is in the well that is nearest, as `Wells.inside`; whether it is held there."""
    (position, parameters), (push, coast, moved) = place, motion

    def at_looks(name: str, values: Array) -> Known:
        everywhere = np.ones(len(pace.rates))
        everywhere[pace.looks[:-1]] = values[:-1]
        return Known(name, tuple(everywhere))

    well = {fact: trace.leaf(fact) for fact in FACTS}
    apart: list[Any] = [at - well[axis] for at, axis in zip(position, "xy", strict=True)]
    height = surface.expression.value(*position, *parameters) - well["floor"]
    distance = apart[0] * apart[0] + apart[1] * apart[1]
    near = (distance < well["reach²"]) & (height < well["rim"])
    sure = is_held(
        push, coast, moved, height, well["rim"], well["stiffness"],
        (well["stiffness x"], well["stiffness y"]),
        at_looks("echo", pace.echo), at_looks("growth", pace.growth),
    )  # fmt: skip
    return near, sure
