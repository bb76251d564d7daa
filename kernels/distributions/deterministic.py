"""A constant: what is known is still an input, and its value may depend on θ."""

from ..jit.compile import device
from .parts.reasons import ALL_MEASURES, ATOM, about

PARAMETERS = {"value": "real"}
LINEAR = ("value",)
SUPPORT = ("value", "value")
NOT_APPLICABLE = about(ATOM, "value", *ALL_MEASURES)


@device
def variate(u, value):
    return value + 0.0 * u


@device
def probability(x, value):
    return 1.0 if x == value else 0.0


@device
def derivative_value(x):
    return 1.0 + 0.0 * x


def expectation(value):
    return value


def variance(value):
    return 0.0


def outcomes(value):
    return ((1.0, value),)
