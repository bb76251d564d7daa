"""Evaluate a scalar kernel function over arrays, compiled as it is in the kernels."""

import functools

import numpy as np
import pytest
from fastgrad.kernels.jit.compile import subroutine


@functools.cache
def _loops(function):
    @subroutine
    def one(x, out):
        for i in range(out.size):
            out[i] = function(x[i])

    @subroutine
    def two(x, y, out):
        for i in range(out.size):
            out[i] = function(x[i], y[i])

    @subroutine
    def three(x, y, z, out):
        for i in range(out.size):
            out[i] = function(x[i], y[i], z[i])

    @subroutine
    def four(x, y, z, w, out):
        for i in range(out.size):
            out[i] = function(x[i], y[i], z[i], w[i])

    return {1: one, 2: two, 3: three, 4: four}


def _apply(function, *arguments):
    arrays = [np.ascontiguousarray(a, dtype=float) for a in np.broadcast_arrays(*arguments)]
    out = np.empty(arrays[0].size)
    _loops(function)[len(arrays)](*[a.ravel() for a in arrays], out)
    return out.reshape(arrays[0].shape)


@pytest.fixture(scope="session")
def apply():
    """apply(function, x, …): the function at every element, as an array."""
    return _apply


def _ulps(computed, exact):
    """Errors in units in the last place; `exact` is in extended precision (or mpmath's)."""
    exact = np.asarray(exact, dtype=np.longdouble)
    with np.errstate(over="ignore"):
        unit = np.spacing(np.abs(exact).astype(float))
    return np.abs((computed - exact) / unit).astype(float)


@pytest.fixture(scope="session")
def ulps():
    """ulps(computed, exact): errors in units in the last place."""
    return _ulps
