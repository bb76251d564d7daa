"""Options on the largest or smallest price.

counts: steps, parameters, side (1 largest, -1 smallest), fixed strike, continuous, number of
variances (one for all steps, or one each). structure: K, logarithm of the price now, variances
of the log-returns. Behind the path stands, for continuous monitoring, one uniform for each step.

Given its ends a and b the maximum of a Brownian bridge is (a + b + √((b - a)² - 2 v ln U)) / 2,
and smallest prices are largest ones of the mirrored path.
"""

from math import sqrt

from ....jit.compile import device
from ....jit.intrinsics import apart, wide
from ....special.exp import exp
from ....special.log import log
from ..form import slope_operation, value_operation

STEPS, TERMS, SIDE, FIXED, CONTINUOUS, VARIANCES = range(6)
STRIKE, START, VARIANCE = range(3)


@device
def reach(before, after, variance, uniform, bridge):
    """√((b - a)² - 2 v ln U): the way up and down; |b - a| without a bridge."""
    rise = after - before
    more = -2.0 * variance * log(uniform) if bridge else 0.0
    return sqrt(rise * rise + more)


@device
def find_extreme(lanes, counts, structure, path, work):
    """The largest logarithm (mirrored for the smallest) in row 0, its step in row 1, -1: now."""
    wide()
    apart()
    steps, side, bridge = counts[STEPS], float(counts[SIDE]), counts[CONTINUOUS] != 0
    for lane in range(lanes):
        work[2 * lanes + lane] = side * structure[START * lanes + lane]
        work[lane] = work[2 * lanes + lane]
        work[lanes + lane] = -1.0
    for step in range(steps):
        which = VARIANCE + (step if counts[VARIANCES] > 1 else 0)
        other = steps if bridge else 0
        for lane in range(lanes):
            before = work[2 * lanes + lane]
            after = side * log(path[step * lanes + lane])
            work[2 * lanes + lane] = after
            uniform = path[(other + step) * lanes + lane]
            far = reach(before, after, structure[which * lanes + lane], uniform, bridge)
            top = 0.5 * (before + after + far)
            higher = top > work[lane]
            work[lane] = top if higher else work[lane]
            work[lanes + lane] = float(step) if higher else work[lanes + lane]


@value_operation
def value(lanes, counts, structure, path, y, work):
    wide()
    side, last = float(counts[SIDE]), (counts[STEPS] - 1) * lanes
    find_extreme(lanes, counts, structure, path, work)
    for lane in range(lanes):
        extreme = exp(side * work[lane])
        against = structure[lane] if counts[FIXED] else path[last + lane]
        y[lane] = max(side * (extreme - against), 0.0)


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    wide()
    steps, side, bridge = counts[STEPS], float(counts[SIDE]), counts[CONTINUOUS] != 0
    fixed, last = counts[FIXED] != 0, (steps - 1) * lanes
    find_extreme(lanes, counts, structure, path, work)
    for place in range(counts[TERMS] * lanes):
        slope_structure[place] = 0.0
    for place in range(steps * lanes):
        slope[place] = 0.0
    for lane in range(lanes):
        extreme = exp(side * work[lane])
        gain = side * (extreme - (structure[lane] if fixed else path[last + lane]))
        paid = 1.0 if gain > 0.0 or not fixed else 0.0
        y[lane] = max(gain, 0.0)
        work[3 * lanes + lane] = paid
        # ∂Y/∂(mirrored logarithm of the extreme): side · side = 1.
        work[lane] = paid * extreme
        slope_structure[lane] = -side * paid if fixed else 0.0
        work[2 * lanes + lane] = side * structure[START * lanes + lane]
        if work[lanes + lane] < 0.0:
            slope_structure[START * lanes + lane] = side * work[lane]
    for step in range(steps):
        which = VARIANCE + (step if counts[VARIANCES] > 1 else 0)
        other = steps if bridge else 0
        for lane in range(lanes):
            before = work[2 * lanes + lane]
            after = side * log(path[step * lanes + lane])
            work[2 * lanes + lane] = after
            if work[lanes + lane] != float(step):
                continue
            uniform = path[(other + step) * lanes + lane]
            far = reach(before, after, structure[which * lanes + lane], uniform, bridge)
            lean = (after - before) / far if far > 0.0 else 0.0
            moved = work[lane]
            by_before = 0.5 * (1.0 - lean) * moved * side
            slope[step * lanes + lane] += (
                0.5 * (1.0 + lean) * moved * side / path[step * lanes + lane]
            )
            if step == 0:
                slope_structure[START * lanes + lane] += by_before
            else:
                slope[(step - 1) * lanes + lane] += by_before / path[(step - 1) * lanes + lane]
            if bridge:
                slope_structure[which * lanes + lane] += moved * -0.5 * log(uniform) / far
    if not fixed:
        for lane in range(lanes):
            slope[last + lane] -= side
