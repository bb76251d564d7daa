"""Functions of one number that duals know, with mpmath's for comparison."""

import math

import mpmath
import numba
import numpy as np
from fastgrad.kernels.dual import elementwise, functions  # noqa: F401
from fastgrad.kernels.dual.arrays import swap
from fastgrad.kernels.dual.lists import dual_code
from fastgrad.kernels.dual.number import Dual, dual, tangent_of, value_of
from fastgrad.kernels.user.function import UserFunction
from numba import types

# As users' functions are compiled, but called from Python.
user_code = numba.njit(error_model="python", boundscheck=True)

X, Y = 0.7, 1.3
PLANE = Dual(types.float64, 2)

# function, the same in mpmath, argument
UNARY = [
    (math.sqrt, mpmath.sqrt, X),
    (math.exp, mpmath.exp, X),
    (math.expm1, mpmath.expm1, X),
    (math.log, mpmath.log, X),
    (math.log1p, lambda x: mpmath.log(1 + x), X),
    (math.log2, lambda x: mpmath.log(x, 2), X),
    (math.log10, mpmath.log10, X),
    (math.sin, mpmath.sin, X),
    (math.cos, mpmath.cos, X),
    (math.tan, mpmath.tan, X),
    (math.asin, mpmath.asin, X),
    (math.acos, mpmath.acos, X),
    (math.atan, mpmath.atan, X),
    (math.sinh, mpmath.sinh, X),
    (math.cosh, mpmath.cosh, X),
    (math.tanh, mpmath.tanh, X),
    (math.asinh, mpmath.asinh, X),
    (math.acosh, mpmath.acosh, Y),
    (math.atanh, mpmath.atanh, X),
    (math.erf, mpmath.erf, X),
    (math.erfc, mpmath.erfc, X),
    (math.gamma, mpmath.gamma, X),
    (math.lgamma, mpmath.loggamma, X),
    (abs, abs, -X),
    (math.fabs, abs, -X),
    (np.square, lambda x: x * x, X),
]


def gradient_of(function, x=X, y=Y):
    """Value and both partial derivatives, by duals; with NumPy's stand-in for arrays."""
    compiled = UserFunction(function).compiled(swap(PLANE), dual_code(PLANE))

    @user_code
    def run(x, y):
        a, b = dual(x, (1.0, 0.0)), dual(y, (0.0, 1.0))
        result = compiled(a, b)
        return value_of(result), tangent_of(result, a)

    return run(x, y)
