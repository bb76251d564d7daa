"""The derivative of the beta distribution in a, and the Hahn-Jordan pair made of it.

-dI/da rises up to x* = exp(psi(a) - psi(a + b)), where the score changes sign, and falls
beyond. Sampling is inverting it on either side: Newton for its logarithm as a function of
t = log(x / (1 - x)), which is concave, from the outer side.
"""

from math import sqrt

from ..compile import device, subroutine
from ..special.exp import exp, expm1
from ..special.gamma import digamma
from ..special.incomplete_beta_fraction import beta_fraction, beta_power
from ..special.log import log, log1p


@device
def rate(a, b, x, y, a_rate, b_rate):
    """(a_rate · dI/da + b_rate · dI/db) over the density times x y, where y = 1 - x."""
    if x <= 0.0 or y <= 0.0:
        return 0.0
    if x * (a + b + 2.0) <= a + 1.0:
        return _lower_rate(a, b, x, y, a_rate, b_rate)
    return -_lower_rate(b, a, y, x, b_rate, a_rate)


@device
def _lower_rate(a, b, x, y, a_rate, b_rate):
    value, slope = beta_fraction(a, b, x, y, a_rate, b_rate, True)
    both = digamma(a + b)
    logarithmic = a_rate * (log(x) - digamma(a + 1.0) + both)
    logarithmic += b_rate * (log(y) - digamma(b) + both)
    return (value * logarithmic + slope) / a


@device
def threshold(a, b):
    """log x*, and x*, 1 - x*."""
    mean = digamma(a) - digamma(a + b)
    return mean, exp(mean), -expm1(mean)


@subroutine
def height(a, b):
    """-dI/da at its maximum: the constant of the pair."""
    _, x, y = threshold(a, b)
    return -rate(a, b, x, y, 1.0, 0.0) * beta_power(a, b, x, y)


@device
def halves(t):
    """x and 1 - x with log(x / (1 - x)) = t."""
    odds = exp(-abs(t))
    near, far = 1.0 / (1.0 + odds), odds / (1.0 + odds)
    return (near, far) if t > 0.0 else (far, near)


@subroutine
def one_side(a, b, v, side):
    """x and 1 - x on one side of x* (+1 above, -1 below) where -dI/da is v times its maximum."""
    mean, x, y = threshold(a, b)
    ratio = -rate(a, b, x, y, 1.0, 0.0)
    target = log(v) + log(ratio) + log(beta_power(a, b, x, y))
    middle = log(x / y)
    t = middle + side * sqrt(-2.0 * log(v) * ratio / y)
    for _ in range(80):
        t = min(max(t, -700.0), 700.0)
        x, y = halves(t)
        ratio = -rate(a, b, x, y, 1.0, 0.0)
        value = log(ratio) + log(beta_power(a, b, x, y))
        logarithm = log(x) if x < 0.5 else log1p(-y)
        slope = -(logarithm - mean) / ratio
        if side * slope >= 0.0:
            break
        after = t + (target - value) / slope
        if side * (after - middle) <= 0.0:
            after = 0.5 * (t + middle)
        if abs(after - t) <= 1e-14 * (1.0 + abs(t)):
            return halves(after)
        t = after
    return halves(t)
