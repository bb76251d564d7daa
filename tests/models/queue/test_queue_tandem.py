"""Stations in line: exact values, an oracle that moves customers one by one, identities."""

import math

import numpy as np
import oracles
import pytest
from oracles import input_uniforms
from references import for_each, value
from tandem_oracle import departures
from tolerance import bound

import fastgrad as fg

SEED, PATHS = 11, 96
METHODS = ("ipa", "lr", "wd", "cd")
Z = bound(4 * 3 * 4)

SHAPES = [
    (3, None, "after"),
    (3, [0, 0], "after"),
    (3, [0, 0], "before"),
    (3, [2, 1], "after"),
    (3, [1, 3], "before"),
    (4, [None, 0, None], "after"),
    (2, [1], "before"),
    (1, [], "after"),
]


def line_of(stations, buffers, blocking, output="system", customers=9):
    services = [fg.Erlang(2, 0.4), fg.Exponential(0.7), fg.Gamma(1.5, 0.5), fg.Weibull(2.0, 0.6)]
    return fg.TandemQueue(
        fg.Exponential(0.8), services[:stations], customers, buffers, blocking, output
    )


def paths_of(model):
    """Arrival times and service times of every path, by SciPy's quantiles."""
    gaps, *services = (
        oracles.variates(entry.distribution, input_uniforms(which, entry.draws, PATHS, SEED))
        for which, entry in enumerate(model.inputs())
    )
    arrivals = np.vstack([np.zeros(PATHS), np.cumsum(gaps, axis=0)])
    return arrivals, np.array(services)


@pytest.mark.parametrize(("stations", "buffers", "blocking"), SHAPES)
def test_every_output_is_that_of_customers_moved_one_by_one(stations, buffers, blocking):
    arrivals, services = paths_of(line_of(stations, buffers, blocking))
    left = np.array(
        [
            departures(arrivals[:, r], services[:, :, r], buffers or [None] * stations, blocking)
            for r in range(PATHS)
        ]
    ).T
    system = left - arrivals
    wanted = {
        "system": system.mean(axis=0),
        "wait": (system - services.sum(axis=0)).mean(axis=0),
        "throughput": len(left) / left[-1],
    }
    for output, samples in wanted.items():
        found = fg.simulate(line_of(stations, buffers, blocking, output), PATHS, SEED)
        assert found.value == pytest.approx(samples.mean(), rel=1e-12)
        assert found.variance == pytest.approx(samples.var(ddof=1), rel=1e-10)


class Simulated(fg.TandemQueue):
    """The same line, whose phantoms are simulated anew one by one."""

    def operation(self, name):
        return None if name == "phantoms" else super().operation(name)


@pytest.mark.parametrize("output", ["system", "wait", "throughput"])
@pytest.mark.parametrize(("stations", "buffers", "blocking"), SHAPES)
def test_derivatives_and_phantoms_path_by_path(stations, buffers, blocking, output):
    """IPA is the limit of differences; phantoms followed to their end are whole simulations."""

    def build(theta, kind=fg.TandemQueue):
        services = [fg.Erlang(2, theta[1]), *(fg.Exponential(t) for t in theta[2:])]
        return kind(fg.Exponential(theta[0]), services, 9, buffers, blocking, output)

    at = [0.8, 0.4, 0.7, 0.6, 0.5][: stations + 1]
    along = fg.gradient(build, at, "ipa", PATHS, SEED)
    differences = fg.gradient(build, at, fg.CentralDifference(step=1e-7), PATHS, SEED)
    assert along.gradient == pytest.approx(differences.gradient, rel=1e-5, abs=1e-7)
    weak = fg.gradient(build, at, "wd", PATHS, SEED)
    anew = fg.gradient(lambda t: build(t, Simulated), at, "wd", PATHS, SEED)
    assert weak.gradient == pytest.approx(anew.gradient, rel=1e-11, abs=1e-12)
    assert weak.variance == pytest.approx(anew.variance, rel=1e-9)


@for_each([f"tandem.N{n}" for n in (2, 3, 4)])
@pytest.mark.parametrize("method", METHODS)
def test_exact_values(name, method):
    customers = int(name[-1])

    def build(theta):
        services = [fg.Exponential(theta[0]), fg.Exponential(theta[1])]
        return fg.TandemQueue(fg.Exponential(theta[2]), services, customers)

    wanted = value(name)
    est = fg.gradient(build, [0.5, 0.7, 1.0], method, 100_000, seed=customers)
    assert abs(est.performance.value - wanted[0]) <= Z * est.performance.standard_error
    assert np.all(np.abs(est.gradient - wanted[1:]) <= Z * np.array(est.standard_error))


