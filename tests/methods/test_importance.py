"""Importance sampling by a tilt: unbiased for every method, intervals that cover."""

import numpy as np
import pytest
from scipy.stats import binom, norm

import fastgrad as fg
import fastgrad.finance as fin

AT = {"spot": 100.0, "vol": 0.2}
Z = float(norm.isf(0.5e-6 / 60))
CALL = fg.exact.black_scholes(100.0, 180.0, 0.05, 0.2, 0.5)
DIGITAL = fg.exact.digital_option(100.0, 180.0, 0.05, 0.2, 0.5)


def option(payoff, steps):
    def build(t):
        return fin.Option(
            fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"]), payoff, 0.5, steps
        )

    return build


CALLS, DIGITALS = fin.European(180.0), fin.Digital(180.0)


def off(made, exact):
    """The largest distance from the truth in standard errors."""
    found = [(made.performance.value - exact.price) / made.performance.standard_error]
    for name, value in (("spot", exact.delta), ("vol", exact.vega)):
        found.append((made.gradient[name] - value) / made.standard_error[name])
    return np.max(np.abs(found))


@pytest.mark.parametrize("steps", [1, 16])
def test_a_far_call_at_one_per_cent(steps):
    """Four deviations out of the money: plain Monte Carlo takes 10⁸ replications and more."""
    made = fg.simulate(
        option(CALLS, steps)(AT), precision=0.01, relative=True, seed=1, importance="tilt"
    )
    low, high = made.confidence_interval()
    assert made.replications < 100_000
    assert high - low <= 0.02 * made.value
    assert abs(made.value - CALL.price) <= Z * made.standard_error


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "spa", "cd"])
def test_every_method_is_unbiased(method):
    made = fg.gradient(option(CALLS, 8), AT, method, 20_000, seed=2, importance="tilt")
    assert off(made, CALL) < Z
    assert made.standard_error["spot"] < (0.1 if method == "wd" else 0.05) * CALL.delta
    if method not in ("ipa", "cd"):
        made = fg.gradient(option(DIGITALS, 8), AT, method, 20_000, seed=3, importance="tilt")
        assert off(made, DIGITAL) < Z


def test_with_controls_quasi_random_points_and_the_same_bits():
    build, fixed = option(CALLS, 8), {"seed": 4, "importance": "tilt"}
    one, two = (fg.gradient(build, AT, "ipa", 30_000, threads=k, **fixed) for k in (1, 2))
    assert one.gradient == two.gradient
    assert one.standard_error == two.standard_error
    known = fg.gradient(build, AT, "ipa", 30_000, control="european", **fixed)
    assert known.gradient["spot"] == pytest.approx(CALL.delta, rel=1e-8)
    even = fg.gradient(build, AT, "ipa", 1 << 15, sampler="sobol", **fixed)
    assert off(even, CALL) < 12  # 16 scrambles: Student's t with 15 degrees
    assert even.standard_error["spot"] < one.standard_error["spot"]


def test_intervals_cover():
    runs, build, hits = 200, option(CALLS, 4), np.zeros(2)
    for seed in range(runs):
        made = fg.gradient(build, AT, "ipa", 4_000, seed=seed, importance="tilt")
        low, high = made.confidence_interval()
        value = made.performance.confidence_interval()
        hits += low["spot"] < CALL.delta < high["spot"], value[0] < CALL.price < value[1]
    for hit in hits:
        assert binom.ppf(1e-6, runs, 0.94) <= hit <= binom.ppf(1 - 1e-6, runs, 0.96)


def larger(x, y):
    return 1.0 if x + y > 8.0 else 0.0


def test_any_model_with_rare_outputs():
    """P(X + Y > 8) of two normals of mean θ = 0: Φ(-8/√2) = 8e-9, by θ: 2 φ(8/√2) / √2."""
    made = fg.gradient(
        lambda t: fg.Expectation(larger, [fg.Normal(t, 1.0), fg.Normal(t, 1.0)]), 0.0, "lr",
        40_000, importance="tilt",
    )  # fmt: skip
    found = made.performance
    assert abs(found.value - norm.sf(8.0 / np.sqrt(2.0))) < Z * found.standard_error
    exact = np.sqrt(2.0) * norm.pdf(8.0 / np.sqrt(2.0))
    assert abs(made.gradient - exact) < Z * made.standard_error
    assert made.standard_error < 0.02 * made.gradient


def test_what_is_wrong_is_told():
    build = option(CALLS, 4)
    with pytest.raises(ValueError, match="importance must be None or 'tilt'"):
        fg.gradient(build, AT, "ipa", 100, importance="twist")
    with pytest.raises(ValueError, match="antithetic=True mirrors"):
        fg.gradient(build, AT, "ipa", 100, importance="tilt", antithetic=True)
    never = option(fin.European(1e9), 4)
    with pytest.warns(fg.EstimateWarning, match="no path of the pilot paid anything"):
        fg.simulate(never(AT), 1_000, importance="tilt")
