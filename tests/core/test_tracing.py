"""Traced arithmetic: what is written down, what is calculated at once, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from landscape.tracing import Known, Trace, UntraceableError, choose


def test_equal_steps_are_written_once():
    trace = Trace()
    x = trace.leaf("x")
    assert (x * x + 1.0).place == (np.multiply(x, x) + 1).place
    assert trace.steps == [("leaf", "x"), ("*", 0, 0), ("number", (1.0).hex()), ("+", 1, 2)]


def test_the_two_zeros_differ():
    trace = Trace()
    assert trace.place_of(0.0) != trace.place_of(-0.0)


def test_known_numbers_are_calculated_for_each_step_by_pythons_operations():
    beta, taken = Known("beta", (0.9,)), Known("taken", (1, 2, 3))
    weights = 1 - beta**taken
    assert weights.values == tuple(1 - 0.9**t for t in (1, 2, 3))
    assert np.sqrt(beta).values == (np.sqrt(0.9),)
    other = 1 - Known("beta", (0.5,)) ** taken
    assert other.key == weights.key  # the same column of another table


def test_a_known_number_becomes_one_column():
    trace = Trace()
    x, rate = trace.leaf("x"), Known("rate", (0.1, 0.2))
    _ = -(rate * x) + rate
    assert trace.columns == [rate]


@pytest.mark.parametrize("exponent", [0.5, 1, 2, -1])
def test_powers_that_arrays_calculate_exactly(exponent):
    trace = Trace()
    _ = trace.leaf("x") ** exponent
    assert {step[0] for step in trace.steps} <= {"leaf", "number", "sqrt", "*", "/"}
    values = np.abs(np.random.default_rng(0).standard_normal(1000)) * 10.0 ** np.arange(-150, 150, 0.3)
    exact = {0.5: np.sqrt(values), 1: values, 2: values * values, -1: 1 / values}[exponent]
    with np.errstate(all="ignore"):
        assert (values**exponent == exact).all()


@pytest.mark.parametrize(
    "function",
    [np.sin, np.exp, np.log, np.sign, lambda x: x**3, lambda x: 2.0**x, np.add.reduce, bool,
     lambda x: x if x > 0 else -x, lambda x: x + "1", lambda x: x + np.ones(3)],
)  # fmt: skip
def test_what_has_no_exact_counterpart_is_refused(function):
    with pytest.raises(UntraceableError):
        function(Trace().leaf("x"))


def test_what_python_refuses_is_refused():
    with pytest.raises(UntraceableError):
        _ = 1 / Known("zero", (0.0,))


def test_choices():
    trace = Trace()
    x = trace.leaf("x")
    choose(x > 0, x, 0.0)
    assert trace.steps[-1][0] == "choose"
    assert choose(np.array([True, False]), 1, 2).tolist() == [1, 2]
