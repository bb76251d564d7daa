"""Intervals cover, or the estimate says that they may not: 300 seeds for each case."""

import math

import pytest
from scipy import stats

import fastgrad as fg

SEEDS = 300
CLAIMED, LEAST, WARNED = 0.95, 0.92, 0.90
# Binomial bounds over all cases of this file, family-wise 1e-6.
CASES = 40
LOW = 1e-6 / CASES


def queue(distribution):
    """A queue of one customer: Y is the variate itself."""
    return fg.SingleServerQueue(fg.Exponential(1.0), distribution, customers=1)


def tail(y):
    """P(X > y) of one exponential duration with mean θ."""
    return lambda theta: fg.ActivityNetwork(
        [("s", "t")], [fg.Exponential(theta)], measure=fg.Tail(y)
    )


def outcomes(build, at, truth, method, replications, **options):
    """How many of the seeds cover, and how many warn."""
    covered = warned = 0
    for seed in range(SEEDS):
        estimate = fg.gradient(build, at, method, replications, seed=seed, **options)
        low, high = estimate.confidence_interval(CLAIMED)
        covered += low <= truth <= high
        warned += bool(estimate.warnings)
    return covered, warned


def assert_honest(covered, warned):
    """Coverage is not below 92 % (by a binomial test), or nine runs of ten say so."""
    below = stats.binom.cdf(covered, SEEDS, LEAST) < LOW
    assert not below or warned >= WARNED * SEEDS, f"{covered} cover, {warned} warn of {SEEDS}"


def lognormal(theta):
    return queue(fg.LogNormal(theta, 2.0))


DISCRETE = {
    "geometric lr": (lambda p: queue(fg.Geometric(p)), 0.3, -1.0 / 0.09, "lr", 2000),
    "geometric wd": (lambda p: queue(fg.Geometric(p)), 0.3, -1.0 / 0.09, "wd", 2000),
    "geometric cd": (lambda p: queue(fg.Geometric(p)), 0.3, -1.0 / 0.09, "cd", 5000),
    "rare geometric fd": (lambda p: queue(fg.Geometric(p)), 0.01, -1e4, "fd", 5000),
    "rare geometric cd": (lambda p: queue(fg.Geometric(p)), 0.01, -1e4, "cd", 5000),
    "poisson cd": (lambda m: queue(fg.Poisson(m)), 3.0, 1.0, "cd", 5000),
    "rare poisson cd": (lambda m: queue(fg.Poisson(m)), 0.01, 1.0, "cd", 5000),
    "rare poisson lr": (lambda m: queue(fg.Poisson(m)), 0.01, 1.0, "lr", 5000),
    "bernoulli cd": (lambda p: queue(fg.Bernoulli(p)), 0.999, 1.0, "cd", 5000),
    "bernoulli lr": (lambda p: queue(fg.Bernoulli(p)), 0.999, 1.0, "lr", 5000),
}
FITTED = {
    "binomial": (lambda p: queue(fg.Binomial(5, p)), 0.001, 5.0, "lr", 4000),
    "two values": (lambda p: queue(fg.Geometric(p)), 0.99999, -1.0 / 0.99999**2, "lr", 4000),
    "bernoulli": (lambda p: queue(fg.Bernoulli(p)), 0.3, 1.0, "lr", 500),
    "far from zero": (lambda m: queue(fg.Normal(m, 1.0)) + 1e6, 0.0, 1.0, "lr", 500),
}
TAILS = {
    "rare lr": (tail(9.0), 1.0, 9.0 * math.exp(-9.0), "lr", 10_000),
    "rare cd": (tail(9.0), 1.0, 9.0 * math.exp(-9.0), "cd", 10_000),
    "less rare lr": (tail(5.0), 1.0, 5.0 * math.exp(-5.0), "lr", 10_000),
    "lognormal": (lognormal, 0.0, math.exp(2.0), "ipa", 1000),
    "pareto": (lambda s: queue(fg.Pareto(1.8, s)), 1.0, 1.8 / 0.8, "ipa", 1000),
}


QUICK = {
    "geometric wd", "rare geometric cd", "bernoulli cd", "two values", "rare lr", "lognormal",
    "pareto",
}  # fmt: skip


def cases(table):
    """One of each kind in every run, all of them with the studies of minutes."""
    return [
        pytest.param(case, id=name, marks=[] if name in QUICK else pytest.mark.slow)
        for name, case in table.items()
    ]


@pytest.mark.parametrize("case", cases(DISCRETE))
def test_intervals_of_discrete_inputs(case):
    assert_honest(*outcomes(*case))


@pytest.mark.parametrize("case", cases(FITTED))
def test_intervals_with_fitted_baselines(case):
    assert_honest(*outcomes(*case))


@pytest.mark.parametrize("case", cases(TAILS))
def test_intervals_of_rare_events_and_heavy_tails(case):
    assert_honest(*outcomes(*case))


LIGHT = {
    "normal": (lambda m: queue(fg.Normal(m, 1.0)), 1.0, 1.0, "lr", 2000),
    "exponential": (lambda m: queue(fg.Exponential(m)), 1.0, 1.0, "ipa", 300),
    "busy queue": (
        lambda m: fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(m), 20),
        0.8, None, "ipa", 1000,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LIGHT.values(), ids=LIGHT)
def test_light_tails_are_not_warned_about(case):
    build, at, truth, *how = case
    covered, warned = outcomes(build, at, 0.0 if truth is None else truth, *how)
    assert stats.binom.sf(warned - 1, SEEDS, 0.05) > LOW, f"{warned} of {SEEDS} warn"
    assert truth is None or stats.binom.cdf(covered, SEEDS, LEAST) > LOW


def test_nothing_seen_is_no_precision_reached():
    """P(X > 9) = 1.2e-4: in most seeds, the first look sees no event."""
    for seed in range(20):
        estimate = fg.gradient(
            tail(9.0), 1.0, "lr", 20_000, seed=seed, precision=0.3, relative=True
        )
        assert estimate.standard_error > 0.0 or estimate.replications == 20_000
        assert any("was not reached" in sentence for sentence in estimate.warnings)


def test_an_event_that_never_comes_has_an_upper_bound():
    value = fg.simulate(tail(60.0)(1.0), 3000, seed=1)
    assert (value.value, value.standard_error) == (0.0, 0.0)
    assert "less than 0.001 of them" in value.warnings[0]
