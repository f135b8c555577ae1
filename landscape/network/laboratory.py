"""What batch normalization does to a layer, measured on the moments of a training.

Ioffe & Szegedy (2015) hold that it helps because it steadies the distribution of what arrives at each
layer (internal covariate shift). `layer_inputs` and `drift` measure that distribution; `averages` puts the
statistics of the mini-batches beside the running ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landscape.network.datasets import Split
from landscape.network.layers import Array
from landscape.network.model import Architecture, forward
from landscape.network.training import PROBES, Snapshot

BINS = 96


@dataclass(frozen=True)
class LayerInputs:
    """What arrives at a layer's activations, all units together, at some moments.

    Attributes
    ----------
    epochs : `(moments,)`
    grid : `(BINS,)`, values
    densities : `(moments, BINS)`, each with area 1
    medians : `(moments,)`
    """

    epochs: Array
    grid: Array
    densities: Array
    medians: Array


Moments = tuple[Architecture, Split, Sequence[Snapshot]]  # of one training


def layer_inputs(trainings: Sequence[Moments], layer: int) -> list[LayerInputs]:
    """The distributions at a hidden layer over some trainings, with the examples' own statistics.

    Up to 512 training examples go through the network as one batch, as in training. All trainings have
    one range: that of the middle 98 % of all values.
    """
    values = [_arriving(*moments, layer) for moments in trainings]
    edges = _edges([each for one in values for each in one])
    return [
        _distributions([snapshot.state.epoch for snapshot in snapshots], arriving, edges)
        for (_, _, snapshots), arriving in zip(trainings, values, strict=True)
    ]


def _arriving(
    architecture: Architecture, data: Split, snapshots: Sequence[Snapshot], layer: int
) -> list[Array]:
    """The finite values at a layer, at each moment."""
    values = []
    with np.errstate(all="ignore"):
        for snapshot in snapshots:
            parameters = snapshot.state.parameters[:1]
            probes = data.training_inputs[:PROBES].astype(parameters.dtype)
            arriving = forward(architecture, parameters, probes).hidden[layer].arriving[0].ravel()
            values.append(arriving[np.isfinite(arriving)].astype(float))
    return values


def _distributions(epochs: Sequence[int], values: Sequence[Array], edges: Array) -> LayerInputs:
    width = edges[1] - edges[0]
    # Counts alone are ragged: each is spread over its neighbours by a Gaussian two bins wide.
    kernel = np.exp(-0.5 * (np.arange(-6, 7) / 2) ** 2)
    densities = []
    for each in values:
        counts = np.histogram(each, edges)[0] / max(len(each) * width, 1e-300)
        densities.append(np.convolve(counts, kernel / kernel.sum(), mode="same"))
    return LayerInputs(
        np.array(epochs, dtype=float),
        (edges[:-1] + edges[1:]) / 2,
        np.array(densities),
        np.array([np.median(each) if len(each) else np.nan for each in values]),
    )


def _edges(values: Sequence[Array]) -> Array:
    """Edges of the bins: over the middle 98 % of all values, with a margin."""
    pooled = np.concatenate([each for each in values if len(each)] or [np.zeros(1)])
    low, high = np.percentile(pooled, (1, 99))
    room = max((high - low) * 0.15, 1e-6)
    return np.linspace(low - room, high + room, BINS + 1)


def drift(snapshots: Sequence[Snapshot], layer: int) -> float:
    """How far the median of what arrives at a unit moves in training, in its own typical deviations.

    For each unit the standard deviation over the moments of its median is divided by the mean over the
    moments of half the distance of its 15th and 85th percentiles, which is about one standard deviation;
    the mean over the units is given. 0 without moments; units that never vary are left out.
    """
    rows = [snapshot.layers[layer].arriving[0] for snapshot in snapshots if len(snapshot.layers) > layer]
    if len(rows) < 2:
        return 0.0
    percentiles = np.array(rows, dtype=float)
    with np.errstate(all="ignore"):
        moved = percentiles[:, 1].std(axis=0)
        spread = (percentiles[:, 2] - percentiles[:, 0]).mean(axis=0) / 2
        share = moved / spread
    good = np.isfinite(share) & (spread > 1e-9)
    return float(share[good].mean()) if good.any() else 0.0


@dataclass(frozen=True)
class AveragesOverTime:
    """One normalized unit's statistics at each moment, `(moments,)` each."""

    steps: Array
    batch_mean: Array
    running_mean: Array
    batch_variance: Array
    running_variance: Array


def averages(
    architecture: Architecture, snapshots: Sequence[Snapshot], layer: int, unit: int
) -> AveragesOverTime:
    """The last mini-batch's mean and variance beside the running ones, of one unit of a hidden layer."""
    units = architecture.blocks[layer].averages
    assert units is not None
    place = units.start + unit
    batches = [snapshot.batch for snapshot in snapshots]
    running = [snapshot.state.averages for snapshot in snapshots]
    return AveragesOverTime(
        np.array([snapshot.step for snapshot in snapshots], dtype=float),
        np.array([each.mean[0, place] for each in batches], dtype=float),
        np.array([each.mean[0, place] for each in running], dtype=float),
        np.array([each.variance[0, place] for each in batches], dtype=float),
        np.array([each.variance[0, place] for each in running], dtype=float),
    )
