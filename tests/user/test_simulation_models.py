"""Built-in models rewritten as users' functions: same uniforms, same results, every method."""

import numpy as np
import pytest

import fastgrad as fg

REPLICATIONS = 2000
ARCS = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]
POINT = {"mean": 1.0, "scale": 0.8}


def durations(theta):
    return [
        fg.Exponential(theta["mean"]),
        fg.Weibull(2.0, theta["scale"]),
        fg.Exponential(0.5 * theta["mean"]),
        fg.Uniform(0.0, 2.0),
        fg.Gamma(2.0, theta["scale"]),
    ]


def longest_path(a, b, c, d, e):
    at_one = a
    at_two = max(b, at_one + c)
    return max(at_one + d, at_two + e)


def longer_than(a, b, c, d, e):
    return 1.0 if longest_path(a, b, c, d, e) > 2.5 else 0.0


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", fg.WeakDerivative(phantoms="one"), "cd"])
def test_the_project_network(method):
    own = fg.gradient(
        lambda t: fg.Expectation(longest_path, durations(t)), POINT, method, REPLICATIONS, 6
    )
    given = fg.gradient(
        lambda t: fg.ActivityNetwork(ARCS, durations(t)), POINT, method, REPLICATIONS, 6
    )
    # Sums of five numbers in other orders; difference quotients divide that by a step of 1e-5.
    loss = 1e-9 if method == "cd" else 1e-12
    for name in POINT:
        np.testing.assert_allclose(own.gradient[name], given.gradient[name], rtol=loss)
        np.testing.assert_allclose(own.standard_error[name], given.standard_error[name], rtol=loss)


@pytest.mark.parametrize("method", ["lr", "wd"])
def test_the_tail_of_the_project_network(method):
    own = fg.gradient(
        lambda t: fg.Expectation(longer_than, durations(t)), POINT, method, REPLICATIONS, 6
    )
    given = fg.gradient(
        lambda t: fg.ActivityNetwork(ARCS, durations(t), measure=fg.Tail(2.5)),
        POINT, method, REPLICATIONS, 6,
    )  # fmt: skip
    for name in POINT:
        np.testing.assert_allclose(own.gradient[name], given.gradient[name], rtol=1e-12)


def test_ipa_refuses_the_tail_as_it_does_the_built_in_models():
    with pytest.raises(fg.NotApplicable, match="the output jumps"):
        fg.gradient(lambda t: fg.Expectation(longer_than, durations(t)), POINT, "ipa", 1000)


def stock(x, p):
    level = p.s + p.q
    total = 0.0
    for n in range(len(x.demand)):
        if level < p.s:
            level = p.s + p.q
        level -= x.demand[n]
        total += p.holding * max(level, 0.0) + 4.0 * max(-level, 0.0)
    return total / len(x.demand)


def user_inventory(s, q, mean, holding):
    return fg.Simulation(
        stock,
        {"demand": fg.Exponential(mean).repeat(20)},
        {"s": s, "q": q, "holding": holding},
    )


def built_in_inventory(s, q, mean, holding):
    return fg.Inventory(
        s, s + q, fg.Exponential(mean), periods=20, holding=holding, backlog=4.0, measure="cost"
    )


@pytest.mark.parametrize(
    ("method", "where"),
    [("ipa", "s"), ("ipa", "holding"), ("lr", "mean"), ("wd", "mean"), ("cd", "s")],
)
def test_the_inventory(method, where):
    found = []
    for make in (user_inventory, built_in_inventory):

        def build(theta, make=make):
            at = {"s": 1.5, "q": 3.0, "mean": 1.0, "holding": 1.0, where: theta}
            return make(**at)

        at = 1.5 if where == "s" else 1.0
        found.append(fg.gradient(build, at, method, REPLICATIONS, 6))
    own, given = found
    loss = 1e-8 if method == "cd" else 1e-12  # a step of 1e-5 divides rounding of 1e-15
    np.testing.assert_allclose(own.gradient, given.gradient, rtol=loss)
    np.testing.assert_allclose(own.standard_error, given.standard_error, rtol=loss)
    np.testing.assert_allclose(own.performance.value, given.performance.value, rtol=1e-12)


def test_ipa_refuses_what_moves_the_inventorys_orders():
    for where in ("q", "mean"):

        def build(theta, where=where):
            return user_inventory(**{"s": 1.5, "q": 3.0, "mean": 1.0, "holding": 1.0, where: theta})

        with pytest.raises(fg.NotApplicable, match=r"if level < p\.s:"):
            fg.gradient(build, 1.0, "ipa", 1000)
