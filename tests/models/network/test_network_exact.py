"""The exact values of activity networks: published numbers, closed forms, differences."""

import numpy as np
import pytest
from network_cases import ARCS, MEANS, reference, references

from fastgrad import exact


@pytest.mark.parametrize("key", references("EY", "tail", "dEY", "dtail", "d2EY", "dtail_dy"))
def test_reference_values(key):
    case = reference(key)
    value = exact.activity_network(
        ARCS, case.means, case.path, tail=case.y, second=case.quantity == "d2EY"
    )
    given = {
        "EY": value.value,
        "tail": value.value,
        "dEY": value.gradient,
        "dtail": value.gradient,
        "d2EY": value.hessian,
        "dtail_dy": value.d_threshold,
    }[case.quantity]
    # Solving and summing 10 to 20 states costs some tens of roundings.
    np.testing.assert_allclose(given, case.value, rtol=1e-13, atol=2 * case.abs_error + 1e-14)


def test_two_parallel_arcs():
    a, b = 1.0, 2.0
    value = exact.activity_network([("s", "t"), ("s", "t")], [a, b], second=True)
    assert value.value == pytest.approx(a + b - a * b / (a + b), rel=1e-14)
    assert value.gradient == pytest.approx([1 - (b / (a + b)) ** 2, 1 - (a / (a + b)) ** 2])
    assert value.hessian[0, 0] == pytest.approx(2 * b**2 / (a + b) ** 3)
    shortest = exact.activity_network([("s", "t"), ("s", "t")], [a, b], "shortest", tail=1.0)
    assert shortest.value == pytest.approx(np.exp(-1.5))
    assert shortest.gradient == pytest.approx(np.exp(-1.5) * np.array([1.0, 0.25]))


@pytest.mark.parametrize("path", ["longest", "shortest"])
@pytest.mark.parametrize("tail", [None, 2.5])
def test_gradient_is_the_limit_of_differences(path, tail):
    means, step = np.array(MEANS["skew"]), 1e-4
    value = exact.activity_network(ARCS, means, path, tail=tail)
    for arc in range(5):
        move = step * np.eye(5)[arc]
        ends = [exact.activity_network(ARCS, means + s * move, path, tail=tail) for s in (1, -1)]
        difference = (ends[0].value - ends[1].value) / (2 * step)
        # Third derivatives are of order 1, roundings of order 1e-16 / step.
        assert value.gradient[arc] == pytest.approx(difference, abs=1e-7)


def test_a_long_tail_does_not_underflow():
    value = exact.activity_network([("s", "a"), ("a", "t")], [1.0, 1.0], tail=200.0)
    assert value.value == pytest.approx(201.0 * np.exp(-200.0), rel=1e-11)


def test_too_many_states_are_refused():
    arcs = [("s", "t")] * 12
    with pytest.raises(ValueError, match="more than 100 states"):
        exact.activity_network(arcs, [1.0] * 12, states=100)


def test_a_project_of_4095_states():
    means = np.linspace(0.5, 1.5, 12)
    value = exact.activity_network([("s", "t")] * 12, means)
    assert value.states == 2**12 - 1
    rates = 1.0 / means
    total = 0.0  # inclusion and exclusion over the subsets
    for subset in range(1, 2**12):
        members = [k for k in range(12) if subset >> k & 1]
        total += (-1) ** (len(members) + 1) / rates[members].sum()
    # 4,095 alternating terms, each up to 1.5, cancel to about 3.6.
    assert value.value == pytest.approx(total, rel=1e-12)
