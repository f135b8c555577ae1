"""The core works without Qt, imports late what is heavy, and its documentation is true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import landscape

MODULES = ["landscape", *(found.name for found in pkgutil.walk_packages(landscape.__path__, "landscape."))]


def python(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_core_works_where_there_is_no_qt():
    python(
        "import sys, importlib\n"
        "for name in ('PyQt6', 'pyqtgraph', 'OpenGL', 'gui'): sys.modules[name] = None\n"
        f"for name in {MODULES!r}: importlib.import_module(name)\n"
        "import landscape\n"
        "for name in landscape.__all__: getattr(landscape, name)\n"
        "path = landscape.descend(landscape.surfaces['bowl'], landscape.Adam(), (1, 1), steps=3)\n"
        "assert path.status == 'ran'\n"
    )


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [("import landscape", ["numpy", "sympy", "scipy", "pydantic"]),
     ("from landscape import surfaces; len(surfaces)", ["sympy", "scipy", "pydantic", "contourpy"]),
     ("from landscape import Scene; Scene()", ["sympy", "scipy"])],
)  # fmt: skip
def test_heavy_imports_are_late(statement, heavy):
    program = f"{statement}\nimport sys\nprint([name for name in {heavy!r} if name in sys.modules])"
    assert python(program) == "[]\n"


def test_public_names_are_all_there():
    for name in landscape.__all__:
        assert getattr(landscape, name) is not None
        assert name in dir(landscape)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        landscape.nonsense  # noqa: B018


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_documentation_are_true(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert result.failed == 0


def test_there_are_examples_at_all():
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = sum(
        len(case.examples) for name in MODULES for case in finder.find(importlib.import_module(name))
    )
    assert examples > 40
