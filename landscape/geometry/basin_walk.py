"""Walks very many starts to their ends, and stops each as soon as it is sure where that is."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.geometry.wells import Indices, Wells
from landscape.optimizers import Optimizer
from landscape.surface import Array, Surface

DIVERGED, TRAVELLING, UNDEFINED = -1, -2, -3
Labels = NDArray[np.int16]

SOONEST, LATEST = 6, 64  # steps between two looks at who has settled
HERD = 12288  # starts walked together: their arrays stay in the cache
PATIENCE = 0.04  # seconds between two chances to give it up


@dataclass
class _Herd:
    """Starts that walk together: who they are, where they are `(2, n)`, and their rule's memory."""

    who: Indices
    position: Array
    state: Any

    def only(self, kept: Indices) -> _Herd:
        return _Herd(self.who[kept], self.position.take(kept, axis=1),
                     _each(lambda leaf: leaf.take(kept, axis=1), self.state))  # fmt: skip

    def with_other(self, other: _Herd) -> _Herd:
        def join(a: Any, b: Any) -> Any:
            return np.concatenate([a, b], axis=-1)

        return _Herd(join(self.who, other.who), join(self.position, other.position),
                     _each(join, self.state, other.state))  # fmt: skip


def _each(change: Any, state: Any, *others: Any) -> Any:
    """The rule's memory with its arrays changed; its plain numbers, such as steps taken, are common."""
    return type(state)(*(change(*leaves) if np.ndim(leaves[0]) else leaves[0]
                         for leaves in zip(state, *others, strict=True)))  # fmt: skip


