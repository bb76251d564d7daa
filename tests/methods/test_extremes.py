"""Random extreme gradients of known value: right by six standard errors, warned of, or refused."""

import math

import numpy as np
import pytest
from scipy.special import digamma
from scipy.special import gamma as gamma_function

import fastgrad as fg

METHODS = ("fd", "cd", "ipa", "lr", "wd", "auto")
REPLICATIONS = 2000
DIGITS = 1e-6  # of the truth: differences are no better where nothing is random about them


def power(r, low, high):
    return 10.0 ** r.uniform(low, high)


def near_one(r, low, high):
    p = power(r, low, high)
    return p if r.random() < 0.5 else 1.0 - p


# A family: (random numbers) -> distribution of θ, θ, derivative of its mean.
def normal_mean(r):
    sd = power(r, -3, 3)
    t = r.choice([-1.0, 1.0]) * power(r, -100, 6)
    return lambda t: fg.Normal(t, sd), t, 1.0


def normal_sd(r):
    return lambda t: fg.Normal(3.0, t), power(r, -8, 3), 0.0


def exponential(r):
    return fg.Exponential, power(r, -50, 50), 1.0


def uniform_high(r):
    width = power(r, -3, 3)
    return lambda t: fg.Uniform(t - width, t), r.choice([-1.0, 1.0]) * power(r, -30, 3), 1.0


def poisson(r):
    return fg.Poisson, power(r, -4, 4), 1.0


def geometric(r):
    p = near_one(r, -5, -0.3)
    return fg.Geometric, p, -1.0 / p**2


def bernoulli(r):
    return fg.Bernoulli, near_one(r, -5, -0.3), 1.0


def binomial(r):
    n = int(r.integers(1, 100))
    return lambda p: fg.Binomial(n, p), near_one(r, -5, -0.3), float(n)


def gamma_shape(r):
    return lambda k: fg.Gamma(k, 2.0), power(r, -1, 5), 2.0


def weibull_shape(r):
    k = power(r, -0.3, 3)
    slope = -gamma_function(1.0 + 1.0 / k) * digamma(1.0 + 1.0 / k) / k**2
    return lambda k: fg.Weibull(k, 1.0), k, slope


def lognormal_sigma(r):
    s = power(r, -2, 0.6)
    return lambda s: fg.LogNormal(0.0, s), s, s * math.exp(0.5 * s * s)


def pareto_shape(r):
    a = r.uniform(0.5, 6.0)
    return lambda a: fg.Pareto(a, 1.0), a, -1.0 / (a - 1.0) ** 2


def triangular_mode(r):
    at = r.choice([2.0, 5.0, 2.0 + power(r, -14, -1), 5.0 - power(r, -14, -1), 3.0])
    return lambda t: fg.Triangular(2.0, t, 5.0), at, 1.0 / 3.0


FAMILIES = (
    normal_mean, normal_sd, exponential, uniform_high, poisson, geometric, bernoulli, binomial,
    gamma_shape, weibull_shape, lognormal_sigma, pareto_shape, triangular_mode,
)  # fmt: skip


def verdict(case):
    """None if the estimate of a random case is honest, else what it said."""
    r = np.random.default_rng([20, case])
    family, method = FAMILIES[case % len(FAMILIES)], METHODS[r.integers(len(METHODS))]
    distribution, at, truth = family(r)

    def build(theta):
        return fg.SingleServerQueue(fg.Exponential(1.0), distribution(theta), customers=1)

    try:
        estimate = fg.gradient(build, float(at), method, REPLICATIONS, seed=case)
    except ValueError:  # refused: by name, or since no step fits
        return None
    off = abs(estimate.gradient - truth)
    if off <= 6.0 * estimate.standard_error + DIGITS * abs(truth) or estimate.warnings:
        return None
    return f"{case}: {family.__name__} at {at!r} by {method}: {estimate.gradient!r} ± " + (
        f"{estimate.standard_error:.2g}, exactly {truth!r}"
    )


def dishonest(cases):
    return [found for found in map(verdict, cases) if found]


def test_150_extreme_gradients_are_right_or_say_that_they_may_not_be():
    assert not dishonest(range(150))


@pytest.mark.slow
def test_2000_extreme_gradients_are_right_or_say_that_they_may_not_be():
    assert not dishonest(range(2000))
