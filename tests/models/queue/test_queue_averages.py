"""Number in system and utilisation of all queues: Little's law on every path.

The same queue written as four models draws the same times: all methods must find the same.
"""

import heapq

import numpy as np
import oracles
import pytest
from oracles import input_uniforms
from tolerance import bound

import fastgrad as fg

SEED, PATHS, CUSTOMERS = 7, 64, 12
OUTPUTS = ("number", "utilisation")
# Without a baseline, which a network finds from other pilots than the rest.
METHODS = (
    "ipa", fg.LikelihoodRatio(baseline=False), "wd", fg.CentralDifference(step=1e-6)
)  # fmt: skip
AT = {"gap": 0.8, "one": 0.5, "two": 1.1}


def times(theta):
    return fg.Gamma(1.5, theta["gap"] / 1.5), fg.Exponential(theta["one"])


def single(theta, output):
    return fg.SingleServerQueue(*times(theta), CUSTOMERS, output=output)


def many(theta, output, servers=1):
    return fg.MultiServerQueue(*times(theta), servers, CUSTOMERS, output=output)


def line(theta, output, stations=1, **room):
    gap, one = times(theta)
    services = [one, fg.Exponential(theta["two"])][:stations]
    return fg.TandemQueue(gap, services, CUSTOMERS, output=output, **room)


def network(theta, output, stations=1, servers=1):
    gap, one = times(theta)
    made = {"a": fg.Station(one, servers), "b": fg.Station(fg.Exponential(theta["two"]))}
    kept = dict(list(made.items())[:stations])
    routing = {"a": {"b": 1.0}} if stations == 2 else {}
    return fg.QueueNetwork(gap, "a", kept, routing, CUSTOMERS, output=output)


def found(build, output, method, at, **options):
    return fg.gradient(lambda t: build(AT | t, output, **options), at, method, PATHS, SEED)


def same(first, second):
    """The same value, derivatives and spread."""
    assert first.performance.value == pytest.approx(second.performance.value, rel=1e-12)
    assert first.gradient == pytest.approx(second.gradient, rel=1e-8, abs=1e-10)
    assert first.variance == pytest.approx(second.variance, rel=1e-7, abs=1e-10)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("method", METHODS, ids=str)
def test_one_server_is_one_server(output, method):
    at = {"gap": 0.8, "one": 0.5}
    wanted = found(single, output, method, at)
    same(found(many, output, method, at), wanted)
    same(found(line, output, method, at), wanted)
    same(found(network, output, method, at), wanted)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("method", METHODS, ids=str)
def test_three_servers_are_a_station_of_three(output, method):
    at = {"gap": 0.4, "one": 0.9}
    wanted = found(network, output, method, at, servers=3)
    same(found(many, output, method, at, servers=3), wanted)


@pytest.mark.parametrize(
    ("output", "there"),
    [("number", "number"), ("utilisation", "utilisation"),
     ("utilisation at services[1]", "utilisation at b")],
)  # fmt: skip
@pytest.mark.parametrize("method", METHODS, ids=str)
def test_line_is_a_network(output, there, method):
    wanted = found(network, there, method, AT, stations=2)
    same(found(line, output, method, AT, stations=2), wanted)


@pytest.mark.parametrize("blocking", ["after", "before"])
@pytest.mark.parametrize("output", [*OUTPUTS, "utilisation at services[0]"])
def test_blocked_lines(blocking, output):
    """IPA is the limit of differences; phantoms that are followed are whole simulations."""
    room = {"stations": 2, "buffers": [1], "blocking": blocking}
    along = found(line, output, "ipa", AT, **room)
    differences = found(line, output, fg.CentralDifference(step=1e-7), AT, **room)
    assert along.gradient == pytest.approx(differences.gradient, rel=1e-5, abs=1e-7)

    class Simulated(fg.TandemQueue):
        def operation(self, name):
            return None if name == "phantoms" else super().operation(name)

    def anew(theta, output, **room):
        made = line(theta, output, **room)
        fields = {k: getattr(made, k) for k in made.__dataclass_fields__}
        return Simulated(**fields)

    same(found(line, output, "wd", AT, **room), found(anew, output, "wd", AT, **room))


