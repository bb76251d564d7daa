"""Uniform on [low, high] (Fu (2005), Table 1 and Example 3).

The rows U(0, θ), U(θ-γ, θ+γ) and U(μ-θ, μ+θ) follow from the two end points by the chain
rule, path by path: (g(high) - g(X)) + (g(X) - g(low)) = g(high) - g(low).
"""

from ..jit.compile import device
from .parts.reasons import MOVING, SECOND_DIPOLE, about

PARAMETERS = {"low": "real", "high": "real"}
SUPPORT = SCALED = SHIFTED = LINEAR = ("low", "high")
MIRRORED = {"low": "high", "high": "low"}
NOT_APPLICABLE = {
    **about(MOVING, "low", "score", "second_score"),
    **about(MOVING, "high", "score", "second_score", "second_score_low"),
    **about(SECOND_DIPOLE, "low", "natural_second"),
    **about(SECOND_DIPOLE, "high", "natural_second"),
}


def invalid(low, high):
    return None if low < high else f"low must be below high, got low={low}, high={high}"


@device
def variate(u, low, high):
    return low + (high - low) * u


@device
def density(x, low, high):
    return 1.0 / (high - low) if low <= x and x <= high else 0.0


@device
def survival(x, low, high):
    return min(max((high - x) / (high - low), 0.0), 1.0)


@device
def cdf(x, low, high):
    return min(max((x - low) / (high - low), 0.0), 1.0)


@device
def lower_quantile(q, low, high):
    return low + (high - low) * q


@device
def upper_quantile(q, low, high):
    return high - (high - low) * q


@device
def derivative_low(x, low, high):
    return (high - x) / (high - low)


@device
def derivative_high(x, low, high):
    return (x - low) / (high - low)


@device
def natural_low(x, low):
    return x, low


@device
def natural_low_constant(low, high):
    return 1.0 / (high - low)


@device
def natural_high(x, high):
    """(1/(high - low))(point mass at high - uniform), with an atom: also Hahn-Jordan."""
    return high, x


natural_high_constant = natural_low_constant
hahn_jordan_low, hahn_jordan_low_constant = natural_low, natural_low_constant
hahn_jordan_high, hahn_jordan_high_constant = natural_high, natural_high_constant


def expectation(low, high):
    return 0.5 * (low + high)


def variance(low, high):
    return (high - low) ** 2 / 12.0


def edge_orders(low, high):
    return 0.0, 0.0
