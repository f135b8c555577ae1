"""The NumPy script of a race walks its paths, alone in a process; nothing that was typed becomes code."""

from __future__ import annotations

import ast
import subprocess
import sys
import tokenize
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from code_cases import EXPLORE, compare, races
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape import Scene
from landscape.code import numpy_script, torch_script

CASES = races()


@pytest.mark.parametrize("file", EXPLORE, ids=lambda file: file.stem)
def test_script_of_a_bundled_scene_walks_its_paths_in_a_process_of_its_own(
    file: Path, tmp_path: Path
) -> None:
    scene = Scene.load(file)
    script = tmp_path / "race.py"
    script.write_text(numpy_script(scene) + '\nnp.savez("paths.npz", **paths)\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == len(scene.optimizers)
    with np.load(tmp_path / "paths.npz") as paths:
        compare(scene, dict(paths), exactly=True)


@pytest.mark.parametrize("name", CASES)
def test_every_rule_form_schedule_and_surface(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    scope: dict[str, object] = {}
    with np.errstate():
        exec(compile(numpy_script(CASES[name]), "race.py", "exec"), scope)
    paths = scope["paths"]
    assert isinstance(paths, dict)
    compare(CASES[name], paths, exactly=True)
    assert len(capsys.readouterr().out.splitlines()) == len(paths)


def test_rules_that_are_switched_off_and_further_starts_are_left_out() -> None:
    racers = ({"rule": "adam"}, {"rule": "adam", "enabled": False}, {"rule": "adam", "learning_rate": 0.5})
    script = numpy_script(Scene(optimizers=racers, more_starts={"count": 4}))
    assert '"A": (rule_1, 0.01)' in script
    assert '"A3": (rule_2, 0.5)' in script
    assert "further starts" in script
    assert "RULES = {\n}" in numpy_script(Scene(optimizers=()))


EVIL = [
    "coding: utf-16", "-*- coding: rot13 -*-", "x\nimport os", "x\r\nimport os", "\0", "a\u2028import os",
    "\x0cimport os", '"""', "{loss}", "\\", "x\x85import os", "\ud7ff", "%s",
]  # fmt: skip


def only_comments_differ(script: str, plain: str) -> None:
    assert ast.dump(ast.parse(script.encode())) == ast.dump(ast.parse(plain.encode()))
    assert tokenize.detect_encoding(BytesIO(script.encode()).readline)[0] == "utf-8"


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("write", [numpy_script, torch_script])
def test_hostile_titles_stay_in_their_comments(text, write) -> None:
    scene = Scene(surface={"name": "bowl"})
    only_comments_differ(write(scene.edited(title=text, caption=text)), write(scene))


@given(st.text(max_size=200), st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_title_and_caption_stay_in_their_comments(title: str, caption: str) -> None:
    scene = Scene(surface={"name": "bowl"})
    only_comments_differ(numpy_script(scene.edited(title=title, caption=caption)), numpy_script(scene))


def test_names_of_parameters_are_never_those_of_anything_else() -> None:
    names = (
        "np",
        "exp",
        "loss",
        "rule_1",
        "p1",
        "p",
        "print",
        "lambda",
        "match",
        "START",
        "fi",
        "p0",
        "None",
    )
    formula = " + ".join(f"{name}*(x^2 + y)" for name in names if name != "exp")
    parameters = {name: 0.5 + 0.01 * place for place, name in enumerate(names) if name != "exp"}
    scene = Scene(surface={"formula": formula, "parameters": parameters}, steps=5)
    scope: dict[str, object] = {}
    with np.errstate():
        exec(numpy_script(scene), scope)
    paths = scope["paths"]
    assert isinstance(paths, dict)
    compare(scene, paths, exactly=True)
