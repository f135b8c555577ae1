"""The pictures of the Train workspace: what each shows at a moment, computed where it takes long in a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gui.theme import Look, Theme, class_looks
from gui.train.trainer import Run
from gui.views.network_view import LayerPicture
from gui.views.ridge_view import Ridges
from gui.views.softmax_view import SoftmaxPicture
from gui.views.strip_chart import Curves
from gui.views.sweep_view import SweepRow
from landscape.network.datasets import Split
from landscape.network.diary import change_epochs, diary
from landscape.network.laboratory import averages, drift, layer_inputs
from landscape.network.layers import Array
from landscape.network.model import Architecture, Averages, forward, weights
from landscape.network.plane import Plane, Scatter, regions, response
from landscape.network.smoothness import Smoothness, smoothness
from landscape.network.softmax import taken_apart
from landscape.network.sweep import EPOCHS, sweep
from landscape.network.training import Snapshot, architecture_of
from landscape.numerals import numeral
from landscape.scene import Scene

WITH = {True: "with", False: "without"}
GRID = 96  # cells of the plane, each way
MOST_RIDGES = 13
SWEEP_STEPS = 1000  # of each learning rate that is tried: some seconds for digits


@dataclass(frozen=True)
class Moment:
    """What is looked at: a moment of a training, beside its twin, with one kind of averages."""

    run: Run
    data: Split
    now: Snapshot
    twin: Run | None
    test_time: bool

    @property
    def architecture(self) -> Architecture:
        """The network's shape."""
        return architecture_of(self.run.spec, self.data)

    @property
    def averages(self) -> Averages:
        """The running averages, or the statistics of the last mini-batch."""
        return self.now.state.averages if self.test_time else self.now.batch

    @property
    def runs(self) -> list[Run]:
        """The training and its twin, as far as there is anything to see of them."""
        return [each for each in (self.run, self.twin) if each is not None and each.snapshots and each.data]

    def logits(self, inputs: Array) -> Array:
        """What the network makes of inputs `(n, features)`, `(n, classes)`."""
        parameters = self.now.state.parameters[:1]
        with np.errstate(all="ignore"):
            return forward(
                self.architecture, parameters, inputs.astype(parameters.dtype), self.averages
            ).logits[0]


@dataclass(frozen=True)
class PlanePicture:
    """Shading of the plane, and which class the network gives to each example, `(n,)`."""

    values: Array
    is_response: bool
    guesses: Any


def plane_pictures(moment: Moment, scatter: Scatter, unit: tuple[int, int] | None) -> Iterator[PlanePicture]:
    """The class probabilities over the plane, or the response of a unit (layer, place)."""
    parameters = moment.now.state.parameters
    guesses = moment.logits(scatter.inputs).argmax(axis=1)
    if unit is None:
        values = regions(moment.architecture, parameters, moment.averages, scatter.plane, GRID)
    else:
        values = response(moment.architecture, parameters, moment.averages, scatter.plane, *unit, GRID)
    yield PlanePicture(values, unit is not None, guesses)


def heading(scene: Scene, data: Split | None) -> tuple[str, str]:
    """What is trained, and in one sentence how: the scene's own words where it has any for a training."""
    training = scene.training
    title = training.data.name if data is None else data.dataset.title
    norm = "with" if training.batch_norm else "without"
    twin = ", and its twin" if scene.train_view.twin else ""
    caption = f"One seed, {norm} batch normalization{twin}; {training.optimizer.title}."
    if scene.workspace != "train":
        return title, caption
    return scene.title or title, scene.caption or caption


def plane_note(moment: Moment, plane: Plane) -> str:
    """What the plane is of the data, and with which statistics the network is asked."""
    mode = "test time: running averages" if moment.test_time else "train time: the last mini-batch's own"
    return "   ".join(filter(None, (plane.note, mode if moment.run.spec.batch_norm else "")))


