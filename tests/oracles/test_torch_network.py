"""The network against PyTorch: gradients, 50 steps under each rule, running statistics, the model file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from landscape.network.course import Course, Examples, Recipe, batch, examples, first_state, one_step, order
from landscape.network.layers import log_softmax
from landscape.network.model import (
    Architecture,
    Averages,
    backward,
    forward,
    initial_parameters,
    probabilities,
)
from landscape.network.model_file import TrainedNetwork, load_model, save_model, state_dict
from landscape.optimizers import make_optimizer

ACTIVATIONS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}
README = Path(__file__).parents[2] / "README.md"


def as_torch(architecture: Architecture, parameters: Any, averages: Averages) -> torch.nn.Sequential:
    layers: list[torch.nn.Module] = []
    for block in architecture.blocks:
        layers.append(torch.nn.Linear(block.inputs, block.units, bias=block.bias is not None))
        if block.gamma is not None:
            layers.append(torch.nn.BatchNorm1d(block.units, eps=architecture.epsilon, momentum=0.1))
        layers.append(ACTIVATIONS[architecture.activation]())
    module = torch.nn.Sequential(*layers[:-1]).double()
    nothing: dict[str, Any] = {}
    model = TrainedNetwork(architecture, parameters, averages, 0, np.zeros(1), np.ones(1), (), (), nothing)
    module.load_state_dict({name: torch.tensor(array) for name, array in state_dict(model).items()})
    return module


def flat(architecture: Architecture, module: torch.nn.Sequential, gradients: bool = False) -> Any:
    """Torch's parameters, or their gradients, in the order of our flat row."""
    parts = []
    for tensor in module.parameters():
        array = (tensor.grad if gradients else tensor).detach().numpy()
        parts.append(array.T.ravel())
    return np.concatenate(parts)


def problem(architecture: Architecture, rows: int, seed: int = 0) -> tuple[Any, Any, Examples]:
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(rows, architecture.inputs))
    labels = random.integers(architecture.classes, size=rows)
    return inputs, labels, examples(inputs, labels, architecture.classes, np.float64)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("hidden", [(), (5,), (7, 4), (6, 5, 4)])
def test_gradients_of_every_layer(name: str, batch_norm: bool, hidden: tuple[int, ...]) -> None:
    architecture = Architecture(3, hidden, 4, name, batch_norm)
    parameters = initial_parameters(architecture, [3, 4])
    parameters += 0.1 * np.random.default_rng(1).normal(size=parameters.shape)
    inputs, labels, data = problem(architecture, 12)
    loss, gradient = backward(
        architecture, parameters, forward(architecture, parameters, inputs), data.targets
    )
    units = architecture.normalized_units
    for network in range(2):
        averages = Averages(np.zeros((1, units)), np.ones((1, units)))
        module = as_torch(architecture, parameters[network : network + 1], averages)
        torch_loss = torch.nn.functional.cross_entropy(module(torch.tensor(inputs)), torch.tensor(labels))
        torch_loss.backward()
        assert loss[network] == pytest.approx(torch_loss.item(), abs=1e-13)
        np.testing.assert_allclose(
            gradient[network], flat(architecture, module, True), atol=1e-12, rtol=1e-10
        )


