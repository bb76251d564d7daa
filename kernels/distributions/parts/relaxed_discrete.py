"""Relaxed discrete distribution (Gumbel-Softmax, or Concrete): every value, each with a soft share.

    X = Σ values_k z_k,    z = softmax((ln p_k + G_k) / τ),    G_k = -ln(-ln U_k)

    dX/dp_j = z_j (values_j - X) / (τ p_j),    dX/dvalues_j = z_j

As τ → 0, z becomes the indicator of the largest ln p_k + G_k, which is k with probability p_k.
U_0 is the variate's own uniform, U_k its `further` ones. With two values z_0 has the
distribution of the relaxed Bernoulli, for the difference of two Gumbel variables is logistic.

The block is that of the discrete distribution, and then the temperature τ.
"""

from math import inf

from ...jit.compile import device
from ...special.exp import exp
from ...special.log import log, log_inside
from ..discrete import probability_at, value_at
from .further import further

# None is known by name: all stand in the block.
PARAMETERS: dict[str, str] = {}


@device
def temperature_of(block, lane, pitch):
    return block[lane + (1 + 2 * int(block[lane])) * pitch]


@device
def height(u, block, lane, pitch, k):
    """(ln p_k + G_k) / τ: -ln U_k is exponential, and p_k over it is what is compared."""
    stage = -log_inside(u if k == 0 else further(u, k))
    return log(probability_at(block, lane, pitch, k) / stage) / temperature_of(block, lane, pitch)


@device
def relaxed(u, block, lane, pitch, index):
    """(X, z_index), summed relative to the highest category so far: nothing overflows."""
    highest, total, mean, own = -inf, 0.0, 0.0, 0.0
    for k in range(int(block[lane])):
        here = height(u, block, lane, pitch, k)
        lower = exp(-abs(here - highest))
        old, new = (lower, 1.0) if here > highest else (1.0, lower)
        highest = max(here, highest)
        total = total * old + new
        mean = mean * old + value_at(block, lane, pitch, k) * new
        own = own * old + (new if k == index else 0.0)
    return mean / total, own / total


@device
def chosen(u, block, lane, pitch):
    """The category that wins."""
    highest, winner = -inf, 0
    for k in range(int(block[lane])):
        here = height(u, block, lane, pitch, k)
        winner = k if here > highest else winner
        highest = max(here, highest)
    return winner


@device
def variate(u, block, lane, pitch):
    return relaxed(u, block, lane, pitch, 0)[0]


@device
def derivative_values(u, block, lane, pitch, index):
    return relaxed(u, block, lane, pitch, index)[1]


@device
def derivative_probabilities(u, block, lane, pitch, index):
    mean, own = relaxed(u, block, lane, pitch, index)
    scale = temperature_of(block, lane, pitch) * probability_at(block, lane, pitch, index)
    return own * (value_at(block, lane, pitch, index) - mean) / scale
