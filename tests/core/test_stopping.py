"""`precision=`: intervals cover where a run ended because they were short enough."""

import numpy as np
import pytest
from scipy import stats

import fastgrad as fg
from fastgrad.core import stopping

pytestmark = pytest.mark.filterwarnings("ignore::fastgrad.EstimateWarning")
WRONG = 1e-6  # probability of red by chance, of the whole family


def square(x):
    return x * x


def exponential(x):
    return np.exp(1.2 * x)


def rare(x):
    return 1.0 if x > 5.0 else 0.0


def of_exponential(function):
    return lambda theta: fg.Expectation(function, [fg.Exponential(theta)])


def lognormal(theta):
    return fg.Expectation(exponential, [fg.Normal(theta, 1.0)])


# build, method, θ, exact derivative, standard deviation of one replication
CASES = {
    "square by paths": (of_exponential(square), "ipa", 1.0, 4.0, np.sqrt(4 * 24.0 - 16.0)),
    "square by scores": (of_exponential(square), "lr", 1.0, 4.0, 19.0),
    "rare by scores": (of_exponential(rare), "lr", 1.0, 5.0 * np.exp(-5.0), 0.35),
    "lognormal by paths": (
        lognormal, "ipa", 0.0, 1.2 * np.exp(0.72), 1.2 * np.sqrt(np.exp(2.88) - np.exp(1.44)),
    ),
}  # fmt: skip


def covered(case, replications, seeds):
    """In how many of the seeds the interval holds the exact value."""
    build, method, at, exact, deviation = CASES[case]
    precision = 1.96 * deviation / np.sqrt(replications)
    hits = 0
    for seed in range(seeds):
        est = fg.gradient(build, at, method, seed=seed, precision=precision)
        low, high = est.confidence_interval()
        assert high - low <= 2.0 * precision
        hits += low <= exact <= high
    return hits


@pytest.mark.parametrize("case", ["square by paths", "rare by scores"])
def test_intervals_cover(case):
    assert stats.binom.cdf(covered(case, 4200, 150), 150, 0.95) > WRONG / 2


@pytest.mark.slow
@pytest.mark.parametrize("replications", [4200, 8000, 20_000])
@pytest.mark.parametrize("case", CASES)
def test_intervals_cover_over_a_thousand_seeds(case, replications):
    assert stats.binom.cdf(covered(case, replications, 1000), 1000, 0.95) > WRONG / 12


def test_light_tails_cost_no_more():
    """A normal output has a kurtosis of 3: 4,096 samples count as 1,365, and 2 √(1/1365) = 5 %."""

    def build(theta):
        return fg.Expectation(lambda x: 2.0 * x, [fg.Normal(0.0, theta)])

    value = fg.simulate(build(1.0), precision=1.96 * 2.0 / np.sqrt(20_000), seed=1)
    assert 20_000 <= value.replications < 1.25 * 20_000


def test_the_price_of_heavy_tails_is_bounded():
    """Pareto 2.1 has no fourth moment: what makes up its variance hardly grows."""

    def build(theta):
        return fg.Expectation(lambda x: x, [fg.Pareto(2.1, theta)])

    target = 10_000
    deviation = np.sqrt(2.1 / (1.1**2 * 0.1))
    value = fg.simulate(build(1.0), precision=1.96 * deviation / np.sqrt(target), seed=3)
    assert value.replications < 4 * stopping.FOLD * target


def test_what_was_reached_is_not_said_to_be_unreached():
    build, method, at, _, deviation = CASES["square by scores"]
    precision = 1.96 * deviation / np.sqrt(3000)
    est = fg.gradient(build, at, method, 6000, seed=1, precision=precision)
    assert est.replications == 6000
    assert not any("not reached" in sentence for sentence in est.warnings)
