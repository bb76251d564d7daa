"""Every valid method of every queue against exact values, at numbers that stand nowhere else."""

import numpy as np
import pytest
from tolerance import bound

import fastgrad as fg

E, exact = fg.Exponential, fg.exact
SEED = 77
Z = bound(130)
ALL = ("ipa", "lr", "wd", "cd")
SECOND = ("spa", "lr", "wd")

pytestmark = pytest.mark.slow


def single(**options):
    return lambda t: fg.SingleServerQueue(E(t["gap"]), E(t["service"]), **options)


def erlang(t):
    service = fg.Erlang(4, t["service"] / 4)
    return fg.SingleServerQueue(E(t["gap"]), service, horizon=fg.Cycles(50))


def three(t):
    return fg.MultiServerQueue(E(t["gap"]), E(t["service"]), 3, 9)


TIMES = {
    "M/M/1, 7 customers": (single(customers=7), exact.mm1(1.3, 0.9, 7), (1.3, 0.9), SECOND),
    "M/M/1": (single(horizon=fg.Cycles(50)), exact.mm1(2.0, 1.3), (2.0, 1.3), SECOND),
    "M/E4/1": (erlang, exact.mg1(1.7, 1.1, 1.25), (1.7, 1.1), SECOND),
    "M/M/3, 9 customers": (three, exact.mmm(0.7, 1.5, 3, 9), (0.7, 1.5), ("lr", "wd")),
}


@pytest.mark.parametrize("name", TIMES)
def test_one_station(name):
    build, wanted, numbers, second = TIMES[name]
    at = dict(zip(("gap", "service"), numbers, strict=True))
    count = 100_000 if "customers" in name else 20_000
    for method in ALL:
        est = fg.gradient(build, at, method, count, SEED)
        assert abs(est.performance.value - wanted.value) <= Z * est.performance.standard_error
        for place, slope in (("gap", wanted.d_interarrival), ("service", wanted.d_service)):
            slack = 1e-5 * abs(slope) if method == "cd" else 0.0
            assert abs(est.gradient[place] - slope) <= Z * est.standard_error[place] + slack
    for method in second:
        est = fg.gradient(
            lambda x: build(at | {"service": x}), at["service"], method, count, SEED, order=2
        )
        assert abs(est.gradient - wanted.d2_service) <= Z * est.standard_error, method


def network(t, customers):
    stations = {"a": fg.Station(E(t["a"])), "b": fg.Station(E(t["b"]), 2)}
    routing = {"a": {"b": t["again"]}, "b": {"a": 0.2}}
    entry = {"a": t["first"], "b": 1 - t["first"]}
    return fg.QueueNetwork(E(t["gap"]), entry, stations, routing, customers)


def jackson():
    at = {"gap": 1.0, "first": 0.6, "a": 0.5, "b": 0.7, "again": 0.3}
    found = exact.jackson(
        1.0, {"a": 0.6, "b": 0.4}, {"a": 0.5, "b": 0.7}, {"a": {"b": 0.3}, "b": {"a": 0.2}},
        {"a": 1, "b": 2},
    )  # fmt: skip
    slopes = {
        "gap": found.d_interarrival, "first": found.d_entry["a"] - found.d_entry["b"],
        "again": found.d_routing["a"]["b"], **found.d_services,
    }  # fmt: skip
    return at, found.value, slopes


def line(t, customers):
    return fg.TandemQueue(E(t["gap"]), [E(t["a"]), E(t["b"]), E(t["c"])], customers)


def in_line():
    at = {"gap": 1.0, "a": 0.45, "b": 0.6, "c": 0.3}
    means = {name: at[name] for name in "abc"}
    found = exact.jackson(1.0, {"a": 1.0}, means, {"a": {"b": 1.0}, "b": {"c": 1.0}})
    return at, found.value, {"gap": found.d_interarrival, **found.d_services}


def fluid(output):
    def build(t, cycles):
        periods = E(t["on_mean"]), E(t["off_mean"])
        rates = t["up"], t["down"], t["buffer"]
        return fg.FluidQueue(*periods, *rates, fg.Cycles(cycles), output)

    return build


def fluid_values(output):
    at = {"on_mean": 1.4, "off_mean": 2.1, "up": 0.8, "down": 1.2, "buffer": 1.7}
    found = exact.fluid_queue(*at.values())
    return at, getattr(found, output), getattr(found, f"d_{output}")


PERIODS = ("on_mean", "off_mean")
LONG = [
    (network, jackson(), "auto", 6_000, 150, None),
    (network, jackson(), "wd", 1_000, 150, None),
    (network, jackson(), "lr", 20_000, 60, None),
    (line, in_line(), "ipa", 20_000, 150, None),
    (line, in_line(), "wd", 20_000, 150, None),
    (line, in_line(), "lr", 60_000, 60, None),
    *(
        (fluid(output), fluid_values(output), method, 4_000, 300 if method == "ipa" else 100, names)
        for output in ("loss", "content")
        for method, names in (("ipa", None), ("wd", PERIODS), ("lr", PERIODS))
    ),
]


@pytest.mark.parametrize("case", LONG, ids=lambda case: f"{case[0].__name__} {case[2]}")
def test_the_long_run(case):
    """What an empty start takes is c/N in the mean: twice the value for 2N, less that for N, has
    none of it."""
    build, (at, value, slopes), method, count, size, names = case
    moved = {name: at[name] for name in names or at}
    one, two = (
        fg.gradient(lambda t, n=n: build(at | t, n), moved, method, count, SEED + n)
        for n in (size, 2 * size)
    )
    error = np.hypot(2.0 * two.performance.standard_error, one.performance.standard_error)
    assert abs(2.0 * two.performance.value - one.performance.value - value) <= Z * error
    for name in moved:
        error = np.hypot(2.0 * two.standard_error[name], one.standard_error[name])
        found = 2.0 * two.gradient[name] - one.gradient[name]
        assert abs(found - slopes[name]) <= Z * error, name
