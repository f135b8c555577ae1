"""A trained network as a file: plain arrays under PyTorch's names, and what they mean as JSON.

The file is NumPy's `.npz`. Its arrays are called as in the `state_dict` of a `torch.nn.Sequential` of
`Linear`, `BatchNorm1d` and activation layers (`0.weight`, `1.running_mean`, …); `specification` is text.
Nothing in it can be executed.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from landscape.errors import LandscapeError
from landscape.files import write_whole
from landscape.network.datasets import Split, standardized
from landscape.network.layers import Array
from landscape.network.model import Architecture, Averages, probabilities, weights
from landscape.network.spec import Training
from landscape.network.training import Snapshot, architecture_of

VERSION = 1
MAX_BYTES = 200_000_000  # unpacked


@dataclass(frozen=True)
class TrainedNetwork:
    """A network that is ready to predict.

    Attributes
    ----------
    parameters, averages : of one network, `(1, …)`
    steps : updates that it has had
    mean, scale : of each feature; inputs are standardized with them first
    training : how it was trained, as a table (see `Training`)
    label_name : what the column of the classes was called, if it was called anything
    """

    architecture: Architecture
    parameters: Array
    averages: Averages
    steps: int
    mean: Array
    scale: Array
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    training: dict[str, Any]
    label_name: str = ""

    def predict(self, inputs: Any) -> Array:
        """Class probabilities of rows in the data's own units, `(rows, classes)`, at test time.

        Raises
        ------
        LandscapeError
            for a row of another length, or too far from the training data to calculate with.
        """
        rows = standardized(inputs, self.mean, self.scale).astype(self.parameters.dtype)
        result: Array = probabilities(self.architecture, self.parameters, rows, self.averages)[0]
        return result


def trained(spec: Training, data: Split, snapshot: Snapshot, network: int = 0) -> TrainedNetwork:
    """One network of a snapshot, with all that it needs to be used elsewhere."""
    state, one = snapshot.state, slice(network, network + 1)
    return TrainedNetwork(
        architecture_of(spec, data),
        state.parameters[one],
        Averages(*(values[one] for values in state.averages)),
        state.step,
        data.mean,
        data.scale,
        data.dataset.feature_names,
        data.dataset.class_names,
        spec.model_dump(mode="json", exclude_none=True),
        data.dataset.label_name,
    )


def state_dict(model: TrainedNetwork) -> dict[str, Array]:
    """The arrays under the names that PyTorch gives them, in its order of axes."""
    result: dict[str, Array] = {}
    place = 0
    for block in model.architecture.blocks:
        result[f"{place}.weight"] = weights(block, model.parameters)[0].T
        if block.bias is not None:
            result[f"{place}.bias"] = model.parameters[0, block.bias]
        if block.gamma is not None:
            place += 1
            result[f"{place}.weight"] = model.parameters[0, block.gamma]
            result[f"{place}.bias"] = model.parameters[0, block.beta]
            result[f"{place}.running_mean"] = model.averages.mean[0, block.averages]
            result[f"{place}.running_var"] = model.averages.variance[0, block.averages]
            result[f"{place}.num_batches_tracked"] = np.array(model.steps)
        place += 2
    return result


def save_model(model: TrainedNetwork, path: Path | str) -> None:
    """Write a model file, completely or not at all."""
    architecture = model.architecture
    specification = {
        "version": VERSION,
        "sizes": [architecture.inputs, *architecture.hidden, architecture.classes],
        "activation": architecture.activation,
        "batch_norm": architecture.batch_norm,
        "epsilon": architecture.epsilon,
        "steps": model.steps,
        "mean": model.mean.tolist(),
        "scale": model.scale.tolist(),
        "feature_names": model.feature_names,
        "class_names": model.class_names,
        "training": model.training,
        "label_name": model.label_name,
    }
    buffer = io.BytesIO()
    text = np.array(json.dumps(specification, ensure_ascii=False))
    arrays: dict[str, Any] = {"specification": text, **state_dict(model)}
    np.savez(buffer, **arrays)
    write_whole(Path(path), buffer.getvalue())


def load_model(path: Path | str) -> TrainedNetwork:
    """Read a model file.

    Raises
    ------
    LandscapeError
        if it cannot be read, is no model file, or does not fit together.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise LandscapeError(f"{path}: there is no such file.")
        with zipfile.ZipFile(path) as packed:
            if sum(item.file_size for item in packed.infolist()) > MAX_BYTES:
                raise LandscapeError(f"{path} is too large for a model file.")
        with np.load(path, allow_pickle=False) as arrays:
            return _assembled(json.loads(str(arrays["specification"])), dict(arrays))
    except LandscapeError:
        raise
    except OSError as error:
        raise LandscapeError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    except Exception as error:  # a damaged archive can end in almost any of them
        reason = " ".join(str(error).split())[:200]
        raise LandscapeError(f"{path} is not a model file, or it is damaged ({reason}).") from None


def _assembled(specification: dict[str, Any], arrays: dict[str, Array]) -> TrainedNetwork:
    if specification["version"] != VERSION:
        raise LandscapeError(f"The model file has version {specification['version']}, not {VERSION}.")
    sizes = [int(size) for size in specification["sizes"]]
    if sizes != specification["sizes"] or len(sizes) < 2:
        raise ValueError("its sizes are no whole numbers")
    architecture = Architecture(
        sizes[0], tuple(sizes[1:-1]), sizes[-1], specification["activation"],
        bool(specification["batch_norm"]), float(specification["epsilon"]),
    )  # fmt: skip
    dtype = arrays["0.weight"].dtype
    if dtype not in (np.float32, np.float64):
        raise ValueError("its numbers are not floating-point numbers")
    units = architecture.normalized_units
    model = TrainedNetwork(
        architecture,
        np.zeros((1, architecture.parameters), dtype),
        Averages(np.zeros((1, units), dtype), np.ones((1, units), dtype)),
        int(specification["steps"]),
        np.array(specification["mean"], dtype=float),
        np.array(specification["scale"], dtype=float),
        tuple(map(str, specification["feature_names"])),
        tuple(map(str, specification["class_names"])),
        dict(specification["training"]),
        str(specification.get("label_name", "")),  # older files do not have it
    )
    for one in (model.mean, model.scale):
        if one.shape != (architecture.inputs,) or not np.isfinite(one).all():
            raise ValueError("its mean and scale do not fit the first layer")
    if not (model.scale > 0).all() or model.steps < 0 or not 0 < architecture.epsilon <= 1:
        raise ValueError("scale, steps and epsilon must be positive")
    if len(model.feature_names) != architecture.inputs:
        raise ValueError("features and first layer do not fit")
    if len(model.class_names) != architecture.classes:
        raise ValueError("classes and last layer do not fit")
    # `state_dict` gives views into the rows: what is written through them arrives in the network.
    for name, target in state_dict(model).items():
        given = arrays[name]
        if given.shape != target.shape:
            raise ValueError(f"“{name}” has shape {given.shape}, not {target.shape}")
        if target.ndim and given.dtype != dtype:
            raise ValueError(f"“{name}” is of another type than the rest")
        if not np.isfinite(given).all() or (name.endswith("running_var") and (given < 0).any()):
            raise ValueError(f"“{name}” holds what is no number")
        target[...] = given
    return model
