"""Scene -> solution: every path of the race, and the curves that are drawn from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from landscape.descent import Path, Swarm, descend, descending_many
from landscape.geometry.stability import sharpness
from landscape.scene import Measure, MoreStarts, Racer, Scene
from landscape.surface import Array, Surface

MEASURES: dict[Measure, str] = {
    "gradient": "‖∇f‖, length of the gradient",
    "distance": "distance to the nearest minimum",
    "sharpness": "αλ₁, learning rate × largest curvature",
    "starts": "many starts: median loss, quartiles",
    "evaluations": "the same against gradient evaluations",
}


@dataclass(frozen=True)
class Entry:
    """One rule of the race that takes part.

    Attributes
    ----------
    index : its place among the scene's optimizers
    label : the letter on its ball, with an index from the second of a rule on
    """

    index: int
    label: str
    racer: Racer
    path: Path
    swarm: Swarm | None = None


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def labels(racers: Sequence[Racer]) -> list[str]:
    """The letters on the balls; the second of the same rule has a 2 beside it.

    >>> from landscape import Adam
    >>> labels([Racer(optimizer=Adam()), Racer(optimizer=Adam(learning_rate=1.0))])
    ['A', 'A₂']
    """
    seen: dict[str, int] = {}
    result = []
    for racer in racers:
        rule = racer.optimizer
        seen[rule.key] = seen.get(rule.key, 0) + 1
        index = "" if seen[rule.key] == 1 else str(seen[rule.key]).translate(_SUBSCRIPTS)
        result.append(rule.letter + index)
    return result


@dataclass(frozen=True)
class Race:
    """The solution of a scene; a moment of it is a step number.

    Attributes
    ----------
    entries : those rules that are switched on, in the scene's order
    complete : False while the many starts are still being computed
    """

    scene: Scene
    surface: Surface
    entries: tuple[Entry, ...]
    complete: bool = True

    def entry(self, index: int | None) -> Entry | None:
        """The rule at that place of the scene, if it takes part."""
        return next((entry for entry in self.entries if entry.index == index), None)

    def losses_above_lowest(self, minima: Array | None = None) -> tuple[Array, ...]:
        """Each path's losses above the lowest that is known: of any path, or at one of the minima."""
        paths = [entry.path for entry in self.entries]
        # Where a bottomless surface falls away far outside there is no lowest loss worth the name.
        (x_low, x_high), (y_low, y_high) = self.surface.x, self.surface.y
        middle = np.array([(x_low + x_high) / 2, (y_low + y_high) / 2])
        sides = np.array([x_high - x_low, y_high - y_low])
        found = []
        for path in paths:
            with np.errstate(invalid="ignore"):
                near = (np.abs(path.points - middle) <= 1.5 * sides).all(axis=1)
            losses = path.losses[near & np.isfinite(path.losses)]
            if losses.size:
                found.append(float(losses.min()))
        if minima is not None and len(minima):
            found.append(float(self.surface.value(minima).min()))
        lowest = min(found, default=0.0)
        return tuple(path.losses - lowest for path in paths)


def solve(scene: Scene) -> Iterator[Race]:
    """The race, as soon as the paths are there; then with the many starts, rule by rule.

    While a swarm walks, the race that is known so far is given again, so that it can be given up.

    >>> race = next(solve(Scene(steps=10)))
    >>> [entry.label for entry in race.entries]
    ['G', 'M', 'R', 'A']
    """
    surface = scene.surface.surface
    entries: list[Entry] = []
    for index, (racer, label) in enumerate(zip(scene.optimizers, labels(scene.optimizers), strict=True)):
        if racer.enabled:
            path = descend(
                surface, racer.optimizer, scene.start, scene.steps, scene.schedule, scene.noise, scene.seed
            )  # fmt: skip
            entries.append(Entry(index, label, racer, path))
    alone = scene.more_starts is None or not entries
    race = Race(scene, surface, tuple(entries), complete=alone)
    yield race
    if scene.more_starts is None:
        return
    around = starts(scene.more_starts, surface, scene.start, scene.seed)
    for place, entry in enumerate(entries):
        walk = descending_many(
            surface, entry.racer.optimizer, around, scene.steps, scene.schedule, scene.noise, scene.seed
        )
        for swarm in walk:
            if swarm is not None:
                entries[place] = replace(entry, swarm=swarm)
                race = Race(scene, surface, tuple(entries), complete=place == len(entries) - 1)
            yield race


def starts(more: MoreStarts, surface: Surface, start: tuple[float, float], seed: int) -> Array:
    """The further starts `(count, 2)` around the first.

    >>> from landscape import surfaces
    >>> starts(MoreStarts(kind="ring", count=4, radius=0.25), surfaces["bowl"], (0, 0), 0).round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
    """
    sides = np.array([surface.x[1] - surface.x[0], surface.y[1] - surface.y[0]])
    if more.kind == "grid":
        columns = max(1, round(np.sqrt(more.count)))
        rows = -(-more.count // columns)
        x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
        grid = np.stack([x.ravel(), y.ravel()], axis=1)[: more.count]
        return grid * sides + [surface.x[0], surface.y[0]]
    if more.kind == "ring":
        angle = 2 * np.pi * np.arange(more.count) / more.count
        around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    else:
        random = np.random.default_rng(seed)
        length = np.sqrt(random.random(more.count))
        angle = 2 * np.pi * random.random(more.count)
        around = np.stack([np.cos(angle), np.sin(angle)], axis=1) * length[:, None]
    return np.asarray(start) + around * sides * more.radius


def measured(path: Path, measure: Measure, minima: Array | None = None) -> Array:
    """One measure along a path: `(steps+1,)`, nan where it has none.

    - "gradient": ‖∇f‖
    - "distance": Euclidean distance to the nearest of `minima`
    - "sharpness": α(t)·λ_max of the Hessian, scaled where the rule scales; see `geometry.stability`
    """
    if measure == "gradient":
        return np.hypot(path.gradients[:, 0], path.gradients[:, 1])
    if measure == "distance":
        if minima is None or not len(minima):
            return np.full(len(path.points), np.nan)
        from scipy.spatial import KDTree

        apart = np.full(len(path.points), np.nan)
        there = np.isfinite(path.points).all(axis=1)
        apart[there] = KDTree(minima).query(path.points[there])[0]
        return apart
    if measure == "sharpness":
        return sharpness(path)
    return np.full(len(path.points), np.nan)  # a measure of many starts: a single path has none
