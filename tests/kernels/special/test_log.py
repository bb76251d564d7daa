"""The logarithms against extended precision (80 bits, 11 more than a double) and mpmath."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.special.log import (
    log,
    log1p,
    log2_inside,
    log2_scaled,
    log_of_sum,
    x_minus_log1p,
)

RANDOM = np.random.default_rng(1)


def positive_doubles():
    """Every scale: subnormals, around 1, the extremes."""
    smallest = np.nextafter(0.0, 1.0)
    return np.concatenate(
        [
            10.0 ** RANDOM.uniform(-323, 308, 200_000),
            RANDOM.uniform(0.0, 3.0, 200_000),
            1.0 + RANDOM.uniform(-1, 1, 200_000) * 10.0 ** RANDOM.uniform(-16, -0.5, 200_000),
            2.0 ** np.arange(-1074, 1024),
            np.sqrt(0.5) * (1.0 + np.arange(-8, 9) * 2.0**-52),
            [smallest, 2 * smallest, 2.0**-1022 - smallest, 2.0**-1022, np.finfo(float).max],
        ]
    )


def numbers_above_minus_one():
    """Every scale on both sides of 0, and close to -1."""
    return np.concatenate(
        [
            10.0 ** RANDOM.uniform(-323, 308, 200_000),
            -(10.0 ** RANDOM.uniform(-323, 0, 200_000)),
            RANDOM.uniform(-1, 1, 200_000),
            -1.0 + 10.0 ** RANDOM.uniform(-15.9, 0, 200_000),
            2.0 ** np.arange(-1074, 1024),
        ]
    )


def test_log_is_within_one_ulp(apply, ulps):
    x = positive_doubles()
    assert ulps(apply(log, x), np.log(x.astype(np.longdouble))).max() < 1.0


def test_log1p_is_within_one_ulp(apply, ulps):
    x = numbers_above_minus_one()
    assert ulps(apply(log1p, x), np.log1p(x.astype(np.longdouble))).max() < 1.0


@pytest.mark.parametrize(("function", "exact"), [(log, mpmath.log), (log1p, mpmath.log1p)])
def test_against_mpmath(apply, function, exact):
    x = 10.0 ** RANDOM.uniform(-320, 308, 500)
    expected = [float(exact(mpmath.mpf(value))) for value in x]
    np.testing.assert_allclose(apply(function, x), expected, rtol=2.0**-52, atol=5e-324)


def test_the_ends(apply):
    ends = [0.0, -0.0, -1.0, -np.inf, np.inf, np.nan]
    expected = [-np.inf, -np.inf, np.nan, np.nan, np.inf, np.nan]
    np.testing.assert_array_equal(apply(log, ends), expected)
    ends = [0.0, -1.0, -1.5, -np.inf, np.inf, np.nan]
    expected = [0.0, -np.inf, np.nan, np.nan, np.inf, np.nan]
    np.testing.assert_array_equal(apply(log1p, ends), expected)


def test_x_minus_log1p_has_relative_accuracy(apply):
    small = RANDOM.choice([-1.0, 1.0], 300) * 10.0 ** RANDOM.uniform(-15, -0.5, 300)
    x = np.concatenate([small, RANDOM.uniform(-0.99, 5, 300), np.nextafter(1.0, [0, 2])])
    with mpmath.workdps(50):
        expected = [float(v - mpmath.log1p(v)) for v in map(mpmath.mpf, x)]
    np.testing.assert_allclose(apply(x_minus_log1p, x), expected, rtol=2.0**-51)


def test_log_of_sum_uses_the_rest(apply):
    """Next to 1 the rest is as large as the logarithm itself."""
    x = 1.0 + RANDOM.choice([-1.0, 1.0], 300) * 10.0 ** RANDOM.uniform(-15, -1, 300)
    rest = RANDOM.uniform(-1, 1, 300) * 2.0**-54
    with mpmath.workdps(50):
        pairs = zip(map(mpmath.mpf, x), map(mpmath.mpf, rest), strict=True)
        expected = [float(mpmath.log(a + b)) for a, b in pairs]
    np.testing.assert_allclose(apply(log_of_sum, x, rest), expected, rtol=2.0**-51)


def test_the_short_logarithm_of_base_2(apply, ulps):
    """One division, one product, one sum: 3 ulp, also next to 1."""
    x = positive_doubles()
    x = x[x >= 2.0**-1022]
    assert ulps(apply(log2_inside, x), np.log2(x.astype(np.longdouble))).max() < 3.0


def test_the_scaled_logarithm_has_the_absolute_accuracy_it_promises(apply):
    x = 2.0 ** RANDOM.uniform(-1, 1, 200_000)
    factor, offset = -3.0, 0.25
    exact = factor * np.log2(x.astype(np.longdouble)) + offset
    error = np.abs(apply(log2_scaled, x, factor, offset) - exact)
    assert error.max() < 5e-16 * abs(factor) + 2.0**-53 * np.abs(exact).max()
