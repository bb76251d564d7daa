"""Weibull with shape a and scale θ: X = θ (-ln U)^(1/a) (Table 1, row Wei(α, θ))."""

from math import e, gamma

from ..compile import device
from ..special.exp import exp
from ..special.lambert import lambert_w0, lambert_wm1
from ..special.log import log

PARAMETERS = {"shape": "positive", "scale": "positive"}


@device
def power(base, exponent):
    return exp(exponent * log(base))


@device
def variate(u, shape, scale):
    return scale * power(-log(u), 1.0 / shape)


@device
def derivative_scale(x, scale):
    return x / scale


@device
def score_scale(x, shape, scale):
    return shape / scale * (power(x / scale, shape) - 1.0)


@device
def second_score_scale(x, shape, scale):
    return shape / (scale * scale) * (1.0 - (shape + 1.0) * power(x / scale, shape))


@device
def natural_scale(x, v, shape, scale):
    """(a/θ)(F* - Weibull), F* = θ (E₁ + E₂)^(1/a): the generalised gamma law."""
    return scale * power(power(x / scale, shape) - log(v), 1.0 / shape), x


@device
def natural_scale_constant(shape, scale):
    return shape / scale


@device
def hahn_jordan_scale(v, shape, scale):
    above = power(-lambert_wm1(-v / e), 1.0 / shape)
    below = power(-lambert_w0((v - 1.0) / e), 1.0 / shape)
    return scale * above, scale * below


@device
def hahn_jordan_scale_constant(shape, scale):
    return shape / (scale * e)


def expectation(shape, scale):
    return scale * gamma(1.0 + 1.0 / shape)
