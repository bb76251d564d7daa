"""Student's t with degrees of freedom ν, location m and scale s: X = m + s T.

abs(T) = (ν (1 - z) / z)^(1/2), where z is beta(ν/2, 1/2) and P(z < ·) is twice the nearer tail of
the uniform. With the logit L of z that is ν^(1/2) e^(-L/2): right in both tails and next to 0.
"""

from math import copysign, inf, nan, sqrt

from ..jit.compile import device, subroutine
from ..special.exp import exp as exponential
from ..special.gamma import digamma, trigamma
from ..special.incomplete_beta import beta_logit_quantile
from ..special.log import log, log1p
from ..special.quantile_table import interpolate
from .parts import inversion, location_scale
from .parts.beta_shape import rate
from .parts.student_shape import (
    SMALLEST,
    beyond,
    height,
    logit,
    reach,
    slopes,
    student_derivative_table,
    student_table,
)

PARAMETERS = {"degrees": "positive", "location": "real", "scale": "positive"}
DEFAULTS = {"location": 0.0, "scale": 1.0}
SCALED, SHIFTED = ("location", "scale"), ("location",)
LINEAR = SCALED
MIRRORED = {"location": "location"}
_UNKNOWN = "no sampler of the second derivative in {0} is known: its paths and scores have one"
NOT_APPLICABLE = {f"natural_second_{name}": _UNKNOWN.format(name) for name in PARAMETERS}


@device
def placed(u, y, degrees, location, scale):
    """The variate of a logit."""
    radius = sqrt(degrees) * exponential(-0.5 * y)
    side = copysign(radius, u - 0.5)
    return location + scale * (side if u != 0.5 else 0.0)


@device
def variate(u, degrees, location, scale):
    return placed(u, logit(u, degrees), degrees, location, scale)


# 4 ns a variate instead of 500.
TABLE = student_table


@device
def variate_by_table(u, table, degrees, location, scale):
    tail = 2.0 * min(u, 1.0 - u)
    return placed(u, interpolate(table, tail), degrees, location, scale)


@device
def density(x, degrees, location, scale):
    z = (x - location) / scale
    return height(degrees) / scale * exponential(-0.5 * (degrees + 1.0) * log1p(z * z / degrees))


@device
def survival(x, degrees, location, scale):
    far = beyond((x - location) / scale, degrees)
    return far if x > location else 1.0 - far


@device
def cdf(x, degrees, location, scale):
    return survival(-x, degrees, -location, scale)


@device
def lower_quantile(q, degrees, location, scale):
    return location - upper_quantile(q, degrees, 0.0, scale)


@device
def upper_quantile(q, degrees, location, scale):
    """Where so much lies above: the tail q itself, or 1 - q on the other side."""
    p = 2.0 * min(q, 1.0 - q)
    y = beta_logit_quantile(0.5 * degrees, 0.5, p, max(abs(1.0 - 2.0 * q), SMALLEST))
    radius = sqrt(degrees) * exponential(-0.5 * y)
    return location + scale * (radius if q < 0.5 else -radius)


derivative_location = location_scale.derivative_location
derivative_scale = location_scale.derivative_scale


@subroutine
def derivative_degrees(x, degrees, location, scale):
    """d ln|T|/dν = 1/(2ν) - (dL/dν)/2, and dL/dν = -(dI/da)/(2 z (1 - z) times the density)."""
    z = (x - location) / scale
    if z == 0.0:
        return 0.0
    square = z * z
    inside, rest = degrees / (degrees + square), square / (degrees + square)
    slope = -rate(0.5 * degrees, 0.5, inside, rest, 1.0, 0.0)
    return (x - location) * (0.5 / degrees - 0.25 * slope)


SLOPE_TABLES = {"degrees": student_derivative_table}


@device
def derivative_degrees_by_table(u, x, slopes, degrees, location):
    slope = interpolate(slopes, 2.0 * min(u, 1.0 - u))
    return (x - location) * (0.5 / degrees - 0.25 * slope)


@device
def second_derivative_degrees_scale(x, degrees, location, scale):
    return derivative_degrees(x, degrees, location, scale) / scale


@device
def second_derivative_degrees_location(x):
    return 0.0 * x


@device
def score_degrees(x, degrees, location, scale):
    z = (x - location) / scale
    square = z * z
    common = digamma(0.5 * (degrees + 1.0)) - digamma(0.5 * degrees) - 1.0 / degrees
    share = square / (degrees + square)
    return 0.5 * (common - log1p(square / degrees) + (degrees + 1.0) / degrees * share)


@device
def second_score_degrees(x, degrees, location, scale):
    z = (x - location) / scale
    square = z * z
    common = 0.25 * (trigamma(0.5 * (degrees + 1.0)) - trigamma(0.5 * degrees))
    common += 0.5 / (degrees * degrees)
    share = square / (degrees + square)
    rest = 1.0 / degrees * share * (1.0 - 1.0 / degrees)
    return common + 0.5 * (rest - (degrees + 1.0) / degrees * share / (degrees + square))


@device
def score_location(x, degrees, location, scale):
    return slopes((x - location) / scale, degrees)[0] / scale


@device
def score_scale(x, degrees, location, scale):
    z = (x - location) / scale
    return (z * slopes(z, degrees)[0] - 1.0) / scale


@device
def second_score_location(x, degrees, location, scale):
    return -slopes((x - location) / scale, degrees)[1] / (scale * scale)


@device
def second_score_scale(x, degrees, location, scale):
    z = (x - location) / scale
    slope, bend = slopes(z, degrees)
    return (1.0 - 2.0 * z * slope - z * z * bend) / (scale * scale)


@device
def second_score_location_scale(x, degrees, location, scale):
    z = (x - location) / scale
    slope, bend = slopes(z, degrees)
    return -(slope + z * bend) / (scale * scale)


@device
def second_score_degrees_location(x, degrees, location, scale):
    z = (x - location) / scale
    below = 1.0 / (degrees + z * z)
    return z * (z * z - 1.0) * below * below / scale


@device
def second_score_degrees_scale(x, degrees, location, scale):
    z = (x - location) / scale
    return z * second_score_degrees_location(x, degrees, location, scale)


@device
def natural_location(v, degrees, location, scale):
    """The two ends of one slice of the density."""
    radius = scale * sqrt(reach(v, degrees))
    return location + radius, location - radius


@device
def natural_location_constant(degrees, scale):
    return height(degrees) / scale


@device
def hahn_jordan_location(v, degrees, location, scale):
    """The same two distributions, comonotone."""
    above, below = sqrt(reach(v, degrees)), sqrt(reach(1.0 - v, degrees))
    return location + scale * above, location - scale * below


hahn_jordan_location_constant = natural_location_constant


@device
def natural_scale(x, v, degrees, location, scale):
    """(1/s)(end of a slice - variate): given x, the slice is uniform below its density."""
    z = (x - location) / scale
    grown = exponential(-2.0 / (degrees + 1.0) * log(v))
    far = sqrt(z * z * grown + reach(v, degrees))
    return location + scale * copysign(far, z), x


@device
def natural_scale_constant(scale):
    return 1.0 / scale


# By inversion, each with the smallest constant there is.
inversion.add(globals(), "degrees", "natural")
inversion.add(globals(), "scale")


def expectation(degrees, location, scale):
    """It exists from one degree of freedom on."""
    return location if degrees > 1.0 else nan


def variance(degrees, location, scale):
    if degrees <= 2.0:
        return inf if degrees > 1.0 else nan
    return scale * scale * degrees / (degrees - 2.0)
