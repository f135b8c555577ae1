"""Reasons for a path's course: where its steps went, where it ended, and details.

Each test gives a sentence and the stretch of steps that it speaks of, or None.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape.numerals import numeral
from landscape.reason_facts import CLOSE, FEWEST, GREW, MOVING, TINY, Facts, Found, longest, runs
from landscape.reason_failures import instability
from landscape.remarks import FLIPS, WINDOW

WALKS = 0.3  # of α: a longer step on a plateau is a walk, whatever the gradient
GLIDES = 2.0  # times what the slope explains: a longer step on a plateau is old velocity
ROUNDS = 6.0  # times its radius a stay must be walked to be a jitter: straight through it is 2
STEADY = 0.7  # second half's steps against the first half's: what fades more is settling
DRIFT = 0.5  # of its radius between the halves of a jitter: more is going somewhere
ROAMS = 0.05  # of the domain's size: without a scale of its own, a rule that swings farther roams
ALONG = 0.3  # of the largest curvature: a zig-zag along a direction that bends less has other reasons
SAME = 0.4  # of a zig-zag that a jitter covers: then it is said as what it is
DROWNED = 3.0  # times the noise's deviation: a gradient smaller than that is lost in it
OVERSHOT = 0.05  # of the start's distance: a swing that can be seen
FASTER = 2.0  # times α‖g‖, for `TOGETHER` steps in a row: what velocity must add to be told
TOGETHER = 10
CANCELS = 0.1  # of weight decay's pull: a shorter step is what slope and decay leave of each other
AGREES = 0.01  # how near a first step must be to the theory to be called its consequence
UNSETTLED = 2e-3  # of the drop to the minimum: how far above it a rule that does not settle is told
RISING = 30  # steps in which a missing bias correction makes itself felt


def zigzag(f: Facts) -> Found:
    """A gradient component that changes its sign nearly every step."""
    window = min(WINDOW, f.last)
    gradients = f.path.gradients[: f.last + 1]
    steepest = np.maximum.accumulate(f.slopes)[:, None]  # so far
    rounding = TINY * np.concatenate([steepest, steepest[-1:]])
    signs = np.sign(np.where(np.abs(gradients) > rounding, gradients, 0.0))
    flips = signs[1:] * signs[:-1] < 0
    total = np.concatenate([[[0, 0]], np.cumsum(flips, axis=0)])
    often = total[window:] - total[:-window] >= FLIPS * window
    stretches = [longest(often[:, axis]) for axis in (0, 1)]
    axis = int(np.diff(stretches).argmax())
    begin, after = stretches[axis]
    if window < WINDOW // 2 or after == begin:
        return None
    turns = np.flatnonzero(flips[begin : after - 1 + window, axis])
    first, last = begin + int(turns[0]), begin + int(turns[-1]) + 1
    restless = jitter(f)
    if restless and last - max(restless[1], first) >= SAME * (last - first):
        return None
    if f.noisy and np.median(f.slopes[first:last]) <= DROWNED * f.path.noise.std():
        return None
    sharpness = f.sharpness[first:last]
    known = float(np.median(sharpness)) if np.isfinite(sharpness).all() else 0.0
    bent = f.bend(first, last, axis)  # what bends the other way, or not at all, does not make it turn
    beside = f"; {f.beside_limit(known)}" if bent > ALONG * known > 0 else ""
    if abs(bent) <= TINY * max(known, 1.0):
        beside = ", across a kink"
    sentence = f"Zig-zag: the sign of g_{'xy'[axis]} changed {len(turns)} of {last - first} steps{beside}."
    return sentence, first, last


def plateau(f: Facts) -> Found:
    """No slope: waiting there, or walking on."""
    if f.plateaus is None:
        return None
    first, last = longest(f.plateaus.holds(f.points[:-1]))
    if last - first < f.enough:
        return None
    slope, length, rate = (float(np.median(v[first:last])) for v in (f.slopes, f.lengths, f.rates))
    if not rate:
        return None  # not the plateau's fault
    small = f"‖g‖ = {numeral(slope, 2)} (typical: {numeral(f.plateaus.typical_gradient, 2)})"
    step, share = numeral(length, 2), numeral(length / rate, 2)
    rule: Any = f.path.optimizer
    gain = 1 / (1 - rule.beta) if rule.key == "momentum" and rule.form == "classical" else 1.0
    if f.scales and length >= WALKS * rate:
        why = f"but divided by {f.scales} a step stays {step}, {share} α"
    elif f.scales:
        why = f"and a step is only {step}, {share} α"
    elif length > GLIDES * gain * rate * slope:
        why = f"but velocity or noise keeps a step at {step}"
    else:
        why = f"so a step is only {step}"
    return f"On a plateau for {last - first} steps: {small}, {why}.", first, last


def passed(f: Facts) -> Found:
    """Steps to leave a saddle, predicted and observed."""
    passage = f.passage
    if passage is None or passage.left is None or passage.left - passage.entered < f.enough:
        return None
    return passage.sentence(), passage.entered, passage.left


def _steady(f: Facts) -> bool:
    """Whether the last steps do not fade."""
    before, after = np.array_split(f.lengths[-f.tail :], 2)
    return f.tail >= WINDOW and float(np.median(after)) > STEADY * float(np.median(before))


def jitter(f: Facts) -> Found:
    """Steps that do not fade, around one place."""
    tail = f.points[-f.tail :]
    centre = (tail.min(axis=0) + tail.max(axis=0)) / 2
    apart = np.hypot(*(f.points - centre).T)
    radius = float(apart[-f.tail :].max())
    if f.noisy or f.path.status != "ran" or not _steady(f) or radius <= TINY * f.path.surface.size:
        return None
    before, after = (half.mean(axis=0) for half in np.array_split(tail, 2))
    if (
        f.tail * float(np.median(f.lengths[-f.tail :])) < ROUNDS * radius
        or np.hypot(*(after - before)) > DRIFT * radius
    ):
        return None
    away = np.flatnonzero(apart > (1 + DRIFT) * radius)
    first = int(away[-1]) + 1 if len(away) else 0
    length, slope, rate = (float(np.median(v[first:])) for v in (f.lengths, f.slopes, f.rates))
    where = f"±{numeral(radius, 2)} around {f.place(centre)}"
    start, step = (
        f"Jitters by {where} for the last {f.last - first} steps",
        f"a step stays {numeral(length, 2)}",
    )
    if f.scales:
        return f"{start}: divided by {f.scales}, {step}, {numeral(length / rate, 2)} α.", first, f.last
    if np.median(f.sharpness[first:]) >= CLOSE * f.limit or radius > ROAMS * f.path.surface.size:
        return None  # a zig-zag at the limit, or a flight
    return f"{start}: ‖g‖ does not fade ({numeral(slope, 2)}), so {step}.", first, f.last


def noise(f: Facts) -> Found:
    """Steps that do not fade, from noise."""
    slope, deviation = float(np.median(f.slopes[-f.tail :])), float(f.path.noise.std())
    if not f.noisy or not _steady(f) or slope > DROWNED * deviation:
        return None
    above = numeral(float(f.losses[-f.tail :].mean() - f.losses.min()), 2)
    sizes = f"‖g‖ = {numeral(slope, 2)} under noise of {numeral(deviation, 2)}"
    sentence = f"Noise keeps it moving: {sizes}; the last {f.tail} losses are {above} above its lowest."
    return sentence, f.last - f.tail, f.last


def overshoot(f: Facts) -> Found:
    """Past the minimum, uphill, and back."""
    if f.path.optimizer.key not in ("momentum", "adam", "adamw") or f.goal is None or f.noisy:
        return None
    if f.path.status != "ran" or instability(f):
        return None  # swings that grow are no overshoot
    away = f.distances
    uphill = (f.moves * f.path.gradients[: f.last]).sum(axis=1) > 0
    swings = runs(uphill & (np.diff(away) > 0))
    grown = away[swings[:, 1]] - away[swings[:, 0]]
    wide = int((grown >= OVERSHOT * away[0]).sum())
    if not wide:
        return None
    first, last = (int(k) for k in swings[grown.argmax()])
    if away[last:].min() > (away[first] + away[last]) / 2:
        return None  # it did not come back
    times = {1: "once", 2: "twice"}.get(wide, f"{wide} times")
    swing = f"from {numeral(away[first], 2)} to {numeral(away[last], 2)} off the minimum"
    return f"Overshot {times}: on steps {first}–{last} momentum carried it uphill, {swing}.", first, last


def speed(f: Facts) -> Found:
    """Steps longer than gradient descent's from the same slope."""
    rule: Any = f.path.optimizer
    if rule.key != "momentum" or f.noisy:
        return None
    plain = f.rates * f.slopes
    down = (f.moves * f.path.gradients[: f.last]).sum(axis=1) < 0
    real = (f.slopes > TINY * f.slopes.max()) & (f.lengths > MOVING * f.lengths.max())
    first, last = longest(down & real & (f.lengths > FASTER * plain))
    if last - first < TOGETHER:
        return None
    ratio = numeral(float(np.median(f.lengths[first:last] / plain[first:last])), 2)
    why = "adds up slopes" if rule.form == "classical" else "remembers steeper ground"
    faster = f"a step is {ratio} × gradient descent's α‖g‖"
    return f"On steps {first}–{last} {faster}: the velocity {why}.", first, last


