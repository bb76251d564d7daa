"""Uniforms of one replication, draw after draw: the same numbers as `uniform_rows` makes."""

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.pointers import real_at
from .philox import philox, uniform


@subroutine
def uniform_strip(pairs, first, stream, replication, seed, mirrored, out, spare):
    """Draws 2 first, 2 first + 1, … into out[0], out[1], …; what stands from out[spare] on is lost.

    Even and odd draws are made side by side and then woven, behind a pointer: stored two apart, or
    at an index of an array, which may be negative, they keep LLVM from vectors.
    """
    made = real_at(out.ctypes.data)
    uniform_run(pairs, first, stream, replication, seed, mirrored, 1, made, spare, spare + pairs)
    for k in range(pairs):
        made[2 * k] = made[spare + k]
        made[2 * k + 1] = made[spare + pairs + k]


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
