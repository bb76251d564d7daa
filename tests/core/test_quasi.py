"""Quasi-random points in the order of the paths they make."""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm

import fastgrad as fg
import fastgrad.finance as fin
from fastgrad.core.quasi import Order, increments

AT = {"spot": 100.0, "vol": 0.2}


@pytest.mark.parametrize("steps", [1, 2, 7, 32, 33, 100, 252])
def test_increments_are_independent_and_standard(steps):
    """The map from normals to increments is linear and orthogonal."""
    size = 0.125
    turn = ndtri(increments(size * np.eye(steps))) / size
    assert np.allclose(turn @ turn.T, np.eye(steps), atol=1e-10)
    assert abs(turn[:, 0].sum()) > 0.89 * np.sqrt(steps)  # √8 / π of the end is the first one's


def test_every_coordinate_is_used_once_and_chunks_change_nothing():
    points = np.random.default_rng(1).random((9, 5_000))
    order = Order(9, [range(1, 4), range(5, 8)])
    made = order.arranged(points)
    assert np.array_equal(made[[0, 4, 8]], points[6:])
    split = [order.arranged(points[:, a:b]) for a, b in ((0, 1), (1, 2_050), (2_050, 5_000))]
    assert np.array_equal(np.hstack(split), made)
    around = np.corrcoef(ndtri(made))
    assert np.max(np.abs(around - np.eye(9))) < norm.isf(1e-7) / np.sqrt(5_000)


def asian(t):
    return fin.Option(
        fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"]), fin.Asian(100.0), 1.0, 32
    )


@pytest.mark.parametrize("power", [12, pytest.param(16, marks=pytest.mark.slow)])
def test_sobol_points_cut_the_variance_of_an_asian_option(power):
    """94,000 and 96 times at 2¹⁶, 8,500 and 87 at 2¹²; a variance of 16 scrambles is rarely
    three times too large."""
    plain = fg.gradient(asian, AT, "ipa", 100_000)
    made = fg.gradient(asian, AT, "ipa", 16 << power, sampler="sobol")
    assert plain.performance.variance > 1_000 * made.performance.variance
    assert plain.variance["spot"] > 20 * made.variance["spot"]
    held = fg.gradient(asian, AT, "ipa", 100_000, control="geometric")
    for name in AT:
        error = np.hypot(held.standard_error[name], made.standard_error[name])
        assert abs(held.gradient[name] - made.gradient[name]) < 6 * error


def test_other_methods_and_payoffs_follow():
    def digital(t):
        prices = fin.GeometricBrownianMotion(t["spot"], 0.05, [t["vol"], t["vol"]])
        return fin.Option(prices, fin.Digital(100.0), 1.0, 4)

    exact = fg.exact.digital_option(100.0, 100.0, 0.05, 0.2, 1.0)
    for method in ("lr", "wd", "spa", "cd"):
        made = fg.gradient(digital, AT, method, 1 << 14, sampler="sobol")
        for name, value in (("spot", exact.delta), ("vol", exact.vega)):
            assert abs(made.gradient[name] - value) < 9 * made.standard_error[name] + 1e-3, method

    def lookback(t):
        prices = fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"])
        return fin.Option(prices, fin.Lookback(), 1.0, 4)

    made = fg.gradient(lookback, AT, "ipa", 1 << 14, sampler="sobol")
    assert abs(made.gradient["vol"] - 87.17040) < 9 * made.standard_error["vol"]
