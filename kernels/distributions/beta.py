"""Beta with parameters a and b, on (0, 1)."""

from ..jit.compile import device, subroutine
from ..special.exp import exp
from ..special.gamma import digamma, trigamma
from ..special.incomplete_beta import beta_cdf, beta_logit_quantile, beta_quantile, beta_survival
from ..special.incomplete_beta_fraction import beta_power
from ..special.log import log, log1p
from ..special.quantile_table import interpolate
from ..special.shape_tables import beta_derivative_table, beta_derivative_table_of_b, beta_table
from .parts.beta_shape import height, one_side, rate, second_height, second_pair

PARAMETERS = {"a": "positive", "b": "positive"}
SUPPORT = (0.0, 1.0)
ALMOST_ONE = 1.0 - 2.0**-53


@device
def variate(u, a, b):
    return beta_quantile(a, b, u)


# Of log(X/(1 - X)): 5 ns a variate instead of 300 to 1200.
TABLE = beta_table


@device
def variate_by_table(u, table):
    return 1.0 / (1.0 + exp(-interpolate(table, u)))


@device
def density(x, a, b):
    inside = x > 0.0 and x < 1.0
    return beta_power(a, b, x, 1.0 - x) / (x * (1.0 - x)) if inside else 0.0


@device
def survival(x, a, b):
    return beta_survival(a, b, x)


@device
def cdf(x, a, b):
    return beta_cdf(a, b, x)


@device
def lower_quantile(q, a, b):
    return 1.0 / (1.0 + exp(-beta_logit_quantile(a, b, q, min(1.0 - q, ALMOST_ONE))))


@device
def upper_quantile(q, a, b):
    return 1.0 / (1.0 + exp(-beta_logit_quantile(a, b, min(1.0 - q, ALMOST_ONE), q)))


@device
def log_slope(x, a, b):
    return (a - 1.0) / x - (b - 1.0) / (1.0 - x)


@device
def log_bend(x, a, b):
    return -(a - 1.0) / (x * x) - (b - 1.0) / ((1.0 - x) * (1.0 - x))


@subroutine
def derivative_a(x, a, b):
    """-(dI/da) / density (Fu (2005), eq. 23)."""
    return -x * (1.0 - x) * rate(a, b, x, 1.0 - x, 1.0, 0.0)


@subroutine
def derivative_b(x, a, b):
    return -x * (1.0 - x) * rate(a, b, x, 1.0 - x, 0.0, 1.0)


# Of d log(X/(1 - X)) / da: 4 ns instead of 120.
SLOPE_TABLES = {"a": beta_derivative_table, "b": beta_derivative_table_of_b}


@device
def derivative_a_by_table(u, x, slopes):
    return x * (1.0 - x) * interpolate(slopes, u)


@device
def derivative_b_by_table(u, x, slopes):
    return -x * (1.0 - x) * interpolate(slopes, u)


@device
def score_a(x, a, b):
    return log(x) - digamma(a) + digamma(a + b)


@device
def score_b(x, a, b):
    return log1p(-x) - digamma(b) + digamma(a + b)


@device
def second_score_a(x, a, b):
    return trigamma(a + b) - trigamma(a) + 0.0 * x


@device
def second_score_b(x, a, b):
    return trigamma(a + b) - trigamma(b) + 0.0 * x


@device
def second_score_a_b(x, a, b):
    return trigamma(a + b) + 0.0 * x


@device
def hahn_jordan_a(v, a, b):
    """ln x above its mean against below it."""
    above, _ = one_side(a, b, v, 1.0)
    below, _ = one_side(a, b, 1.0 - v, -1.0)
    return above, below


@device
def hahn_jordan_b(v, a, b):
    """The same for 1 - X, which is beta(b, a)."""
    _, above = one_side(b, a, v, 1.0)
    _, below = one_side(b, a, 1.0 - v, -1.0)
    return above, below


@device
def hahn_jordan_a_constant(a, b):
    return height(a, b)


@device
def hahn_jordan_b_constant(a, b):
    return height(b, a)


natural_a, natural_a_constant = hahn_jordan_a, hahn_jordan_a_constant
natural_b, natural_b_constant = hahn_jordan_b, hahn_jordan_b_constant


@device
def natural_second_a(v, a, b):
    """ln X further from its mean than one standard deviation against nearer."""
    (plus, _), (minus, _) = second_pair(a, b, v)
    return plus, minus


@device
def natural_second_b(v, a, b):
    """The same for 1 - X, which is beta(b, a)."""
    (_, plus), (_, minus) = second_pair(b, a, v)
    return plus, minus


@device
def natural_second_a_constant(a, b):
    return second_height(a, b)


@device
def natural_second_b_constant(a, b):
    return second_height(b, a)


def expectation(a, b):
    return a / (a + b)


def variance(a, b):
    return a * b / ((a + b) ** 2 * (a + b + 1.0))


def edge_orders(a, b):
    return a - 1.0, b - 1.0
