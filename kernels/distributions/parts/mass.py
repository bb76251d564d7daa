"""Whole-number variates by inversion: what Poisson, binomial and negative binomial share.

In all three the masses obey m(k) = m(k - 1) (slope + base / k), so a walk over neighbours
needs no logarithm. A walk starts where the normal approximation (with its skewness) says, at
the exact distribution function, and so it takes a step or two, whatever the mean.
"""

import math

from ...jit.compile import device, subroutine
from ...special.exp import exp
from ...special.gamma import stirling_remainder
from ...special.log import log1p, x_minus_log1p
from ...special.normal import normal_quantile

# Below this mean a walk from 0 is faster than one evaluation of a distribution function.
SMALL = 12.0
_TWO_PI = 2.0 * math.pi


@device
def deviance(k, mean):
    """k log(k / mean) - k + mean, without cancellation for k next to the mean."""
    return k * x_minus_log1p((mean - k) / k)


@device
def binomial_mass(k, n, p):
    """C(n, k) p^k (1 - p)^(n - k), for real numbers 0 <= k <= n (Loader, 2000)."""
    rest = n - k
    if k == 0.0:
        return exp(n * log1p(-p))
    if rest == 0.0:
        return math.exp(n * math.log(p))
    stirling = stirling_remainder(n) - stirling_remainder(k) - stirling_remainder(rest)
    exponent = stirling - deviance(k, n * p) - deviance(rest, n * (1.0 - p))
    return exp(exponent) * math.sqrt(n / (_TWO_PI * k * rest))


@device
def walk_from_zero(u, mass, slope, base):
    """The smallest k with m(0) + … + m(k) >= u; `mass` is m(0)."""
    k, total = 0.0, mass
    while total < u:
        k += 1.0
        ratio = slope + base / k
        mass *= ratio
        total += mass
        # What is left is below the rounding of the sum.
        if mass < 1e-17 * (1.0 - ratio):
            break
    return k


@device
def walk_from(k, u, below, above, mass, slope, base):
    """The smallest k with F(k) >= u, from a guess where F = below, 1 - F = above."""
    if u <= 0.5:
        while below < u:
            k += 1.0
            mass *= slope + base / k
            below += mass
        while k > 0.0 and below - mass >= u:
            below -= mass
            mass /= slope + base / k
            k -= 1.0
        return k
    rest = 1.0 - u
    while above > rest and mass > 0.0:
        k += 1.0
        mass *= slope + base / k
        above -= mass
    while k > 0.0 and above + mass <= rest:
        above += mass
        mass /= slope + base / k
        k -= 1.0
    return k


@device
def cornish_fisher(u, mean, sd, skewness):
    """A whole number near the quantile, from normal theory with a correction for skewness."""
    z = normal_quantile(u)
    guess = mean + sd * (z + skewness * (z * z - 1.0) / 6.0)
    return max(math.floor(guess), 0.0)


@subroutine
def slice_low(v, mode, slope, base):
    """The smallest k with m(k) > v m(mode): a walk from the mode, 4 ns a step."""
    low, relative = mode, 1.0
    while low > 0.0:
        relative /= slope + base / low
        if relative <= v:
            break
        low -= 1.0
    return low


@subroutine
def slice_high(v, mode, slope, base):
    """The largest k with m(k) > v m(mode)."""
    high, relative = mode, 1.0
    while True:
        relative *= slope + base / (high + 1.0)
        if relative <= v:
            return high
        high += 1.0
