"""European call or put: (± (S_T - K))⁺. counts: steps, parameters (1), sign. structure: K."""

from ....jit.intrinsics import apart
from ....special.exp import exp
from ....special.log import log
from ....special.normal import normal_cdf, normal_density
from ..form import conditional_operation, slope_operation, value_operation

STEPS, TERMS, SIGN = range(3)


@value_operation
def value(lanes, counts, structure, path, y, work):
    apart()
    last, sign = (counts[STEPS] - 1) * lanes, float(counts[SIGN])
    for lane in range(lanes):
        y[lane] = max(sign * (path[last + lane] - structure[lane]), 0.0)


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    apart()
    last, sign = (counts[STEPS] - 1) * lanes, float(counts[SIGN])
    for place in range(last):
        slope[place] = 0.0
    for lane in range(lanes):
        gain = sign * (path[last + lane] - structure[lane])
        paid = sign if gain > 0.0 else 0.0
        y[lane] = max(gain, 0.0)
        slope[last + lane] = paid
        slope_structure[lane] = -paid


@conditional_operation
def conditional(lanes, counts, structure, path, moments, y, slope, slope_structure, work):
    """Black's formula, with F the mean of S_T given the price before the last step."""
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    last, mean, sd = (steps - 1) * lanes, steps * lanes, (steps + 1) * lanes
    for place in range(last):
        slope[place] = 0.0
    for lane in range(lanes):
        before, strike, s = path[last + lane], structure[lane], moments[lanes + lane]
        above = (log(before / strike) + moments[lane]) / s
        forward = before * exp(moments[lane] + 0.5 * s * s)
        gained = sign * forward * normal_cdf(sign * (above + s))
        lost = sign * normal_cdf(sign * above)
        y[lane] = gained - lost * strike
        slope[last + lane] = gained / before
        slope[mean + lane] = gained
        slope[sd + lane] = gained * s + forward * normal_density(above + s)
        slope_structure[lane] = -lost
