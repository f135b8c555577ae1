"""When to look who has settled, and how far a push of the gradient still moves a rule by then."""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape.optimizers import Optimizer
from landscape.surface import Array

SOONEST, LATEST = 6, 64  # steps between two looks at who has settled


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
