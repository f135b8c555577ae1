"""The arithmetic of an update, written down while it is done: each method is one kind of stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from landscape.numerals import numeral, pair
from landscape.stage_marks import Mark, Role, Stage
from landscape.surface import Array

HAT = "\u0302"  # combining: makes m̂ of m
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BALL = np.zeros(2)


class Factor(NamedTuple):
    """A number that a quantity is multiplied by."""

    symbol: str
    value: float

    @property
    def rest(self) -> Factor:
        """1−β of β."""
        return Factor(f"(1−{self.symbol})", 1 - self.value)

    @property
    def digits(self) -> str:
        """As it is written: 0.99999 must not be rounded to 1.

        >>> Factor("β", 0.9).digits, Factor("β", 0.99999).digits
        ('0.9', '0.99999')
        """
        text = numeral(self.value)
        return numeral(self.value, 10) if text == "1" else text


WHOLE = Factor("", 1.0)


@dataclass(frozen=True)
class Term:
    """A quantity on its way through an update.

    Attributes
    ----------
    symbol : e.g. "(1−β)g"
    value : `(2,)`
    name : in words, e.g. "velocity"
    squares : whether it is drawn as the box of its roots, or as an arrow against it
    written : with numbers, where these are not just its value
    """

    symbol: str
    value: Array
    name: str = ""
    squares: bool = False
    written: str = ""

    @property
    def numbers(self) -> str:
        """With numbers, as it stands in a formula."""
        return self.written or pair(self.value)

    def times(self, factor: Factor) -> Term:
        """Multiplied.

        >>> Term("g", np.array([1.0, -2.0])).times(Factor("β", 0.9).rest).numbers
        '0.1·(1, −2)'
        """
        if factor is WHOLE:
            return self
        symbol, written = factor.symbol + self.symbol, f"{factor.digits}·{self.numbers}"
        return replace(self, symbol=symbol, value=factor.value * self.value, written=written)

    def mark(self, role: Role, origin: Array = BALL) -> Mark:
        """How it is drawn at the gradient's scale."""
        if not self.squares:
            return Mark("arrow", "gradient", role, f"−{self.symbol}", origin, -self.value)
        alone = len(self.symbol.replace(HAT, "")) == 1
        root = "|g|" if self.symbol == "g²" else f"√{self.symbol}" if alone else f"√({self.symbol})"
        return Mark("box", "gradient", role, root, BALL, np.sqrt(self.value))


