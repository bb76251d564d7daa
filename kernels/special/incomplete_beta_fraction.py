"""The continued fraction of the incomplete beta function, and the factor before it.

    I_x(a, b) = x^a y^b / (a B(a, b)) · K(a, b, x),        y = 1 - x

with the fraction of Didonato and Morris (1992), eq. 9, which takes two steps of
the classical one (DLMF 8.17.22) at a time. It converges fast for x < (a + 1) / (a + b + 2);
beyond that, I_x(a, b) = 1 - I_y(b, a).
"""

import math

from ..jit.compile import device
from ..jit.intrinsics import fma
from .exp import exp
from .gamma import log_gamma_1p, stirling_remainder
from .log import log, log1p, x_minus_log1p

_PER_ROOT_TWO_PI = 0.3989422804014327


@device
def beta_power(a, b, x, y):
    """x^a y^b / B(a, b): the density times x y."""
    if a >= 1.0 and b >= 1.0:
        # About the mean the exponents a log x + b log y cancel log B: take the difference first.
        total = a + b
        distance = fma(x, b, -y * a)
        exponent = a * _excess(distance / a, x * total / a)
        exponent += b * _excess(-distance / b, y * total / b)
        remainder = stirling_remainder(total) - stirling_remainder(a) - stirling_remainder(b)
        root = math.sqrt(a) * math.sqrt(b / total)
        return _PER_ROOT_TWO_PI * root * exp(remainder - exponent)
    # The smaller of x and y has the digits of both.
    log_x = log(x) if x < y else log1p(-y)
    log_y = log(y) if y < x else log1p(-x)
    return exp(a * log_x + b * log_y - log_beta(a, b))


@device
def log_beta(a, b):
    """log B(a, b), for the case that a or b is below 1."""
    small, large = min(a, b), max(a, b)
    # Gamma(a+b+1) / Gamma(large+1) by Stirling, as a difference.
    base, total = large + 1.0, large + small + 1.0
    ratio = (base - 0.5) * log1p(small / base) + small * (log(total) - 1.0)
    ratio += stirling_remainder(total) - stirling_remainder(base)
    return log_gamma_1p(small) - ratio - log(a * (b / (a + b)))


@device
def _excess(difference, ratio):
    """difference - log(ratio), where ratio = 1 + difference."""
    return x_minus_log1p(difference) if difference > -0.5 else difference - log(ratio)


@device
def beta_fraction(a, b, x, y, a_rate, b_rate, with_rate):
    """K, and its derivative in the direction (a_rate, b_rate) of the parameters.

    Numerators and denominators obey one recurrence of second order; a division every four
    terms keeps them in range and shows the convergence. The derivative's own is looked at
    `with_rate` only: for a whole number b the fraction ends, its derivative does not.
    """
    t = fma(a, y, fma(-b, x, 1.0))
    t_rate = a_rate * y - b_rate * x
    s = 1.0 / (a + 1.0)
    # The first terms are divided by a, which is in front of the fraction instead.
    below_before, below, above_before, above = 1.0, t * s, 0.0, 1.0
    below_rate_before, above_rate_before, above_rate = 0.0, 0.0, 0.0
    below_rate = (t_rate - t * s * a_rate) * s
    value = rate = 0.0
    n = 0.0
    while True:
        for _ in range(4):
            n += 1.0
            r, s = s, 1.0 / (a + 2.0 * n + 1.0)
            # Numerator (a+n-1) (a+b+n-1) n (b-n) x² r², its first factor dropped at n = 1.
            first, second, third = a + n - 1.0, a + b + n - 1.0, b - n
            first, first_rate = (first, a_rate) if n > 1.0 else (1.0, 0.0)
            scale = n * (x * r) * (x * r)
            c = scale * first * second * third
            c_rate = scale * (
                (first_rate * second + first * (a_rate + b_rate)) * third + first * second * b_rate
            )
            c_rate -= 2.0 * c * r * a_rate
            # Denominator n + n (b-n) x r + (a+n) (a y - b x + 1 + n (2-x)) s.
            linear = fma(n, 1.0 + y, t)
            left, right = n * x * r, (a + n) * s
            d = n + left * third + right * linear
            d_rate = left * (b_rate - third * r * a_rate) + right * (t_rate - linear * s * a_rate)
            d_rate += a_rate * s * linear

            below_rate_before, below_rate = (
                below_rate,
                d * below_rate + d_rate * below + c * below_rate_before + c_rate * below_before,
            )
            above_rate_before, above_rate = (
                above_rate,
                d * above_rate + d_rate * above + c * above_rate_before + c_rate * above_before,
            )
            below_before, below = below, fma(d, below, c * below_before)
            above_before, above = above, fma(d, above, c * above_before)
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
        # `not >` also ends the loop when something is nan.
        if not change > 2.0**-52 * size or n > 10_000:
            return value, rate
