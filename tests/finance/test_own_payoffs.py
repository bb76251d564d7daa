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
