"""What the pathwise operations of models read from their index: three numbers for each slot.

index[0] is the number of slots; what follows the last slot is the model's own.
"""

from ..jit.compile import device


@device
def input_of(index, slot):
    """The input whose parameter the slot is; -1 for one of the model's own parameters."""
    return index[3 * slot + 3]


@device
def own_parameter(index, slot):
    """Which of the model's own parameters the slot is, or -1."""
    return index[3 * slot + 4]


@device
def tangent_row(index, slot):
    """The first row of dX/dslot."""
    return index[3 * slot + 5]


@device
def smoothed_input(index):
    """The input that a smoothed operation integrates out, which follows the slots."""
    return index[3 * index[0] + 3]


@device
def smoothed_parameters(index):
    """Where the parameters of that input begin."""
    return index[3 * index[0] + 4]
