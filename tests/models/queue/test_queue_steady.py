"""Steady state over cycles: busy periods one by one, exact values, intervals."""

import numpy as np
import oracles
import pytest
from oracles import input_uniforms
from scipy import stats
from tolerance import FAMILY_WISE, bound

import fastgrad as fg

SEED = 11
METHODS = {"ipa": "ipa", "lr": "lr", "wd": "wd", "wd-hj": fg.WeakDerivative("hahn-jordan")}


def cycles_of(gaps, services, cycles):
    """(Σ T, customers) of so many busy periods of one path."""
    wait, total, n = 0.0, 0.0, 0
    for _ in range(cycles):
        while True:
            time = wait + services[n]
            total, wait, n = total + time, time - gaps[n], n + 1
            if wait <= 0.0:
                wait = 0.0
                break
    return total, n


@pytest.mark.parametrize("cycles", [1, 40])
def test_value_is_the_ratio_of_sums_over_busy_periods(cycles):
    """70 replications, more than a strip of draws in some of them."""
    paths, draws = 70, 400
    model = fg.SingleServerQueue(fg.Gamma(1.5, 0.8), fg.Exponential(0.8), horizon=fg.Cycles(cycles))
    gaps, services = (
        oracles.variates(entry.distribution, input_uniforms(which, draws, paths, SEED))
        for which, entry in enumerate(model.inputs())
    )
    sums = np.array([cycles_of(gaps[:, r], services[:, r], cycles) for r in range(paths)])
    found = fg.simulate(model, paths, SEED)
    ratio = sums[:, 0].sum() / sums[:, 1].sum()
    assert found.value == pytest.approx(ratio, rel=1e-12)
    residual = (sums[:, 0] - ratio * sums[:, 1]) / sums[:, 1].mean()
    assert found.variance == pytest.approx(residual.var(ddof=1), rel=1e-9)


def build_of(distribution):
    def build(theta):
        horizon = fg.Cycles(50)
        return fg.SingleServerQueue(
            fg.Exponential(theta[0]), distribution(theta[1]), horizon=horizon
        )

    return build


DISTRIBUTIONS = {
    "exponential": (fg.Exponential, 2.0),
    "Erlang": (lambda mean: fg.Erlang(2, 0.5 * mean), 1.5),
    "Weibull": (lambda mean: fg.Weibull(2.0, mean / 0.886226925452758), 4.0 / np.pi),
}


@pytest.mark.parametrize("rho", [0.3, 0.6])
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("name", METHODS)
def test_first_derivatives(name, distribution, rho):
    """By both means, against Pollaczek and Khinchine."""
    make, moment = DISTRIBUTIONS[distribution]
    if name == "wd-hj" and distribution != "exponential":
        pytest.skip("one distribution is enough")
    wanted = fg.exact.mg1(1.0, rho, moment)
    est = fg.gradient(build_of(make), [1.0, rho], METHODS[name], 8_000, seed=3)
    z = bound(3 * 4 * 3 * 2)
    assert abs(est.performance.value - wanted.value) <= z * est.performance.standard_error
    error = np.abs(est.gradient - np.array([wanted.d_interarrival, wanted.d_service]))
    assert np.all(error <= z * np.array(est.standard_error)), est


def test_second_derivatives_have_the_term_that_is_printed_nowhere():
    """2λ/(1 - ρ)³ = 16 at ρ = 0.5, where the printed formulas tend to 4 and to 32."""
    wanted = fg.exact.mm1(1.0, 0.5)
    est = fg.gradient(build_of(fg.Exponential), [1.0, 0.5], "lr", 60_000, seed=4, order=2)
    exact = np.array(
        [
            [wanted.d2_interarrival, wanted.d2_mixed],
            [wanted.d2_mixed, wanted.d2_service],
        ]
    )
    assert np.all(np.abs(est.gradient - exact) <= bound(4) * np.array(est.standard_error))
    assert est.standard_error[1][1] < 1.5  # 4 and 32 are far away


