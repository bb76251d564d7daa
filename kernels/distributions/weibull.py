"""Weibull with shape a and scale θ: X = θ (-ln U)^(1/a) (Fu (2005), Table 1)."""

from math import e, gamma, inf
from math import expm1 as exact_expm1

from ..jit.compile import device
from ..special.exp import exp, expm1, twice_exp2
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import LOG2_OF_LOG_2, log, log1p, log2_inside, log2_scaled
from . import pareto
from .gumbel import slice_end
from .parts import pieces
from .parts.gumbel_scale import CONSTANT, inside, outside
from .parts.stages import add_stages

PARAMETERS = {"shape": "positive", "scale": "positive"}
SUPPORT = (0.0, inf)
SCALED = LINEAR = ("scale",)
FALLS = True

# Of a² d²F/da² in t = a ln(X/θ), and its values there.
_EXTREMES = (-2.4443982797655432, 1.3452103110092746)
_VALUES = (0.4341543011274955, -0.42433455569144485)


@device
def power(base, exponent):
    return exp(exponent * log(base))


@device
def depth(u):
    return -log2_inside(u)


@device
def exponent(y, shape):
    half = 0.5 / shape
    return log2_scaled(y, half, half * LOG2_OF_LOG_2)


@device
def raised(y, scale):
    return twice_exp2(y, scale)


@device
def variate(u, shape, scale):
    return raised(exponent(depth(u), shape), scale)


PASSES = {"variate": ("depth", "exponent", "raised")}


@device
def density(x, shape, scale):
    y = power(x / scale, shape)
    return shape / x * y * exp(-y) if x > 0.0 else 0.0


@device
def survival(x, shape, scale):
    return exp(-power(x / scale, shape)) if x > 0.0 else 1.0


@device
def cdf(x, shape, scale):
    return -expm1(-power(x / scale, shape)) if x > 0.0 else 0.0


@device
def lower_quantile(q, shape, scale):
    return scale * power(-log1p(-q), 1.0 / shape)


@device
def upper_quantile(q, shape, scale):
    return scale * power(-log(q), 1.0 / shape)


@device
def log_slope(x, shape, scale):
    return (shape - 1.0 - shape * power(x / scale, shape)) / x


@device
def log_bend(x, shape, scale):
    return -(shape - 1.0) * (1.0 + shape * power(x / scale, shape)) / (x * x)


# X = θ e^(1/a) with e free of both, as for Pareto.
derivative_shape = pareto.derivative_shape
derivative_scale = pareto.derivative_scale
second_derivative_shape = pareto.second_derivative_shape
second_derivative_shape_scale = pareto.second_derivative_shape_scale


@device
def score_scale(x, shape, scale):
    return shape / scale * (power(x / scale, shape) - 1.0)


@device
def second_score_scale(x, shape, scale):
    return shape / (scale * scale) * (1.0 - (shape + 1.0) * power(x / scale, shape))


@device
def score_shape(x, shape, scale):
    logarithm = log(x / scale)
    return 1.0 / shape + logarithm * (1.0 - exp(shape * logarithm))


@device
def second_score_shape(x, shape, scale):
    logarithm = log(x / scale)
    return -1.0 / (shape * shape) - logarithm * logarithm * exp(shape * logarithm)


@device
def second_score_shape_scale(x, shape, scale):
    logarithm = log(x / scale)
    y = exp(shape * logarithm)
    return (y * (1.0 + shape * logarithm) - 1.0) / scale


@device
def natural_shape(x, v, shape, scale):
    """-ln y, y = (X/θ)^a, is Gumbel, and 1/a is its scale: (1/a)(variate - end of its slice)."""
    y = power(x / scale, shape)
    return x, scale * power(slice_end(y, v), 1.0 / shape)


@device
def natural_shape_constant(shape):
    return 1.0 / shape


@device
def hahn_jordan_shape(v, shape, scale):
    """a ln(X/θ) between the extremes of the Gumbel's z f(z), sign changed, against outside."""
    return scale * exp(-inside(1.0 - v) / shape), scale * exp(-outside(1.0 - v) / shape)


@device
def hahn_jordan_shape_constant(shape):
    return CONSTANT / shape


@device
def _curve(t, a, b):
    """t² (y - y²) e^(-y) for y = e^t = (X/θ)^a: a² d²F/da², and its slope in t."""
    y = exp(t)
    bell = y * exp(-y) * t
    return bell * t * (1.0 - y), bell * (t * (1.0 - y * (3.0 - y)) + 2.0 * (1.0 - y))


_sample = pieces.sampler(_curve, 1.0)


@device
def natural_second_shape(v, shape, scale):
    """Inverses of d²F/da²: the two tails against the middle."""
    plus = _sample(v, 0, _EXTREMES, _VALUES, 0.0, 0.0)
    minus = _sample(v, 1, _EXTREMES, _VALUES, 0.0, 0.0)
    return scale * exp(plus / shape), scale * exp(minus / shape)


@device
def natural_second_shape_constant(shape):
    return pieces.rises(_VALUES) / (shape * shape)


@device
def natural_scale(x, v, shape, scale):
    """(a/θ)(F* - Weibull), F* = θ (E₁ + E₂)^(1/a): the generalised gamma distribution."""
    return scale * power(power(x / scale, shape) - log(v), 1.0 / shape), x


@device
def natural_scale_constant(shape, scale):
    return shape / scale


@device
def natural_second_scale(x, v, w, shape, scale):
    """A power 1/a of an exponential: see `add_stages`."""
    keep = (1.0 + shape) / (1.0 + 3.0 * shape)
    plus, minus = add_stages(power(x / scale, shape), v, w, keep)
    return scale * power(plus, 1.0 / shape), scale * power(minus, 1.0 / shape)


@device
def natural_second_scale_constant(shape, scale):
    return shape * (1.0 + 3.0 * shape) / (scale * scale)


@device
def hahn_jordan_scale(v, shape, scale):
    above = power(-lambert_wm1(-v / e), 1.0 / shape)
    below = power(-lambert_w0((v - 1.0) / e), 1.0 / shape)
    return scale * above, scale * below


@device
def hahn_jordan_scale_constant(shape, scale):
    return shape / (scale * e)


def moment(shape, order):
    """E[X^order] for scale 1."""
    try:
        return gamma(1.0 + order / shape)
    except OverflowError:
        return inf


def expectation(shape, scale):
    return scale * moment(shape, 1)


def variance(shape, scale):
    mean, square = moment(shape, 1), moment(shape, 2)
    if shape > 200.0:  # the two are alike, and their difference would be rounding
        return (scale * mean) ** 2 * excess(1.0 / shape)
    return inf if square == inf else scale * scale * (square - mean * mean)


def excess(t):
    """E[X²]/E[X]² - 1 for t = 1/shape, from ln Γ(1 + t) = -γ t + ζ(2) t²/2 - ζ(3) t³/3 + …"""
    zeta = (1.6449340668482264, 1.2020569031595942, 1.0823232337111382, 1.03692775514337)
    powers = (((2.0 * t) ** k - 2.0 * t**k) / k for k in range(2, 6))
    return exact_expm1(sum(z * p * s for z, p, s in zip(zeta, powers, (1, -1, 1, -1), strict=True)))


def edge_orders(shape, scale):
    return shape - 1.0, inf
