"""`landscape points` as a user types it: a table, JSON, and one line where something is wrong."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import numpy as np
import pytest

from landscape import surfaces
from landscape.__main__ import main
from landscape.geometry.critical_points import critical_points


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Done:
    """The command in this process, which is quicker, and in which a warning counts as an error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["points", *arguments])
    return Done(code, out.getvalue(), err.getvalue())


def no_such_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def table(*arguments: str) -> dict:
    done = run(*arguments, "--json", "-")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout, parse_constant=no_such_constant)


@pytest.mark.parametrize("name", ["himmelblau", "double_well", "monkey_saddle", "peaks"])
def test_json_on_the_screen_has_every_point_exactly(name):
    found, core = table(name), critical_points(surfaces[name])
    assert len(found["points"]) == len(core)
    for row, point in zip(found["points"], core, strict=True):
        assert list(row) == ["kind", "x", "y", "loss", "eigenvalues", "index"]
        assert (row["kind"], row["index"]) == (point.kind, point.index)
        assert [row["x"], row["y"]] == point.position.tolist()
        assert row["loss"] == point.loss
        assert row["eigenvalues"] == point.eigenvalues.tolist()
    assert found["index_sum"] == sum(row["index"] for row in found["points"]) == core.index_sum
    assert found["winding_number"] == found["index_sum"]
    assert found["complete"] is True
    assert found["check"].endswith("✓")


def test_kinds_agree_with_their_eigenvalues_and_the_gradient_vanishes():
    surface = surfaces["himmelblau"]
    for row in table("himmelblau")["points"]:
        low, high = row["eigenvalues"]
        signs = {"minimum": low > 0, "maximum": high < 0, "saddle": low < 0 < high}
        assert signs[row["kind"]]
        assert row["index"] == (-1 if row["kind"] == "saddle" else 1)
        assert np.abs(surface.gradient([row["x"], row["y"]])).max() < 1e-9


