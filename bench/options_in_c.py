"""Price, delta and vega of an Asian call in C (c/options.c)."""

import ctypes

import c_library
import numpy as np

from fastgrad.core.engine import BLOCKS_IN_LEAF
from fastgrad.core.theta import Theta
from fastgrad.core.traced_model import TracedModel


def asian(build, at, steps, rate, maturity, strike, seed, threads):
    """A function of the number of replications: means, then variances, of price, delta and vega."""
    problem = TracedModel(build, Theta(at)).problem()
    library = c_library.load(
        "options", LANES=problem.lanes, STRIP=problem.strip, LEAF=BLOCKS_IN_LEAF
    )
    function, real = library.asian_ipa, ctypes.c_double
    function.argtypes = [ctypes.c_int64, ctypes.c_int, *[real] * 5, ctypes.c_uint64, ctypes.c_int,
                         ctypes.c_void_p]  # fmt: skip
    function.restype = None
    numbers = (at["spot"], rate, at["vol"], maturity, strike)

    def run(replications):
        result = np.empty(6)
        function(replications, steps, *numbers, seed, threads, result.ctypes.data)
        return result

    return run
