"""Steady state by a long run: customers who are not counted, exact values, what is said of a start;
tails of queues whose service times have no density."""

import numpy as np
import pytest
from test_queue_readings import paths, readings
from tolerance import bound

import fastgrad as fg

AT = [1.0, 0.5]
Z = bound(100)


def build(output="system", horizon=None, service=fg.Exponential, measure=None):
    def queue(theta):
        return fg.SingleServerQueue(
            fg.Exponential(theta[0]), service(theta[1]), output=output,
            horizon=horizon or fg.Customers(3, warmup=7),
            measure=fg.Mean() if measure is None else measure(theta),
        )  # fmt: skip

    return queue


@pytest.mark.parametrize("output", ["system", "wait", "number", "utilisation"])
def test_customers_of_the_warm_up_are_served_and_not_counted(output):
    """Against a loop over all ten, of which the sums of the last three are kept."""
    gaps, services = paths()
    tail = None if output in ("number", "utilisation") else (lambda t: fg.Tail(1.0))
    for measure in (None, tail) if tail else (None,):
        every = [readings(gaps[:n], services[: n + 1], 1.0) for n in range(10)]
        name = "system" if output in ("number", "utilisation") else output
        sums = [(n + 1) * r[name, measure is not None] for n, r in enumerate(every)]
        wanted = (sums[9] - sums[6]) / 3
        if output == "number" or output == "utilisation":
            end = gaps[7:].sum(axis=0) + (
                10 * every[9]["system", False] - 9 * every[8]["system", False]
            )
            total = sums[9] - sums[6] if output == "number" else services[7:].sum(axis=0)
            wanted = total / end
        found = fg.simulate(build(output, measure=measure)(AT), replications=64, seed=5)
        assert found.value == pytest.approx(wanted.mean(), rel=1e-11)
        assert found.variance == pytest.approx(wanted.var(ddof=1), rel=1e-9)


@pytest.mark.parametrize("output", ["wait", "number", "utilisation"])
def test_phantoms_and_paths_agree(output):
    along = fg.gradient(build(output), AT, "ipa", 20_000, seed=6)
    weak = fg.gradient(build(output), AT, "wd", 20_000, seed=7)
    error = np.hypot(along.standard_error, weak.standard_error)
    assert np.all(np.abs(np.subtract(along.gradient, weak.gradient)) <= Z * error)


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "cd"])
def test_a_long_run_is_the_steady_state(method):
    """After 60 customers 5e-5 of the mean time are left of the start, 2e-3 of its slope."""
    wanted = fg.exact.mm1(1.0, 0.5)
    est = fg.gradient(build(horizon=fg.Customers(50, warmup=60)), AT, method, 10_000, seed=1)
    exact = np.array([wanted.d_interarrival, wanted.d_service])
    assert np.all(np.abs(est.gradient - exact) <= Z * np.array(est.standard_error) + 2e-3)
    assert abs(est.performance.value - wanted.value) <= Z * est.performance.standard_error + 5e-5
    assert est.warnings == ()


def test_smoothed_second_derivatives_of_a_long_run():
    wanted = fg.exact.mm1(1.0, 0.5)
    horizon = fg.Customers(50, warmup=90)
    est = fg.gradient(build(horizon=horizon), AT, "spa", 10_000, seed=1, order=2)
    exact = np.array(
        [[wanted.d2_interarrival, wanted.d2_mixed], [wanted.d2_mixed, wanted.d2_service]]
    )
    assert np.all(np.abs(est.gradient - exact) <= Z * np.array(est.standard_error) + 5e-3)


@pytest.mark.parametrize("output", ["system", "wait"])
def test_tails_without_a_density_of_service_are_smoothed_by_arrivals(output):
    """M/D/1, by both times and y, with and without a warm-up; lattice services likewise."""

    def tail(theta):
        return fg.Tail(theta[2])

    def steps(value):
        return fg.Discrete([value, 0.3], [0.5, 0.5])

    for service in (fg.Deterministic, steps):
        queue = build(output, service=service, measure=tail)
        at = [1.0, 0.5, 0.83]
        smooth = fg.gradient(queue, at, "spa", 40_000, seed=3)
        differences = fg.gradient(queue, at, fg.CentralDifference(0.02), 100_000, seed=4)
        errors = np.hypot(smooth.standard_error, 1.5 * np.array(differences.standard_error))
        assert np.all(np.abs(np.subtract(smooth.gradient, differences.gradient)) <= Z * errors)


def test_what_nothing_smooths_is_refused_with_a_cure():
    def queue(theta):
        return fg.SingleServerQueue(
            fg.Deterministic(1.0), fg.Discrete([theta, 2.0], [0.6, 0.4]), 5, measure=fg.Tail(2.3)
        )

    with pytest.raises(
        fg.NotApplicable, match=r"Discrete.*Deterministic.*no density: use lr or wd"
    ):
        fg.gradient(queue, 0.5**0.5, "spa", 100)

    def counted(y):
        return fg.SingleServerQueue(fg.Exponential(2.0), fg.Poisson(1.0), 5, measure=fg.Tail(y))

    with pytest.raises(fg.NotApplicable, match="jumps"):
        fg.gradient(counted, 3.0, "spa", 100)


def test_what_is_said_of_a_steady_state():
    with pytest.warns(fg.EstimateWarning, match=r"warm-up of 7 customers is short: .* in about 42"):
        fg.simulate(build()(AT), 100)
    with pytest.warns(fg.EstimateWarning, match=r"utilisation is 0\.96"):
        fg.simulate(build(horizon=fg.Customers(10, warmup=20_000))([1.0, 0.96]), 2)
    with pytest.raises(ValueError, match=r"utilisation is 1\.2, which must be below 1"):
        build()([1.0, 1.2])
    with pytest.raises(ValueError, match="infinite variance"):
        build(service=lambda mean: fg.Pareto(1.5, mean / 3))(AT)
    with pytest.raises(ValueError, match="warmup must be 0 or more, got -1"):
        fg.Customers(5, warmup=-1)
    with pytest.raises(ValueError, match="count must be 1 or more, got 0"):
        fg.Customers(0)


def test_a_tail_is_not_compared_with_the_exact_mean():
    """What tables call exact is E[Y] of the mean of the first customers alone."""
    from fastgrad.results.known import known_gradient

    assert known_gradient(build(measure=lambda t: fg.Tail(1.5)), AT) is None
    assert known_gradient(build(), AT) is None
