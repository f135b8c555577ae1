"""Errors come back whole from another process."""

import pickle

import pytest

from landscape.errors import FieldError, FormulaError, LandscapeError
from landscape.scene_errors import SceneError


@pytest.mark.parametrize(
    "error",
    [
        LandscapeError("No."),
        FieldError("epochs", "epochs is 0."),
        FormulaError("There is no name “z”.", "x + z", 4, 1, "z"),
        SceneError("steps must be a number.", "steps", 3),
    ],
)
def test_an_error_survives_the_way_back_from_a_worker(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
