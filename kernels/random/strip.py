"""Uniforms of one replication, draw after draw: the same numbers as `uniform_rows` makes."""

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import wide
from .philox import philox, uniform


@subroutine
def uniform_strip(pairs, first, stream, replication, seed, mirrored, out, spare):
    """Draws 2 first, 2 first + 1, … into out[0], out[1], …; what stands from out[spare] on is lost.

    Even and odd draws are made side by side and then woven: stored two apart at once they keep
    LLVM from vectors, 25 ns a pair instead of 3.
    """
    wide()
    uniform_run(
        pairs, first, stream, replication, seed, mirrored, 1, out, spare, spare + pairs
    )  # fmt: skip
    for k in range(pairs):
        out[2 * k] = out[spare + k]
        out[2 * k + 1] = out[spare + pairs + k]


@device
def uniform_run(pairs, first, stream, replication, seed, mirrored, stride, out, even, odd):
    """Draws 2 (first + k) into out[even + k stride], the next ones into out[odd + k stride]."""
    index = np.uint64(replication)
    low, high = np.uint32(index & np.uint64(0xFFFFFFFF)), np.uint32(index >> np.uint64(32))
    key_0, key_1 = np.uint32(seed & 0xFFFFFFFF), np.uint32((seed >> 32) & 0xFFFFFFFF)
    sign, start = (-1.0, 1.0) if mirrored else (1.0, 0.0)
    for k in range(pairs):
        word_0, word_1, word_2, word_3 = philox(
            np.uint32(first + k), np.uint32(stream), low, high, key_0, key_1
        )
        out[even + k * stride] = start + sign * uniform(word_0, word_1)
        out[odd + k * stride] = start + sign * uniform(word_2, word_3)
