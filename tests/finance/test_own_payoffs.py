"""Payoffs that are functions of the path, against those that are built in."""

import numpy as np
import pytest
from tolerance import bound

import fastgrad as fg
import fastgrad.finance as fin

AT = {"spot": 100.0, "rate": 0.05, "vol": 0.2}
N = 40_000
CELLS = 40  # comparisons in this file, at most
Z = bound(CELLS)


def option(payoff, cash=None):
    def build(t):
        prices = fin.GeometricBrownianMotion(
            t["spot"], t["rate"], t["vol"], cash_dividends=cash or {}
        )
        return fin.Option(prices, payoff(t), 1.0, 4)

    return build


def mean_above(path, p):
    return max(path.mean() - p.strike, 0.0)


def alive_above(path, p):
    alive = 1.0
    for price in path:
        alive *= fg.step(price > p.barrier)
    return alive * max(path[-1] - p.strike, 0.0)


def own_asian(t):
    return fin.Payoff(mean_above, {"strike": t.get("strike", 100.0)})


@pytest.mark.parametrize("cash", [None, {0.6: 5.0}])
def test_a_function_of_the_path_is_what_the_built_in_payoff_is(cash):
    at = AT | {"strike": 100.0}
    mine = fg.gradient(option(own_asian, cash), at, "ipa", N, seed=1)
    theirs = fg.gradient(
        option(lambda t: fin.Asian(t["strike"]), cash), at, "ipa", N, seed=1
    )  # fmt: skip
    assert mine.performance.value == pytest.approx(theirs.performance.value, rel=1e-12)
    for name, value in theirs.gradient.items():
        assert mine.gradient[name] == pytest.approx(value, rel=1e-9), name
    if cash is None:
        scored = fg.gradient(option(own_asian), AT, "lr", N, seed=1)
        again = fg.gradient(option(lambda t: fin.Asian(100.0)), AT, "lr", N, seed=1)
        for name, value in again.gradient.items():
            assert scored.gradient[name] == pytest.approx(value, rel=1e-6), name


def of_two(path, p):
    return max(0.5 * (path[0, -1] + path[1, -1]) - p.strike, 0.0)


def merton(t):
    return fin.MertonJumps(t["spot"], t["rate"], 0.2, 1.5, t["jump"], t["spread"])


def heston(t, scheme="quadratic-exponential", noise=0.4):
    return fin.Heston(
        t["spot"], t["rate"], t.get("v", 0.04), 1.5, 0.05, noise, t["rho"], scheme=scheme
    )


def pair(t):
    return fin.CorrelatedAssets(
        [t["spot"], 90.0], t["rate"], [t["vol"], 0.3], t["rho"], dividend=0.01
    )


HESTON = {"spot": 100.0, "rate": 0.05, "rho": -0.6}
UNDER = {
    "merton": (merton, {"spot": 100.0, "rate": 0.05, "jump": -0.1, "spread": 0.2}),
    "heston": (heston, HESTON | {"v": 0.04}),
    "two assets": (pair, AT | {"rho": 0.4}),
}
SLOWER = {
    "heston, which jumps": (lambda t: heston(t, noise=0.9), HESTON),
    "truncated heston": (lambda t: heston(t, "full-truncation", 0.3), HESTON | {"v": 0.04}),
}


@pytest.mark.parametrize(
    "name", [*UNDER, *(pytest.param(slow, marks=pytest.mark.slow) for slow in SLOWER)]
)
def test_it_is_paid_under_every_dynamics(name):
    dynamics, at = (UNDER | SLOWER)[name]
    two = name == "two assets"

    def mine(t):
        own = fin.Payoff(of_two if two else mean_above, {"strike": 100.0})
        return fin.Option(dynamics(t), own, 1.0, 3)

    def theirs(t):
        return fin.Option(dynamics(t), (fin.Basket if two else fin.Asian)(100.0), 1.0, 3)

    made, wanted = (fg.gradient(build, at, "ipa", 4_000, seed=1) for build in (mine, theirs))
    assert made.performance.value == pytest.approx(wanted.performance.value, rel=1e-12)
    for one, number in wanted.gradient.items():
        assert made.gradient[one] == pytest.approx(number, rel=1e-9), one


def test_what_the_variance_jumps_in_is_refused():
    def build(v):
        own = fin.Payoff(mean_above, {"strike": 100.0})
        return fin.Option(heston(HESTON | {"v": v}, noise=0.9), own, 1.0, 3)

    with pytest.raises(fg.NotApplicable, match="scheme changes its formula"):
        fg.gradient(build, 0.04, "ipa", 100)
    with pytest.raises(ValueError, match="cannot be had with scheme='gamma'"):
        fin.Option(heston(HESTON, "gamma"), fin.Payoff(mean_above), 1.0, 3)


def test_a_step_that_moves_past_a_dividend_is_refused():
    def build(maturity):
        prices = fin.GeometricBrownianMotion(100.0, 0.05, 0.2, cash_dividends={0.5: 2.0})
        return fin.Option(prices, fin.Payoff(mean_above, {"strike": 100.0}), maturity, 4)

    with pytest.raises(fg.NotApplicable, match="no derivative by the maturity"):
        fg.gradient(build, 1.0, "ipa", 100)


def test_its_paths_are_made_of_sobol_points_in_the_same_order():
    mine, theirs = (
        fg.simulate(option(payoff)(AT), 1 << 12, sampler="sobol")
        for payoff in (own_asian, lambda t: fin.Asian(100.0))
    )
    assert mine.value == pytest.approx(theirs.value, rel=1e-12)
    assert mine.variance == pytest.approx(theirs.variance, rel=1e-6)


@pytest.mark.slow
def test_marked_barriers_are_smoothed():
    def own(t):
        return fin.Payoff(alive_above, {"strike": 100.0, "barrier": 90.0})

    built = option(lambda t: fin.Barrier(100.0, 90.0, monitoring="discrete"))
    scored = fg.gradient(built, AT, "lr", 10 * N, seed=2)
    for method in ("spa", "auto"):
        made = fg.gradient(option(own), AT, method, N, seed=1)
        for name, value in scored.gradient.items():
            error = np.hypot(made.standard_error[name], scored.standard_error[name])
            assert abs(made.gradient[name] - value) < Z * error, (method, name)
    with pytest.raises(fg.NotApplicable, match="marked threshold"):
        fg.gradient(option(own), AT, "ipa", N)


@pytest.mark.parametrize(("given", "message"), [
    ({"function": 3.0}, "must be a function of the path"),
    ({"function": lambda: 0.0}, "must take the path, or the path and the parameters"),
    ({"function": mean_above, "debug": 1}, "debug must be True or False"),
])  # fmt: skip
def test_bad_input(given, message):
    with pytest.raises(TypeError, match=message):
        fin.Payoff(**given)
