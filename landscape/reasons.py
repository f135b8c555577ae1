"""Why a rule did what it did: a few sentences on its whole path, each from measured facts of it.

Every row of the table `RULES` tests one explanation and finds the stretch of steps that it explains. First
come those that say why it went wrong, then where its steps went, the longest stretch first, then how it
ended, then details. The thresholds stand at the head of the tests' modules, each with its reason; they are
relative to the path itself, so that no surface needs its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from landscape import reason_courses as courses
from landscape import reason_failures as failures
from landscape.descent import Path
from landscape.geometry.critical_points import CriticalPoints
from landscape.geometry.plateaus import Plateaus
from landscape.numerals import numeral
from landscape.reason_facts import Facts, Found

FAILED, SPENT, ENDED, DETAIL = range(4)  # the order in which reasons are told
RULES: tuple[tuple[str, int, Callable[[Facts], Found]], ...] = (
    ("divergence", FAILED, failures.divergence),  # left the numbers: since when αλ₁ was above the limit
    ("hole", FAILED, failures.hole),  # stopped where the loss, its slope or the step does not exist
    ("stability", FAILED, failures.instability),  # above the limit, and the loss rose, but it lived
    ("cliff", FAILED, failures.thrown),  # one step onto a wall of gradient
    ("saddle", FAILED, failures.stuck),  # still there: exactly on the ridge, or not enough steps
    ("schedule", FAILED, failures.decay),  # the learning rate was gone before the slope was
    ("off the map", FAILED, partial(failures.off_the_map, back=False)),
    ("zig-zag", SPENT, courses.zigzag),  # a gradient component that changes its sign nearly every step
    ("plateau", SPENT, courses.plateau),  # no slope: waiting there, or walking on
    ("saddle", SPENT, courses.passed),  # steps to leave it, predicted and observed
    ("jitter", SPENT, courses.jitter),  # steps that do not fade, around one place
    ("noise", SPENT, courses.noise),  # the same, from noise
    ("momentum", SPENT, courses.overshoot),  # past the minimum, uphill, and back
    ("momentum", SPENT, courses.speed),  # steps longer than gradient descent's from the same slope
    ("weight decay", ENDED, courses.weight_decay),  # at rest, where decay and slope cancel
    ("end", ENDED, courses.end),  # the minimum it is in, or how it was still falling
    ("first step", DETAIL, courses.first_step),  # its length, where it is what theory says
    ("schedule", DETAIL, courses.warm_up),  # a learning rate that rises at first
    ("off the map", DETAIL, partial(failures.off_the_map, back=True)),
)


@dataclass(frozen=True)
class Reason:
    """One reason, and the stretch of the path (first and last step) that it speaks of."""

    topic: str
    sentence: str
    steps: tuple[int, int]


def reasons(
    path: Path, critical: CriticalPoints | None = None, plateaus: Plateaus | None = None, most: int = 4
) -> tuple[Reason, ...]:
    """At least one and at most so many reasons for a path, the most important first.

    What needs the surface's critical points or its plateaus is only said where they are given.

    >>> from landscape import GradientDescent, descend, surfaces
    >>> path = descend(surfaces["ravine"], GradientDescent(learning_rate=0.098), (-2, 1), steps=60)
    >>> for reason in reasons(path):
    ...     print(reason.sentence, reason.steps)
    Zig-zag: the sign of g_y changed 60 of 60 steps; αλ₁ = 1.96, just under the limit 2. (0, 60)
    Not there yet: the loss still fell by 0.31 in the last 20 steps. (40, 60)
    """
    facts = Facts(path, critical, plateaus)
    found: list[tuple[int, int, Reason]] = []
    for topic, rank, test in RULES if path.last else RULES[:2]:  # without a step, only how it ended
        if result := test(facts):
            sentence, first, last = result
            long = last - first if rank == SPENT else 0
            found.append((rank, -long, Reason(topic, sentence, (first, last))))
    found.sort(key=lambda row: row[:2])  # equals stay in the table's order
    return tuple(reason for *_, reason in found[: max(most, 1)]) or (_nothing(facts),)


def _nothing(f: Facts) -> Reason:
    falls = int((np.diff(f.losses) < 0).sum())
    before, after = (numeral(f.losses[k], 3) for k in (0, -1))
    sentence = f"Nothing special: the loss fell on {falls} of {f.last} steps, from {before} to {after}."
    return Reason("nothing special", sentence if f.last else "It took no step.", (0, f.last))
