"""The race as a program of its own: run apart from Landscape, it gives the same paths, to the last bit."""

from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.code import agrees_until, numpy_script, torch_script
from landscape.formula_code import parameter_names
from landscape.race import solve
from landscape.resources import scene_files
from landscape.scene import Scene

RUN = """\
import sys, warnings
import numpy as np
for name in ("landscape", "sympy", "gui", "torch"): sys.modules[name] = None  # it stands on its own
warnings.simplefilter("error")
for number, text in enumerate(sys.stdin.read().split("\\0")):
    made = {}
    exec(compile(text, "<script>", "exec"), made)
    np.savez(sys.argv[1] + f"/{number}.npz", **made["paths"])
"""
ALL_RULES = [
    {"rule": "gradient_descent", "learning_rate": 0.02},
    *(
        {
            "rule": "momentum",
            "learning_rate": 0.03,
            "form": form,
            "nesterov": nesterov,
            "bias_correction": bias,
        }
        for form in ("ewma", "classical")
        for nesterov in (False, True)
        for bias in ((False, True) if form == "ewma" else (False,))
    ),
    {"rule": "rmsprop", "learning_rate": 0.01, "epsilon": 1e-6},
    {"rule": "adagrad", "learning_rate": 0.2},
    {"rule": "adam", "learning_rate": 0.04, "beta1": 0.8},
    {"rule": "adam", "learning_rate": 0.04, "bias_correction": False},
]
ADAMW = [
    {"rule": "adamw", "learning_rate": 0.04, "weight_decay": 0.1},
    {"rule": "adamw", "learning_rate": 0.04, "weight_decay": 0.1, "bias_correction": False, "epsilon": 0.0},
    {"rule": "adagrad", "epsilon": 0.0},
    {"rule": "momentum", "beta": 0.0},
]
FORMULAS = {
    "hole": {"formula": "x + 0.5y^2 - 0.3log(x + 1.5) - 0.3log(2 - x - y)"},
    "root": {"formula": "sqrt(x + 1.7) + y^2 + x^1.5"},
    "abs": {"formula": "abs(x) + 0.25abs(y - 1)^3"},
    "min, max": {"formula": "max(x^2, y, 0.3, -x*y) - min(x, 2y, 1)/9"},
    "sigmoid": {"formula": "sigmoid(12x) + sigmoid(-900y) + 0.1(x^2 + y^2)"},
    "atan2": {"formula": "atan2(y, x)^2 + 0.1x^2"},
    "all functions": {"formula": "sin(x)cos(y) + tan(x/9) + asin(x/9) + acos(y/9) + atan(x) + sinh(y)/9"
                                 " + cosh(x) + tanh(x) + exp(-x^2) + ln(x + 9) + log2(y + 9) + log10(x + 9)"},
    "powers": {"formula": "2^x + (x^2 + 1)^-2.5 + x^7/50 - -x^2 + (x - y)^2/(1 + y^2) + 3^2 + e^(-y) + pi*x"},
    "bottomless": {"formula": "x^3 - 3x*y^2", "x": [-1.5, 1.5]},
    "parameters": {"formula": "k*(x - lambda)^2 + np*y^2 + sin*0.1*x + t0/9*y + φ",
                   "parameters": {"k": 2.0, "lambda": 0.5, "np": 3.0, "sin": 1.0, "t0": 1.0, "φ": 0.5}},
    "parameters that make no number": {"formula": "x^2 + y^2 + a^0.5 + 1/b",
                                       "parameters": {"a": -1.0, "b": 0.0}},
    "flat": {"formula": "3"},
    "one variable": {"formula": "x^2"},
}  # fmt: skip
SCHEDULES = [
    {"kind": "constant", "warm_up": 9},
    {"kind": "1/t", "decay": 0.05},
    {"kind": "exponential", "gamma": 0.97, "warm_up": 3},
    {"kind": "exponential", "gamma": 1.02},
    {"kind": "step", "gamma": 0.5, "every": 7},
    {"kind": "step", "gamma": 1e200, "every": 11},
    {"kind": "cosine", "over": 40},
    {"kind": "cosine", "over": 40, "final": 0.1, "warm_up": 5},
]


