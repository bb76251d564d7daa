"""Uniforms of one replication, draw after draw: the same numbers as `uniform_rows` makes."""

import numpy as np

from ..jit.compile import device, unrolled
from .philox import philox, uniform

CHAINS = 4  # rounds made side by side: one waits for a multiplication while another has its own


@device
def uniform_strip(pairs, first, stream, replication, seed, mirrored, out, spare):
    """Draws 2 first, 2 first + 1, … into out[0], out[1], …; what stands from out[spare] on is lost.

    Even and odd draws are made side by side and then woven, behind a pointer: stored two apart, or
    at an index of an array, which may be negative, they keep LLVM from vectors. Inlined with
    `pairs` and `spare` as constants the weave has vectors too: 1.04 ns a uniform, not 1.42.
    """
    uniform_run(pairs, first, stream, replication, seed, mirrored, out, spare, spare + pairs)
    for k in range(pairs):
        out[2 * k] = out[spare + k]
        out[2 * k + 1] = out[spare + pairs + k]


@unrolled
def uniform_run(pairs, first, stream, replication, seed, mirrored, out, even, odd):
    """Draws 2 (first + k) into out[even + k], the next ones into out[odd + k], for each of the
    pairs, whose number is a multiple of CHAINS."""
    index = np.uint64(replication)
    low, high = np.uint32(index & np.uint64(0xFFFFFFFF)), np.uint32(index >> np.uint64(32))
    key_0, key_1 = np.uint32(seed & 0xFFFFFFFF), np.uint32((seed >> 32) & 0xFFFFFFFF)
    sign, start = (-1.0, 1.0) if mirrored else (1.0, 0.0)
    share = pairs // CHAINS
    for k in range(share):
        for chain in range(CHAINS):
            at = k + chain * share
            word_0, word_1, word_2, word_3 = philox(
                np.uint32(first + at), np.uint32(stream), low, high, key_0, key_1
            )
            out[even + at] = start + sign * uniform(word_0, word_1)
            out[odd + at] = start + sign * uniform(word_2, word_3)
