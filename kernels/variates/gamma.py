"""Gamma with shape a and scale θ (Table 1, row gam(α, θ))."""

from math import e, exp, lgamma, log as logarithm

from ..compile import device
from ..special.gamma import digamma, trigamma
from ..special.incomplete_gamma import gamma_quantile
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import log
from .stages import add_stages

PARAMETERS = {"shape": "positive", "scale": "positive"}


@device
def variate(u, shape, scale):
    return scale * gamma_quantile(shape, u)


@device
def derivative_scale(x, scale):
    return x / scale


@device
def score_scale(x, shape, scale):
    return (x / scale - shape) / scale


@device
def second_score_scale(x, shape, scale):
    return (shape - 2.0 * x / scale) / (scale * scale)


@device
def natural_scale(x, v, scale):
    """(a/θ)(gamma(a + 1, θ) - gamma(a, θ)): an exponential on the same variate."""
    return x - scale * log(v), x


@device
def natural_scale_constant(shape, scale):
    return shape / scale


@device
def natural_second_scale(x, v, w, scale):
    """(a (a + 1)/θ²)(two more stages - 2 · one more + none)."""
    plus, minus = add_stages(x / scale, v, w, 0.5)
    return scale * plus, scale * minus


@device
def natural_second_scale_constant(shape, scale):
    return 2.0 * shape * (shape + 1.0) / (scale * scale)


@device
def hahn_jordan_scale(v, shape, scale):
    """Beyond aθ against below it: the two branches of (w/a) e^(-w/a) = v^(1/a)/e."""
    above = -(v ** (1.0 / shape)) / e
    below = -((1.0 - v) ** (1.0 / shape)) / e
    return -shape * scale * lambert_wm1(above), -shape * scale * lambert_w0(below)


@device
def hahn_jordan_scale_constant(shape, scale):
    return exp(shape * (logarithm(shape) - 1.0) - lgamma(shape)) / scale


@device
def score_shape(x, shape, scale):
    return log(x / scale) - digamma(shape)


@device
def second_score_shape(x, shape):
    return -trigamma(shape) + 0.0 * x


@device
def second_score_shape_scale(x, scale):
    return -1.0 / scale + 0.0 * x


def expectation(shape, scale):
    return shape * scale
