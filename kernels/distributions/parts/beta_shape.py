"""The derivative of the beta distribution in a, and the Hahn-Jordan pairs made of it.

-dI/da rises up to x* = exp(psi(a) - psi(a + b)), where the score changes sign, and falls
beyond. Sampling is inverting it on either side: Newton for its logarithm as a function of
t = log(x / (1 - x)), which is concave, from the outer side.

The slope of d²I/da² is f ((log x - m)² - s²), where m and s are mean and standard deviation of
log X: it rises up to log x = m - s, falls up to m + s (or for b <= 1 to the end), and rises
again (see `pieces`). Its values are differences of dI/da, as in `gamma_shape`.
"""

from math import inf, sqrt

from ...jit.compile import device, procedure, subroutine
from ...special.exp import exp, expm1
from ...special.gamma import digamma, trigamma
from ...special.incomplete_beta_fraction import beta_fraction, beta_power
from ...special.log import log, log1p
from . import pieces
from .gamma_shape import STEP

_LARGEST_LOGIT = 700.0


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
        t = min(max(t, -_LARGEST_LOGIT), _LARGEST_LOGIT)
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


@procedure
def slope_in_a(a, b, x, y):
    """dI/da."""
    return rate(a, b, x, y, 1.0, 0.0) * beta_power(a, b, x, y)


@procedure
def second(t, a, b):
    """d²I/da² at log(x / (1 - x)) = t and its slope in t."""
    x, y = halves(min(max(t, -_LARGEST_LOGIT), _LARGEST_LOGIT))
    mean, _, _ = threshold(a, b)
    variance = trigamma(a) - trigamma(a + b)
    h = STEP / sqrt(variance)
    near = slope_in_a(a + h, b, x, y) - slope_in_a(a - h, b, x, y)
    far = slope_in_a(a + 2.0 * h, b, x, y) - slope_in_a(a - 2.0 * h, b, x, y)
    distance = (log(x) if x < 0.5 else log1p(-y)) - mean
    slope = beta_power(a, b, x, y) * (distance * distance - variance)
    return (8.0 * near - far) / (12.0 * h), slope


@device
def extremes(a, b):
    """Where d²I/da² has its maximum and its minimum, as t; the latter may be the end."""
    mean, _, _ = threshold(a, b)
    spread = sqrt(trigamma(a) - trigamma(a + b))
    low, high = mean - spread, mean + spread
    end = high - log(-expm1(high)) if high < 0.0 else inf
    return low - log(-expm1(low)), min(end, _LARGEST_LOGIT)


_sample = pieces.sampler(second, 1.0)


@subroutine
def second_pair(a, b, v):
    """x and 1 - x where d²I/da² rises, and where it falls."""
    low, high = extremes(a, b)
    most = second(low, a, b)[0]
    if high < _LARGEST_LOGIT:
        places, values = (low, high), (most, second(high, a, b)[0])
        plus, minus = _sample(v, 0, places, values, a, b), _sample(v, 1, places, values, a, b)
    else:
        plus, minus = _sample(v, 0, (low,), (most,), a, b), _sample(v, 1, (low,), (most,), a, b)
    return halves(plus), halves(minus)


@subroutine
def second_height(a, b):
    low, high = extremes(a, b)
    least = second(high, a, b)[0] if high < _LARGEST_LOGIT else 0.0
    return pieces.rises((second(low, a, b)[0], least))
