"""Users' models under every setting of a run: mixed methods, many slots, samplers, orders."""

import math

import numpy as np
import pytest
from tolerance import accept, bound

import fastgrad as fg

CELLS = 24  # comparisons in this file, at most
Z = bound(CELLS)


def agrees(found, error, exact):
    assert np.all(np.abs(np.asarray(found) - exact) <= Z * np.asarray(error) + 1e-12)


def test_auto_takes_each_slot_by_its_own_method():
    def half_smooth(x, y):
        return (1.0 if x > 1.0 else 0.0) + y * y

    def build(theta):
        return fg.Expectation(half_smooth, [fg.Exponential(theta[0]), fg.Exponential(theta[1])])

    estimate = fg.gradient(build, [0.7, 1.5], "auto", replications=100_000, seed=1)
    exact = [math.exp(-1.0 / 0.7) / 0.49, 4.0 * 1.5]
    agrees(estimate.gradient, estimate.standard_error, exact)
    assert "y.mean: ipa" in str(estimate)


def test_more_slots_than_one_pass_carries():
    count = 11

    def weighted(x, p):
        total = p.c0 * x.s[0]
        for i in range(1, len(x.s)):
            total += x.s[i] / len(x.s)
        return total * (p.c1 + p.c2 + p.c3 + p.c4 + p.c5) * p.c6 + p.c7 - p.c8 * x.t

    def build(theta):
        return fg.Simulation(
            weighted,
            {"s": fg.Exponential(theta[9]).repeat(3), "t": fg.Exponential(theta[10])},
            {f"c{k}": theta[k] for k in range(9)},
        )

    at = np.linspace(0.5, 1.5, count)
    estimate = fg.gradient(build, at, "ipa", replications=100_000, seed=2)

    def mean(c):  # E[Y] in closed form, differentiated below
        inner = c[0] * c[9] + 2.0 / 3.0 * c[9]
        return inner * c[1:6].sum() * c[6] + c[7] - c[8] * c[10]

    step = 1e-6  # E[Y] is a polynomial of degree 4: central differences lose 1e-10 only
    exact = [(mean(at + step * e) - mean(at - step * e)) / (2.0 * step) for e in np.eye(count)]
    accept(estimate, exact, CELLS, error=1e-8)


def cubic(x):
    return x**3 + abs(x - 1.0)


def exponential(theta):
    return fg.Expectation(cubic, fg.Exponential(theta))


def derivative(theta):
    """E X³ = 6 θ³ and E|X - 1| = 1 - θ + 2 θ exp(-1/θ)."""
    return 18.0 * theta**2 - 1.0 + 2.0 * math.exp(-1.0 / theta) * (1.0 + 1.0 / theta)


@pytest.mark.parametrize("settings", [{}, {"antithetic": True}, {"sampler": "sobol"}])
@pytest.mark.parametrize("method", ["ipa", "wd", "lr", "cd", "sp"])
def test_settings_of_a_run(method, settings):
    estimate = fg.gradient(exponential, 0.8, method, replications=65_536, seed=3, **settings)
    agrees(estimate.gradient, estimate.standard_error, derivative(0.8))


def test_second_derivatives():
    estimate = fg.gradient(exponential, 0.8, "lr", replications=400_000, seed=3, order=2)
    step = 1e-5
    exact = (derivative(0.8 + step) - derivative(0.8 - step)) / (2.0 * step)
    agrees(estimate.gradient, estimate.standard_error, exact)


def test_models_are_affine_like_any_other():
    estimate = fg.gradient(
        lambda t: 2.0 * exponential(t) + 1.0 / t, 0.8, "ipa", replications=100_000, seed=4
    )
    agrees(estimate.gradient, estimate.standard_error, 2.0 * derivative(0.8) - 1.0 / 0.64)
