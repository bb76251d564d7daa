"""Pareto with shape a and scale θ: X = θ U^(-1/a), so that ln(X/θ) is exponential with rate a."""

from math import e, inf

from ..jit.compile import device
from ..special.exp import exp, expm1, twice_exp2
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import log, log1p, log2_scaled
from .parts.reasons import MOVING, SECOND_DIPOLE, about

PARAMETERS = {"shape": "positive", "scale": "positive"}
SUPPORT = ("scale", inf)
SCALED = LINEAR = ("scale",)
FALLS = True
NOT_APPLICABLE = {
    **about(MOVING, "scale", "score", "second_score", "second_score_shape"),
    **about(SECOND_DIPOLE, "scale", "natural_second"),
}


@device
def exponent(u, shape):
    return log2_scaled(u, -0.5 / shape, 0.0)


@device
def raised(y, scale):
    return twice_exp2(y, scale)


@device
def variate(u, shape, scale):
    return raised(exponent(u, shape), scale)


PASSES = {"variate": ("exponent", "raised")}


@device
def density(x, shape, scale):
    inside = shape / x * exp(-shape * log(x / scale))
    return inside if x >= scale else 0.0


@device
def survival(x, shape, scale):
    return exp(-shape * log(x / scale)) if x > scale else 1.0


@device
def cdf(x, shape, scale):
    return -expm1(-shape * log(x / scale)) if x > scale else 0.0


@device
def lower_quantile(q, shape, scale):
    return scale * exp(-log1p(-q) / shape)


@device
def upper_quantile(q, shape, scale):
    return scale * exp(-log(q) / shape)


@device
def log_slope(x, shape):
    return -(shape + 1.0) / x


@device
def log_bend(x, shape):
    return (shape + 1.0) / (x * x)


@device
def derivative_shape(x, shape, scale):
    return -x * log(x / scale) / shape


@device
def derivative_scale(x, scale):
    return x / scale


@device
def second_derivative_shape(x, shape, scale):
    """ln(X/θ) = e/a at a fixed u, so that its derivative is -ln(X/θ)/a."""
    logarithm = log(x / scale)
    return x * logarithm * (logarithm + 2.0) / (shape * shape)


@device
def second_derivative_shape_scale(x, shape, scale):
    return derivative_shape(x, shape, scale) / scale


@device
def score_shape(x, shape, scale):
    return 1.0 / shape - log(x / scale)


@device
def second_score_shape(x, shape):
    return -1.0 / (shape * shape) + 0.0 * x


@device
def natural_shape(x, v, shape):
    """(1/a)(Pareto - the same with one more exponential stage in the exponent)."""
    return x, x * exp(-log(v) / shape)


@device
def natural_shape_constant(shape):
    return 1.0 / shape


@device
def natural_second_shape(x, v, w, shape):
    """(2/a²)(three stages - two stages)."""
    two = x * exp(-log(v) / shape)
    return two * exp(-log(w) / shape), two


@device
def natural_second_shape_constant(shape):
    return 2.0 / (shape * shape)


@device
def hahn_jordan_shape(v, shape, scale):
    """ln(X/θ) below its mean 1/a against beyond it (see the exponential)."""
    below = -lambert_w0((v - 1.0) / e) / shape
    beyond = -lambert_wm1(-v / e) / shape
    return scale * exp(below), scale * exp(beyond)


@device
def hahn_jordan_shape_constant(shape):
    return 1.0 / (shape * e)


@device
def natural_scale(x, scale):
    """(a/θ)(Pareto - point mass at θ): also Hahn-Jordan."""
    return x, scale


@device
def natural_scale_constant(shape, scale):
    return shape / scale


hahn_jordan_scale, hahn_jordan_scale_constant = natural_scale, natural_scale_constant


def highest_moment(shape, scale):
    """E[X^k] is finite below this k."""
    return shape


def expectation(shape, scale):
    return scale * shape / (shape - 1.0) if shape > 1.0 else inf


def variance(shape, scale):
    if shape <= 2.0:
        return inf
    return scale * scale * shape / ((shape - 1.0) ** 2 * (shape - 2.0))


def edge_orders(shape, scale):
    return 0.0, inf
