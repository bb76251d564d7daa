"""Options on the largest or smallest price, counted in prices now.

counts: steps, parameters (1), side (1 largest, -1 smallest), fixed strike, continuous, whether the
price now counts too. structure: K.
Behind the path stands, for continuous monitoring, for each step an exponential variate of mean
twice the variance of its log-return.

Given its ends a and b the maximum of a Brownian bridge is (a + b + √((b - a)² + E)) / 2 with this
variate E, and smallest prices are largest ones of the mirrored path.
"""

from math import sqrt

from ....jit.compile import device
from ....jit.intrinsics import apart
from ....special.exp import exp
from ....special.log import log
from ..form import slope_operation, value_operation

STEPS, TERMS, SIDE, FIXED, CONTINUOUS, FROM_NOW = range(6)
NEVER = -1e300  # of a logarithm


@device
def reach(before, after, more):
    """√((b - a)² + E): the way up and down."""
    rise = after - before
    return sqrt(rise * rise + more)


@device
def find_extreme(lanes, counts, path, work):
    """The largest logarithm (mirrored for the smallest) in row 0, its step in row 1, -1: now."""
    apart()
    steps, side, bridge = counts[STEPS], float(counts[SIDE]), counts[CONTINUOUS] != 0
    for lane in range(lanes):
        work[2 * lanes + lane] = 0.0
        work[lane] = 0.0 if counts[FROM_NOW] else NEVER
        work[lanes + lane] = -1.0
    for step in range(steps):
        other = (steps + step) * lanes if bridge else 0
        for lane in range(lanes):
            before = work[2 * lanes + lane]
            after = side * log(path[step * lanes + lane])
            work[2 * lanes + lane] = after
            top = after
            if bridge:
                top = 0.5 * (before + after + reach(before, after, path[other + lane]))
            higher = top > work[lane]
            work[lane] = top if higher else work[lane]
            work[lanes + lane] = float(step) if higher else work[lanes + lane]


@value_operation
def value(lanes, counts, structure, path, y, work):
    side, last = float(counts[SIDE]), (counts[STEPS] - 1) * lanes
    find_extreme(lanes, counts, path, work)
    for lane in range(lanes):
        extreme = exp(side * work[lane])
        against = structure[lane] if counts[FIXED] else path[last + lane]
        y[lane] = max(side * (extreme - against), 0.0)


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    steps, side, bridge = counts[STEPS], float(counts[SIDE]), counts[CONTINUOUS] != 0
    fixed, last = counts[FIXED] != 0, (steps - 1) * lanes
    find_extreme(lanes, counts, path, work)
    for place in range((2 * steps if bridge else steps) * lanes):
        slope[place] = 0.0
    for lane in range(lanes):
        extreme = exp(side * work[lane])
        gain = side * (extreme - (structure[lane] if fixed else path[last + lane]))
        paid = 1.0 if gain > 0.0 or not fixed else 0.0
        y[lane] = max(gain, 0.0)
        # ∂Y/∂(mirrored logarithm of the extreme): side · side = 1.
        work[lane] = paid * extreme
        slope_structure[lane] = -side * paid if fixed else 0.0
        work[2 * lanes + lane] = 0.0
    for step in range(steps):
        other = (steps + step) * lanes if bridge else 0
        for lane in range(lanes):
            before = work[2 * lanes + lane]
            after = side * log(path[step * lanes + lane])
            work[2 * lanes + lane] = after
            if work[lanes + lane] != float(step):
                continue
            far = reach(before, after, path[other + lane]) if bridge else 0.0
            lean = (after - before) / far if far > 0.0 else 1.0
            moved = 0.5 * work[lane]
            slope[step * lanes + lane] += (1.0 + lean) * moved * side / path[step * lanes + lane]
            if step > 0:
                place = (step - 1) * lanes + lane
                slope[place] += (1.0 - lean) * moved * side / path[place]
            if bridge:
                slope[other + lane] = 0.5 * moved / far
    if not fixed:
        for lane in range(lanes):
            slope[last + lane] -= side
