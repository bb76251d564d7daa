"""Prices whose log-returns are independent: the variates are the log-returns themselves.

x: one log-return for each step, the first with the logarithm of the spot in it.
"""

from ....jit.intrinsics import apart
from ....special.exp import exp
from ..form import spread_operation, unwind_operation, walk_operation


@walk_operation
def walk(lanes, counts, structure, x, path, work):
    apart()
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(counts[0]):
        for lane in range(lanes):
            work[lane] += x[step * lanes + lane]
            path[step * lanes + lane] = exp(work[lane])


@unwind_operation
def unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work):
    """∂Y/∂x_t = Σ over i ≥ t of ∂Y/∂S_i · S_i."""
    apart()
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(counts[0] - 1, -1, -1):
        for lane in range(lanes):
            place = step * lanes + lane
            work[lane] += slope[place] * path[place]
            slope_x[place] = work[lane]


@spread_operation
def spread(lanes, counts, structure, x, path, row, work):
    """The last variate is a log-return itself."""
    for lane in range(lanes):
        row[lane] = 1.0
