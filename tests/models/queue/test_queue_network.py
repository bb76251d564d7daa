"""Networks of stations: people one by one, lines and servers as special cases, exact values."""

import numpy as np
import oracles
import pytest
from network_of_queues import people
from oracles import input_uniforms
from references import for_each, value
from tolerance import bound

import fastgrad as fg

SEED, PATHS = 11, 64
Z = bound(2 * 5 * 4)


def workshop(theta, output="system", customers=12, kind=fg.QueueNetwork):
    """Two entries, three stations, feedback, two servers at one of them."""
    stations = {
        "cut": fg.Station(fg.Gamma(1.5, theta["cut"])),
        "weld": fg.Station(fg.Exponential(theta["weld"]), servers=2),
        "test": fg.Station(fg.Exponential(theta["test"])),
    }
    routing = {
        "cut": {"weld": 0.7, "test": 0.3},
        "weld": {"test": 1.0},
        "test": {"cut": theta["again"], "weld": 0.1},
    }
    entry = {"cut": theta["first"], "weld": 1.0 - theta["first"]}
    return kind(fg.Exponential(theta["gap"]), entry, stations, routing, customers, output)


AT = {"gap": 0.9, "cut": 0.4, "weld": 0.9, "test": 0.5, "again": 0.2, "first": 0.7}
TIMES = ("gap", "cut", "weld", "test")
OUTPUTS = ("system", "wait", "wait at weld", "throughput")


def chosen(u, values, probabilities):
    """Draws of a distribution on a few values by inversion."""
    return np.asarray(values)[np.searchsorted(np.cumsum(probabilities)[:-1], u)]


def samples():
    """Every output on every path, by people."""
    model = workshop(AT)
    found = {output: np.empty(PATHS) for output in OUTPUTS}
    rows = {}
    for which, entry in enumerate(model.inputs()):
        u = input_uniforms(which, entry.draws, PATHS, SEED)
        distribution = entry.distribution
        if isinstance(distribution, fg.Discrete):
            rows[entry.name] = chosen(u, distribution.points, distribution.probabilities).astype(
                int
            )
        else:
            rows[entry.name] = oracles.variates(distribution, u)
    names = list(model.stations)
    for r in range(PATHS):
        services = [rows[f"stations[{name!r}].service"][:, r] for name in names]
        to = [rows["routing['cut']"][:, r], 2, rows["routing['test']"][:, r]]
        entries = rows["entry"][:, r]
        system, waits, last = people(rows["arrival"][:, r], entries, services, to, [1, 2, 1])
        found["system"][r], found["wait"][r] = np.mean(system), sum(waits) / len(system)
        found["wait at weld"][r], found["throughput"][r] = (
            waits[1] / len(system),
            len(system) / last,
        )
    return found


def test_outputs_are_those_of_people():
    for output, wanted in samples().items():
        found = fg.simulate(workshop(AT, output), PATHS, SEED)
        assert found.value == pytest.approx(wanted.mean(), rel=1e-12), output
        assert found.variance == pytest.approx(wanted.var(ddof=1), rel=1e-10), output


def moving(names, output="system", kind=fg.QueueNetwork):
    return lambda theta: workshop(AT | theta, output, kind=kind), {name: AT[name] for name in names}


@pytest.mark.parametrize("output", OUTPUTS)
def test_ipa_is_the_limit_of_differences(output):
    build, at = moving(TIMES, output)
    along = fg.gradient(build, at, "ipa", PATHS, SEED)
    differences = fg.gradient(build, at, fg.CentralDifference(step=1e-7), PATHS, SEED)
    for name in TIMES:
        close = pytest.approx(differences.gradient[name], rel=1e-5, abs=1e-7)
        assert along.gradient[name] == close


class Simulated(fg.QueueNetwork):
    """The same network, whose phantoms are simulated anew one by one."""

    def operation(self, name):
        return None if name == "phantoms" else super().operation(name)


@pytest.mark.parametrize("output", OUTPUTS)
def test_phantoms_of_times_are_whole_simulations(output):
    found, anew = (
        fg.gradient(*moving(TIMES, output, kind), "wd", PATHS, SEED)
        for kind in (fg.QueueNetwork, Simulated)
    )
    for name in TIMES:
        close = pytest.approx(anew.gradient[name], rel=1e-9, abs=1e-11)
        assert found.gradient[name] == close


@pytest.mark.parametrize("output", OUTPUTS)
def test_methods_agree(output):
    """By every number; destinations by scores, forced choices and differences."""
    weak = fg.gradient(*moving(AT, output), "wd", 40_000, seed=1)
    score = fg.gradient(*moving(AT, output), "lr", 40_000, seed=2)
    along = fg.gradient(*moving(TIMES, output), "ipa", 40_000, seed=3)
    z = bound(4 * 10)
    for name in AT:
        error = np.hypot(weak.standard_error[name], score.standard_error[name])
        assert abs(weak.gradient[name] - score.gradient[name]) <= z * error, name
    for name in TIMES:
        error = np.hypot(weak.standard_error[name], along.standard_error[name])
        assert abs(weak.gradient[name] - along.gradient[name]) <= z * error, name


def split(customers):
    def build(theta):
        stations = {
            "one": fg.Station(fg.Exponential(theta["one"])),
            "two": fg.Station(fg.Exponential(theta["two"])),
        }
        entry = {"one": theta["p"], "two": 1.0 - theta["p"]}
        return fg.QueueNetwork(fg.Exponential(1 / 1.5), entry, stations, {}, customers)

    return build


