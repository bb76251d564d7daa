"""Derivatives of variates in a shape, looked up: the same numbers, and the right table for each."""

import ctypes

import numpy as np
import pytest
from rows import row, variates

import fastgrad as fg
import fastgrad.distributions.families as d
from fastgrad.core.traced_model import MOST_TABLES
from fastgrad.methods import ipa

EDGE = 2.0**-53
RANDOM = np.random.default_rng(12)
TAIL = 2.0 ** RANDOM.uniform(-52, -1, 1000)
U = np.concatenate([TAIL, 1.0 - TAIL, RANDOM.uniform(EDGE, 1.0, 2000)])
POINTER = ctypes.POINTER(ctypes.c_double)


def looked_up(distribution, parameter, x):
    table, out, numbers = (
        distribution.slope_table(parameter),
        np.empty(U.size),
        np.array(distribution.values),
    )
    given = (U, x, table, x, numbers, out, out)
    compiled = distribution.operation(f"derivative_{parameter}_by_table").compiled.ctypes
    compiled(U.size, 1, *(array.ctypes.data_as(POINTER) for array in given))
    return out


DISTRIBUTIONS = [
    (distribution, parameter)
    for distributions, parameters in (
        ([d.Gamma(a, 1.7) for a in (0.3, 1.0, 2.3, 40.0, 1e4)], ["shape"]),
        ([d.Beta(a, b) for a, b in ((0.7, 0.9), (2.0, 3.5), (150.0, 30.0))], ["a", "b"]),
    )
    for distribution in distributions
    for parameter in parameters
]


@pytest.mark.parametrize(
    ("distribution", "parameter"),
    DISTRIBUTIONS,
    ids=[f"{distribution}-{p}" for distribution, p in DISTRIBUTIONS],
)
def test_a_derivative_looked_up_is_the_derivative(distribution, parameter):
    """The table has 1e-13 (beta: 1e-12); near 1 the scalar function has x, and not 1 - x."""
    x = variates(distribution, U)
    exact = row(distribution, f"derivative_{parameter}", u=U, x=x)
    slack = 0.0 if isinstance(distribution, d.Gamma) else EDGE / np.maximum(1.0 - x, EDGE)
    error = np.abs(looked_up(distribution, parameter, x) - exact)
    assert np.all(error <= (1e-10 + 4.0 * slack) * np.abs(exact) + 1e-300)


def both_ways(monkeypatch, build, at, method="ipa"):
    by_table = fg.gradient(build, at, method, 4_000, seed=3)
    monkeypatch.setattr(ipa, "slope_tables", lambda study, slots: [None] * len(slots))
    return by_table, fg.gradient(build, at, method, 4_000, seed=3)


@pytest.mark.parametrize("method", ["ipa", "auto"])
def test_gradients_with_several_tables_and_without(monkeypatch, method):
    """Each slot has its own table, between others that have none."""

    def build(theta):
        inputs = [
            fg.Exponential(theta[0]),
            fg.Gamma(theta[1], theta[0]),
            fg.Beta(theta[1], theta[2]),
            fg.Gamma(2.0, theta[2]),
            fg.Gamma(theta[2], 0.5),
        ]
        return fg.Expectation(lambda p, q, r, s, t: p * q + 2.0 * r * s + 3.0 * t * t, inputs)

    by_table, scalar = both_ways(monkeypatch, build, [0.7, 2.2, 1.4], method)
    np.testing.assert_allclose(by_table.gradient, scalar.gradient, rtol=1e-10)


def test_too_many_tables_are_not_made(monkeypatch):
    def build(theta):
        durations = [fg.Gamma(theta + k / 10.0, 1.0) for k in range(MOST_TABLES + 1)]
        return fg.ActivityNetwork([("s", "t")] * len(durations), durations)

    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(d.Gamma, "slope_table", refuse)
    assert fg.gradient(build, 1.5, "ipa", 200, seed=1).gradient > 0


def test_the_shape_of_service_times_in_a_queue(monkeypatch):
    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Gamma(theta, 0.3), 20)

    by_table, scalar = both_ways(monkeypatch, build, 2.0)
    assert by_table.gradient == pytest.approx(scalar.gradient, rel=1e-10)
