"""Layers and network: published numbers, finite differences, and what must hold whatever the numbers."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.errors import FieldError
from landscape.network.course import examples
from landscape.network.layers import (
    ACTIVATIONS,
    activation,
    cross_entropy,
    log_softmax,
    normalize,
    normalize_backward,
    rescale,
)
from landscape.network.model import (
    Architecture,
    Averages,
    backward,
    batch_statistics,
    forward,
    initial_averages,
    initial_parameters,
    probabilities,
    weights,
)

ONE = np.ones((1, 1, 1))


def as_batch(rows: Any) -> Any:
    return np.array(rows, dtype=float)[None]


def problem(architecture: Architecture, rows: int = 9, networks: int = 2, seed: int = 0) -> Any:
    """Parameters with no zeros among them, inputs and one-hot targets."""
    random = np.random.default_rng(seed)
    parameters = initial_parameters(architecture, range(networks))
    parameters += 0.2 * random.normal(size=parameters.shape)
    inputs = random.normal(size=(rows, architecture.inputs))
    labels = random.integers(architecture.classes, size=rows)
    return parameters, inputs, examples(inputs, labels, architecture.classes, np.float64).targets


# --- batch normalization ---------------------------------------------------------------------------

# Two units, four examples; computed with PyTorch's BatchNorm1d in float64.
Z = [[1, 2], [3, -1], [0.5, 4], [-2, 0]]
GAMMA, BETA = np.array([[[1.5, 0.5]]]), np.array([[[0.1, -0.2]]])
UPSTREAM = [[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6], [0.7, 0.8]]
OUTPUT = [[0.41583758, -0.0047169], [2.1003047, -0.78584931], [-0.00527919, 0.51603804],
          [-2.11086309, -0.52547184]]  # fmt: skip
D_Z = [[-0.06223421, 0.04501429], [-0.05725657, -0.08296737], [0.18919145, -0.04324959],
       [-0.06970067, 0.08120267]]  # fmt: skip
TEST_TIME = [[1.32262888, 0.59469797], [3.93090382, -0.67681878], [0.67056014, 1.4423758],
             [-2.58978354, -0.25297986]]  # fmt: skip


def test_normalization_gives_the_published_numbers_forward_backward_and_at_test_time():
    output, kept = normalize(as_batch(Z), GAMMA, BETA, 1e-5)
    np.testing.assert_allclose(output[0], OUTPUT, atol=5e-9)
    d_z, d_gamma, d_beta = normalize_backward(as_batch(UPSTREAM), kept, GAMMA)
    np.testing.assert_allclose(d_z[0], D_Z, atol=5e-9)
    np.testing.assert_allclose(d_beta[0], np.sum(UPSTREAM, axis=0), atol=1e-15)
    np.testing.assert_allclose(d_gamma[0], (UPSTREAM * kept.normalized[0]).sum(axis=0), atol=1e-15)
    mean, variance = as_batch([[0.0625, 0.125]]), as_batch([[1.32291667, 1.39166667]])
    np.testing.assert_allclose(
        rescale(as_batch(Z), GAMMA, BETA, mean, variance, 1e-5)[0], TEST_TIME, atol=1e-8
    )


def test_normalization_of_one_to_four():
    output, kept = normalize(as_batch([[1], [2], [3], [4]]), 2 * ONE, 0.5 * ONE, 1e-5)
    expected = [-1.34163541996893, -0.447211806656309, 0.447211806656309, 1.34163541996893]
    np.testing.assert_allclose(kept.normalized.ravel(), expected, atol=1e-14)
    np.testing.assert_allclose(output.ravel(), 2 * np.array(expected) + 0.5, atol=1e-14)
    assert (kept.mean.item(), kept.variance.item()) == (2.5, 1.25)
    d_z, d_gamma, d_beta = normalize_backward(as_batch([[1], [0], [0], [0]]), kept, 2 * ONE)
    expected = [0.536660607786068, -0.715536744050595, -0.178886869262023, 0.35776300552655]
    np.testing.assert_allclose(d_z.ravel(), expected, atol=1e-14)
    assert (d_gamma.item(), d_beta.item()) == (pytest.approx(-1.3416354199689269, abs=1e-14), 1.0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 40), st.floats(1e-12, 1), st.floats(1e-3, 1e3))
def test_what_flows_back_sums_to_zero_and_is_nearly_at_right_angles_to_the_output(seed, rows, epsilon, size):
    random = np.random.default_rng(seed)
    z, upstream = size * random.normal(size=(2, rows, 3)), random.normal(size=(2, rows, 3))
    gamma = random.normal(size=(2, 1, 3))
    _, kept = normalize(z, gamma, np.zeros((2, 1, 3)), epsilon)
    d_z, d_gamma, _ = normalize_backward(upstream, kept, gamma)
    scale = np.abs(gamma * kept.inverse_deviation) * rows
    assert (np.abs(d_z.sum(axis=1, keepdims=True)) <= 1e-13 * scale).all()
    left = (d_z * kept.normalized).sum(axis=1)
    expected = (gamma * epsilon * kept.inverse_deviation**3)[:, 0] * d_gamma
    assert (np.abs(left - expected) <= 1e-12 * scale[:, 0]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rows", [1, 2, 3, 7, 33])
def test_a_constant_unit_and_a_batch_of_one_give_beta_and_send_nothing_back(rows, dtype):
    z = np.full((1, rows, 2), [0.3, -1.7], dtype)
    gamma, beta = np.full((1, 1, 2), 2, dtype), np.array([[[0.25, -4]]], dtype)
    output, kept = normalize(z, gamma, beta, 1e-5)
    assert output.dtype == dtype
    # A sum of equal numbers is off by some of their last digits, which are then divided by √ε.
    rounding = (4 + rows / 2) * float(np.finfo(dtype).eps) * 1.7 / 1e-5**0.5
    np.testing.assert_allclose(output, np.broadcast_to(beta, z.shape), atol=rounding)
    assert (kept.variance < 1e-12).all()
    d_z, d_gamma, _ = normalize_backward(np.ones_like(z), kept, gamma)
    np.testing.assert_allclose(d_z, 0, atol=rows * rounding / 1e-5**0.5)
    np.testing.assert_allclose(d_gamma, 0, atol=rows * rounding)


def test_a_training_batch_of_one_runs_through_a_whole_network():
    architecture = Architecture(3, (4, 5), 3)
    parameters, inputs, targets = problem(architecture, rows=1)
    loss, gradient = backward(architecture, parameters, forward(architecture, parameters, inputs), targets)
    assert np.isfinite(loss).all()
    first, second, last = architecture.blocks
    assert not gradient[:, first.weight].any()  # nothing gets past a batch of one
    assert not gradient[:, second.weight].any()
    assert gradient[:, last.weight].any()


def test_features_far_from_zero_do_not_ruin_the_variance():
    z = np.random.default_rng(0).normal(size=(1, 64, 3)).astype(np.float32)
    _, near = normalize(z, ONE.astype(np.float32), 0 * ONE.astype(np.float32), 1e-5)
    _, far = normalize(z + np.float32(4096), ONE.astype(np.float32), 0 * ONE.astype(np.float32), 1e-5)
    np.testing.assert_allclose(far.variance, near.variance, rtol=1e-3)  # E[z²] − E[z]² would be all wrong


def test_scaling_the_weights_before_normalization_changes_nothing_but_the_size_of_their_gradient():
    architecture = Architecture(3, (6, 5), 4, "tanh", epsilon=1e-300)
    parameters, inputs, targets = problem(architecture, rows=20)
    loss, gradient = backward(architecture, parameters, forward(architecture, parameters, inputs), targets)
    for factor, block in itertools.product((0.01, 3.0, 1e6), architecture.blocks[:-1]):
        scaled = parameters.copy()
        scaled[:, block.weight] *= factor
        passed = forward(architecture, scaled, inputs)
        again, other = backward(architecture, scaled, passed, targets)
        np.testing.assert_allclose(again, loss, rtol=1e-12)
        np.testing.assert_allclose(other[:, block.weight] * factor, gradient[:, block.weight], atol=1e-12)
    for block in architecture.blocks[:-1]:  # each unit's weights are at right angles to their gradient
        dot = (weights(block, parameters) * weights(block, gradient)).sum(axis=1)
        np.testing.assert_allclose(dot, 0, atol=1e-13)


def test_at_test_time_an_example_does_not_depend_on_its_company_and_in_training_it_does():
    architecture = Architecture(3, (6, 5), 4)
    parameters, inputs, _ = problem(architecture, rows=12)
    averages = Averages(np.full((2, 11), 0.3), np.full((2, 11), 1.7))
    everything = forward(architecture, parameters, inputs, averages).logits
    for row in range(12):
        alone = forward(architecture, parameters, inputs[row : row + 1], averages).logits
        np.testing.assert_allclose(alone[:, 0], everything[:, row], atol=1e-13)
    training = forward(architecture, parameters, inputs).logits
    assert np.abs(forward(architecture, parameters, inputs[:6]).logits - training[:, :6]).max() > 1e-2


def test_test_time_with_the_batch_s_own_statistics_is_the_training_pass():
    architecture = Architecture(3, (6, 5), 4, "sigmoid")
    parameters, inputs, _ = problem(architecture, rows=12)
    passed = forward(architecture, parameters, inputs)
    again = forward(architecture, parameters, inputs, batch_statistics(architecture, passed))
    np.testing.assert_allclose(again.logits, passed.logits, atol=1e-12)


# --- softmax and cross-entropy -----------------------------------------------------------------------


def test_softmax_of_one_two_three():
    logarithms = log_softmax(np.array([[[1.0, 2.0, 3.0]]]))
    np.testing.assert_allclose(np.exp(logarithms[0, 0]), [0.09003057, 0.24472847, 0.66524096], atol=5e-9)
    assert cross_entropy(logarithms, np.array([[0, 0, 1.0]]))[0] == pytest.approx(0.40760596, abs=5e-9)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.floats(-1e30, 1e30), min_size=2, max_size=10),
    st.sampled_from([np.float32, np.float64]),
)
def test_probabilities_of_any_logits(logits, dtype):
    given_logits = np.array([logits], dtype)
    found = np.exp(log_softmax(given_logits))
    assert found.dtype == dtype
    assert ((found >= 0) & (found <= 1)).all()
    assert found.sum() == pytest.approx(1, abs=8 * len(logits) * float(np.finfo(dtype).eps))
    assert found[0, given_logits.argmax()] == found.max()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e4, 1e30])
def test_huge_logits_give_certainty_and_a_finite_loss(size, dtype):
    logits = np.array([[[size, -size, 0], [0, size, size]]], dtype)
    logarithms = log_softmax(logits)
    np.testing.assert_allclose(np.exp(logarithms[0]), [[1, 0, 0], [0, 0.5, 0.5]], atol=1e-6)
    wrong = cross_entropy(logarithms, np.array([[0, 1, 0], [0, 1, 0]], dtype))
    assert np.isfinite(wrong).all()
    assert wrong[0] == pytest.approx(size, rel=1e-3)


@pytest.mark.parametrize("size", [1.0, 1e4])
@pytest.mark.parametrize("hidden", [(), (5,)])
def test_rows_of_the_logits_gradient_sum_to_zero(hidden, size):
    """The bias of the last layer and each row of its weights get that gradient."""
    architecture = Architecture(3, hidden, 4, "tanh")
    parameters, inputs, targets = problem(architecture, rows=15)
    parameters *= size
    _, gradient = backward(architecture, parameters, forward(architecture, parameters, inputs), targets)
    last = architecture.blocks[-1]
    np.testing.assert_allclose(gradient[:, last.bias].sum(axis=1), 0, atol=1e-14)
    np.testing.assert_allclose(weights(last, gradient).sum(axis=2), 0, atol=1e-13)


def test_two_classes_are_logistic_regression():
    z = np.random.default_rng(0).normal(size=(1, 30, 2)) * 5
    logistic = 1 / (1 + np.exp(-(z[..., 0] - z[..., 1])))
    np.testing.assert_allclose(np.exp(log_softmax(z))[..., 0], logistic, rtol=1e-12)


def test_the_sigmoid_has_no_overflow_and_the_right_values():
    z = np.array([-1e30, -800.0, -2.0, 0.0, 2.0, 800.0, 1e30])
    expected = [0, 0, 1 / (1 + math.exp(2)), 0.5, 1 / (1 + math.exp(-2)), 1, 1]
    np.testing.assert_allclose(activation("sigmoid").function(z), expected, atol=1e-16)


# --- the whole gradient --------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [(), (4,), (5, 3), (4, 3, 4)])
@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradient_agrees_with_finite_differences(name, batch_norm, hidden):
    architecture = Architecture(3, hidden, 3, name, batch_norm)
    parameters, inputs, targets = problem(architecture, rows=7, networks=3, seed=len(hidden))

    def loss(moved: Any) -> Any:
        return cross_entropy(log_softmax(forward(architecture, moved, inputs).logits), targets)

    found, gradient = backward(architecture, parameters, forward(architecture, parameters, inputs), targets)
    np.testing.assert_allclose(found, loss(parameters), rtol=1e-14)
    step, numeric = 1e-5, np.empty_like(gradient)
    for place in range(architecture.parameters):
        move = np.zeros(architecture.parameters)
        move[place] = step
        numeric[:, place] = (loss(parameters + move) - loss(parameters - move)) / (2 * step)
    np.testing.assert_allclose(gradient, numeric, atol=2e-8, rtol=1e-6)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_every_network_of_many_is_as_if_alone_also_with_inputs_of_its_own(batch_norm):
    architecture = Architecture(3, (6, 4), 3, "relu", batch_norm)
    parameters, inputs, targets = problem(architecture, rows=11, networks=5)
    own = inputs + np.arange(5.0)[:, None, None]
    for given_inputs in (inputs, own):
        loss, gradient = backward(
            architecture, parameters, forward(architecture, parameters, given_inputs), targets
        )
        for k in range(5):
            one = parameters[k : k + 1]
            mine = given_inputs if given_inputs.ndim == 2 else given_inputs[k]
            alone, its = backward(architecture, one, forward(architecture, one, mine), targets)
            np.testing.assert_allclose(alone, loss[k : k + 1], rtol=1e-13)
            np.testing.assert_allclose(its[0], gradient[k], atol=1e-14, rtol=1e-12)


def test_a_pass_leaves_parameters_and_inputs_alone():
    architecture = Architecture(3, (6, 4), 3)
    parameters, inputs, targets = problem(architecture)
    for array in (parameters, inputs, targets):
        array.flags.writeable = False
    passed = forward(architecture, parameters, inputs)
    first = backward(architecture, parameters, passed, targets)[1]
    assert np.array_equal(backward(architecture, parameters, passed, targets)[1], first)


# --- the shape and the start ---------------------------------------------------------------------------


@pytest.mark.parametrize("batch_norm", [True, False])
def test_every_parameter_has_one_place(batch_norm):
    architecture = Architecture(2, (32, 16), 4, batch_norm=batch_norm)
    per_unit = 2 if batch_norm else 1  # γ and β, or a bias
    assert architecture.parameters == 2 * 32 + 32 * per_unit + 32 * 16 + 16 * per_unit + 16 * 4 + 4
    taken = np.zeros(architecture.parameters, int)
    for block in architecture.blocks:
        for place in (block.weight, block.bias, block.gamma, block.beta):
            if place is not None:
                taken[place] += 1
        assert (block.bias is None) == (block.gamma is not None)
    assert (taken == 1).all()
    assert architecture.is_weight.sum() == 2 * 32 + 32 * 16 + 16 * 4
    assert architecture.normalized_units == (48 if batch_norm else 0)
    assert initial_averages(architecture, 3).mean.shape == (3, architecture.normalized_units)


def test_weights_are_views_of_the_flat_rows():
    architecture = Architecture(2, (3,), 2)
    parameters = initial_parameters(architecture, [0, 1])
    for block in architecture.blocks:
        view = weights(block, parameters)
        assert np.shares_memory(view, parameters)
        view[1, 0, 1] = 77
        assert parameters[1, block.weight][1] == 77


@pytest.mark.parametrize(
    ("name", "initialization", "variance"),
    [("relu", "auto", 2 / 300), ("tanh", "auto", 2 / 500), ("sigmoid", "auto", 2 / 500),
     ("relu", "xavier", 2 / 500), ("tanh", "he", 2 / 300), ("sigmoid", "small", 0.01)],
)  # fmt: skip
def test_the_start_is_spread_as_he_and_glorot_say(name, initialization, variance):
    architecture = Architecture(300, (200,), 10, name)
    drawn = initial_parameters(architecture, range(3), initialization)
    first = architecture.blocks[0]
    every = drawn[:, first.weight]
    assert every.std() == pytest.approx(variance**0.5, rel=0.01)
    assert abs(every.mean()) < 4 * (variance / every.size) ** 0.5
    assert np.abs(every).max() > 3.5 * variance**0.5  # a normal distribution, not a truncated one
    assert (drawn[:, first.gamma] == 1).all()
    assert not drawn[:, first.beta].any()
    assert not drawn[:, architecture.blocks[-1].bias].any()


def test_a_seed_s_weights_are_the_same_with_and_without_normalization_and_beside_others():
    plain, normalized = (Architecture(2, (8, 8), 3, batch_norm=on) for on in (False, True))
    one, other = initial_parameters(plain, [5])[0], initial_parameters(normalized, [4, 5, 6])[1]
    for left, right in zip(plain.blocks, normalized.blocks, strict=True):
        assert np.array_equal(one[left.weight], other[right.weight])
    assert not np.array_equal(initial_parameters(plain, [6])[0], one)
    rounded = initial_parameters(plain, [5], dtype=np.float32)[0]
    assert rounded.dtype == np.float32
    assert np.array_equal(rounded, one.astype(np.float32))


def test_a_fresh_network_knows_nothing():
    """Its loss is about ln C, and exactly so if the last layer is zero."""
    architecture = Architecture(64, (32, 32), 10)
    parameters, inputs, targets = problem(architecture, rows=200)
    parameters[:, architecture.blocks[-1].weight] *= 0.01
    parameters[:, architecture.blocks[-1].bias] = 0
    loss, _ = backward(architecture, parameters, forward(architecture, parameters, inputs), targets)
    np.testing.assert_allclose(loss, math.log(10), atol=0.02)
    parameters[:, architecture.blocks[-1].weight] = 0
    exact = probabilities(architecture, parameters, inputs, initial_averages(architecture, 2))
    np.testing.assert_allclose(exact, 0.1, rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "field"),
    [(lambda: Architecture(2, (3,), 2, "swish"), "activation"), (lambda: Architecture(2, (0,), 2), "hidden"),
     (lambda: Architecture(2, (513,), 2), "hidden"), (lambda: Architecture(2, (3,) * 11, 2), "hidden"),
     (lambda: Architecture(0, (3,), 2), "data"), (lambda: Architecture(2, (3,), 1), "data"),
     (lambda: initial_parameters(Architecture(2, (3,), 2), [0], "zeros"), "initialization")],
)  # fmt: skip
def test_a_shape_that_cannot_be_is_refused_by_name(make, field):
    with pytest.raises(FieldError) as caught:
        make()
    assert caught.value.field == field
