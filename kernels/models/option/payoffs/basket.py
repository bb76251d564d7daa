"""Call or put on a weighted sum of prices: (± (Σ w S_T - K))⁺.

counts: steps, parameters, sign, assets. structure: K, then the weights.
"""

from ....jit.intrinsics import apart
from ..form import conditional_operation, slope_operation, value_operation
from .lognormal_option import lognormal_option

STEPS, TERMS, SIGN, ASSETS = range(4)


@value_operation
def value(lanes, counts, structure, path, y, work):
    apart()
    steps, sign = counts[STEPS], float(counts[SIGN])
    for lane in range(lanes):
        work[lane] = -structure[lane]
    for asset in range(counts[ASSETS]):
        last = (asset * steps + steps - 1) * lanes
        for lane in range(lanes):
            work[lane] += structure[(1 + asset) * lanes + lane] * path[last + lane]
    for lane in range(lanes):
        y[lane] = max(sign * work[lane], 0.0)


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    apart()
    steps, assets, sign = counts[STEPS], counts[ASSETS], float(counts[SIGN])
    for lane in range(lanes):
        work[lane] = -structure[lane]
    for asset in range(assets):
        last = (asset * steps + steps - 1) * lanes
        for lane in range(lanes):
            work[lane] += structure[(1 + asset) * lanes + lane] * path[last + lane]
    for lane in range(lanes):
        gain = sign * work[lane]
        work[lane] = sign if gain > 0.0 else 0.0
        y[lane] = max(gain, 0.0)
        slope_structure[lane] = -work[lane]
    for place in range(assets * steps * lanes):
        slope[place] = 0.0
    for asset in range(assets):
        last, weight = (asset * steps + steps - 1) * lanes, (1 + asset) * lanes
        for lane in range(lanes):
            slope[last + lane] = work[lane] * structure[weight + lane]
            slope_structure[weight + lane] = work[lane] * path[last + lane]


@conditional_operation
def conditional(lanes, counts, structure, path, moments, y, slope, slope_structure, work):
    """An option on the last asset, struck at what the others lack."""
    apart()
    steps, assets, sign = counts[STEPS], counts[ASSETS], float(counts[SIGN])
    final, rows = (assets * steps - 1) * lanes, assets * steps
    for lane in range(lanes):
        work[lane] = structure[lane]
    for asset in range(assets - 1):
        last = (asset * steps + steps - 1) * lanes
        for lane in range(lanes):
            work[lane] -= structure[(1 + asset) * lanes + lane] * path[last + lane]
    for place in range(rows * lanes):
        slope[place] = 0.0
    for lane in range(lanes):
        weight = structure[assets * lanes + lane]
        size, side = abs(weight), 1.0 if weight > 0.0 else -1.0
        before, strike = path[final + lane], work[lane] / weight
        paid, by_mean, by_sd, by_strike = lognormal_option(
            before, strike, moments[lane], moments[lanes + lane], sign * side
        )
        y[lane] = size * paid
        slope[final + lane] = size * by_mean / before
        slope[rows * lanes + lane] = size * by_mean
        slope[(rows + 1) * lanes + lane] = size * by_sd
        work[lane] = side * by_strike  # ∂Y/∂K
        slope_structure[lane] = work[lane]
        slope_structure[assets * lanes + lane] = side * (paid - strike * by_strike)
    for asset in range(assets - 1):
        last, weight = (asset * steps + steps - 1) * lanes, (1 + asset) * lanes
        for lane in range(lanes):
            slope[last + lane] = -work[lane] * structure[weight + lane]
            slope_structure[weight + lane] = -work[lane] * path[last + lane]
