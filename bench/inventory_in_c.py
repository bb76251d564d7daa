"""IPA and smoothing of the inventory in C (c/inventory.c), with the library's lanes and leaves."""

import ctypes

import c_library
import numpy as np

from fastgrad.core.engine import BLOCKS_IN_LEAF
from fastgrad.core.theta import Theta
from fastgrad.core.traced_model import TracedModel


def smoothed(build, at, mean, prices, seed, threads):
    """A function of the number of replications: means, then variances, of Y, dY/ds and dY/dq."""
    problem = TracedModel(build, Theta(at)).problem()
    library = c_library.load(
        "inventory", LANES=problem.lanes, STRIP=problem.strip, LEAF=BLOCKS_IN_LEAF
    )
    real = ctypes.c_double
    function = library.inventory_spa
    function.argtypes = [
        ctypes.c_int64, ctypes.c_int, *[real] * 6, ctypes.c_uint64, ctypes.c_int, ctypes.c_void_p
    ]  # fmt: skip
    function.restype = None
    periods = int(problem.counts[0])

    def run(replications):
        result = np.empty(6)
        function(replications, periods, *at, mean, *prices, seed, threads, result.ctypes.data)
        return result.reshape(2, 3)

    return run
