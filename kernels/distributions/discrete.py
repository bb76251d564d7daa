"""A finite distribution: value i with probability p_i.

The block of parameters holds the count K, then K values, then K probabilities. The slots of
the probabilities stand for the distribution only together: their tangents sum to zero, so whatever
is the same in all of them may be added. That is why each score is centred, and why each weak
derivative is the point mass at its value against the distribution itself.
"""

from ..jit.compile import device
from .parts.reasons import ALL_MEASURES, ATOM, JUMP, about

# None is known by name: all stand in the block.
PARAMETERS: dict[str, str] = {}
NOT_APPLICABLE = {
    **about(JUMP, "probabilities", "derivative"),
    **about(ATOM, "values", *ALL_MEASURES),
}


@device
def value_at(block, lane, pitch, index):
    return block[lane + (1 + index) * pitch]


@device
def probability_at(block, lane, pitch, index):
    return block[lane + (1 + int(block[lane]) + index) * pitch]


@device
def variate(u, block, lane, pitch):
    last, i = int(block[lane]) - 1, 0
    border = probability_at(block, lane, pitch, 0)
    while i < last and u > border:
        i += 1
        border += probability_at(block, lane, pitch, i)
    return value_at(block, lane, pitch, i)


@device
def derivative_values(x, block, lane, pitch, index):
    return 1.0 if x == value_at(block, lane, pitch, index) else 0.0


@device
def score_probabilities(x, block, lane, pitch, index):
    hit = x == value_at(block, lane, pitch, index)
    return (1.0 / probability_at(block, lane, pitch, index) if hit else 0.0) - 1.0


@device
def second_score_probabilities(x, block, lane, pitch, index):
    p = probability_at(block, lane, pitch, index)
    return -1.0 / (p * p) if x == value_at(block, lane, pitch, index) else 0.0


@device
def mixed_score_probabilities(x):
    return 0.0 * x


@device
def natural_probabilities(x, block, lane, pitch, index):
    """Point mass at the value against the distribution."""
    return value_at(block, lane, pitch, index) + 0.0 * x, x


# Given all but the choice, the output is that of the value: the same pair.
conditional_probabilities = natural_probabilities


@device
def others(block, lane, pitch, index):
    """The probability of any other value: 1 - p would lose digits where p is near 1."""
    total = 0.0
    for i in range(int(block[lane])):
        total += 0.0 if i == index else probability_at(block, lane, pitch, i)
    return total


@device
def hahn_jordan_probabilities(v, block, lane, pitch, index):
    """Point mass at the value against the distribution given any other value."""
    last, i = int(block[lane]) - 1, 1 if index == 0 else 0
    last -= 1 if index == last else 0
    target = v * others(block, lane, pitch, index)
    border = probability_at(block, lane, pitch, i)
    while i < last and target > border:
        i += 2 if i + 1 == index else 1
        border += probability_at(block, lane, pitch, i)
    return value_at(block, lane, pitch, index) + 0.0 * v, value_at(block, lane, pitch, i)


@device
def natural_second_probabilities(x):
    """The distribution is linear in its probabilities: nothing."""
    return x, x
