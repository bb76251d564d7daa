"""Binomial: successes among n trials (Fu (2005), Table 1)."""

from math import floor, sqrt

from numba import types

from ..jit.compile import device, operation, subroutine
from ..special.exp import exp
from ..special.incomplete_beta import beta_probabilities
from ..special.lattice_table import fill_lattice, lattice_value
from ..special.log import log1p
from .parts.mass import (
    SMALL,
    binomial_mass,
    cornish_fisher,
    slice_high,
    slice_low,
    walk_from,
    walk_from_zero,
)
from .parts.reasons import STEP, about
from .parts.stages import split

PARAMETERS = {"n": "count", "p": "probability"}
UNIT, SUPPORT = 1.0, (0.0, "n")
NOT_APPLICABLE = about(STEP, "p", "derivative")
LARGEST = 1e12
_POINTER = types.CPointer(types.float64)


def invalid(n, p):
    return None if n <= LARGEST else f"n must be at most {LARGEST:g}, got {n}"


@subroutine
def variate(u, n, p):
    if p > 0.5:
        return n - _below_half(1.0 - u, n, 1.0 - p)
    return _below_half(u, n, p)


@device
def _below_half(u, n, p):
    """The quantile for p <= 1/2."""
    odds = p / (1.0 - p)
    if n * p < SMALL:
        return min(walk_from_zero(u, exp(n * log1p(-p)), -odds, (n + 1.0) * odds), n)
    sd = sqrt(n * p * (1.0 - p))
    k = min(cornish_fisher(u, n * p, sd, (1.0 - 2.0 * p) / sd), n - 1.0)
    above, below, _ = beta_probabilities(k + 1.0, n - k, p, 1.0 - p)
    mass = binomial_mass(k, n, p)
    return min(walk_from(k, u, below, above, mass, -odds, (n + 1.0) * odds), n)


@operation(_POINTER, _POINTER)
def binomial_table(parameters, table):
    fill_lattice(_quantile, parameters, table)


@device
def _quantile(u, parameters):
    return variate(u, parameters[0], parameters[1])


# The same values: 6 ns a variate instead of 60 to 190, where one distribution serves many variates.
TABLE = binomial_table


@device
def variate_by_table(u, table, n, p):
    value = lattice_value(table, u)
    return value if value >= 0.0 else variate(u, n, p)


@device
def probability(x, n, p):
    possible = x >= 0.0 and x <= n and floor(x) == x
    return binomial_mass(x if possible else 0.0, n, p) if possible else 0.0


@device
def score_p(x, n, p):
    return (x - n * p) / (p * (1.0 - p))


@device
def second_score_p(x, n, p):
    return -x / (p * p) - (n - x) / ((1.0 - p) * (1.0 - p))


@device
def natural_p(x, v, n):
    """n (g(B + 1) - g(B)), B successes among n - 1: one trial taken out of the variate."""
    rest = x - (1.0 if v * n <= x else 0.0)
    return rest + 1.0, rest


@device
def natural_p_constant(n):
    return n


@device
def natural_second_p(x, v, w, n):
    """n (n - 1) (g(B + 2) - 2 g(B + 1) + g(B)): two trials taken out."""
    taken, coin = split(v, x / n)
    rest = x - (1.0 if taken else 0.0)
    rest -= 1.0 if w * (n - 1.0) <= rest else 0.0
    return rest + (2.0 if coin <= 0.5 else 0.0), rest + 1.0


@device
def natural_second_p_constant(n):
    return 2.0 * n * (n - 1.0)


@device
def hahn_jordan_p(v, n, p):
    """Above n p against below: P(X >= k) has derivative n m(k - 1) for n - 1 trials."""
    odds, mode = p / (1.0 - p), floor(n * p)
    high = slice_high(v, mode, -odds, n * odds)
    return high + 1.0, slice_low(1.0 - v, mode, -odds, n * odds)


@device
def hahn_jordan_p_constant(n, p):
    return n * binomial_mass(floor(n * p), n - 1.0, p)


def expectation(n, p):
    return n * p


def variance(n, p):
    return n * p * (1.0 - p)
