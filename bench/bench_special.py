"""Special functions, ns each on one thread, against NumPy and SciPy."""

import numpy as np
import pytest
import rows
from fastgrad.kernels.jit.compile import subroutine
from fastgrad.kernels.special.exp import exp, expm1
from fastgrad.kernels.special.gamma import digamma, log_gamma
from fastgrad.kernels.special.incomplete_gamma import gamma_cdf
from fastgrad.kernels.special.lambert import lambert_wm1
from fastgrad.kernels.special.log import log, log1p
from fastgrad.kernels.special.normal import normal_cdf, normal_quantile
from fastgrad.kernels.special.trigonometric import tanh
from scipy import special
from timing import Ratio

SHAPE = 2.5


@subroutine
def gamma_cdf_of_one_shape(x):
    return gamma_cdf(SHAPE, x)


# Name: mine, theirs, what to multiply a uniform by.
FUNCTIONS = {
    "log": (log, np.log, 1.0),
    "log1p": (log1p, np.log1p, 1.0),
    "exp": (exp, np.exp, 10.0),
    "expm1": (expm1, np.expm1, 10.0),
    "tanh": (tanh, np.tanh, 3.0),
    "normal quantile": (normal_quantile, special.ndtri, 1.0),
    "normal distribution function": (normal_cdf, special.ndtr, -5.0),
    "log Gamma": (log_gamma, special.gammaln, 20.0),
    "digamma": (digamma, special.digamma, 20.0),
    "Lambert, lower branch": (
        lambert_wm1,
        lambda x, out: np.copyto(out, special.lambertw(x, -1).real),
        -1 / np.e,
    ),
    "incomplete gamma": (
        gamma_cdf_of_one_shape,
        lambda x, out: special.gammainc(SHAPE, x, out=out),
        8.0,
    ),
}


def loop(function):
    """The function over a row, compiled as an operation would be."""

    @subroutine
    def run(x, out):
        for i in range(out.size):
            out[i] = function(x[i])

    return run


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(compare, share, name):
    """One function over a row of numbers."""
    mine, theirs, scale = FUNCTIONS[name]
    x, out = scale * np.random.default_rng(1).random(rows.ROW), np.empty(rows.ROW)
    compiled = loop(mine)
    calls = max(1, int(rows.CALLS * share))
    contenders = {
        name: (rows.repeated(lambda: compiled(x, out), calls), calls * rows.ROW),
        "theirs": (rows.repeated(lambda: theirs(x, out=out), calls), calls * rows.ROW),
    }
    compare(f"Function, {name}", "number", contenders, [Ratio(name, "theirs")])
