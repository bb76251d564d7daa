"""Tails of several servers, of lines and of networks: oracles path by path, identities, methods
against each other, several measures of one run."""

import numpy as np
import oracles
import pytest
from network_of_queues import people
from oracles import input_uniforms
from tandem_oracle import departures
from test_queue_multi_server import stays
from tolerance import bound

import fastgrad as fg

SEED, PATHS = 11, 96
Z = bound(200)
OUTPUTS = ("system", "wait")
Y = {"system": 1.1, "wait": 0.4}


def servers_of(theta, output, y, kind=fg.MultiServerQueue, service=None, servers=2, customers=8):
    distribution = service or (lambda mean: fg.Gamma(1.5, mean))
    return kind(
        fg.Exponential(theta[0]),
        distribution(theta[1]),
        servers,
        customers,
        output,
        measure=fg.Tail(y),
    )


def line_of(theta, output, y, kind=fg.TandemQueue, buffers=None, blocking="after", service=None):
    distributions = [fg.Erlang(2, theta[1]), (service or fg.Exponential)(theta[2])]
    return kind(
        fg.Exponential(theta[0]), distributions, 8, buffers, blocking, output, measure=fg.Tail(y)
    )  # fmt: skip


def split_of(theta, output, y, kind=fg.QueueNetwork):
    """Two stations, two servers at one of them; some come back."""
    stations = {
        "a": fg.Station(fg.Gamma(1.5, theta[1])),
        "b": fg.Station(fg.Exponential(theta[2]), servers=2),
    }
    routing = {"a": {"b": 0.5}, "b": {"a": 0.2}}
    entry = {"a": theta[3], "b": 1.0 - theta[3]}
    arrival = fg.Exponential(theta[0])
    return kind(arrival, entry, stations, routing, 8, output, measure=fg.Tail(y))


MODELS = {
    "servers": (servers_of, [0.5, 0.5]),
    "line": (line_of, [0.8, 0.3, 0.6]),
    "limited line": (lambda *a, **k: line_of(*a, buffers=[1], **k), [0.8, 0.3, 0.6]),
    "network": (split_of, [0.6, 0.4, 0.7, 0.6]),
}


def rows_of(model):
    """Draws of all inputs, by SciPy's quantiles."""
    rows = []
    for which, entry in enumerate(model.inputs()):
        u, distribution = input_uniforms(which, entry.draws, PATHS, SEED), entry.distribution
        if isinstance(distribution, fg.Discrete):
            cuts = np.cumsum(distribution.probabilities)[:-1]
            rows.append(np.asarray(distribution.points)[np.searchsorted(cuts, u)].astype(int))
        else:
            rows.append(oracles.variates(distribution, u))
    return rows


def times_of(name, model):
    """{output: (customers, paths)} by the oracles."""
    rows, found = rows_of(model), []
    for r in range(PATHS):
        path = [row[:, r] for row in rows]
        if name == "servers":
            found.append(stays(*path, model.servers))
        elif "line" in name:
            arrivals = np.concatenate([[0.0], np.cumsum(path[0])])
            left = departures(arrivals, path[1:], model.buffers, model.blocking)
            system = np.array(left) - arrivals
            found.append(np.array([system, system - sum(path[1:])]).T)
        else:
            system, _, _ = people(path[0], path[1], path[2:4], path[4:], [1, 2])
            found.append(np.array([system, system]).T)
    return dict(zip(OUTPUTS, np.transpose(found, (2, 1, 0)), strict=True))


@pytest.mark.parametrize("name", MODELS)
def test_tails_are_those_of_every_path(name):
    build, at = MODELS[name]
    for output in OUTPUTS if name != "network" else OUTPUTS[:1]:
        model = build(at, output, Y[output])
        wanted = (times_of(name, model)[output] > Y[output]).mean(axis=0)
        found = fg.simulate(model, PATHS, SEED)
        assert found.value == pytest.approx(wanted.mean(), rel=1e-12)
        assert found.variance == pytest.approx(wanted.var(ddof=1), rel=1e-10)


def anew(kind):
    """The same model, whose phantoms are simulated anew one by one."""

    class Simulated(kind):
        def operation(self, name):
            return None if name == "phantoms" else super().operation(name)

    return Simulated


