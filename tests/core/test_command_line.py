"""The `landscape` command as a user types it: output, errors of one line, late imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from landscape import Adam, GradientDescent, Surface, __version__, descend, surfaces
from landscape.__main__ import main
from landscape.scene import Scene


def run(*arguments: str, **named) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "landscape",
        *arguments], capture_output=True, text=True, timeout=60, check=False, **named
    )  # fmt: skip


def rows(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


def test_every_number_of_the_csv_restores_exactly():
    done = run("race", "himmelblau", "--start", "0.1,-1.2", "--steps", "60", "--optimizer",
               "adam:learning_rate=0.1",
               "--optimizer", "gd:learning_rate=0.01", "--csv", "-")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    header, *lines = rows(done.stdout)
    assert header == ["optimizer", "step", "x", "y", "loss"]
    assert len(lines) == 2 * 61
    for name, optimizer in (("adam", Adam(0.1)), ("gradient_descent", GradientDescent(0.01))):
        path = descend(surfaces["himmelblau"], optimizer, (0.1, -1.2), steps=60)
        mine = [line for line in lines if line[0] == name]
        assert [int(line[1]) for line in mine] == list(range(61))
        assert [[float(line[2]), float(line[3])] for line in mine] == path.points.tolist()
        assert [float(line[4]) for line in mine] == path.losses.tolist()


def test_csv_file_is_written_and_the_end_reported(tmp_path):
    file = tmp_path / "race.csv"
    done = run("race", "k*x^2 + y^2", "--x=-3,3", "--y=-2,2", "--start=1,1", "--steps", "5",
               "--parameter", "k=2",
               "--optimizer", "adam", "--optimizer", "adam:learning_rate=0.5", "--csv",
               str(file))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "adam_2" in done.stdout
    assert "ran" in done.stdout
    _, *lines = rows(file.read_text())
    assert {line[0] for line in lines} == {"adam", "adam_2"}
    surface = Surface.from_formula("k*x^2 + y^2", parameters={"k": 2})
    assert float(lines[-1][4]) == surface.value([float(lines[-1][2]), float(lines[-1][3])])


def test_diverged_path_ends_in_the_csv_and_is_reported(tmp_path):
    done = run(
        "race", "x^4", "--start=3,0", "--steps", "50", "--optimizer", "gd:learning_rate=1", "--csv", "-"
    )
    assert done.returncode == 0
    assert "nan" not in done.stdout
    assert 1 < len(done.stdout.splitlines()) < 15
    report = run("race", "x^4", "--start=3,0", "--steps", "50", "--optimizer", "gd:learning_rate=1")
    assert "diverged at step" in report.stdout


def test_defaults_race_the_four_rules():
    done = run("race", "double_well", "--steps", "10")
    assert done.returncode == 0
    for key in ("gradient_descent", "momentum", "rmsprop", "adam"):
        assert key in done.stdout


def test_same_seed_gives_the_same_noise_and_schedules_apply():
    command = ["race", "bowl", "--steps", "20", "--noise", "0.1", "--seed", "3", "--csv", "-"]
    first = run(*command)
    assert first.stdout == run(*command).stdout
    assert first.stdout != run(*command[:-4], "--seed", "4", "--csv", "-").stdout
    assert first.stdout != run(*command, "--schedule", "cosine:over=20").stdout


BAD = {
    "attack": (["race", "__import__('os').system('x')"], "no meaning"),
    "attribute": (["race", "x.__class__"], "no meaning"),
    "lambda": (["race", "lambda: 0"], "no meaning"),
    "zero": (["race", "1/0"], "zero"),
    "empty": (["race", ""], "empty"),
    "long": (["race", "x" * 10_000], "10,000"),
    "unbalanced": (["race", "((x+y)"], "never closed"),
    "tower": (["race", "9^9^9^9"], "too large"),
    "unknown name": (["race", "sinn(x)"], "Did you mean sin?"),
    "unknown surface": (["race", "himelblau"], "Did you mean himmelblau?"),
    "reversed domain": (["race", "x+y", "--x=1,-1"], "reversed"),
    "infinite domain": (["race", "x+y", "--x=-inf,1"], "finite"),
    "empty domain": (["race", "x+y", "--y=1,1"], "empty"),
    "half a domain": (["race", "bowl", "--y=1"], "2 numbers"),
    "rate 0": (["race", "bowl", "--optimizer", "adam:learning_rate=0"], "learning_rate"),
    "rate negative": (["race", "bowl", "--optimizer", "adam:learning_rate=-1"], "learning_rate"),
    "rate nan": (["race", "bowl", "--optimizer", "adam:learning_rate=nan"], "learning_rate"),
    "rate word": (["race", "bowl", "--optimizer", "adam:learning_rate=fast"], "learning_rate"),
    "rate alone": (["race", "bowl", "--optimizer", "adam:0.1"], "name=value"),
    "unknown rule": (["race", "bowl", "--optimizer", "newton"], "newton"),
    "unknown setting": (["race", "bowl", "--optimizer", "adam:rho=0.9"], "rho"),
    "10 million steps": (["race", "bowl", "--steps", "10000000"], "too many"),
    "negative steps": (["race", "bowl", "--steps", "-1"], "at least 0"),
    "steps word": (["race", "bowl", "--steps", "many"], "integer"),
    "start word": (["race", "bowl", "--start", "here"], "start"),
    "start nan": (["race", "bowl", "--start", "nan,0"], "finite"),
    "noise": (["race", "bowl", "--noise=-1"], "noise"),
    "seed": (["race", "bowl", "--noise=1", "--seed=-1"], "seed"),
    "schedule": (["race", "bowl", "--schedule", "linear"], "linear"),
    "parameter": (["race", "bowl", "--parameter", "kappa=3"], "kappa"),
    "csv nowhere": (["race", "bowl", "--steps", "2", "--csv", "/no/such/folder/a.csv"], "cannot be written"),
    "no surface": (["race"], "SURFACE"),
    "unknown option": (["race", "bowl", "--colour", "red"], "colour"),
    "missing scene": (["no-such-scene.toml"], "cannot be read"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gives_one_line_and_exit_code_2(case):
    arguments, word = BAD[case]
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("landscape: ")
    assert done.stderr.count("\n") == 1
    assert word.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert "went wrong" not in done.stderr
    assert len(done.stderr) < 400


@pytest.mark.parametrize("case", ["binary", "cut off", "newer", "folder"])
def test_bad_scene_gives_one_line_and_is_left_alone(case, tmp_path):
    file = tmp_path / "scene.toml"
    if case == "folder":
        file.mkdir()
    else:
        whole = Scene().to_toml().encode()
        content = {"binary": bytes(range(256)), "cut off": whole[:-90] + b'"', "newer": b"version = 2\n"}[
            case
        ]
        file.write_bytes(content)
    done = run(str(file))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("landscape: ")
    if case != "folder":
        assert file.read_bytes() == content


def test_learning_rate_of_a_billion_and_a_start_outside_are_fine():
    done = run("race", "bowl", "--optimizer", "gd:learning_rate=1e9", "--start=500,500", "--steps", "60")
    assert done.returncode == 0
    assert "diverged" in done.stdout
    assert run("race", "bowl", "--steps", "0", "--csv", "-").stdout.count("\n") == 5


def test_surfaces_lists_all():
    done = run("surfaces")
    assert done.returncode == 0
    for key in surfaces:
        assert f"\n{key} " in done.stdout


def test_version_is_answered_without_anything_heavy():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "landscape",
        "--version"], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout == f"landscape {__version__}\n"
    imported = {
        line.rsplit("|", 1)[1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert "landscape" in imported
    assert not imported & {
        "numpy",
        "sympy",
        "scipy",
        "typer",
        "click",
        "rich",
        "pydantic",
        "PyQt6",
        "pyqtgraph",
        "OpenGL",
    }


def test_help_names_the_commands():
    done = run("--help")
    assert done.returncode == 0
    assert "race" in done.stdout
    assert "surfaces" in done.stdout


def test_reader_that_stops_early_causes_no_noise():
    done = subprocess.run(
        f"{sys.executable} -m landscape race bowl --steps 20000 --csv - | head -n 1",
        shell=True, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "optimizer,step,x,y,loss\n"
    assert done.stderr == ""


def test_ctrl_c_is_one_word_and_the_exit_code_that_shells_know(monkeypatch, capsys):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("landscape.__main__._commands", interrupted)
    assert main(["surfaces"]) == 130
    assert capsys.readouterr().err == "landscape: stopped\n"
