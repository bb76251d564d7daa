"""The Hahn-Jordan pairs of a gamma shape, of first and second order.

-dP/da rises up to x* = exp(psi(a)), where the score changes sign, and falls beyond. Sampling is
inverting it on either side: Newton for its logarithm as a function of t = log x, which is
concave, from the outer side.

d²P/da² has the slope f ((t - psi)² - psi') in t = log x, f being the density of t: it rises up
to psi - sqrt(psi'), falls up to psi + sqrt(psi') and rises again (see `pieces`). Its values are
differences of dP/da, of fourth order, at steps of STEP standard deviations of an estimate of
a: right to 10^-9 of the largest.
"""

from math import sqrt

from ...jit.compile import device, procedure, subroutine
from ...special.exp import exp
from ...special.gamma import digamma, log_gamma_1p, trigamma
from ...special.incomplete_gamma import gamma_cdf_shape_derivative
from ...special.incomplete_gamma_series import scaled_density
from ...special.log import log
from . import pieces

# Below e^-40 the power series of P is its first term.
_FIRST_TERM = -40.0
STEP = 0.004


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


@procedure
def second(t, a, b):
    """d²P/da² at x = e^t and its slope in t."""
    distance, spread = t - digamma(a), trigamma(a)
    bend = distance * distance - spread
    if t < _FIRST_TERM:
        probability = exp(a * t - log_gamma_1p(a))
        rest = t - digamma(a + 1.0)
        return probability * (rest * rest - trigamma(a + 1.0)), a * probability * bend
    x, h = exp(t), STEP / sqrt(spread)
    near = gamma_cdf_shape_derivative(a + h, x) - gamma_cdf_shape_derivative(a - h, x)
    far = gamma_cdf_shape_derivative(a + 2.0 * h, x) - gamma_cdf_shape_derivative(a - 2.0 * h, x)
    return (8.0 * near - far) / (12.0 * h), a * scaled_density(a, x) * bend


@procedure
def extremes(a):
    """Where d²P/da² has its maximum and its minimum, as t, and the two values."""
    mean, spread = digamma(a), sqrt(trigamma(a))
    low, high = mean - spread, mean + spread
    return (low, high), (second(low, a, 0.0)[0], second(high, a, 0.0)[0])


_sample = pieces.sampler(second, 1.0)


@subroutine
def second_pair(a, v):
    """x where d²P/da² rises, and where it falls."""
    places, values = extremes(a)
    plus = _sample(v, 0, places, values, a, 0.0)
    return exp(plus), exp(_sample(v, 1, places, values, a, 0.0))


@subroutine
def second_height(a):
    return pieces.rises(extremes(a)[1])
