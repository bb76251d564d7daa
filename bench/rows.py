"""Row operations of the library called as they are, from Python, on one thread.

A call works on a row that fills a part of the L2 cache, so that the microsecond ctypes needs
for a call is lost in it.
"""

import ctypes

import numpy as np
from fastgrad.kernels.random.philox import uniform_rows

ROW = 16_384
CALLS = 64  # of a row in one timed call
_POINTER = ctypes.POINTER(ctypes.c_double)


def pointer(array):
    """The address of a float64 array, as ctypes wants it."""
    return array.ctypes.data_as(_POINTER)


def variates(distribution, u, out):
    """A function that turns the row u into variates of the distribution, as a run does it:
    where inversion is costly, by the table that a run fills once."""
    table = distribution.table()
    name = "variate" if table is None else "variate_by_table"
    operation = distribution.operation(name).compiled.ctypes
    parameters, table = np.array(distribution.values), u if table is None else table
    given, target = pointer(u), pointer(out)
    looked_up, numbers = pointer(table), pointer(parameters)

    def run(kept=(parameters, table)):
        operation(len(u), 1, given, looked_up, given, given, numbers, target, target)

    return run


def uniforms(out):
    """A function that fills a row with uniforms, 64 lanes innermost."""
    operation, target = uniform_rows.compiled.ctypes, pointer(out)
    return lambda: operation(64, len(out) // 64, 0, 0, 0, 1, 0, 64, target)


def repeated(function, count):
    """A function that calls another so many times."""

    def run():
        for _ in range(count):
            function()

    return run