def test_one_station_is_the_single_server_queue():
    def one(theta):
        return fg.TandemQueue(fg.Exponential(1.0), [fg.Exponential(theta)], 20)

    def other(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), fg.Exponential(theta), 20)

    for method in ("ipa", "lr", "wd"):
        found, wanted = (fg.gradient(b, 0.7, method, 5_000, SEED) for b in (one, other))
        assert found.gradient == pytest.approx(wanted.gradient, rel=1e-12)
        assert found.variance == pytest.approx(wanted.variance, rel=1e-11)


def test_room_for_everybody_is_no_limit():
    values = [
        fg.simulate(line_of(3, buffers, "after"), 1_000, SEED).value
        for buffers in ([8, 8], [None, None], None)
    ]
    assert values[0] == values[1] == values[2]


def test_less_room_takes_longer():
    times = [
        fg.simulate(line_of(3, [b, b], blocking), 1_000, SEED).value
        for b, blocking in ((8, "after"), (1, "after"), (0, "after"), (0, "before"))
    ]
    assert np.all(np.diff(times) > 0.0)


def test_second_derivatives_by_scores_and_phantoms_agree():
    def build(theta):
        services = [fg.Exponential(theta), fg.Exponential(theta)]
        return fg.TandemQueue(fg.Exponential(1.0), services, 3, [0])

    score, weak = (fg.gradient(build, 0.6, m, 200_000, seed=2, order=2) for m in ("lr", "wd"))
    error = math.hypot(score.standard_error, weak.standard_error)
    assert abs(score.gradient - weak.gradient) <= bound(1) * error
    with pytest.raises(fg.NotApplicable, match="derived twice"):
        fg.gradient(build, 0.6, "ipa", 100, order=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"buffers": [-1]}, r"buffers\[0\] must be 0 or more, got -1"),
        ({"buffers": [1, 1]}, "one size for each station but the first, 1 for 2 stations, got 2"),
        ({"buffers": 3}, "buffers must be a list"),
        ({"blocking": "never"}, "blocking must be one of 'after', 'before'"),
        ({"output": "loss"}, "output must be one of 'system', 'wait', 'throughput'"),
        ({"services": []}, "one distribution for each station"),
        ({"services": [1.0]}, r"services\[0\] must be a distribution"),
        ({"customers": 0}, "customers must be 1 or more"),
    ],
)
def test_bad_input_is_refused(options, message):
    services = [fg.Exponential(0.5)] * 2
    given = {"interarrival": fg.Exponential(1.0), "services": services, "customers": 5} | options
    with pytest.raises((ValueError, TypeError), match=message):
        fg.TandemQueue(**given)


@pytest.mark.parametrize(
    ("services", "buffers", "tied"),
    [
        (lambda t: [fg.Deterministic(t), fg.Deterministic(0.5)], None, True),
        (lambda t: [fg.Deterministic(t), fg.Deterministic(t)], None, False),
        (lambda t: [fg.Deterministic(t), fg.Deterministic(0.6)], None, False),
        (lambda t: [fg.Deterministic(t), fg.Exponential(1.0), fg.Deterministic(0.5)], None, False),
        (lambda t: [fg.Deterministic(t), fg.Deterministic(1.0)], [1], True),
        (lambda t: [fg.Deterministic(t), fg.Deterministic(1.0)], None, False),
    ],
)
def test_certain_ties_are_refused(services, buffers, tied):
    """Constant times in a row: customers come as the next server falls idle."""

    def build(theta):
        return fg.TandemQueue(fg.Exponential(1.0), services(theta), 20, buffers)

    for method in ("ipa", "cd"):
        if tied:
            with pytest.raises(fg.NotApplicable, match="kink"):
                fg.gradient(build, 0.5, method, 100)
        else:
            assert np.isfinite(fg.gradient(build, 0.5, method, 100).gradient)


def test_times_in_whole_units_tie():
    def build(theta):
        return fg.TandemQueue(fg.Geometric(0.3), [fg.Deterministic(theta)], 20)

    with pytest.raises(fg.NotApplicable, match="multiples of one unit"):
        fg.gradient(build, 2.0, "ipa", 100)
    assert fg.gradient(build, 2.0005, "ipa", 100).replications == 100
