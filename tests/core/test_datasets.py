"""Data sets: the same seed gives the same points, parts keep the classes' shares, no row is lost."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape.errors import FieldError, LandscapeError
from landscape.network.datasets import DATASETS, Dataset, make_dataset, split

GENERATED = [name for name, kind in DATASETS.items() if kind.generated]
OF_CLASSES = [name for name in GENERATED if "classes" in DATASETS[name].settings]


def table(inputs, labels, own_units=True, classes=None):
    count = max(labels) + 1 if classes is None else classes
    inputs = np.array(inputs, float).reshape(len(labels), -1)
    names = tuple(f"f{column}" for column in range(inputs.shape[1]))
    return Dataset("Table", inputs, np.array(labels), tuple(map(str, range(count))), names, own_units)


@pytest.mark.parametrize("name", GENERATED)
def test_seed_decides_the_points(name):
    first, again, other = (make_dataset(name, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.inputs, again.inputs)
    assert not np.array_equal(first.inputs, other.inputs)
    assert first.remarks == ()
    assert not first.own_units


@pytest.mark.parametrize("classes", range(2, 9))
@pytest.mark.parametrize("name", OF_CLASSES)
def test_points_are_shared_out_evenly_and_fill_the_picture(name, classes):
    data = make_dataset(name, classes=classes, points=100 * classes + 1)
    counts = np.bincount(data.labels)
    assert counts.tolist() == [101] + [100] * (classes - 1)
    assert data.class_names == tuple(f"class {label}" for label in range(classes))
    assert np.isfinite(data.inputs).all()
    assert (np.abs(data.inputs) < 1.2).mean() > 0.98
    assert np.abs(data.inputs).max() > 0.7
    assert np.abs(data.inputs.mean(axis=0)).max() < 0.25


@pytest.mark.parametrize("classes", range(2, 9))
@pytest.mark.parametrize("name", OF_CLASSES)
def test_without_noise_the_classes_keep_apart(name, classes):
    data = make_dataset(name, classes=classes, points=200 * classes, noise=0)
    groups = [data.inputs[data.labels == label] for label in range(classes)]
    gaps = [np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1)).min() for a, b in combinations(groups, 2)]
    assert min(gaps) > {"spirals": 0.04, "moons": 0.1}.get(name, 0.1)


def test_noise_moves_points_continuously_and_carries_them_across_the_border():
    for name in GENERATED:
        little, more = (make_dataset(name, noise=noise).inputs for noise in (0.1, 0.1001))
        assert np.abs(little - more).max() < 2e-3
    clean, noisy = (make_dataset("xor", noise=noise) for noise in (0, 0.3))
    side = [data.inputs.prod(axis=1) > 0 for data in (clean, noisy)]
    assert (side[0] == (clean.labels == 0)).all()
    assert 0.05 < (side[1] != (noisy.labels == 0)).mean() < 0.4


def test_two_moons_are_those_of_scikit_learn():
    from sklearn.datasets import make_moons

    theirs, _ = make_moons(100, shuffle=False, noise=None)
    ours = make_dataset("moons", points=100, noise=0).inputs
    scale = np.ptp(ours[:, 0]) / np.ptp(theirs[:, 0])
    expected = (theirs - (0.5, 0.25)) * scale
    # The second moon runs the other way round.
    assert np.allclose(ours[:50], expected[:50], atol=1e-12)
    assert np.allclose(ours[50:], expected[50:], atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", GENERATED)
def test_default_sets_can_be_learned(name):
    from sklearn.neural_network import MLPClassifier

    data = make_dataset(name)
    network = MLPClassifier((32, 32), learning_rate_init=0.01, batch_size=32, max_iter=800, random_state=0)
    assert network.fit(data.inputs, data.labels).score(data.inputs, data.labels) >= 0.98


def test_real_tables_are_complete_and_named():
    digits, iris, wine = (make_dataset(name) for name in ("digits", "iris", "wine"))
    assert (digits.inputs.shape, digits.classes, digits.own_units) == ((1797, 64), 10, False)
    assert (digits.inputs.min(), digits.inputs.max()) == (-1, 1)
    assert np.bincount(iris.labels).tolist() == [50, 50, 50]
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert np.bincount(wine.labels).tolist() == [59, 71, 48]
    assert wine.inputs[0, 0] == 14.23
    for data in (digits, iris, wine):
        assert len(data.feature_names) == len(set(data.feature_names)) == data.features


@pytest.mark.parametrize("name", DATASETS)
def test_every_kind_has_words_for_a_form(name):
    kind = DATASETS[name]
    assert kind.title
    assert kind.help.endswith(".")
    assert kind.generated == ("seed" in kind.settings)


def test_arrays_cannot_be_changed_and_are_not_shared():
    given_inputs = np.zeros((4, 1))
    data = table(given_inputs, [0, 0, 1, 1])
    given_inputs[0] = 7
    assert data.inputs[0, 0] == 0
    parts = split(data)
    for array in (data.inputs, data.labels, parts.training_inputs, parts.mean, parts.validation_rows):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    ("name", "settings", "field", "sentence"),
    [("spirals", {"classes": 1}, "classes", "from 2 to 8"), ("spirals", {"classes": 9}, "classes", "to 8"),
     ("spirals", {"classes": 2.0}, "classes", "whole"), ("spirals", {"classes": True}, "classes", "whole"),
     ("blobs", {"classes": 8, "points": 15}, "points", "from 16 to 20000"),
     ("blobs", {"points": 20_001}, "points", "20000"), ("blobs", {"points": "many"}, "points", "“many”"),
     ("moons", {"noise": -0.1}, "noise", "from 0"), ("moons", {"noise": float("nan")}, "noise", "finite"),
     ("moons", {"noise": float("inf")}, "noise", "finite"), ("moons", {"noise": None}, "noise", "number"),
     ("xor", {"seed": -1}, "seed", "at least 0"), ("xor", {"classes": 2}, "classes", "no setting"),
     ("iris", {"points": 20}, "points", "has none"), ("", {}, "name", "There are spirals"),
     ("Spiral", {}, "name", "Did you mean spirals"), ("wnie", {}, "name", "Did you mean wine"),
     (None, {}, "name", "no data set"), ("x" * 10_000, {}, "name", "…"),
     ("drawn", {}, "drawn", "two classes"), ("drawn", {"drawn": [(0, 0, 1)] * 9}, "drawn", "two classes"),
     ("drawn", {"drawn": [(0, 0, 0), (1, 1)]}, "drawn", "Point 2 must be three"),
     ("drawn", {"drawn": [(0, 0, 0), 5]}, "drawn", "Point 2"),
     ("drawn", {"drawn": [(0, float("nan"), 0), (1, 1, 1)]}, "drawn", "Point 1: x and y"),
     ("drawn", {"drawn": [(0, "0", 0), (1, 1, 1)]}, "drawn", "Point 1: x and y"),
     ("drawn", {"drawn": [(0, 0, 0), (1, 1, 8)]}, "drawn", "from 0 to 7"),
     ("drawn", {"drawn": [(0, 0, 0), (1, 1, -1)]}, "drawn", "from 0 to 7"),
     ("drawn", {"drawn": [(0, 0, 0), (1, 1, 0.5)]}, "drawn", "whole number")],
)  # fmt: skip
def test_bad_settings_name_the_field_and_the_limits(name, settings, field, sentence):
    with pytest.raises(FieldError, match=sentence) as caught:
        make_dataset(name, **settings)
    assert caught.value.field == field
    assert len(str(caught.value)) < 300


def test_drawn_points_keep_their_order_and_their_colours():
    data = make_dataset("drawn", drawn=[(0, 0.5, 3), (1, -1, 0), (0.25, 0, 3)])
    assert data.inputs.tolist() == [[0, 0.5], [1, -1], [0.25, 0]]
    assert data.labels.tolist() == [3, 0, 3]
    assert data.classes == 4
    assert data.remarks[0] == "Classes “class 1”, “class 2” each have no example."
    assert "“class 0” has a single example" in data.remarks[1]


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=60),
    st.floats(0, 0.99),
    st.integers(0, 2**40),
)
def test_split_loses_no_row_and_leaves_every_class_in_both_parts(labels, validation, seed):
    data = table(np.arange(len(labels)) * 1.5 + 1, labels)
    parts = split(data, validation, seed)
    rows = np.concatenate([parts.training_rows, parts.validation_rows])
    assert sorted(rows) == list(range(len(labels)))
    assert np.array_equal(parts.training_labels, data.labels[parts.training_rows])
    assert np.allclose(parts.validation_inputs * parts.scale + parts.mean, data.inputs[parts.validation_rows])
    assert np.allclose(parts.training_inputs * parts.scale + parts.mean, data.inputs[parts.training_rows])
    assert np.array_equal(parts.standardized(data.inputs[parts.training_rows]), parts.training_inputs)
    for label in set(labels):
        count, held = labels.count(label), int((parts.validation_labels == label).sum())
        if validation == 0 or count == 1:
            assert held == 0
        else:
            assert 1 <= held <= count - 1
            assert abs(held - validation * count) <= 1
    again = split(data, validation, seed)
    assert np.array_equal(again.validation_rows, parts.validation_rows)


def test_split_standardizes_by_the_training_part_alone():
    wine = make_dataset("wine")
    parts = split(wine, 0.3, seed=5)
    assert np.allclose(parts.training_inputs.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(parts.training_inputs.std(axis=0), 1)
    assert not np.allclose(parts.validation_inputs.mean(axis=0), 0, atol=1e-3)
    whole = split(wine, 0)
    assert whole.validation_inputs.shape == (0, 13)
    assert not np.array_equal(split(wine, 0.3, seed=6).validation_rows, parts.validation_rows)
    moons = split(make_dataset("moons"))
    assert moons.mean.tolist() == [0, 0]
    assert moons.scale.tolist() == [1, 1]


def test_constant_column_is_said_and_harmless():
    # The mean of many 0.1 is not 0.1: the deviation would be 1e-17, and dividing by it noise.
    inputs = np.stack([np.full(30, 0.1), np.arange(30.0), np.full(30, 1e100)], axis=1)
    parts = split(table(inputs, [0, 1] * 15))
    assert (parts.training_inputs[:, [0, 2]] == 0).all()
    assert parts.scale[[0, 2]].tolist() == [1, 1]
    (remark,) = parts.remarks
    assert remark.startswith("Columns “f0”, “f2” each have the same value in every training row")


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e100, 1e300])
def test_units_of_any_size_are_standardized(size):
    parts = split(table(np.arange(20.0) * size, [0, 1] * 10), 0.2)
    assert np.allclose(parts.training_inputs.std(), 1)
    assert np.isfinite(parts.validation_inputs).all()


def test_new_rows_are_checked():
    parts = split(make_dataset("iris"))
    with pytest.raises(LandscapeError, match="4 numbers"):
        parts.standardized([[1, 2, 3]])
    with pytest.raises(LandscapeError, match="too far"):
        parts.standardized([[1e300, 1, 1, 1]])
    assert parts.standardized(parts.mean).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("validation", [1, -0.1, 1.5, float("nan"), None, True, "half"])
def test_impossible_shares_are_refused(validation):
    with pytest.raises(FieldError) as caught:
        split(make_dataset("moons"), validation)
    assert caught.value.field == "validation"
