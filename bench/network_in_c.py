"""The network's IPA in C (c/network.c), with the library's lanes and leaves."""

import ctypes

import c_library
import numpy as np
from fastgrad.kernels.models.network.passes import HEADER

from fastgrad.core.engine import BLOCKS_IN_LEAF
from fastgrad.core.theta import Theta
from fastgrad.core.traced_model import TracedModel


def ipa(build, means, seed, threads):
    """A function of the number of replications: means, then variances, of Y and its gradient."""
    problem = TracedModel(build, Theta(means)).problem()
    library = c_library.load(
        "network", LANES=problem.lanes, STRIP=problem.strip, LEAF=BLOCKS_IN_LEAF
    )
    nodes, arcs = int(problem.counts[0]), int(problem.counts[1])
    order = np.ascontiguousarray(problem.counts[HEADER : HEADER + 3 * arcs])
    means = np.ascontiguousarray(means, dtype=float)
    whole, small, place = ctypes.c_int64, ctypes.c_int, ctypes.c_void_p
    function = library.network_ipa
    function.argtypes = [whole, small, small, place, place, ctypes.c_uint64, small, place]
    function.restype = None

    def run(replications):
        result = np.empty(2 * (arcs + 1))
        function(
            replications, nodes, arcs, order.ctypes.data, means.ctypes.data, seed, threads,
            result.ctypes.data,
        )  # fmt: skip
        return result.reshape(2, arcs + 1)

    return run
