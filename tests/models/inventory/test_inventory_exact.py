"""The exact values of inventories: published numbers, a Markov chain, the slow recursion."""

import re

import numpy as np
import pytest
from inventory_oracle import paths
from references import REFERENCES
from scipy import optimize

from fastgrad import exact

KEYS = [key for key in REFERENCES if key.startswith("inv.s")]
PRICES = {"holding": 1.0, "backlog": 9.0, "fixed": 5.0}


@pytest.mark.parametrize("key", KEYS)
def test_reference_values(key):
    s, q, mean, periods = re.match(r"inv\.s([\d.]+)_q([\d.]+)_m([\d.]+)\.(N\d+|ss)", key).groups()
    s, q, mean = float(s), float(q), float(mean)
    measure = "level" if key.endswith("EV") else "cost"
    horizon = None if periods == "ss" else int(periods[1:])
    given = exact.inventory(s, s + q, mean, horizon, measure=measure, **PRICES)
    wanted, error = REFERENCES[key]["value"], REFERENCES[key]["abs_error"]
    # Sums of up to N² terms of size 10: some hundred roundings.
    np.testing.assert_allclose((given.value, given.d_s, given.d_q), wanted, atol=error + 1e-12)


def test_the_best_policy_has_no_slope():
    s, q, cost = REFERENCES["inv.opt"]["value"]
    best = exact.inventory(s, s + q, 1.0, **PRICES)
    assert best.value == pytest.approx(cost, rel=1e-12)
    assert abs(best.d_s) < 1e-9
    assert abs(best.d_q) < 1e-9
    assert q == pytest.approx(np.sqrt(2 * 5.0))


@pytest.mark.parametrize("measure", ["level", "cost", "service", "stockout", "fill"])
@pytest.mark.parametrize("lead", [0, 2])
def test_derivatives_are_limits_of_differences(measure, lead):
    def value(s, q, mean):
        given = exact.inventory(s, s + q, mean, 7, unit=0.7, measure=measure, lead=lead, **PRICES)
        return given.value

    point, step = np.array([0.4, 1.7, 0.9]), 1e-4
    given = exact.inventory(0.4, 2.1, 0.9, 7, unit=0.7, measure=measure, lead=lead, **PRICES)
    slopes = optimize.approx_fprime(point, lambda p: value(*p), step)
    back = optimize.approx_fprime(point, lambda p: value(*p), -step)
    # Central differences: third derivatives times step², all below 100.
    np.testing.assert_allclose(
        [given.d_s, given.d_q, given.d_mean], 0.5 * (slopes + back), atol=1e-6
    )


@pytest.mark.parametrize("measure", ["level", "cost", "service", "stockout", "fill"])
@pytest.mark.parametrize("lead", [0, 1, 3])
def test_values_against_the_slow_recursion(measure, lead):
    s, S, mean, periods, count = -0.3, 1.4, 0.8, 6, 20_000
    demand = np.random.default_rng(lead).exponential(mean, (periods, count))
    prices = (1.0, 9.0, 5.0, 0.7)
    sample = paths(s, S, demand, measure, prices=prices, lead=lead, mean=mean)
    given = exact.inventory(
        s, S, mean, periods, unit=0.7, measure=measure, lead=lead, **PRICES
    ).value
    # 15 comparisons, family-wise 1e-6.
    assert abs(sample.mean() - given) < 5.6 * sample.std() / np.sqrt(count)


@pytest.mark.parametrize("measure", ["level", "cost", "service", "stockout", "fill"])
def test_a_fine_chain_is_the_exponential(measure):
    """Geometric demand on a grid of 1/400 tends to the exponential: error O(1/400)."""
    grid, periods = 400, 5
    p = 1.0 - np.exp(-1.0 / grid)
    probabilities = p * (1.0 - p) ** np.arange(12 * grid)
    chain = exact.discrete_inventory(
        grid // 2, 2 * grid, probabilities / probabilities.sum(), periods,
        1.0 / grid, 9.0 / grid, 5.0, 0.7 / grid, measure,
    )  # fmt: skip
    given = exact.inventory(0.5, 2.0, 1.0, periods, 1.0, 9.0, 5.0, 0.7, measure).value
    scale = grid if measure == "level" else 1.0
    # Half a cell of rounding moves every level by 1/800; costs change by at most 9 a unit, and
    # 12 means hold all but 6e-6 of the demand.
    assert chain / scale == pytest.approx(given, abs=10.0 / grid)
