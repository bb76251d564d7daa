"""Heston's stochastic volatility with a variance that is gamma distributed, step by step.

With m and s² the mean and variance of V' given V, and ψ = s²/m², V' has shape 1/ψ: one formula for
all ψ, and smooth in everything, where the quadratic-exponential scheme changes its own.
"""

from math import log1p

from ....jit.compile import procedure
from ....jit.intrinsics import apart
from ....special.exp import exp
from ....special.incomplete_gamma import gamma_log_quantile, gamma_log_quantile_derivative
from ....special.normal import normal_cdf
from ..form import unwind_operation, walk_operation
from .heston_matched import spread as spread
from .heston_matched import unwind_by, walk_by

ALMOST_ONE, LEAST = 1.0 - 2.0**-53, 1e-300  # of probabilities


@procedure
def tails(z):
    """P(Z < z) and P(Z > z), neither 0 nor 1."""
    below, above = normal_cdf(z), normal_cdf(-z)
    return min(max(below, LEAST), ALMOST_ONE), min(max(above, LEAST), ALMOST_ONE)


@procedure
def advance(m, psi, tilt, z):
    """V', and ln E exp(tilt V')."""
    below, above = tails(z)
    return m * exp(gamma_log_quantile(1.0 / psi, below, above)), -log1p(-tilt * m * psi) / psi


@procedure
def slopes(m, psi, tilt, z):
    """∂V'/∂m, ∂V'/∂ψ, and the derivatives of ln E exp(tilt V') by m, ψ and tilt."""
    below, above = tails(z)
    shape, left = 1.0 / psi, 1.0 - tilt * m * psi
    by_m = exp(gamma_log_quantile(shape, below, above))
    moved = shape * gamma_log_quantile_derivative(shape, below, above) - 1.0
    log_psi = (log1p(-tilt * m * psi) / psi + tilt * m / left) / psi
    return by_m, -m * by_m * shape * moved, tilt / left, log_psi, m / left


@walk_operation
def walk(lanes, counts, structure, x, path, work):
    apart()
    walk_by(advance, lanes, counts[0], structure, x, path, work)


@unwind_operation
def unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work):
    apart()
    unwind_by(
        slopes, lanes, counts[0], structure, x, path, slope, slope_x, slope_structure, work
    )  # fmt: skip
