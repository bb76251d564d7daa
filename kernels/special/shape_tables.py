"""Tables for the distributions whose quantile has a shape and no formula: gamma and beta.

Each operation fills `SIZE` numbers for `interpolate`, in about 5 ms. The first argument
points to the shape parameters. The functions tabulated are

    gamma     L = log(x / a)           x = a e^L               dx/da = x · dL
    beta      L = log(x / (1 - x))     x = 1 / (1 + e^-L)      dx/da = x (1 - x) · dL
    Maxwell   L = log(z² / 3)          |z| = 3^(1/2) e^(L/2)   z²/2 is gamma(3/2)
"""

from numba import types

from ..compile import operation
from .incomplete_beta import beta_logit_quantile, beta_logit_quantile_derivative
from .incomplete_gamma import gamma_log_quantile, gamma_log_quantile_derivative
from .quantile_table import COEFFICIENTS, HALF, NODES, to_coefficients

_POINTER = types.CPointer(types.float64)


@operation(_POINTER, _POINTER)
def gamma_table(shape, table):
    """log(x / a) of a gamma(a) variate."""
    for cell in range(HALF):
        for k in range(COEFFICIENTS):
            v = NODES[cell, k]
            lower, upper = cell * COEFFICIENTS + k, (HALF + cell) * COEFFICIENTS + k
            table[lower] = gamma_log_quantile(shape[0], v, 1.0 - v)
            table[upper] = gamma_log_quantile(shape[0], 1.0 - v, v)
    to_coefficients(table)


@operation(_POINTER, _POINTER)
def maxwell_table(parameters, table):
    """log(z² / 3) of a Maxwell variate z of scale 1, whatever location and scale are."""
    for cell in range(HALF):
        for k in range(COEFFICIENTS):
            v = NODES[cell, k]
            lower, upper = cell * COEFFICIENTS + k, (HALF + cell) * COEFFICIENTS + k
            table[lower] = gamma_log_quantile(1.5, v, 1.0 - v)
            table[upper] = gamma_log_quantile(1.5, 1.0 - v, v)
    to_coefficients(table)


@operation(_POINTER, _POINTER)
def gamma_derivative_table(shape, table):
    """d(log x)/da of a gamma(a) variate."""
    for cell in range(HALF):
        for k in range(COEFFICIENTS):
            v = NODES[cell, k]
            lower, upper = cell * COEFFICIENTS + k, (HALF + cell) * COEFFICIENTS + k
            table[lower] = gamma_log_quantile_derivative(shape[0], v, 1.0 - v)
            table[upper] = gamma_log_quantile_derivative(shape[0], 1.0 - v, v)
    to_coefficients(table)


@operation(_POINTER, _POINTER)
def beta_table(shapes, table):
    """log(x / (1 - x)) of a beta(a, b) variate."""
    for cell in range(HALF):
        for k in range(COEFFICIENTS):
            v = NODES[cell, k]
            lower, upper = cell * COEFFICIENTS + k, (HALF + cell) * COEFFICIENTS + k
            table[lower] = beta_logit_quantile(shapes[0], shapes[1], v, 1.0 - v)
            table[upper] = beta_logit_quantile(shapes[0], shapes[1], 1.0 - v, v)
    to_coefficients(table)


@operation(_POINTER, _POINTER)
def beta_derivative_table(shapes, table):
    """d log(x / (1 - x)) / da of a beta(a, b) variate."""
    for cell in range(HALF):
        for k in range(COEFFICIENTS):
            v = NODES[cell, k]
            lower, upper = cell * COEFFICIENTS + k, (HALF + cell) * COEFFICIENTS + k
            table[lower] = beta_logit_quantile_derivative(shapes[0], shapes[1], v, 1.0 - v)
            table[upper] = beta_logit_quantile_derivative(shapes[0], shapes[1], 1.0 - v, v)
    to_coefficients(table)


@operation(_POINTER, _POINTER)
def beta_derivative_table_of_b(shapes, table):
    """-d log(x / (1 - x)) / db: the derivative in a for the shapes (b, a), at 1 - u."""
    for cell in range(HALF):
        for k in range(COEFFICIENTS):
            v = NODES[cell, k]
            lower, upper = cell * COEFFICIENTS + k, (HALF + cell) * COEFFICIENTS + k
            table[lower] = beta_logit_quantile_derivative(shapes[1], shapes[0], 1.0 - v, v)
            table[upper] = beta_logit_quantile_derivative(shapes[1], shapes[0], v, 1.0 - v)
    to_coefficients(table)
