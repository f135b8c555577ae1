"""The pictures of the Train workspace: what each shows at a moment, computed where it takes long in a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gui.theme import Look, Theme, class_looks
from gui.train.trainer import Run
from gui.views.network_view import LayerPicture
from gui.views.ridge_view import Ridges
from gui.views.softmax_view import SoftmaxPicture
from gui.views.strip_chart import Curves
from gui.views.sweep_view import SweepRow
from landscape.network.laboratory import averages, drift, layer_inputs, value_span
from landscape.network.layers import Array
from landscape.network.model import Averages, forward, weights
from landscape.network.plane import Plane, regions, response
from landscape.network.smoothness import Smoothness, smoothness
from landscape.network.softmax import taken_apart
from landscape.network.sweep import EPOCHS, sweep
from landscape.network.training import Snapshot, architecture_of

GRID = 96  # cells of the plane, each way
MOST_RIDGES = 13
SWEEP_STEPS = 1000  # of each learning rate that is tried: some seconds for digits


def statistics(snapshot: Snapshot, test_time: bool) -> Averages:
    """With which averages the network is looked at: the running ones, or those of the last mini-batch."""
    return snapshot.state.averages if test_time else snapshot.batch


def region_pictures(
    run: Run, snapshot: Snapshot, plane: Plane, test_time: bool, chosen: tuple[int, int] | None
) -> Iterator[tuple[str, Array]]:
    """The class probabilities over the plane, or a chosen unit's response."""
    assert run.data is not None
    architecture = architecture_of(run.spec, run.data)
    parameters, used = snapshot.state.parameters, statistics(snapshot, test_time)
    if chosen is None:
        yield "regions", regions(architecture, parameters, used, plane, GRID)
    else:
        yield "response", response(architecture, parameters, used, plane, *chosen, GRID)


def predicted(run: Run, snapshot: Snapshot, inputs: Any, test_time: bool) -> Array:
    """Logits of the first network, `(n, classes)`."""
    assert run.data is not None
    architecture = architecture_of(run.spec, run.data)
    rows = np.asarray(inputs).astype(snapshot.state.parameters.dtype)
    with np.errstate(all="ignore"):
        used = statistics(snapshot, test_time)
        return forward(architecture, snapshot.state.parameters[:1], rows, used).logits[0]


def confusion(run: Run, snapshot: Snapshot, test_time: bool) -> Any:
    """Counts of the validation part (else the training part), `(true, predicted)`."""
    data = run.data
    assert data is not None
    some = len(data.validation_labels) > 0
    inputs = data.validation_inputs if some else data.training_inputs
    labels = data.validation_labels if some else data.training_labels
    classes = len(data.dataset.class_names)
    guessed = predicted(run, snapshot, inputs, test_time).argmax(axis=1)
    return np.bincount(labels * classes + guessed, minlength=classes**2).reshape(classes, classes)


def layers(run: Run, snapshot: Snapshot) -> list[LayerPicture]:
    """The network's layers as the diagram takes them."""
    assert run.data is not None
    architecture = architecture_of(run.spec, run.data)
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
    run: Run, snapshot: Snapshot, inputs: Array, true_class: int | None, temperature: float, test_time: bool,
    where: str, theme: Theme,
) -> SoftmaxPicture:  # fmt: skip
    """The stages of the softmax at one input."""
    assert run.data is not None
    stages = taken_apart(predicted(run, snapshot, inputs[None], test_time)[0], temperature, true_class)
    names = run.data.dataset.class_names
    return SoftmaxPicture(
        stages.logits, stages.exponentials, stages.probabilities, stages.cross_entropy, true_class,
        temperature, names, tuple(class_looks(len(names), theme)), where,
    )  # fmt: skip


def ridge_pictures(runs: Sequence[Run], layer: int, upto: int) -> Iterator[tuple[list[Ridges], str]]:
    """The distribution of what arrives at a layer, over the training so far, with and without."""
    chosen, found, words = [], [], []
    for run in runs:
        past = [snapshot for snapshot in run.snapshots if snapshot.state.epoch <= upto]
        places = np.unique(np.linspace(0, len(past) - 1, MOST_RIDGES).astype(int))
        chosen.append([past[place] for place in places])
        words.append(drift(past, layer))
    spans = []
    for run, moments in zip(runs, chosen, strict=True):
        assert run.data is not None
        first = layer_inputs(architecture_of(run.spec, run.data), run.data, moments, layer)
        spans.append(first.grid)
    span = value_span(spans)
    for run, moments in zip(runs, chosen, strict=True):
        assert run.data is not None
        inputs = layer_inputs(architecture_of(run.spec, run.data), run.data, moments, layer, span)
        title = "with batch normalization" if run.spec.batch_norm else "without"
        found.append(Ridges(title, inputs.epochs, inputs.grid, inputs.densities, inputs.medians,
                            run.spec.batch_norm))  # fmt: skip
    each = ", ".join(
        f"{share:.2g} σ {'with' if run.spec.batch_norm else 'without'}"
        for run, share in zip(runs, words, strict=True)
    )
    yield found, f"Layer {layer + 1}: its units' medians drift by {each}."


