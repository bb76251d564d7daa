"""Every method on the M/M/1 queue against the exact values, and what the errors claim."""

import dataclasses

import numpy as np
import pytest
from scipy import stats
from tolerance import FAMILY_WISE

import fastgrad as fg

METHODS = {
    "fd": fg.ForwardDifference(),
    "fd-independent": fg.ForwardDifference(common=False),
    "cd": fg.CentralDifference(),
    "cd-independent": fg.CentralDifference(common=False),
    "sp": fg.SimultaneousPerturbation(),
    "sp-hadamard": fg.SimultaneousPerturbation(directions="hadamard"),
    "rd": fg.RandomDirections(),
    "ipa": fg.IPA(),
    "lr": fg.LikelihoodRatio(),
    "lr-plain": fg.LikelihoodRatio(baseline=False),
    "wd": fg.WeakDerivative(),
    "wd-hahn-jordan": fg.WeakDerivative("hahn-jordan"),
    "wd-common": fg.WeakDerivative("common"),
    "wd-one": fg.WeakDerivative(phantoms="one"),
    "auto": "auto",
}
INDEPENDENT = ("fd-independent", "cd-independent")
UTILISATIONS = (0.3, 0.5, 0.9)
CUSTOMERS = (1, 2, 10, 100)

# Every comparison with an exact value in this file shares the family-wise error.
CELLS = 4 * len(METHODS) * 5 * len(UTILISATIONS) * len(CUSTOMERS)
LEVEL = 1.0 - FAMILY_WISE / CELLS

every_method = pytest.mark.parametrize("name", METHODS)


@dataclasses.dataclass(frozen=True)
class Place:
    """Where θ stands: means (interarrival, service) from θ, and θ from those means."""

    means: object
    theta: object
    jacobian: object  # ∂(interarrival, service)/∂θ, (2, components)

    def build(self, customers):
        def queue(theta):
            interarrival, service = self.means(theta)
            return fg.SingleServerQueue(
                fg.Exponential(interarrival), fg.Exponential(service), customers
            )

        return queue


def places(rho):
    return {
        "service": Place(lambda t: (1.0, t), rho, [[0.0], [1.0]]),
        "interarrival": Place(lambda t: (t, rho), 1.0, [[1.0], [0.0]]),
        "one in both": Place(lambda t: (t, rho * t**2), 1.0, [[1.0], [2.0 * rho]]),
        "array": Place(lambda t: (t[0], t[1]), np.array([1.0, rho]), [[1.0, 0.0], [0.0, 1.0]]),
        "dict": Place(
            lambda t: (2.0 / t["rate"], t["ratio"] * t["mean"]),
            {"rate": 2.0, "mean": 0.5, "ratio": 2.0 * rho},
            [[-0.5, 0.0, 0.0], [0.0, 2.0 * rho, 0.5]],
        ),
    }


def flat(theta):
    return np.array(list(theta.values()) if isinstance(theta, dict) else theta, float).ravel()


def exact_value(place, vector, customers):
    """E[Y] at any θ."""
    theta = vector if isinstance(place.theta, np.ndarray) else vector[0]
    if isinstance(place.theta, dict):
        theta = dict(zip(place.theta, vector, strict=True))
    return fg.exact.mm1(*map(float, place.means(theta)), customers)


def exact_gradient(place, customers):
    value = exact_value(place, flat(place.theta), customers)
    return np.array([value.d_interarrival, value.d_service]) @ np.array(place.jacobian)


def bias_of(name, est, place, customers):
    """What a difference at its step is off by, exactly; 0 for the unbiased methods."""
    if not name.startswith(("fd", "cd")):
        return np.zeros_like(flat(place.theta))
    at, steps = flat(place.theta), flat(est.step)
    found = []
    for i, c in enumerate(steps):
        move = c * np.eye(len(at))[i]
        low = at if name.startswith("fd") else at - move
        width = c if name.startswith("fd") else 2.0 * c
        ends = [exact_value(place, point, customers).value for point in (low, at + move)]
        found.append((ends[1] - ends[0]) / width)
    return np.array(found) - exact_gradient(place, customers)