RULES = {
    "gradient_descent": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.003, alpha=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.05, eps=1e-8),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
}
OURS = {
    "gradient_descent": {"learning_rate": 0.1},
    "momentum": {"learning_rate": 0.1, "form": "classical"},
    "rmsprop": {"learning_rate": 0.003, "rho": 0.9},
    "adam": {"learning_rate": 0.01},
    "adagrad": {"learning_rate": 0.05},
    "adamw": {"learning_rate": 0.01, "weight_decay": 0.1},
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_fifty_steps(rule: str, name: str) -> None:
    architecture = Architecture(4, (16, 12, 8), 3, name)
    inputs, labels, data = problem(architecture, 90, seed=5)
    course = Course(architecture, data, data, seed=11, running_beta=0.9)
    # The rules that divide by the gradient's size are compared away from the noise of their first steps.
    state = first_state(architecture, initial_parameters(architecture, [7]))
    module = as_torch(architecture, state.parameters, state.averages)
    optimizer = RULES[rule](module.parameters())
    recipe = Recipe(make_optimizer(rule, **OURS[rule]), batch_size=16)
    for _ in range(50):
        drawn, end = batch(course, state, recipe.batch_size)
        rows = order(course.seed, state.epoch, 90)[state.seen : end].copy()
        assert np.array_equal(drawn.inputs, inputs[rows])
        optimizer.zero_grad()
        module.train()
        loss = torch.nn.functional.cross_entropy(
            module(torch.tensor(inputs[rows])), torch.tensor(labels[rows])
        )
        loss.backward()
        optimizer.step()
        stepped = one_step(course, recipe, state)
        state = stepped.state
        assert stepped.loss[0] == pytest.approx(loss.item(), abs=1e-9)
    np.testing.assert_allclose(state.parameters[0], flat(architecture, module), atol=1e-8, rtol=0)
    means = np.concatenate([layer.running_mean.numpy() for layer in module if hasattr(layer, "running_mean")])
    variances = np.concatenate(
        [layer.running_var.numpy() for layer in module if hasattr(layer, "running_var")]
    )
    np.testing.assert_allclose(state.averages.mean[0], means, atol=1e-9)
    np.testing.assert_allclose(state.averages.variance[0], variances, atol=1e-9, rtol=1e-9)
    module.eval()
    with torch.no_grad():
        expected = torch.softmax(module(torch.tensor(inputs)), dim=1).numpy()
    ours = probabilities(architecture, state.parameters, inputs, state.averages)[0]
    np.testing.assert_allclose(ours, expected, atol=1e-8)


def test_l2_is_weight_decay_on_the_weights_alone() -> None:
    architecture = Architecture(2, (6,), 3)
    inputs, labels, data = problem(architecture, 20)
    course = Course(architecture, data, data)
    state = first_state(architecture, initial_parameters(architecture, [1]))
    module = as_torch(architecture, state.parameters, state.averages)
    decayed = [tensor for tensor in module.parameters() if tensor.ndim == 2]
    others = [tensor for tensor in module.parameters() if tensor.ndim == 1]
    optimizer = torch.optim.SGD([{"params": decayed, "weight_decay": 0.3}, {"params": others}], lr=0.2)
    recipe = Recipe(make_optimizer("gradient_descent", learning_rate=0.2), batch_size=20, l2=0.3)
    for epoch in range(5):
        rows = order(0, epoch, 20).copy()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(
            module(torch.tensor(inputs[rows])), torch.tensor(labels[rows])
        ).backward()
        optimizer.step()
        state = one_step(course, recipe, state).state
    np.testing.assert_allclose(state.parameters[0], flat(architecture, module), atol=1e-12)


def test_log_softmax() -> None:
    logits = np.random.default_rng(0).normal(size=(50, 7)) * 10.0 ** np.random.default_rng(1).integers(
        -3, 5, (50, 1)
    )
    expected = torch.log_softmax(torch.tensor(logits), dim=1).numpy()
    np.testing.assert_allclose(log_softmax(logits), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_the_readme_s_snippet_rebuilds_the_model(tmp_path: Path, batch_norm: bool) -> None:
    architecture = Architecture(3, (8, 5), 4, "tanh", batch_norm)
    _, _, data = problem(architecture, 64)
    course = Course(architecture, data, data)
    state = first_state(architecture, initial_parameters(architecture, [2]))
    recipe = Recipe(make_optimizer("adam", learning_rate=0.02))
    for _ in range(30):
        state = one_step(course, recipe, state).state
    names, classes = ("a", "b", "c"), ("p", "q", "r", "s")
    mean, scale = np.array([1.0, -2.0, 3.0]), np.array([2.0, 0.5, 1.0])
    model = TrainedNetwork(
        architecture, state.parameters, state.averages, state.step, mean, scale, names, classes, {}
    )
    save_model(model, tmp_path / "model.npz")
    rows = np.random.default_rng(9).normal(size=(20, 3)) * 3
    ours = load_model(tmp_path / "model.npz").predict(rows)
    snippet = next(
        block
        for block in re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
        if "Sequential" in block
    )
    scope: dict[str, Any] = {}
    exec(snippet.replace('"model.npz"', repr(str(tmp_path / "model.npz"))), scope)
    with torch.no_grad():
        theirs = scope["predict"](rows).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    scope["saved"].close()
    with np.load(tmp_path / "model.npz") as saved:
        assert json.loads(str(saved["specification"]))["class_names"] == list(classes)
