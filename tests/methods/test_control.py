"""Control variates: exact where the control is the model, unbiased, covering, bit-identical."""

import numpy as np
import pytest
from scipy.stats import binom
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

AT = {"spot": 100.0, "vol": 0.2}
CELLS = 40  # comparisons in this file, at most
Z = bound(CELLS)


def option(payoff, steps=1):
    def build(t):
        return fin.Option(
            fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"]), payoff, 1.0, steps
        )

    return build


def test_the_geometric_mean_controls_the_arithmetic_one():
    """1,308 and 44 times less variance; the slack is five errors of a ratio of variances."""
    plain, held = (
        fg.gradient(option(fin.Asian(100.0), 32), AT, "ipa", 100_000, seed=1, control=control)
        for control in (None, "geometric")
    )
    assert plain.performance.variance > 1_000 * held.performance.variance
    assert plain.variance["spot"] > 30 * held.variance["spot"]
    assert plain.variance["vol"] > 100 * held.variance["vol"]
    for name in AT:
        error = np.hypot(plain.standard_error[name], held.standard_error[name])
        assert abs(plain.gradient[name] - held.gradient[name]) < Z * error


@pytest.mark.parametrize(("method", "order"), [("ipa", 1), ("lr", 1), ("spa", 1), ("lr", 2)])
def test_a_model_that_is_its_own_control_is_known_exactly(method, order):
    exact = fg.exact.black_scholes(100.0, 105.0, 0.05, 0.2, 1.0)
    build = option(fin.European(105.0), 2)
    made = fg.gradient(build, AT, method, 4_000, order=order, control="european")
    assert made.performance.value == pytest.approx(exact.price, rel=1e-9)
    if order == 1:
        assert made.gradient["spot"] == pytest.approx(exact.delta, rel=1e-9)
        assert made.gradient["vol"] == pytest.approx(exact.vega, rel=1e-9)
    else:
        assert made.gradient["spot"]["spot"] == pytest.approx(exact.gamma, rel=1e-8)
        assert made.gradient["spot"]["vol"] == pytest.approx(exact.vanna, rel=1e-8)


def test_intervals_cover_and_nothing_is_biased():
    """A digital held by a call, by scores, 1,024 replications: four groups of leaves."""
    runs, exact = 200, fg.exact.digital_option(100.0, 100.0, 0.05, 0.2, 1.0)
    build, hits, found = option(fin.Digital(100.0)), np.zeros(2), []
    for seed in range(runs):
        made = fg.gradient(build, AT, "lr", 1_024, seed=seed, control="european")
        low, high = made.confidence_interval()
        value = made.performance.confidence_interval()
        hits += low["spot"] < exact.delta < high["spot"], value[0] < exact.price < value[1]
        found.append((made.gradient["spot"], made.performance.value))
    for hit in hits:
        assert binom.ppf(1e-6, runs, 0.94) <= hit <= binom.ppf(1 - 1e-6, runs, 0.96)
    off = np.mean(found, axis=0) - (exact.delta, exact.price)
    assert np.all(np.abs(off) < Z * np.std(found, axis=0) / np.sqrt(runs))


def test_bit_identical_over_threads_and_as_a_store_goes_on(tmp_path):
    build = option(fin.Asian(100.0), 4)
    fixed = {"seed": 3, "control": "geometric"}
    one, two = (fg.gradient(build, AT, "ipa", 30_000, threads=k, **fixed) for k in (1, 2))
    fg.gradient(build, AT, "ipa", 10_000, store=tmp_path / "s.db", **fixed)
    more = fg.gradient(build, AT, "ipa", 30_000, store=tmp_path / "s.db", **fixed)
    for other in (two, more):
        assert other.gradient == one.gradient
        assert other.standard_error == one.standard_error
        assert np.array_equal(other.covariance, one.covariance)
    assert np.allclose(np.diag(one.covariance)[1:], list(one.variance.values()))


def test_precision_is_that_of_the_controlled_estimate():
    build = option(fin.Asian(100.0), 4)
    made = fg.simulate(build(AT), precision=0.005, control="geometric")
    low, high = made.confidence_interval()
    assert 0.5 * (high - low) <= 0.005
    assert made.replications < 100_000  # 30 million without


