"""What an operation `second_smoothed` reads from its index and its functions.

index: numbers of slots and of pairs; for each slot its input or -1, number of the model's own
parameter or -1, first row of dX/dslot, place of the input's parameters; for each pair (a, b),
a ≤ b, first row of ∂²X/∂a∂b or -1, place of the moved parameters (the step first) or -1, and
how many they are; then what the model has to say. functions: for each slot the density of its
input, the derivative and the score; then the model's.
"""

from numba import carray

from ..jit.compile import device
from ..jit.intrinsics import call

SLOT, PAIR, FUNCTIONS = 4, 5, 3
MANY = 1 << 40  # a bound for views of memory whose size the caller knows


@device
def slot_of(index, slot):
    """Input, number, first row of tangents, place of parameters."""
    at = 2 + SLOT * slot
    return index[at], index[at + 1], index[at + 2], index[at + 3]


@device
def pair_of(index, pair):
    """The two slots, first row of second derivatives, place of moved parameters, their count."""
    at = 2 + SLOT * index[0] + PAIR * pair
    return index[at], index[at + 1], index[at + 2], index[at + 3], index[at + 4]


@device
def pair_number(index, a, b):
    """Where the pair of two slots stands, whichever comes first."""
    low, high = min(a, b), max(a, b)
    return low * index[0] - low * (low - 1) // 2 + high - low


@device
def rest_of(index):
    """Where the model's own numbers begin."""
    return 2 + SLOT * index[0] + PAIR * index[1]


@device
def apply(address, lanes, parameters, place, work, points, target):
    """A function of a distribution at the points, into another row of work."""
    rows, own = carray(work, MANY), carray(parameters, MANY)[place:]
    given, made = rows[points:], rows[target:]
    call(address, lanes, 1, given, given, given, given, own, made, made)


@device
def apply_to(address, lanes, parameters, place, x, start, work, target):
    """A function of a distribution at variates, into a row of work."""
    own = carray(parameters, MANY)[place:]
    given, made = carray(x, MANY)[start:], carray(work, MANY)[target:]
    call(address, lanes, 1, given, given, given, given, own, made, made)
