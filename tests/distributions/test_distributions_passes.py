"""Variates made in several runs over a row: the same bits as in one go, and how exact they are."""

import mpmath
import numpy as np
import pytest
from fastgrad.kernels.jit.compile import subroutine
from rows import variates, variates_by_lane

import fastgrad.distributions.families as d

DISTRIBUTIONS = [
    distribution
    for distribution in d.DISTRIBUTIONS.values()
    if hasattr(distribution.kernel, "PASSES")
]
EDGE = 2.0**-53
ENDS = [EDGE, 1e-12, 1e-6, 0.5, np.exp(-1.0), 1 - 1e-6, 1 - 1e-12, 1 - EDGE]
U = np.concatenate([ENDS, np.random.default_rng(2).random(1000)])
NUMBERS = (0.7, 1.3)


def one_by_one(distribution, u):
    """The scalar function, by a loop that LLVM may not vectorise (it stores backwards)."""
    function = distribution.kernel.variate

    @subroutine
    def loop(u, out):
        for i in range(u.size - 1, -1, -1):
            out[i] = function(u[i], *NUMBERS)

    out = np.empty(u.size)
    loop(u, out)
    return out


@pytest.mark.parametrize("kind", DISTRIBUTIONS, ids=lambda kind: kind.__name__)
def test_passes_give_the_bits_of_the_function_they_are_parts_of(kind):
    """Alone, in vectors, in what remains of a vector, and with parameters by lane."""
    distribution = kind(*NUMBERS)
    x = one_by_one(distribution, U)
    assert np.array_equal(variates(distribution, U), x)
    assert np.array_equal(variates_by_lane(distribution, U), x)
    for size in (1, 7, 8, 9, 31, 64):
        assert np.array_equal(variates(distribution, U[:size]), x[:size])
        assert np.array_equal(variates_by_lane(distribution, U[:size]), x[:size])


def test_there_are_such_distributions():
    """Those whose formulas are a chain of logarithms, exponentials and fractions."""
    chains = {"Weibull", "Pareto", "Gumbel", "Logistic", "Normal", "LogNormal"}
    assert chains <= {distribution.__name__ for distribution in DISTRIBUTIONS}


@pytest.mark.parametrize("shape", [1e-3, 0.05, 0.4, 1.0, 1.7, 30.0, 1e6])
def test_weibull_against_mpmath(shape):
    """One rounding of -ln u, and one of its logarithm L, whose last place is 2^-52 |L|.

    Both count 1/shape times in X = (-ln u)^(1/shape); the product itself has two more.
    """
    x = variates(d.Weibull(shape, 1.5), U)
    with mpmath.workdps(40):
        depth = [-mpmath.log(mpmath.mpf(float(u))) for u in U]
        exact = [mpmath.mpf(1.5) * y ** (1 / mpmath.mpf(shape)) for y in depth]
        limits = [
            (4.0 + 2.0 * abs(float(mpmath.log(y, 2)))) / shape * 2.0**-53 + 4.0 * 2.0**-53
            for y in depth
        ]
        for found, truth, limit in zip(x, exact, limits, strict=True):
            if truth > mpmath.mpf(2) ** 1024:
                assert found == np.inf
            elif truth > mpmath.mpf(2) ** -1022:
                assert abs(found / truth - 1) <= limit
            else:
                assert abs(found - truth) <= 2.0**-1022 * limit + 2.0**-1074


@pytest.mark.parametrize("shape", [0.2, 1.0, 2.5, 1e5])
def test_pareto_against_mpmath(shape):
    x = variates(d.Pareto(shape, 1.5), U)
    with mpmath.workdps(40):
        for found, u in zip(x, U, strict=True):
            depth = -mpmath.log(mpmath.mpf(float(u)))
            exact = mpmath.mpf(1.5) * mpmath.exp(depth / mpmath.mpf(shape))
            limit = (4.0 + 2.0 * float(depth)) / shape * 2.0**-53 + 4.0 * 2.0**-53
            assert abs(found / exact - 1) <= limit


def test_a_row_of_one_value_stays_one_value():
    for distribution in DISTRIBUTIONS:
        assert len(set(variates(distribution(*NUMBERS), np.full(101, 0.3)))) == 1


def test_shape_one_is_the_exponential():
    weibull, exponential = (
        variates(distribution, U) for distribution in (d.Weibull(1.0, 2.0), d.Exponential(2.0))
    )
    np.testing.assert_allclose(weibull, exponential, rtol=56 * 2.0**-53)
