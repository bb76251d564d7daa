"""The normal distribution against mpmath, and against scipy's ndtr and ndtri."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.special.normal import normal_cdf, normal_density, normal_quantile
from scipy import special

RANDOM = np.random.default_rng(3)
EPSILON = 2.0**-52


def exact_cdf(x):
    return mpmath.erfc(-mpmath.mpf(x) / mpmath.sqrt(2)) / 2


def exact_density(x):
    return mpmath.exp(-(mpmath.mpf(x) ** 2) / 2) / mpmath.sqrt(2 * mpmath.pi)


def probabilities(size):
    """Both tails, the middle, and the places where one formula takes over from the other."""
    return np.concatenate(
        [
            10.0 ** RANDOM.uniform(-323, 0, size),
            1.0 - 10.0 ** RANDOM.uniform(-16, 0, size),
            RANDOM.uniform(0, 1, size),
            0.5 + RANDOM.choice([-1.0, 1.0], size) * 10.0 ** RANDOM.uniform(-16, -0.4, size),
            np.nextafter([0.075, 0.075, 0.925, 0.925], [0, 1, 0, 1]),
            [5e-324, 2.0**-1022, 2.0**-53, 1.0 - 2.0**-53],
        ]
    )


def test_quantile_inverts_the_exact_distribution_function(apply):
    """One exact Newton step from the computed quantile is the error of that quantile."""
    u = probabilities(500)
    quantile = apply(normal_quantile, u)
    with mpmath.workdps(40):
        for probability, x in zip(u, quantile, strict=True):
            # In the upper half through 1 - u, which is where the digits are.
            upper = probability > 0.5
            goal = 1 - mpmath.mpf(probability) if upper else mpmath.mpf(probability)
            error = (exact_cdf(-x if upper else x) - goal) / exact_density(x)
            assert abs(error) <= 5 * EPSILON * abs(x)


def test_quantile_agrees_with_scipy(apply):
    """scipy's ndtri is itself good to about 1e-15 in the lower half."""
    u = probabilities(100_000)
    u = u[u < 0.5]
    np.testing.assert_allclose(apply(normal_quantile, u), special.ndtri(u), rtol=4e-15)


def test_quantile_is_odd(apply):
    u = RANDOM.integers(1, 2**53, 100_000) / 2.0**53
    np.testing.assert_array_equal(apply(normal_quantile, u), -apply(normal_quantile, 1.0 - u))


@pytest.mark.parametrize(
    ("function", "exact"), [(normal_cdf, exact_cdf), (normal_density, exact_density)]
)
def test_relative_error_against_mpmath(apply, function, exact):
    x = np.concatenate([RANDOM.uniform(-37.5, 8, 500), RANDOM.uniform(-1, 1, 500)])
    with mpmath.workdps(40):
        expected = [float(exact(value)) for value in x]
    np.testing.assert_allclose(apply(function, x), expected, rtol=5 * EPSILON)


def test_cdf_agrees_with_scipy(apply):
    """scipy rounds 1/sqrt(2), its product with x, and the square: x²/2 times 5/2 · 2^-52."""
    x = RANDOM.uniform(-37.5, 10, 200_000)
    expected = special.ndtr(x)
    error = np.abs(apply(normal_cdf, x) - expected)
    assert np.all(error <= (8 + 1.25 * x * x) * EPSILON * expected)


def test_the_ends(apply):
    nan, inf = np.nan, np.inf
    np.testing.assert_array_equal(
        apply(normal_quantile, [0.0, 0.5, 1.0, -0.1, 1.1, nan]), [-inf, 0.0, inf, nan, nan, nan]
    )
    ends = [-inf, -1e300, 0.0, 1e300, inf, nan]
    np.testing.assert_array_equal(apply(normal_cdf, ends), [0.0, 0.0, 0.5, 1.0, 1.0, nan])
    expected = [0.0, 0.0, 0.3989422804014327, 0.0, 0.0, nan]
    np.testing.assert_array_equal(apply(normal_density, ends), expected)
