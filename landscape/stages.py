"""One update taken apart: its stages in order, each with the formula and the numbers that went in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.descent import Path
from landscape.numerals import numeral, pair


@dataclass(frozen=True)
class Stage:
    """One stage of an update.

    Attributes
    ----------
    name : e.g. "velocity"
    formula : in symbols
    numbers : the same with numbers in it, for x and y together
    value : what comes out, `(2,)`
    """

    name: str
    formula: str
    numbers: str
    value: np.ndarray[Any, np.dtype[np.float64]]

    def __str__(self) -> str:
        return f"{self.name}: {self.formula} = {self.numbers} = {pair(self.value)}"


def stages(path: Path, step: int) -> list[Stage]:
    """The stages of the update that leads from `step` to `step + 1`; empty at the end of the path.

    >>> from landscape import Momentum, descend, surfaces
    >>> path = descend(surfaces["bowl"], Momentum(learning_rate=0.5, beta=0.5), (1.0, 0.0), steps=2)
    >>> for stage in stages(path, 0):
    ...     print(stage)
    gradient: g = ∇f(1, 0) = (1, 0)
    velocity: v ← βv + (1−β)g = 0.5·(0, 0) + 0.5·(1, 0) = (0.5, 0)
    move: θ ← θ − αv = (1, 0) − 0.5·(0.5, 0) = (0.75, 0)
    """
    if not 0 <= step < path.last or not np.isfinite(path.points[step + 1]).all():
        return []
    rule: Any = path.optimizer
    position, after = path.points[step], path.points[step + 1]
    g = path.gradients[step] + path.noise[step]
    where = f"∇f{pair(position)}" + (f" + noise {pair(path.noise[step])}" if path.noise.any() else "")
    found = [Stage("gradient", "g", where, g)]
    rate = float(path.learning_rates[step])
    old = {name: part[step] for name, part in path.parts.items()}
    new = {name: part[step + 1] for name, part in path.parts.items()}
    moved, symbol = g, "g"
    if rule.key == "momentum":
        moved, symbol = _momentum(rule, g, old, new, found)
    elif rule.key in ("rmsprop", "adagrad"):
        moved, symbol = _scaled(rule, g, old, new, found)
    elif rule.key in ("adam", "adamw"):
        moved, symbol = _adam(rule, g, old, new, found)
    decay = " − αλθ" if rule.key == "adamw" else ""
    shrunk = f" − {numeral(rate * rule.weight_decay)}·{pair(position)}" if decay else ""
    numbers = f"{pair(position)} − {numeral(rate)}·{pair(moved)}{shrunk}"
    found.append(Stage("move", f"θ ← θ − α{symbol}{decay}", numbers, after))
    return found


def _momentum(rule: Any, g: Any, old: Any, new: Any, found: list[Stage]) -> tuple[Any, str]:
    ewma = rule.form == "ewma"
    share = f"{numeral(1 - rule.beta)}·" if ewma else ""
    velocity = new["velocity"]
    formula = "v ← βv + (1−β)g" if ewma else "v ← βv + g"
    numbers = f"{numeral(rule.beta)}·{pair(old['velocity'])} + {share}{pair(g)}"
    found.append(Stage("velocity", formula, numbers, velocity))
    moved, symbol = velocity, "v"
    if rule.nesterov:
        moved = rule.beta * velocity + (1 - rule.beta if ewma else 1.0) * g
        numbers = f"{numeral(rule.beta)}·{pair(velocity)} + {share}{pair(g)}"
        found.append(Stage("look ahead", "u ← βv + " + ("(1−β)g" if ewma else "g"), numbers, moved))
        symbol = "u"
    if rule.bias_correction:
        left = 1 - rule.beta ** (int(new["taken"][0]) + rule.nesterov)
        power = "ᵗ⁺¹" if rule.nesterov else "ᵗ"
        corrected = moved / left
        numbers = f"{pair(moved)}/{numeral(left)}"
        found.append(Stage("bias correction", f"{symbol}̂ = {symbol}/(1−β{power})", numbers, corrected))
        moved, symbol = corrected, symbol + "̂"
    return moved, symbol


def _scaled(rule: Any, g: Any, old: Any, new: Any, found: list[Stage]) -> tuple[Any, str]:
    s = new["mean_square"]
    if rule.key == "rmsprop":
        numbers = f"{numeral(rule.rho)}·{pair(old['mean_square'])} + {numeral(1 - rule.rho)}·{pair(g)}²"
        found.append(Stage("mean square", "s ← ρs + (1−ρ)g²", numbers, s))
    else:
        numbers = f"{pair(old['mean_square'])} + {pair(g)}²"
        found.append(Stage("sum of squares", "s ← s + g²", numbers, s))
    return _divide(rule, g, s, "g", "s", found)


def _adam(rule: Any, g: Any, old: Any, new: Any, found: list[Stage]) -> tuple[Any, str]:
    m, v = new["first_moment"], new["second_moment"]
    numbers = f"{numeral(rule.beta1)}·{pair(old['first_moment'])} + {numeral(1 - rule.beta1)}·{pair(g)}"
    found.append(Stage("mean", "m ← β₁m + (1−β₁)g", numbers, m))
    numbers = f"{numeral(rule.beta2)}·{pair(old['second_moment'])} + {numeral(1 - rule.beta2)}·{pair(g)}²"
    found.append(Stage("mean square", "v ← β₂v + (1−β₂)g²", numbers, v))
    names = ("m", "v")
    if rule.bias_correction:
        taken = int(new["taken"][0])
        left1, left2 = 1 - rule.beta1**taken, 1 - rule.beta2**taken
        numbers = f"{pair(m)}/{numeral(left1)}"
        m, v = m / left1, v / left2
        found.append(Stage("bias correction", "m̂ = m/(1−β₁ᵗ)", numbers, m))
        found.append(Stage("bias correction", "v̂ = v/(1−β₂ᵗ)", f"{pair(v * left2)}/{numeral(left2)}", v))
        names = ("m̂", "v̂")
    return _divide(rule, m, v, *names, found)


def _divide(rule: Any, top: Any, below: Any, a: str, b: str, found: list[Stage]) -> tuple[Any, str]:
    scaled = top / (np.sqrt(below) + rule.epsilon)
    numbers = f"{pair(top)}/(√{pair(below)} + {numeral(rule.epsilon)})"
    found.append(Stage("division", f"u = {a}/(√{b} + ε)", numbers, scaled))
    return scaled, "u"
