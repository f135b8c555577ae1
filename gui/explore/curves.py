"""What the two charts show of a race: titles, values, limits, stretches on plateaus, many starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.theme import Look
from gui.views.strip_chart import Curves
from landscape.fair_race import Summary, summary
from landscape.geometry.stability import limit_formula, stability_limit
from landscape.numerals import numeral
from landscape.race import MEASURES, Race, measured
from landscape.scene import Measure

if TYPE_CHECKING:
    from landscape.geometry.plateaus import Plateaus
    from landscape.geometry.shape import Shape


def loss_curves(race: Race, looks: list[Look], shape: Shape | None, plateaus: bool) -> Curves:
    """Losses above the lowest known, with the stretches that each rule spent on a plateau."""
    known = None if shape is None or shape.critical.searching else shape.critical.minima
    chosen = tuple(looks[entry.index] for entry in race.entries)
    flat = shape.plateaus if shape is not None and plateaus else None
    stretches = () if flat is None else _on_plateaus(race, looks, flat)
    return Curves(
        "loss above the lowest, log scale", race.losses_above_lowest(known), chosen, log=True,
        stretches=stretches,
    )  # fmt: skip


def _on_plateaus(race: Race, looks: list[Look], plateaus: Plateaus) -> tuple[tuple[int, int, Look, str], ...]:
    found = []
    for entry in race.entries:
        path = entry.path
        on = plateaus.holds(path.points[: path.last + 1])
        bounds = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
        for first, last in zip(bounds[::2], bounds[1::2], strict=True):
            steps = min(last, path.last) - first  # that leave one of these places
            if steps > 0:
                text = f"{entry.label} on the plateau · {steps} steps"
                found.append((int(first), int(last - 1), looks[entry.index], text))
    return tuple(found)


def measure_curves(race: Race, name: Measure, looks: list[Look], shape: Shape | None) -> Curves:
    """One of the measures for every rule."""
    chosen = tuple(looks[entry.index] for entry in race.entries)
    title = MEASURES[name] + ", log scale"
    if name in ("starts", "evaluations"):
        return _many_starts(race, name, looks, shape)
    minima = None if shape is None or shape.critical.searching else shape.critical.minima
    values = tuple(measured(entry.path, name, minima) for entry in race.entries)
    limits: tuple[tuple[float, str, str], ...] = ()
    if name == "sharpness":
        limits = _limits(race, looks)
    elif name == "distance" and minima is None:
        title = "distance to the nearest minimum: looking for minima …"
    elif name == "distance" and minima is not None and not len(minima):
        title = "distance to the nearest minimum: no isolated minimum in this domain"
    return Curves(title, values, chosen, log=True, limits=limits)


def _limits(race: Race, looks: list[Look]) -> tuple[tuple[float, str, str], ...]:
    """The limit of each rule, once for those that share it."""
    found: dict[float, tuple[list[str], set[str], str]] = {}
    for entry in race.entries:
        rule = entry.racer.optimizer
        limit = round(stability_limit(rule), 9)
        names, formulas, _ = found.setdefault(limit, ([], set(), looks[entry.index].colour))
        names.append(entry.label)
        formulas.add(limit_formula(rule))
    limits = []
    for limit, (names, formulas, colour) in found.items():
        value = numeral(limit, 3)
        formula = next(iter(formulas)) if len(formulas) == 1 else value
        name = f"limit of {', '.join(names)}: {formula}" + ("" if formula == value else f" = {value}")
        limits.append((limit, name, colour if len(names) == 1 else ""))
    return tuple(limits)


def summaries(race: Race, shape: Shape | None) -> dict[int, Summary]:
    """What many starts say of each rule, by its index; empty until they are all there."""
    if not race.complete or shape is None or shape.critical.searching:
        return {}
    minima = shape.critical.minima
    lowest = float(race.surface.value(minima).min()) if len(minima) else _lowest(race)
    spent = race.scene.tuning_evaluations
    return {
        entry.index: summary(entry.swarm, lowest, minima, spent)
        for entry in race.entries
        if entry.swarm is not None
    }


def _lowest(race: Race) -> float:
    inside = [
        float(np.nanmin(entry.swarm.losses))
        for entry in race.entries
        if entry.swarm is not None and np.isfinite(entry.swarm.losses).any()
    ]
    return min(inside, default=0.0)


def _many_starts(race: Race, name: Measure, looks: list[Look], shape: Shape | None) -> Curves:
    if race.scene.more_starts is None:
        return Curves("many starts: choose a ring, a grid or a random cloud under Start", (), ())
    found = summaries(race, shape)
    if not found:
        return Curves(f"{MEASURES[name]}: running …", (), ())
    chosen = [(entry, found[entry.index]) for entry in race.entries if entry.index in found]
    note = "success  " + "  ".join(f"{entry.label} {100 * s.success:.0f} %" for entry, s in chosen)
    by = "gradients spent" if name == "evaluations" else "step"
    title = f"median of {race.scene.more_starts.count} starts by {by}"
    return Curves(
        title, tuple(_finite(s.median) for _, s in chosen), tuple(looks[entry.index] for entry, _ in chosen),
        log=True, steps=tuple(s.evaluations for _, s in chosen) if name == "evaluations" else (),
        bands=tuple((_finite(s.low), _finite(s.high)) for _, s in chosen), note=note,
    )  # fmt: skip


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)