def loss_curves(run: Run, twin: Run | None, epochs: int, theme: Theme, accuracy: bool) -> Curves:
    """Training and validation loss (or accuracy) after each epoch; validation is dashed."""
    kind = "accuracy" if accuracy else "loss"
    values, looks = [], []
    for each, main in ((run, True), (twin, False)):
        if each is None:
            continue
        colour = theme.text if main else theme.dim
        norm = "BN" if each.spec.batch_norm else "plain"
        for part, dash in (("training", ()), ("validation", (5.0, 4.0))):
            curve = np.full(epochs + 1, np.nan)
            for snapshot in each.snapshots:
                curve[snapshot.state.epoch] = getattr(snapshot, f"{part}_{kind}")[0]
            values.append(curve)
            looks.append(Look(f"{norm} {part}", "disc", colour, dash))
    grey = " · grey: its twin" if twin is not None else ""
    return Curves(f"{kind}: training —, validation - -{grey}", tuple(values), tuple(looks))


def sweep_rows(runs: Sequence[Run]) -> Iterator[tuple[list[SweepRow], str]]:
    """Which learning rates the trainings survive, better known from epoch to epoch; and what that says."""
    spec, data = runs[0].spec, runs[0].data
    assert data is not None
    steps = max(len(data.training_labels) // spec.batch_size, 1)
    epochs = max(min(EPOCHS, SWEEP_STEPS // steps), 1)
    walks = [sweep(run.spec, run.data, epochs=epochs) for run in runs if run.data is not None]
    titles = ["with BN" if run.spec.batch_norm else "without" for run in runs]
    for found in zip(*walks, strict=True):
        rows = [
            SweepRow(title, each.rates, each.accuracy, each.learned, each.diverged_at >= 0)
            for title, each in zip(titles, found, strict=True)
        ]
        after = f"{found[0].epochs} epoch{'' if found[0].epochs == 1 else 's'}"
        yield rows, f"After {after}, one seed, the same batches; click a cell to take its α."


def average_curves(run: Run, layer: int, unit: int, theme: Theme) -> tuple[Curves, Curves] | None:
    """One unit's mean and variance, of the last mini-batch of each epoch and running."""
    if run.data is None or not run.spec.batch_norm or not run.spec.hidden:
        return None
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
        words = f"{title}, unit {unit + 1} of layer {layer + 1}: running —, mini-batch ··"
        charts.append(Curves(words, tuple(values), looks))
    return charts[0], charts[1]


def smoothness_curves(runs: Sequence[Run], theme: Theme) -> Iterator[tuple[Curves, Curves]]:
    """Loss range and gradient predictiveness along the gradient, of all trainings with one step length."""
    rate = float(runs[0].spec.optimizer.learning_rate)
    found: list[Smoothness] = []
    for run in runs:
        assert run.data is not None
        last = None
        for last in smoothness(run.spec, run.data, run.snapshots, rate=rate):  # noqa: B007
            pass
        if last is not None:
            found.append(last)
    epochs = runs[0].spec.epochs
    charts = []
    for title, part in (
        ("loss range along the gradient", "losses"),
        ("‖gradient there − here‖", "distances"),
    ):
        values, bands, looks = [], [], []
        for run, each in zip(runs, found, strict=False):
            measured = getattr(each, part)
            edges = np.full((3, epochs + 1), np.nan)
            edges[:, each.epochs.astype(int)] = (
                measured.min(axis=1),
                np.median(measured, axis=1),
                measured.max(axis=1),
            )
            values.append(edges[1])
            bands.append((edges[0], edges[2]))
            main = run is runs[0]
            name, dash = "BN" if run.spec.batch_norm else "plain", () if main else (5.0, 4.0)
            looks.append(Look(name, "disc", theme.accent if main else theme.dim, dash))
        charts.append(Curves(title, tuple(values), tuple(looks), log=True, bands=tuple(bands)))
    yield charts[0], charts[1]
