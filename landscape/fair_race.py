"""A fair race: whose learning rate is used, and what many starts say of a rule.

A race is won or lost by the learning rates, so how they were chosen is said, never silent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from landscape.descent import Swarm, checked_starts, checked_steps, descend, descending_many
from landscape.errors import FieldError
from landscape.hyperparameters import LEARNING_RATE
from landscape.schedules import Schedule
from landscape.suggest import suggested_rate
from landscape.surface import Array, Surface

Policy = Literal["own", "equal_rate", "equal_first_step", "tuned"]
POLICIES: dict[Policy, str] = {
    "own": "Each its own learning rate",
    "equal_rate": "Equal learning rate",
    "equal_first_step": "Equal length of the first step",
    "tuned": "Each at its tuned learning rate",
}
LAST = 0.1  # share of the steps, at the end, that tells where a rule has come to
NEAR = 0.02  # of the domain's diagonal: "at" a minimum; a constant step size jitters around it
LOW = 0.01  # of the starts' height: "at" the lowest loss, where it belongs to no smooth minimum
SAME = 1e-6  # of the starts' height: two minima are equally low
REACH = 1e3  # the search begins with rates so many times smaller and larger than the one that suits


def first_step(optimizer: Any, gradient: ArrayLike, position: ArrayLike, factor: float = 1.0) -> float:
    """Length of a rule's first step, from its learning rate times the schedule's first factor.

    The gradient is that at the start `(2,)`, without noise.

    >>> from landscape import Adam
    >>> round(first_step(Adam(learning_rate=0.1), (3, 0), (0, 0)), 6)  # α, whatever the gradient
    0.1
    """
    slope, here = np.array([gradient, position], dtype=float)
    with np.errstate(all="ignore"):
        step, _ = optimizer.update(slope, optimizer.init(here), here, optimizer.learning_rate * factor)
        return float(np.hypot(step[0], step[1]))


def levelled(
    racers: Sequence[Any], policy: Policy, leader: int,
    gradient: ArrayLike, position: ArrayLike, factor: float = 1.0,
) -> tuple[Any, ...]:  # fmt: skip
    """The rules with the learning rates that a policy gives them; the leader, by its place, keeps its own.

    - "equal_rate": all take the leader's
    - "equal_first_step": every first step is as long as the leader's, to 1e-12 of it. A rule keeps its
      rate where no rate can do that: without a gradient, or where there is none
    - "own", "tuned": unchanged

    >>> from landscape import Adam, GradientDescent
    >>> rules = levelled([GradientDescent(0.1), Adam(0.01)], "equal_first_step", 0, (3, 0), (0, 0))
    >>> [round(rule.learning_rate, 6) for rule in rules]
    [0.1, 0.3]
    """
    if policy in ("own", "tuned") or not racers:
        return tuple(racers)
    if policy == "equal_rate":
        rates = [racers[leader].learning_rate for _ in racers]
    else:
        length = first_step(racers[leader], gradient, position, factor)
        rates = [_rate_for(length, racer, gradient, position, factor) for racer in racers]
    return tuple(replace(racer, learning_rate=rate) for racer, rate in zip(racers, rates, strict=True))


def _rate_for(length: float, racer: Any, gradient: ArrayLike, position: ArrayLike, factor: float) -> float:
    now = first_step(racer, gradient, position, factor)
    if math.isclose(now, length, rel_tol=1e-13):
        return racer.learning_rate  # so that levelling twice changes nothing more
    # Every rule's step is its learning rate times something, so one division is enough.
    unit = first_step(replace(racer, learning_rate=1.0), gradient, position, factor)
    rate = length / unit if unit > 0 else math.nan
    return rate if 0 < rate < math.inf else racer.learning_rate


@dataclass(frozen=True)
class Trial:
    """One learning rate that was tried; losses are medians over the starts, and may be infinite."""

    learning_rate: float
    score: float  # mean loss over the last tenth of the steps
    mean: float  # over all the steps: of two with equal scores, the lower was there sooner
    diverged: float  # share of the starts


@dataclass(frozen=True)
class Tuning:
    """A search for a learning rate, as far as it has come."""

    optimizer: Any  # the rule with the best rate so far; as it was given while none got through
    trials: tuple[Trial, ...]  # in the order in which they were made
    budget: int  # how many there may be
    evaluations: int  # gradient evaluations that they took, over all starts
    complete: bool


def tuned(
    surface: Surface, optimizer: Any, starts: ArrayLike, steps: int,
    schedule: Schedule | None = None, noise: float = 0.0, seed: int = 0, budget: int = 24,
) -> Iterator[Tuning]:  # fmt: skip
    """Search a rule's best learning rate; nothing else of it is changed.

    Half the trials are spread evenly on a logarithmic scale, from a thousandth to a thousand times the
    rate that suits rule and surface (`suggested_rate`; not the rule's present rate, so that nobody
    gains by having been tuned before). The others close in on the best: each pair halves the distance,
    and at an end of the range it goes on outwards. Rates have three digits, so that the one shown is
    the one tried, and are no nearer to each other than 1 %, at which the search stops early.

    The score is the median over the starts of the mean loss over the last tenth of the steps. Not the
    lowest loss ever seen, nor the last alone: a rule that swings through the minimum has not arrived.
    A start that diverges counts as infinite: one that leaves the numbers, or ever goes farther off the
    map than the map is wide. Scores that differ by rounding only (1e-12 of the descent)
    are equal; the one that came down sooner wins, then the one nearer to the rate that suits.

    A rate is tuned to just this noise and seed. The search is deterministic. It yields after every
    trial and, with many starts, now and then within one. A FieldError tells of no starts, or of a
    budget below three; otherwise as `descend`.

    >>> from landscape import GradientDescent, surfaces
    >>> *_, done = tuned(surfaces["bowl"], GradientDescent(0.01), [(1, 1)], steps=10)
    >>> done.optimizer.learning_rate, len(done.trials) <= done.budget  # 1 would be exact
    (0.99, True)
    """
    points, steps = checked_starts(starts), checked_steps(steps)
    if not len(points):
        raise FieldError("starts", "A search for a learning rate needs at least one start.")
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 3:
        raise FieldError("budget", f"budget is {budget!r}; it must be a whole number of at least 3 trials.")
    suits = suggested_rate(surface, optimizer.key, (float(points[0, 0]), float(points[0, 1])))
    height = float(_quantile(surface.value(points), 0.5))
    wide = max(3, budget // 2)
    spacing = REACH ** (2 / (wide - 1))
    waiting = [LEARNING_RATE.rounded(suits / REACH * spacing**k) for k in range(wide)]
    now = Tuning(optimizer, (), budget, 0, complete=False)
    while waiting:
        rule = replace(optimizer, learning_rate=waiting.pop(0))
        for swarm in _runs(surface, rule, points, steps, schedule, noise, seed):
            if swarm is None:
                yield now
                continue
            trials = (*now.trials, _trial(swarm))
            spent = now.evaluations + int(np.where(swarm.ended_at < 0, steps, swarm.ended_at).sum())
        best = _best(trials, height, suits)
        if not waiting:
            waiting, spacing = _closer(best.learning_rate, [trial.learning_rate for trial in trials], spacing)
            waiting = waiting[: budget - len(trials)]
        found = replace(optimizer, learning_rate=best.learning_rate) if best.score < math.inf else optimizer
        now = Tuning(found, trials, budget, spent, complete=not waiting)
        yield now


def _runs(surface: Surface, rule: Any, points: Array, *how: Any) -> Iterator[Swarm | None]:
    if len(points) > 1:
        yield from descending_many(surface, rule, points, *how)
    else:  # many times faster
        path = descend(surface, rule, points[0], *how)
        ended_at = np.array([-1 if path.ended_at is None else path.ended_at])
        yield Swarm(surface, rule, path.points[:, None], path.losses[:, None], ended_at)


def _trial(swarm: Swarm) -> Trial:
    lost = _off(swarm).any(axis=0)
    losses = np.where(lost, np.inf, swarm.losses)
    with np.errstate(all="ignore"):
        last, whole = (_quantile(part.mean(axis=0), 0.5) for part in (losses[-_last(losses) :], losses))
    return Trial(float(swarm.optimizer.learning_rate), float(last), float(whole), float(lost.mean()))


def _best(trials: Sequence[Trial], height: float, suits: float) -> Trial:
    lowest = min(trial.score for trial in trials)
    if math.isinf(lowest):  # all diverged: a smaller one has the best prospects
        return min(trials, key=lambda trial: trial.learning_rate)
    equal = [trial for trial in trials if trial.score <= lowest + 1e-12 * abs(height - lowest)]
    return min(equal, key=lambda trial: (trial.mean, abs(math.log(trial.learning_rate / suits))))


def _closer(best: float, tried: list[float], spacing: float) -> tuple[list[float], float]:
    """The next rates to try, and their distance from the best as a factor."""
    inside = min(tried) < best < max(tried)
    spacing = math.sqrt(spacing) if inside else spacing
    near = [LEARNING_RATE.rounded(rate) for rate in (best / spacing, best * spacing)]
    return [rate for rate in near if all(abs(rate / other - 1) > 0.01 for other in tried)], spacing


@dataclass(frozen=True)
class Summary:
    """What many starts say of one rule.

    Losses are taken above the lowest that is known; a start that has ended counts as infinitely high
    from then on, so that a rule that often diverges is not flattered. A quartile may thus be infinite.

    A start has *arrived* if it stays near one minimum for the last tenth of the steps: within 2 % of
    the domain's diagonal, and no other minimum nearer to where it ends. It has *succeeded* if that
    minimum is the lowest known, or one of several that are equally low. Where the lowest known loss
    belongs to none of the minima (at a kink, off the map), success is to stay within 1 % of the median
    height of the starts above it.

    Attributes
    ----------
    median, low, high : `(steps+1,)`, median and quartiles (25 % and 75 %) over the starts
    evaluations : `(steps+1,)`, gradient evaluations spent by one start up to each step: one a step, for
        every rule here, and its share of those that the search for its rate took
    success : share of the starts that succeeded
    reached_any : share of the starts that arrived at any minimum, or succeeded
    median_steps : median over the successful starts of the step from which on they stay near; None
        without any. It says nothing of the others: read it beside `success`
    diverged : share of the starts that ended early, or farther off the map than the map is wide
    """

    median: Array
    low: Array
    high: Array
    evaluations: Array
    success: float
    reached_any: float
    median_steps: float | None
    diverged: float


def summary(swarm: Swarm, lowest: float, minima: ArrayLike, search_evaluations: int = 0) -> Summary:
    """What many starts say of one rule; the definitions stand at `Summary`.

    `lowest` is the lowest loss that is known, `minima` `(k, 2)` the minima that are, in any order, maybe
    none; the starts share the `search_evaluations`. A FieldError tells of a swarm without starts.

    >>> from landscape import GradientDescent, descend_many, surfaces
    >>> swarm = descend_many(surfaces["bowl"], GradientDescent(0.5), [(1, 0), (0, 2)], steps=20)
    >>> found = summary(swarm, 0.0, [(0, 0)])
    >>> found.success, found.median_steps, found.median[:3].tolist()
    (1.0, 4.5, [1.25, 0.3125, 0.078125])
    """
    count = swarm.points.shape[1]
    if not count:
        raise FieldError("starts", "A summary needs at least one start.")
    minima = np.reshape(np.asarray(minima, dtype=float), (-1, 2))
    arrived: Any = np.zeros(count, dtype=bool)
    with np.errstate(all="ignore"):
        above = swarm.losses - lowest
        latest = len(above) - _last(above)
        low, median, high = (_quantile(above, share) for share in (0.25, 0.5, 0.75))
        height = float(median[0]) if math.isfinite(median[0]) else 0.0
        best = swarm.surface.value(minima) <= lowest + SAME * height + 1e-12 * abs(lowest)
        if len(minima):
            nearest = np.linalg.norm(swarm.points[-1][:, None] - minima, axis=2).argmin(axis=1)
            apart = np.linalg.norm(swarm.points - minima[nearest], axis=2)
            since = _stays(apart <= NEAR * swarm.surface.size)
            arrived = since <= latest
            success = arrived & best[nearest]
        if not best.any():
            since = _stays(above <= LOW * height)
            success = since <= latest
    return Summary(
        median, low, high,
        np.arange(len(above)) + search_evaluations / count,
        float(success.mean()),
        float((arrived | success).mean()),
        float(np.median(since[success])) if success.any() else None,
        float(_off(swarm)[-1].mean()),
    )  # fmt: skip


def _off(swarm: Swarm) -> Any:
    """Where each start is no longer, or is too far off the map (and its start): `(steps+1, n)`."""
    low, high = np.array([swarm.surface.x, swarm.surface.y]).T
    least = np.minimum(low, swarm.points[0]) - (high - low)
    most = np.maximum(high, swarm.points[0]) + (high - low)
    return ~((swarm.points >= least) & (swarm.points <= most)).all(axis=2)


def _stays(inside: Any) -> Any:
    """From which step on all is true, `(steps+1, n)` -> `(n,)`; steps+1 where the last is not."""
    outside = ~inside
    return np.where(outside.any(axis=0), len(outside) - outside[::-1].argmax(axis=0), 0)


def _last(losses: Array) -> int:
    """How many of the steps are the last tenth."""
    return max(1, round(LAST * (len(losses) - 1)))


def _quantile(values: Any, share: float) -> Any:
    """A quantile along the last axis; what is not finite counts as inf, of which NumPy's would make nan."""
    ordered = np.sort(np.where(np.isfinite(values), values, np.inf), axis=-1)
    place = share * (ordered.shape[-1] - 1)
    below, part = int(place), place % 1
    if not part:
        return ordered[..., below]
    return ordered[..., below] * (1 - part) + ordered[..., below + 1] * part
