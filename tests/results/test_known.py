"""Exact values that reports show: each is the mean of what is simulated, or it is not shown."""

import pytest
from scipy import stats

import fastgrad as fg
from fastgrad import finance as fin
from fastgrad.results.known import known_gradient, known_value
from fastgrad.results.known.gradients import KNOWN

E = fg.Exponential
GBM = fin.GeometricBrownianMotion(100.0, 0.05, 0.2, 0.02)
TWO = fin.CorrelatedAssets([100.0, 95.0], 0.05, [0.2, 0.3], 0.4, [0.01, 0.02])

JUMPS = fin.MertonJumps(100.0, 0.05, 0.2, 0.8, -0.1, 0.15)
HESTON = fin.Heston(100.0, 0.05, 0.04, 1.5, 0.04, 0.3, -0.7)


def single(service, **given):
    return fg.SingleServerQueue(E(1.0), service, **given)


def stock(demand, measure="cost"):
    return fg.Inventory(
        2, 6, demand, 8, holding=1.0, backlog=3.0, fixed=4.0, unit=0.5, measure=measure
    )


CYCLES = {"horizon": fg.Cycles(20)}
CASES = {
    "gamma queue": single(fg.Gamma(2.0, 0.3), customers=9),
    "its wait": single(fg.Gamma(2.0, 0.3), customers=9, output="wait"),
    "steady wait": single(fg.Uniform(0.0, 1.0), output="wait", **CYCLES),
    "steady Weibull": single(fg.Weibull(2.0, 0.5), **CYCLES),
    "steady triangular": single(fg.Triangular(0.0, 0.3, 1.0), output="wait", **CYCLES),
    "steady number": single(fg.Weibull(2.0, 0.5), output="number", **CYCLES),
    "steady utilisation": single(fg.Triangular(0.0, 0.3, 1.0), output="utilisation", **CYCLES),
    "steady time": single(fg.LogNormal(-1.0, 0.5), **CYCLES),
    "steady tail": single(E(0.5), measure=fg.Tail(1.0), **CYCLES),
    "steady tail of waits": single(E(0.5), measure=fg.Tail(1.0), output="wait", **CYCLES),
    "several servers": fg.MultiServerQueue(E(1.0), E(1.6), 2, 9, output="wait"),
    "a line of one": fg.TandemQueue(E(1.0), [E(0.6)], 9),
    "a network of one": fg.QueueNetwork(E(1.0), "a", {"a": fg.Station(E(1.5), 2)}, {}, 9),
    "project": fg.ActivityNetwork(
        [("s", "a"), ("a", "t"), ("s", "t")], [E(2.0), E(1.0), E(3.0)], measure=fg.Tail(2.0)
    ),
    "inventory": stock(E(2.0)),
    "Poisson demand": stock(fg.Poisson(2.0)),
    "whole demand": stock(fg.Discrete([0, 1, 4], [0.3, 0.5, 0.2]), "fill"),
    "call": fin.Option(GBM, fin.European(105.0), 1.0),
    "put": fin.Option(GBM, fin.European(105.0, "put"), 1.0, 3),
    "digital": fin.Option(GBM, fin.Digital(105.0, pays="asset"), 1.0),
    "geometric": fin.Option(GBM, fin.Asian(100.0, "geometric", "put"), 1.0, 4),
    "barrier": fin.Option(GBM, fin.Barrier(100.0, 90.0), 1.0, 2),
    "lookback": fin.Option(GBM, fin.Lookback("call", 110.0), 1.0, 2),
    "jumps": fin.Option(JUMPS, fin.European(105.0), 1.0),
    "best": fin.Option(TWO, fin.BestOf(102.0), 1.0),
    "worst": fin.Option(TWO, fin.WorstOf(90.0, "put"), 1.0),
    "exchange": fin.Option(TWO, fin.Spread(), 1.0),
}  # fmt: skip
Z = stats.norm.isf(1e-6 / (2 * len(CASES)))


@pytest.mark.parametrize("name", CASES)
def test_a_known_value_is_the_mean(name):
    exact = known_value(CASES[name])
    assert exact is not None
    found = fg.simulate(CASES[name], 40_000, seed=4)
    # Ratios over cycles have a bias of O(1 / replications), far below a standard error.
    assert abs(found.value - exact) <= Z * found.standard_error
    assert known_value(3.0 * CASES[name] + 1.0) == pytest.approx(3.0 * exact + 1.0, rel=1e-12)


def test_every_entry_of_the_table_is_seen():
    inner = [getattr(model, "model", model) for model in CASES.values()]
    assert {type(model).__name__ for model in inner} == set(KNOWN)


@pytest.mark.parametrize(
    "model",
    [
        single(E(0.5), customers=9, measure=fg.Tail(1.0)),
        single(fg.Uniform(0.0, 1.0), measure=fg.Tail(1.0), **CYCLES),
        single(E(0.5), horizon=fg.Customers(100, warmup=10)),
        fg.TandemQueue(E(1.0), [E(0.6), E(0.5)], 9),
        fg.QueueNetwork(E(1.0), "a", {"a": fg.Station(E(0.5))}, {"a": {"a": 0.2}}, 9),
        fg.SingleServerQueue(fg.Uniform(0.0, 2.0), E(0.5), 5),
        stock(fg.Gamma(2.0, 1.0)),
        fin.Option(GBM, fin.Asian(100.0), 1.0, 4),
        fin.Option(GBM, fin.Barrier(100.0, 90.0, monitoring="discrete"), 1.0, 2),
        fin.Option(GBM, fin.Lookback(monitoring="discrete"), 1.0, 2),
        fin.Option(fin.GeometricBrownianMotion(100.0, 0.05, 0.2, cash_dividends={0.5: 2.0}),
                   fin.European(100.0), 1.0, 2),
        fin.Option(HESTON, fin.European(100.0), 1.0, 4),
        fin.Option(TWO, fin.Basket(100.0), 1.0),
        fin.Option(TWO, fin.Spread(5.0), 1.0),
        fg.FluidQueue(E(1.0), E(2.0), 2.0, 1.5, 4.0, fg.Cycles(50)),
    ],
)  # fmt: skip
def test_what_is_not_known_is_none(model):
    assert known_value(model) is None


def test_the_gradient_of_an_option_is_its_greeks():
    def call(theta):
        dynamics = fin.GeometricBrownianMotion(theta["spot"], 0.05, theta["volatility"])
        return fin.Option(dynamics, fin.European(105.0), 1.0)

    exact = fg.exact.black_scholes(100.0, 105.0, 0.05, 0.2, 1.0).gradient
    found = known_gradient(call, {"spot": 100.0, "volatility": 0.2})
    # Differences of fourth order with relative steps of 1e-3 of a smooth price leave 1e-8.
    assert found["spot"] == pytest.approx(exact["spot"], rel=1e-7)
    assert found["volatility"] == pytest.approx(exact["volatility"], rel=1e-7)
