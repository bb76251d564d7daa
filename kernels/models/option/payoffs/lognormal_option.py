"""Calls and puts on a lognormal price, with their derivatives."""

from ....jit.compile import device
from ....special.exp import exp
from ....special.log import log
from ....special.normal import normal_cdf, normal_density


@device
def lognormal_option(before, strike, mean, sd, sign):
    """E(± (before · e^N - strike))⁺ for N normal, and its ∂/∂mean, ∂/∂sd and ∂/∂strike.

    A call struck at nothing or below is a forward, and such a put is worth nothing.
    """
    passed = strike <= 0.0
    certain = 1.0 if sign > 0.0 else 0.0
    above = (log(before / (1.0 if passed else strike)) + mean) / sd
    forward = before * exp(mean + 0.5 * sd * sd)
    gained = sign * forward * (certain if passed else normal_cdf(sign * (above + sd)))
    lost = sign * (certain if passed else normal_cdf(sign * above))
    bell = 0.0 if passed else normal_density(above + sd)
    return gained - lost * strike, gained, gained * sd + forward * bell, -lost
