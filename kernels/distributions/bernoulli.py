"""Bernoulli: `high` with probability p, else `low` (Fu (2005), Table 1)."""

from ..jit.compile import device
from .parts.reasons import ALL_MEASURES, ATOM, JUMP, about

PARAMETERS = {"p": "probability", "high": "real", "low": "real"}
DEFAULTS = {"high": 1.0, "low": 0.0}
LINEAR = ("high", "low")
FALLS = True
SOFT = ("relaxed_bernoulli", "straight_through_bernoulli")
NOT_APPLICABLE = {
    **about(JUMP, "p", "derivative"),
    **about(ATOM, "high", *ALL_MEASURES),
    **about(ATOM, "low", *ALL_MEASURES),
    "second_score_p_high": ATOM.format("high"),
    "second_score_p_low": ATOM.format("low"),
    "second_score_high_low": ATOM.format("high"),
}


def invalid(p, high, low):
    return "high and low must differ" if high == low else None


@device
def variate(u, p, high, low):
    return high if u <= p else low


@device
def derivative_high(x, high):
    return 1.0 if x == high else 0.0


@device
def derivative_low(x, low):
    return 1.0 if x == low else 0.0


@device
def score_p(x, p, high):
    return 1.0 / p if x == high else -1.0 / (1.0 - p)


@device
def second_score_p(x, p, high):
    return -1.0 / (p * p) if x == high else -1.0 / ((1.0 - p) * (1.0 - p))


@device
def natural_p(x, high, low):
    """Point masses at high and at low: also Hahn-Jordan."""
    return high + 0.0 * x, low + 0.0 * x


@device
def natural_p_constant(p):
    return 1.0


hahn_jordan_p, hahn_jordan_p_constant = natural_p, natural_p_constant
# Given all but the choice, the output is that of each value: the same pair.
conditional_p, conditional_p_constant = natural_p, natural_p_constant


@device
def natural_second_p(x):
    """The distribution is linear in p: nothing."""
    return x, x


@device
def natural_second_p_constant(p):
    return 0.0


def expectation(p, high, low):
    return low + p * (high - low)


def variance(p, high, low):
    return p * (1.0 - p) * (high - low) ** 2


def outcomes(p, high, low):
    return ((p, high), (1.0 - p, low))