def end(f: Facts) -> Found:
    """The minimum that it is in, or how its loss was still falling."""
    if f.path.status != "ran":
        return None
    if f.goal is None or f.critical is None or f.arrived is None or f.last - f.arrived < FEWEST:
        return _on_the_way(f)
    place, whole = f.goal
    lows = f.path.surface.value(np.array([places[0] for places in f.critical.attractors]))
    bottom, loss = float(f.path.surface.value(place)), float(f.losses[-1])
    lowest, zero = float(lows.min()), TINY * float(np.ptp(f.losses))
    if len(lows) == 1:
        rank = "the only one"
    elif bottom - lowest <= max(zero, TINY * abs(lowest)):
        rank = f"none of the {len(lows)} known is lower"
    else:
        rank = f"the lowest of {len(lows)} known has {numeral(lowest if abs(lowest) > zero else 0.0, 3)}"
    what = f"{'line of minima at' if whole else 'minimum'} {f.place(place)}"
    shown = numeral(loss if abs(loss) > zero else 0.0, 3)
    if _steady(f) and loss - bottom > UNSETTLED * float(f.losses[0] - bottom):
        around = f"Stays around the {what} from step {f.arrived} on, but does not settle"
        return f"{around}: loss {shown} at the end.", f.arrived, f.last
    reached = f"Reached the {what} at step {f.arrived}" if f.arrived else f"Began and stayed in the {what}"
    return f"{reached}: loss {shown} at the end; {rank}.", f.arrived, f.last


