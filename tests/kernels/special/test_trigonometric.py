"""Trigonometric functions against extended precision (80 bits, 11 more than a double)."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.special.trigonometric import atan, cos, cot_pi, sin, tan_pi, tanh

RANDOM = np.random.default_rng(7)
SIZE = 100_000
PI = np.longdouble("3.14159265358979323846264338327950288")
HALF = np.longdouble(0.5)

TINY = RANDOM.choice([-1.0, 1.0], SIZE) * 10.0 ** RANDOM.uniform(-300, 0, SIZE)
MODERATE = RANDOM.uniform(-20, 20, SIZE)
QUARTERS = np.pi / 2 * np.arange(-600_000, 600_000, 7)

CASES = {
    "sin": (sin, np.sin, [TINY, MODERATE, RANDOM.uniform(-1e6, 1e6, SIZE)], 2),
    "cos": (cos, np.cos, [TINY, MODERATE, RANDOM.uniform(-1e6, 1e6, SIZE)], 2),
    "tan_pi": (tan_pi, lambda x: np.tan(PI * x), [0.25 * TINY, MODERATE / 41], 4),
    "cot_pi": (cot_pi, lambda x: 1 / np.tan(PI * x), [0.25 * TINY, MODERATE / 80], 4),
    "cot_pi at 1/2": (cot_pi, lambda x: np.tan(PI * (HALF - x)), [0.5 + 0.25 * TINY], 4),
    "atan": (atan, np.arctan, [TINY, MODERATE, 1.0 / TINY], 2),
    "tanh": (tanh, np.tanh, [TINY, MODERATE], 3),
}


@pytest.mark.parametrize("case", CASES)
def test_errors_in_ulps(apply, ulps, case):
    function, exact, arguments, bound = CASES[case]
    for x in arguments:
        assert ulps(apply(function, x), exact(x.astype(np.longdouble))).max() <= bound


@pytest.mark.parametrize(("function", "exact"), [(sin, mpmath.sin), (cos, mpmath.cos)])
def test_next_to_the_zeros(apply, function, exact):
    """The doubles next to multiples of pi/2, where only the reduction counts."""
    x = RANDOM.choice(QUARTERS, 500)
    with mpmath.workdps(50):
        expected = [float(exact(mpmath.mpf(value))) for value in x]
    np.testing.assert_allclose(apply(function, x), expected, rtol=2.0**-51)


def test_cot_pi_is_odd_about_one_half(apply):
    u = RANDOM.integers(1, 2**53, SIZE) / 2.0**53
    np.testing.assert_array_equal(apply(cot_pi, u), -apply(cot_pi, 1.0 - u))


def test_the_ends(apply):
    nan, inf = np.nan, np.inf
    ends = [0.0, inf, -inf, nan, 2e6]
    np.testing.assert_array_equal(apply(sin, ends), [0.0, nan, nan, nan, nan])
    np.testing.assert_array_equal(apply(cos, ends), [1.0, nan, nan, nan, nan])
    ends = [0.0, 0.5, -0.5, 1.0, inf, nan]
    np.testing.assert_array_equal(apply(tan_pi, ends), [0.0, inf, -inf, 0.0, nan, nan])
    np.testing.assert_array_equal(apply(cot_pi, ends), [inf, 0.0, 0.0, inf, nan, nan])
    ends = [inf, -inf, nan]
    np.testing.assert_array_equal(apply(atan, ends), [np.pi / 2, -np.pi / 2, nan])
    np.testing.assert_array_equal(apply(tanh, ends), [1.0, -1.0, nan])
