"""Second derivatives of variates and of functions, by the rules that paths are followed with."""

import math

import mpmath
import numpy as np
import pytest
from dual_cases import UNARY, X, Y, user_code
from fastgrad.kernels.dual import elementwise, functions  # noqa: F401
from fastgrad.kernels.dual.arrays import swap
from fastgrad.kernels.dual.lists import dual_code
from fastgrad.kernels.dual.number import Dual, dual, tangent_of
from fastgrad.kernels.user.function import UserFunction
from numba import types
from rows import row

import fastgrad as fg
from fastgrad.distributions.facts import VANISHES

# The variate's second derivatives at a fixed uniform, against the quantile by mpmath.


def triangular_quantile(u, low, mode, high):
    if u * (high - low) <= mode - low:
        return low + mpmath.sqrt(u * (high - low) * (mode - low))
    return high - mpmath.sqrt((1 - u) * (high - low) * (high - mode))


CURVED = [
    (fg.Weibull(1.7, 0.8), lambda u, a, b: b * (-mpmath.log(1 - u)) ** (1 / a)),
    (fg.Pareto(2.3, 1.2), lambda u, a, b: b * (1 - u) ** (-1 / a)),
    (fg.LogNormal(0.3, 0.6), lambda u, m, s: mpmath.exp(
        m + s * mpmath.sqrt(2) * mpmath.erfinv(2 * u - 1))),
    (fg.Triangular(-0.5, 0.7, 2.0), triangular_quantile),
]  # fmt: skip
CDF = {
    "Weibull": lambda x, a, b: 1 - mpmath.exp(-((x / b) ** a)),
    "Pareto": lambda x, a, b: 1 - (x / b) ** -a,
    "LogNormal": lambda x, m, s: mpmath.ncdf((mpmath.log(x) - m) / s),
    "Triangular": lambda x, a, m, b: (
        (x - a) ** 2 / ((b - a) * (m - a)) if x < m else 1 - (b - x) ** 2 / ((b - a) * (b - m))
    ),
}


@pytest.mark.parametrize(
    ("distribution", "quantile"), CURVED, ids=[type(d).__name__ for d, _ in CURVED]
)
def test_second_derivatives_of_variates(distribution, quantile):
    values = distribution.values
    names = list(distribution.kernel.PARAMETERS)
    x = np.array([float(quantile(u, *values)) for u in (0.03, 0.2, 0.45, 0.6, 0.97)])
    cdf = CDF[type(distribution).__name__]
    for i, p in enumerate(names):
        for j, q in enumerate(names):
            name = distribution.curvature(p, q)
            order = tuple((k == i) + (k == j) for k in range(len(names)))
            found = 0.0 * x if name == VANISHES else row(distribution, name, x=x)
            for point, value in zip(x, found, strict=True):
                u = cdf(mpmath.mpf(point), *values)
                exact = mpmath.diff(lambda *v, u=u: quantile(u, *v), values, order)
                assert value == pytest.approx(float(exact), rel=1e-10, abs=1e-12)


def test_a_gammas_scale_is_exact_and_its_shape_is_not_known():
    gamma = fg.Gamma(1.7, 0.8)
    assert gamma.curvature("scale", "scale") == VANISHES
    assert gamma.curvature("scale", "shape") == "second_derivative_shape_scale"
    assert gamma.curvature("shape", "shape") is None
    x = np.array([0.01, 1.1, 7.0])
    mixed = row(gamma, "second_derivative_shape_scale", x=x)
    np.testing.assert_allclose(mixed, row(gamma, "derivative_shape", x=x) / 0.8, rtol=1e-14)


# Rules of functions, twice.


@pytest.mark.parametrize(
    ("function", "exact", "x"), UNARY, ids=lambda f: getattr(f, "__name__", None)
)
def test_second_derivatives_of_functions(function, exact, x):
    @user_code
    def run(x):
        inner = dual(x, (1.0,))
        number = dual(inner, (dual(1.0, (0.0,)),))
        return tangent_of(tangent_of(function(number), number)[0], inner)[0]

    # Roundings of the rules: trigamma to 1e-14, differences of terms of the size of the result.
    assert run(x) == pytest.approx(float(mpmath.diff(exact, x, 2)), rel=1e-12, abs=1e-14)


def hessian_of(function):
    """All second derivatives of a function of two numbers at (X, Y)."""
    kind = Dual(Dual(types.float64, 2), 2)
    compiled = UserFunction(function).compiled(swap(kind), dual_code(kind))

    @user_code
    def run(x, y):
        one, none = dual(1.0, (0.0, 0.0)), dual(0.0, (0.0, 0.0))
        a = dual(dual(x, (1.0, 0.0)), (one, none))
        b = dual(dual(y, (0.0, 1.0)), (none, one))
        outer = tangent_of(compiled(a, b), a)
        return tangent_of(outer[0], one), tangent_of(outer[1], one)

    return np.array(run(X, Y))


def arrays(x, y):
    a = np.array([x, y, x * y])
    b = np.zeros(3)
    b[:] = np.exp(a) * a**2
    values = [0.0] * 3
    values[1] = b[1] / (1.0 + b[0])
    return np.sum(b) + np.max(a) * np.sort(a)[0] + values[1] + np.dot(a, b)


def arrays_exact(x, y):
    a = (x, y, x * y)
    b = [mpmath.exp(t) * t**2 for t in a]
    return sum(b) + y * x + b[1] / (1 + b[0]) + sum(s * t for s, t in zip(a, b, strict=True))


FUNCTIONS = [
    (lambda x, y: x * y / (1.0 + x) - 2.0 / y, None),
    (lambda x, y: x**y + y**3 + 2.0**x + x**-1, None),
    (lambda x, y: math.atan2(x, y) * math.hypot(x, y),
     lambda x, y: mpmath.atan2(x, y) * mpmath.sqrt(x * x + y * y)),
    (lambda x, y: max(x, y) * min(x * y, 5.0) + abs(x - y) * x, None),
    (arrays, arrays_exact),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_hessians_of_functions(number):
    function, exact = FUNCTIONS[number]
    found = hessian_of(function)
    for i, j, order in ((0, 0, (2, 0)), (0, 1, (1, 1)), (1, 0, (1, 1)), (1, 1, (0, 2))):
        truth = float(mpmath.diff(exact or function, (X, Y), order))
        assert found[i, j] == pytest.approx(truth, rel=1e-12, abs=1e-13)
