"""The beta distribution: I_x(a, b), its inverse and its derivatives in the parameters.

Everything is computed from x and y = 1 - x, both with full relative accuracy, and from the
continued fraction on that side of the mean where it converges fast.
"""

import math

from ..jit.compile import device, subroutine
from .exp import exp, expm1
from .gamma import digamma
from .halley import halley_step
from .incomplete_beta_fraction import beta_fraction, beta_power, log_beta
from .log import log, log_ratio
from .normal import normal_quantile

_LARGEST_LOGIT = 690.0


@subroutine
def beta_probabilities(a, b, x, y):
    """I_x(a, b), 1 - I_x(a, b) and the density times x y, for 0 < x < 1 and y = 1 - x."""
    power = beta_power(a, b, x, y)
    if x * (a + b + 2.0) <= a + 1.0:
        lower = power / a * beta_fraction(a, b, x, y, 0.0, 0.0, False)[0]
        return lower, 1.0 - lower, power
    upper = power / b * beta_fraction(b, a, y, x, 0.0, 0.0, False)[0]
    return 1.0 - upper, upper, power


@subroutine
def beta_cdf(a, b, x):
    """I_x(a, b): the probability that a beta(a, b) variate is below x.

    Relative error of the smaller of I and 1 - I below 1e-13 for a and b from 1e-2 to 1e4.
    """
    if not (a > 0.0 and a < math.inf and b > 0.0 and b < math.inf and not math.isnan(x)):
        return math.nan
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    return beta_probabilities(a, b, x, 1.0 - x)[0]


@subroutine
def beta_survival(a, b, x):
    """1 - I_x(a, b), with the relative accuracy of `beta_cdf` where it is small."""
    if not (a > 0.0 and a < math.inf and b > 0.0 and b < math.inf and not math.isnan(x)):
        return math.nan
    if x <= 0.0 or x >= 1.0:
        return 1.0 if x <= 0.0 else 0.0
    return beta_probabilities(a, b, x, 1.0 - x)[1]


@subroutine
def beta_cdf_derivative(a, b, x, a_rate, b_rate):
    """a_rate · dI_x/da + b_rate · dI_x/db; -(this) / density is the pathwise derivative.

    Largest relative error measured for a and b from 1e-3 to 1e4: 1.4e-12.
    """
    if x <= 0.0 or x >= 1.0:
        return 0.0
    y = 1.0 - x
    if x * (a + b + 2.0) <= a + 1.0:
        return _lower_derivative(a, b, x, y, a_rate, b_rate)
    return -_lower_derivative(b, a, y, x, b_rate, a_rate)


@device
def _lower_derivative(a, b, x, y, a_rate, b_rate):
    value, rate = beta_fraction(a, b, x, y, a_rate, b_rate, True)
    both = digamma(a + b)
    log_rate = a_rate * (log(x) - digamma(a + 1.0) + both)
    log_rate += b_rate * (log(y) - digamma(b) + both)
    return beta_power(a, b, x, y) / a * (value * log_rate + rate)


@subroutine
def beta_quantile(a, b, u):
    """The x with I_x(a, b) = u: a beta variate from one uniform; 0 at 0, 1 at 1.

    Halley's iteration for log I (or log (1 - I), where u > 1/2) as a function of
    t = log(x / y). Both are concave, so it cannot fail.

    Relative error below 2e-15 (1/a + 1/b + 5) (1 + |log x| / 30): next to 0 or 1, x is as
    uncertain as u is, over a or b.
    """
    if not (a > 0.0 and a < math.inf and b > 0.0 and b < math.inf and u >= 0.0 and u <= 1.0):
        return math.nan
    if u == 0.0 or u == 1.0:
        return u
    return _both_sides(beta_logit_quantile(a, b, u, 1.0 - u))[0]


@subroutine
def beta_logit_quantile(a, b, p, q):
    """log(x / (1 - x)) for I_x(a, b) = p = 1 - q, both inside (0, 1)."""
    t = _starting_value(a, b, p, q)
    for _ in range(60):
        # At the ends I is a power, and the starting value exact.
        if abs(t) > _LARGEST_LOGIT:
            break
        x, y = _both_sides(t)
        step = _halley_step(a, b, p, q, x, y)
        if not math.isfinite(step):
            break
        t += step
        # The error after a step is of the order of its cube.
        if abs(step) < 1e-5:
            break
    return t


@subroutine
def beta_logit_quantile_derivative(a, b, p, q):
    """d log(x / (1 - x)) / da for I_x(a, b) = p = 1 - q: dx/da over x (1 - x)."""
    t = beta_logit_quantile(a, b, p, q)
    x, y = _both_sides(t)
    if x * (a + b + 2.0) <= a + 1.0:
        rate = _lower_derivative(a, b, x, y, 1.0, 0.0)
    else:
        rate = -_lower_derivative(b, a, y, x, 0.0, 1.0)
    return -rate / beta_power(a, b, x, y)


@device
def _both_sides(t):
    """x and 1 - x from log(x / (1 - x)), both with all their digits."""
    odds = exp(-abs(t))
    large = 1.0 / (1.0 + odds)
    small = odds * large
    return (small, large) if t < 0.0 else (large, small)


@device
def _halley_step(a, b, p, q, x, y):
    """What to add to log(x / y)."""
    lower, upper, power = beta_probabilities(a, b, x, y)
    drift = a * y - b * x
    if p < q:
        slope = power / lower
        return halley_step(-log_ratio(lower, p) / slope, drift - slope, 4.0)
    slope = power / upper
    return halley_step(log_ratio(upper, q) / slope, drift + slope, 4.0)


@device
def _starting_value(a, b, p, q):
    """An approximate quantile, as log(x / (1 - x))."""
    if a >= 1.0 and b >= 1.0:
        # Abramowitz and Stegun 26.5.22.
        z = normal_quantile(p) if p < q else -normal_quantile(q)
        first, second = 1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0)
        curvature = (z * z - 3.0) / 6.0
        harmonic = 2.0 / (first + second)
        w = z * math.sqrt(max(harmonic + curvature, 0.1 * harmonic)) / harmonic
        w += (second - first) * (curvature + 5.0 / 6.0 - 2.0 / (3.0 * harmonic))
        return log(a / b) + 2.0 * w
    # A power law at each end, joined at the mean; exact far out.
    both = log_beta(a, b)
    lower = exp(a * log(a / (a + b))) / a
    upper = exp(b * log(b / (a + b))) / b
    if p * (lower + upper) < lower:
        log_x = min((log(a * p) + both) / a, -0.05)
        return log_x - log(-expm1(log_x))
    log_y = min((log(b * q) + both) / b, -0.05)
    return log(-expm1(log_y)) - log_y
