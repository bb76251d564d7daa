"""Tables of quantiles: against known functions, and against the quantiles they stand for."""

import ctypes

import numpy as np
import pytest
from fastgrad.kernels.jit.compile import subroutine
from fastgrad.kernels.special import shape_tables
from fastgrad.kernels.special.incomplete_beta import (
    beta_logit_quantile,
    beta_logit_quantile_derivative,
)
from fastgrad.kernels.special.incomplete_gamma import (
    gamma_log_quantile,
    gamma_log_quantile_derivative,
)
from fastgrad.kernels.special.quantile_table import NODES, SIZE, interpolate, to_coefficients
from rows import variates

import fastgrad.distributions.families as d

RANDOM = np.random.default_rng(9)
TAIL = 2.0 ** RANDOM.uniform(-53, -1, 20_000)
U = np.concatenate([TAIL, 1.0 - TAIL, RANDOM.uniform(2.0**-53, 1.0, 20_000)])
U = np.clip(U, 2.0**-53, 1.0 - 2.0**-53)


@subroutine
def look_up(table, u, out):
    for i in range(u.size):
        out[i] = interpolate(table, u[i])


def looked_up(table, u=U):
    out = np.empty(u.size)
    look_up(table, u, out)
    return out


def filled(operation, *shapes):
    pointer = ctypes.POINTER(ctypes.c_double)
    parameters, table = np.array(shapes), np.empty(SIZE)
    arguments = (array.ctypes.data_as(pointer) for array in (parameters, table))
    operation.compiled.ctypes(*arguments)
    return table


def test_logarithm():
    """y = log u, whose singularity at 0 sets the width of the cells: 16 to the octave."""
    table = np.concatenate([np.log(NODES), np.log1p(-NODES)]).ravel()
    to_coefficients(table)
    # The interpolation error is at most 33^-8 / 8 / 2^7; a few roundings of y come on top.
    bound = 1e-15 + 4 * 2.0**-53 * np.abs(np.log(U))
    assert np.all(np.abs(looked_up(table) - np.log(U)) <= bound)


def test_polynomials_of_degree_seven_are_exact():
    """In u itself, up to rounding: every cell, and both halves."""
    powers = RANDOM.uniform(-1, 1, 8)
    table = np.polyval(powers, np.concatenate([NODES, 1.0 - NODES])).ravel()
    to_coefficients(table)
    np.testing.assert_allclose(looked_up(table), np.polyval(powers, U), rtol=0, atol=1e-14)


def test_too_close_to_the_ends_counts_as_the_last_node():
    table = np.concatenate([np.log(NODES), -np.log(NODES)]).ravel()
    to_coefficients(table)
    ends = looked_up(table, np.array([0.0, 1e-300, 2.0**-53]))
    np.testing.assert_array_equal(ends, np.full(3, ends[2]))
    ends = looked_up(table, np.array([1.0, 1.0 - 2.0**-53]))
    np.testing.assert_array_equal(ends, np.full(2, ends[1]))


@pytest.mark.parametrize("a", [0.01, 0.3, 1.0, 2.5, 19.0, 40.0, 1e5])
def test_gamma(apply, a):
    # y' v is up to 1 / a; the rounding of y is that of log x.
    y = apply(gamma_log_quantile, a, U, 1.0 - U)
    error = np.abs(looked_up(filled(shape_tables.gamma_table, a)) - y)
    assert np.all(error <= 2e-15 * (1.0 + 2.0 / a) + 1e-15 * np.abs(y))
    slope = apply(gamma_log_quantile_derivative, a, U, 1.0 - U)
    error = np.abs(looked_up(filled(shape_tables.gamma_derivative_table, a)) - slope)
    assert np.all(error <= 1e-13 * slope)


def test_maxwell_by_table():
    """On both sides, down to |2 u - 1| = 2^-51 in the middle."""
    distribution = d.Maxwell(0.0, 1.0)
    u = np.concatenate([U, 0.5 + RANDOM.choice([-1, 1], 20_000) * 2.0 ** RANDOM.uniform(-52, -1)])
    u = u[u != 0.5]
    pointer = ctypes.POINTER(ctypes.c_double)
    out, numbers, table = np.empty(u.size), np.array(distribution.values), distribution.table()
    given = (u, table, u, u, numbers, out, out)
    compiled = distribution.operation("variate_by_table").compiled.ctypes
    compiled(u.size, 1, *(array.ctypes.data_as(pointer) for array in given))
    # A fourth of a table's error in log z², and what `test_gamma` allows the quantile.
    np.testing.assert_allclose(out, variates(distribution, u), rtol=4e-15 + 1e-15 * 37.0)


@pytest.mark.parametrize(("a", "b"), [(0.1, 0.3), (0.5, 0.5), (2.0, 3.0), (200.0, 1000.0)])
def test_beta(apply, a, b):
    y = apply(beta_logit_quantile, a, b, U, 1.0 - U)
    error = np.abs(looked_up(filled(shape_tables.beta_table, a, b)) - y)
    assert np.all(error <= 4e-15 * (1.0 + 2.0 / a + 2.0 / b) + 2e-15 * np.abs(y))
    slope = apply(beta_logit_quantile_derivative, a, b, U, 1.0 - U)
    error = np.abs(looked_up(filled(shape_tables.beta_derivative_table, a, b)) - slope)
    assert np.all(error <= 1e-12 * slope)


def test_beta_derivative_in_the_second_shape(apply):
    """As shape_tables says: minus the derivative table of (b, a) at 1 - u."""
    a, b, h = 2.0, 3.5, 1e-6
    up = apply(beta_logit_quantile, a, b + h, U, 1.0 - U)
    down = apply(beta_logit_quantile, a, b - h, U, 1.0 - U)
    mirrored = -looked_up(filled(shape_tables.beta_derivative_table, b, a), 1.0 - U)
    # Third derivative times h² / 6, and the rounding of y over h.
    np.testing.assert_allclose(mirrored, (up - down) / (2 * h), rtol=1e-7)
