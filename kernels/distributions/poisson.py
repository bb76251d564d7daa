"""Poisson with mean θ (Fu (2005), Table 1)."""

from math import floor, inf, sqrt

from numba import types

from ..jit.compile import device, operation, subroutine
from ..special.exp import exp
from ..special.incomplete_gamma import gamma_probabilities
from ..special.incomplete_gamma_series import scaled_density
from ..special.lattice_table import fill_lattice, lattice_value
from .parts.mass import SMALL, cornish_fisher, slice_high, slice_low, walk_from, walk_from_zero
from .parts.reasons import STEP, about

PARAMETERS = {"mean": "positive"}
UNIT, SUPPORT = 1.0, (0.0, inf)
NOT_APPLICABLE = about(STEP, "mean", "derivative")
LARGEST = 1e12
_POINTER = types.CPointer(types.float64)


def invalid(mean):
    return None if mean <= LARGEST else f"mean must be at most {LARGEST:g}, got {mean}"


@subroutine
def variate(u, mean):
    if mean < SMALL:
        return walk_from_zero(u, exp(-mean), 0.0, mean)
    root = sqrt(mean)
    k = cornish_fisher(u, mean, root, 1.0 / root)
    above, below = gamma_probabilities(k + 1.0, mean)
    return walk_from(k, u, below, above, scaled_density(k, mean), 0.0, mean)


@operation(_POINTER, _POINTER)
def poisson_table(parameters, table):
    fill_lattice(_quantile, parameters, table)


@device
def _quantile(u, parameters):
    return variate(u, parameters[0])


# The same values: 6 ns a variate instead of 130, where one distribution serves many variates.
TABLE = poisson_table


@device
def variate_by_table(u, table, mean):
    value = lattice_value(table, u)
    return value if value >= 0.0 else variate(u, mean)


@device
def probability(x, mean):
    return scaled_density(x, mean) if x >= 0.0 and floor(x) == x else 0.0


@device
def score_mean(x, mean):
    return x / mean - 1.0


@device
def second_score_mean(x, mean):
    return -x / (mean * mean)


@device
def natural_mean(x):
    """One more event against the same number."""
    return x + 1.0, x


@device
def natural_mean_constant(mean):
    return 1.0


@device
def natural_second_mean(x, v):
    """g(X + 2) - 2 g(X + 1) + g(X)."""
    return x + (2.0 if v <= 0.5 else 0.0), x + 1.0


@device
def natural_second_mean_constant(mean):
    return 2.0


@device
def hahn_jordan_mean(v, mean):
    """Above the mean against below it: P(X >= k) has derivative m(k - 1)."""
    mode = floor(mean)
    return slice_high(v, mode, 0.0, mean) + 1.0, slice_low(1.0 - v, mode, 0.0, mean)


@device
def hahn_jordan_mean_constant(mean):
    return scaled_density(floor(mean), mean)


def expectation(mean):
    return mean


def variance(mean):
    return mean