def _on_the_way(f: Facts) -> Found:
    fell = float(f.losses[-1 - f.tail] - f.losses[-1])
    if fell <= MOVING * float(f.losses[0] - f.losses.min()) or fell <= 0:
        return None
    left = f"; the nearest minimum is {numeral(f.distances[-1], 2)} away" if f.goal else ""
    sentence = f"Not there yet: the loss still fell by {numeral(fell, 2)} in the last {f.tail} steps{left}."
    return sentence, f.last - f.tail, f.last


def weight_decay(f: Facts) -> Found:
    """At rest beside the minimum, where weight decay and slope cancel."""
    rule: Any = f.path.optimizer
    if rule.key != "adamw" or f.path.status != "ran" or f.arrived is not None or f.noisy:
        return None
    place, gradient = f.points[-2], f.path.gradients[f.last - 1]
    pull = float(f.rates[-1] * rule.weight_decay * np.hypot(*place))
    cancelled = np.flatnonzero(f.lengths > CANCELS * pull)
    first = int(cancelled[-1]) + 1 if len(cancelled) else 0
    if f.last - first < f.enough or gradient @ place >= 0 or not pull:
        return None
    slope = numeral(f.slopes[-1], 2)
    sentence = (
        f"At rest with ‖g‖ = {slope}: weight decay pulls to 0 by {numeral(pull, 2)} a step, the slope back."
    )
    return sentence, first, f.last


def first_step(f: Facts) -> Found:
    """The first step's length, where it is what theory says."""
    rule: Any = f.path.optimizer
    gradient, move, rate = f.path.gradients[0] + f.path.noise[0], np.abs(f.moves[0]), float(f.rates[0])
    slope = float(np.hypot(*gradient))
    corrected = getattr(rule, "bias_correction", False)
    if f.scales:
        factor = 1.0
        if rule.key == "rmsprop":
            factor = (1 - rule.rho) ** -0.5
        elif rule.key != "adagrad" and not corrected:
            factor = (1 - rule.beta1) / (1 - rule.beta2) ** 0.5
        size = factor * rate
        expected = np.where(gradient == 0, 0.0, size)
    elif rule.key == "momentum":
        factor = 1 - rule.beta if rule.form == "ewma" and not corrected else 1.0
        factor *= 1 + rule.beta if rule.nesterov and not corrected else 1.0
        size, expected = factor * rate * slope, factor * rate * np.abs(gradient)
    else:
        return None
    if not slope or (np.abs(move - expected) > AGREES * size).any():
        return None
    times, length = numeral(factor, 3), numeral(size, 3)
    if not f.scales:
        as_long = "as long as" if factor == 1 else f"{times} ×"
        return f"The first step, {length}, is {as_long} gradient descent's: the velocity starts at 0.", 0, 1
    whatever = f"in each coordinate, whatever the gradient (‖g‖ = {numeral(slope, 2)})"
    if rule.key in ("rmsprop", "adagrad") or corrected:
        name = "α/√(1−ρ)" if rule.key == "rmsprop" else "α"
        return f"The first step is {name} = {length} {whatever}.", 0, 1
    ratios = np.abs(f.moves[:RISING]).max(axis=1) / f.rates[:RISING]
    top = int(ratios.argmax())
    later = f"; step {top + 1} is {numeral(ratios[top], 3)} α" if top else ""
    return f"Without bias correction the first step is {times} α {whatever}{later}.", 0, top + 1


def warm_up(f: Facts) -> Found:
    """A learning rate that rises at first."""
    top = int(f.rates.argmax())
    if top < FEWEST or f.rates[0] * GREW > f.rates[top] or (np.diff(f.rates[: top + 1]) <= 0).any():
        return None
    rise = f"α rises from {numeral(f.rates[0], 2)} to {numeral(f.rates[top], 2)} over {top + 1} steps"
    return f"Warm-up: {rise}, so the first step is only {numeral(f.lengths[0], 2)} long.", 0, top
