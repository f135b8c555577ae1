"""The parts of a training step for one network, in machine code: `layers` and `model` in other words.

Units and classes are padded with zeros to whole vectors, so that a row of a layer is a number of vectors.
Sums over a batch are taken in the order of its rows.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from llvmlite import ir

from landscape.network.machine import I32, I64, Kernel, Value, Writer
from landscape.tracing import UntraceableError

ROWS = 4  # of a product at a time: what fits the registers
# The numbers of batch normalization: ε, 1/rows, the share of the running averages that is kept, that of the
# new mean, and that of the new variance, which makes it unbiased, too.
EPSILON, SHARE = 0, 1


def product(
    k: Writer, a: Value, w: Value, bias: Value, result: Value,
    rows: Value, columns: Value, depth: Value, a_row: Value, a_depth: Value, w_panel: Value, w_depth: Value,
) -> None:  # fmt: skip
    """The product a·w + bias.

    How far apart a's rows and columns are is given, since it may be a transpose; also how far apart w's
    panels, which are as wide as a vector, and its rows are, since it may be packed.
    """
    whole = rows // ROWS * ROWS
    with k.loop(0, columns, k.lanes) as panel:
        j = panel.index
        factors = j // k.lanes * w_panel
        for first, last, height in ((0, whole, ROWS), (whole, rows, 1)):
            with k.loop(first, last, height) as stripe:
                at = [stripe.index + r for r in range(height)]
                with k.loop(0, depth, 1, *[k.load(bias, j)] * height) as term:
                    factor = k.load(w, factors + term.index * w_depth)
                    for i, so_far in zip(at, term.values, strict=True):
                        one = k.spread(a, i * a_row + term.index * a_depth)
                        term.following.append(k.call("fmuladd", one, factor, so_far))
                for i, total in zip(at, term.values, strict=True):
                    k.store(total, result, i * columns + j)


def pack(k: Writer, w: Value, result: Value, rows: Value, columns: Value) -> None:
    """`(rows, columns)` panel by panel, each as wide as a vector.

    The rows of a panel would drive each other out of a processor's cache if they were a power of 2 apart.
    """
    with k.loop(0, columns, k.lanes) as panel, k.loop(0, rows, 1) as row:
        there = panel.index * rows + row.index * k.lanes
        k.store(k.load(w, row.index * columns + panel.index), result, there)


def pack_transpose(k: Writer, w: Value, result: Value, rows: Value, columns: Value) -> None:
    """The transpose of `(rows, columns)`, packed.

    The rows of a block swap single numbers, then pairs, fours.
    """
    side = k.lanes // 2
    with k.loop(0, rows, side) as down, k.loop(0, columns, side) as across:
        block = [k.load(w, (down.index + r) * columns + across.index, side) for r in range(side)]
        apart = 1
        while apart < side:
            low = [lane if not lane & apart else side + lane - apart for lane in range(side)]
            high = [lane + apart if not lane & apart else side + lane for lane in range(side)]
            for r in range(side):
                if not r & apart:
                    pair = block[r], block[r + apart]
                    block[r], block[r + apart] = k.mixed(*pair, low), k.mixed(*pair, high)
            apart *= 2
        panel = down.index // k.lanes * k.lanes
        for r, row in enumerate(block):
            k.store(row, result, panel * columns + (across.index + r) * k.lanes + (down.index - panel))


class Activation(NamedTuple):
    """As in `layers`: a nonlinearity, and its derivative as a function of its output."""

    function: Callable[[Writer, Value], Value]
    derivative: Callable[[Writer, Value], Value]

    def back(self, k: Writer, upstream: Value, leaving: Value, at: Value) -> Value:
        """The gradient in front of it."""
        return k.load(upstream, at) * self.derivative(k, k.load(leaving, at))


def activate(active: Activation, k: Writer, z: Value, leaving: Value, count: Value) -> None:
    """The activation alone."""
    with k.loop(0, count, k.lanes) as turn:
        k.store(active.function(k, k.load(z, turn.index)), leaving, turn.index)


def activate_backward(active: Activation, k: Writer, upstream: Value, leaving: Value, count: Value) -> None:
    """Back through the activation alone, in place."""
    with k.loop(0, count, k.lanes) as turn:
        k.store(active.back(k, upstream, leaving, turn.index), upstream, turn.index)


def rescale(
    active: Activation, k: Writer, z: Value, leaving: Value, gamma: Value, beta: Value, mean: Value,
    variance: Value, numbers: Value, rows: Value, units: Value,
) -> None:  # fmt: skip
    """Batch normalization at test time, which is one affine map for each unit, and the activation."""
    epsilon = k.spread(numbers, EPSILON)
    with k.loop(0, units, k.lanes) as panel:
        j = panel.index
        slope = k.load(gamma, j) / k.call("sqrt", k.load(variance, j) + epsilon)
        shift = k.load(beta, j) - slope * k.load(mean, j)
        with k.loop(0, rows, 1) as row:
            at = row.index * units + j
            k.store(active.function(k, slope * k.load(z, at) + shift), leaving, at)


def normalize(
    active: Activation, k: Writer, z: Value, leaving: Value, gamma: Value, beta: Value, mean: Value,
    variance: Value, inverse: Value, numbers: Value, rows: Value, units: Value,
) -> None:  # fmt: skip
    """Batch normalization in training, and the activation; z becomes x̂, and the running averages go on."""
    epsilon, share, kept, new, new_unbiased = (k.spread(numbers, i) for i in range(5))
    with k.loop(0, units, k.lanes) as panel:
        j = panel.index
        with k.loop(0, rows, 1, k.every(0.0)) as row:
            row.following.append(row.values[0] + k.load(z, row.index * units + j))
        centre = row.values[0] * share
        with k.loop(0, rows, 1, k.every(0.0)) as row:
            apart = k.load(z, row.index * units + j) - centre
            row.following.append(row.values[0] + apart * apart)
        spread = row.values[0] * share
        scale = k.every(1.0) / k.call("sqrt", spread + epsilon)
        k.store(scale, inverse, j)
        k.store(kept * k.load(mean, j) + new * centre, mean, j)
        k.store(kept * k.load(variance, j) + new_unbiased * spread, variance, j)
        g, b = k.load(gamma, j), k.load(beta, j)
        with k.loop(0, rows, 1) as row:
            at = row.index * units + j
            normal = (k.load(z, at) - centre) * scale
            k.store(normal, z, at)
            k.store(active.function(k, g * normal + b), leaving, at)


def normalize_backward(
    active: Activation, k: Writer, upstream: Value, leaving: Value, normal: Value, gamma: Value,
    inverse: Value, d_gamma: Value, d_beta: Value, numbers: Value, rows: Value, units: Value,
) -> None:  # fmt: skip
    """The gradients of z (in place of `upstream`), γ and β, back through the activation, too."""
    share = k.spread(numbers, SHARE)
    with k.loop(0, units, k.lanes) as panel:
        j = panel.index
        with k.loop(0, rows, 1, k.every(0.0), k.every(0.0)) as row:
            at = row.index * units + j
            slope = active.back(k, upstream, leaving, at)
            row.following += [row.values[0] + slope, row.values[1] + slope * k.load(normal, at)]
        of_beta, of_gamma = row.values
        k.store(of_beta, d_beta, j)
        k.store(of_gamma, d_gamma, j)
        scale = k.load(gamma, j) * k.load(inverse, j)
        with k.loop(0, rows, 1) as row:
            at = row.index * units + j
            slope = active.back(k, upstream, leaving, at)
            k.store((slope - share * of_beta - k.load(normal, at) * (share * of_gamma)) * scale, upstream, at)


def sums(k: Writer, upstream: Value, result: Value, rows: Value, units: Value) -> None:
    """The gradient of a bias."""
    with k.loop(0, units, k.lanes) as panel:
        with k.loop(0, rows, 1, k.every(0.0)) as row:
            row.following.append(row.values[0] + k.load(upstream, row.index * units + panel.index))
        k.store(row.values[0], result, panel.index)


def softmax(
    k: Writer, logits: Value, targets: Value, numbers: Value, check: Value,
    rows: Value, classes: Value, real: Value,
) -> None:  # fmt: skip
    """The gradient of the mean cross-entropy, in place of the logits.

    `check` becomes a number that is finite if the loss is.
    """
    share = k.spread(numbers, SHARE)
    with k.loop(0, rows, 1, k.every(0.0)) as row:
        start = row.index * classes
        with k.loop(0, classes, k.lanes, k.every(-math.inf), k.every(0.0)) as panel:
            z = k.load(logits, start + panel.index)
            highest = _among(k, panel.index, real, z, panel.values[0])
            panel.following += [
                _larger(panel.values[0], highest),
                panel.values[1] + z * k.load(targets, start + panel.index),
            ]
        top = k.over_lanes(_larger, panel.values[0])
        right = k.over_lanes(_sum, panel.values[1])
        with k.loop(0, classes, k.lanes, k.every(0.0)) as panel:
            at = start + panel.index
            power = _among(k, panel.index, real, _exp(k, k.load(logits, at) - top), k.every(0.0))
            k.store(power, logits, at)
            panel.following.append(panel.values[0] + power)
        scale = share / k.over_lanes(_sum, panel.values[0])
        with k.loop(0, classes, k.lanes) as panel:
            at = start + panel.index
            k.store(k.load(logits, at) * scale - share * k.load(targets, at), logits, at)
        row.following.append(row.values[0] + (top - right))
    k.store(k.first(row.values[0]), check, 0)


def judge(
    k: Writer, logits: Value, labels: Value, sums: Value, gaps: Value, hits: Value,
    rows: Value, classes: Value, real: Value,
) -> None:  # fmt: skip
    """For each row Σ eᶻ⁻ᵗ with t the largest logit z, t − z of its class, and 1 where that is the first t."""
    lanes = Value(k.at, ir.Constant(k.vector, [float(lane) for lane in range(k.lanes)]))
    with k.loop(0, rows, 1) as row:
        start = row.index * classes
        with k.loop(0, classes, k.lanes, k.every(-math.inf), k.every(0.0)) as panel:
            z = _among(k, panel.index, real, k.load(logits, start + panel.index), k.every(-math.inf))
            larger = z.compared(">", panel.values[0])
            place = k.same(Value(k.at, k.at.sitofp(panel.index.it, k.number))) + lanes
            panel.following += [larger.choose(z, panel.values[0]), larger.choose(place, panel.values[1])]
        largest, places = panel.values
        top = k.over_lanes(_larger, largest)
        first = k.over_lanes(_smaller, largest.compared("==", top).choose(places, k.every(math.inf)))
        with k.loop(0, classes, k.lanes, k.every(0.0)) as panel:
            power = _exp(k, k.load(logits, start + panel.index) - top)
            panel.following.append(panel.values[0] + _among(k, panel.index, real, power, k.every(0.0)))
        label = k.spread(labels, row.index)
        own = k.spread(logits, start + Value(k.at, k.at.fptosi(k.first(label).it, I64)))
        k.store(k.first(k.over_lanes(_sum, panel.values[0])), sums, row.index)
        k.store(k.first(top - own), gaps, row.index)
        hit = first.compared("==", label).choose(k.every(1.0), k.every(0.0))
        k.store(k.first(hit), hits, row.index)


def updating(steps: tuple[Any, ...], after: int, states: tuple[int, ...]) -> Kernel:
    """The kernel of a traced rule: which of its steps make the new position and the new states."""

    def update(
        k: Writer, position: Value, gradient: Value, weight: Value, first: Value, second: Value,
        table: Value, check: Value, count: Value,
    ) -> None:  # fmt: skip
        arrays = {"position": position, "gradient": gradient, "weight": weight, "state 0": first,
                  "state 1": second}  # fmt: skip
        known = {
            i: k.spread(table, step[1]) if step[0] == "column" else k.every(float.fromhex(step[1]))
            for i, step in enumerate(steps) if step[0] in ("column", "number")
        }  # fmt: skip
        with k.loop(0, count, k.lanes, k.every(0.0)) as turn:
            made = dict(known)
            for i, (what, *operands) in enumerate(steps):
                if what == "leaf":
                    made[i] = k.load(arrays[operands[0]], turn.index)
                elif i not in known:
                    made[i] = _done(k, what, [made[operand] for operand in operands])
            k.store(made[after], position, turn.index)
            for place, array in zip(states, (first, second), strict=False):
                k.store(made[place], array, turn.index)
            turn.following.append(turn.values[0] + made[after])
        total = k.over_lanes(_sum, turn.values[0])
        k.store(k.first(total + k.spread(check, 0)), check, 0)

    return update


def _done(k: Writer, what: str, operands: list[Value]) -> Value:
    """One step of a trace."""
    if what == "sqrt":
        return k.call("sqrt", *operands)
    if what not in _ARITHMETIC:
        raise UntraceableError(what)
    calculated: Value = _ARITHMETIC[what](*operands)
    return calculated


def _sum(a: Value, b: Value) -> Value:
    return a + b


def _larger(a: Value, b: Value) -> Value:
    return a.compared(">", b).choose(a, b)


def _smaller(a: Value, b: Value) -> Value:
    return a.compared("<", b).choose(a, b)


def _among(k: Writer, place: Value, real: Value, value: Value, otherwise: Value) -> Value:
    """A vector where its places are those of real classes, and something else in the padding."""
    left = k.same(Value(k.at, k.at.trunc((real - place).it, I32)))
    lanes = ir.Constant(left.it.type, list(range(k.lanes)))
    return Value(k.at, k.at.icmp_signed("<", lanes, left.it)).choose(value, otherwise)


def _exp(k: Writer, x: Value) -> Value:
    """The exponential of numbers ≤ 0: 2ⁿ times the Taylor series of what is left, |r| ≤ ln 2 / 2."""
    single = k.size == 4
    lowest, terms, mantissa, bias = (-87.0, 7, 23, 127) if single else (-708.0, 13, 52, 1023)
    # ln 2 in two parts, the first with so few bits that n times it is exact.
    high = 0.693359375 if single else 0.693147180369123816490
    x = x.compared("<", lowest).choose(k.every(lowest), x)  # what is no number stays so
    n = k.call("rint", x * math.log2(math.e))
    r = x - n * high
    r = r - n * (math.log(2) - high if single else 1.90821492927058770002e-10)
    series = k.every(1 / math.factorial(terms))
    for power in reversed(range(terms)):
        series = k.call("fmuladd", series, r, k.every(1 / math.factorial(power)))
    whole = ir.VectorType(I32 if single else I64, k.lanes)
    exponent = Value(k.at, k.at.fptosi(n.it, whole)) + bias
    shifted = k.at.shl(exponent.it, ir.Constant(whole, [mantissa] * k.lanes))
    return series * Value(k.at, k.at.bitcast(shifted, k.vector))


def _rectified(k: Writer, z: Value) -> Value:
    return z.compared("<", 0.0).choose(k.every(0.0), z)


def _tanh(k: Writer, z: Value) -> Value:
    power = _exp(k, k.call("fabs", z) * -2.0)
    return k.call("copysign", (k.every(1.0) - power) / (power + 1.0), z)


ACTIVATIONS = {
    "relu": Activation(_rectified, lambda k, a: a.compared(">", 0.0).choose(k.every(1.0), k.every(0.0))),
    "tanh": Activation(_tanh, lambda k, a: k.every(1.0) - a * a),
    "sigmoid": Activation(
        lambda k, z: _tanh(k, z * 0.5) * 0.5 + 0.5, lambda k, a: a * (k.every(1.0) - a)
    ),
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "negate": operator.neg,
}  # fmt: skip


def kernels(activation: str) -> dict[str, Kernel]:
    """Those that networks with this activation need, by name, but for the rule's."""
    active = ACTIVATIONS[activation]
    plain = (product, pack, pack_transpose, sums, softmax, judge)
    activated = (activate, activate_backward, rescale, normalize, normalize_backward)
    return {
        **{kernel.__name__: kernel for kernel in plain},
        **{kernel.__name__: partial(kernel, active) for kernel in activated},
    }
