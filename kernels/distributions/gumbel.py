"""Gumbel (of maxima) with location m and scale b: X = m - b ln(-ln U).

e^(-z) is exponential, so every pair of the exponential's shape and scale is one of Gumbel.
"""

from math import e, pi

from ..jit.compile import device
from ..special.exp import exp, expm1
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import LOG2_OF_LOG_2, LOG_2, log, log1p, log2_inside, log2_scaled
from .parts import location_scale, pieces
from .parts.gumbel_scale import CONSTANT, inside, outside
from .parts.stages import add_stages

PARAMETERS = {"location": "real", "scale": "positive"}
SCALED, SHIFTED = ("location", "scale"), ("location",)
LINEAR = SCALED

_EULER = 0.5772156649015329
# Of s² d²F/ds², and its values there.
_EXTREMES = (-1.5359945446506127, -0.5532101532326139, 0.8442427094810703, 3.6291340930483313)
_VALUES = (0.24664733939127845, -0.26898539317836107, 0.35858217179851776, -0.14376575113630927)


@device
def depth(u):
    return -log2_inside(u)


@device
def placed(y, location, scale):
    """location - scale · log 2 · (log2 y + log2 log 2)."""
    per_bit = scale * LOG_2
    return log2_scaled(y, -per_bit, location - per_bit * LOG2_OF_LOG_2)


@device
def variate(u, location, scale):
    return placed(depth(u), location, scale)


PASSES = {"variate": ("depth", "placed")}


@device
def density(x, location, scale):
    z = (x - location) / scale
    return exp(-z - exp(-z)) / scale


@device
def survival(x, location, scale):
    return -expm1(-exp(-(x - location) / scale))


@device
def cdf(x, location, scale):
    return exp(-exp(-(x - location) / scale))


@device
def lower_quantile(q, location, scale):
    return location - scale * log(-log(q))


@device
def upper_quantile(q, location, scale):
    return location - scale * log(-log1p(-q))


@device
def slopes(z):
    stage = exp(-z)
    return 1.0 - stage, stage


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
def natural_location(x, v, location, scale):
    """(1/b)(Gumbel - the same with one more exponential stage in e^(-z))."""
    return x, location - scale * log(exp(-(x - location) / scale) - log(v))


@device
def natural_location_constant(scale):
    return 1.0 / scale


@device
def natural_second_location(x, v, w, location, scale):
    """(1/b²)(one stage + 2 · three stages - 3 · two stages)."""
    stage = exp(-(x - location) / scale)
    plus, minus = add_stages(stage, v, w, 1.0 / 3.0)
    return location - scale * log(plus), location - scale * log(minus)


@device
def natural_second_location_constant(scale):
    return 3.0 / (scale * scale)


@device
def hahn_jordan_location(v, location, scale):
    """Above the mode against below it: y e^(-y) = v / e for y = e^(-z)."""
    above, below = -lambert_w0(-v / e), -lambert_wm1((v - 1.0) / e)
    return location - scale * log(above), location - scale * log(below)


@device
def hahn_jordan_location_constant(scale):
    return 1.0 / (e * scale)


@device
def slice_end(y, v):
    """The y' on the same side of 1 as y with y' e^(-y') = v y e^(-y)."""
    level = -v * y * exp(-y)
    return -lambert_w0(level) if y < 1.0 else -lambert_wm1(level)


@device
def natural_scale(x, v, location, scale):
    """(1/b)(end of a slice - variate): given x, the slice is uniform below its density."""
    return location - scale * log(slice_end(exp(-(x - location) / scale), v)), x


@device
def natural_scale_constant(scale):
    return 1.0 / scale


@device
def hahn_jordan_scale(v, location, scale):
    """z outside the two extremes of z f(z) against between them."""
    return location + scale * outside(v), location + scale * inside(v)


@device
def hahn_jordan_scale_constant(scale):
    return CONSTANT / scale


_sample = pieces.sampler(location_scale.second_scale_curve(density, slopes), 1.0)


@device
def natural_second_scale(v, location, scale):
    """Inverses of d²F/db² on the three intervals where it rises and the two where it falls."""
    plus = _sample(v, 0, _EXTREMES, _VALUES, 0.0, 0.0)
    minus = _sample(v, 1, _EXTREMES, _VALUES, 0.0, 0.0)
    return location + scale * plus, location + scale * minus


@device
def natural_second_scale_constant(scale):
    return pieces.rises(_VALUES) / (scale * scale)


def expectation(location, scale):
    return location + _EULER * scale


def variance(location, scale):
    return (pi * scale) ** 2 / 6.0
