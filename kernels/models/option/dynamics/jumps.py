"""Lognormal prices that jump: a Poisson number of jumps in each step, of normal logarithms.

x: for each step the number of jumps, then for each step a standard normal variate for their sum,
then for each step the log-return between jumps. structure: mean and deviation of a jump's
logarithm. With n jumps their sum is n · mean + √n · deviation · z.
"""

from math import sqrt

from ....jit.intrinsics import apart
from ....special.exp import exp
from ..form import unwind_operation, walk_operation
from .lognormal import spread as spread


@walk_operation
def walk(lanes, counts, structure, x, path, work):
    apart()
    steps = counts[0]
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(steps):
        number, size, between = step * lanes, (steps + step) * lanes, (2 * steps + step) * lanes
        for lane in range(lanes):
            n = x[number + lane]
            moved = n * structure[lane] + sqrt(n) * structure[lanes + lane] * x[size + lane]
            work[lane] += x[between + lane] + moved
            path[step * lanes + lane] = exp(work[lane])


@unwind_operation
def unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work):
    """Numbers of jumps have no derivative: their rows are not read."""
    apart()
    steps = counts[0]
    for lane in range(lanes):
        work[lane] = 0.0
        slope_structure[lane] = 0.0
        slope_structure[lanes + lane] = 0.0
    for step in range(steps - 1, -1, -1):
        number, size, between = step * lanes, (steps + step) * lanes, (2 * steps + step) * lanes
        for lane in range(lanes):
            n, place = x[number + lane], step * lanes + lane
            work[lane] += slope[place] * path[place]
            moved, root = work[lane], sqrt(n)
            slope_x[number + lane] = 0.0
            slope_x[size + lane] = moved * root * structure[lanes + lane]
            slope_x[between + lane] = moved
            slope_structure[lane] += moved * n
            slope_structure[lanes + lane] += moved * root * x[size + lane]
