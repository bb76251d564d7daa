"""M/M/m, Jackson networks and the fluid queue: reference values, limits, differences."""

import numpy as np
import pytest
from oracles import slope
from references import for_each, value

from fastgrad import exact


@pytest.mark.parametrize("servers", [1, 2, 5])
@pytest.mark.parametrize("customers", [None, 1, 7, 40])
def test_mmm_derivatives_are_differences(servers, customers):
    """Of fourth order at a step of 1e-4: errors of 1e-9 where the queue is nearly unstable."""

    def at(gap, service):
        return exact.mmm(gap, service, servers, customers)

    gap, service = 0.7, 0.6 * servers
    found = at(gap, service)
    for name, move in (("service", (0, 1)), ("interarrival", (1, 0))):

        def moved(h, move=move):
            return at(gap + h * move[0], service + h * move[1])

        first = slope(lambda h: moved(h).value, 1e-4)
        assert getattr(found, f"d_{name}") == pytest.approx(first, rel=1e-7, abs=1e-9)
        second = slope(lambda h, n=name: getattr(moved(h), f"d_{n}"), 1e-4)
        assert getattr(found, f"d2_{name}") == pytest.approx(second, rel=1e-7, abs=1e-9)
    mixed = slope(lambda h: at(gap + h, service).d_service, 1e-4)
    assert found.d2_mixed == pytest.approx(mixed, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("customers", [None, 1, 2, 10, 100])
def test_one_server_is_mm1(customers):
    one, other = exact.mmm(1.0, 0.6, 1, customers), exact.mm1(1.0, 0.6, customers)
    for name in ("value", "d_service", "d_interarrival", "d2_service", "d2_mixed"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12)


def test_many_customers_tend_to_the_steady_state():
    """The n-th customer alone: the first ones are forgotten geometrically."""
    fewer, more = (exact.mmm(1.0, 1.0, 2, n).value for n in (399, 400))
    assert 400 * more - 399 * fewer == pytest.approx(exact.mmm(1.0, 1.0, 2).value, rel=1e-9)


@for_each(["tandem.ss", "route.split.ss"])
def test_jackson_has_the_reference_values(name):
    wanted = value(name)
    if name == "tandem.ss":
        found = exact.jackson(1.0, {"a": 1.0}, {"a": 0.5, "b": 0.7}, {"a": {"b": 1.0}})
        assert [found.value, *found.d_services.values()] == pytest.approx(wanted, rel=1e-12)
        return
    found = exact.jackson(1 / 1.5, {"one": 0.6, "two": 0.4}, {"one": 0.5, "two": 0.8})
    by_p = found.d_entry["one"] - found.d_entry["two"]
    assert [found.value, by_p] == pytest.approx(wanted, rel=1e-12)


def feedback(gap=1.0, p=0.3, service=0.5):
    return exact.jackson(gap, {"a": 1.0}, {"a": service}, {"a": {"a": p}})


def test_jackson_with_feedback():
    """E[T] = θ/(1 - p - λθ) over all passes."""
    found = feedback()
    assert found.value == pytest.approx(0.5 / (1.0 - 0.3 - 0.5), rel=1e-12)
    by_p = slope(lambda h: feedback(p=0.3 + h).value, 1e-4)
    assert found.d_routing["a"]["a"] == pytest.approx(by_p, rel=1e-8)
    by_gap = slope(lambda h: feedback(gap=1.0 + h).value, 1e-4)
    assert found.d_interarrival == pytest.approx(by_gap, rel=1e-8)


def test_jackson_of_one_station_is_mmm():
    found = exact.jackson(0.5, {"a": 1.0}, {"a": 1.2}, servers={"a": 3})
    wanted = exact.mmm(0.5, 1.2, 3)
    assert found.value == pytest.approx(wanted.value, rel=1e-12)
    assert found.d_services["a"] == pytest.approx(wanted.d_service, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"a": 1.0}, {"a": 0.5, "b": 1.5}, {"a": {"b": 1.0}}), "station 'b' is not stable.*1.5"),
        (({"a": 0.5}, {"a": 0.5}), "entry probabilities must sum to 1, got 0.5"),
        (({"c": 1.0}, {"a": 0.5}), "entry: no station 'c'; there are 'a'"),
        (({"a": 1.0}, {"a": 0.5}, {"a": {"a": 1.0}}), "some customers never leave"),
        (({"a": 1.0}, {"a": 0.5}, {"a": {"a": 1.5}}), "must be a probability, got 1.5"),
        (({"a": 1.0}, {"a": 0.5}, None, {"a": 0}), "whole number of at least 1"),
    ],
)
def test_impossible_networks_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        exact.jackson(1.0, *arguments)


def test_unstable_queue_is_refused_with_its_utilisation():
    with pytest.raises(ValueError, match=r"M/M/2 is not stable: .* is 1\.25"):
        exact.mmm(0.4, 1.0, 2)


@for_each(["sfm.B1"])
def test_fluid_queue_has_the_reference_values(name):
    found = exact.fluid_queue(1.0, 2.0, 1.0, 1.0, 1.0)
    both = [found.loss, found.content, found.d_loss["buffer"], found.d_content["buffer"]]
    assert both == pytest.approx(value(name), rel=1e-12)


@pytest.mark.parametrize("numbers", [(1.0, 2.0, 1.0, 1.0, 2.0), (1.0, 1.0, 1.0, 1.0, 1.5)])
def test_fluid_queue_derivatives_are_differences(numbers):
    """The second case has η = 0, where the closed forms are limits."""
    found = exact.fluid_queue(*numbers)
    for k, name in enumerate(found.d_loss):

        def moved(h, k=k):
            return exact.fluid_queue(*(x + h * (i == k) for i, x in enumerate(numbers)))

        assert found.d_loss[name] == pytest.approx(slope(lambda h: moved(h).loss, 1e-3), rel=1e-8)
        by_content = slope(lambda h: moved(h).content, 1e-3)
        assert found.d_content[name] == pytest.approx(by_content, rel=1e-8)


def test_fluid_queue_balances():
    """What flows in is lost or flows out: up p_on = loss + (up + down) … per unit of time."""
    on, off, up, down, buffer = 1.3, 2.1, 1.7, 0.9, 2.2
    found = exact.fluid_queue(on, off, up, down, buffer)
    # With an endless buffer nothing is lost, and with none everything: up on/(on + off).
    assert exact.fluid_queue(on, off, up, down, 1e-12).loss == pytest.approx(
        up * on / (on + off), rel=1e-9
    )
    assert 0.0 < found.loss < up * on / (on + off)
    assert np.isclose(exact.fluid_queue(1.0, 4.0, up, down, 400.0).loss, 0.0, atol=1e-12)