def test_json_file_and_table_on_the_screen(tmp_path):
    file = tmp_path / "points.json"
    done = run("himmelblau", "--json", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 minima + 1 maximum − 4 saddles = 1, expected 1 ✓" in done.stdout
    assert done.stdout.count("minimum") == 4
    assert done.stdout.count("saddle ") == 4
    assert json.loads(file.read_text(encoding="utf-8")) == table("himmelblau")
    assert [path.name for path in tmp_path.iterdir()] == ["points.json"]


def test_json_file_is_replaced(tmp_path):
    file = tmp_path / "points.json"
    file.write_text("x" * 100_000)
    assert run("bowl", "--json", str(file)).returncode == 0
    assert len(json.loads(file.read_text())["points"]) == 1


def test_table_alone():
    done = run("double_well")
    assert (done.returncode, done.stderr) == (0, "")
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["kind", "x", "y", "loss", "eigenvalues", "index"]
    assert len(lines) == 4
    assert "-1.012273131" in lines[0]
    assert lines[-1] == "2 minima − 1 saddle = 1, expected 1 ✓"


def test_formula_domain_and_parameters():
    found = table("k*(x-1)^2 + y^2", "--x=-3,3", "--y=-1,1", "--parameter", "k=5")
    (point,) = found["points"]
    assert (point["kind"], point["x"], point["y"], point["loss"]) == ("minimum", 1, 0, 0)
    assert point["eigenvalues"] == pytest.approx([2, 10])
    outside = table("(x-1)^2 + y^2", "--x=-3,0")
    assert outside["points"] == []
    assert outside["winding_number"] == 0
    assert table("double_well", "--x=0.5,1.5")["index_sum"] == 1


ODD = {
    "hole in the loss": "log(x) + y^2",
    "hole at a point": "x*y/(x^2+y^2)",
    "root of a negative": "sqrt(x) + y^2",
    "line of minima": "x^2",
    "kink": "abs(x) + y^2",
    "pole": "1/(x^2+y^2)",
    "huge slopes": "1e200*(x^2 + y^2)",
    "constant": "3",
    "slope without end": "sqrt(abs(x)) + sqrt(abs(y))",
    "ring": "(x^2 + y^2 - 1)^2",
    "degenerate": "x^4 + y^4",
}


@pytest.mark.parametrize("case", ODD)
def test_odd_surfaces_have_a_table_and_json_without_nan(case, tmp_path):
    done = run(ODD[case], "--json", str(tmp_path / "points.json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "nan" not in done.stdout
    text = (tmp_path / "points.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=no_such_constant)
    assert found["check"] in done.stdout
    assert set(found) >= {"points", "index_sum", "winding_number", "complete", "check", "lines"}
    for row in [*found["points"], *found["singularities"]]:
        for name in ("x", "y"):
            assert np.isfinite(row[name])
        assert row["loss"] is None or np.isfinite(row["loss"])
    if found["winding_number"] is None:
        assert not found["complete"]
        assert "✓" not in found["check"]


def test_what_is_not_known_is_null_and_said():
    found = table("log(x) + y^2")
    assert found["winding_number"] is None
    assert found["complete"] is False
    assert "not defined" in found["check"]
    pole = table("1/(x^2+y^2)")["singularities"][0]
    assert (pole["kind"], pole["loss"]) == ("pole", None)
    assert "eigenvalues" not in pole
    line = table("x^2")["lines"][0]
    assert (line["kind"], line["closed"]) == ("minimum", False)
    assert all(abs(x) < 1e-6 for x, _ in line["points"])


BAD = {
    "attack": (["__import__('os').system('x')"], "no meaning"),
    "empty": ([""], "empty"),
    "unknown surface": (["himelblau"], "Did you mean himmelblau?"),
    "unknown name": (["sinn(x)"], "Did you mean sin?"),
    "reversed domain": (["bowl", "--x=1,-1"], "reversed"),
    "half a domain": (["bowl", "--y=1"], "2 numbers"),
    "infinite domain": (["bowl", "--x=-inf,1"], "finite"),
    "parameter without value": (["ravine", "--parameter", "kappa"], "name=value"),
    "parameter word": (["ravine", "--parameter", "kappa=steep"], "kappa"),
    "parameter nan": (["ravine", "--parameter", "kappa=nan"], "kappa"),
    "unknown parameter": (["bowl", "--parameter", "kappa=3"], "kappa"),
    "no surface": ([], "SURFACE"),
    "unknown option": (["bowl", "--colour", "red"], "colour"),
    "json nowhere": (["bowl", "--json", "/no/such/folder/a.json"], "cannot be written"),
    "json without name": (["bowl", "--json"], "json"),
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


def test_nothing_is_half_written(tmp_path):
    file = tmp_path / "points.json"
    file.write_text("mine")
    assert run("sinn(x)", "--json", str(file)).returncode == 2
    assert file.read_text() == "mine"
    done = run("bowl", "--json", str(tmp_path))  # a folder
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["points.json"]


def test_folder_that_may_not_be_written_to(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "points.json").mkdir()
    done = run("bowl", "--json", str(closed / "points.json"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert [path.name for path in closed.iterdir()] == ["points.json"]


def test_command_of_its_own_process_says_the_same():
    done = subprocess.run(
        [sys.executable, "-m", "landscape", "points", "himmelblau", "--json", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (json.loads(done.stdout), done.stderr) == (table("himmelblau"), "")
    bad = subprocess.run(
        [sys.executable, "-m", "landscape", "points", "bowl", "--x=2,1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (bad.returncode, bad.stdout, bad.stderr.count("\n")) == (2, "", 1)


def test_reader_that_stops_early_causes_no_noise():
    done = subprocess.run(
        f"{sys.executable} -m landscape points 'sin(20x)*sin(20y)' --json - | head -n 1",
        shell=True, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("{\n", "")
