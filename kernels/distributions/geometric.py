"""Geometric on 1, 2, …: trials up to the first success, X = ⌈ln U / ln(1 - p)⌉."""

from math import ceil, e, floor, inf

from ..jit.compile import device
from ..special.exp import exp
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import log, log1p
from .parts.reasons import STEP, about

PARAMETERS = {"p": "probability"}
UNIT, SUPPORT, FALLS = 1.0, (1.0, inf), True
NOT_APPLICABLE = about(STEP, "p", "derivative")
SMALLEST = 1e-14


def invalid(p):
    """The largest variate, 37 / p, must be a whole number that a double can hold."""
    return None if p >= SMALLEST else f"p must be at least {SMALLEST:g}, got {p}"


@device
def variate(u, p):
    return max(ceil(log(u) / log1p(-p)), 1.0)


@device
def probability(x, p):
    possible = x >= 1.0 and floor(x) == x
    return p * exp((x - 1.0) * log1p(-p)) if possible else 0.0


@device
def score_p(x, p):
    return 1.0 / p - (x - 1.0) / (1.0 - p)


@device
def second_score_p(x, p):
    return -1.0 / (p * p) - (x - 1.0) / ((1.0 - p) * (1.0 - p))


@device
def natural_p(x, v, p):
    """(1/p)(geometric - the same plus the trials up to one more success)."""
    return x, x + variate(v, p)


@device
def natural_p_constant(p):
    return 1.0 / p


@device
def natural_second_p(x, v, w, p):
    """(2/p²)(three successes - two)."""
    two = x + variate(v, p)
    return two + variate(w, p), two


@device
def natural_second_p_constant(p):
    return 2.0 / (p * p)


@device
def weight(k, p):
    """d P(X <= k) / dp = k (1 - p)^(k - 1)."""
    return k * exp((k - 1.0) * log1p(-p))


@device
def peak(p):
    """The k where `weight` is largest: the last one below 1/p + 1 or so."""
    k = max(ceil(1.0 / p) - 1.0, 1.0)
    return k + 1.0 if weight(k + 1.0, p) > weight(k, p) else k


@device
def hahn_jordan_p(v, p):
    """Up to 1/p against beyond: where `weight` is below a level, which is
    y e^(-y) = level for y = -k ln(1 - p)."""
    rate, top = -log1p(-p), peak(p)
    most = weight(top, p)
    low_level, high_level = v * most, (1.0 - v) * most
    scale = rate * (1.0 - p)
    low = ceil(-lambert_w0(max(-low_level * scale, -1.0 / e)) / rate)
    high = ceil(-lambert_wm1(max(-high_level * scale, -1.0 / e)) / rate)
    # ⌈…⌉ of a rounded number may be one off, where the weights decide.
    low = low - 1.0 if weight(low - 1.0, p) >= low_level else low
    low = low if weight(low, p) >= low_level else low + 1.0
    high = high - 1.0 if weight(high - 1.0, p) <= high_level else high
    high = high if weight(high, p) <= high_level else high + 1.0
    return min(max(low, 1.0), top), max(high, top + 1.0)


@device
def hahn_jordan_p_constant(p):
    return weight(peak(p), p)


def expectation(p):
    return 1.0 / p


def variance(p):
    return (1.0 - p) / (p * p)
