"""Walks very many starts to their ends, and stops each as soon as it is sure where that is."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.geometry.fused_walk import PATIENCE, FusedWalk
from landscape.geometry.holes import may_be_undefined
from landscape.geometry.pace import Pace
from landscape.geometry.settling import is_held
from landscape.geometry.wells import Indices, Wells
from landscape.optimizers import Optimizer
from landscape.surface import Array, Surface

DIVERGED, TRAVELLING, UNDEFINED = -1, -2, -3
Labels = NDArray[np.int16]

HERD = 12288  # starts walked together: their arrays stay in the cache


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


class Walk:
    """Walks starts `(2, n)` to their ends, all in step; who is sure to stay where it is stops early.

    Attributes
    ----------
    labels : `(n,)`
    ended : who came to an end that the label does not tell, and where `(2, m)`; once the rounds are over
    """

    def __init__(
        self, surface: Surface, optimizer: Optimizer, pace: Pace, wells: Wells, starts: Array,
        fused: FusedWalk | None = None,
    ) -> None:  # fmt: skip
        self.surface, self.optimizer, self.pace = surface, optimizer, pace
        self.wells, self.starts = wells, starts
        self.labels = np.full(starts.shape[1], TRAVELLING, dtype=np.int16)
        self.ended: list[tuple[Indices, Array]] = []
        self.values = tuple(map(np.float64, surface.values))
        self.careful = may_be_undefined(surface, optimizer)
        with np.errstate(all="ignore"):
            pull, _ = optimizer.update(np.zeros(1), optimizer.init(np.ones(1)), np.ones(1))
        self.may_settle = not pull.any() and len(wells.points) > 0
        self.fused = fused

    def rounds(self) -> Iterator[None]:
        """Walk from look to look; yields now and then, so that it can be given up."""
        herds = yield from self._by_arrays() if self.fused is None else self._by_code(self.fused)
        with np.errstate(all="ignore"):
            for herd in herds:
                self._examine(herd, self._gradient(herd.position), herd.position)
                self._end(herd.who, herd.position, np.isfinite(herd.position).all(axis=0))

    def _by_code(self, fused: FusedWalk) -> Generator[None, None, list[_Herd]]:
        position = yield from fused.rounds(self.starts, self.wells if self.may_settle else None, self.labels)
        who = np.flatnonzero(self.labels == TRAVELLING)
        herd = _Herd(who, position.take(who, axis=1), ())
        finite = np.isfinite(herd.position[0]) & np.isfinite(herd.position[1])
        self.labels[who[~finite]] = DIVERGED
        return [herd if finite.all() else herd.only(np.flatnonzero(finite))]

    def _by_arrays(self) -> Generator[None, None, list[_Herd]]:
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
        return herds

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
        good = np.isfinite(loss) & np.isfinite(gradient[0]) & np.isfinite(gradient[1])
        good &= ~(np.isnan(step[0]) | np.isnan(step[1]))
        if good.all():
            return
        ended = np.flatnonzero(~good & np.isfinite(herd.position).all(axis=0))
        who, position = herd.who[ended], herd.position[:, ended]
        # Far outside, an overflow of the loss is still the way to infinity and not a hole.
        far = (np.abs(position).max(axis=0) > 1e6 * self.surface.size) | (not self.careful)
        self.labels[who] = np.where(far, DIVERGED, UNDEFINED)
        # The point of a kink has a loss but no slope: whoever hits it may have reached a minimum.
        self._end(who, position, np.isfinite(loss[ended]) & ~far)
        herd.position = herd.position.copy()
        herd.position[:, ended] = np.nan

    def _end(self, who: Indices, position: Array, there: Any) -> None:
        if not there.all():
            kept = np.flatnonzero(there)
            who, position = who.take(kept), position.take(kept, axis=1)
        self.ended.append((who, position))

    def _settled(self, herd: _Herd, look: int) -> tuple[Indices, Indices]:
        """Who cannot leave the reach of a minimum any more, and the minimum."""
        near, owner, height = self.wells.inside(herd.position, self._loss)
        at, rate = herd.position.take(near, axis=1), self.pace.rates[self.pace.looks[look]]
        state = _each(lambda leaf: leaf.take(near, axis=1), herd.state)
        push = self._gradient(at)
        coast, _ = self.optimizer.update(np.zeros_like(at), state, at, rate)
        moved, _ = self.optimizer.update(push, state, at, rate)
        sure = is_held(
            [*push], [*coast], [*moved], height, self.wells.rim.take(owner), self.wells.stiffness.take(owner),
            [*self.wells.stiffness_by_axis.take(owner, axis=1)], self.pace.echo[look], self.pace.growth[look],
        )  # fmt: skip
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
