"""Lognormal prices, and on top of them what is known to be paid out later.

x: as in lognormal.py. structure: for each step the present value of the dividends still to come
at its end.
"""

from ....jit.intrinsics import apart
from ....special.exp import exp
from ..form import unwind_operation, walk_operation
from .lognormal import spread as spread


@walk_operation
def walk(lanes, counts, structure, x, path, work):
    apart()
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(counts[0]):
        for lane in range(lanes):
            place = step * lanes + lane
            work[lane] += x[place]
            path[place] = exp(work[lane]) + structure[place]


@unwind_operation
def unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work):
    """As for lognormal prices, of the path without what comes on top."""
    apart()
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(counts[0] - 1, -1, -1):
        for lane in range(lanes):
            place = step * lanes + lane
            slope_structure[place] = slope[place]
            work[lane] += slope[place] * (path[place] - structure[place])
            slope_x[place] = work[lane]
