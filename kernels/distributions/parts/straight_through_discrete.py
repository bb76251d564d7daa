"""Straight-through discrete distribution: one value, a hard choice; the soft one's derivative."""

from ...jit.compile import device
from ..discrete import value_at
from . import relaxed_discrete

PARAMETERS = relaxed_discrete.PARAMETERS

derivative_probabilities = relaxed_discrete.derivative_probabilities


@device
def variate(u, block, lane, pitch):
    return value_at(block, lane, pitch, relaxed_discrete.chosen(u, block, lane, pitch))


@device
def derivative_values(u, block, lane, pitch, index):
    return 1.0 if relaxed_discrete.chosen(u, block, lane, pitch) == index else 0.0
