"""Data sets to learn from: drawn by a formula, by hand, or real ones; and their two parts."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from numbers import Integral, Real
from typing import Any

import numpy as np

from landscape.errors import FieldError, LandscapeError
from landscape.network import shapes
from landscape.network.shapes import FloatArray
from landscape.network.wording import listed, quoted

IntArray = np.ndarray[Any, np.dtype[np.int64]]

MIN_CLASSES, MAX_CLASSES, MAX_POINTS, MAX_NOISE = 2, 8, 20_000, 5.0
FARTHEST_DRAWN = 100.0
# Behind the user's seed, so that a generator's points and a split's rows are not drawn alike.
_POINTS, _ROWS = 0xDA, 0x59


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples of several classes.

    Attributes
    ----------
    inputs : `(n, features)`, read-only, in the data's own units
    labels : `(n,)`, 0 … classes − 1, read-only; a class may have no example
    own_units : whether the features have units of their own, so that they are to be standardized
    remarks : sentences for the user about the data
    label_name : what the column of the classes is called, if it is called anything

    >>> data = make_dataset("moons", points=100)
    >>> len(data), data.features, data.classes, data.class_names
    (100, 2, 2, ('class 0', 'class 1'))
    """

    title: str
    inputs: FloatArray
    labels: IntArray
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    own_units: bool
    remarks: tuple[str, ...] = ()
    label_name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", _frozen(self.inputs, np.float64))
        object.__setattr__(self, "labels", _frozen(self.labels, np.int64))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def features(self) -> int:
        """Number of columns."""
        return self.inputs.shape[1]

    @property
    def classes(self) -> int:
        """Number of classes, those without an example included."""
        return len(self.class_names)


@dataclass(frozen=True, eq=False)
class Split:
    """A data set in two parts, as a network takes it.

    Attributes
    ----------
    dataset : what was split
    training_inputs, validation_inputs : `(rows, features)`, standardized if the set has units of its own
    training_labels, validation_labels : `(rows,)`
    mean, scale : `(features,)`, of the training part; 0 and 1 where nothing is standardized
    training_rows, validation_rows : which rows of the data set, in ascending order
    remarks : sentences for the user about the parts
    """

    dataset: Dataset
    training_inputs: FloatArray
    training_labels: IntArray
    validation_inputs: FloatArray
    validation_labels: IntArray
    mean: FloatArray
    scale: FloatArray
    training_rows: IntArray
    validation_rows: IntArray
    remarks: tuple[str, ...] = ()

    def standardized(self, inputs: Any) -> FloatArray:
        """New rows `(…, features)` in the data's own units, as the network takes them.

        Raises
        ------
        LandscapeError
            for a row that is too far from the training part to calculate with.
        """
        return standardized(inputs, self.mean, self.scale)


def standardized(inputs: Any, mean: Any, scale: Any) -> FloatArray:
    """Rows `(…, features)` in units of their own as a network takes them that has learned with these.

    Raises
    ------
    LandscapeError
        for a row of another length, or too far from the mean to calculate with.

    >>> standardized([[3.0, 1.0]], np.array([1.0, 1.0]), np.array([2.0, 1.0])).tolist()
    [[1.0, 0.0]]
    """
    rows = np.asarray(inputs, np.float64)
    if rows.shape[-1:] != mean.shape:
        raise LandscapeError(f"Each row needs {len(mean)} numbers, one for each feature.")
    result = _standardized(rows, mean, scale)
    if not (np.abs(result) < 1e30).all():  # float32 ends at 3e38, and layers still multiply it
        raise LandscapeError("A row lies too far from the training data to calculate with.")
    return result


