"""The exact values of the queue: two more derivations, published digits, limits, identities."""

import dataclasses
import json
import math
import re
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastgrad as fg
from fastgrad import exact

VALUES = Path(__file__).parents[2] / "reference_values.json"
ORDER = ("value", "d_service", "d2_service", "d_interarrival", "d2_interarrival")


def close(found, wanted, relative=1e-12, absolute=0.0):
    assert abs(found - wanted) <= relative * abs(wanted) + absolute, (found, wanted)


# Fourteen-digit values from the transient Markov chain and from Spitzer sums


QUANTITIES = {
    "avg": "value",
    "davg": "d_service",
    "d2avg": "d2_service",
    "davg_da": "d_interarrival",
}


def averages():
    """(key, mean service time, customers, field) of all M/M/1 averages in the table."""
    for key in json.loads(VALUES.read_text()):
        match = re.fullmatch(r"q\.mm1\.([\d.]+)\.(d?2?avg)(\d+)(_da)?", key)
        if match:
            service, quantity, customers, by = match.groups()
            yield key, float(service), int(customers), QUANTITIES[quantity + (by or "")]


@pytest.mark.parametrize(("key", "service", "customers", "field"), list(averages()))
def test_mm1_has_the_reference_values(reference, key, service, customers, field):
    found = getattr(exact.mm1(1.0, service, customers), field)
    close(found, reference(key), 1e-12, reference.error(key))


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("q.mm1.0.8.ETn", "value"),
        ("q.mm1.0.25.dETn", "d_service"),
        ("q.mm1.0.8.dETn", "d_service"),
        ("q.mm1.1.2.dETn", "d_service"),
        ("q.mm1.0.25.d2ETn", "d2_service"),
    ],
)
def test_mm1_has_the_reference_values_of_each_customer(reference, key, field):
    """T_n is n times the mean of n customers less n - 1 times the mean of n - 1."""
    service = reference.table[key]["parameters"]["theta"]
    for n, wanted in zip(reference.table[key]["parameters"]["n"], reference(key), strict=True):
        now = n * getattr(exact.mm1(1.0, service, int(n)), field)
        before = (n - 1) * getattr(exact.mm1(1.0, service, int(n) - 1), field) if n > 1 else 0.0
        close(now - before, wanted, 1e-12 * n, reference.error(key))


@pytest.mark.parametrize("service", [0.25, 0.5, 0.8])
def test_mm1_steady_state_has_the_reference_values(reference, service):
    found = exact.mm1(1.0, service)
    for field, wanted in zip(ORDER, reference(f"q.mm1.{service}.ss"), strict=True):
        close(getattr(found, field), wanted, 1e-13)


@pytest.mark.parametrize(("key", "moment"), [("md1", 1.0), ("munif", 4.0 / 3.0), ("mm1check", 2.0)])
def test_mg1_has_the_reference_values(reference, key, moment):
    found = exact.mg1(1.0, 0.5, moment)
    for field, wanted in zip(ORDER, reference(f"q.{key}.ss"), strict=False):
        close(getattr(found, field), wanted, 1e-13)


@pytest.mark.parametrize(
    ("key", "customers", "shape"),
    [("q.md1.0.5.avg10", 10, math.inf), ("q.me2.0.5.avg100", 100, 2.0)],
)
def test_spitzer_has_the_reference_values(reference, key, customers, shape):
    found = exact.gamma_queue(1.0, 0.5, customers, service_shape=shape)
    for field, wanted in zip(ORDER, reference(key), strict=False):
        close(getattr(found, field), wanted, 1e-13, reference.error(key))


def test_dm1_tends_to_the_reference_values_of_its_steady_state(reference):
    """The n-th customer's derivative of many; the first ones are forgotten geometrically."""
    many = [exact.gamma_queue(1.0, 0.5, n, interarrival_shape=math.inf) for n in (3999, 4000)]
    for field, wanted in zip(ORDER, reference("q.dm1.ss"), strict=False):
        before, now = (getattr(value, field) for value in many)
        close(4000 * now - 3999 * before, wanted, 1e-12 * 4000, reference.error("q.dm1.ss"))


