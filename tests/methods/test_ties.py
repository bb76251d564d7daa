"""Where E[Y] has a kink or a jump at θ itself every method is refused, and nowhere else."""

import math

import numpy as np
import pytest

import fastgrad as fg

THRESHOLD = 5.5
PARALLEL = [("a", "b")] * 3
METHODS = ("ipa", "cd", "auto")


def network(first, second):
    return fg.ActivityNetwork(PARALLEL, [first, second, fg.Exponential(1.0)])


def late(service, y):
    return fg.SingleServerQueue(fg.Exponential(0.5), service, 10, measure=fg.Tail(y))


def above(x, p):
    return fg.step(x.u > p.y)


def larger(x, p):
    return max(p.a, p.b) + x.u


def marked(high, y):
    return fg.Simulation(above, {"u": fg.Uniform(0.0, high)}, {"y": y})


def chosen(a, b):
    return fg.Simulation(larger, {"u": fg.Uniform(0.0, 1.0)}, {"a": a, "b": b})


CONSTANT = fg.Deterministic
TIED = {
    "two constants of three arcs": (lambda t: network(CONSTANT(t), CONSTANT(2.0)), 2.0),
    "a constant and whole numbers": (lambda t: network(CONSTANT(t), fg.Poisson(2.0)), 2.0),
    "two whole numbers": (lambda t: network(t * fg.Poisson(2.0), fg.Poisson(3.0)), 1.0),
    "half a unit of arrivals": (
        lambda t: fg.SingleServerQueue(fg.Poisson(2.0), CONSTANT(t), 10),
        0.5,
    ),
    "a threshold at two services": (lambda t: late(CONSTANT(1.0), t), 2.0),
    "two services at a threshold": (lambda t: late(CONSTANT(t), 2.0), 1.0),
    "a threshold at the end": (
        lambda t: fg.ActivityNetwork([("a", "b")], [fg.Uniform(0.0, 1.0)], measure=fg.Tail(t)),
        1.0,
    ),
    "an order at the end of demand": (
        lambda t: fg.Inventory(0.0, t, fg.Uniform(0.0, 5.0), 10, holding=1.0, backlog=3.0),
        5.0,
    ),
    "a mark at the end": (lambda t: marked(1.0, t), 1.0),
    "one of two that are equal": (lambda t: chosen(t, 0.7), 0.7),
}
SMOOTH = {
    "both constants move": (lambda t: network(CONSTANT(t), CONSTANT(t)), 2.0, 1 - math.exp(-2.0)),
    "beside the tie": (lambda t: network(CONSTANT(t), CONSTANT(2.0)), 2.01, 1 - math.exp(-2.01)),
    "customers with the server": (
        lambda t: fg.SingleServerQueue(CONSTANT(t), CONSTANT(t), 10),
        1.0,
        1.0,
    ),
    "a mark inside": (lambda t: marked(1.0, t), 0.7, -1.0),
    "the end moves along": (lambda t: marked(t, t) + t, 1.0, 1.0),
    "two that are equal for every θ": (lambda t: chosen(t, t), 0.7, 1.0),
}


@pytest.mark.parametrize("name", TIED)
def test_every_method_is_refused_at_a_tie(name):
    build, at = TIED[name]
    for method in METHODS:
        with pytest.raises(fg.NotApplicable, match=r"kink|no derivative") as refused:
            fg.gradient(build, at, method, 100)
        assert len(str(refused.value)) < 200


@pytest.mark.parametrize("name", SMOOTH)
def test_no_method_is_refused_beside_one(name):
    build, at, exact = SMOOTH[name]
    found = fg.gradient(build, at, "auto", 4000, seed=1)
    assert abs(found.gradient - exact) <= THRESHOLD * found.standard_error + 1e-12


@pytest.mark.parametrize("at", [0.1 + 0.2 - 0.3, 1e-9, 0.01])
def test_steps_are_found_where_jumps_are_rare_and_theta_is_small(at):
    """At s = 0.01 the step was 6e-8, and the quotient the rounding of Y: 4e-10 ± 5e-11."""

    def build(s):
        return fg.Inventory(s, 10.0, fg.Exponential(1.0), 20, 1.0, 2.0, 3.0, 4.0)

    by_steps, by_scores = (fg.gradient(build, at, m, 20_000, seed=1) for m in ("cd", "lr"))
    error = np.hypot(by_steps.standard_error, by_scores.standard_error)
    assert abs(by_steps.gradient - by_scores.gradient) <= THRESHOLD * error
    assert error < 1.0


def test_central_differences_cover_where_the_derivative_has_a_corner():
    """M/D/1 at three services: the third customer's density begins there, like a distance."""
    at, smooth = 3.0, None
    for method in ("spa", "cd"):
        found = fg.gradient(lambda y: late(CONSTANT(1.0), y), at, method, 40_000, seed=1)
        smooth = smooth or found
    error = np.hypot(found.standard_error, smooth.standard_error)
    assert abs(found.gradient - smooth.gradient) <= THRESHOLD * error
