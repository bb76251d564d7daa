"""debug=True: the same function as plain Python, with the same numbers."""

import math

import numpy as np
import pytest

import fastgrad as fg
from fastgrad import Simulation

REPLICATIONS = 200


def helper(y):
    return math.exp(-y) + np.sqrt(y)


def model(x, p):
    seen = np.zeros(len(x.s))
    total = 0.0
    for i in range(len(x.s)):
        total = max(total - p.level, 0.0) + helper(x.s[i]) * x.t
        seen[i] = total
    return np.sum(seen) / p.n


def build(theta, debug):
    return Simulation(
        model,
        {"s": fg.Exponential(theta[0]).repeat(4), "t": fg.Uniform(0.5, 1.5)},
        {"level": theta[1], "n": 4},
        debug=debug,
    )


@pytest.mark.parametrize("method", ["ipa", "wd", "cd"])
def test_gradients_are_the_compiled_ones(method):
    def at(debug):
        def made(theta):
            return build([theta, 0.5] if method == "wd" else [theta, 0.5 * theta], debug)

        return fg.gradient(made, 1.0, method, replications=REPLICATIONS, seed=8, threads=1)

    # Rounding of sums and of exp by two libraries; differences divide it by their step.
    compiled, debugged = at(False), at(True)
    assert debugged.gradient == pytest.approx(compiled.gradient, rel=1e-8)
    assert debugged.performance.value == pytest.approx(compiled.performance.value, rel=1e-13)


def test_the_function_is_really_run_in_python():
    calls = []

    def spied(x, p):
        calls.append(x.s)
        return x.s

    estimate = fg.simulate(
        Simulation(spied, {"s": fg.Exponential(2.0)}, debug=True), REPLICATIONS, threads=1
    )
    assert len(calls) > REPLICATIONS
    # The first call asks only what the function returns: one output or several.
    assert estimate.value == pytest.approx(np.mean(calls[1 : REPLICATIONS + 1]))


def test_errors_can_be_explained_there_too():
    def fails(x, p):
        return 1.0 / 0.0

    with pytest.raises(ZeroDivisionError):
        Simulation(fails, {"s": fg.Exponential(2.0)}, debug=True).explain_failure(1, 100)
