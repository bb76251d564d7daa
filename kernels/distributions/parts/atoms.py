"""Probabilities of single points, for the components of a mixture that have no density.

Each function has the name of its family's file and gives P(X = x), 0 where x is no atom.
"""

from math import floor

from ...jit.compile import device
from ...special.exp import exp
from ...special.incomplete_gamma_series import scaled_density
from ...special.log import log1p
from .. import negative_binomial as trials
from .mass import binomial_mass

FAMILIES = ("binomial", "deterministic", "geometric", "negative_binomial", "poisson")


@device
def binomial(x, n, p):
    possible = x >= 0.0 and x <= n and floor(x) == x
    return binomial_mass(x if possible else 0.0, n, p) if possible else 0.0


@device
def deterministic(x, value):
    return 1.0 if x == value else 0.0


@device
def geometric(x, p):
    possible = x >= 1.0 and floor(x) == x
    return p * exp((x - 1.0) * log1p(-p)) if possible else 0.0


@device
def negative_binomial(x, n, p):
    possible = x >= n and floor(x) == x
    return trials.mass(x - n, n, p) if possible else 0.0


@device
def poisson(x, mean):
    return scaled_density(x, mean) if x >= 0.0 and floor(x) == x else 0.0
