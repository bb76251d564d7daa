"""Over cycles: differences, smoothed and weak second derivatives, waits and tails, a jackknife, and
runs to a precision."""

import math

import numpy as np
import oracles
import pytest
from oracles import input_uniforms
from references import for_each, value
from test_queue_steady import cycles_of
from tolerance import bound

import fastgrad as fg

AT = [1.0, 0.5]
SEED = 11
Z = bound(100)


def build(gap=fg.Exponential, service=fg.Exponential, cycles=20, **options):
    def queue(theta):
        return fg.SingleServerQueue(
            gap(theta[0]), service(theta[1]), horizon=fg.Cycles(cycles), **options
        )

    return queue


def bends(exact):
    """The second derivatives by both means."""
    return np.array([[exact.d2_interarrival, exact.d2_mixed], [exact.d2_mixed, exact.d2_service]])


@pytest.mark.parametrize("method", ["fd", "cd", fg.CentralDifference(step=0.01)])
def test_differences_of_queues_in_common_cycles(method):
    """They vary no more than IPA, however small the step."""
    wanted = fg.exact.mm1(1.0, 0.5)
    est = fg.gradient(build(), AT, method, 5_000, seed=3)
    along = fg.gradient(build(), AT, "ipa", 5_000, seed=3)
    error = np.abs(est.gradient - np.array([wanted.d_interarrival, wanted.d_service]))
    bias = 0.01**2 * 6.0 * 2.0**4 if isinstance(method, fg.CentralDifference) else 1e-4
    assert np.all(error <= Z * np.array(est.standard_error) + bias)
    assert np.all(np.array(est.standard_error) < 1.2 * np.array(along.standard_error))
    assert abs(est.performance.value - wanted.value) <= Z * est.performance.standard_error


@pytest.mark.parametrize("method", ["spa", "wd", "lr"])
def test_second_derivatives(method):
    wanted = bends(fg.exact.mm1(1.0, 0.4))
    est = fg.gradient(build(), [1.0, 0.4], method, 10_000, seed=4, order=2)
    assert np.all(np.abs(est.gradient - wanted) <= Z * np.array(est.standard_error))


def test_second_derivatives_of_other_laws_agree():
    """A service whose variate is no linear function of θ, and one smoothed for constant gaps."""

    def curved(theta):
        gap, service = fg.Gamma(1.5, theta[0]), fg.Weibull(theta[1], theta[2])
        return fg.SingleServerQueue(gap, service, horizon=fg.Cycles(20))

    def constant(theta):
        service = fg.Gamma(2.0, theta)
        return fg.SingleServerQueue(fg.Deterministic(1.0), service, horizon=fg.Cycles(20))

    for queue, at, methods in (
        (curved, [0.7, 1.8, 0.5], ("spa", "lr")),
        (constant, 0.25, ("spa", "wd")),
    ):
        one, other = (fg.gradient(queue, at, m, 20_000, seed=5, order=2) for m in methods)
        error = np.hypot(one.standard_error, other.standard_error)
        assert np.all(np.abs(np.subtract(one.gradient, other.gradient)) <= Z * error)


@for_each(["q.mm1.0.25.ss_d2_variants", "q.mm1.0.5.ss_d2_printed_LR_limit"])
def test_second_derivatives_are_not_those_of_wrong_formulas(name):
    """The true one, and what formulas without a term of theirs tend to."""
    service = float(name[6:].partition(".ss")[0])
    right = fg.exact.mm1(1.0, service).d2_service
    wrong = [w for w in np.atleast_1d(value(name)) if abs(w - right) > 1e-9]
    assert len(wrong) == np.size(value(name)) - (name.endswith("variants"))
    for method in ("spa", "wd"):
        est = fg.gradient(
            lambda t: build()([1.0, t]), service, method, 10_000, seed=4, order=2
        )  # fmt: skip
        assert abs(est.gradient - right) <= Z * est.standard_error
        assert all(abs(est.gradient - w) > Z * est.standard_error for w in wrong)


def test_smoothing_varies_least():
    errors = {
        m: fg.gradient(build(), AT, m, 5_000, seed=6, order=2).standard_error[1][1]
        for m in ("spa", "wd", "lr", "auto")
    }
    assert errors["auto"] == errors["spa"] < errors["wd"] < errors["lr"]


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "cd"])
def test_waits(method):
    wanted = fg.exact.mm1(1.0, 0.5)
    est = fg.gradient(build(output="wait"), AT, method, 5_000, seed=7)
    error = np.abs(est.gradient - np.array([wanted.d_interarrival, wanted.d_service - 1.0]))
    assert np.all(error <= Z * np.array(est.standard_error) + 1e-5)


@pytest.mark.parametrize("method", ["lr", "wd", "auto"])
def test_tails(method):
    """P(T > y) = exp(-(1/θ - 1/a) y)."""
    share = math.exp(-1.5)
    est = fg.gradient(build(measure=fg.Tail(1.5)), AT, method, 10_000, seed=8)
    error = np.abs(est.gradient - share * np.array([-1.5, 6.0]))
    assert np.all(error <= Z * np.array(est.standard_error))
    assert abs(est.performance.value - share) <= Z * est.performance.standard_error


def test_the_jackknife_leaves_out_one_replication_after_the_other():
    paths, draws = 70, 400
    model = build(lambda a: fg.Gamma(1.5, 0.8 * a), cycles=10)([1.0, 0.8])
    gaps, services = (
        oracles.variates(entry.distribution, input_uniforms(which, draws, paths, SEED))
        for which, entry in enumerate(model.inputs())
    )
    sums = np.array([cycles_of(gaps[:, r], services[:, r], 10) for r in range(paths)])
    ratio = sums[:, 0].sum() / sums[:, 1].sum()
    without = (sums[:, 0].sum() - sums[:, 0]) / (sums[:, 1].sum() - sums[:, 1])
    pseudo = paths * ratio - (paths - 1) * without
    found = fg.simulate(model, paths, SEED, interval="jackknife")
    assert found.value == pytest.approx(pseudo.mean(), rel=1e-12)
    assert found.variance == pytest.approx(pseudo.var(ddof=1), rel=1e-9)


def test_the_jackknife_of_many_replications_is_the_delta_method():
    delta, jackknife = (
        fg.gradient(build(), AT, "lr", 20_000, seed=9, interval=interval)
        for interval in ("delta", "jackknife")
    )
    assert jackknife.gradient == pytest.approx(delta.gradient, rel=2e-2)
    # A variance from 200 groups is within 6 of its own standard errors of 0.1.
    assert np.all(np.abs(np.array(jackknife.variance) / delta.variance - 1.0) < 0.6)
    one, two = (
        fg.gradient(build(), AT, "lr", 3_000, seed=9, interval="jackknife", threads=t)
        for t in (1, 2)
    )
    assert np.array_equal(one.standard_error, two.standard_error)


def test_a_precision_is_reached():
    found = fg.simulate(build()(AT), precision=0.02, seed=1)
    low, high = found.confidence_interval(0.95)
    assert high - low <= 0.04
    assert abs(found.value - 1.0) <= Z * found.standard_error