def test_little_s_law_is_the_area_below_the_number_in_the_system():
    """Arrivals and departures of three servers one by one, the area below their number."""
    model = many(AT, "number", 3)
    gaps, services = (
        oracles.variates(entry.distribution, input_uniforms(k, entry.draws, PATHS, SEED))
        for k, entry in enumerate(model.inputs())
    )
    number, work = np.empty(PATHS), np.empty(PATHS)
    for r in range(PATHS):
        free, steps, now = [0.0] * 3, [], 0.0
        for n, service in enumerate(services[:, r]):
            now += gaps[n - 1, r] if n else 0.0
            left = max(now, heapq.heappop(free)) + service
            heapq.heappush(free, left)
            steps += [(now, 1), (left, -1)]
        steps.sort()
        at, change = np.array(steps).T
        number[r] = np.diff(at) @ np.cumsum(change)[:-1] / at[-1]
        work[r] = services[:, r].sum() / (3.0 * at[-1])
    for output, wanted in (("number", number), ("utilisation", work)):
        estimate = fg.simulate(many(AT, output, 3), PATHS, SEED)
        assert estimate.value == pytest.approx(wanted.mean(), rel=1e-12)
        assert estimate.variance == pytest.approx(wanted.var(ddof=1), rel=1e-10)


def test_numbers_at_the_stations_make_the_number():
    routed = {"gap": 0.9, "one": 0.4, "two": 0.5}

    def build(output, at=None):
        gap, one = times(routed if at is None else at)
        stations = {"a": fg.Station(one), "b": fg.Station(fg.Exponential(0.5), 2)}
        routing = {"a": {"b": 0.6}, "b": {"a": 0.3}}
        return fg.QueueNetwork(gap, {"a": 0.7, "b": 0.3}, stations, routing, 40, output=output)

    parts = [fg.simulate(build(f"number at {s}"), PATHS, SEED).value for s in "ab"]
    assert sum(parts) == pytest.approx(fg.simulate(build("number"), PATHS, SEED).value, rel=1e-12)
    busy = [fg.simulate(build(f"utilisation at {s}"), PATHS, SEED).value for s in "ab"]
    wanted = fg.simulate(build("utilisation"), PATHS, SEED).value
    assert (busy[0] + 2.0 * busy[1]) / 3.0 == pytest.approx(wanted, rel=1e-12)
    one, two, both = (
        fg.gradient(lambda t, o=o: build(o, routed | {"one": t}), 0.4, "ipa", PATHS, SEED).gradient
        for o in ("number at a", "number at b", "number")
    )
    assert one + two == pytest.approx(both, rel=1e-9)


GAP, SERVERS = 0.45, 3


def test_long_runs_tend_to_exact_values():
    """M/M/3: in steady state the number is E[T]/E[A]. What an empty beginning and end take is c/N
    in the mean: twice the value for 2N customers, less that for N, has none of it."""
    exact = fg.exact.mmm(GAP, 0.9, SERVERS)

    def run(customers, seed):
        def build(theta):
            times = fg.Exponential(GAP), fg.Exponential(theta)
            return fg.MultiServerQueue(*times, SERVERS, customers, output="number")

        est = fg.gradient(build, 0.9, "ipa", 1024, seed)
        value = est.performance
        return np.array([[value.value, est.gradient], [value.standard_error, est.standard_error]])

    short, long = run(1000, SEED), run(2000, SEED + 1)
    found, error = 2.0 * long[0] - short[0], np.hypot(2.0 * long[1], short[1])
    wanted = np.array([exact.value, exact.d_service]) / GAP
    assert np.all(np.abs(found - wanted) <= bound(2) * error)


@pytest.mark.parametrize("build", [many, line, network])
def test_there_is_no_tail_of_an_average(build):
    made = build(AT, "number")
    fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
    with pytest.raises(ValueError, match="'number' has no Tail"):
        type(made)(**fields | {"measure": fg.Tail(1.0)})