@for_each(["route.split.N5", "route.split.N50"])
@pytest.mark.parametrize("method", ["wd", "lr", "cd"])
def test_exact_values_of_the_split(name, method):
    wanted = value(name)
    customers = int(name.rpartition("N")[2])
    at = {"p": 0.6, "one": 0.5, "two": 0.8}
    est = fg.gradient(split(customers), at, method, 20_000, seed=customers)
    assert abs(est.performance.value - wanted[0]) <= Z * est.performance.standard_error
    for exact, name_ in zip(wanted[1:], at, strict=True):
        assert abs(est.gradient[name_] - exact) <= Z * est.standard_error[name_]


def test_forced_choices_smooth_and_auto_mixes():
    """SPA and WD of a probability are the same pair; auto follows times along the path."""
    smooth = fg.gradient(
        lambda p: split(10)({"p": p, "one": 0.5, "two": 0.8}), 0.6, "spa", 40_000, seed=4
    )
    assert abs(smooth.gradient + 0.5922440293) <= bound(1) * smooth.standard_error
    explained = fg.explain(split(10), {"p": 0.6, "one": 0.5, "two": 0.8})
    assert "ipa" in str(explained)


def test_a_line_and_several_servers_are_special_cases():
    def line(theta):
        stations = {"a": fg.Station(fg.Exponential(theta)), "b": fg.Station(fg.Exponential(0.7))}
        return fg.QueueNetwork(fg.Exponential(1.0), "a", stations, {"a": {"b": 1.0}}, 20)

    def tandem(theta):
        return fg.TandemQueue(fg.Exponential(1.0), [fg.Exponential(theta), fg.Exponential(0.7)], 20)

    def station(theta):
        stations = {"a": fg.Station(fg.Exponential(theta), servers=3)}
        return fg.QueueNetwork(fg.Exponential(0.2), "a", stations, {}, 20)

    def servers(theta):
        return fg.MultiServerQueue(fg.Exponential(0.2), fg.Exponential(theta), 3, 20)

    for one, other in ((line, tandem), (station, servers)):
        for method in ("ipa", "wd"):
            found, wanted = (fg.gradient(b, 0.5, method, 2_000, SEED) for b in (one, other))
            assert found.gradient == pytest.approx(wanted.gradient, rel=1e-11)
            assert found.variance == pytest.approx(wanted.variance, rel=1e-9)


def test_causal_scores_vary_less_than_all_of_them():
    def all_scores(theta):
        model = split(50)(theta)
        object.__setattr__(model, "causal", False)
        return model

    at = {"p": 0.6, "one": 0.5, "two": 0.8}
    causal, plain = (fg.gradient(b, at, "lr", 20_000, seed=5) for b in (split(50), all_scores))
    for name in at:
        assert causal.variance[name] < 0.8 * plain.variance[name]


@pytest.mark.parametrize("method", ["lr", "wd"])
def test_second_derivatives_are_those_of_one_server(method):
    def build(theta):
        stations = {"a": fg.Station(fg.Exponential(theta))}
        return fg.QueueNetwork(fg.Exponential(1.0), "a", stations, {}, 3)

    wanted = fg.exact.mm1(1.0, 0.5, 3).d2_service
    est = fg.gradient(build, 0.5, method, 100_000, seed=6, order=2)
    assert abs(est.gradient - wanted) <= bound(2) * est.standard_error


def test_ipa_of_a_probability_is_refused():
    with pytest.raises(fg.NotApplicable, match=r"entry.probabilities\[0\]") as refused:
        fg.gradient(*moving(["first"]), "ipa", 100)
    assert {"spa", "lr", "wd"} <= set(refused.value.alternatives)
    with pytest.raises(fg.NotApplicable, match="routing"):
        fg.gradient(*moving(["again"]), "ipa", 100)


STATION = fg.Station(fg.Exponential(0.5))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"entry": "c"}, "entry: no station 'c'; there are 'a', 'b'"),
        ({"entry": {"a": 0.5}}, "entry probabilities must sum to 1, got 0.5"),
        ({"routing": {"a": {"b": 1.2}}}, "must be a probability, got 1.2"),
        ({"routing": {"a": {"b": 0.8, "a": 0.4}}}, "sum to 1.2, more than 1"),
        ({"routing": {"c": {}}}, "routing: no station 'c'"),
        ({"routing": {"a": {"b": 1.0}, "b": {"a": 1.0}}}, "some customers never leave"),
        ({"stations": {"a": fg.Exponential(1.0)}}, "must be a Station"),
        ({"output": "wait at c"}, "output must be one of 'system'"),
        ({"customers": 0}, "customers must be 1 or more"),
    ],
)
def test_bad_input_is_refused(options, message):
    given = {
        "arrival": fg.Exponential(1.0),
        "entry": "a",
        "stations": {"a": STATION, "b": STATION},
        "routing": {"a": {"b": 1.0}},
        "customers": 5,
    }
    with pytest.raises((ValueError, TypeError), match=message):
        fg.QueueNetwork(**(given | options))


def test_a_station_has_servers():
    with pytest.raises(ValueError, match="servers must be 1 or more"):
        fg.Station(fg.Exponential(1.0), 0)
