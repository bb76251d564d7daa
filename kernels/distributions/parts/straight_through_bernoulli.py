"""Straight-through Bernoulli: the variate of a Bernoulli, the derivative of its relaxation."""

from ...jit.compile import device
from .. import bernoulli
from . import relaxed_bernoulli

PARAMETERS = relaxed_bernoulli.PARAMETERS

derivative_p = relaxed_bernoulli.derivative_p


@device
def variate(u, p, high, low):
    return bernoulli.variate(u, p, high, low)


@device
def derivative_high(x, high):
    return bernoulli.derivative_high(x, high)


@device
def derivative_low(x, low):
    return bernoulli.derivative_low(x, low)
