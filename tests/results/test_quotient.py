"""Ratios of two expectations of one run: renewal reward, and their intervals."""

import numpy as np
import pytest

import fastgrad as fg

EXACT = {"a": -0.00045690, "c": -0.00252261}  # by quadrature


def replaced(x, p):
    return {"cost": 1.0 + 7.0 * fg.step(x.t < p.a), "time": min(x.t, p.a)}


def build(theta):
    return fg.Simulation(replaced, {"t": fg.Weibull(2.5, theta["c"])}, {"a": theta["a"]})


def test_the_cost_rate_of_age_replacement():
    found = fg.gradient(build, {"a": 15.0, "c": 40.0}, replications=400_000, seed=1)
    rate = found.ratio("cost", "time")
    for name, exact in EXACT.items():
        assert abs(rate.gradient[name] - exact) < 5.0 * rate.standard_error[name] + 5e-9
    low, high = rate.performance.confidence_interval()
    assert low < found["cost"].performance.value / found["time"].performance.value < high


def test_the_interval_of_a_ratio_is_that_of_batches():
    """The variance by the delta method against that of ratios of 400 batches."""
    batches = [
        fg.simulate(build({"a": 15.0, "c": 40.0}), 1000, seed=k).ratio("cost", "time")
        for k in range(400)
    ]
    spread = np.std([one.value for one in batches], ddof=1)
    told = np.mean([one.standard_error for one in batches])
    assert abs(spread / told - 1.0) < 5.0 / np.sqrt(2 * 400)


def test_what_cannot_be_divided():
    found = fg.simulate(build({"a": 15.0, "c": 40.0}), 100)
    with pytest.raises(KeyError, match="no output 'costs'"):
        found.ratio("costs", "time")
