"""Both branches of Lambert's function against mpmath, scipy and their own equation."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.special.lambert import lambert_w0, lambert_wm1
from scipy import special

RANDOM = np.random.default_rng(5)
EPSILON = 2.0**-52
BRANCH_POINT = -np.exp(-1.0)
BRANCHES = [(lambert_w0, 0), (lambert_wm1, -1)]


def negative_arguments(size):
    """From the branch point to 0, dense at both ends."""
    x = np.concatenate(
        [
            BRANCH_POINT * (1.0 - 10.0 ** RANDOM.uniform(-15, -1, size)),
            RANDOM.uniform(BRANCH_POINT, 0, size),
            -(10.0 ** RANDOM.uniform(-320, -0.5, size)),
        ]
    )
    return x[x > BRANCH_POINT]


@pytest.mark.parametrize(("function", "branch"), BRANCHES)
def test_relative_error_against_mpmath(apply, function, branch):
    x = negative_arguments(150)
    if branch == 0:
        x = np.concatenate([x, RANDOM.uniform(0, 10, 100), 10.0 ** RANDOM.uniform(-320, 1, 100)])
    with mpmath.workdps(30):
        expected = [float(mpmath.lambertw(value, branch).real) for value in x]
    np.testing.assert_allclose(apply(function, x), expected, rtol=5 * EPSILON, atol=5e-324)


@pytest.mark.parametrize(("function", "branch"), BRANCHES)
def test_next_to_the_branch_point(apply, function, branch):
    """w = -1 ± p - p²/3 ± 11 p³/72 - … with p² = 2 (1 + e x): right to 1e-9 of w + 1."""
    x = BRANCH_POINT * (1.0 - 10.0 ** RANDOM.uniform(-15, -6, 300))
    with mpmath.workdps(30):
        p = np.array([float(mpmath.sqrt(2 * (1 + mpmath.e * mpmath.mpf(v)))) for v in x])
    p = p if branch == 0 else -p
    series = p * (1.0 + p * (-1.0 / 3.0 + p * (11.0 / 72.0 - p * 43.0 / 540.0)))
    # w itself is only known to the spacing of doubles at -1.
    error = apply(function, x) + 1.0 - series
    assert np.all(np.abs(error) <= 2 * EPSILON + np.abs(p) ** 5)


@pytest.mark.parametrize(("function", "branch"), BRANCHES)
def test_agrees_with_scipy(apply, function, branch):
    x = RANDOM.uniform(-0.36, 0.0, 20_000)
    np.testing.assert_allclose(apply(function, x), special.lambertw(x, branch).real, rtol=1e-14)


def test_the_ends(apply):
    nan, inf = np.nan, np.inf
    ends = [BRANCH_POINT, np.nextafter(BRANCH_POINT, -1), -0.37, 0.0, 10.1, inf, -inf, nan]
    expected = [-1.0, -1.0, nan, 0.0, nan, nan, nan, nan]
    np.testing.assert_array_equal(apply(lambert_w0, ends), expected)
    expected = [-1.0, -1.0, nan, -inf, nan, nan, nan, nan]
    np.testing.assert_array_equal(apply(lambert_wm1, ends), expected)