# The transient Markov chain, in rational numbers: another derivation altogether


def chain(interarrival, service, customers):
    """E[mean time in system] of M/M/1 from the numbers seen by arrivals, exactly.

    From k seen, the next arrival sees j with probability p q^(k+1-j), 1 ≤ j ≤ k + 1, and 0
    with probability q^(k+1); p = θ/(a + θ) is the probability of an arrival before a
    departure.
    """
    p = service / (interarrival + service)
    seen, total = [Fraction(1)], Fraction(0)
    for _ in range(customers):
        total += service * (1 + sum(k * mass for k, mass in enumerate(seen)))
        after = [Fraction(0)] * (len(seen) + 1)
        for k, mass in enumerate(seen):
            after[0] += mass * (1 - p) ** (k + 1)
            for j in range(1, k + 2):
                after[j] += mass * p * (1 - p) ** (k + 1 - j)
        seen = after
    assert sum(seen) == 1
    return total / customers


@pytest.mark.parametrize(
    "service", [Fraction(3, 10), Fraction(1, 2), Fraction(9, 10), Fraction(7, 5)]
)
@pytest.mark.parametrize("customers", [1, 2, 5, 12])
def test_mm1_is_the_markov_chain(service, customers):
    """Derivatives by central differences in rational numbers, whose error is h²/6 J'''."""
    found = exact.mm1(1.0, float(service), customers)
    h, one = Fraction(1, 10**9), Fraction(1)
    values = {
        (i, j): chain(one + i * h, service + j * h, customers)
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    }
    middle = values[0, 0]
    wanted = {
        "value": middle,
        "d_service": (values[0, 1] - values[0, -1]) / (2 * h),
        "d_interarrival": (values[1, 0] - values[-1, 0]) / (2 * h),
        "d2_service": (values[0, 1] - 2 * middle + values[0, -1]) / h**2,
        "d2_interarrival": (values[1, 0] - 2 * middle + values[-1, 0]) / h**2,
        "d2_mixed": (values[1, 1] - values[1, -1] - values[-1, 1] + values[-1, -1]) / (4 * h**2),
    }
    for field, value in wanted.items():
        close(getattr(found, field), float(value), 1e-13, 1e-14)


# Spitzer's sum with each E[S_k⁺] = ∫ P(ΣA < t) P(ΣX > t) dt by quadrature, at 30 digits


def spitzer(a, b, customers, left, right):
    def below(t, mean, shape, k):
        if shape == math.inf:
            return mpmath.mpf(t > k * mean)
        return mpmath.gammainc(shape * k, 0, t * shape / mean, regularized=True)

    def term(k):
        corners = [k * mean for mean, shape in ((a, left), (b, right)) if shape == math.inf]
        middle = sorted({*corners, k * a, k * b})
        edges = [0, *middle, 2 * middle[-1], 8 * middle[-1], mpmath.inf]
        return mpmath.quad(lambda t: below(t, a, left, k) * (1 - below(t, b, right, k)), edges) / k

    return b + sum((1 - mpmath.mpf(k) / customers) * term(k) for k in range(1, customers))


@pytest.mark.parametrize("left", [1.0, 2.5, math.inf])
@pytest.mark.parametrize("right", [0.7, 3.0, math.inf])
def test_gamma_queue_is_spitzers_sum(left, right):
    a, b, n = 1.0, 0.75, 4
    found = exact.gamma_queue(a, b, n, interarrival_shape=left, service_shape=right)
    with mpmath.workdps(30):
        h = mpmath.mpf(10) ** -6
        low, middle, high = (spitzer(mpmath.mpf(a), b + s * h, n, left, right) for s in (-1, 0, 1))
        wanted = {
            "value": middle,
            "d_service": (high - low) / (2 * h),
            "d2_service": (high - 2 * middle + low) / h**2,
        }
    for field, value in wanted.items():
        close(getattr(found, field), float(value), 1e-13, 1e-10 if field != "value" else 0.0)


# Identities


positive = st.floats(0.05, 20.0)
shapes = st.one_of(st.floats(0.1, 50.0), st.just(math.inf))


