"""Arithmetic Asian call or put: (± (A - K))⁺ with A the mean of the prices.

counts: steps, parameters (1), sign. structure: K.
"""

from ....jit.intrinsics import apart
from ....special.exp import exp
from ....special.log import log
from ....special.normal import normal_cdf, normal_density
from ..form import conditional_operation, slope_operation, value_operation

STEPS, TERMS, SIGN = range(3)


@value_operation
def value(lanes, counts, structure, path, y, work):
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(steps):
        for lane in range(lanes):
            work[lane] += path[step * lanes + lane]
    for lane in range(lanes):
        y[lane] = max(sign * (work[lane] / steps - structure[lane]), 0.0)


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(steps):
        for lane in range(lanes):
            work[lane] += path[step * lanes + lane]
    for lane in range(lanes):
        gain = sign * (work[lane] / steps - structure[lane])
        paid = sign if gain > 0.0 else 0.0
        y[lane] = max(gain, 0.0)
        slope_structure[lane] = -paid
        work[lane] = paid / steps
    for step in range(steps):
        for lane in range(lanes):
            slope[step * lanes + lane] = work[lane]


@conditional_operation
def conditional(lanes, counts, structure, path, moments, y, slope, slope_structure, work):
    """What the last price adds is a call or put on it, struck at what the mean still lacks.

    Where the mean has passed K already the call is a forward, and the put is worth nothing.
    """
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    last, mean, sd = (steps - 1) * lanes, steps * lanes, (steps + 1) * lanes
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(steps - 1):
        for lane in range(lanes):
            work[lane] += path[step * lanes + lane]
    for lane in range(lanes):
        before, s = path[last + lane], moments[lanes + lane]
        lacking = steps * structure[lane] - work[lane]
        passed = lacking <= 0.0
        strike = 1.0 if passed else lacking
        above = (log(before / strike) + moments[lane]) / s
        forward = before * exp(moments[lane] + 0.5 * s * s)
        certain = 1.0 if sign > 0.0 else 0.0
        up = certain if passed else normal_cdf(sign * (above + s))
        at = certain if passed else normal_cdf(sign * above)
        bell = 0.0 if passed else normal_density(above + s)
        gained = sign * forward * up / steps
        y[lane] = gained - sign * lacking * at / steps
        slope[last + lane] = gained / before
        slope[mean + lane] = gained
        slope[sd + lane] = gained * s + forward * bell / steps
        slope_structure[lane] = -sign * at
        work[lane] = sign * at / steps
    for step in range(steps - 1):
        for lane in range(lanes):
            slope[step * lanes + lane] = work[lane]
