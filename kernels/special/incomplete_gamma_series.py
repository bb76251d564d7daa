"""The incomplete gamma functions for small and moderate shapes: a series and a fraction.

Each returns the derivative with respect to the shape as well; where that is not used, the
compiler drops it, because these functions are inlined.
"""

import math

from ..jit.compile import device
from ..jit.intrinsics import fma
from .exp import exp, expm1
from .gamma import log_gamma_1p, stirling_remainder
from .log import log, x_minus_log1p

_ROOT_TWO_PI = 2.5066282746310002
_LAST_DIGIT = 1e-17


@device
def scaled_density(a, x):
    """x^a e^-x / Gamma(a + 1), which is x / a times the density."""
    if a < 1.0:
        return exp(a * log(x) - x - log_gamma_1p(a))
    # a log x - x and log_gamma(a + 1) are large and almost equal: take the difference first.
    near = x > 0.5 * a
    exponent = a * x_minus_log1p((x - a) / a) if near else (x - a) - a * log(x / a)
    return exp(-exponent - stirling_remainder(a)) / (_ROOT_TWO_PI * math.sqrt(a))


@device
def lower_series(a, x):
    """1 + x/(a+1) + x²/((a+1)(a+2)) + …, all terms positive; and its derivative in a.

    P(a, x) is this times `scaled_density` (DLMF 8.11.4).
    """
    term = total = 1.0
    slope = derivative = 0.0
    n = a
    while term > total * _LAST_DIGIT:
        n += 1.0
        reciprocal = 1.0 / n
        term *= x * reciprocal
        total += term
        slope -= reciprocal
        derivative = fma(term, slope, derivative)
    return total, derivative


@device
def upper_fraction(a, x, with_rate):
    """1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - …))) for x > a; and its derivative in a.

    Q(a, x) is this times a `scaled_density` (DLMF 8.9.2, even part). Numerators and
    denominators obey one recurrence of second order; no division but one every four terms,
    which keeps them in range and shows the convergence. The derivative's own is looked at
    `with_rate` only: for a whole number a the fraction ends, its derivative does not.
    """
    below_before, below, above_before, above = 1.0, x + 1.0 - a, 0.0, 1.0
    below_rate_before, below_rate, above_rate_before, above_rate = 0.0, -1.0, 0.0, 0.0
    value = rate = 0.0
    n = 0.0
    while True:
        for _ in range(4):
            n += 1.0
            b = x + 2.0 * n + 1.0 - a
            c = n * (a - n)
            below_rate_before, below_rate = (
                below_rate,
                (b * below_rate - below + c * below_rate_before + n * below_before),
            )
            above_rate_before, above_rate = (
                above_rate,
                (b * above_rate - above + c * above_rate_before + n * above_before),
            )
            below_before, below = below, fma(b, below, c * below_before)
            above_before, above = above, fma(b, above, c * above_before)
        scale = 1.0 / below
        below_before, below = below_before * scale, 1.0
        above_before, above = above_before * scale, above * scale
        below_rate_before, below_rate = below_rate_before * scale, below_rate * scale
        above_rate_before, above_rate = above_rate_before * scale, above_rate * scale
        value_before, value = value, above
        rate_before, rate = rate, above_rate - above * below_rate
        change, size = abs(value - value_before), value
        if with_rate:
            # Its roundings are larger; waiting for them to agree would only add to them.
            change, size = change + abs(rate - rate_before), 2.0**8 * (size + abs(rate))
        if change <= 2.0**-52 * size:
            return value, rate


@device
def upper_at_small_x(a, x):
    """Q(a, x) for x < 1, where P is so close to 1 that 1 - P has no digits.

    1 - x^a / Gamma(1+a) · (1 + a sum (-x)^n / (n! (a + n))) (DLMF 8.7.1).
    """
    exponent = a * log(x) - log_gamma_1p(a)
    term, total, n = 1.0, 0.0, 0.0
    while abs(term) > _LAST_DIGIT:
        n += 1.0
        term *= -x / n
        total += term / (a + n)
    return -expm1(exponent) - exp(exponent) * a * total
