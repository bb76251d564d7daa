"""log Gamma and its derivatives against mpmath, and against scipy on many points."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.special.gamma import (
    digamma,
    log_gamma,
    log_gamma_1p,
    stirling_remainder,
    trigamma,
)
from scipy import special

RANDOM = np.random.default_rng(4)
EPSILON = 2.0**-52
DIGAMMA_ZERO = 1.4616321449683622


def exact_log_gamma_1p(x):
    """log Gamma(1 + x), by its first term where 1 + x is 1 even in 40 digits."""
    x = mpmath.mpf(x)
    return mpmath.loggamma(1 + x) if x > 1e-18 else -mpmath.euler * x


FUNCTIONS = [
    (log_gamma, mpmath.loggamma, special.gammaln),
    (log_gamma_1p, exact_log_gamma_1p, None),
    (digamma, mpmath.digamma, special.digamma),
    (trigamma, lambda x: mpmath.psi(1, x), lambda x: special.polygamma(1, x)),
]


def positive_numbers(size):
    """All scales, and both sides of every zero and of every change of formula."""
    around = np.array([1.0, 2.0, DIGAMMA_ZERO, 4.0, 5.0])[:, None]
    offset = RANDOM.choice([-1.0, 1.0], (5, size)) * 10.0 ** RANDOM.uniform(-15, -1, (5, size))
    scales = [10.0 ** RANDOM.uniform(-150, 15, size), 10.0 ** RANDOM.uniform(-3, 2, size)]
    return np.concatenate([*scales, (around + offset).ravel()])


@pytest.mark.parametrize(("function", "exact", "_"), FUNCTIONS)
def test_relative_error_against_mpmath(apply, function, exact, _):
    x = positive_numbers(100)
    x = np.append(x, 10.0 ** RANDOM.uniform(15, 300, 50) if function is not trigamma else 1e15)
    with mpmath.workdps(40):
        expected = [float(exact(value)) for value in x]
    np.testing.assert_allclose(apply(function, x), expected, rtol=4 * EPSILON)


@pytest.mark.parametrize(("function", "_", "scipy"), [row for row in FUNCTIONS if row[2]])
def test_agrees_with_scipy(apply, function, _, scipy):
    x = RANDOM.uniform(0.0, 30.0, 200_000)
    expected = scipy(x)
    # scipy's own errors are absolute near the zeros.
    np.testing.assert_allclose(apply(function, x), expected, rtol=4e-14, atol=4e-15)


def test_the_ends(apply):
    ends = [0.0, -1.0, np.inf, np.nan]
    np.testing.assert_array_equal(apply(log_gamma, ends), [np.inf, np.nan, np.inf, np.nan])
    np.testing.assert_array_equal(apply(digamma, ends), [-np.inf, np.nan, np.inf, np.nan])
    np.testing.assert_array_equal(apply(trigamma, ends), [np.inf, np.nan, 0.0, np.nan])
    np.testing.assert_array_equal(apply(log_gamma, [1.0, 2.0]), [0.0, 0.0])


def test_stirling_remainder(apply):
    x = 10.0 ** RANDOM.uniform(0, 6, 300)
    with mpmath.workdps(40):
        exact = []
        for value in map(mpmath.mpf, x):
            stirling = (value - 0.5) * mpmath.log(value) - value + mpmath.log(2 * mpmath.pi) / 2
            exact.append(float(mpmath.loggamma(value) - stirling))
    np.testing.assert_allclose(apply(stirling_remainder, x), exact, rtol=0, atol=2 * EPSILON)
