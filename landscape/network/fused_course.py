"""A course in machine code, for many networks: passes over the data, and their scores.

It does what `course.one_step` and `training.scores` do, equal to them but for rounding. What a network
becomes does not depend on the others, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from landscape.network.course import Course, Recipe, State, batch_end, order
from landscape.network.layers import Array
from landscape.network.model import Averages, fitted, fitted_averages
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

    def passes(self, recipes: Sequence[Recipe], state: State) -> tuple[State, Array, Array]:
        """The state after a pass over the data with each recipe in turn, from one at the start of a pass.

        The recipes are of one rule. Also the loss and accuracy of the validation part after each pass, at
        test time, `(networks, passes)`; a network that is lost keeps those that it has.
        """
        bench, steps, dtype = self.bench, len(self.batches), state.parameters.dtype
        memory, diverged_at = state.memory, state.diverged_at.copy()
        if state.rule != recipes[0].rule:
            memory = recipes[0].optimizer.init(state.parameters)
        arrays = [part for part in memory if isinstance(part, np.ndarray)]
        wide = self._widened(state.parameters, state.averages, arrays)
        losses = np.empty((len(diverged_at), len(recipes)), dtype)
        accuracies = np.empty(losses.shape)
        for place, recipe in enumerate(recipes):
            table, before = self._table(recipe, state.epoch + place, memory, state), place * steps
            memory = type(memory)(
                *(part if isinstance(part, np.ndarray) else part + steps for part in memory)
            )
            bench.deal(order(self.course.seed, state.epoch + place, len(self.course.training)))
            for k, network in enumerate(zip(*wide, strict=True)):
                if diverged_at[k] >= 0:
                    bench.load(network)
                elif (lost := bench.train(network, table[k])) is not None:
                    diverged_at[k] = state.step + before + lost + 1
                losses[k, place], accuracies[k, place] = bench.judge()
        first, mean, variance, *rest = wide
        parameters, *arrays = (fitted(bench.architecture, part, self.own) for part in (first, *rest))
        memory = type(memory)(*(arrays.pop(0) if isinstance(part, np.ndarray) else part for part in memory))
        averages = fitted_averages(bench.architecture, Averages(mean, variance), self.own)
        count = len(recipes)
        state = State(
            state.step + count * steps, state.epoch + count, 0, parameters, averages, recipes[0].rule, memory,
            diverged_at,
        )  # fmt: skip
        return state, losses, accuracies

    def scores(self, state: State) -> tuple[Array, Array]:
        """Loss and accuracy of the validation part at test time, `(networks,)` each."""
        found = []
        for network in zip(*self._widened(state.parameters, state.averages), strict=True):
            self.bench.load(network)
            found.append(self.bench.judge())
        losses, accuracies = zip(*found, strict=True)
        return np.array(losses), np.array(accuracies)

    def _widened(self, parameters: Array, averages: Averages, states: Sequence[Array] = ()) -> list[Array]:
        """Networks as the workbench takes them."""
        own, wide = self.own, self.bench.architecture
        states = [fitted(own, part, wide) for part in states]
        return [fitted(own, parameters, wide), *fitted_averages(own, averages, wide), *states]

    def _table(self, recipe: Recipe, epoch: int, memory: Any, state: State) -> Array:
        """The rule's numbers in a pass, `(networks, steps, columns)`."""
        steps = len(self.batches)
        _, columns = traced(recipe, epoch, memory, steps)
        table = np.empty((len(state.parameters), steps, len(columns)), state.parameters.dtype)
        for place, column in enumerate(columns):
            table[:, :, place] = np.hstack(np.broadcast_arrays(*column.values, table[:, :1, 0])[:-1])
        return table


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
