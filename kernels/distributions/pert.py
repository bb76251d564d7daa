"""PERT: the beta distribution of three-point estimates, on [low, high] with its mode between them.

X = low + (high - low) Z with Z beta(a, b), a = 1 + 4 (mode - low) / (high - low), b = 6 - a.
At a fixed uniform, with T = dZ/da - dZ/db (see `beta`),

    dX/dlow = 1 - Z - (b - 1) T     dX/dmode = 4 T     dX/dhigh = Z - (a - 1) T
"""

from numba import types

from ..jit.compile import device, operation, subroutine
from ..special.exp import exp
from ..special.gamma import digamma, trigamma
from ..special.incomplete_beta import beta_logit_quantile, beta_logit_quantile_derivative
from ..special.log import log
from ..special.quantile_table import interpolate
from ..special.shape_tables import fill
from . import beta
from .parts import inversion
from .parts.beta_shape import rate

PARAMETERS = {"low": "real", "mode": "real", "high": "real"}
SUPPORT = ("low", "high")
SCALED = SHIFTED = ("low", "mode", "high")
MIRRORED = {"low": "high", "mode": "mode", "high": "low"}
_UNKNOWN = "no sampler of the second derivative in {0} is known"
NOT_APPLICABLE = {f"natural_second_{name}": _UNKNOWN.format(name) for name in PARAMETERS}
_POINTER = types.CPointer(types.float64)
_INFINITE = (
    "the {0} in {1} has no variance: at the end that moves the density vanishes like the "
    "distance to the power {2:.3g}, not more than {3}"
)


def invalid(low, mode, high):
    ordered = low <= mode <= high and low < high
    return None if ordered else f"low <= mode <= high is needed, got {low}, {mode}, {high}"


def edge_orders(low, mode, high):
    width = high - low
    return 4.0 * (mode - low) / width, 4.0 * (high - mode) / width


def unusable(name, low, mode, high):
    """Why a score, or a pair, is not to be used at these parameters."""
    orders = dict(zip(("low", "high"), edge_orders(low, mode, high), strict=True))
    for end, order in orders.items():
        if end not in name.split("_"):
            continue
        twice = name == f"second_score_{end}"
        if "score" in name and order <= (3.0 if twice else 1.0):
            kind = "second score" if "second" in name else "score"
            return _INFINITE.format(kind, end, order, 3 if twice else 1)
    return None


@device
def shapes(low, mode, high):
    width = high - low
    return 1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width


@device
def within(x, low, high):
    """Z and 1 - Z."""
    width = high - low
    return max((x - low) / width, 1e-300), max((high - x) / width, 1e-300)


@subroutine
def logit(u, low, mode, high):
    a, b = shapes(low, mode, high)
    return beta_logit_quantile(a, b, u, 1.0 - u)


@device
def placed(y, low, high):
    """From the nearer end, so that nothing is lost there."""
    odds = exp(-abs(y))
    near = (high - low) * odds / (1.0 + odds)
    return high - near if y > 0.0 else low + near


@device
def variate(u, low, mode, high):
    return placed(logit(u, low, mode, high), low, high)


@device
def _logit_of(numbers, u, v):
    a, b = shapes(numbers[0], numbers[1], numbers[2])
    return beta_logit_quantile(a, b, u, v)


@operation(_POINTER, _POINTER)
def pert_table(numbers, table):
    """log(Z / (1 - Z))."""
    fill(_logit_of, numbers, table)


TABLE = pert_table


@device
def variate_by_table(u, table, low, mode, high):
    return placed(interpolate(table, u), low, high)


@device
def density(x, low, mode, high):
    a, b = shapes(low, mode, high)
    return beta.density((x - low) / (high - low), a, b) / (high - low)


@device
def survival(x, low, mode, high):
    a, b = shapes(low, mode, high)
    return beta.cdf((high - x) / (high - low), b, a)


@device
def cdf(x, low, mode, high):
    a, b = shapes(low, mode, high)
    return beta.cdf((x - low) / (high - low), a, b)


@device
def lower_quantile(q, low, mode, high):
    a, b = shapes(low, mode, high)
    return placed(beta_logit_quantile(a, b, q, min(1.0 - q, beta.ALMOST_ONE)), low, high)


@device
def upper_quantile(q, low, mode, high):
    a, b = shapes(low, mode, high)
    return placed(beta_logit_quantile(a, b, min(1.0 - q, beta.ALMOST_ONE), q), low, high)


@subroutine
def turned(x, low, mode, high):
    """T."""
    a, b = shapes(low, mode, high)
    z, rest = within(x, low, high)
    return -z * rest * rate(a, b, z, rest, 1.0, -1.0)


