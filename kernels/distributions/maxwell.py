"""Double-sided Maxwell with location m and scale s: density z² φ(z) / s, z = (x - m) / s."""

from math import copysign, e, pi, sqrt
from math import exp as exponential

from ..jit.compile import device
from ..special.exp import exp, twice_exp2
from ..special.incomplete_gamma import gamma_log_quantile, gamma_quantile, gamma_survival
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import LOG_2, log
from ..special.quantile_table import interpolate
from ..special.shape_tables import maxwell_table
from .parts import location_scale
from .parts.stages import add_stages, split

PARAMETERS = {"location": "real", "scale": "positive"}
SCALED, SHIFTED = ("location", "scale"), ("location",)
LINEAR = SCALED
MIRRORED = {"location": "location"}

ALMOST_ONE = 1.0 - 2.0**-53
_ROOT_TWO_PI = sqrt(2.0 * pi)
# exp(3/2 (log(3/2) - 1)) / Gamma(3/2): the Hahn-Jordan constant of the gamma scale.
_GAMMA_CONSTANT = exponential(1.5 * (0.4054651081081644 - 1.0)) * 2.0 / sqrt(pi)


@device
def variate(u, location, scale):
    """z²/2 is gamma with shape 3/2; 2u - 1 is exact, and its sign is the side."""
    side = 2.0 * u - 1.0
    radius = sqrt(2.0 * gamma_quantile(1.5, abs(side)))
    return location + scale * copysign(radius, side)


# Of log(z²/3): 3 ns a variate instead of 300.
TABLE = maxwell_table
_ROOT_THREE, _QUARTER_PER_LOG_2 = sqrt(3.0), 0.25 / LOG_2


@device
def variate_by_table(u, table, location, scale):
    side = 2.0 * u - 1.0
    radius = twice_exp2(_QUARTER_PER_LOG_2 * interpolate(table, abs(side)), _ROOT_THREE)
    return location + scale * copysign(radius, side)


@device
def density(x, location, scale):
    z = (x - location) / scale
    return z * z * exp(-0.5 * z * z) / (_ROOT_TWO_PI * scale)


@device
def survival(x, location, scale):
    z = (x - location) / scale
    half = 0.5 * gamma_survival(1.5, 0.5 * z * z)
    return half if z > 0.0 else 1.0 - half


@device
def cdf(x, location, scale):
    return survival(-x, -location, scale)


@device
def lower_quantile(q, location, scale):
    return location - upper_quantile(q, 0.0, scale)


@device
def upper_quantile(q, location, scale):
    """The side that is nearer: 2 q is the probability of more there."""
    p = 2.0 * min(q, 1.0 - q)
    radius = _ROOT_THREE * exp(0.5 * gamma_log_quantile(1.5, min(1.0 - p, ALMOST_ONE), p))
    return location + scale * (radius if q < 0.5 else -radius)


@device
def slopes(z):
    # The density vanishes at 0, where one value of the uniform leads.
    reciprocal = 1.0 / z if z != 0.0 else 0.0
    return z - 2.0 * reciprocal, 1.0 + 2.0 * reciprocal * reciprocal


derivative_location = location_scale.derivative_location
derivative_scale = location_scale.derivative_scale
(
    score_location,
    score_scale,
    second_score_location,
    second_score_scale,
    second_score_location_scale,
) = location_scale.scores(slopes)


@device
def hahn_jordan_location(x, v, location, scale):
    """Outer and inner end of one slice of the density's two humps, alike on both."""
    far = sqrt(-2.0 * lambert_wm1(-v / e))
    near = sqrt(-2.0 * lambert_w0(-v / e))
    right = x > location
    return (
        location + scale * (far if right else -near),
        location + scale * (near if right else -far),
    )


@device
def hahn_jordan_location_constant(scale):
    return 4.0 / (e * _ROOT_TWO_PI * scale)


natural_location, natural_location_constant = hahn_jordan_location, hahn_jordan_location_constant


@device
def natural_second_location(x, v, w, location, scale):
    """(1/s²)(z⁴ φ + 2 φ - 5 z² φ): longer or shorter on the side of the variate.

    |z| times a uniform is half normal, and z² plus an exponential of mean 2 is χ₅².
    """
    z = (x - location) / scale
    shorter, _ = split(w, 0.4)
    other = z * v if shorter else copysign(sqrt(z * z - 2.0 * log(v)), z)
    return location + scale * other, x


@device
def natural_second_location_constant(scale):
    return 5.0 / (scale * scale)


@device
def natural_scale(x, v, location, scale):
    """(3/s)(χ₅ - χ₃), the sign kept: one more stage on z²/2."""
    z = (x - location) / scale
    return location + scale * copysign(sqrt(z * z - 2.0 * log(v)), z), x


@device
def natural_scale_constant(scale):
    return 3.0 / scale


@device
def natural_second_scale(x, v, w, location, scale):
    """A power 1/2 of a gamma variate of shape 3/2: see `add_stages`."""
    z = (x - location) / scale
    plus, minus = add_stages(0.5 * z * z, v, w, 4.0 / 9.0)
    side = copysign(scale, z)
    return location + side * sqrt(2.0 * plus), location + side * sqrt(2.0 * minus)


@device
def natural_second_scale_constant(scale):
    return 27.0 / (scale * scale)


@device
def hahn_jordan_scale(x, v, location, scale):
    """z² beyond 3 against below 3: as the gamma's scale, for shape 3/2."""
    beyond = -3.0 * lambert_wm1(-exp(log(v) / 1.5) / e)
    below = -3.0 * lambert_w0(-exp(log(1.0 - v) / 1.5) / e)
    side = copysign(scale, x - location)
    return location + side * sqrt(beyond), location + side * sqrt(below)


@device
def hahn_jordan_scale_constant(scale):
    return 2.0 * _GAMMA_CONSTANT / scale


def expectation(location, scale):
    return location


def variance(location, scale):
    return 3.0 * scale * scale
