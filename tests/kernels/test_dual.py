"""Dual numbers in compiled code, against derivatives taken with 40 digits by mpmath."""

import math

import mpmath
import numpy as np
import pytest
from dual_cases import UNARY, X, Y, gradient_of, user_code
from fastgrad.kernels.dual import elementwise, functions  # noqa: F401
from fastgrad.kernels.dual.number import Dual, dual, tangent_of, value_of
from numba import types

mpmath.mp.dps = 40
PLANE = Dual(types.float64, 2)

NUMPY_NAMES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
}  # fmt: skip
SHARED = [
    function.__name__
    for function, _, _ in UNARY
    if function.__module__ == "math" and function.__name__ not in ("erf", "erfc", "gamma", "lgamma")
]


@pytest.mark.parametrize(
    ("function", "exact", "x"), UNARY, ids=lambda f: getattr(f, "__name__", None)
)
def test_functions_of_one_number(function, exact, x):
    @user_code
    def run(x):
        result = function(dual(x, (1.0, -2.0)))
        return value_of(result), tangent_of(result, dual(x, (1.0, -2.0)))

    value, (first, second) = run(x)
    slope = float(mpmath.diff(exact, x))
    # Values to 2 ulp of libm; slopes to a few roundings, digamma's 1e-14 included.
    assert value == pytest.approx(float(exact(mpmath.mpf(x))), rel=1e-15 * 4)
    assert first == pytest.approx(slope, rel=2e-14)
    assert second == -2.0 * first


@pytest.mark.parametrize("name", SHARED)
def test_numpys_functions_are_the_same(name):
    other = getattr(np, NUMPY_NAMES.get(name, name))
    function, _, x = next(entry for entry in UNARY if entry[0].__name__ == name)

    @user_code
    def run(x):
        number = dual(x, (1.0,))
        a, b = function(number), other(number)
        return value_of(a) == value_of(b), tangent_of(a, number)[0], tangent_of(b, number)[0]

    same, first, second = run(x)
    assert same
    assert first == second


def check(function, exact=None):
    value, (by_x, by_y) = gradient_of(function)
    exact = exact or function
    assert value == pytest.approx(function(X, Y), rel=4e-15)
    assert by_x == pytest.approx(float(mpmath.diff(exact, (X, Y), (1, 0))), rel=4e-14, abs=1e-15)
    assert by_y == pytest.approx(float(mpmath.diff(exact, (X, Y), (0, 1))), rel=4e-14, abs=1e-15)


EXPRESSIONS = [
    lambda x, y: x + 2 * y - 1.0 / x * y,
    lambda x, y: -x - (+y) + True * x,
    lambda x, y: x**2 + y**3 + x**-1 + x**0,
    lambda x, y: x**y + 2.0**y + y**0.5,
    lambda x, y: max(x, y) + 3.0 * min(x, y) + max(x, 0.5, y) * min(2, x, y),
    lambda x, y: y % x + (7 * y) % 2.0 + 5.0 % x,
    lambda x, y: x if x < y and y >= 1.0 and x != y else 10.0 * y,
    lambda x, y: abs(x - y) * x,
]


@pytest.mark.parametrize("number", range(len(EXPRESSIONS)))
def test_operators(number):
    check(EXPRESSIONS[number])


def test_float_keeps_the_derivative():
    assert gradient_of(lambda x, y: float(x) * y) == (X * Y, (Y, X))


def test_functions_of_two_numbers():
    check(
        lambda x, y: math.atan2(x, y) + math.hypot(x, y) * math.pow(x, y),
        lambda x, y: mpmath.atan2(x, y) + mpmath.sqrt(x * x + y * y) * mpmath.power(x, y),
    )
    check(
        lambda x, y: np.maximum(x, y) + np.minimum(x, 2.0) * np.where(x < y, x, 1.0)
        + np.clip(x * y, 0.0, 5.0),
        lambda x, y: max(x, y) + x * x + x * y,
    )  # fmt: skip


def test_roundings_carry_no_derivative():
    assert gradient_of(lambda x, y: int(10 * x) * y + math.floor(y) + np.floor(x) + y // x) == (
        pytest.approx(7 * Y + 1 + 0 + 1),
        (0.0, 7.0),
    )


