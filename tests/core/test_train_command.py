"""`landscape train` and `landscape predict` as a user types them."""

from __future__ import annotations

import csv
import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape import files
from landscape.__main__ import main
from landscape.errors import LandscapeError
from landscape.network import training
from landscape.network.model_file import load_model
from landscape.network.spec import Training
from landscape.network.training import split_data, train
from landscape.scene import Scene


def write_table(path: Path, names: tuple[str, ...] = ("width", "height", "kind"), rows: int = 60) -> Path:
    """Three clouds far apart, called a, b and "c, d"."""
    random = np.random.default_rng(0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in range(rows):
            x, y = random.normal(size=2) * 0.3 + [(0, 0), (300, 0), (0, 3)][row % 3]
            writer.writerow([f"{x:.5f}", f"{y:.5f}", *["1"] * (len(names) - 3), ("a", "b", "c, d")[row % 3]])
    return path


def table_of(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "clouds.csv")


def test_train_save_and_predict(table, tmp_path, capsys):
    model, log, answers = (tmp_path / name for name in ("model.npz", "log.csv", "answers.csv"))
    code = main(["train", "--data", str(table), "--hidden", "8", "--epochs", "15", "--seed", "3",
                 "--batch-size", "8", "--optimizer", "adam:learning_rate=0.02", "--log", str(log),
                 "--save", str(model)])  # fmt: skip
    said = capsys.readouterr()
    assert code == 0
    assert "ended after 15 epochs" in said.out
    assert "clouds" in said.out
    assert "last column" in said.err

    header, *lines = table_of(log.read_text())
    assert header == ["epoch", "step", "learning_rate", "training_loss", "validation_loss",
                      "training_accuracy", "validation_accuracy"]  # fmt: skip
    assert [int(line[0]) for line in lines] == list(range(16))
    assert float(lines[-1][5]) == 1
    assert float(lines[-1][3]) < float(lines[0][3]) / 5
    assert {line[2] for line in lines} == {"0.02"}

    spec = Training(
        data={"name": "csv", "file": str(table)}, hidden=(8,), epochs=15, seed=3, batch_size=8,
        optimizer={"rule": "adam", "learning_rate": 0.02},
    )  # fmt: skip
    last = list(train(spec))[-1]
    loaded = load_model(model)
    assert np.array_equal(loaded.parameters, last.state.parameters)  # the command is the library, no more
    assert loaded.training["seed"] == 3
    assert float(lines[-1][3]) == pytest.approx(last.training_loss[0], rel=1e-8)

    assert main(["predict", str(model), "--data", str(table), "--csv", str(answers)]) == 0
    header, *lines = table_of(answers.read_text())
    assert header == ["a", "b", "c, d", "prediction"]
    assert [line[-1] for line in lines] == ["a", "b", "c, d"] * 20
    shares = np.array([line[:-1] for line in lines], float)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    expected = loaded.predict(split_data(spec).dataset.inputs)
    np.testing.assert_allclose(shares, expected, rtol=1e-7)

    capsys.readouterr()
    assert main(["predict", str(model), "--data", str(table)]) == 0
    assert capsys.readouterr().out == answers.read_text()


def test_columns_are_found_by_name_wherever_they_stand(table, tmp_path, capsys):
    model, shuffled = tmp_path / "model.npz", tmp_path / "shuffled.csv"
    main(["train", "--data", str(table), "--epochs", "5", "--save", str(model)])
    with shuffled.open("w", newline="") as file:
        csv.writer(file).writerows(
            [row[1], "9", row[0]] if row[1] != "height" else ["height", "id", "width"]
            for row in table_of(table.read_text())
        )
    capsys.readouterr()
    main(["predict", str(model), "--data", str(table)])
    one = capsys.readouterr().out
    assert main(["predict", str(model), "--data", str(shuffled)]) == 0
    assert capsys.readouterr().out == one


def test_a_scene_file_is_trained_as_it_says_and_options_win(tmp_path, capsys):
    scene = tmp_path / "scene.toml"
    scene.write_text("""
[training]
hidden = [5]
activation = "tanh"
batch_norm = false
epochs = 3
seed = 4
batch_size = 20
optimizer = { rule = "momentum", learning_rate = 0.1, beta = 0.8 }
schedule = { kind = "exponential", gamma = 0.5 }
[training.data]
name = "moons"
classes = 2
points = 80
[[training.changes]]
step = 3
batch_size = 10
note = "finer"
[[training.changes]]
step = 5
optimizer = { rule = "adam", learning_rate = 0.03 }
""")
    log, model = tmp_path / "log.csv", tmp_path / "model.npz"
    assert main(["train", str(scene), "--log", str(log), "--save", str(model)]) == 0
    spec = Scene.load(scene).training
    snapshots = list(train(spec))
    assert np.array_equal(load_model(model).parameters, snapshots[-1].state.parameters)
    assert Training(**load_model(model).training) == spec
    lines = table_of(log.read_text())[1:]
    assert [int(line[1]) for line in lines] == [snapshot.step for snapshot in snapshots]
    assert [float(line[2]) for line in lines] == pytest.approx([0.1, 0.1, 0.015, 0.0075])

    assert main(["train", str(scene), "--epochs", "1", "--batch-norm", "--data", "xor", "--save",
                 str(model)]) == 0  # fmt: skip
    kept = Training(**load_model(model).training)
    assert (kept.epochs, kept.batch_norm, kept.data.name, kept.data.points) == (1, True, "xor", 80)
    assert (kept.hidden, kept.seed, kept.changes) == ((5,), 4, spec.changes)
    assert "XOR" in capsys.readouterr().out


@pytest.mark.parametrize("data", ["spirals", "moons", "circles", "blobs", "xor", "digits", "iris", "wine"])
def test_every_set_can_be_trained_on_by_name(data, capsys):
    assert main(["train", "--data", data, "--epochs", "1", "--hidden", "none"]) == 0
    said = capsys.readouterr().out
    assert "validation" in said
    assert "ended after 1 epochs" in said


def test_without_a_validation_part_none_is_reported(tmp_path, capsys):
    log = tmp_path / "log.csv"
    assert main(["train", "--epochs", "1", "--validation", "0", "--log", str(log)]) == 0
    assert "validation" not in capsys.readouterr().out
    assert table_of(log.read_text())[-1][4] == "nan"


def test_a_training_that_diverges_says_so(tmp_path, capsys):
    model = tmp_path / "model.npz"
    assert (
        main(["train", "--no-batch-norm", "--optimizer", "gd:learning_rate=1e30", "--save", str(model)]) == 0
    )
    said = capsys.readouterr().out
    assert "diverged after" in said
    assert "smaller learning rate" in said
    assert np.isfinite(load_model(model).parameters).all()


BAD = [
    (["--hidden", "32,,"], "hidden"), (["--hidden", "0"], "hidden"), (["--hidden", "9" * 30], "hidden"),
    (["--hidden", ",".join(["3"] * 11)], "hidden"), (["--epochs", "0"], "epochs"),
    (["--epochs", "x"], "epochs"), (["--epochs", "1.5"], "epochs"), (["--batch-size", "0"], "batch_size"),
    (["--validation", "1"], "validation"), (["--validation", "nan"], "validation"),
    (["--seed", "-1"], "seed"), (["--l2", "-1"], "l2"), (["--l2", "inf"], "l2"),
    (["--optimizer", "adam:learning_rate=nan"], "learning_rate"), (["--optimizer", "newton"], "newton"),
    (["--optimizer", "adam:learning_rate"], "name=value"), (["--optimizer", "adam:rho=0.9"], "rho"),
    (["--schedule", "cosine:over=0"], "over"), (["--schedule", "linear"], "linear"),
    (["--activation", "swish"], "relu"), (["--data", "none.csv"], "none.csv"), (["--data", "."], "folder"),
    (["--data", "drawn"], "two classes"), (["--classes", "9"], "classes"), (["--points", "0"], "points"),
    (["--classes", "8", "--points", "8"], "points"), (["--log", "/no/such/folder/l.csv"], "no such folder"),
    (["--save", "/no/such/folder/m"], "no such folder"), (["none.toml"], "none.toml"),
    (["--colour", "red"], "colour"),
]  # fmt: skip


def assert_one_line(said: Any, word: str) -> None:
    assert said.out == ""
    assert said.err.startswith("landscape: ")
    assert said.err.count("\n") == 1
    assert word.lower() in said.err.lower()
    assert "went wrong" not in said.err
    assert len(said.err) < 400


@pytest.mark.parametrize(("given", "word"), BAD, ids=lambda value: " ".join(value)[:40])
def test_bad_values_give_one_line_and_exit_code_2(given, word, capsys):
    assert main(["train", *given]) == 2
    assert_one_line(capsys.readouterr(), word)


@pytest.mark.parametrize("label", ["none", "0", "4", "-4"])
def test_a_column_of_classes_that_is_not_there(label, table, capsys):
    assert main(["train", "--data", str(table), "--label", label]) == 2
    assert_one_line(capsys.readouterr(), "there is no")


def test_known_classes_are_counted_and_left_out_of_the_features(table, tmp_path, capsys):
    model, renamed, bare = (tmp_path / name for name in ("model.npz", "renamed.csv", "bare.csv"))
    main(["train", "--data", str(table), "--epochs", "15", "--hidden", "8", "--save", str(model)])
    head, *lines = table.read_text().splitlines()
    names = head.split(",")
    renamed.write_text("\n".join([",".join([*names[:-1], "truth"]), *lines]) + "\n")
    bare.write_text("\n".join(",".join(line.split(",")[: len(names) - 1]) for line in [head, *lines]) + "\n")
    capsys.readouterr()
    answers = []
    named = ["--label", names[-1]]
    for data, more in ((table, named), (table, []), (renamed, ["--label", "truth"]), (bare, [])):
        assert main(["predict", str(model), "--data", str(data), *more]) == 0
        said = capsys.readouterr()
        answers.append(said.out)
        assert ("classified rightly" in said.err) == (data != bare)
    assert len(set(answers)) == 1
    assert main(["predict", str(model), "--data", str(renamed), "--label", str(len(names))]) == 0
    assert "are classified rightly (1.0000)" in capsys.readouterr().err
    bare.write_text(renamed.read_text().replace("truth", "kind").replace('"c, d"', "").replace("a\n", "z\n"))
    assert main(["predict", str(model), "--data", str(bare)]) == 0
    assert "20 of 40 are classified rightly (0.5000); 20 are of classes" in capsys.readouterr().err


@pytest.mark.parametrize(("label", "word"), [("truth", "truth"), ("9", "no column"), ("width", "feature")])
def test_a_column_of_true_classes_that_is_not_there(label, word, table, tmp_path, capsys):
    model, bare = tmp_path / "model.npz", tmp_path / "bare.csv"
    main(["train", "--data", str(table), "--epochs", "1", "--save", str(model)])
    bare.write_text("width,height\n1,2\n")
    for data in (table, bare):
        capsys.readouterr()
        assert main(["predict", str(model), "--data", str(data), "--label", label]) == 2
        assert_one_line(capsys.readouterr(), word)


def test_classes_that_came_first_in_a_table_without_names(tmp_path, capsys):
    model, data = tmp_path / "model.npz", tmp_path / "plain.csv"
    data.write_text("".join(f"{row % 2},{row % 2 * 9 + row / 100},{row % 5}\n" for row in range(40)))
    main(["train", "--data", str(data), "--label", "1", "--epochs", "20", "--save", str(model)])
    data.write_text(data.read_text().replace("\n0,", "\n0.0,"))
    capsys.readouterr()
    assert main(["predict", str(model), "--data", str(data)]) == 0
    assert "40 of 40 are classified rightly" in capsys.readouterr().err


def test_a_scene_s_data_are_found_from_any_working_folder(table, tmp_path, monkeypatch, capsys):
    scene = tmp_path / "mine.toml"
    scene.write_text("[training]\nepochs = 2\n[training.data]\nname = 'csv'\nfile = 'clouds.csv'\n")
    monkeypatch.chdir("/")
    assert main(["train", str(scene)]) == 0
    assert "clouds" in capsys.readouterr().out
    table.unlink()
    assert main(["train", str(scene)]) == 2
    assert_one_line(capsys.readouterr(), f"clouds.csv: the file cannot be read in {tmp_path}")


@pytest.mark.parametrize("bad", ["no model", "no data", "other columns", "text", "target"])
def test_a_prediction_that_cannot_be_made(bad, table, tmp_path, capsys):
    model = tmp_path / "model.npz"
    main(["train", "--data", str(table), "--epochs", "1", "--save", str(model)])
    other = tmp_path / "other.csv"
    other.write_text({"text": "width,height\nwide,3\n"}.get(bad, "width,depth\n1,2\n"))
    capsys.readouterr()
    given, word = {
        "no model": ([str(table), "--data", str(table)], "not a model file"),
        "no data": ([str(model), "--data", str(tmp_path / "none.csv")], "cannot be read"),
        "other columns": ([str(model), "--data", str(other)], "height"),
        "text": ([str(model), "--data", str(other)], "wide"),
        "target": ([str(model), "--data", str(table), "--csv", "/no/such/folder/a.csv"], "cannot be written"),
    }[bad]
    assert main(["predict", *given]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert word in said.err
    assert said.err.splitlines()[-1].startswith("landscape: ")
    assert "went wrong" not in said.err


# --- interruption ----------------------------------------------------------------------------------------


def interrupted_after(count: int) -> Any:
    def some(*given: Any, **named: Any) -> Any:
        for place, snapshot in enumerate(train(*given, **named)):
            if place == count:
                raise KeyboardInterrupt
            yield snapshot

    return some


def test_an_interrupted_training_keeps_what_there_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(training, "train", interrupted_after(4))
    log, model = tmp_path / "log.csv", tmp_path / "model.npz"
    assert main(["train", "--log", str(log), "--save", str(model)]) == 130
    said = capsys.readouterr()
    assert "interrupted after 3 epochs" in said.out
    assert len(table_of(log.read_text())) == 5
    expected = list(train(Training(epochs=3)))[-1].state
    assert load_model(model).steps == expected.step
    assert np.array_equal(load_model(model).parameters, expected.parameters)


def test_a_training_interrupted_before_it_began_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(training, "train", interrupted_after(0))
    assert main(["train", "--save", str(tmp_path / "model.npz")]) in (2, 130)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == ""


# --- what was found wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["speed [m/s]", "flow [/min]", "share [bold]"])
def test_units_in_square_brackets_are_kept(name, tmp_path, capsys):
    table = write_table(tmp_path / "units.csv", ("x", "y", name, "kind"))
    assert main(["train", "--data", str(table), "--epochs", "1"]) == 0
    assert name in capsys.readouterr().err


def test_a_file_name_with_square_brackets_is_kept(tmp_path, capsys):
    table = write_table(tmp_path / "run[red].csv")
    assert main(["train", "--data", str(table), "--epochs", "1"]) == 0
    assert "run[red]" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--log", "--save"])
def test_a_target_that_is_a_folder_is_refused_before_training(option, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(training, "train", lambda *given: pytest.fail("it trained"))
    assert main(["train", option, str(tmp_path)]) == 2
    assert_one_line(capsys.readouterr(), "folder")


def test_a_log_that_cannot_be_written_does_not_cost_the_network(tmp_path, monkeypatch, capsys):
    def full(path: Path, content: bytes) -> None:
        raise LandscapeError(f"{path} cannot be written: no space left on device.")

    monkeypatch.setattr(files, "write_whole", full)
    model = tmp_path / "model.npz"
    assert main(["train", "--epochs", "1", "--log", str(tmp_path / "log.csv"), "--save", str(model)]) == 2
    assert "no space" in capsys.readouterr().err
    assert model.exists()


def test_memory_does_not_grow_with_the_epochs(monkeypatch):
    alive: list[int] = []

    def counting(*given: Any) -> Any:
        seen: list[Any] = []
        for snapshot in train(*given):
            seen.append(weakref.ref(snapshot))
            yield snapshot
            del snapshot
            gc.collect()
            alive.append(sum(each() is not None for each in seen))

    monkeypatch.setattr(training, "train", counting)
    assert main(["train", "--epochs", "12"]) == 0
    assert max(alive) <= 3


def test_a_set_by_name_has_the_classes_that_suit_it_and_takes_no_others(capsys):
    assert main(["train", "--data", "moons", "--epochs", "1", "--save", ""]) == 0
    capsys.readouterr()
    assert main(["train", "--data", "iris", "--classes", "4"]) == 2
    assert "--classes is for generated data" in capsys.readouterr().err