class Workings:
    """The stages of one update so far; every method does one of them and returns what comes out.

    >>> work = Workings()
    >>> work.divide(Term("g", np.array([3.0, -4.0])), Term("s", np.array([9.0, 4.0])), 0.0).value.tolist()
    [1.0, -2.0]
    >>> print(work.stages[0])
    division: u = g/(√s + ε) = (3, −4)/(√(9, 4) + 0) = (1, −2)
    """

    def __init__(self) -> None:
        self.stages: list[Stage] = []

    def gradient(self, position: Array, gradient: Array, noise: Array | None) -> Term:
        """∇f, and the noise on it, if there is any."""
        g = Term("g" if noise is None else "∇f", gradient)
        sentence = f"At {pair(position)} the gradient is zero: the loss is level there."
        if gradient.any():
            slope = numeral(float(np.hypot(*gradient)))
            sentence = (
                f"The loss rises steepest along {g.symbol}, by {slope} per unit of length;"
                f" −{g.symbol} is the way down."
            )
        formula = "g = ∇f(θ)" if noise is None else "∇f(θ)"
        self._note("gradient", sentence, formula, f"∇f{pair(position)}", g, g.mark("result"))
        if noise is None:
            return g
        n = Term("n", noise)
        seen = Term("g", gradient + noise)
        sentence = "The rule is not given the true gradient but one with noise n in it, like a mini-batch's."
        numbers = f"{g.numbers} + {n.numbers}"
        self._note("noise", sentence, "g = ∇f(θ) + n", numbers, seen, *_sum(g, n, seen))
        return seen

    def learning_rate(self, base: float, rate: float, g: Term) -> Factor:
        """α after the schedule; the arrow stays the gradient's, since no step is known yet."""
        alpha, share = Factor("αₜ", rate), numeral(rate / base)
        does = f"multiplies the learning rate α = {numeral(base)} by c = {share}"
        if rate == base:
            does = f"leaves the learning rate at α = {numeral(base)}"
        sentence, number = f"For this step the schedule {does}.", Term(alpha.symbol, np.array(rate))
        numbers = f"{share}·{numeral(base)}"
        self._note("learning rate", sentence, "αₜ = cα", numbers, number, g.mark("old"))
        return alpha

    def decay(self, old: Term, factor: Factor) -> Term:
        """What is kept of the old: β·old."""
        kept = old.times(factor)
        if not old.value.any():
            sentence = f"The {old.name} {old.symbol} is still zero: there is nothing to shrink."
        elif factor.value == 0:
            sentence = f"With {factor.symbol} = 0 nothing of the old {old.name} {old.symbol} is kept."
        else:
            sentence = (
                f"The old {old.name} {old.symbol} shrinks to {factor.digits} times itself:"
                " the older a gradient, the less it counts."
            )
        self._note("decay", sentence, kept.symbol, kept.numbers, kept, old.mark("old"), kept.mark("result"))
        return replace(kept, written="")

    def add(self, old: Term, kept: Term, new: Term, weight: Factor) -> Term:
        """The new average or sum: kept + weight·new."""
        share = new.times(weight)
        total = replace(old, value=kept.value + share.value)
        what, whole = ("square" if new.squares else "gradient"), f"{total.name} {total.symbol}"
        sentence = f"The new {what} is added with the weight {weight.digits}; the sum is the new {whole}."
        if weight is WHOLE:
            sentence = f"The whole new {what} is added; the sum is the new {whole}."
        if kept is old:
            sentence = f"The new {what} is added and nothing is taken away, so the {whole} never shrinks."
        formula = f"{total.symbol} ← {kept.symbol} + {share.symbol}"
        numbers = f"{kept.numbers} + {share.numbers}"
        marks = _sum(kept, share, total, "old" if kept is old else "part")
        self._note("addition", sentence, formula, numbers, total, *marks)
        return total

    def average(self, old: Term, new: Term, factor: Factor, weight: Factor | None = None) -> Term:
        """Decay and addition: β·old + (1−β)·new, or with another weight on the new."""
        return self.add(old, self.decay(old, factor), new, weight or factor.rest)

    def look_ahead(self, v: Term, factor: Factor, g: Term, weight: Factor) -> Term:
        """Nesterov's direction: βv + (1−β)g with the new v."""
        kept, share = v.times(factor), g.times(weight)
        u = Term("u", kept.value + share.value, v.name)
        sentence = (
            "The step is not taken along v but along u: where one more update with the same g would bring v."
        )
        formula, numbers = f"u = {kept.symbol} + {share.symbol}", f"{kept.numbers} + {share.numbers}"
        self._note("look ahead", sentence, formula, numbers, u, *_sum(kept, share, u))
        return u

    def square(self, g: Term) -> Term:
        """g²."""
        squared = Term("g²", g.value * g.value, squares=True)
        sentence = "Each component is squared by itself, so that its sign no longer matters."
        marks = (g.mark("old"), squared.mark("result"))
        self._note("squaring", sentence, "g²", f"{g.numbers}²", squared, *marks)
        return squared

    def correct(self, term: Term, factor: Factor, taken: int, ahead: bool = False) -> Term:
        """Divided by the sum of the weights in it, 1−βᵗ."""
        count = taken + ahead
        left = 1 - factor.value**count
        corrected = replace(term, symbol=term.symbol + HAT, value=term.value / left)
        sum_of_weights = f"1 − {factor.digits}{str(count).translate(RAISED)}"
        since = f"after {taken} step{'s' * (taken > 1)}" + " and the look ahead" * ahead
        sentence = (
            f"The {term.name} began at zero, so {since} {term.symbol} is too small by the factor"
            f" {sum_of_weights} = {numeral(left)}; dividing by it makes up for that."
        )
        if numeral(left) == "1":
            sentence = (
                f"The {term.name} began at zero, but {since} the factor {sum_of_weights} is 1 to four digits."
            )
        power = "ᵗ⁺¹" if ahead else "ᵗ"
        formula = f"{corrected.symbol} = {term.symbol}/(1−{factor.symbol}{power})"
        numbers = f"{term.numbers}/{numeral(left)}"
        marks = (term.mark("old"), corrected.mark("result"))
        self._note("bias correction", sentence, formula, numbers, corrected, *marks)
        return corrected

    def divide(self, top: Term, below: Term, epsilon: float) -> Term:
        """The rescaled direction: top/(√below + ε)."""
        u = Term("u", top.value / (np.sqrt(below.value) + epsilon))
        along_x, along_y = (numeral(float(component), 3) for component in u.value)
        sentence = (
            f"Each component of {top.symbol} is divided by its own √{below.symbol} + ε;"
            f" pure numbers are left, {along_x} along x and {along_y} along y."
        )
        formula = f"u = {top.symbol}/(√{below.symbol} + ε)"
        numbers = f"{top.numbers}/(√{below.numbers} + {numeral(epsilon)})"
        ratio = Mark("arrow", "ratio", "result", "−u", BALL, -u.value)
        self._note("division", sentence, formula, numbers, u, top.mark("old"), below.mark("old"), ratio)
        return u

    def weight_decay(self, position: Array, rate: Factor, decay: float) -> Term:
        """AdamW's pull: αλθ."""
        pull = Term(f"{rate.symbol}λθ", rate.value * decay * position)
        sentence = (
            "Apart from the gradient the ball is pulled straight towards (0, 0),"
            f" by {numeral(rate.value * decay)} times its distance from there."
        )
        numbers = f"{rate.digits}·{numeral(decay)}·{pair(position)}"
        self._note("weight decay", sentence, pull.symbol, numbers, pull, _push("result", pull))
        return pull

    def move(self, position: Array, after: Array, rate: Factor, u: Term, pull: Term | None) -> None:
        """To the next point: θ − αu, less the pull of the weight decay if there is one."""
        step, moved = u.times(rate), after - position
        formula, numbers = f"θ ← θ − {step.symbol}", f"{pair(position)} − {step.numbers}"
        sentence = f"The ball moves by {pair(moved)}: −{rate.digits} times {u.symbol}"
        marks = [Mark("arrow", "step", "result", f"−{step.symbol}", BALL, moved)]
        if pull is not None:
            formula, numbers = f"{formula} − {pull.symbol}", f"{numbers} − {pull.numbers}"
            sentence += ", and the pull of the weight decay"
            whole = Mark("arrow", "step", "result", f"−{step.symbol} − {pull.symbol}", BALL, moved)
            marks = [_push("part", pull), _push("part", step, -pull.value), whole]
        self._note("move", f"{sentence}.", formula, numbers, Term("θ", after), *marks)

    def _note(self, name: str, sentence: str, formula: str, numbers: str, out: Term, *marks: Mark) -> None:
        for array in (out.value, *(mark.vector for mark in marks), *(mark.origin for mark in marks)):
            array.flags.writeable = False
        self.stages.append(Stage(name, sentence, formula, numbers, out.value, marks))


def _sum(first: Term, second: Term, total: Term, role: Role = "part") -> tuple[Mark, ...]:
    """Arrows tip to tail, boxes around each other; and their sum."""
    return first.mark(role), second.mark("part", -first.value), total.mark("result")


def _push(role: Role, term: Term, origin: Array = BALL) -> Mark:
    return Mark("arrow", "step", role, f"−{term.symbol}", origin, -term.value)
