"""Figure 1 of Ioffe & Szegedy (2015) on the digits, drawn anew from our own training (`make bench`).

Three hidden layers of 100 sigmoid units, a small start, gradient descent with rate 0.5 and batches of 60;
with and without batch normalization from the same weights. Pixels are 0 … 1, as in the paper. The picture
goes to tests/bench/output/.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape.network.datasets import Split
from landscape.network.model import forward
from landscape.network.spec import Training
from landscape.network.training import PERCENTILES, Snapshot, architecture_of, split_data, train

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

OUTPUT = Path(__file__).parent / "output"
EVERY, STOP, EARLY = 20, 3000, 200
COLOURS = {True: "#0b6e99", False: "#c1440e"}
NAMES = {True: "with batch normalization", False: "without"}


def spec_of(batch_norm: bool, seed: int) -> Training:
    return Training(
        data={"name": "digits"}, hidden=(100, 100, 100), activation="sigmoid", batch_norm=batch_norm,
        initialization="small", optimizer={"rule": "gradient_descent", "learning_rate": 0.5}, batch_size=60,
        epochs=1000, seed=seed,
    )  # fmt: skip


def pixels(seed: int) -> Split:
    """The digits as 0 … 1; our own set has them as −1 … 1, with which the plateau is shorter."""
    data = split_data(spec_of(True, seed))
    return replace(
        data,
        training_inputs=(data.training_inputs + 1) / 2,
        validation_inputs=(data.validation_inputs + 1) / 2,
    )


def run(batch_norm: bool, seed: int, stop: int) -> list[Snapshot]:
    return list(train(spec_of(batch_norm, seed), pixels(seed), stop=stop, every=EVERY))


def typical_unit(snapshots: list[Snapshot], layer: int) -> np.ndarray:
    """Percentiles `(moments, 3)` of the unit whose median moves as much as the middle one of its layer."""
    rows = np.array([snapshot.layers[layer].arriving[0] for snapshot in snapshots])
    moved = rows[:, 1].std(axis=0)
    return rows[:, :, np.argsort(moved)[len(moved) // 2]]


@pytest.mark.parametrize("seed", range(3))
def test_after_200_steps_only_the_normalized_network_has_learned(seed):
    found = {on: run(on, seed, EARLY)[-1] for on in (True, False)}
    shares = {on: float(last.validation_accuracy[0]) for on, last in found.items()}
    print(f"\nseed {seed}, {EARLY} steps: {shares[True]:.3f} with, {shares[False]:.3f} without")
    assert shares[True] >= 0.93
    assert shares[False] <= 0.30


def test_the_figure():
    import matplotlib.pyplot as plt

    runs = {on: run(on, 0, STOP) for on in (True, False)}
    figure, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    axes[1].sharey(axes[2])
    accuracies(axes[0], runs)
    for axis, on in zip(axes[1:], (False, True), strict=True):
        percentiles(axis, runs[on], on)
    figure.suptitle("Digits, 3 × 100 sigmoid units, gradient descent (0.5), batches of 60", fontsize=11)
    OUTPUT.mkdir(exist_ok=True)
    figure.savefig(OUTPUT / "ioffe_szegedy_figure_1.png", dpi=110)
    plt.close(figure)
    last = {on: float(snapshots[-1].validation_accuracy[0]) for on, snapshots in runs.items()}
    print(f"\n{STOP} steps: {last[True]:.3f} with, {last[False]:.3f} without")
    assert min(last.values()) > 0.9
    assert last[True] >= last[False]
    drifts = {on: typical_unit(runs[on], 2)[:, 1].std() for on in runs}
    print(f"drift of a median: {drifts[True]:.2f} with, {drifts[False]:.2f} without")
    assert drifts[True] < drifts[False] / 2


def accuracies(axis: Any, runs: dict[bool, list[Snapshot]]) -> None:
    for on, snapshots in runs.items():
        steps = [snapshot.step for snapshot in snapshots]
        shares = [snapshot.validation_accuracy[0] for snapshot in snapshots]
        axis.plot(steps, shares, color=COLOURS[on], label=NAMES[on])
    axis.axhline(0.1, color="0.6", linewidth=0.8, linestyle=":")
    axis.annotate("chance", (STOP, 0.1), (0, 3), textcoords="offset points", ha="right", color="0.4", size=8)
    axis.set(title="(a) accuracy on the validation part", xlabel="steps", ylim=(0, 1.02), xlim=(0, STOP))
    axis.legend(loc="lower right", bbox_to_anchor=(1, 0.14), frameon=False, fontsize=9)


def percentiles(axis: Any, snapshots: list[Snapshot], on: bool) -> None:
    """What arrives at one unit of the last hidden layer."""
    steps, values = [snapshot.step for snapshot in snapshots], typical_unit(snapshots, 2)
    for place, share in enumerate(PERCENTILES):
        axis.plot(steps, values[:, place], color=COLOURS[on], linewidth=1.6 if place == 1 else 0.9)
        axis.annotate(
            f"{share} %", (steps[-1], values[-1, place]), (4, -3), textcoords="offset points", size=8
        )
    axis.fill_between(steps, values[:, 0], values[:, 2], color=COLOURS[on], alpha=0.12)
    letter = "c" if on else "b"
    axis.set(title=f"({letter}) one sigmoid's input, {NAMES[on]}", xlabel="steps", xlim=(0, STOP * 1.12))
    axis.title.set_fontsize(11)


def test_the_percentiles_are_those_of_the_network():
    snapshot = run(True, 0, EVERY)[-1]
    spec = spec_of(True, 0)
    data = pixels(0)
    probes = data.training_inputs[:512].astype(np.float32)
    arriving = forward(architecture_of(spec, data), snapshot.state.parameters, probes).hidden[2].arriving[0]
    expected = np.percentile(arriving, PERCENTILES, axis=0)
    np.testing.assert_allclose(snapshot.layers[2].arriving[0], expected, rtol=1e-5, atol=1e-6)