@device
def derivative_low(x, low, mode, high):
    _, b = shapes(low, mode, high)
    return within(x, low, high)[1] - (b - 1.0) * turned(x, low, mode, high)


@device
def derivative_mode(x, low, mode, high):
    return 4.0 * turned(x, low, mode, high)


@device
def derivative_high(x, low, mode, high):
    a, _ = shapes(low, mode, high)
    return within(x, low, high)[0] - (a - 1.0) * turned(x, low, mode, high)


@device
def _slope_of(numbers, u, v):
    a, b = shapes(numbers[0], numbers[1], numbers[2])
    by_a = beta_logit_quantile_derivative(a, b, u, v)
    return by_a + beta_logit_quantile_derivative(b, a, v, u)


@operation(_POINTER, _POINTER)
def pert_derivative_table(numbers, table):
    """T / (Z (1 - Z))."""
    fill(_slope_of, numbers, table)


SLOPE_TABLES = dict.fromkeys(PARAMETERS, pert_derivative_table)


@device
def turned_by_table(u, x, slopes, low, high):
    z, rest = within(x, low, high)
    return z * rest * interpolate(slopes, u)


@device
def derivative_low_by_table(u, x, slopes, low, mode, high):
    _, b = shapes(low, mode, high)
    return within(x, low, high)[1] - (b - 1.0) * turned_by_table(u, x, slopes, low, high)


@device
def derivative_mode_by_table(u, x, slopes, low, high):
    return 4.0 * turned_by_table(u, x, slopes, low, high)


@device
def derivative_high_by_table(u, x, slopes, low, mode, high):
    a, _ = shapes(low, mode, high)
    return within(x, low, high)[0] - (a - 1.0) * turned_by_table(u, x, slopes, low, high)


@device
def sides(x, low, mode, high):
    """Width, a - 1, b - 1, inverse distances from both ends, the score in a less that in b."""
    width = high - low
    a, b = shapes(low, mode, high)
    z, rest = within(x, low, high)
    against = log(z / rest) - digamma(a) + digamma(b)
    return width, a - 1.0, b - 1.0, 1.0 / (z * width), 1.0 / (rest * width), against


@device
def score_low(x, low, mode, high):
    width, a, b, left, _, against = sides(x, low, mode, high)
    return (5.0 - b * against) / width - a * left


@device
def score_mode(x, low, mode, high):
    width, _, _, _, _, against = sides(x, low, mode, high)
    return 4.0 / width * against


@device
def score_high(x, low, mode, high):
    width, a, b, _, right, against = sides(x, low, mode, high)
    return b * right - (5.0 + a * against) / width


@device
def spread(low, mode, high):
    """Minus the derivative of `against` by a, with b = 6 - a."""
    a, b = shapes(low, mode, high)
    return trigamma(a) + trigamma(b)


@device
def second_score_mode(x, low, mode, high):
    return -16.0 / (high - low) ** 2 * spread(low, mode, high) + 0.0 * x


@device
def second_score_low_mode(x, low, mode, high):
    width, _, b, left, _, against = sides(x, low, mode, high)
    moved = -left + b / width * spread(low, mode, high)
    return 4.0 / width * (against / width + moved)


@device
def second_score_mode_high(x, low, mode, high):
    width, a, _, _, right, against = sides(x, low, mode, high)
    moved = -right + a / width * spread(low, mode, high)
    return 4.0 / width * (moved - against / width)


@device
def second_score_low(x, low, mode, high):
    width, a, b, left, _, against = sides(x, low, mode, high)
    moved = -left + b / width * spread(low, mode, high)
    common = 5.0 / (width * width) - 2.0 * b / (width * width) * against - b / width * moved
    return common + b / width * left - a * left * left


@device
def second_score_high(x, low, mode, high):
    width, a, b, _, right, against = sides(x, low, mode, high)
    moved = -right + a / width * spread(low, mode, high)
    common = 5.0 / (width * width) + 2.0 * a / (width * width) * against - a / width * moved
    return common + a / width * right - b * right * right


@device
def second_score_low_high(x, low, mode, high):
    width, a, b, left, right, against = sides(x, low, mode, high)
    moved = -right + a / width * spread(low, mode, high)
    by_weight = (a - b) / (width * width)
    return a / width * left - 5.0 / (width * width) - by_weight * against - b / width * moved


for _name in PARAMETERS:
    inversion.add(globals(), _name, "natural")


def expectation(low, mode, high):
    return (low + 4.0 * mode + high) / 6.0


def variance(low, mode, high):
    first, last = edge_orders(low, mode, high)
    return (high - low) ** 2 * (1.0 + first) * (1.0 + last) / 252.0
