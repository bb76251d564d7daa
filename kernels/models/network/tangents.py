"""How a duration moves when it is made longer, or all its values are stretched."""

from ...jit.compile import device

PARAMETERS: dict = {}


@device
def longer(x):
    return 1.0 + 0.0 * x


@device
def stretched(x):
    return 1.0 * x
