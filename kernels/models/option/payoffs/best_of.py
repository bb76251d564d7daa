"""Call or put on the largest or smallest of several prices: (± (M - K))⁺.

counts: steps, parameters (1), sign, assets, side (1 largest, -1 smallest). structure: K.
"""

from ....jit.compile import device
from ....jit.intrinsics import apart
from ..form import conditional_operation, slope_operation, value_operation
from .lognormal_option import lognormal_option

STEPS, TERMS, SIGN, ASSETS, SIDE = range(5)


@device
def find(lanes, assets, steps, side, path, work):
    """The extreme of the first so many assets in row 0, whose it is in row 1."""
    apart()
    for lane in range(lanes):
        work[lane] = path[(steps - 1) * lanes + lane] if assets > 0 else 0.0
        work[lanes + lane] = 0.0
    for asset in range(1, assets):
        last = (asset * steps + steps - 1) * lanes
        for lane in range(lanes):
            price = path[last + lane]
            beyond = side * (price - work[lane]) > 0.0
            work[lane] = price if beyond else work[lane]
            work[lanes + lane] = float(asset) if beyond else work[lanes + lane]


@value_operation
def value(lanes, counts, structure, path, y, work):
    sign = float(counts[SIGN])
    find(lanes, counts[ASSETS], counts[STEPS], float(counts[SIDE]), path, work)
    for lane in range(lanes):
        y[lane] = max(sign * (work[lane] - structure[lane]), 0.0)


@slope_operation
def slope(lanes, counts, structure, path, y, slope, slope_structure, work):
    steps, assets, sign = counts[STEPS], counts[ASSETS], float(counts[SIGN])
    find(lanes, assets, steps, float(counts[SIDE]), path, work)
    for place in range(assets * steps * lanes):
        slope[place] = 0.0
    for lane in range(lanes):
        gain = sign * (work[lane] - structure[lane])
        paid = sign if gain > 0.0 else 0.0
        y[lane] = max(gain, 0.0)
        slope_structure[lane] = -paid
        work[lane] = paid
    spread_out(lanes, assets, steps, work, slope)


@device
def spread_out(lanes, assets, steps, work, slope):
    """The derivative in row 0 to the asset in row 1."""
    for asset in range(assets):
        last = (asset * steps + steps - 1) * lanes
        for lane in range(lanes):
            slope[last + lane] = work[lane] if work[lanes + lane] == float(asset) else 0.0


@conditional_operation
def conditional(lanes, counts, structure, path, moments, y, slope, slope_structure, work):
    """Options on the last asset, S, struck at K and at M, the extreme of all others.

    A call on the largest, with E = max(M, K): E - K + (S - E)⁺; a put on it, for M < K:
    (K - S)⁺ - (M - S)⁺; on the smallest the same, mirrored.
    """
    steps, assets = counts[STEPS], counts[ASSETS]
    sign, side = float(counts[SIGN]), float(counts[SIDE])
    final, rows = (assets * steps - 1) * lanes, assets * steps
    find(lanes, assets - 1, steps, side, path, work)
    for place in range(rows * lanes):
        slope[place] = 0.0
    for lane in range(lanes):
        strike, extreme, before = structure[lane], work[lane], path[final + lane]
        beyond = sign * (extreme - strike) > 0.0
        mean, sd = moments[lane], moments[lanes + lane]
        paid, by_mean, by_sd, by_strike = lognormal_option(before, strike, mean, sd, sign)
        other, by_mean_too, by_sd_too, by_extreme = lognormal_option(
            before, extreme, mean, sd, sign
        )
        if sign * side > 0.0:
            y[lane] = sign * (extreme - strike) + other if beyond else paid
            by_mean = by_mean_too if beyond else by_mean
            by_sd = by_sd_too if beyond else by_sd
            slope_structure[lane] = -sign if beyond else by_strike
            work[lane] = sign + by_extreme if beyond else 0.0
        else:
            y[lane] = paid - other if beyond else 0.0
            by_mean = by_mean - by_mean_too if beyond else 0.0
            by_sd = by_sd - by_sd_too if beyond else 0.0
            slope_structure[lane] = by_strike if beyond else 0.0
            work[lane] = -by_extreme if beyond else 0.0
        y[lane] = max(y[lane], 0.0)
        work[2 * lanes + lane], work[3 * lanes + lane] = by_mean, by_sd
    if assets > 1:
        spread_out(lanes, assets - 1, steps, work, slope)
    for lane in range(lanes):
        slope[final + lane] = work[2 * lanes + lane] / path[final + lane]
        slope[rows * lanes + lane] = work[2 * lanes + lane]
        slope[(rows + 1) * lanes + lane] = work[3 * lanes + lane]