@pytest.mark.parametrize("name", MODELS)
def test_phantoms_are_whole_simulations(name):
    build, at = MODELS[name]
    at = at[:3]  # a forced destination has draws of its own, and is no whole simulation

    def moved(theta, output, **options):
        return build([*theta, *MODELS[name][1][3:]], output, Y[output], **options)

    kind = type(build(MODELS[name][1], "system", 1.0))
    for output in OUTPUTS:
        weak = fg.gradient(lambda t, o=output: moved(t, o), at, "wd", PATHS, SEED)
        again = fg.gradient(lambda t, o=output: moved(t, o, kind=anew(kind)), at, "wd", PATHS, SEED)
        assert weak.gradient == pytest.approx(again.gradient, rel=1e-11, abs=1e-12)
        assert weak.variance == pytest.approx(again.variance, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("name", MODELS)
def test_methods_agree_by_every_number(name, output):
    """Smoothing, scores and phantoms by times, probabilities and y."""
    build, at = MODELS[name]
    at = [*at, Y[output]]
    methods = ("lr", "wd", "auto") if name == "network" else ("lr", "wd", "spa")
    found = [
        fg.gradient(lambda t: build(t[:-1], output, t[-1]), at, m, 20_000, seed=k)
        for k, m in enumerate(methods)
    ]
    for other in found[:-1]:
        error = np.hypot(other.standard_error, found[-1].standard_error)
        assert np.all(np.abs(np.subtract(other.gradient, found[-1].gradient)) <= Z * error)


@pytest.mark.parametrize("output", OUTPUTS)
def test_constant_services_are_smoothed_by_arrivals(output):
    def servers(t):
        return servers_of(t[:-1], output, t[-1], service=fg.Deterministic)

    def line(t):
        distributions = [fg.Deterministic(t[1]), fg.Deterministic(t[2])]
        return fg.TandemQueue(
            fg.Exponential(t[0]), distributions, 8, output=output, measure=fg.Tail(t[3])
        )

    for build, at in ((servers, [0.4, 0.7]), (line, [0.6, 0.35, 0.4])):
        at = [*at, Y[output] + 0.03]
        smooth = fg.gradient(build, at, "spa", 40_000, seed=3)
        differences = fg.gradient(build, at, fg.CentralDifference(0.01), 100_000, seed=4)
        errors = np.hypot(smooth.standard_error, 1.5 * np.array(differences.standard_error))
        assert np.all(np.abs(np.subtract(smooth.gradient, differences.gradient)) <= Z * errors)


@pytest.mark.parametrize("output", OUTPUTS)
def test_one_server_or_station_is_the_single_server_queue(output):
    def single(t):
        gap, service = fg.Exponential(t[0]), fg.Exponential(t[1])
        return fg.SingleServerQueue(gap, service, 8, output=output, measure=fg.Tail(t[2]))

    def servers(t):
        return servers_of(t[:2], output, t[2], servers=1, service=fg.Exponential)

    def line(t):
        services = [fg.Exponential(t[1])]
        return fg.TandemQueue(
            fg.Exponential(t[0]), services, 8, output=output, measure=fg.Tail(t[2])
        )

    at = [1.0, 0.7, Y[output]]
    for method in ("lr", "wd") if output == "wait" else ("spa", "lr", "wd"):
        one, *others = (fg.gradient(b, at, method, 2_000, SEED) for b in (single, servers, line))
        for other in others:
            assert other.gradient == pytest.approx(one.gradient, rel=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_several_measures_of_one_run(name):
    """Each is what it is alone, and they have one covariance."""
    build, at = MODELS[name]

    def several(t):
        model = build(t, "system", 1.0)
        measures = {"mean": fg.Mean(), "late": fg.Tail(1.0), "very": fg.Tail(2.0)}
        import dataclasses

        return dataclasses.replace(model, measure=measures)

    found = fg.gradient(several, at, "wd", 3_000, seed=9)
    size = len(found) * (1 + len(at))
    assert found.covariance.shape == (size, size)
    for name_, y in (("late", 1.0), ("very", 2.0)):
        alone = fg.gradient(lambda t, y=y: build(t, "system", y), at, "wd", 3_000, seed=9)
        assert np.array_equal(found[name_].gradient, alone.gradient)
    mixed = fg.gradient(several, at, "auto", 3_000, seed=9)
    error = np.hypot(mixed["late"].standard_error, found["late"].standard_error)
    assert np.all(np.abs(np.subtract(mixed["late"].gradient, found["late"].gradient)) <= Z * error)


def test_refusals():
    for build, at in MODELS.values():
        with pytest.raises(fg.NotApplicable, match="step function") as refused:
            fg.gradient(lambda t, b=build: b(t, "system", 1.0), at, "ipa", 100)
        assert {"lr", "wd"} <= set(refused.value.alternatives)
    with pytest.raises(fg.NotApplicable, match="two who meet are exchanged"):
        fg.gradient(lambda t: split_of([*t, 0.5], "system", 1.0), [0.6, 0.4, 0.7], "spa", 100)
    with pytest.raises(fg.NotApplicable, match="density: use lr or wd"):
        fg.gradient(
            lambda t: line_of(t, "system", 1.0, service=fg.Deterministic), [0.8, 0.3, 0.6], "spa", 9
        )
    with pytest.raises(ValueError, match="has no Tail"):
        line_of([0.8, 0.3, 0.6], "throughput", 1.0)
    with pytest.raises(fg.NotApplicable, match="jumps"):
        fg.gradient(lambda y: servers_of([0.5, 0.5], "wait", y), 0.0, "spa", 100)
