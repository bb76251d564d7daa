"""The single-server queue's operations alone, on any numbers, ties included, against oracles."""

import ctypes

import numpy as np
import oracles
import pytest
from fastgrad.kernels.models.queue import single_server as kernel
from hypothesis import assume, given, settings
from hypothesis import strategies as st

GAPS, SERVICES = 0, 1
LANES = kernel.TILE


def operate(operation, x, first, second, index, slots=1):
    """y, (LANES,), and out, (slots, LANES), of a model operation; x is (2N - 1, LANES)."""
    real, whole = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_int64)
    customers = (len(x) + 1) // 2
    counts = np.array([customers, 0, 0, 0], dtype=np.int64)  # mean time in system, no warm-up
    index = np.array(index, dtype=np.int64)
    y, out = np.full(LANES, np.nan), np.full((slots, LANES), np.nan)
    work = np.full((customers + slots + 4, LANES), np.nan)
    x, first, second = (np.ascontiguousarray(a, dtype=float) for a in (x, first, second))
    reals = [a.ctypes.data_as(real) for a in (x, x, x, first, second, y, out, work)]
    wholes = [a.ctypes.data_as(whole) for a in (counts, counts, index)]
    operation.compiled.ctypes(
        LANES, wholes[0], wholes[1], *reals[:5], wholes[2], reals[5], reals[6], reals[7]
    )
    return y, out


def rows_of(draws):
    """Hypothesis: (draws, LANES) of coarse numbers, so that customers often meet exactly."""
    grid = st.integers(0, 12).map(lambda k: k / 4.0)
    one = st.lists(grid, min_size=LANES, max_size=LANES)
    return st.lists(one, min_size=draws, max_size=draws).map(
        lambda rows: np.array(rows, dtype=float).reshape(draws, LANES)
    )


@st.composite
def queues(draw, most=6):
    customers = draw(st.integers(1, most))
    return draw(rows_of(customers - 1)), draw(rows_of(customers))


@settings(max_examples=150, deadline=None)
@given(queues())
def test_simulate_on_a_grid(times):
    gaps, services = times
    x = np.vstack([gaps, services])
    y, _ = operate(kernel.simulate, x, x, x, [0])
    np.testing.assert_allclose(y, oracles.output(gaps, services), rtol=4e-16 * len(services))


@settings(max_examples=100, deadline=None)
@given(queues(), st.data())
def test_pathwise_of_two_slots_on_a_grid(times, data):
    gaps, services = times
    gap_tangents, service_tangents = (
        np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=rows.shape)
        for rows in times
    )
    x, tangents = np.vstack([gaps, services]), np.vstack([gap_tangents, service_tangents])
    index = [[2, 0, 0], [GAPS, -1, 0], [SERVICES, -1, len(gaps)]]
    y, out = operate(kernel.pathwise, x, tangents, tangents, index, slots=2)
    np.testing.assert_allclose(y, oracles.output(gaps, services), rtol=1e-15)
    zero = [np.zeros_like(rows) for rows in times]
    for found, wanted in (
        (out[0], oracles.busy_period_derivative(gaps, services, gap_tangents, zero[1])),
        (out[1], oracles.busy_period_derivative(gaps, services, zero[0], service_tangents)),
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)


@settings(max_examples=100, deadline=None)
@given(queues(), st.data())
@pytest.mark.parametrize("which", [GAPS, SERVICES])
def test_coupled_phantoms_are_whole_simulations_on_a_grid(which, times, data):
    """A phantom that has met the nominal path stays on it, so cutting it off changes nothing."""
    gaps, services = times
    draws = len(times[which])
    assume(draws > 0)
    plus, minus = data.draw(rows_of(draws)), data.draw(rows_of(draws))
    y, out = operate(kernel.phantoms, np.vstack([gaps, services]), plus, minus, [which])
    wanted = oracles.phantom_sum(gaps, services, plus, minus, of_gaps=which == GAPS)
    np.testing.assert_allclose(y, oracles.output(gaps, services), rtol=1e-15)
    np.testing.assert_allclose(out[0], wanted, rtol=0.0, atol=1e-13)
