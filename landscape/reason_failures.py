"""Reasons why a rule's path went wrong: each test gives a sentence and its stretch of steps, or None."""

from __future__ import annotations

import numpy as np

from landscape.numerals import numeral
from landscape.reason_facts import AT_REST, GREW, MOVING, TINY, Facts, Found, longest
from landscape.remarks import remark

UNSTABLE = 5  # steps in a row above the limit: fewer are a scare, not a reason
SURGE = 0.02  # of the path's range of losses: less is a ripple
THROWN = 10.0  # times the usual step, and `FAR` of the domain's size: a fall off a cliff
FAR = 0.15
SPENT = 0.01  # of the largest learning rate: as good as none


def divergence(f: Facts) -> Found:
    """It left the numbers: since when αλ₁ was above the limit."""
    if f.path.status != "diverged":
        return None
    at, losses = f.path.ended_at, f.losses
    if not f.last:
        slope = numeral(float(np.hypot(*f.path.gradients[0])), 2)
        return f"Diverged at step {at}: with ‖g‖ = {slope}, the first step left the numbers.", 0, 0
    if losses[-1] < losses[0]:
        low = numeral(losses[-1], 2)
        return f"Left the numbers at step {at}, downhill: the loss fell to {low} without an end.", 0, f.last
    calm = np.flatnonzero(~(f.sharpness > f.limit))
    first = int(calm[-1]) + 1 if len(calm) else 0
    if first < f.last and losses[first] < losses[-1]:
        why = f"from step {first} on {f.beside_limit(f.sharpness[first])}; the loss rose"
    else:
        first, why = 0, "the loss rose"
    rose = f"from {numeral(losses[first], 2)} to {numeral(losses[-1], 2)}"
    return f"Diverged at step {at}: {why} {rose}.", first, f.last


def hole(f: Facts) -> Found:
    """It stopped where the loss, its slope or the next step does not exist."""
    if f.path.status != "undefined":
        return None
    sentence = remark(f.path, f.path.steps)
    if f.last and "not defined" in sentence:
        sentence = f"{sentence[:-1]}, after a step of {numeral(f.lengths[-1], 2)}."
    return sentence, max(f.last - 1, 0), f.last


def instability(f: Facts) -> Found:
    """Above the limit, and the loss rose; but it lived."""
    first, last = longest(f.sharpness > f.limit)
    low, high = f.losses.min(), f.losses.max()
    before, after = f.losses[first], f.losses[last]
    if f.path.status != "ran" or last - first < UNSTABLE or after - before < SURGE * (high - low):
        return None
    if after - low < GREW * (before - low):
        return None
    above = f.beside_limit(float(np.median(f.sharpness[first:last])))
    before, after = numeral(before, 3), numeral(after, 3)
    if before == after:
        return None  # beside the size of the losses, nobody sees it rise
    return f"Unstable on steps {first}–{last}: {above}; the loss rose from {before} to {after}.", first, last


def thrown(f: Facts) -> Found:
    """One step onto a wall of gradient, and the next one far away."""
    k = int(f.lengths.argmax())
    far = max(THROWN * np.median(f.lengths), FAR * f.path.surface.size)
    if f.scales or f.noisy or f.path.status != "ran" or not k or f.lengths[k] < far:
        return None
    if instability(f):
        return None  # thrown again and again, by no wall
    before, here = f.slopes[k - 1], f.slopes[k]
    if here < GREW * before:
        return None
    rose, length = f"‖g‖ rose from {numeral(before, 2)} to {numeral(here, 2)}", numeral(f.lengths[k], 2)
    return f"Thrown at step {k}: {rose} in one step, so the next was {length} long.", k - 1, k + 1


def stuck(f: Facts) -> Found:
    """Still at a saddle: exactly on its ridge, or it had not enough steps."""
    passage = f.passage
    if passage is None or passage.left is not None or not passage.stays:
        return None
    if f.last - passage.entered < f.enough:
        return None
    slopes = f.path.gradients[passage.entered : f.last]
    off = np.abs(slopes @ passage.saddle.eigenvectors[:, 0]).max()
    if passage.predicted == np.inf and off <= TINY * f.slopes.max():
        where = f.place(passage.saddle.position)
        sentence = f"Stuck at the saddle {where}: exactly on its ridge, g has no component that leads off it."
        return sentence, passage.entered, f.last
    return passage.sentence(), passage.entered, f.last


def decay(f: Facts) -> Found:
    """The learning rate was gone before the slope was."""
    best, now, slope = float(f.rates.max()), float(f.rates[-1]), float(f.slopes[-1])
    if f.arrived is not None or not now <= SPENT * best or slope < MOVING * f.slopes.max():
        return None
    first = int(np.flatnonzero(f.rates > SPENT * best)[-1]) + 1
    seen = AT_REST * f.path.surface.size
    undecayed = best * (1.0 if f.scales else slope) * (f.last - first)  # how far it could have gone
    if f.lengths[first:].sum() > seen or undecayed < seen:
        return None
    left = f" and the nearest minimum {numeral(f.distances[-1], 2)} away" if f.goal else ""
    fell = f"α fell from {numeral(best, 2)} to {numeral(now, 2)}"
    return f"Came to rest too early: {fell}, but ‖g‖ is still {numeral(slope, 2)}{left}.", first, f.last


def off_the_map(f: Facts, back: bool) -> Found:
    """It left the domain that is shown; and came back, or not."""
    surface = f.path.surface
    low, high = np.array([surface.x, surface.y]).T
    away = np.maximum(np.maximum(low - f.points, f.points - high), 0)
    out = (away > 0).any(axis=1)
    if f.path.status == "diverged" or not out.any() or bool(out[-1]) is back:
        return None
    first, last = (int(k) for k in np.flatnonzero(out)[[0, -1]])
    farthest = f.place(f.points[np.hypot(*away.T).argmax()])
    end = f"back for good at step {last + 1}" if back else "and outside at the end"
    many = "1 step, step" if out.sum() == 1 else f"{out.sum()} steps, from step"
    return f"Off the map on {many} {first}, as far as {farthest}; {end}.", first, last
