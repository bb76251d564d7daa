"""The exponentials against extended precision (80 bits, 11 more than a double) and mpmath."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.jit.compile import device
from fastgrad.kernels.special.exp import exp, exp2_bounded, expm1, twice_exp2
from fastgrad.kernels.special.polynomial import estrin, polynomial

RANDOM = np.random.default_rng(2)
LARGEST = 709.782712893384
POWERS = 2.0 ** np.arange(-1000.0, 1001.0)


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


def test_the_bounded_power_of_two(apply, ulps):
    x = np.concatenate([RANDOM.uniform(-1000, 1000, 200_000), RANDOM.uniform(-1, 1, 200_000)])
    assert ulps(apply(exp2_bounded, x), np.exp2(x.astype(np.longdouble))).max() < 1.6
    np.testing.assert_array_equal(apply(exp2_bounded, np.arange(-1000.0, 1001.0)), POWERS)
    beyond = [-np.inf, -5000.0, 5000.0, np.inf]
    np.testing.assert_array_equal(apply(exp2_bounded, beyond), POWERS[[0, 0, -1, -1]])


def test_the_power_of_four_underflows_gradually_and_overflows(apply):
    """Twice the exponent of a root: 2^-1074 and 2^1023 are in reach, with any factor."""
    x = np.arange(-1200.0, 1200.0, 0.5) / 2.0
    for factor in (1.0, 2.0**300, 2.0**-300):
        with np.errstate(over="ignore", under="ignore"):
            exact = (np.longdouble(4.0) ** x * factor).astype(float)
        found = apply(twice_exp2, x, factor)
        np.testing.assert_allclose(found, exact, rtol=3 * 2.0**-52, atol=2.0**-1074)


def test_estrin_is_horner_in_another_order(apply):
    x = RANDOM.uniform(-1, 1, 1000)
    for coefficients in ((2.0,), (2.0, -3.0), (1.0, 0.5, 0.25), (1.0, 2.0, 3.0, 4.0, 5.0)):

        @device
        def both(x, coefficients=coefficients):
            return estrin(x, coefficients) - polynomial(x, coefficients)

        assert np.abs(apply(both, x)).max() <= 16 * 2.0**-52
