"""Geometric Asian call or put: (± (G - K))⁺ with G the geometric mean of the prices.

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
            work[lane] += log(path[step * lanes + lane])
    for lane in range(lanes):
        y[lane] = max(sign * (exp(work[lane] / steps) - structure[lane]), 0.0)


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    for lane in range(lanes):
        work[lane] = 0.0
    for step in range(steps):
        for lane in range(lanes):
            work[lane] += log(path[step * lanes + lane])
    for lane in range(lanes):
        mean = exp(work[lane] / steps)
        gain = sign * (mean - structure[lane])
        paid = sign if gain > 0.0 else 0.0
        y[lane] = max(gain, 0.0)
        slope_structure[lane] = -paid
        work[lane] = paid * mean / steps
    for step in range(steps):
        for lane in range(lanes):
            slope[step * lanes + lane] = work[lane] / path[step * lanes + lane]


@conditional_operation
def conditional(lanes, counts, structure, path, moments, y, slope, slope_structure, work):
    """Black's formula: given all prices but the last, ln G is normal with sd / steps."""
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    last, mean, sd = (steps - 1) * lanes, steps * lanes, (steps + 1) * lanes
    for lane in range(lanes):
        work[lane] = log(path[last + lane])  # before the last step
    for step in range(steps - 1):
        for lane in range(lanes):
            work[lane] += log(path[step * lanes + lane])
    for lane in range(lanes):
        strike, s = structure[lane], moments[lanes + lane] / steps
        center = (work[lane] + moments[lane]) / steps
        above = (center - log(strike)) / s
        forward = exp(center + 0.5 * s * s)
        gained = sign * forward * normal_cdf(sign * (above + s))
        lost = sign * normal_cdf(sign * above)
        y[lane] = gained - lost * strike
        slope[mean + lane] = gained / steps
        slope[sd + lane] = (gained * s + forward * normal_density(above + s)) / steps
        slope_structure[lane] = -lost
        work[lane] = gained / steps
    for step in range(steps):
        for lane in range(lanes):
            slope[step * lanes + lane] = work[lane] / path[step * lanes + lane]