def confusion(scatter: Scatter, guesses: Any) -> Any:
    """Counts of the part held back (else of all examples), `(true, predicted)`."""
    part = scatter.held if scatter.held.any() else ~scatter.held
    classes = len(scatter.data.dataset.class_names)
    pairs = scatter.labels[part] * classes + guesses[part]
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def layers(moment: Moment) -> list[LayerPicture]:
    """The network's layers as the diagram takes them."""
    architecture, snapshot = moment.architecture, moment.now
    parameters = snapshot.state.parameters
    result = []
    for place, block in enumerate(architecture.blocks):
        hidden = place < len(architecture.hidden)
        result.append(
            LayerPicture(
                weights(block, parameters)[0],
                None if block.bias is None else parameters[0, block.bias],
                None if block.gamma is None else parameters[0, block.gamma],
                None if block.beta is None else parameters[0, block.beta],
                architecture.activation if hidden else "softmax",
                snapshot.layers[place].active[0] if hidden and snapshot.layers else None,
            )
        )
    return result


def softmax_picture(
    moment: Moment, scatter: Scatter, at: tuple[float, float], temperature: float, theme: Theme
) -> SoftmaxPicture:
    """The stages of the softmax at a place of the plane, or at the example that is meant by it."""
    near = scatter.nearest(at)
    inputs = scatter.plane.inputs(at) if near is None else scatter.inputs[near]
    true = None if near is None else int(scatter.labels[near])
    x, y = at if near is None else scatter.places[near]
    stages = taken_apart(moment.logits(inputs[None])[0], temperature, true)
    names = moment.data.dataset.class_names
    return SoftmaxPicture(
        stages.logits, stages.exponentials, stages.probabilities, stages.cross_entropy, true, temperature,
        names, tuple(class_looks(len(names), theme)), f"softmax at ({numeral(x, 3)}, {numeral(y, 3)})",
    )  # fmt: skip


def ridge_pictures(runs: Sequence[Run], layer: int, upto: int) -> Iterator[tuple[list[Ridges], str]]:
    """The distribution of what arrives at a layer, over the training so far, with and without."""
    trainings, words = [], []
    for run in runs:
        assert run.data is not None
        past = [snapshot for snapshot in run.snapshots if snapshot.state.epoch <= upto]
        places = np.unique(np.linspace(0, len(past) - 1, MOST_RIDGES).astype(int))
        trainings.append((architecture_of(run.spec, run.data), run.data, [past[place] for place in places]))
        words.append(f"{drift(past, layer):.2g} σ {WITH[run.spec.batch_norm]}")
    found = [
        Ridges(f"{WITH[run.spec.batch_norm]} BN", each.epochs, each.grid, each.densities, each.medians,
               run.spec.batch_norm)
        for run, each in zip(runs, layer_inputs(trainings, layer), strict=True)
    ]  # fmt: skip
    yield found, f"Layer {layer + 1}: its units' medians drift by {', '.join(words)}."


def score_curves(run: Run, twin: Run | None, kind: str, theme: Theme) -> Curves:
    """Training and validation "loss" or "accuracy" after each epoch, with a flag at each change."""
    # A twin may still be that of the training before.
    epochs = max(each.spec.epochs for each in (run, twin) if each is not None)
    values, looks = [], []
    for each in (run, twin):
        if each is None:
            continue
        colour = theme.text if each is run else theme.dim
        norm = "BN" if each.spec.batch_norm else "plain"
        for part, name, dash in (("training", norm, ()), ("validation", f"{norm}, val.", (5.0, 4.0))):
            curve = np.full(epochs + 1, np.nan)
            for snapshot in each.snapshots:
                curve[snapshot.state.epoch] = getattr(snapshot, f"{part}_{kind}")[0]
            values.append(curve)
            looks.append(Look(name, "disc", colour, dash))
    examples = 1 if run.data is None else len(run.data.training_labels)
    changes = zip(change_epochs(run.spec, examples), diary(run.spec), strict=True)
    flags = tuple((epoch, words) for epoch, (_, words) in changes)
    return Curves(kind, tuple(values), tuple(looks), flags=flags, named=True)


