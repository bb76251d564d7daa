"""The incomplete beta function against its power series summed in many digits."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.jit.compile import device
from fastgrad.kernels.special.incomplete_beta import (
    beta_cdf,
    beta_cdf_derivative,
    beta_quantile,
    beta_survival,
)
from scipy import special

RANDOM = np.random.default_rng(8)
EPSILON = 2.0**-52
PARAMETERS = [(-3, 0, 25), (-2, 1, 25), (0, 2, 25), (1, 3, 20), (2, 4, 10)]


@device
def derivative_a(a, b, x):
    return beta_cdf_derivative(a, b, x, 1.0, 0.0)


@device
def derivative_b(a, b, x):
    return beta_cdf_derivative(a, b, x, 0.0, 1.0)


def power(a, b, x):
    """x^a (1 - x)^b / B(a, b)."""
    return mpmath.exp(
        a * mpmath.log(x)
        + b * mpmath.log(1 - x)
        + mpmath.loggamma(a + b)
        - mpmath.loggamma(a)
        - mpmath.loggamma(b)
    )


def exact_cdf(a, b, x):
    """power / a · sum of (a+b)_n / (a+1)_n x^n: all terms positive (DLMF 8.17.8)."""
    a, b, x = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(x)
    if x > a / (a + b):
        return 1 - exact_cdf(b, a, 1 - x)
    term = total = mpmath.mpf(1)
    n = 0
    while term > total * mpmath.eps:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return total * power(a, b, x) / a


def points(low, high, size):
    a, b = 10.0 ** RANDOM.uniform(low, high, (2, size))
    tail = 10.0 ** RANDOM.uniform(-20, 0, size)
    u = np.where(RANDOM.uniform(size=size) < 0.4, tail, RANDOM.uniform(size=size))
    u = np.where(RANDOM.uniform(size=size) < 0.3, 1.0 - np.maximum(tail, EPSILON), u)
    return a, b, np.clip(u, 1e-20, 1.0 - EPSILON)


def arguments(low, high, size):
    a, b, u = points(low, high, size)
    x = special.betaincinv(a, b, u)
    return a, b, np.clip(x, 1e-200, 1.0 - EPSILON)


@pytest.mark.parametrize(("low", "high", "size"), PARAMETERS)
def test_probabilities(apply, low, high, size):
    """The smaller of the two has relative accuracy."""
    a, b, x = arguments(low, high, size)
    lower, upper = apply(beta_cdf, a, b, x), apply(beta_survival, a, b, x)
    with mpmath.workdps(50):
        for i in range(size):
            exact = exact_cdf(a[i], b[i], x[i])
            assert abs(lower[i] - exact) <= 2e-13 * exact
            # A wrong 1 - x (at x close to 1) is not the function's error.
            assert abs(upper[i] - (1 - exact)) <= 2e-13 * (1 - exact) + EPSILON * exact


@pytest.mark.parametrize(("low", "high", "size"), PARAMETERS)
def test_derivatives(apply, low, high, size):
    a, b, x = arguments(low, high, size)
    # At whole numbers the continued fraction ends, its derivatives do not.
    a = np.where(np.arange(size) % 3 == 0, np.ceil(a), a)
    b = np.where(np.arange(size) % 3 == 1, np.ceil(b), b)
    by_a, by_b = apply(derivative_a, a, b, x), apply(derivative_b, a, b, x)
    with mpmath.workdps(60):
        for i in range(size):
            first, second, h = mpmath.mpf(a[i]), mpmath.mpf(b[i]), mpmath.mpf(10) ** -18
            up, down = 1 + h, 1 - h
            exact_a = exact_cdf(first * up, second, x[i]) - exact_cdf(first * down, second, x[i])
            exact_b = exact_cdf(first, second * up, x[i]) - exact_cdf(first, second * down, x[i])
            exact_a, exact_b = exact_a / (2 * h * first), exact_b / (2 * h * second)
            assert abs(by_a[i] / exact_a - 1) <= 1e-11
            assert abs(by_b[i] / exact_b - 1) <= 1e-11


@pytest.mark.parametrize(("low", "high", "size"), PARAMETERS)
def test_quantile_inverts_the_exact_distribution_function(apply, low, high, size):
    """One exact Newton step from the computed quantile is the error of that quantile."""
    a, b, u = points(low, high, size)
    x = apply(beta_quantile, a, b, u)
    with mpmath.workdps(60):
        for i in np.flatnonzero((x > 1e-280) & (x < 1.0)):
            first, second, quantile = mpmath.mpf(a[i]), mpmath.mpf(b[i]), mpmath.mpf(x[i])
            slope = power(first, second, quantile) / (1 - quantile)
            error = (exact_cdf(first, second, quantile) - mpmath.mpf(u[i])) / slope
            bound = 2e-15 * (1 / a[i] + 1 / b[i] + 5) * (1 + abs(np.log(x[i])) / 30)
            # x itself is rounded, to EPSILON / 2 where it is close to 1.
            assert abs(error) <= bound + EPSILON


def test_quantile_never_fails(apply):
    """A grid of hard cases: finite, within [0, 1], increasing in u."""
    shapes = 10.0 ** np.linspace(-3, 4, 22)
    tails = 10.0 ** np.linspace(-15.9, -1, 50)
    lower = [5e-324, *10.0 ** np.linspace(-300, -1, 60)]
    u = np.unique(np.concatenate([lower, np.linspace(0.1, 0.9, 41), 1.0 - tails]))
    x = apply(beta_quantile, shapes[:, None, None], shapes[None, :, None], u)
    assert np.all((x >= 0.0) & (x <= 1.0))
    assert np.all(np.diff(x, axis=-1) >= -4 * EPSILON * x[..., 1:])


def test_closed_forms(apply):
    """I_x(a, 1) = x^a, I_x(1, b) = 1 - (1 - x)^b, and the arcsine distribution."""
    u = RANDOM.uniform(size=10_000)
    np.testing.assert_allclose(apply(beta_quantile, 3.0, 1.0, u), np.cbrt(u), rtol=2e-14)
    np.testing.assert_allclose(apply(beta_cdf, 1.0, 2.5, u), 1 - (1 - u) ** 2.5, rtol=2e-12)
    arcsine = np.sin(np.pi * u / 2) ** 2
    np.testing.assert_allclose(apply(beta_quantile, 0.5, 0.5, u), arcsine, rtol=2e-13)


def test_agrees_with_scipy(apply):
    a, b = 10.0 ** RANDOM.uniform(-1, 3, (2, 20_000))
    u = RANDOM.uniform(size=20_000)
    x = special.betaincinv(a, b, u)
    np.testing.assert_allclose(apply(beta_cdf, a, b, x), special.betainc(a, b, x), rtol=1e-11)


def test_the_ends(apply):
    nan = np.nan
    ends = [0.0, 1.0, -1.0, 2.0, nan]
    np.testing.assert_array_equal(apply(beta_cdf, 2.0, 3.0, ends), [0.0, 1.0, 0.0, 1.0, nan])
    np.testing.assert_array_equal(apply(beta_quantile, 2.0, 3.0, ends), [0.0, 1.0, nan, nan, nan])
    np.testing.assert_array_equal(apply(beta_cdf, [0.0, -1.0, nan], 3.0, 0.5), [nan] * 3)
