"""A call or put that begins or ends when the price touches a barrier.

counts: steps, parameters, sign of the payoff, side (1 below, -1 above), knocked in, continuous,
number of variances (one for all steps, or one each). structure: K, barrier, logarithm of the
price now, variances of the log-returns.

Between two prices on the right side, a and b from the barrier in logarithms, the Brownian bridge
stays there with probability 1 - exp(-2 a b / variance): a smooth function of both, and of the
variance. What is paid times the product of these is E[payoff | path].
"""

from ....jit.compile import device
from ....jit.intrinsics import apart
from ....special.exp import exp
from ....special.log import log
from ..form import slope_operation, value_operation

STEPS, TERMS, SIGN, SIDE, INSIDE, CONTINUOUS, VARIANCES = range(7)
STRIKE, BARRIER, START, VARIANCE = range(4)


@device
def begin(lanes, side, structure, y, work):
    """P = 1; the distance of the price now from the barrier in row 0, ln barrier in row 1."""
    for lane in range(lanes):
        y[lane] = 1.0
        work[lanes + lane] = log(structure[BARRIER * lanes + lane])
        work[lane] = side * (structure[START * lanes + lane] - work[lanes + lane])


@value_operation
def value(lanes, counts, structure, path, y, work):
    apart()
    steps, sign, side = counts[STEPS], float(counts[SIGN]), float(counts[SIDE])
    bridge, inside = counts[CONTINUOUS] != 0, counts[INSIDE] != 0
    begin(lanes, side, structure, y, work)
    for step in range(steps):
        which = VARIANCE + (step if counts[VARIANCES] > 1 else 0)
        for lane in range(lanes):
            before = work[lane]
            after = side * (log(path[step * lanes + lane]) - work[lanes + lane])
            work[lane] = after
            alive = after > 0.0
            if bridge:
                alive = alive and before > 0.0
                lost = exp(-2.0 * before * after / structure[which * lanes + lane])
                y[lane] *= 1.0 - lost if alive else 0.0
            else:
                y[lane] *= 1.0 if alive else 0.0
    for lane in range(lanes):
        paid = max(sign * (path[(steps - 1) * lanes + lane] - structure[lane]), 0.0)
        y[lane] = paid * (1.0 - y[lane] if inside else y[lane])


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    """Continuous monitoring: Σ over steps of the derivative of ln P; for discrete, none."""
    apart()
    steps, sign, side = counts[STEPS], float(counts[SIGN]), float(counts[SIDE])
    bridge, inside = counts[CONTINUOUS] != 0, counts[INSIDE] != 0
    for place in range(counts[TERMS] * lanes):
        slope_structure[place] = 0.0
    # ∂ ln P / ∂(distance from the barrier) in the rows of slope; by distance now in row 2.
    begin(lanes, side, structure, y, work)
    for place in range(2 * lanes, 4 * lanes):
        work[place] = 0.0
    for step in range(steps):
        which = VARIANCE + (step if counts[VARIANCES] > 1 else 0)
        for lane in range(lanes):
            before = work[lane]
            after = side * (log(path[step * lanes + lane]) - work[lanes + lane])
            work[lane] = after
            slope[step * lanes + lane] = 0.0
            alive = after > 0.0
            if bridge:
                alive = alive and before > 0.0
                variance = structure[which * lanes + lane]
                product = 2.0 * before * after / variance
                lost = exp(-product)
                kept = 1.0 - lost
                usable = alive and kept > 0.0
                rate = lost / kept / variance if usable else 0.0
                by_before, by_after = 2.0 * after * rate, 2.0 * before * rate
                if step == 0:
                    work[2 * lanes + lane] = by_before
                else:
                    slope[(step - 1) * lanes + lane] += by_before
                slope[step * lanes + lane] += by_after
                work[3 * lanes + lane] += by_before + by_after
                slope_structure[which * lanes + lane] -= product * rate
                y[lane] *= kept if alive else 0.0
            else:
                y[lane] *= 1.0 if alive else 0.0
    turn = -1.0 if inside else 1.0
    last = (steps - 1) * lanes
    for lane in range(lanes):
        gain = sign * (path[last + lane] - structure[lane])
        paid = max(gain, 0.0)
        kept = y[lane]
        share = 1.0 - kept if inside else kept
        y[lane] = paid * share
        moved = turn * paid * kept  # times ∂ ln P is ∂Y
        work[lane] = moved
        work[lanes + lane] = sign * share if gain > 0.0 else 0.0
        slope_structure[lane] = -work[lanes + lane]
        barrier = structure[BARRIER * lanes + lane]
        slope_structure[BARRIER * lanes + lane] = -moved * side * work[3 * lanes + lane] / barrier
        slope_structure[START * lanes + lane] = moved * side * work[2 * lanes + lane]
    for term in range(VARIANCE, counts[TERMS]):
        for lane in range(lanes):
            slope_structure[term * lanes + lane] *= work[lane]
    for step in range(steps):
        for lane in range(lanes):
            slope[step * lanes + lane] *= work[lane] * side / path[step * lanes + lane]
    for lane in range(lanes):
        slope[last + lane] += work[lanes + lane]
