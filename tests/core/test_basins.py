"""Basins of attraction: known facts, and every shortcut against walking each start to the end."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from landscape import (
    AdaGrad,
    Adam,
    AdamW,
    Cosine,
    Exponential,
    FieldError,
    GradientDescent,
    Momentum,
    RMSProp,
    Surface,
    descend,
    descend_many,
    surfaces,
)  # fmt: skip
from landscape.geometry.basins import DIVERGED, TRAVELLING, UNDEFINED, basins

HIMMELBLAU = surfaces["himmelblau"]
CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 80)), np.sin(np.linspace(0, 2 * np.pi, 80))], axis=1)
RULES = {
    "descent": GradientDescent(0.01),
    "descent at the limit": GradientDescent(0.0189),
    "momentum": Momentum(0.03),
    "fast momentum": Momentum(0.3),
    "heavy ball": Momentum(0.01, form="classical"),
    "long memory": Momentum(0.03, 0.99),
    "nesterov": Momentum(0.05, nesterov=True),
    "corrected": Momentum(0.05, bias_correction=True),
    "rmsprop": RMSProp(0.02, 0.99),
    "jittering": RMSProp(0.3, 0.9),
    "adam": Adam(0.1),
    "forgetful adam": Adam(0.1, 0.9, 0.9),
    "leaping adam": Adam(1.0),
    "uncorrected adam": Adam(0.1, bias_correction=False),
    "adamw": AdamW(0.1, weight_decay=0.1),
    "adagrad": AdaGrad(1.0),
}


def last(*arguments, **named):
    *_, snapshot = basins(*arguments, **named)
    return snapshot


def middles(surface, shape):
    xs, ys = (
        low + (np.arange(n) + 0.5) * ((high - low) / n)
        for n, (low, high) in zip(shape[::-1], (surface.x, surface.y), strict=True)
    )
    return np.stack(np.meshgrid(xs, ys), axis=-1)


def settles(surface, optimizer, schedule, steps, minimum):
    """Whether α·λ_max is below 2, 2 + 2β or (2 + 2β)/(1 − β), for the rules that have such a limit."""
    beta = getattr(optimizer, "beta", 0.0)
    limit = 2 + 2 * beta
    if optimizer.key not in ("gradient_descent", "momentum"):
        return True
    if getattr(optimizer, "nesterov", False):
        limit /= 1 + 2 * beta
    if getattr(optimizer, "form", "") == "ewma":
        limit /= 1 - beta
    rate = optimizer.learning_rate * (1 if schedule is None else schedule(steps - 1))
    hessian = surface.hessian(minimum)
    return not np.isfinite(hessian).all() or rate * np.linalg.eigvalsh(hessian)[1] <= limit


def walked(surface, optimizer, shape, steps, schedule, known, attractors=None):
    """Labels by walking every start to the last step; holes are not told from divergence."""
    starts = middles(surface, shape).reshape(-1, 2)
    swarm = descend_many(surface, optimizer, starts, steps, schedule)
    labels = np.where(swarm.ended_at < 0, TRAVELLING, DIVERGED)
    ran = swarm.ended_at < 0
    attractors = [point[None] for point in known.minima] if attractors is None else attractors
    distances = np.array([
        np.linalg.norm(swarm.points[-1][:, None] - points, axis=2).min(axis=1) for points in attractors
    ])  # fmt: skip
    for index in range(len(attractors)):
        there = ran & (distances[index] < known.reach[index]) & (distances[index] == distances.min(axis=0))
        labels[there] = (
            index if settles(surface, optimizer, schedule, steps, known.minima[index]) else TRAVELLING
        )
    return labels.reshape(shape)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("key", ["himmelblau", "rosenbrock", "log_barrier"])
def test_shortcuts_change_no_label(key, rule):
    surface, shape = surfaces[key], (16, 18)
    for steps, schedule in ((300, None), (120, Cosine(over=150)), (60, Exponential(gamma=1.01))):
        known = last(surface, RULES[rule], shape, steps, schedule)
        labels = np.where(known.labels == UNDEFINED, DIVERGED, known.labels)
        assert (labels == walked(surface, RULES[rule], shape, steps, schedule, known)).all()


def test_a_large_map_in_several_herds_is_the_same():
    for rule in ("descent", "momentum", "adam"):
        known = last(HIMMELBLAU, RULES[rule], (180, 200), 120)
        assert (known.labels == walked(HIMMELBLAU, RULES[rule], (180, 200), 120, None, known)).all()


@pytest.mark.parametrize("rule", ["descent", "momentum", "adam", "rmsprop"])
@pytest.mark.parametrize("key", ["himmelblau", "log_barrier", "abs_valley", "ackley"])
def test_single_paths_agree(key, rule):
    surface, optimizer, shape = surfaces[key], RULES[rule], (9, 9)
    known = last(surface, optimizer, shape, 200)
    for place in np.ndindex(shape):
        path = descend(surface, optimizer, middles(surface, shape)[place], 200)
        label = known.labels[place]
        if path.status == "ran":
            distance = np.linalg.norm(known.minima - path.points[-1], axis=1)
            assert label == (distance.argmin() if (distance < known.reach).any() else TRAVELLING)
        elif path.status == "undefined" and np.isfinite(path.losses[path.last]):
            # It stopped on the tip of a kink, or beside it: where that is a minimum, it has arrived.
            distance = np.linalg.norm(known.minima - path.points[path.last], axis=1)
            assert label == (distance.argmin() if (distance < known.reach).any() else UNDEFINED)
        else:
            assert label == {"diverged": DIVERGED, "undefined": UNDEFINED}[path.status]


def test_himmelblau_by_small_steps():
    known = last(HIMMELBLAU, GradientDescent(0.001), (64, 64), 1000)
    assert len(known.minima) == 4
    assert sum(known.fractions[k] for k in range(4)) == 1
    for index, point in enumerate(known.minima):  # each minimum lies in its own basin
        ix, iy = ((point + 5) / 10 * 64).astype(int)
        assert known.labels[iy, ix] == index


def test_twin_valleys_are_halves():
    known = last(surfaces["twin_valleys"], GradientDescent(0.02), (48, 64))
    left, right = known.labels[:, :32], known.labels[:, 32:]
    assert len(np.unique(left)) == len(np.unique(right)) == 1
    assert known.minima[left[0, 0], 0] == pytest.approx(-1)
    assert known.fractions[0] == known.fractions[1] == 0.5


def test_descent_on_a_bowl_lives_below_two_over_lambda():
    bowl = Surface.from_formula("0.5(x^2 + 10y^2)")
    assert last(bowl, GradientDescent(0.199), (32, 32), 1000).fractions[0] == 1
    dead = last(bowl, GradientDescent(0.201), (32, 32), 1000)
    assert dead.fractions[0] == 0
    assert dead.fractions[DIVERGED] + dead.fractions[TRAVELLING] == 1
    assert last(bowl, GradientDescent(0.5), (32, 32), 1000).fractions[DIVERGED] == 1


def test_himmelblau_basins_die_one_by_one():
    def settles_at(point, alpha):
        known = last(HIMMELBLAU, GradientDescent(alpha), (64, 64), 1500)
        index = int(np.linalg.norm(known.minima - point, axis=1).argmin())
        ix, iy = ((known.minima[index] + 5) / 10 * 64).astype(int)
        spot = middles(HIMMELBLAU, (64, 64))[iy, ix]
        path = descend(HIMMELBLAU, GradientDescent(alpha), spot, 1500)
        distance = np.linalg.norm(path.points[-50:] - known.minima[index], axis=1).max()
        stays = path.status == "ran" and distance < 1e-3
        assert (known.labels[iy, ix] == index) == stays
        assert (known.fractions[index] > 0) == stays  # a basin that has died is gone altogether
        return stays

    assert settles_at((3.5844283403305, -1.8481265269644), 0.0185)
    assert not settles_at((3.5844283403305, -1.8481265269644), 0.0195)
    assert settles_at((3, 2), 0.0195)
    assert settles_at((3, 2), 0.0240)
    assert not settles_at((3, 2), 0.0247)


def test_pictures_refine_and_keep_what_they_know():
    shape = (50, 61)  # no multiple of any block
    # Where it takes long, a picture comes again; the last of each kind counts.
    pictures = {picture.cell: picture for picture in basins(HIMMELBLAU, Adam(0.1), shape, 100)}
    assert list(pictures) == [8, 4, 2, 1]
    fine = pictures[1]
    assert fine.complete
    for cell, first in ((8, 5), (4, 1), (2, 1)):
        coarse = pictures[cell]
        assert not coarse.complete
        computed = (slice(first, None, cell),) * 2
        assert (coarse.labels[computed] == fine.labels[computed]).all()
        if cell == 8:  # later ones also show what the ones before have computed
            assert (coarse.labels[:8, 8:16] == coarse.labels[5, 13]).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 2), (8, 8), (17, 5)])
def test_any_shape(shape):
    for picture in basins(HIMMELBLAU, GradientDescent(0.01), shape, 50):
        assert picture.labels.shape == shape
        assert picture.labels.dtype == np.int16
        assert sum(picture.fractions.values()) == pytest.approx(1, abs=1e-12)
        assert set(picture.fractions) == set(range(UNDEFINED, len(picture.minima)))
    assert picture.complete


def test_results_are_read_only():
    known = last(HIMMELBLAU, Adam(), (8, 8), 10)
    for array in (known.labels, known.minima, known.reach):
        assert not array.flags.writeable


def test_no_steps_leave_all_where_they_are():
    known = last(HIMMELBLAU, Adam(), (64, 64), 0)
    expected = np.linalg.norm(middles(HIMMELBLAU, (64, 64))[..., None, :] - known.minima, axis=-1)
    assert ((known.labels >= 0) == (expected < known.reach).any(axis=-1)).all()


def test_minima_outside_the_domain_are_found_from_the_ends():
    known = last(Surface.from_formula("(x - 3)^2 + y^2"), GradientDescent(0.1), (16, 16))
    assert known.minima == pytest.approx(np.array([[3.0, 0.0]]))
    assert known.fractions[0] == 1
    # One of two is given: the other is found and comes after it.
    wells = last(surfaces["twin_valleys"], Momentum(0.1), (16, 16), attractors=(np.array([[1.0, 0.0]]),))
    assert wells.minima == pytest.approx(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    assert wells.fractions[0] == wells.fractions[1] == 0.5


@pytest.mark.parametrize("rule", ["descent", "momentum", "adam"])
def test_a_line_of_minima_is_one_attractor(rule):
    trough = surfaces["trough"]
    known = last(trough, RULES[rule], (32, 32), 400, attractors=(CIRCLE,))
    assert known.minima.shape == (1, 2)
    assert known.fractions[0] == 1
    assert (known.labels == walked(trough, RULES[rule], (32, 32), 400, None, known, (CIRCLE,))).all()
    assert last(trough, RULES[rule], (16, 16), 400).fractions[0] == 1  # it is found by itself, too


def test_an_open_line_of_minima():
    valley = Surface.from_formula("x^2")
    line = np.stack([np.zeros(41), np.linspace(-2, 2, 41)], axis=1)
    assert last(valley, GradientDescent(0.1), (16, 16), attractors=(line,)).fractions[0] == 1


@pytest.mark.parametrize(("key", "point"), [("ackley", (0, 0)), ("abs_valley", (0, 0))])
def test_a_minimum_at_a_kink_is_reached_where_the_jitter_is_small(key, point):
    surface, attractors = surfaces[key], (np.array([point], dtype=float),)
    for rule in ("descent", "momentum", "adam"):
        known = last(surface, RULES[rule], (33, 33), 300, attractors=attractors)  # one start is on the kink
        assert known.labels[16, 16] == 0
        assert known.fractions[0] > 0.02
        labels = walked(surface, RULES[rule], (33, 33), 300, None, known)
        labels[16, 16] = 0
        assert (known.labels == labels).all()


def test_holes_are_told_from_divergence():
    barrier = surfaces["log_barrier"]
    known = last(barrier, GradientDescent(0.05), (32, 32))
    outside = ~np.isfinite(barrier.value(middles(barrier, (32, 32))))
    assert outside.any()
    assert (known.labels[outside] == UNDEFINED).all()
    assert known.fractions[0] > 0.5
    steep = last(Surface.from_formula("x^4 + y^4"), GradientDescent(1.0), (16, 16))
    assert steep.fractions[DIVERGED] > 0.5
    assert steep.fractions[UNDEFINED] == 0
    # A rule without its ε divides nothing by nothing where a coordinate has no slope.
    flat = last(Surface.from_formula("y^2"), AdaGrad(0.1, epsilon=0.0), (8, 8), 20, attractors=())
    assert flat.fractions[UNDEFINED] == 1


def test_a_surface_without_minima():
    assert last(Surface.from_formula("x + 2y"), Adam(0.1), (8, 8), 50).fractions[TRAVELLING] == 1
    nowhere = Surface.from_formula("log(-1 - x^2)")
    assert last(nowhere, Adam(0.1), (8, 8), 50).fractions[UNDEFINED] == 1


def test_parameters_and_schedules_are_heeded():
    ravine = surfaces["ravine"].with_parameters(kappa=50)
    assert last(ravine, GradientDescent(0.039), (16, 16), 1000).fractions[0] == 1
    assert last(ravine, GradientDescent(0.041), (16, 16), 1000).fractions[0] == 0
    frozen = last(ravine, GradientDescent(0.01), (16, 16), 1000, Exponential(gamma=0.5))
    assert frozen.fractions[TRAVELLING] > 0.8


def test_closing_early_leaves_no_thread():
    before = set(threading.enumerate())
    for taken in (1, 3):
        pictures = basins(surfaces["rastrigin"], RMSProp(0.1, 0.9), (256, 256), 3000)
        for _ in itertools.islice(pictures, taken):
            pass
        pictures.close()
        assert set(threading.enumerate()) == before
    list(basins(HIMMELBLAU, Adam(0.1), (128, 128), 50))
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize(
    ("field", "given"),
    [("shape", {"shape": (0, 5)}), ("shape", {"shape": (5, 2.5)}), ("shape", {"shape": (5,)}),
     ("shape", {"shape": (True, 5)}), ("shape", {"shape": (10**6, 10**6)}), ("shape", {"shape": 5}),
     ("steps", {"steps": -1}), ("steps", {"steps": 1.5}),
     ("attractors", {"attractors": [np.zeros(2)]}), ("attractors", {"attractors": [np.zeros((0, 2))]}),
     ("attractors", {"attractors": [np.full((1, 2), np.nan)]}), ("attractors", {"attractors": ["here"]}),
     ("learning_rate", {"optimizer": GradientDescent(np.array([0.1, 0.2]))})],
)  # fmt: skip
def test_bad_input_is_refused_at_once(field, given):
    with pytest.raises(FieldError) as refused:
        basins(HIMMELBLAU, **{"optimizer": GradientDescent(0.01), **given})
    assert refused.value.field == field
