"""Scene files: what is written is read back; what is wrong is named with its key and line."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape import Scene, surfaces
from landscape.optimizers import RULES
from landscape.race import solve
from landscape.resources import scene_files
from landscape.scene import opening_scene
from landscape.scene_errors import SceneError
from landscape.schedules import SCHEDULES

numbers = st.floats(-1e6, 1e6)
rates = st.floats(1e-6, 1e3)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
scenes = st.fixed_dictionaries(
    {
        "title": texts,
        "caption": texts,
        "steps": st.integers(1, 300),
        "noise": st.floats(0, 10),
        "seed": st.integers(0, 2**63 - 1),
        "start": st.tuples(numbers, numbers),
        "surface": st.one_of(
            st.sampled_from(sorted(surfaces)).map(lambda name: {"name": name}),
            st.just({"name": "ravine", "x": (-3.5, 1.25), "parameters": {"kappa": 7.25}}),
            st.just({"formula": "κ x^2 + y²", "y": (0.1, 0.2), "parameters": {"κ": -1e-5}}),
        ),
        "more_starts": st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {"kind": st.sampled_from(["grid", "ring", "random"]), "count": st.integers(2, 400),
                 "radius": st.floats(0.01, 1)}
            ),
        ),
        "schedule": st.builds(
            lambda kind, warm_up: {"kind": kind, "warm_up": warm_up},
            st.sampled_from(sorted(SCHEDULES)), st.integers(0, 50),
        ),
        "view": st.fixed_dictionaries(
            {"layout": st.sampled_from(["both", "map", "surface"]),
             "log_scale": st.sampled_from([None, True, False]), "azimuth": st.floats(-360, 360),
             "measure": st.sampled_from(["gradient", "distance", "sharpness"])}
        ),
        "optimizers": st.lists(
            st.builds(
                lambda rule, rate, enabled: {"rule": rule, "learning_rate": rate, "enabled": enabled},
                st.sampled_from(sorted(RULES)), rates, st.booleans(),
            ),
            max_size=12,
        ),
    }
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(scenes)
def test_what_is_written_is_read_back(fields):
    scene = Scene(**fields)
    text = scene.to_toml()
    again = Scene.from_toml(text)
    assert again == scene
    assert again.to_toml() == text
    assert again.start == fields["start"]
    assert [r.optimizer.learning_rate for r in again.optimizers] == [
        r["learning_rate"] for r in fields["optimizers"]
    ]


def test_file_is_read_back_and_reads_well(tmp_path):
    scene = Scene(title="Größe", start=(0.1, -2.5), surface={"formula": "x^2 + 3y^2", "x": (-4, 4)})
    scene.save(tmp_path / "mine.toml")
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert Scene.load(tmp_path / "mine.toml") == scene
    assert "start = [0.1, -2.5]" in text
    assert 'rule = "adam"' in text
    assert text.startswith("version = 1\n")
    assert max(map(len, text.splitlines())) < 100


def test_short_hand_written_scene_is_enough():
    scene = Scene.from_toml('[surface]\nname = "bowl"\n[[optimizers]]\nrule = "adam"\n')
    assert len(scene.optimizers) == 1
    assert Scene.from_toml("") == Scene()


# (text, key, line, a word of the message)
WRONG = [
    ("steps = 10\nstep = 3\n", "step", 2, "not a known key"),
    ('title = "a"\n[view]\nzoom = 2\n', "view.zoom", 3, "not a known key"),
    ('[surface]\nname = "bowl"\ncolour = 1\n', "surface.colour", 3, "not a known key"),
    ('[[optimizers]]\nrule = "adam"\n\n[[optimizers]]\nrule = "adam"\nbeta = 0.9\n',
    "optimizers[2].beta", 6, "no “beta”"),
    ('[[optimizers]]\nrule = "adam"\nlearning_rate = -1\n', "optimizers[1].learning_rate", 3, "above 0"),
    ('[[optimizers]]\nrule = "adam"\nlearning_rate = nan\n', "optimizers[1].learning_rate", 3, "number"),
    ('[[optimizers]]\nrule = "adam"\nlearning_rate = "a"\n', "optimizers[1].learning_rate", 3, "number"),
    ('[[optimizers]]\nrule = "adam"\nlearning_rate = [1, 2]\n', "optimizers[1].learning_rate", 3, "number"),
    ('[[optimizers]]\nrule = "adam"\nbias_correction = 1\n', "optimizers[1].bias_correction",
    3, "true or false"),
    ('[[optimizers]]\nrule = "newton"\n', "optimizers[1].rule", 2, "newton"),
    ("[[optimizers]]\nlearning_rate = 1\n", "optimizers[1].rule", 1, "rule"),
    ('[[optimizers]]\nrule = "adam"\nenabled = 3\n', "optimizers[1].enabled", 3, "true or false"),
    ('[[optimizers]]\nrule = "momentum"\nform = "heavy"\n', "optimizers[1].form", 3, "ewma"),
    ('steps = "many"\n', "steps", 1, "whole number"),
    ("# first\nsteps = 2.5\n", "steps", 2, "whole number"),
    ("steps = true\n", "steps", 1, "whole number"),
    ("steps = 0\n", "steps", 1, "greater"),
    ("steps = 10_000_000\n", "steps", 1, "20000"),
    ("noise = -1.0\n", "noise", 1, "greater"),
    ("noise = inf\n", "noise", 1, "finite"),
    ("seed = -1\n", "seed", 1, "greater"),
    ("start = [1]\n", "start", 1, ""),
    ("start = [1, 2, 3]\n", "start", 1, ""),
    ("start = 1\n", "start", 1, "list"),
    ("start = [nan, 0.0]\n", "start", 1, "finite"),
    ('start = [1, "b"]\n', "start", 1, "number"),
    ("title = 3\n", "title", 1, "text"),
    ("surface = 3\n", "surface", 1, ""),
    ("[surface]\n", "surface.name", 1, "name or a formula"),
    ('[surface]\nname = "himelblau"\n', "surface.name", 2, "himmelblau"),
    ('[surface]\nformula = "x +"\n', "surface.formula", 2, "missing"),
    ('[surface]\nformula = "x"\nname = "bowl"\n', "surface.name", 3, "not both"),
    ('[surface]\nname = "bowl"\nx = [1.0, -1.0]\n', "surface.x", 3, "reversed"),
    ('[surface]\nname = "ravine"\n[surface.parameters]\nk = 3\n', "surface.parameters.k", 4, "no parameter"),
    ('[surface]\nname = "ravine"\n[surface.parameters]\nkappa = "a"\n', "surface.parameters.kappa",
    4, "number"),
    ('[schedule]\nkind = "linear"\n', "schedule.kind", 2, "linear"),
    ('[schedule]\nkind = "cosine"\nover = -3\n', "schedule.over", 3, "over"),
    ('schedule = { kind = "cosine", gamma = 3 }\n', "schedule.gamma", 1, "gamma"),
    ("schedule = 3\n", "schedule", 1, "table"),
    ('[view]\nlayout = "upside down"\n', "view.layout", 2, "both"),
    ('[more_starts]\nkind = "ring"\ncount = 1\n', "more_starts.count", 3, "greater"),
    ('steps = 20000\n[more_starts]\ncount = 400\n', "steps", 1, "too much work"),
    ("optimizers = 3\n", "optimizers", 1, ""),
    ("version = 2\n", "version", 1, "newer"),
    ("version = 99\nunheard_of = 1\n", "version", 1, "newer"),
    ("version = 0\n", "version", 1, "version must be 1"),
    ('version = "1"\n', "version", 1, "version must be 1"),
    ("version = 1.0\n", "version", 1, ""),
    ("[[optimizers]]\nrule = 'adam'\n" * 13, "optimizers", 1, "at most 12"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "line", "word"), WRONG)
def test_error_names_the_key_and_the_line(text, key, line, word):
    with pytest.raises(SceneError) as caught:
        Scene.from_toml(text)
    error = caught.value
    assert error.key.startswith(key)
    assert error.line == line
    assert word in error.reason
    assert f"line {line}" in str(error)
    assert "\n" not in str(error)
    assert "pydantic" not in str(error)


@pytest.mark.parametrize(
    ("text", "line"), [("steps = 3\nsteps = 4\n", 2), ("a = \nb = 1\n", 1), ("x = 1\n\n???\n", 3)]
)
def test_text_that_is_no_toml_tells_the_line(text, line):
    with pytest.raises(SceneError, match="not a scene file") as caught:
        Scene.from_toml(text)
    assert caught.value.line == line


toml_pieces = st.sampled_from(
    ["steps", "=", "[", "]", "\n", "1", '"', "surface", ".", "name", "{", "}", "[[optimizers]]", "rule", ",",
     "'''", "2020-01-01", "nan", "true", "view", "x", '"bowl"', "start", "-", "version", "parameters"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(toml_pieces, max_size=20).map(" ".join)))
def test_any_text_is_a_scene_or_a_scene_error(text):
    with contextlib.suppress(SceneError):
        assert isinstance(Scene.from_toml(text), Scene)


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a." * 3000 + "b = 1", "[surface]\nformula = '" + "(" * 900 + "'",
     "start = [2020-01-01, 1]", "steps = 99999999999999999999999999",
     "seed = 99999999999999999999999999", "[surface.parameters]\nx = 1"],
)  # fmt: skip
def test_strange_scene_is_refused_and_nothing_else(text):
    with pytest.raises(SceneError):
        Scene.from_toml(text)


def test_scene_cannot_be_changed_in_place_and_edits_are_checked():
    scene = Scene()
    with pytest.raises(ValueError, match="frozen"):
        scene.steps = 5
    assert scene.edited(steps=5).steps == 5
    assert scene.steps == 300
    for changes, key in (
        ({"steps": -1}, "steps"),
        ({"start": (np.nan, 0)}, "start"),
        ({"stepz": 1}, "stepz"),
    ):
        with pytest.raises(SceneError) as caught:
            scene.edited(**changes)
        assert caught.value.key.startswith(key)


@pytest.mark.parametrize("file", scene_files(), ids=lambda file: file.stem)
def test_bundled_scene_loads_solves_and_is_in_the_written_form(file):
    scene = Scene.load(file)
    assert scene.title
    assert scene.caption
    assert scene.to_toml() == file.read_text(encoding="utf-8")
    race = next(solve(scene))
    assert race.entries
    assert all(np.isfinite(entry.path.losses[: entry.path.last + 1]).all() for entry in race.entries)


def test_program_opens_with_four_rules_at_a_saddle():
    assert [racer.optimizer.key for racer in opening_scene().optimizers] == [
        "gradient_descent", "momentum", "rmsprop", "adam",
    ]  # fmt: skip
