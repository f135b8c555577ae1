"""Races that a script must walk just as the program does: every rule, form, schedule and surface."""

from __future__ import annotations

from typing import Any

import numpy as np

from landscape.descent import descend
from landscape.race import solve
from landscape.resources import scene_files
from landscape.scene import Scene
from landscape.surface import surfaces

EXPLORE = [file for file in scene_files() if Scene.load(file).workspace == "explore"]
RATE = {"learning_rate": 0.02}
FORMS: list[dict[str, Any]] = [
    {"rule": "gradient_descent"},
    {"rule": "momentum", "beta": 0.8},
    {"rule": "momentum", "nesterov": True},
    {"rule": "momentum", "bias_correction": True},
    {"rule": "momentum", "nesterov": True, "bias_correction": True},
    {"rule": "momentum", "form": "classical"},
    {"rule": "momentum", "form": "classical", "nesterov": True},
    {"rule": "rmsprop", "rho": 0.95, "epsilon": 0.01},
    {"rule": "adam", "beta1": 0.8, "beta2": 0.99},
    {"rule": "adam", "bias_correction": False},
    {"rule": "adamw", "weight_decay": 0.1},
    {"rule": "adagrad"},
]
SCHEDULES = [
    {"kind": "constant", "warm_up": 7},
    {"kind": "1/t", "decay": 0.1},
    {"kind": "exponential", "gamma": 0.97, "warm_up": 3},
    {"kind": "step", "gamma": 0.3, "every": 11},
    {"kind": "cosine", "over": 30, "final": 0.1, "warm_up": 5},
]
# Where a formula can be written in more than one way: kinks, angles, powers, constants, holes.
FORMULAS = [
    "abs(x) + max(x, y, 0.3) - min(x*y, 1) + 0.1x^2",
    "atan2(y, 1.5) + atan2(x, y + 3) + x^2 + y^2",
    "sigmoid(3x) + log2(2 + x^2) + log10(3 + y^2) + ln(2)x + e*x^2/9",
    "(x^2 + 1)^(1/3) + sqrt(2 + y^2) + 2^x + tanh(y) + sqrt(2)*exp(1)*pi*y^2/7",
    "asin(x/9) + acos(y/9) + atan(x) + cosh(x) + sinh(y) + tan(x/5)",
    "log(x + 1) + y^2 + x",
    "x^-2 + y^2",
    "3",
    "2x - 0.5",
    "k*x^2 + lambda*y^2 + α*x + p1*y + np*x + loss*y + Beta*y^2",
]
NAMES = {"k": 1.5, "lambda": 0.5, "α": -0.25, "p1": 0.125, "np": 0.1, "loss": 0.2, "Beta": 0.3}


def races() -> dict[str, Scene]:
    """Every case by a name."""
    forms = tuple({**RATE, **form} for form in FORMS)
    few = (forms[0], forms[2], forms[8])
    found = {
        f"schedule {schedule['kind']}": Scene(
            surface={"name": "himmelblau"}, start=(-0.5, -1.2), steps=40, noise=0.3, seed=5,
            schedule=schedule, optimizers=forms,
        )
        for schedule in SCHEDULES
    }  # fmt: skip
    for key, surface in surfaces.items():
        rate = 1e-5 if key == "goldstein_price" else 1e-3
        racers = tuple({**form, "learning_rate": rate if k < 2 else 0.02} for k, form in enumerate(few))
        found[f"surface {key}"] = Scene(
            surface={"name": key}, start=surface.start, steps=60, optimizers=racers
        )
    for formula in FORMULAS:
        parameters = NAMES if "lambda" in formula else {}
        found[formula] = Scene(
            surface={"formula": formula, "parameters": parameters},
            start=(0.75, 0.5),
            steps=30,
            optimizers=few,
        )
    found["diverges"] = Scene(
        surface={"name": "himmelblau"},
        steps=40,
        optimizers=({"rule": "gradient_descent", "learning_rate": 1.0},),
    )
    return found


def compare(scene: Scene, paths: dict[str, Any], exactly: bool = False) -> None:
    """Each path of a script against that of the program, wherever the program has a position.

    A path that makes more than 1e-9 of a change in the last digits of a gradient is compared as far as it
    does not: rounding is all that decides there. Code that rounds as ours does needs no
    such mercy: `exactly`.
    """
    entries = next(solve(scene)).entries
    assert len(entries) == len(paths)
    for entry, (name, walked) in zip(entries, paths.items(), strict=True):
        assert name[0] == entry.label[0]
        path = entry.path
        points = np.asarray(walked)
        assert points.shape == path.points.shape
        there = np.isfinite(path.points).all(axis=1)
        if exactly:
            np.testing.assert_array_equal(points[there], path.points[there], err_msg=name)
            continue
        there &= np.arange(len(points)) <= _settled(scene, entry.racer.optimizer)
        np.testing.assert_allclose(points[there], path.points[there], rtol=1e-9, atol=1e-9, err_msg=name)


def _settled(scene: Scene, rule: Any) -> int:
    """Until which step rounding makes no visible difference: as much noise in the gradient makes none."""
    exact, shaken = (
        descend(
            scene.surface.surface, rule, scene.start, scene.steps, scene.schedule, noise, scene.seed
        ).points
        for noise in (scene.noise, scene.noise * (1 + 1e-12) or 1e-13)
    )
    apart = np.abs(shaken - exact).max(axis=1)
    return int(np.argmax(apart > 1e-9)) - 1 if (apart > 1e-9).any() else scene.steps
