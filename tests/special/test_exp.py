"""The exponentials against extended precision (80 bits, 11 more than a double) and mpmath."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.special.exp import exp, expm1

RANDOM = np.random.default_rng(2)
LARGEST = 709.782712893384


def every_scale(lowest):
    """Numbers from `lowest` to the largest with a finite exponential, many of them tiny."""
    sign = RANDOM.choice([-1.0, 1.0], 200_000)
    return np.concatenate(
        [
            RANDOM.uniform(lowest, LARGEST, 200_000),
            RANDOM.uniform(-3, 3, 200_000),
            sign * 10.0 ** RANDOM.uniform(-320, 1.5, 200_000),
            np.log(2.0) * (np.arange(-60, 1023) + 0.5),
            [lowest, LARGEST],
        ]
    )


def test_exp_is_within_one_ulp(apply, ulps):
    x = every_scale(-745.2)
    assert ulps(apply(exp, x), np.exp(x.astype(np.longdouble))).max() < 1.0


def test_expm1_is_within_one_and_a_half_ulp(apply, ulps):
    x = every_scale(-60.0)
    assert ulps(apply(expm1, x), np.expm1(x.astype(np.longdouble))).max() < 1.5


@pytest.mark.parametrize(("function", "exact"), [(exp, mpmath.exp), (expm1, mpmath.expm1)])
def test_against_mpmath(apply, function, exact):
    x = np.concatenate([RANDOM.uniform(-745, 709.7, 300), RANDOM.uniform(-1, 1, 300)])
    expected = [float(exact(mpmath.mpf(value))) for value in x]
    np.testing.assert_allclose(apply(function, x), expected, rtol=2.0**-52, atol=5e-324)


def test_the_ends(apply):
    ends = [-np.inf, -1e300, -746.0, 0.0, 709.79, 1e300, np.inf, np.nan]
    expected = [0.0, 0.0, 0.0, 1.0, np.inf, np.inf, np.inf, np.nan]
    np.testing.assert_array_equal(apply(exp, ends), expected)
    expected = [-1.0, -1.0, -1.0, 0.0, np.inf, np.inf, np.inf, np.nan]
    np.testing.assert_array_equal(apply(expm1, ends), expected)
