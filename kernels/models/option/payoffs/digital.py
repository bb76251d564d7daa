"""Digital call or put: cash of 1, or the asset itself, if S_T is beyond K.

counts: steps, parameters (1), sign, asset. structure: K.
"""

from ....jit.intrinsics import apart
from ....special.exp import exp
from ....special.log import log
from ....special.normal import normal_cdf, normal_density
from ..form import conditional_operation, slope_operation, value_operation

STEPS, TERMS, SIGN, ASSET = range(4)


@value_operation
def value(lanes, counts, structure, path, y, work):
    apart()
    last, sign = (counts[STEPS] - 1) * lanes, float(counts[SIGN])
    for lane in range(lanes):
        price = path[last + lane]
        paid = price if counts[ASSET] else 1.0
        y[lane] = paid if sign * (price - structure[lane]) > 0.0 else 0.0


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    """Between the jumps: never to be used for an expectation."""
    apart()
    last, sign = (counts[STEPS] - 1) * lanes, float(counts[SIGN])
    for place in range(last):
        slope[place] = 0.0
    for lane in range(lanes):
        price = path[last + lane]
        inside = 1.0 if sign * (price - structure[lane]) > 0.0 else 0.0
        y[lane] = inside * (price if counts[ASSET] else 1.0)
        slope[last + lane] = inside if counts[ASSET] else 0.0
        slope_structure[lane] = 0.0


@conditional_operation
def conditional(lanes, counts, structure, path, moments, y, slope, slope_structure, work):
    """Φ(d), or F Φ(d + s): d is how far the mean of ln S_T lies above ln K, in deviations."""
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    last, mean, sd = (steps - 1) * lanes, steps * lanes, (steps + 1) * lanes
    for place in range(last):
        slope[place] = 0.0
    asset = 1.0 if counts[ASSET] else 0.0
    for lane in range(lanes):
        before, strike, s = path[last + lane], structure[lane], moments[lanes + lane]
        shift = asset * s
        d = (log(before / strike) + moments[lane]) / s + shift
        paid = exp(asset * (log(before) + moments[lane] + 0.5 * s * s))
        y[lane] = paid * normal_cdf(sign * d)
        bell = sign * paid * normal_density(d)
        by_mean = asset * y[lane] + bell / s
        slope[mean + lane] = by_mean
        slope[last + lane] = by_mean / before
        slope[sd + lane] = shift * y[lane] + bell * (asset - (d - shift) / s)
        slope_structure[lane] = -bell / (s * strike)