@pytest.mark.parametrize("settings", [
    {"antithetic": True}, {"sampler": "sobol"}, {"sampler": "lhs"}
])  # fmt: skip
def test_beside_other_kinds_of_variance_reduction(settings):
    exact = fg.exact.digital_option(100.0, 100.0, 0.05, 0.2, 1.0)
    build = option(fin.Digital(100.0), 2)
    made = fg.gradient(build, AT, "lr", 32_768, control="european", **settings)
    assert abs(made.gradient["spot"] - exact.delta) < 12 * made.standard_error["spot"]
    assert abs(made.performance.value - exact.price) < 12 * made.performance.standard_error


def wait(x, p):
    total = x.a + p.k * x.b
    return {"long": max(total - 1.0, 0.0), "square": total * total, "total": total}


def test_an_output_of_a_function_with_a_known_mean():
    def build(t):
        return fg.Simulation(wait, {"a": fg.Exponential(t), "b": fg.Exponential(1.0)}, {"k": 1.0})

    known = fg.Control("total", lambda t: t + 1.0)
    plain = fg.gradient(build, 1.0, "ipa", 20_000, seed=1)
    held = fg.gradient(build, 1.0, "ipa", 20_000, seed=1, control=known)
    assert list(held) == ["long", "square"]
    # E(A + B - 1)⁺ of Gamma(2): 3/e; E(A + B)² = 2θ² + 2θ + 2.
    for name, value, slope in (("long", 3 / np.e, None), ("square", 6.0, 6.0)):
        one = held[name]
        assert one.performance.variance < 0.5 * plain[name].performance.variance
        accept(one.performance, value, CELLS)
        if slope is not None:
            accept(one, slope, CELLS)
    assert held.covariance.shape == (4, 4)
    assert np.allclose(np.diag(held.covariance)[2], held["square"].performance.variance)
    assert fg.simulate(build(1.0), 5_000, control=known)["long"].replications == 5_000


def test_what_is_wrong_is_told():
    build = option(fin.Asian(100.0), 4)
    other = option(fin.European(100.0), 3)
    with pytest.raises(ValueError, match="parameters of 'first return' are not"):
        fg.gradient(build, AT, "ipa", 1_000, control=fg.Control(other, 1.0))
    with pytest.raises(ValueError, match="payoff on a mean"):
        fg.gradient(other, AT, "ipa", 1_000, control="geometric")
    with pytest.raises(ValueError, match="has no control 'x' of its own"):
        fg.simulate(
            fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), 3), 10, control="x"
        )
    with pytest.raises(TypeError, match="control must be a Control"):
        fg.gradient(build, AT, "ipa", 1_000, control=1.0)
    with pytest.raises(TypeError, match="mean must be a number"):
        fg.Control(other, "1")
    with pytest.raises(fg.NotApplicable, match="read in one run"):
        fg.gradient(build, AT, fg.Best(), 1_000, control="geometric")
    wrong = fg.Control(option(fin.Asian(100.0, "geometric"), 4), 1.0)
    with pytest.warns(fg.EstimateWarning, match="the mean of the control is said to be 1 and was"):
        fg.gradient(build, AT, "ipa", 4_000, control=wrong)
    with pytest.warns(fg.EstimateWarning, match="too few replications for a control"):
        fg.gradient(build, AT, "ipa", 100, control="geometric")


def test_with_dividends_in_cash_the_last_price_is_lognormal_only():
    def build(t):
        prices = fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"], cash_dividends={0.3: 4.0})
        return fin.Option(prices, payoff, 1.0, 4)

    payoff = fin.European(100.0)
    exact = fg.exact.black_scholes(100.0 - 4.0 * np.exp(-0.05 * 0.3), 100.0, 0.05, 0.2, 1.0)
    made = fg.gradient(build, AT, "ipa", 4_000, control="european")
    assert made.gradient["spot"] == pytest.approx(exact.delta, rel=1e-9)
    payoff = fin.Asian(100.0)
    with pytest.raises(ValueError, match="lognormal prices only"):
        fg.gradient(build, AT, "ipa", 4_000, control="geometric")


def test_greeks_take_the_methods_that_go_with_a_control():
    found = fin.greeks(option(fin.Asian(100.0), 4)(AT), replications=4_000, control="geometric")
    plain = fin.greeks(option(fin.Asian(100.0), 4)(AT), replications=4_000)
    assert found.price.standard_error < 0.1 * plain.price.standard_error
    assert found.gamma.method in ("lr", "wd")
