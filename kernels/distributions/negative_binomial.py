"""Negative binomial on n, n + 1, …: trials up to the n-th success."""

from math import floor, inf, sqrt

from numba import types

from ..jit.compile import device, operation, subroutine
from ..special.exp import exp
from ..special.incomplete_beta import beta_probabilities
from ..special.incomplete_gamma import gamma_quantile
from ..special.lattice_table import fill_lattice, lattice_value
from ..special.log import log, log1p
from . import geometric
from .parts.mass import SMALL, binomial_mass, cornish_fisher, walk_from, walk_from_zero
from .parts.reasons import STEP, about
from .parts.stages import split

PARAMETERS = {"n": "count", "p": "probability"}
UNIT, SUPPORT = 1.0, ("n", inf)
NOT_APPLICABLE = about(STEP, "p", "derivative")
LARGEST = 1e13
_POINTER = types.CPointer(types.float64)


def invalid(n, p):
    """The largest variates must be whole numbers that a double can hold."""
    return None if n / p <= LARGEST else f"n / p must be at most {LARGEST:g}, got {n / p:g}"


@device
def mass(failures, n, p):
    """C(n + j - 1, j) p^n (1 - p)^j; n need not be whole."""
    trials = n + failures
    return n / trials * binomial_mass(n, trials, p)


@subroutine
def variate(u, n, p):
    q = 1.0 - p
    mean = n * q / p
    if mean < SMALL:
        return n + walk_from_zero(u, exp(n * log1p(-q)), q, (n - 1.0) * q)
    if p > 0.3:
        root = sqrt(n * q)
        k = cornish_fisher(u, mean, root / p, (1.0 + q) / root)
    else:
        # n waiting times, each a rounded-up exponential.
        k = max(floor(gamma_quantile(n, u) / -log1p(-p) - 0.5 * n), 0.0)
    for _ in range(20):
        below, above, _ = beta_probabilities(n, k + 1.0, p, q)
        here = mass(k, n, p)
        # Newton for the logarithm of the smaller tail.
        if u <= 0.5:
            step = -below * log(below / u) / here
        else:
            step = above * log(above / (1.0 - u)) / here
        if abs(step) < 16.0:
            break
        k = max(floor(k + step), 0.0)
    return n + walk_from(k, u, below, above, here, q, (n - 1.0) * q)


@operation(_POINTER, _POINTER)
def negative_binomial_table(parameters, table):
    fill_lattice(_quantile, parameters, table)


@device
def _quantile(u, parameters):
    return variate(u, parameters[0], parameters[1])


# The same values: 6 ns a variate instead of 70 to 520, where one distribution serves many variates.
TABLE = negative_binomial_table


@device
def variate_by_table(u, table, n, p):
    value = lattice_value(table, u)
    return value if value >= 0.0 else variate(u, n, p)


@device
def probability(x, n, p):
    possible = x >= n and floor(x) == x
    return mass(x - n, n, p) if possible else 0.0


@device
def score_p(x, n, p):
    return n / p - (x - n) / (1.0 - p)


@device
def second_score_p(x, n, p):
    return -n / (p * p) - (x - n) / ((1.0 - p) * (1.0 - p))


@device
def natural_p(x, v, p):
    """(n/p)(n successes - n + 1 successes)."""
    return x, x + geometric.variate(v, p)


@device
def natural_p_constant(n, p):
    return n / p


@device
def natural_second_p(x, v, w, n, p):
    """(n/p²)((n - 1) · n successes + (n + 1) · (n + 2) - 2 n · (n + 1))."""
    one_more = x + geometric.variate(v, p)
    kept, rest = split(w, 0.5 * (n - 1.0) / n)
    return x if kept else one_more + geometric.variate(rest, p), one_more


@device
def natural_second_p_constant(n, p):
    return 2.0 * n * n / (p * p)


@device
def hahn_jordan_p(v, n, p):
    """Below n/p against above: P(X <= n + j) has derivative (n/p²) m(j) for n + 1 successes."""
    return n + lowest(v, n + 1.0, p), n + highest(1.0 - v, n + 1.0, p) + 1.0


@device
def hahn_jordan_p_constant(n, p):
    return n / (p * p) * mass(floor(n * (1.0 - p) / p), n + 1.0, p)


@subroutine
def lowest(v, n, p):
    """The smallest j with m(j) > v m(mode), by halving: masses rise up to the mode."""
    low, high = -1.0, floor((n - 1.0) * (1.0 - p) / p)
    level = v * mass(high, n, p)
    while high - low > 1.0:
        middle = floor(0.5 * (low + high))
        if mass(middle, n, p) > level:
            high = middle
        else:
            low = middle
    return high


@subroutine
def highest(v, n, p):
    """The largest j with m(j) > v m(mode), by doubling and halving."""
    low = floor((n - 1.0) * (1.0 - p) / p)
    level = v * mass(low, n, p)
    width = 1.0
    while mass(low + width, n, p) > level:
        low += width
        width *= 2.0
    high = low + width
    while high - low > 1.0:
        middle = floor(0.5 * (low + high))
        if mass(middle, n, p) > level:
            low = middle
        else:
            high = middle
    return low


def expectation(n, p):
    return n / p


def variance(n, p):
    return n * (1.0 - p) / (p * p)
