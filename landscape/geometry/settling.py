"""Whether a start near a minimum is bound to stay there: arithmetic for arrays and for traced numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from landscape.tracing import choose

Values = Any  # an array `(n,)`, or a traced number


def is_held(
    push: Sequence[Values],
    coast: Sequence[Values],
    moved: Sequence[Values],
    height: Values,
    rim: Values,
    stiffness: Values,
    stiffness_by_axis: Sequence[Values],
    echo: Any,
    growth: Any,
) -> Values:
    """Whether it cannot leave the reach of a minimum any more.

    Near a minimum every rule here moves like a ball with friction, in each coordinate: how far a push
    of the gradient still moves it one step later is 1/mass, and without a gradient it would coast. Its
    energy, loss and ½·mass·coast², only decreases while the mass stays as it is. In finite steps it
    swings around that, by (2+s)/(2−s) at most, where s² is stiffness × response. Gradient descent is
    stable up to s² = 2, momentum up to 2(1+β). Where a rule's mass changes by itself, the worst until
    the last step is taken.

    Parameters
    ----------
    push : the gradient, by coordinate
    coast, moved : the rule's next step without and with it
    height : of the loss above the bottom
    rim, stiffness, stiffness_by_axis : of its well, see `Wells`
    echo, growth : numbers, see `Pace`
    """
    response = [(c - m) / p * growth for p, c, m in zip(push, coast, moved, strict=True)]
    mass = growth * growth / (2 * echo)
    kinetic = [choose(np.equal(c, 0), 0.0, c * c / r * mass) for c, r in zip(coast, response, strict=True)]
    square = np.minimum(
        np.maximum(*(r * s for r, s in zip(response, stiffness_by_axis, strict=True))),
        np.maximum(*response) * stiffness,
    )
    swing = (2 + np.sqrt(square)) / (2 - np.sqrt(square))
    energy = height + kinetic[0] + kinetic[1]
    sure = (square < 1.75 * (1 + echo)) & (np.minimum(*response) > 0) & (np.minimum(*kinetic) >= 0)
    return sure & (energy * swing < rim)
