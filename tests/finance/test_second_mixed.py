"""`auto` of second order: every pair of places by its own method, against closed forms."""

import numpy as np
import pytest
from scipy.stats import norm

import fastgrad as fg
import fastgrad.finance as fin

N = 100_000
Z = float(norm.isf(0.5e-6 / 60))
AT = {"spot": 100.0, "rate": 0.05, "vol": 0.2, "T": 1.0}
NAMES = {"spot": "spot", "rate": "rate", "vol": "volatility", "T": "maturity", "K": "strike"}


def agrees(made, exact):
    for a, row in made.gradient.items():
        for b, value in row.items():
            wanted = exact.hessian[NAMES[a]][NAMES[b]]
            error = Z * made.standard_error[a][b] + 1e-6 * (1.0 + abs(wanted))
            assert abs(value - wanted) <= error, (a, b)


def test_a_digital_is_smoothed_where_its_last_step_is_not_scored():
    def build(t):
        prices = fin.GeometricBrownianMotion(t["spot"], t["rate"], t["vol"])
        return fin.Option(prices, fin.Digital(100.0), t["T"], 2)

    made = fg.gradient(build, AT, order=2, replications=N, seed=1)
    agrees(made, fg.exact.digital_option(100.0, 100.0, 0.05, 0.2, 1.0))
    used = made.methods
    assert used["first return.mean"] == used["first return.sd and returns[1].sd"] == "lr-spa"
    assert used["returns[1].mean"] == used["returns[1].sd"] == "lr"
    scores = fg.gradient(build, AT, "lr", order=2, replications=N, seed=1)
    assert made.variance["spot"]["spot"] < 0.2 * scores.variance["spot"]["spot"]


def test_a_strike_on_the_path_beside_scores():
    """A fixed lookback's strike has a kink, alone; with everything else its derivatives exist,
    and are answered beside the one that is not."""

    def build(t):
        prices = fin.GeometricBrownianMotion(100.0, t["rate"], t["vol"])
        return fin.Option(prices, fin.Lookback("call", 110.0), t["T"], 2)

    at = {k: AT[k] for k in ("rate", "vol", "T")}
    exact = fg.exact.lookback_option(100.0, 0.05, 0.2, 1.0, kind="call", strike=110.0)
    agrees(fg.gradient(build, at, order=2, replications=N, seed=2), exact)

    def moved(t):
        prices = fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"])
        return fin.Option(prices, fin.Lookback("call", 110.0), 1.0, 2)

    with pytest.warns(fg.EstimateWarning, match="spot, spot: not a number, strike"):
        made = fg.gradient(moved, {"spot": 100.0, "vol": 0.2}, order=2, replications=N, seed=3)
    assert np.isnan(made.gradient["spot"]["spot"])
    assert np.isnan(made.variance["spot"]["spot"])
    assert [*made.refused] == ["spot, spot"]
    for name in ("spot", "vol"):
        wanted = exact.hessian[NAMES[name]]["volatility"]
        assert abs(made.gradient[name]["vol"] - wanted) < Z * made.standard_error[name]["vol"]

    def walled(t):
        return fin.Option(
            fin.GeometricBrownianMotion(100.0, 0.05, 0.2),
            fin.Barrier(t["strike"], 90.0, monitoring="discrete"), 1.0, 2,
        )  # fmt: skip

    with pytest.raises(fg.NotApplicable, match="no direct method has the second derivative"):
        fg.gradient(walled, {"strike": 100.0}, order=2, replications=64)


def test_numbers_of_jumps_have_scores_beside_a_path():
    at = {"spot": 100.0, "intensity": 0.8}

    def build(t):
        prices = fin.MertonJumps(t["spot"], 0.05, 0.2, t["intensity"], -0.1, 0.15)
        return fin.Option(prices, fin.European(105.0), 1.0, 2)

    exact = fg.exact.merton_jumps(100.0, 105.0, 0.05, 0.2, 1.0, 0.8, -0.1, 0.15)
    made = fg.gradient(build, at, order=2, replications=N, seed=3)
    for a, row in made.gradient.items():
        for b, value in row.items():
            error = Z * made.standard_error[a][b] + 1e-6
            assert abs(value - exact.hessian[a][b]) <= error, (a, b)
    assert made.methods["jumps.mean"] == "lr"
    assert made.methods["jumps.mean and first return.mean"] in ("lr-spa", "lr-ipa")