def split(dataset: Dataset, validation: float = 0.2, seed: int = 0) -> Split:
    """The data in a training and a validation part, each class in proportion.

    A class with two examples or more has at least one in each part (unless `validation` is 0); a single
    one is trained on. Mean and scale are those of the training part alone: nothing of the validation part
    may leak into what the network learns from.

    Raises
    ------
    FieldError
        unless `0 <= validation < 1` and the seed is a whole number from 0.

    >>> parts = split(make_dataset("iris"), 0.2)
    >>> len(parts.training_labels), np.bincount(parts.validation_labels).tolist()
    (120, [10, 10, 10])
    """
    share = _number("validation", validation)
    if not 0 <= share < 1:
        raise FieldError("validation", f"The validation part is {share:g}; it must be from 0 to below 1.")
    rng = np.random.default_rng([_whole("seed", seed, 0, None), _ROWS])
    held = np.zeros(len(dataset), bool)
    for label in range(dataset.classes):
        rows = rng.permutation(np.flatnonzero(dataset.labels == label))
        if share > 0 and len(rows) > 1:
            held[rows[: min(max(int(share * len(rows) + 0.5), 1), len(rows) - 1)]] = True
    training, remarks = dataset.inputs[~held], tuple[str, ...]()
    mean, scale = np.zeros(dataset.features), np.ones(dataset.features)
    if dataset.own_units:
        mean, scale, constant = _statistics(training)
        remarks = _constant_remark([dataset.feature_names[column] for column in np.flatnonzero(constant)])
    return Split(
        dataset,
        _frozen(_standardized(training, mean, scale)),
        _frozen(dataset.labels[~held]),
        _frozen(_standardized(dataset.inputs[held], mean, scale)),
        _frozen(dataset.labels[held]),
        _frozen(mean),
        _frozen(scale),
        _frozen(np.flatnonzero(~held)),
        _frozen(np.flatnonzero(held)),
        remarks,
    )


def _statistics(inputs: FloatArray) -> tuple[FloatArray, FloatArray, Any]:
    """Mean and standard deviation of each column, and which columns are constant (their scale is 1)."""
    # Squares of very large or very small numbers would leave the range of floats.
    peak = np.abs(inputs).max(axis=0)
    peak[peak == 0] = 1
    # Of many equal numbers, rounding would make a tiny deviation that is none.
    deviation = (inputs / peak).std(axis=0) * peak
    constant = (inputs.min(axis=0) == inputs.max(axis=0)) | (deviation == 0)
    mean = np.where(constant, inputs[0], (inputs / peak).mean(axis=0) * peak)
    return mean, np.where(constant, 1, deviation), constant


