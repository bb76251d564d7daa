"""What the degrees of freedom of Student's t decide: its density, tails and tables."""

from math import exp, lgamma, pi, sqrt

from numba import types

from ...jit.compile import device, operation, subroutine
from ...special.exp import expm1
from ...special.incomplete_beta import (
    beta_logit_quantile,
    beta_logit_quantile_derivative,
    beta_probabilities,
)
from ...special.log import log
from ...special.shape_tables import fill

_POINTER = types.CPointer(types.float64)
SMALLEST = 2.0**-54


@subroutine
def logit(u, degrees):
    """L of the variate of a uniform; 1 - 2 p is exact next to the middle, as p is in the tails."""
    tail = 2.0 * min(u, 1.0 - u)
    rest = max(2.0 * abs(u - 0.5), SMALLEST)
    return beta_logit_quantile(0.5 * degrees, 0.5, min(tail, 1.0 - SMALLEST), rest)


@device
def _logit_of(shapes, u, v):
    return beta_logit_quantile(0.5 * shapes[0], 0.5, u, v)


@operation(_POINTER, _POINTER)
def student_table(shapes, table):
    """L at twice the tail."""
    fill(_logit_of, shapes, table)


@subroutine
def height(degrees):
    """The density of T at 0; of two large ln Γ the difference by its series."""
    if degrees < 100.0:
        ratio = exp(lgamma(0.5 * (degrees + 1.0)) - lgamma(0.5 * degrees))
        return ratio / sqrt(degrees * pi)
    t = 1.0 / degrees
    series = -0.25 * t + t * t * t / 24.0 - t**5 / 20.0 + 17.0 * t**7 / 112.0
    return exp(series) / sqrt(2.0 * pi)


@subroutine
def beyond(z, degrees):
    """P(T > |z|)."""
    square = z * z
    inside, rest = degrees / (degrees + square), square / (degrees + square)
    if rest <= 0.0 or inside <= 0.0:
        return 0.5 if rest <= 0.0 else 0.0
    return 0.5 * beta_probabilities(0.5 * degrees, 0.5, inside, rest)[0]


@device
def _slope_of(shapes, u, v):
    return beta_logit_quantile_derivative(0.5 * shapes[0], 0.5, u, v)


@operation(_POINTER, _POINTER)
def student_derivative_table(shapes, table):
    """dL/da of the beta(a, 1/2) behind it, a = ν/2."""
    fill(_slope_of, shapes, table)


@device
def slopes(z, degrees):
    """-(ln f)' and its derivative."""
    below = 1.0 / (degrees + z * z)
    first = (degrees + 1.0) * z * below
    return first, (degrees + 1.0) * (degrees - z * z) * below * below


@device
def reach(v, degrees):
    """z² of the end of the slice whose height is v times the density at 0."""
    return degrees * expm1(-2.0 / (degrees + 1.0) * log(v))
