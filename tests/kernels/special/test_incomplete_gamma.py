"""The incomplete gamma functions against their power series summed in many digits."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.special.incomplete_gamma import (
    gamma_cdf,
    gamma_cdf_shape_derivative,
    gamma_probabilities,
    gamma_quantile,
    gamma_survival,
)
from scipy import special

RANDOM = np.random.default_rng(603)
EPSILON = 2.0**-52
# One range for every formula and change of formula; the last has 10^4 terms a point.
SHAPES = [(-3, -1, 30), (-1, 0.3, 30), (0.3, 1.3, 30), (1.25, 2, 30), (2, 4, 20), (4, 6, 4)]


def exact_cdf(a, x):
    """P(a, x) = x^a e^-x / Gamma(a+1) · (1 + x/(a+1) + x²/((a+1)(a+2)) + …)."""
    a, x = mpmath.mpf(a), mpmath.mpf(x)
    term = total = mpmath.mpf(1)
    n = a
    while n < x or term > total * mpmath.eps:
        n += 1
        term *= x / n
        total += term
    return total * mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a + 1))


def points(low, high, size):
    """Shapes, and x in the middle and far in both tails (to 20 standard deviations above)."""
    a = 10.0 ** RANDOM.uniform(low, high, size)
    u = np.where(RANDOM.uniform(size=size) < 0.5, 10.0 ** RANDOM.uniform(-20, 0, size), a % 1)
    x = special.gammaincinv(a, u)
    above = a + np.sqrt(a) * RANDOM.uniform(0, 20, size)
    x = np.where(RANDOM.uniform(size=size) < 0.4, above, x)
    return a, np.maximum(x, 1e-280)


def logarithmic_condition(probability):
    """Relative errors in a tail: those of exp, at an argument of a few roundings."""
    return EPSILON * (30 + 3 * abs(float(mpmath.log(abs(probability)))))


@pytest.mark.parametrize(("low", "high", "size"), SHAPES)
def test_probabilities_have_relative_accuracy(apply, low, high, size):
    a, x = points(low, high, size)
    lower, upper = apply(gamma_cdf, a, x), apply(gamma_survival, a, x)
    # 1 - P has to keep its digits for a Q of 1e-90.
    with mpmath.workdps(120):
        for i in range(size):
            exact = exact_cdf(a[i], x[i])
            assert abs(lower[i] / exact - 1) <= logarithmic_condition(exact)
            if exact < 1 - mpmath.mpf(10) ** -90:
                assert abs(upper[i] / (1 - exact) - 1) <= logarithmic_condition(1 - exact)


@pytest.mark.parametrize(("low", "high", "size"), SHAPES[:-1])
def test_shape_derivative(apply, low, high, size):
    a, x = points(low, high, size)
    # At whole numbers the continued fraction ends, its derivative does not.
    a = np.where(np.arange(size) % 4 == 0, np.ceil(a), a)
    derivative = apply(gamma_cdf_shape_derivative, a, x)
    with mpmath.workdps(120):
        for i in range(size):
            shape, step = mpmath.mpf(a[i]), mpmath.mpf(a[i]) * mpmath.mpf(10) ** -15
            rise = exact_cdf(shape + step, x[i]) - exact_cdf(shape - step, x[i])
            exact = rise / (2 * step)
            # Below 1e-60 the difference quotient has lost its digits.
            if abs(exact) > 1e-60:
                assert abs(derivative[i] / exact - 1) <= 10 * logarithmic_condition(exact)


@pytest.mark.parametrize(("low", "high", "size"), SHAPES)
def test_quantile_inverts_the_exact_distribution_function(apply, low, high, size):
    """One exact Newton step from the computed quantile is the error of that quantile."""
    a = 10.0 ** RANDOM.uniform(low, high, size)
    u = np.concatenate(
        [
            10.0 ** RANDOM.uniform(-300, 0, size // 4),
            1.0 - 10.0 ** RANDOM.uniform(-16, 0, size // 4),
            RANDOM.uniform(size=size - 2 * (size // 4)),
        ]
    )
    x = apply(gamma_quantile, a, u)
    with mpmath.workdps(60):
        for i in np.flatnonzero(x > 1e-280):
            shape, quantile = mpmath.mpf(a[i]), mpmath.mpf(x[i])
            slope = mpmath.exp(shape * mpmath.log(quantile) - quantile - mpmath.loggamma(shape))
            error = (exact_cdf(shape, quantile) - mpmath.mpf(u[i])) / slope
            assert abs(error) <= EPSILON * (40 + abs(np.log(x[i])))


def test_quantile_never_fails(apply):
    """A grid of hard cases: increasing in u, finite, and 0.0 where the value underflows."""
    a = 10.0 ** np.linspace(-3, 6, 91)[:, None]
    tails = 10.0 ** np.linspace(-15.9, -1, 90)
    lower = [5e-324, 1e-310, *10.0 ** np.linspace(-300, -1, 200)]
    u = np.unique(np.concatenate([lower, np.linspace(0.1, 0.9, 161), 1.0 - tails]))
    x = apply(gamma_quantile, a, u[None, :])
    assert np.all(np.isfinite(x))
    assert np.all(np.diff(x, axis=1) >= 0.0)
    assert apply(gamma_quantile, 1e-3, 0.1)[()] == 0.0
    # scipy's gammaincinv(a > 1e5, u) misses u by up to 3e-8 in the lower tail.
    expected = special.gammaincinv(a[30:81], u[None, 2:])
    np.testing.assert_allclose(x[30:81, 2:], expected, rtol=2e-12)


def test_exponential_and_erlang(apply):
    """P(1, x) = 1 - e^-x and P(2, x) = 1 - (1 + x) e^-x."""
    u = RANDOM.uniform(size=10_000)
    np.testing.assert_allclose(apply(gamma_quantile, 1.0, u), -np.log1p(-u), rtol=2e-14)
    x = RANDOM.uniform(0, 50, 10_000)
    np.testing.assert_allclose(apply(gamma_survival, 2.0, x), (1 + x) * np.exp(-x), rtol=2e-14)


def test_the_ends(apply):
    nan, inf = np.nan, np.inf
    a = [2.0, 2.0, 2.0, 0.0, -1.0, nan, 2.0]
    x = [0.0, inf, -1.0, 1.0, 1.0, 1.0, nan]
    np.testing.assert_array_equal(apply(gamma_cdf, a, x), [0.0, 1.0, 0.0, nan, nan, nan, nan])
    a = [2.0, 2.0, 2.0, 2.0, 0.0]
    u = [0.0, 1.0, -0.1, nan, 0.5]
    np.testing.assert_array_equal(apply(gamma_quantile, a, u), [0.0, inf, nan, nan, nan])
    assert gamma_probabilities(2.0, 0.0) == (0.0, 1.0)
