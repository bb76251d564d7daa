"""Cauchy with location m and scale s; it has no mean, so outputs must be bounded in it."""

from math import copysign, log, nan, pi, sqrt

from ..jit.compile import device
from ..special.exp import exp
from ..special.trigonometric import atan, cot_pi, tan_pi
from .parts import location_scale, pieces

PARAMETERS = {"location": "real", "scale": "positive"}
SCALED, SHIFTED = ("location", "scale"), ("location",)
LINEAR = SCALED
MIRRORED = {"location": "location"}

# Where z / (1 + z²)² is largest, as log z, and its value there.
_PEAK, _HEIGHT = -0.5 * log(3.0), 3.0 * sqrt(3.0) / 16.0


@device
def variate(u, location, scale):
    """m + s tan(π (u - 1/2)), the tails from their small probability itself."""
    centred = u - 0.5
    tail = u if centred < 0.0 else 1.0 - u
    far = copysign(cot_pi(tail), centred)
    return location + scale * (far if tail < 0.25 else tan_pi(centred))


@device
def density(x, location, scale):
    z = (x - location) / scale
    return 1.0 / (pi * scale * (1.0 + z * z))


@device
def survival(x, location, scale):
    z = (x - location) / scale
    return atan(1.0 / z) / pi if z > 1.0 else 0.5 - atan(z) / pi


@device
def cdf(x, location, scale):
    return survival(-x, -location, scale)


@device
def lower_quantile(q, location, scale):
    return variate(q, location, scale)


@device
def upper_quantile(q, location, scale):
    return location - variate(q, 0.0, scale)


@device
def slopes(z):
    below = 1.0 / (1.0 + z * z)
    return 2.0 * z * below, 2.0 * (1.0 - z * z) * below * below


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
def natural_location(v, location, scale):
    """The two ends of one slice of the density."""
    radius = scale * sqrt(1.0 / v - 1.0)
    return location + radius, location - radius


@device
def natural_location_constant(scale):
    return 1.0 / (pi * scale)


@device
def hahn_jordan_location(v, location, scale):
    """The same two distributions, comonotone."""
    return location + scale * sqrt(1.0 / v - 1.0), location - scale * sqrt(1.0 / (1.0 - v) - 1.0)


hahn_jordan_location_constant = natural_location_constant


@device
def natural_scale(x, v, location, scale):
    """(1/s)(end of a slice - variate): given x, the slice is uniform below its density."""
    z = (x - location) / scale
    return location + copysign(scale * sqrt((z * z + (1.0 - v)) / v), x - location), x


@device
def natural_scale_constant(scale):
    return 1.0 / scale


@device
def hahn_jordan_scale(x, v, location, scale):
    """|z| beyond 1 against |z| below 1, on the side of the variate: z / (1 + z²) = v / 2."""
    far = (1.0 + sqrt((1.0 - v) * (1.0 + v))) / v
    side = copysign(scale, x - location)
    return location + side * far, location + side / far


@device
def hahn_jordan_scale_constant(scale):
    return 1.0 / (pi * scale)


@device
def _curve(t, a, b):
    """z / (1 + z²)² for z = e^t: π s² / 2 times d²F/ds², which is -d²F/dm²."""
    z = exp(t)
    below = 1.0 / (1.0 + z * z)
    value = z * below * below
    return value, value * (1.0 - 4.0 * z * z * below)


_sample = pieces.sampler(_curve, 0.5)


@device
def natural_second_scale(x, v, location, scale):
    """|z| below 3^(-1/2) against beyond, where z / (1 + z²)² falls, on the side of the variate."""
    side = copysign(scale, x - location)
    below = exp(_sample(v, 0, (_PEAK,), (_HEIGHT,), 0.0, 0.0))
    beyond = exp(_sample(v, 1, (_PEAK,), (_HEIGHT,), 0.0, 0.0))
    return location + side * below, location + side * beyond


@device
def natural_second_location(x, v, location, scale):
    """The density is harmonic in location and scale: the same pair, exchanged."""
    below, beyond = natural_second_scale(x, v, location, scale)
    return beyond, below


@device
def natural_second_scale_constant(scale):
    return 4.0 * _HEIGHT / (pi * scale * scale)


natural_second_location_constant = natural_second_scale_constant


def highest_moment(location, scale):
    """E|X|^k is finite below this k."""
    return 1.0


def expectation(location, scale):
    """The mean does not exist."""
    return nan


def variance(location, scale):
    """Nor does it have a variance."""
    return nan
