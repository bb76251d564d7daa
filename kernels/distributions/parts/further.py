"""More uniforms for one variate, out of the bits of its one uniform.

A variate is made of one uniform u, which keeps inputs synchronised and lets quasi-random
points drop in. Where one is not enough (the K Gumbel variables of a relaxed choice, the
trials of a rejection), number k of the others is Philox of the counter (bits of u, k).

Sound, because u lies on a grid of 2^53 points and Philox gives every pair (point, k) a block
of its own: over the whole grid (u, u_1, u_2, …) is a sample of 2^53 independent points, one
above each u. What an average over that sample misses of the integral is 2^-26.5 = 1e-8 of
one standard deviation: the error of 10^16 replications. A function of u still, so common random
numbers stay common; but not a smooth one, so quasi-random points gain nothing here.
"""

import numpy as np

from ...jit.compile import device
from ...jit.intrinsics import float_to_bits
from ...random.philox import philox, uniform

# Any key does: these are digits of pi, which is nobody's seed.
_KEY_0, _KEY_1 = np.uint32(0x243F6A88), np.uint32(0x85A308D3)


@device
def further(u, k):
    """Uniform number k = 1, 2, … besides u."""
    bits = np.uint64(float_to_bits(u))
    high, low, _, _ = philox(
        np.uint32(bits & np.uint64(0xFFFFFFFF)),
        np.uint32(bits >> np.uint64(32)),
        np.uint32(k),
        np.uint32(0),
        _KEY_0,
        _KEY_1,
    )
    return uniform(high, low)