def test_a_variable_may_begin_as_a_plain_number():
    def loop(x, y):
        total, last = 0.0, 1
        for _ in range(4):
            if total < 3.0:
                total += x * y
                last = y
            else:
                total = 2.0
        return total * last

    # 0.91, 1.82, 2.73, 3.64: never reset, so the result is 4 x y².
    value, (by_x, by_y) = gradient_of(loop)
    assert value == pytest.approx(4 * X * Y * Y, rel=1e-15 * 4)
    assert by_x == pytest.approx(4 * Y * Y, rel=1e-14)
    assert by_y == pytest.approx(8 * X * Y, rel=1e-14)


def test_arrays_made_inside_hold_duals():
    def smooth(x, y):
        made = np.zeros(4)
        for k in range(4):
            made[k] = x * k
        grid = np.ones((2, 2))
        grid[1, 0] = y
        more = np.empty_like(made)
        more[:] = y
        whole = np.zeros(3, dtype=np.int64)
        whole[1] = 2
        return np.sum(made) + grid[1, 0] * grid[0, 0] + np.dot(made, more) + whole[1] * made[-1]

    value, (by_x, by_y) = gradient_of(smooth)  # 6x + y + 6xy + 6x
    assert value == pytest.approx(12 * X + Y + 6 * X * Y, rel=1e-14)
    assert by_x == pytest.approx(12 + 6 * Y, rel=1e-14)
    assert by_y == pytest.approx(1 + 6 * X, rel=1e-14)


def test_arithmetic_on_whole_arrays():
    def whole(x, y):
        a = np.array([x, y])
        b = 2.0 * a + a / y - 1.0
        c = np.exp(-a) * b**2 + np.maximum(a, 1.0)
        plain = np.ones(2) * x
        more = np.sum((a > 1.0) * 1.0)
        return np.sum(c) + np.sum(plain) + more * np.cumsum(a)[1]

    def exact(x, y):
        terms = [mpmath.exp(-t) * (2 * t + t / y - 1) ** 2 + max(t, 1) for t in (x, y)]
        return sum(terms) + 2 * x + x + y

    value, (by_x, by_y) = gradient_of(whole)
    assert value == pytest.approx(float(exact(X, Y)), rel=1e-14)
    assert by_x == pytest.approx(float(mpmath.diff(exact, (X, Y), (1, 0))), rel=1e-13)
    assert by_y == pytest.approx(float(mpmath.diff(exact, (X, Y), (0, 1))), rel=1e-13)


def test_order_statistics():
    def ordered(x, y):
        a = np.array([y, x, 1.0])
        return np.sort(a)[0] + 10.0 * np.sort(a)[2] + 100.0 * a[np.argmin(a)] + np.argmax(a)

    assert gradient_of(ordered) == (pytest.approx(101 * X + 10 * Y), (101.0, 10.0))


def test_lists_and_reductions():
    def listed(x, y):
        values = [x, y]
        values.append(x * y)
        return np.max(np.array(values)) + np.mean(np.array([x, y])) - np.min(np.array((x, y)))

    value, tangents = gradient_of(listed)  # y + (x + y)/2 - x
    assert value == pytest.approx(1.5 * Y - 0.5 * X)
    assert tangents == pytest.approx((-0.5, 1.5))


def test_lists_of_plain_numbers_take_duals_later():
    def listed(x, y):
        zeros = [0.0] * 3
        zeros[1] = x
        ones = [1.0 for _ in range(2)]
        ones[0] = y
        counts = [0, 0]
        counts[1] += 2
        grown = []
        grown.append(0.0)
        grown.append(x * y)
        return zeros[1] * ones[0] + grown[1] * counts[1] + sum(zeros)

    value, (by_x, by_y) = gradient_of(listed)  # 3 x y + x
    assert value == pytest.approx(3 * X * Y + X, rel=1e-14)
    assert by_x == pytest.approx(3 * Y + 1, rel=1e-14)
    assert by_y == pytest.approx(3 * X, rel=1e-14)


def test_duals_of_duals_give_second_derivatives():
    @user_code
    def run(x):
        inner = dual(x, (1.0,))
        number = dual(inner, (dual(1.0, (0.0,)),))
        result = math.exp(number * number) / (1.0 + number) + max(number, 0.1) ** 3
        first = tangent_of(result, number)[0]
        return value_of(value_of(result)), value_of(first), tangent_of(first, inner)[0]

    def exact(x):
        return mpmath.exp(x * x) / (1 + x) + x**3

    for order, found in enumerate(run(X)):
        assert found == pytest.approx(float(mpmath.diff(exact, X, order)), rel=1e-13)


def test_division_by_zero_is_an_error_as_in_python():
    with pytest.raises(ZeroDivisionError):
        gradient_of(lambda x, y: x / (y - y))
