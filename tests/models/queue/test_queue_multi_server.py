"""Several servers: a heap of servers path by path, exact values, identities."""

import heapq

import numpy as np
import oracles
import pytest
from oracles import input_uniforms
from references import for_each, value
from tolerance import bound

import fastgrad as fg

SEED, PATHS = 11, 96
SERVERS = (1, 2, 3, 7)
Z = bound(2 * 4 * 5 * 3)


def stays(gaps, services, servers):
    """(time in system, waiting time) of every customer of one path."""
    free, now, found = [0.0] * servers, 0.0, []
    for n, service in enumerate(services):
        now += gaps[n - 1] if n else 0.0
        start = max(now, heapq.heappop(free))
        heapq.heappush(free, start + service)
        found.append((start + service - now, start - now))
    return np.array(found)


@pytest.mark.parametrize("servers", SERVERS)
@pytest.mark.parametrize(("output", "which"), [("system", 0), ("wait", 1)])
def test_output_is_that_of_a_heap_of_servers(servers, output, which):
    model = fg.MultiServerQueue(fg.Exponential(0.4), fg.Gamma(1.5, 0.7), servers, 25, output)
    gaps, services = (
        oracles.variates(entry.distribution, input_uniforms(k, entry.draws, PATHS, SEED))
        for k, entry in enumerate(model.inputs())
    )
    samples = np.array(
        [stays(gaps[:, r], services[:, r], servers)[:, which].mean() for r in range(PATHS)]
    )
    found = fg.simulate(model, PATHS, SEED)
    assert found.value == pytest.approx(samples.mean(), rel=1e-12, abs=1e-13)
    assert found.variance == pytest.approx(samples.var(ddof=1), rel=1e-10, abs=1e-13)


class Simulated(fg.MultiServerQueue):
    """The same queue, whose phantoms are simulated anew one by one."""

    def operation(self, name):
        return None if name == "phantoms" else super().operation(name)


@pytest.mark.parametrize("servers", SERVERS)
@pytest.mark.parametrize("output", ["system", "wait"])
def test_derivatives_and_phantoms_path_by_path(servers, output):
    """IPA is the limit of differences; phantoms followed to their end are whole simulations."""

    def build(theta, kind=fg.MultiServerQueue):
        gaps, service = fg.Exponential(theta[0]), fg.Gamma(1.5, theta[1])
        return kind(gaps, service, servers, 20, output)

    at = [0.4, 0.7]
    along = fg.gradient(build, at, "ipa", PATHS, SEED)
    differences = fg.gradient(build, at, fg.CentralDifference(step=1e-7), PATHS, SEED)
    assert along.gradient == pytest.approx(differences.gradient, rel=1e-5, abs=1e-7)
    weak = fg.gradient(build, at, "wd", PATHS, SEED)
    anew = fg.gradient(lambda t: build(t, Simulated), at, "wd", PATHS, SEED)
    assert weak.gradient == pytest.approx(anew.gradient, rel=1e-11, abs=1e-12)
    assert weak.variance == pytest.approx(anew.variance, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("customers", [10, 100])
@pytest.mark.parametrize(("servers", "gap"), [(2, 1 / 1.5), (3, 0.4), (4, 0.2), (12, 0.1)])
@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "cd", "auto"])
def test_exact_values(servers, gap, customers, method):
    def build(theta):
        return fg.MultiServerQueue(
            fg.Exponential(theta[0]), fg.Exponential(theta[1]), servers, customers
        )

    wanted = fg.exact.mmm(gap, 1.0, servers, customers)
    est = fg.gradient(build, [gap, 1.0], method, 20_000, seed=customers)
    assert abs(est.performance.value - wanted.value) <= Z * est.performance.standard_error
    error = np.abs(est.gradient - np.array([wanted.d_interarrival, wanted.d_service]))
    assert np.all(error <= Z * np.array(est.standard_error))


@for_each(["q.mm2.avg10"])
def test_published_values(name):
    """M/M/2 at arrival rate 1.5 and mean service time 1."""
    ten = fg.exact.mmm(1 / 1.5, 1.0, 2, 10)
    assert [ten.value, ten.d_service] == pytest.approx(value(name), rel=1e-12)
    for customers, mean, slope in ((10, 1.328952404, 1.824295318), (100, 2.05259883, 5.738653295)):
        found = fg.exact.mmm(1 / 1.5, 1.0, 2, customers)
        assert found.value == pytest.approx(mean, abs=1e-9)
        assert found.d_service == pytest.approx(slope, abs=1e-9)
    steady = fg.exact.mmm(1 / 1.5, 1.0, 2)
    assert steady.value == pytest.approx(16 / 7, rel=1e-12)
    assert steady.d_service == pytest.approx(8.163265306, abs=1e-9)


@pytest.mark.parametrize("method", ["lr", "wd"])
def test_second_derivatives(method):
    def build(theta):
        return fg.MultiServerQueue(fg.Exponential(theta[0]), fg.Exponential(theta[1]), 2, 5)

    wanted = fg.exact.mmm(0.5, 1.0, 2, 5)
    est = fg.gradient(build, [0.5, 1.0], method, 200_000, seed=3, order=2)
    exact = np.array(
        [[wanted.d2_interarrival, wanted.d2_mixed], [wanted.d2_mixed, wanted.d2_service]]
    )
    z = bound(8)
    assert np.all(np.abs(est.gradient - exact) <= z * np.array(est.standard_error))
    with pytest.raises(fg.NotApplicable, match="derived twice"):
        fg.gradient(build, [0.5, 1.0], "ipa", 100, order=2)


def test_one_server_is_the_single_server_queue():
    def one(theta):
        return fg.MultiServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 1, 20)

    def other(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 20)

    for method in ("ipa", "lr", "wd"):
        found, wanted = (fg.gradient(b, 0.7, method, 5_000, SEED) for b in (one, other))
        assert found.gradient == pytest.approx(wanted.gradient, rel=1e-12)
        assert found.variance == pytest.approx(wanted.variance, rel=1e-11)


def test_constant_times_that_tie_are_refused():
    def build(theta):
        return fg.MultiServerQueue(fg.Deterministic(0.5), fg.Deterministic(theta), 2, 20)

    with pytest.raises(fg.NotApplicable, match="kink"):
        fg.gradient(build, 1.0, "ipa", 100)
    assert fg.gradient(build, 0.9, "ipa", 100).gradient == pytest.approx(1.0)
    late = fg.gradient(build, 1.1, "ipa", 100).gradient
    assert late == pytest.approx(1.0 + np.mean([n // 2 for n in range(20)]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"servers": 0}, "servers must be 1 or more, got 0"),
        ({"servers": 1.5}, "servers must be a whole number"),
        ({"customers": 0}, "customers must be 1 or more"),
        ({"service": 1.0}, "service must be a distribution"),
        ({"output": "loss"}, "output must be one of 'system', 'wait'"),
    ],
)
def test_bad_input_is_refused(options, message):
    given = {"interarrival": fg.Exponential(1.0), "service": fg.Exponential(1.0), "servers": 2}
    with pytest.raises((ValueError, TypeError), match=message):
        fg.MultiServerQueue(**({**given, "customers": 5} | options))
