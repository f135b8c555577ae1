"""The PyTorch script of a race, with its own derivatives, against the program's paths."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent.parent / "core"))
from code_cases import EXPLORE, compare, races

from landscape import Scene
from landscape.code import torch_script

torch = pytest.importorskip("torch")
CASES = {**{file.stem: Scene.load(file) for file in EXPLORE}, **races()}


@pytest.mark.parametrize("name", CASES)
def test_script_walks_the_same_paths(name, capsys):
    scope = {}
    try:
        with np.errstate():
            exec(compile(torch_script(CASES[name]), "race.py", "exec"), scope)
    finally:
        torch.set_default_dtype(torch.float32)
    compare(CASES[name], {name: path.numpy() for name, path in scope["paths"].items()})
    assert len(capsys.readouterr().out.splitlines()) == len(scope["paths"])