def test_a_cost_around_it():
    """(2θ) r + 1/θ and its derivatives: scale and shift move too."""

    def cost(theta):
        horizon = fg.Cycles(50)
        queue = fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), horizon=horizon)
        return queue * (2.0 * theta) + 1.0 / theta

    r = fg.exact.mm1(1.0, 0.5)
    first = 2.0 * r.value + 1.0 * r.d_service - 4.0
    second = 4.0 * r.d_service + 1.0 * r.d2_service + 16.0
    one = fg.gradient(cost, 0.5, "ipa", 8_000, seed=5)
    two = fg.gradient(cost, 0.5, "lr", 60_000, seed=5, order=2)
    assert abs(one.gradient - first) <= bound(2) * one.standard_error
    assert abs(two.gradient - second) <= bound(2) * two.standard_error


def test_bits_do_not_depend_on_threads_or_neighbours():
    build = build_of(fg.Exponential)
    for method in ("ipa", "lr", "wd"):
        one, two = (
            fg.gradient(build, [1.0, 0.5], method, 3_000, seed=6, threads=t) for t in (1, 2)
        )
        assert np.array_equal(one.gradient, two.gradient)
        assert np.array_equal(one.standard_error, two.standard_error)


@pytest.mark.parametrize("method", ["ipa", "lr"])
def test_intervals_cover_with_many_cycles(method):
    """300 seeds, 10⁵ cycles at ρ = 0.3; binomial bounds at 1e-6."""
    seeds, covered = 300, 0
    wanted = fg.exact.mm1(1.0, 0.3).d_service

    def build(theta):
        horizon = fg.Cycles(100)
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), horizon=horizon)

    for seed in range(seeds):
        low, high = fg.gradient(build, 0.3, method, 1_000, seed=seed).confidence_interval(0.95)
        covered += low <= wanted <= high
    assert covered >= stats.binom(seeds, 0.95).ppf(0.5 * FAMILY_WISE)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"service": fg.Exponential(1.0)}, "the utilisation is 1, which must be below 1"),
        ({"service": fg.Exponential(1.3)}, "the utilisation is 1.3"),
        ({"customers": 5}, "customers= or horizon=, not both"),
        ({"horizon": 100}, "horizon must be Cycles"),
        ({"horizon": None}, "give customers=100 or horizon="),
    ],
)
def test_what_has_no_steady_state_is_refused(options, message):
    given = {"interarrival": fg.Exponential(1.0), "service": fg.Exponential(0.5)}
    with pytest.raises((ValueError, TypeError), match=message):
        fg.SingleServerQueue(**({**given, "horizon": fg.Cycles(10)} | options))


def test_methods_and_settings_without_a_steady_state_are_refused():
    build = build_of(fg.Exponential)
    with pytest.raises(fg.NotApplicable, match="give customers=") as refused:
        fg.gradient(build, [1.0, 0.5], "sp", 100)
    assert set(refused.value.alternatives) == {"ipa", "lr", "wd", "fd", "cd", "auto"}
    for method in ("ipa", "cd", fg.WeakDerivative(phantoms="one")):
        with pytest.raises(fg.NotApplicable, match="wd with all phantoms"):
            fg.gradient(build, [1.0, 0.5], method, 100, order=2)
    with pytest.raises(fg.NotApplicable, match="common numbers"):
        fg.gradient(build, [1.0, 0.5], fg.CentralDifference(common=False), 100)
    with pytest.raises(ValueError, match="sampler='pseudo'"):
        fg.simulate(build([1.0, 0.5]), 100, sampler="sobol")
    with pytest.raises(ValueError, match="interval must be 'delta' or 'jackknife'"):
        fg.simulate(build([1.0, 0.5]), 100, interval="bootstrap")
    with pytest.raises(ValueError, match="is for ratios over cycles"):
        fg.simulate(fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(0.5), 5), 100,
                    interval="jackknife")  # fmt: skip


def test_a_utilisation_near_one_is_warned_of():
    with pytest.warns(fg.EstimateWarning, match=r"utilisation is 0\.97: so near 1"):
        est = fg.simulate(build_of(fg.Exponential)([1.0, 0.97]), 100, seed=1)
    assert any("so near 1" in warning for warning in est.warnings)


def test_few_cycles_are_warned_of():
    """1,000 cycles by second scores: a few of them make up the variance."""

    def build(theta):
        horizon = fg.Cycles(1)
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), horizon=horizon)

    with pytest.warns(fg.EstimateWarning, match="make up the variance"):
        fg.gradient(build, 0.8, "lr", 1_000, seed=1, order=2)
