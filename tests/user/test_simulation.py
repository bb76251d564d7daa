"""A user's function as a model: the built-in queue written as one gives the same numbers."""

import numpy as np
import pytest

import fastgrad as fg
from fastgrad import Simulation

CUSTOMERS = 12
REPLICATIONS = 3000
METHODS = [
    "ipa",
    "auto",
    "fd",
    "cd",
    "sp",
    "rd",
    "lr",
    "wd",
    fg.WeakDerivative(representation="hahn-jordan"),
    fg.WeakDerivative(phantoms="one"),
    fg.CentralDifference(common=False),
]


def positive_part(x):
    return x if x > 0.0 else 0.0


def lindley(x, p):
    time = 0.0
    total = 0.0
    for n in range(p.customers):
        if n > 0:
            time = positive_part(time - x.gap[n - 1])
        time += x.service[n]
        total += time
    return total / p.customers


def user_queue(theta):
    return Simulation(
        lindley,
        inputs={
            "gap": fg.Exponential(theta["gap"]).repeat(CUSTOMERS - 1),
            "service": fg.Weibull(2.0, theta["service"]).repeat(CUSTOMERS),
        },
        parameters={"customers": CUSTOMERS},
    )


def built_in_queue(theta):
    return fg.SingleServerQueue(
        fg.Exponential(theta["gap"]), fg.Weibull(2.0, theta["service"]), CUSTOMERS
    )


POINT = {"gap": 1.0, "service": 0.9}


def same(a, b, scale=1.0):
    """Equal to rounding: sums of CUSTOMERS terms, in different orders, then of a difference."""
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-10 * scale)


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_every_method_gives_the_built_in_queues_numbers(method):
    # Difference quotients divide rounding of 1e-16 by a step of 1e-5 or more.
    own, given = (
        fg.gradient(build, POINT, method, replications=REPLICATIONS, seed=3)
        for build in (user_queue, built_in_queue)
    )
    scale = 1e3 if method in ("fd", "cd", "sp", "rd") else 1.0
    for name in POINT:
        same(own.gradient[name], given.gradient[name], scale)
        same(own.standard_error[name], given.standard_error[name], scale)
    same(own.performance.value, given.performance.value)


def test_threads_and_seeds_mean_what_they_mean_elsewhere():
    model = user_queue(POINT)
    one = fg.simulate(model, 5000, seed=9, threads=1)
    two = fg.simulate(model, 5000, seed=9, threads=2)
    assert one.value == two.value
    assert one.variance == two.variance
    assert fg.simulate(model, 5000, seed=10).value != one.value