class Pace:
    """When to look who has settled, and how a rule's moves change by themselves until the last step.

    At step `looks[j]`, a push of the gradient moves a start at once, and `echo[j]` times as far one step
    later (β for momentum). The same push would move it up to `growth[j]` times as far by the last step: the
    mean square of Adam and RMSProp fades, and the schedule may rise. Neither depends on the path, so one
    walker for each look tells.
    """

    def __init__(self, optimizer: Optimizer, rates: Array) -> None:
        self.rates, self.looks = rates, [0]
        # To look costs as much as a few steps: more rarely later, few steps are walked in vain.
        while self.looks[-1] < len(rates):
            stride = min(max(SOONEST, self.looks[-1] // 4), LATEST)
            self.looks.append(min(self.looks[-1] + stride, len(rates)))
        looks, rest = np.array(self.looks), np.zeros(len(self.looks))
        self.echo, response = rest.copy(), rest.copy()

        def after(push: Any, state: Any) -> Any:
            return optimizer.update(rest + push, state, rest, optimizer.learning_rate)

        with np.errstate(all="ignore"):
            state = optimizer.init(rest)
            for j, k in enumerate(self.looks):
                (coast, coasting), (moved, pushed) = after(0, state), after(1, state)
                response[j] = (coast - moved)[j]
                self.echo[j] = (after(0, coasting)[0] - after(0, pushed)[0])[j]
                strong = np.where(k < looks, 1e6, 0)  # pushes until its look, then none
                for _ in range(k, self.looks[min(j + 1, len(looks) - 1)]):
                    _, state = after(strong, state)
            self.echo /= response
            highest = np.maximum.accumulate(rates[::-1])[::-1]
            self.growth = np.maximum((coast - moved) / response, 1)
            self.growth[:-1] *= (highest / rates)[looks[:-1]]


class Walk:
    """Walks starts `(2, n)` to their ends, all in step; who is sure to stay where it is stops early.

    Attributes
    ----------
    labels : `(n,)`
    ends : `(2, n)`; nan for whom the label says it all
    """

    def __init__(
        self, surface: Surface, optimizer: Optimizer, pace: Pace, wells: Wells, starts: Array
    ) -> None:
        self.surface, self.optimizer, self.pace = surface, optimizer, pace
        self.wells, self.starts = wells, starts
        self.labels = np.full(starts.shape[1], TRAVELLING, dtype=np.int16)
        self.ends = np.full(starts.shape, np.nan)
        self.values = tuple(map(np.float64, surface.values))
        # A loss may be undefined where its slope is not: such a formula is looked at in every step.
        self.careful = (
            not surface.expression.syntax.fold(_DefinedEverywhere())
            or getattr(optimizer, "epsilon", None) == 0
        )
        with np.errstate(all="ignore"):
            pulls, _ = optimizer.update(0 * starts, optimizer.init(starts), starts)
        self.may_settle = not pulls.any() and len(wells.points) > 0

    def rounds(self) -> Iterator[None]:
        """Walk from look to look; yields now and then, so that it can be given up."""
        everyone = np.arange(self.starts.shape[1])
        herds = []
        for first in range(0, len(everyone), HERD):
            part = everyone[first : first + HERD]
            starts = self.starts[:, part]
            herds.append(_Herd(part, starts, self.optimizer.init(starts)))
        yielded = time.monotonic()
        for look in range(1, len(self.pace.looks)):
            for place, herd in enumerate(herds):
                herds[place] = self._on(herd, look)
                if time.monotonic() > yielded + PATIENCE:
                    yield
                    yielded = time.monotonic()
            herds = _gathered([herd for herd in herds if len(herd.who)])
        with np.errstate(all="ignore"):
            for herd in herds:
                self._examine(herd, self._gradient(herd.position), herd.position)
                fine = np.isfinite(herd.position).all(axis=0)
                self.ends[:, herd.who[fine]] = herd.position[:, fine]

    def _on(self, herd: _Herd, look: int) -> _Herd:
        """Walk a herd on to a look; the herd without those whose end is known then."""
        with np.errstate(all="ignore"):
            for k in range(self.pace.looks[look - 1], self.pace.looks[look]):
                self._step(herd, k)
            finite = np.isfinite(herd.position[0] + herd.position[1])
            lost = herd.who[~finite]
            self.labels[lost[self.labels[lost] == TRAVELLING]] = DIVERGED
            if self.may_settle and look + 1 < len(self.pace.looks):
                settled, labels = self._settled(herd, look)
                self.labels[herd.who[settled]] = labels
                finite[settled] = False
            return herd if finite.all() else herd.only(np.flatnonzero(finite))

    def _gradient(self, position: Array) -> Array:
        gradient = np.empty_like(position)
        gradient[0], gradient[1] = self.surface.expression.gradient(*position, *self.values)
        return gradient

    def _loss(self, position: Array) -> Array:
        return np.broadcast_to(self.surface.expression.value(*position, *self.values), position[0].shape)

    def _step(self, herd: _Herd, k: int) -> None:
        gradient = self._gradient(herd.position)
        step, herd.state = self.optimizer.update(gradient, herd.state, herd.position, self.pace.rates[k])
        if self.careful:
            self._examine(herd, gradient, step)
        herd.position = herd.position + step

    def _examine(self, herd: _Herd, gradient: Array, step: Array) -> None:
        """Stop those that are on no good ground, or whose rule knows no next step."""
        loss = self._loss(herd.position)
        good = np.isfinite(loss) & np.isfinite(gradient).all(axis=0) & ~np.isnan(step).any(axis=0)
        if good.all():
            return
        ended = np.flatnonzero(~good & np.isfinite(herd.position).all(axis=0))
        who, position = herd.who[ended], herd.position[:, ended]
        # Far outside, an overflow of the loss is still the way to infinity and not a hole.
        far = (np.abs(position).max(axis=0) > 1e6 * self.surface.size) | (not self.careful)
        self.labels[who] = np.where(far, DIVERGED, UNDEFINED)
        # The point of a kink has a loss but no slope: whoever hits it may have reached a minimum.
        self.ends[:, who] = np.where(np.isfinite(loss[ended]) & ~far, position, np.nan)
        herd.position = herd.position.copy()
        herd.position[:, ended] = np.nan

    def _settled(self, herd: _Herd, look: int) -> tuple[Indices, Indices]:
        """Who cannot leave the reach of a minimum any more, and the minimum.

        Near a minimum every rule here moves like a ball with friction, in each coordinate: how far a push
        of the gradient still moves it one step later is 1/mass, and without a gradient it would coast. Its
        energy, loss and ½·mass·coast², only decreases while the mass stays as it is. In finite steps it
        swings around that, by (2+s)/(2−s) at most, where s² is stiffness × response. Gradient descent is
        stable up to s² = 2, momentum up to 2(1+β). Where a rule's mass changes by itself, the worst until
        the last step is taken.
        """
        echo, growth = self.pace.echo[look], self.pace.growth[look]
        near, owner, height = self.wells.inside(herd.position, self._loss)
        at, rate = herd.position.take(near, axis=1), self.pace.rates[self.pace.looks[look]]
        state = _each(lambda leaf: leaf.take(near, axis=1), herd.state)
        push = self._gradient(at)
        coast, _ = self.optimizer.update(np.zeros_like(at), state, at, rate)
        moved, _ = self.optimizer.update(push, state, at, rate)
        response = (coast - moved) / push * growth
        kinetic = coast * coast / response * (growth * growth / (2 * echo))
        kinetic[coast == 0] = 0
        square = np.minimum(
            np.maximum(*(response * self.wells.stiffness_by_axis.take(owner, axis=1))),
            np.maximum(*response) * self.wells.stiffness.take(owner),
        )
        swing = (2 + np.sqrt(square)) / (2 - np.sqrt(square))
        energy = height + kinetic[0] + kinetic[1]
        sure = (square < 1.75 * (1 + echo)) & (np.minimum(*response) > 0) & (np.minimum(*kinetic) >= 0)
        sure &= energy * swing < self.wells.rim.take(owner)
        return near[sure], owner[sure]


def _gathered(herds: list[_Herd]) -> list[_Herd]:
    """Herds that have become small go on together: each costs a step's calls, however small it is."""
    gathered: list[_Herd] = []
    for herd in herds:
        if gathered and len(gathered[-1].who) + len(herd.who) <= HERD:
            gathered[-1] = gathered[-1].with_other(herd)
        else:
            gathered.append(herd)
    return gathered


class _DefinedEverywhere:
    """Whether a formula has a value and a slope everywhere, short of overflow; an `Algebra` of booleans."""

    TOTAL = frozenset({"sin", "cos", "atan", "sinh", "cosh", "tanh", "exp", "sigmoid", "abs", "min", "max"})

    def number(self, text: str, value: float) -> bool:
        return True

    def constant(self, name: str) -> bool:
        return True

    def name(self, name: str) -> bool:
        return True

    def negate(self, a: bool) -> bool:
        return a

    def combine(
        self, operation: type[ast.operator], a: bool, b: bool, right: float | None, result: float | None
    ) -> bool:
        if operation is ast.Div:
            return a and right is not None
        if operation is ast.Pow:
            return a and right is not None and right >= 0 and right == int(right)
        return a and b

    def call(self, name: str, arguments: list[bool], result: float | None) -> bool:
        return result is not None or (name in self.TOTAL and all(arguments))

    def is_sound(self, value: bool) -> bool:
        return True
