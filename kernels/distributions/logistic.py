"""Logistic with location m and scale s: X = m + s ln(U / (1 - U))."""

from math import copysign, pi, sqrt

from ..jit.compile import device
from ..special.exp import exp
from ..special.log import LOG_2, log, log1p, log2_inside
from .parts import location_scale, pieces
from .parts.stages import split

PARAMETERS = {"location": "real", "scale": "positive"}
SCALED, SHIFTED = ("location", "scale"), ("location",)
LINEAR = SCALED
MIRRORED = {"location": "location"}

# Where z f(z) is largest (z tanh(z/2) = 1), and its value there.
_PEAK = 1.5434046384182085
_HEIGHT = 0.22387160234715142
_LOG_HEIGHT = -1.4966825952785641
# Of s² d²F/ds² for z > 0 (it is odd), and its values there.
_EXTREMES = (0.0, 0.9912981015370361, 3.7869766487428937)
_VALUES = (0.0, 0.3023902190994291, -0.1328751874689512)


@device
def share(u):
    return log2_inside(u)


@device
def against_rest(u, y, location, scale):
    return location + scale * LOG_2 * (y - log2_inside(1.0 - u))


@device
def variate(u, location, scale):
    return against_rest(u, share(u), location, scale)


PASSES = {"variate": ("share", "against_rest")}


@device
def density(x, location, scale):
    decay = exp(-abs(x - location) / scale)
    return decay / (scale * (1.0 + decay) * (1.0 + decay))


@device
def survival(x, location, scale):
    return 1.0 / (1.0 + exp((x - location) / scale))


@device
def cdf(x, location, scale):
    return 1.0 / (1.0 + exp(-(x - location) / scale))


@device
def lower_quantile(q, location, scale):
    return location + scale * (log(q) - log1p(-q))


@device
def upper_quantile(q, location, scale):
    return location - scale * (log(q) - log1p(-q))


@device
def slopes(z):
    """tanh(z/2) and its derivative."""
    decay = exp(-abs(z))
    below = 1.0 / (1.0 + decay)
    return copysign((1.0 - decay) * below, z), 2.0 * decay * below * below


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
    """(1/s)(larger of two - one of them), because -s f' = 2 f F - f."""
    return max(x, variate(v, location, scale)), x


@device
def natural_location_constant(scale):
    return 1.0 / scale


@device
def natural_second_location(x, v, w, location, scale):
    """s² f'' = 6 f F² - 6 f F + f: the largest of three or one, against the larger of two."""
    two = max(x, variate(v, location, scale))
    kept, rest = split(w, 1.0 / 3.0)
    return x if kept else max(two, variate(rest, location, scale)), two


@device
def natural_second_location_constant(scale):
    return 3.0 / (scale * scale)


@device
def hahn_jordan_location(v, location, scale):
    """Above the mode against below it: cosh²(z/2) = 1/v."""
    above = 2.0 * log(1.0 + sqrt(1.0 - v)) - log(v)
    below = 2.0 * log(1.0 + sqrt(v)) - log(1.0 - v)
    return location + scale * above, location - scale * below


@device
def hahn_jordan_location_constant(scale):
    return 0.25 / scale


@device
def natural_scale(x, v, location, scale):
    """(1/s)(end of a slice - variate): given x, the slice is uniform below its density."""
    root = exp(0.5 * abs(x - location) / scale)
    sinh = 0.5 * (root - 1.0 / root)
    excess = (sinh * sinh + (1.0 - v)) / v
    end = 2.0 * log(sqrt(1.0 + excess) + sqrt(excess))
    return location + copysign(scale * end, x - location), x


@device
def natural_scale_constant(scale):
    return 1.0 / scale


@device
def hahn_jordan_scale(x, v, location, scale):
    """|z| beyond the peak of z f(z) against below it, on the side of the variate."""
    level = log(v * _HEIGHT)
    side = copysign(scale, x - location)
    return location + side * _far(level), location + side * _near(level)


@device
def hahn_jordan_scale_constant(scale):
    return 2.0 * _HEIGHT / scale


@device
def _far(level):
    """The z > peak with log(z f(z)) = level: Newton for a concave function, from above."""
    depth = max(_LOG_HEIGHT - level, 0.0)
    z = _PEAK + 2.0 * sqrt(depth) + depth
    for _ in range(8):
        decay = exp(-z)
        rate = 1.0 / z - 1.0 + 2.0 * decay / (1.0 + decay)
        z -= (log(z) - z - 2.0 * log1p(decay) - level) / min(rate, -1e-9)
    return max(z, _PEAK)


@device
def _near(level):
    """The z < peak with log(z f(z)) = level, as a function of log z: Newton, from below."""
    z = _PEAK * exp(level - _LOG_HEIGHT - 2.0 * sqrt(max(_LOG_HEIGHT - level, 0.0)))
    for _ in range(8):
        decay = exp(-z)
        rate = 1.0 - z * (1.0 - decay) / (1.0 + decay)
        step = (log(z) - z - 2.0 * log1p(decay) - level) / max(rate, 1e-9)
        z *= exp(-step)
    return min(z, _PEAK)


_sample = pieces.sampler(location_scale.second_scale_curve(density, slopes), 1.0)


@device
def natural_second_scale(x, v, location, scale):
    """|z| where d²F/ds² rises against where it falls, on the side of the variate."""
    side = copysign(scale, x - location)
    plus = _sample(v, 1, _EXTREMES, _VALUES, 0.0, 0.0)
    minus = _sample(v, 2, _EXTREMES, _VALUES, 0.0, 0.0)
    return location + side * plus, location + side * minus


@device
def natural_second_scale_constant(scale):
    return 2.0 * pieces.rises(_VALUES) / (scale * scale)


def expectation(location, scale):
    return location


def variance(location, scale):
    return (pi * scale) ** 2 / 3.0
