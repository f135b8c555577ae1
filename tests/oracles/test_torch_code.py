"""The race as a PyTorch program, run by PyTorch itself, with its own derivatives and rules."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from landscape.code import agrees_until, torch_script
from landscape.race import solve

sys.path.insert(0, str(Path(__file__).parents[1] / "core"))
from test_code import scenes

pytest.importorskip("torch")
RACES = scenes()


@pytest.fixture(autouse=True)
def own_default():
    import torch

    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", RACES)
def test_torch_script_gives_the_same_paths(name):
    scene = RACES[name]
    made: dict[str, object] = {}
    exec(torch_script(scene), made)
    entries = next(solve(scene)).entries
    assert len(made["paths"]) == len(entries)
    for (label, path), entry in zip(made["paths"].items(), entries, strict=True):
        until = agrees_until(scene, entry.racer.optimizer)
        ours = entry.path.points[:until]
        assert path.shape == (scene.steps + 1, 2)
        np.testing.assert_allclose(path[:until], ours, rtol=1e-9, atol=1e-9, err_msg=label)


def test_most_paths_agree_to_their_end():
    found = [
        agrees_until(scene, entry.racer.optimizer)
        for scene in RACES.values()
        for entry in next(solve(scene)).entries
    ]
    assert sum(until is None for until in found) > 0.9 * len(found)
