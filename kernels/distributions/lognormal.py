"""Lognormal: the exponential of a normal with mean μ and standard deviation σ."""

from math import exp as exponential
from math import expm1, inf

from ..jit.compile import device
from ..special.exp import exp, twice_exp2
from ..special.log import LOG_2, log
from . import normal

_HALF_PER_LOG_2 = 0.5 / LOG_2

PARAMETERS = {"mu": "real", "sigma": "positive"}
SUPPORT = (0.0, inf)
SCALED, LOGARITHMIC = ("mu",), ("mu",)


@device
def depth(u):
    return normal.depth(u)


@device
def tail(y):
    return normal.tail(y)


@device
def exponent(u, y, mu, sigma):
    return normal.placed(u, y, mu * _HALF_PER_LOG_2, sigma * _HALF_PER_LOG_2)


@device
def raised(y):
    return twice_exp2(y, 1.0)


@device
def variate(u, mu, sigma):
    return raised(exponent(u, tail(depth(u)), mu, sigma))


PASSES = {"variate": ("depth", "tail", "exponent", "raised")}


@device
def density(x, mu, sigma):
    return normal.density(log(x), mu, sigma) / x if x > 0.0 else 0.0


@device
def survival(x, mu, sigma):
    return normal.survival(log(x), mu, sigma) if x > 0.0 else 1.0


@device
def cdf(x, mu, sigma):
    return normal.cdf(log(x), mu, sigma) if x > 0.0 else 0.0


@device
def lower_quantile(q, mu, sigma):
    return exp(normal.lower_quantile(q, mu, sigma))


@device
def upper_quantile(q, mu, sigma):
    return exp(normal.upper_quantile(q, mu, sigma))


@device
def log_slope(x, mu, sigma):
    return -(1.0 + (log(x) - mu) / (sigma * sigma)) / x


@device
def log_bend(x, mu, sigma):
    precision = 1.0 / (sigma * sigma)
    return (1.0 + ((log(x) - mu) - 1.0) * precision) / (x * x)


@device
def derivative_mu(x):
    return x


@device
def derivative_sigma(x, mu, sigma):
    return x * (log(x) - mu) / sigma


second_derivative_mu, second_derivative_mu_sigma = derivative_mu, derivative_sigma


@device
def second_derivative_sigma(x, mu, sigma):
    z = (log(x) - mu) / sigma
    return x * z * z


@device
def score_mu(x, mu, sigma):
    return normal.score_mean(log(x), mu, sigma)


@device
def score_sigma(x, mu, sigma):
    return normal.score_sd(log(x), mu, sigma)


@device
def second_score_mu(x, sigma):
    return normal.second_score_mean(x, sigma)


@device
def second_score_sigma(x, mu, sigma):
    return normal.second_score_sd(log(x), mu, sigma)


@device
def second_score_mu_sigma(x, mu, sigma):
    return normal.second_score_mean_sd(log(x), mu, sigma)


@device
def natural_mu(v, mu, sigma):
    plus, minus = normal.natural_mean(v, mu, sigma)
    return exp(plus), exp(minus)


@device
def natural_mu_constant(mu, sigma):
    return normal.natural_mean_constant(mu, sigma)


@device
def hahn_jordan_mu(v, mu, sigma):
    plus, minus = normal.hahn_jordan_mean(v, mu, sigma)
    return exp(plus), exp(minus)


hahn_jordan_mu_constant = natural_mu_constant


@device
def natural_sigma(x, v, mu, sigma):
    plus, _ = normal.natural_sd(log(x), v, mu, sigma)
    return exp(plus), x


@device
def natural_second_mu(x, v, mu, sigma):
    return natural_sigma(x, v, mu, sigma)


@device
def natural_second_mu_constant(sigma):
    return normal.natural_second_mean_constant(sigma)


@device
def natural_second_sigma(x, v, w, mu, sigma):
    plus, minus = normal.natural_second_sd(log(x), v, w, mu, sigma)
    return exp(plus), exp(minus)


@device
def natural_second_sigma_constant(sigma):
    return normal.natural_second_sd_constant(sigma)


@device
def hahn_jordan_sigma(x, v, mu, sigma):
    plus, minus = normal.hahn_jordan_sd(log(x), v, mu, sigma)
    return exp(plus), exp(minus)


@device
def natural_sigma_constant(mu, sigma):
    return normal.natural_sd_constant(mu, sigma)


@device
def hahn_jordan_sigma_constant(mu, sigma):
    return normal.hahn_jordan_sd_constant(mu, sigma)


def expectation(mu, sigma):
    try:
        return exponential(mu + 0.5 * sigma * sigma)
    except OverflowError:
        return inf


def variance(mu, sigma):
    spread = sigma * sigma
    try:
        return exponential(2.0 * mu + spread) * expm1(spread)
    except OverflowError:
        return inf


def edge_orders(mu, sigma):
    """It vanishes at 0 faster than any power."""
    return inf, inf
