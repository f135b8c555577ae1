"""`landscape tune`, as it is typed."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landscape.__main__ import main
from landscape.network.training import split_data
from landscape.scene import Scene

SMALL = ["tune", "--data", "moons", "--epochs", "3", "--workers", "0"]


def tuned(*more: str) -> int:
    return main([*SMALL, *more])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def test_it_says_what_was_best_and_what_chance_had_to_do_with_it(capsys):
    assert tuned("--trials", "12") == 0
    out = capsys.readouterr().out
    assert "12 of 12 trials (12 complete): all trials are made" in out
    assert "best 5 % is 0.4596" in out
    assert out.splitlines()[0].split() == ["trial", "score", "α", "β", "batch", "units", "layers", "decay"]


def test_importance_is_named_and_compared_with_the_textbook(capsys):
    assert tuned("--trials", "40") == 0
    out = capsys.readouterr().out
    assert "Importance (PED-ANOVA):" in out
    assert "textbook's order" in out


def test_table_best_scene_and_best_code_are_written(tmp_path, capsys):
    table, scene, code = tmp_path / "t.csv", tmp_path / "best.toml", tmp_path / "best.py"
    assert tuned("--trials", "8", "--csv", str(table), "--best", str(scene)) == 0
    found = rows(table)
    assert len(found) == 8
    best = max(found, key=lambda row: (float(row["score"]), -int(row["number"])))
    training = Scene.load(scene).training
    assert training.optimizer.learning_rate == float(best["learning_rate"])
    assert training.initial_seed == int(best["initial_seed"])
    assert tuned("--trials", "8", "--best", str(code)) == 0
    compile(code.read_text(), "best.py", "exec")
    capsys.readouterr()
    assert tuned("--trials", "8", "--csv", "-") == 0
    assert next(csv.DictReader(capsys.readouterr().out.splitlines()))["number"] == "0"


@pytest.mark.parametrize(
    ("search", "columns"),
    [
        (["learning_rate=0.01:1"], {"learning_rate"}),
        (["units=10:50:log", "optimizer=adam|momentum"], {"units", "optimizer"}),
        (["batch_norm=true|false", "beta"], {"batch_norm", "beta"}),
    ],
)
def test_only_what_is_searched_varies(tmp_path, search, columns):
    table = tmp_path / "t.csv"
    axes = [part for axis in search for part in ("--search", axis)]
    assert tuned("--trials", "6", "--csv", str(table), *axes) == 0
    found = rows(table)
    assert columns <= set(found[0])
    assert not {"decay", "layers"} & set(found[0])
    assert all(len({row[name] for row in found}) > 1 for name in columns)


@pytest.mark.parametrize(("option", "examples"), [("--header", 40), ("--no-header", 41)])
def test_the_first_row_of_a_csv_file_is_what_one_says_it_is(tmp_path, option, examples):
    path, best = tmp_path / "own.csv", tmp_path / "best.toml"
    lines = ["1,2,3", *(f"{k % 7},{k % 5 - 2 * (k % 2)},{k % 2}" for k in range(40))]  # which could be either
    path.write_text("\n".join(lines) + "\n")
    command = ["tune", "--data", str(path), "--epochs", "2", "--trials", "2", "--workers", "0"]
    assert main([*command, option, "--best", str(best)]) == 0
    training = Scene.load(best).training
    assert training.data.header is (option == "--header")
    split = split_data(training)
    assert len(split.training_labels) + len(split.validation_labels) == examples


def test_a_grid_says_its_size_first(tmp_path, capsys):
    assert tuned("--method", "grid", "--trials", "12", "--search", "learning_rate", "--search", "layers") == 0
    assert "The grid has 4 × 3 = 12 points." in capsys.readouterr().err


def test_a_study_is_gone_on_with_only_when_that_is_asked_for(tmp_path, capsys):
    study = str(tmp_path / "study.log")
    assert tuned("--trials", "4", "--storage", study) == 0
    assert tuned("--trials", "4", "--storage", study) == 2
    assert "--resume" in capsys.readouterr().err
    assert tuned("--trials", "4", "--storage", study, "--resume") == 0
    assert tuned("--trials", "5", "--storage", study, "--resume") == 2
    assert "another search (it differs in: trials)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--trials", "0"], "trials"),
        (["--search", "learning_rate=1:0.1"], "low must be below high"),
        (["--search", "learning_rate=0:0.1"], "above 0"),
        (["--search", "learning_rate=a:b"], "name=low:high"),
        (["--search", "learning_rate=1"], "name=low:high"),
        (["--search", "warmth=1:2"], "no hyperparameter"),
        (["--search", "optimizer=adam|sgd"], "sgd"),
        (["--method", "grid", "--points", "learning_rate=100000,decay=10000"], "1,000,000,000 points"),
        (["--method", "guess"], "random"),
        (["--stopping", "early"], "median"),
        (["--workers", "several"], "--workers"),
        (["--storage", "/"], "it is a folder"),
        (["--csv", "/no/such/folder/t.csv"], "no such folder"),
        (["--best", "/no/such/folder/t.toml"], "no such folder"),
        (["--data", "/no/such/data.csv"], "data.csv"),
        (["--rounds", "1", "--method", "coarse-to-fine"], "rounds"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_is_left(capsys, tmp_path, monkeypatch, given, sentence):
    monkeypatch.chdir(tmp_path)
    assert tuned(*given) == 2
    found = capsys.readouterr().err.strip().splitlines()
    assert sentence in found[-1]
    assert found[-1].startswith("landscape: ")
    assert list(tmp_path.iterdir()) == []


def test_data_that_disappear_in_the_middle_harm_nothing(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text(
        "a,b,class\n" + "".join(f"{k % 7},{k % 5},{'yes' if k % 7 > 3 else 'no'}\n" for k in range(80))
    )
    study, table = tmp_path / "study.log", tmp_path / "t.csv"
    command = [
        sys.executable, "-m", "landscape", "tune", "--data", str(data), "--label", "class", "--epochs", "60",
        "--trials", "60", "--workers", "1", "--storage", str(study), "--csv", str(table),
    ]  # fmt: skip
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while b'"op_code":4,' not in (study.read_bytes() if study.exists() else b""):
        assert child.poll() is None
        time.sleep(0.02)
    data.unlink()
    _, complaint = child.communicate(timeout=120)
    assert child.returncode == 0, complaint
    assert {row["state"] for row in rows(table)} == {"complete"}
    assert main([*command[3:], "--resume"]) == 2  # they are gone, and it says so


@pytest.mark.slow
def test_ctrl_c_stops_within_seconds_and_keeps_the_table(tmp_path):
    study, table = tmp_path / "study.log", tmp_path / "t.csv"
    command = [
        sys.executable, "-m", "landscape", "tune", "--data", "moons", "--epochs", "200", "--trials", "500",
        "--workers", "2", "--storage", str(study), "--csv", str(table),
    ]  # fmt: skip
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell may have switched it off
    )  # fmt: skip
    while b'"op_code":4,' not in (study.read_bytes() if study.exists() else b""):
        assert child.poll() is None
        time.sleep(0.02)
    began = time.monotonic()
    os.kill(child.pid, signal.SIGINT)
    out, complaint = child.communicate(timeout=60)
    assert time.monotonic() - began < 10
    assert child.returncode == 130
    assert "interrupted" in out
    assert "Traceback" not in complaint
    assert 0 < len(rows(table)) < 500
