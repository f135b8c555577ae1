"""A course in machine code, for many networks: a pass over the data, and their scores.

It does what `course.one_step` and `training.scores` do, equal to them but for rounding. What a network
becomes does not depend on the others, bit for bit.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from landscape.network.course import Course, Recipe, State, batch_end, order
from landscape.network.layers import Array
from landscape.network.model import fitted, fitted_averages
from landscape.network.training import judged
from landscape.network.workbench import Program, Workbench, shared_code, widened
from landscape.tracing import Known, Trace, Traced, UntraceableError, with_known_numbers


def fused_course(course: Course, recipe: Recipe) -> FusedCourse | None:
    """None where there is no compiler, or for what cannot be written for it."""
    own = course.architecture
    # Units that are added must stay zero.
    if own.activation == "sigmoid" and widened(own).hidden != own.hidden:
        return None
    if shared_code(own.activation, course.training.inputs.dtype.name) is None:
        return None
    try:
        return FusedCourse(course, recipe)
    except UntraceableError:
        return None


class FusedCourse:
    """A course with recipes of one form, whose numbers may be `(networks, 1)` arrays; for one thread."""

    def __init__(self, course: Course, recipe: Recipe) -> None:
        self.course, self.own = course, course.architecture
        self.batches = batch_sizes(recipe.batch_size, len(course.training))
        nothing = np.zeros((1, 1), course.training.inputs.dtype)
        program, _ = traced(recipe, 0, recipe.optimizer.init(nothing), len(self.batches))
        self.bench = Workbench(course, program, self.batches)

    def passed(self, recipe: Recipe, state: State) -> State:
        """The state after a pass over the data, from one at its start."""
        own, wide, steps = self.own, self.bench.architecture, len(self.batches)
        memory = state.memory if recipe.rule == state.rule else recipe.optimizer.init(state.parameters)
        _, columns = traced(recipe, state.epoch, memory, steps)
        table = np.empty((len(state.parameters), steps, len(columns)), state.parameters.dtype)
        for place, column in enumerate(columns):
            table[:, :, place] = np.hstack(np.broadcast_arrays(*column.values, table[:, :1, 0])[:-1])
        self.bench.deal(order(self.course.seed, state.epoch, len(self.course.training)))

        arrays = [part for part in memory if isinstance(part, np.ndarray)]
        flat = [fitted(own, part, wide) for part in (state.parameters, *arrays)]
        averages = fitted_averages(own, state.averages, wide)
        diverged_at = state.diverged_at.copy()
        for k in np.flatnonzero(diverged_at < 0):
            lost = self.bench.train([part[k] for part in (*flat, *averages)], table[k])
            if lost is not None:
                diverged_at[k] = state.step + lost + 1
        parameters, *arrays = (fitted(wide, part, own) for part in flat)
        memory = type(memory)(
            *(arrays.pop(0) if isinstance(part, np.ndarray) else part + steps for part in memory)
        )
        return State(
            state.step + steps, state.epoch + 1, 0, parameters, fitted_averages(wide, averages, own),
            recipe.rule, memory, diverged_at,
        )  # fmt: skip

    def scores(self, state: State) -> tuple[Array, Array]:
        """Loss and accuracy of the validation part at test time, `(networks,)` each."""
        own, wide = self.own, self.bench.architecture
        parameters = fitted(own, state.parameters, wide)
        averages = fitted_averages(own, state.averages, wide)
        targets = self.course.validation.targets
        # Class by class in memory, since NumPy is slow along short rows.
        logits = np.empty((len(parameters), *targets.T.shape), parameters.dtype).swapaxes(1, 2)
        for result, *network in zip(logits, parameters, *averages, strict=True):
            result[:] = self.bench.judge(*network)
        return judged(logits, targets)


def batch_sizes(size: int, count: int) -> list[int]:
    """The mini-batches of a pass.

    >>> batch_sizes(4, 10), batch_sizes(4, 9)
    ([4, 4, 2], [4, 5])
    """
    ends = [0]
    while ends[-1] < count:
        ends.append(batch_end(ends[-1], size, count))
    return [end - start for start, end in pairwise(ends)]


def traced(recipe: Recipe, epoch: int, memory: Any, steps: int) -> tuple[Program, list[Known]]:
    """What a recipe does to a parameter in a step, and the known numbers that this takes, for all steps.

    `memory` is the rule's, so far: arrays, and how many steps it has taken.
    """
    trace = Trace()
    position, gradient = trace.leaf("position"), trace.leaf("gradient")
    if recipe.regularized:
        gradient = gradient + Known("l2", (recipe.l2,)) * (position * trace.leaf("weight"))
    before = type(memory)(
        *(
            trace.leaf(f"state {place}")
            if isinstance(part, np.ndarray)
            else Known("taken", tuple(range(part, part + steps)))
            for place, part in enumerate(memory)
        )
    )
    rate = Known("rate", (recipe.optimizer.learning_rate * recipe.schedule(epoch),))
    move, now = with_known_numbers(recipe.optimizer).update(gradient, before, position, rate)
    after = trace.place_of(position + move)
    states = [trace.place_of(new) for new, old in zip(now, before, strict=True) if isinstance(old, Traced)]
    return Program(tuple(trace.steps), after, tuple(states), len(trace.columns)), trace.columns
