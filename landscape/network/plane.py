"""The plane in which a network is looked at: two features, or the two principal components of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape.errors import FieldError
from landscape.network.datasets import Split
from landscape.network.layers import Array
from landscape.network.model import Architecture, Averages, forward, probabilities

MARGIN = 0.12  # of the points' extent, around them
USUAL = 1.2  # as far as made and drawn points reach: a plane of their own is never smaller
NEAR = 0.015  # of what is shown: how near to an example a place means that example


@dataclass(frozen=True)
class Plane:
    """A plane through the space of the inputs.

    A point (x, y) of it stands for the input `origin + x·first + y·second`, in the network's own
    (standardized) units.

    Attributes
    ----------
    origin, first, second : `(features,)`
    x_range, y_range : what is shown
    x_name, y_name : of the axes
    note : what is not seen in it, said plainly; empty for data of two features
    """

    origin: Array
    first: Array
    second: Array
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_name: str
    y_name: str
    note: str

    def inputs(self, points: Any) -> Array:
        """The inputs that points `(…, 2)` stand for, `(…, features)`."""
        x, y = np.moveaxis(np.asarray(points, dtype=float), -1, 0)
        result: Array = self.origin + x[..., None] * self.first + y[..., None] * self.second
        return result

    def points(self, inputs: Any) -> Array:
        """Where inputs `(n, features)` lie, seen along the plane's normals, `(n, 2)`."""
        apart = np.asarray(inputs, dtype=float) - self.origin
        return np.stack([apart @ self.first, apart @ self.second], axis=-1)

    def grid(self, columns: int, rows: int) -> Array:
        """The inputs of a grid over what is shown, row by row from below, `(rows·columns, features)`."""
        x, y = np.meshgrid(np.linspace(*self.x_range, columns), np.linspace(*self.y_range, rows))
        return self.inputs(np.stack([x.ravel(), y.ravel()], axis=1))


def plane_of(data: Split, axes: tuple[int, int] | None = None) -> Plane:
    """The plane for these data: their two features, the chosen two, or the principal components.

    Raises
    ------
    FieldError
        for a feature that the data do not have, or the same one twice.

    >>> from landscape.network.datasets import make_dataset, split
    >>> plane_of(split(make_dataset("iris"))).note[:40]
    'The two principal components of 4 featur'
    """
    rows = np.concatenate([data.training_inputs, data.validation_inputs])
    features, names = rows.shape[1], data.dataset.feature_names
    origin, unit = np.zeros(features), np.eye(features)
    note = ""
    if features == 1:
        # A second axis that means nothing: the classes of one feature lie along the first.
        first, second, labels = unit[0], np.zeros(1), (names[0], "")
        note = "There is one feature: the picture is the same all along the upright axis."
    elif features == 2 or axes is not None:
        chosen = axes or (0, 1)
        if len(set(chosen)) < 2 or not all(0 <= axis < features for axis in chosen):
            raise FieldError("axes", f"axes must be two different numbers from 0 to {features - 1}.")
        first, second, labels = unit[chosen[0]], unit[chosen[1]], (names[chosen[0]], names[chosen[1]])
        if features > 2:
            origin = data.training_inputs.mean(axis=0)
            origin[list(chosen)] = 0
            note = f"Two of {features} features; for the regions, all others are at their mean."
    else:
        origin = data.training_inputs.mean(axis=0)
        _, deviations, directions = np.linalg.svd(data.training_inputs - origin, full_matrices=False)
        # The sign of a component is arbitrary: the largest entry shall be positive, here and tomorrow.
        signs = np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])
        first, second = (directions * signs[:, None])[:2]
        share = (deviations[:2] ** 2).sum() / max((deviations**2).sum(), 1e-300)
        note = (
            f"The two principal components of {features} features, {share:.0%} of the variance;"
            " the points lie off this plane."
        )
        labels = ("first component", "second component")
    made = Plane(origin, first, second, (0, 1), (0, 1), *labels, note)
    points = made.points(rows)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum((high - low) * MARGIN, 1e-3)
    (x_low, y_low), (x_high, y_high) = (low - room).tolist(), (high + room).tolist()
    if features == 2 and not data.dataset.own_units:  # the same scale both ways, as the set was made
        side = max(USUAL, -x_low, x_high, -y_low, y_high)
        x_low, x_high, y_low, y_high = -side, side, -side, side
    return Plane(origin, first, second, (x_low, x_high), (y_low, y_high), *labels, note)


@dataclass(frozen=True)
class Scatter:
    """All examples as they lie in a plane: those that are trained on first, then those held back.

    Attributes
    ----------
    inputs : `(n, features)`, standardized
    labels, held : `(n,)`
    places : `(n, 2)`
    """

    data: Split
    plane: Plane
    inputs: Array
    labels: Any
    held: Any
    places: Array

    def nearest(self, place: tuple[float, float]) -> int | None:
        """The example that is meant by a place, if there is one so near.

        >>> from landscape.network.datasets import make_dataset, split
        >>> scatter = scatter_of(split(make_dataset("moons")))
        >>> scatter.nearest(tuple(scatter.places[7])), scatter.nearest((9.0, 9.0))
        (7, None)
        """
        plane = self.plane
        span = np.array([np.ptp(plane.x_range), np.ptp(plane.y_range)])
        apart = np.linalg.norm((self.places - place) / span, axis=1)
        near = int(apart.argmin())
        return near if apart[near] < NEAR else None


def scatter_of(data: Split, axes: tuple[int, int] | None = None) -> Scatter:
    """The examples in the plane that `plane_of` gives."""
    plane = plane_of(data, axes)
    inputs = np.concatenate([data.training_inputs, data.validation_inputs])
    labels = np.concatenate([data.training_labels, data.validation_labels])
    held = np.arange(len(labels)) >= len(data.training_labels)
    return Scatter(data, plane, inputs, labels, held, plane.points(inputs))


def regions(
    architecture: Architecture, parameters: Array, averages: Averages | None, plane: Plane, size: int = 100
) -> Array:
    """Class probabilities of the first network over the plane, `(size, size, classes)`, `[iy, ix]`."""
    inputs = plane.grid(size, size).astype(parameters.dtype)
    with np.errstate(all="ignore"):
        found = probabilities(architecture, parameters[:1], inputs, averages)[0]
    return found.reshape(size, size, -1)


def response(
    architecture: Architecture,
    parameters: Array,
    averages: Averages | None,
    plane: Plane,
    layer: int,
    unit: int,
    size: int = 100,
) -> Array:
    """A unit's output over the plane, `(size, size)`; the layer after the last hidden one is the logits."""
    inputs = plane.grid(size, size).astype(parameters.dtype)
    with np.errstate(all="ignore"):
        passed = forward(architecture, parameters[:1], inputs, averages)
    values = passed.logits if layer == len(passed.hidden) else passed.hidden[layer].leaving
    return values[0, :, unit].reshape(size, size)