def check(name, est, place, customers, level=LEVEL):
    """The estimate is within its own interval of the exact value, but for the known bias."""
    low, high = (flat(end) for end in est.confidence_interval(level))
    half = 0.5 * (high - low)
    bias = bias_of(name, est, place, customers)
    # Rounding: two outputs of 100 summands each, a few units in the last place over the step.
    rounding = 1e-12 if est.step is None else 1e-14 / flat(est.step)
    error = flat(est.gradient) - exact_gradient(place, customers) - bias
    assert np.all(np.abs(error) <= half + rounding), (error, half, bias)
    # A step leaves a quarter of the standard error by design, for a pilot that is right.
    assert np.all(np.abs(bias) <= flat(est.standard_error) + rounding), (bias, half)
    low, high = est.performance.confidence_interval(level)
    assert low - 1e-12 <= exact_value(place, flat(place.theta), customers).value <= high + 1e-12


@pytest.mark.parametrize("customers", CUSTOMERS)
@pytest.mark.parametrize("rho", UTILISATIONS)
@pytest.mark.parametrize("where", places(0.5))
@every_method
def test_every_method_finds_the_exact_gradient(name, where, rho, customers):
    place = places(rho)[where]
    replications = 20_000 if customers < 100 else 10_000
    est = fg.gradient(
        place.build(customers), place.theta, METHODS[name], replications, seed=customers
    )
    assert np.shape(est.gradient) == np.shape(place.theta)
    assert est.replications == replications
    check(name, est, place, customers)


@pytest.mark.parametrize(
    "options", [{"antithetic": True}, {"sampler": "sobol"}, {"sampler": "lhs"}]
)
@every_method
def test_every_method_with_other_random_numbers(name, options):
    place = places(0.5)["array"]
    if name in INDEPENDENT and "sampler" in options:
        with pytest.raises(ValueError, match="common random numbers"):
            fg.gradient(place.build(10), place.theta, METHODS[name], 1 << 15, seed=3, **options)
        return
    est = fg.gradient(place.build(10), place.theta, METHODS[name], 1 << 15, seed=3, **options)
    check(name, est, place, 10)


def test_other_random_numbers_vary_less():
    """IPA at N = 2, where the gradient is smooth enough; factors are 1.4 and 50 here."""
    place = places(0.5)["service"]
    plain, antithetic, sobol = (
        fg.gradient(place.build(2), 0.5, "ipa", 1 << 16, seed=3, **options)
        for options in ({}, {"antithetic": True}, {"sampler": "sobol"})
    )
    assert antithetic.standard_error < 0.9 * plain.standard_error
    assert sobol.standard_error < 0.2 * plain.standard_error


# The tests themselves: a formula that is wrong by a little must be found out


@every_method
def test_a_gradient_wrong_by_a_little_is_rejected(name):
    """2 ** 23 replications of two customers tell 1.01 from 1.

    Differences without common numbers have error n^-1/4 and n^-1/3: 1.3 and 1.1 for them.
    """
    factor = {"fd-independent": 1.3, "cd-independent": 1.1}.get(name, 1.01)
    place = places(0.5)["service"]
    est = fg.gradient(place.build(2), 0.5, METHODS[name], 1 << 23, seed=5)
    check(name, est, place, 2)
    est.gradient *= factor
    with pytest.raises(AssertionError):
        check(name, est, place, 2)


# What the errors claim


@pytest.mark.parametrize("rho", [0.3, pytest.param(0.9, marks=pytest.mark.slow)])
@every_method
def test_intervals_cover_as_often_as_they_say(name, rho):
    """400 seeds; binomial bounds at 1e-6. Skew is small enough at three customers."""
    place, seeds, covered = places(rho)["service"], 400, 0
    wanted = exact_gradient(place, 3)[0]
    for seed in range(seeds):
        est = fg.gradient(place.build(3), rho, METHODS[name], 1500, seed=seed, threads=1)
        low, high = est.confidence_interval(0.95)
        covered += low <= wanted <= high
    low, high = stats.binom(seeds, 0.95).ppf([0.5 * FAMILY_WISE, 1.0 - 0.5 * FAMILY_WISE])
    assert low <= covered <= high, covered


