"""The filter above the table of trials."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tune.row_filter import column, filtered
from gui.tune.trial_columns import RowTexts
from landscape.errors import LandscapeError
from landscape.tuning.plan import Trial
from landscape.tuning.selection import columns_of
from landscape.tuning.space import Axis, Space

SPACE = Space(
    {"learning_rate": Axis(low=1e-4, high=1.0), "units": Axis(low=8, high=128), "optimizer": Axis()}
).dimensions


def trial(number, rate, units, rule, score, state="complete", reason=""):
    values = {"learning_rate": rate, "units": units, "optimizer": rule}
    return Trial(number, 0, values, number, state, score, np.linspace(0, 0.5, 4), reason=reason, seconds=0.5)


COLUMNS = columns_of(
    [
        trial(0, 0.01, 8, "adam", 0.9),
        trial(1, 0.1, 64, "momentum", 0.95),
        trial(2, 0.5, 64, "adam", math.nan, "diverged", "its numbers became infinite at step 7"),
        trial(3, 0.002, 128, "rmsprop", 0.4),
    ],
    SPACE,
    3,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [0, 1, 2, 3]),
        ("   ", [0, 1, 2, 3]),
        ("adam", [0, 2]),
        ("ADAM diverged", [2]),
        ("infinite", [2]),
        ("score > 0.8", [0, 1]),
        ("score>0.8 adam", [0]),
        ("accuracy >= 0.95", [1]),
        ("units = 64", [1, 2]),
        ("units=64 and score > 0", [1]),
        ("α < 0.02", [0, 3]),
        ("learning_rate<=0.01", [0, 3]),
        ("hidden_units != 64", [0, 3]),
        ("rule = adam", [0, 2]),
        ("optimizer ≠ adam", [1, 3]),
        ("state = diverged", [2]),
        ("# >= 2", [2, 3]),
        ("epochs = 3", [0, 1, 2, 3]),
        ("0.005 < α < 0.2", [0, 1]),
        ("0.05 <= alpha", [1, 2]),
        ("units == 64", [1, 2]),
        ("score ≠ 0.9", [1, 3]),
        ('"at step"', [2]),
        ("reason = infinite", [2]),
        ("α < 0,02", [0, 3]),
        ("nothing like it", []),
    ],
)
def test_words_and_comparisons(text, numbers):
    assert COLUMNS.number[filtered(COLUMNS, text)].tolist() == numbers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("speed > 3", "no column “speed”"),
        ("rule > adam", "only be = or ≠"),
        ("score > high", "“high” is not a number"),
        ("score > nan", "not a number"),
        ("score >", "missing after “>”"),
        ("> 0.9", "missing before “>”"),
        ("score > > 1", "missing after “>”"),
        ("rule = adm", "never “adm”"),
        ("state = stop", "can be complete"),
        ("x" * 301, "300"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(text, words):
    with pytest.raises(LandscapeError, match=words):
        filtered(COLUMNS, text)


@given(st.text(max_size=80))
def test_any_text_is_a_filter_or_a_sentence(text):
    try:
        chosen = filtered(COLUMNS, text)
    except LandscapeError:
        return
    assert chosen.shape == (4,)
    assert chosen.dtype == bool


@given(
    st.sampled_from(["score", "units", "α", "state", "#", "rule", "nope"]),
    st.sampled_from(["<", ">", "=", "!=", "<=", "≥"]),
    st.one_of(st.floats().map(str), st.text(min_size=1, max_size=6)),
)
def test_any_comparison_is_a_filter_or_a_sentence(name, sign, value):
    try:
        chosen = filtered(COLUMNS, f"{name} {sign} {value}")
    except LandscapeError:
        return
    assert chosen.shape == (4,)


MANY = columns_of([trial(n, 0.01 * n, 8, "adam", 0.9 + 1e-6 * n) for n in range(1, 2000)], SPACE, 3)


@pytest.mark.parametrize(
    ("text", "count"), [("number = 1000", 1), ("α = 0.01", 1), ("score = 0.9", 49), ("score ≠ 0.9", 1950)]
)
def test_equal_is_what_the_table_shows_alike(text, count):
    assert filtered(MANY, text).sum() == count


@given(st.text(alphabet=' "αscore<>=!≤0.9and', max_size=300))
def test_signs_in_any_order_are_a_filter_or_a_sentence(text):
    try:
        chosen = filtered(COLUMNS, text)
    except LandscapeError:
        return
    assert chosen.shape == (4,)


def test_texts_that_are_remembered_follow_the_trials():
    texts = RowTexts()
    running = columns_of([trial(7, 0.01, 8, "adam", math.nan, "running")], SPACE, 3)
    assert filtered(running, "running", texts).all()
    ended = columns_of([trial(7, 0.01, 8, "adam", math.nan, "diverged", "no numbers")], SPACE, 3)
    assert not filtered(ended, "running", texts).any()
    assert filtered(ended, "numbers", texts).all()
    fewer = Space({"units": Axis(low=8, high=128), "optimizer": Axis()}).dimensions
    same = columns_of(ended.trials, fewer, 3)
    assert not filtered(same, "0.01", texts).any()


def test_texts_are_written_in_short_turns():
    texts, turns = RowTexts(seconds=0), 0
    while not texts.complete:
        found = filtered(COLUMNS, "adam", texts)
        turns += 1
        assert set(COLUMNS.number[found]) <= {0, 2}  # what is not written yet is not found
    assert turns > 4
    assert COLUMNS.number[filtered(COLUMNS, "adam", texts)].tolist() == [0, 2]


def test_no_trials_match_nothing():
    assert filtered(columns_of([], SPACE, 3), "score > 0.5 adam").tolist() == []


@pytest.mark.parametrize(
    "name", ["number", "round", "state", "score", "epochs", "seconds", "reason", "units"]
)
def test_every_column_can_be_sorted(name):
    assert len(column(COLUMNS, name)) == 4
