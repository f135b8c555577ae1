"""What dragging the start costs the core: five rules of 500 steps each must fit well into a frame."""

from __future__ import annotations

import statistics
import time

import numpy as np

from landscape import Scene, surfaces
from landscape.race import solve

FRAME = 1 / 60


def test_five_rules_of_500_steps_while_dragging():
    rules = ["gradient_descent", "momentum", "rmsprop", "adam", "adagrad"]
    print(f"\n\n{'five rules × 500 steps, ms':28}{'median':>9}{'worst':>9}{'of a frame':>12}")  # noqa: T201
    for name in ("double_well", "himmelblau", "rosenbrock", "peaks", "goldstein_price"):
        scene = Scene(
            surface={"name": name}, start=surfaces[name].start, steps=500,
            optimizers=[{"rule": rule, "learning_rate": 1e-3} for rule in rules],
        )  # fmt: skip
        next(solve(scene))
        # Worst is often a garbage collection, dearer the more is loaded: other benchmarks' peers, too.
        times = []
        for shift in np.linspace(0, 0.2, 25):
            began = time.perf_counter()
            moved = scene.edited(start=(scene.start[0] + float(shift), scene.start[1]))
            race = next(solve(moved))
            times.append(time.perf_counter() - began)
            assert len(race.entries) == 5
        middle, worst = statistics.median(times), max(times)
        print(f"{name:28}{1e3 * middle:9.2f}{1e3 * worst:9.2f}{middle / FRAME:11.0%}")  # noqa: T201
