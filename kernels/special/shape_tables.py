"""Tables for the distributions whose quantile has a shape and no formula: gamma and beta.

Each operation fills `SIZE` numbers for `interpolate`, in about 5 ms. The first argument
points to the shape parameters. The functions tabulated are

    gamma     L = log(x / a)           x = a e^L               dx/da = x · dL
    beta      L = log(x / (1 - x))     x = 1 / (1 + e^-L)      dx/da = x (1 - x) · dL
    Maxwell   L = log(z² / 3)          |z| = 3^(1/2) e^(L/2)   z²/2 is gamma(3/2)
"""

from numba import types

from ..jit.compile import device, operation
from .incomplete_beta import beta_logit_quantile, beta_logit_quantile_derivative
from .incomplete_gamma import gamma_log_quantile, gamma_log_quantile_derivative
from .quantile_table import COEFFICIENTS, HALF, NODES, to_coefficients

_POINTER = types.CPointer(types.float64)


@device
def fill(function, shapes, table):
    """The table of a function(shapes, u, 1 - u)."""
    for cell in range(HALF):
        for k in range(COEFFICIENTS):
            v = NODES[cell, k]
            lower, upper = cell * COEFFICIENTS + k, (HALF + cell) * COEFFICIENTS + k
            table[lower] = function(shapes, v, 1.0 - v)
            table[upper] = function(shapes, 1.0 - v, v)
    to_coefficients(table)


@device
def _gamma(shapes, u, v):
    return gamma_log_quantile(shapes[0], u, v)


@operation(_POINTER, _POINTER)
def gamma_table(shapes, table):
    """log(x / a) of a gamma(a) variate."""
    fill(_gamma, shapes, table)


@device
def _maxwell(shapes, u, v):
    return gamma_log_quantile(1.5, u, v)


@operation(_POINTER, _POINTER)
def maxwell_table(shapes, table):
    """log(z² / 3) of a Maxwell variate z of scale 1, whatever location and scale are."""
    fill(_maxwell, shapes, table)


@device
def _gamma_derivative(shapes, u, v):
    return gamma_log_quantile_derivative(shapes[0], u, v)


@operation(_POINTER, _POINTER)
def gamma_derivative_table(shapes, table):
    """d(log x)/da of a gamma(a) variate."""
    fill(_gamma_derivative, shapes, table)


@device
def _beta(shapes, u, v):
    return beta_logit_quantile(shapes[0], shapes[1], u, v)


@operation(_POINTER, _POINTER)
def beta_table(shapes, table):
    """log(x / (1 - x)) of a beta(a, b) variate."""
    fill(_beta, shapes, table)


@device
def _beta_derivative(shapes, u, v):
    return beta_logit_quantile_derivative(shapes[0], shapes[1], u, v)


@operation(_POINTER, _POINTER)
def beta_derivative_table(shapes, table):
    """d log(x / (1 - x)) / da of a beta(a, b) variate."""
    fill(_beta_derivative, shapes, table)


@device
def _beta_derivative_of_b(shapes, u, v):
    return beta_logit_quantile_derivative(shapes[1], shapes[0], v, u)


@operation(_POINTER, _POINTER)
def beta_derivative_table_of_b(shapes, table):
    """-d log(x / (1 - x)) / db: the derivative in a for the shapes (b, a), at 1 - u."""
    fill(_beta_derivative_of_b, shapes, table)
