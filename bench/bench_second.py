"""Second derivatives: the M/M/1 queue by every estimator, and users' functions."""

import math

from bench_estimators import value
from bench_queue import CUSTOMERS, SEED, SERVICE, queue
from timing import Ratio

import fastgrad as fg

REPLICATIONS, EVALUATIONS = 20_000, 2_000_000
METHODS = {
    "likelihood ratio": fg.LikelihoodRatio(baseline=False),
    "smoothing": fg.SPA(),
    "weak derivative, one phantom": fg.WeakDerivative(phantoms="one"),
}


def test_second_derivatives_of_a_queue(compare, share):
    """All of them on one thread, beside the value alone."""
    count = int(REPLICATIONS * share)
    contenders = {"value alone": (lambda: value(count), count * CUSTOMERS)}
    for name, method in METHODS.items():
        contenders[name] = (
            lambda method=method: second(queue, SERVICE, method, count),
            count * CUSTOMERS,
        )
    ratios = [Ratio(name, "value alone") for name in METHODS]
    compare(
        f"Second derivative of M/M/1, N = {CUSTOMERS}, one thread", "customer", contenders, ratios
    )


def path(x, p):
    """A smooth payoff of a geometric Brownian motion over twelve months."""
    logarithm = 0.0
    for month in range(len(x.normal)):
        logarithm += p.drift + p.volatility * x.normal[month]
    return math.log1p(math.exp(logarithm))


def market(volatility):
    return fg.Simulation(
        path,
        {"normal": fg.Normal(0.0, 1.0).repeat(12)},
        {"drift": 0.01 - 0.5 * volatility**2, "volatility": volatility},
    )


def digital(x, p):
    logarithm = 0.0
    for month in range(len(x.normal)):
        logarithm += p.drift + p.volatility * x.normal[month]
    return fg.step(logarithm > p.strike)


def option(volatility):
    return fg.Simulation(
        digital,
        {"normal": fg.Normal(0.0, 1.0).repeat(12)},
        {"drift": 0.01 - 0.5 * volatility**2, "volatility": volatility, "strike": 0.1},
    )


def test_users_functions(compare, share):
    """IPA of order 2 through duals of duals; a marked threshold by smoothing and by its ratio."""
    count = int(EVALUATIONS * share)
    few = count // 10
    contenders = {
        "value": (lambda: fg.simulate(market(0.1), count, SEED, threads=1), count),
        "IPA": (lambda: first(market, 0.1, "ipa", count), count),
        "IPA of order 2": (lambda: second(market, 0.1, "ipa", count), count),
        "marked, smoothed": (lambda: first(option, 0.1, "spa", few), few),
        "marked, ratio": (lambda: first(option, 0.1, fg.LikelihoodRatio(False), few), few),
    }
    ratios = [Ratio(name, "value") for name in contenders if name != "value"]
    compare("A user's function of twelve normals, one thread", "replication", contenders, ratios)


def first(build, at, method, count):
    return fg.gradient(build, at, method, count, SEED, threads=1)


def second(build, at, method, count):
    return fg.gradient(build, at, method, count, SEED, threads=1, order=2)
