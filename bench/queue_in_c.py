"""The queue's IPA in C (c/queue.c), with the library's lanes, strips and leaves."""

import ctypes

import c_library
import numpy as np

from fastgrad.core.engine import BLOCKS_IN_LEAF
from fastgrad.core.theta import Theta
from fastgrad.core.traced_model import TracedModel


def ipa(build, mean, gap_mean, seed, threads):
    """IPA of `build(mean)`, an M/M/1 queue: a function of the number of replications.

    It returns the means and then the variances of Y and dY/dmean.
    """
    problem = TracedModel(build, Theta(mean)).problem()
    library = c_library.load("queue", LANES=problem.lanes, STRIP=problem.strip, LEAF=BLOCKS_IN_LEAF)
    customers = int(problem.counts[0])
    function = library.queue_ipa
    whole, real = ctypes.c_int64, ctypes.c_double
    function.argtypes = [whole, whole, real, real, ctypes.c_uint64, ctypes.c_int, ctypes.c_void_p]
    function.restype = None

    def run(replications):
        result = np.empty(4)
        function(replications, customers, gap_mean, mean, seed, threads, result.ctypes.data)
        return result

    return run
