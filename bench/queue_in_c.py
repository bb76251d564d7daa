"""The queue's IPA in C (c/queue.c), with the library's lanes, strips and leaves."""

import ctypes

import c_library
import numpy as np
from fastgrad.kernels.estimators.problem import STRIP

from fastgrad.engine import BLOCKS_IN_LEAF
from fastgrad.study import lanes_for


def ipa(customers, gap_mean, service_mean, seed, threads):
    """A function of the number of replications; it returns means and variances of (Y, Y')."""
    lanes = lanes_for(2 * customers - 1)
    library = c_library.load("queue", LANES=lanes, STRIP=STRIP, LEAF=BLOCKS_IN_LEAF)
    function = library.queue_ipa
    whole, real = ctypes.c_int64, ctypes.c_double
    function.argtypes = [whole, whole, real, real, ctypes.c_uint64, ctypes.c_int, ctypes.c_void_p]
    function.restype = None

    def run(replications):
        result = np.empty(4)
        function(replications, customers, gap_mean, service_mean, seed, threads, result.ctypes.data)
        return result

    return run