def scenes() -> dict[str, Scene]:
    base = {"steps": 60, "start": (0.7, 0.9)}
    races = {file.stem: Scene.load(file) for file in scene_files()}
    races["all rules"] = Scene(optimizers=ALL_RULES, **base)
    races["more rules"] = Scene(optimizers=ADAMW, **base)
    for name, surface in FORMULAS.items():
        races[name] = Scene(surface=surface, optimizers=[*ALL_RULES[:4], *ADAMW[:3]], **base)
    for schedule in SCHEDULES:
        races[f"schedule {schedule}"] = Scene(schedule=schedule, noise=0.1, seed=5, **base)
    wild = [{**rule, "learning_rate": 900.0} for rule in ALL_RULES]
    races["divergence"] = Scene(surface={"name": "rosenbrock"}, optimizers=wild, **base)
    races["nobody"] = Scene(optimizers=[])
    races["one stays away"] = Scene(optimizers=[{"rule": "adam", "enabled": False}, {"rule": "rmsprop"}])
    return races


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, tuple[Scene, dict[str, np.ndarray]]]:
    """Every scene with what its script gives in a process that has no Landscape."""
    folder, races = tmp_path_factory.mktemp("code"), scenes()
    scripts = "\0".join(map(numpy_script, races.values()))
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder)], input=scripts, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return {
        name: (scene, dict(np.load(folder / f"{number}.npz")))
        for number, (name, scene) in enumerate(races.items())
    }


@pytest.mark.parametrize("name", scenes())
def test_numpy_script_gives_the_same_paths_to_the_last_bit(name, runs):
    scene, paths = runs[name]
    entries = next(solve(scene)).entries
    assert len(paths) == len(entries)
    for made, entry in zip(paths.values(), entries, strict=True):
        np.testing.assert_array_equal(made, entry.path.points, strict=True)


def test_the_cases_above_include_paths_that_end_in_every_way():
    ends = {e.path.status for scene in scenes().values() for e in next(solve(scene)).entries}
    assert ends == {"ran", "diverged", "undefined"}


@pytest.mark.parametrize("write", [numpy_script, torch_script])
def test_what_was_typed_stands_in_comments_only(write):
    bad = "x\nimport os\r\nos.abort()\u2028boom\x0c\x0b\x85 \"\"\" ''' coding: utf-7 \\"
    formula = "x^2\n+ y^2"
    scene = Scene(
        title=bad, caption=bad, surface={"formula": formula, "parameters": {"os": 1.0, "print": 2.0}}
    )
    text = write(scene)
    words = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert "os" in words  # the parameter, which is the only one called so
    assert not {"boom", "abort"} & words
    assert not any(
        isinstance(node, ast.Import) and node.names[0].name == "os" for node in ast.walk(ast.parse(text))
    )
    assert text.splitlines()[0].startswith('"""')
    assert ast.parse(text.encode()) is not None  # as a file: no line names an encoding


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_title_and_caption_leave_the_program_as_it_is(title, caption):
    plain, spoken = Scene(steps=3), Scene(steps=3, title=title, caption=caption)
    trees = [ast.dump(ast.parse(numpy_script(scene))) for scene in (plain, spoken)]
    assert trees[0] == trees[1]


@given(st.lists(st.text(min_size=1, max_size=6).filter(str.isidentifier), max_size=6, unique=True))
def test_parameters_have_names_that_mean_nothing_else(names):
    written = parameter_names(names)
    assert len(set(written.values())) == len(names)
    for name in written.values():
        ast.parse(f"{name} = 1.0")
        assert name not in ("x", "y", "np", "torch", "loss", "gradient", "print", "lambda")
    assert parameter_names(["ϕ", "φ"])["ϕ"] not in ("ϕ", "φ")


def test_scripts_are_short():
    for scene in (Scene(), Scene(noise=0.1, schedule={"kind": "cosine"})):
        assert numpy_script(scene).count("\n") < 90
        assert torch_script(scene).count("\n") < 60
        assert max(map(len, torch_script(scene).splitlines())) <= 110


def test_pytorch_uses_its_own_rules_where_they_are_the_same_and_says_how():
    text = torch_script(Scene(optimizers=[*ALL_RULES[1:], *ADAMW[:2]]))
    for call in ("lr=0.03*(1 - 0.9), momentum=0.9)",
                 "lr=0.03, momentum=0.9, nesterov=True)", "RMSprop(", "Adagrad(", "Adam(", "AdamW(",
                 "CorrectedMomentum(parameters", "UncorrectedAdam(parameters"):  # fmt: skip
        assert call in text
    assert text.count("class ") == 2
    assert "# v ← βv + (1−β)g at the rate α is the heavy ball v ← βv + g at the rate α(1−β)." in text


def test_a_jitter_that_no_other_program_can_follow_is_told():
    scene = Scene.load(next(file for file in scene_files() if "four-basins" in file.stem))
    gradient_descent, _, rmsprop, adam = (racer.optimizer for racer in scene.optimizers)
    assert agrees_until(scene, gradient_descent) is None
    assert agrees_until(scene, adam) is None
    until = agrees_until(scene, rmsprop)
    assert until is not None
    assert 30 < until < 200
    assert f"# RMSProp makes rounding errors grow: from step {until} on" in torch_script(scene)