def _standardized(rows: FloatArray, mean: FloatArray, scale: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        return (rows - mean) / scale


def _constant_remark(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    what = f"Column {listed(names)} has" if len(names) == 1 else f"Columns {listed(names)} each have"
    return (f"{what} the same value in every training row: nothing can be learned from that.",)


@dataclass(frozen=True)
class DatasetKind:
    """An entry of the table of data sets, from which a form can be built.

    Attributes
    ----------
    help : one sentence about what it shows
    make : takes the settings by name
    settings : name of each setting that it takes -> its default
    generated : whether its points come from a formula and a seed
    """

    title: str
    help: str
    make: Callable[..., Dataset]
    settings: Mapping[str, Any] = field(default_factory=dict)
    generated: bool = False


def make_dataset(name: str, **settings: Any) -> Dataset:
    """The data set of that name.

    Settings: `classes` (2 … 8), `points` (in all, at least two for each class), `noise` (standard deviation
    of the scatter as a share of the gap between classes) and `seed` for those that are generated; `drawn`,
    triples (x, y, class), for the one that is drawn by hand.

    Raises
    ------
    FieldError
        with the name of the setting that is to blame.

    >>> make_dataset("circles", classes=3, points=99).inputs.shape
    (99, 2)
    >>> make_dataset("spiral")
    Traceback (most recent call last):
    landscape.errors.FieldError: There is no data set “spiral”. Did you mean spirals?
    """
    if not isinstance(name, str) or name not in DATASETS:
        near = difflib.get_close_matches(str(name)[:80].strip().lower(), DATASETS, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(DATASETS)}."
        raise FieldError("name", f"There is no data set {quoted(str(name))}. {hint}")
    kind = DATASETS[name]
    for setting in settings:
        if setting not in kind.settings:
            takes = f"it has {', '.join(kind.settings)}" if kind.settings else "it has none"
            raise FieldError(setting, f"The data set “{name}” has no setting {quoted(setting)}; {takes}.")
    return kind.make(**{**kind.settings, **settings})


def _generated(title: str, help: str, shape: shapes.Shape, noise: float, classes: int = 2) -> DatasetKind:  # noqa: A002
    def make(*, points: Any, noise: Any, seed: Any, classes: Any = classes) -> Dataset:
        count = _whole("classes", classes, MIN_CLASSES, MAX_CLASSES)
        total = _whole("points", points, 2 * count, MAX_POINTS)
        scatter = _number("noise", noise)
        if not 0 <= scatter <= MAX_NOISE:
            raise FieldError("noise", f"noise is {scatter:g}; it must be from 0 to {MAX_NOISE:g}.")
        rng = np.random.default_rng([_whole("seed", seed, 0, None), _POINTS])
        sizes = [(total + count - 1 - label) // count for label in range(count)]
        clouds = shape(sizes, scatter, rng)
        labels = np.repeat(np.arange(count), sizes)
        return _plane(title, np.concatenate(clouds), labels, count)

    settings: dict[str, Any] = {"classes": classes, "points": 330, "noise": noise, "seed": 0}
    if shape is shapes.xor:
        del settings["classes"]
    return DatasetKind(title, help, make, settings, generated=True)


def drawn(drawn: Iterable[Sequence[Any]] = (), classes: int | None = None) -> Dataset:
    """Points drawn by hand, triples (x, y, class); a class in between may be left without any.

    Raises
    ------
    FieldError
        for `drawn`, if there are fewer than two classes, or a triple is none.

    >>> drawn([(0, 0, 0), (0.5, 1, 0), (-1, 0.2, 1)]).remarks
    ('Class “class 1” has a single example: it is trained on, and validation never sees it.',)
    """
    triples = [_triple(number, given) for number, given in enumerate(drawn, start=1)]
    if len(triples) > MAX_POINTS:
        raise FieldError("drawn", f"{len(triples)} points are drawn; there may be up to {MAX_POINTS}.")
    labels = np.array([label for _, _, label in triples], np.int64)
    if len(np.unique(labels)) < MIN_CLASSES:
        raise FieldError("drawn", "Draw points of two classes at least: one alone has no border to learn.")
    count = int(labels.max()) + 1
    if classes is not None:
        count = _whole("classes", classes, count, MAX_CLASSES)
    made = _plane("Drawn by hand", np.array([triple[:2] for triple in triples], float), labels, count)
    return Dataset(**{**vars(made), "remarks": class_remarks(labels, made.class_names)})


def _triple(number: int, given: Any) -> tuple[float, float, int]:
    try:
        x, y, label = given
    except (TypeError, ValueError):
        raise FieldError("drawn", f"Point {number} must be three numbers: x, y and its class.") from None
    place = [x, y]
    if any(isinstance(value, bool) or not isinstance(value, Real) for value in place) or not all(
        abs(float(value)) <= FARTHEST_DRAWN for value in place
    ):
        raise FieldError("drawn", f"Point {number}: x and y must be from −100 to 100.")
    if isinstance(label, bool) or not isinstance(label, Integral) or not 0 <= int(label) < MAX_CLASSES:
        raise FieldError("drawn", f"Point {number}: its class must be a whole number from 0 to 7.")
    return float(x), float(y), int(label)


def class_remarks(labels: Any, names: Sequence[str]) -> tuple[str, ...]:
    """Sentences about classes with no example, or a single one.

    >>> class_remarks([0, 0, 2], ("a", "b", "c"))[0]
    'Class “b” has no example.'
    """
    counts = np.bincount(labels, minlength=len(names))
    remarks = []
    for number, has in (
        (0, "no example"),
        (1, "a single example: it is trained on, and validation never sees it"),
    ):
        found = [name for name, count in zip(names, counts, strict=True) if count == number]
        if found:
            what = f"Class {listed(found)} has" if len(found) == 1 else f"Classes {listed(found)} each have"
            remarks.append(f"{what} {has}.")
    return tuple(remarks)


@cache
def _digits() -> Dataset:
    from sklearn.datasets import load_digits

    data, labels = load_digits(return_X_y=True)
    names = tuple(f"row {row}, column {column}" for row in range(1, 9) for column in range(1, 9))
    return Dataset("Digits", data / 8 - 1, labels, tuple("0123456789"), names, own_units=False)


@cache
def _iris() -> Dataset:
    from sklearn.datasets import load_iris

    table = load_iris()
    return Dataset(
        "Iris", table.data, table.target, _texts(table.target_names), _texts(table.feature_names), True
    )


@cache
def _wine() -> Dataset:
    from sklearn.datasets import load_wine

    table = load_wine()
    names = ("cultivar 1", "cultivar 2", "cultivar 3")
    features = tuple(name.replace("_", " ") for name in _texts(table.feature_names))
    return Dataset("Wine", table.data, table.target, names, features, own_units=True)


DATASETS: dict[str, DatasetKind] = {
    "spirals": _generated(
        "Spirals", "Arms that wind about each other: only a network with hidden layers can follow them.",
        shapes.spirals, 0.1, classes=3,
    ),
    "moons": _generated(
        "Moons", "Crescents hooked into each other: no straight line parts them, one soft bend does.",
        shapes.moons, 0.15,
    ),
    "circles": _generated(
        "Circles", "Rings about one centre: a class that is enclosed needs a border that closes.",
        shapes.circles, 0.12,
    ),
    "blobs": _generated(
        "Blobs", "Clouds side by side: straight borders suffice, and every rule learns them.",
        shapes.blobs, 0.13, classes=3,
    ),
    "xor": _generated(
        "XOR", "Opposite quadrants belong together: the smallest task that no straight line solves.",
        shapes.xor, 0.05,
    ),
    "drawn": DatasetKind("Drawn by hand", "Points that you draw, with a class each.", drawn, {"drawn": ()}),
    "digits": DatasetKind(
        "Digits", "1797 handwritten digits of 8 × 8 pixels: a real task with 64 inputs and ten classes.",
        _digits,
    ),
    "iris": DatasetKind(
        "Iris", "150 flowers of three species by four lengths: one species stands apart, two overlap.", _iris
    ),
    "wine": DatasetKind(
        "Wine", "178 wines of three growers by thirteen measurements: their units differ a thousandfold.",
        _wine,
    ),
}  # fmt: skip


def _plane(title: str, points: FloatArray, labels: Any, classes: int) -> Dataset:
    names = tuple(f"class {label}" for label in range(classes))
    return Dataset(title, points, labels, names, ("x", "y"), own_units=False)


def _texts(names: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)


def _whole(name: str, value: Any, least: int, most: int | None) -> int:
    limits = f"of at least {least}" if most is None else f"from {least} to {most}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise FieldError(name, f"{name} must be a whole number {limits}, not {quoted(str(value))}.")
    if (whole := int(value)) < least or (most is not None and whole > most):
        raise FieldError(name, f"{name} is {whole}; it must be a whole number {limits}.")
    return whole


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise FieldError(name, f"{name} must be a number, not {quoted(str(value))}.")
    if not math.isfinite(value):
        raise FieldError(name, f"{name} must be a finite number.")
    return float(value)


def _frozen(array: Any, dtype: Any = None) -> Any:
    result = np.array(array, dtype, order="C")
    result.flags.writeable = False
    return result
