"""IPA of lines of stations, of several servers and of a fluid queue in C (c/queues.c)."""

import ctypes

import c_library
import numpy as np

from fastgrad.core.engine import BLOCKS_IN_LEAF
from fastgrad.core.theta import Theta
from fastgrad.core.traced_model import TracedModel


def ipa(kind, build, at, parts, gap_mean, seed, threads):
    """A function of the number of replications: means, then variances, of Y and its gradient.

    kind: "line" of `parts` stations, at: their means; "servers": `parts` of them, at: one mean;
    "fluid": at: the mean off period and the buffer, gap_mean: the mean on period.
    """
    problem = TracedModel(build, Theta(at)).problem()
    library = c_library.load(
        "queues", LANES=problem.lanes, STRIP=problem.strip, LEAF=BLOCKS_IN_LEAF
    )
    means = np.ascontiguousarray(np.atleast_1d(at), dtype=float)
    whole, small, place = ctypes.c_int64, ctypes.c_int, ctypes.c_void_p
    function = getattr(library, f"{kind}_ipa")
    function.argtypes = [whole, small, small, ctypes.c_double, place, ctypes.c_uint64, small, place]
    function.restype = None
    customers = int(problem.counts[0])

    def run(replications):
        result = np.empty(2 * (len(means) + 1))
        function(
            replications, customers, parts, gap_mean, means.ctypes.data, seed, threads,
            result.ctypes.data,
        )  # fmt: skip
        return result

    return run
