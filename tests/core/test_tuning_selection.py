"""Which trials light up: brushes, states and the best few."""

import math

import numpy as np
import pytest

from landscape.errors import FieldError
from landscape.scene import Scene
from landscape.tuning.plan import Trial
from landscape.tuning.selection import STATES, TuneView, columns_of, lit
from landscape.tuning.space import Axis, Space

SPACE = Space({"learning_rate": Axis(low=1e-4, high=1.0), "units": Axis(low=8, high=128)}).dimensions


def trial(number, rate, units, score, state="complete", curve=()):
    return Trial(
        number, 0, {"learning_rate": rate, "units": units}, number, state, score, np.array(curve, dtype=float)
    )


TRIALS = [
    trial(2, 0.01, 8, 0.9),
    trial(0, 0.1, 128, 0.5, curve=(0.1, 0.5)),
    trial(1, 0.5, 64, math.nan, "diverged"),
    trial(3, 0.02, 16, 0.9),
    trial(4, 0.03, 16, math.nan, "running", curve=(0.1, 0.7, 0.95)),
    trial(5, 1e-4, 16, 0.3, "stopped"),
]
COLUMNS = columns_of(TRIALS, SPACE, 2)


def shown(**view):
    return COLUMNS.number[lit(COLUMNS, TuneView(**view))].tolist()


def test_rows_are_by_number_and_a_running_trial_has_the_score_it_has_reached():
    assert COLUMNS.number.tolist() == [0, 1, 2, 3, 4, 5]
    assert COLUMNS.score[4] == pytest.approx(0.95)
    assert np.isnan(COLUMNS.score[1])
    assert [STATES[code] for code in COLUMNS.state] == [t.state for t in COLUMNS.trials]
    np.testing.assert_allclose(COLUMNS.accuracy[0], [0.1, 0.5, np.nan])
    assert COLUMNS.places[2, 0] == pytest.approx(0.5)


def test_everything_lights_up_where_nothing_is_asked():
    assert shown() == [0, 1, 2, 3, 4, 5]


def test_a_brush_takes_what_lies_within_and_two_take_what_lies_within_both():
    assert shown(brushes={"learning_rate": (0.45, 0.76)}) == [0, 2, 3, 4]
    assert shown(brushes={"learning_rate": (0.45, 0.76), "score": (0.8, 0.92)}) == [2, 3]


def test_a_brush_of_the_score_leaves_out_what_has_none():
    assert 1 not in shown(brushes={"score": (0.0, 1.0)})


def test_a_brush_of_a_hyperparameter_that_is_fixed_here_changes_nothing():
    assert shown(brushes={"decay": (0.4, 0.5)}) == [0, 1, 2, 3, 4, 5]


def test_the_best_are_complete_trials_and_of_equals_those_with_lower_numbers():
    assert shown(top=1) == [2]
    assert shown(top=2) == [2, 3]
    assert shown(top=100) == [0, 2, 3]
    assert shown(top=1, brushes={"learning_rate": (0.7, 0.8)}) == [0]


def test_states_can_be_chosen():
    assert shown(states=("diverged", "stopped")) == [1, 5]


def test_the_columns_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        COLUMNS.score[0] = 1


def test_what_is_looked_at_is_kept_in_the_scene():
    view = TuneView(x="units", brushes={"learning_rate": (0.25, 0.5)}, top=10, picked=3, picture="contest")
    scene = Scene(workspace="tune", tune_view=view)
    assert Scene.from_toml(scene.to_toml()) == scene


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"x": "speed"}, "no hyperparameter “speed”"),
        ({"brushes": {"speed": (0.0, 1.0)}}, "no hyperparameter “speed”"),
        ({"brushes": {"units": (0.7, 0.2)}}, "empty"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(given, words):
    with pytest.raises((FieldError, ValueError), match=words):
        TuneView(**given)


def test_the_best_is_complete_and_of_equals_the_first():
    assert COLUMNS.number[COLUMNS.best] == 2
    assert columns_of([trial(1, 0.5, 64, math.nan, "diverged")], SPACE, 2).best is None
    assert columns_of([], SPACE, 2).best is None


def test_as_far_as_one_has_scrubbed():
    earlier = COLUMNS.first(5)
    assert earlier.number.tolist() == [0, 1, 2, 3]  # what is under way is not shown as finished
    assert [t.number for t in earlier.trials] == [0, 1, 2, 3]
    assert len(COLUMNS.first(0)) == 0