@settings(max_examples=200, deadline=None)
@given(a=positive, b=positive, n=st.integers(1, 300), left=shapes, right=shapes)
def test_homogeneous_of_degree_one(a, b, n, left, right):
    """Euler: a ∂J/∂a + b ∂J/∂b = J, and the Hessian sends (a, b) to zero."""
    if left == right == math.inf and a == b:
        return
    found = exact.gamma_queue(a, b, n, interarrival_shape=left, service_shape=right)
    scale = b * found.d_service - a * found.d_interarrival
    close(a * found.d_interarrival + b * found.d_service, found.value, 0.0, 1e-13 * scale)
    close(a * found.d2_mixed, -b * found.d2_service, 1e-12)
    close(b * found.d2_mixed, -a * found.d2_interarrival, 1e-12)
    assert found.d_service >= 1.0
    assert found.d_interarrival <= 0.0
    assert found.d2_service >= 0.0


def test_one_customer_never_waits():
    found = exact.gamma_queue(1.0, 3.0, 1, service_shape=math.inf, interarrival_shape=math.inf)
    assert dataclasses.astuple(found) == (3.0, 1.0, 0.0, 0.0, 0.0, 0.0)


def test_many_customers_tend_to_the_steady_state():
    """By customer n the past has decayed like (4ρ/(1 + ρ)²)ⁿ, at ρ = 0.5 below 1e-13 from 260."""
    steady = exact.mm1(2.0, 1.0)
    for field in ("value", "d_service", "d_interarrival"):
        last = 4000 * getattr(exact.mm1(2.0, 1.0, 4000), field)
        last -= 3999 * getattr(exact.mm1(2.0, 1.0, 3999), field)
        close(last, getattr(steady, field), 1e-12 * 4000)


def test_many_stages_tend_to_constant_times():
    """Erlang with m stages is constant up to a variance of 1/m."""
    limit = exact.gamma_queue(1.0, 0.7, 20, service_shape=math.inf)
    errors = [
        abs(exact.gamma_queue(1.0, 0.7, 20, service_shape=m).value - limit.value)
        for m in (1e3, 1e4, 1e5)
    ]
    assert np.all(np.diff(np.log10(errors)) < -0.9)


def test_constant_times_never_overlap():
    slow = exact.gamma_queue(1.0, 1.5, 3, interarrival_shape=math.inf, service_shape=math.inf)
    assert slow.value == pytest.approx(1.5 + (0.0 + 0.5 + 1.0) / 3.0)
    assert (slow.d_service, slow.d_interarrival, slow.d2_service) == (2.0, -1.0, 0.0)


# What is refused


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf, "1", None, True])
def test_means_must_be_positive(wrong):
    for call in (
        lambda: fg.exact.mm1(wrong, 1.0, 10),
        lambda: fg.exact.mm1(1.0, wrong, 10),
        lambda: fg.exact.mm1(wrong, 1.0),
        lambda: fg.exact.mg1(1.0, wrong, 2.0),
    ):
        with pytest.raises(ValueError, match="must be a positive number"):
            call()


@pytest.mark.parametrize("wrong", [0, -3, 1.5, 10.0, "10", True])
def test_customers_must_be_a_count(wrong):
    with pytest.raises(ValueError, match="whole number"):
        exact.mm1(1.0, 0.5, wrong)


def test_no_steady_state_is_refused():
    for call in (lambda: exact.mm1(1.0, 1.0), lambda: exact.mg1(1.0, 1.2, 1.0)):
        with pytest.raises(ValueError, match=r"no steady state.*customers="):
            call()


def test_impossible_moments_and_shapes_are_refused():
    with pytest.raises(ValueError, match="1 or more"):
        exact.mg1(1.0, 0.5, 0.9)
    with pytest.raises(ValueError, match="service_shape"):
        exact.gamma_queue(1.0, 0.5, 3, service_shape=0.0)
    with pytest.raises(ValueError, match="no derivative"):
        exact.gamma_queue(1.0, 1.0, 2, interarrival_shape=math.inf, service_shape=math.inf)
