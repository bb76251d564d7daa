"""Weak second derivatives of discrete distributions: every outcome can be enumerated."""

import itertools

import numpy as np
import pytest
from network_cases import ARCS
from scipy import stats
from second_orders import agree, second

import fastgrad as fg


def enumerated(model_of, probabilities):
    """∂²E[Y]/∂p_i∂p_j of independent indicators: E is linear in each probability."""
    count = len(probabilities)
    outcomes = {
        bits: float(fg.simulate(model_of([fg.Deterministic(b) for b in bits]), 2).value)
        for bits in itertools.product((0.0, 1.0), repeat=count)
    }
    exact = np.zeros((count, count))
    for i, j in itertools.permutations(range(count), 2):
        for bits, y in outcomes.items():
            weight = 1.0
            for k, (bit, p) in enumerate(zip(bits, probabilities, strict=True)):
                moved = 2.0 * bit - 1.0
                weight *= moved if k in (i, j) else p if bit else 1.0 - p
            exact[i, j] += weight * y
    return exact


@pytest.mark.parametrize("phantoms", ["all", "one"])
@pytest.mark.parametrize("path", ["longest", "shortest"])
def test_indicators_against_all_outcomes(path, phantoms):
    probabilities = [0.3, 0.8, 0.5, 0.6, 0.2]

    def model(durations):
        return fg.ActivityNetwork(ARCS, durations, path)

    estimate = second(
        lambda theta: model([fg.Bernoulli(p) for p in theta]),
        probabilities,
        fg.WeakDerivative(phantoms=phantoms),
    )
    agree(estimate, enumerated(model, probabilities))


@pytest.mark.parametrize("phantoms", ["all", "one"])
def test_a_finite_distribution_and_a_count(phantoms):
    """Probabilities of one Discrete are linear together: no pair for the mixed terms."""

    def build(theta):
        a, b, mean = theta
        choice = fg.Discrete([0.0, 1.0, 2.5], [a, b, 1.0 - a - b])
        return fg.ActivityNetwork([("s", "t")] * 2, [choice, fg.Poisson(mean)])

    a, b, mean = 0.2, 0.5, 1.3
    counts = np.arange(80)
    distribution = stats.poisson(mean).pmf(counts)
    best = np.maximum.outer([0.0, 1.0, 2.5], counts)
    # dE max(v, K)/dmean = E max(v, K + 1) - max(v, K), and once more.
    slope = np.diff(best, axis=1) @ distribution[:-1]
    bend = np.array([a, b, 1.0 - a - b]) @ (np.diff(best, 2, axis=1) @ distribution[:-2])
    by_a, by_b = slope[0] - slope[2], slope[1] - slope[2]
    exact = np.array([[0.0, 0.0, by_a], [0.0, 0.0, by_b], [by_a, by_b, bend]])
    method = fg.WeakDerivative(phantoms=phantoms)
    agree(second(build, [a, b, mean], method), exact)


def test_inventory_demand():
    """Any model that can be simulated; exact values by differences of an exact chain."""

    def value(mean):
        demand = stats.poisson(mean).pmf(np.arange(40))
        return fg.exact.discrete_inventory(1, 5, demand / demand.sum(), 6, 1.0, 9.0, 5.0)

    def build(theta):
        return fg.Inventory(1.0, 5.0, fg.Poisson(theta), 6, 1.0, 9.0, 5.0)

    h, mean = 1e-2, 1.7
    points = [value(mean + k * h) for k in (-2, -1, 0, 1, 2)]
    exact = np.dot([-1, 16, -30, 16, -1], points) / (12 * h * h)
    for method in (fg.WeakDerivative(), fg.WeakDerivative(phantoms="one"), "lr"):
        agree(second(build, mean, method), exact, 1e-5)
