"""Erlang: a gamma with a whole number of stages, each exponential with mean θ."""

from math import inf

from ..jit.compile import device
from . import gamma

PARAMETERS = {"stages": "count", "scale": "positive"}
SUPPORT = (0.0, inf)
SCALED = LINEAR = ("scale",)


@device
def variate(u, stages, scale):
    return gamma.variate(u, stages, scale)


TABLE = gamma.TABLE


@device
def variate_by_table(u, table, stages, scale):
    return gamma.variate_by_table(u, table, stages, scale)


@device
def density(x, stages, scale):
    return gamma.density(x, stages, scale)


@device
def survival(x, stages, scale):
    return gamma.survival(x, stages, scale)


@device
def cdf(x, stages, scale):
    return gamma.cdf(x, stages, scale)


@device
def lower_quantile(q, stages, scale):
    return gamma.lower_quantile(q, stages, scale)


@device
def upper_quantile(q, stages, scale):
    return gamma.upper_quantile(q, stages, scale)


@device
def log_slope(x, stages, scale):
    return gamma.log_slope(x, stages, scale)


@device
def log_bend(x, stages):
    return gamma.log_bend(x, stages)


derivative_scale = gamma.derivative_scale
natural_scale = gamma.natural_scale
natural_second_scale = gamma.natural_second_scale


@device
def score_scale(x, stages, scale):
    return gamma.score_scale(x, stages, scale)


@device
def second_score_scale(x, stages, scale):
    return gamma.second_score_scale(x, stages, scale)


@device
def natural_scale_constant(stages, scale):
    return gamma.natural_scale_constant(stages, scale)


@device
def natural_second_scale_constant(stages, scale):
    return gamma.natural_second_scale_constant(stages, scale)


@device
def hahn_jordan_scale(v, stages, scale):
    return gamma.hahn_jordan_scale(v, stages, scale)


@device
def hahn_jordan_scale_constant(stages, scale):
    return gamma.hahn_jordan_scale_constant(stages, scale)


def expectation(stages, scale):
    return stages * scale


def variance(stages, scale):
    return stages * scale * scale


def edge_orders(stages, scale):
    return stages - 1.0, inf
