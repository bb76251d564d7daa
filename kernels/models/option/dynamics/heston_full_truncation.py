"""Heston's stochastic volatility by Euler's scheme with full truncation.

The variance may fall below 0 and counts as 0 then: with P = max(V, 0)

    V' = V + pull (level - P) + noise √P z
    ln S' = ln S + drift - half P + √P (with z + own w)

x: for each step z; the first log-return without `with`; for each later step w. Rows of structure
in this order: variance now, pull, level, noise, drift, half, with, own. Work keeps V.
"""

from math import sqrt

from ....jit.compile import device
from ....jit.intrinsics import apart
from ....special.exp import exp
from ..form import spread_operation, unwind_operation, walk_operation

START, PULL, LEVEL, NOISE, DRIFT, HALF, WITH, OWN = range(8)
LEAST = 1e-100  # of a standard deviation: what is below it is nothing


@device
def variance_before(lanes, lane, step, structure, kept):
    """V when a step begins."""
    return structure[START * lanes + lane] if step == 0 else kept[(step - 1) * lanes + lane]


@walk_operation
def walk(lanes, counts, structure, x, path, work):
    apart()
    steps = counts[0]
    total = steps * lanes
    for lane in range(lanes):
        work[total + lane] = 0.0
    for step in range(steps):
        price = (steps + step) * lanes
        for lane in range(lanes):
            before = variance_before(lanes, lane, step, structure, work)
            used, z, w = max(before, 0.0), x[step * lanes + lane], x[price + lane]
            root = sqrt(used)
            work[step * lanes + lane] = (
                before
                + structure[PULL * lanes + lane] * (structure[LEVEL * lanes + lane] - used)
                + structure[NOISE * lanes + lane] * root * z
            )
            half = structure[HALF * lanes + lane] * used
            later = structure[DRIFT * lanes + lane] - half
            own = w if step == 0 else later + root * structure[OWN * lanes + lane] * w
            work[total + lane] += own + root * structure[WITH * lanes + lane] * z
            path[step * lanes + lane] = exp(work[total + lane])


@unwind_operation
def unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work):
    """Y's derivatives by ln S and V at the end of each step, backwards."""
    apart()
    steps = counts[0]
    price, variance = steps * lanes, (steps + 1) * lanes
    for place in range(8 * lanes):
        slope_structure[place] = 0.0
    for lane in range(lanes):
        work[price + lane] = 0.0
        work[variance + lane] = 0.0
    for step in range(steps - 1, -1, -1):
        later = 0.0 if step == 0 else 1.0
        own = (steps + step) * lanes
        for lane in range(lanes):
            place = step * lanes + lane
            before = variance_before(lanes, lane, step, structure, work)
            used, z, w = max(before, 0.0), x[place], x[own + lane]
            root = sqrt(used)
            work[price + lane] += slope[place] * path[place]
            by_price, by_variance = work[price + lane], work[variance + lane]
            pulled = structure[PULL * lanes + lane] * by_variance
            by_used = -later * structure[HALF * lanes + lane] * by_price - pulled
            by_root = structure[NOISE * lanes + lane] * z * by_variance + by_price * (
                structure[WITH * lanes + lane] * z + later * structure[OWN * lanes + lane] * w
            )
            slope_structure[PULL * lanes + lane] += (
                structure[LEVEL * lanes + lane] - used
            ) * by_variance
            slope_structure[LEVEL * lanes + lane] += pulled
            slope_structure[NOISE * lanes + lane] += root * z * by_variance
            slope_structure[DRIFT * lanes + lane] += later * by_price
            slope_structure[HALF * lanes + lane] -= later * used * by_price
            slope_structure[WITH * lanes + lane] += root * z * by_price
            slope_structure[OWN * lanes + lane] += later * root * w * by_price
            slope_x[place] = 0.0
            scale = root * structure[OWN * lanes + lane] if step > 0 else 1.0
            slope_x[own + lane] = scale * by_price
            moved = by_used + 0.5 * by_root / root if before > 0.0 else 0.0
            work[variance + lane] = by_variance + moved
    for lane in range(lanes):
        slope_structure[START * lanes + lane] = work[variance + lane]


@spread_operation
def spread(lanes, counts, structure, x, path, row, work):
    """√P own; the first log-return moves as it is."""
    last = counts[0] - 1
    for lane in range(lanes):
        before = variance_before(lanes, lane, last, structure, work)
        scale = sqrt(max(before, 0.0)) * structure[OWN * lanes + lane]
        row[lane] = max(scale, LEAST) if last > 0 else 1.0
