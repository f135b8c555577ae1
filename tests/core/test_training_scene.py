"""Trainings in scene files: what is written is read back; what is wrong is named with its key and line."""

from __future__ import annotations

import contextlib
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.errors import LandscapeError
from landscape.network.datasets import DATASETS
from landscape.network.spec import MAX_DRAWN, Training
from landscape.network.training import split_data
from landscape.optimizers import RULES
from landscape.scene import Scene, TrainView
from landscape.scene_errors import SceneError
from landscape.schedules import SCHEDULES

numbers = st.floats(-100, 100)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
seeds = st.integers(0, 2**63 - 1)
rules = st.builds(
    lambda rule, rate: {"rule": rule, "learning_rate": rate},
    st.sampled_from(sorted(RULES)), st.floats(1e-6, 1e3),
) | st.just({"rule": "momentum", "nesterov": True, "bias_correction": True})  # fmt: skip
schedules = st.builds(
    lambda kind, warm_up: {"kind": kind, "warm_up": warm_up},
    st.sampled_from(sorted(SCHEDULES)), st.integers(0, 50),
)  # fmt: skip
changes = st.fixed_dictionaries(
    {"step": st.integers(0, 10**9)},
    optional={"optimizer": rules, "schedule": schedules, "batch_size": st.integers(1, 20_000),
              "l2": st.floats(0, 100), "note": texts},
)  # fmt: skip
sets = st.fixed_dictionaries(
    {"name": st.sampled_from(sorted(DATASETS))},
    optional={"classes": st.integers(2, 8), "points": st.integers(8, 20_000), "noise": st.floats(0, 5),
              "seed": seeds, "drawn": st.lists(st.tuples(numbers, numbers, st.integers(0, 7)), max_size=5)},
) | st.builds(
    lambda file, label, header: {"name": "csv", "file": file + ".csv", "label": label, "header": header},
    texts, st.none() | texts | st.integers(-9, 9), st.sampled_from([None, True, False]),
)  # fmt: skip
trainings = st.fixed_dictionaries(
    {},
    optional={
        "data": sets, "hidden": st.lists(st.integers(1, 512), max_size=10),
        "activation": st.sampled_from(["relu", "tanh", "sigmoid"]), "batch_norm": st.booleans(),
        "running_beta": st.floats(0, 0.999), "epsilon": st.floats(1e-12, 1),
        "initialization": st.sampled_from(["auto", "he", "xavier", "small"]), "optimizer": rules,
        "schedule": schedules, "batch_size": st.integers(1, 20_000), "l2": st.floats(0, 100),
        "epochs": st.integers(1, 100_000), "validation": st.floats(0, 0.9), "seed": seeds,
        "precision": st.sampled_from(["float32", "float64"]), "changes": st.lists(changes, max_size=4),
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(trainings, st.sampled_from(["explore", "train"]))
def test_what_is_written_is_read_back(fields, workspace):
    scene = Scene(training=fields, workspace=workspace)
    text = scene.to_toml()
    again = Scene.from_toml(text)
    assert again == scene
    assert again.to_toml() == text
    for name, value in fields.items():
        if name in ("l2", "validation", "seed", "epochs", "epsilon", "batch_size"):
            assert getattr(again.training, name) == value
    assert [change.step for change in again.training.changes] == sorted(
        change["step"] for change in fields.get("changes", [])
    )
    assert Training(**again.training.model_dump(mode="json", exclude_none=True)) == scene.training


def test_what_was_not_changed_is_not_written():
    assert "train" not in Scene().to_toml()
    assert "workspace" not in Scene().to_toml()
    text = Scene(workspace="train").to_toml()
    assert 'workspace = "train"' in text
    assert "[training" not in text
    assert "[train_view" not in text
    assert "[training.data]" in Scene(training={"epochs": 81}).to_toml()
    assert "[train_view]" in Scene(train_view={"twin": False}).to_toml()


def test_a_file_reads_well():
    drawn = [(0.1, -0.2, 0), (1.5, 2, 1)]
    spec = {"data": {"name": "drawn", "drawn": drawn}, "changes": [{"step": 3, "l2": 0.5, "note": "Größer"}]}
    text = Scene(training=spec).to_toml()
    for line in ("hidden = [32, 32]", "[training.data]", "[training.optimizer]", 'rule = "adam"'):
        assert line in text.splitlines()
    assert 'note = "Größer"' in text
    assert max(map(len, text.splitlines())) < 100
    assert Scene.from_toml(text).training.data.drawn == ((0.1, -0.2, 0), (1.5, 2.0, 1))


def test_a_few_lines_are_enough():
    training = Scene.from_toml("[training]\nhidden = []\n[training.data]\nname = 'moons'\n").training
    assert training == Training(hidden=(), data={"name": "moons"})


T = "[training]\n"
CHANGE = "[[training.changes]]\nstep = 1\n"

# (text, key, line, a word of the message)
WRONG = [
    (T + "epoch = 3\n", "training.epoch", 2, "not a known key"),
    (T + "label = 1\n", "training.label", 2, "not a known key"),
    ("training = 3\n", "training", 1, "table"),
    (T + "epochs = 0\n", "training.epochs", 2, "greater"),
    (T + "epochs = 1_000_000\n", "training.epochs", 2, "100000"),
    (T + "hidden = 3\n", "training.hidden", 2, "list"),
    (T + "hidden = [32, 0]\n", "training.hidden[2]", 2, "greater"),
    (T + "hidden = [513]\n", "training.hidden[1]", 2, "512"),
    (T + "hidden = [1,2,3,4,5,6,7,8,9,10,11]\n", "training.hidden", 2, "at most 10"),
    (T + 'activation = "swish"\n', "training.activation", 2, "relu"),
    (T + 'initialization = "zeros"\n', "training.initialization", 2, "xavier"),
    (T + 'precision = "float16"\n', "training.precision", 2, "float64"),
    (T + "batch_norm = 1\n", "training.batch_norm", 2, "true or false"),
    (T + "batch_size = 1e3\n", "training.batch_size", 2, "whole number"),
    (T + "batch_size = 0\n", "training.batch_size", 2, "greater"),
    (T + "validation = 0.95\n", "training.validation", 2, "0.9"),
    (T + "validation = -0.1\n", "training.validation", 2, "greater"),
    (T + "epsilon = 0\n", "training.epsilon", 2, "greater"),
    (T + "running_beta = 1\n", "training.running_beta", 2, "less than 1"),
    (T + "l2 = nan\n", "training.l2", 2, "finite"),
    (T + "l2 = -1\n", "training.l2", 2, "greater"),
    (T + "seed = -1\n", "training.seed", 2, "greater"),
    (T + "seed = 9223372036854775808\n", "training.seed", 2, "less"),
    (T + 'seed = "7"\n', "training.seed", 2, "whole number"),
    (T + 'optimizer = "adam"\n', "training.optimizer.rule", 2, "table"),
    (T + 'optimizer = { rule = "newton" }\n', "training.optimizer.rule", 2, "newton"),
    (T + '[training.optimizer]\nrule = "adam"\nbeta1 = 2\n', "training.optimizer.beta1", 4, "below 1"),
    (T + '[training.optimizer]\nrule = "adam"\nrho = 0.9\n', "training.optimizer.rho", 4, "no “rho”"),
    (T + 'schedule = { kind = "linear" }\n', "training.schedule.kind", 2, "linear"),
    (T + '[training.schedule]\nkind = "cosine"\nover = 0\n', "training.schedule.over", 4, "over"),
    (T + "data = 'moons'\n", "training.data", 2, "table"),
    (T + "[training.data]\nname = 'spiral'\n", "training.data.name", 3, "spirals"),
    (T + "[training.data]\nname = 'csv'\n", "training.data.file", 2, "needs a file"),
    (T + "[training.data]\nclasses = 9\n", "training.data.classes", 3, "8"),
    (T + "[training.data]\npoints = 7\n", "training.data.points", 3, "8"),
    (T + "[training.data]\nnoise = -1\n", "training.data.noise", 3, "greater"),
    (T + "[training.data]\nheader = 1\n", "training.data.header", 3, "true or false"),
    (T + "[training.data]\nsize = 1\n", "training.data.size", 3, "not a known key"),
    (T + "[training.data]\ndrawn = [[0, 0, 0], [0, 0]]\n", "training.data.drawn[2]", 3, "missing"),
    (T + "[training.data]\ndrawn = [[0, 0, 0], [0, 0, 1.5]]\n", "training.data.drawn[2][3]", 3, "whole"),
    (T + "[training.data]\ndrawn = [[0, 0, 0],\n  [nan, 0, 1]]\n", "training.data.drawn[2][1]", 3, "finite"),
    (T + CHANGE + "[[training.changes]]\nstep = -1\n", "training.changes[2].step", 5, "greater"),
    (T + "[[training.changes]]\nbatch_size = 3\n", "training.changes[1].step", 2, "missing"),
    (T + CHANGE + "hidden = [3]\n", "training.changes[1].hidden", 4, "not a known key"),
    (T + CHANGE + "optimizer = { rule = 'newton' }\n", "training.changes[1].optimizer.rule", 4, "newton"),
    (T + CHANGE + "batch_size = 0\n", "training.changes[1].batch_size", 4, "greater"),
    (T + CHANGE + f"note = '{'x' * 301}'\n", "training.changes[1].note", 4, "300"),
    (T + "changes = 3\n", "training.changes", 2, "list"),
    (T + CHANGE * 1001, "training.changes", 1, "at most 1000"),
    ("workspace = 'play'\n", "workspace", 1, "explore"),
    ("[train_view]\nzoom = 1\n", "train_view.zoom", 2, "not a known key"),
    ("[train_view]\ntemperature = 0\n", "train_view.temperature", 2, "0.05"),
    ("[train_view]\naxes = [0]\n", "train_view.axes", 2, "missing"),
    ("[train_view]\nlayer = -1\n", "train_view.layer", 2, "greater"),
    ("[train_view]\npicked = [0, inf]\n", "train_view.picked[2]", 2, "finite"),
]  # fmt: skip


def refusal(text: str) -> SceneError:
    with pytest.raises(SceneError) as caught:
        Scene.from_toml(text)
    error = caught.value
    assert "\n" not in str(error)
    assert "pydantic" not in str(error)
    assert len(str(error)) < 300
    return error


@pytest.mark.parametrize(("text", "key", "line", "word"), WRONG, ids=[f"{w[1]}: {w[3]}" for w in WRONG])
def test_an_error_names_the_key_and_the_line(text, key, line, word):
    error = refusal(text)
    assert error.key.startswith(key)
    assert error.line == line
    assert word in error.reason
    assert f"line {line}" in str(error)


@pytest.mark.parametrize("before", [0, 2])
def test_an_error_in_a_change_s_rule_names_its_line(before):
    table = CHANGE + "[training.changes.optimizer]\nrule = 'adam'\nlearning_rate = 0.1\n"
    error = refusal(T + before * table + table.replace("0.1", "-1.0"))
    assert error.key == f"training.changes[{before + 1}].optimizer.learning_rate"
    assert error.line == 1 + before * 5 + 5


@pytest.mark.parametrize("label", ["1.5", "true", "[1]"])
def test_a_label_that_is_neither_name_nor_number(label):
    error = refusal(T + f"[training.data]\nlabel = {label}\n")
    assert error.key == "training.data.label"
    assert "number" in error.reason


def test_axes_count_from_zero():
    assert refusal("[train_view]\naxes = [-1, 0]\n").key == "train_view.axes[1]"


@pytest.mark.parametrize("point", ["[101, 0, 1]", "[0, 0, 8]", "[0, 0, -1]"])
def test_a_drawn_point_out_of_bounds_is_named(point):
    error = refusal(T + f"[training.data]\nname = 'drawn'\ndrawn = [[0, 0, 0], {point}]\n")
    assert error.key.startswith("training.data.drawn[2]")


def test_the_largest_scene_can_be_read_again(tmp_path):
    change = {"step": 1, "optimizer": {"rule": "adamw"}, "schedule": {"kind": "cosine"}, "note": "ü" * 300}
    drawn = [(math.pi * place / 200, -math.e, place % 8) for place in range(MAX_DRAWN)]
    scene = Scene(training={"data": {"name": "drawn", "drawn": drawn}, "changes": [change] * 1000})
    scene.save(tmp_path / "large.toml")
    assert Scene.load(tmp_path / "large.toml") == scene


@pytest.mark.parametrize("name", DATASETS)
def test_every_set_of_a_scene_loads_or_says_why(name):
    spec = Scene.from_toml(f"[training.data]\nname = '{name}'\nclasses = 2\npoints = 40\n").training
    if name == "drawn":
        with pytest.raises(LandscapeError, match="two classes"):
            split_data(spec)
    else:
        assert len(split_data(spec).training_labels) > 20


def test_edits_are_checked_and_leave_the_rest():
    scene = Scene().edited(training={"epochs": 7}, workspace="train")
    assert scene.edited(train_view=TrainView(twin=False)).training.epochs == 7
    for bad in ({"epochs": 0}, {"epoch": 3}, {"hidden": [0]}, {"changes": [{"step": -1}]}):
        with pytest.raises(SceneError) as caught:
            scene.edited(training=bad)
        assert caught.value.key.startswith("training.")
        assert caught.value.line is None
    with pytest.raises(ValueError, match="frozen"):
        scene.training.epochs = 3


pieces = st.sampled_from(
    ["[training]", "[training.data]", "[[training.changes]]", "[training.changes.optimizer]", "\n",
     "step = 1", "rule = 'adam'", "name = 'csv'", "drawn = [[0, 0, 0]]", "hidden = []", "l2 = 1",
     "kind = 'cosine'", "schedule = 3", "[training.schedule]", "note = ''", "label = 1",
     "changes = []", "data = []"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=12))
def test_any_lines_are_a_scene_or_a_scene_error(lines: Any):
    with contextlib.suppress(SceneError):
        assert isinstance(Scene.from_toml("\n".join(lines)), Scene)


# --- data beside a scene --------------------------------------------------------------------------------


def with_data(folder: Path) -> tuple[Path, Path]:
    """A scene file, and the data that it learns from, in this folder."""
    (folder / "data").mkdir()
    data, file = folder / "data" / "mine.csv", folder / "mine.toml"
    data.write_text("a,b,kind\n" + "".join(f"{k},{k % 3},{'xy'[k % 2]}\n" for k in range(20)))
    Scene(training={"data": {"name": "csv", "file": str(data)}}).save(file)
    return file, data


def test_scene_and_data_can_be_moved_together(tmp_path, monkeypatch):
    first = tmp_path / "first"
    first.mkdir()
    file, _ = with_data(first)
    assert 'file = "data/mine.csv"' in file.read_text()
    second = first.rename(tmp_path / "second")
    monkeypatch.chdir("/")  # it does not matter from where it is read
    training = Scene.load(second / "mine.toml").training
    assert training.data.file == str(second / "data" / "mine.csv")
    assert training.data.load().labels.size == 20
    monkeypatch.chdir(second)
    assert Scene.load("mine.toml").training == training


def test_a_scene_saved_elsewhere_still_finds_its_data(tmp_path):
    file, data = with_data(tmp_path)
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "copy.toml"
    Scene.load(file).save(other)
    assert Scene.load(other).training.data.file == str(data)


def test_data_named_from_the_working_folder_are_named_from_the_scene_s(tmp_path, monkeypatch):
    _, data = with_data(tmp_path)
    monkeypatch.chdir(tmp_path / "data")
    Scene(training={"data": {"name": "csv", "file": "mine.csv"}}).save(tmp_path / "mine.toml")
    monkeypatch.chdir("/")
    assert Scene.load(tmp_path / "mine.toml").training.data.file == str(data)


def test_data_that_are_not_there_are_named_with_their_folder(tmp_path):
    file, data = with_data(tmp_path)
    data.unlink()
    with pytest.raises(LandscapeError, match=re.escape(str(data.parent))):
        Scene.load(file).training.data.load()


@pytest.mark.parametrize("name", ["a\0b.csv", "~/x.csv", "../" * 40 + "x.csv", "ü" * 300, "C:\\x.csv"])
def test_odd_file_names_are_kept(tmp_path, name):
    scene = Scene(training={"data": {"name": "csv", "file": name}})
    scene.save(tmp_path / "odd.toml")
    loaded = Scene.load(tmp_path / "odd.toml")
    with pytest.raises(LandscapeError):
        loaded.training.data.load()
