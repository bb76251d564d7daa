"""Triangular on [low, high] with its mode between them.

A slice of the density at height t is uniform on [low + (mode - low) t, high - (high - mode) t];
given x, t is uniform up to the density at x over its maximum. Moving an end of a uniform
distribution is simple, and that gives every pair here.
"""

from math import sqrt

from ..jit.compile import device
from .parts.reasons import about
from .parts.stages import split

PARAMETERS = {"low": "real", "mode": "real", "high": "real"}
SUPPORT = ("low", "high")
SCALED = SHIFTED = ("low", "mode", "high")
MIRRORED = {"low": "high", "mode": "mode", "high": "low"}
_INFINITE = (
    "the score in {0} has no variance: at the end that moves the density vanishes in proportion "
    "to the distance, and E[S²] diverges"
)
_CORNER = (
    "the density has a corner at the end that moves with {0}: the second derivative has a point "
    "mass there, which the score misses"
)
_KINK = (
    "the density's derivative in the mode jumps at the mode: the second derivative has a point "
    "mass there, which the score misses"
)
_BOTH = "the scores of the two parameters are not both usable"
NOT_APPLICABLE = {
    **about(_INFINITE, "low", "score"),
    **about(_INFINITE, "high", "score"),
    **about(_CORNER, "low", "second_score"),
    **about(_CORNER, "high", "second_score"),
    **about(_KINK, "mode", "second_score"),
    "second_score_low_mode": _BOTH,
    "second_score_low_high": _BOTH,
    "second_score_mode_high": _BOTH,
}


def invalid(low, mode, high):
    ordered = low <= mode <= high and low < high
    return None if ordered else f"low <= mode <= high is needed, got {low}, {mode}, {high}"


@device
def variate(u, low, mode, high):
    width = high - low
    rising = u * width <= mode - low
    left = low + sqrt(u * width * (mode - low))
    right = high - sqrt((1.0 - u) * width * (high - mode))
    return left if rising else right


@device
def height(x, low, mode, high):
    """The density over its maximum."""
    return (x - low) / (mode - low) if x < mode else (high - x) / (high - mode)


@device
def density(x, low, mode, high):
    inside = 2.0 * height(x, low, mode, high) / (high - low)
    return inside if low < x and x < high else 0.0


@device
def cdf(x, low, mode, high):
    width = high - low
    left = max(x - low, 0.0) * (x - low) / (width * (mode - low))
    right = 1.0 - max(high - x, 0.0) * (high - x) / (width * (high - mode))
    return left if x < mode else right


@device
def survival(x, low, mode, high):
    width = high - low
    left = 1.0 - max(x - low, 0.0) * (x - low) / (width * (mode - low))
    right = max(high - x, 0.0) * (high - x) / (width * (high - mode))
    return left if x < mode else right


@device
def lower_quantile(q, low, mode, high):
    return variate(q, low, mode, high)


@device
def upper_quantile(q, low, mode, high):
    width = high - low
    right = high - sqrt(q * width * (high - mode))
    left = low + sqrt((1.0 - q) * width * (mode - low))
    return right if q * width <= high - mode else left


@device
def derivative_low(x, low, mode, high):
    slope = 0.5 * (1.0 / (high - low) + 1.0 / (mode - low))
    return 1.0 - (x - low) * slope if x < mode else 0.5 * (high - x) / (high - low)


@device
def derivative_mode(x, low, mode, high):
    return 0.5 * height(x, low, mode, high)


@device
def derivative_high(x, low, mode, high):
    slope = 0.5 * (1.0 / (high - low) + 1.0 / (high - mode))
    return 0.5 * (x - low) / (high - low) if x < mode else 1.0 - (high - x) * slope


@device
def bend(x, by_width, by_flank, of_width, of_flank, low, mode, high):
    """∂²/∂p∂q of √(u · width · flank), the distance from the nearer end at a fixed u.

    by_width, by_flank: ∂width/∂p and ∂flank/∂p; of_width, of_flank: those by q. Width is
    high - low, the flank mode - low or high - mode; the distance is (x - low) or (high - x).
    """
    left = x < mode
    distance, flank = (x - low, mode - low) if left else (high - x, high - mode)
    p, p_flank = by_width / (high - low), by_flank / flank
    q, q_flank = of_width / (high - low), of_flank / flank
    slopes = 0.25 * (p + p_flank) * (q + q_flank) - 0.5 * (p * q + p_flank * q_flank)
    return distance * slopes if left else -distance * slopes


@device
def second_derivative_low(x, low, mode, high):
    flank = -1.0 if x < mode else 0.0
    return bend(x, -1.0, flank, -1.0, flank, low, mode, high)