def sweep_rows(runs: Sequence[Run]) -> Iterator[tuple[list[SweepRow], str]]:
    """Which learning rates the trainings survive, better known from epoch to epoch; and what that says."""
    spec, data = runs[0].spec, runs[0].data
    assert data is not None
    steps = max(len(data.training_labels) // spec.batch_size, 1)
    epochs = max(min(EPOCHS, SWEEP_STEPS // steps), 1)
    walks = [sweep(run.spec, run.data, epochs=epochs) for run in runs if run.data is not None]
    titles = [f"{WITH[run.spec.batch_norm]} BN" for run in runs]
    for found in zip(*walks, strict=True):
        rows = [
            SweepRow(title, each.rates, each.accuracy, each.learned, each.diverged_at >= 0)
            for title, each in zip(titles, found, strict=True)
        ]
        after = f"{found[0].epochs} epoch{'' if found[0].epochs == 1 else 's'}"
        yield rows, f"After {after}, one seed, the same batches; click a cell to take its α."


def _whose(layer: int, unit: int) -> str:
    return f"layer {layer + 1}, unit {unit + 1}"


def average_curves(run: Run, layer: int, unit: int, theme: Theme) -> tuple[Curves, Curves]:
    """One unit's mean and variance, of the last mini-batch of each epoch and running."""
    assert run.data is not None
    architecture = architecture_of(run.spec, run.data)
    seen = averages(architecture, run.snapshots, layer, unit)
    epochs = np.array([snapshot.state.epoch for snapshot in run.snapshots])
    looks = (Look("batch", "disc", theme.dim, (2.0, 4.0)), Look("running", "disc", theme.accent, ()))
    charts = []
    for title, batch, running in (
        ("mean", seen.batch_mean, seen.running_mean),
        ("variance", seen.batch_variance, seen.running_variance),
    ):
        values = []
        for given in (batch, running):
            curve = np.full(run.spec.epochs + 1, np.nan)
            curve[epochs] = given
            values.append(curve)
        charts.append(Curves(title, tuple(values), looks, named=True, note=_whose(layer, unit)))
    return charts[0], charts[1]


def scale_curves(run: Run, layer: int, unit: int, theme: Theme) -> tuple[Curves, Curves]:
    """What batch normalization has learned, γ and β: one unit's, among those of its whole layer."""
    assert run.data is not None
    block = architecture_of(run.spec, run.data).blocks[layer]
    epochs = np.array([snapshot.state.epoch for snapshot in run.snapshots])
    looks = (
        Look("unit", "disc", theme.accent, ()),
        Look("median", "disc", theme.dim, (5.0, 4.0)),
    )
    charts = []
    for letter, place in (("γ", block.gamma), ("β", block.beta)):
        learned = np.array([snapshot.state.parameters[0, place] for snapshot in run.snapshots])
        edges = np.full((4, run.spec.epochs + 1), np.nan)
        edges[:, epochs] = [learned[:, unit], *np.percentile(learned, (50, 0, 100), axis=1)]
        bands = ((edges[0], edges[0]), (edges[2], edges[3]))
        charts.append(
            Curves(letter, (edges[0], edges[1]), looks, bands=bands, named=True, note=_whose(layer, unit))
        )
    return charts[0], charts[1]


def smoothness_curves(runs: Sequence[Run], theme: Theme) -> Iterator[tuple[Curves, Curves]]:
    """Loss range and gradient predictiveness along the gradient, of all trainings with one step length."""
    rate = float(runs[0].spec.optimizer.learning_rate)
    found: dict[int, Smoothness] = {}
    for place, run in enumerate(runs):
        assert run.data is not None
        for found[place] in smoothness(run.spec, run.data, tuple(run.snapshots), rate=rate):
            yield (
                _range_curves("loss range", "losses", runs, found, theme),
                _range_curves("gradient change", "distances", runs, found, theme),
            )


def _range_curves(
    title: str, part: str, runs: Sequence[Run], found: dict[int, Smoothness], theme: Theme
) -> Curves:
    """The median of what is met along the gradient, in a band from the least to the most."""
    values, bands, looks = [], [], []
    for place, each in found.items():
        measured = getattr(each, part)
        edges = np.full((3, runs[0].spec.epochs + 1), np.nan)
        edges[:, each.epochs.astype(int)] = np.percentile(measured, (0, 50, 100), axis=1)
        values.append(edges[1])
        bands.append((edges[0], edges[2]))
        colour, dash = (theme.dim, (5.0, 4.0)) if place else (theme.accent, ())
        looks.append(Look("BN" if runs[place].spec.batch_norm else "plain", "disc", colour, dash))
    return Curves(title, tuple(values), tuple(looks), log=True, bands=tuple(bands), named=True)
