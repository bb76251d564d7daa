"""Halley's iteration for the logarithm of a distribution function."""

import math

from ..jit.compile import device


@device
def halley_step(newton, bend, largest):
    """Newton's step corrected for curvature; `bend` is second over first derivative.

    For a concave function Newton's steps are safe from one side, where Halley's are longer.
    So no step is more than a third longer than Newton's, and from the other side none is
    longer than `largest`. Not a number stays one.
    """
    step = newton / max(1.0 + 0.5 * newton * bend, 0.75)
    return step if not abs(step) > largest else math.copysign(largest, step)
