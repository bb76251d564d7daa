"""Counter-based random numbers: Philox 4x32-10 (Salmon et al., SC 2011).

The uniform for (seed, replication, input, draw) is a pure function of those four numbers.
Common random numbers, phantom paths that differ in one draw, antithetics, restart and any
split over threads or machines follow from that alone.

    key      = seed                       (2 words of 32 bits)
    counter  = draw // 2, stream, replication   (1 + 1 + 2 words)
    stream   = input + role * ROLE

One call makes two doubles, for draws 2k and 2k + 1. Measured: 0.7 ns a double with 512-bit
vectors (Zen 5, one thread); NumPy's Philox takes 8 ns, its PCG64 3.8 ns.
"""

import numpy as np
from numba import types

from ..jit.compile import device, operation, unrolled

# Streams of one input: its variates, and the fresh draws of its weak derivative.
ROLE = 1 << 24
NOMINAL, WEAK, METHOD = 0, 1, 2

# Runs that must not share replications with the estimate itself start this far away.
PILOT = 1 << 62
INDEPENDENT_RUN = 1 << 52

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint32(0x9E3779B9)
_WEYL_1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ULP = 2.0**-53

# Pairs of rows made together: one waits for a multiplication while another has its own
# (0.76 ns a double one by one, 0.61 four together).
PAIRS = 4


@device
def philox(counter_0, counter_1, counter_2, counter_3, key_0, key_1):
    """Ten rounds of Philox 4x32 on uint32 words; returns the four output words."""
    for _ in range(10):
        product_0 = np.uint64(counter_0) * _MULTIPLIER_0
        product_1 = np.uint64(counter_2) * _MULTIPLIER_1
        counter_0 = np.uint32(product_1 >> _HALF) ^ counter_1 ^ key_0
        counter_1 = np.uint32(product_1 & _LOW)
        counter_2 = np.uint32(product_0 >> _HALF) ^ counter_3 ^ key_1
        counter_3 = np.uint32(product_0 & _LOW)
        key_0 = np.uint32(key_0 + _WEYL_0)
        key_1 = np.uint32(key_1 + _WEYL_1)
    return counter_0, counter_1, counter_2, counter_3


@device
def uniform(high, low):
    """Two words to a double on the grid k / 2^53, k = 1 … 2^53 - 1: never 0, never 1.

    The grid is symmetric, so 1 - u is exact and lies in it too (antithetics). The value
    k = 0 is given to k = 1, which moves a probability of 1.1e-16.
    """
    bits = (np.int64(high) << 21) | np.int64(low >> np.uint32(11))
    return max(np.float64(bits), 1.0) * _ULP


_POINTER = types.CPointer(types.float64)


@unrolled
def _fill(pairs, row, lanes, first_draw, stream, replication, keys, start, sign, pitch, out):
    """Pairs of rows from `row` on. `pairs` is a constant where this is inlined."""
    for lane in range(lanes):
        index = np.uint64(replication + lane)
        for pair in range(pairs):
            word_0, word_1, word_2, word_3 = philox(
                np.uint32(((first_draw + row) >> 1) + pair),
                np.uint32(stream),
                np.uint32(index & _LOW),
                np.uint32(index >> _HALF),
                keys[0],
                keys[1],
            )
            place = (row + 2 * pair) * pitch + lane
            out[place] = start + sign * uniform(word_0, word_1)
            out[place + pitch] = start + sign * uniform(word_2, word_3)


@operation(*[types.int64] * 8, _POINTER)
def uniform_rows(lanes, rows, first_draw, stream, replication, seed, antithetic, pitch, out):
    """Fill rows of uniforms: out[row * pitch + lane] belongs to draw first_draw + row.

    `first_draw` is even; an odd number of rows writes one row more than asked. Lane l is
    replication `replication + l`. With `antithetic`, 1 - u instead of u.
    """
    key_0 = np.uint32(seed & 0xFFFFFFFF)
    key_1 = np.uint32((seed >> 32) & 0xFFFFFFFF)
    keys = (key_0, key_1)
    sign = -1.0 if antithetic else 1.0
    start = 1.0 if antithetic else 0.0
    together = 2 * PAIRS
    whole = rows - rows % together
    for row in range(0, whole, together):
        _fill(PAIRS, row, lanes, first_draw, stream, replication, keys, start, sign, pitch, out)
    for row in range(whole, rows, 2):
        _fill(1, row, lanes, first_draw, stream, replication, keys, start, sign, pitch, out)
