"""Places in ordered arrays, and straight lines between given points, for duals."""

import numpy as np
from numba import types
from numba.extending import overload

from ..jit.compile import USER_FLAGS
from .number import Dual, plain_of


def _is_dual(kind):
    return isinstance(getattr(kind, "dtype", kind), Dual)


def _place(a, v):
    """How many entries of an ordered array are less than a number."""
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if a[middle] < v:
            low = middle + 1
        else:
            high = middle
    return low


def _searchsorted(a, v):
    return np.searchsorted(a, v)


@overload(_searchsorted, jit_options=USER_FLAGS)
def _searchsorted_of(a, v):
    if isinstance(v, types.Array) or not (_is_dual(a) or _is_dual(v)):
        return lambda a, v: np.searchsorted(a, v)
    return _place


def _interp(x, xp, fp):
    return np.interp(x, xp, fp)


@overload(_interp, jit_options=USER_FLAGS)
def _interp_of(x, xp, fp):
    if isinstance(x, types.Array) or not any(map(_is_dual, (x, xp, fp))):
        return lambda x, xp, fp: np.interp(x, xp, fp)

    def line(x, xp, fp):
        low, high = 0, len(xp)
        while low < high:
            middle = (low + high) // 2
            if plain_of(xp[middle]) < plain_of(x):
                low = middle + 1
            else:
                high = middle
        if low == 0:
            return fp[0] + 0.0 * x
        if low == len(xp):
            return fp[len(xp) - 1] + 0.0 * x
        slope = (fp[low] - fp[low - 1]) / (xp[low] - xp[low - 1])
        return fp[low - 1] + slope * (x - xp[low - 1])

    return line


LOOKUPS = {np.searchsorted: _searchsorted, np.interp: _interp}