@device
def second_derivative_mode(x, low, mode, high):
    flank = 1.0 if x < mode else -1.0
    return bend(x, 0.0, flank, 0.0, flank, low, mode, high)


@device
def second_derivative_high(x, low, mode, high):
    flank = 0.0 if x < mode else 1.0
    return bend(x, 1.0, flank, 1.0, flank, low, mode, high)


@device
def second_derivative_low_mode(x, low, mode, high):
    left = x < mode
    return bend(x, -1.0, -1.0 if left else 0.0, 0.0, 1.0 if left else -1.0, low, mode, high)


@device
def second_derivative_low_high(x, low, mode, high):
    left = x < mode
    return bend(x, -1.0, -1.0 if left else 0.0, 1.0, 0.0 if left else 1.0, low, mode, high)


@device
def second_derivative_mode_high(x, low, mode, high):
    left = x < mode
    return bend(x, 0.0, 1.0 if left else -1.0, 1.0, 0.0 if left else 1.0, low, mode, high)


@device
def score_mode(x, low, mode, high):
    return -1.0 / (mode - low) if x < mode else 1.0 / (high - mode)


@device
def natural_mode(v, low, mode, high):
    """The two ends of a slice whose height has density 2t."""
    t = sqrt(v)
    return high - (high - mode) * t, low + (mode - low) * t


@device
def natural_mode_constant(low, mode, high):
    return 1.0 / (high - low)


@device
def hahn_jordan_mode(v, low, mode, high):
    """The same two distributions, comonotone."""
    return high - (high - mode) * sqrt(v), low + (mode - low) * sqrt(1.0 - v)


hahn_jordan_mode_constant = natural_mode_constant


@device
def natural_second_mode(v, w, low, mode, high):
    """The two flanks, weighted crosswise, against a point mass at the mode."""
    left, _ = split(v, (high - mode) / (high - low))
    t = sqrt(w)
    return low + (mode - low) * t if left else high - (high - mode) * t, mode + 0.0 * v


@device
def natural_second_mode_constant(low, mode, high):
    return 2.0 / ((mode - low) * (high - mode))


@device
def natural_low(x, v, low, mode, high):
    """(1/(high - low))(variate - lower end of its slice)."""
    return x, low + (mode - low) * v * height(x, low, mode, high)


@device
def natural_high(x, v, low, mode, high):
    """(1/(high - low))(upper end of the variate's slice - variate)."""
    return high - (high - mode) * v * height(x, low, mode, high), x


natural_low_constant = natural_high_constant = natural_mode_constant


@device
def natural_second_low(x, v, w, low, mode, high):
    near, far = 1.0 / (mode - low), 1.0 / (high - low)
    end, _ = split(w, near / (near + far))
    return low if end else x, low + (mode - low) * v * height(x, low, mode, high)


@device
def natural_second_low_constant(low, mode, high):
    width = high - low
    return 2.0 / width * (1.0 / width + 1.0 / (mode - low))


@device
def natural_second_high(x, v, w, low, mode, high):
    """The end itself and the variate against the upper end of the variate's slice."""
    near, far = 1.0 / (high - mode), 1.0 / (high - low)
    end, _ = split(w, near / (near + far))
    return high if end else x, high - (high - mode) * v * height(x, low, mode, high)


@device
def natural_second_high_constant(low, mode, high):
    width = high - low
    return 2.0 / width * (1.0 / width + 1.0 / (high - mode))


@device
def _high_pair(v, low, mode, high):
    """Hahn-Jordan in the upper end: near it against everything below."""
    width, flank = high - low, high - mode
    per_slope = width * flank / (width + flank)
    plus = high - (1.0 - sqrt(v)) * per_slope
    on_left = v * width * width <= (width - flank) * (width + flank)
    left = low + width * sqrt(v * (mode - low) / (width + flank))
    right = high - (1.0 + sqrt(1.0 - v)) * per_slope
    return plus, left if on_left else right


@device
def hahn_jordan_high(v, low, mode, high):
    return _high_pair(v, low, mode, high)


@device
def hahn_jordan_high_constant(low, mode, high):
    return 1.0 / (2.0 * high - low - mode)


@device
def hahn_jordan_low(v, low, mode, high):
    plus, minus = _high_pair(v, -high, -mode, -low)
    return -minus, -plus


@device
def hahn_jordan_low_constant(low, mode, high):
    return 1.0 / (high + mode - 2.0 * low)


def expectation(low, mode, high):
    return (low + mode + high) / 3.0


def variance(low, mode, high):
    left, right = mode - low, high - mode
    return (left * left + left * right + right * right) / 18.0


def edge_orders(low, mode, high):
    """A triangle begins with a corner, one whose mode is its end with a jump."""
    return 1.0 if low < mode else 0.0, 1.0 if mode < high else 0.0
