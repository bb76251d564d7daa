"""Normal with mean μ and standard deviation σ (Fu (2005), Table 1)."""

from math import copysign, e, exp, pi, sqrt

from ..jit.compile import device
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import log
from ..special.normal import (
    normal_cdf,
    normal_density,
    normal_depth,
    normal_quantile,
    normal_quantile_by_tail,
    normal_tail_by_depth,
)
from .parts.stages import add_stages

PARAMETERS = {"mean": "real", "sd": "positive"}
SCALED, SHIFTED = ("mean", "sd"), ("mean",)
LINEAR = SCALED
MIRRORED = {"mean": "mean"}


@device
def depth(u):
    return normal_depth(u)


@device
def tail(y):
    return normal_tail_by_depth(y)


@device
def placed(u, y, mean, sd):
    return mean + sd * normal_quantile_by_tail(u, y)


@device
def variate(u, mean, sd):
    return placed(u, tail(depth(u)), mean, sd)


PASSES = {"variate": ("depth", "tail", "placed")}


@device
def density(x, mean, sd):
    return normal_density((x - mean) / sd) / sd


@device
def survival(x, mean, sd):
    return normal_cdf((mean - x) / sd)


@device
def cdf(x, mean, sd):
    return normal_cdf((x - mean) / sd)


@device
def lower_quantile(q, mean, sd):
    return mean + sd * normal_quantile(q)


@device
def upper_quantile(q, mean, sd):
    return mean - sd * normal_quantile(q)


@device
def derivative_mean(x):
    return 1.0 + 0.0 * x


@device
def derivative_sd(x, mean, sd):
    return (x - mean) / sd


@device
def score_mean(x, mean, sd):
    return (x - mean) / (sd * sd)


@device
def score_sd(x, mean, sd):
    z = (x - mean) / sd
    return (z * z - 1.0) / sd


@device
def second_score_mean(x, sd):
    return -1.0 / (sd * sd) + 0.0 * x


@device
def second_score_sd(x, mean, sd):
    z = (x - mean) / sd
    return (1.0 - 3.0 * z * z) / (sd * sd)


@device
def second_score_mean_sd(x, mean, sd):
    return -2.0 * (x - mean) / (sd * sd * sd)


@device
def natural_mean(v, mean, sd):
    """μ ± R, R Rayleigh: the two ends of one slice of the density. For even outputs."""
    radius = sd * sqrt(-2.0 * log(v))
    return mean + radius, mean - radius


@device
def natural_mean_constant(mean, sd):
    return 1.0 / (sd * sqrt(2.0 * pi))


@device
def hahn_jordan_mean(v, mean, sd):
    """The same two distributions, comonotone: for monotone outputs.

    For Y = X the variance is 0.0072, for independent ends 0.137, for `natural_mean` 0.273.
    """
    return mean + sd * sqrt(-2.0 * log(v)), mean - sd * sqrt(-2.0 * log(1.0 - v))


hahn_jordan_mean_constant = natural_mean_constant


@device
def natural_sd(x, v, mean, sd):
    """Double-sided Maxwell against the variate itself: χ₃² = z² + χ₂², the sign kept."""
    z = (x - mean) / sd
    return mean + sd * copysign(sqrt(z * z - 2.0 * log(v)), z), x


@device
def natural_sd_constant(mean, sd):
    return 1.0 / sd


@device
def natural_second_mean(x, v, mean, sd):
    """The heat equation: σ times the pair of the standard deviation."""
    return natural_sd(x, v, mean, sd)


@device
def natural_second_mean_constant(sd):
    return 1.0 / (sd * sd)


@device
def natural_second_sd(x, v, w, mean, sd):
    """A power 1/2 of a gamma variate of shape 1/2: see `add_stages`."""
    z = (x - mean) / sd
    plus, minus = add_stages(0.5 * z * z, v, w, 0.4)
    side = copysign(sd, z)
    return mean + side * sqrt(2.0 * plus), mean + side * sqrt(2.0 * minus)


@device
def natural_second_sd_constant(sd):
    return 5.0 / (sd * sd)


@device
def hahn_jordan_sd(x, v, mean, sd):
    """|z| beyond 1 against |z| below 1: w² e^(-w²) = v²/e, on the side of the variate."""
    side = copysign(sd, x - mean)
    far = sqrt(-lambert_wm1(-v * v / e))
    near = sqrt(-lambert_w0(-(1.0 - v) * (1.0 - v) / e))
    return mean + side * far, mean + side * near


@device
def hahn_jordan_sd_constant(mean, sd):
    return 2.0 * exp(-0.5) / sqrt(2.0 * pi) / sd


def expectation(mean, sd):
    return mean


def variance(mean, sd):
    return sd * sd
