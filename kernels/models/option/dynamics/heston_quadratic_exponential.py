"""Heston's stochastic volatility by Andersen's quadratic-exponential scheme (2008).

With m and s² the mean and variance of V' given V, and ψ = s²/m²: for ψ ≤ 3/2

    V' = m (√q + √(1 - q) z)²,  q = √(1 - ψ/2),

elsewhere V' = w max(0, ln(2 / ((ψ + 1) Φ(-z)))) with w = m (ψ + 1)/2. Both have the two moments.
"""

from math import sqrt

from ....jit.compile import device
from ....jit.intrinsics import apart
from ....special.log import log
from ....special.normal import normal_cdf
from ..form import unwind_operation, walk_operation
from .heston_matched import spread as spread
from .heston_matched import unwind_by, walk_by

SWITCH = 1.5


@device
def next_variance(m, psi, z):
    """V'."""
    q = sqrt(1.0 - 0.5 * min(psi, SWITCH))
    g = sqrt(q) + sqrt(0.5 * psi / (1.0 + q)) * z
    far = log(2.0 / ((psi + 1.0) * max(normal_cdf(-z), 1e-300)))
    return m * g * g if psi <= SWITCH else 0.5 * m * (psi + 1.0) * max(far, 0.0)


@device
def variance_slopes(m, psi, z):
    """∂V'/∂m and ∂V'/∂ψ."""
    q = sqrt(1.0 - 0.5 * min(psi, SWITCH))
    rest = 0.5 * psi / (1.0 + q)  # 1 - q
    g = sqrt(q) + sqrt(rest) * z
    by_q = m * g * (1.0 / sqrt(q) - z / sqrt(rest))
    far = max(log(2.0 / ((psi + 1.0) * max(normal_cdf(-z), 1e-300))), 0.0)
    inside = 0.5 * m * (far - 1.0) if far > 0.0 else 0.0
    near = psi <= SWITCH
    by_m = g * g if near else 0.5 * (psi + 1.0) * far
    return by_m, -0.25 * by_q / q if near else inside


@device
def log_moment(m, psi, tilt):
    """ln E exp(tilt V')."""
    q = sqrt(1.0 - 0.5 * min(psi, SWITCH))
    a = m * 0.5 * psi / (1.0 + q)
    left = 1.0 - 2.0 * tilt * a
    near = tilt * (m - a) / left - 0.5 * log(max(left, 1e-300))
    rest = 1.0 - 0.5 * tilt * m * (psi + 1.0)
    far = log(max((rest + tilt * m) / rest, 1e-300))
    return near if psi <= SWITCH else far


@device
def log_moment_slopes(m, psi, tilt):
    """Its ∂/∂m, ∂/∂ψ and ∂/∂tilt."""
    q = sqrt(1.0 - 0.5 * min(psi, SWITCH))
    a = m * 0.5 * psi / (1.0 + q)
    left = 1.0 - 2.0 * tilt * a
    by_a = 2.0 * tilt * tilt * (m - a) / (left * left)
    near_m = tilt / left + by_a * a / m
    near_tilt = (m - a) / (left * left) + a / left
    w = 0.5 * m * (psi + 1.0)
    rest = 1.0 - tilt * w
    over = rest + tilt * m
    by_w = tilt / rest - tilt / over
    far_m = tilt / over + by_w * w / m
    far_tilt = (m - w) / over + w / rest
    if psi <= SWITCH:
        return near_m, by_a * 0.25 * m / q, near_tilt
    return far_m, 0.5 * by_w * m, far_tilt


@device
def advance(m, psi, tilt, z):
    return next_variance(m, psi, z), log_moment(m, psi, tilt)


@device
def slopes(m, psi, tilt, z):
    by_m, by_psi = variance_slopes(m, psi, z)
    log_m, log_psi, log_tilt = log_moment_slopes(m, psi, tilt)
    return by_m, by_psi, log_m, log_psi, log_tilt


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
