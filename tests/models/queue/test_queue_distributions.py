"""Every distribution in either place of the queue, every method, against exact values."""

import dataclasses
import functools
import math

import numpy as np
import oracles
import pytest
from tolerance import FAMILY_WISE

import fastgrad as fg

METHODS = {
    "fd": fg.ForwardDifference(),
    "cd": fg.CentralDifference(),
    "sp": fg.SimultaneousPerturbation(),
    "rd": fg.RandomDirections(),
    "ipa": fg.IPA(),
    "lr": fg.LikelihoodRatio(),
    "wd": fg.WeakDerivative(),
    "wd-hahn-jordan": fg.WeakDerivative("hahn-jordan"),
    "wd-one": fg.WeakDerivative(phantoms="one"),
    "auto": "auto",
}
DISTRIBUTIONS = [
    fg.Deterministic(0.7),
    fg.Exponential(0.8),
    fg.Erlang(3, 0.3),
    fg.Gamma(2.3, 0.35),
    fg.LogNormal(-0.4, 0.6),
    fg.Normal(0.9, 0.4),
    fg.Uniform(0.3, 1.4),
    fg.Weibull(1.7, 0.9),
]
# (distribution, parameter): θ may stand anywhere but in a whole number
PARAMETERS = [
    (d, name)
    for d in DISTRIBUTIONS
    for name, domain in d.kernel.PARAMETERS.items()
    if domain != "count"
]
NAMES = [f"{type(d).__name__}.{p}" for d, p in PARAMETERS]
CELLS = 2 * 2 * len(METHODS) * len(PARAMETERS) + 100
LEVEL = 1.0 - FAMILY_WISE / CELLS

every_method = pytest.mark.parametrize("name", METHODS)


def check(est, wanted, value, slack=1e-8):
    """Within the interval; `slack` is what the quadrature and the tiny steps leave."""
    low, high = est.confidence_interval(LEVEL)
    assert low - slack <= wanted <= high + slack, (est.gradient, wanted, est.standard_error)
    low, high = est.performance.confidence_interval(LEVEL)
    assert low - 1e-9 <= value <= high + 1e-9


def refused(name, distribution, parameter):
    """What the mathematics forbids: no score where the support moves, no measure for a dipole."""
    kind = type(distribution).__name__
    if name == "lr":
        return kind in ("Deterministic", "Uniform")
    return name.startswith("wd") and kind == "Deterministic"


def times_of(distribution, parameter, place):
    """θ ↦ (interarrival time, service time), with a gamma distribution in the other place."""

    def times(value):
        moving = dataclasses.replace(distribution, **{parameter: value})
        other = fg.Gamma(2.5, 0.3)
        return (moving, other) if place == "interarrival" else (other, moving)

    return times


@functools.cache
def exact_value(distribution, parameter, place):
    """Derivative and value for two customers."""
    at, times = getattr(distribution, parameter), times_of(distribution, parameter, place)
    derivative = oracles.slope(lambda h: oracles.two_customers(*times(at + h)), 1e-3 * abs(at))
    return derivative, oracles.two_customers(*times(at))


@pytest.mark.parametrize("place", ["interarrival", "service"])
@pytest.mark.parametrize(("distribution", "parameter"), PARAMETERS, ids=NAMES)
@every_method
def test_two_customers(name, distribution, parameter, place):
    """Exact by quadrature of P(A ≤ t) P(X > t), whatever the two distributions."""
    at = getattr(distribution, parameter)
    times = times_of(distribution, parameter, place)

    def run():
        return fg.gradient(
            lambda t: fg.SingleServerQueue(*times(t), 2), at, METHODS[name], 20_000, seed=8
        )

    if refused(name, distribution, parameter):
        with pytest.raises(fg.NotApplicable):
            run()
        return
    check(run(), *exact_value(distribution, parameter, place))


def gamma_of(mean, shape):
    """The distribution with this mean and shape, as fastgrad names it."""
    if shape == math.inf:
        return fg.Deterministic(mean)
    if shape == 1.0:
        return fg.Exponential(mean)
    whole = float(shape).is_integer()
    return fg.Erlang(int(shape), mean / shape) if whole else fg.Gamma(shape, mean / shape)


@pytest.mark.parametrize("customers", [5, 30])
@pytest.mark.parametrize(
    ("left", "right"),
    [(1.0, math.inf), (math.inf, 1.0), (2.0, 3.0), (1.0, 0.6), (2.5, math.inf), (math.inf, 4.0)],
)
@every_method
def test_many_customers_by_spitzer(name, left, right, customers):
    """θ = (mean interarrival time, mean service time)."""
    wanted = fg.exact.gamma_queue(1.0, 0.7, customers, interarrival_shape=left, service_shape=right)

    def build(theta):
        return fg.SingleServerQueue(gamma_of(theta[0], left), gamma_of(theta[1], right), customers)

    def run():
        return fg.gradient(build, [1.0, 0.7], METHODS[name], 4_000, seed=8)

    if math.inf in (left, right) and (name == "lr" or name.startswith("wd")):
        with pytest.raises(fg.NotApplicable) as caught:
            run()
        assert {"ipa", "auto", "cd"} <= set(caught.value.alternatives)
        return
    est = run()
    low, high = est.confidence_interval(LEVEL)
    gradient = np.array([wanted.d_interarrival, wanted.d_service])
    assert np.all((low - 1e-8 <= gradient) & (gradient <= high + 1e-8)), (est.gradient, gradient)
    low, high = est.performance.confidence_interval(LEVEL)
    assert low <= wanted.value <= high


def test_two_constants_have_no_error_at_all():
    est = fg.gradient(
        lambda t: fg.SingleServerQueue(fg.Deterministic(1.0), fg.Deterministic(t), 5),
        1.5, "ipa", replications=100, seed=1,
    )  # fmt: skip
    # T_n = 1.5 + 0.5 (n - 1): mean 2.5, and derivative n on customer n.
    assert (est.gradient, est.standard_error, est.performance.value) == (3.0, 0.0, 2.5)


def test_the_quadrature_is_spitzers_sum_where_both_apply():
    for left, right in ((1.0, 1.0), (2.0, 3.0), (2.5, math.inf), (math.inf, 0.7)):
        wanted = fg.exact.gamma_queue(
            1.0, 0.75, 2, interarrival_shape=left, service_shape=right
        ).value
        found = oracles.two_customers(gamma_of(1.0, left), gamma_of(0.75, right))
        assert found == pytest.approx(wanted, rel=1e-10)
