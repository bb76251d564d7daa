"""Dividends in cash: exact prices at any number of steps, and what they are worth on the way."""

import numpy as np
import pytest
from tolerance import accept

import fastgrad as fg
import fastgrad.finance as fin

N = 40_000
CELLS = 60  # comparisons in this file, at most
AT = {"spot": 100.0, "rate": 0.05, "vol": 0.3, "D": 4.0}


def option(payoff, steps, maturity=1.0):
    def build(t):
        cash = {0.4: t["D"], 0.9: 0.5 * t["D"], 3.0: 50.0}
        dynamics = fin.GeometricBrownianMotion(t["spot"], t["rate"], t["vol"], cash_dividends=cash)
        return fin.Option(dynamics, payoff, maturity, steps)

    return build


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "spa"])
def test_a_european_call_is_that_of_the_spot_without_the_dividends(method):
    early, late = 4.0 * np.exp(-0.05 * 0.4), 2.0 * np.exp(-0.05 * 0.9)
    plain = fg.exact.black_scholes(100.0 - early - late, 95.0, 0.05, 0.3, 1.0)
    exact = {
        "spot": plain.delta, "vol": plain.vega, "D": -plain.delta * (early + late) / 4.0,
        "rate": plain.rho + plain.delta * (0.4 * early + 0.9 * late),
    }  # fmt: skip
    made = fg.gradient(option(fin.European(95.0), 4), AT, method, replications=N, seed=1)
    accept(made.performance, plain.price, CELLS)
    for name, value in exact.items():
        accept(made, {name: value}, CELLS)


@pytest.mark.parametrize("method", ["ipa", "lr"])
def test_prices_and_what_was_paid_are_a_martingale(method):
    """An Asian call struck at nothing is the mean of the prices: their forwards are known."""
    r, dates = 0.05, np.array([0.25, 0.5, 0.75, 1.0])

    def mean(spot=100.0, rate=r, cash=4.0):
        paid = [(0.4, cash), (0.9, 0.5 * cash)]
        forward = [
            spot * np.exp(rate * t) - sum(d * np.exp(rate * (t - s)) for s, d in paid if s <= t)
            for t in dates
        ]
        return np.exp(-rate) * (np.mean(forward) - 1e-9)

    made = fg.gradient(option(fin.Asian(1e-9), 4), AT, method, replications=N, seed=2)
    accept(made.performance, mean(), CELLS)
    exact = {
        "spot": (mean(spot=101.0) - mean(spot=99.0)) / 2.0,
        "rate": (mean(rate=r + 1e-5) - mean(rate=r - 1e-5)) / 2e-5,
        "D": (mean(cash=5.0) - mean(cash=3.0)) / 2.0, "vol": 0.0,
    }  # fmt: skip
    for name, value in exact.items():
        accept(made, {name: value}, CELLS, error=1e-8)


def test_digitals_see_only_the_end():
    build = option(fin.Digital(95.0), 4)
    plain = fg.exact.digital_option(
        100.0 - 4.0 * np.exp(-0.02) - 2.0 * np.exp(-0.045), 95.0, 0.05, 0.3, 1.0
    )
    for method in ("lr", "spa"):
        made = fg.gradient(build, AT, method, replications=N, seed=3)
        accept(made, {"spot": plain.delta}, CELLS)


def test_a_maturity_that_moves_a_step_past_a_payment_has_no_derivative():
    def build(t, steps, payoff):
        dynamics = fin.GeometricBrownianMotion(100.0, 0.05, 0.2, cash_dividends={0.5: 3.0})
        return fin.Option(dynamics, payoff, t, steps)

    with pytest.raises(fg.NotApplicable, match="drops where a step ends"):
        fg.gradient(lambda t: build(t, 2, fin.Asian(100.0)), 1.0, "ipa", replications=64)
    fg.gradient(lambda t: build(t, 3, fin.Asian(100.0)), 1.0, "ipa", replications=64)
    fg.gradient(lambda t: build(t, 2, fin.European(100.0)), 1.0, "ipa", replications=64)


@pytest.mark.parametrize(("cash", "message"), [
    ({0.5: -1.0}, "amount at 0.5 must be 0 or more"),
    ({-0.5: 1.0}, "a time must be above 0"),
    ({0.5: 200.0}, "not less than the spot 100"),
    ({0.5: np.nan}, "amount at 0.5 must be finite"),
])  # fmt: skip
def test_bad_input(cash, message):
    def make():
        dynamics = fin.GeometricBrownianMotion(100.0, 0.0, 0.2, cash_dividends=cash)
        return fin.Option(dynamics, fin.European(100.0), 1.0)

    with pytest.raises(ValueError, match=message):
        make()
    with pytest.raises(TypeError, match="must be a dict"):
        fin.GeometricBrownianMotion(100.0, 0.0, 0.2, cash_dividends=[0.5, 1.0])


def test_a_bridge_needs_lognormal_prices():
    dynamics = fin.GeometricBrownianMotion(100.0, 0.0, 0.2, cash_dividends={0.5: 1.0})
    with pytest.raises(ValueError, match="cash dividends stand on top"):
        fin.Option(dynamics, fin.Barrier(100.0, 90.0), 1.0)