@pytest.mark.slow
@every_method
def test_intervals_cover_for_many_customers(name):
    place, seeds, covered = places(0.5)["array"], 400, np.zeros(2)
    wanted = exact_gradient(place, 30)
    for seed in range(seeds):
        est = fg.gradient(place.build(30), place.theta, METHODS[name], 4000, seed=seed)
        low, high = est.confidence_interval(0.95)
        covered += (low <= wanted) & (wanted <= high)
    low, _ = stats.binom(seeds, 0.95).ppf([0.25 * FAMILY_WISE, 1.0 - 0.25 * FAMILY_WISE])
    # Independent Hadamard columns cancel the error of the directions: those cover too often.
    assert np.all(covered >= low), covered


def test_standard_error_is_the_spread_over_seeds():
    """Sample variance of 400 gradients against the variance claimed: chi-square at 1e-6."""
    place, seeds, replications = places(0.5)["service"], 400, 200
    runs = [
        fg.gradient(place.build(5), 0.5, "ipa", replications, seed=seed, threads=1)
        for seed in range(seeds)
    ]
    spread = np.var([run.gradient for run in runs], ddof=1)
    claimed = np.mean([run.standard_error**2 for run in runs])
    low, high = stats.chi2(seeds - 1).ppf([0.5 * FAMILY_WISE, 1.0 - 0.5 * FAMILY_WISE])
    assert low <= spread / claimed * (seeds - 1) <= high


# How variances grow


def variances(method, customers, seed=2):
    return np.array(
        [
            fg.gradient(places(0.5)["service"].build(n), 0.5, method, 100_000, seed=seed).variance
            for n in customers
        ]
    )


def test_variance_of_the_likelihood_ratio_is_linear_in_customers():
    """The sum of N scores has variance N/θ², and Y tends to 1: Var ~ 4 N, with E[Y]² > 0.9."""
    customers = np.array([25, 50, 100, 200])
    found = variances(fg.LikelihoodRatio(baseline=False), customers)
    assert np.all(found > 0.9 * customers / 0.25)
    assert np.all((found[1:] / found[:-1] > 1.4) & (found[1:] / found[:-1] < 2.6))


def test_variance_of_ipa_does_not_grow():
    """Past the transient T̄ is a mean over N customers, and so is its derivative."""
    found = variances(fg.IPA(), [25, 50, 100, 200])
    assert np.all(np.diff(found) < 0.0)
    assert found[-1] < variances(fg.WeakDerivative(), [25]) * 2.0


def test_variance_growth_is_the_reference_one(reference):
    """Weak derivative and plain LR at N = 10, 20: simulated there with 6e4 replications.

    The variance of a heavy-tailed sample variance is taken from the two samples as 10 %.
    """
    for n in (10, 20):
        weak, plain = reference(f"q.mm1.0.5.var_growth.N{n}")
        assert variances(fg.WeakDerivative(), [n])[0] == pytest.approx(weak, rel=0.1)
        found = variances(fg.LikelihoodRatio(baseline=False), [n])[0]
        assert found == pytest.approx(plain, rel=0.1)


def test_baseline_has_the_least_variance():
    place = places(0.5)["service"]
    best = fg.gradient(place.build(20), 0.5, "lr", 200_000, seed=4)
    (baseline,) = best.baseline.values()
    for other in (0.0, 0.7 * baseline, 1.3 * baseline):
        worse = fg.gradient(
            place.build(20), 0.5, fg.LikelihoodRatio(baseline=other), 200_000, seed=4
        )
        assert best.variance < worse.variance


def test_methods_that_are_the_same_are_the_same():
    """auto is IPA here; differences with common numbers at a tiny step are IPA, path by path."""
    place = places(0.5)["service"]
    runs = {n: fg.gradient(place.build(10), 0.5, METHODS[n], 10_000, seed=6) for n in METHODS}
    assert runs["auto"].gradient == runs["ipa"].gradient
    assert runs["wd-common"].gradient == runs["lr-plain"].gradient
    for name in ("fd", "cd", "sp", "sp-hadamard"):
        assert runs[name].gradient == pytest.approx(runs["ipa"].gradient, rel=1e-5)
