"""The Hahn-Jordan pair of a gamma shape.

-dP/da rises up to x* = exp(psi(a)), where the score changes sign, and falls beyond. Sampling is
inverting it on either side: Newton for its logarithm as a function of t = log x, which is
concave, from the outer side.
"""

from math import sqrt

from ..compile import device, subroutine
from ..special.exp import exp
from ..special.gamma import digamma, log_gamma_1p
from ..special.incomplete_gamma import gamma_cdf_shape_derivative
from ..special.incomplete_gamma_series import scaled_density
from ..special.log import log

# Below e^-40 the power series of P is its first term.
_FIRST_TERM = -40.0


@device
def height(a):
    """-dP/da at its maximum: the constant of the pair."""
    return -gamma_cdf_shape_derivative(a, exp(digamma(a)))


@device
def logarithm(a, t, threshold):
    """log(-dP/da) at x = e^t, and its derivative in t."""
    if t < _FIRST_TERM:
        rest = digamma(a + 1.0) - t
        return a * t - log_gamma_1p(a) + log(rest), a - 1.0 / rest
    x = exp(t)
    slope = -gamma_cdf_shape_derivative(a, x)
    return log(slope), -a * scaled_density(a, x) * (t - threshold) / slope


@subroutine
def one_side(a, v, side):
    """The x on one side of x* (+1 above, -1 below) where -dP/da is v times its maximum."""
    threshold = digamma(a)
    most, depth = height(a), -log(v)
    x = exp(threshold)
    bend = a * scaled_density(a, x) / most
    reach = sqrt(2.0 * depth / bend)
    t = log(x * (1.0 + 1.3 * reach) + 1.3 * depth) if side > 0 else threshold - reach
    target = log(v * most)
    for _ in range(80):
        value, rate = logarithm(a, t, threshold)
        if side * rate >= 0.0:
            break
        step = (target - value) / rate
        after = t + step
        if side * (after - threshold) <= 0.0:
            after = 0.5 * (t + threshold)
        if abs(after - t) <= 1e-14 * (1.0 + abs(t)):
            return exp(after)
        t = after
    return exp(t)
