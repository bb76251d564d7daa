"""Merton's jumps by every valid method, against the series."""

import numpy as np
import pytest
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

N = 40_000
CELLS = 100  # comparisons in this file, at most
Z = bound(CELLS)
AT = {"spot": 100.0, "rate": 0.05, "volatility": 0.2, "intensity": 0.8, "jump_mean": -0.1,
      "jump_deviation": 0.15, "dividend": 0.01, "maturity": 1.5}  # fmt: skip


def option(payoff, steps, **fixed):
    def build(t):
        t = {**AT, **fixed, **t}
        maturity = t.pop("maturity")
        return fin.Option(fin.MertonJumps(**t), payoff, maturity, steps)

    return build


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("method", ["lr", "wd", "auto"])
def test_european_greeks(kind, steps, method):
    exact = fg.exact.merton_jumps(**AT, strike=105.0, kind=kind)
    made = fg.gradient(option(fin.European(105.0, kind), steps), AT, method, replications=N, seed=2)
    accept(made.performance, exact.price, CELLS)
    for name, value in made.gradient.items():
        assert abs(value - exact.gradient[name]) <= Z * made.standard_error[name], name


@pytest.mark.parametrize("method", ["ipa", "spa", "auto"])
def test_digitals_are_smoothed_and_numbers_of_jumps_are_not(method):
    """The derivative of a call by its strike is a digital."""
    at = {k: v for k, v in AT.items() if k not in ("intensity", "maturity")}
    price = [fg.exact.merton_jumps(**AT, strike=105.0 + h).gradient for h in (1e-3, -1e-3)]
    build = option(fin.Digital(105.0), 2)
    if method == "ipa":
        with pytest.raises(fg.NotApplicable, match="jumps where S_T passes"):
            fg.gradient(build, at, method, replications=64)
        return
    made = fg.gradient(build, AT if method == "auto" else at, method, replications=N, seed=3)
    for name, value in made.gradient.items():
        exact = (price[1][name] - price[0][name]) / 2e-3
        assert abs(value - exact) <= Z * made.standard_error[name] + 1e-6, name
    if method == "auto":
        assert made.methods["jumps.mean"] in ("wd", "lr")
        with pytest.raises(fg.NotApplicable, match="integer valued"):
            fg.gradient(build, {"intensity": 0.8}, "spa", replications=64)


def test_the_path_does_not_follow_numbers_of_jumps():
    build = option(fin.European(105.0), 1)
    with pytest.raises(fg.NotApplicable, match="integer valued") as caught:
        fg.gradient(build, {"intensity": 0.8}, "ipa", replications=64)
    assert {"lr", "wd"} <= set(caught.value.alternatives)


def test_without_jumps_it_is_geometric_brownian_motion():
    at = {"spot": 100.0, "volatility": 0.2}
    exact = fg.exact.black_scholes(100.0, 105.0, 0.05, 0.2, 1.5, dividend=0.01)
    build = option(fin.European(105.0), 2, intensity=0.0)
    made = fg.gradient(build, at, "ipa", replications=N, seed=4)
    accept(made, {"spot": exact.delta}, CELLS)
    accept(made, {"volatility": exact.vega}, CELLS)
    none = option(fin.European(105.0), 2, intensity=0.0)
    with pytest.raises(ValueError, match="intensity must be above 0 where"):
        fg.gradient(lambda t: none({"intensity": t}), 0.0, "lr", replications=64)


def test_second_derivatives():
    exact = fg.exact.merton_jumps(**AT, strike=105.0)
    at = {k: AT[k] for k in ("spot", "volatility")}
    for method in ("lr", "auto"):
        made = fg.gradient(
            option(fin.European(105.0), 2), at, method, order=2, replications=N, seed=5
        )
        for a in at:
            for b in at:
                error = Z * made.standard_error[a][b]
                assert abs(made.gradient[a][b] - exact.hessian[a][b]) <= error, (method, a, b)


def test_discounted_prices_are_martingales():
    """An Asian call struck at nothing is the mean of the forwards."""
    made = fg.simulate(option(fin.Asian(1e-9), 3)({}), N, seed=6)
    dates = np.array([0.5, 1.0, 1.5])
    wanted = np.exp(-0.075) * 100.0 * np.mean(np.exp(0.04 * dates))
    accept(made, wanted, CELLS)


@pytest.mark.parametrize(("change", "message"), [
    ({"volatility": -0.2}, "volatility must be above 0"),
    ({"intensity": -1.0}, "intensity must be 0 or more"),
    ({"jump_deviation": -0.1}, "jump_deviation must be 0 or more"),
    ({"jump_mean": np.nan}, "jump_mean must be finite"),
])  # fmt: skip
def test_bad_input(change, message):
    with pytest.raises(ValueError, match=message):
        option(fin.European(1.0), 1)(change)
